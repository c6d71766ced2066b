/*
 * A connection once it stands: data and its limits, new keys, padding, the two ways to an end, keys
 * kept elsewhere, what it holds in memory.
 */
#include "support/pair.h"
#include "support/puppet.h"
#include "support/table.h"

#include <stdio.h>
#include <string.h>

#include "tls/conn.h"

static struct ward_error ignored;

static void allow(bool ok)
{
	assert_true(ok);
}

struct setup {
	struct ward_config *client, *server;
	struct pair *pair;
};

static void setup_configs(struct setup *s)
{
	s->client = test_client_config();
	s->server = test_server_config();
	s->pair = NULL;
}

static void setup_connect(struct setup *s)
{
	s->pair = pair_new(s->client, s->server, NULL);
	assert_true(pair_handshake(s->pair));
}

static void setup_end(struct setup *s)
{
	pair_free(s->pair);
	ward_config_free(s->client);
	ward_config_free(s->server);
}

static uint8_t data[100000];

static void both_ways(struct setup *s)
{
	assert_true(pair_send(s->pair, true, data, sizeof(data)));
	assert_true(pair_send(s->pair, false, data, sizeof(data)));
}

/* Seals from this end without handing it over: the sizes of the records. */
static size_t seal(struct pipe_end *end, size_t len, uint8_t *out, size_t cap)
{
	size_t taken, written;

	allow(ward_conn_send(end->conn, data, len, &taken, out, cap, &written, &end->err));
	assert_int_equal(taken, len);
	return written;
}

static size_t record_len(const uint8_t *record)
{
	return (size_t)record[3] << 8 | record[4];
}

/* ---- data ---- */

static void test_before(void **state)
{
	struct setup s;
	size_t taken, written;
	uint8_t out[100];

	(void)state;
	setup_configs(&s);
	s.pair = pair_new(s.client, s.server, NULL);
	assert_false(ward_conn_send(s.pair->client.conn, "x", 1, &taken, out, sizeof(out), &written,
				    &ignored));
	assert_int_equal(ignored.reason, WARD_E_BAD_STATE);
	assert_int_equal(taken, 0);
	assert_false(ward_conn_update_keys(s.pair->client.conn, false, NULL));
	assert_false(ward_conn_key_done(s.pair->client.conn, "x", 1, NULL));
	/* None of that has harmed it. */
	assert_true(pair_handshake(s.pair));
	both_ways(&s);
	setup_end(&s);
	ignored = (struct ward_error){ 0 };
}

/* A buffer of any size: whole records that fit, and never a byte more. */
static void test_small_output(void **state)
{
	static uint8_t out[WARD_RECORD_MAX];
	struct setup s;

	(void)state;
	setup_configs(&s);
	setup_connect(&s);
	for (size_t cap = 0; cap <= sizeof(out); cap += cap < 100 ? 1 : 997) {
		size_t taken, written;

		allow(ward_conn_send(s.pair->client.conn, data, 200, &taken, out, cap, &written,
				     &ignored));
		assert_true(written <= cap);
		assert_int_equal(written, taken == 0 ? 0 : 200 + RECORD_OVERHEAD);
		assert_int_equal(taken, cap < 200 + RECORD_OVERHEAD ? 0 : 200);
		if (written > 0)
			allow(end_feed(&s.pair->server, out, written));
	}
	setup_end(&s);
}

static void test_empty_send(void **state)
{
	struct setup s;
	size_t taken, written;
	uint8_t out[100];

	(void)state;
	setup_configs(&s);
	setup_connect(&s);
	allow(ward_conn_send(s.pair->client.conn, NULL, 0, &taken, out, sizeof(out), &written,
			     &ignored));
	assert_int_equal(taken + written, 0);
	setup_end(&s);
}

/* ---- new keys (4.7.3) ---- */

struct update_row {
	const char *name;
	bool by_client, asks;
};

static const struct update_row update_rows[] = {
	{ "new keys: the client's alone", true, false },
	{ "new keys: the client's and the server's", true, true },
	{ "new keys: the server's alone", false, false },
	{ "new keys: the server's and the client's", false, true },
};

static void secret_of(const struct pipe_end *e, enum kept_secret which, uint8_t out[32])
{
	memcpy(out, conn_kept(e->conn, which), 32);
}

static void assert_reads_with(const struct pipe_end *e, const uint8_t secret[32])
{
	assert_memory_equal(secret, conn_kept(e->conn, KEPT_READ), 32);
}

static void test_update(void **state)
{
	const struct update_row *row = *state;
	struct setup s;
	struct pipe_end *one, *other;
	uint8_t before_one[32], before_other[32], after[32];

	setup_configs(&s);
	setup_connect(&s);
	one = row->by_client ? &s.pair->client : &s.pair->server;
	other = row->by_client ? &s.pair->server : &s.pair->client;
	for (int i = 0; i < 3; i++) {
		secret_of(one, KEPT_WRITE, before_one);
		secret_of(other, KEPT_WRITE, before_other);
		allow(ward_conn_update_keys(one->conn, row->asks, &ignored));
		both_ways(&s);
		secret_of(one, KEPT_WRITE, after);
		assert_memory_not_equal(after, before_one, 32);
		assert_reads_with(other, after);
		secret_of(other, KEPT_WRITE, after);
		assert_int_equal(memcmp(after, before_other, 32) != 0, row->asks);
		assert_reads_with(one, after);
	}
	setup_end(&s);
}

/* Both ask at the same time: each answers, and the keys stay in step. */
static void test_update_crossing(void **state)
{
	struct setup s;

	(void)state;
	setup_configs(&s);
	setup_connect(&s);
	allow(ward_conn_update_keys(s.pair->client.conn, true, &ignored));
	allow(ward_conn_update_keys(s.pair->server.conn, true, &ignored));
	assert_true(pair_pump(s.pair));
	both_ways(&s);
	setup_end(&s);
}

static void test_update_by_itself(void **state)
{
	struct setup s;
	uint8_t first[32];

	(void)state;
	setup_configs(&s);
	allow(ward_config_set_key_update_after(s.client, 5, &ignored));
	setup_connect(&s);
	secret_of(&s.pair->client, KEPT_WRITE, first);
	for (int i = 0; i < 50; i++) {
		assert_true(pair_send(s.pair, true, "x", 1));
		assert_true(s.pair->client.conn->write.seq <= 5);
	}
	assert_memory_not_equal(conn_kept(s.pair->client.conn, KEPT_WRITE), first, 32);
	/* What the peer sends wears out a key as well: it is asked for a new one. */
	for (int i = 0; i < 50; i++) {
		assert_true(pair_send(s.pair, false, "x", 1));
		assert_true(s.pair->client.conn->read.seq <= 7);
	}
	setup_end(&s);
}

/* ---- padding (5.4) and record_size_limit (RFC 8449) ---- */

static void test_padding(void **state)
{
	static uint8_t out[4 * WARD_RECORD_MAX];
	struct setup s;

	(void)state;
	setup_configs(&s);
	allow(ward_config_set_padding(s.client, 256, &ignored));
	setup_connect(&s);
	for (size_t len = 1; len <= 600; len += 17) {
		size_t written = seal(&s.pair->client, len, out, sizeof(out));
		size_t inner = record_len(out) - AEAD_TAG_LEN - 1;

		assert_int_equal(inner % 256, 0);
		assert_int_equal(inner / 256, (len + 255) / 256);
		allow(end_feed(&s.pair->server, out, written));
	}
	both_ways(&s);
	setup_end(&s);
}

struct limit_row {
	const char *name;
	size_t limit;
	size_t padding;
};

static const struct limit_row limit_rows[] = {
	{ "records of 64 bytes at most", 64, 0 },
	{ "records of 511 bytes at most", 511, 0 },
	{ "records of 1000 bytes at most, padded to 300", 1000, 300 },
	{ "records of 16384 bytes at most", 16384, 0 },
	{ "records of 16385 bytes at most", 16385, 0 },
};

/* The client's limit holds for all of the server's records under protection, its flight included. */
static void test_limit(void **state)
{
	const struct limit_row *row = *state;
	struct setup s;
	uint8_t *wire;
	size_t at = 0;

	setup_configs(&s);
	allow(ward_config_set_record_size_limit(s.client, row->limit, &ignored));
	allow(ward_config_set_padding(s.server, row->padding, &ignored));
	s.pair = pair_new(s.client, s.server, NULL);
	end_drain(&s.pair->client, &s.pair->server);
	allow(end_feed(&s.pair->server, NULL, 0));
	end_drain(&s.pair->server, &s.pair->client);
	wire = s.pair->client.wire;
	while (at < s.pair->client.wire_len) {
		if (wire[at] == CT_APPLICATION_DATA)
			assert_true(record_len(wire + at) - AEAD_TAG_LEN <= row->limit);
		at += RECORD_HEADER_LEN + record_len(wire + at);
	}
	assert_true(pair_handshake(s.pair));
	both_ways(&s);
	setup_end(&s);
}

static void send_65_bytes(struct puppet *p)
{
	uint8_t bytes[64] = { 0 };

	puppet_send_record(p, CT_APPLICATION_DATA, bytes, sizeof(bytes), 0);
}

static void accept_limit(struct encrypted_extensions *ee)
{
	ee->ext.record_size_limit = RECORD_PLAINTEXT_MAX + 1;
	ee->ext.seen |= ext_bit(EXT_RECORD_SIZE_LIMIT);
}

static void test_limit_ignored(void **state)
{
	static const struct play plays[] = {
		{ .edit_encrypted_extensions = accept_limit, .afterwards = send_65_bytes },
		{ .afterwards = send_65_bytes },
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct ward_config *config = test_client_config();
		struct ward_conn *conn;
		struct puppet *p;

		allow(ward_config_set_record_size_limit(config, 64, &ignored));
		conn = ward_conn_new(config, "server.example", TEST_NOW, &ignored);
		p = puppet_new(conn, &plays[i]);
		/* A server that has not agreed to the limit may not know of it. */
		assert_int_equal(puppet_handshake(p), i == 1);
		if (i == 0) {
			assert_int_equal(ward_conn_error(conn)->reason, WARD_E_RECORD_OVERFLOW);
			assert_int_equal(p->alert, 22);
		}
		puppet_free(p);
		ward_conn_free(conn);
		ward_config_free(config);
	}
}

/* A server may renew tickets as long as it has something to say: only tickets alone are a flood. */
static void tickets_and_data(struct puppet *p)
{
	static struct bytes ticket;

	for (int i = 0; i < 200; i++) {
		bytes_from_hex(&ticket, "04 00000f 00000e10 00000000 00 0002 abcd 0000");
		puppet_send_message(p, &ticket);
		puppet_send_record(p, CT_APPLICATION_DATA, "a", 1, 0);
	}
}

static void test_tickets_and_data(void **state)
{
	const struct play play = { .afterwards = tickets_and_data };
	struct ward_config *config = test_client_config();
	struct ward_error err = { 0 };
	struct ward_conn *conn = ward_conn_new(config, "server.example", TEST_NOW, &err);
	struct puppet *p = puppet_new(conn, &play);

	(void)state;
	assert_true(puppet_handshake(p));
	puppet_free(p);
	ward_conn_free(conn);
	ward_config_free(config);
}

/* ---- the end (6.1) ---- */

static void test_half_close(void **state)
{
	struct setup s;
	size_t taken, written;
	uint8_t out[100];

	(void)state;
	setup_configs(&s);
	setup_connect(&s);
	ward_conn_close(s.pair->client.conn);
	ward_conn_close(s.pair->client.conn);
	assert_true(pair_pump(s.pair));
	assert_true(ward_conn_received_close(s.pair->server.conn));
	assert_false(ward_conn_received_close(s.pair->client.conn));
	assert_false(ward_conn_send(s.pair->client.conn, "x", 1, &taken, out, sizeof(out), &written,
				    &ignored));
	assert_int_equal(ignored.reason, WARD_E_BAD_STATE);
	/* The other direction goes on, new keys included. */
	assert_true(pair_send(s.pair, false, data, sizeof(data)));
	allow(ward_conn_update_keys(s.pair->server.conn, true, &ignored));
	assert_true(pair_send(s.pair, false, data, sizeof(data)));
	allow(ward_conn_receive_eof(s.pair->server.conn, &ignored));
	ward_conn_close(s.pair->server.conn);
	assert_true(pair_pump(s.pair));
	allow(ward_conn_receive_eof(s.pair->client.conn, &ignored));
	assert_int_equal(ward_conn_wants(s.pair->client.conn), 0);
	setup_end(&s);
	ignored = (struct ward_error){ 0 };
}

/* 6.1: whatever comes behind close_notify is ignored. */
static void test_after_close(void **state)
{
	struct setup s;

	(void)state;
	setup_configs(&s);
	setup_connect(&s);
	ward_conn_close(s.pair->client.conn);
	assert_true(pair_pump(s.pair));
	assert_true(end_feed(&s.pair->server, (const uint8_t *)"garbage", 7));
	assert_int_equal(s.pair->server.plain_len, 0);
	setup_end(&s);
}

static void test_truncated(void **state)
{
	struct setup s;

	(void)state;
	setup_configs(&s);
	setup_connect(&s);
	assert_false(ward_conn_receive_eof(s.pair->client.conn, &ignored));
	assert_int_equal(ignored.reason, WARD_E_CLOSED_EARLY);
	assert_int_equal(ward_conn_error(s.pair->client.conn)->reason, WARD_E_CLOSED_EARLY);
	setup_end(&s);
	ignored = (struct ward_error){ 0 };
}

/* ---- a key kept elsewhere ---- */

static void answer_key(struct pipe_end *end, const struct credential *c, bool right)
{
	struct ward_key_request request;
	uint8_t sig[SIGNATURE_MAX];
	size_t len;

	assert_true(ward_conn_wants(end->conn) & WARD_WANT_KEY);
	assert_true(ward_conn_key_request(end->conn, &request));
	assert_ptr_equal(request.cert, c->chain.certs[0]);
	allow(privkey_sign(key_private(c->key), scheme_find(request.scheme)->alg,
			   span_make(request.message, request.message_len), sig, &len, &ignored));
	if (!right)
		sig[len - 1] ^= 1;
	allow(ward_conn_key_done(end->conn, sig, len, &end->err));
	assert_false(ward_conn_key_request(end->conn, &request));
}

static void setup_external(struct setup *s)
{
	s->client = test_client_config();
	s->server = ward_config_new_server(&ignored);
	allow(ward_config_add_identity_external(s->server, &credential_server(WARD_KEY_P256)->chain,
						&ignored));
	allow(ward_config_set_trust(s->server, test_trust(), &ignored));
	allow(ward_config_set_verify(s->server, WARD_VERIFY_REQUIRED, &ignored));
	allow(ward_config_add_identity_external(
		s->client, &credential_client(WARD_KEY_RSA_2048)->chain, &ignored));
	s->pair = pair_new(s->client, s->server, NULL);
	assert_true(pair_pump(s->pair));
	assert_false(ward_conn_is_connected(s->pair->server.conn));
}

static void test_external(void **state)
{
	struct setup s;

	(void)state;
	setup_external(&s);
	/* Bytes that come meanwhile wait where they are. */
	assert_int_equal(ward_conn_wants(s.pair->server.conn), WARD_WANT_KEY);
	answer_key(&s.pair->server, credential_server(WARD_KEY_P256), true);
	assert_true(pair_pump(s.pair));
	answer_key(&s.pair->client, credential_client(WARD_KEY_RSA_2048), true);
	assert_true(pair_handshake(s.pair));
	both_ways(&s);
	setup_end(&s);
}

static void test_external_refuses(void **state)
{
	struct setup s;

	(void)state;
	setup_external(&s);
	assert_false(ward_conn_key_done(s.pair->server.conn, NULL, 0, &ignored));
	assert_int_equal(ignored.reason, WARD_E_CRYPTO_FAILED);
	assert_false(pair_pump(s.pair));
	assert_int_equal(s.pair->client.err.received_alert, 80);
	setup_end(&s);
	ignored = (struct ward_error){ 0 };
}

static void test_external_wrong(void **state)
{
	struct setup s;

	(void)state;
	setup_external(&s);
	answer_key(&s.pair->server, credential_server(WARD_KEY_P256), false);
	assert_false(pair_pump(s.pair));
	assert_int_equal(s.pair->client.err.reason, WARD_E_CERTIFICATE_VERIFY_WRONG);
	assert_int_equal(s.pair->server.err.received_alert, 51);
	setup_end(&s);
}

/* ---- what a config and a connection hold ---- */

static void test_nobody_listens(void **state)
{
	struct ward_config *client = test_client_config();
	struct ward_conn *c = ward_conn_new(client, "server.example", TEST_NOW, NULL);

	(void)state;
	assert_non_null(c);
	ward_conn_free(c);
	assert_null(ward_conn_new(client, "", TEST_NOW, NULL));
	ward_config_free(client);
}

static void test_frozen(void **state)
{
	static const uint16_t suite = TLS_AES_128_GCM_SHA256;
	struct setup s;

	(void)state;
	setup_configs(&s);
	allow(ward_config_set_suites(s.client, &suite, 1, &ignored));
	setup_connect(&s);
	assert_false(ward_config_set_suites(s.client, &suite, 1, &ignored));
	assert_int_equal(ignored.reason, WARD_E_CONFIG_FROZEN);
	ignored = (struct ward_error){ 0 };
	setup_end(&s);
}

static void test_memory(void **state)
{
	struct setup s;

	(void)state;
	setup_configs(&s);
	setup_connect(&s);
	both_ways(&s);
	print_message("idle: client %zu bytes, server %zu bytes\n",
		      ward_conn_memory(s.pair->client.conn), ward_conn_memory(s.pair->server.conn));
	assert_null(s.pair->client.conn->hs);
	assert_null(s.pair->client.conn->out);
	assert_null(s.pair->client.conn->partial);
	assert_null(s.pair->server.conn->hs);
	assert_null(s.pair->server.conn->out);
	assert_null(s.pair->client.conn->rare);
	assert_true(sizeof(struct ward_conn) <= 168);
	setup_end(&s);
}

int main(void)
{
	static struct table t;
	int failed;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31 + (i >> 8));
	table_add(&t, "nothing is sent before the handshake is done", test_before, NULL);
	table_add(&t, "output of any size", test_small_output, NULL);
	table_add(&t, "nothing to send is nothing sent", test_empty_send, NULL);
	TABLE_ADD(&t, update_rows, test_update);
	table_add(&t, "new keys: both ask at once", test_update_crossing, NULL);
	table_add(&t, "new keys: by themselves", test_update_by_itself, NULL);
	table_add(&t, "padding", test_padding, NULL);
	TABLE_ADD(&t, limit_rows, test_limit);
	table_add(&t, "a peer that ignores the limit it agreed to", test_limit_ignored, NULL);
	table_add(&t, "tickets between data are no flood", test_tickets_and_data, NULL);
	table_add(&t, "half closed", test_half_close, NULL);
	table_add(&t, "bytes behind close_notify", test_after_close, NULL);
	table_add(&t, "an end without close_notify", test_truncated, NULL);
	table_add(&t, "keys kept elsewhere", test_external, NULL);
	table_add(&t, "a key elsewhere refuses", test_external_refuses, NULL);
	table_add(&t, "a key elsewhere signs wrongly", test_external_wrong, NULL);
	table_add(&t, "a config in use is frozen", test_frozen, NULL);
	table_add(&t, "errors that nobody wants to hear", test_nobody_listens, NULL);
	table_add(&t, "an idle connection holds its keys and little more", test_memory, NULL);
	failed = table_run(&t, "connection");
	credentials_cleanup();
	return failed;
}
