/*
 * X25519 (RFC 7748) through libcrypto, which offers it through EVP alone.
 *
 * A key pair is made of random bytes, since that needs no context of its own; the peer's share is
 * any 32 bytes. What must be refused is a shared secret of zeros (RFC 9846, 7.4.2): libcrypto does
 * so, and so does this file, whatever provider stands behind it.
 */
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "crypto/kex.h"

enum { X25519_LEN = 32 };

static void x25519_free(void *key)
{
	EVP_PKEY_free(key);
}

static void *x25519_copy(const void *key, struct ward_error *err)
{
	EVP_PKEY *copy = EVP_PKEY_dup((EVP_PKEY *)(uintptr_t)key);

	if (copy == NULL)
		libcrypto_fail(err, "an X25519 key pair");
	return copy;
}

static void *x25519_from_private(const struct kex_ops *ops, struct span private_key, uint8_t *share,
				 struct ward_error *err)
{
	size_t len = X25519_LEN;
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key_ex(NULL, "X25519", NULL, private_key.data,
							private_key.len);

	(void)ops;
	if (key == NULL || EVP_PKEY_get_raw_public_key(key, share, &len) != 1) {
		EVP_PKEY_free(key);
		libcrypto_fail(err, "an X25519 key pair");
		return NULL;
	}
	return key;
}

static void *x25519_generate(const struct kex_ops *ops, uint8_t *share, struct ward_error *err)
{
	SECRET_AUTO struct secret private_key = { .len = X25519_LEN };

	/* From the generator that libcrypto keeps apart for private keys. */
	if (RAND_priv_bytes(private_key.data, X25519_LEN) != 1) {
		FAIL(err, RANDOM_FAILED);
		return NULL;
	}
	return x25519_from_private(ops, secret_span(&private_key), share, err);
}

static bool x25519_agree(EVP_PKEY *key, EVP_PKEY *peer, EVP_PKEY_CTX *ctx, struct secret *shared,
			 struct ward_error *err)
{
	static const uint8_t zeros[X25519_LEN];

	if (key == NULL || peer == NULL || ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) != 1)
		return libcrypto_fail(err, "X25519");
	shared->len = X25519_LEN;
	if (EVP_PKEY_derive(ctx, shared->data, &shared->len) != 1 || shared->len != X25519_LEN ||
	    ct_equal(shared->data, zeros, X25519_LEN))
		return FAILF(err, BAD_KEY_SHARE, "a point of low order");
	return true;
}

static bool x25519_derive(const struct kex_ops *ops, void *key, struct span peer_share,
			  struct secret *shared, struct ward_error *err)
{
	EVP_PKEY *peer = EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, peer_share.data,
							peer_share.len);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool ok = x25519_agree(key, peer, ctx, shared, err);

	(void)ops;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	return ok;
}

const struct kex_ops kex_x25519_libcrypto = {
	.group = GROUP_X25519,
	.name = "x25519",
	.share_len = X25519_LEN,
	.answer_len = X25519_LEN,
	.generate = x25519_generate,
	.from_private = x25519_from_private,
	.derive = x25519_derive,
	.copy = x25519_copy,
	.free = x25519_free,
};
