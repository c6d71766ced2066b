/*
 * Requests and answers of OCSP over HTTP.
 *
 * In the path of GET stands the base64 of the request, with the characters "+", "/" and "=" of it
 * in the form %XX, or, by clients that are careless, as they are (RFC 5019, 5). A request begins
 * with a SEQUENCE, so its base64 never begins with a slash: those before it are the path's.
 */
#include "ca/ocsp_http.h"

#include <inttypes.h>

#include "serve/http_date.h"
#include "wire/pem.h"

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986, 2.1. White space is no part of it, though base64 elsewhere may be broken into lines. */
static bool percent_decode(struct span from, uint8_t *to, size_t *len)
{
	*len = 0;
	for (size_t i = 0; i < from.len; i++) {
		uint8_t c = from.data[i];

		if (c == '%') {
			int high = i + 2 < from.len ? hex_digit(from.data[i + 1]) : -1;
			int low = i + 2 < from.len ? hex_digit(from.data[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (uint8_t)(high << 4 | low);
			i += 2;
		}
		if (c <= ' ' || c >= 0x7f)
			return false;
		to[(*len)++] = c;
	}
	return true;
}

static struct span after(struct span s, size_t n)
{
	return span_make(s.data + n, s.len - n);
}

static struct span skip_slashes(struct span s)
{
	while (s.len > 0 && s.data[0] == '/')
		s = after(s, 1);
	return s;
}

static struct span skip_prefix(struct span target, const char *prefix)
{
	struct span p = skip_slashes(span_string(prefix));

	target = skip_slashes(target);
	if (target.len >= p.len && span_equal(span_make(target.data, p.len), p))
		target = after(target, p.len);
	return skip_slashes(target);
}

static int read_get(const struct http_request *r, const char *prefix, uint8_t *der, size_t *len)
{
	uint8_t text[HTTP_LINE_MAX];
	struct span target = skip_prefix(r->target, prefix);
	size_t text_len;

	if (target.len == 0)
		return 404;
	if (target.len > sizeof(text))
		return 414;
	if (!percent_decode(target, text, &text_len) ||
	    base64_decoded_max(text_len) > OCSP_HTTP_BODY_MAX ||
	    !base64_decode(der, len, span_make(text, text_len), false, NULL) || *len == 0)
		return 400;
	return 0;
}

int ocsp_http_read(const struct http_request *r, const char *prefix, uint8_t *der, size_t *len)
{
	*len = 0;
	if (r->method == HTTP_METHOD_GET)
		return read_get(r, prefix, der, len);
	if (r->method != HTTP_METHOD_POST)
		return 405;
	if (r->body_len > OCSP_HTTP_BODY_MAX)
		return 413;
	bytes_copy(der, r->body, r->body_len);
	*len = r->body_len;
	return 0;
}

/* ---- answers ---- */

/* RFC 5019, 6.2. A request with a nonce has an URL that nobody asks for again. */
static void add_times(struct strbuf *out, const struct responder_answer *a)
{
	char made[HTTP_DATE_LEN + 1], next[HTTP_DATE_LEN + 1];

	http_date_write((time_t)a->this_update, made);
	http_date_write((time_t)a->next_update, next);
	strbuf_format(out,
		      "Date: %s\r\nLast-Modified: %s\r\nExpires: %s\r\n"
		      "Cache-Control: max-age=%" PRId64
		      ", public, no-transform, must-revalidate\r\n",
		      made, made, next, a->next_update - a->this_update);
}

void ocsp_http_answer(struct strbuf *out, const struct responder_answer *a, bool keep_alive)
{
	size_t len;
	const uint8_t *der = ward_ocsp_response_der(a->response, &len);

	strbuf_format(out,
		      "HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\n"
		      "Content-Length: %zu\r\nConnection: %s\r\n",
		      len, keep_alive ? "keep-alive" : "close");
	if (a->lasts)
		add_times(out, a);
	else
		strbuf_string(out, "Cache-Control: no-store\r\n");
	strbuf_string(out, "\r\n");
	strbuf_add(out, span_make(der, len));
}

static const char *phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} phrases[] = {
		{ 400, "Bad Request" },           { 404, "Not Found" },
		{ 405, "Method Not Allowed" },    { 408, "Request Timeout" },
		{ 413, "Content Too Large" },     { 414, "URI Too Long" },
		{ 417, "Expectation Failed" },    { 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
		{ 503, "Service Unavailable" },   { 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Error";
}

void ocsp_http_refuse(struct strbuf *out, int status)
{
	strbuf_format(out, "HTTP/1.1 %d %s\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n",
		      status, phrase(status), status == 405 ? "Allow: GET, POST\r\n" : "");
}

const char *ocsp_http_path(const char *url)
{
	const char *scheme = strstr(url, "://");
	const char *path = strchr(scheme == NULL ? url : scheme + 3, '/');

	return path == NULL ? "/" : path;
}
