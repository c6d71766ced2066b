/*
 * Conditional requests (RFC 9110, 13): whether a file is sent, or what the client has will do.
 */
#ifndef SERVE_CONDITIONAL_H
#define SERVE_CONDITIONAL_H

#include "serve/http_request.h"

#include <sys/stat.h>

/* What identifies one state of a file. */
struct validator {
	char etag[64]; /* strong, in its quotes */
	time_t modified;
};

/* Made of modification time to the nanosecond, size and inode. */
struct validator validator_make(const struct stat *st);

/* 0: go on; 304 or 412: answer that instead. In the order of RFC 9110, 13.2.2. */
int conditional_judge(const struct http_request *request, const struct validator *v, time_t now);

/* Whether the Range header counts: there is no If-Range, or it names just this state (13.1.5). */
bool conditional_range(const struct http_request *request, const struct validator *v, time_t now);

#endif
