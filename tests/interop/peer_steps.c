/*
 * The steps that a peer takes on a connection, in the order of its command line:
 *
 *	say:TEXT	writes TEXT and a line feed
 *	expect:TEXT	reads a line, which must be TEXT
 *	send:N		writes N bytes that have no pattern
 *	receive:N	reads N bytes
 *	receive		reads until the peer's close_notify
 *	echo		sends back what it reads, until the peer's close_notify
 *	update		changes its sending keys; update-ask asks the peer for the same
 *	get:PATH	asks for a page by HTTP/1.1; its body counts as received
 *	serve		answers one request by HTTP/1.1: GET /N with N bytes, POST with the body's length
 *	shut		sends close_notify
 *	ask		as a server: asks for the client's certificate, which comes with what is read
 *	identify	asks for it and waits for the answer
 *	identify:REASON	the same, which is refused for this reason, and goes on
 */
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 * 1024, LINE_MAX_LEN = 8192 };

#define UNTIL_END UINT64_MAX

static uint8_t chunk[CHUNK];

/* ---- bytes ---- */

static void flow_add(struct flow *f, const void *bytes, size_t len)
{
	f->bytes += len;
	EVP_DigestUpdate(f->sha256, bytes, len);
}

static bool read_counted(struct ward_session *s, struct tally *t, size_t most, size_t *n)
{
	ssize_t got = ward_read(s, chunk, most < CHUNK ? most : CHUNK);

	*n = got > 0 ? (size_t)got : 0;
	flow_add(&t->in, chunk, *n);
	return got >= 0;
}

static bool write_counted(struct ward_session *s, struct tally *t, const void *bytes, size_t len)
{
	flow_add(&t->out, bytes, len);
	return ward_write(s, bytes, len);
}

/* A line without its end; false when the peer ends before it does. */
static bool read_line(struct ward_session *s, char line[LINE_MAX_LEN])
{
	size_t len = 0;
	char c = 0;

	while (len < LINE_MAX_LEN - 1 && ward_read(s, &c, 1) == 1 && c != '\n')
		line[len++] = c;
	while (len > 0 && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	return c == '\n';
}

static void fill_chunk(void)
{
	static uint64_t x = 88172645463325252;

	for (size_t i = 0; i < CHUNK; i += sizeof(x)) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memcpy(chunk + i, &x, sizeof(x));
	}
}

static bool send_bytes(struct ward_session *s, struct tally *t, uint64_t left)
{
	while (left > 0) {
		size_t n = left < CHUNK ? (size_t)left : CHUNK;

		fill_chunk();
		if (!write_counted(s, t, chunk, n))
			return false;
		left -= n;
	}
	return true;
}

static bool receive_bytes(struct ward_session *s, struct tally *t, uint64_t left)
{
	while (left > 0) {
		size_t n;

		if (!read_counted(s, t, left < CHUNK ? (size_t)left : CHUNK, &n) || n == 0)
			return false;
		left -= n;
	}
	return true;
}

static bool receive_all(struct ward_session *s, struct tally *t)
{
	size_t n = 1;

	while (n > 0)
		if (!read_counted(s, t, CHUNK, &n))
			return false;
	return true;
}

/* ---- steps ---- */

static bool step_say(struct ward_session *s, struct tally *t, const char *text)
{
	char line[LINE_MAX_LEN];
	int len = snprintf(line, sizeof(line), "%s\n", text);

	return write_counted(s, t, line, (size_t)len);
}

static bool step_expect(struct ward_session *s, struct tally *t, const char *text)
{
	char line[LINE_MAX_LEN];

	if (!read_line(s, line))
		return false;
	if (strcmp(line, text) == 0)
		return true;
	snprintf(t->fault, sizeof(t->fault), "expected %.60s, got %.60s", text, line);
	return false;
}

static bool step_send(struct ward_session *s, struct tally *t, const char *count)
{
	return send_bytes(s, t, strtoull(count, NULL, 10));
}

static bool step_receive(struct ward_session *s, struct tally *t, const char *count)
{
	return count[0] == '\0' ? receive_all(s, t)
				: receive_bytes(s, t, strtoull(count, NULL, 10));
}

static bool step_echo(struct ward_session *s, struct tally *t, const char *none)
{
	size_t n = 1;

	(void)none;
	while (n > 0)
		if (!read_counted(s, t, CHUNK, &n) || (n > 0 && !write_counted(s, t, chunk, n)))
			return false;
	return true;
}

static bool step_update(struct ward_session *s, struct tally *t, const char *none)
{
	(void)t;
	(void)none;
	return ward_conn_update_keys(ward_session_conn(s), false, NULL);
}

static bool step_update_ask(struct ward_session *s, struct tally *t, const char *none)
{
	(void)t;
	(void)none;
	return ward_conn_update_keys(ward_session_conn(s), true, NULL);
}

/*
 * Reads the lines up to the empty one; `first` gets the first, *length the Content-Length, or
 * UNTIL_END.
 */
static bool read_head(struct ward_session *s, char first[LINE_MAX_LEN], uint64_t *length)
{
	static const char name[] = "content-length:";
	char line[LINE_MAX_LEN];

	*length = UNTIL_END;
	if (!read_line(s, first))
		return false;
	while (read_line(s, line)) {
		if (line[0] == '\0')
			return true;
		if (strncasecmp(line, name, sizeof(name) - 1) == 0)
			*length = strtoull(line + sizeof(name) - 1, NULL, 10);
	}
	return false;
}

static bool step_get(struct ward_session *s, struct tally *t, const char *path)
{
	char text[LINE_MAX_LEN];
	uint64_t length;
	int len = snprintf(text, sizeof(text),
			   "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);

	if (!ward_write(s, text, (size_t)len) || !read_head(s, text, &length))
		return false;
	if (strncmp(text, "HTTP/1.", 7) == 0 && strncmp(text + 8, " 200 ", 5) == 0)
		return length == UNTIL_END ? receive_all(s, t) : receive_bytes(s, t, length);
	snprintf(t->fault, sizeof(t->fault), "get: %.100s", text);
	return false;
}

static bool step_serve(struct ward_session *s, struct tally *t, const char *none)
{
	char request[LINE_MAX_LEN], head[256];
	uint64_t length, size;
	int len;

	(void)none;
	if (!read_head(s, request, &length) ||
	    (length != UNTIL_END && !receive_bytes(s, t, length)))
		return false;
	size = strncmp(request, "GET /", 5) == 0 ? strtoull(request + 5, NULL, 10) : 0;
	len = snprintf(head, sizeof(head),
		       "HTTP/1.1 200 OK\r\nContent-Length: %llu\r\nConnection: close\r\n\r\n",
		       (unsigned long long)size);
	return ward_write(s, head, (size_t)len) && send_bytes(s, t, size);
}

/* The answer comes with what the steps behind it read. */
static bool step_ask(struct ward_session *s, struct tally *t, const char *none)
{
	(void)t;
	(void)none;
	return ward_conn_request_certificate(ward_session_conn(s), NULL) &&
	       ward_write_some(s, "", 0) == 0;
}

static bool step_identify(struct ward_session *s, struct tally *t, const char *refused)
{
	struct ward_error err = { 0 };

	if (ward_request_certificate(s, &err))
		return refused[0] == '\0';
	snprintf(t->fault, sizeof(t->fault), "identify: %s", ward_reason_name(err.reason));
	if (strcmp(ward_reason_name(err.reason), refused) != 0 || ward_session_failure(s) != NULL)
		return false;
	t->fault[0] = '\0';
	return true;
}

static bool step_shut(struct ward_session *s, struct tally *t, const char *none)
{
	(void)t;
	(void)none;
	return ward_shutdown(s);
}

static const struct step {
	const char *name;
	bool (*run)(struct ward_session *s, struct tally *t, const char *argument);
} steps_known[] = {
	{ "say", step_say },         { "expect", step_expect }, { "send", step_send },
	{ "receive", step_receive }, { "echo", step_echo },     { "update", step_update },
	{ "get", step_get },         { "serve", step_serve },   { "update-ask", step_update_ask },
	{ "shut", step_shut },       { "ask", step_ask },       { "identify", step_identify },
};

static bool run_one(struct ward_session *s, const char *step, struct tally *t)
{
	size_t len = strcspn(step, ":");
	const char *argument = step[len] == ':' ? step + len + 1 : "";

	for (size_t i = 0; i < sizeof(steps_known) / sizeof(steps_known[0]); i++) {
		const struct step *known = &steps_known[i];

		if (strlen(known->name) == len && strncmp(known->name, step, len) == 0)
			return known->run(s, t, argument);
	}
	snprintf(t->fault, sizeof(t->fault), "no step is called %.60s", step);
	return false;
}

bool steps_run(struct ward_session *s, char *const *steps, struct tally *t)
{
	for (; *steps != NULL; steps++) {
		if (run_one(s, *steps, t))
			continue;
		if (t->fault[0] == '\0')
			snprintf(t->fault, sizeof(t->fault), "%.100s did not end well", *steps);
		return false;
	}
	return true;
}
