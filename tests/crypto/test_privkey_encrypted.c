/*
 * Private keys under a passphrase: every scheme that is read, the passphrase that does not fit, work
 * that is not done (pbe.c), and what is written.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>

#include "crypto/crypto.h"
#include "support/table.h"
#include "wire/der.h"

static const struct span right = SPAN_LITERAL("seven-words");

static struct span read_file(const char *file)
{
	char path[300];
	uint8_t bytes[8192];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/crypto/keys/%s", WARD_TESTS_DIR, file);
	f = fopen(path, "re");
	assert_non_null(f);
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return table_bytes(bytes, n);
}

static struct span public_of(const struct privkey *k)
{
	uint8_t *der;
	size_t len;
	struct span copy;

	assert_true(privkey_spki(k, &der, &len, NULL));
	copy = table_bytes(der, len);
	free(der);
	return copy;
}

static const struct row {
	const char *name, *file, *plain;
	bool legacy; /* needs libcrypto's legacy provider */
} rows[] = {
	{ "PBKDF2 and AES-256", "enc-pbkdf2.pem", "p256-pkcs8.pem" },
	{ "PBKDF2 with SHA-1 and AES-128, DER", "enc-pbkdf2-sha1.der", "p256-pkcs8.pem" },
	{ "scrypt", "enc-scrypt.pem", "p256-pkcs8.pem" },
	{ "PKCS#12's scheme with 3DES", "enc-3des.pem", "p256-pkcs8.pem" },
	{ "PKCS#12's scheme with RC2 of 40 bits", "enc-rc2.pem", "p256-pkcs8.pem", true },
	{ "SEC1 with Proc-Type, 3DES", "enc-proc-3des.pem", "p256-pkcs8.pem" },
	{ "PKCS#1 with Proc-Type, AES-256", "enc-proc-aes.pem", "rsa2048-pkcs8.pem" },
};

static void test_right(void **state)
{
	const struct row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct privkey *plain = privkey_from_bytes(read_file(row->plain), &err);
	struct privkey *k = privkey_from_bytes_with(read_file(row->file), right, &err);

	if (k == NULL && row->legacy && err.reason == WARD_E_KEY_UNSUPPORTED)
		skip();
	if (k == NULL)
		fail_msg("%s", err.detail);
	assert_span_equal(public_of(k), public_of(plain));
	privkey_free(k);
	privkey_free(plain);
	assert_int_equal(ERR_peek_error(), 0);
}

static void test_wrong(void **state)
{
	const struct row *row = *state;
	struct ward_error err = ERROR_NONE;
	enum ward_reason wanted = WARD_E_PASSPHRASE_WRONG;

	assert_null(privkey_from_bytes_with(read_file(row->file), SPAN_LITERAL("eight"), &err));
	if (row->legacy && err.reason == WARD_E_KEY_UNSUPPORTED)
		skip();
	assert_int_equal(err.reason, wanted);
	assert_int_equal(ERR_peek_error(), 0);
}

static void test_none(void **state)
{
	const struct row *row = *state;
	struct ward_error err = ERROR_NONE;

	assert_null(privkey_from_bytes(read_file(row->file), &err));
	assert_int_equal(err.reason, WARD_E_KEY_ENCRYPTED);
}

static struct span encrypted(struct span passphrase)
{
	struct privkey *k = privkey_from_bytes(read_file("p256-pkcs8.pem"), NULL);
	struct span copy;
	uint8_t *der;
	size_t len;

	assert_true(privkey_encrypt(k, passphrase, &der, &len, NULL));
	copy = table_bytes(der, len);
	free(der);
	privkey_free(k);
	return copy;
}

/* The bytes of 600000 as INTEGER, once in the whole. */
static size_t find_rounds(struct span der)
{
	static const uint8_t rounds[] = { 0x02, 0x03, 0x09, 0x27, 0xc0 };

	for (size_t i = 0; i + sizeof(rounds) <= der.len; i++)
		if (span_equal(span_make(der.data + i, sizeof(rounds)), SPAN_ARRAY(rounds)))
			return i;
	fail_msg("600000 rounds are not written");
	return 0;
}

static void test_written(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct span empty = SPAN_LITERAL("");
	struct privkey *k = privkey_from_bytes_with(encrypted(right), right, &err);

	(void)state;
	assert_non_null(k);
	privkey_free(k);
	k = privkey_from_bytes_with(encrypted(empty), empty, &err);
	assert_non_null(k);
	privkey_free(k);
}

static void test_too_much_work(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct span der = encrypted(right);
	uint8_t *copy = malloc(der.len);

	(void)state;
	assert_non_null(copy);
	memcpy(copy, der.data, der.len);
	memcpy(copy + find_rounds(der), "\x02\x03\x7f\xff\xff", 5);
	assert_null(privkey_from_bytes_with(span_make(copy, der.len), right, &err));
	assert_int_equal(err.reason, WARD_E_KEY_UNSUPPORTED);
	assert_string_equal(err.detail, "its passphrase is hashed 8388607 times; 5000000 at most");
	free(copy);
}

/* EncryptedPrivateKeyInfo of nothing, with these as PBES2's function for the key, in hex. */
static const struct work_row {
	const char *name, *kdf, *detail;
} works[] = {
	{ "PBKDF2 of 4294967296 rounds",
	  "30 1a 06 09 2a864886f70d01050c 30 0d 04 04 01020304 02 05 0100000000", NULL },
	{ "PBKDF2 for a key of 65 bytes",
	  "30 1a 06 09 2a864886f70d01050c 30 0d 04 04 01020304 02 02 0800 02 01 41",
	  "its passphrase gives a key of 65 bytes" },
	{ "scrypt with N of 2^18 and r of 1, a little more than 32 MiB",
	  "30 1e 06 09 2b06010401da47040b 30 11 04 04 01020304 02 03 040000 02 01 01 02 01 01",
	  "its scrypt takes more than 32 MiB of memory" },
	{ "scrypt with r of 2^31 - 1",
	  "30 20 06 09 2b06010401da47040b 30 13 04 04 01020304 02 01 02 02 04 7fffffff 02 01 01",
	  "its scrypt takes more than 32 MiB of memory" },
	{ "scrypt of 16 MiB, 40 times one after the other",
	  "30 1d 06 09 2b06010401da47040b 30 10 04 04 01020304 02 02 4000 02 01 08 02 01 28",
	  "its passphrase is hashed 5242880 times; 5000000 at most" },
	{ "an unknown function", "30 0b 06 09 2a864886f70d01050d",
	  "its passphrase is hashed in an unknown way" },
};

static void test_work(void **state)
{
	static const char cipher[] =
		"301d06096086480165030401020410000102030405060708090a0b0c0d0e0f";
	const struct work_row *row = *state;
	struct ward_error err = ERROR_NONE;
	uint8_t der[256];
	struct writer w = writer_make(der, sizeof(der), &err);

	DER_WRITE (&w, DER_SEQUENCE) {
		DER_WRITE (&w, DER_SEQUENCE) {
			der_write_element(&w, DER_OID, table_hex("2a864886f70d01050d"));
			DER_WRITE (&w, DER_SEQUENCE) {
				writer_bytes(&w, table_hex(row->kdf));
				writer_bytes(&w, table_hex(cipher));
			}
		}
		der_write_element(&w, DER_OCTET_STRING, table_fill(0, 16));
	}
	assert_true(writer_ok(&w));
	assert_null(privkey_from_bytes_with(writer_span(&w), right, &err));
	assert_int_equal(err.reason, WARD_E_KEY_UNSUPPORTED);
	if (row->detail != NULL)
		assert_string_equal(err.detail, row->detail);
}

static void test_cut(void **state)
{
	struct span der = encrypted(right);

	(void)state;
	for (size_t len = 0; len < der.len; len++) {
		struct ward_error err = ERROR_NONE;
		struct span cut = table_bytes(der.data, len);

		assert_null(privkey_from_bytes_with(cut, right, &err));
		assert_true(error_is_set(&err));
	}
}

static void test_long_passphrase(void **state)
{
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_null(privkey_from_bytes_with(encrypted(right), table_fill('x', 1025), &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
}

static const struct form_row {
	const char *name, *file;
	bool has;
} forms[] = {
	{ "RSA as PKCS#1", "rsa2048-pkcs8.pem", true },
	{ "P-256 as SEC1", "p256-pkcs8.pem", true },
	{ "P-521 as SEC1", "p521-pkcs8.pem", true },
	{ "Ed25519 has no older form", "ed25519-pkcs8.pem", false },
};

static void test_form(void **state)
{
	const struct form_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct privkey *k = privkey_from_bytes(read_file(row->file), &err);
	struct privkey *again;
	uint8_t *der;
	size_t len;

	assert_int_equal(privkey_traditional(k, &der, &len, &err), row->has);
	if (row->has) {
		again = privkey_from_bytes(span_make(der, len), &err);
		assert_non_null(again);
		assert_span_equal(public_of(k), public_of(again));
		privkey_free(again);
		free(der);
	} else {
		assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	}
	privkey_free(k);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_right);
	TABLE_ADD(&t, rows, test_wrong);
	TABLE_ADD(&t, rows, test_none);
	table_add(&t, "what is written is read", test_written, NULL);
	table_add(&t, "eight million rounds are not done", test_too_much_work, NULL);
	TABLE_ADD(&t, works, test_work);
	table_add(&t, "a key that was cut is refused wherever", test_cut, NULL);
	table_add(&t, "a passphrase of 1025 bytes", test_long_passphrase, NULL);
	TABLE_ADD(&t, forms, test_form);
	return table_run(&t, "privkey_encrypted");
}
