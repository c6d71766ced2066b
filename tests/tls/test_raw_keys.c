/*
 * Raw public keys (RFC 7250) between two engines, in both versions and both directions: which type is
 * agreed on, who is taken by pin or rule, and what is refused.
 */
#include "raw_key_pair.h"
#include "tls/tls12/msg12.h"

#include <stdlib.h>

/* ---- whole handshakes ---- */

struct row {
	const char *name;
	struct setup setup;
	const char *seen; /* what the client, and what the server has seen: X, R or - for nothing */
	enum ward_reason reason;
	bool by_server; /* who refuses */
};

static const struct row rows[] = {
	{ "nobody speaks of types", { .mode = WARD_VERIFY_NONE }, "X-" },
	{ "a raw key is asked for, and there",
	  { .client = { .takes = "R", .pin = ITS_PIN }, .server = { .has = "R" } },
	  "R-" },
	{ "both are taken, and the server has a raw key alone",
	  { .client = { .takes = "XR", .pin = ITS_PIN }, .server = { .has = "R" } },
	  "R-" },
	{ "both are taken, and the server has a certificate alone",
	  { .client = { .takes = "RX", .pin = ITS_PIN }, .server = { .has = "X" } },
	  "X-" },
	{ "the server's order counts: a raw key first",
	  { .client = { .takes = "XR", .pin = ITS_PIN }, .server = { .has = "RX" } },
	  "R-" },
	{ "the server's order counts: a certificate first",
	  { .client = { .takes = "RX", .pin = ITS_PIN }, .server = { .has = "XR" } },
	  "X-" },
	{ "an order of its own for what the server shows",
	  { .client = { .takes = "RX", .pin = ITS_PIN }, .server = { .has = "XR", .shows = "RX" } },
	  "R-" },
	{ "a raw key that the server does not show to anybody",
	  { .client = { .takes = "RX", .pin = ITS_PIN }, .server = { .has = "RX", .shows = "X" } },
	  "X-" },
	{ "clients that know nothing of types see the certificate",
	  { .server = { .has = "RX" } },
	  "X-" },
	{ "the client takes raw keys alone, and the server has none",
	  { .client = { .takes = "R", .pin = ITS_PIN }, .server = { .has = "X" } },
	  "--",
	  WARD_E_NO_COMMON_CERTIFICATE_TYPE,
	  true },
	{ "the client takes certificates alone, and the server has none",
	  { .server = { .has = "R" } },
	  "--",
	  WARD_E_NO_COMMON_CERTIFICATE_TYPE,
	  true },
	{ "the raw key is not the one that is pinned",
	  { .client = { .takes = "R", .pin = ANOTHER_PIN }, .server = { .has = "R" } },
	  "--",
	  WARD_E_PIN_MISMATCH },
	{ "a certificate is pinned as ever where raw keys are taken too",
	  { .client = { .takes = "RX", .pin = ANOTHER_PIN }, .server = { .has = "X" } },
	  "--",
	  WARD_E_PIN_MISMATCH },
	{ "a client's raw key, by its pin",
	  { MUTUAL, .client = { .has = "R" }, .server = { .takes = "R", .pin = ITS_PIN } },
	  "XR" },
	{ "a client's raw key, by a rule",
	  { MUTUAL, .client = { .has = "R" }, .server = { .takes = "R", .rule = ITS_PIN } },
	  "XR" },
	{ "a client's raw key, by a pin and a rule",
	  { MUTUAL, .client = { .has = "R" },
	    .server = { .takes = "R", .pin = ITS_PIN, .rule = ITS_PIN } },
	  "XR" },
	{ "a client's raw key where it is optional",
	  { .mode = WARD_VERIFY_OPTIONAL,
	    .client = { .has = "R" },
	    .server = { .takes = "R", .pin = ITS_PIN } },
	  "XR" },
	{ "raw keys in both directions",
	  { MUTUAL, .client = { .has = "R", .takes = "R", .pin = ITS_PIN },
	    .server = { .has = "R", .takes = "R", .pin = ITS_PIN } },
	  "RR" },
	{ "a raw key for a certificate",
	  { MUTUAL, .client = { .has = "X", .takes = "R", .pin = ITS_PIN },
	    .server = { .has = "R" } },
	  "RX" },
	{ "the server's order counts for clients: a raw key",
	  { MUTUAL, .client = { .has = "XR" }, .server = { .takes = "RX", .rule = ITS_PIN } },
	  "XR" },
	{ "the server's order counts for clients: a certificate",
	  { MUTUAL, .client = { .has = "RX" }, .server = { .takes = "XR", .rule = ITS_PIN } },
	  "XX" },
	{ "a client that has certificates alone",
	  { MUTUAL, .client = { .has = "X" }, .server = { .takes = "RX", .rule = ITS_PIN } },
	  "XX" },
	{ "a client without a key where it is optional",
	  { .mode = WARD_VERIFY_OPTIONAL, .server = { .takes = "RX", .rule = ITS_PIN } },
	  "X-" },
	{ "a client with a raw key is not asked for one", { .client = { .has = "R" } }, "X-" },
	{ "a client with a raw key where certificates are asked for and optional",
	  { .mode = WARD_VERIFY_OPTIONAL, .client = { .has = "RX", .shows = "R" } },
	  "--",
	  WARD_E_NO_COMMON_CERTIFICATE_TYPE,
	  true },
	{ "a server that takes raw keys alone, and a client that has none",
	  { MUTUAL, .client = { .has = "X" }, .server = { .takes = "R", .rule = ITS_PIN } },
	  "--",
	  WARD_E_NO_COMMON_CERTIFICATE_TYPE,
	  true },
	{ "a client's raw key is another than the pin's",
	  { MUTUAL, .client = { .has = "R" }, .server = { .takes = "R", .pin = ANOTHER_PIN } },
	  "--",
	  WARD_E_PIN_MISMATCH,
	  true },
	{ "a client's raw key is another than the rule's",
	  { MUTUAL, .client = { .has = "R" }, .server = { .takes = "R", .rule = ANOTHER_PIN } },
	  "--",
	  WARD_E_CLIENT_NOT_ALLOWED,
	  true },
	{ "a client's raw key is pinned, and no rule lets it in",
	  { MUTUAL, .client = { .has = "R" },
	    .server = { .takes = "R", .pin = ITS_PIN, .rule = ANOTHER_PIN } },
	  "--",
	  WARD_E_CLIENT_NOT_ALLOWED,
	  true },
};

static void try_row(const struct row *row, int version)
{
	struct configs c = make(&row->setup, version);
	struct pair *p = pair_of(&c);

	if (row->reason == WARD_E_NONE)
		expect_seen(p, row->seen);
	else
		expect_refused(p, row->reason, row->by_server);
	pair_free(p);
	configs_free(&c);
}

static void test_row(void **state)
{
	for (size_t i = 0; i < 2; i++)
		try_row(*state, versions[i]);
}

/* ---- configs that make no connection ---- */

struct config_row {
	const char *name;
	bool server;
	struct setup setup;
	bool good;
};

static const struct config_row config_rows[] = {
	{ "a client that takes raw keys and has no pin", false, { .client = { .takes = "R" } } },
	{ "a client that takes both and has no pin", false, { .client = { .takes = "XR" } } },
	{ "a client with a pin",
	  false,
	  { .client = { .takes = "R", .pin = ITS_PIN } },
	  .good = true },
	{ "a server that takes raw keys and has neither pin nor rule",
	  true,
	  { MUTUAL, .server = { .takes = "R" } } },
	{ "the same where they are optional",
	  true,
	  { .mode = WARD_VERIFY_OPTIONAL, .server = { .takes = "RX" } } },
	{ "a server that takes raw keys and asks nobody",
	  true,
	  { .server = { .takes = "R", .pin = ITS_PIN } } },
	{ "a server with a rule",
	  true,
	  { MUTUAL, .server = { .takes = "R", .rule = ITS_PIN } },
	  .good = true },
};

static void test_config(void **state)
{
	const struct config_row *row = *state;
	struct ward_config *config = row->server ? make_server(&row->setup, WARD_TLS_1_3)
						 : make_client(&row->setup, WARD_TLS_1_3);
	struct ward_error err = { 0 };
	struct ward_conn *conn =
		ward_conn_new(config, row->server ? NULL : "server.example", TEST_NOW, &err);

	assert_int_equal(conn != NULL, row->good);
	assert_int_equal(err.reason, row->good ? WARD_E_NONE : WARD_E_BAD_ARGUMENT);
	ward_conn_free(conn);
	ward_config_free(config);
}

/* A rule that raw keys cannot fit says nothing of them. */
static void test_rule_for_names(void **state)
{
	struct setup setup = { MUTUAL, .server = { .takes = "R" } };
	struct ward_config *config = make_server(&setup, WARD_TLS_1_3);
	struct ward_error err = { 0 };

	(void)state;
	allow(ward_config_allow_client(config, "dns:client.example", &ignored));
	assert_null(ward_conn_new(config, NULL, TEST_NOW, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	ward_config_free(config);
}

/* Nor does such a config take the place of a good one. */
static void test_replace(void **state)
{
	struct setup setup = { .client = { .takes = "R" } };
	struct ward_config *before = test_client_config();
	struct ward_config *fresh = make_client(&setup, WARD_TLS_1_3);
	struct ward_error err = { 0 };

	(void)state;
	assert_false(ward_config_replace(before, fresh, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	ward_config_free(before);
	ward_config_free(fresh);
}

/* Without X.509 there is nothing to verify by roots and names, and with it there is. */
static void test_no_roots(void **state)
{
	static const enum ward_certificate_type both[] = { WARD_CERTIFICATE_RAW_KEY,
							   WARD_CERTIFICATE_X509 };
	struct ward_pin pin = pin_for(true, ITS_PIN);
	struct ward_error err = { 0 };
	struct ward_conn *conn;

	(void)state;
	for (size_t count = 1; count <= 2; count++) {
		struct ward_config *config = ward_config_new(&ignored);

		allow(ward_config_add_pin(config, &pin, &ignored));
		allow(ward_config_set_peer_certificate_types(config, both, count, &ignored));
		conn = ward_conn_new(config, NULL, TEST_NOW, &err);
		assert_int_equal(conn != NULL, count == 1);
		ward_conn_free(conn);
		ward_config_free(config);
	}
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
}

static void test_arguments(void **state)
{
	enum ward_certificate_type types[] = { (enum ward_certificate_type)1 };
	struct ward_config *config = ward_config_new(&ignored);
	static const uint8_t garbage[] = { 0x30, 0x03, 0x02, 0x01, 0x01 };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct ward_error err = { 0 };
		bool ok = true;

		if (i == 0)
			ok = ward_config_set_certificate_types(config, types, 1, &err);
		else if (i == 1)
			ok = ward_config_set_peer_certificate_types(config, types, 1, &err);
		else if (i == 2)
			ok = ward_config_set_peer_certificate_types(config, types, 0, &err);
		else
			ok = ward_config_add_raw_key(config, NULL, &err);
		assert_false(ok);
		assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	}
	ignored = (struct ward_error){ 0 };
	assert_false(ward_config_add_raw_key_external(config, garbage, sizeof(garbage), &ignored));
	assert_int_equal(ignored.reason, WARD_E_RAW_KEY_MALFORMED);
	ward_config_free(config);
}

/* ---- with "insecure" ---- */

static void test_no_verify(void **state)
{
	struct setup setup = { .client = { .takes = "R" }, .server = { .has = "R" } };
	struct configs c = make(&setup, WARD_TLS_1_3);
	struct pair *p;

	(void)state;
	allow(ward_config_insecure_no_verify(c.client, &ignored));
	p = pair_of(&c);
	assert_true(pair_handshake(p));
	assert_int_equal(seen_by(p->client.conn), 'R');
	assert_int_equal(ward_conn_verify_error(p->client.conn)->reason, WARD_E_PIN_MISMATCH);
	pair_free(p);
	configs_free(&c);
}

/* A raw key has no name, and is for any. */
static void test_strict_names(void **state)
{
	struct setup setup = { .client = { .takes = "R", .pin = ITS_PIN },
			       .server = { .has = "R" } };
	struct configs c = make(&setup, WARD_TLS_1_3);
	struct pair *p;

	(void)state;
	allow(ward_config_set_strict_names(c.server, true, &ignored));
	p = pair_new(c.client, c.server, "other.example");
	expect_seen(p, "R-");
	pair_free(p);
	configs_free(&c);
}

/* ---- a key that is kept elsewhere ---- */

static void sign_elsewhere(struct ward_conn *conn, struct ward_key *key)
{
	struct ward_key_request wanted;
	uint8_t sig[WARD_SIGNATURE_MAX];
	uint8_t *spki;
	size_t len;

	assert_true(ward_conn_key_request(conn, &wanted));
	assert_null(wanted.cert);
	allow(ward_key_der(key, WARD_KEY_FORM_PUBLIC, NULL, 0, &spki, &len, &ignored));
	assert_int_equal(wanted.raw_key_len, len);
	assert_memory_equal(wanted.raw_key, spki, len);
	free(spki);
	allow(ward_key_sign(key, wanted.scheme, wanted.message, wanted.message_len, sig, &len,
			    &ignored));
	allow(ward_conn_key_done(conn, sig, len, &ignored));
}

static void try_external(int version)
{
	struct setup setup = { .client = { .takes = "R", .pin = ITS_PIN },
			       .server = { .has = "" } };
	struct configs c = make(&setup, version);
	struct ward_key *key = key_of(true);
	struct pair *p;
	uint8_t *spki;
	size_t len;

	allow(ward_key_der(key, WARD_KEY_FORM_PUBLIC, NULL, 0, &spki, &len, &ignored));
	allow(ward_config_add_raw_key_external(c.server, spki, len, &ignored));
	free(spki);
	p = pair_of(&c);
	assert_true(pair_pump(p));
	assert_int_equal(ward_conn_wants(p->server.conn) & WARD_WANT_KEY, WARD_WANT_KEY);
	sign_elsewhere(p->server.conn, key);
	expect_seen(p, "R-");
	pair_free(p);
	configs_free(&c);
}

static void test_external(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		try_external(versions[i]);
}

/* ---- after the handshake ---- */

static void test_asked_later(void **state)
{
	struct setup setup = { MUTUAL, .client = { .has = "R" },
			       .server = { .takes = "R", .rule = ITS_PIN } };
	struct configs c = make(&setup, WARD_TLS_1_3);
	struct pair *p;

	(void)state;
	allow(ward_config_set_post_handshake_auth(c.client, true, &ignored));
	allow(ward_config_set_post_handshake_auth(c.server, true, &ignored));
	p = pair_of(&c);
	expect_seen(p, "X-");
	allow(ward_conn_request_certificate(p->server.conn, &ignored));
	assert_true(pair_pump(p));
	assert_int_equal(seen_by(p->server.conn), 'R');
	pair_free(p);
	configs_free(&c);
}

/* A client that has nothing to show that is taken is served as long as it need not show it. */
static void test_cannot_be_asked_later(void **state)
{
	struct setup setup = { MUTUAL, .client = { .has = "X" },
			       .server = { .takes = "R", .rule = ITS_PIN } };
	struct configs c = make(&setup, WARD_TLS_1_3);
	struct ward_error err = { 0 };
	struct pair *p;

	(void)state;
	allow(ward_config_set_post_handshake_auth(c.client, true, &ignored));
	allow(ward_config_set_post_handshake_auth(c.server, true, &ignored));
	p = pair_of(&c);
	expect_seen(p, "X-");
	assert_false(ward_conn_request_certificate(p->server.conn, &err));
	assert_int_equal(err.reason, WARD_E_BAD_STATE);
	assert_true(pair_send(p, true, "still there", 11));
	pair_free(p);
	configs_free(&c);
}

/* What a channel is bound to in RFC 5929 is the server's certificate. */
static void test_end_point(void **state)
{
	struct setup setup = { MUTUAL, RAW_CLIENT, RAW_SERVER };
	struct configs c = make(&setup, WARD_TLS_1_3);
	struct pair *p = pair_of(&c);
	uint8_t out[64];
	size_t len;

	(void)state;
	expect_seen(p, "RR");
	assert_false(ward_conn_channel_binding(p->client.conn, "tls-server-end-point", out, &len,
					       &ignored));
	assert_false(ward_conn_channel_binding(p->server.conn, "tls-server-end-point", out, &len,
					       &ignored));
	assert_true(ward_conn_channel_binding(p->client.conn, "tls-exporter", out, &len, &ignored));
	pair_free(p);
	configs_free(&c);
}

/* ---- the message of TLS 1.2 ---- */

struct message_row {
	const char *name, *body;
	enum ward_reason reason;
	const char *key; /* "": none */
};

static const struct message_row message_rows[] = {
	{ "a key", "000003 010203", WARD_E_NONE, "010203" },
	{ "none", "000000", WARD_E_NONE, "" },
	{ "a key that is cut short", "000003 0102", WARD_E_TRUNCATED },
	{ "a byte behind it", "000002 010203", WARD_E_TRAILING_DATA },
	{ "nothing at all", "", WARD_E_TRUNCATED },
};

static void test_message(void **state)
{
	const struct message_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct certificate c;

	assert_int_equal(raw_key12_parse(table_hex(row->body), &c, &err),
			 row->reason == WARD_E_NONE);
	assert_int_equal(err.reason, row->reason);
	if (row->reason != WARD_E_NONE)
		return;
	assert_int_equal(c.count, row->key[0] != '\0');
	assert_span_equal(c.certs[0], table_hex(row->key));
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_row);
	TABLE_ADD(&t, config_rows, test_config);
	table_add(&t, "a rule on names does not stand for one on keys", test_rule_for_names, NULL);
	table_add(&t, "a config without pins does not replace another", test_replace, NULL);
	table_add(&t, "who takes raw keys alone needs no roots and no name", test_no_roots, NULL);
	table_add(&t, "arguments that are not allowed", test_arguments, NULL);
	table_add(&t, "a client that does not verify", test_no_verify, NULL);
	table_add(&t, "a server that is strict about names", test_strict_names, NULL);
	table_add(&t, "a raw key that is kept elsewhere", test_external, NULL);
	table_add(&t, "a raw key that is asked for after the handshake", test_asked_later, NULL);
	table_add(&t, "one that cannot be asked for then", test_cannot_be_asked_later, NULL);
	TABLE_ADD(&t, message_rows, test_message);
	table_add(&t, "there is no tls-server-end-point", test_end_point, NULL);
	failed = table_run(&t, "raw public keys");
	credentials_cleanup();
	return failed;
}
