/* Time as benchmarks count it. See clock.h. */
#include "support/clock.h"

#include <stdlib.h>
#include <time.h>

/* At least this many rounds, however long they take. */
enum { ROUNDS_MIN = 5 };

static double read_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double clock_cpu(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

double clock_cost(void)
{
	static double cost;
	static int tries = 1000;

	for (; tries > 0; tries--) {
		double start = clock_cpu();

		cost = best_of(cost, clock_cpu() - start);
	}
	return cost;
}

bool rounds_next(struct rounds *r)
{
	double now = read_clock(CLOCK_MONOTONIC);

	if (r->until == 0) {
		const char *seconds = getenv("WARD_BENCH_SECONDS");

		r->until = now + 1e9 * (seconds == NULL ? 4 : strtod(seconds, NULL));
	}
	return r->done++ < ROUNDS_MIN || now < r->until;
}

double best_of(double best, double sample)
{
	return best == 0 || sample < best ? sample : best;
}
