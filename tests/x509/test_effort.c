/*
 * What checks of signatures count for: by which keys they are slow, and when there is no more of it.
 */
#include "x509/effort.h"

#include <stdlib.h>

#include "support/table.h"
#include "x509/oid.h"
#include "x509/x509.h"

/* ---- what a check by a key costs ---- */

static const struct key_row {
	const char *name;
	enum ward_key_kind kind;
	unsigned int cost;
} keys[] = {
	{ "P-256", WARD_KEY_P256, 1 },
	{ "P-384", WARD_KEY_P384, 8 },
	{ "Ed25519", WARD_KEY_ED25519, 2 },
	{ "RSA 2048", WARD_KEY_RSA_2048, 1 },
};

static void test_key(void **state)
{
	const struct key_row *row = *state;
	struct ward_key *key = ward_key_generate(row->kind, NULL);
	struct ward_error err = ERROR_NONE;
	struct key_id id;
	uint8_t *spki;
	size_t len;

	assert_non_null(key);
	assert_true(ward_key_der(key, WARD_KEY_FORM_PUBLIC, NULL, 0, &spki, &len, &err));
	key_id_parse(span_make(spki, len), &id, &err);
	assert_false(error_is_set(&err));
	assert_int_equal(id.cost, row->cost);
	free(spki);
	ward_key_free(key);
}

static const struct rsa_row {
	const char *name;
	size_t modulus; /* bytes */
	struct span exponent;
	unsigned int cost;
} rsa[] = {
	{ "RSA 2048, exponent 3", 256, SPAN_LITERAL("\x03"), 1 },
	{ "RSA 4096, exponent 65537", 512, SPAN_LITERAL("\x01\x00\x01"), 1 },
	{ "RSA 8192, exponent 3", 1024, SPAN_LITERAL("\x03"), 1 },
	{ "RSA 8192, exponent 65537", 1024, SPAN_LITERAL("\x01\x00\x01"), 4 },
	{ "RSA 8192, exponent of 32 ones", 1024, SPAN_LITERAL("\xff\xff\xff\xff"), 15 },
	{ "RSA 8192, exponent of 64 ones: the slowest that is used", 1024,
	  SPAN_LITERAL("\xff\xff\xff\xff\xff\xff\xff\xff"), 30 },
	{ "RSA 2048, an exponent of zero", 256, SPAN_LITERAL("\x00"), 1 },
	{ "RSA 32768", 4096, SPAN_LITERAL("\x03"), 1000 },
};

static void test_rsa(void **state)
{
	const struct rsa_row *row = *state;
	static uint8_t modulus[4096], inner[8192], spki[8192];
	struct ward_error err = ERROR_NONE;
	struct writer k = writer_make(inner, sizeof(inner), &err);
	struct writer w = writer_make(spki, sizeof(spki), &err);
	struct key_id id;

	memset(modulus, 0xff, sizeof(modulus));
	DER_WRITE (&k, DER_SEQUENCE) {
		der_write_unsigned(&k, span_make(modulus, row->modulus));
		der_write_unsigned(&k, row->exponent);
	}
	DER_WRITE (&w, DER_SEQUENCE) {
		DER_WRITE (&w, DER_SEQUENCE) {
			der_write_oid(&w, OID_RSA_ENCRYPTION);
			der_write_element(&w, DER_NULL, SPAN_EMPTY);
		}
		der_write_bit_string(&w, span_make(inner, k.len), 0);
	}
	key_id_parse(span_make(spki, w.len), &id, &err);
	assert_false(error_is_set(&err));
	assert_int_equal(id.bits, 8 * row->modulus);
	assert_int_equal(id.cost, row->cost);
}

/* ---- how many there are ---- */

static const struct bound_row {
	const char *name;
	unsigned int cost;
	bool good;
	unsigned int allowed;
} bounds[] = {
	{ "64 good ones by usual keys", 1, true, 64 },
	{ "64 wrong ones by usual keys", 1, false, 64 },
	{ "40 good ones by P-384: more than a path has", 8, true, 40 },
	{ "8 wrong ones by P-384", 8, false, 8 },
	{ "10 good ones by the slowest RSA", 30, true, 10 },
	{ "2 wrong ones by the slowest RSA", 30, false, 2 },
	{ "none by what no key costs", 1000, true, 0 },
};

static void test_bound(void **state)
{
	const struct bound_row *row = *state;
	const struct ward_cert signer = { .key = { .cost = row->cost } };
	struct effort e = effort_whole();
	struct ward_error err = ERROR_NONE;

	for (unsigned int i = 0; i < row->allowed; i++) {
		assert_true(effort_allows(&e, &signer, &err));
		effort_count(&e, &signer, row->good);
	}
	assert_false(effort_allows(&e, &signer, &err));
	assert_int_equal(err.reason, WARD_E_CERT_LIMIT);
}

/* Good ones leave what wrong ones may cost as it is. */
static void test_wrong_after_good(void **state)
{
	const struct ward_cert slow = { .key = { .cost = 8 } }, usual = { .key = { .cost = 1 } };
	struct effort e = effort_whole();

	(void)state;
	for (int i = 0; i < 20; i++)
		effort_count(&e, &slow, true);
	for (int i = 0; i < 7; i++)
		effort_count(&e, &slow, false);
	assert_true(effort_allows(&e, &slow, NULL));
	effort_count(&e, &usual, false);
	assert_false(effort_allows(&e, &slow, NULL));
	for (int i = 0; i < 7; i++) {
		assert_true(effort_allows(&e, &usual, NULL));
		effort_count(&e, &usual, false);
	}
	assert_false(effort_allows(&e, &usual, NULL));
}

int main(void)
{
	struct table t = { 0 };

	if (!crypto_init(NULL))
		return 1;
	TABLE_ADD(&t, keys, test_key);
	TABLE_ADD(&t, rsa, test_rsa);
	TABLE_ADD(&t, bounds, test_bound);
	table_add(&t, "wrong ones after good ones", test_wrong_after_good, NULL);
	return table_run(&t, "effort");
}
