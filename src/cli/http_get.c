/*
 * One request, one answer, one connection (RFC 9112). The URL comes out of a certificate and the
 * answer from anywhere: both are held to what an honest CA has, and llhttp reads the answer in its
 * strict mode.
 */
#include "cli/http_get.h"

#include <errno.h>
#include <llhttp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "io/session.h"

enum { URL_MAX = 1024, HEAD_MAX = 16384, PART = 16384 };

static const char scheme[] = "http://";

/* ---- the URL ---- */

static bool bad_url(struct ward_error *err, const char *why)
{
	return FAILF(err, BAD_ARGUMENT, "its URL %s", why);
}

/* Visible ASCII alone, and none that could end a line, a field or a quotation. */
static bool is_plain(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f || *s == '"' || *s == '\\' || *s == '<' || *s == '>')
			return false;
	return true;
}

static bool take_port(struct http_url *u, const char *text)
{
	size_t len = strlen(text);
	unsigned int number = 0;

	if (len == 0 || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = 10 * number + (unsigned int)(text[i] - '0');
	}
	memcpy(u->port, text, len + 1);
	return number > 0 && number < 65536;
}

/* host, host:port, [address], [address]:port */
static bool take_authority(struct http_url *u, struct ward_error *err)
{
	const char *start = u->authority + (u->authority[0] == '[' ? 1 : 0);
	const char *end = u->authority[0] == '[' ? strchr(start, ']') : strchr(start, ':');
	size_t len = end == NULL ? strlen(start) : (size_t)(end - start);

	if (strchr(u->authority, '@') != NULL)
		return bad_url(err, "names a user");
	if (len == 0 || len >= HTTP_HOST_MAX || (u->authority[0] == '[' && end == NULL))
		return bad_url(err, "has no host");
	memcpy(u->host, start, len);
	u->host[len] = '\0';
	memcpy(u->port, "80", 3);
	if (end != NULL && *end == ']')
		end++;
	if (end == NULL || *end == '\0')
		return true;
	return (*end == ':' && take_port(u, end + 1)) || bad_url(err, "has no such port");
}

bool http_url_parse(struct http_url *u, const char *text, struct ward_error *err)
{
	const char *authority = text + sizeof(scheme) - 1;
	size_t len;

	if (strlen(text) > URL_MAX || !is_plain(text))
		return bad_url(err, "is no URL");
	if (strncasecmp(text, scheme, sizeof(scheme) - 1) != 0)
		return bad_url(err, "is not of plain HTTP");
	len = strcspn(authority, "/?#");
	if (len >= sizeof(u->authority))
		return bad_url(err, "has no host");
	memcpy(u->authority, authority, len);
	u->authority[len] = '\0';
	u->path = authority + len;
	return take_authority(u, err);
}

/* ---- the answer ---- */

struct answer {
	llhttp_t parser;
	struct file_bytes *body;
	size_t most;
	size_t head; /* bytes of it so far */
	bool whole;
	struct ward_error *err;
};

static int on_headers(llhttp_t *parser)
{
	struct answer *a = parser->data;

	if (parser->status_code == 200)
		return 0;
	FAILF(a->err, FETCH_FAILED, "the answer is %u%s", (unsigned int)parser->status_code,
	      parser->status_code / 100 == 3 ? ", which leads elsewhere" : "");
	return -1;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
	struct answer *a = parser->data;

	if (len > a->most - a->body->len) {
		FAILF(a->err, FETCH_FAILED, "it has more than %zu bytes", a->most);
		return -1;
	}
	memcpy(a->body->data + a->body->len, at, len);
	a->body->len += len;
	return 0;
}

static int on_whole(llhttp_t *parser)
{
	struct answer *a = parser->data;

	a->whole = true;
	return HPE_PAUSED;
}

static bool feed(struct answer *a, const char *bytes, size_t len)
{
	size_t before = a->body->len;
	enum llhttp_errno code = llhttp_execute(&a->parser, bytes, len);

	if (!a->whole && !error_is_set(a->err) && code != HPE_OK)
		FAILF(a->err, FETCH_FAILED, "the answer is malformed");
	if (a->body->len == before)
		a->head += len;
	if (a->head > HEAD_MAX)
		FAILF(a->err, FETCH_FAILED, "more than %d bytes without content", HEAD_MAX);
	return !error_is_set(a->err);
}

/* The end of the connection is the end of an answer that has no length. */
static bool finish(struct answer *a)
{
	enum llhttp_errno code = a->whole ? HPE_OK : llhttp_finish(&a->parser);

	if (!a->whole && code != HPE_OK)
		FAILF(a->err, FETCH_FAILED, "the answer ends too early");
	else if (!a->whole)
		FAILF(a->err, FETCH_FAILED, "there is no answer");
	return !error_is_set(a->err);
}

/* ---- the connection ---- */

static bool wait_for(int fd, short events, int64_t deadline, struct ward_error *err)
{
	struct pollfd p = { .fd = fd, .events = events };
	int ready;

	do {
		ready = poll(&p, 1, deadline_left(deadline));
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return FAIL_SYSTEM(err, SOCKET_FAILED, "poll");
	return ready > 0 || FAIL(err, TIMED_OUT);
}

static bool send_request(int fd, const struct http_url *u, int64_t deadline, struct ward_error *err)
{
	char text[URL_MAX + HTTP_HOST_MAX + 256];
	size_t path = strcspn(u->path, "#");
	int len = snprintf(text, sizeof(text),
			   "GET %s%.*s HTTP/1.1\r\nHost: %s\r\nUser-Agent: ward\r\n"
			   "Accept: */*\r\nConnection: close\r\n\r\n",
			   u->path[0] == '/' ? "" : "/", (int)path, u->path, u->authority);
	size_t sent = 0;

	while (sent < (size_t)len) {
		ssize_t n;

		if (!wait_for(fd, POLLOUT, deadline, err))
			return false;
		n = send(fd, text + sent, (size_t)len - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return FAIL_SYSTEM(err, SOCKET_FAILED, "send");
		sent += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool receive(int fd, struct answer *a, int64_t deadline)
{
	char part[PART];
	ssize_t n = 1;

	while (n != 0 && !a->whole) {
		if (!wait_for(fd, POLLIN, deadline, a->err))
			return false;
		n = recv(fd, part, sizeof(part), MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return FAIL_SYSTEM(a->err, SOCKET_FAILED, "recv");
		if (n > 0 && !feed(a, part, (size_t)n))
			return false;
	}
	return finish(a);
}

bool http_read_answer(int fd, size_t most, int64_t deadline, struct file_bytes *body,
		      struct ward_error *err)
{
	llhttp_settings_t settings;
	struct answer a = { .body = body, .most = most, .err = err };

	llhttp_settings_init(&settings);
	settings.on_headers_complete = on_headers;
	settings.on_body = on_body;
	settings.on_message_complete = on_whole;
	llhttp_init(&a.parser, HTTP_RESPONSE, &settings);
	a.parser.data = &a;
	return receive(fd, &a, deadline);
}

bool http_get(const char *url, size_t most, int ms, struct file_bytes *body, struct ward_error *err)
{
	int64_t deadline = deadline_after(ms);
	struct http_url u;
	bool ok;
	int fd;

	*body = (struct file_bytes){ NULL, 0 };
	if (!http_url_parse(&u, url, err))
		return false;
	body->data = malloc(most + 1);
	if (body->data == NULL)
		return FAIL(err, NO_MEMORY);
	fd = dial_connect(u.host, u.port, AF_UNSPEC, deadline, err);
	ok = fd >= 0 && send_request(fd, &u, deadline, err) &&
	     http_read_answer(fd, most, deadline, body, err);
	if (fd >= 0)
		close(fd);
	if (ok)
		body->data[body->len] = 0;
	else
		file_bytes_clear(body);
	return ok;
}
