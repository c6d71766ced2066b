/*
 * Private keys out of files: every encoding, and what is refused with its reason. The keys lie in
 * keys/ and were made for these tests.
 */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "support/table.h"
#include "wire/pem.h"

static struct span read_file(const char *name)
{
	static char text[16384];
	char path[256];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/crypto/keys/%s", WARD_TESTS_DIR, name);
	f = fopen(path, "re");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	assert_true(n > 0 && n < sizeof(text));
	return table_bytes(text, n);
}

static struct span der_of(const char *name)
{
	struct span text = read_file(name);
	struct pem_block block;
	struct span der;

	do
		assert_true(pem_next(&text, &block, NULL));
	while (strstr(block.label, "PRIVATE KEY") == NULL && (pem_block_clear(&block), true));
	der = table_bytes(block.der, block.der_len);
	pem_block_clear(&block);
	return der;
}

/* ---- taken ---- */

static const struct good_row {
	const char *name, *file;
	enum key_type type;
	unsigned int bits;
} goods[] = {
	{ "P-256 in PKCS#8", "p256-pkcs8.pem", KEY_P256, 256 },
	{ "P-256 in SEC1", "p256-sec1.pem", KEY_P256, 256 },
	{ "P-256 without its public half", "p256-no-public.pem", KEY_P256, 256 },
	{ "P-256 with a compressed public half", "p256-compressed.pem", KEY_P256, 256 },
	{ "P-384 in SEC1", "p384-sec1.pem", KEY_P384, 384 },
	{ "P-521 in PKCS#8", "p521-pkcs8.pem", KEY_P521, 521 },
	{ "Ed25519 in PKCS#8", "ed25519-pkcs8.pem", KEY_ED25519, 256 },
	{ "RSA in PKCS#8", "rsa2048-pkcs8.pem", KEY_RSA, 2048 },
	{ "RSA in PKCS#1, of 1024 bits", "rsa1024-pkcs1.pem", KEY_RSA, 1024 },
	{ "RSA-PSS", "pss2048.pem", KEY_RSA_PSS, 2048 },
	{ "RSA-PSS with SHA-384 alone", "pss2048-sha384.pem", KEY_RSA_PSS, 2048 },
};

static void check_key(struct span bytes, const struct good_row *row)
{
	struct ward_error err = ERROR_NONE;
	struct privkey *k = privkey_from_bytes(bytes, &err);
	struct privkey *again;
	uint8_t *pkcs8, *spki;
	size_t pkcs8_len, spki_len;
	struct pubkey *public;

	assert_non_null(k);
	assert_int_equal(privkey_type(k), row->type);
	assert_int_equal(privkey_bits(k), row->bits);
	assert_true(privkey_pkcs8(k, &pkcs8, &pkcs8_len, &err));
	assert_true(privkey_spki(k, &spki, &spki_len, &err));
	public = pubkey_from_spki(span_make(spki, spki_len), &err);
	assert_int_equal(pubkey_type(public), row->type);
	again = privkey_from_bytes(span_make(pkcs8, pkcs8_len), &err);
	assert_non_null(again);
	assert_int_equal(privkey_type(again), row->type);
	assert_ptr_equal(privkey_ref(k), k);
	privkey_free(k);
	privkey_free(k);
	privkey_free(again);
	pubkey_free(public);
	free(pkcs8);
	free(spki);
}

static void test_good(void **state)
{
	const struct good_row *row = *state;

	check_key(read_file(row->file), row);
	check_key(der_of(row->file), row);
}

/* A certificate in front, as many servers have it in one file. */
static void test_behind_certificate(void **state)
{
	static const struct good_row p256 = { "", "", KEY_P256, 256 };
	struct span parts[] = { read_file("cert.pem"), SPAN_LITERAL("some text\n"),
				read_file("p256-pkcs8.pem"), read_file("ed25519-pkcs8.pem") };

	(void)state;
	check_key(table_join(parts, 4), &p256);
}

/* ---- refused ---- */

static const struct bad_row {
	const char *name, *file;
	enum ward_reason reason;
} bads[] = {
	{ "encrypted PKCS#8", "p256-encrypted.pem", WARD_E_KEY_ENCRYPTED },
	{ "an encrypted PEM block of old", "p256-encrypted-sec1.pem", WARD_E_KEY_ENCRYPTED },
	{ "X25519 does not sign", "x25519-pkcs8.pem", WARD_E_KEY_UNSUPPORTED },
	{ "a curve that is not known", "secp256k1.pem", WARD_E_KEY_UNSUPPORTED },
	{ "a curve given by its parameters", "p256-explicit.pem", WARD_E_KEY_UNSUPPORTED },
	{ "RSA of 768 bits", "rsa768-pkcs1.pem", WARD_E_KEY_TOO_SMALL },
	{ "a certificate alone", "cert.pem", WARD_E_NO_KEY_IN_FILE },
};

static void test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct ward_error err = ERROR_NONE;

	assert_null(privkey_from_bytes(read_file(row->file), &err));
	assert_int_equal(err.reason, row->reason);
	assert_null(privkey_from_bytes(read_file(row->file), NULL));
}

static void test_encrypted_der(void **state)
{
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_null(privkey_from_bytes(der_of("p256-encrypted.pem"), &err));
	assert_int_equal(err.reason, WARD_E_KEY_ENCRYPTED);
}

static const struct bytes_row {
	const char *name, *text;
	enum ward_reason reason;
} texts[] = {
	{ "nothing", "", WARD_E_NO_KEY_IN_FILE },
	{ "text", "hello", WARD_E_NO_KEY_IN_FILE },
	{ "an empty SEQUENCE", "0\x80", WARD_E_NO_KEY_IN_FILE },
	{ "a Java key store", "\xfe\xed\xfe\xed\x01", WARD_E_KEY_IN_JKS },
	{ "a Java key store of the other old kind", "\xce\xce\xce\xce\x01", WARD_E_KEY_IN_JKS },
	{ "OpenSSH's form",
	  "-----BEGIN OPENSSH PRIVATE KEY-----\nMAA=\n-----END OPENSSH PRIVATE KEY-----\n",
	  WARD_E_KEY_IN_OPENSSH_FORM },
	{ "a block without an end", "-----BEGIN PRIVATE KEY-----\nMAA=\n", WARD_E_BAD_PEM },
	{ "base64 that is none", "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n",
	  WARD_E_BAD_BASE64 },
	{ "an empty SEQUENCE in PEM",
	  "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", WARD_E_NO_KEY_IN_FILE },
	{ "a public key", "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n",
	  WARD_E_NO_KEY_IN_FILE },
	/* version 0, an empty algorithm and an empty key: in form, and nothing in it */
	{ "PKCS#8 with nothing in it",
	  "-----BEGIN PRIVATE KEY-----\nMAcCAQAwAAQA\n-----END PRIVATE KEY-----\n",
	  WARD_E_BAD_KEY },
};

static void test_text(void **state)
{
	const struct bytes_row *row = *state;
	struct ward_error err = ERROR_NONE;

	assert_null(privkey_from_bytes(table_bytes(row->text, strlen(row->text)), &err));
	assert_int_equal(err.reason, row->reason);
}

/* Cut anywhere, nothing is a key; the reason is never an internal one. */
static void test_cut(void **state)
{
	static const char *const files[] = { "p256-sec1.pem", "ed25519-pkcs8.pem",
					     "rsa1024-pkcs1.pem" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct span der = der_of(files[i]);

		for (size_t n = 0; n < der.len; n++) {
			struct ward_error err = ERROR_NONE;

			assert_null(privkey_from_bytes(table_bytes(der.data, n), &err));
			assert_int_equal(err.reason, WARD_E_NO_KEY_IN_FILE);
		}
	}
}

/* A private half with another public half, the base point: found out by signing with it. */
static void test_halves(void **state)
{
	struct span der = der_of("p256-pkcs8.pem");
	struct span header = table_hex("03420004");
	struct span point =
		table_hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
			  "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
	uint8_t *at = (uint8_t *)(uintptr_t)der.data + der.len - header.len - point.len;
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_memory_equal(at, header.data, header.len);
	memcpy(at + header.len, point.data, point.len);
	assert_null(privkey_from_bytes(der, &err));
	assert_int_equal(err.reason, WARD_E_BAD_KEY);
	assert_string_equal(err.detail, "the private and the public half do not belong together");
}

/* ---- made ---- */

static void test_generate(void **state)
{
	static const struct {
		enum key_type type;
		unsigned int bits;
		bool ok;
	} rows[] = {
		{ KEY_P256, 0, true },    { KEY_P384, 0, true },  { KEY_P521, 0, true },
		{ KEY_ED25519, 0, true }, { KEY_RSA, 0, true },   { KEY_RSA, 2047, false },
		{ KEY_RSA, 8193, false }, { KEY_NONE, 0, false }, { KEY_RSA_PSS, 2048, false },
		{ KEY_RSA, 1024, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ward_error err = ERROR_NONE;
		struct privkey *k = privkey_generate(rows[i].type, rows[i].bits, &err);

		assert_int_equal(k != NULL, rows[i].ok);
		assert_int_equal(err.reason, rows[i].ok ? WARD_E_NONE : WARD_E_BAD_ARGUMENT);
		if (k != NULL)
			assert_int_equal(privkey_type(k), rows[i].type);
		privkey_free(k);
	}
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, goods, test_good);
	table_add(&t, "a key behind a certificate", test_behind_certificate, NULL);
	TABLE_ADD(&t, bads, test_bad);
	table_add(&t, "encrypted PKCS#8 in DER", test_encrypted_der, NULL);
	TABLE_ADD(&t, texts, test_text);
	table_add(&t, "cut off at every place", test_cut, NULL);
	table_add(&t, "two halves that do not belong together", test_halves, NULL);
	table_add(&t, "what is made, and what is not", test_generate, NULL);
	return table_run(&t, "privkey");
}
