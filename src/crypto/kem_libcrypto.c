/*
 * ML-KEM (FIPS 203) through libcrypto, which has it from 3.5 on: asked for by name at run time, so
 * that what is built with an older one uses it when there is a newer one.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "crypto/kem.h"

/* The parameter of key generation that takes d and z; older headers do not name it. */
#define PARAM_SEED "seed"

static bool libcrypto_available(const struct kem *kem)
{
	return crypto_init(NULL) && libcrypto.kems[kem->number] != NULL;
}

static void libcrypto_free(const struct kem *kem, void *key)
{
	(void)kem;
	EVP_PKEY_free(key);
}

/* With no parameters, from random bytes. */
static void *make_key(const struct kem *kem, const OSSL_PARAM *params, uint8_t *ek,
		      struct ward_error *err)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kem->name, NULL);
	EVP_PKEY *key = NULL;
	size_t len = 0;
	bool ok = ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 &&
		  EVP_PKEY_CTX_set_params(ctx, params) == 1 && EVP_PKEY_generate(ctx, &key) == 1 &&
		  EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, ek, kem->ek_len,
						  &len) == 1 &&
		  len == kem->ek_len;

	EVP_PKEY_CTX_free(ctx);
	if (ok)
		return key;
	EVP_PKEY_free(key);
	libcrypto_fail(err, kem->name);
	return NULL;
}

static void *libcrypto_generate(const struct kem *kem, uint8_t *ek, struct ward_error *err)
{
	const OSSL_PARAM none = OSSL_PARAM_construct_end();

	return make_key(kem, &none, ek, err);
}

static void *libcrypto_from_seed(const struct kem *kem, const uint8_t *seed, uint8_t *ek,
				 struct ward_error *err)
{
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(PARAM_SEED, (void *)(uintptr_t)seed,
						  KEM_SEED_LEN),
		OSSL_PARAM_construct_end(),
	};

	return make_key(kem, params, ek, err);
}

static bool libcrypto_encaps(const struct kem *kem, const uint8_t *ek, uint8_t *ct,
			     uint8_t shared[KEM_SHARED_LEN], struct ward_error *err)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key_ex(NULL, kem->name, NULL, ek, kem->ek_len);
	EVP_PKEY_CTX *ctx = key == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	size_t ct_len = kem->ct_len, shared_len = KEM_SHARED_LEN;
	bool ok = ctx != NULL && EVP_PKEY_encapsulate_init(ctx, NULL) == 1 &&
		  EVP_PKEY_encapsulate(ctx, ct, &ct_len, shared, &shared_len) == 1;

	if (key == NULL)
		FAILF(err, BAD_KEY_SHARE, "not a key of %s", kem->name);
	else if (!ok)
		libcrypto_fail(err, kem->name);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

static bool libcrypto_decaps(const struct kem *kem, void *key, const uint8_t *ct,
			     uint8_t shared[KEM_SHARED_LEN], struct ward_error *err)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	size_t shared_len = KEM_SHARED_LEN;
	bool ok = ctx != NULL && EVP_PKEY_decapsulate_init(ctx, NULL) == 1 &&
		  EVP_PKEY_decapsulate(ctx, shared, &shared_len, ct, kem->ct_len) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok || libcrypto_fail(err, kem->name);
}

const struct kem kem_mlkem768_libcrypto = {
	.name = "ML-KEM-768",
	.ek_len = 1184,
	.ct_len = 1088,
	.number = KEM_MLKEM768,
	.available = libcrypto_available,
	.generate = libcrypto_generate,
	.from_seed = libcrypto_from_seed,
	.encaps = libcrypto_encaps,
	.decaps = libcrypto_decaps,
	.free = libcrypto_free,
};

const struct kem kem_mlkem1024_libcrypto = {
	.name = "ML-KEM-1024",
	.ek_len = 1568,
	.ct_len = 1568,
	.number = KEM_MLKEM1024,
	.available = libcrypto_available,
	.generate = libcrypto_generate,
	.from_seed = libcrypto_from_seed,
	.encaps = libcrypto_encaps,
	.decaps = libcrypto_decaps,
	.free = libcrypto_free,
};
