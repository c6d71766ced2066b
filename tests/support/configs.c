/* Configs of a test. See configs.h. */
#include "support/configs.h"

#include <ward/mutual.h>

#include "support/table.h"

struct ward_error ignored;

void allow(bool ok)
{
	assert_true(ok);
}

struct configs configs_make(void)
{
	return (struct configs){ test_client_config(), test_server_config() };
}

void configs_free(struct configs *c)
{
	ward_config_free(c->client);
	ward_config_free(c->server);
}

struct pair *pair_of(const struct configs *c)
{
	return pair_new(c->client, c->server, NULL);
}

void config_add(struct ward_config *config, const struct credential *c)
{
	allow(ward_config_add_identity(config, &c->chain, c->key, &ignored));
}

void config_ask(struct ward_config *server, enum ward_verify_mode mode)
{
	allow(ward_config_set_trust(server, test_trust(), &ignored));
	allow(ward_config_set_verify(server, mode, &ignored));
}

void configs_set_version(struct configs *c, int version)
{
	allow(ward_config_set_versions(c->client, version, version, &ignored));
	allow(ward_config_set_versions(c->server, version, version, &ignored));
}

struct configs configs_post_auth(enum ward_verify_mode mode)
{
	struct configs c = configs_make();

	config_ask(c.server, mode);
	allow(ward_config_set_post_handshake_auth(c.client, true, &ignored));
	allow(ward_config_set_post_handshake_auth(c.server, true, &ignored));
	return c;
}

void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	assert_true(ward_conn_is_connected(conn));
	ward_ticket_free(*kept);
	*kept = ward_ticket_ref(ticket);
}
