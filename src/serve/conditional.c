/*
 * Conditional requests (RFC 9110, 13).
 */
#include "serve/conditional.h"

#include "serve/http_date.h"

#include <stdio.h>

struct validator validator_make(const struct stat *st)
{
	struct validator v = { .modified = st->st_mtim.tv_sec };

	snprintf(v.etag, sizeof(v.etag), "\"%llx.%lx-%llx-%llx\"",
		 (unsigned long long)st->st_mtim.tv_sec, (unsigned long)st->st_mtim.tv_nsec,
		 (unsigned long long)st->st_size, (unsigned long long)st->st_ino);
	return v;
}

static struct span trimmed(struct span s)
{
	while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t'))
		s = span_make(s.data + 1, s.len - 1);
	while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* Takes the next entity-tag off a list: its opaque part with the quotes. False at the end or at
 * what is none. */
static bool take_tag(struct span *list, struct span *tag, bool *weak)
{
	const uint8_t *end;

	while (list->len > 0 && strchr(" \t,", list->data[0]) != NULL)
		*list = span_make(list->data + 1, list->len - 1);
	*weak = list->len >= 2 && list->data[0] == 'W' && list->data[1] == '/';
	if (*weak)
		*list = span_make(list->data + 2, list->len - 2);
	if (list->len < 2 || list->data[0] != '"')
		return false;
	end = memchr(list->data + 1, '"', list->len - 1);
	if (end == NULL)
		return false;
	*tag = span_make(list->data, (size_t)(end + 1 - list->data));
	*list = span_make(end + 1, list->len - tag->len);
	return true;
}

/* Whether one of the tags is this file's. In the strong comparison (8.8.3.2) weak ones never are;
 * ours is strong. */
static bool lines_match(const struct http_lines *lines, const char *etag, bool strong)
{
	for (size_t i = 0; i < lines->count; i++) {
		struct span list = trimmed(lines->line[i]), tag;
		bool weak;

		if (span_equal(list, SPAN_LITERAL("*")))
			return true;
		while (take_tag(&list, &tag, &weak))
			if (span_equal(tag, span_string(etag)) && !(weak && strong))
				return true;
	}
	return false;
}

/* 1 or 0: modified after that date or not; -1: no date. */
static int modified_since(struct span date, const struct validator *v, time_t now)
{
	time_t when;

	if (date.data == NULL || !http_date_read(trimmed(date), now, &when))
		return -1;
	return v->modified > when ? 1 : 0;
}

int conditional_judge(const struct http_request *request, const struct validator *v, time_t now)
{
	if (request->if_match.count > 0) {
		if (!lines_match(&request->if_match, v->etag, true))
			return 412;
	} else if (modified_since(request->if_unmodified_since, v, now) == 1) {
		return 412;
	}
	if (request->if_none_match.count > 0)
		return lines_match(&request->if_none_match, v->etag, false) ? 304 : 0;
	return modified_since(request->if_modified_since, v, now) == 0 ? 304 : 0;
}

bool conditional_range(const struct http_request *request, const struct validator *v, time_t now)
{
	struct span value = trimmed(request->if_range);
	time_t when;

	if (request->if_range.data == NULL)
		return true;
	if (value.len > 0 && (value.data[0] == '"' || value.data[0] == 'W'))
		return span_equal(value, span_string(v->etag));
	/* A date is a strong validator only once it is old enough not to hide a second change. */
	return http_date_read(value, now, &when) && when == v->modified && now - when >= 60;
}
