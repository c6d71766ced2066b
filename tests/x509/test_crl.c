/*
 * CRLs (crl.c, crl_extensions.c): which are well formed, and what they say (RFC 5280, section 5).
 */
#include "x509/crl.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/credentials.h"
#include "support/forge.h"
#include "support/forge_crl.h"
#include "support/table.h"

/* Extensions in hex: what is used often. */
#define NUMBER FORGE_NUMBER_5
#define UNKNOWN "300c06082b06010401d6047f0400"
#define UNKNOWN_CRITICAL "300f06082b06010401d6047f0101ff0400"
#define SCOPE(value, len, inner) "30" len "0603551d1c0101ff04" inner value

/* ---- the form ---- */

static const struct form {
	const char *name;
	struct forge_crl_spec spec;
	enum ward_reason reason;
	const char *detail;
} forms[] = {
	{ "a list that revokes none", { 0 }, WARD_E_NONE, "" },
	{ "version 1", { .version = -1, .extensions = "" }, WARD_E_NONE, "" },
	{ "version 1 that is written out", { .version = 1 }, WARD_E_CRL_MALFORMED, "version" },
	{ "version 3", { .version = 3 }, WARD_E_CRL_MALFORMED, "version" },
	{ "version 1 with extensions", { .version = -1 }, WARD_E_CRL_MALFORMED, "crlExtensions" },
	{ "no nextUpdate", { .no_next_update = true }, WARD_E_NONE, "" },
	{ "times in GeneralizedTime", { .long_times = true }, WARD_E_NONE, "" },
	{ "an empty issuer", { .issuer = "" }, WARD_E_CRL_MALFORMED, "issuer" },
	{ "two algorithms that differ",
	  { .outer_algorithm = "300506032b6570" },
	  WARD_E_CRL_MALFORMED,
	  "signatureAlgorithm" },
	{ "an algorithm that nobody knows", { .algorithm = "300506032b6501" }, WARD_E_NONE, "" },
	{ "bytes behind the signature",
	  { .tail = "0500" },
	  WARD_E_CRL_MALFORMED,
	  "signatureValue" },

	{ "one entry", { .entries = FORGE_ENTRY }, WARD_E_NONE, "" },
	{ "an empty list of entries", { .entries = "" }, WARD_E_NONE, "" },
	{ "a negative serial number",
	  { .entries = "30120201ff170d3236303130313030303030305a" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },
	{ "a serial number that is not in its shortest form",
	  { .entries = "30130202002a170d3236303130313030303030305a" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },
	{ "an entry without a date",
	  { .entries = "30040202172a" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },
	{ "a date on the 30th of February",
	  { .entries = "30130202172a170d3236303233303030303030305a" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },
	{ "an entry with a reason",
	  { .entries = "30210202172a170d3236303130313030303030305a300c300a0603551d1504030a0101" },
	  WARD_E_NONE,
	  "" },
	{ "an entry with a reason in version 1",
	  { .version = -1,
	    .extensions = "",
	    .entries = "30210202172a170d3236303130313030303030305a300c300a0603551d1504030a0101" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },
	{ "reason 7, which there is not",
	  { .entries = "30210202172a170d3236303130313030303030305a300c300a0603551d1504030a0107" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },
	{ "a reason that is an INTEGER",
	  { .entries = "30210202172a170d3236303130313030303030305a300c300a0603551d150403020101" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },
	{ "two reasons",
	  { .entries = "302d0202172a170d3236303130313030303030305a3018300a0603551d1504030a0101"
		       "300a0603551d1504030a0101" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },
	{ "an invalidityDate in UTCTime",
	  { .entries = "302d0202172a170d3236303130313030303030305a301830160603551d18040f170d"
		       "3236303130313030303030305a" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },
	{ "an empty list of an entry's extensions",
	  { .entries = "30150202172a170d3236303130313030303030305a3000" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },
	{ "bytes behind an entry",
	  { .entries = FORGE_ENTRY "0500" },
	  WARD_E_CRL_MALFORMED,
	  "revokedCertificates" },

	{ "an extension that nobody knows", { .extensions = NUMBER UNKNOWN }, WARD_E_NONE, "" },
	{ "one that nobody knows twice",
	  { .extensions = UNKNOWN UNKNOWN },
	  WARD_E_CRL_MALFORMED,
	  "twice" },
	{ "a critical one is shown, too", { .extensions = UNKNOWN_CRITICAL }, WARD_E_NONE, "" },
	{ "two numbers", { .extensions = NUMBER NUMBER }, WARD_E_CRL_MALFORMED, "cRLNumber" },
	{ "a negative number",
	  { .extensions = "300a0603551d1404030201ff" },
	  WARD_E_CRL_MALFORMED,
	  "cRLNumber" },
	{ "bytes behind a number",
	  { .extensions = "300c0603551d1404050201050500" },
	  WARD_E_CRL_MALFORMED,
	  "cRLNumber" },
	{ "for users and for CAs alone at once",
	  { .extensions = SCOPE("30068101ff8201ff", "12", "08") },
	  WARD_E_CRL_MALFORMED,
	  "issuingDistributionPoint" },
	{ "a flag that is neither 00 nor FF",
	  { .extensions = SCOPE("3003810101", "0f", "05") },
	  WARD_E_CRL_MALFORMED,
	  "issuingDistributionPoint" },
	{ "reasons without bytes",
	  { .extensions = SCOPE("30028300", "0e", "04") },
	  WARD_E_CRL_MALFORMED,
	  "issuingDistributionPoint" },
};

static void test_form(void **state)
{
	const struct form *row = *state;
	struct ward_error err = ERROR_NONE;
	struct ward_crl *crl;
	size_t len;
	uint8_t *der = forge_crl_der(&row->spec, forge_key(0), &len);

	crl = ward_crl_parse(table_bytes(der, len).data, len, &err);
	if (err.reason != row->reason || strstr(err.detail, row->detail) == NULL)
		fail_msg("%s: %s", ward_reason_name(err.reason), err.detail);
	assert_true((crl == NULL) == (row->reason != WARD_E_NONE));
	ward_crl_free(crl);
	free(der);
}

static void test_cut_short(void **state)
{
	const struct forge_crl_spec spec = { .entries = FORGE_ENTRY };
	size_t len;
	uint8_t *der = forge_crl_der(&spec, forge_key(0), &len);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		struct ward_error err = ERROR_NONE;

		assert_null(ward_crl_parse(table_bytes(der, i).data, i, &err));
		assert_int_equal(err.reason, i == 0 ? WARD_E_NO_CRL_IN_FILE : WARD_E_CRL_MALFORMED);
	}
	free(der);
}

/* ---- what it says ---- */

static void test_facts(void **state)
{
	const struct forge_crl_spec spec = {
		.entries = FORGE_ENTRY
		"302d020101170d3236303130313030303030305a301a300a0603551d1504030a0104"
		"300c0603551d1804053003020101",
	};
	const struct forge_crl_spec good = {
		.entries = FORGE_ENTRY
		"303a020101170d3236303130313030303030305a3026300a0603551d1504030a0104"
		"30180603551d180411180f32303235303130313030303030305a",
	};
	struct ward_crl *crl = forge_crl(&good, forge_key(0));
	struct ward_error err = ERROR_NONE;
	struct ward_revoked entry;
	char text[64];
	size_t len;
	uint8_t *der = forge_crl_der(&spec, forge_key(0), &len);

	(void)state;
	assert_null(ward_crl_parse(der, len, &err)); /* an invalidityDate that is a SEQUENCE */
	free(der);
	assert_string_equal(ward_crl_issuer(crl, text, sizeof(text)), "CN=CA");
	assert_string_equal(ward_crl_number(crl, text, sizeof(text)), "05");
	assert_string_equal(ward_crl_signature_name(crl), "ecdsa-with-SHA256");
	assert_int_equal(ward_crl_this_update(crl), TEST_NOW - 86400);
	assert_int_equal(ward_crl_next_update(crl), TEST_NOW + 86400);
	assert_false(ward_crl_is_delta(crl));
	assert_int_equal(ward_crl_revoked_count(crl), 2);
	assert_true(ward_crl_revoked(crl, 0, &entry));
	assert_span_equal(span_make(entry.serial, entry.serial_len), SPAN_LITERAL("\x17\x2a"));
	assert_int_equal(entry.time, 1767225600);
	assert_int_equal(entry.reason, WARD_REVOKED_UNSPECIFIED);
	assert_true(entry.invalid == WARD_NO_TIME);
	assert_true(ward_crl_revoked(crl, 1, &entry));
	assert_int_equal(entry.reason, WARD_REVOKED_SUPERSEDED);
	assert_int_equal(entry.invalid, 1735689600);
	assert_false(ward_crl_revoked(crl, 2, &entry));
	ward_crl_free(crl);
}

static void test_reason_names(void **state)
{
	(void)state;
	assert_string_equal(ward_revocation_reason_name(WARD_REVOKED_KEY_COMPROMISE),
			    "keyCompromise");
	assert_null(ward_revocation_reason_name(7));
	assert_null(ward_revocation_reason_name(11));
	assert_null(ward_revocation_reason_name(-1));
	assert_int_equal(ward_revocation_reason_parse("KEYCOMPROMISE"), 1);
	assert_int_equal(ward_revocation_reason_parse("cACompromise"), 2);
	assert_int_equal(ward_revocation_reason_parse("boredom"), -1);
}

int main(void)
{
	struct table t = { 0 };
	int result;

	TABLE_ADD(&t, forms, test_form);
	table_add(&t, "a list that is cut short", test_cut_short, NULL);
	table_add(&t, "what a list says", test_facts, NULL);
	table_add(&t, "reasons by name", test_reason_names, NULL);
	result = table_run(&t, "crl");
	forge_cleanup();
	return result;
}
