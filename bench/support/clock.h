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
/* Nanoseconds of a clock that only moves forward, for what is too short to read clock_cpu around. */
double clock_wall(void);

/*
 * What one call costs in microseconds of clock_wall, the best of many short runs. The subject is
 * the program's own.
 */
struct subject;
double clock_call(struct subject *s, void (*call)(struct subject *s));

/* Whether another round should be measured: true for as many seconds as a measurement gets. */
struct rounds {
	double until;
	unsigned int done;
};
bool rounds_next(struct rounds *r);

/* The smaller of the two, where 0 stands for nothing measured yet. */
double best_of(double best, double sample);

#endif
