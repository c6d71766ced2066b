/*
 * How a KEM is provided: one set of functions each, by a kernel of our own or by libcrypto. Known to
 * crypto/ alone.
 */
#ifndef CRYPTO_KEM_H
#define CRYPTO_KEM_H

#include "crypto/init.h"

enum {
	KEM_SHARED_LEN = 32,
	KEM_SEED_LEN = 64, /* of ML-KEM: d and z */
};

struct kem {
	const char *name; /* as libcrypto calls it */
	size_t ek_len, ct_len;
	enum kem_number number; /* of what is fetched from libcrypto */
	const void *set;        /* of the kernel */

	bool (*available)(const struct kem *kem);
	/* A key pair, from random bytes or from a seed; the encapsulation key is written. */
	void *(*generate)(const struct kem *kem, uint8_t *ek, struct ward_error *err);
	void *(*from_seed)(const struct kem *kem, const uint8_t *seed, uint8_t *ek,
			   struct ward_error *err);
	/* Fails with BAD_KEY_SHARE unless ek, of the right length, is an encapsulation key. */
	bool (*encaps)(const struct kem *kem, const uint8_t *ek, uint8_t *ct,
		       uint8_t shared[KEM_SHARED_LEN], struct ward_error *err);
	/* Of anything of the right length. */
	bool (*decaps)(const struct kem *kem, void *key, const uint8_t *ct,
		       uint8_t shared[KEM_SHARED_LEN], struct ward_error *err);
	void (*free)(const struct kem *kem, void *key);
};

extern const struct kem kem_mlkem768_native;
extern const struct kem kem_mlkem1024_native;
extern const struct kem kem_mlkem768_libcrypto;
extern const struct kem kem_mlkem1024_libcrypto;

#endif
