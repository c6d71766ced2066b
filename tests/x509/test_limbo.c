/*
 * C2SP/x509-limbo: certificate paths with the result that is expected of each.
 *
 * A case of webpki:: is judged by the policy of that name and one of rfc5280:: likewise; the two
 * contradict each other in places, and so do the policies. The chains of real sites must pass all
 * policies. Everything is judged by the default policy too. Each refusal must come for its own
 * reason; docs/limbo.md explains the table.
 */
#include <stdio.h>

#include "limbo/judge.h"
#include "support/vectors.h"

#define FILE_NAME "limbo-dev.json"

/*
 * Every case that is refused, or should be: the reason by the policy that it speaks of, and by the
 * one that is the default, which is NONE where that one accepts it.
 */
static const struct row {
	const char *id;
	enum ward_reason reason, by_default;
	const char *departure; /* why the answer is not the published one; NULL: it is */
} rows[] = {
	{ "crl::issuer-missing-crlsign", WARD_E_CRL_ISSUER, WARD_E_CRL_ISSUER, NULL },
	{ "crl::revoked-certificate-with-crl", WARD_E_CERT_REVOKED, WARD_E_CERT_REVOKED, NULL },
	{ "cve::cve-2025-61727", WARD_E_CERT_NAME_CONSTRAINTS, WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "pathlen::intermediate-pathlen-too-long", WARD_E_CERT_PATH_LENGTH,
	  WARD_E_CERT_PATH_LENGTH, NULL },
	{ "pathlen::max-chain-depth-1-exhausted", WARD_E_CERT_LIMIT, WARD_E_CERT_LIMIT, NULL },
	{ "pathological::intermediate-cycle-distinct-cas-max-depth", WARD_E_CERT_UNKNOWN_ISSUER,
	  WARD_E_CERT_UNKNOWN_ISSUER, NULL },
	{ "pathological::nc-dos-1", WARD_E_CERT_TOO_LONG, WARD_E_CERT_TOO_LONG, NULL },
	{ "pathological::pathological-chain-distinct-subject-distinct-key", WARD_E_CERT_LIMIT,
	  WARD_E_CERT_LIMIT, NULL },
	{ "pathological::pathological-chain-same-subject-distinct-key", WARD_E_CERT_LIMIT,
	  WARD_E_CERT_LIMIT, NULL },
	{ "pathological::pathological-chain-same-subject-same-key", WARD_E_CERT_LIMIT,
	  WARD_E_CERT_LIMIT, NULL },
	{ "rfc5280::aki::critical-aki", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::aki::cross-signed-root-missing-aki", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::ca-as-leaf-wrong-san", WARD_E_CERT_NAME_MISMATCH, WARD_E_CERT_NAME_MISMATCH,
	  NULL },
	{ "rfc5280::duplicate-extensions", WARD_E_CERT_MALFORMED, WARD_E_CERT_MALFORMED, NULL },
	{ "rfc5280::eku::ee-wrong-eku", WARD_E_CERT_EXT_KEY_USAGE, WARD_E_CERT_EXT_KEY_USAGE,
	  NULL },
	{ "rfc5280::ica-ku-keycertsign", WARD_E_CERT_UNKNOWN_ISSUER, WARD_E_CERT_UNKNOWN_ISSUER,
	  NULL },
	{ "rfc5280::intermediate-ca-without-ca-bit", WARD_E_CERT_NOT_CA, WARD_E_CERT_NOT_CA, NULL },
	{ "rfc5280::nc::excluded-dn-match", WARD_E_CERT_NAME_CONSTRAINTS,
	  WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::nc::excluded-match-permitted-and-excluded", WARD_E_CERT_NAME_CONSTRAINTS,
	  WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::nc::excluded-self-issued-leaf", WARD_E_CERT_NAME_CONSTRAINTS,
	  WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::nc::intermediate-with-san-rejected-by-intermediate-nc",
	  WARD_E_CERT_NAME_CONSTRAINTS, WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::nc::intermediate-with-san-rejected-by-root-nc", WARD_E_CERT_NAME_CONSTRAINTS,
	  WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::nc::invalid-ipv4-address", WARD_E_CERT_MALFORMED, WARD_E_CERT_MALFORMED, NULL },
	{ "rfc5280::nc::invalid-ipv6-address", WARD_E_CERT_MALFORMED, WARD_E_CERT_MALFORMED, NULL },
	{ "rfc5280::nc::nc-forbids-dnsname-wildcard-san", WARD_E_CERT_NAME_CONSTRAINTS,
	  WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::nc::nc-forbids-othername", WARD_E_CERT_NAME_CONSTRAINTS,
	  WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::nc::nc-permits-email-literal-asterisk-rejects-user",
	  WARD_E_CERT_NAME_CONSTRAINTS, WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::nc::not-allowed-in-ee-critical", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::nc::not-allowed-in-ee-noncritical", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::nc::permitted-dn-mismatch", WARD_E_CERT_NAME_CONSTRAINTS,
	  WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::nc::permitted-dns-match-noncritical", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::nc::permitted-dns-mismatch", WARD_E_CERT_NAME_CONSTRAINTS,
	  WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::nc::restrictive-permits-in-intermediates-widens", WARD_E_CERT_NAME_CONSTRAINTS,
	  WARD_E_CERT_NAME_CONSTRAINTS, NULL },
	{ "rfc5280::pc::ica-noncritical-pc", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::root-inconsistent-ca-extensions", WARD_E_CERT_KEY_USAGE, WARD_E_CERT_KEY_USAGE,
	  NULL },
	{ "rfc5280::root-missing-basic-constraints", WARD_E_CERT_NOT_CA, WARD_E_CERT_NOT_CA, NULL },
	{ "rfc5280::root-non-critical-basic-constraints", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::san::noncritical-with-empty-subject", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::san::underscore-dns", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::serial::negative", WARD_E_CERT_MALFORMED, WARD_E_CERT_MALFORMED, NULL },
	{ "rfc5280::ski::intermediate-missing-ski", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::ski::root-missing-ski", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "rfc5280::unknown-critical-extension-ee", WARD_E_CERT_UNKNOWN_CRITICAL,
	  WARD_E_CERT_UNKNOWN_CRITICAL, NULL },
	{ "rfc5280::unknown-critical-extension-root", WARD_E_CERT_UNKNOWN_CRITICAL,
	  WARD_E_CERT_UNKNOWN_CRITICAL, NULL },
	{ "rfc5280::validity::expired-intermediate", WARD_E_CERT_EXPIRED, WARD_E_CERT_EXPIRED,
	  NULL },
	{ "rfc5280::validity::expired-leaf", WARD_E_CERT_EXPIRED, WARD_E_CERT_EXPIRED, NULL },
	{ "rfc5280::validity::not-yet-valid-1-second", WARD_E_CERT_NOT_YET_VALID,
	  WARD_E_CERT_NOT_YET_VALID, NULL },
	{ "rfc5280::validity::not-yet-valid-5-seconds", WARD_E_CERT_NOT_YET_VALID,
	  WARD_E_CERT_NOT_YET_VALID, NULL },
	{ "webpki::aki::root-with-aki-all-fields", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "webpki::aki::root-with-aki-missing-keyidentifier", WARD_E_CERT_PROFILE, WARD_E_NONE,
	  NULL },
	{ "webpki::ca-as-leaf", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "webpki::cn::case-mismatch", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "webpki::cn::ipv4-hex-mismatch", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "webpki::cn::ipv6-non-rfc5952-mismatch", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "webpki::cn::not-in-san", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "webpki::cn::utf8-vs-punycode-mismatch", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "webpki::ee-basicconstraints-ca", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "webpki::eku::ee-critical-eku", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "webpki::eku::root-has-eku", WARD_E_CERT_PROFILE, WARD_E_NONE, NULL },
	{ "webpki::forbidden-p192-leaf", WARD_E_CERT_WEAK_KEY, WARD_E_CERT_WEAK_KEY, NULL },
	{ "webpki::forbidden-p192-root", WARD_E_CERT_WEAK_KEY, WARD_E_CERT_WEAK_KEY, NULL },
	{ "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf", WARD_E_CERT_PROFILE, WARD_E_NONE,
	  NULL },
	{ "webpki::forbidden-rsa-not-divisible-by-8-in-root", WARD_E_CERT_PROFILE, WARD_E_NONE,
	  NULL },
	{ "webpki::forbidden-weak-rsa-key-in-root", WARD_E_CERT_WEAK_KEY, WARD_E_CERT_WEAK_KEY,
	  NULL },
	{ "webpki::nc::intermediate-permitted-excluded-subtrees-both-null", WARD_E_CERT_PROFILE,
	  WARD_E_NONE, NULL },
	{ "webpki::san::mismatch-apex-subdomain-san", WARD_E_CERT_PROFILE,
	  WARD_E_CERT_NAME_MISMATCH, NULL },
	{ "webpki::san::mismatch-domain-san", WARD_E_CERT_NAME_MISMATCH, WARD_E_CERT_NAME_MISMATCH,
	  NULL },
	{ "webpki::san::mismatch-subdomain-apex-san", WARD_E_CERT_NAME_MISMATCH,
	  WARD_E_CERT_NAME_MISMATCH, NULL },
	{ "webpki::san::mismatch-subdomain-san", WARD_E_CERT_PROFILE, WARD_E_CERT_NAME_MISMATCH,
	  NULL },
	{ "webpki::san::public-suffix-multi-label-wildcard-san", WARD_E_CERT_PROFILE, WARD_E_NONE,
	  NULL },
	{ "webpki::san::san-wildcard-only", WARD_E_CERT_PROFILE, WARD_E_CERT_NAME_MISMATCH, NULL },
	{ "webpki::san::wildcard-embedded-ulabel-san", WARD_E_CERT_PROFILE,
	  WARD_E_CERT_NAME_MISMATCH, NULL },
	{ "webpki::san::wildcard-match-across-labels-san", WARD_E_CERT_NAME_MISMATCH,
	  WARD_E_CERT_NAME_MISMATCH, NULL },
};

static const struct row *find_row(const char *id)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}

/* ---- the tests ---- */

static size_t as_published;

static void expect(const json_t *test, enum ward_policy policy, enum ward_reason wanted)
{
	struct ward_error err;
	char text[512];

	if (limbo_judge(test, policy, &err) != wanted)
		fail_msg("%s, policy %d: expected %s, got %s (%s)", limbo_id(test), (int)policy,
			 ward_reason_name(wanted), ward_reason_name(err.reason),
			 ward_error_text(&err, text, sizeof(text)));
}

static void test_case(void **state)
{
	const json_t *test = *state;
	const char *id = limbo_id(test);
	struct row good = { id, WARD_E_NONE, WARD_E_NONE, NULL };
	const struct row *row = find_row(id);

	if (row == NULL)
		row = &good;
	for (int policy = WARD_POLICY_DEFAULT; policy <= WARD_POLICY_WEB; policy++)
		if ((limbo_policies(test) >> policy & 1) != 0)
			expect(test, (enum ward_policy)policy, row->reason);
	expect(test, WARD_POLICY_DEFAULT, row->by_default);

	/* The table itself keeps to what is published, but for what it gives a reason for. */
	assert_int_equal(limbo_accepts(test) == (row->reason == WARD_E_NONE),
			 row->departure == NULL);
	as_published += row->departure == NULL ? 1 : 0;
}

static void test_no_file(void **state)
{
	(void)state;
	print_message("skipped: there is no %s in the shared folder\n", FILE_NAME);
	skip();
}

int main(void)
{
	static struct table t;
	json_t *file = vectors_load(FILE_NAME);
	const json_t *cases, *test;
	size_t i;
	int status;

	if (file == NULL)
		table_add(&t, FILE_NAME, test_no_file, NULL);
	cases = json_object_get(file, "testcases");
	json_array_foreach(cases, i, test)
	{
		table_add(&t, vectors_string(test, "id"), test_case, test);
	}
	status = table_run(&t, "limbo");
	printf("limbo: %zu of %zu as published\n", as_published, json_array_size(cases));
	json_decref(file);
	return status;
}
