/*
 * PKCS#12: what is written is read again; a wrong passphrase, and what is malformed, are told apart.
 */
#include "crypto/pkcs12.h"

#include <stdlib.h>

#include <openssl/pkcs12.h>

#include "support/table.h"

static uint8_t *make(size_t *len)
{
	struct ward_error err = ERROR_NONE;
	struct privkey *key = privkey_generate(KEY_P256, 0, &err);
	uint8_t *der = NULL;

	assert_non_null(key);
	assert_true(pkcs12_write(key, NULL, 0, "name", SPAN_LITERAL("x"), &der, len, &err));
	privkey_free(key);
	return der;
}

static void test_round_trip(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct pkcs12 p;
	size_t len;
	uint8_t *der = make(&len);

	(void)state;
	assert_true(pkcs12_detect(span_make(der, len)));
	assert_true(pkcs12_read(span_make(der, len), SPAN_LITERAL("x"), &p, &err));
	assert_non_null(p.key);
	assert_int_equal(p.count, 0);
	pkcs12_clear(&p);
	free(der);
}

static void test_wrong_passphrase(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct pkcs12 p;
	size_t len;
	uint8_t *der = make(&len);

	(void)state;
	assert_false(pkcs12_read(span_make(der, len), SPAN_LITERAL("y"), &p, &err));
	assert_int_equal(err.reason, WARD_E_PASSPHRASE_WRONG);
	pkcs12_clear(&p);
	free(der);
}

/* Each prefix is refused, and none of them is found to be under another passphrase. */
static void test_cut(void **state)
{
	size_t len;
	uint8_t *der = make(&len);

	(void)state;
	for (size_t n = 0; n < len; n += 1 + len / 64) {
		struct ward_error err = ERROR_NONE;
		struct span cut = table_bytes(der, n);
		struct pkcs12 p;

		assert_false(pkcs12_read(cut, SPAN_LITERAL("x"), &p, &err));
		assert_int_equal(err.reason, WARD_E_BAD_PKCS12);
		pkcs12_clear(&p);
	}
	free(der);
}

/* A file without a MAC, of so many parts, each encrypted under "x" with so many rounds. */
static struct span make_parts(int parts, int rounds)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = sk_PKCS12_SAFEBAG_new_null();
	STACK_OF(PKCS7) *safes = sk_PKCS7_new_null();
	PKCS12 *p12;
	unsigned char *der = NULL;
	struct span copy;
	int len;

	assert_true(bags != NULL && safes != NULL);
	for (int i = 0; i < parts; i++)
		assert_true(sk_PKCS7_push(safes, PKCS12_pack_p7encdata(NID_aes_128_cbc, "x", 1,
								       NULL, 0, rounds, bags)) > 0);
	p12 = PKCS12_add_safes(safes, 0);
	len = i2d_PKCS12(p12, &der);
	assert_true(len > 0);
	copy = table_bytes(der, (size_t)len);
	OPENSSL_free(der);
	PKCS12_free(p12);
	sk_PKCS7_pop_free(safes, PKCS7_free);
	sk_PKCS12_SAFEBAG_free(bags);
	return copy;
}

static void test_many_parts(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct pkcs12 p;

	(void)state;
	assert_true(pkcs12_read(make_parts(100, 1000), SPAN_LITERAL("x"), &p, &err));
	pkcs12_clear(&p);
}

/* Two parts of 100000 rounds, of which the second claims to have so many that both are too many. */
static void test_too_much_work(void **state)
{
	static const uint8_t rounds[] = { 0x02, 0x03, 0x01, 0x86, 0xa0 };
	static const uint8_t claimed[] = { 0x02, 0x03, 0x4a, 0xc4, 0xa1 };
	struct ward_error err = ERROR_NONE;
	struct span der = make_parts(2, 100000);
	uint8_t *copy = malloc(der.len);
	struct pkcs12 p;
	size_t at = der.len - sizeof(rounds);

	(void)state;
	assert_non_null(copy);
	memcpy(copy, der.data, der.len);
	while (at > 0 && memcmp(copy + at, rounds, sizeof(rounds)) != 0)
		at--;
	memcpy(copy + at, claimed, sizeof(claimed));
	assert_false(pkcs12_read(span_make(copy, der.len), SPAN_LITERAL("x"), &p, &err));
	assert_int_equal(err.reason, WARD_E_KEY_UNSUPPORTED);
	assert_string_equal(err.detail, "its passphrase is hashed 5000001 times; 5000000 at most");
	pkcs12_clear(&p);
	free(copy);
}

int main(void)
{
	struct table t = { 0 };

	table_add(&t, "a key goes in and comes out", test_round_trip, NULL);
	table_add(&t, "a wrong passphrase", test_wrong_passphrase, NULL);
	table_add(&t, "a file that is cut short", test_cut, NULL);
	table_add(&t, "many parts with few rounds", test_many_parts, NULL);
	table_add(&t, "the rounds of all parts are added up", test_too_much_work, NULL);
	return table_run(&t, "pkcs12");
}
