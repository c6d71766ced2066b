/*
 * ML-KEM as a KEM of kex_hybrid.c by our own kernels. Randomness is libcrypto's.
 */
#include <stdlib.h>

#include <openssl/rand.h>

#include "crypto/kem.h"
#include "crypto/native/mlkem.h"

static bool native_available(const struct kem *kem)
{
	return kem->set != NULL;
}

static void native_free(const struct kem *kem, void *key)
{
	const struct mlkem *set = kem->set;

	if (key != NULL)
		secret_wipe_bytes(key, set->dk_len);
	free(key);
}

/* The key is dk, as FIPS 203 has it. */
static void *native_from_seed(const struct kem *kem, const uint8_t *seed, uint8_t *ek,
			      struct ward_error *err)
{
	const struct mlkem *set = kem->set;
	uint8_t *dk = malloc(set->dk_len);

	if (dk == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	mlkem_keygen(mlkem_best(), set, seed, dk);
	memcpy(ek, mlkem_ek(set, dk), set->ek_len);
	return dk;
}

static void *native_generate(const struct kem *kem, uint8_t *ek, struct ward_error *err)
{
	SECRET_AUTO struct secret seed = { .len = MLKEM_SEED_LEN };

	/* From the generator that libcrypto keeps apart for private keys. */
	if (RAND_priv_bytes(seed.data, MLKEM_SEED_LEN) != 1) {
		FAIL(err, RANDOM_FAILED);
		return NULL;
	}
	return native_from_seed(kem, seed.data, ek, err);
}

static bool native_encaps(const struct kem *kem, const uint8_t *ek, uint8_t *ct,
			  uint8_t shared[KEM_SHARED_LEN], struct ward_error *err)
{
	SECRET_AUTO struct secret random = { .len = MLKEM_RANDOM_LEN };

	if (RAND_priv_bytes(random.data, MLKEM_RANDOM_LEN) != 1)
		return FAIL(err, RANDOM_FAILED);
	return mlkem_encaps(mlkem_best(), kem->set, ek, random.data, ct, shared) ||
	       FAILF(err, BAD_KEY_SHARE, "not a key of %s", kem->name);
}

static bool native_decaps(const struct kem *kem, void *key, const uint8_t *ct,
			  uint8_t shared[KEM_SHARED_LEN], struct ward_error *err)
{
	(void)err;
	mlkem_decaps(mlkem_best(), kem->set, key, ct, shared);
	return true;
}

const struct kem kem_mlkem768_native = {
	.name = "ML-KEM-768",
	.ek_len = 1184,
	.ct_len = 1088,
	.set = &mlkem_768,
	.available = native_available,
	.generate = native_generate,
	.from_seed = native_from_seed,
	.encaps = native_encaps,
	.decaps = native_decaps,
	.free = native_free,
};

const struct kem kem_mlkem1024_native = {
	.name = "ML-KEM-1024",
	.ek_len = 1568,
	.ct_len = 1568,
	.set = &mlkem_1024,
	.available = native_available,
	.generate = native_generate,
	.from_seed = native_from_seed,
	.encaps = native_encaps,
	.decaps = native_decaps,
	.free = native_free,
};
