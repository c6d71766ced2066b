/*
 * The OCSP responder as a server: one loop, HTTP/1, until SIGTERM or SIGINT.
 *
 * What a client may cost is bounded: so many at once (the one that has been quiet longest makes
 * room), so many bytes of a request, so many seconds for one.
 */
#ifndef CA_OCSP_SERVER_H
#define CA_OCSP_SERVER_H

#include "ca/responder.h"

#include <stdio.h>

enum { OCSP_CLIENTS_MAX = 1000, OCSP_REQUEST_MS = 10 * 1000, OCSP_IDLE_MS = 30 * 1000 };

struct ocsp_server_options {
	const char *listen; /* "HOST:PORT", as listen_parse takes it */
	const char *prefix; /* the path that its URL has, "/" */
	FILE *out;          /* is told where it listens; NULL: nothing is told */
	/* Called when it can give no answer, once until it can again. */
	void (*on_trouble)(const struct ward_error *trouble);
};

/* Serves until a signal stops it. False when it cannot start. */
bool ocsp_server_run(struct responder *responder, const struct ocsp_server_options *options,
		     struct ward_error *err);

#endif
