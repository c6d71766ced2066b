/*
 * Encryption by a passphrase, as the files share it that read what is encrypted so. Known to
 * crypto/ alone.
 */
#ifndef CRYPTO_PBE_H
#define CRYPTO_PBE_H

#include <openssl/x509.h>

#include "crypto/key.h"

enum {
	PBE_ITERATIONS = 600000,      /* what is written: PBKDF2 with HMAC-SHA-256 */
	PBE_ITERATIONS_MAX = 5000000, /* in all that one file asks for: seconds */
	PBE_SALT_LEN = 16,
};

/*
 * Whether an AlgorithmIdentifier asks for no more work than is done: KEY_UNSUPPORTED when it does,
 * or when it is none for passphrases. *spent: the rounds of one file so far, to which its own are
 * added; all of them together may be PBE_ITERATIONS_MAX. *old: it is of a kind before PBES2.
 */
bool pbe_check(const X509_ALGOR *alg, uint64_t *spent, bool *old, struct ward_error *err);
/* The same for a count that stands elsewhere. */
bool pbe_spend(uint64_t rounds, uint64_t *spent, struct ward_error *err);
/*
 * Where algorithms of old are had: a library context with the legacy provider, or NULL, which is
 * the usual one. Made when first asked for, then kept.
 */
OSSL_LIB_CTX *pbe_context(bool old);
/* Fails with PASSPHRASE_WRONG, or with KEY_UNSUPPORTED where libcrypto lacks the algorithm. */
bool pbe_fail(struct ward_error *err);
/* AES-256-CBC with PBKDF2, HMAC-SHA-256 and PBE_ITERATIONS. NULL with err set. */
X509_ALGOR *pbe_algorithm(struct ward_error *err);

#endif
