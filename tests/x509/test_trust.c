/*
 * Trust stores: adding, finding by name, bundles with broken parts, freezing.
 */
#include "x509/trust.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/cert_fields.h"
#include "x509/name.h"

/* CN=rNNN, with a serial number of its own. */
static struct ward_cert *root(unsigned int i, unsigned int serial)
{
	char subject[64], number[16];
	const struct cert_fields f = { .subject = subject, .serial = number };

	snprintf(subject, sizeof(subject), "300f310d300b06035504030c0472%02x%02x%02x",
		 '0' + i / 100 % 10, '0' + i / 10 % 10, '0' + i % 10);
	snprintf(number, sizeof(number), "0202%04x", 0x1000 + serial);
	return cert_fields_parse(&f);
}

static void add(struct ward_trust *trust, struct ward_cert *c)
{
	struct ward_error err = ERROR_NONE;

	assert_true(ward_trust_add(trust, c, &err));
	ward_cert_free(c);
}

static size_t found(const struct ward_trust *trust, const struct ward_cert *like)
{
	const struct trust_entry *e = NULL;
	size_t n = 0;

	while ((e = trust_find(trust, like->subject_hash, e)) != NULL)
		n += name_equal(trust_entry_cert(e)->subject, like->subject) ? 1 : 0;
	return n;
}

static void test_empty(void **state)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_cert *c = root(0, 0);

	(void)state;
	assert_int_equal(ward_trust_count(trust), 0);
	assert_int_equal(found(trust, c), 0);
	assert_false(trust_holds(trust, c));
	ward_cert_free(c);
	ward_trust_free(trust);
	ward_trust_free(NULL);
}

/* As many as a system has, and more: the table grows several times. */
static void test_many(void **state)
{
	struct ward_trust *trust = ward_trust_new();

	(void)state;
	for (unsigned int i = 0; i < 500; i++)
		add(trust, root(i, 0));
	assert_int_equal(ward_trust_count(trust), 500);
	for (unsigned int i = 0; i < 520; i++) {
		struct ward_cert *c = root(i, 0);
		struct ward_cert *other = root(i, 1);

		assert_int_equal(found(trust, c), i < 500 ? 1 : 0);
		assert_int_equal(trust_holds(trust, c), i < 500);
		assert_int_equal(found(trust, other), i < 500 ? 1 : 0);
		assert_false(trust_holds(trust, other));
		ward_cert_free(c);
		ward_cert_free(other);
	}
	ward_trust_free(trust);
}

/* A root that was renewed has the old one's name: both are found. */
static void test_same_name(void **state)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_cert *c = root(7, 0);

	(void)state;
	for (unsigned int i = 0; i < 20; i++) {
		add(trust, root(7, i));
		add(trust, root(7, i)); /* twice, and there once */
	}
	assert_int_equal(ward_trust_count(trust), 20);
	assert_int_equal(found(trust, c), 20);
	ward_cert_free(c);
	ward_trust_free(trust);
}

static void test_frozen(void **state)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_cert *c = root(1, 0);
	struct ward_cert *d = root(2, 0);
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_true(ward_trust_add(trust, c, &err));
	trust_freeze(trust);
	trust_freeze(trust);
	assert_false(ward_trust_add(trust, d, &err));
	assert_int_equal(err.reason, WARD_E_CONFIG_FROZEN);
	assert_int_equal(ward_trust_count(trust), 1);
	assert_true(trust_holds(trust, c));
	ward_cert_free(c);
	ward_cert_free(d);
	ward_trust_free(trust);
}

/* The store holds its certificates by itself, and itself by counted references. */
static void test_references(void **state)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_cert *c = root(3, 0);

	(void)state;
	add(trust, ward_cert_ref(c));
	assert_ptr_equal(ward_trust_ref(trust), trust);
	ward_trust_free(trust);
	assert_true(trust_holds(trust, c));
	ward_trust_free(trust);
	assert_int_equal(c->version, 3);
	ward_cert_free(c);
}

/* ---- bundles ---- */

/* One certificate's PEM text for each 'c' in the pattern; see bundle(). */
static void append(char *text, size_t size, char what, unsigned int i)
{
	struct ward_cert *c = root(i, 0);
	char *pem = ward_cert_pem(c);
	size_t at = strlen(text);

	assert_non_null(pem);
	switch (what) {
	case 'c': /* a certificate */
		snprintf(text + at, size - at, "%s", pem);
		break;
	case 't': /* in OpenSSL's older name */
		snprintf(text + at, size - at, "-----BEGIN X509 CERTIFICATE%s", pem + 22);
		memcpy(strstr(text + at, "-----END CERT"), "-----END X509", 13);
		break;
	case 'x': /* text between the blocks */
		snprintf(text + at, size - at, "# a comment\n\nsubject=CN = x\n");
		break;
	case 'm': /* a block that holds no certificate */
		snprintf(text + at, size - at,
			 "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
		break;
	case 'b': /* base64 that is none */
		snprintf(text + at, size - at,
			 "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n");
		break;
	case 'k': /* a block of another kind */
		snprintf(text + at, size - at,
			 "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n");
		break;
	default:
		fail();
	}
	free(pem);
	ward_cert_free(c);
}

static const struct bundle_row {
	const char *name, *pattern;
	size_t count, skipped;
	bool ok;
} bundles[] = {
	{ "one", "c", 1, 0, true },
	{ "several with text between", "xcxxccx", 3, 0, true },
	{ "a certificate that is malformed", "cmc", 2, 1, true },
	{ "base64 that is malformed", "cbc", 2, 1, true },
	{ "malformed at both ends", "bccm", 2, 2, true },
	{ "revocation lists are passed over", "kck", 1, 0, true },
	{ "nothing but text", "xx", 0, 0, false },
	{ "nothing at all", "", 0, 0, false },
	{ "nothing but malformed ones", "mb", 0, 2, false },
	{ "another kind alone", "k", 0, 0, false },
};

static void test_bundle(void **state)
{
	const struct bundle_row *row = *state;
	struct ward_trust *trust = ward_trust_new();
	struct ward_error err = ERROR_NONE;
	size_t skipped = 99;
	char text[8192] = "";

	for (unsigned int i = 0; row->pattern[i] != '\0'; i++)
		append(text, sizeof(text), row->pattern[i], i);
	assert_int_equal(ward_trust_add_bundle(trust, text, strlen(text), &skipped, &err), row->ok);
	assert_int_equal(err.reason, row->ok ? WARD_E_NONE : WARD_E_NO_CERTIFICATE_IN_FILE);
	assert_int_equal(ward_trust_count(trust), row->count);
	assert_int_equal(skipped, row->skipped);
	ward_trust_free(trust);
}

/* The last block ends with the file, without its END line. */
static void test_bundle_cut(void **state)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_error err = ERROR_NONE;
	size_t skipped = 0;
	char text[8192] = "";

	(void)state;
	append(text, sizeof(text), 'c', 1);
	append(text, sizeof(text), 'c', 2);
	assert_true(ward_trust_add_bundle(trust, text, strlen(text) - 30, &skipped, &err));
	assert_int_equal(ward_trust_count(trust), 1);
	assert_int_equal(skipped, 1);
	assert_true(ward_trust_add_bundle(trust, text, strlen(text), NULL, &err));
	assert_int_equal(ward_trust_count(trust), 2);
	ward_trust_free(trust);
}

static void test_bundle_frozen(void **state)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_error err = ERROR_NONE;
	char text[4096] = "";

	(void)state;
	append(text, sizeof(text), 'c', 1);
	trust_freeze(trust);
	assert_false(ward_trust_add_bundle(trust, text, strlen(text), NULL, &err));
	assert_int_equal(err.reason, WARD_E_CONFIG_FROZEN);
	ward_trust_free(trust);
}

int main(void)
{
	struct table t = { 0 };

	table_add(&t, "an empty store", test_empty, NULL);
	table_add(&t, "five hundred roots", test_many, NULL);
	table_add(&t, "roots of the same name", test_same_name, NULL);
	table_add(&t, "nothing is added to a frozen store", test_frozen, NULL);
	table_add(&t, "references are counted", test_references, NULL);
	TABLE_ADD(&t, bundles, test_bundle);
	table_add(&t, "a bundle that ends within a block", test_bundle_cut, NULL);
	table_add(&t, "a bundle for a frozen store", test_bundle_frozen, NULL);
	return table_run(&t, "trust");
}
