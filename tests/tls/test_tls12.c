/*
 * TLS 1.2: whole handshakes between two engines in memory, and what follows them. Reached by the table of arrows: src/tls/tls12/auth12.c, src/tls/tls12/client12.c,
 * src/tls/tls12/server12.c, with src/tls/tls12/msg12.c and src/tls/tls12/prf.c under them.
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

/* The group of the exchange, and behind it the curve of the certificate's key. */
static void set_groups(struct ward_config *client, const struct combination *row)
{
	const uint16_t groups[] = { row->group, row->key == WARD_KEY_P384 ? 0x0018 : 0x0017 };

	assert_true(
		ward_config_set_groups(client, groups, groups[0] == groups[1] ? 1 : 2, &ignored));
}

static void test_combination(void **state)
{
	const struct combination *row = *state;
	struct ward_config *client = only12(test_client_config());
	struct ward_config *server = server_with(row->key);
	struct pair *p;

	assert_true(ward_config_set_suites(client, &row->suite, 1, &ignored));
	set_groups(client, row);
	assert_true(ward_config_set_resumption(client, false, &ignored));
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

/* ---- the curve of a certificate (RFC 8422, 4) ---- */

static const struct curve_row {
	const char *name;
	int version;
	uint16_t group;
	enum ward_key_kind keys[2];
	const char *key; /* of the certificate that is shown; NULL: there is none to show */
} curve_rows[] = {
	{ "the first key is on a curve that is listed",
	  0x303,
	  0x0017,
	  { WARD_KEY_P256, WARD_KEY_P384 },
	  "P-256" },
	{ "the second is", 0x303, 0x0018, { WARD_KEY_P256, WARD_KEY_P384 }, "P-384" },
	{ "none is, and RSA is left", 0x303, 0x001d, { WARD_KEY_P256, WARD_KEY_RSA_2048 }, "RSA" },
	{ "none is, and Ed25519 is left",
	  0x303,
	  0x001d,
	  { WARD_KEY_P384, WARD_KEY_ED25519 },
	  "Ed25519" },
	{ "none is", 0x303, 0x001d, { WARD_KEY_P256, WARD_KEY_P384 }, NULL },
	{ "in TLS 1.3 the groups are for the exchange alone",
	  0x304,
	  0x001d,
	  { WARD_KEY_P256, WARD_KEY_P384 },
	  "P-256" },
};

static void test_curve(void **state)
{
	const struct curve_row *row = *state;
	struct ward_config *client = test_client_config(), *server = server_with(row->keys[0]);
	const struct credential *second = credential_server(row->keys[1]);
	struct pair *p;

	assert_true(ward_config_add_identity(server, &second->chain, second->key, &ignored));
	assert_true(ward_config_set_versions(client, row->version, row->version, &ignored));
	assert_true(ward_config_set_groups(client, &row->group, 1, &ignored));
	p = pair_new(client, server, NULL);
	assert_int_equal(pair_handshake(p), row->key != NULL);
	if (row->key != NULL)
		assert_string_equal(ward_cert_key_type(ward_conn_peer_cert(p->client.conn)),
				    row->key);
	else
		assert_int_equal(p->server.err.reason, WARD_E_NO_COMMON_SIGNATURE);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* supported_groups of the one group in a ClientHello on the wire, behind GREASE; NULL: none. */
static uint8_t *find_group(struct pipe_end *to)
{
	static const uint8_t head[] = { 0, 10, 0, 6, 0, 4 };

	for (size_t i = 0; i + 10 <= to->wire_len; i++)
		if (memcmp(to->wire + i, head, sizeof(head)) == 0)
			return to->wire + i + 8;
	return NULL;
}

/* A server that has another idea of what the client lists shows a key that it may not show. */
static void test_curve_that_is_not_listed(void **state)
{
	static const uint16_t p384 = 0x0018;
	struct ward_config *client = only12(test_client_config());
	struct ward_config *server = server_with(WARD_KEY_P256);
	struct pair *p;
	uint8_t *group;

	(void)state;
	assert_true(ward_config_set_groups(client, &p384, 1, &ignored));
	p = pair_new(client, server, NULL);
	(void)end_drain(&p->client, &p->server);
	group = find_group(&p->server);
	assert_non_null(group);
	group[1] = 0x17;
	assert_false(pair_pump(p));
	assert_int_equal(p->client.err.reason, WARD_E_GROUP_NOT_OFFERED);
	assert_int_equal(p->client.err.message, 11);
	assert_int_equal(p->server.err.received_alert, 47);
	pair_free(p);
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
	TABLE_ADD(&t, curve_rows, test_curve);
	table_add(&t, "a key on a curve that the client did not list",
		  test_curve_that_is_not_listed, NULL);
	TABLE_ADD(&t, versions_rows, test_versions);
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
