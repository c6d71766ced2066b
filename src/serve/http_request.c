/*
 * One HTTP/1 request (RFC 9112; the smuggling rules are those of section 6).
 */
#include "serve/http_request.h"

#include <stdlib.h>
#include <strings.h>

static enum request_progress refuse(struct http_request *r, int status)
{
	r->status = status;
	r->where = HTTP_AT_END;
	r->keep_alive = false;
	return REQUEST_REFUSED;
}

/* ---- what llhttp tells ---- */

/* A part of a name or value; parts of one follow each other in memory. */
static int extend(struct span *s, const char *at, size_t len)
{
	if (s->data == NULL)
		*s = span_make(at, 0);
	if (s->data + s->len != (const uint8_t *)at)
		return -1;
	s->len += len;
	return 0;
}

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
	struct http_request *r = parser->data;

	return extend(&r->target, at, len);
}

static int on_header_field(llhttp_t *parser, const char *at, size_t len)
{
	struct http_request *r = parser->data;

	return r->where == HTTP_IN_HEAD ? extend(&r->name, at, len) : 0;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t len)
{
	struct http_request *r = parser->data;

	return r->where == HTTP_IN_HEAD ? extend(&r->value, at, len) : 0;
}

static bool is_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];
		bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (!alnum && (c == 0 || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return s.len > 0;
}

static bool names_equal(struct span a, const char *b)
{
	return a.len == strlen(b) && strncasecmp((const char *)a.data, b, a.len) == 0;
}

/* Fields that may come once; the rows of `twice` come first, in its order. */
static struct span *single_field(struct http_request *r, struct span name, bool **twice)
{
	struct {
		const char *name;
		struct span *value;
	} rows[] = {
		{ "host", &r->host },
		{ "range", &r->range },
		{ "transfer-encoding", &r->transfer_encoding },
		{ "expect", &r->expect },
		{ "early-data", &r->early_data },
		{ "if-range", &r->if_range },
		{ "if-modified-since", &r->if_modified_since },
		{ "if-unmodified-since", &r->if_unmodified_since },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (names_equal(name, rows[i].name)) {
			*twice = i < 4 ? &r->twice[i] : NULL;
			return rows[i].value;
		}
	}
	return NULL;
}

static bool keep_list(struct http_lines *lines, struct span value)
{
	if (lines->count == HTTP_LIST_LINES_MAX)
		return false;
	lines->line[lines->count++] = value;
	return true;
}

static bool keep_field(struct http_request *r, struct span name, struct span value)
{
	bool *twice = NULL;
	struct span *single = single_field(r, name, &twice);

	if (++r->fields > HTTP_FIELDS_MAX)
		return false;
	if (names_equal(name, "if-match"))
		return keep_list(&r->if_match, value);
	if (names_equal(name, "if-none-match"))
		return keep_list(&r->if_none_match, value);
	if (single == NULL)
		return true;
	if (single->data != NULL && twice != NULL)
		*twice = true;
	*single = value;
	return true;
}

static int on_header_value_complete(llhttp_t *parser)
{
	struct http_request *r = parser->data;
	struct span name = r->name, value = r->value;

	if (r->where != HTTP_IN_HEAD)
		return 0;
	r->name = r->value = SPAN_EMPTY;
	if (!is_token(name))
		return -1;
	if (value.data == NULL)
		value = span_make(name.data + name.len, 0);
	if (keep_field(r, name, value))
		return 0;
	r->status = 431;
	return -1;
}

static size_t body_most(const struct http_request *r)
{
	return r->body == NULL ? HTTP_BODY_MAX : r->body_cap;
}

static int on_headers_complete(llhttp_t *parser)
{
	struct http_request *r = parser->data;

	/* Nothing here is upgraded to: what follows is a body as its framing says. */
	parser->upgrade = 0;
	r->where = HTTP_IN_BODY;
	return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
	struct http_request *r = parser->data;

	if (len > body_most(r) - r->body_len) {
		r->status = 413;
		return -1;
	}
	if (r->body != NULL)
		bytes_copy(r->body + r->body_len, at, len);
	r->body_len += len;
	return 0;
}

static int on_message_complete(llhttp_t *parser)
{
	struct http_request *r = parser->data;

	r->where = HTTP_AT_END;
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_url = on_url,
	.on_header_field = on_header_field,
	.on_header_value = on_header_value,
	.on_header_value_complete = on_header_value_complete,
	.on_headers_complete = on_headers_complete,
	.on_body = on_body,
	.on_message_complete = on_message_complete,
};

/* ---- the head as a whole ---- */

static enum http_method method_of(const struct http_request *r)
{
	switch (r->parser.method) {
	case HTTP_GET:
		return HTTP_METHOD_GET;
	case HTTP_HEAD:
		return HTTP_METHOD_HEAD;
	case HTTP_OPTIONS:
		return HTTP_METHOD_OPTIONS;
	case HTTP_POST:
		return r->body != NULL ? HTTP_METHOD_POST : HTTP_METHOD_OTHER;
	default:
		return HTTP_METHOD_OTHER;
	}
}

/* What a host may be made of (RFC 3986, 3.2.2), with a port and the brackets of IPv6. */
static bool is_host(struct span host)
{
	for (size_t i = 0; host.data != NULL && i < host.len; i++) {
		uint8_t c = host.data[i];
		bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (!alnum && (c == 0 || strchr("-._~!$&'()*+,;=%:[]", c) == NULL))
			return false;
	}
	return true;
}

/* The status that refuses this head, or 0. */
static int judge_head(struct http_request *r)
{
	/* 3.2: no Host in HTTP/1.1, or two, or a malformed one. */
	if (r->twice[0] || (r->host.data == NULL && r->minor == 1) || !is_host(r->host))
		return 400;
	/* 6.1: a length that HTTP/1.0 does not know invites smuggling; an unknown coding is 501. */
	if (r->transfer_encoding.data != NULL) {
		if (r->minor == 0 || r->twice[2])
			return 400;
		if (!names_equal(r->transfer_encoding, "chunked"))
			return 501;
	}
	if (r->expect.data != NULL && r->minor == 1) {
		if (r->twice[3] || !names_equal(r->expect, "100-continue"))
			return 417;
		r->expect_continue = true;
	}
	if (r->twice[1])
		r->range = SPAN_EMPTY;
	/* RFC 8470, 5.1: whatever it says, if it is there. */
	r->may_be_replay = r->early_data.data != NULL;
	return 0;
}

static int status_of(llhttp_errno_t e)
{
	return e == HPE_INVALID_METHOD ? 501 : 400;
}

/* The request line, without its CRLF. */
static struct span first_line(const struct http_request *r)
{
	const uint8_t *end = memchr(r->head, '\r', r->head_len);

	return span_make(r->head, end == NULL ? r->head_len : (size_t)(end - r->head));
}

/* RFC 9112, 3: two blanks, no more, and behind the second the version. llhttp is kinder. */
static int judge_line(struct span line)
{
	const uint8_t *version;
	size_t blanks = 0;

	if (line.len < 9)
		return 400;
	version = line.data + line.len - 8;
	for (size_t i = 0; i < line.len; i++)
		blanks += line.data[i] == ' ' ? 1 : 0;
	if (blanks != 2 || version[-1] != ' ' ||
	    !span_equal(span_make(version, 5), SPAN_LITERAL("HTTP/")) || version[6] != '.')
		return 400;
	return version[5] == '1' && (version[7] == '0' || version[7] == '1') ? 0 : 505;
}

static enum request_progress finish_head(struct http_request *r)
{
	llhttp_errno_t e;
	int status;

	r->line = first_line(r);
	status = judge_line(r->line);
	if (status != 0)
		return refuse(r, status);
	llhttp_init(&r->parser, HTTP_REQUEST, &settings);
	r->parser.data = r;
	e = llhttp_execute(&r->parser, (const char *)r->head, r->head_len);
	if ((e != HPE_OK && e != HPE_PAUSED) || r->where == HTTP_IN_HEAD)
		return refuse(r, r->status != 0 ? r->status : status_of(e));
	r->method = method_of(r);
	r->minor = r->parser.http_minor;
	r->keep_alive = llhttp_should_keep_alive(&r->parser) != 0;
	status = judge_head(r);
	if (status != 0)
		return refuse(r, status);
	if (r->where == HTTP_AT_END)
		return REQUEST_DONE;
	r->has_body = true;
	/* A length that is said to be too much need not be waited for. */
	if ((r->parser.flags & F_CONTENT_LENGTH) != 0 && r->parser.content_length > body_most(r))
		return refuse(r, 413);
	return REQUEST_BODY;
}

/* ---- gathering ---- */

static bool grow(struct http_request *r)
{
	size_t cap = r->head_cap > 0 ? 2 * r->head_cap : 1024;
	uint8_t *head = realloc(r->head, cap);

	if (head == NULL)
		return false;
	r->head = head;
	r->head_cap = cap;
	return true;
}

/* The status that refuses this byte in this place, or 0. */
static int judge_byte(const struct http_request *r, uint8_t c)
{
	if (r->after_cr != (c == '\n'))
		return 400;
	if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f)
		return 400;
	/* 5.2: a line that begins with a blank would go on with the one before. */
	if (r->line_len == 0 && (c == ' ' || c == '\t'))
		return 400;
	if (r->blank_lines > HTTP_BLANK_LINES_MAX)
		return 400;
	if (r->head_len == HTTP_HEAD_MAX)
		return 431;
	if (r->line_len == HTTP_LINE_MAX && r->line_len == r->head_len)
		return 414;
	return 0;
}

/* Keeps the byte. True with the last one of the head. */
static bool keep_byte(struct http_request *r, uint8_t c)
{
	bool empty_line = c == '\n' && r->line_len == 1;

	r->head[r->head_len++] = c;
	r->line_len = c == '\n' ? 0 : r->line_len + 1;
	r->after_cr = c == '\r';
	if (empty_line && r->head_len == 2) {
		r->head_len = 0; /* 2.2: an empty line before the request line is skipped */
		r->blank_lines++;
		return false;
	}
	return empty_line;
}

static enum request_progress feed_head(struct http_request *r, struct span data, size_t *used)
{
	while (*used < data.len) {
		uint8_t c = data.data[*used];
		int status = judge_byte(r, c);

		if (status == 0 && r->head_len == r->head_cap && !grow(r))
			status = 503;
		if (status != 0)
			return refuse(r, status);
		++*used;
		if (keep_byte(r, c))
			return finish_head(r);
	}
	return REQUEST_MORE;
}

static enum request_progress feed_body(struct http_request *r, struct span data, size_t *used)
{
	llhttp_errno_t e = llhttp_execute(&r->parser, (const char *)data.data, data.len);

	if (e != HPE_OK && e != HPE_PAUSED)
		return refuse(r, r->status != 0 ? r->status : 400);
	if (e == HPE_PAUSED)
		*used = (size_t)(llhttp_get_error_pos(&r->parser) - (const char *)data.data);
	else
		*used = data.len;
	r->framed_len += *used;
	if (r->framed_len > HTTP_BODY_MAX)
		return refuse(r, 413);
	return r->where == HTTP_AT_END ? REQUEST_DONE : REQUEST_MORE;
}

enum request_progress http_request_feed(struct http_request *r, struct span data, size_t *used)
{
	*used = 0;
	if (data.len == 0)
		return REQUEST_MORE;
	return r->where == HTTP_IN_HEAD ? feed_head(r, data, used) : feed_body(r, data, used);
}

struct http_request *http_request_new(void)
{
	return calloc(1, sizeof(struct http_request));
}

void http_request_free(struct http_request *r)
{
	if (r == NULL)
		return;
	free(r->head);
	free(r);
}

bool http_request_started(const struct http_request *r)
{
	return r->head_len > 0 || r->after_cr;
}
