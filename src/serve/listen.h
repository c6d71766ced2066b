/*
 * The sockets that wait for clients: for each address of the host, one for each loop, all on the
 * same port. The system deals new clients out among them (SO_REUSEPORT).
 */
#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

#include "base/error.h"

enum { LISTEN_ADDRESSES_MAX = 8 };

struct listen_at {
	char host[256]; /* "": all addresses */
	char port[32];
};

/* Reads "HOST:PORT", "[::1]:PORT", ":PORT" or "PORT". */
bool listen_parse(const char *text, struct listen_at *at, struct ward_error *err);

/* The descriptors of one loop, non-blocking. */
struct listen_set {
	int fds[LISTEN_ADDRESSES_MAX];
	size_t count;
};

/* Fills in `loops` sets; *port is the one that was taken. Nothing is open after a failure. */
bool listen_open(const struct listen_at *at, struct listen_set *sets, size_t loops,
		 unsigned int *port, struct ward_error *err);
void listen_close(struct listen_set *set);

#endif
