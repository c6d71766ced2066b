/*
 * One HTTP/1 request (RFC 9112), from its first byte to the end of its body.
 *
 * The head is gathered and judged byte by byte before llhttp sees it: lines end in CRLF and nothing
 * else, no line is folded, no control character is let in. So two parsers in a row can hardly
 * disagree on where a request ends. llhttp then does the grammar, strict; what it refuses, and a
 * message framed in two ways (Content-Length beside Transfer-Encoding), is answered with 400 and
 * the connection closed. A body is read and dropped, up to HTTP_BODY_MAX bytes; who wants it gives
 * room for it.
 *
 * All spans point into the head, which lives as long as the request.
 */
#ifndef SERVE_HTTP_REQUEST_H
#define SERVE_HTTP_REQUEST_H

#include "base/span.h"

#include <llhttp.h>

enum {
	HTTP_HEAD_MAX = 16384,     /* request line and header fields; else 431 */
	HTTP_LINE_MAX = 8192,      /* the request line alone; else 414 */
	HTTP_FIELDS_MAX = 100,     /* header fields; else 431 */
	HTTP_LIST_LINES_MAX = 8,   /* fields that make up one list, as If-None-Match; else 431 */
	HTTP_BLANK_LINES_MAX = 4,  /* before the request line; else 400 */
	HTTP_BODY_MAX = 64 * 1024, /* what of a body is read and dropped; else 413 */
};

enum http_method {
	HTTP_METHOD_OTHER,
	HTTP_METHOD_GET,
	HTTP_METHOD_HEAD,
	HTTP_METHOD_OPTIONS,
	HTTP_METHOD_POST, /* told apart where bodies are wanted; else it is one of the others */
};

/* A header that may be spread over several fields. */
struct http_lines {
	struct span line[HTTP_LIST_LINES_MAX];
	size_t count;
};

enum request_progress {
	REQUEST_MORE,    /* the data is used up and the request is not whole yet */
	REQUEST_BODY,    /* told once: the head is whole, a body follows */
	REQUEST_DONE,    /* whole; data may be left, which is of the next request */
	REQUEST_REFUSED, /* `status` says with which answer; the connection cannot go on after it */
};

struct http_request {
	enum http_method method;
	struct span line;   /* the request line as it came, for the log */
	struct span target; /* as it came */
	int minor;          /* HTTP/1.minor */
	bool keep_alive;
	bool expect_continue;
	bool has_body;
	bool may_be_replay; /* it came as early data, here or on its way here (RFC 8470) */
	int status;         /* of a refusal */

	/* .data is NULL where there was no such field. */
	struct span host, range, if_range, if_modified_since, if_unmodified_since;
	struct http_lines if_match, if_none_match;

	/* Room for the body, set before the first byte; NULL: it is dropped. More than body_cap bytes
	 * of it are answered with 413. */
	uint8_t *body;
	size_t body_cap, body_len;

	/* What follows is the parser's own. */
	enum { HTTP_IN_HEAD, HTTP_IN_BODY, HTTP_AT_END } where;
	uint8_t *head;
	size_t head_len, head_cap, line_len;
	bool after_cr;
	int blank_lines;
	struct span name, value;
	size_t fields, framed_len;
	struct span transfer_encoding, expect, early_data;
	bool twice[4]; /* host, range, transfer_encoding, expect came more than once */
	llhttp_t parser;
};

/* NULL when there is no memory. */
struct http_request *http_request_new(void);
void http_request_free(struct http_request *r);
/* Whether any byte has come. */
bool http_request_started(const struct http_request *r);
/* Takes bytes, *used of them. Not called again after REQUEST_DONE or REQUEST_REFUSED. */
enum request_progress http_request_feed(struct http_request *r, struct span data, size_t *used);

#endif
