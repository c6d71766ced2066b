/*
 * X25519 as a group of kex.c by our own kernels: no object of libcrypto is made, and a key pair is
 * a third of the work (x25519_body.h). Randomness is libcrypto's.
 *
 * A shared secret of zeros, which a point of low order gives, is refused (RFC 9846, 7.4.2).
 */
#include <stdlib.h>

#include <openssl/rand.h>

#include "crypto/kex.h"
#include "crypto/native/x25519.h"

struct x25519_key {
	uint8_t scalar[X25519_LEN];
};

static void native_free(void *key)
{
	if (key != NULL)
		secret_wipe_bytes(key, sizeof(struct x25519_key));
	free(key);
}

static void *native_copy(const void *key, struct ward_error *err)
{
	struct x25519_key *copy = malloc(sizeof(*copy));

	if (copy == NULL)
		FAIL(err, NO_MEMORY);
	else
		memcpy(copy, key, sizeof(*copy));
	return copy;
}

static void *native_from_private(const struct kex_ops *ops, struct span private_key, uint8_t *share,
				 struct ward_error *err)
{
	struct x25519_key *key;

	(void)ops;
	if (private_key.len != X25519_LEN) {
		FAILF(err, CRYPTO_FAILED, "an X25519 key of %zu bytes", private_key.len);
		return NULL;
	}
	key = malloc(sizeof(*key));
	if (key == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	bytes_copy(key->scalar, private_key.data, X25519_LEN);
	x25519_base(share, key->scalar);
	return key;
}

static void *native_generate(const struct kex_ops *ops, uint8_t *share, struct ward_error *err)
{
	SECRET_AUTO struct secret private_key = { .len = X25519_LEN };

	/* From the generator that libcrypto keeps apart for private keys. */
	if (RAND_priv_bytes(private_key.data, X25519_LEN) != 1) {
		FAIL(err, RANDOM_FAILED);
		return NULL;
	}
	return native_from_private(ops, secret_span(&private_key), share, err);
}

static bool native_derive(const struct kex_ops *ops, void *key, struct span peer_share,
			  struct secret *shared, struct ward_error *err)
{
	static const uint8_t zeros[X25519_LEN];
	const struct x25519_key *k = key;

	(void)ops;
	shared->len = X25519_LEN;
	x25519(shared->data, k->scalar, peer_share.data);
	if (ct_equal(shared->data, zeros, X25519_LEN))
		return FAILF(err, BAD_KEY_SHARE, "a point of low order");
	return true;
}

const struct kex_ops kex_x25519_native = {
	.group = GROUP_X25519,
	.name = "x25519",
	.share_len = X25519_LEN,
	.answer_len = X25519_LEN,
	.generate = native_generate,
	.from_private = native_from_private,
	.derive = native_derive,
	.copy = native_copy,
	.free = native_free,
};
