/*
 * What a session refuses, through the socket: the reason that it gives, and the very bytes of the
 * alert that the peer gets.
 *
 * First bytes from anyone at all; then peers that speak TLS well and do not fit.
 */
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "support/hellos.h"
#include "support/loopback.h"
#include "support/table.h"

enum { DAY = 86400, FLOOD = 33 };

/* ---- bytes ---- */

struct bytes_row {
	const char *name;
	const char *text; /* what the peer sends: text, or hexadecimal digits if NULL */
	const char *hex;
	int times; /* that often, 0 is once; then it sends nothing more */
	enum ward_reason reason;
	int alert; /* that the peer gets in the clear; -1: none */
};

/* What arrives at the peer, but for the client's hello. */
struct sender {
	const struct bytes_row *row;
	bool to_client;
	struct span bytes;
	uint8_t got[512];
	size_t got_len;
};

static void read_exactly(int fd, uint8_t *to, size_t len)
{
	for (size_t n = 0; n < len;) {
		ssize_t part = recv(fd, to + n, len - n, 0);

		if (part <= 0)
			return;
		n += (size_t)part;
	}
}

static void skip_client_hello(int fd)
{
	uint8_t header[5] = { 0 }, body[2048];

	read_exactly(fd, header, sizeof(header));
	read_exactly(fd, body, (size_t)header[3] << 8 | header[4]);
}

static void send_row(int fd, void *arg)
{
	struct sender *s = arg;
	int times = s->row->times == 0 ? 1 : s->row->times;
	ssize_t n;

	if (s->to_client)
		skip_client_hello(fd);
	for (int i = 0; i < times; i++)
		(void)!send(fd, s->bytes.data, s->bytes.len, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	while (s->got_len < sizeof(s->got) &&
	       (n = recv(fd, s->got + s->got_len, sizeof(s->got) - s->got_len, 0)) > 0)
		s->got_len += (size_t)n;
}

static void check_alert(const struct sender *s)
{
	const uint8_t alert[] = { 21, 3, 3, 0, 2, 2, (uint8_t)s->row->alert };
	size_t len = s->row->alert < 0 ? 0 : sizeof(alert);

	assert_span_equal(span_make(s->got, s->got_len), span_make(alert, len));
}

static void refuse_bytes(const struct bytes_row *row, struct ward_config *config, const char *host)
{
	struct sender sender = { .row = row, .to_client = host != NULL };
	struct loop_raw peer = { .run = send_row, .arg = &sender };
	struct ward_error failure;
	struct ward_session *s;
	int fds[2];

	sender.bytes =
		row->text == NULL ? table_hex(row->hex) : table_bytes(row->text, strlen(row->text));
	loop_pair(fds);
	peer.fd = fds[1];
	loop_raw_start(&peer);
	s = ward_wrap(config, fds[0], host, true);
	assert_non_null(ward_session_failure(s));
	failure = *ward_session_failure(s);
	ward_session_free(s);
	loop_raw_join(&peer);
	ward_config_free(config);
	assert_string_equal(ward_reason_name(failure.reason), ward_reason_name(row->reason));
	assert_int_equal(ward_reason_alert(failure.reason), row->alert);
	check_alert(&sender);
}

static const struct bytes_row at_server[] = {
	{ "a request of plain HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", NULL, 0,
	  WARD_E_PLAIN_HTTP, 10 },
	{ "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", NULL, 0, WARD_E_PLAIN_HTTP,
	  10 },
	{ "a banner of SSH", "SSH-2.0-OpenSSH_9.2\r\n", NULL, 0, WARD_E_NOT_TLS, 10 },
	{ "zeros", NULL, "0000000000000000", 0, WARD_E_NOT_TLS, 10 },
	{ "a ClientHello of SSLv2", NULL, "802e0100020015000000100700c0030080010080", 0,
	  WARD_E_NO_COMMON_VERSION, 70 },
	{ "a ClientHello of TLS 1.0", NULL, "160301002d 01000029 0301" RANDOM "00 0002 002f 01 00",
	  0, WARD_E_NO_COMMON_VERSION, 70 },
	{ "a ClientHello of TLS 1.2", NULL, "160301002d 01000029 0303" RANDOM "00 0002 c02f 01 00",
	  0, WARD_E_NO_EXTENDED_MASTER_SECRET, 40 },
	{ "a ClientHello that ends too early", NULL, "1603010005 01000001 03", 0, WARD_E_TRUNCATED,
	  50 },
	{ "a ClientHello of 16 MiB", NULL, "1603010004 01ffffff", 0, WARD_E_MESSAGE_TOO_LONG, 47 },
	{ "a Finished in its place", NULL, "1603030004 14000000", 0, WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "a record that is too long", NULL, "1603014001 01", 0, WARD_E_RECORD_OVERFLOW, 22 },
	{ "a record without content", NULL, "1603010000", 0, WARD_E_RECORD_EMPTY, 10 },
	{ "application data", NULL, "1703030003 616263", 0, WARD_E_RECORD_TYPE, 10 },
	{ "change_cipher_spec", NULL, "1403030001 01", 0, WARD_E_BAD_CCS, 10 },
	{ "an alert", NULL, "1503030002 0228", 0, WARD_E_ALERT_RECEIVED, -1 },
	{ "an alert of three bytes", NULL, "1503030003 022800", 0, WARD_E_ALERT_MALFORMED, 50 },
	{ "user_canceled again and again", NULL, "1503030002 015a", FLOOD, WARD_E_ALERTS_FLOOD,
	  10 },
	{ "close_notify", NULL, "1503030002 0100", 0, WARD_E_CLOSED_IN_HANDSHAKE, -1 },
	{ "half a record and the end", NULL, "160301002d 01000029 0303", 0,
	  WARD_E_CLOSED_IN_HANDSHAKE, -1 },
	{ "nothing", "", NULL, 0, WARD_E_CLOSED_IN_HANDSHAKE, -1 },
};

static const struct bytes_row at_client[] = {
	{ "an answer of plain HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", NULL, 0, WARD_E_PLAIN_HTTP,
	  10 },
	{ "a greeting of SMTP", "220 mail.example ESMTP\r\n", NULL, 0, WARD_E_NOT_TLS, 10 },
	{ "a ServerHello of TLS 1.2", NULL, "160303002a 02000026 0303" RANDOM "00 c02f 00", 0,
	  WARD_E_NO_EXTENDED_MASTER_SECRET, 40 },
	{ "a downgrade to TLS 1.2", NULL,
	  "160303002a 02000026 0303"
	  "000102030405060708090a0b0c0d0e0f 1011121314151617 444f574e47524401 00 c02f 00",
	  0, WARD_E_DOWNGRADE_DETECTED, 47 },
	{ "another session id", NULL,
	  "1603030032 0200002e 0303" RANDOM "00 1301 00 0006 002b00020304", 0,
	  WARD_E_SESSION_ID_ECHO, 47 },
	{ "a ServerHello that ends too early", NULL, "1603030005 02000001 03", 0, WARD_E_TRUNCATED,
	  50 },
	{ "a Certificate in its place", NULL, "1603030004 0b000000", 0, WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "application data", NULL, "1703030003 616263", 0, WARD_E_RECORD_TYPE, 10 },
	{ "change_cipher_spec again and again", NULL, "1403030001 01", FLOOD, WARD_E_RECORDS_FLOOD,
	  10 },
	{ "a record that is too long", NULL, "1603034001 02", 0, WARD_E_RECORD_OVERFLOW, 22 },
	{ "an alert", NULL, "1503030002 0228", 0, WARD_E_ALERT_RECEIVED, -1 },
	{ "nothing", "", NULL, 0, WARD_E_CLOSED_IN_HANDSHAKE, -1 },
};

static void test_at_server(void **state)
{
	refuse_bytes(*state, loop_server_config(), NULL);
}

static void test_at_client(void **state)
{
	refuse_bytes(*state, loop_client_config(), "server.example");
}

/* ---- peers that do not fit ---- */

struct ends {
	struct ward_config *client, *server;
};

struct ends_row {
	const char *name;
	void (*set_up)(struct ends *e);
	const char *host;
	bool server_refuses;
	enum ward_reason reason;
	int alert;
};

static void serve_times(struct ends *e, int64_t from, int64_t to)
{
	static const char *const names[] = { "server.example", NULL };

	ward_config_free(e->server);
	e->server = loop_server_config_for(names, time(NULL) + from, time(NULL) + to);
}

static void set_expired(struct ends *e)
{
	serve_times(e, -2 * DAY, -DAY);
}

static void set_not_yet(struct ends *e)
{
	serve_times(e, DAY, 2 * DAY);
}

/* A certificate that nobody has signed but its own key. */
static struct ward_cert *self_signed(enum ward_profile profile, struct ward_key *key)
{
	static const char *const names[] = { "server.example", NULL };
	struct ward_cert_spec spec = { .common_name = "alone",
				       .names = profile == WARD_PROFILE_CA ? NULL : names,
				       .profile = profile,
				       .path_length = -1,
				       .not_before = time(NULL) - DAY,
				       .not_after = time(NULL) + DAY };
	struct ward_cert *cert = ward_cert_make(&spec, key, NULL, NULL, NULL);

	assert_non_null(cert);
	return cert;
}

static void set_self_signed(struct ends *e)
{
	struct ward_key *key = ward_key_generate(WARD_KEY_P256, NULL);
	struct ward_cert *cert = self_signed(WARD_PROFILE_SERVER, key);
	struct ward_chain chain = { &cert, 1 };

	ward_config_free(e->server);
	e->server = ward_config_new_server(NULL);
	assert_true(ward_config_add_identity(e->server, &chain, key, NULL));
	ward_cert_free(cert);
	ward_key_free(key);
}

static void set_other_ca(struct ends *e)
{
	struct ward_key *key = ward_key_generate(WARD_KEY_P256, NULL);
	struct ward_cert *cert = self_signed(WARD_PROFILE_CA, key);
	struct ward_trust *trust = ward_trust_new();

	assert_true(ward_trust_add(trust, cert, NULL));
	assert_true(ward_config_set_trust(e->client, trust, NULL));
	ward_trust_free(trust);
	ward_cert_free(cert);
	ward_key_free(key);
}

static void set_suites(struct ends *e)
{
	assert_true(ward_config_set_suites(e->client, (uint16_t[]){ 0x1301 }, 1, NULL));
	assert_true(ward_config_set_suites(e->server, (uint16_t[]){ 0x1302 }, 1, NULL));
}

static void set_groups(struct ends *e)
{
	assert_true(ward_config_set_groups(e->client, (uint16_t[]){ 0x001d }, 1, NULL));
	assert_true(ward_config_set_groups(e->server, (uint16_t[]){ 0x0017 }, 1, NULL));
}

static void set_signatures(struct ends *e)
{
	assert_true(ward_config_set_signatures(e->client, (uint16_t[]){ 0x0804 }, 1, NULL));
}

static void set_protocols(struct ends *e)
{
	assert_true(ward_config_set_alpn(e->client, (const char *[]){ "h2", NULL }, NULL));
	assert_true(ward_config_set_alpn(e->server, (const char *[]){ "http/1.1", NULL }, NULL));
}

static void set_strict_names(struct ends *e)
{
	assert_true(ward_config_set_strict_names(e->server, true, NULL));
}

static void set_mutual(struct ends *e)
{
	assert_true(ward_config_set_trust(e->server, test_trust(), NULL));
	assert_true(ward_config_set_verify(e->server, WARD_VERIFY_REQUIRED, NULL));
}

static void set_server_profile(struct ends *e)
{
	static const char *const names[] = { "client.example", NULL };
	int64_t now = time(NULL);
	struct credential c;

	set_mutual(e);
	credential_make_at(&c, WARD_KEY_P256, WARD_PROFILE_SERVER, names, now - DAY, now + DAY);
	assert_true(ward_config_add_identity(e->client, &c.chain, c.key, NULL));
	credential_clear(&c);
}

static void set_nothing(struct ends *e)
{
	(void)e;
}

static const struct ends_row peers[] = {
	{ "a certificate for another name", set_nothing, "other.example", false,
	  WARD_E_CERT_NAME_MISMATCH, 42 },
	{ "a certificate for another address", set_nothing, "192.0.2.1", false,
	  WARD_E_CERT_NAME_MISMATCH, 42 },
	{ "a certificate that has expired", set_expired, NULL, false, WARD_E_CERT_EXPIRED, 45 },
	{ "a certificate that is not valid yet", set_not_yet, NULL, false,
	  WARD_E_CERT_NOT_YET_VALID, 45 },
	{ "a certificate signed by itself", set_self_signed, NULL, false, WARD_E_CERT_SELF_SIGNED,
	  48 },
	{ "a certificate of a CA that is not trusted", set_other_ca, NULL, false,
	  WARD_E_CERT_UNKNOWN_ISSUER, 48 },
	{ "no suite in common", set_suites, NULL, true, WARD_E_NO_COMMON_SUITE, 40 },
	{ "no group in common", set_groups, NULL, true, WARD_E_NO_COMMON_GROUP, 40 },
	{ "no signature in common", set_signatures, NULL, true, WARD_E_NO_COMMON_SIGNATURE, 40 },
	{ "no protocol in common", set_protocols, NULL, true, WARD_E_NO_COMMON_ALPN, 120 },
	{ "a name that the server does not have", set_strict_names, "other.example", true,
	  WARD_E_UNKNOWN_NAME, 112 },
	{ "a client without a certificate", set_mutual, NULL, true, WARD_E_CERTIFICATE_REQUIRED,
	  116 },
	{ "a client with the certificate of a server", set_server_profile, NULL, true,
	  WARD_E_CERT_EXT_KEY_USAGE, 42 },
};

/* A client may be done before the server refuses it: it learns of that when it reads. */
static struct ward_error client_failure(struct ward_session *s)
{
	struct ward_error failure = { 0 };
	char byte;

	if (ward_session_failure(s) == NULL)
		(void)!ward_read(s, &byte, 1);
	if (ward_session_failure(s) != NULL)
		failure = *ward_session_failure(s);
	return failure;
}

static void test_peers(void **state)
{
	const struct ends_row *row = *state;
	struct ends e = { loop_client_config(), loop_server_config() };
	struct loop_peer peer = { .run = loop_echo };
	const struct ward_error *refusal, *notice;
	struct ward_error client;
	struct ward_session *s;
	int fds[2];

	row->set_up(&e);
	loop_tcp_pair(fds);
	peer.config = e.server;
	peer.fd = fds[1];
	loop_peer_start(&peer);
	s = ward_wrap(e.client, fds[0], row->host == NULL ? "server.example" : row->host, true);
	client = client_failure(s);
	ward_session_free(s);
	loop_peer_join(&peer);
	ward_config_free(e.client);
	ward_config_free(e.server);
	refusal = row->server_refuses ? &peer.failure : &client;
	notice = row->server_refuses ? &client : &peer.failure;
	assert_string_equal(ward_reason_name(refusal->reason), ward_reason_name(row->reason));
	assert_string_equal(ward_reason_name(notice->reason), "ALERT_RECEIVED");
	assert_int_equal(notice->received_alert, row->alert);
	assert_int_equal(refusal->received_alert, -1);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, at_server, test_at_server);
	TABLE_ADD(&t, at_client, test_at_client);
	TABLE_ADD(&t, peers, test_peers);
	failed = table_run(&t, "refusals");
	credentials_cleanup();
	return failed;
}
