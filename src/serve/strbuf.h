/*
 * Text that grows while it is put together, up to a most that is given at the start.
 *
 * Running out of memory or of the most sticks in `failed` and drops what follows; whoever uses the
 * text asks once at the end. `data` always ends with a zero byte once anything was added.
 */
#ifndef SERVE_STRBUF_H
#define SERVE_STRBUF_H

#include "base/span.h"

#include <ward/export.h>

struct strbuf {
	char *data;
	size_t len, cap, most;
	bool failed;
};

struct strbuf strbuf_make(size_t most);
void strbuf_free(struct strbuf *t);

void strbuf_add(struct strbuf *t, struct span bytes);
void strbuf_string(struct strbuf *t, const char *s);
void strbuf_format(struct strbuf *t, const char *format, ...) WARD_PRINTF(2, 3);
/* With the characters escaped that mean something in HTML, in text and in quoted attributes. */
void strbuf_html(struct strbuf *t, const char *s);
/* A segment of a URL path: everything but RFC 3986's unreserved characters becomes %XX. */
void strbuf_url_segment(struct strbuf *t, const char *s);

static inline struct span strbuf_span(const struct strbuf *t)
{
	return span_make(t->data, t->len);
}

#endif
