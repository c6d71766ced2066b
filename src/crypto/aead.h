/*
 * How an AEAD is provided: libcrypto's way or a native kernel's, chosen once per algorithm by what
 * the CPU can do. Known to crypto/ alone.
 */
#ifndef CRYPTO_AEAD_H
#define CRYPTO_AEAD_H

#include "crypto/crypto.h"

struct aead_ops {
	const char *name;
	/*
	 * Room for the provider's keyed state, which stands behind struct aead in one allocation:
	 * zeroed, aligned to 16 bytes, wiped after clear. clear is called even if init has failed.
	 */
	size_t (*state_len)(enum aead_alg alg);
	bool (*init)(void *state, enum aead_alg alg, const uint8_t *key, struct ward_error *err);
	void (*clear)(void *state);
	bool (*seal)(void *state, const uint8_t *nonce, struct span aad, struct span in,
		     struct span tail, uint8_t *out, struct ward_error *err);
	bool (*open)(void *state, const uint8_t *nonce, struct span aad, uint8_t *buf, size_t len,
		     struct ward_error *err);
	size_t (*extra_size)(const void *state);
};

/* NULL where this CPU cannot run the kernel. */
const struct aead_ops *aead_native_gcm(void);
extern const struct aead_ops aead_libcrypto;

/* Makes an object with these ops whatever the CPU would choose: for differential tests. */
struct aead *aead_new_with(const struct aead_ops *ops, enum aead_alg alg, const uint8_t *key,
			   struct ward_error *err);

#endif
