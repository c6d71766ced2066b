/*
 * Text for people, written into memory of a fixed size and cut at a whole character.
 */
#ifndef X509_TEXT_H
#define X509_TEXT_H

#include "base/span.h"

struct text {
	char *buf;
	size_t len;
	size_t size;
	bool full; /* something was left out; nothing more is added */
};

/* An empty string in buf; with size 0 nothing is ever written. */
struct text text_make(char *buf, size_t size);
void text_put(struct text *t, const char *s);
void text_put_char(struct text *t, char c);
/* All of it or nothing: the parts of one character stay together. */
void text_put_bytes(struct text *t, const char *s, size_t len);
void text_put_hex(struct text *t, struct span bytes);
/* A character of Unicode as UTF-8; one that must not be shown as bytes in hex: "\E2\80\AE". */
void text_put_code_point(struct text *t, uint32_t c);
/* Bytes that claim to be UTF-8, with what is not or cannot be shown as hex: "\FF". */
void text_put_utf8(struct text *t, struct span bytes);
/* "2026-01-02" from seconds since 1970. */
void text_put_date(struct text *t, int64_t seconds);
/* "2026-01-02T03:04:05", without a zone. */
void text_put_time(struct text *t, int64_t seconds);

/* Takes one character off the front of UTF-8; a byte that is none gives -1. */
int32_t utf8_next(struct span *bytes);

#endif
