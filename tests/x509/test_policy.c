/*
 * Certificate policies (RFC 5280, 6.1; RFC 9618) along a path with two intermediates: what the upper
 * one asks for has its effect further down.
 */
#include "x509/policy.h"

#include "support/credentials.h"
#include "support/forge.h"
#include "support/table.h"

static const struct row {
	const char *name;
	struct forge_spec upper, lower, leaf;
	enum ward_reason reason;
	int failed_cert; /* 0 the leaf, 1 the lower, 2 the upper */
} rows[] = {
	{ "a policy all the way",
	  { .require_policy = 1 + 0, .policies = "12" },
	  { .policies = "23" },
	  { .policies = "2" } },
	{ "it ends in the lower intermediate",
	  { .require_policy = 1 + 0, .policies = "12" },
	  { .policies = "3" },
	  { .policies = "3" },
	  WARD_E_CERT_POLICY,
	  1 },
	{ "asked for after two, which is the leaf",
	  { .require_policy = 1 + 2 },
	  { .ca = true },
	  { .ca = false },
	  WARD_E_CERT_POLICY,
	  0 },
	{ "asked for after three, which there are not",
	  { .require_policy = 1 + 3 },
	  { .ca = true } },
	{ "a self-issued intermediate does not count",
	  { .require_policy = 1 + 2 },
	  { .subject = "Upper" } },
	{ "the lower one may ask for it sooner",
	  { .require_policy = 1 + 3 },
	  { .require_policy = 1 + 0 },
	  { .ca = false },
	  WARD_E_CERT_POLICY,
	  0 },
	{ "the lower one cannot ask for it later",
	  { .require_policy = 1 + 0, .policies = "1" },
	  { .require_policy = 1 + 5, .policies = "1" },
	  { .ca = false },
	  WARD_E_CERT_POLICY,
	  0 },

	{ "mapped by the upper one",
	  { .require_policy = 1 + 0, .policies = "1", .mapped = "12" },
	  { .policies = "2" },
	  { .policies = "2" } },
	{ "mapped by both",
	  { .require_policy = 1 + 0, .policies = "1", .mapped = "12" },
	  { .policies = "2", .mapped = "23" },
	  { .policies = "3" } },
	{ "mapped to two",
	  { .require_policy = 1 + 0, .policies = "1", .mapped = "1213" },
	  { .policies = "3" },
	  { .policies = "3" } },
	{ "mapping is inhibited",
	  { .require_policy = 1 + 0, .inhibit_mapping = 1 + 0, .policies = "1" },
	  { .policies = "1", .mapped = "12" },
	  { .policies = "2" },
	  WARD_E_CERT_POLICY,
	  0 },
	{ "mapping is inhibited, and the policy is gone",
	  { .require_policy = 1 + 0, .inhibit_mapping = 1 + 0, .policies = "1" },
	  { .policies = "1", .mapped = "12" },
	  { .policies = "1" },
	  WARD_E_CERT_POLICY,
	  0 },
	{ "mapping is inhibited further down",
	  { .require_policy = 1 + 0, .inhibit_mapping = 1 + 1, .policies = "1" },
	  { .policies = "1", .mapped = "12" },
	  { .policies = "2" } },

	{ "any policy is inhibited from here",
	  { .require_policy = 1 + 0, .inhibit_any = 1 + 0, .policies = "1" },
	  { .policies = "0" },
	  { .policies = "1" },
	  WARD_E_CERT_POLICY,
	  1 },
	{ "any policy of a self-issued intermediate is not",
	  { .require_policy = 1 + 0, .inhibit_any = 1 + 0, .policies = "1" },
	  { .subject = "Upper", .policies = "0" },
	  { .policies = "1" } },
	{ "any policy is inhibited in the leaf alone",
	  { .require_policy = 1 + 0, .inhibit_any = 1 + 1, .policies = "1" },
	  { .policies = "0" },
	  { .policies = "0" },
	  WARD_E_CERT_POLICY,
	  0 },
};

static struct forge_spec named(struct forge_spec spec, const char *name)
{
	spec.ca = true;
	if (spec.subject == NULL)
		spec.subject = name;
	return spec;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct forge_spec root_spec = named((struct forge_spec){ .ca = true }, "Root");
	struct forge_spec upper_spec = named(row->upper, "Upper");
	struct forge_spec lower_spec = named(row->lower, "Lower");
	struct ward_cert *root = forge(&root_spec, forge_key(0), NULL, NULL);
	struct ward_cert *upper = forge(&upper_spec, forge_key(1), root, forge_key(0));
	struct ward_cert *lower = forge(&lower_spec, forge_key(2), upper, forge_key(1));
	struct ward_cert *leaf = forge(&row->leaf, forge_key(3), lower, forge_key(2));
	struct ward_cert *presented[] = { leaf, lower, upper };
	struct ward_verify_params params = { .time = TEST_NOW, .host = "server.example" };
	struct ward_trust *trust = ward_trust_new();
	struct ward_error err = ERROR_NONE;
	struct ward_verdict verdict;

	assert_non_null(trust);
	assert_true(ward_trust_add(trust, root, &err));
	assert_int_equal(ward_verify(trust, presented, 3, &params, &verdict, &err),
			 row->reason == WARD_E_NONE);
	if (err.reason != row->reason)
		fail_msg("%s: %s", ward_reason_name(err.reason), err.detail);
	assert_int_equal(verdict.failed_cert, row->reason == WARD_E_NONE ? -1 : row->failed_cert);
	ward_verdict_clear(&verdict);
	ward_trust_free(trust);
	for (size_t i = 0; i < 3; i++)
		ward_cert_free(presented[i]);
	ward_cert_free(root);
}

/* More policies than are kept: refused, not cut short. */
static void test_too_many(void **state)
{
	static char many[600];
	struct row row = {
		"too many policies", { .require_policy = 1 + 0, .policies = "0", .mapped = many },
		{ .policies = "1" }, { .policies = "1" },
		WARD_E_CERT_LIMIT,   2
	};
	void *handed = &row;

	(void)state;
	for (size_t i = 0; i < 160; i += 2) {
		many[i] = '1';
		many[i + 1] = (char)('0' + 1 + i / 2);
	}
	test_row(&handed);
}

int main(void)
{
	static struct table t;
	int status;

	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "more policies than are kept", test_too_many, NULL);
	status = table_run(&t, "policy");
	forge_cleanup();
	return status;
}
