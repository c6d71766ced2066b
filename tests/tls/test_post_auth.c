/*
 * A certificate that is asked for after the handshake (RFC 9846, 4.7.2): between two engines.
 */
#include <ward/mutual.h>

#include "support/configs.h"
#include "support/table.h"
#include "tls/conn.h"

#include <string.h>

/* ---- between two engines ---- */

static struct pair *connected(const struct configs *c, const struct ward_conn_options *options)
{
	struct pair *p = pair_new_at(c->client, c->server, NULL, TEST_NOW, options);

	if (!pair_handshake(p))
		fail_msg("client: %d, server: %d", p->client.err.reason, p->server.err.reason);
	return p;
}

static void data_both_ways(struct pair *p)
{
	static uint8_t data[40000];

	assert_true(pair_send(p, true, data, sizeof(data)));
	assert_true(pair_send(p, false, data, sizeof(data)));
}

static void ask(struct pair *p)
{
	assert_null(ward_conn_peer_cert(p->server.conn));
	assert_false(ward_conn_certificate_pending(p->server.conn));
	allow(ward_conn_request_certificate(p->server.conn, &ignored));
	assert_true(ward_conn_certificate_pending(p->server.conn));
	assert_true(ward_conn_is_connected(p->server.conn));
}

static void expect_shown(struct pair *p, const char *expected)
{
	struct ward_cert *cert = ward_conn_peer_cert(p->server.conn);
	char name[64] = "";

	assert_false(ward_conn_certificate_pending(p->server.conn));
	if (cert != NULL)
		ward_cert_common_name(cert, name, sizeof(name));
	assert_string_equal(name, expected);
	assert_true(ward_conn_is_connected(p->client.conn));
	assert_true(ward_conn_is_connected(p->server.conn));
}

static const struct manner {
	const char *name;
	enum ward_key_kind kind;
	size_t chunk;
	bool client_updates, server_updates, reversed;
} manners[] = {
	{ "P-256", WARD_KEY_P256, 0, false, false, false },
	{ "P-384", WARD_KEY_P384, 0, false, false, false },
	{ "Ed25519", WARD_KEY_ED25519, 0, false, false, false },
	{ "RSA", WARD_KEY_RSA_2048, 0, false, false, false },
	{ "byte by byte", WARD_KEY_P256, 1, false, false, false },
	{ "behind a KeyUpdate of the client's", WARD_KEY_P256, 0, true, false, false },
	{ "behind a KeyUpdate of the server's", WARD_KEY_P256, 0, false, true, false },
	{ "behind KeyUpdates of both, in pieces", WARD_KEY_P256, 7, true, true, false },
};

static void test_manner(void **state)
{
	const struct manner *m = *state;
	struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
	struct pair *p;

	config_add(c.client, credential_client(m->kind));
	p = connected(&c, NULL);
	p->client.chunk = p->server.chunk = m->chunk;
	data_both_ways(p);
	if (m->client_updates)
		allow(ward_conn_update_keys(p->client.conn, m->server_updates, &ignored));
	else if (m->server_updates)
		allow(ward_conn_update_keys(p->server.conn, false, &ignored));
	assert_true(pair_pump(p));
	ask(p);
	assert_true(pair_pump(p));
	expect_shown(p, "client.example");
	data_both_ways(p);
	allow(ward_conn_update_keys(p->client.conn, true, &ignored));
	data_both_ways(p);
	pair_free(p);
	configs_free(&c);
}

/* Data goes on while the answer is under way, in both directions. */
static void test_data_meanwhile(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
	struct pair *p;
	uint8_t sealed[1 << 16];
	size_t taken, written;

	(void)state;
	config_add(c.client, credential_client(WARD_KEY_P256));
	p = connected(&c, NULL);
	ask(p);
	/* The client has sent this before it hears of the request. */
	allow(ward_conn_send(p->client.conn, "early", 5, &taken, sealed, sizeof(sealed), &written,
			     &p->client.err));
	assert_true(end_feed(&p->server, sealed, written));
	assert_true(ward_conn_certificate_pending(p->server.conn));
	assert_int_equal(p->server.plain_len, 5);
	assert_true(pair_send(p, false, "from the server", 15));
	expect_shown(p, "client.example");
	data_both_ways(p);
	pair_free(p);
	configs_free(&c);
}

static void test_none_optional(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_OPTIONAL);
	struct pair *p = connected(&c, NULL);

	(void)state;
	ask(p);
	assert_true(pair_pump(p));
	expect_shown(p, "");
	data_both_ways(p);
	/* It may be asked again. */
	ask(p);
	assert_true(pair_pump(p));
	expect_shown(p, "");
	pair_free(p);
	configs_free(&c);
}

static void expect_refused(struct pair *p, enum ward_reason reason)
{
	ask(p);
	assert_false(pair_pump(p));
	assert_int_equal(ward_conn_error(p->server.conn)->reason, reason);
	assert_int_equal(p->client.err.received_alert, ward_reason_alert(reason));
	assert_false(ward_conn_is_connected(p->server.conn));
}

static void test_none_required(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
	struct pair *p = connected(&c, NULL);

	(void)state;
	expect_refused(p, WARD_E_CERTIFICATE_REQUIRED);
	pair_free(p);
	configs_free(&c);
}

static void test_rules(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
	struct pair *p;

	(void)state;
	config_add(c.client, credential_client(WARD_KEY_P256));
	allow(ward_config_allow_client(c.server, "dns:other.example", &ignored));
	p = connected(&c, NULL);
	expect_refused(p, WARD_E_CLIENT_NOT_ALLOWED);
	pair_free(p);
	configs_free(&c);
}

static void test_untrusted(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
	struct ward_trust *nobody = ward_trust_new();
	struct pair *p;

	(void)state;
	config_add(c.client, credential_client(WARD_KEY_P256));
	allow(ward_config_set_trust(c.server, nobody, &ignored));
	ward_trust_free(nobody);
	p = connected(&c, NULL);
	expect_refused(p, WARD_E_CERT_UNKNOWN_ISSUER);
	pair_free(p);
	configs_free(&c);
}

/* ---- a server that keeps whom it refuses ---- */

static const struct kept_row {
	const char *name;
	const char *rule; /* that does not fit; NULL: the CA is not known */
	enum ward_reason reason;
	size_t chunk;
} kept_rows[] = {
	{ "kept: a client that no rule fits", "dns:other.example", WARD_E_CLIENT_NOT_ALLOWED, 0 },
	{ "kept: a certificate by an unknown CA", NULL, WARD_E_CERT_UNKNOWN_ISSUER, 0 },
	{ "kept: the same, byte by byte", NULL, WARD_E_CERT_UNKNOWN_ISSUER, 1 },
};

static struct configs configs_that_keep(enum ward_verify_mode mode, const char *rule)
{
	struct configs c = configs_post_auth(mode);
	struct ward_trust *none = ward_trust_new();

	allow(ward_config_set_keep_refused(c.server, true, &ignored));
	if (rule != NULL)
		allow(ward_config_allow_client(c.server, rule, &ignored));
	else
		allow(ward_config_set_trust(c.server, none, &ignored));
	ward_trust_free(none);
	return c;
}

static void test_kept(void **state)
{
	const struct kept_row *row = *state;
	struct configs c = configs_that_keep(WARD_VERIFY_REQUIRED, row->rule);
	struct ward_ticket *before, *ticket = NULL;
	struct pair *p;

	config_add(c.client, credential_client(WARD_KEY_P256));
	allow(ward_config_set_ticket_callback(c.client, keep_ticket, &ticket, &ignored));
	p = connected(&c, NULL);
	p->client.chunk = p->server.chunk = row->chunk;
	before = ticket;
	assert_null(ward_conn_verify_error(p->server.conn));
	for (int i = 0; i < 2; i++) { /* it may be asked again, and is judged again */
		ask(p);
		assert_null(ward_conn_verify_error(p->server.conn));
		assert_true(pair_pump(p));
		expect_shown(p, "");
		assert_int_equal(ward_conn_verify_error(p->server.conn)->reason, row->reason);
		assert_ptr_equal(ticket, before); /* none says who it is */
		data_both_ways(p);
	}
	pair_free(p);
	ward_ticket_free(ticket);
	configs_free(&c);
}

/* In a handshake, and where nothing is shown, it is as ever. */
static void test_kept_not(void **state)
{
	struct configs c = configs_that_keep(WARD_VERIFY_REQUIRED, NULL);
	struct pair *p = connected(&c, NULL);

	(void)state;
	expect_refused(p, WARD_E_CERTIFICATE_REQUIRED);
	pair_free(p);
	configs_free(&c);

	for (int version = WARD_TLS_1_2; version <= WARD_TLS_1_3; version++) {
		c = configs_that_keep(WARD_VERIFY_OPTIONAL, "dns:other.example");
		configs_set_version(&c, version);
		allow(ward_config_set_post_handshake_auth(c.client, false, &ignored));
		config_add(c.client, credential_client(WARD_KEY_P256));
		p = pair_of(&c);
		assert_false(pair_handshake(p));
		assert_int_equal(p->server.err.reason, WARD_E_CLIENT_NOT_ALLOWED);
		pair_free(p);
		configs_free(&c);
	}
}

/* A signature that is wrong is no certificate that is not good. */
static void test_kept_signature(void **state)
{
	const struct credential *mine = credential_client(WARD_KEY_P256);
	struct configs c = configs_that_keep(WARD_VERIFY_REQUIRED, NULL);
	uint8_t sig[SIGNATURE_MAX];
	struct pair *p;
	size_t len = 0;

	(void)state;
	allow(ward_config_add_identity_external(c.client, &mine->chain, &ignored));
	p = connected(&c, NULL);
	ask(p);
	assert_true(pair_pump(p));
	allow(privkey_sign(key_private(mine->key), SIG_ECDSA_SHA256, SPAN_LITERAL("else"), sig,
			   &len, &ignored));
	allow(ward_conn_key_done(p->client.conn, sig, len, &ignored));
	assert_false(pair_pump(p));
	assert_int_equal(ward_conn_error(p->server.conn)->reason, WARD_E_CERTIFICATE_VERIFY_WRONG);
	pair_free(p);
	configs_free(&c);
}

/* ---- keys kept elsewhere ---- */

static void sign_for(struct ward_conn *conn, const struct credential *c)
{
	struct ward_key_request r;
	uint8_t sig[SIGNATURE_MAX];
	size_t len = 0;

	assert_true(ward_conn_key_request(conn, &r));
	allow(privkey_sign(key_private(c->key), scheme_find(r.scheme)->alg,
			   span_make(r.message, r.message_len), sig, &len, &ignored));
	allow(ward_conn_key_done(conn, sig, len, &ignored));
}

static void test_external_key(void **state)
{
	const struct credential *mine = credential_client(WARD_KEY_P256);
	struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
	struct pair *p;

	(void)state;
	allow(ward_config_add_identity_external(c.client, &mine->chain, &ignored));
	allow(ward_config_set_resumption(c.client, false, &ignored));
	p = connected(&c, NULL);
	ask(p);
	assert_true(pair_pump(p));
	assert_true(ward_conn_certificate_pending(p->server.conn));
	assert_int_equal(ward_conn_wants(p->client.conn), WARD_WANT_KEY);
	assert_true(ward_conn_is_connected(p->client.conn));
	assert_true(pair_send(p, true, "meanwhile", 9));
	assert_true(ward_conn_memory(p->client.conn) > sizeof(struct ward_conn));
	sign_for(p->client.conn, mine);
	assert_true(pair_pump(p));
	expect_shown(p, "client.example");
	data_both_ways(p);
	assert_false(ward_conn_key_done(p->client.conn, "x", 1, &ignored));
	ignored = ERROR_NONE;
	pair_free(p);

	p = connected(&c, NULL);
	ask(p);
	assert_true(pair_pump(p));
	assert_false(ward_conn_key_done(p->client.conn, NULL, 0, &ignored));
	assert_int_equal(ignored.reason, WARD_E_CRYPTO_FAILED);
	ignored = ERROR_NONE;
	pair_free(p);

	p = connected(&c, NULL); /* given up while a signature is waited for */
	ask(p);
	assert_true(pair_pump(p));
	pair_free(p);
	configs_free(&c);
}

/* ---- with resumption ---- */

static void test_tickets(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
	struct ward_ticket *before = NULL, *after = NULL, *ticket = NULL;
	struct ward_conn_options options = { .ticket = NULL };
	struct pair *p;

	(void)state;
	config_add(c.client, credential_client(WARD_KEY_P256));
	allow(ward_config_set_ticket_callback(c.client, keep_ticket, &ticket, &ignored));
	p = connected(&c, NULL);
	before = ward_ticket_ref(ticket);
	ask(p);
	assert_true(pair_pump(p));
	expect_shown(p, "client.example");
	after = ward_ticket_ref(ticket);
	assert_ptr_not_equal(before, after);
	pair_free(p);

	/* A ticket of before does not say who the client is; it is asked in the second one, too. */
	options.ticket = before;
	p = connected(&c, &options);
	assert_true(ward_conn_resumed(p->server.conn));
	ask(p);
	assert_true(pair_pump(p));
	expect_shown(p, "client.example");
	data_both_ways(p);
	pair_free(p);

	options.ticket = after;
	p = connected(&c, &options);
	assert_true(ward_conn_resumed(p->server.conn));
	expect_shown(p, "client.example");
	assert_false(ward_conn_request_certificate(p->server.conn, &ignored));
	assert_int_equal(ignored.reason, WARD_E_BAD_STATE);
	ignored = ERROR_NONE;
	data_both_ways(p);
	pair_free(p);

	ward_ticket_free(before);
	ward_ticket_free(after);
	ward_ticket_free(ticket);
	configs_free(&c);
}

/* ---- who may ask, and when ---- */

static void expect_bad_state(struct ward_conn *conn)
{
	struct ward_error err = ERROR_NONE;

	assert_false(ward_conn_request_certificate(conn, &err));
	assert_int_equal(err.reason, WARD_E_BAD_STATE);
}

static void test_may_ask(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_OPTIONAL);
	struct pair *p = pair_of(&c);

	(void)state;
	expect_bad_state(p->server.conn); /* before the handshake */
	assert_true(pair_handshake(p));
	expect_bad_state(p->client.conn);
	ask(p);
	expect_bad_state(p->server.conn); /* it is asked already */
	assert_true(pair_pump(p));
	ward_conn_close(p->server.conn);
	expect_bad_state(p->server.conn);
	assert_true(pair_send(p, true, "x", 1)); /* nothing of this has ended the connection */
	pair_free(p);
	configs_free(&c);
}

/* A client that does not offer it, or speaks TLS 1.2, is asked in the handshake. */
static void test_not_offered(void **state)
{
	(void)state;
	for (int version = WARD_TLS_1_2; version <= WARD_TLS_1_3; version++) {
		struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
		struct pair *p;

		configs_set_version(&c, version);
		if (version == WARD_TLS_1_3)
			allow(ward_config_set_post_handshake_auth(c.client, false, &ignored));
		config_add(c.client, credential_client(WARD_KEY_P256));
		p = connected(&c, NULL);
		expect_shown(p, "client.example");
		expect_bad_state(p->server.conn);
		pair_free(p);
		configs_free(&c);
	}
}

static void test_not_verified(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_NONE);
	struct pair *p = connected(&c, NULL);

	(void)state;
	expect_bad_state(p->server.conn);
	pair_free(p);
	configs_free(&c);
}

/* Who knows an external key is not asked (4.4.2). */
static void test_external_psk(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_OPTIONAL);
	struct pair *p;

	(void)state;
	allow(ward_config_add_psk(c.client, "us", 2, "0123456789abcdef", 16, 0x1301, &ignored));
	allow(ward_config_add_psk(c.server, "us", 2, "0123456789abcdef", 16, 0x1301, &ignored));
	p = connected(&c, NULL);
	expect_bad_state(p->server.conn);
	assert_null(conn_post(p->client.conn));
	pair_free(p);
	configs_free(&c);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, manners, test_manner);
	table_add(&t, "data while the answer is under way", test_data_meanwhile, NULL);
	table_add(&t, "a client without a certificate, where it may", test_none_optional, NULL);
	table_add(&t, "a client without a certificate, where it must", test_none_required, NULL);
	table_add(&t, "the rules on clients hold", test_rules, NULL);
	table_add(&t, "a certificate by an unknown CA", test_untrusted, NULL);
	TABLE_ADD(&t, kept_rows, test_kept);
	table_add(&t, "kept: not in a handshake, nor one without any", test_kept_not, NULL);
	table_add(&t, "kept: not one whose signature is wrong", test_kept_signature, NULL);
	table_add(&t, "a key kept elsewhere", test_external_key, NULL);
	table_add(&t, "tickets say afterwards who the client is", test_tickets, NULL);
	table_add(&t, "when a server may ask", test_may_ask, NULL);
	table_add(&t, "clients that do not offer it", test_not_offered, NULL);
	table_add(&t, "a server that verifies nobody", test_not_verified, NULL);
	table_add(&t, "clients with an external key", test_external_psk, NULL);
	failed = table_run(&t, "authentication after the handshake");
	credentials_cleanup();
	return failed;
}
