/*
 * Private keys: making them, signing with them, writing them down.
 *
 * They are EVP_PKEYs, so that a provider for hardware may hold them. Setting up an EVP_PKEY_CTX for
 * a signature is done once for each algorithm that a key can sign with; a signature takes a copy of
 * that context (0.3 us on P-256, where setting up anew costs 2) and leaves the original alone.
 *
 * Invariants: after privkey_take has returned it, a key is only read. It has signed something that
 * its own public half verified, so a file whose two halves do not belong together is refused.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/key.h"

static bool encode(const EVP_PKEY *pkey, int selection, const char *structure, uint8_t **der,
		   size_t *len, struct ward_error *err)
{
	OSSL_ENCODER_CTX *ctx =
		OSSL_ENCODER_CTX_new_for_pkey(pkey, selection, "DER", structure, NULL);
	unsigned char *data = NULL;
	bool ok = ctx != NULL && OSSL_ENCODER_to_data(ctx, &data, len) == 1;

	if (!ok) {
		libcrypto_fail(err, structure);
	} else {
		/* Ours to free by free(): libcrypto may have a malloc of its own. */
		*der = malloc(*len);
		ok = *der != NULL || FAIL(err, NO_MEMORY);
	}
	if (ok)
		memcpy(*der, data, *len);
	if (data != NULL)
		OPENSSL_clear_free(data, *len);
	OSSL_ENCODER_CTX_free(ctx);
	return ok;
}

static bool set_rsa(EVP_PKEY_CTX *ctx, const struct sig_scheme *scheme)
{
	bool pss = scheme->kind == SIG_KIND_PSS;
	int padding = pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;

	return EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1 &&
	       EVP_PKEY_CTX_set_signature_md(ctx, libcrypto.digests[scheme->digest]) == 1 &&
	       (!pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

/* Whether the key can sign with the algorithm at all. */
static bool can_sign(const struct privkey *k, const struct sig_scheme *scheme)
{
	enum digest_alg only = k->public->only_digest;

	return sig_fits(scheme->kind, k->public->type) &&
	       (only == DIGEST_NONE || only == scheme->digest);
}

/*
 * Signatures are looked for in the provider that has the key first: left to itself, libcrypto would
 * take the public half elsewhere, and find no private one there.
 */
static void prefer_own_provider(struct privkey *k)
{
	const OSSL_PROVIDER *provider = EVP_PKEY_get0_provider(k->pkey);
	const char *name = provider == NULL ? NULL : OSSL_PROVIDER_get0_name(provider);

	if (name != NULL && strcmp(name, "default") != 0)
		snprintf(k->properties, sizeof(k->properties), "?provider=%s", name);
}

static EVP_PKEY_CTX *prepare_one(const struct privkey *k, const struct sig_scheme *scheme)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, k->properties);

	if (ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	    (scheme->kind == SIG_KIND_ECDSA || set_rsa(ctx, scheme)))
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

static bool prepare(struct privkey *k, struct ward_error *err)
{
	for (int alg = SIG_NONE; alg < SIG_COUNT; alg++) {
		const struct sig_scheme *scheme = sig_find((enum sig_alg)alg);

		if (scheme == NULL || scheme->kind == SIG_KIND_ED25519 || !can_sign(k, scheme))
			continue;
		k->prepared[alg] = prepare_one(k, scheme);
		if (k->prepared[alg] == NULL)
			return libcrypto_fail(err, scheme->name);
	}
	return true;
}

/* The public half goes the way of every public key, and is judged as they are. */
static bool make_public(struct privkey *k, struct ward_error *err)
{
	uint8_t *der;
	size_t len;

	if (!privkey_spki(k, &der, &len, err))
		return false;
	k->public = pubkey_from_spki(span_make(der, len), err);
	free(der);
	return k->public != NULL;
}

/* The algorithm that every key of the type can sign with. */
static enum sig_alg probe_alg(const struct pubkey *public)
{
	switch (public->type) {
	case KEY_RSA:
		return SIG_RSA_PKCS1_SHA256;
	case KEY_RSA_PSS:
		if (public->only_digest == DIGEST_SHA384)
			return SIG_RSA_PSS_SHA384;
		return public->only_digest == DIGEST_SHA512 ? SIG_RSA_PSS_SHA512
							    : SIG_RSA_PSS_SHA256;
	case KEY_P256:
	case KEY_P384:
	case KEY_P521:
		return SIG_ECDSA_SHA256;
	case KEY_ED25519:
		return SIG_ED25519;
	case KEY_NONE:
	default:
		return SIG_NONE;
	}
}

static bool probe(const struct privkey *k, struct ward_error *err)
{
	const struct span message = SPAN_LITERAL("do the two halves belong together?");
	enum sig_alg alg = probe_alg(k->public);
	uint8_t sig[SIGNATURE_MAX];
	size_t len;

	return (privkey_sign(k, alg, message, sig, &len, NULL) &&
		pubkey_verify(k->public, alg, message, span_make(sig, len), NULL)) ||
	       FAILF(err, BAD_KEY, "the private and the public half do not belong together");
}

struct privkey *privkey_take(EVP_PKEY *pkey, struct ward_error *err)
{
	struct privkey *k = calloc(1, sizeof(*k));

	if (k == NULL) {
		EVP_PKEY_free(pkey);
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&k->refs, 1);
	k->pkey = pkey;
	prefer_own_provider(k);
	if (!make_public(k, err) || !prepare(k, err) || !probe(k, err)) {
		privkey_free(k);
		return NULL;
	}
	return k;
}

static EVP_PKEY *generate(enum key_type type, unsigned int rsa_bits)
{
	size_t bits = rsa_bits == 0 ? 2048 : rsa_bits;

	switch (type) {
	case KEY_RSA:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
	case KEY_P256:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	case KEY_P384:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	case KEY_P521:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521");
	case KEY_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	case KEY_RSA_PSS:
	case KEY_NONE:
	default:
		return NULL;
	}
}

struct privkey *privkey_generate(enum key_type type, unsigned int rsa_bits, struct ward_error *err)
{
	struct privkey *k = NULL;
	EVP_PKEY *pkey;

	if (!crypto_init(err))
		return NULL;
	if (type == KEY_NONE || type == KEY_RSA_PSS) {
		FAILF(err, BAD_ARGUMENT, "keys of this type are not made");
		return NULL;
	}
	if (type == KEY_RSA && rsa_bits != 0 && (rsa_bits < 2048 || rsa_bits > 8192)) {
		FAILF(err, BAD_ARGUMENT, "RSA of %u bits", rsa_bits);
		return NULL;
	}
	libcrypto_errors_mark();
	pkey = generate(type, rsa_bits);
	if (pkey == NULL)
		libcrypto_fail(err, "making a key");
	else
		k = privkey_take(pkey, err);
	libcrypto_errors_drop();
	return k;
}

struct privkey *privkey_ref(struct privkey *k)
{
	atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
	return k;
}

void privkey_free(struct privkey *k)
{
	if (k == NULL || atomic_fetch_sub_explicit(&k->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (int alg = 0; alg < SIG_COUNT; alg++)
		EVP_PKEY_CTX_free(k->prepared[alg]);
	pubkey_free(k->public);
	EVP_PKEY_free(k->pkey);
	free(k);
}

enum key_type privkey_type(const struct privkey *k)
{
	return pubkey_type(k->public);
}

unsigned int privkey_bits(const struct privkey *k)
{
	return pubkey_bits(k->public);
}

/* Ed25519 takes the whole message, and its EVP_MD_CTX serves one signature only from 3.5 on. */
static bool sign_ed25519(const struct privkey *k, struct span message, uint8_t *sig,
			 size_t *sig_len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL &&
		  EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, k->properties, k->pkey, NULL) == 1 &&
		  EVP_DigestSign(ctx, sig, sig_len, message.data, message.len) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

/* NULL with err set where the key does not sign so. */
static const struct sig_scheme *scheme_for(const struct privkey *k, enum sig_alg alg,
					   struct ward_error *err)
{
	const struct sig_scheme *scheme = sig_find(alg);

	if (scheme != NULL && can_sign(k, scheme))
		return scheme;
	FAILF(err, SIGNATURE_UNSUPPORTED, "%s by a key of type %s",
	      scheme == NULL ? "none" : scheme->name, key_type_name(privkey_type(k)));
	return NULL;
}

bool privkey_sign_digest(const struct privkey *k, enum sig_alg alg, struct span digest,
			 uint8_t *sig, size_t *sig_len, struct ward_error *err)
{
	const struct sig_scheme *scheme = scheme_for(k, alg, err);
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (scheme == NULL)
		return false;
	if (scheme->digest == DIGEST_NONE)
		return FAILF(err, SIGNATURE_UNSUPPORTED, "%s hashes by itself", scheme->name);
	if (digest.len != digest_len(scheme->digest))
		return FAILF(err, BAD_ARGUMENT, "a digest of %zu bytes", digest.len);
	*sig_len = SIGNATURE_MAX;
	libcrypto_errors_mark();
	ctx = EVP_PKEY_CTX_dup(k->prepared[alg]);
	if (ctx == NULL) /* not every provider for hardware can copy one */
		ctx = prepare_one(k, scheme);
	ok = ctx != NULL && EVP_PKEY_sign(ctx, sig, sig_len, digest.data, digest.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	if (!ok)
		libcrypto_fail(err, scheme->name);
	libcrypto_errors_drop();
	return ok;
}

bool privkey_sign(const struct privkey *k, enum sig_alg alg, struct span message, uint8_t *sig,
		  size_t *sig_len, struct ward_error *err)
{
	const struct sig_scheme *scheme = scheme_for(k, alg, err);
	uint8_t digest[DIGEST_MAX_LEN];
	bool ok;

	if (scheme == NULL)
		return false;
	if (scheme->digest != DIGEST_NONE) {
		digest_once(scheme->digest, message, digest);
		return privkey_sign_digest(k, alg, span_make(digest, digest_len(scheme->digest)),
					   sig, sig_len, err);
	}
	*sig_len = SIGNATURE_MAX;
	libcrypto_errors_mark();
	ok = sign_ed25519(k, message, sig, sig_len);
	if (!ok)
		libcrypto_fail(err, scheme->name);
	libcrypto_errors_drop();
	return ok;
}

bool privkey_check(const struct privkey *k, struct ward_error *err)
{
	EVP_PKEY_CTX *ctx;
	bool ok;

	libcrypto_errors_mark();
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	ok = ctx != NULL && EVP_PKEY_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	libcrypto_errors_drop();
	return ok || FAILF(err, BAD_KEY, "its numbers do not fit each other");
}

/*
 * A provider for hardware may write a curve down with all its parameters, for want of its name; so the
 * key is read again as one of libcrypto's own, which knows the name. Takes the place of *der.
 */
static bool name_curve(uint8_t **der, size_t *len, struct ward_error *err)
{
	const unsigned char *at = *der;
	EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)*len);
	bool ok = true;

	if (pkey != NULL && EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING,
							   OSSL_PKEY_EC_ENCODING_GROUP) == 1) {
		free(*der);
		ok = encode(pkey, EVP_PKEY_PUBLIC_KEY, "SubjectPublicKeyInfo", der, len, err);
	}
	EVP_PKEY_free(pkey);
	return ok;
}

bool privkey_spki(const struct privkey *k, uint8_t **der, size_t *len, struct ward_error *err)
{
	if (!encode(k->pkey, EVP_PKEY_PUBLIC_KEY, "SubjectPublicKeyInfo", der, len, err))
		return false;
	return k->properties[0] == '\0' || !EVP_PKEY_is_a(k->pkey, "EC") ||
	       name_curve(der, len, err);
}

bool privkey_pkcs8(const struct privkey *k, uint8_t **der, size_t *len, struct ward_error *err)
{
	return encode(k->pkey, EVP_PKEY_KEYPAIR, "PrivateKeyInfo", der, len, err);
}

bool privkey_traditional(const struct privkey *k, uint8_t **der, size_t *len,
			 struct ward_error *err)
{
	enum key_type type = privkey_type(k);

	if (type != KEY_RSA && type != KEY_P256 && type != KEY_P384 && type != KEY_P521)
		return FAILF(err, BAD_ARGUMENT, "a key of type %s has no form but PKCS#8",
			     key_type_name(type));
	return encode(k->pkey, EVP_PKEY_KEYPAIR, "type-specific", der, len, err);
}
