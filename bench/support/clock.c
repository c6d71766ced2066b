/* Time as benchmarks count it. See clock.h. */
#include "support/clock.h"

#include <stdlib.h>
#include <time.h>

enum {
	ROUNDS_MIN = 5, /* at least this many rounds, however long they take */
	CALL_RUNS = 2000,
	CALLS = 2, /* in each of these runs */
};

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

double clock_wall(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

double clock_call(struct subject *s, void (*call)(struct subject *s))
{
	double best = 0;

	for (int r = 0; r < CALL_RUNS; r++) {
		double start = clock_wall();

		for (int i = 0; i < CALLS; i++)
			call(s);
		best = best_of(best, clock_wall() - start);
	}
	return best / CALLS / 1e3;
}

bool rounds_next(struct rounds *r)
{
	double now = clock_wall();

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
