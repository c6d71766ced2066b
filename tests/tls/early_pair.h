/*
 * Two connections of which the second offers early data: what the tests of early data begin with.
 */
#ifndef TESTS_TLS_EARLY_PAIR_H
#define TESTS_TLS_EARLY_PAIR_H

#include <ward/early_data.h>

#include "support/pair.h"
#include "support/table.h"

static struct ward_error ignored;
static const char question[] = "GET / early";

static inline void allow(bool ok)
{
	assert_true(ok);
}

/* ---- what may differ between two connections ---- */

enum { MAX = 1000 };

struct setting {
	uint16_t suite; /* the only one of the client; 0: all */
	const char *const *alpn;
	const char *host;
	uint32_t max; /* of the server; 0: MAX; NO_EARLY: none */
	bool cookie, no_shares, other_server_key;
};

#define NO_EARLY UINT32_MAX

static inline struct ward_config *make_client(const struct setting *s)
{
	struct ward_config *config = test_client_config();

	if (s->suite != 0)
		allow(ward_config_set_suites(config, &s->suite, 1, &ignored));
	if (s->alpn != NULL)
		allow(ward_config_set_alpn(config, s->alpn, &ignored));
	if (s->no_shares)
		allow(ward_config_set_key_shares(config, 0, &ignored));
	return config;
}

/* With a register of its own if strikes is NULL. */
static inline struct ward_config *make_server(const struct setting *s,
					      struct ward_ticket_keys *keys,
					      struct ward_strikes *strikes)
{
	static const char *const protocols[] = { "h2", "http/1.1", NULL };
	const struct credential *c =
		credential_server(s->other_server_key ? WARD_KEY_P384 : WARD_KEY_P256);
	struct ward_config *config = ward_config_new_server(&ignored);
	uint32_t max = s->max == NO_EARLY ? 0 : s->max == 0 ? MAX : s->max;

	allow(ward_config_add_identity(config, &c->chain, c->key, &ignored));
	allow(ward_config_set_ticket_keys(config, keys, &ignored));
	allow(ward_config_set_alpn(config, protocols, &ignored));
	allow(ward_config_set_cookie(config, s->cookie, &ignored));
	allow(ward_config_set_early_data(config, max, strikes, &ignored));
	return config;
}

static inline void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	(void)conn;
	ward_ticket_free(*kept);
	*kept = ward_ticket_ref(ticket);
}

static inline struct ward_ticket *first_ticket(const struct setting *s,
					       struct ward_ticket_keys *keys)
{
	struct ward_config *client = make_client(s), *server = make_server(s, keys, NULL);
	struct ward_ticket *ticket = NULL;
	struct pair *p;

	allow(ward_config_set_ticket_callback(client, keep_ticket, &ticket, &ignored));
	p = pair_new(client, server, s->host);
	allow(pair_handshake(p));
	assert_int_equal(ward_conn_early_data_status(p->client.conn), WARD_EARLY_DATA_NONE);
	assert_int_equal(ward_conn_early_data_status(p->server.conn), WARD_EARLY_DATA_NONE);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
	assert_non_null(ticket);
	return ticket;
}

/* A second connection that offers early data. The configs may be freed at once. */
static inline struct pair *second(const struct setting *s, struct ward_ticket_keys *keys,
				  struct ward_strikes *strikes, struct ward_ticket *ticket,
				  struct span early)
{
	const struct ward_conn_options options = { .ticket = ticket,
						   .early_data = early.data,
						   .early_data_len = early.len };
	struct ward_config *client = make_client(s), *server = make_server(s, keys, strikes);
	struct pair *p = pair_new_at(client, server, s->host, TEST_NOW + 100, &options);

	ward_config_free(client);
	ward_config_free(server);
	return p;
}

#endif
