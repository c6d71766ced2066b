/*
 * The numbers that keys are made of: put together again they are the key; the public ones are the
 * same, whether they come from the private or the public key. And signing over a digest.
 */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "support/table.h"
#include "wire/der.h"

static const struct key_row {
	const char *name;
	enum key_type type;
	enum sig_alg alg;
	enum digest_alg digest;
} keys[] = {
	{ "RSA", KEY_RSA, SIG_RSA_PKCS1_SHA512, DIGEST_SHA512 },
	{ "RSA with PSS", KEY_RSA, SIG_RSA_PSS_SHA384, DIGEST_SHA384 },
	{ "P-256", KEY_P256, SIG_ECDSA_SHA256, DIGEST_SHA256 },
	{ "P-384", KEY_P384, SIG_ECDSA_SHA384, DIGEST_SHA384 },
	{ "P-521", KEY_P521, SIG_ECDSA_SHA512, DIGEST_SHA512 },
	{ "Ed25519", KEY_ED25519, SIG_ED25519, DIGEST_NONE },
};

static struct span part(const struct key_parts *parts, enum key_part which)
{
	return span_make(parts->part[which].data, parts->part[which].len);
}

static struct pubkey *public_of(const struct privkey *k)
{
	struct pubkey *public;
	uint8_t *spki;
	size_t len;

	assert_true(privkey_spki(k, &spki, &len, NULL));
	public = pubkey_from_spki(span_make(spki, len), NULL);
	assert_non_null(public);
	free(spki);
	return public;
}

/* What stands in the OCTET STRING of a PKCS#8. */
static struct span inner_of(const uint8_t *pkcs8, size_t len)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(span_make(pkcs8, len), &err);
	struct reader seq = der_open(&r, DER_SEQUENCE);

	der_small(&seq, 1);
	der_element(&seq, DER_SEQUENCE);
	return der_element(&seq, DER_OCTET_STRING);
}

static void write_inner(struct writer *w, const struct key_parts *parts)
{
	if (parts->type == KEY_ED25519) {
		der_write_element(w, DER_OCTET_STRING, part(parts, KEY_PART_PRIVATE));
		return;
	}
	DER_WRITE (w, DER_SEQUENCE) {
		if (parts->type == KEY_RSA) {
			der_write_small(w, 0);
			for (int i = KEY_PART_MODULUS; i < KEY_PARTS; i++)
				der_write_unsigned(w, part(parts, (enum key_part)i));
		} else {
			der_write_small(w, 1);
			der_write_element(w, DER_OCTET_STRING, part(parts, KEY_PART_PRIVATE));
			DER_WRITE (w, DER_CONTEXT_CONS(1))
				der_write_bit_string(w, part(parts, KEY_PART_PUBLIC), 0);
		}
	}
}

static void test_whole(void **state)
{
	const struct key_row *row = *state;
	struct privkey *k = privkey_generate(row->type, 0, NULL);
	struct ward_error err = ERROR_NONE;
	struct key_parts parts;
	uint8_t buf[4096];
	struct writer w = writer_make(buf, sizeof(buf), &err);
	uint8_t *pkcs8;
	size_t len;

	assert_non_null(k);
	assert_true(privkey_parts(k, &parts, &err));
	assert_int_equal(parts.type, row->type);
	assert_int_equal(parts.bits, privkey_bits(k));
	assert_true(privkey_check(k, &err));
	write_inner(&w, &parts);
	assert_true(writer_ok(&w));
	assert_true(privkey_pkcs8(k, &pkcs8, &len, &err));
	assert_span_equal(writer_span(&w), inner_of(pkcs8, len));
	key_parts_clear(&parts);
	assert_null(parts.part[KEY_PART_PRIVATE].data);
	free(pkcs8);
	privkey_free(k);
}

static void test_public(void **state)
{
	const struct key_row *row = *state;
	struct privkey *k = privkey_generate(row->type, 0, NULL);
	struct pubkey *public = public_of(k);
	struct key_parts of_private, of_public;

	assert_true(privkey_parts(k, &of_private, NULL));
	assert_true(pubkey_parts(public, &of_public, NULL));
	assert_int_equal(of_public.bits, of_private.bits);
	assert_span_equal(part(&of_public, KEY_PART_PUBLIC), part(&of_private, KEY_PART_PUBLIC));
	assert_span_equal(part(&of_public, KEY_PART_MODULUS), part(&of_private, KEY_PART_MODULUS));
	assert_span_equal(part(&of_public, KEY_PART_PUBLIC_EXPONENT),
			  part(&of_private, KEY_PART_PUBLIC_EXPONENT));
	assert_null(of_public.part[KEY_PART_PRIVATE].data);
	assert_null(of_public.part[KEY_PART_PRIVATE_EXPONENT].data);
	key_parts_clear(&of_private);
	key_parts_clear(&of_public);
	pubkey_free(public);
	privkey_free(k);
}

/* ---- over a digest ---- */

static void check_digest(const struct key_row *row, const struct privkey *k,
			 const struct pubkey *public, struct span digest, struct span message)
{
	struct ward_error err = ERROR_NONE;
	uint8_t sig[SIGNATURE_MAX];
	size_t len;

	assert_true(privkey_sign_digest(k, row->alg, digest, sig, &len, &err));
	assert_true(pubkey_verify(public, row->alg, message, span_make(sig, len), &err));
	assert_true(privkey_sign(k, row->alg, message, sig, &len, &err));
	assert_true(pubkey_verify_digest(public, row->alg, digest, span_make(sig, len), &err));
	sig[len - 1] ^= 1;
	assert_false(pubkey_verify_digest(public, row->alg, digest, span_make(sig, len), &err));
	assert_int_equal(err.reason, WARD_E_BAD_SIGNATURE);
	err = ERROR_NONE;
	digest.len--;
	assert_false(privkey_sign_digest(k, row->alg, digest, sig, &len, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = ERROR_NONE;
	assert_false(pubkey_verify_digest(public, row->alg, digest, span_make(sig, len), &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
}

static void test_digest(void **state)
{
	const struct key_row *row = *state;
	struct privkey *k = privkey_generate(row->type, 0, NULL);
	struct pubkey *public = public_of(k);
	const struct span message = SPAN_LITERAL("a message");
	struct ward_error err = ERROR_NONE;
	uint8_t digest[DIGEST_MAX_LEN] = { 0 };
	uint8_t sig[SIGNATURE_MAX];
	size_t len;

	if (row->digest != DIGEST_NONE) {
		digest_once(row->digest, message, digest);
		check_digest(row, k, public, span_make(digest, digest_len(row->digest)), message);
	} else {
		assert_false(privkey_sign_digest(k, row->alg, SPAN_ARRAY(digest), sig, &len, &err));
		assert_int_equal(err.reason, WARD_E_SIGNATURE_UNSUPPORTED);
		err = ERROR_NONE;
		assert_false(pubkey_verify_digest(public, row->alg, SPAN_ARRAY(digest),
						  SPAN_ARRAY(sig), &err));
		assert_int_equal(err.reason, WARD_E_SIGNATURE_UNSUPPORTED);
	}
	pubkey_free(public);
	privkey_free(k);
}

int main(void)
{
	struct table t = { 0 };

	if (!crypto_init(NULL))
		return 1;
	TABLE_ADD(&t, keys, test_whole);
	TABLE_ADD(&t, keys, test_public);
	TABLE_ADD(&t, keys, test_digest);
	return table_run(&t, "key_parts");
}
