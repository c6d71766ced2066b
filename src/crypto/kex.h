/*
 * How a group is provided: one set of functions each, so that a native kernel or a hybrid with
 * ML-KEM can take a place in the table of kex.c. Known to crypto/ alone.
 */
#ifndef CRYPTO_KEX_H
#define CRYPTO_KEX_H

#include "crypto/init.h"

struct kex_ops {
	uint16_t group;
	const char *name;
	size_t share_len;              /* of the client */
	size_t answer_len;             /* of the server */
	enum curve curve;              /* where the functions serve several */
	const struct kex_parts *parts; /* of a hybrid */

	/* A key pair: the private half is returned (NULL with err set), the share written. */
	void *(*generate)(const struct kex_ops *ops, uint8_t *share, struct ward_error *err);
	void *(*from_private)(const struct kex_ops *ops, struct span private_key, uint8_t *share,
			      struct ward_error *err);
	/* The length of peer_share has been checked against answer_len. */
	bool (*derive)(const struct kex_ops *ops, void *key, struct span peer_share,
		       struct secret *shared, struct ward_error *err);
	/* The server's part, where it is not generate and derive; against share_len. */
	bool (*accept)(const struct kex_ops *ops, struct span peer_share, uint8_t *answer,
		       struct secret *shared, struct ward_error *err);
	/* The same private key once more; NULL with err set. */
	void *(*copy)(const void *key, struct ward_error *err);
	void (*free)(void *key);
};

extern const struct kex_ops kex_x25519_libcrypto;
extern const struct kex_ops kex_x25519_native;
extern const struct kex_ops kex_p256;
extern const struct kex_ops kex_p384;
extern const struct kex_ops kex_x25519_mlkem768;
extern const struct kex_ops kex_p256_mlkem768;
extern const struct kex_ops kex_p384_mlkem1024;

/* kex_accept of shares whose lengths are right. */
bool kex_accept_with(const struct kex_ops *ops, struct span peer_share, uint8_t *answer,
		     struct secret *shared, struct ward_error *err);

/* ---- kex_hybrid.c ---- */

bool kex_hybrid_available(const struct kex_ops *ops);
const struct kex_ops *kex_hybrid_classical(const struct kex_ops *ops);
/* A copy of the classical half, and its share. */
void *kex_hybrid_part(const void *key, uint8_t *share, struct ward_error *err);

#endif
