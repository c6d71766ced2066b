/*
 * One connection: the runner listens, the shim connects to it, whichever side of TLS it plays. What
 * the runner sends comes back with every bit inverted.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "shim.h"
#include "tls/suites.h"
#include "x509/x509.h"

enum { CHUNK = 512 };

struct link {
	const struct flags *flags;
	struct ward_conn *conn;
	struct ward_key *key;
	int fd;
	bool eof;
	uint8_t in[2 * WARD_RECORD_MAX];
	size_t in_len;
	uint8_t *plain; /* what has come and is not answered yet */
	size_t plain_len;
	struct ward_error err;
};

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
static bool send_id(int fd, const char *text)
{
	uint64_t id = strtoull(text, NULL, 10);
	uint8_t bytes[8];

	for (size_t i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(id >> 8 * i);
	return send_all(fd, bytes, sizeof(bytes));
}

/* Without this a reset could overtake the alert that the runner waits for. */
static void hang_up(int fd)
{
	char rest[1024];

	(void)shutdown(fd, SHUT_WR);
	while (recv(fd, rest, sizeof(rest), 0) > 0)
		;
	close(fd);
}

/* ---- bytes through the engine ---- */

static bool flush(struct link *l)
{
	uint8_t out[WARD_RECORD_MAX];
	size_t len;

	while ((len = ward_conn_output(l->conn, out, sizeof(out))) > 0)
		if (!send_all(l->fd, out, len))
			return false;
	return true;
}

static bool keep_plain(struct link *l, const struct ward_received *got)
{
	uint8_t *more = realloc(l->plain, l->plain_len + got->plain_len);

	if (more == NULL)
		return false;
	l->plain = more;
	memcpy(l->plain + l->plain_len, got->plain, got->plain_len);
	l->plain_len += got->plain_len;
	return true;
}

static bool answer_key_request(struct link *l)
{
	struct ward_key_request request;
	uint8_t sig[SIGNATURE_MAX];
	size_t len;

	if (!ward_conn_key_request(l->conn, &request))
		return true;
	return privkey_sign(key_private(l->key), scheme_find(request.scheme)->alg,
			    span_make(request.message, request.message_len), sig, &len, &l->err) &&
	       ward_conn_key_done(l->conn, sig, len, &l->err);
}

static bool receive(struct link *l)
{
	struct ward_received got;
	size_t at = 0;

	do {
		if (!ward_conn_receive(l->conn, l->in + at, l->in_len - at, &got, &l->err) ||
		    !answer_key_request(l))
			return false;
		if (got.plain_len > 0 && !keep_plain(l, &got))
			return false;
		at += got.used;
	} while (got.used > 0 && at < l->in_len);
	memmove(l->in, l->in + at, l->in_len - at);
	l->in_len -= at;
	return true;
}

/* Reads what there is, with --async one byte. False when the connection has failed. */
static bool step(struct link *l)
{
	size_t room = l->flags->async ? 1 : sizeof(l->in) - l->in_len;
	ssize_t n;

	if (!flush(l))
		return false;
	n = recv(l->fd, l->in + l->in_len, room, 0);
	if (n < 0)
		return errno == EINTR;
	if (n == 0) {
		l->eof = true;
		return ward_conn_receive_eof(l->conn, &l->err) || flush(l);
	}
	l->in_len += (size_t)n;
	return receive(l) && flush(l);
}

static bool write_all(struct link *l, const uint8_t *data, size_t len)
{
	uint8_t out[WARD_RECORD_MAX];

	while (len > 0) {
		size_t taken, written;

		if (!flush(l) ||
		    !ward_conn_send(l->conn, data, len, &taken, out, sizeof(out), &written,
				    &l->err) ||
		    !send_all(l->fd, out, written))
			return false;
		data += taken;
		len -= taken;
	}
	return true;
}

/* ---- what must be so after the handshake ---- */

static bool wrong(const char *what)
{
	fprintf(stderr, "not as expected: %s\n", what);
	return false;
}

static bool text_is(const char *got, const char *wanted)
{
	return strcmp(got == NULL ? "" : got, wanted == NULL ? "" : wanted) == 0;
}

static bool check_version(const struct link *l)
{
	int version = text_is(ward_conn_version(l->conn), "TLSv1.3") ? WARD_TLS_1_3 : WARD_TLS_1_2;

	return l->flags->expect_version == 0 || l->flags->expect_version == version;
}

static bool check_names(const struct link *l)
{
	const struct flags *f = l->flags;
	const char *alpn = f->server ? f->select_alpn : f->expect_alpn;
	const char *name = ward_conn_server_name(l->conn);

	if (!text_is(ward_conn_alpn(l->conn), alpn))
		return wrong("ALPN");
	if (f->expect_server_name != NULL && !text_is(name, f->expect_server_name))
		return wrong("server name");
	return !f->expect_no_server_name || name == NULL || wrong("a server name");
}

static bool check_numbers(const struct link *l)
{
	const struct flags *f = l->flags;
	const struct scheme *scheme = scheme_find((uint16_t)f->expect_peer_signature_algorithm);
	const char *group = kex_group_name((uint16_t)f->expect_curve_id);
	int suite = f->expect_cipher != 0 ? f->expect_cipher : f->expect_cipher_aes;
	const struct suite *expected = suite_find((uint16_t)suite);

	if (f->expect_curve_id != 0 && !text_is(ward_conn_group(l->conn), group))
		return wrong("group");
	if (suite != 0 && (expected == NULL || !text_is(ward_conn_cipher(l->conn), expected->name)))
		return wrong("cipher suite");
	if (f->expect_peer_signature_algorithm != 0 && !f->server &&
	    (scheme == NULL || !text_is(ward_conn_signature(l->conn), scheme->name)))
		return wrong("signature");
	return true;
}

static bool check_handshake(const struct link *l)
{
	const struct flags *f = l->flags;

	if (!check_version(l))
		return wrong("version");
	if (f->expect_hrr && !ward_conn_used_retry(l->conn))
		return wrong("no HelloRetryRequest");
	if (f->expect_no_hrr && ward_conn_used_retry(l->conn))
		return wrong("HelloRetryRequest");
	if (f->expect_no_peer_cert && ward_conn_peer_cert(l->conn) != NULL)
		return wrong("a certificate of the peer's");
	return check_names(l) && check_numbers(l);
}

/* ---- the course of a connection ---- */

static bool handshake(struct link *l)
{
	if (!flush(l))
		return false;
	while (!ward_conn_is_connected(l->conn))
		if (l->eof || !step(l))
			return false;
	return flush(l) && check_handshake(l);
}

static bool write_sizes(struct link *l)
{
	static const size_t sizes[] = {
		1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769
	};
	static uint8_t same[32769];
	bool ok = true;

	memset(same, 0x42, sizeof(same));
	for (size_t i = 0; ok && i < sizeof(sizes) / sizeof(sizes[0]); i++)
		ok = write_all(l, same, sizes[i]);
	return ok;
}

static bool write_first(struct link *l)
{
	const char *text = l->flags->shim_initial_write;
	bool ok = true;

	if (text == NULL)
		text = "hello";
	for (int i = 0; ok && i < l->flags->repeat_shim_initial_write; i++)
		ok = write_all(l, (const uint8_t *)text, strlen(text));
	return ok;
}

static bool answer_chunk(struct link *l)
{
	size_t most = l->flags->read_size > 0 ? (size_t)l->flags->read_size : CHUNK;
	size_t len = l->plain_len < most ? l->plain_len : most;

	if (l->flags->key_update && !ward_conn_update_keys(l->conn, false, &l->err))
		return false;
	for (size_t i = 0; i < len; i++)
		l->plain[i] ^= 0xff;
	if (!write_all(l, l->plain, len))
		return false;
	memmove(l->plain, l->plain + len, l->plain_len - len);
	l->plain_len -= len;
	return true;
}

static bool echo(struct link *l)
{
	for (;;) {
		if (l->flags->key_update_before_read &&
		    !ward_conn_update_keys(l->conn, false, &l->err))
			return false;
		while (l->plain_len == 0) {
			if (l->eof || ward_conn_received_close(l->conn))
				return true;
			if (!step(l))
				return l->eof && !l->flags->check_close_notify;
		}
		if (!answer_chunk(l))
			return false;
	}
}

static bool talk(struct link *l)
{
	const struct flags *f = l->flags;

	if (!handshake(l))
		return false;
	if (f->write_different_record_sizes)
		return write_sizes(l);
	if (f->shim_writes_first && !write_first(l))
		return false;
	return f->shim_shuts_down || echo(l);
}

/* With --check-close-notify nothing but the peer's close_notify is a good end. */
static bool close_down(struct link *l)
{
	if (!l->flags->check_close_notify)
		return true;
	ward_conn_close(l->conn);
	while (!ward_conn_received_close(l->conn))
		if (l->eof || !step(l))
			return false;
	return flush(l);
}

static void tell_failure(const struct link *l)
{
	const struct ward_error *err = ward_conn_error(l->conn);
	char text[512];

	if (err == NULL)
		err = &l->err;
	if (err->reason == WARD_E_NONE)
		return;
	if (err->received_alert >= 0)
		fprintf(stderr, ":ALERT_%s:\n", ward_alert_name(err->received_alert));
	fprintf(stderr, ":%s: %s\n", ward_reason_name(err->reason),
		ward_error_text(err, text, sizeof(text)));
}

bool exchange(const struct flags *f, struct ward_config *config, struct ward_key *key, bool resumes)
{
	struct link l = { .flags = f, .key = key, .fd = dial(f) };
	bool ok;

	(void)resumes;
	l.conn = ward_conn_new(config, f->host_name, time(NULL), &l.err);
	if (l.conn == NULL)
		die("connection", &l.err);
	ok = send_id(l.fd, f->shim_id) && talk(&l) && close_down(&l);
	(void)flush(&l);
	if (!ok)
		tell_failure(&l);
	hang_up(l.fd);
	ward_conn_free(l.conn);
	free(l.plain);
	return ok;
}
