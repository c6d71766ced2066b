/*
 * C2SP/x509-limbo: certificate paths with the result that is expected of each.
 *
 * A case of webpki:: is judged by the policy of that name and one of rfc5280:: likewise; the two
 * contradict each other in places, and so do the policies. The chains of real sites must pass all
 * policies. Everything is judged by the default policy too. Each refusal must come for its own
 * reason; docs/limbo.md explains the table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <ward/x509.h>

#include "base/error.h"
#include "support/vectors.h"
#include "x509/x509.h"

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
	{ "crl::issuer-missing-crlsign", WARD_E_NONE, WARD_E_NONE,
	  "revocation lists are not read" },
	{ "crl::revoked-certificate-with-crl", WARD_E_NONE, WARD_E_NONE,
	  "revocation lists are not read" },
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

/* ---- reading a case ---- */

static int read_number(const char **text, int digits)
{
	int number = 0;

	for (int i = 0; i < digits; i++) {
		assert_in_range(**text, '0', '9');
		number = 10 * number + *(*text)++ - '0';
	}
	*text += **text == '\0' ? 0 : 1; /* what stands between two numbers */
	return number;
}

/* "2024-01-01T00:00:00+00:00", perhaps with a fraction, which is dropped. */
static int64_t read_time(const char *text)
{
	struct tm tm = { 0 };

	tm.tm_year = read_number(&text, 4) - 1900;
	tm.tm_mon = read_number(&text, 2) - 1;
	tm.tm_mday = read_number(&text, 2);
	tm.tm_hour = read_number(&text, 2);
	tm.tm_min = read_number(&text, 2);
	tm.tm_sec = read_number(&text, 2);
	return timegm(&tm);
}

static struct ward_cert *parse_cert(const json_t *pem, struct ward_error *err)
{
	const char *text = json_string_value(pem);
	struct ward_chain chain;
	struct ward_cert *cert;

	if (!ward_chain_parse(text, strlen(text), &chain, err))
		return NULL;
	assert_int_equal(chain.count, 1);
	cert = ward_cert_ref(chain.certs[0]);
	ward_chain_clear(&chain);
	return cert;
}

/* The chain as it would be presented: a certificate that does not parse spoils it. */
static bool parse_presented(const json_t *test, struct ward_chain *chain, struct ward_error *err)
{
	const json_t *more = json_object_get(test, "untrusted_intermediates");

	chain->certs = calloc(json_array_size(more) + 1, sizeof(chain->certs[0]));
	assert_non_null(chain->certs);
	chain->count = 0;
	for (size_t i = 0; i <= json_array_size(more); i++) {
		const json_t *pem = i == 0 ? json_object_get(test, "peer_certificate")
					   : json_array_get(more, i - 1);

		chain->certs[i] = parse_cert(pem, err);
		if (chain->certs[i] == NULL)
			return false;
		chain->count++;
	}
	return true;
}

static bool parse_trust(const json_t *test, struct ward_trust *trust, struct ward_error *err)
{
	const json_t *pem;
	size_t i;

	json_array_foreach(json_object_get(test, "trusted_certs"), i, pem)
	{
		struct ward_cert *cert = parse_cert(pem, err);
		bool ok = cert != NULL && ward_trust_add(trust, cert, err);

		ward_cert_free(cert);
		if (!ok)
			return false;
	}
	return true;
}

static struct ward_verify_params read_params(const json_t *test, enum ward_policy policy)
{
	const json_t *when = json_object_get(test, "validation_time");
	const json_t *depth = json_object_get(test, "max_chain_depth");
	const json_t *peer = json_object_get(test, "expected_peer_name");
	struct ward_verify_params params = { .time = time(NULL), .policy = policy };

	if (json_is_string(when))
		params.time = read_time(json_string_value(when));
	if (strcmp(vectors_string(test, "validation_kind"), "CLIENT") == 0)
		params.purpose = WARD_PURPOSE_CLIENT;
	if (json_is_object(peer))
		params.host = vectors_string(peer, "value");
	if (json_is_integer(depth))
		params.max_intermediates = json_integer_value(depth) == 0
						   ? WARD_NO_INTERMEDIATES
						   : (unsigned int)json_integer_value(depth);
	return params;
}

/* ---- judging it ---- */

/* The names of a client are for the application to look at; here they are mail addresses. */
static bool has_names(const json_t *test, const struct ward_cert *leaf, struct ward_error *err)
{
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(test, "expected_peer_names"), i, name)
	{
		bool found = false;
		char text[256];
		int kind;

		assert_string_equal(vectors_string(name, "kind"), "RFC822");
		for (size_t j = 0;
		     !found && (kind = ward_cert_san(leaf, j, text, sizeof(text))) >= 0; j++)
			found = kind == WARD_SAN_EMAIL &&
				strcmp(text, vectors_string(name, "value")) == 0;
		if (!found)
			return FAIL(err, CERT_NAME_MISMATCH);
	}
	return true;
}

/* What the caller wants to do with the key: where anything is asked, it is to sign. */
static bool may_be_used(const json_t *test, const struct ward_cert *leaf, struct ward_error *err)
{
	const json_t *usage;
	size_t i;

	json_array_foreach(json_object_get(test, "key_usage"), i, usage)
	{
		assert_string_equal(json_string_value(usage), "digitalSignature");
		if (!cert_may_sign(leaf))
			return FAIL(err, CERT_KEY_USAGE);
	}
	return true;
}

/* True if the path is accepted. */
static bool judge(const json_t *test, enum ward_policy policy, struct ward_error *err)
{
	struct ward_verify_params params = read_params(test, policy);
	struct ward_trust *trust = ward_trust_new();
	struct ward_chain presented = { NULL, 0 };
	bool ok;

	assert_non_null(trust);
	*err = ERROR_NONE;
	ok = parse_trust(test, trust, err) && parse_presented(test, &presented, err) &&
	     ward_verify(trust, presented.certs, presented.count, &params, NULL, err) &&
	     has_names(test, presented.certs[0], err) && may_be_used(test, presented.certs[0], err);
	ward_chain_clear(&presented);
	ward_trust_free(trust);
	assert_int_equal(ok, err->reason == WARD_E_NONE);
	return ok;
}

/* The policies that a case speaks of, a bit each; the default is asked about every case. */
static unsigned int policies_of(const char *id)
{
	static const struct {
		const char *space;
		unsigned int policies;
	} spaces[] = {
		{ "webpki::", 1U << WARD_POLICY_WEB },
		{ "rfc5280::", 1U << WARD_POLICY_RFC5280 },
		{ "online::",
		  1U << WARD_POLICY_DEFAULT | 1U << WARD_POLICY_RFC5280 | 1U << WARD_POLICY_WEB },
	};

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (strncmp(id, spaces[i].space, strlen(spaces[i].space)) == 0)
			return spaces[i].policies;
	return 1U << WARD_POLICY_DEFAULT;
}

/* ---- the tests ---- */

static size_t as_published;

static void expect(const json_t *test, enum ward_policy policy, enum ward_reason wanted)
{
	const char *id = vectors_string(test, "id");
	struct ward_error err;
	char text[512];

	judge(test, policy, &err);
	if (err.reason != wanted)
		fail_msg("%s, policy %d: expected %s, got %s (%s)", id, (int)policy,
			 ward_reason_name(wanted), ward_reason_name(err.reason),
			 ward_error_text(&err, text, sizeof(text)));
}

static void test_case(void **state)
{
	const json_t *test = *state;
	const char *id = vectors_string(test, "id");
	bool accepted = strcmp(vectors_string(test, "expected_result"), "SUCCESS") == 0;
	struct row good = { id, WARD_E_NONE, WARD_E_NONE, NULL };
	const struct row *row = find_row(id);

	if (row == NULL)
		row = &good;
	for (int policy = WARD_POLICY_DEFAULT; policy <= WARD_POLICY_WEB; policy++)
		if ((policies_of(id) >> policy & 1) != 0)
			expect(test, (enum ward_policy)policy, row->reason);
	expect(test, WARD_POLICY_DEFAULT, row->by_default);

	/* The table itself keeps to what is published, but for what it gives a reason for. */
	assert_int_equal(accepted == (row->reason == WARD_E_NONE), row->departure == NULL);
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
