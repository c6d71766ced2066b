/*
 * What crypto/ holds of libcrypto for as long as the process runs. Known to crypto/ alone.
 */
#ifndef CRYPTO_INIT_H
#define CRYPTO_INIT_H

#include <openssl/ec.h>
#include <openssl/err.h>

#include "crypto/crypto.h"

/* The curves that a key or a key share may be on. */
enum curve {
	CURVE_P256,
	CURVE_P384,
	CURVE_P521,
	CURVE_COUNT,
};

/* Of libcrypto, from 3.5 on. */
enum kem_number {
	KEM_MLKEM768,
	KEM_MLKEM1024,
	KEM_COUNT,
};

/* Fetched once and then only read: valid after crypto_init has returned true. */
struct libcrypto {
	EVP_CIPHER *ciphers[AEAD_CHACHA20_POLY1305 + 1]; /* by enum aead_alg */
	EVP_MD *digests[DIGEST_SHA512 + 1];              /* by enum digest_alg */
	EC_GROUP *curves[CURVE_COUNT];
	EVP_KEM *kems[KEM_COUNT]; /* NULL where there is none */
};

extern struct libcrypto libcrypto;

/* Fails with CRYPTO_FAILED, `what` and the reason that libcrypto gave last. Always false. */
bool libcrypto_fail(struct ward_error *err, const char *what);

/*
 * libcrypto's error queue belongs to the application. What fails in here is told by ward_error, so
 * that calls which may fail on a peer's input stand between these two.
 */
static inline void libcrypto_errors_mark(void)
{
	ERR_set_mark();
}

static inline void libcrypto_errors_drop(void)
{
	ERR_pop_to_mark();
}

#endif
