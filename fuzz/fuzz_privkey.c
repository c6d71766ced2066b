/*
 * A private key from outside, in PEM or DER. One that is taken signs what its public half verifies,
 * and comes back out of PKCS#8 as the same key.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>

#include "crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

static enum sig_alg some_alg(const struct privkey *k)
{
	static const enum sig_alg algs[] = { SIG_ECDSA_SHA256, SIG_ED25519, SIG_RSA_PSS_SHA256,
					     SIG_RSA_PSS_SHA384, SIG_RSA_PSS_SHA512 };
	uint8_t sig[SIGNATURE_MAX];
	size_t len;

	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (privkey_sign(k, algs[i], SPAN_LITERAL("x"), sig, &len, NULL))
			return algs[i];
	return SIG_NONE;
}

static void check_signature(const struct privkey *k, struct span spki)
{
	struct span message = SPAN_LITERAL("message");
	struct pubkey *public = pubkey_from_spki(spki, NULL);
	enum sig_alg alg = some_alg(k);
	uint8_t sig[SIGNATURE_MAX];
	size_t len;

	must(public != NULL && pubkey_type(public) == privkey_type(k), "the public half");
	must(privkey_sign(k, alg, message, sig, &len, NULL) && len <= SIGNATURE_MAX, "a signature");
	must(pubkey_verify(public, alg, message, span_make(sig, len), NULL), "a wrong signature");
	pubkey_free(public);
}

static void check_again(struct span pkcs8, struct span spki)
{
	struct privkey *again = privkey_from_bytes(pkcs8, NULL);
	uint8_t *der = NULL;
	size_t len = 0;

	must(again != NULL && privkey_spki(again, &der, &len, NULL), "PKCS#8 that is not read");
	must(span_equal(spki, span_make(der, len)), "PKCS#8 of another key");
	free(der);
	privkey_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct privkey *k = privkey_from_bytes(span_make(data, size), &err);
	uint8_t *pkcs8, *spki;
	size_t pkcs8_len, spki_len;

	must((k == NULL) == error_is_set(&err), "a refusal without a reason");
	must(ERR_peek_error() == 0, "an error left in libcrypto's queue");
	if (k == NULL)
		return 0;
	must(privkey_spki(k, &spki, &spki_len, NULL), "SubjectPublicKeyInfo");
	must(privkey_pkcs8(k, &pkcs8, &pkcs8_len, NULL), "PKCS#8");
	check_signature(k, span_make(spki, spki_len));
	check_again(span_make(pkcs8, pkcs8_len), span_make(spki, spki_len));
	free(spki);
	free(pkcs8);
	privkey_free(k);
	return 0;
}
