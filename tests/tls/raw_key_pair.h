/*
 * Two engines that show and take raw public keys or certificates, set up from letters: what the tests of
 * raw public keys begin with.
 */
#ifndef TESTS_TLS_RAW_KEY_PAIR_H
#define TESTS_TLS_RAW_KEY_PAIR_H

#include <ward/mutual.h>
#include <ward/raw_key.h>
#include <ward/status.h>

#include "support/configs.h"
#include "support/table.h"
#include "x509/raw_key.h"

#include <string.h>

static const int versions[] = { WARD_TLS_1_2, WARD_TLS_1_3 };

/* ---- configs from letters: X for X.509, R for a raw public key ---- */

enum pin { NO_PIN, ITS_PIN, ANOTHER_PIN };

struct side {
	const char *has;   /* identities in this order; NULL: X for a server, none for a client */
	const char *shows; /* ward_config_set_certificate_types; NULL: not called */
	const char *takes; /* likewise of the peer */
	enum pin pin;
	enum pin rule; /* servers */
};

struct setup {
	struct side client, server;
	enum ward_verify_mode mode;
};

#define MUTUAL .mode = WARD_VERIFY_REQUIRED
#define RAW_CLIENT .client = { .has = "R", .takes = "R", .pin = ITS_PIN }
#define RAW_SERVER .server = { .has = "R", .takes = "R", .rule = ITS_PIN }

static inline struct ward_key *key_of(bool server)
{
	return server ? credential_server(WARD_KEY_P256)->key
		      : credential_client(WARD_KEY_P256)->key;
}

static inline void add_identities(struct ward_config *config, bool server, const char *has)
{
	for (; has != NULL && *has != '\0'; has++) {
		if (*has == 'R')
			allow(ward_config_add_raw_key(config, key_of(server), &ignored));
		else
			config_add(config, server ? credential_server(WARD_KEY_P256)
						  : credential_client(WARD_KEY_P256));
	}
}

static inline size_t types_of(const char *letters, enum ward_certificate_type types[4])
{
	size_t count = 0;

	for (; letters[count] != '\0'; count++)
		types[count] =
			letters[count] == 'R' ? WARD_CERTIFICATE_RAW_KEY : WARD_CERTIFICATE_X509;
	return count;
}

static inline void set_types(struct ward_config *config, const struct side *s)
{
	enum ward_certificate_type types[4];

	if (s->shows != NULL)
		allow(ward_config_set_certificate_types(config, types, types_of(s->shows, types),
							&ignored));
	if (s->takes != NULL)
		allow(ward_config_set_peer_certificate_types(config, types,
							     types_of(s->takes, types), &ignored));
}

static inline struct ward_pin pin_for(bool server, enum pin which)
{
	struct ward_pin pin;

	allow(ward_key_pin(key_of(server), &pin, &ignored));
	pin.sha256[31] ^= which == ANOTHER_PIN;
	return pin;
}

/* What `config` wants of the key of its peer. */
static inline void set_pins(struct ward_config *config, bool of_server, const struct side *s)
{
	struct ward_pin pin = pin_for(of_server, s->pin);
	char rule[4 + PIN_TEXT_LEN] = "pin:";

	if (s->pin != NO_PIN)
		allow(ward_config_add_pin(config, &pin, &ignored));
	if (s->rule == NO_PIN)
		return;
	pin = pin_for(of_server, s->rule);
	pin_text(pin.sha256, rule + 4);
	allow(ward_config_allow_client(config, rule, &ignored));
}

static inline struct ward_config *make_client(const struct setup *s, int version)
{
	struct ward_config *config = test_client_config();

	allow(ward_config_set_versions(config, version, version, &ignored));
	add_identities(config, false, s->client.has);
	set_types(config, &s->client);
	set_pins(config, true, &s->client);
	return config;
}

static inline struct ward_config *make_server(const struct setup *s, int version)
{
	struct ward_config *config = ward_config_new_server(&ignored);

	allow(ward_config_set_versions(config, version, version, &ignored));
	add_identities(config, true, s->server.has == NULL ? "X" : s->server.has);
	config_ask(config, s->mode);
	set_types(config, &s->server);
	set_pins(config, false, &s->server);
	return config;
}

static inline struct configs make(const struct setup *s, int version)
{
	return (struct configs){ make_client(s, version), make_server(s, version) };
}

/* ---- what comes of it ---- */

/* What a connection says of its peer: all of it must agree. */
static inline char seen_by(const struct ward_conn *conn)
{
	const struct ward_cert *cert = ward_conn_peer_cert(conn);
	struct ward_pin pin, expected = pin_for(!ward_conn_is_server(conn), ITS_PIN);
	const uint8_t *raw;
	size_t len;

	raw = ward_conn_peer_raw_key(conn, &len);
	assert_int_equal(raw != NULL, len > 0);
	assert_int_equal(raw != NULL || cert != NULL, ward_conn_peer_pin(conn, &pin));
	if (raw == NULL && cert == NULL) {
		assert_null(ward_conn_peer_key_type(conn));
		assert_int_equal(ward_conn_peer_key_bits(conn), 0);
		return '-';
	}
	assert_memory_equal(&pin, &expected, sizeof(pin));
	assert_string_equal(ward_conn_peer_key_type(conn), "P-256");
	assert_int_equal(ward_conn_peer_key_bits(conn), 256);
	assert_false(raw != NULL && cert != NULL);
	return raw != NULL ? 'R' : 'X';
}

static inline void expect_seen(struct pair *p, const char *seen)
{
	if (!pair_handshake(p))
		fail_msg("client %s, server %s", ward_reason_name(p->client.err.reason),
			 ward_reason_name(p->server.err.reason));
	assert_int_equal(seen_by(p->client.conn), seen[0]);
	assert_int_equal(seen_by(p->server.conn), seen[1]);
	assert_null(ward_conn_verify_error(p->client.conn));
	assert_true(pair_send(p, true, "question", 8));
	assert_true(pair_send(p, false, "answer", 6));
}

static inline void expect_refused(struct pair *p, enum ward_reason reason, bool by_server)
{
	struct pipe_end *refuses = by_server ? &p->server : &p->client;
	struct pipe_end *other = by_server ? &p->client : &p->server;

	assert_false(pair_handshake(p));
	assert_non_null(ward_conn_error(refuses->conn));
	assert_string_equal(ward_reason_name(ward_conn_error(refuses->conn)->reason),
			    ward_reason_name(reason));
	assert_int_equal(other->err.reason, WARD_E_ALERT_RECEIVED);
	assert_int_equal(other->err.received_alert, ward_reason_alert(reason));
}

#endif
