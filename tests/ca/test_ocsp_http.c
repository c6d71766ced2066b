/*
 * OCSP over HTTP (ocsp_http.c): where in a request of HTTP the one of OCSP is, and what is refused.
 */
#include "ca/ocsp_http.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/table.h"

/* ---- requests ---- */

static uint8_t body[OCSP_HTTP_BODY_MAX];

/* Feeds the bytes in one; gives the progress of the last. */
static enum request_progress feed(struct http_request *r, struct span rest)
{
	enum request_progress progress = REQUEST_MORE;

	r->body = body;
	r->body_cap = sizeof(body);
	while (rest.len > 0 && progress != REQUEST_DONE && progress != REQUEST_REFUSED) {
		size_t used = 0;

		progress = http_request_feed(r, rest, &used);
		rest = span_make(rest.data + used, rest.len - used);
	}
	return progress;
}

static const struct get_row {
	const char *name;
	const char *prefix, *target;
	int status;
	const char *der; /* hex */
} gets[] = {
	{ "base64", "/", "/MAMCAQA=", 0, "3003020100" },
	{ "without padding", "/", "/MAMCAQA", 400, NULL },
	{ "escaped", "/", "/MAMCAQA%3D", 0, "3003020100" },
	{ "escaped in lower case", "/", "/MAMCAQA%3d", 0, "3003020100" },
	{ "a plus and a slash", "/", "/MP+/", 0, "30ffbf" },
	{ "these escaped", "/", "/MP%2B%2F", 0, "30ffbf" },
	{ "two slashes before it", "/", "//MAMCAQA=", 0, "3003020100" },
	{ "behind a prefix", "/ca/one", "/ca/one/MAMCAQA=", 0, "3003020100" },
	{ "behind a prefix with a slash", "/ca/one/", "/ca/one/MAMCAQA=", 0, "3003020100" },
	{ "behind a prefix, two slashes", "/ca/one/", "/ca/one//MAMCAQA=", 0, "3003020100" },
	{ "the prefix left out", "/ca/one", "/MAMCAQA=", 0, "3003020100" },
	{ "an empty prefix", "", "/MAMCAQA=", 0, "3003020100" },
	{ "the prefix alone", "/ca/one", "/ca/one", 404, NULL },
	{ "the prefix and a slash", "/ca/one", "/ca/one/", 404, NULL },
	{ "nothing", "/", "/", 404, NULL },
	{ "another path", "/", "/index.html", 400, NULL },
	{ "a query", "/", "/MAMCAQA=?x", 400, NULL },
	{ "an escape that is cut off", "/", "/MAMCAQA%3", 400, NULL },
	{ "an escape without digits", "/", "/MAMCAQA%zz", 400, NULL },
	{ "an escaped blank", "/", "/MAMC%20AQA=", 400, NULL },
	{ "an escaped line", "/", "/MAMC%0AAQA=", 400, NULL },
	{ "an escaped zero", "/", "/MAMC%00", 400, NULL },
	{ "one character", "/", "/M", 400, NULL },
};

static void test_get(void **state)
{
	const struct get_row *row = *state;
	struct http_request *r = http_request_new();
	uint8_t der[OCSP_HTTP_BODY_MAX];
	char text[500];
	size_t len;

	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", row->target);
	assert_int_equal(feed(r, span_string(text)), REQUEST_DONE);
	assert_int_equal(ocsp_http_read(r, row->prefix, der, &len), row->status);
	if (row->der != NULL)
		assert_span_equal(span_make(der, len), table_hex(row->der));
	http_request_free(r);
}

static const struct method_row {
	const char *name;
	const char *text;
	int status;
	const char *der;
} methods[] = {
	{ "POST", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 0, "616263" },
	{ "POST to any path", "POST /x/y HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", 0, "616263" },
	{ "POST in pieces",
	  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
	  0, "616263" },
	{ "POST of nothing", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 0, "" },
	{ "HEAD", "HEAD /MAMCAQA= HTTP/1.1\r\nHost: a\r\n\r\n", 405, NULL },
	{ "OPTIONS", "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", 405, NULL },
	{ "PUT", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 405, NULL },
};

static void test_method(void **state)
{
	const struct method_row *row = *state;
	struct http_request *r = http_request_new();
	uint8_t der[OCSP_HTTP_BODY_MAX];
	size_t len;

	assert_int_equal(feed(r, span_string(row->text)), REQUEST_DONE);
	assert_int_equal(ocsp_http_read(r, "/", der, &len), row->status);
	if (row->der != NULL)
		assert_span_equal(span_make(der, len), table_hex(row->der));
	http_request_free(r);
}

/* Told by its length, by its pieces, or by neither: never more than there is room for. */
static void test_long_body(void **state)
{
	static const size_t lens[] = { OCSP_HTTP_BODY_MAX - 1, OCSP_HTTP_BODY_MAX,
				       OCSP_HTTP_BODY_MAX + 1, 5 * OCSP_HTTP_BODY_MAX };
	static char text[6 * OCSP_HTTP_BODY_MAX];

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		size_t len = lens[i / 2];
		struct http_request *r = http_request_new();
		bool fits = len <= OCSP_HTTP_BODY_MAX;
		int head;

		if (i % 2 == 0)
			head = snprintf(text, sizeof(text),
					"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
					len);
		else
			head = snprintf(text, sizeof(text),
					"POST / HTTP/1.1\r\nHost: a\r\n"
					"Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
					len);
		memset(text + head, 'x', len);
		memcpy(text + (size_t)head + len, "\r\n0\r\n\r\n", 7);
		assert_int_equal(
			feed(r, span_make(text, (size_t)head + len + (i % 2 == 0 ? 0 : 7))),
			fits ? REQUEST_DONE : REQUEST_REFUSED);
		if (fits)
			assert_int_equal(r->body_len, len);
		else
			assert_int_equal(r->status, 413);
		http_request_free(r);
	}
}

/* ---- answers ---- */

static void test_answer(void **state)
{
	struct responder_answer a = { .this_update = 784111777, .next_update = 784115377 };
	struct strbuf out = strbuf_make(10000);
	size_t len;

	(void)state;
	a.response = ward_ocsp_response_make_error(WARD_OCSP_TRY_LATER, NULL);
	ward_ocsp_response_der(a.response, &len);
	ocsp_http_answer(&out, &a, true);
	assert_non_null(strstr(out.data,
			       "HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response"
			       "\r\nContent-Length: 5\r\nConnection: keep-alive\r\n"));
	assert_non_null(strstr(out.data, "\r\nCache-Control: no-store\r\n\r\n"));
	strbuf_free(&out);
	a.lasts = true;
	ocsp_http_answer(&out, &a, false);
	assert_non_null(strstr(out.data, "\r\nConnection: close\r\n"));
	assert_non_null(strstr(out.data, "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
					 "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
					 "Expires: Sun, 06 Nov 1994 09:49:37 GMT\r\n"
					 "Cache-Control: max-age=3600, public, "));
	strbuf_free(&out);
	ocsp_http_refuse(&out, 405);
	assert_string_equal(out.data, "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, POST\r\n"
				      "Content-Length: 0\r\nConnection: close\r\n\r\n");
	strbuf_free(&out);
	ward_ocsp_response_free(a.response);
}

static const struct path_row {
	const char *name; /* the URL */
	const char *path;
} paths[] = {
	{ "http://ocsp.internal:8080/ca/", "/ca/" },
	{ "http://ocsp.internal/ca", "/ca" },
	{ "http://ocsp.internal", "/" },
	{ "http://[::1]:80", "/" },
	{ "ocsp.internal/x", "/x" },
	{ "", "/" },
};

static void test_path(void **state)
{
	const struct path_row *row = *state;

	assert_string_equal(ocsp_http_path(row->name), row->path);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, gets, test_get);
	TABLE_ADD(&t, methods, test_method);
	table_add(&t, "long bodies", test_long_body, NULL);
	table_add(&t, "answers", test_answer, NULL);
	TABLE_ADD(&t, paths, test_path);
	return table_run(&t, "ocsp_http");
}
