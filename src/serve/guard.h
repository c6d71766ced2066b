/*
 * Paths that are only for clients who show a certificate.
 */
#ifndef SERVE_GUARD_H
#define SERVE_GUARD_H

#include "base/error.h"
#include "serve/path.h"

/* Set up once, then only read, by all threads. */
struct guard {
	char **names; /* as in struct url_path */
	size_t count;
};

/* Adds a path as in a URL ("/private/", "/a.html"): itself and all below it. BAD_ARGUMENT: it is none. */
bool guard_add(struct guard *g, const char *path, struct ward_error *err);
bool guard_covers(const struct guard *g, const struct url_path *path);
void guard_clear(struct guard *g);

#endif
