/*
 * An answer on its way: its head and what follows, handed out piece by piece.
 *
 * It is a row of segments, each out of memory or out of a file: a listing is head and page, a
 * multipart answer alternates between part heads and the file's ranges.
 */
#ifndef SERVE_RESPONSE_H
#define SERVE_RESPONSE_H

#include "serve/range.h"
#include "serve/strbuf.h"

enum { RESPONSE_SEGMENTS_MAX = 2 * RANGES_MAX + 2 };

struct segment {
	bool from_file;
	uint64_t offset, len; /* in `text` or in the file */
};

struct response {
	int status;
	bool close; /* the connection ends after it */
	struct strbuf text;
	int fd; /* owned; -1: none */
	struct segment segments[RESPONSE_SEGMENTS_MAX];
	size_t count;
	uint64_t body_len; /* bytes behind the head, for the log */

	/* How far it is handed out. */
	size_t at;
	uint64_t done; /* of segment `at` */
};

void response_init(struct response *r);
void response_clear(struct response *r);
/* Both are for whoever makes the answer, in order. */
void response_add_text(struct response *r, uint64_t offset, uint64_t len);
void response_add_file(struct response *r, uint64_t offset, uint64_t len);

enum response_progress {
	RESPONSE_MORE,
	RESPONSE_END,
	RESPONSE_WAIT,   /* a disk would have to be waited for: read on where waiting is allowed */
	RESPONSE_FAILED, /* the file cannot be read, or is shorter than it was */
};

/*
 * The next bytes of it, at most cap, *len of them (also with END and WAIT). With may_wait false
 * nothing is read but what the system has in memory.
 */
enum response_progress response_read(struct response *r, bool may_wait, uint8_t *out, size_t cap,
				     size_t *len);

#endif
