/*
 * The time of day, for certificates, and deadlines, which no change of the time of day moves.
 */
#ifndef IO_CLOCK_H
#define IO_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds since 1970, UTC. */
int64_t clock_now(void);

/* A deadline that never comes. */
#define DEADLINE_NONE INT64_MAX

/* The moment that lies so many milliseconds ahead; DEADLINE_NONE if ms is below zero. */
int64_t deadline_after(int ms);
/* The earlier of two is a plain comparison; this is how poll wants it: -1 for DEADLINE_NONE, 0 when
 * it has passed. */
int deadline_left(int64_t deadline);
bool deadline_passed(int64_t deadline);

#endif
