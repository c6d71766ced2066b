/*
 * The seam against Wycheproof: every file about a primitive that exists here. Cases that a file
 * calls acceptable are judged by their flags: where the RFCs that ward follows leave no choice, or
 * ward has made one, it is written down in a function named may_...
 */
#include <stdlib.h>

#include "crypto/aead.h"
#include "crypto/native/mlkem.h"
#include "support/vectors.h"

/* ---- AEAD ---- */

/* Opens what the file gives and seals what came out: both must be as the file says. */
static enum outcome aead_try(struct aead *a, const struct vector *v)
{
	struct span nonce = vectors_bytes(v->test, "iv");
	struct span aad = vectors_bytes(v->test, "aad");
	struct span msg = vectors_bytes(v->test, "msg");
	struct span ct = vectors_bytes(v->test, "ct");
	struct span tag = vectors_bytes(v->test, "tag");
	size_t len = ct.len + tag.len;
	uint8_t *buf = malloc(len);
	enum outcome outcome = REFUSED;
	bool ok;

	assert_non_null(buf);
	bytes_copy(buf, ct.data, ct.len);
	bytes_copy(buf + ct.len, tag.data, tag.len);
	if (aead_open(a, nonce.data, aad, buf, len, NULL)) {
		ok = span_equal(span_make(buf, ct.len), msg);
		ok = aead_seal(a, nonce.data, aad, msg, SPAN_EMPTY, buf, NULL) && ok;
		ok = span_equal(span_make(buf, ct.len), ct) && ok;
		ok = span_equal(span_make(buf + ct.len, tag.len), tag) && ok;
		outcome = ok ? ACCEPTED : WRONG_OUTPUT;
	}
	free(buf);
	return outcome;
}

static enum aead_alg aead_of(const struct vector *v)
{
	if (v->data == NULL)
		return AEAD_CHACHA20_POLY1305;
	return vectors_number(v->group, "keySize") == 128 ? AEAD_AES_128_GCM : AEAD_AES_256_GCM;
}

/* TLS has nonces of 96 bits, tags of 128, and AES with keys of 128 and 256. */
static bool aead_applies(const struct vector *v)
{
	return vectors_number(v->group, "ivSize") == 96 &&
	       vectors_number(v->group, "tagSize") == 128 &&
	       vectors_number(v->group, "keySize") != 192;
}

static enum outcome aead_chosen_run(const struct vector *v)
{
	struct span key = vectors_bytes(v->test, "key");
	struct aead *a = aead_new(aead_of(v), key.data, NULL);
	enum outcome outcome;

	assert_non_null(a);
	outcome = aead_try(a, v);
	aead_free(a);
	return outcome;
}

static enum outcome aead_libcrypto_run(const struct vector *v)
{
	struct span key = vectors_bytes(v->test, "key");
	struct aead *a = aead_new_with(&aead_libcrypto, aead_of(v), key.data, NULL);
	enum outcome outcome;

	assert_non_null(a);
	outcome = aead_try(a, v);
	aead_free(a);
	return outcome;
}

/* ---- HMAC and HKDF ---- */

static enum outcome hmac_run(const struct vector *v)
{
	const enum digest_alg *alg = v->data;
	struct span tag = vectors_bytes(v->test, "tag");
	uint8_t out[DIGEST_MAX_LEN];

	hmac_once(*alg, vectors_bytes(v->test, "key"), vectors_bytes(v->test, "msg"), out);
	return span_equal(span_make(out, vectors_number(v->group, "tagSize") / 8), tag) ? ACCEPTED
											: REFUSED;
}

static enum outcome hkdf_run(const struct vector *v)
{
	const enum digest_alg *alg = v->data;
	size_t size = vectors_number(v->test, "size");
	uint8_t *out = malloc(size);
	struct secret prk;
	bool ok;

	assert_non_null(out);
	hkdf_extract(*alg, vectors_bytes(v->test, "salt"), vectors_bytes(v->test, "ikm"), &prk);
	hkdf_expand(*alg, secret_span(&prk), vectors_bytes(v->test, "info"), out, size);
	ok = span_equal(span_make(out, size), vectors_bytes(v->test, "okm"));
	free(out);
	return ok ? ACCEPTED : WRONG_OUTPUT;
}

/* Asking for more than the RFC allows is an assertion; test_kdf.c provokes it. */
static bool hkdf_applies(const struct vector *v)
{
	const enum digest_alg *alg = v->data;

	return vectors_number(v->test, "size") <= 255 * digest_len(*alg);
}

/* ---- key exchange ---- */

struct kex_data {
	uint16_t group;
	enum key_type type;
};

static const struct kex_data x25519 = { GROUP_X25519, KEY_NONE };
static const struct kex_data p256 = { GROUP_SECP256R1, KEY_P256 };
static const struct kex_data p384 = { GROUP_SECP384R1, KEY_P384 };

static enum outcome kex_try(const struct vector *v, struct span share)
{
	const struct kex_data *d = v->data;
	struct span private_key = vectors_bytes(v->test, "private");
	uint8_t mine[KEX_SHARE_MAX];
	struct secret shared = { .len = 0 };
	struct kex *k = kex_from_private(d->group, private_key, mine, NULL);
	enum outcome outcome = REFUSED;

	assert_non_null(k);
	if (kex_finish(k, share, &shared, NULL))
		outcome = span_equal(secret_span(&shared), vectors_bytes(v->test, "shared"))
				  ? ACCEPTED
				  : WRONG_OUTPUT;
	kex_free(k);
	return outcome;
}

static enum outcome kex_point_run(const struct vector *v)
{
	return kex_try(v, vectors_bytes(v->test, "public"));
}

/* A SubjectPublicKeyInfo: what our parser accepts ends in the point. */
static enum outcome kex_spki_run(const struct vector *v)
{
	const struct kex_data *d = v->data;
	size_t len = kex_share_len(d->group);
	struct span spki = vectors_bytes(v->test, "public");
	struct pubkey *k = pubkey_from_spki(spki, NULL);
	bool ok = k != NULL && pubkey_type(k) == d->type;

	pubkey_free(k);
	return ok ? kex_try(v, span_make(spki.data + spki.len - len, len)) : REFUSED;
}

/* Twists and encodings that are not canonical work as RFC 7748 says; zeros are refused (7.4.2). */
static enum outcome may_x25519(const struct vector *v)
{
	return vector_has_flag(v, "ZeroSharedSecret") ? REFUSED : ACCEPTED;
}

/* No compressed points, no curves but by name, nothing that is not DER. */
static enum outcome may_ecdh(const struct vector *v)
{
	assert_true(vector_has_flag(v, "CompressedPublic") || vector_has_flag(v, "UnnamedCurve") ||
		    vector_has_flag(v, "InvalidAsn"));
	return REFUSED;
}

/* ---- ML-KEM: the hybrids' kernels ---- */

#ifndef WARD_NO_NATIVE

struct kem_data {
	const struct mlkem *set;
	enum mlkem_kernels kernel;
};

/* The portable one where this CPU cannot run the other. */
static const struct mlkem_kernel *kernel_of(const struct kem_data *d)
{
	const struct mlkem_kernel *kernel = mlkem_kernel(d->kernel);

	return kernel != NULL ? kernel : &mlkem_portable;
}

static bool same(const uint8_t *bytes, const struct vector *v, const char *name)
{
	struct span expected = vectors_bytes(v->test, name);

	return span_equal(span_make(bytes, expected.len), expected);
}

/* What has another length is refused before a kernel sees it (kex.c). */
static enum outcome kem_encaps_run(const struct vector *v)
{
	const struct kem_data *d = v->data;
	struct span ek = vectors_bytes(v->test, "ek"), m = vectors_bytes(v->test, "m");
	uint8_t ct[MLKEM_CT_MAX], shared[MLKEM_SHARED_LEN];

	if (ek.len != d->set->ek_len || m.len != MLKEM_RANDOM_LEN)
		return REFUSED;
	if (!mlkem_encaps(kernel_of(d), d->set, ek.data, m.data, ct, shared))
		return REFUSED;
	return same(ct, v, "c") && same(shared, v, "K") ? ACCEPTED : WRONG_OUTPUT;
}

static enum outcome kem_keygen_run(const struct vector *v)
{
	const struct kem_data *d = v->data;
	struct span seed = vectors_bytes(v->test, "seed");
	uint8_t dk[MLKEM_DK_MAX];

	assert_int_equal(seed.len, MLKEM_SEED_LEN);
	mlkem_keygen(kernel_of(d), d->set, seed.data, dk);
	return same(dk, v, "dk") && same(mlkem_ek(d->set, dk), v, "ek") ? ACCEPTED : WRONG_OUTPUT;
}

static enum outcome kem_try_decaps(const struct vector *v, const uint8_t *dk)
{
	const struct kem_data *d = v->data;
	struct span c = vectors_bytes(v->test, "c");
	uint8_t shared[MLKEM_SHARED_LEN];

	if (c.len != d->set->ct_len)
		return REFUSED;
	mlkem_decaps(kernel_of(d), d->set, dk, c.data, shared);
	return same(shared, v, "K") ? ACCEPTED : WRONG_OUTPUT;
}

static enum outcome kem_decaps_run(const struct vector *v)
{
	const struct kem_data *d = v->data;
	struct span dk = vectors_bytes(v->test, "dk");

	if (dk.len != d->set->dk_len || !mlkem_check_dk(kernel_of(d), d->set, dk.data))
		return REFUSED;
	return kem_try_decaps(v, dk.data);
}

static enum outcome kem_whole_run(const struct vector *v)
{
	const struct kem_data *d = v->data;
	struct span seed = vectors_bytes(v->test, "seed");
	uint8_t dk[MLKEM_DK_MAX];

	if (seed.len != MLKEM_SEED_LEN)
		return REFUSED;
	mlkem_keygen(kernel_of(d), d->set, seed.data, dk);
	assert_true(same(mlkem_ek(d->set, dk), v, "ek"));
	return kem_try_decaps(v, dk);
}

static const struct kem_data kem768_c = { &mlkem_768, MLKEM_PORTABLE };
static const struct kem_data kem768_avx2 = { &mlkem_768, MLKEM_AVX2 };
static const struct kem_data kem1024_c = { &mlkem_1024, MLKEM_PORTABLE };
static const struct kem_data kem1024_avx2 = { &mlkem_1024, MLKEM_AVX2 };

#define KEM_FILES(bits, data)                                                                      \
	{ "mlkem_" bits "_encaps_test.json", &(data), kem_encaps_run, NULL, NULL },                \
		{ "mlkem_" bits "_keygen_seed_test.json", &(data), kem_keygen_run, NULL, NULL },   \
		{ "mlkem_" bits "_semi_expanded_decaps_test.json", &(data), kem_decaps_run, NULL,  \
		  NULL },                                                                          \
	{                                                                                          \
		"mlkem_" bits "_test.json", &(data), kem_whole_run, NULL, NULL                     \
	}

#endif

/* ---- signatures ---- */

static enum outcome sig_run(const struct vector *v)
{
	const enum sig_alg *alg = v->data;
	struct pubkey *k = pubkey_from_spki(vectors_bytes(v->group, "publicKeyDer"), NULL);
	struct ward_error err = { 0 };
	bool ok;

	assert_non_null(k);
	ok = pubkey_verify(k, *alg, vectors_bytes(v->test, "msg"), vectors_bytes(v->test, "sig"),
			   &err);
	assert_int_equal(err.reason, ok ? WARD_E_NONE : WARD_E_BAD_SIGNATURE);
	pubkey_free(k);
	return ok ? ACCEPTED : REFUSED;
}

/* DigestInfo with absent parameters: RFC 8017 lets it be refused (note 2 of 9.2). */
static enum outcome may_pkcs1(const struct vector *v)
{
	assert_true(vector_has_flag(v, "MissingNull"));
	return REFUSED;
}

static const enum digest_alg sha256 = DIGEST_SHA256;
static const enum digest_alg sha384 = DIGEST_SHA384;

static const enum sig_alg ecdsa_sha256 = SIG_ECDSA_SHA256;
static const enum sig_alg ecdsa_sha384 = SIG_ECDSA_SHA384;
static const enum sig_alg ecdsa_sha512 = SIG_ECDSA_SHA512;
static const enum sig_alg ed25519 = SIG_ED25519;
static const enum sig_alg pss_sha256 = SIG_RSA_PSS_SHA256;
static const enum sig_alg pss_sha384 = SIG_RSA_PSS_SHA384;
static const enum sig_alg pss_sha512 = SIG_RSA_PSS_SHA512;
static const enum sig_alg pkcs1_sha256 = SIG_RSA_PKCS1_SHA256;
static const enum sig_alg pkcs1_sha384 = SIG_RSA_PKCS1_SHA384;
static const enum sig_alg pkcs1_sha512 = SIG_RSA_PKCS1_SHA512;

/* ---- the files ---- */

static const struct vector_file files[] = {
	{ "aes_gcm_test.json", "gcm", aead_chosen_run, aead_applies, NULL },
	{ "chacha20_poly1305_test.json", NULL, aead_chosen_run, aead_applies, NULL },
	{ "aes_gcm_test.json", "gcm", aead_libcrypto_run, aead_applies, NULL },
	{ "chacha20_poly1305_test.json", NULL, aead_libcrypto_run, aead_applies, NULL },
	{ "hmac_sha256_test.json", &sha256, hmac_run, NULL, NULL },
	{ "hmac_sha384_test.json", &sha384, hmac_run, NULL, NULL },
	{ "hkdf_sha256_test.json", &sha256, hkdf_run, hkdf_applies, NULL },
	{ "hkdf_sha384_test.json", &sha384, hkdf_run, hkdf_applies, NULL },
	{ "x25519_test.json", &x25519, kex_point_run, NULL, may_x25519 },
	{ "ecdh_secp256r1_ecpoint_test.json", &p256, kex_point_run, NULL, may_ecdh },
	{ "ecdh_secp384r1_ecpoint_test.json", &p384, kex_point_run, NULL, may_ecdh },
	{ "ecdh_secp256r1_test.json", &p256, kex_spki_run, NULL, may_ecdh },
	{ "ecdh_secp384r1_test.json", &p384, kex_spki_run, NULL, may_ecdh },
#ifndef WARD_NO_NATIVE
	KEM_FILES("768", kem768_c),
	KEM_FILES("1024", kem1024_c),
	KEM_FILES("768", kem768_avx2),
	KEM_FILES("1024", kem1024_avx2),
#endif
	{ "ecdsa_secp256r1_sha256_test.json", &ecdsa_sha256, sig_run, NULL, NULL },
	{ "ecdsa_secp256r1_sha512_test.json", &ecdsa_sha512, sig_run, NULL, NULL },
	{ "ecdsa_secp384r1_sha256_test.json", &ecdsa_sha256, sig_run, NULL, NULL },
	{ "ecdsa_secp384r1_sha384_test.json", &ecdsa_sha384, sig_run, NULL, NULL },
	{ "ecdsa_secp384r1_sha512_test.json", &ecdsa_sha512, sig_run, NULL, NULL },
	{ "ecdsa_secp521r1_sha512_test.json", &ecdsa_sha512, sig_run, NULL, NULL },
	{ "ed25519_test.json", &ed25519, sig_run, NULL, NULL },
	{ "rsa_pss_2048_sha256_mgf1_32_test.json", &pss_sha256, sig_run, NULL, NULL },
	{ "rsa_pss_2048_sha384_mgf1_48_test.json", &pss_sha384, sig_run, NULL, NULL },
	{ "rsa_pss_3072_sha256_mgf1_32_test.json", &pss_sha256, sig_run, NULL, NULL },
	{ "rsa_pss_4096_sha256_mgf1_32_test.json", &pss_sha256, sig_run, NULL, NULL },
	{ "rsa_pss_4096_sha384_mgf1_48_test.json", &pss_sha384, sig_run, NULL, NULL },
	{ "rsa_pss_4096_sha512_mgf1_64_test.json", &pss_sha512, sig_run, NULL, NULL },
	{ "rsa_signature_2048_sha256_test.json", &pkcs1_sha256, sig_run, NULL, may_pkcs1 },
	{ "rsa_signature_2048_sha384_test.json", &pkcs1_sha384, sig_run, NULL, may_pkcs1 },
	{ "rsa_signature_2048_sha512_test.json", &pkcs1_sha512, sig_run, NULL, may_pkcs1 },
	{ "rsa_signature_3072_sha256_test.json", &pkcs1_sha256, sig_run, NULL, may_pkcs1 },
	{ "rsa_signature_3072_sha384_test.json", &pkcs1_sha384, sig_run, NULL, may_pkcs1 },
	{ "rsa_signature_3072_sha512_test.json", &pkcs1_sha512, sig_run, NULL, may_pkcs1 },
	{ "rsa_signature_4096_sha256_test.json", &pkcs1_sha256, sig_run, NULL, may_pkcs1 },
	{ "rsa_signature_4096_sha384_test.json", &pkcs1_sha384, sig_run, NULL, may_pkcs1 },
	{ "rsa_signature_4096_sha512_test.json", &pkcs1_sha512, sig_run, NULL, may_pkcs1 },
};

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, files, vectors_run);
	return table_run(&t, "wycheproof");
}
