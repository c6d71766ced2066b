/*
 * Signatures: who can sign how, what verifies, and signatures and public keys that are malformed
 * (privkey.c, pubkey.c, pubkey_rsa.c, pubkey_ec.c, sig.c).
 */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "support/table.h"
#include "wire/der.h"

enum { TYPES = KEY_ED25519 + 1, ALGS = SIG_ED25519 + 1 };

/* One key of each type for all tests. */
static struct privkey *private_keys[TYPES];
static struct pubkey *public_keys[TYPES];

static struct privkey *read_pss_key(void)
{
	static char text[4096];
	char path[256];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/crypto/keys/pss2048.pem", WARD_TESTS_DIR);
	f = fopen(path, "re");
	if (f == NULL)
		return NULL;
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	return privkey_from_bytes(span_make(text, n), NULL);
}

static bool make_keys(void)
{
	for (int type = KEY_RSA; type < TYPES; type++) {
		struct privkey *k = type == KEY_RSA_PSS
					    ? read_pss_key()
					    : privkey_generate((enum key_type)type, 0, NULL);
		uint8_t *spki;
		size_t len;

		if (k == NULL || !privkey_spki(k, &spki, &len, NULL))
			return false;
		private_keys[type] = k;
		public_keys[type] = pubkey_from_spki(span_make(spki, len), NULL);
		free(spki);
		if (public_keys[type] == NULL)
			return false;
	}
	return true;
}

static int free_keys(void)
{
	for (int type = 0; type < TYPES; type++) {
		privkey_free(private_keys[type]);
		pubkey_free(public_keys[type]);
	}
	return 0;
}

/* ---- who signs how ---- */

static const struct fits_row {
	const char *name;
	enum key_type type;
	uint32_t algs; /* a bit each */
} fits[] = {
	{ "RSA signs in both ways", KEY_RSA,
	  1 << SIG_RSA_PKCS1_SHA256 | 1 << SIG_RSA_PKCS1_SHA384 | 1 << SIG_RSA_PKCS1_SHA512 |
		  1 << SIG_RSA_PSS_SHA256 | 1 << SIG_RSA_PSS_SHA384 | 1 << SIG_RSA_PSS_SHA512 },
	{ "RSA-PSS signs with PSS alone", KEY_RSA_PSS,
	  1 << SIG_RSA_PSS_SHA256 | 1 << SIG_RSA_PSS_SHA384 | 1 << SIG_RSA_PSS_SHA512 },
	{ "P-256 signs with ECDSA", KEY_P256,
	  1 << SIG_ECDSA_SHA256 | 1 << SIG_ECDSA_SHA384 | 1 << SIG_ECDSA_SHA512 },
	{ "P-384 signs with ECDSA", KEY_P384,
	  1 << SIG_ECDSA_SHA256 | 1 << SIG_ECDSA_SHA384 | 1 << SIG_ECDSA_SHA512 },
	{ "P-521 signs with ECDSA", KEY_P521,
	  1 << SIG_ECDSA_SHA256 | 1 << SIG_ECDSA_SHA384 | 1 << SIG_ECDSA_SHA512 },
	{ "Ed25519 signs by itself", KEY_ED25519, 1 << SIG_ED25519 },
};

static void check_refused(const struct pubkey *k, enum sig_alg alg, struct span message,
			  struct span sig)
{
	struct ward_error err = ERROR_NONE;

	assert_false(pubkey_verify(k, alg, message, sig, &err));
	assert_int_equal(err.reason, WARD_E_BAD_SIGNATURE);
}

/* Every byte changed, cut, longer, and over another message. */
static void check_signature(enum key_type type, enum sig_alg alg)
{
	struct span message = SPAN_LITERAL("message");
	const struct pubkey *k = public_keys[type];
	uint8_t sig[SIGNATURE_MAX];
	size_t len;
	struct span good;

	assert_true(privkey_sign(private_keys[type], alg, message, sig, &len, NULL));
	assert_true(len <= SIGNATURE_MAX);
	good = table_bytes(sig, len);
	assert_true(pubkey_verify(k, alg, message, good, NULL));
	check_refused(k, alg, SPAN_LITERAL("massage"), good);
	check_refused(k, alg, SPAN_EMPTY, good);
	for (size_t i = 0; i < len; i += len / 16 + 1) {
		struct span changed = table_bytes(sig, len);

		((uint8_t *)(uintptr_t)changed.data)[i] ^= 1;
		check_refused(k, alg, message, changed);
		check_refused(k, alg, message, table_bytes(sig, i));
	}
	sig[len] = 0;
	check_refused(k, alg, message, table_bytes(sig, len + 1));
	check_refused(k, alg, message, table_fill(0, len));
	check_refused(k, alg, message, table_fill(0xff, len));
}

static void test_fits(void **state)
{
	const struct fits_row *row = *state;

	assert_int_equal(privkey_type(private_keys[row->type]), row->type);
	assert_int_equal(pubkey_type(public_keys[row->type]), row->type);
	assert_int_equal(privkey_bits(private_keys[row->type]),
			 pubkey_bits(public_keys[row->type]));
	for (int alg = SIG_NONE; alg <= ALGS; alg++) {
		uint8_t sig[SIGNATURE_MAX];
		size_t len;
		struct ward_error err = ERROR_NONE;

		if ((row->algs >> alg & 1) != 0) {
			check_signature(row->type, (enum sig_alg)alg);
			continue;
		}
		assert_false(privkey_sign(private_keys[row->type], (enum sig_alg)alg,
					  SPAN_LITERAL("m"), sig, &len, &err));
		assert_int_equal(err.reason, WARD_E_SIGNATURE_UNSUPPORTED);
		err = ERROR_NONE;
		assert_false(pubkey_verify(public_keys[row->type], (enum sig_alg)alg,
					   SPAN_LITERAL("m"), table_fill(1, 64), &err));
		assert_int_equal(err.reason, WARD_E_SIGNATURE_UNSUPPORTED);
	}
}

/* A signature with one hash is none with another. */
static void test_other_hash(void **state)
{
	uint8_t sig[SIGNATURE_MAX];
	size_t len;

	(void)state;
	assert_true(privkey_sign(private_keys[KEY_P256], SIG_ECDSA_SHA256, SPAN_LITERAL("m"), sig,
				 &len, NULL));
	check_refused(public_keys[KEY_P256], SIG_ECDSA_SHA384, SPAN_LITERAL("m"),
		      span_make(sig, len));
	assert_true(privkey_sign(private_keys[KEY_RSA], SIG_RSA_PKCS1_SHA256, SPAN_LITERAL("m"),
				 sig, &len, NULL));
	check_refused(public_keys[KEY_RSA], SIG_RSA_PKCS1_SHA384, SPAN_LITERAL("m"),
		      span_make(sig, len));
	check_refused(public_keys[KEY_RSA], SIG_RSA_PSS_SHA256, SPAN_LITERAL("m"),
		      span_make(sig, len));
}

/* ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }, in DER and nothing else. */
static const struct ecdsa_row {
	const char *name, *hex;
} ecdsas[] = {
	{ "nothing", "" },
	{ "an empty SEQUENCE", "3000" },
	{ "r alone", "3003020101" },
	{ "zeros", "3006020100020100" },
	{ "r of zero", "3006020100020101" },
	{ "negative", "30060201ff0201ff" },
	{ "three numbers", "3009020101020101020101" },
	{ "a length in the long form", "308106020101020101" },
	{ "the indefinite form", "30800201010201010000" },
	{ "numbers that are not minimal", "300802020001020 20001" },
	{ "something behind", "30060201010201010500" },
	{ "the order of the group as r",
	  "3026022100ffffffff00000000ffffffffffffffffbce6faada7179e84"
	  "f3b9cac2fc632551020101" },
};

static void test_ecdsa(void **state)
{
	const struct ecdsa_row *row = *state;

	check_refused(public_keys[KEY_P256], SIG_ECDSA_SHA256, SPAN_LITERAL("m"),
		      table_hex(row->hex));
}

/* ---- public keys ---- */

#define P256 "3059301306072a8648ce3d020106082a8648ce3d030107034200"
#define G_X "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define G_Y "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"

static const struct spki_row {
	const char *name, *hex;
	enum ward_reason reason;
} spkis[] = {
	{ "P-256", P256 "04" G_X G_Y, WARD_E_NONE },
	{ "a point off the curve", P256 "04" G_X G_X, WARD_E_BAD_KEY },
	{ "a hybrid point", P256 "07" G_X G_Y, WARD_E_BAD_KEY },
	{ "the point at infinity", "3019301306072a8648ce3d020106082a8648ce3d03010703020000",
	  WARD_E_BAD_KEY },
	{ "a curve that is not known", "3018301006072a8648ce3d020106052b8104000a03040004aabb",
	  WARD_E_KEY_UNSUPPORTED },
	{ "an algorithm that is not known", "300c300506032b6571030300aabb",
	  WARD_E_KEY_UNSUPPORTED },
	{ "Ed25519 of 31 bytes",
	  "3029300506032b6570032000d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751",
	  WARD_E_BAD_KEY },
	{ "Ed25519",
	  "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	  WARD_E_NONE },
	{ "Ed25519 with parameters",
	  "302c300706032b65700500032100"
	  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	  WARD_E_BAD_KEY },
	{ "no SEQUENCE", "ffff", WARD_E_DER_TAG },
	{ "nothing", "", WARD_E_TRUNCATED },
};

static void test_spki(void **state)
{
	const struct spki_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct pubkey *k = pubkey_from_spki(table_hex(row->hex), &err);

	assert_int_equal(err.reason, row->reason);
	assert_int_equal(k != NULL, row->reason == WARD_E_NONE);
	pubkey_free(k);
}

/* RSA keys by modulus and exponent. */
static const struct rsa_row {
	const char *name;
	size_t modulus_len;
	uint8_t first, last;
	const char *exponent;
	enum ward_reason reason;
} rsas[] = {
	{ "of 2048 bits", 256, 0x80, 1, "03010001", WARD_E_NONE },
	{ "of 1024 bits", 128, 0x80, 1, "03010001", WARD_E_NONE },
	{ "of 1023 bits", 128, 0x40, 1, "03010001", WARD_E_KEY_TOO_SMALL },
	{ "of 8192 bits", 1024, 0x80, 1, "03010001", WARD_E_NONE },
	{ "of 8200 bits", 1025, 0x80, 1, "03010001", WARD_E_BAD_KEY },
	{ "an even modulus", 256, 0x80, 2, "03010001", WARD_E_BAD_KEY },
	{ "an exponent of 3", 256, 0x80, 1, "0103", WARD_E_NONE },
	{ "an exponent of 1", 256, 0x80, 1, "0101", WARD_E_BAD_KEY },
	{ "an even exponent", 256, 0x80, 1, "03010000", WARD_E_BAD_KEY },
	{ "an exponent of zero", 256, 0x80, 1, "0100", WARD_E_BAD_KEY },
	{ "an exponent of 72 bits", 256, 0x80, 1, "09010000000000000001", WARD_E_BAD_KEY },
};

static void test_rsa(void **state)
{
	const struct rsa_row *row = *state;
	uint8_t buf[2048];
	uint8_t modulus[1025] = { row->first };
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(buf, sizeof(buf), &err);
	struct pubkey *k;

	modulus[row->modulus_len - 1] = row->last;
	DER_WRITE (&w, DER_SEQUENCE) {
		writer_bytes(&w, table_hex("300d06092a864886f70d0101010500"));
		DER_WRITE (&w, DER_BIT_STRING) {
			writer_u8(&w, 0);
			DER_WRITE (&w, DER_SEQUENCE) {
				der_write_unsigned(&w, span_make(modulus, row->modulus_len));
				writer_u8(&w, DER_INTEGER);
				writer_bytes(&w, table_hex(row->exponent));
			}
		}
	}
	assert_true(writer_ok(&w));
	k = pubkey_from_spki(writer_span(&w), &err);
	assert_int_equal(err.reason, row->reason);
	assert_int_equal(k != NULL, row->reason == WARD_E_NONE);
	if (k != NULL)
		assert_int_equal(pubkey_bits(k), row->modulus_len * 8);
	pubkey_free(k);
}

int main(void)
{
	struct table t = { 0 };

	if (!make_keys())
		return 1;
	TABLE_ADD(&t, fits, test_fits);
	table_add(&t, "another hash", test_other_hash, NULL);
	TABLE_ADD(&t, ecdsas, test_ecdsa);
	TABLE_ADD(&t, spkis, test_spki);
	TABLE_ADD(&t, rsas, test_rsa);
	return table_run(&t, "sig") + free_keys();
}
