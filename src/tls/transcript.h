/*
 * The transcript hash (RFC 9846, section 4.1).
 *
 * A client does not know the hash before the server has chosen a suite; until then the transcript
 * holds its ClientHello by reference.
 */
#ifndef TLS_TRANSCRIPT_H
#define TLS_TRANSCRIPT_H

#include "crypto/crypto.h"

struct transcript {
	struct digest digest; /* running once digest.alg is set */
	struct span held;     /* messages before that: one ClientHello */
};

struct transcript_hash {
	uint8_t data[DIGEST_MAX_LEN];
	size_t len;
};

/* Chooses the hash; what was held goes in. */
void transcript_start(struct transcript *t, enum digest_alg alg);
/* Adds a whole message, header included. Before transcript_start only one may be held. */
void transcript_add(struct transcript *t, struct span message);
/* After a HelloRetryRequest: the hash of ClientHello1 takes its place as message_hash. */
void transcript_restart(struct transcript *t);
void transcript_peek(const struct transcript *t, struct transcript_hash *out);

static inline struct span transcript_hash_span(const struct transcript_hash *h)
{
	return span_make(h->data, h->len);
}

#endif
