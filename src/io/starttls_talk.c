/*
 * Talking in the clear before TLS. See starttls_talk.h.
 *
 * What is read here has not been protected, and what stands behind the server's consent must not be
 * taken for what was (CVE-2011-0411, CVE-2021-38084 and their kin). So a line is looked at before it
 * is taken (MSG_PEEK), nothing behind it is taken with it, no buffer is handed on to TLS, and bytes
 * that are there before the ClientHello has been sent end the matter.
 */
#include "io/starttls_talk.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static bool wait_for(struct talk *t, short events)
{
	struct pollfd p = { .fd = t->fd, .events = events };

	for (;;) {
		int n = poll(&p, 1, deadline_left(t->deadline));

		if (n > 0)
			return true;
		if (n == 0)
			return FAILF(t->err, TIMED_OUT, "asking for STARTTLS");
		if (errno != EINTR)
			return FAIL_SYSTEM(t->err, SOCKET_FAILED, "poll");
	}
}

bool talk_send(struct talk *t, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = send(t->fd, bytes.data, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0)
			bytes = span_make(bytes.data + n, bytes.len - (size_t)n);
		else if (errno == EAGAIN && !wait_for(t, POLLOUT))
			return false;
		else if (errno != EAGAIN && errno != EINTR)
			return FAIL_SYSTEM(t->err, SOCKET_FAILED, "send");
	}
	return true;
}

bool talk_say(struct talk *t, const char *format, ...)
{
	char text[1024];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(text))
		return FAILF(t->err, BAD_ARGUMENT, "the host name is too long");
	return talk_send(t, span_make((const uint8_t *)text, (size_t)len));
}

/* What is there, taken off or only looked at; 0 is a failure. */
static size_t receive(struct talk *t, void *bytes, size_t len, int flags)
{
	for (;;) {
		ssize_t n;

		if (!wait_for(t, POLLIN))
			return 0;
		n = recv(t->fd, bytes, len, flags | MSG_DONTWAIT);
		if (n > 0)
			return (size_t)n;
		if (n == 0) {
			FAIL(t->err, CLOSED_IN_HANDSHAKE);
			return 0;
		}
		if (errno != EAGAIN && errno != EINTR) {
			FAIL_SYSTEM(t->err, SOCKET_FAILED, "recv");
			return 0;
		}
	}
}

static bool count(struct talk *t, size_t len)
{
	t->heard += len;
	return t->heard <= TALK_BYTES_MAX || FAILF(t->err, STARTTLS_ANSWER, "it does not end");
}

bool talk_hear(struct talk *t, uint8_t *bytes, size_t len)
{
	if (!count(t, len))
		return false;
	while (len > 0) {
		size_t n = receive(t, bytes, len, 0);

		if (n == 0)
			return false;
		bytes += n;
		len -= n;
	}
	return true;
}

bool talk_line(struct talk *t)
{
	size_t len = 0;
	bool ended = false;

	while (!ended) {
		size_t room = sizeof(t->line) - 1 - len;
		size_t n = room == 0 ? 0 : receive(t, t->line + len, room, MSG_PEEK);
		const char *end = n == 0 ? NULL : memchr(t->line + len, '\n', n);

		if (room == 0)
			return FAILF(t->err, STARTTLS_ANSWER, "a line is too long");
		if (end != NULL)
			n = (size_t)(end - (t->line + len)) + 1;
		if (n == 0 || !talk_hear(t, (uint8_t *)t->line + len, n))
			return false;
		len += n;
		ended = end != NULL;
	}
	len--;
	if (len > 0 && t->line[len - 1] == '\r')
		len--;
	t->line[len] = '\0';
	return true;
}

static bool ends_word(char c)
{
	return c == '\0' || strchr(" \t\"=]", c) != NULL;
}

bool talk_has_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = line; *at != '\0'; at++) {
		bool starts = at == line || strchr(" \t\"-[", at[-1]) != NULL;

		if (starts && strncasecmp(at, word, len) == 0 && ends_word(at[len]))
			return true;
	}
	return false;
}

bool talk_is_over(struct talk *t)
{
	uint8_t byte;

	if (recv(t->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		return FAIL(t->err, STARTTLS_INJECTED);
	return true;
}
