/*
 * Time as benchmarks count it: what this thread spent on a processor, so that a busy machine makes
 * results a little worse but not wrong, and always the best of many rounds.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdbool.h>

/* Nanoseconds of processor time of this thread. */
double clock_cpu(void);
/* What a pair of calls of clock_cpu measures when there is nothing between them. */
double clock_cost(void);

/* Whether another round should be measured: true for as many seconds as a measurement gets. */
struct rounds {
	double until;
	unsigned int done;
};
bool rounds_next(struct rounds *r);

/* The smaller of the two, where 0 stands for nothing measured yet. */
double best_of(double best, double sample);

#endif
