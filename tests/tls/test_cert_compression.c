/*
 * Certificate compression (RFC 8879): what is sent and what is taken, in both directions; how often
 * it is compressed; and what is refused.
 *
 * The codec of these tests keeps what it compresses and gives back a token of four bytes for it.
 * Those of the command are tested in tests/serve/test_cert_codecs.c.
 */
#include <ward/compress.h>

#include "support/pair.h"
#include "support/puppet.h"
#include "support/refusal.h"
#include "support/staple.h"
#include "support/table.h"
#include "tls/conn.h"

#include <stdlib.h>

static struct ward_error ignored;

static void allow(bool ok)
{
	assert_true(ok);
}

/* ---- the codec ---- */

enum { TOKENS_MAX = 16, TOKEN_LEN = 4 };

static struct {
	uint8_t bytes[1 << 14];
	size_t len;
} kept[TOKENS_MAX];
static size_t kept_count;
static int compressions;

static size_t keep(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	(void)arg;
	compressions++;
	if (cap < TOKEN_LEN || len > sizeof(kept[0].bytes))
		return 0;
	if (kept_count == TOKENS_MAX)
		kept_count = 0;
	memcpy(kept[kept_count].bytes, in, len);
	kept[kept_count].len = len;
	memcpy(out, "tok", 3);
	out[3] = (uint8_t)kept_count++;
	return TOKEN_LEN;
}

static size_t give_back(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	(void)arg;
	if (len != TOKEN_LEN || memcmp(in, "tok", 3) != 0 || kept[in[3]].len > cap)
		return 0;
	memcpy(out, kept[in[3]].bytes, kept[in[3]].len);
	return kept[in[3]].len;
}

/* One that never makes anything smaller. */
static size_t give_up(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	(void)arg;
	(void)in;
	(void)len;
	(void)out;
	(void)cap;
	compressions++;
	return 0;
}

static const struct ward_cert_codec token_codec = { 0xff01, keep, give_back, NULL };
static const struct ward_cert_codec failing_codec = { 0xff02, give_up, give_back, NULL };
static const struct ward_cert_codec reader_codec = { 0xff01, NULL, give_back, NULL };
static const struct ward_cert_codec writer_codec = { 0xff01, keep, NULL, NULL };

/* ---- what is sent ---- */

struct sent {
	const char *name;
	const struct ward_cert_codec *client[2], *server[2];
	int version;
	bool by_server, by_client; /* compressed */
	bool stapled;
};

static const struct sent sents[] = {
	{ "both have it", { &token_codec }, { &token_codec }, WARD_TLS_1_3, true, true },
	{ "the client alone", { &token_codec }, { NULL }, WARD_TLS_1_3 },
	{ "the server alone", { NULL }, { &token_codec }, WARD_TLS_1_3 },
	{ "the client only reads", { &reader_codec }, { &token_codec }, WARD_TLS_1_3, true },
	{ "the client only writes",
	  { &writer_codec },
	  { &token_codec },
	  WARD_TLS_1_3,
	  false,
	  true },
	{ "it becomes no smaller", { &failing_codec }, { &failing_codec }, WARD_TLS_1_3 },
	{ "the first becomes no smaller, the second does",
	  { &token_codec, &failing_codec },
	  { &failing_codec, &token_codec },
	  WARD_TLS_1_3,
	  true,
	  true },
	{ "TLS 1.2 has none", { &token_codec }, { &token_codec }, WARD_TLS_1_2 },
	{ "with a staple", { &token_codec }, { &token_codec }, WARD_TLS_1_3, true, true, true },
};

static int compressed_seen[2]; /* coming in at the client, at the server */

static void see(void *arg, struct ward_conn *conn, const struct ward_event *e)
{
	(void)arg;
	if (e->kind == WARD_EVENT_MESSAGE && !e->outgoing && e->type == HT_COMPRESSED_CERTIFICATE)
		compressed_seen[ward_conn_is_server(conn)]++;
}

static void add_codecs(struct ward_config *config, const struct ward_cert_codec *const codecs[2])
{
	for (size_t i = 0; i < 2; i++)
		if (codecs[i] != NULL)
			allow(ward_config_add_cert_codec(config, codecs[i], &ignored));
	allow(ward_config_set_events(config, see, NULL, false, &ignored));
}

static struct ward_config *mutual_server(const struct sent *row)
{
	struct ward_config *server = test_server_config();
	size_t len;
	uint8_t *der = staple_make(STAPLE_GOOD, server->identities[0].chain.certs[0], &len);

	add_codecs(server, row->server);
	if (row->stapled)
		allow(ward_config_set_ocsp_response(server, der, len, TEST_NOW, &ignored));
	free(der);
	allow(ward_config_set_trust(server, test_trust(), &ignored));
	allow(ward_config_set_verify(server, WARD_VERIFY_REQUIRED, &ignored));
	return server;
}

static void check_info(const struct pair *p, const struct ward_config *server, bool expected)
{
	struct ward_cert_compression client, own;

	assert_int_equal(ward_conn_cert_compression(p->client.conn, &client), expected);
	assert_int_equal(ward_conn_cert_compression(p->server.conn, &own), expected);
	if (!expected)
		return;
	assert_int_equal(client.algorithm, 0xff01);
	assert_int_equal(client.compressed, HANDSHAKE_HEADER_LEN + COMPRESSED_HEAD_LEN + TOKEN_LEN);
	assert_true(client.uncompressed >= server->identities[0].messages[0].len);
	assert_int_equal(client.algorithm, own.algorithm);
	assert_int_equal(client.compressed, own.compressed);
	assert_int_equal(client.uncompressed, own.uncompressed);
}

static void test_sent(void **state)
{
	const struct sent *row = *state;
	const struct credential *c = credential_client(WARD_KEY_P256);
	struct ward_config *client = test_client_config(), *server = mutual_server(row);
	struct pair *p;
	size_t len;

	compressed_seen[0] = compressed_seen[1] = 0;
	add_codecs(client, row->client);
	allow(ward_config_add_identity(client, &c->chain, c->key, &ignored));
	allow(ward_config_set_versions(client, row->version, row->version, &ignored));
	p = pair_new(client, server, NULL);
	assert_true(pair_handshake(p));
	assert_true(pair_send(p, true, "hello", 5) && pair_send(p, false, "hello", 5));
	assert_int_equal(compressed_seen[0], row->by_server);
	assert_int_equal(compressed_seen[1], row->by_client);
	assert_int_equal(ward_conn_ocsp_response(p->client.conn, &len) != NULL, row->stapled);
	check_info(p, server, row->by_server);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* Once for a form of the message, however many connections there are; a failure counts as well. */
static void test_once(void **state)
{
	struct ward_config *server = test_server_config();

	(void)state;
	allow(ward_config_add_cert_codec(server, &failing_codec, &ignored));
	allow(ward_config_add_cert_codec(server, &token_codec, &ignored));
	compressions = 0;
	for (int i = 0; i < 5; i++) {
		struct ward_config *client = test_client_config();
		struct pair *p;

		allow(ward_config_add_cert_codec(client, &token_codec, &ignored));
		allow(ward_config_add_cert_codec(client, &failing_codec, &ignored));
		p = pair_new(client, server, NULL);
		assert_true(pair_handshake(p));
		pair_free(p);
		ward_config_free(client);
	}
	assert_int_equal(compressions, 2);
	ward_config_free(server);
}

/* ---- what is refused ---- */

static uint16_t algorithm;
static int length_off;
static const char *content; /* NULL: the token */

/* Puts a CompressedCertificate in the place of Certificate. */
static void pack(struct puppet *p, struct bytes *m)
{
	struct ward_error err = ERROR_NONE;
	struct compressed_certificate cc = { .algorithm = algorithm };
	uint8_t token[TOKEN_LEN];
	size_t body = m->len - HANDSHAKE_HEADER_LEN;
	struct writer w;

	(void)p;
	cc.message = span_make(token, keep(NULL, m->data + HANDSHAKE_HEADER_LEN, body, token, 99));
	if (content != NULL)
		cc.message = span_string(content);
	cc.uncompressed_length = (uint32_t)((int)body + length_off);
	w = writer_make(m->data, sizeof(m->data), &err);
	compressed_certificate_write(&w, &cc);
	assert_true(writer_ok(&w));
	m->len = w.len;
}

static void no_certificate(struct certificate *c)
{
	c->count = 0;
}

static void pack_cut(struct puppet *p, struct bytes *m)
{
	m->len--;
	pack(p, m);
}

static void pack_and_cut(struct puppet *p, struct bytes *m)
{
	pack(p, m);
	edit_cut(p, m);
}

static void pack_and_lengthen(struct puppet *p, struct bytes *m)
{
	pack(p, m);
	edit_lengthen(p, m);
}

struct packed {
	const char *name;
	enum ward_reason reason;
	int alert;
	uint16_t algorithm; /* 0: the one that was offered */
	int length_off;
	const char *content;
	void (*edit)(struct puppet *p, struct bytes *m); /* NULL: pack */
	void (*certificate)(struct certificate *c);
	bool not_offered;
};

static const struct packed packed[] = {
	{ "taken", WARD_E_NONE, -1 },
	{ "nothing was offered", WARD_E_MESSAGE_UNEXPECTED, 10, .not_offered = true },
	{ "another algorithm", WARD_E_COMPRESSION_NOT_OFFERED, 47, .algorithm = 2 },
	{ "it becomes less than it states", WARD_E_COMPRESSED_CERTIFICATE, 42, .length_off = 1 },
	{ "it becomes more than it states", WARD_E_COMPRESSED_CERTIFICATE, 42, .length_off = -1 },
	{ "it states more than is taken", WARD_E_COMPRESSED_CERTIFICATE, 42,
	  .length_off = MESSAGE_MAX_CERTIFICATE },
	{ "it states the most there is", WARD_E_COMPRESSED_CERTIFICATE, 42,
	  .length_off = 0xfff000 },
	{ "it cannot be decompressed", WARD_E_COMPRESSED_CERTIFICATE, 42, .content = "token" },
	{ "it is empty", WARD_E_BAD_LENGTH, 50, .content = "" },
	{ "cut", WARD_E_TRUNCATED, 50, .edit = pack_and_cut },
	{ "a byte too long", WARD_E_TRAILING_DATA, 50, .edit = pack_and_lengthen },
	{ "what was compressed is malformed", WARD_E_TRUNCATED, 50, .edit = pack_cut },
	{ "what was compressed is an empty Certificate", WARD_E_CERTIFICATE_EMPTY, 50,
	  .certificate = no_certificate },
};

static void test_packed(void **state)
{
	const struct packed *row = *state;
	const struct play play = { .at = HT_CERTIFICATE,
				   .edit_bytes = row->edit == NULL ? pack : row->edit,
				   .edit_certificate = row->certificate };
	struct ward_config *config = test_client_config();
	struct ward_conn *conn;
	struct puppet *p;

	algorithm = row->algorithm == 0 ? 0xff01 : row->algorithm;
	length_off = row->length_off;
	content = row->content;
	if (!row->not_offered)
		allow(ward_config_add_cert_codec(config, &token_codec, &ignored));
	conn = ward_conn_new(config, "server.example", TEST_NOW, &ignored);
	p = puppet_new(conn, &play);
	assert_int_equal(puppet_handshake(p), row->reason == WARD_E_NONE);
	if (row->reason != WARD_E_NONE) {
		assert_string_equal(ward_reason_name(ward_conn_error(conn)->reason),
				    ward_reason_name(row->reason));
		assert_int_equal(p->alert, row->alert);
	}
	puppet_free(p);
	ward_conn_free(conn);
	ward_config_free(config);
}

/* ---- setting it up ---- */

static void test_setup(void **state)
{
	struct ward_config *config = test_client_config();
	struct ward_cert_codec codec = token_codec;
	struct ward_error err[3] = { ERROR_NONE, ERROR_NONE, ERROR_NONE };

	(void)state;
	for (int i = 0; i < WARD_CERT_CODECS_MAX; i++) {
		codec.algorithm = (uint16_t)(0xff00 + i);
		allow(ward_config_add_cert_codec(config, &codec, &ignored));
		if (i == 0)
			assert_false(ward_config_add_cert_codec(config, &codec, &err[0]));
	}
	codec.algorithm = 1;
	assert_false(ward_config_add_cert_codec(config, &codec, &err[1]));
	config_freeze(config);
	assert_false(ward_config_add_cert_codec(config, &codec, &err[2]));
	assert_int_equal(err[0].reason, WARD_E_BAD_ARGUMENT);
	assert_int_equal(err[1].reason, WARD_E_BAD_ARGUMENT);
	assert_int_equal(err[2].reason, WARD_E_CONFIG_FROZEN);
	ward_config_free(config);
	assert_string_equal(ward_cert_compression_name(WARD_COMPRESS_BROTLI), "brotli");
	assert_null(ward_cert_compression_name(0xff01));
	assert_null(ward_cert_compression_name(-1));
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, sents, test_sent);
	TABLE_ADD(&t, packed, test_packed);
	table_add(&t, "a chain is compressed once", test_once, NULL);
	table_add(&t, "each algorithm once, and so many of them", test_setup, NULL);
	failed = table_run(&t, "certificate compression");
	credentials_cleanup();
	return failed;
}
