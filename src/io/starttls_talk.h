/*
 * Talking in the clear before TLS: lines and bytes, none of them read beyond what is asked for.
 */
#ifndef IO_STARTTLS_TALK_H
#define IO_STARTTLS_TALK_H

#include "base/error.h"
#include "base/span.h"
#include "io/clock.h"

enum {
	TALK_LINE_MAX = 4096,
	TALK_BYTES_MAX = 65536, /* that a server may say before it agrees */
};

struct talk {
	int fd;
	int64_t deadline;
	size_t heard; /* bytes so far */
	const char *host;
	struct ward_error *err;
	char line[TALK_LINE_MAX]; /* the last one, without its end, a zero behind it */
};

bool talk_send(struct talk *t, struct span bytes);
bool talk_say(struct talk *t, const char *format, ...) WARD_PRINTF(2, 3);
/* Exactly len bytes. */
bool talk_hear(struct talk *t, uint8_t *bytes, size_t len);
/* A line up to its LF, into t->line. */
bool talk_line(struct talk *t);
/* Whether a line holds a word, in any case. */
bool talk_has_word(const char *line, const char *word);
/* STARTTLS_INJECTED if anything is there already: all that follows is to come over TLS. */
bool talk_is_over(struct talk *t);

#endif
