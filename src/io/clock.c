/*
 * The two clocks of the system. See clock.h.
 *
 * Invariant: a wait of deadline_left() milliseconds never ends before the deadline, so that a loop
 * around poll does not spin in the last millisecond.
 */
#include "io/clock.h"

#include <limits.h>
#include <time.h>

int64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

/* Milliseconds, rounded down. */
static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t deadline_after(int ms)
{
	return ms < 0 ? DEADLINE_NONE : monotonic_ms() + ms;
}

int deadline_left(int64_t deadline)
{
	int64_t left;

	if (deadline == DEADLINE_NONE)
		return -1;
	left = deadline - monotonic_ms();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

bool deadline_passed(int64_t deadline)
{
	return deadline_left(deadline) == 0;
}
