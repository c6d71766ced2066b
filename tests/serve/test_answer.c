/*
 * From a request to its answer (lookup.c, index.c, answer.c): status, fields, body, over a small
 * site with links, an index and hidden names.
 */
#include "serve/answer.h"

#include "serve/index.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/scratch.h"
#include "support/table.h"

#define NOW 1790000000
#define FILE_TIME 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */

static char base[] = "/tmp/ward-answer-XXXXXX";
static struct site site;

static void put(const char *name, const char *text)
{
	struct timespec times[2] = { { FILE_TIME, 0 }, { FILE_TIME, 0 } };
	int fd = openat(site.root.fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static void folder(const char *name)
{
	assert_int_equal(mkdirat(site.root.fd, name, 0755), 0);
}

static void set_up(void)
{
	assert_non_null(mkdtemp(base));
	assert_true(files_root_open(&site.root, base, NULL));
	site.hsts = -1;
	site.mime = mime_table_parse(SPAN_EMPTY);
	put("index.html", "<p>root");
	put("a.txt", "0123456789");
	put("empty.css", "");
	put(".secret", "secret");
	folder("sub");
	put("sub/b.bin", "b");
	put("sub/a <&\">.txt", "a");
	put("sub/.hidden", "h");
	folder("sub/deeper");
	folder("sub/with space");
	folder("odd");
	folder("odd/index.html");
	folder(".well-known");
	put(".well-known/x", "known");
	assert_int_equal(symlinkat("/etc/passwd", site.root.fd, "sub/out"), 0);
	assert_int_equal(symlinkat("../a.txt", site.root.fd, "sub/in"), 0);
	assert_int_equal(mkfifoat(site.root.fd, "sub/fifo", 0644), 0);
}

static int tear_down(void)
{
	files_root_close(&site.root);
	mime_table_free(site.mime);
	return scratch_remove(base);
}

/* The whole answer as text; free() it. The site is judged as the server does it, with waiting. */
static char *answer(const char *text, bool stopping, int *status, bool *close_after)
{
	struct answer_terms terms = { &site, NOW, stopping };
	struct http_request *r = http_request_new();
	struct lookup l = { .fd = -1 };
	struct response response;
	uint8_t *out = calloc(1, 65536);
	size_t used, len = 0, n;
	enum response_progress p;

	(void)http_request_feed(r, span_string(text), &used);
	response_init(&response);
	if (!answer_without_lookup(&response, &terms, r)) {
		if (lookup_start(&l, r->target))
			assert_true(lookup_run(&l, &site, true));
		answer_lookup(&response, &terms, r, &l);
	}
	*status = response.status;
	*close_after = response.close;
	do {
		p = response_read(&response, true, out + len, 1000, &n);
		len += n;
		assert_true(len < 60000);
	} while (p == RESPONSE_MORE);
	assert_int_equal(p, RESPONSE_END);
	lookup_clear(&l);
	response_clear(&response);
	http_request_free(r);
	return (char *)out;
}

/* The head says how long the body is, and it is. */
static void check_length(const char *out, int status, bool head_only)
{
	const char *length = strstr(out, "\r\nContent-Length: ");
	const char *body = strstr(out, "\r\n\r\n");

	assert_non_null(body);
	body += 4;
	if (status == 304 || status == 204) {
		assert_null(length);
		assert_int_equal(strlen(body), 0);
		return;
	}
	assert_non_null(length);
	assert_true(length < body);
	assert_int_equal(strlen(body), head_only ? 0 : strtoul(length + 18, NULL, 10));
}

static const struct answer_row {
	const char *name;
	const char *request; /* method and target, then fields */
	int status;
	const char *has[5];
	const char *lacks;
} rows[] = {
	{ "a file",
	  "GET /a.txt|",
	  200,
	  { "Content-Length: 10\r\n", "Content-Type: text/plain; charset=utf-8\r\n",
	    "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "X-Content-Type-Options: nosniff",
	    "\r\n\r\n0123456789" },
	  "Connection:" },
	{ "a date", "GET /a.txt|", 200, { "\r\nDate: Mon, 21 Sep 2026 14:13:20 GMT\r\n" }, NULL },
	{ "ranges are offered", "GET /a.txt|", 200, { "Accept-Ranges: bytes", "ETag: \"" }, NULL },
	{ "the head of a file", "HEAD /a.txt|", 200, { "Content-Length: 10\r\n" }, "0123" },
	{ "an empty file", "GET /empty.css|", 200, { "Content-Length: 0\r\n", "text/css" }, NULL },
	{ "the index of the root", "GET /|", 200, { "text/html", "<p>root" }, "Content-Security" },
	{ "a query does not matter", "GET /a.txt?x=y|", 200, { "0123456789" }, NULL },
	{ "a file by a link", "GET /sub/in|", 200, { "0123456789" }, NULL },
	{ "a file by its absolute form", "GET https://h/a.txt|", 200, { "0123456789" }, NULL },
	{ "a well-known file", "GET /.well-known/x|", 200, { "known" }, NULL },

	{ "a listing",
	  "GET /sub/|",
	  200,
	  { "text/html", "Content-Security-Policy: default-src 'none'",
	    "<a href=\"./deeper/\">deeper/</a>", "<a href=\"./b.bin\">b.bin</a>",
	    "<a href=\"./in\">in</a>" },
	  "fifo" },
	{ "the title of a listing",
	  "GET /sub/|",
	  200,
	  { "<title>/sub/</title>", "<h1>/sub/</h1>" },
	  NULL },
	{ "the head of a listing", "HEAD /sub/|", 200, { "Content-Length:" }, "<table" },
	{ "names in a listing are escaped",
	  "GET /sub/|",
	  200,
	  { "href=\"./a%20%3C%26%22%3E.txt\"", "a &lt;&amp;&quot;&gt;.txt" },
	  "a <&" },
	{ "a listing names no hidden files", "GET /sub/|", 200, { "deeper" }, ".hidden" },
	{ "nor links that lead out", "GET /sub/|", 200, { "deeper" }, ">out<" },
	{ "a directory named as an index", "GET /odd/|", 200, { "./index.html/" }, NULL },

	{ "a directory without its slash", "GET /sub|", 301, { "Location: /sub/\r\n" }, NULL },
	{ "the same with a query", "GET /sub?a=b|", 301, { "Location: /sub/?a=b\r\n" }, NULL },
	{ "the same with a blank",
	  "GET /sub/with%20space|",
	  301,
	  { "Location: /sub/with%20space/\r\n" },
	  NULL },
	{ "slashes in front do not name another host",
	  "GET //sub|",
	  301,
	  { "Location: /sub/\r\n" },
	  NULL },

	{ "what is missing", "GET /nothing|", 404, { "404 Not Found" }, NULL },
	{ "a file with a slash behind", "GET /a.txt/|", 404, { "404" }, NULL },
	{ "a hidden file", "GET /.secret|", 404, { "404" }, "secret<" },
	{ "a link that leads out", "GET /sub/out|", 404, { "404" }, "root:" },
	{ "a FIFO", "GET /sub/fifo|", 403, { "403" }, NULL },
	{ "two dots", "GET /sub/../a.txt|", 400, { "400" }, "0123" },
	{ "two encoded dots", "GET /%2e%2e/etc/passwd|", 400, { "400" }, NULL },
	{ "a zero byte", "GET /a%00|", 400, { "400" }, NULL },
	{ "the head of an error", "HEAD /nothing|", 404, { "Content-Length:" }, "<h1>" },

	{ "another method", "DELETE /a.txt|", 405, { "Allow: GET, HEAD, OPTIONS\r\n" }, NULL },
	{ "another method that may be a replay",
	  "DELETE /a.txt|Early-Data: 1\r\n",
	  425,
	  { "425 Too Early" },
	  "Connection: close" },
	{ "a GET that may be a replay", "GET /a.txt|Early-Data: 1\r\n", 200, { "0123" }, NULL },
	{ "options that may be a replay",
	  "OPTIONS /a.txt|Early-Data: 1\r\n",
	  425,
	  { "425" },
	  NULL },
	{ "options", "OPTIONS /a.txt|", 204, { "Allow: GET, HEAD, OPTIONS\r\n" }, NULL },
	{ "options of the server", "OPTIONS *|", 204, { "Allow:" }, NULL },
	{ "a refused request", "BREW /|", 501, { "Connection: close\r\n" }, NULL },
	{ "the end is asked for",
	  "GET /a.txt|Connection: close\r\n",
	  200,
	  { "Connection: close\r\n" },
	  NULL },

	{ "not modified",
	  "GET /a.txt|If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
	  304,
	  { "ETag: ", "Last-Modified: " },
	  "text/plain" },
	{ "a condition that does not hold",
	  "GET /a.txt|If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n",
	  412,
	  { "412" },
	  "0123" },
	{ "a condition on what is missing",
	  "GET /nothing|If-None-Match: *\r\n",
	  404,
	  { "404" },
	  NULL },

	{ "a range",
	  "GET /a.txt|Range: bytes=2-4\r\n",
	  206,
	  { "Content-Range: bytes 2-4/10\r\n", "Content-Length: 3\r\n", "\r\n\r\n234" },
	  "2345" },
	{ "a range of HEAD does not count",
	  "HEAD /a.txt|Range: bytes=2-4\r\n",
	  200,
	  { "Content-Length: 10\r\n" },
	  "Content-Range" },
	{ "two ranges",
	  "GET /a.txt|Range: bytes=0-1,8-\r\n",
	  206,
	  { "multipart/byteranges; boundary=", "Content-Range: bytes 0-1/10\r\n\r\n01\r\n--",
	    "Content-Range: bytes 8-9/10\r\n\r\n89\r\n--", "text/plain", "--\r\n" },
	  "2345" },
	{ "a range that cannot be",
	  "GET /a.txt|Range: bytes=10-\r\n",
	  416,
	  { "Content-Range: bytes */10\r\n" },
	  "0123" },
	{ "a range of another state",
	  "GET /a.txt|Range: bytes=2-4\r\nIf-Range: \"x\"\r\n",
	  200,
	  { "0123456789" },
	  NULL },
	{ "a condition comes before a range",
	  "GET /a.txt|Range: bytes=2-4\r\nIf-None-Match: *\r\n",
	  304,
	  { "304" },
	  NULL },
	{ "a range of a listing does not count",
	  "GET /sub/|Range: bytes=0-1\r\n",
	  200,
	  { "<table" },
	  NULL },
};

static void test_answer(void **state)
{
	const struct answer_row *row = *state;
	const char *bar = strchr(row->request, '|');
	char text[512], *out;
	bool close_after;
	int status;

	snprintf(text, sizeof(text), "%.*s HTTP/1.1\r\nHost: h\r\n%s\r\n",
		 (int)(bar - row->request), row->request, bar + 1);
	out = answer(text, false, &status, &close_after);
	assert_int_equal(status, row->status);
	check_length(out, status, row->request[0] == 'H');
	for (size_t i = 0; i < 5 && row->has[i] != NULL; i++)
		if (strstr(out, row->has[i]) == NULL)
			fail_msg("\"%s\" is not in:\n%s", row->has[i], out);
	if (row->lacks != NULL && strstr(out, row->lacks) != NULL)
		fail_msg("\"%s\" is in:\n%s", row->lacks, out);
	assert_int_equal(close_after, strstr(out, "Connection: close\r\n") != NULL);
	free(out);
}

static void test_versions(void **state)
{
	bool close_after;
	int status;
	char *out;

	(void)state;
	out = answer("GET /a.txt HTTP/1.0\r\n\r\n", false, &status, &close_after);
	assert_true(close_after);
	free(out);
	out = answer("GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false, &status,
		     &close_after);
	assert_false(close_after);
	assert_non_null(strstr(out, "Connection: keep-alive\r\n"));
	free(out);
	out = answer("GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n", true, &status, &close_after);
	assert_true(close_after);
	assert_non_null(strstr(out, "Connection: close\r\n"));
	free(out);
}

static void test_site_options(void **state)
{
	bool close_after;
	int status;
	char *out;

	(void)state;
	site.hidden = true;
	site.hsts = 100;
	out = answer("GET /.secret HTTP/1.1\r\nHost: h\r\n\r\n", false, &status, &close_after);
	assert_int_equal(status, 200);
	assert_non_null(strstr(out, "Strict-Transport-Security: max-age=100\r\n"));
	free(out);
	out = answer("GET /sub/ HTTP/1.1\r\nHost: h\r\n\r\n", false, &status, &close_after);
	assert_non_null(strstr(out, ".hidden"));
	free(out);
	site.hidden = false;
	site.hsts = -1;
}

/* A listing without memory for it fails instead of being cut. */
static void test_listing_limit(void **state)
{
	struct strbuf page = strbuf_make(200);
	int fd = openat(site.root.fd, "sub", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_false(index_write(&site.root, fd, "sub", false, &page));
	strbuf_free(&page);
	close(fd);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_answer);
	table_add(&t, "HTTP/1.0, keep-alive, and a server that stops", test_versions, NULL);
	table_add(&t, "hidden names and HSTS by option", test_site_options, NULL);
	table_add(&t, "a listing longer than allowed", test_listing_limit, NULL);
	set_up();
	failed = table_run(&t, "answer");
	return tear_down() != 0 ? 1 : failed;
}
