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
	size_t share_len;
	enum curve curve; /* where the functions serve several */

	/* A key pair: the private half is returned (NULL with err set), the share written. */
	void *(*generate)(const struct kex_ops *ops, uint8_t *share, struct ward_error *err);
	void *(*from_private)(const struct kex_ops *ops, struct span private_key, uint8_t *share,
			      struct ward_error *err);
	/* The length of peer_share has been checked against share_len. */
	bool (*derive)(const struct kex_ops *ops, void *key, struct span peer_share,
		       struct secret *shared, struct ward_error *err);
	void (*free)(void *key);
};

extern const struct kex_ops kex_x25519_libcrypto;
extern const struct kex_ops kex_x25519_native;
extern const struct kex_ops kex_p256;
extern const struct kex_ops kex_p384;

#endif
