/*
 * Fetching one small thing by plain HTTP: the certificates that a certificate points to (RFC 5280,
 * 4.2.2.1). What comes is signed and judged as everything else is, so nothing hangs on the way.
 */
#ifndef CLI_HTTP_GET_H
#define CLI_HTTP_GET_H

#include "io/files.h"

/*
 * GET of an http:// URL (RFC 9110). At most `most` bytes are read and ms milliseconds waited, all
 * in all; a redirect is not followed. Anything but an answer 200 that is whole is FETCH_FAILED, or
 * the reason why there is no connection. Clear the body with file_bytes_clear when it is true.
 */
bool http_get(const char *url, size_t most, int ms, struct file_bytes *body,
	      struct ward_error *err);

/* ---- the parts, for tests ---- */

enum { HTTP_HOST_MAX = 256 };

struct http_url {
	char authority[HTTP_HOST_MAX + 16]; /* as it is written */
	char host[HTTP_HOST_MAX];           /* without brackets */
	char port[8];
	const char *path; /* what is behind: "/a.cer", "?x" or "" */
};

bool http_url_parse(struct http_url *u, const char *text, struct ward_error *err);
/* Reads the answer from a connection into body->data, which has room for `most` bytes and one. */
bool http_read_answer(int fd, size_t most, int64_t deadline, struct file_bytes *body,
		      struct ward_error *err);

#endif
