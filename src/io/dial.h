/*
 * The parts of dialling, for their test.
 */
#ifndef IO_DIAL_H
#define IO_DIAL_H

#include "io/session.h"

/* More addresses than any name in use has; those behind are not tried. */
enum { DIAL_ADDRESSES_MAX = 64 };

/* The order of RFC 8305, section 4; how many. */
size_t dial_order(const struct addrinfo *list, const struct addrinfo *order[DIAL_ADDRESSES_MAX]);
/* The first socket that connects, non-blocking; -1 with err set. */
int dial_race(const struct addrinfo *const *order, size_t count, int64_t deadline,
	      struct ward_error *err);

#endif
