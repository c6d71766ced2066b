/*
 * Pre-shared keys from elsewhere, plain and imported (RFC 9258), between two engines.
 */
#include <ward/resume.h>

#include <string.h>

#include "support/pair.h"
#include "support/table.h"
#include "tls/conn.h"

static struct ward_error ignored;

static const uint8_t key[32] = { 7, 1, 2, 3, 4, 5, 6 };
static const uint8_t other_key[32] = { 8, 1, 2, 3, 4, 5, 6 };

struct side {
	const char *identity; /* NULL: it has no key */
	const char *context;  /* NULL: the key is not imported */
	const uint8_t *key;   /* NULL: the one of all */
	enum ward_psk_hash hash;
	bool requires;     /* a client that takes no certificate */
	bool certificates; /* a server that has one, a client that can judge it */
	bool shares_none;
	uint16_t suite;
	enum ward_verify_mode verify;
};

static struct ward_config *make(const struct side *s, bool is_server)
{
	struct ward_config *config =
		is_server ? ward_config_new_server(&ignored) : ward_config_new(&ignored);
	const uint8_t *k = s->key == NULL ? key : s->key;

	if (s->identity != NULL && s->context == NULL)
		assert_true(ward_config_add_psk(config, s->identity, strlen(s->identity), k, 32,
						s->hash, &ignored));
	if (s->identity != NULL && s->context != NULL)
		assert_true(ward_config_import_psk(config, s->identity, strlen(s->identity),
						   s->context, strlen(s->context), k, 32, s->hash,
						   &ignored));
	if (s->certificates || s->verify != WARD_VERIFY_NONE)
		assert_true(ward_config_set_trust(config, test_trust(), &ignored));
	if (s->certificates && is_server)
		assert_true(
			ward_config_add_identity(config, &credential_server(WARD_KEY_P256)->chain,
						 credential_server(WARD_KEY_P256)->key, &ignored));
	if (is_server)
		assert_true(ward_config_set_verify(config, s->verify, &ignored));
	if (s->requires)
		assert_true(ward_config_require_psk(config, &ignored));
	if (s->shares_none)
		assert_true(ward_config_set_key_shares(config, 0, &ignored));
	if (s->suite != 0)
		assert_true(ward_config_set_suites(config, &s->suite, 1, &ignored));
	return config;
}

struct row {
	const char *name;
	struct side client, server;
	bool used; /* the key is */
	enum ward_reason client_says, server_says;
};

static const struct row rows[] = {
	{ "a key alone", { .identity = "a" }, { .identity = "a" }, true },
	{ "a key of SHA-384",
	  { .identity = "a", .hash = WARD_PSK_SHA384 },
	  { .identity = "a", .hash = WARD_PSK_SHA384 },
	  true },
	{ "a key, and a retry",
	  { .identity = "a", .shares_none = true },
	  { .identity = "a" },
	  true },
	{ "an imported key",
	  { .identity = "a", .context = "c to s" },
	  { .identity = "a", .context = "c to s" },
	  true },
	{ "an imported key with SHA-384",
	  { .identity = "a", .context = "c to s", .suite = 0x1302 },
	  { .identity = "a", .context = "c to s" },
	  true },
	{ "an imported key with SHA-384, and a retry",
	  { .identity = "a", .context = "c to s", .suite = 0x1302, .shares_none = true },
	  { .identity = "a", .context = "c to s" },
	  true },
	{ "an imported key that is one of SHA-384",
	  { .identity = "a", .context = "c to s", .hash = WARD_PSK_SHA384 },
	  { .identity = "a", .context = "c to s", .hash = WARD_PSK_SHA384 },
	  true },
	{ "an imported key that is one of SHA-384, with SHA-384",
	  { .identity = "a", .context = "c to s", .hash = WARD_PSK_SHA384, .suite = 0x1302 },
	  { .identity = "a", .context = "c to s", .hash = WARD_PSK_SHA384 },
	  true },
	{ "an imported key that is one of another hash to each",
	  { .identity = "a", .context = "c to s", .hash = WARD_PSK_SHA384 },
	  { .identity = "a", .context = "c to s" },
	  false,
	  WARD_E_ALERT_RECEIVED,
	  WARD_E_PSK_BINDER_MISMATCH },
	{ "another identity, and certificates",
	  { .identity = "a", .certificates = true },
	  { .identity = "b", .certificates = true },
	  false },
	{ "another identity, and no certificates",
	  { .identity = "a" },
	  { .identity = "b" },
	  false,
	  WARD_E_ALERT_RECEIVED,
	  WARD_E_PSK_UNKNOWN },
	{ "no key in the client",
	  { .certificates = true },
	  { .identity = "a" },
	  false,
	  WARD_E_ALERT_RECEIVED,
	  WARD_E_PSK_UNKNOWN },
	{ "the same identity, and another key",
	  { .identity = "a", .key = other_key },
	  { .identity = "a" },
	  false,
	  WARD_E_ALERT_RECEIVED,
	  WARD_E_PSK_BINDER_MISMATCH },
	{ "one imports, the other does not",
	  { .identity = "a", .context = "" },
	  { .identity = "a" },
	  false,
	  WARD_E_ALERT_RECEIVED,
	  WARD_E_PSK_UNKNOWN },
	{ "another hash, and certificates",
	  { .identity = "a", .hash = WARD_PSK_SHA384, .certificates = true },
	  { .identity = "a", .hash = WARD_PSK_SHA384, .suite = 0x1301, .certificates = true },
	  false },
	{ "a server with a certificate, a client with a key alone",
	  { .identity = "a" },
	  { .certificates = true },
	  false,
	  WARD_E_NO_TRUST_STORE,
	  WARD_E_ALERT_RECEIVED },
	{ "a client that requires its key",
	  { .identity = "a", .certificates = true, .requires = true },
	  { .identity = "a", .certificates = true },
	  true },
	{ "a client that requires its key, and a server with a good certificate",
	  { .identity = "a", .certificates = true, .requires = true },
	  { .identity = "b", .certificates = true },
	  false,
	  WARD_E_EXT_MISSING,
	  WARD_E_ALERT_RECEIVED },
	{ "a server that requires certificates takes no key",
	  { .identity = "a", .certificates = true },
	  { .identity = "a", .certificates = true, .verify = WARD_VERIFY_REQUIRED },
	  false,
	  WARD_E_ALERT_RECEIVED,
	  WARD_E_CERTIFICATE_REQUIRED },
	/* A's hello, sent back to A: with the roles in the context its own server has no such key. */
	{ "a program that is made to talk to itself",
	  { .identity = "a and b", .context = "client a, server b" },
	  { .identity = "a and b", .context = "client b, server a" },
	  false,
	  WARD_E_ALERT_RECEIVED,
	  WARD_E_PSK_UNKNOWN },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct ward_config *client = make(&row->client, false), *server = make(&row->server, true);
	struct pair *p = pair_new(client, server, NULL);
	bool good = pair_handshake(p) && pair_send(p, true, "x", 1) && pair_send(p, false, "y", 1);
	const uint8_t *identity;
	size_t len;

	assert_int_equal(p->client.err.reason, row->client_says);
	assert_int_equal(p->server.err.reason, row->server_says);
	assert_int_equal(good, row->server_says == WARD_E_NONE);
	identity = ward_conn_psk_identity(p->server.conn, &len);
	assert_int_equal(identity != NULL, row->used);
	if (row->used) {
		assert_int_equal(len, strlen(row->client.identity));
		assert_memory_equal(identity, row->client.identity, len);
		assert_non_null(ward_conn_psk_identity(p->client.conn, &len));
		assert_null(ward_conn_peer_cert(p->client.conn));
		assert_false(ward_conn_resumed(p->client.conn));
	}
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- what a handshake with a key leads to ---- */

static const struct after_row {
	const char *name;
	struct side client, server; /* of the second connection; the first has a key alone */
	bool resumed, connected;
	enum ward_reason server_says;
} after_rows[] = {
	{ "the key is still there",
	  { .identity = "a", .context = "x" },
	  { .identity = "a", .context = "x" },
	  true,
	  true },
	{ "with a retry",
	  { .identity = "a", .context = "x", .shares_none = true },
	  { .identity = "a", .context = "x" },
	  true,
	  true },
	{ "the server has it no more",
	  { .identity = "a", .context = "x" },
	  { .identity = "b", .context = "x" },
	  false,
	  false,
	  WARD_E_PSK_UNKNOWN },
	{ "the server has another under its name",
	  { .identity = "a", .context = "x" },
	  { .identity = "a", .context = "x", .key = other_key },
	  false,
	  false,
	  WARD_E_PSK_BINDER_MISMATCH },
	{ "the server has it in another context",
	  { .identity = "a", .context = "x" },
	  { .identity = "a", .context = "y" },
	  false,
	  false,
	  WARD_E_PSK_UNKNOWN },
	{ "the server has it for suites of another hash",
	  { .identity = "a", .context = "x" },
	  { .identity = "a", .context = "x", .suite = 0x1302 },
	  false,
	  true },
	{ "the client has it no more",
	  { .certificates = true },
	  { .identity = "a", .context = "x" },
	  false,
	  false,
	  WARD_E_PSK_UNKNOWN },
	{ "the client requires it",
	  { .identity = "a", .context = "x", .requires = true },
	  { .identity = "a", .context = "x" },
	  true,
	  true },
	{ "the client has another under its name",
	  { .identity = "a", .context = "x", .key = other_key },
	  { .identity = "a", .context = "x" },
	  false,
	  false,
	  WARD_E_PSK_BINDER_MISMATCH },
};

static void keep_last(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	(void)conn;
	ward_ticket_free(*kept);
	*kept = ward_ticket_ref(ticket);
}

/* A connection with what has been kept of the one before, and keeps what it leads to. */
static struct pair *connect_with(const struct side *client, const struct side *server,
				 struct ward_ticket_keys *keys, struct ward_ticket **ticket)
{
	struct ward_config *configs[] = { make(client, false), make(server, true) };
	struct ward_ticket *offered = *ticket;
	const struct ward_conn_options options = { .ticket = offered };
	struct pair *p;

	*ticket = NULL;
	assert_true(ward_config_set_ticket_keys(configs[1], keys, &ignored));
	assert_true(ward_config_set_ticket_callback(configs[0], keep_last, ticket, &ignored));
	p = pair_new_at(configs[0], configs[1], NULL, TEST_NOW, &options);
	(void)pair_handshake(p);
	ward_ticket_free(offered);
	ward_config_free(configs[0]);
	ward_config_free(configs[1]);
	return p;
}

static void expect_key(struct pair *p, bool resumed)
{
	struct ward_conn *const ends[] = { p->client.conn, p->server.conn };

	for (size_t i = 0; i < 2; i++) {
		const uint8_t *identity;
		size_t len;

		assert_true(ward_conn_is_connected(ends[i]));
		assert_int_equal(ward_conn_resumed(ends[i]), resumed);
		assert_null(ward_conn_peer_cert(ends[i]));
		identity = ward_conn_psk_identity(ends[i], &len);
		assert_int_equal(len, 1);
		assert_memory_equal(identity, "a", 1);
	}
	assert_true(pair_send(p, true, "question", 8));
	assert_true(pair_send(p, false, "answer", 6));
	pair_free(p);
}

static void test_after(void **state)
{
	const struct side has_key = { .identity = "a", .context = "x" };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	const struct after_row *row = *state;
	struct ward_ticket *ticket = NULL;
	struct pair *p;

	expect_key(connect_with(&has_key, &has_key, keys, &ticket), false);
	assert_non_null(ticket);
	p = connect_with(&row->client, &row->server, keys, &ticket);
	assert_int_equal(p->server.err.reason, row->server_says);
	assert_int_equal(ward_conn_is_connected(p->server.conn), row->connected);
	if (!row->connected) {
		pair_free(p);
	} else {
		expect_key(p, row->resumed);
		expect_key(connect_with(&row->client, &row->server, keys, &ticket), true);
	}
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* Behind certificates that the server requires a ticket of a key counts as little as the key. */
static void test_after_certificates_are_required(void **state)
{
	const struct side has_key = { .identity = "a", .certificates = true };
	const struct side requires = { .identity = "a",
				       .certificates = true,
				       .verify = WARD_VERIFY_REQUIRED };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = NULL;
	struct pair *p;

	(void)state;
	expect_key(connect_with(&has_key, &has_key, keys, &ticket), false);
	p = connect_with(&has_key, &requires, keys, &ticket);
	assert_int_equal(p->server.err.reason, WARD_E_CERTIFICATE_REQUIRED);
	pair_free(p);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/*
 * Selfie: what a program sends as a client comes back to it, and its server shares the ring of keys
 * with the server that it meant. Its own server has not the key with this context, so that it takes
 * neither the key nor a ticket that descends from it.
 */
static void test_selfie(void **state)
{
	const struct side client = { .identity = "a", .context = "client a, server b" };
	const struct side itself = { .identity = "a", .context = "client b, server a" };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = NULL;
	struct pair *p;

	(void)state;
	expect_key(connect_with(&client, &client, keys, &ticket), false);
	p = connect_with(&client, &itself, keys, &ticket);
	assert_int_equal(p->server.err.reason, WARD_E_PSK_UNKNOWN);
	assert_false(ward_conn_is_connected(p->client.conn));
	pair_free(p);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* Of several that both have the server takes its first, whatever the client's order is. */
static void test_order(void **state)
{
	static const char *const orders[][2] = { { "a", "b" }, { "b", "a" } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct ward_config *configs[] = { ward_config_new(&ignored),
						  ward_config_new_server(&ignored) };
		const char *first = orders[i / 2][0];
		const uint8_t *identity;
		struct pair *p;
		size_t len;

		for (size_t k = 0; k < 4; k++)
			assert_true(ward_config_add_psk(configs[k / 2],
							orders[k < 2 ? i % 2 : i / 2][k % 2], 1,
							key, 32, WARD_PSK_SHA256, &ignored));
		p = pair_new(configs[0], configs[1], NULL);
		assert_true(pair_handshake(p));
		identity = ward_conn_psk_identity(p->client.conn, &len);
		assert_int_equal(len, 1);
		assert_memory_equal(identity, first, 1);
		pair_free(p);
		ward_config_free(configs[0]);
		ward_config_free(configs[1]);
	}
}

/* ---- a second ClientHello that has not the key of the first ---- */

static void offer_none(struct handshake *hs)
{
	hs->offer_count = 0;
}

static void offer_another(struct handshake *hs)
{
	hs->offers[0].identity = SPAN_LITERAL("b");
}

static const struct second_row {
	const char *name;
	void (*change)(struct handshake *hs);
	enum ward_reason reason;
	int alert;
} second_rows[] = {
	{ "after a retry no key is offered", offer_none, WARD_E_EXT_MISSING, 109 },
	{ "after a retry another key is", offer_another, WARD_E_HRR_HELLO_CHANGED, 47 },
};

static void test_second(void **state)
{
	const struct second_row *row = *state;
	const struct side has_key = { .identity = "a", .shares_none = true, .certificates = true };
	struct ward_config *client = make(&has_key, false), *server = make(&has_key, true);
	struct pair *p = pair_new(client, server, NULL);

	(void)end_drain(&p->client, &p->server);
	assert_true(end_feed(&p->server, NULL, 0));
	assert_int_equal(p->server.conn->state, SERVER_WAIT_CH2);
	row->change(p->client.conn->hs);
	assert_false(pair_pump(p));
	assert_int_equal(p->server.err.reason, row->reason);
	assert_int_equal(p->client.err.received_alert, row->alert);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* RFC 9258, 5: the identity on the wire is the structure that it says. */
static void test_imported_identity(void **state)
{
	struct ward_config *config = ward_config_new(&ignored);
	static const uint8_t wire[] = { 0, 2, 'm', 'e', 0, 1, '!', 3, 4, 0, 2 };

	(void)state;
	assert_true(ward_config_import_psk(config, "me", 2, "!", 1, key, 32, WARD_PSK_SHA256,
					   &ignored));
	assert_int_equal(config->psk_count, 2);
	assert_int_equal(config->psks[1].identity_len, sizeof(wire));
	assert_memory_equal(config->psks[1].identity, wire, sizeof(wire));
	assert_int_equal(config->psks[0].psk.key.len, 32);
	assert_int_equal(config->psks[1].psk.key.len, 48);
	ward_config_free(config);
}

static void test_refused(void **state)
{
	struct ward_config *config = ward_config_new(&ignored);
	static const char long_text[600];
	struct ward_error err = { 0 };

	(void)state;
	assert_false(ward_config_add_psk(config, "", 0, key, 32, WARD_PSK_SHA256, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_false(
		ward_config_add_psk(config, long_text, 513, key, 32, WARD_PSK_SHA256, &ignored));
	assert_false(ward_config_add_psk(config, "a", 1, key, 15, WARD_PSK_SHA256, &ignored));
	assert_false(ward_config_add_psk(config, "a", 1, long_text, 65, WARD_PSK_SHA256, &ignored));
	assert_false(ward_config_import_psk(config, "a", 1, long_text, 257, key, 32,
					    WARD_PSK_SHA256, &ignored));
	for (int i = 0; i < 32; i++)
		assert_true(ward_config_import_psk(config, "a", 1, long_text, (size_t)i, key, 32,
						   WARD_PSK_SHA256, &ignored));
	assert_false(ward_config_add_psk(config, "a", 1, key, 32, WARD_PSK_SHA256, &ignored));
	ward_config_free(config);
}

/* Who requires a key has no use for TLS 1.2, and none for a ticket that certificates stand behind. */
static void test_required(void **state)
{
	const struct side judges = { .certificates = true };
	const struct side requires = { .identity = "a", .certificates = true, .requires = true };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_config *client = ward_config_new(&ignored);
	struct ward_config *server = ward_config_new_server(&ignored);
	struct ward_ticket *ticket = NULL;
	struct ward_error err = { 0 };
	struct pair *p;

	(void)state;
	assert_false(ward_config_require_psk(server, &ignored));
	assert_true(ward_config_set_versions(client, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
	assert_false(ward_config_require_psk(client, &ignored));
	assert_true(ward_config_set_versions(client, WARD_TLS_1_2, WARD_TLS_1_3, &ignored));
	assert_true(ward_config_require_psk(client, &ignored));
	assert_false(ward_config_set_versions(client, WARD_TLS_1_2, WARD_TLS_1_3, &ignored));
	assert_true(ward_config_set_trust(client, test_trust(), &ignored));
	assert_null(ward_conn_new(client, "server.example", TEST_NOW, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	ward_config_free(client);
	ward_config_free(server);

	pair_free(connect_with(&judges, &judges, keys, &ticket));
	assert_non_null(ticket);
	p = connect_with(&requires, &judges, keys, &ticket);
	assert_false(ward_conn_is_connected(p->client.conn));
	assert_int_equal(p->client.err.reason, WARD_E_EXT_MISSING);
	pair_free(p);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_row);
	TABLE_ADD(&t, second_rows, test_second);
	TABLE_ADD(&t, after_rows, test_after);
	table_add(&t, "a ticket of a key, and certificates are required",
		  test_after_certificates_are_required, NULL);
	table_add(&t, "a ticket of a key in a program that is made to talk to itself", test_selfie,
		  NULL);
	table_add(&t, "a client that requires a key", test_required, NULL);
	table_add(&t, "the server's order counts", test_order, NULL);
	table_add(&t, "the identity of an imported key", test_imported_identity, NULL);
	table_add(&t, "keys that are not taken", test_refused, NULL);
	failed = table_run(&t, "external pre-shared keys");
	credentials_cleanup();
	return failed;
}
