/*
 * Asking for TLS in the clear, for the protocols that begin without it.
 */
#ifndef IO_STARTTLS_H
#define IO_STARTTLS_H

#include "io/session.h"

/* The protocol of that name ("smtp"), or NULL. */
const struct starttls *starttls_find(const char *name);
/*
 * Talks on a connected, blocking socket until the server has agreed; the next byte on it is TLS.
 * `host` is the name that the server is asked for (XMPP), or NULL.
 */
bool starttls_ask(const struct starttls *protocol, int fd, const char *host, int64_t deadline,
		  struct ward_error *err);

#endif
