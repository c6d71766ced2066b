/*
 * Chains out of files: PEM with text around the blocks, DER, and what is neither.
 */
#include "x509/chain.h"

#include <stdlib.h>

#include "support/cert_fields.h"
#include "x509/cert.h"

#define BAD_BLOCK "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
#define KEY_BLOCK "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"

static struct ward_cert *cert(const char *serial)
{
	const struct cert_fields f = { .serial = serial };

	return cert_fields_parse(&f);
}

/* before, as many certificates as `count` with serial numbers 1, 2, …, and after. */
static struct span text_of(const char *before, size_t count, const char *after)
{
	struct span parts[32];
	size_t n = 0;

	assert_true(count + 2 <= 32);
	parts[n++] = span_string(before);
	for (size_t i = 0; i < count; i++) {
		char serial[] = { '0', '2', '0', '1', '0', (char)('1' + i), '\0' };
		struct ward_cert *c = cert(serial);
		char *pem = ward_cert_pem(c);

		assert_non_null(pem);
		parts[n++] = table_bytes(pem, strlen(pem));
		free(pem);
		ward_cert_free(c);
	}
	parts[n++] = span_string(after);
	return table_join(parts, n);
}

static const struct row {
	const char *name, *before;
	size_t count;
	const char *after;
	enum ward_reason reason;
} rows[] = {
	{ "one certificate", "", 1, "", WARD_E_NONE },
	{ "text in front and behind", "Bag Attributes\n  x: y\n", 2, "\n\n", WARD_E_NONE },
	{ "nine certificates", "", 9, "", WARD_E_NONE },
	{ "the key is in the same file", KEY_BLOCK, 2, KEY_BLOCK, WARD_E_NONE },
	{ "nothing but a key", KEY_BLOCK, 0, "", WARD_E_NO_CERTIFICATE_IN_FILE },
	{ "nothing", "", 0, "", WARD_E_NO_CERTIFICATE_IN_FILE },
	{ "text", "hello", 0, "", WARD_E_NO_CERTIFICATE_IN_FILE },
	{ "a malformed one in front", BAD_BLOCK, 1, "", WARD_E_CERT_MALFORMED },
	{ "a malformed one behind", "", 2, BAD_BLOCK, WARD_E_CERT_MALFORMED },
	{ "a block without an end", "", 1, "-----BEGIN CERTIFICATE-----\nMAA=\n", WARD_E_BAD_PEM },
	{ "base64 that is none", "", 1,
	  "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", WARD_E_BAD_BASE64 },
};

static void test_pem(void **state)
{
	const struct row *row = *state;
	struct span text = text_of(row->before, row->count, row->after);
	struct ward_chain chain = { (struct ward_cert **)-1, 7 }; /* overwritten */
	struct ward_error err = ERROR_NONE;
	bool ok = ward_chain_parse(text.data, text.len, &chain, &err);

	assert_int_equal(ok, row->reason == WARD_E_NONE);
	assert_int_equal(err.reason, row->reason);
	assert_int_equal(chain.count, ok ? row->count : 0);
	for (size_t i = 0; i < chain.count; i++) {
		char serial[8];
		char wanted[] = { '0', (char)('1' + i), '\0' };

		ward_cert_serial(chain.certs[i], serial, sizeof(serial));
		assert_string_equal(serial, wanted);
	}
	ward_chain_clear(&chain);
	assert_null(chain.certs);
	ward_chain_clear(&chain);
}

static void test_der(void **state)
{
	const struct cert_fields f = { 0 };
	struct span der = cert_fields_der(&f);
	struct span twice[] = { der, der };
	struct span both = table_join(twice, 2);
	struct ward_chain chain;
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_true(ward_chain_parse(der.data, der.len, &chain, &err));
	assert_int_equal(chain.count, 1);
	assert_span_equal(cert_der(chain.certs[0]), der);
	ward_chain_clear(&chain);
	/* DER has no lists: a second one is left over. */
	assert_false(ward_chain_parse(both.data, both.len, &chain, &err));
	assert_int_equal(err.reason, WARD_E_CERT_MALFORMED);
	assert_int_equal(chain.count, 0);
}

static void test_append(void **state)
{
	struct ward_chain chain = { NULL, 0 };
	struct ward_error err = ERROR_NONE;

	(void)state;
	for (size_t i = 0; i < 17; i++)
		assert_true(chain_append(&chain, cert("020101"), &err));
	assert_int_equal(chain.count, 17);
	ward_chain_clear(&chain);
}

static void test_labels(void **state)
{
	(void)state;
	assert_true(chain_label_is_cert("CERTIFICATE"));
	assert_true(chain_label_is_cert("X509 CERTIFICATE"));
	assert_false(chain_label_is_cert("TRUSTED CERTIFICATE")); /* more than a certificate */
	assert_false(chain_label_is_cert("CERTIFICATE REQUEST"));
	assert_false(chain_label_is_cert("certificate"));
	assert_false(chain_label_is_cert(""));
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_pem);
	table_add(&t, "DER holds one certificate", test_der, NULL);
	table_add(&t, "a chain grows", test_append, NULL);
	table_add(&t, "which blocks are certificates", test_labels, NULL);
	return table_run(&t, "chain");
}
