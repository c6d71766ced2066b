/*
 * AEAD: the choice of who does the work, and the one allocation of a keyed object.
 *
 * AES-GCM goes to the kernel of our own that the CPU can run, if any; everything else to libcrypto.
 */
#include "crypto/aead.h"

#include <assert.h>
#include <stdlib.h>

struct aead {
	const struct aead_ops *ops;
	size_t state_len;
	/* Aligned as malloc aligns, to 16 bytes: the provider's keyed state follows. */
	_Alignas(16) uint8_t state[];
};

size_t aead_key_len(enum aead_alg alg)
{
	static const uint8_t lens[] = {
		[AEAD_NONE] = 0,
		[AEAD_AES_128_GCM] = 16,
		[AEAD_AES_256_GCM] = 32,
		[AEAD_CHACHA20_POLY1305] = 32,
	};

	return lens[alg];
}

static const struct aead_ops *aead_choose(enum aead_alg alg)
{
	const struct aead_ops *native = NULL;

#ifndef WARD_NO_NATIVE
	if (alg == AEAD_AES_128_GCM || alg == AEAD_AES_256_GCM)
		native = aead_native_gcm();
#else
	(void)alg;
#endif
	return native != NULL ? native : &aead_libcrypto;
}

struct aead *aead_new_with(const struct aead_ops *ops, enum aead_alg alg, const uint8_t *key,
			   struct ward_error *err)
{
	size_t state_len = ops->state_len(alg);
	struct aead *a = calloc(1, sizeof(*a) + state_len);

	assert(alg != AEAD_NONE);
	if (a == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	a->ops = ops;
	a->state_len = state_len;
	if (!ops->init(a->state, alg, key, err)) {
		aead_free(a);
		return NULL;
	}
	return a;
}

struct aead *aead_new(enum aead_alg alg, const uint8_t *key, struct ward_error *err)
{
	return aead_new_with(aead_choose(alg), alg, key, err);
}

void aead_free(struct aead *a)
{
	if (a == NULL)
		return;
	a->ops->clear(a->state);
	secret_wipe_bytes(a, sizeof(*a) + a->state_len);
	free(a);
}

size_t aead_size(const struct aead *a)
{
	return sizeof(*a) + a->state_len + a->ops->extra_size(a->state);
}

bool aead_seal(struct aead *a, const uint8_t nonce[AEAD_NONCE_LEN], struct span aad, struct span in,
	       struct span tail, uint8_t *out, struct ward_error *err)
{
	return a->ops->seal(a->state, nonce, aad, in, tail, out, err);
}

bool aead_open(struct aead *a, const uint8_t nonce[AEAD_NONCE_LEN], struct span aad, uint8_t *buf,
	       size_t len, struct ward_error *err)
{
	if (len < AEAD_TAG_LEN)
		return FAIL(err, BAD_RECORD_MAC);
	if (a->ops->open(a->state, nonce, aad, buf, len, err))
		return true;
	/* What has been decrypted is nobody's text: it must not be used by mistake. */
	secret_wipe_bytes(buf, len - AEAD_TAG_LEN);
	return false;
}
