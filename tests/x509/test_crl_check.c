/*
 * What a CRL is worth (crl_check.c): by whom it is, when it counts, and for which certificates (RFC
 * 5280, 6.3.3).
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

/* ---- whom it is by, and when it counts ---- */

static const struct check {
	const char *name;
	struct forge_spec issuer;
	struct forge_crl_spec spec;
	unsigned int key; /* that signs the list; the issuer's is 0 */
	enum ward_reason reason;
} checks[] = {
	{ "a list by its issuer", { 0 }, { 0 }, 0, WARD_E_NONE },
	{ "by an issuer without keyUsage",
	  { .key_usage = FORGE_NO_KEY_USAGE },
	  { 0 },
	  0,
	  WARD_E_NONE },
	{ "by an issuer without cRLSign",
	  { .key_usage = KU_KEY_CERT_SIGN },
	  { 0 },
	  0,
	  WARD_E_CRL_ISSUER },
	{ "of another name", { .subject = "Another" }, { 0 }, 0, WARD_E_CRL_ISSUER },
	{ "by another key", { 0 }, { 0 }, 1, WARD_E_CRL_BAD_SIGNATURE },
	{ "with a signature that is spoilt",
	  { 0 },
	  { .spoil_signature = true },
	  0,
	  WARD_E_CRL_BAD_SIGNATURE },
	{ "with an algorithm that is broken",
	  { 0 },
	  { .algorithm = "300906072a8648ce3d0401" },
	  0,
	  WARD_E_CRL_BAD_SIGNATURE },
	{ "with the key identifier of another key",
	  { 0 },
	  { .extensions = NUMBER "301f0603551d2304183016801400000000000000000000000000000000"
				 "00000000" },
	  0,
	  WARD_E_CRL_ISSUER },
	{ "made this very second", { 0 }, { .this_update = -1 }, 0, WARD_E_NONE },
	{ "made in a second from now", { 0 }, { .this_update = 1 }, 0, WARD_E_CRL_NOT_YET_VALID },
	{ "to be replaced in a second", { 0 }, { .next_update = 1 }, 0, WARD_E_NONE },
	{ "that should have been replaced", { 0 }, { .next_update = -1 }, 0, WARD_E_CRL_EXPIRED },
	{ "that is never replaced", { 0 }, { .no_next_update = true }, 0, WARD_E_NONE },
	{ "with a critical extension that nobody knows",
	  { 0 },
	  { .extensions = UNKNOWN_CRITICAL },
	  0,
	  WARD_E_CRL_UNSUPPORTED },
	{ "with one in an entry",
	  { 0 },
	  { .entries = "30240202172a170d3236303130313030303030305a300f300d06042b0601010101ff0402"
		       "0500" },
	  0,
	  WARD_E_CRL_UNSUPPORTED },
	{ "that is indirect",
	  { 0 },
	  { .extensions = NUMBER SCOPE("30038401ff", "0f", "05") },
	  0,
	  WARD_E_CRL_UNSUPPORTED },
	{ "with an entry of another issuer",
	  { 0 },
	  { .entries = "302a0202172a170d3236303130313030303030305a301530130603551d1d0101ff0409"
		       "300782056f74686572" },
	  0,
	  WARD_E_CRL_UNSUPPORTED },
};

static struct ward_cert *make_issuer(struct forge_spec spec)
{
	spec.ca = true;
	if (spec.subject == NULL)
		spec.subject = "CA";
	if (spec.key_usage == 0)
		spec.key_usage = KU_KEY_CERT_SIGN | KU_CRL_SIGN;
	return forge(&spec, forge_key(0), NULL, forge_key(0));
}

static void test_check(void **state)
{
	const struct check *row = *state;
	struct ward_cert *issuer = make_issuer(row->issuer);
	struct ward_crl *crl = forge_crl(&row->spec, forge_key(row->key));

	/* Twice: what is remembered of the signature must not change the answer. */
	for (int i = 0; i < 2; i++) {
		struct ward_error err = ERROR_NONE;
		bool ok = ward_crl_check(crl, issuer, TEST_NOW, &err);

		if (err.reason != row->reason)
			fail_msg("%s: %s", ward_reason_name(err.reason), err.detail);
		assert_true(ok == (row->reason == WARD_E_NONE));
	}
	ward_crl_free(crl);
	ward_cert_free(issuer);
}

static void test_remembered_for_one_key(void **state)
{
	struct ward_cert *issuer = make_issuer((struct forge_spec){ .no_subject_key_id = true });
	struct forge_spec other_spec = {
		.ca = true, .subject = "CA", .no_subject_key_id = true, .key_usage = KU_CRL_SIGN
	};
	struct ward_cert *other = forge(&other_spec, forge_key(1), NULL, forge_key(1));
	struct ward_crl *crl = forge_crl(&(struct forge_crl_spec){ 0 }, forge_key(0));
	bool checked;

	(void)state;
	assert_true(crl_is_signed_by(crl, issuer, &checked, NULL));
	assert_true(checked);
	assert_true(crl_is_signed_by(crl, issuer, &checked, NULL));
	assert_false(checked);
	assert_false(crl_is_signed_by(crl, other, &checked, NULL));
	assert_true(checked);
	ward_crl_free(crl);
	ward_cert_free(issuer);
	ward_cert_free(other);
}

/* ---- the profile ---- */

#define AKI "300f0603551d2304083006800401020304"

static const struct profile {
	const char *name;
	struct forge_crl_spec spec;
	const char *rule; /* NULL: it is kept */
} profiles[] = {
	{ "all that is asked for", { .extensions = NUMBER AKI }, NULL },
	{ "version 1", { .version = -1, .extensions = "" }, "5.1.2.1" },
	{ "GeneralizedTime before 2050",
	  { .long_times = true, .extensions = NUMBER AKI },
	  "5.1.2.4" },
	{ "no nextUpdate", { .no_next_update = true, .extensions = NUMBER AKI }, "5.1.2.5" },
	{ "no authorityKeyIdentifier", { .extensions = NUMBER }, "5.2.1" },
	{ "no cRLNumber", { .extensions = AKI }, "5.2.3" },
	{ "a critical cRLNumber", { .extensions = AKI "300d0603551d140101ff0403020105" }, "5.2.3" },
	{ "a cRLNumber of 21 bytes",
	  { .extensions = AKI "301e0603551d1404170215010203040506070809101112131415161718192021" },
	  "5.2.3" },
};

static void test_profile(void **state)
{
	const struct profile *row = *state;
	struct ward_crl *crl = forge_crl(&row->spec, forge_key(0));
	struct ward_error err = ERROR_NONE;

	assert_true(crl_keeps_profile(crl, &err) == (row->rule == NULL));
	if (row->rule != NULL) {
		assert_int_equal(err.reason, WARD_E_CRL_PROFILE);
		assert_non_null(strstr(err.detail, row->rule));
	}
	ward_crl_free(crl);
}

/* ---- what it is about ---- */

/* issuingDistributionPoint with the URI "u:a". */
#define POINT_A SCOPE("3009a007a0058603753a61", "15", "0b")

static const struct scope {
	const char *name;
	const char *extension;
	struct forge_spec cert;
	unsigned int reasons;
} scopes[] = {
	{ "a list without limits", NUMBER, { 0 }, CRL_ALL_REASONS },
	{ "users alone, and a user", SCOPE("30038101ff", "0f", "05"), { 0 }, CRL_ALL_REASONS },
	{ "users alone, and a CA", SCOPE("30038101ff", "0f", "05"), { .ca = true }, 0 },
	{ "CAs alone, and a user", SCOPE("30038201ff", "0f", "05"), { 0 }, 0 },
	{ "CAs alone, and a CA", SCOPE("30038201ff", "0f", "05"), { .ca = true }, CRL_ALL_REASONS },
	{ "attribute certificates alone", SCOPE("30038501ff", "0f", "05"), { 0 }, 0 },
	{ "a FALSE that is written out", SCOPE("3003820100", "0f", "05"), { 0 }, CRL_ALL_REASONS },
	{ "two reasons alone", SCOPE("300483020560", "10", "06"), { 0 }, 1U << 1 | 1U << 2 },
	{ "a point, and a certificate that names it",
	  POINT_A,
	  { .crl_point = "u:a" },
	  CRL_ALL_REASONS },
	{ "a point, and a certificate that names another", POINT_A, { .crl_point = "u:b" }, 0 },
	{ "a point, and a certificate that names none", POINT_A, { 0 }, 0 },
	{ "no point, and a certificate that names one",
	  NUMBER,
	  { .crl_point = "u:a" },
	  CRL_ALL_REASONS },
};

static void test_scope(void **state)
{
	const struct scope *row = *state;
	struct forge_crl_spec spec = { .extensions = row->extension };
	struct ward_crl *crl = forge_crl(&spec, forge_key(0));
	struct ward_cert *cert = forge(&row->cert, forge_key(1), NULL, forge_key(1));

	assert_int_equal(crl_reasons_for(crl, cert), row->reasons);
	ward_crl_free(crl);
	ward_cert_free(cert);
}

/* deltaCRLIndicator and cRLNumber. */
#define DELTA(base, number) "300d0603551d1b0101ff04030201" base "300a0603551d1404030201" number

static const struct delta {
	const char *name;
	const char *delta, *base;
	bool fits;
} deltas[] = {
	{ "made for this base", DELTA("05", "06"), NUMBER, true },
	{ "made for an older base", DELTA("03", "06"), NUMBER, true },
	{ "made for a newer base", DELTA("06", "07"), NUMBER, false },
	{ "no newer than the base", DELTA("03", "05"), NUMBER, false },
	{ "a base without a number", DELTA("05", "06"), AKI, false },
	{ "another scope", DELTA("05", "06") SCOPE("30038101ff", "0f", "05"), NUMBER, false },
	{ "another key", DELTA("05", "06") AKI, NUMBER, false },
	{ "no delta", "300a0603551d140403020106", NUMBER, false },
	{ "a newer delta", DELTA("05", "06"), DELTA("03", "05"), true },
};

static void test_delta(void **state)
{
	const struct delta *row = *state;
	struct ward_crl *delta =
		forge_crl(&(struct forge_crl_spec){ .extensions = row->delta }, forge_key(0));
	struct ward_crl *base =
		forge_crl(&(struct forge_crl_spec){ .extensions = row->base }, forge_key(0));

	assert_true(crl_is_delta_of(delta, base) == row->fits);
	ward_crl_free(delta);
	ward_crl_free(base);
}

int main(void)
{
	struct table t = { 0 };
	int result;

	TABLE_ADD(&t, checks, test_check);
	table_add(&t, "a signature is remembered for its key alone", test_remembered_for_one_key,
		  NULL);
	TABLE_ADD(&t, profiles, test_profile);
	TABLE_ADD(&t, scopes, test_scope);
	TABLE_ADD(&t, deltas, test_delta);
	result = table_run(&t, "crl_check");
	forge_cleanup();
	return result;
}
