/*
 * A config that another takes the place of while connections live.
 */
#include <ward/mutual.h>

#include "support/configs.h"
#include "support/table.h"
#include "tls/conn.h"

enum { ALIVE = 50 };

static struct ward_config *server_of(const struct credential *c)
{
	struct ward_config *config = ward_config_new_server(&ignored);

	assert_non_null(config);
	config_add(config, c);
	return config;
}

static void renew(struct credential *c)
{
	static const char *const names[] = { "server.example", NULL };

	credential_make(c, WARD_KEY_P256, WARD_PROFILE_SERVER, names);
}

static struct pair *connect_pair(const struct configs *c)
{
	struct pair *p = pair_of(c);

	if (!pair_handshake(p))
		fail_msg("client: %d, server: %d", p->client.err.reason, p->server.err.reason);
	return p;
}

static void expect_cert(const struct pair *p, const struct credential *c)
{
	size_t len, expected_len;
	const uint8_t *der = ward_cert_der(ward_conn_peer_cert(p->client.conn), &len);
	const uint8_t *expected = ward_cert_der(c->chain.certs[0], &expected_len);

	assert_span_equal(span_make(der, len), span_make(expected, expected_len));
}

static void replace(struct configs *c, struct ward_config *fresh)
{
	allow(ward_config_replace(c->server, fresh, &ignored));
	ward_config_free(fresh); /* it lives on in the one it has replaced */
}

/* 50 connections in every stage of life; none notices, and the next ones see the new certificate. */
static void test_connections_live(void **state)
{
	struct credential old, fresh;
	struct configs c = { test_client_config(), NULL };
	struct pair *pairs[ALIVE], *next;

	(void)state;
	renew(&old);
	renew(&fresh);
	c.server = server_of(&old);
	for (int i = 0; i < ALIVE; i++)
		pairs[i] = pair_of(&c);
	for (int i = 0; i < ALIVE; i += 2)
		assert_true(pair_handshake(pairs[i]));
	replace(&c, server_of(&fresh));
	next = connect_pair(&c);
	expect_cert(next, &fresh);
	for (int i = 0; i < ALIVE; i++) {
		if (i % 2 != 0) /* half of them were still shaking hands */
			assert_true(pair_handshake(pairs[i]));
		expect_cert(pairs[i], &old);
		assert_true(pair_send(pairs[i], true, "to and", 6));
		assert_true(pair_send(pairs[i], false, "fro", 3));
		allow(ward_conn_update_keys(pairs[i]->server.conn, true, &ignored));
		assert_true(pair_send(pairs[i], false, "fro", 3));
		pair_free(pairs[i]);
	}
	pair_free(next);
	configs_free(&c);
	credential_clear(&old);
	credential_clear(&fresh);
}

/* One after the other; those in between are given back with their last connection. */
static void test_again_and_again(void **state)
{
	struct configs c = configs_make();
	struct pair *first = connect_pair(&c);
	struct credential renewed;

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct pair *p;

		renew(&renewed);
		replace(&c, server_of(&renewed));
		p = connect_pair(&c);
		expect_cert(p, &renewed);
		pair_free(p);
		credential_clear(&renewed);
	}
	assert_true(pair_send(first, true, "x", 1));
	pair_free(first);
	configs_free(&c);
}

/* ---- CAs and rules ---- */

static void test_clients(void **state)
{
	struct configs c = configs_make();
	struct ward_config *closed = test_server_config(), *open = test_server_config();
	struct pair *p;

	(void)state;
	config_add(c.client, credential_client(WARD_KEY_P256));
	config_ask(c.server, WARD_VERIFY_REQUIRED);
	config_ask(closed, WARD_VERIFY_REQUIRED);
	allow(ward_config_allow_client(closed, "cn:nobody", &ignored));
	p = connect_pair(&c);
	replace(&c, closed);
	assert_true(pair_send(p, true, "x", 1)); /* who is in stays */
	pair_free(p);
	p = pair_of(&c);
	assert_false(pair_handshake(p));
	assert_int_equal(ward_conn_error(p->server.conn)->reason, WARD_E_CLIENT_NOT_ALLOWED);
	pair_free(p);
	replace(&c, open);
	p = connect_pair(&c);
	assert_null(ward_conn_peer_cert(p->server.conn));
	pair_free(p);
	configs_free(&c);
}

/* ---- tickets ---- */

static void expect_resumed(struct configs *c, bool resumed)
{
	struct pair *p = connect_pair(c);

	assert_int_equal(ward_conn_resumed(p->client.conn), resumed);
	pair_free(p);
}

static void test_tickets(void **state)
{
	struct configs c = configs_make();
	struct ward_config *other_keys = test_server_config();
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);

	(void)state;
	expect_resumed(&c, false);
	expect_resumed(&c, true);
	replace(&c, test_server_config()); /* the same certificate: the ring goes on */
	expect_resumed(&c, true);
	replace(&c, test_server_config());
	expect_resumed(&c, true);
	allow(ward_config_set_ticket_keys(other_keys, keys, &ignored));
	ward_ticket_keys_free(keys);
	replace(&c, other_keys);
	expect_resumed(&c, false);
	expect_resumed(&c, true);
	configs_free(&c);
}

static struct ward_config *server_of_ids(void)
{
	struct ward_config *config = test_server_config();

	allow(ward_config_set_versions(config, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
	allow(ward_config_set_tickets(config, 0, &ignored));
	return config;
}

/* Sessions by id go on too, unless the new config has a store of its own. */
static void test_session_ids(void **state)
{
	struct configs c = { test_client_config(), server_of_ids() };
	struct ward_config *other = server_of_ids();
	struct ward_sessions *sessions = ward_sessions_new(1, &ignored);

	(void)state;
	expect_resumed(&c, false);
	expect_resumed(&c, true);
	replace(&c, server_of_ids());
	expect_resumed(&c, true);
	allow(ward_config_set_sessions(other, sessions, &ignored));
	ward_sessions_free(sessions);
	replace(&c, other);
	expect_resumed(&c, false);
	expect_resumed(&c, true);
	configs_free(&c);
}

/* A ticket is bound to the certificate: with a new one the handshake is a whole one. */
static void test_tickets_of_old_certificate(void **state)
{
	struct configs c = configs_make();
	struct credential renewed;

	(void)state;
	renew(&renewed);
	expect_resumed(&c, false);
	replace(&c, server_of(&renewed));
	expect_resumed(&c, false);
	expect_resumed(&c, true);
	configs_free(&c);
	credential_clear(&renewed);
}

/* ---- a client's ---- */

static void test_client(void **state)
{
	struct configs c = configs_make();
	struct ward_config *distrusting = ward_config_new(&ignored);
	struct ward_trust *nobody = ward_trust_new();
	struct pair *p = connect_pair(&c);

	(void)state;
	allow(ward_config_set_trust(distrusting, nobody, &ignored));
	ward_trust_free(nobody);
	allow(ward_config_replace(c.client, distrusting, &ignored));
	ward_config_free(distrusting);
	assert_true(pair_send(p, true, "x", 1));
	pair_free(p);
	p = pair_of(&c);
	assert_false(pair_handshake(p));
	assert_int_equal(p->client.err.reason, WARD_E_CERT_UNKNOWN_ISSUER);
	pair_free(p);
	configs_free(&c);
}

/* ---- what is refused ---- */

static void expect_refusal(struct ward_config *config, struct ward_config *fresh)
{
	struct ward_error err = ERROR_NONE;

	assert_false(ward_config_replace(config, fresh, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_true(err.detail[0] != '\0');
}

static void test_refused(void **state)
{
	struct configs c = configs_make();
	struct ward_config *empty = ward_config_new_server(&ignored), *fresh = test_server_config();

	(void)state;
	expect_refusal(c.server, c.server);
	expect_refusal(c.server, c.client);
	expect_refusal(c.client, c.server);
	expect_refusal(c.server, empty);
	expect_resumed(&c, false); /* the old one is still good */
	replace(&c, ward_config_ref(fresh));
	expect_refusal(fresh, c.server); /* which would be a circle */
	assert_false(ward_config_set_tickets(fresh, 1, &ignored));
	assert_int_equal(ignored.reason, WARD_E_CONFIG_FROZEN);
	ignored = ERROR_NONE;
	ward_config_free(fresh);
	ward_config_free(empty);
	configs_free(&c);
}

int main(void)
{
	static struct table t = { .count = 0 };
	int failed;

	table_add(&t, "50 connections live on", test_connections_live, NULL);
	table_add(&t, "again and again", test_again_and_again, NULL);
	table_add(&t, "CAs and rules on clients", test_clients, NULL);
	table_add(&t, "tickets are good afterwards", test_tickets, NULL);
	table_add(&t, "sessions by id go on", test_session_ids, NULL);
	table_add(&t, "but not with another certificate", test_tickets_of_old_certificate, NULL);
	table_add(&t, "a client's", test_client, NULL);
	table_add(&t, "what is refused", test_refused, NULL);
	failed = table_run(&t, "configs replaced");
	credentials_cleanup();
	return failed;
}
