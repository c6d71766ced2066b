/*
 * PKCS#12: what is written is read again; a wrong passphrase, and what is malformed, are told apart.
 */
#include "crypto/pkcs12.h"

#include <stdlib.h>

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

int main(void)
{
	struct table t = { 0 };

	table_add(&t, "a key goes in and comes out", test_round_trip, NULL);
	table_add(&t, "a wrong passphrase", test_wrong_passphrase, NULL);
	table_add(&t, "a file that is cut short", test_cut, NULL);
	return table_run(&t, "pkcs12");
}
