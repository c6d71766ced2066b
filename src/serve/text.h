/*
 * Text that grows while it is put together, up to a most that is given at the start.
 *
 * Running out of memory or of the most sticks in `failed` and drops what follows; whoever uses the
 * text asks once at the end. `data` always ends with a zero byte once anything was added.
 */
#ifndef SERVE_TEXT_H
#define SERVE_TEXT_H

#include "base/span.h"

#include <ward/export.h>

struct text {
	char *data;
	size_t len, cap, most;
	bool failed;
};

struct text text_make(size_t most);
void text_free(struct text *t);

void text_add(struct text *t, struct span bytes);
void text_string(struct text *t, const char *s);
void text_format(struct text *t, const char *format, ...) WARD_PRINTF(2, 3);
/* With the characters escaped that mean something in HTML, in text and in quoted attributes. */
void text_html(struct text *t, const char *s);
/* A segment of a URL path: everything but RFC 3986's unreserved characters becomes %XX. */
void text_url_segment(struct text *t, const char *s);

static inline struct span text_span(const struct text *t)
{
	return span_make(t->data, t->len);
}

#endif
