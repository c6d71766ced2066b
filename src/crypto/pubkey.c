/*
 * Public keys: from a SubjectPublicKeyInfo to something that verifies (RFC 5280, 4.1.2.7; RFC 3279,
 * 4055, 5480, 8410).
 *
 * Invariant: after pubkey_from_spki has returned it, a key is only read, and its count of
 * references is atomic: threads share keys without locks.
 */
#include <assert.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "crypto/key.h"
#include "crypto/pss_params.h"
#include "wire/der.h"

struct spki {
	struct span oid;
	struct span params; /* all that follows the OID, header included; empty if absent */
	struct span key;
};

static const uint8_t oid_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
static const uint8_t oid_rsa_pss[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a };
static const uint8_t oid_ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };
static const uint8_t oid_ed25519[] = { 0x2b, 0x65, 0x70 };

/* The parameters of the algorithms as they must stand there, to the byte. */
static const uint8_t params_null[] = { 0x05, 0x00 };
static const uint8_t params_p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
static const uint8_t params_p384[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 };
static const uint8_t params_p521[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 };

static bool spki_parse(struct spki *s, struct span der, struct ward_error *err)
{
	struct reader r = reader_make(der, err);
	struct reader seq = der_open(&r, DER_SEQUENCE);   /* SubjectPublicKeyInfo ::= SEQUENCE { */
	struct reader alg = der_open(&seq, DER_SEQUENCE); /*   algorithm  SEQUENCE {             */
	int unused = 0;
	int tag;

	s->oid = der_element(&alg, DER_OID); /*     algorithm   OBJECT IDENTIFIER,  */
	s->params = SPAN_EMPTY;              /*     parameters  ANY OPTIONAL },     */
	if (reader_more(&alg))
		s->params = der_whole(&alg, &tag);
	reader_close(&alg);
	s->key = der_bit_string(&seq, &unused); /*   subjectPublicKey  BIT STRING }    */
	reader_close(&seq);
	reader_close(&r);
	if (unused != 0)
		FAIL(err, BAD_KEY);
	return !error_is_set(err);
}

static bool load_rsa(struct pubkey *k, const struct spki *s, struct ward_error *err)
{
	k->type = KEY_RSA;
	if (!span_equal(s->params, SPAN_ARRAY(params_null)))
		return FAILF(err, BAD_KEY, "the parameters of rsaEncryption are not NULL");
	if (!rsa_public_read(&k->rsa, s->key, err))
		return false;
	k->bits = k->rsa.bits;
	return true;
}

/*
 * Parameters limit what the key may be used for. A salt of at least salt_len bytes is asked for;
 * every algorithm that is spoken here has one as long as its hash.
 */
static bool load_rsa_pss(struct pubkey *k, const struct spki *s, struct ward_error *err)
{
	struct pss_params params = { DIGEST_NONE, 0 };

	k->type = KEY_RSA_PSS;
	if (s->params.len > 0 && !pss_params_read(&params, s->params, err))
		return false;
	if (params.salt_len > digest_len(params.digest))
		return FAILF(err, KEY_UNSUPPORTED, "a salt longer than the hash");
	k->only_digest = params.digest;
	if (!rsa_public_read(&k->rsa, s->key, err))
		return false;
	k->bits = k->rsa.bits;
	return true;
}

static bool load_ec(struct pubkey *k, const struct spki *s, struct ward_error *err)
{
	static const struct {
		struct span params;
		enum curve curve;
		enum key_type type;
		unsigned int bits;
	} curves[] = {
		{ SPAN_ARRAY(params_p256), CURVE_P256, KEY_P256, 256 },
		{ SPAN_ARRAY(params_p384), CURVE_P384, KEY_P384, 384 },
		{ SPAN_ARRAY(params_p521), CURVE_P521, KEY_P521, 521 },
	};

	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (!span_equal(s->params, curves[i].params))
			continue;
		k->type = curves[i].type;
		k->bits = curves[i].bits;
		k->ec = ec_public_read(curves[i].curve, s->key, err);
		return k->ec != NULL;
	}
	return FAILF(err, KEY_UNSUPPORTED, "a curve other than P-256, P-384 and P-521");
}

static bool load_ed25519(struct pubkey *k, const struct spki *s, struct ward_error *err)
{
	k->type = KEY_ED25519;
	k->bits = 256;
	if (s->params.len > 0)
		return FAILF(err, BAD_KEY, "Ed25519 with parameters");
	k->ed25519 = ed25519_public_read(s->key, err);
	return k->ed25519 != NULL;
}

static bool pubkey_load(struct pubkey *k, const struct spki *s, struct ward_error *err)
{
	static const struct {
		struct span oid;
		bool (*load)(struct pubkey *k, const struct spki *s, struct ward_error *err);
	} algs[] = {
		{ SPAN_ARRAY(oid_ec), load_ec },
		{ SPAN_ARRAY(oid_rsa), load_rsa },
		{ SPAN_ARRAY(oid_ed25519), load_ed25519 },
		{ SPAN_ARRAY(oid_rsa_pss), load_rsa_pss },
	};
	char oid[64];

	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
		if (span_equal(s->oid, algs[i].oid))
			return algs[i].load(k, s, err);
	}
	return FAILF(err, KEY_UNSUPPORTED, "algorithm %s", der_oid_text(s->oid, oid, sizeof(oid)));
}

struct pubkey *pubkey_from_spki(struct span spki, struct ward_error *err)
{
	struct ward_error local = ERROR_NONE;
	struct pubkey *k = NULL;
	struct spki s;
	bool ok = crypto_init(&local) && spki_parse(&s, spki, &local);

	if (ok) {
		k = calloc(1, sizeof(*k));
		ok = k != NULL || FAIL(&local, NO_MEMORY);
	}
	if (ok) {
		atomic_init(&k->refs, 1);
		libcrypto_errors_mark();
		ok = pubkey_load(k, &s, &local);
		libcrypto_errors_drop();
	}
	if (!ok) {
		pubkey_free(k);
		k = NULL;
		error_pass(err, &local);
	}
	return k;
}

struct pubkey *pubkey_ref(struct pubkey *k)
{
	atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
	return k;
}

void pubkey_free(struct pubkey *k)
{
	if (k == NULL || atomic_fetch_sub_explicit(&k->refs, 1, memory_order_acq_rel) != 1)
		return;
	switch (k->type) {
	case KEY_RSA:
	case KEY_RSA_PSS:
		rsa_public_clear(&k->rsa);
		break;
	case KEY_P256:
	case KEY_P384:
	case KEY_P521:
		ec_public_free(k->ec);
		break;
	case KEY_ED25519:
		EVP_PKEY_free(k->ed25519);
		break;
	case KEY_NONE:
	default:
		break;
	}
	free(k);
}

enum key_type pubkey_type(const struct pubkey *k)
{
	return k->type;
}

unsigned int pubkey_bits(const struct pubkey *k)
{
	return k->bits;
}

static bool verify_digest(const struct pubkey *k, const struct sig_scheme *scheme,
			  struct span digest, struct span signature, enum pss_salt salt,
			  struct ward_error *err)
{
	enum digest_alg alg = scheme->digest;

	switch (scheme->kind) {
	case SIG_KIND_PKCS1:
		return rsa_verify_pkcs1(&k->rsa, alg, digest.data, signature, err);
	case SIG_KIND_PSS:
		return rsa_verify_pss(&k->rsa, alg, digest.data, signature, salt, err);
	case SIG_KIND_ECDSA:
		return ec_verify(k->ec, digest, signature, err);
	case SIG_KIND_ED25519:
	default:
		return FAIL(err, INTERNAL);
	}
}

/* NULL with err set where the key never signs so. */
static const struct sig_scheme *scheme_for(const struct pubkey *k, enum sig_alg alg,
					   struct ward_error *err)
{
	const struct sig_scheme *scheme = sig_find(alg);

	if (scheme == NULL || !sig_fits(scheme->kind, k->type))
		FAILF(err, SIGNATURE_UNSUPPORTED, "%s by a key of type %s",
		      scheme == NULL ? "none" : scheme->name, key_type_name(k->type));
	else if (k->only_digest != DIGEST_NONE && k->only_digest != scheme->digest)
		FAILF(err, SIGNATURE_UNSUPPORTED, "the key is limited to another hash");
	else
		return scheme;
	return NULL;
}

static bool check_digest(const struct pubkey *k, enum sig_alg alg, struct span digest,
			 struct span signature, enum pss_salt salt, struct ward_error *err)
{
	const struct sig_scheme *scheme = scheme_for(k, alg, err);
	bool ok;

	if (scheme == NULL)
		return false;
	if (scheme->digest == DIGEST_NONE)
		return FAILF(err, SIGNATURE_UNSUPPORTED, "%s hashes by itself", scheme->name);
	if (digest.len != digest_len(scheme->digest))
		return FAILF(err, BAD_ARGUMENT, "a digest of %zu bytes", digest.len);
	libcrypto_errors_mark();
	ok = verify_digest(k, scheme, digest, signature, salt, err);
	libcrypto_errors_drop();
	return ok;
}

bool pubkey_type_signs(enum key_type type, enum sig_alg alg)
{
	const struct sig_scheme *scheme = sig_find(alg);

	return scheme != NULL && sig_fits(scheme->kind, type);
}

bool pubkey_verify_digest(const struct pubkey *k, enum sig_alg alg, struct span digest,
			  struct span signature, struct ward_error *err)
{
	return check_digest(k, alg, digest, signature, PSS_SALT_OF_HASH, err);
}

bool pubkey_verify_any_salt(const struct pubkey *k, enum sig_alg alg, struct span digest,
			    struct span signature, struct ward_error *err)
{
	return check_digest(k, alg, digest, signature, PSS_SALT_ANY, err);
}

bool pubkey_verify(const struct pubkey *k, enum sig_alg alg, struct span message,
		   struct span signature, struct ward_error *err)
{
	const struct sig_scheme *scheme = scheme_for(k, alg, err);
	uint8_t digest[DIGEST_MAX_LEN];
	bool ok;

	if (scheme == NULL)
		return false;
	if (scheme->digest != DIGEST_NONE) {
		digest_once(scheme->digest, message, digest);
		return pubkey_verify_digest(k, alg, span_make(digest, digest_len(scheme->digest)),
					    signature, err);
	}
	libcrypto_errors_mark();
	ok = ed25519_verify(k->ed25519, message, signature, err);
	libcrypto_errors_drop();
	return ok;
}
