/*
 * What QUIC needs instead of records (RFC 9001): see <ward/quic.h>.
 */
#ifndef TLS_QUIC_H
#define TLS_QUIC_H

#include <ward/quic.h>

#include "tls/conn.h"

enum {
	QUIC_LEVELS = WARD_QUIC_APPLICATION + 1,
	QUIC_SECRETS = 5, /* of two levels in both directions, and of early data */
};

/* The one limit that a ticket may name: limits are the transport's (RFC 9001, 4.6.1). */
#define QUIC_EARLY_DATA_MAX UINT32_MAX

struct quic {
	struct span parameters; /* this side's and the peer's; their memory is owned */
	struct span peer_parameters;
	struct span remembered;    /* clients: the peer's of the earlier connection */
	bool early_data;           /* the application wants it */
	uint8_t early_context[32]; /* servers: a digest of what it rests on */
	enum ward_quic_level read_level, write_level;
	struct buffer out[QUIC_LEVELS];
	struct ward_quic_secret secrets[QUIC_SECRETS];
	size_t secret_count, secrets_taken;
};

/* What a config must have: BAD_ARGUMENT. */
bool quic_check(const struct ward_config *config, struct ward_error *err);
/* Handshake messages for the level that this side writes at. */
bool quic_output(struct quic *q, struct span messages, struct ward_error *err);
bool quic_has_output(const struct quic *q);
/* A direction goes to its next level, whose secret this is. */
void quic_set_secret(struct quic *q, bool outgoing, uint16_t cipher_suite,
		     const struct secret *secret);
/* What a hello of TLS must not say, whatever its version (RFC 9001, 8.2). */
bool quic_judge_hello(const struct ward_conn *c, const struct extensions *e,
		      struct ward_error *err);
/* The peer's parameters, which must be there, once the protocol is chosen, which must be too (8.1). */
bool quic_take_peer(struct ward_conn *c, const struct extensions *e, struct ward_error *err);
/* The secret of early data, which neither direction goes on from. */
void quic_set_early_secret(struct quic *q, bool outgoing, uint16_t cipher_suite,
			   const struct secret *secret);
bool quic_remember(struct quic *q, struct span parameters, struct ward_error *err);
/* Whether a ticket may be used for early data in this connection, as far as the transport goes. */
bool quic_early_fits(const struct ward_conn *c, const struct resumption *r);
/* What a ticket of this connection holds for that. */
void quic_fill_ticket(const struct ward_conn *c, struct resumption *r);
size_t quic_memory(const struct quic *q);
void quic_free(struct quic *q);

#endif
