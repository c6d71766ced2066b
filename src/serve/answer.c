/*
 * What is answered to a request: RFC 9110, sections 9, 13, 14 and 15; RFC 6797 for the
 * Strict-Transport-Security field; RFC 8470 for early data.
 */
#include "serve/answer.h"

#include "serve/conditional.h"
#include "serve/http_date.h"

#include <ward/x509.h>

#include "crypto/crypto.h"

#include <inttypes.h>
#include <stdio.h>

enum { HEAD_TEXT_MAX = 32 * 1024 };

static const char allowed[] = "GET, HEAD, OPTIONS";

static const char *phrase_of(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} phrases[] = {
		{ 200, "OK" },
		{ 204, "No Content" },
		{ 206, "Partial Content" },
		{ 301, "Moved Permanently" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 416, "Range Not Satisfiable" },
		{ 417, "Expectation Failed" },
		{ 425, "Too Early" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Error";
}

/* ---- heads ---- */

/* The head is put behind what the text already holds, and comes first as a segment. */
struct head {
	struct strbuf *text;
	size_t start;
};

static struct head head_start(struct response *r, const struct answer_terms *terms,
			      const struct http_request *request, int status)
{
	struct head h = { &r->text, r->text.len };
	char date[HTTP_DATE_LEN + 1];

	r->status = status;
	r->close = terms->close || request == NULL || !request->keep_alive;
	if (r->text.most < r->text.len + HEAD_TEXT_MAX)
		r->text.most = r->text.len + HEAD_TEXT_MAX;
	strbuf_format(h.text, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, phrase_of(status),
		      http_date_write(terms->now, date));
	strbuf_string(h.text, "X-Content-Type-Options: nosniff\r\n");
	if (terms->site->hsts >= 0)
		strbuf_format(h.text, "Strict-Transport-Security: max-age=%" PRId64 "\r\n",
			      terms->site->hsts);
	if (r->close)
		strbuf_string(h.text, "Connection: close\r\n");
	else if (request != NULL && request->minor == 0)
		strbuf_string(h.text, "Connection: keep-alive\r\n");
	return h;
}

static void head_end(struct response *r, struct head h)
{
	strbuf_string(h.text, "\r\n");
	/* Without memory for an answer there is none: the connection ends. */
	if (h.text->failed)
		r->close = true;
	else
		response_add_text(r, h.start, h.text->len - h.start);
}

static bool wants_body(const struct http_request *request)
{
	return request == NULL || request->method != HTTP_METHOD_HEAD;
}

/* A page that says what is wrong, with a sentence of why and one more header field, or NULL. */
static void say_why(struct response *r, const struct answer_terms *terms,
		    const struct http_request *request, int status, const char *why,
		    const char *field)
{
	const char *phrase = phrase_of(status);
	struct head h;
	size_t page, len;

	r->text.most = r->text.len + HEAD_TEXT_MAX;
	page = r->text.len;
	strbuf_format(&r->text,
		      "<!DOCTYPE html>\n<html lang=\"en\">\n<title>%d %s</title>\n<h1>%d %s</h1>\n",
		      status, phrase, status, phrase);
	if (why != NULL) {
		strbuf_string(&r->text, "<p>");
		strbuf_html(&r->text, why);
		strbuf_string(&r->text, "</p>\n");
	}
	len = r->text.len - page;
	h = head_start(r, terms, request, status);
	if (field != NULL)
		strbuf_string(h.text, field);
	strbuf_format(h.text, "Content-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n",
		      len);
	head_end(r, h);
	if (wants_body(request) && !r->text.failed)
		response_add_text(r, page, len);
}

static void say(struct response *r, const struct answer_terms *terms,
		const struct http_request *request, int status, const char *field)
{
	say_why(r, terms, request, status, NULL, field);
}

void answer_forbidden(struct response *r, const struct answer_terms *terms,
		      const struct http_request *request, const char *why)
{
	say_why(r, terms, request, 403, why, NULL);
}

void answer_too_early(struct response *r, const struct answer_terms *terms,
		      const struct http_request *request)
{
	say(r, terms, request, 425, NULL);
}

void answer_error(struct response *r, const struct answer_terms *terms,
		  const struct http_request *request, int status)
{
	struct answer_terms last = *terms;

	last.close = true;
	say(r, &last, request, status, NULL);
}

/* ---- methods ---- */

static void answer_options(struct response *r, const struct answer_terms *terms,
			   const struct http_request *request)
{
	struct head h = head_start(r, terms, request, 204);

	strbuf_format(h.text, "Allow: %s\r\n", allowed);
	head_end(r, h);
}

bool answer_without_lookup(struct response *r, const struct answer_terms *terms,
			   const struct http_request *request)
{
	char allow[64];

	if (request->status != 0) {
		answer_error(r, terms, request, request->status);
		return true;
	}
	if (request->method == HTTP_METHOD_GET || request->method == HTTP_METHOD_HEAD)
		return false;
	if (request->may_be_replay) {
		answer_too_early(r, terms, request);
		return true;
	}
	if (request->method == HTTP_METHOD_OPTIONS) {
		answer_options(r, terms, request);
		return true;
	}
	snprintf(allow, sizeof(allow), "Allow: %s\r\n", allowed);
	say(r, terms, request, 405, allow);
	return true;
}

/* ---- files ---- */

struct file {
	const struct stat *st;
	struct validator validator;
	const char *type;
};

static void describe(struct strbuf *head, const struct file *file)
{
	char date[HTTP_DATE_LEN + 1];

	strbuf_format(head, "ETag: %s\r\nLast-Modified: %s\r\nAccept-Ranges: bytes\r\n",
		      file->validator.etag, http_date_write(file->validator.modified, date));
}

static void answer_whole(struct response *r, const struct answer_terms *terms,
			 const struct http_request *request, const struct file *file)
{
	struct head h = head_start(r, terms, request, 200);

	describe(h.text, file);
	strbuf_format(h.text, "Content-Type: %s\r\nContent-Length: %jd\r\n", file->type,
		      (intmax_t)file->st->st_size);
	head_end(r, h);
	if (wants_body(request))
		response_add_file(r, 0, (uint64_t)file->st->st_size);
}

static void answer_not_modified(struct response *r, const struct answer_terms *terms,
				const struct http_request *request, const struct file *file)
{
	struct head h = head_start(r, terms, request, 304);

	describe(h.text, file);
	head_end(r, h);
}

static void answer_unsatisfiable(struct response *r, const struct answer_terms *terms,
				 const struct http_request *request, const struct file *file)
{
	char field[64];

	snprintf(field, sizeof(field), "Content-Range: bytes */%jd\r\n",
		 (intmax_t)file->st->st_size);
	say(r, terms, request, 416, field);
}

static void add_content_range(struct strbuf *t, const struct range *part, const struct file *file)
{
	strbuf_format(t, "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%jd\r\n", part->offset,
		      part->offset + part->len - 1, (intmax_t)file->st->st_size);
}

static void answer_one_part(struct response *r, const struct answer_terms *terms,
			    const struct http_request *request, const struct file *file,
			    const struct range *part)
{
	struct head h = head_start(r, terms, request, 206);

	describe(h.text, file);
	add_content_range(h.text, part, file);
	strbuf_format(h.text, "Content-Type: %s\r\nContent-Length: %" PRIu64 "\r\n", file->type,
		      part->len);
	head_end(r, h);
	response_add_file(r, part->offset, part->len);
}

/* RFC 9110, 14.6. What stands between the parts is put into the text first; where each begins is
 * kept in `starts`, which has one more for the end of the last. */
static void write_part_heads(struct strbuf *t, const char *boundary, const struct file *file,
			     const struct range *parts, size_t count, size_t *starts)
{
	for (size_t i = 0; i < count; i++) {
		starts[i] = t->len;
		strbuf_format(t, "%s--%s\r\nContent-Type: %s\r\n", i == 0 ? "" : "\r\n", boundary,
			      file->type);
		add_content_range(t, &parts[i], file);
		strbuf_string(t, "\r\n");
	}
	starts[count] = t->len;
	strbuf_format(t, "\r\n--%s--\r\n", boundary);
	starts[count + 1] = t->len;
}

static bool make_boundary(char boundary[33])
{
	uint8_t random[16];

	if (!random_bytes(random, sizeof(random), NULL))
		return false;
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(boundary + 2 * i, 3, "%02x", random[i]);
	return true;
}

static void answer_parts(struct response *r, const struct answer_terms *terms,
			 const struct http_request *request, const struct file *file,
			 const struct range *parts, size_t count)
{
	size_t starts[RANGES_MAX + 2];
	char boundary[33];
	uint64_t len;
	struct head h;

	if (!make_boundary(boundary)) {
		answer_error(r, terms, request, 500);
		return;
	}
	r->text.most = r->text.len + HEAD_TEXT_MAX;
	write_part_heads(&r->text, boundary, file, parts, count, starts);
	len = starts[count + 1] - starts[0];
	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	h = head_start(r, terms, request, 206);
	describe(h.text, file);
	strbuf_format(h.text,
		      "Content-Type: multipart/byteranges; boundary=%s\r\nContent-Length: %" PRIu64
		      "\r\n",
		      boundary, len);
	head_end(r, h);
	for (size_t i = 0; i < count && !r->text.failed; i++) {
		response_add_text(r, starts[i], starts[i + 1] - starts[i]);
		response_add_file(r, parts[i].offset, parts[i].len);
	}
	if (!r->text.failed)
		response_add_text(r, starts[count], starts[count + 1] - starts[count]);
}

static void answer_file(struct response *r, const struct answer_terms *terms,
			const struct http_request *request, const struct file *file)
{
	int status = conditional_judge(request, &file->validator, terms->now);
	enum range_verdict verdict = RANGE_WHOLE;
	struct range parts[RANGES_MAX];
	size_t count = 0;

	if (status == 412) {
		say(r, terms, request, 412, NULL);
		return;
	}
	if (status == 304) {
		answer_not_modified(r, terms, request, file);
		return;
	}
	/* 14.2: a range counts for GET alone. */
	if (request->method == HTTP_METHOD_GET && request->range.data != NULL &&
	    conditional_range(request, &file->validator, terms->now))
		verdict = range_read(request->range, (uint64_t)file->st->st_size, parts, &count);
	if (verdict == RANGE_UNSATISFIABLE)
		answer_unsatisfiable(r, terms, request, file);
	else if (verdict == RANGE_WHOLE)
		answer_whole(r, terms, request, file);
	else if (count == 1)
		answer_one_part(r, terms, request, file, &parts[0]);
	else
		answer_parts(r, terms, request, file, parts, count);
}

/* ---- what the lookup found ---- */

static void answer_listing(struct response *r, const struct answer_terms *terms,
			   const struct http_request *request, struct lookup *l)
{
	struct head h;
	size_t len = l->text.len;

	r->text = l->text;
	l->text = strbuf_make(0);
	h = head_start(r, terms, request, 200);
	/* Names of files are the only foreign text in a listing; it runs nothing in any case. */
	strbuf_format(h.text,
		      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"
		      "Cache-Control: no-cache\r\n"
		      "Content-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n",
		      len);
	head_end(r, h);
	if (wants_body(request) && !r->text.failed)
		response_add_text(r, 0, len);
}

static void answer_redirect(struct response *r, const struct answer_terms *terms,
			    const struct http_request *request, const struct lookup *l)
{
	struct strbuf field = strbuf_make(HEAD_TEXT_MAX);

	strbuf_string(&field, "Location: ");
	strbuf_add(&field, strbuf_span(&l->text));
	strbuf_string(&field, "\r\n");
	if (field.failed)
		answer_error(r, terms, request, 500);
	else
		say(r, terms, request, 301, field.data);
	strbuf_free(&field);
}

void answer_lookup(struct response *r, const struct answer_terms *terms,
		   const struct http_request *request, struct lookup *l)
{
	struct file file = { .st = &l->st };

	switch (l->kind) {
	case LOOKUP_FILE:
		file.validator = validator_make(&l->st);
		file.type = mime_type(terms->site->mime, l->path.name);
		r->fd = l->fd;
		l->fd = -1;
		answer_file(r, terms, request, &file);
		return;
	case LOOKUP_LISTING:
		answer_listing(r, terms, request, l);
		return;
	case LOOKUP_REDIRECT:
		answer_redirect(r, terms, request, l);
		return;
	case LOOKUP_ERROR:
		say(r, terms, request, l->status, l->status == 503 ? "Retry-After: 1\r\n" : NULL);
		return;
	}
}
