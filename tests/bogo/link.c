/*
 * Bytes between the socket and the engine. The runner listens, the shim connects to it, whichever
 * side of TLS it plays.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "shim.h"
#include "tls/suites.h"
#include "x509/x509.h"

/* ---- the socket ---- */

static int dial(const struct flags *f)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
				    .sin6_port = htons((uint16_t)f->port),
				    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)f->port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(f->ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;
	bool ok = f->ipv6 ? connect(fd, (struct sockaddr *)&six, sizeof(six)) == 0
			  : connect(fd, (struct sockaddr *)&four, sizeof(four)) == 0;

	if (!ok) {
		perror("connect");
		exit(1);
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static bool send_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* The number by which the runner knows which test this is: 64 bits, low byte first. */
static void send_id(int fd, const char *text)
{
	uint64_t id = strtoull(text, NULL, 10);
	uint8_t bytes[8];

	for (size_t i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(id >> 8 * i);
	if (!send_all(fd, bytes, sizeof(bytes)))
		exit(1);
}

void link_open(struct link *l)
{
	l->fd = dial(l->flags);
	send_id(l->fd, l->flags->shim_id);
}

/* Read to the end: without that a reset could overtake the alert that the runner waits for. */
void link_close(struct link *l)
{
	char rest[1024];

	(void)shutdown(l->fd, SHUT_WR);
	while (recv(l->fd, rest, sizeof(rest), 0) > 0)
		;
	close(l->fd);
	free(l->plain.data);
	free(l->held.data);
}

/* ---- out ---- */

bool link_send(struct link *l, const uint8_t *data, size_t len)
{
	return send_all(l->fd, data, len);
}

bool link_flush(struct link *l)
{
	uint8_t out[WARD_RECORD_MAX];
	size_t len;

	if (l->holds)
		return true;
	if (l->flags->quic)
		return quic_flush(l);
	while ((len = ward_conn_output(l->conn, out, sizeof(out))) > 0)
		if (!send_all(l->fd, out, len))
			return false;
	return true;
}

bool link_write(struct link *l, const uint8_t *data, size_t len)
{
	uint8_t out[WARD_RECORD_MAX];

	if (l->flags->quic)
		return quic_write(l, data, len);
	while (len > 0) {
		size_t taken, written;

		if (!link_flush(l) ||
		    !ward_conn_send(l->conn, data, len, &taken, out, sizeof(out), &written,
				    &l->err) ||
		    !send_all(l->fd, out, written))
			return false;
		data += taken;
		len -= taken;
	}
	return true;
}

bool link_hold(struct link *l, const uint8_t *data, size_t len)
{
	size_t taken;

	if (l->flags->quic)
		unimplemented("a write that is not finished, in QUIC");
	l->held.data = malloc(WARD_RECORD_MAX);
	if (l->held.data == NULL || !link_flush(l) ||
	    !ward_conn_send(l->conn, data, len, &taken, l->held.data, WARD_RECORD_MAX, &l->held.len,
			    &l->err))
		return false;
	l->holds = true;
	return send_all(l->fd, l->held.data, 1);
}

bool link_release(struct link *l)
{
	if (!l->holds)
		return true;
	l->holds = false;
	return send_all(l->fd, l->held.data + 1, l->held.len - 1) && link_flush(l);
}

/* ---- in ---- */

bool link_keep(struct link *l, const struct ward_received *got)
{
	uint8_t *more = realloc(l->plain.data, l->plain.len + got->plain_len);

	if (more == NULL)
		return false;
	l->plain.data = more;
	memcpy(l->plain.data + l->plain.len, got->plain, got->plain_len);
	l->plain.len += got->plain_len;
	return true;
}

static bool is_wanted(const struct ward_key *key, const struct ward_key_request *request)
{
	uint8_t *spki;
	size_t len;
	bool same;

	if (request->cert != NULL)
		return key_check_cert(key, request->cert, NULL);
	if (!ward_key_der(key, WARD_KEY_FORM_PUBLIC, NULL, 0, &spki, &len, NULL))
		return false;
	same = span_equal(span_make(spki, len), span_make(request->raw_key, request->raw_key_len));
	free(spki);
	return same;
}

static struct ward_key *key_of(const struct keys *keys, const struct ward_key_request *request)
{
	for (size_t i = 0; i < keys->count; i++)
		if (is_wanted(keys->items[i], request))
			return keys->items[i];
	return NULL;
}

bool link_answer_key_request(struct link *l)
{
	struct ward_key_request request;
	uint8_t sig[SIGNATURE_MAX];
	struct ward_key *key;
	size_t len;

	if (!ward_conn_key_request(l->conn, &request))
		return true;
	key = key_of(l->keys, &request);
	return key != NULL &&
	       privkey_sign(key_private(key), scheme_find(request.scheme)->alg,
			    span_make(request.message, request.message_len), sig, &len, &l->err) &&
	       ward_conn_key_done(l->conn, sig, len, &l->err);
}

static bool receive(struct link *l)
{
	struct ward_received got;
	size_t at = 0;

	do {
		if (!ward_conn_receive(l->conn, l->in + at, l->in_len - at, &got, &l->err) ||
		    !link_answer_key_request(l))
			return false;
		if (got.plain_len > 0 && !link_keep(l, &got))
			return false;
		at += got.used;
	} while (got.used > 0 && at < l->in_len);
	memmove(l->in, l->in + at, l->in_len - at);
	l->in_len -= at;
	return true;
}

/*
 * Answers to KeyUpdates go out with the next data that does, so that there is one for many; what is
 * owed during the handshake goes out at once.
 */
static bool flush_owed(struct link *l)
{
	bool waits = ward_conn_is_connected(l->conn) && !l->flags->key_update_before_read;

	return waits || link_flush(l);
}

/* Reads what there is, with --async one byte. */
bool link_step(struct link *l)
{
	size_t room = l->flags->async ? 1 : sizeof(l->in) - l->in_len;
	ssize_t n;

	if (l->flags->quic)
		return quic_step(l);
	if (!flush_owed(l))
		return false;
	n = recv(l->fd, l->in + l->in_len, room, 0);
	if (n < 0)
		return errno == EINTR;
	if (n == 0) {
		l->eof = true;
		return ward_conn_receive_eof(l->conn, &l->err);
	}
	l->in_len += (size_t)n;
	return receive(l) && flush_owed(l);
}
