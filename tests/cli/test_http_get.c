/*
 * Fetching by plain HTTP (http_get.c), from a peer that answers what a row says.
 */
#include "cli/http_get.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "support/loopback.h"
#include "support/table.h"

enum { MOST = 64, PATIENCE_MS = 10000 };

/* A server of one connection: reads the request, sends the answer, closes (or hangs). */
struct server {
	int listener;
	const char *answer;
	size_t len;
	bool hangs;
	char request[4096];
	pthread_t thread;
};

static void *serve(void *arg)
{
	struct server *s = arg;
	int fd = accept(s->listener, NULL, NULL);
	size_t len = 0;
	ssize_t n = 1;
	char rest[64];

	while (n > 0 && strstr(s->request, "\r\n\r\n") == NULL) {
		n = recv(fd, s->request + len, sizeof(s->request) - 1 - len, 0);
		len += n > 0 ? (size_t)n : 0;
	}
	(void)send(fd, s->answer, s->len, MSG_NOSIGNAL);
	if (s->hangs)
		(void)recv(fd, rest, sizeof(rest), 0);
	close(fd);
	return NULL;
}

static bool get(struct server *s, const char *path, int ms, struct file_bytes *body,
		struct ward_error *err)
{
	char port[8], url[128];
	bool ok;

	s->listener = loop_listen("127.0.0.1", port);
	snprintf(url, sizeof(url), "http://127.0.0.1:%s%s", port, path);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	ok = http_get(url, MOST, ms, body, err);
	pthread_join(s->thread, NULL);
	close(s->listener);
	return ok;
}

static const struct answer_row {
	const char *name;
	const char *answer;
	const char *body;   /* NULL: refused */
	const char *detail; /* of FETCH_FAILED */
} answers[] = {
	{ "a body with its length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello",
	  NULL },
	{ "a body up to the end", "HTTP/1.0 200 OK\r\n\r\nhello", "hello", NULL },
	{ "a body in chunks",
	  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
	  "hello", NULL },
	{ "an empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", NULL },
	{ "bytes behind the body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello", "he",
	  NULL },
	{ "nothing there", "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello", NULL,
	  "404" },
	{ "a redirect is not followed",
	  "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", NULL,
	  "leads elsewhere" },
	{ "a body that is too long by its length",
	  "HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n"
	  "0123456789012345678901234567890123456789"
	  "0123456789012345678901234",
	  NULL, "more than 64 bytes" },
	{ "a body that is too long, and has no length",
	  "HTTP/1.0 200 OK\r\n\r\n0123456789012345678901234567890123456789"
	  "0123456789012345678901234",
	  NULL, "more than 64 bytes" },
	{ "a body of two lengths",
	  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", NULL,
	  "malformed" },
	{ "a body cut short", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", NULL,
	  "ends too early" },
	{ "a head cut short", "HTTP/1.1 200 OK\r\nContent-Len", NULL, "ends too early" },
	{ "another protocol", "220 mail.example ESMTP\r\n", NULL, "malformed" },
	{ "nothing at all", "", NULL, "there is no answer" },
};

static void test_answer(void **state)
{
	const struct answer_row *row = *state;
	struct server s = { .answer = row->answer, .len = strlen(row->answer) };
	struct ward_error err = ERROR_NONE;
	struct file_bytes body;
	bool ok = get(&s, "/a.cer", PATIENCE_MS, &body, &err);

	if (row->body == NULL) {
		assert_false(ok);
		assert_int_equal(err.reason, WARD_E_FETCH_FAILED);
		assert_non_null(strstr(err.detail, row->detail));
		return;
	}
	if (!ok)
		fail_msg("%s: %s", ward_reason_name(err.reason), err.detail);
	assert_string_equal((const char *)body.data, row->body);
	assert_int_equal(body.len, strlen(row->body));
	file_bytes_clear(&body);
}

static void test_request(void **state)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	static const struct {
		const char *path, *line;
	} rows[] = {
		{ "/a/b.cer?c=d#e", "GET /a/b.cer?c=d HTTP/1.1\r\nHost: 127.0.0.1:" },
		{ "", "GET / HTTP/1.1\r\nHost: 127.0.0.1:" },
		{ "?a", "GET /?a HTTP/1.1\r\nHost: 127.0.0.1:" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct server s = { .answer = answer, .len = sizeof(answer) - 1 };
		struct ward_error err = ERROR_NONE;
		struct file_bytes body;

		assert_true(get(&s, rows[i].path, PATIENCE_MS, &body, &err));
		file_bytes_clear(&body);
		assert_int_equal(strncmp(s.request, rows[i].line, strlen(rows[i].line)), 0);
		assert_non_null(strstr(s.request, "\r\nConnection: close\r\n"));
	}
}

static void test_head_without_end(void **state)
{
	char *answer = malloc(200000);
	struct server s = { .answer = answer, .len = 200000 };
	struct ward_error err = ERROR_NONE;
	struct file_bytes body;

	(void)state;
	assert_non_null(answer);
	memset(answer, 'a', 200000);
	memcpy(answer, "HTTP/1.1 200 OK\r\nX: ", 20);
	assert_false(get(&s, "/", PATIENCE_MS, &body, &err));
	assert_int_equal(err.reason, WARD_E_FETCH_FAILED);
	free(answer);
}

static void test_patience(void **state)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel";
	struct server s = { .answer = answer, .len = sizeof(answer) - 1, .hangs = true };
	struct ward_error err = ERROR_NONE;
	struct file_bytes body;

	(void)state;
	assert_false(get(&s, "/", 200, &body, &err));
	assert_int_equal(err.reason, WARD_E_TIMED_OUT);
}

static const struct url_row {
	const char *name;
	const char *url;
	enum ward_reason reason;
} urls[] = {
	{ "HTTPS", "https://a.invalid/", WARD_E_BAD_ARGUMENT },
	{ "LDAP", "ldap:///CN=x", WARD_E_BAD_ARGUMENT },
	{ "a file", "file:///etc/passwd", WARD_E_BAD_ARGUMENT },
	{ "nothing", "", WARD_E_BAD_ARGUMENT },
	{ "no host", "http:///a", WARD_E_BAD_ARGUMENT },
	{ "a port without a host", "http://:80/a", WARD_E_BAD_ARGUMENT },
	{ "a user", "http://user:word@a.invalid/", WARD_E_BAD_ARGUMENT },
	{ "no port behind the colon", "http://a.invalid:/", WARD_E_BAD_ARGUMENT },
	{ "port 0", "http://a.invalid:0/", WARD_E_BAD_ARGUMENT },
	{ "port 65536", "http://a.invalid:65536/", WARD_E_BAD_ARGUMENT },
	{ "a port that is a word", "http://a.invalid:http/", WARD_E_BAD_ARGUMENT },
	{ "an open bracket", "http://[::1/", WARD_E_BAD_ARGUMENT },
	{ "text behind a bracket", "http://[::1]x/", WARD_E_BAD_ARGUMENT },
	{ "a blank", "http://a.invalid/a b", WARD_E_BAD_ARGUMENT },
	{ "a line break, and a header of its own", "http://a.invalid/\r\nX: y",
	  WARD_E_BAD_ARGUMENT },
	{ "letters beyond ASCII", "http://a.invalid/\xc3\xa4", WARD_E_BAD_ARGUMENT },
	{ "a host that does not exist", "http://a.invalid/", WARD_E_NAME_NOT_FOUND },
	{ "the scheme in upper case", "HTTP://a.invalid/", WARD_E_NAME_NOT_FOUND },
};

static void test_url(void **state)
{
	const struct url_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct file_bytes body;

	assert_false(http_get(row->url, MOST, PATIENCE_MS, &body, &err));
	assert_int_equal(err.reason, row->reason);
	assert_null(body.data);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, answers, test_answer);
	TABLE_ADD(&t, urls, test_url);
	table_add(&t, "what is asked", test_request, NULL);
	table_add(&t, "a head that does not end", test_head_without_end, NULL);
	table_add(&t, "an answer that does not come", test_patience, NULL);
	return table_run(&t, "http_get");
}
