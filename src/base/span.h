/*
 * A span is a view into bytes that somebody else owns. It is passed by value, never freed, and
 * valid for as long as what it looks into.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *data;
	size_t len;
};

#define SPAN_EMPTY ((struct span){ NULL, 0 })
/* The bytes of a string literal, without its zero. */
#define SPAN_LITERAL(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })
/* The bytes of an array. */
#define SPAN_ARRAY(a) ((struct span){ (a), sizeof(a) })

static inline struct span span_make(const void *data, size_t len)
{
	return (struct span){ data, len };
}

static inline struct span span_string(const char *s)
{
	return (struct span){ (const uint8_t *)s, s == NULL ? 0 : strlen(s) };
}

/* Compares public bytes: it stops at the first difference. Secrets go through ct_equal. */
static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* memcpy and memset that allow a null pointer with a length of zero, which C does not. */
static inline void bytes_copy(void *to, const void *from, size_t len)
{
	if (len > 0)
		memcpy(to, from, len);
}

static inline void bytes_move(void *to, const void *from, size_t len)
{
	if (len > 0)
		memmove(to, from, len);
}

static inline void bytes_zero(void *to, size_t len)
{
	if (len > 0)
		memset(to, 0, len);
}

#endif
