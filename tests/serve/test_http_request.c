/*
 * Requests (RFC 9112): each is read whole, byte by byte, and cut in two at every place, with the
 * same result. What could be read in two ways is refused.
 */
#include "serve/http_request.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/table.h"

#define GET "GET / HTTP/1.1\r\nHost: a\r\n"

static const struct good_row {
	const char *name;
	const char *text;
	enum http_method method;
	const char *target;
	bool keep_alive;
	bool has_body;
	size_t left; /* bytes behind it */
} good[] = {
	{ "the shortest", GET "\r\n", HTTP_METHOD_GET, "/", true, false, 0 },
	{ "HEAD", "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_METHOD_HEAD, "/a", true, false, 0 },
	{ "OPTIONS of the server", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_METHOD_OPTIONS,
	  "*", true, false, 0 },
	{ "another method", "DELETE /a HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_METHOD_OTHER, "/a", true,
	  false, 0 },
	{ "a method that is a tunnel elsewhere", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
	  HTTP_METHOD_OTHER, "a:1", true, false, 0 },
	{ "HTTP/1.0 needs no Host", "GET / HTTP/1.0\r\n\r\n", HTTP_METHOD_GET, "/", false, false,
	  0 },
	{ "HTTP/1.0 that wants to stay", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	  HTTP_METHOD_GET, "/", true, false, 0 },
	{ "an end that is asked for", GET "Connection: close\r\n\r\n", HTTP_METHOD_GET, "/", false,
	  false, 0 },
	{ "an end among other options", GET "Connection: x, Close\r\n\r\n", HTTP_METHOD_GET, "/",
	  false, false, 0 },
	{ "the absolute form", "GET https://a/b HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_METHOD_GET,
	  "https://a/b", true, false, 0 },
	{ "an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", HTTP_METHOD_GET, "/", true, false,
	  0 },
	{ "a Host with a port", "GET / HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n", HTTP_METHOD_GET, "/",
	  true, false, 0 },
	{ "an upgrade that is not taken", GET "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
	  HTTP_METHOD_GET, "/", true, false, 0 },
	{ "empty lines before it", "\r\n\r\n" GET "\r\n", HTTP_METHOD_GET, "/", true, false, 0 },
	{ "a value of bytes above ASCII", GET "X: \xc3\xa4\r\n\r\n", HTTP_METHOD_GET, "/", true,
	  false, 0 },
	{ "a value with a tab", GET "X: a\tb\r\n\r\n", HTTP_METHOD_GET, "/", true, false, 0 },
	{ "a body of a length", GET "Content-Length: 3\r\n\r\nabc", HTTP_METHOD_GET, "/", true,
	  true, 0 },
	{ "a body of no length", GET "Content-Length: 0\r\n\r\n", HTTP_METHOD_GET, "/", true, false,
	  0 },
	{ "a body in chunks",
	  GET "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
	  HTTP_METHOD_GET, "/", true, true, 0 },
	{ "chunks with a field behind them",
	  GET "Transfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n", HTTP_METHOD_GET, "/",
	  true, true, 0 },
	{ "another request behind it", GET "\r\n" GET "\r\n", HTTP_METHOD_GET, "/", true, false,
	  27 },
	{ "another request behind a body", GET "Content-Length: 3\r\n\r\nabc" GET "\r\n",
	  HTTP_METHOD_GET, "/", true, true, 27 },
	{ "another request behind chunks",
	  GET "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" GET "\r\n", HTTP_METHOD_GET,
	  "/", true, true, 27 },
};

/* Feeds bytes in pieces: at most `first`, then at most `step` at a time. */
static enum request_progress feed(struct http_request *r, struct span text, size_t first,
				  size_t step, size_t *at, int *bodies)
{
	enum request_progress p = REQUEST_MORE;
	size_t n = first, used;

	for (*at = 0; *at < text.len && (p == REQUEST_MORE || p == REQUEST_BODY); n = step) {
		size_t end = *at + n < text.len ? *at + n : text.len;

		while (*at < end && (p == REQUEST_MORE || p == REQUEST_BODY)) {
			p = http_request_feed(r, span_make(text.data + *at, end - *at), &used);
			assert_true(used <= end - *at);
			*at += used;
			*bodies += p == REQUEST_BODY ? 1 : 0;
		}
	}
	return p;
}

static void check_good(const struct good_row *row, struct span text, size_t first, size_t step)
{
	struct http_request *r = http_request_new();
	int bodies = 0;
	size_t at;

	assert_non_null(r);
	assert_false(http_request_started(r));
	assert_int_equal(feed(r, text, first, step, &at, &bodies), REQUEST_DONE);
	assert_int_equal(text.len - at, row->left);
	assert_int_equal(r->method, row->method);
	assert_span_equal(r->target, span_string(row->target));
	assert_int_equal(r->keep_alive, row->keep_alive);
	assert_int_equal(r->has_body, row->has_body);
	assert_int_equal(bodies, row->has_body ? 1 : 0);
	assert_true(http_request_started(r));
	http_request_free(r);
}

static void test_good(void **state)
{
	const struct good_row *row = *state;
	struct span text = table_bytes(row->text, strlen(row->text));

	check_good(row, text, text.len, text.len);
	check_good(row, text, 1, 1);
	for (size_t cut = 1; cut < text.len; cut++)
		check_good(row, text, cut, text.len);
}

static const struct bad_row {
	const char *name;
	const char *text;
	int status;
} bad[] = {
	/* 3.2: Host */
	{ "no Host in HTTP/1.1", "GET / HTTP/1.1\r\n\r\n", 400 },
	{ "two Hosts", GET "Host: a\r\n\r\n", 400 },
	{ "a Host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
	{ "a Host with a slash", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400 },
	{ "a Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400 },

	/* 2.2 and 5: lines */
	{ "a line that ends in LF alone", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400 },
	{ "a field that ends in LF alone", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400 },
	{ "CR without LF", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400 },
	{ "CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400 },
	{ "a head that ends in LF", GET "\n", 400 },
	{ "a folded line", GET "X: a\r\n b\r\n\r\n", 400 },
	{ "a line folded with a tab", GET "X: a\r\n\tb\r\n\r\n", 400 },
	{ "a blank before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400 },
	{ "a zero byte", NULL, 400 },
	{ "a control character in a value", GET "X: \x01\r\n\r\n", 400 },
	{ "DEL in a value", GET "X: \x7f\r\n\r\n", 400 },
	{ "a blank before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400 },
	{ "a field without a name", GET ": a\r\n\r\n", 400 },
	{ "a field without a colon", GET "X\r\n\r\n", 400 },
	{ "a name with a blank", GET "X Y: a\r\n\r\n", 400 },
	{ "a name with a bracket", GET "X(: a\r\n\r\n", 400 },
	{ "a name of bytes above ASCII", GET "\xc3\xa4: a\r\n\r\n", 400 },
	{ "too many empty lines", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n" GET "\r\n", 400 },

	/* 3: the request line */
	{ "no version", "GET /\r\nHost: a\r\n\r\n", 400 },
	{ "no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "a tab", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "a blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501 },
	{ "a method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501 },
	{ "HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505 },
	{ "HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505 },
	{ "HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505 },
	{ "HTTP/11.1", "GET / HTTP/11.1\r\nHost: a\r\n\r\n", 400 },
	{ "a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "another protocol", "GET / FTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\n", 505 },
	{ "a TLS record inside of TLS", "\x16\x03\x01\x02", 400 },

	/* 6: framing */
	{ "a length beside chunks",
	  GET "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
	{ "chunks beside a length",
	  GET "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400 },
	{ "two lengths that differ", GET "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
	  400 },
	{ "two lengths that agree", GET "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400 },
	{ "a list of lengths", GET "Content-Length: 3, 3\r\n\r\nabc", 400 },
	{ "a length with a sign", GET "Content-Length: +3\r\n\r\nabc", 400 },
	{ "a length below zero", GET "Content-Length: -1\r\n\r\n", 400 },
	{ "a length in hexadecimal", GET "Content-Length: 0x3\r\n\r\nabc", 400 },
	{ "an empty length", GET "Content-Length:\r\n\r\n", 400 },
	{ "a length of more than 64 bits", GET "Content-Length: 99999999999999999999\r\n\r\n",
	  400 },
	{ "a coding that is not known", GET "Transfer-Encoding: gzip\r\n\r\n", 400 },
	{ "a coding before chunks", GET "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501 },
	{ "a coding behind chunks", GET "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400 },
	{ "chunks twice",
	  GET "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
	{ "chunks in HTTP/1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	  400 },
	{ "a disguised coding", GET "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400 },
	{ "a coding behind a vertical tab",
	  GET "Transfer-Encoding: \x0b"
	      "chunked\r\n\r\n",
	  400 },
	{ "a chunk size that is no number", GET "Transfer-Encoding: chunked\r\n\r\nx\r\n", 400 },
	{ "a chunk size with a sign", GET "Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n", 400 },
	{ "a chunk size that ends in LF alone",
	  GET "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n", 400 },
	{ "a chunk longer than its size",
	  GET "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400 },
	{ "a chunk size of more than 64 bits",
	  GET "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400 },

	/* limits, and what is asked for in vain */
	{ "a body too long by its length", GET "Content-Length: 65537\r\n\r\n", 413 },
	{ "an expectation that is not known", GET "Expect: 200-ok\r\n\r\n", 417 },
	{ "too many lines of a list",
	  GET "If-Match: *\r\nIf-Match: *\r\nIf-Match: *\r\nIf-Match: *\r\nIf-Match: *\r\n"
	      "If-Match: *\r\nIf-Match: *\r\nIf-Match: *\r\nIf-Match: *\r\n\r\n",
	  431 },
};

static void check_bad(const struct bad_row *row, struct span text, size_t first, size_t step)
{
	struct http_request *r = http_request_new();
	int bodies = 0;
	size_t at;

	assert_int_equal(feed(r, text, first, step, &at, &bodies), REQUEST_REFUSED);
	assert_int_equal(r->status, row->status);
	assert_false(r->keep_alive);
	http_request_free(r);
}

static void test_bad(void **state)
{
	static const char zero[] = GET "X: a\0b\r\n\r\n";
	const struct bad_row *row = *state;
	struct span text = row->text == NULL ? table_bytes(zero, sizeof(zero) - 1)
					     : table_bytes(row->text, strlen(row->text));

	check_bad(row, text, text.len, text.len);
	check_bad(row, text, 1, 1);
	for (size_t cut = 1; cut < text.len; cut++)
		check_bad(row, text, cut, text.len);
}

/* ---- fields that are kept ---- */

static void test_fields(void **state)
{
	static const char text[] =
		"GET / HTTP/1.1\r\nHOST: h\r\nrange:  bytes=0-1 \r\n"
		"If-Range: \"r\"\r\nIf-Modified-Since: m\r\n"
		"If-Unmodified-Since: u\r\nIf-Match: \"a\"\r\nIf-Match: \"b\"\r\n"
		"If-None-Match: \"c\"\r\nExpect: 100-Continue\r\n"
		"Content-Length: 1\r\n\r\n";
	struct http_request *r = http_request_new();
	int bodies = 0;
	size_t at;

	(void)state;
	assert_int_equal(feed(r, SPAN_LITERAL(text), 1, 1, &at, &bodies), REQUEST_BODY);
	assert_span_equal(r->line, SPAN_LITERAL("GET / HTTP/1.1"));
	assert_span_equal(r->host, SPAN_LITERAL("h"));
	assert_int_equal(r->range.len > 0 ? memcmp(r->range.data, "bytes=0-1", 9) : -1, 0);
	assert_span_equal(r->if_range, SPAN_LITERAL("\"r\""));
	assert_span_equal(r->if_modified_since, SPAN_LITERAL("m"));
	assert_span_equal(r->if_unmodified_since, SPAN_LITERAL("u"));
	assert_int_equal(r->if_match.count, 2);
	assert_span_equal(r->if_match.line[1], SPAN_LITERAL("\"b\""));
	assert_int_equal(r->if_none_match.count, 1);
	assert_true(r->expect_continue);
	assert_int_equal(r->minor, 1);
	http_request_free(r);
}

static void test_range_twice(void **state)
{
	static const char text[] = GET "Range: bytes=0-1\r\nRange: bytes=2-3\r\n\r\n";
	struct http_request *r = http_request_new();
	int bodies = 0;
	size_t at;

	(void)state;
	assert_int_equal(feed(r, SPAN_LITERAL(text), 100, 100, &at, &bodies), REQUEST_DONE);
	assert_null(r->range.data);
	http_request_free(r);
}

/* ---- limits ---- */

/* A head of the given lengths: of the target, of one value, and how many short fields. */
static int status_of_size(size_t target, size_t value, size_t fields, size_t body)
{
	struct http_request *r = http_request_new();
	size_t cap = target + value + 16 * fields + body + 256, len = 0, at;
	char *text = calloc(1, cap);
	int bodies = 0, status;

	assert_non_null(text);
	len += (size_t)snprintf(text, cap, "GET /");
	memset(text + len, 'a', target);
	len += target;
	len += (size_t)snprintf(text + len, cap - len, " HTTP/1.1\r\nHost: a\r\nX: ");
	memset(text + len, 'b', value);
	len += value;
	for (size_t i = 0; i < fields; i++)
		len += (size_t)snprintf(text + len, cap - len, "\r\nY: z");
	if (body > 0)
		len += (size_t)snprintf(text + len, cap - len,
					"\r\nTransfer-Encoding: chunked\r\n\r\n%zx", body);
	len += (size_t)snprintf(text + len, cap - len, "\r\n%s", body > 0 ? "" : "\r\n");
	if (body > 0) {
		memset(text + len, 'c', body);
		len += body;
		len += (size_t)snprintf(text + len, cap - len, "\r\n0\r\n\r\n");
	}
	status = feed(r, span_make(text, len), 1000, 1000, &at, &bodies) == REQUEST_DONE
			 ? 200
			 : r->status;
	http_request_free(r);
	free(text);
	return status;
}

static const struct size_row {
	const char *name;
	size_t target, value, fields, body;
	int status;
} sizes[] = {
	{ "a long target", 8000, 1, 0, 0, 200 },
	{ "a target that is too long", 9000, 1, 0, 0, 414 },
	{ "a target far too long", 100000, 1, 0, 0, 414 },
	{ "a long value", 1, 16000, 0, 0, 200 },
	{ "a value that is too long", 1, 17000, 0, 0, 431 },
	{ "many fields", 1, 1, 98, 0, 200 },
	{ "too many fields", 1, 1, 99, 0, 431 },
	{ "far too many fields", 1, 1, 5000, 0, 431 },
	{ "a body in one large chunk", 1, 1, 0, 60000, 200 },
	{ "a chunk that is too large", 1, 1, 0, 70000, 413 },
};

static void test_size(void **state)
{
	const struct size_row *row = *state;

	assert_int_equal(status_of_size(row->target, row->value, row->fields, row->body),
			 row->status);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, good, test_good);
	TABLE_ADD(&t, bad, test_bad);
	TABLE_ADD(&t, sizes, test_size);
	table_add(&t, "the fields that an answer depends on", test_fields, NULL);
	table_add(&t, "a range that comes twice does not count", test_range_twice, NULL);
	return table_run(&t, "http_request");
}
