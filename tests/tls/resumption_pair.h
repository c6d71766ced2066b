/*
 * Two connections of which the second may stand on the first: what the tests of resumption in either
 * version begin with.
 */
#ifndef TESTS_TLS_RESUMPTION_PAIR_H
#define TESTS_TLS_RESUMPTION_PAIR_H

#include <ward/resume.h>

#include "support/pair.h"
#include "support/table.h"

#include <stdlib.h>
#include <string.h>

static struct ward_error ignored;

static inline void allow(bool ok)
{
	assert_true(ok);
}

static const char *const h2[] = { "h2", NULL };
static const char *const http1[] = { "http/1.1", NULL };

/* ---- what may differ between two connections ---- */

struct setting {
	uint16_t suite, group; /* the only one of the client; 0: all */
	const char *const *alpn;
	const char *host;
	const char *context;
	enum ward_verify_mode verify;
	enum ward_key_kind client_key;
	bool cookie, no_shares, insecure, no_resumption, no_tickets;
	bool other_server_key, no_trust_in_client, has_client_key;
	bool client12, server12; /* speaks TLS 1.2 alone */
};

struct configs {
	struct ward_config *client, *server;
};

static inline void add(struct ward_config *config, const struct credential *c)
{
	allow(ward_config_add_identity(config, &c->chain, c->key, &ignored));
}

static inline void only12(struct ward_config *config)
{
	allow(ward_config_set_versions(config, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
}

static inline struct ward_config *make_client(const struct setting *s)
{
	struct ward_config *config = ward_config_new(&ignored);

	allow(ward_config_set_trust(config, test_trust(), &ignored));
	if (s->suite != 0)
		allow(ward_config_set_suites(config, &s->suite, 1, &ignored));
	if (s->group != 0)
		allow(ward_config_set_groups(config, &s->group, 1, &ignored));
	if (s->alpn != NULL)
		allow(ward_config_set_alpn(config, s->alpn, &ignored));
	if (s->no_shares)
		allow(ward_config_set_key_shares(config, 0, &ignored));
	if (s->insecure)
		allow(ward_config_insecure_no_verify(config, &ignored));
	if (s->no_resumption)
		allow(ward_config_set_resumption(config, false, &ignored));
	if (s->client12)
		only12(config);
	if (s->has_client_key)
		add(config, credential_client(s->client_key == 0 ? WARD_KEY_P256 : s->client_key));
	return config;
}

static inline struct ward_config *make_server(const struct setting *s,
					      struct ward_ticket_keys *keys)
{
	static const char *const protocols[] = { "h2", "http/1.1", NULL };
	struct ward_config *config = ward_config_new_server(&ignored);

	add(config, credential_server(s->other_server_key ? WARD_KEY_P384 : WARD_KEY_P256));
	allow(ward_config_set_ticket_keys(config, keys, &ignored));
	allow(ward_config_set_alpn(config, protocols, &ignored));
	allow(ward_config_set_trust(config, test_trust(), &ignored));
	allow(ward_config_set_verify(config, s->verify, &ignored));
	allow(ward_config_set_cookie(config, s->cookie, &ignored));
	if (s->server12)
		only12(config);
	if (s->context != NULL)
		allow(ward_config_set_ticket_context(config, s->context, strlen(s->context),
						     &ignored));
	if (s->no_tickets)
		allow(ward_config_set_tickets(config, 0, &ignored));
	return config;
}

static inline void take_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	assert_true(ward_conn_is_connected(conn));
	ward_ticket_free(*kept);
	*kept = ward_ticket_ref(ticket);
}

/* A whole handshake; the last ticket that the client was given, or NULL. */
static inline struct ward_ticket *first_connection(const struct setting *s,
						   struct ward_ticket_keys *keys, int64_t now)
{
	struct configs c = { make_client(s), make_server(s, keys) };
	struct ward_ticket *ticket = NULL;
	struct pair *p;

	allow(ward_config_set_ticket_callback(c.client, take_ticket, &ticket, &ignored));
	p = pair_new_at(c.client, c.server, s->host, now, NULL);
	if (!pair_handshake(p))
		fail_msg("first: client %d, server %d", p->client.err.reason, p->server.err.reason);
	assert_false(ward_conn_resumed(p->client.conn));
	assert_false(ward_conn_resumed(p->server.conn));
	pair_free(p);
	ward_config_free(c.client);
	ward_config_free(c.server);
	return ticket;
}

/* A second one with the ticket; whether it was resumed. Both sides must agree on that. */
static inline bool second_connection(const struct setting *s, struct ward_ticket_keys *keys,
				     int64_t now, struct ward_ticket *ticket)
{
	const struct ward_conn_options options = { .ticket = ticket };
	struct configs c = { make_client(s), make_server(s, keys) };
	struct pair *p = pair_new_at(c.client, c.server, s->host, now, &options);
	bool resumed;

	if (!pair_handshake(p))
		fail_msg("second: client %d, server %d", p->client.err.reason,
			 p->server.err.reason);
	resumed = ward_conn_resumed(p->client.conn);
	assert_int_equal(ward_conn_resumed(p->server.conn), resumed);
	assert_non_null(ward_conn_peer_cert(p->client.conn));
	assert_int_equal(ward_conn_peer_cert(p->server.conn) != NULL,
			 s->verify != WARD_VERIFY_NONE && s->has_client_key);
	assert_int_equal(ward_conn_signature(p->client.conn) == NULL, resumed);
	assert_true(pair_send(p, true, "question", 8));
	assert_true(pair_send(p, false, "answer", 6));
	pair_free(p);
	ward_config_free(c.client);
	ward_config_free(c.server);
	return resumed;
}

struct row {
	const char *name;
	struct setting first, second;
	int64_t later; /* seconds between the two */
	bool resumed;
};

#define MUTUAL .verify = WARD_VERIFY_REQUIRED, .has_client_key = true, .client_key = WARD_KEY_P256

static inline void test_row(void **state)
{
	const struct row *row = *state;
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_connection(&row->first, keys, TEST_NOW);

	assert_non_null(ticket);
	assert_int_equal(second_connection(&row->second, keys, TEST_NOW + row->later, ticket),
			 row->resumed);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* One more connection of these configs, which keep their tickets; whether it was resumed. */
static inline bool connect_once(const struct configs *c, const char *service)
{
	const struct ward_conn_options options = { .service = service };
	struct pair *p = pair_new_at(c->client, c->server, NULL, TEST_NOW, &options);
	bool resumed;

	assert_true(pair_handshake(p));
	resumed = ward_conn_resumed(p->client.conn);
	pair_free(p);
	return resumed;
}

#endif
