/*
 * Peers' certificate chains, and those that have been verified before.
 *
 * The two signature checks of an ordinary chain are most of what a client's handshake costs, and
 * their result does not change: a config remembers the last chains that it found good, with what
 * was parsed of them. Connections to the same peer then share one copy in memory. What depends on
 * the moment or on the connection is never remembered: the time is compared with the part of the
 * past and future in which the whole path is valid and lists of revoked certificates say the same,
 * and the host is matched each time.
 */
#ifndef TLS_PEER_CHAIN_H
#define TLS_PEER_CHAIN_H

#include <pthread.h>
#include <stdatomic.h>

#include "tls/msg/msg.h"
#include "x509/raw_key.h"
#include "x509/x509.h"

/* A chain as the peer sent it, or its raw public key: immutable and reference-counted. */
struct peer_chain {
	atomic_uint refs;
	uint8_t hash[32]; /* over the certificates as they came, and what came beside */
	int64_t not_before, not_after; /* when the verdict holds; of use in a cache alone */
	struct ward_chain chain;       /* empty: there is a raw public key */
	struct raw_key *raw_key;       /* or NULL */
	struct span status;            /* the OCSP response that came with it; empty: none */
	struct span scts;              /* and the SignedCertificateTimestampList */
	uint8_t *beside;               /* where the two lie */
};

/* Parses all that is in the message, and keeps what is beside it. NULL with err set. */
struct peer_chain *peer_chain_parse(const struct certificate *msg, const uint8_t hash[32],
				    struct ward_error *err);
struct peer_chain *peer_chain_ref(struct peer_chain *p);
void peer_chain_free(struct peer_chain *p);
/* Of the leaf, or of the raw public key: its type; the key itself; the SHA-256 by which it is pinned. */
enum key_type peer_chain_key_type(const struct peer_chain *p);
/* Lives as long as p; NULL with err set. */
struct pubkey *peer_chain_pubkey(const struct peer_chain *p, struct ward_error *err);
void peer_chain_pin(const struct peer_chain *p, uint8_t out[32]);
/* Whether it may sign handshakes. */
bool peer_chain_may_sign(const struct peer_chain *p);
/*
 * SHA-256 over all that a verdict stands on: the certificates and what came beside them, each with
 * its length, and whether an OCSP response was asked for.
 */
void peer_chain_hash(const struct certificate *msg, bool asked, uint8_t hash[32]);

enum { CHAIN_CACHE_SIZE = 64 };

/* Belongs to a config; any thread may use it. */
struct chain_cache {
	pthread_mutex_t lock;
	struct peer_chain *slots[CHAIN_CACHE_SIZE];
};

void chain_cache_init(struct chain_cache *cache);
void chain_cache_clear(struct chain_cache *cache);
/* A reference to the chain with this hash if it was verified before and still holds; else NULL. */
struct peer_chain *chain_cache_find(struct chain_cache *cache, const uint8_t hash[32], int64_t now);
/* Remembers a chain that verification by these parameters has just found good by this path. */
void chain_cache_put(struct chain_cache *cache, struct peer_chain *p, const struct ward_chain *path,
		     const struct ward_verify_params *params);

#endif
