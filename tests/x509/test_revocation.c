/*
 * Revocation in verification (revocation.c): what lists and stapled responses do to a chain of root,
 * CA and leaf, what is asked when proof is required, must-staple (RFC 7633), and pins.
 */
#include "x509/revocation.h"

#include <stdlib.h>

#include "support/credentials.h"
#include "support/forge.h"
#include "support/forge_crl.h"
#include "support/table.h"

enum { LISTS_MAX = 4, ROOT = 0, CA = 1, LEAF = 2, RESPONDER = 3, OTHER = 4 };

/* Parts of lists in hex. */
#define ENTRY FORGE_ENTRY
#define ENTRY_REASON(n) "30210202172a170d3236303130313030303030305a300c300a0603551d1504030a01" n
#define REMOVE ENTRY_REASON("08")
#define HOLD ENTRY_REASON("06")
#define AKI_OF_NOBODY "300f0603551d2304083006800401020304"
#define USERS "300f0603551d1c0101ff040530038101ff"
#define CAS "300f0603551d1c0101ff040530038201ff"
#define SOME_REASONS "30100603551d1c0101ff0406300483020560"
#define OTHER_REASONS "30110603551d1c0101ff040730058303071f80"
#define DELTA(base, number) "300d0603551d1b0101ff04030201" base "300a0603551d1404030201" number
#define UNKNOWN_CRITICAL "300f06082b06010401d6047f0101ff0400"

struct list {
	struct forge_crl_spec spec;
	unsigned int key; /* that signs it */
	bool there;
};
#define BY_CA(...)                                                                                 \
	{                                                                                          \
		.spec = { __VA_ARGS__ }, .key = CA, .there = true                                  \
	}
#define BY_ROOT(...)                                                                               \
	{                                                                                          \
		.spec = { .issuer = "Root", __VA_ARGS__ }, .key = ROOT, .there = true              \
	}
#define BY_OTHER(...)                                                                              \
	{                                                                                          \
		.spec = { __VA_ARGS__ }, .key = OTHER, .there = true                               \
	}

enum staple { NONE, GOOD, REVOKED, UNKNOWN, ERROR, GARBAGE, FOR_CA, OLD, DELEGATED };

static const struct row {
	const char *name;
	enum ward_reason reason;
	int place; /* of the certificate at fault; -1 where there is none */
	struct list lists[LISTS_MAX];
	enum staple staple;
	enum ward_revocation mode;
	enum ward_policy policy;
	bool staple_expected;
	const char *leaf_unknown, *leaf_point; /* as in struct forge_spec */
	unsigned int ca_usage;
	const char *responder_unknown;
} rows[] = {
	{ "nothing given, nothing asked", WARD_E_NONE, -1 },
	{ "a list that names nobody", WARD_E_NONE, -1, { BY_CA() } },
	{ "a list that names the leaf", WARD_E_CERT_REVOKED, 0, { BY_CA(.entries = ENTRY) } },
	{ "a list of the root that names the CA",
	  WARD_E_CERT_REVOKED,
	  1,
	  { BY_ROOT(.entries = ENTRY) } },
	{ "the leaf's number on the list of another CA",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(.issuer = "Another CA", .entries = ENTRY) } },
	{ "the same with a list of its own as well",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(), BY_CA(.issuer = "Another CA", .entries = ENTRY) } },
	{ "two lists, and one of them names the leaf",
	  WARD_E_CERT_REVOKED,
	  0,
	  { BY_CA(), BY_CA(.entries = ENTRY) } },
	{ "a list by an issuer without cRLSign",
	  WARD_E_CRL_ISSUER,
	  0,
	  { BY_CA() },
	  .ca_usage = KU_KEY_CERT_SIGN },
	{ "the same, and a response that is good",
	  WARD_E_NONE,
	  -1,
	  { BY_CA() },
	  GOOD,
	  .ca_usage = KU_KEY_CERT_SIGN },
	{ "a list by an issuer without keyUsage",
	  WARD_E_NONE,
	  -1,
	  { BY_CA() },
	  .ca_usage = FORGE_NO_KEY_USAGE },
	{ "a list that has expired", WARD_E_CRL_EXPIRED, 0, { BY_CA(.next_update = -1) } },
	{ "a list that has expired, and a newer one",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(.next_update = -1), BY_CA() } },
	{ "a list that is not valid yet",
	  WARD_E_CRL_NOT_YET_VALID,
	  0,
	  { BY_CA(.this_update = 1) } },
	{ "a list that another key has signed", WARD_E_CRL_BAD_SIGNATURE, 0, { BY_OTHER() } },
	{ "a list that another key has signed, and names",
	  WARD_E_NONE,
	  -1,
	  { BY_OTHER(.extensions = FORGE_NUMBER_5 AKI_OF_NOBODY) } },
	{ "a list with a critical extension that nobody knows",
	  WARD_E_CRL_UNSUPPORTED,
	  0,
	  { BY_CA(.extensions = UNKNOWN_CRITICAL) } },
	{ "a list for CAs alone that names the leaf",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(.entries = ENTRY, .extensions = CAS) } },
	{ "a list without number, which the default lets pass",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(.extensions = "") } },
	{ "a list without number, by RFC 5280",
	  WARD_E_CRL_PROFILE,
	  0,
	  { BY_CA(.extensions = "") },
	  .policy = WARD_POLICY_RFC5280 },

	{ "a delta that names the leaf",
	  WARD_E_CERT_REVOKED,
	  0,
	  { BY_CA(), BY_CA(.entries = ENTRY, .extensions = DELTA("05", "06")) } },
	{ "a delta alone that names the leaf",
	  WARD_E_CERT_REVOKED,
	  0,
	  { BY_CA(.entries = ENTRY, .extensions = DELTA("05", "06")) } },
	{ "a hold that a delta takes back",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(.entries = HOLD), BY_CA(.entries = REMOVE, .extensions = DELTA("05", "06")) } },
	{ "a hold that a delta has taken back before",
	  WARD_E_CERT_REVOKED,
	  0,
	  { BY_CA(.entries = HOLD), BY_CA(.entries = REMOVE, .extensions = DELTA("03", "04")) } },
	{ "a hold that a delta by another key takes back",
	  WARD_E_CERT_REVOKED,
	  0,
	  { BY_CA(.entries = HOLD),
	    BY_OTHER(.entries = REMOVE, .extensions = DELTA("05", "06")) } },
	{ "a hold in a delta that a newer one takes back",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(), BY_CA(.entries = HOLD, .extensions = DELTA("05", "06")),
	    BY_CA(.entries = REMOVE, .extensions = DELTA("05", "07")) } },
	{ "a delta that has expired beside a list that has not",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(),
	    BY_CA(.entries = ENTRY, .next_update = -1, .extensions = DELTA("05", "06")) } },

	{ "proof of the leaf by a list",
	  WARD_E_NONE,
	  -1,
	  { BY_CA() },
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
	{ "proof of the leaf by a response", WARD_E_NONE, -1, .staple = GOOD,
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
	{ "no proof of the leaf", WARD_E_REVOCATION_UNKNOWN, 0,
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
	{ "a list of the root proves nothing of the leaf",
	  WARD_E_REVOCATION_UNKNOWN,
	  0,
	  { BY_ROOT() },
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
	{ "a delta proves nothing",
	  WARD_E_REVOCATION_UNKNOWN,
	  0,
	  { BY_CA(.extensions = DELTA("05", "06")) },
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
	{ "a list for users proves a user",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(.extensions = USERS) },
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
	{ "a list for CAs does not",
	  WARD_E_REVOCATION_UNKNOWN,
	  0,
	  { BY_CA(.extensions = CAS) },
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
	{ "a list for some reasons does not",
	  WARD_E_REVOCATION_UNKNOWN,
	  0,
	  { BY_CA(.extensions = SOME_REASONS) },
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
	{ "with one for the others it does",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(.extensions = SOME_REASONS), BY_CA(.extensions = OTHER_REASONS) },
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
	{ "proof of the whole chain",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(), BY_ROOT() },
	  .mode = WARD_REVOCATION_REQUIRE_CHAIN },
	{ "proof of the whole chain with a response",
	  WARD_E_NONE,
	  -1,
	  { BY_ROOT() },
	  GOOD,
	  WARD_REVOCATION_REQUIRE_CHAIN },
	{ "no proof of the CA",
	  WARD_E_REVOCATION_UNKNOWN,
	  1,
	  { BY_CA() },
	  .mode = WARD_REVOCATION_REQUIRE_CHAIN },

	{ "a response that is good", WARD_E_NONE, -1, .staple = GOOD },
	{ "a response that says revoked", WARD_E_OCSP_REVOKED, 0, .staple = REVOKED },
	{ "a good response, and a list that names the leaf",
	  WARD_E_CERT_REVOKED,
	  0,
	  { BY_CA(.entries = ENTRY) },
	  GOOD },
	{ "a response that does not know", WARD_E_OCSP_UNKNOWN, 0, .staple = UNKNOWN },
	{ "a response that is an error", WARD_E_OCSP_FAILED, 0, .staple = ERROR },
	{ "a response that is none", WARD_E_OCSP_MALFORMED, 0, .staple = GARBAGE },
	{ "a response for another certificate", WARD_E_OCSP_OTHER_CERT, 0, .staple = FOR_CA },
	{ "a response that has expired", WARD_E_OCSP_EXPIRED, 0, .staple = OLD },
	{ "a response by a delegate", WARD_E_NONE, -1, .staple = DELEGATED },
	{ "by a delegate whose certificate is revoked",
	  WARD_E_OCSP_RESPONDER,
	  0,
	  { BY_CA(.entries = "3012020107170d3236303130313030303030305a") },
	  DELEGATED },
	{ "by one that need not be checked",
	  WARD_E_NONE,
	  -1,
	  { BY_CA(.entries = "3012020107170d3236303130313030303030305a") },
	  DELEGATED,
	  .responder_unknown = "k" },

	{ "a staple that is promised and there", WARD_E_NONE, -1, .staple = GOOD,
	  .staple_expected = true, .leaf_unknown = "m" },
	{ "a staple that is promised and not there", WARD_E_OCSP_MISSING, 0,
	  .staple_expected = true, .leaf_unknown = "m" },
	{ "a staple that nobody could deliver", WARD_E_NONE, -1, .leaf_unknown = "m" },
	{ "no staple, and none promised", WARD_E_NONE, -1, .staple_expected = true },
};

static struct ward_cert *root;
static struct ward_trust *trust;

static struct ward_cert *make_ca(const struct row *row)
{
	struct forge_spec spec = { .subject = "CA", .issuer = "Root", .ca = true };

	spec.key_usage = row->ca_usage == 0 ? KU_KEY_CERT_SIGN | KU_CRL_SIGN : row->ca_usage;
	return forge(&spec, forge_key(CA), NULL, forge_key(ROOT));
}

static struct ward_cert *make_leaf(const struct row *row)
{
	struct forge_spec spec = { .issuer = "CA",
				   .unknown = row->leaf_unknown,
				   .crl_point = row->leaf_point };

	return forge(&spec, forge_key(LEAF), NULL, forge_key(CA));
}

static struct ward_ocsp_response *make_staple(const struct row *row, struct ward_cert *leaf,
					      struct ward_cert *ca)
{
	struct forge_spec spec = { .subject = "responder",
				   .issuer = "CA",
				   .purposes = "r",
				   .serial = SPAN_LITERAL("\x07"),
				   .names = "",
				   .unknown = row->responder_unknown };
	bool delegated = row->staple == DELEGATED;
	struct ward_cert *about = row->staple == FOR_CA ? ca : leaf;
	struct ward_cert *by = row->staple == FOR_CA ? root : ca;
	struct ward_ocsp_request *q = ward_ocsp_request_make(about, by, WARD_OCSP_SHA1, 0, NULL);
	struct ward_ocsp_single single = {
		.status = row->staple == REVOKED   ? WARD_OCSP_REVOKED
			  : row->staple == UNKNOWN ? WARD_OCSP_UNKNOWN
						   : WARD_OCSP_GOOD,
		.revoked = { .time = TEST_NOW - 9 },
		.this_update = TEST_NOW - 1000,
		.next_update = TEST_NOW + (row->staple == OLD ? -500 : 500),
	};
	struct ward_cert *signer = delegated
					   ? forge(&spec, forge_key(RESPONDER), NULL, forge_key(CA))
					   : ward_cert_ref(ca);
	struct ward_ocsp_response *p =
		row->staple == ERROR
			? ward_ocsp_response_make_error(WARD_OCSP_TRY_LATER, NULL)
			: ward_ocsp_response_make(q, &single, 1, TEST_NOW, ca, signer,
						  forge_key(delegated ? RESPONDER : CA), NULL);

	assert_non_null(p);
	ward_ocsp_request_free(q);
	ward_cert_free(signer);
	return p;
}

static void verify(const struct row *row, struct ward_cert *const chain[2],
		   const struct ward_verify_params *params)
{
	struct ward_verdict verdict;
	struct ward_error err = ERROR_NONE;
	bool ok = ward_verify(trust, chain, 2, params, &verdict, &err);

	if (err.reason != row->reason || verdict.failed_cert != row->place)
		fail_msg("%s of %d: %s", ward_reason_name(err.reason), verdict.failed_cert,
			 err.detail);
	assert_true(ok == (row->reason == WARD_E_NONE));
	if (!ok)
		assert_int_equal(verdict.findings[0].reason, row->reason);
	ward_verdict_clear(&verdict);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct ward_cert *ca = make_ca(row);
	struct ward_cert *leaf = make_leaf(row);
	struct ward_cert *const chain[2] = { leaf, ca };
	struct ward_ocsp_response *staple =
		row->staple == NONE || row->staple == GARBAGE ? NULL : make_staple(row, leaf, ca);
	struct ward_crl *crls[LISTS_MAX];
	struct ward_verify_params params = { .time = TEST_NOW,
					     .revocation = row->mode,
					     .policy = row->policy,
					     .staple_expected = row->staple_expected,
					     .crls = crls };

	for (size_t i = 0; i < LISTS_MAX && row->lists[i].there; i++)
		crls[params.crl_count++] =
			forge_crl(&row->lists[i].spec, forge_key(row->lists[i].key));
	if (staple != NULL)
		params.ocsp = ward_ocsp_response_der(staple, &params.ocsp_len);
	if (row->staple == GARBAGE) {
		params.ocsp = (const uint8_t *)"0";
		params.ocsp_len = 1;
	}
	verify(row, chain, &params);
	while (params.crl_count > 0)
		ward_crl_free(crls[--params.crl_count]);
	ward_ocsp_response_free(staple);
	ward_cert_free(ca);
	ward_cert_free(leaf);
}

/* ---- work ---- */

/* Lists that another key has signed are as many signatures to be checked in vain. */
static void test_bounded(void **state)
{
	enum { MANY = 200 };
	static const struct row limit = { .reason = WARD_E_CERT_LIMIT, .place = -1 };
	struct ward_cert *ca = make_ca(&rows[0]);
	struct ward_cert *leaf = make_leaf(&rows[0]);
	struct ward_cert *const chain[2] = { leaf, ca };
	struct ward_crl *crls[MANY];
	struct ward_verify_params params = { .time = TEST_NOW, .crls = crls, .crl_count = MANY };

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		crls[i] = forge_crl(&(struct forge_crl_spec){ 0 }, forge_key(OTHER));
	verify(&limit, chain, &params);
	for (size_t i = 0; i < MANY; i++)
		ward_crl_free(crls[i]);
	ward_cert_free(ca);
	ward_cert_free(leaf);
}

static void test_signature_is_checked_once(void **state)
{
	struct ward_cert *ca = make_ca(&rows[0]);
	struct ward_cert *leaf = make_leaf(&rows[0]);
	struct ward_cert *const chain[2] = { leaf, ca };
	struct ward_crl *crl = forge_crl(&(struct forge_crl_spec){ 0 }, forge_key(CA));
	struct ward_verify_params params = { .time = TEST_NOW, .crls = &crl, .crl_count = 1 };
	struct ward_verdict verdict;

	(void)state;
	assert_true(ward_verify(trust, chain, 2, &params, &verdict, NULL));
	assert_int_equal(verdict.signatures_checked, 3);
	ward_verdict_clear(&verdict);
	assert_true(ward_verify(trust, chain, 2, &params, &verdict, NULL));
	assert_int_equal(verdict.signatures_checked, 2);
	ward_verdict_clear(&verdict);
	ward_crl_free(crl);
	ward_cert_free(ca);
	ward_cert_free(leaf);
}

static void test_no_such_mode(void **state)
{
	struct ward_cert *leaf = make_leaf(&rows[0]);
	struct ward_verify_params params = { .time = TEST_NOW,
					     .revocation = (enum ward_revocation)3 };
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_false(ward_verify(trust, &leaf, 1, &params, NULL, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	ward_cert_free(leaf);
}

/* ---- pins ---- */

static const struct pins {
	const char *name;
	int keys[3]; /* whose; -1: the end, -2: of nobody */
	enum ward_reason reason;
} pins[] = {
	{ "no pins", { -1 }, WARD_E_NONE },
	{ "the leaf's key", { LEAF, -1 }, WARD_E_NONE },
	{ "the CA's key", { CA, -1 }, WARD_E_NONE },
	{ "the root's key", { ROOT, -1 }, WARD_E_NONE },
	{ "a successor's key first", { -2, LEAF, -1 }, WARD_E_NONE },
	{ "keys of nobody", { -2, -2, -1 }, WARD_E_PIN_MISMATCH },
};

static void test_pins(void **state)
{
	const struct pins *row = *state;
	struct ward_cert *ca = make_ca(&rows[0]);
	struct ward_cert *leaf = make_leaf(&rows[0]);
	struct ward_cert *const chain[2] = { leaf, ca };
	struct ward_cert *const by_key[3] = { root, ca, leaf };
	struct ward_pin list[3] = { 0 };
	struct ward_verify_params params = { .time = TEST_NOW, .pins = list };
	const struct row expected = { .reason = row->reason,
				      .place = row->reason == WARD_E_NONE ? -1 : 0 };

	for (size_t i = 0; row->keys[i] != -1; i++) {
		if (row->keys[i] >= 0)
			ward_cert_spki_hash(by_key[row->keys[i]], list[i].sha256);
		params.pin_count++;
	}
	verify(&expected, chain, &params);
	ward_cert_free(ca);
	ward_cert_free(leaf);
}

int main(void)
{
	const struct forge_spec root_spec = { .subject = "Root",
					      .ca = true,
					      .key_usage = KU_KEY_CERT_SIGN | KU_CRL_SIGN };
	struct table t = { 0 };
	int result;

	root = forge(&root_spec, forge_key(ROOT), NULL, forge_key(ROOT));
	trust = ward_trust_new();
	if (!ward_trust_add(trust, root, NULL))
		return 1;
	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "lists that are not good cost bounded work", test_bounded, NULL);
	table_add(&t, "the signature of a list is checked once", test_signature_is_checked_once,
		  NULL);
	table_add(&t, "a mode that there is not", test_no_such_mode, NULL);
	TABLE_ADD(&t, pins, test_pins);
	result = table_run(&t, "revocation");
	ward_trust_free(trust);
	ward_cert_free(root);
	forge_cleanup();
	return result;
}
