/*
 * Targets of requests, decoded into names of files (RFC 9112, 3.2; RFC 3986, 2.1 and 5.2.4).
 */
#include "serve/path.h"

#include <strings.h>

static struct span after(struct span s, const uint8_t *at)
{
	return span_make(at, (size_t)(s.data + s.len - at));
}

/* Cuts scheme and authority off an absolute form; what is left begins with a slash. */
static bool to_origin_form(struct span *target)
{
	const uint8_t *slash;
	size_t scheme = 0;

	if (target->len > 0 && target->data[0] == '/')
		return true;
	if (target->len > 8 && strncasecmp((const char *)target->data, "https://", 8) == 0)
		scheme = 8;
	else if (target->len > 7 && strncasecmp((const char *)target->data, "http://", 7) == 0)
		scheme = 7;
	else
		return false;
	*target = span_make(target->data + scheme, target->len - scheme);
	slash = memchr(target->data, '/', target->len);
	if (slash == NULL)
		*target = SPAN_LITERAL("/");
	else
		*target = after(*target, slash);
	return true;
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

/* One byte of the path, decoded; -1 where it is malformed, zero, or a slash in disguise. */
static int take_byte(struct span *s)
{
	int c = s->data[0], high, low;

	*s = span_make(s->data + 1, s->len - 1);
	if (c != '%')
		return c == 0 ? -1 : c;
	if (s->len < 2)
		return -1;
	high = hex_value(s->data[0]);
	low = hex_value(s->data[1]);
	*s = span_make(s->data + 2, s->len - 2);
	c = high * 16 + low;
	return high < 0 || low < 0 || c == 0 || c == '/' ? -1 : c;
}

/* Takes up to the next slash, decoded, into out; false when it is malformed. */
static bool take_part(struct span *s, char *out, size_t *len)
{
	*len = 0;
	while (s->len > 0 && s->data[0] != '/') {
		int c = take_byte(s);

		if (c < 0)
			return false;
		out[(*len)++] = (char)c;
	}
	out[*len] = '\0';
	return true;
}

/* All of it fits: decoded it is no longer than it was, and that is less than URL_PATH_MAX. */
static int add_parts(struct span s, struct url_path *path)
{
	size_t at = 0, len;

	while (s.len > 0) {
		char *part = path->name + at;

		s = span_make(s.data + 1, s.len - 1); /* the slash */
		if (!take_part(&s, part, &len))
			return 400;
		path->folder = len == 0 || strcmp(part, ".") == 0;
		if (strcmp(part, "..") == 0)
			return 400;
		if (path->folder)
			continue;
		if (part[0] == '.' && strcmp(part, ".well-known") != 0)
			path->hidden = true;
		at += len;
		path->name[at++] = '/';
	}
	/* The slash behind the last part goes; "" is left of nothing but slashes. */
	path->name[at > 0 ? at - 1 : 0] = '\0';
	return 0;
}

int path_read(struct span target, struct url_path *path)
{
	const uint8_t *question;

	*path = (struct url_path){ .query = SPAN_EMPTY };
	if (!to_origin_form(&target) || memchr(target.data, '#', target.len) != NULL)
		return 400;
	question = memchr(target.data, '?', target.len);
	if (question != NULL) {
		path->query = after(target, question);
		target.len = (size_t)(question - target.data);
	}
	if (target.len + 1 >= URL_PATH_MAX)
		return 414;
	return add_parts(target, path);
}
