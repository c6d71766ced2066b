/*
 * Text that grows: responses, listings and log lines are put together with it.
 */
#include "serve/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct strbuf strbuf_make(size_t most)
{
	return (struct strbuf){ .most = most };
}

void strbuf_free(struct strbuf *t)
{
	free(t->data);
	*t = (struct strbuf){ .most = t->most };
}

/* Makes room for n more bytes and a zero. */
static bool make_room(struct strbuf *t, size_t n)
{
	size_t cap = t->cap > 0 ? t->cap : 256;
	char *data;

	if (t->failed || n > t->most - t->len) {
		t->failed = true;
		return false;
	}
	if (t->len + n < t->cap)
		return true;
	while (cap <= t->len + n)
		cap *= 2;
	data = realloc(t->data, cap);
	if (data == NULL) {
		t->failed = true;
		return false;
	}
	t->data = data;
	t->cap = cap;
	return true;
}

void strbuf_add(struct strbuf *t, struct span bytes)
{
	if (!make_room(t, bytes.len))
		return;
	bytes_copy(t->data + t->len, bytes.data, bytes.len);
	t->len += bytes.len;
	t->data[t->len] = '\0';
}

void strbuf_string(struct strbuf *t, const char *s)
{
	strbuf_add(t, span_string(s));
}

void strbuf_format(struct strbuf *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0 || !make_room(t, (size_t)n))
		return;
	va_start(args, format);
	vsnprintf(t->data + t->len, (size_t)n + 1, format, args);
	va_end(args);
	t->len += (size_t)n;
}

static const char *html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void strbuf_html(struct strbuf *t, const char *s)
{
	for (; *s != '\0'; s++) {
		const char *entity = html_entity(*s);

		if (entity != NULL)
			strbuf_string(t, entity);
		else
			strbuf_add(t, span_make(s, 1));
	}
}

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._~", c) != NULL);
}

void strbuf_url_segment(struct strbuf *t, const char *s)
{
	for (; *s != '\0'; s++) {
		if (is_unreserved(*s))
			strbuf_add(t, span_make(s, 1));
		else
			strbuf_format(t, "%%%02X", (unsigned int)(uint8_t)*s);
	}
}
