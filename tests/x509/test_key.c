/*
 * Private keys through the public interface: every form of file, PEM out and in, and which
 * certificate a key belongs to.
 */
#include <stdio.h>
#include <stdlib.h>

#include "support/cert_fields.h"
#include "x509/cert.h"

static struct span read_file(const char *name)
{
	char path[256];
	static char text[16384];
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

static const struct file_row {
	const char *name, *file;
	enum ward_reason reason;
	const char *type;
	unsigned int bits;
} files[] = {
	{ "P-256 in PKCS#8", "p256-pkcs8.pem", WARD_E_NONE, "P-256", 256 },
	{ "P-256 in SEC1, behind its parameters", "p256-sec1.pem", WARD_E_NONE, "P-256", 256 },
	{ "P-384 in SEC1", "p384-sec1.pem", WARD_E_NONE, "P-384", 384 },
	{ "P-521", "p521-pkcs8.pem", WARD_E_NONE, "P-521", 521 },
	{ "Ed25519", "ed25519-pkcs8.pem", WARD_E_NONE, "Ed25519", 256 },
	{ "RSA", "rsa2048-pkcs8.pem", WARD_E_NONE, "RSA", 2048 },
	{ "RSA for PSS alone", "pss2048.pem", WARD_E_NONE, "RSA-PSS", 2048 },
	{ "encrypted PKCS#8", "p256-encrypted.pem", WARD_E_KEY_ENCRYPTED, NULL, 0 },
	{ "encrypted SEC1", "p256-encrypted-sec1.pem", WARD_E_KEY_ENCRYPTED, NULL, 0 },
	{ "X25519, which does not sign", "x25519-pkcs8.pem", WARD_E_KEY_UNSUPPORTED, NULL, 0 },
	{ "a certificate", "cert.pem", WARD_E_NO_KEY_IN_FILE, NULL, 0 },
};

static void test_file(void **state)
{
	const struct file_row *row = *state;
	struct span text = read_file(row->file);
	struct ward_error err = ERROR_NONE;
	struct ward_key *key = ward_key_parse(text.data, text.len, &err);

	assert_int_equal(err.reason, row->reason);
	assert_int_equal(key != NULL, row->reason == WARD_E_NONE);
	if (key != NULL) {
		assert_string_equal(key_type_name(privkey_type(key_private(key))), row->type);
		assert_int_equal(privkey_bits(key_private(key)), row->bits);
	}
	ward_key_free(key);
}

static const struct kind_row {
	const char *name;
	enum ward_key_kind kind;
	enum key_type type;
	unsigned int bits;
} kinds[] = {
	{ "P-256 out and in", WARD_KEY_P256, KEY_P256, 256 },
	{ "P-384 out and in", WARD_KEY_P384, KEY_P384, 384 },
	{ "Ed25519 out and in", WARD_KEY_ED25519, KEY_ED25519, 256 },
	{ "RSA of 2048 bits out and in", WARD_KEY_RSA_2048, KEY_RSA, 2048 },
	{ "RSA of 3072 bits out and in", WARD_KEY_RSA_3072, KEY_RSA, 3072 },
	{ "RSA of 4096 bits out and in", WARD_KEY_RSA_4096, KEY_RSA, 4096 },
};

static struct ward_cert *self_signed(const struct ward_key *key)
{
	static const char *const names[] = { "a.example", NULL };
	const struct ward_cert_spec spec = { .common_name = "a",
					     .names = names,
					     .not_before = 1000000000,
					     .not_after = 2000000000 };
	struct ward_error err = ERROR_NONE;
	struct ward_cert *c = ward_cert_make(&spec, key, NULL, NULL, &err);

	assert_non_null(c);
	return c;
}

static void test_out_and_in(void **state)
{
	const struct kind_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct ward_key *key = ward_key_generate(row->kind, &err);
	char *pem, *again;
	struct ward_key *copy;
	struct ward_cert *c;

	assert_non_null(key);
	assert_int_equal(privkey_type(key_private(key)), row->type);
	assert_int_equal(privkey_bits(key_private(key)), row->bits);
	pem = ward_key_pem(key, &err);
	assert_non_null(pem);
	assert_memory_equal(pem, "-----BEGIN PRIVATE KEY-----\n", 28);
	copy = ward_key_parse(pem, strlen(pem), &err);
	assert_non_null(copy);
	again = ward_key_pem(copy, &err);
	assert_string_equal(again, pem);
	c = self_signed(copy);
	assert_true(ward_key_matches(key, c));
	assert_int_equal(ward_cert_key_bits(c), row->bits);
	ward_wipe(pem, strlen(pem));
	assert_int_equal(pem[0], 0);
	free(pem);
	free(again);
	ward_cert_free(c);
	ward_key_free(key);
	ward_key_free(copy);
}

static void test_matches(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct ward_key *a = ward_key_generate(WARD_KEY_P256, &err);
	struct ward_key *b = ward_key_generate(WARD_KEY_P256, &err);
	struct ward_key *other = ward_key_generate(WARD_KEY_ED25519, &err);
	const struct cert_fields no_key = { .spki = "300a300506032b6571030100" };
	struct ward_cert *c = self_signed(a);
	struct ward_cert *d = cert_fields_parse(&no_key);

	(void)state;
	assert_true(ward_key_matches(a, c));
	assert_false(ward_key_matches(b, c));
	assert_false(ward_key_matches(other, c));
	assert_false(ward_key_matches(a, d));
	ward_cert_free(c);
	ward_cert_free(d);
	ward_key_free(a);
	ward_key_free(b);
	ward_key_free(other);
}

static void test_no_such_kind(void **state)
{
	static const int none[] = { 0, WARD_KEY_P521 + 1, -1 };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct ward_error err = ERROR_NONE;

		assert_null(ward_key_generate((enum ward_key_kind)none[i], &err));
		assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	}
}

static void test_references(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct ward_key *key = ward_key_generate(WARD_KEY_ED25519, &err);

	(void)state;
	assert_ptr_equal(ward_key_ref(key), key);
	ward_key_free(key);
	assert_int_equal(privkey_type(key_private(key)), KEY_ED25519);
	ward_key_free(key);
	ward_key_free(NULL);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, files, test_file);
	TABLE_ADD(&t, kinds, test_out_and_in);
	table_add(&t, "a key belongs to its certificate alone", test_matches, NULL);
	table_add(&t, "kinds that are none", test_no_such_kind, NULL);
	table_add(&t, "references are counted", test_references, NULL);
	return table_run(&t, "key");
}
