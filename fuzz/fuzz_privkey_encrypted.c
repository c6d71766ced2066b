/*
 * Private keys under the passphrase "x". The first byte says what the rest is: an encrypted key, in
 * PEM or DER, or what becomes one here, so that what comes out of the decryption is hostile, too.
 *
 * Work is bounded by what src/crypto/pbe.c allows, which is seconds; inputs that ask for more than
 * some rounds are not decrypted here, or little else would be tried.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include "crypto/crypto.h"
#include "wire/der.h"
#include "wire/pem.h"

enum { ROUNDS_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

/* Whether what may be a number of rounds in there is large; ciphertext seldom looks so. */
static bool is_costly(struct span der)
{
	for (size_t i = 0; i + 2 < der.len; i++) {
		const uint8_t *at = der.data + i;

		if (at[0] == DER_INTEGER && at[1] != 1 && (at[1] != 2 || at[2] > ROUNDS_MAX >> 8))
			return true;
	}
	return false;
}

static bool is_costly_text(struct span text)
{
	struct ward_error err = ERROR_NONE;
	struct pem_block block;
	bool costly = false;

	while (!costly && pem_next(&text, &block, &err)) {
		costly = is_costly(span_make(block.der, block.der_len));
		pem_block_clear(&block);
	}
	return costly;
}

/* EncryptedPrivateKeyInfo of bytes that need be no PrivateKeyInfo: PBKDF2 with one round. */
static int encrypt(struct span plain, unsigned char **der)
{
	X509_ALGOR *alg = PKCS5_pbe2_set(EVP_aes_128_cbc(), 1, NULL, 0);
	X509_SIG *sig = X509_SIG_new();
	X509_ALGOR *to_alg;
	ASN1_OCTET_STRING *to;
	unsigned char *bytes = NULL;
	int len = 0, der_len;

	must(alg != NULL && sig != NULL &&
		     PKCS12_pbe_crypt(alg, "x", 1, plain.data, (int)plain.len, &bytes, &len, 1) !=
			     NULL,
	     "libcrypto does not encrypt");
	X509_SIG_getm(sig, &to_alg, &to);
	must(X509_ALGOR_copy(to_alg, alg) == 1, "libcrypto does not copy");
	ASN1_STRING_set0(to, bytes, len);
	der_len = i2d_X509_SIG(sig, der);
	X509_SIG_free(sig);
	X509_ALGOR_free(alg);
	return der_len;
}

static void read_key(struct span bytes)
{
	struct ward_error err = ERROR_NONE;
	struct privkey *k = privkey_from_bytes_with(bytes, SPAN_LITERAL("x"), &err);
	uint8_t *spki;
	size_t len;

	must((k == NULL) == error_is_set(&err), "a refusal without a reason");
	must(ERR_peek_error() == 0, "an error left in libcrypto's queue");
	if (k == NULL)
		return;
	must(privkey_spki(k, &spki, &len, NULL), "SubjectPublicKeyInfo");
	free(spki);
	privkey_free(k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_make(data, size);
	unsigned char *der = NULL;
	int len;

	if (size == 0 || size > 16384)
		return 0;
	bytes = span_make(data + 1, size - 1);
	if (data[0] == 'e') {
		if (!is_costly(bytes) && !is_costly_text(bytes))
			read_key(bytes);
		return 0;
	}
	len = encrypt(bytes, &der);
	must(len > 0, "libcrypto does not write");
	read_key(span_make(der, (size_t)len));
	OPENSSL_free(der);
	return 0;
}
