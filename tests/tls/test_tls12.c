/*
 * TLS 1.2: whole handshakes between two engines in memory, and what each side refuses when a message
 * is changed on its way. Until change_cipher_spec all of them are in the clear, so that whoever stands
 * between the peers can do what the rows here do. Reached by the table of arrows: src/tls/tls12/auth12.c,
 * src/tls/tls12/client12.c, src/tls/tls12/server12.c.
 */
#include "support/pair.h"
#include "support/table.h"
#include "tls/conn.h"
#include "tls/tls12/msg12.h"
#include "tls/tls12/prf.h"

#include <stdio.h>
#include <string.h>

static struct ward_error ignored;

static struct ward_config *only12(struct ward_config *config)
{
	assert_true(ward_config_set_versions(config, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
	return config;
}

static struct ward_config *server_with(enum ward_key_kind kind)
{
	struct ward_config *config = ward_config_new_server(&ignored);
	const struct credential *c = credential_server(kind);

	assert_true(ward_config_add_identity(config, &c->chain, c->key, &ignored));
	return config;
}

static void ask_for_certificate(struct ward_config *server, enum ward_verify_mode mode)
{
	assert_true(ward_config_set_trust(server, test_trust(), &ignored));
	assert_true(ward_config_set_verify(server, mode, &ignored));
}

static void show_certificate(struct ward_config *client, enum ward_key_kind kind)
{
	const struct credential *c = credential_client(kind);

	assert_true(ward_config_add_identity(client, &c->chain, c->key, &ignored));
}

static void talk(struct pair *p)
{
	static uint8_t data[50000];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	if (!pair_handshake(p))
		fail_msg("client: %s, server: %s", ward_reason_name(p->client.err.reason),
			 ward_reason_name(p->server.err.reason));
	assert_string_equal(ward_conn_version(p->client.conn), "TLSv1.2");
	assert_string_equal(ward_conn_version(p->server.conn), "TLSv1.2");
	assert_true(pair_send(p, true, "x", 1));
	assert_true(pair_send(p, false, data, sizeof(data)));
	assert_true(pair_send(p, true, data, sizeof(data)));
}

/* ---- every suite, group and key ---- */

static const struct combination {
	const char *name;
	uint16_t suite, group;
	enum ward_key_kind key, client_key; /* client_key 0: none is asked for */
	const char *scheme;
} combinations[] = {
	{ "ECDSA, AES-128, X25519", 0xc02b, 0x001d, WARD_KEY_P256, 0, "ecdsa_secp256r1_sha256" },
	{ "ECDSA, AES-256, P-384", 0xc02c, 0x0018, WARD_KEY_P384, 0, "ecdsa_secp256r1_sha256" },
	{ "ECDSA, ChaCha20, P-256", 0xcca9, 0x0017, WARD_KEY_P256, 0, "ecdsa_secp256r1_sha256" },
	{ "Ed25519 under an ECDSA suite", 0xc02b, 0x001d, WARD_KEY_ED25519, 0, "ed25519" },
	{ "RSA, AES-128, P-256", 0xc02f, 0x0017, WARD_KEY_RSA_2048, 0, "rsa_pss_rsae_sha256" },
	{ "RSA, AES-256, X25519", 0xc030, 0x001d, WARD_KEY_RSA_2048, 0, "rsa_pss_rsae_sha256" },
	{ "RSA, ChaCha20, X25519", 0xcca8, 0x001d, WARD_KEY_RSA_2048, 0, "rsa_pss_rsae_sha256" },
	{ "mutual: ECDSA", 0xc02b, 0x001d, WARD_KEY_P256, WARD_KEY_P256, "ecdsa_secp256r1_sha256" },
	{ "mutual: RSA, with the hash of another length", 0xc030, 0x001d, WARD_KEY_RSA_2048,
	  WARD_KEY_RSA_2048, "rsa_pss_rsae_sha256" },
	{ "mutual: Ed25519, which signs the messages themselves", 0xc02c, 0x001d, WARD_KEY_P256,
	  WARD_KEY_ED25519, "ecdsa_secp256r1_sha256" },
};

static void test_combination(void **state)
{
	const struct combination *row = *state;
	struct ward_config *client = only12(test_client_config());
	struct ward_config *server = server_with(row->key);
	struct pair *p;

	assert_true(ward_config_set_suites(client, &row->suite, 1, &ignored));
	assert_true(ward_config_set_groups(client, &row->group, 1, &ignored));
	if (row->client_key != 0) {
		ask_for_certificate(server, WARD_VERIFY_REQUIRED);
		show_certificate(client, row->client_key);
	}
	for (size_t chunk = 0; chunk < 4; chunk++) {
		p = pair_new(client, server, NULL);
		p->client.chunk = chunk;
		p->server.chunk = chunk;
		talk(p);
		assert_string_equal(ward_conn_cipher(p->client.conn), suite_find(row->suite)->name);
		assert_string_equal(ward_conn_group(p->server.conn), kex_group_name(row->group));
		assert_string_equal(ward_conn_signature(p->client.conn), row->scheme);
		assert_int_equal(ward_conn_peer_chain(p->server.conn)->count > 0,
				 row->client_key != 0);
		pair_free(p);
	}
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- versions ---- */

static const struct versions_row {
	const char *name;
	int client_min, client_max, server_min, server_max;
	const char *version; /* NULL: none in common */
} versions_rows[] = {
	{ "both have both", 0x303, 0x304, 0x303, 0x304, "TLSv1.3" },
	{ "an old client", 0x303, 0x303, 0x303, 0x304, "TLSv1.2" },
	{ "an old server", 0x303, 0x304, 0x303, 0x303, "TLSv1.2" },
	{ "both old", 0x303, 0x303, 0x303, 0x303, "TLSv1.2" },
	{ "the client wants TLS 1.3, the server has TLS 1.2", 0x304, 0x304, 0x303, 0x303, NULL },
	{ "the server wants TLS 1.3, the client has TLS 1.2", 0x303, 0x303, 0x304, 0x304, NULL },
};

static void test_versions(void **state)
{
	const struct versions_row *row = *state;
	struct ward_config *client = test_client_config(), *server = test_server_config();
	struct pair *p;

	assert_true(ward_config_set_versions(client, row->client_min, row->client_max, &ignored));
	assert_true(ward_config_set_versions(server, row->server_min, row->server_max, &ignored));
	p = pair_new(client, server, NULL);
	assert_int_equal(pair_handshake(p), row->version != NULL);
	if (row->version != NULL)
		assert_string_equal(ward_conn_version(p->client.conn), row->version);
	else
		assert_int_equal(p->server.err.reason, WARD_E_NO_COMMON_VERSION);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- changes on the way ---- */

struct change {
	const char *name;
	bool to_client;
	int type;                                               /* of the message that is changed */
	void (*edit)(struct pipe_end *to, struct span message); /* puts what it likes on the wire */
	enum ward_reason reason;
	int alert;
	bool mutual;
};

static void put(struct pipe_end *to, int content_type, struct span content)
{
	uint8_t *at = to->wire + to->wire_len;

	record_write_plain((enum content_type)content_type, 0x0303, content, at);
	to->wire_len += RECORD_HEADER_LEN + content.len;
}

static uint8_t scratch[1 << 17];

static struct span copy_of(struct span message)
{
	memcpy(scratch, message.data, message.len);
	return span_make(scratch, message.len);
}

static void set_length(size_t body)
{
	scratch[1] = (uint8_t)(body >> 16);
	scratch[2] = (uint8_t)(body >> 8);
	scratch[3] = (uint8_t)body;
}

static void drop(struct pipe_end *to, struct span m)
{
	(void)to;
	(void)m;
}

static void twice(struct pipe_end *to, struct span m)
{
	put(to, CT_HANDSHAKE, m);
	put(to, CT_HANDSHAKE, m);
}

static void cut(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	set_length(m.len - HANDSHAKE_HEADER_LEN - 1);
	put(to, CT_HANDSHAKE, span_make(scratch, m.len - 1));
}

static void lengthen(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	scratch[m.len] = 0;
	set_length(m.len - HANDSHAKE_HEADER_LEN + 1);
	put(to, CT_HANDSHAKE, span_make(scratch, m.len + 1));
}

static void flip_last(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	scratch[m.len - 1] ^= 1;
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

static void ccs_before(struct pipe_end *to, struct span m)
{
	static const uint8_t one = 1;

	put(to, CT_CHANGE_CIPHER_SPEC, span_make(&one, 1));
	put(to, CT_HANDSHAKE, m);
}

/* Half of the message, then change_cipher_spec. */
static void ccs_within(struct pipe_end *to, struct span m)
{
	static const uint8_t one = 1;

	put(to, CT_HANDSHAKE, span_make(m.data, m.len / 2));
	put(to, CT_CHANGE_CIPHER_SPEC, span_make(&one, 1));
	put(to, CT_HANDSHAKE, span_make(m.data + m.len / 2, m.len - m.len / 2));
}

static void data_before(struct pipe_end *to, struct span m)
{
	put(to, CT_APPLICATION_DATA, SPAN_LITERAL("GET /"));
	put(to, CT_HANDSHAKE, m);
}

static void finished_instead(struct pipe_end *to, struct span m)
{
	static const uint8_t finished[4 + VERIFY_DATA_LEN] = { HT_FINISHED, 0, 0, VERIFY_DATA_LEN };

	(void)m;
	put(to, CT_HANDSHAKE, SPAN_ARRAY(finished));
}

static void follow_with_hello_request(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	memset(scratch + m.len, 0, 4);
	put(to, CT_HANDSHAKE, span_make(scratch, m.len + 4));
}

/* ServerHello and ClientHello: the byte at a place behind the header. */
static void set_byte(struct pipe_end *to, struct span m, size_t at, uint8_t value)
{
	(void)copy_of(m);
	scratch[HANDSHAKE_HEADER_LEN + at] = value;
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

static void version_11(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 1, 2);
}

static void other_suite(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 2 + 32 + 1 + 1, 0x14); /* c014: ECDHE_RSA with CBC */
}

static void suite_of_rsa(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 2 + 32 + 1 + 1, 0x2f); /* where the certificate's key is of ECDSA */
}

static void suite_of_13(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	scratch[HANDSHAKE_HEADER_LEN + 35] = 0x13;
	scratch[HANDSHAKE_HEADER_LEN + 36] = 0x01;
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

static void compressed(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 2 + 32 + 1 + 2, 1);
}

/* Renames an extension in a hello, so that it is as if it were not there. */
static void rename_extension(struct pipe_end *to, struct span m, int type, int other)
{
	(void)copy_of(m);
	for (size_t i = HANDSHAKE_HEADER_LEN + 38; i + 4 <= m.len; i++) {
		if ((scratch[i] << 8 | scratch[i + 1]) != type || scratch[i + 2] != 0)
			continue;
		scratch[i] = (uint8_t)(other >> 8);
		scratch[i + 1] = (uint8_t)other;
		break;
	}
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

static void without_ems(struct pipe_end *to, struct span m)
{
	rename_extension(to, m, EXT_EXTENDED_MASTER_SECRET, 0x5a5a);
}

static void without_schemes(struct pipe_end *to, struct span m)
{
	rename_extension(to, m, EXT_SIGNATURE_ALGORITHMS, 0x5a5a);
}

/* A ServerHello without one of its extensions. */
static void without(struct pipe_end *to, struct span m, int type)
{
	struct span body = span_make(m.data + HANDSHAKE_HEADER_LEN, m.len - HANDSHAKE_HEADER_LEN);
	struct ward_error err = ERROR_NONE;
	struct server_hello sh = { 0 };
	struct writer w;

	assert_true(server_hello_parse(body, &sh, &err));
	sh.ext.seen &= ~ext_bit(type);
	w = writer_make(scratch, sizeof(scratch), &err);
	server_hello_write(&w, &sh);
	put(to, CT_HANDSHAKE, writer_span(&w));
}

static void without_answer_ems(struct pipe_end *to, struct span m)
{
	without(to, m, EXT_EXTENDED_MASTER_SECRET);
}

static void without_renegotiation_info(struct pipe_end *to, struct span m)
{
	without(to, m, EXT_RENEGOTIATION_INFO);
}

/* ServerKeyExchange: curve_type, namedcurve, the point, the scheme. */
static void explicit_curve(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 0, 1);
}

static void curve_not_offered(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 2, 0x19); /* secp521r1 */
}

static void flip_point(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 10, (uint8_t)(m.data[HANDSHAKE_HEADER_LEN + 10] ^ 1));
}

static void scheme_sha1(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 4 + 32, 2); /* ecdsa_sha1: 0203 */
}

static void scheme_of_rsa(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	scratch[HANDSHAKE_HEADER_LEN + 36] = 8;
	scratch[HANDSHAKE_HEADER_LEN + 37] = 4;
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

static void small_order_point(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	memset(scratch + HANDSHAKE_HEADER_LEN + 1, 0, 32);
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

static void no_certificates(struct pipe_end *to, struct span m)
{
	static const uint8_t none[] = { HT_CERTIFICATE, 0, 0, 3, 0, 0, 0 };

	(void)m;
	put(to, CT_HANDSHAKE, SPAN_ARRAY(none));
}

static void no_types(struct pipe_end *to, struct span m)
{
	static const uint8_t request[] = { HT_CERTIFICATE_REQUEST, 0, 0, 7, 0, 0, 2, 4, 3, 0, 0 };

	(void)m;
	put(to, CT_HANDSHAKE, SPAN_ARRAY(request));
}

static const struct change changes[] = {
	{ "ServerHello: cut", true, 2, cut, WARD_E_TRUNCATED, 50 },
	{ "ServerHello: TLS 1.1", true, 2, version_11, WARD_E_NO_COMMON_VERSION, 70 },
	{ "ServerHello: a suite that was not offered", true, 2, other_suite,
	  WARD_E_SUITE_NOT_OFFERED, 47 },
	{ "ServerHello: a suite of TLS 1.3", true, 2, suite_of_13, WARD_E_SUITE_NOT_OFFERED, 47 },
	{ "ServerHello: compression", true, 2, compressed, WARD_E_COMPRESSION_NOT_NULL, 47 },
	{ "ServerHello: no renegotiation_info", true, 2, without_renegotiation_info,
	  WARD_E_RENEGOTIATION_INFO, 40 },
	{ "ServerHello: no extended master secret", true, 2, without_answer_ems,
	  WARD_E_NO_EXTENDED_MASTER_SECRET, 40 },
	{ "ServerHello: change_cipher_spec before it", true, 2, ccs_before, WARD_E_BAD_CCS, 10 },
	{ "Certificate: the suite is for another key", true, 2, suite_of_rsa,
	  WARD_E_SUITE_KEY_MISMATCH, 47 },
	{ "Certificate: left out", true, 11, drop, WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "Certificate: empty", true, 11, no_certificates, WARD_E_CERTIFICATE_EMPTY, 50 },
	{ "Certificate: cut", true, 11, cut, WARD_E_TRUNCATED, 50 },
	{ "Certificate: changed", true, 11, flip_last, WARD_E_CERT_BAD_SIGNATURE, 42 },
	{ "ServerKeyExchange: left out", true, 12, drop, WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "ServerKeyExchange: twice", true, 12, twice, WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "ServerKeyExchange: cut", true, 12, cut, WARD_E_TRUNCATED, 50 },
	{ "ServerKeyExchange: too long", true, 12, lengthen, WARD_E_TRAILING_DATA, 50 },
	{ "ServerKeyExchange: an explicit curve", true, 12, explicit_curve, WARD_E_BAD_VALUE, 47 },
	{ "ServerKeyExchange: a curve that was not offered", true, 12, curve_not_offered,
	  WARD_E_GROUP_NOT_OFFERED, 47 },
	{ "ServerKeyExchange: another point", true, 12, flip_point, WARD_E_CERTIFICATE_VERIFY_WRONG,
	  51 },
	{ "ServerKeyExchange: a signature by SHA-1", true, 12, scheme_sha1,
	  WARD_E_SIGNATURE_NOT_OFFERED, 47 },
	{ "ServerKeyExchange: a scheme that is not the key's", true, 12, scheme_of_rsa,
	  WARD_E_SIGNATURE_NOT_OFFERED, 47 },
	{ "ServerKeyExchange: a wrong signature", true, 12, flip_last,
	  WARD_E_CERTIFICATE_VERIFY_WRONG, 51 },
	{ "CertificateRequest: no types", true, 13, no_types, WARD_E_BAD_LENGTH, 50, true },
	{ "CertificateRequest: twice", true, 13, twice, WARD_E_MESSAGE_UNEXPECTED, 10, true },
	{ "ServerHelloDone: with content", true, 14, lengthen, WARD_E_TRAILING_DATA, 50 },
	{ "ServerHelloDone: Finished in its place", true, 14, finished_instead,
	  WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "ServerHelloDone: change_cipher_spec before it", true, 14, ccs_before, WARD_E_BAD_CCS,
	  10 },
	{ "ServerHelloDone: more behind it", true, 14, follow_with_hello_request,
	  WARD_E_MESSAGE_NOT_ALIGNED, 10 },
	{ "ServerHelloDone: data before it", true, 14, data_before, WARD_E_RECORD_TYPE, 10 },
	{ "ClientHello: no extended master secret", false, 1, without_ems,
	  WARD_E_NO_EXTENDED_MASTER_SECRET, 40 },
	{ "ClientHello: no signature_algorithms", false, 1, without_schemes,
	  WARD_E_NO_COMMON_SIGNATURE, 40 },
	{ "Certificate of a client: left out", false, 11, drop, WARD_E_MESSAGE_UNEXPECTED, 10,
	  true },
	{ "Certificate of a client: empty", false, 11, no_certificates, WARD_E_CERTIFICATE_REQUIRED,
	  40, true },
	{ "ClientKeyExchange: left out", false, 16, drop, WARD_E_BAD_CCS, 10 },
	{ "ClientKeyExchange: left out, with a certificate", false, 16, drop,
	  WARD_E_MESSAGE_UNEXPECTED, 10, true },
	{ "ClientKeyExchange: twice", false, 16, twice, WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "ClientKeyExchange: cut", false, 16, cut, WARD_E_TRUNCATED, 50 },
	{ "ClientKeyExchange: too long", false, 16, lengthen, WARD_E_TRAILING_DATA, 50 },
	{ "ClientKeyExchange: a point of small order", false, 16, small_order_point,
	  WARD_E_BAD_KEY_SHARE, 47 },
	{ "ClientKeyExchange: another point", false, 16, flip_last, WARD_E_BAD_RECORD_MAC, 20 },
	{ "ClientKeyExchange: change_cipher_spec before it", false, 16, ccs_before, WARD_E_BAD_CCS,
	  10 },
	{ "ClientKeyExchange: change_cipher_spec within it", false, 16, ccs_within, WARD_E_BAD_CCS,
	  10 },
	{ "CertificateVerify: left out", false, 15, drop, WARD_E_BAD_CCS, 10, true },
	{ "CertificateVerify: wrong", false, 15, flip_last, WARD_E_CERTIFICATE_VERIFY_WRONG, 51,
	  true },
	{ "CertificateVerify: change_cipher_spec within it", false, 15, ccs_within, WARD_E_BAD_CCS,
	  10, true },
};

/* Takes a flight apart, message by message, and puts it on the wire again with the change made. */
static void carry(struct pipe_end *to, const uint8_t *flight, size_t len, const struct change *row)
{
	static uint8_t messages[1 << 17];
	size_t at = 0, n = 0;

	for (; at < len && flight[at] == CT_HANDSHAKE && n < sizeof(messages);) {
		size_t size = (size_t)flight[at + 3] << 8 | flight[at + 4];

		memcpy(messages + n, flight + at + RECORD_HEADER_LEN, size);
		n += size;
		at += RECORD_HEADER_LEN + size;
	}
	for (size_t i = 0; i < n;) {
		size_t size =
			HANDSHAKE_HEADER_LEN + ((size_t)messages[i + 1] << 16 |
						(size_t)messages[i + 2] << 8 | messages[i + 3]);

		if (messages[i] == row->type)
			row->edit(to, span_make(messages + i, size));
		else
			put(to, CT_HANDSHAKE, span_make(messages + i, size));
		i += size;
	}
	memcpy(to->wire + to->wire_len, flight + at, len - at);
	to->wire_len += len - at;
}

static bool cross(struct pipe_end *from, struct pipe_end *to, const struct change *row)
{
	static uint8_t flight[1 << 17];
	size_t len = ward_conn_output(from->conn, flight, sizeof(flight));

	if (row != NULL)
		carry(to, flight, len, row);
	else {
		memcpy(to->wire + to->wire_len, flight, len);
		to->wire_len += len;
	}
	return end_feed(to, NULL, 0);
}

/* What the last record on the wire says, if it is a plain alert. */
static int alert_on(const struct pipe_end *to)
{
	const uint8_t *w = to->wire;

	if (to->wire_len < 7 || w[to->wire_len - 7] != CT_ALERT)
		return -1;
	return w[to->wire_len - 1];
}

static void test_change(void **state)
{
	const struct change *row = *state;
	struct ward_config *client = only12(test_client_config()), *server = test_server_config();
	struct pipe_end *victim;
	struct pair *p;
	bool ok = true;

	if (row->mutual) {
		ask_for_certificate(server, WARD_VERIFY_REQUIRED);
		show_certificate(client, WARD_KEY_P256);
	}
	p = pair_new(client, server, NULL);
	victim = row->to_client ? &p->client : &p->server;
	for (int i = 0; ok && i < 3; i++)
		ok = cross(&p->client, &p->server, row->to_client ? NULL : row) &&
		     cross(&p->server, &p->client, row->to_client ? row : NULL);
	assert_false(ok);
	assert_string_equal(ward_reason_name(victim->err.reason), ward_reason_name(row->reason));
	assert_false(ward_conn_is_connected(victim->conn));
	(void)end_drain(victim, victim == &p->client ? &p->server : &p->client);
	assert_int_equal(alert_on(victim == &p->client ? &p->server : &p->client), row->alert);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- once connected ---- */

static struct pair *connected(void)
{
	struct ward_config *client = only12(test_client_config()), *server = test_server_config();
	struct pair *p = pair_new(client, server, NULL);

	ward_config_free(client);
	ward_config_free(server);
	talk(p);
	return p;
}

/* Every type of message, behind the handshake, to both sides. */
static void test_after_handshake(void **state)
{
	(void)state;
	for (int type = 0; type < 256; type++) {
		for (int to_client = 0; to_client < 2; to_client++) {
			struct pair *p = connected();
			struct pipe_end *from = to_client ? &p->server : &p->client;
			struct pipe_end *to = to_client ? &p->client : &p->server;
			const uint8_t message[] = { (uint8_t)type, 0, 0, 0 };
			bool asks = type == (to_client ? HT_HELLO_REQUEST : HT_CLIENT_HELLO);

			assert_true(output_message(from->conn, SPAN_ARRAY(message), &ignored));
			assert_false(pair_pump(p));
			assert_int_equal(to->err.reason,
					 asks ? WARD_E_RENEGOTIATION : WARD_E_MESSAGE_UNEXPECTED);
			assert_int_equal(from->err.received_alert, asks ? 100 : 10);
			pair_free(p);
		}
	}
}

static void test_no_key_update(void **state)
{
	struct pair *p = connected();

	(void)state;
	assert_false(ward_conn_update_keys(p->client.conn, false, &p->client.err));
	assert_int_equal(p->client.err.reason, WARD_E_BAD_STATE);
	pair_free(p);
}

static void test_close(void **state)
{
	struct pair *p = connected();

	(void)state;
	ward_conn_close(p->client.conn);
	assert_true(pair_pump(p));
	assert_true(ward_conn_received_close(p->server.conn));
	pair_free(p);
}

static void test_record_damaged(void **state)
{
	(void)state;
	for (size_t at = 0; at < 5 + 8 + 3 + 16; at++) {
		struct pair *p = connected();
		uint8_t record[WARD_RECORD_MAX];
		size_t taken, written;

		assert_true(ward_conn_send(p->client.conn, "abc", 3, &taken, record, sizeof(record),
					   &written, &ignored));
		assert_int_equal(written, 5 + 8 + 3 + 16);
		record[at] ^= 1;
		if (at != 3 && at != 4) { /* another length is another record */
			assert_false(end_feed(&p->server, record, written));
			assert_int_equal(p->server.plain_len, 50000);
		}
		pair_free(p);
	}
}

/* ---- around it ---- */

static void test_scsv(void **state)
{
	static const uint16_t suites[] = { 0xc02b, 0x5600 };
	struct ward_config *server = test_server_config();
	struct ward_config *client = only12(test_client_config());
	struct pair *p;

	(void)state;
	/* No config of ours says so: the list is put there. */
	memcpy(client->suites.items, suites, sizeof(suites));
	client->suites.count = 1;
	p = pair_new(client, server, NULL);
	/* The SCSV takes the place of the GREASE suite, which stands first. */
	{
		uint8_t hello[4096];
		size_t len = ward_conn_output(p->client.conn, hello, sizeof(hello));

		hello[5 + 4 + 2 + 32 + 1 + 2] = 0x56;
		hello[5 + 4 + 2 + 32 + 1 + 3] = 0x00;
		assert_false(end_feed(&p->server, hello, len));
	}
	assert_int_equal(p->server.err.reason, WARD_E_INAPPROPRIATE_FALLBACK);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

static char logged[400];

static void keep_line(void *arg, const char *line)
{
	(void)arg;
	snprintf(logged, sizeof(logged), "%s", line);
}

static void test_keylog(void **state)
{
	struct ward_config *client = only12(test_client_config()), *server = test_server_config();
	struct pair *p;

	(void)state;
	assert_true(ward_config_set_keylog(client, keep_line, NULL, &ignored));
	p = pair_new(client, server, NULL);
	talk(p);
	assert_int_equal(strlen(logged), 14 + 64 + 1 + 96);
	assert_memory_equal(logged, "CLIENT_RANDOM ", 14);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

static void test_key_elsewhere(void **state)
{
	const struct credential *c = credential_server(WARD_KEY_P256);
	struct ward_config *client = only12(test_client_config());
	struct ward_config *server = ward_config_new_server(&ignored);
	struct ward_key_request request;
	uint8_t sig[SIGNATURE_MAX];
	size_t len;
	struct pair *p;

	(void)state;
	assert_true(ward_config_add_identity_external(server, &c->chain, &ignored));
	p = pair_new(client, server, NULL);
	assert_true(pair_pump(p));
	assert_true(ward_conn_key_request(p->server.conn, &request));
	assert_true(privkey_sign(key_private(c->key), scheme_find(request.scheme)->alg,
				 span_make(request.message, request.message_len), sig, &len,
				 &ignored));
	assert_true(ward_conn_key_done(p->server.conn, sig, len, &ignored));
	talk(p);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* A client that may do without a certificate, and one whose keys the server does not take. */
static void test_optional(void **state)
{
	struct ward_config *client = only12(test_client_config()), *server = test_server_config();
	struct pair *p;

	(void)state;
	ask_for_certificate(server, WARD_VERIFY_OPTIONAL);
	p = pair_new(client, server, NULL);
	talk(p);
	assert_null(ward_conn_peer_cert(p->server.conn));
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

static void test_record_size_limit(void **state)
{
	struct ward_config *client = only12(test_client_config()), *server = test_server_config();
	struct pair *p;

	(void)state;
	assert_true(ward_config_set_record_size_limit(client, 512, &ignored));
	p = pair_new(client, server, NULL);
	talk(p); /* the client would refuse a longer record */
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, combinations, test_combination);
	TABLE_ADD(&t, versions_rows, test_versions);
	TABLE_ADD(&t, changes, test_change);
	table_add(&t, "every message behind the handshake is refused", test_after_handshake, NULL);
	table_add(&t, "keys are not updated", test_no_key_update, NULL);
	table_add(&t, "close_notify", test_close, NULL);
	table_add(&t, "a record that was changed anywhere", test_record_damaged, NULL);
	table_add(&t, "a fallback that need not be", test_scsv, NULL);
	table_add(&t, "the key log", test_keylog, NULL);
	table_add(&t, "a key that is kept elsewhere", test_key_elsewhere, NULL);
	table_add(&t, "a client without a certificate where it may", test_optional, NULL);
	table_add(&t, "record_size_limit", test_record_size_limit, NULL);
	failed = table_run(&t, "tls12");
	credentials_cleanup();
	return failed;
}
