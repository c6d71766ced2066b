/*
 * Making CRLs (crl_make.c): what is made is read again, and what is no list is refused.
 */
#include "x509/crl.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/credentials.h"
#include "support/forge.h"
#include "support/table.h"

static struct ward_cert *make_issuer(struct forge_spec spec)
{
	spec.ca = true;
	if (spec.subject == NULL)
		spec.subject = "CA";
	if (spec.key_usage == 0)
		spec.key_usage = KU_KEY_CERT_SIGN | KU_CRL_SIGN;
	return forge(&spec, forge_key(0), NULL, forge_key(0));
}

/* ---- making ---- */

enum { MANY = 50000 };

static struct ward_cert *make_leaf(struct span serial)
{
	struct forge_spec spec = { .serial = serial, .issuer = "CA" };

	return forge(&spec, forge_key(1), NULL, forge_key(0));
}

static void test_make(void **state)
{
	const struct ward_revoked revoked[] = {
		{ (const uint8_t *)"\x17\x2a", 2, TEST_NOW - 5, WARD_REVOKED_KEY_COMPROMISE,
		  TEST_NOW - 100 },
		{ (const uint8_t *)"\x00\x80", 2, TEST_NOW - 6, 0, WARD_NO_TIME },
	};
	struct ward_crl_spec spec = { revoked, 2, TEST_NOW, TEST_NOW + 100, 0x1234567890 };
	struct ward_cert *issuer = make_issuer((struct forge_spec){ 0 });
	struct ward_error err = ERROR_NONE;
	struct ward_crl *crl = ward_crl_make(&spec, issuer, forge_key(0), &err);
	struct ward_cert *leaf = make_leaf(SPAN_LITERAL("\x80"));
	struct ward_revoked entry;
	char text[64], *pem;
	struct ward_crl *again;

	(void)state;
	assert_int_equal(err.reason, WARD_E_NONE);
	assert_string_equal(ward_crl_number(crl, text, sizeof(text)), "1234567890");
	assert_true(ward_crl_check(crl, issuer, TEST_NOW, &err));
	assert_true(crl_keeps_profile(crl, &err));
	assert_true(ward_crl_revoked(crl, 0, &entry));
	assert_int_equal(entry.reason, WARD_REVOKED_KEY_COMPROMISE);
	assert_int_equal(entry.invalid, TEST_NOW - 100);
	assert_true(ward_crl_find(crl, leaf, &entry));
	assert_int_equal(entry.time, TEST_NOW - 6);
	pem = ward_crl_pem(crl);
	again = ward_crl_parse(pem, strlen(pem), &err);
	assert_non_null(again);
	assert_int_equal(ward_crl_revoked_count(again), 2);
	free(pem);
	ward_crl_free(again);
	ward_crl_free(ward_crl_ref(crl));
	ward_crl_free(crl);
	ward_cert_free(leaf);
	ward_cert_free(issuer);
}

static void test_many(void **state)
{
	struct ward_revoked *revoked = calloc(MANY, sizeof(*revoked));
	uint8_t(*serials)[4] = calloc(MANY, sizeof(*serials));
	struct ward_crl_spec spec = { revoked, MANY, TEST_NOW, TEST_NOW + 100, 1 };
	struct ward_cert *issuer = make_issuer((struct forge_spec){ 0 });
	struct ward_revoked entry;
	struct ward_crl *crl;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		serials[i][0] = 1;
		serials[i][1] = (uint8_t)(i >> 16);
		serials[i][2] = (uint8_t)(i >> 8);
		serials[i][3] = (uint8_t)i;
		revoked[i] = (struct ward_revoked){ serials[i], 4, TEST_NOW - i, 0, WARD_NO_TIME };
	}
	crl = ward_crl_make(&spec, issuer, forge_key(0), NULL);
	assert_int_equal(ward_crl_revoked_count(crl), MANY);
	for (uint32_t i = 0; i < MANY; i += MANY / 7) {
		struct ward_cert *leaf = make_leaf(SPAN_ARRAY(serials[i]));

		assert_true(ward_crl_find(crl, leaf, &entry));
		assert_int_equal(entry.time, TEST_NOW - i);
		ward_cert_free(leaf);
		assert_true(ward_crl_revoked(crl, i, &entry));
		assert_int_equal(entry.time, TEST_NOW - i);
	}
	assert_false(ward_crl_find(crl, issuer, NULL));
	ward_crl_free(crl);
	ward_cert_free(issuer);
	free(serials);
	free(revoked);
}

static const struct refusal {
	const char *name;
	struct ward_revoked revoked;
	int64_t next_update;
	struct forge_spec issuer;
	unsigned int key;
	enum ward_reason reason;
} refusals[] = {
	{ "a key that is not the issuer's", { .serial_len = 0 }, 9, { 0 }, 1, WARD_E_KEY_MISMATCH },
	{ "an issuer that may not sign lists",
	  { .serial_len = 0 },
	  9,
	  { .key_usage = KU_KEY_CERT_SIGN },
	  0,
	  WARD_E_CRL_ISSUER },
	{ "a list that ends before it begins",
	  { .serial_len = 0 },
	  -1,
	  { 0 },
	  0,
	  WARD_E_BAD_ARGUMENT },
	{ "a negative serial number",
	  { (const uint8_t *)"\x80", 1, 0, 0, WARD_NO_TIME },
	  9,
	  { 0 },
	  0,
	  WARD_E_BAD_ARGUMENT },
	{ "a serial number that is not in its shortest form",
	  { (const uint8_t *)"\x00\x01", 2, 0, 0, WARD_NO_TIME },
	  9,
	  { 0 },
	  0,
	  WARD_E_BAD_ARGUMENT },
	{ "a reason that there is not",
	  { (const uint8_t *)"\x01", 1, 0, 7, WARD_NO_TIME },
	  9,
	  { 0 },
	  0,
	  WARD_E_BAD_ARGUMENT },
	{ "removal from a list that is complete",
	  { (const uint8_t *)"\x01", 1, 0, WARD_REVOKED_REMOVE_FROM_CRL, WARD_NO_TIME },
	  9,
	  { 0 },
	  0,
	  WARD_E_BAD_ARGUMENT },
	{ "a year that no date has",
	  { (const uint8_t *)"\x01", 1, INT64_MAX, 0, WARD_NO_TIME },
	  9,
	  { 0 },
	  0,
	  WARD_E_BAD_TIME },
};

static void test_refusal(void **state)
{
	const struct refusal *row = *state;
	struct ward_crl_spec spec = { &row->revoked, row->revoked.serial_len > 0, TEST_NOW,
				      TEST_NOW + row->next_update, 1 };
	struct ward_cert *issuer = make_issuer(row->issuer);
	struct ward_error err = ERROR_NONE;

	assert_null(ward_crl_make(&spec, issuer, forge_key(row->key), &err));
	if (err.reason != row->reason)
		fail_msg("%s: %s", ward_reason_name(err.reason), err.detail);
	ward_cert_free(issuer);
}

int main(void)
{
	struct table t = { 0 };
	int result;

	table_add(&t, "a list that is made, read again", test_make, NULL);
	table_add(&t, "an entry among many", test_many, NULL);
	TABLE_ADD(&t, refusals, test_refusal);
	result = table_run(&t, "crl_make");
	forge_cleanup();
	return result;
}
