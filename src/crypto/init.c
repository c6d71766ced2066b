/*
 * Fetching libcrypto's algorithms, once for the process.
 *
 * An EVP_*_fetch takes a lock and a search of the providers, a curve by its number several
 * microseconds: none of it happens again per key or per record. Everything is kept until the
 * process ends; libcrypto itself cleans up behind its own atexit handler, so nothing is freed here.
 *
 * Invariant: `ready` is set after all of `libcrypto` was written and never cleared. A failure (no
 * memory, a provider that lacks an algorithm) is not remembered: the next call tries again.
 */
#include "crypto/init.h"

#include <pthread.h>
#include <stdatomic.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

struct libcrypto libcrypto;

static atomic_bool ready;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *const cipher_names[] = {
	[AEAD_AES_128_GCM] = "AES-128-GCM",
	[AEAD_AES_256_GCM] = "AES-256-GCM",
	[AEAD_CHACHA20_POLY1305] = "ChaCha20-Poly1305",
};

static const char *const digest_names[] = {
	[DIGEST_SHA256] = "SHA256",
	[DIGEST_SHA384] = "SHA384",
	[DIGEST_SHA512] = "SHA512",
};

static const int curve_numbers[CURVE_COUNT] = {
	[CURVE_P256] = NID_X9_62_prime256v1,
	[CURVE_P384] = NID_secp384r1,
	[CURVE_P521] = NID_secp521r1,
};

static const char *const kem_names[KEM_COUNT] = {
	[KEM_MLKEM768] = "ML-KEM-768",
	[KEM_MLKEM1024] = "ML-KEM-1024",
};

bool libcrypto_fail(struct ward_error *err, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	if (reason == NULL)
		return FAILF(err, CRYPTO_FAILED, "%s", what);
	return FAILF(err, CRYPTO_FAILED, "%s: %s", what, reason);
}

static bool fetch_ciphers(struct ward_error *err)
{
	for (int i = AEAD_AES_128_GCM; i <= AEAD_CHACHA20_POLY1305; i++) {
		if (libcrypto.ciphers[i] == NULL)
			libcrypto.ciphers[i] = EVP_CIPHER_fetch(NULL, cipher_names[i], NULL);
		if (libcrypto.ciphers[i] == NULL)
			return libcrypto_fail(err, cipher_names[i]);
	}
	return true;
}

static bool fetch_digests(struct ward_error *err)
{
	for (int i = DIGEST_SHA256; i <= DIGEST_SHA512; i++) {
		if (libcrypto.digests[i] == NULL)
			libcrypto.digests[i] = EVP_MD_fetch(NULL, digest_names[i], NULL);
		if (libcrypto.digests[i] == NULL)
			return libcrypto_fail(err, digest_names[i]);
	}
	return true;
}

static bool make_curves(struct ward_error *err)
{
	for (int i = 0; i < CURVE_COUNT; i++) {
		if (libcrypto.curves[i] == NULL)
			libcrypto.curves[i] = EC_GROUP_new_by_curve_name(curve_numbers[i]);
		if (libcrypto.curves[i] == NULL)
			return libcrypto_fail(err, "a NIST curve");
	}
	return true;
}

/* Those that there are. */
static void fetch_kems(void)
{
	for (int i = 0; i < KEM_COUNT; i++)
		if (libcrypto.kems[i] == NULL)
			libcrypto.kems[i] = EVP_KEM_fetch(NULL, kem_names[i], NULL);
}

static bool fetch_all(struct ward_error *err)
{
	bool ok;

	libcrypto_errors_mark();
	fetch_kems();
	ok = fetch_ciphers(err) && fetch_digests(err) && make_curves(err);
	libcrypto_errors_drop();
	return ok;
}

bool crypto_init(struct ward_error *err)
{
	bool ok;

	if (atomic_load_explicit(&ready, memory_order_acquire))
		return true;
	pthread_mutex_lock(&lock);
	ok = atomic_load_explicit(&ready, memory_order_relaxed) || fetch_all(err);
	if (ok)
		atomic_store_explicit(&ready, true, memory_order_release);
	pthread_mutex_unlock(&lock);
	return ok;
}
