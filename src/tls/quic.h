/*
 * What QUIC needs instead of records (RFC 9001): see <ward/quic.h>.
 */
#ifndef TLS_QUIC_H
#define TLS_QUIC_H

#include <ward/quic.h>

#include "tls/conn.h"

enum { QUIC_LEVELS = WARD_QUIC_APPLICATION + 1, QUIC_SECRETS = 4 };

struct quic {
	struct span parameters; /* this side's and the peer's; their memory is owned */
	struct span peer_parameters;
	enum ward_quic_level read_level, write_level;
	struct buffer out[QUIC_LEVELS];
	struct ward_quic_secret secrets[QUIC_SECRETS]; /* of two levels, in both directions */
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
size_t quic_memory(const struct quic *q);
void quic_free(struct quic *q);

#endif
