/*
 * A client's and a server's config for one test, given back at its end.
 */
#ifndef SUPPORT_CONFIGS_H
#define SUPPORT_CONFIGS_H

#include "support/pair.h"

/* For calls that cannot fail in a test. */
extern struct ward_error ignored;
/* Fails the test unless it went well. */
void allow(bool ok);

struct configs {
	struct ward_config *client, *server;
};

/* A client that trusts the CA of the tests, and a server with a P-256 leaf. */
struct configs configs_make(void);
void configs_free(struct configs *c);
struct pair *pair_of(const struct configs *c);
void config_add(struct ward_config *config, const struct credential *c);
/* Has the server ask for certificates by the CA of the tests. */
void config_ask(struct ward_config *server, enum ward_verify_mode mode);
/* Both sides have authentication after the handshake, and the server verifies in this mode. */
struct configs configs_post_auth(enum ward_verify_mode mode);
/* Both sides speak this version alone. */
void configs_set_version(struct configs *c, int version);

/* A ward_ticket_fn that keeps the last one in a struct ward_ticket *, which is arg. */
void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket);

#endif
