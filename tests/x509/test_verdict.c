/*
 * What a verdict tells (verdict.c): the paths that were tried and why each ended, all that is wrong
 * with the best of them, and what would put it right; bounded, whatever is presented.
 */
#include "x509/verdict.h"

#include <stdio.h>

#include "support/credentials.h"
#include "support/scene.h"
#include "support/table.h"

static struct scene scene;
static struct ward_verdict verdict;

static const struct forge_spec old_ca = { .ca = true, .not_after = -1 };

static bool verify(void)
{
	struct ward_verify_params params = { .time = TEST_NOW, .host = "server.example" };
	struct ward_error err = ERROR_NONE;
	bool ok;

	ward_verdict_clear(&verdict);
	ok = ward_verify(scene.trust, scene.presented, scene.count, &params, &verdict, &err);
	assert_true(ok == (verdict.finding_count == 0));
	if (!ok) {
		assert_int_equal(err.reason, verdict.findings[0].reason);
		assert_string_equal(err.detail, verdict.findings[0].found);
	}
	return ok;
}

static void expect_finding(size_t i, int place, enum ward_reason reason, const char *remedy)
{
	const struct ward_finding *f = &verdict.findings[i];

	assert_in_range(i, 0, verdict.finding_count - 1);
	if (f->at.place != place || f->reason != reason || strstr(f->remedy, remedy) == NULL)
		fail_msg("finding %zu: of %d %s: %s; %s", i, f->at.place,
			 ward_reason_name(f->reason), f->found, f->remedy);
	if (f->at.cert != NULL && place >= 0)
		assert_ptr_equal(f->at.cert, scene.presented[place]);
}

/* Whether an attempt went over these places; the list ends with -2. */
static void expect_attempt(size_t i, const int *places, int at, enum ward_reason reason)
{
	const struct ward_attempt *a = &verdict.attempts[i];
	size_t n = 0;

	assert_in_range(i, 0, verdict.attempt_count - 1);
	for (; places[n] != -2; n++) {
		assert_in_range(n, 0, a->count - 1);
		assert_int_equal(a->links[n].place, places[n]);
	}
	assert_int_equal(a->count, n);
	assert_int_equal(a->ended.at.place, at);
	assert_int_equal(a->ended.reason, reason);
}

#define PLACES(...)                                                                                \
	(const int[])                                                                              \
	{                                                                                          \
		__VA_ARGS__, -2                                                                    \
	}

static void test_nothing_to_tell(void)
{
	scene_trust_root(&scene, "Root", 1, scene_ca);
	scene_present(&scene, scene_issue("server.example", 0, "Root", 1, scene_leaf));
	assert_true(verify());
	assert_int_equal(verdict.attempt_count, 0);
	assert_null(verdict.attempts);
	assert_null(verdict.findings);
}

static void test_all_that_is_wrong(void)
{
	struct forge_spec leaf = { .names = "other.example", .not_after = -1, .purposes = "o" };
	struct forge_spec ca = { .ca = true, .not_after = -1, .permitted = "third.example" };

	scene_trust_root(&scene, "Root", 1, scene_ca);
	scene_present(&scene, scene_issue("server.example", 0, "A", 2, leaf));
	scene_present(&scene, scene_issue("A", 2, "Root", 1, ca));
	assert_false(verify());
	expect_finding(0, 1, WARD_E_CERT_EXPIRED, "newer certificate of this CA");
	expect_finding(1, 0, WARD_E_CERT_EXPIRED, "renew it");
	expect_finding(2, 0, WARD_E_CERT_EXT_KEY_USAGE, "issued for this purpose");
	expect_finding(3, 0, WARD_E_CERT_NAME_CONSTRAINTS, "constraints allow its names");
	expect_finding(4, 0, WARD_E_CERT_NAME_MISMATCH, "ask for a name that it is for");
	assert_int_equal(verdict.finding_count, 5);
	assert_int_equal(verdict.attempt_count, 1);
	expect_attempt(0, PLACES(0, 1), 1, WARD_E_CERT_EXPIRED);
}

static void test_unknown_issuer(void)
{
	scene_trust_root(&scene, "Root", 1, scene_ca);
	scene_present(&scene, scene_issue("server.example", 0, "A", 2, scene_leaf));
	assert_false(verify());
	expect_finding(0, 0, WARD_E_CERT_UNKNOWN_ISSUER, "add the certificate of its issuer");
	assert_int_equal(verdict.finding_count, 1);
	expect_attempt(0, PLACES(0), 0, WARD_E_CERT_UNKNOWN_ISSUER);
}

static void test_root_at_fault(void)
{
	scene_trust_root(&scene, "Root", 1, old_ca);
	scene_present(&scene, scene_issue("server.example", 0, "Root", 1, scene_leaf));
	assert_false(verify());
	expect_finding(0, -1, WARD_E_CERT_EXPIRED, "newer root");
	assert_int_equal(verdict.finding_count, 1);
	expect_attempt(0, PLACES(0, -1), -1, WARD_E_CERT_EXPIRED);
}

static void test_cross_signed(void)
{
	scene_trust_root(&scene, "Root", 1, scene_ca);
	scene_present(&scene, scene_issue("server.example", 0, "A", 2, scene_leaf));
	scene_present(&scene, scene_issue("A", 2, "Root", 1, old_ca));
	scene_present(&scene, scene_issue("A", 2, "Gone", 3, scene_ca));
	scene_present(&scene, scene_issue("A", 2, "Root", 1, scene_ca));
	assert_true(verify());
	assert_int_equal(verdict.attempt_count, 2);
	expect_attempt(0, PLACES(0, 1), 1, WARD_E_CERT_EXPIRED);
	expect_attempt(1, PLACES(0, 2), 2, WARD_E_CERT_UNKNOWN_ISSUER);
	assert_int_equal(verdict.attempts_left_out, 0);
}

static void test_reordered(void)
{
	scene_trust_root(&scene, "Root", 1, scene_ca);
	scene_present(&scene, scene_issue("server.example", 0, "A", 2, scene_leaf));
	scene_present(&scene, scene_issue("B", 3, "Root", 1, scene_ca));
	scene_present(&scene, scene_issue("A", 2, "B", 3, old_ca));
	assert_false(verify());
	expect_finding(0, 2, WARD_E_CERT_EXPIRED, "newer certificate of this CA");
	expect_attempt(0, PLACES(0, 2), 2, WARD_E_CERT_EXPIRED);
}

static void test_loop(void)
{
	scene_present(&scene, scene_issue("server.example", 0, "A", 2, scene_leaf));
	scene_present(&scene, scene_issue("A", 2, "B", 3, scene_ca));
	scene_present(&scene, scene_issue("B", 3, "A", 2, scene_ca));
	assert_false(verify());
	expect_finding(0, 2, WARD_E_CERT_UNKNOWN_ISSUER, "add the certificate of its issuer");
	expect_attempt(0, PLACES(0, 1, 2), 2, WARD_E_CERT_UNKNOWN_ISSUER);
	assert_int_equal(verdict.attempt_count, 1);
}

static void test_signature_seen_before(void)
{
	struct forge_spec forged = { .ca = true, .spoil_signature = true };

	scene_trust_root(&scene, "Root", 1, scene_ca);
	scene_present(&scene, scene_issue("server.example", 0, "A", 2, scene_leaf));
	scene_present(&scene, scene_issue("A", 2, "B", 3, scene_ca));
	scene_present(&scene, scene_issue("A", 2, "B", 3, scene_ca));
	scene_present(&scene, scene_issue("B", 3, "Root", 1, forged));
	assert_false(verify());
	expect_finding(0, 3, WARD_E_CERT_BAD_SIGNATURE, "get it anew");
	assert_int_equal(verdict.signatures_checked, 1);
	expect_attempt(0, PLACES(0, 1, 3, -1), 3, WARD_E_CERT_BAD_SIGNATURE);
}

static void test_bloated(void)
{
	scene_trust_root(&scene, "Root", 1, scene_ca);
	scene_present(&scene, scene_issue("server.example", 0, "A", 2, scene_leaf));
	while (scene.count < 100)
		scene_present(&scene, scene_issue("A", 2, "Root", 1, old_ca));
	assert_false(verify());
	assert_int_equal(verdict.attempt_count, WARD_ATTEMPTS_MAX);
	assert_int_equal(verdict.attempts_left_out, 99 - WARD_ATTEMPTS_MAX);
	assert_int_equal(verdict.finding_count, 1);
}

/* The best path is told of, however many came before it. */
static void test_best_comes_last(void)
{
	scene_trust_root(&scene, "Root", 1, old_ca);
	scene_present(&scene, scene_issue("server.example", 0, "A", 2, scene_leaf));
	while (scene.count < 60)
		scene_present(&scene, scene_issue("A", 2, "Gone", 3, scene_ca));
	scene_present(&scene, scene_issue("A", 2, "Root", 1, scene_ca));
	assert_false(verify());
	expect_finding(0, -1, WARD_E_CERT_EXPIRED, "newer root");
	expect_attempt(WARD_ATTEMPTS_MAX - 1, PLACES(0, 60, -1), -1, WARD_E_CERT_EXPIRED);
	assert_int_equal(verdict.attempts_left_out, 60 - WARD_ATTEMPTS_MAX);
}

static void test_everybody_signs_everybody(void)
{
	scene_trust_root(&scene, "Root", 1, scene_ca);
	scene_present(&scene, scene_issue("server.example", 0, "A", 2, scene_leaf));
	for (unsigned int key = 2; key < FORGE_KEYS; key++)
		scene_present(&scene, scene_issue("A", key, "A", key, scene_vague_ca));
	assert_false(verify());
	expect_finding(0, -1, WARD_E_CERT_LIMIT, "leaf and its own CAs alone");
	assert_null(verdict.findings[0].at.cert);
	assert_int_equal(verdict.finding_count, 1);
	assert_in_range(verdict.attempt_count, 1, WARD_ATTEMPTS_MAX);
}

/* Without a verdict all comes to the same reason. */
static void test_nobody_asks(void)
{
	struct ward_verify_params params = { .time = TEST_NOW };
	struct ward_error err = ERROR_NONE;

	scene_trust_root(&scene, "Root", 1, old_ca);
	scene_present(&scene, scene_issue("server.example", 0, "Root", 1, scene_leaf));
	assert_false(ward_verify(scene.trust, scene.presented, scene.count, &params, NULL, &err));
	assert_int_equal(err.reason, WARD_E_CERT_EXPIRED);
}

static const struct row {
	const char *name;
	void (*run)(void);
} rows[] = {
	{ "a chain that is good has no findings, and costs no memory", test_nothing_to_tell },
	{ "all that is wrong with a chain at once", test_all_that_is_wrong },
	{ "an issuer that is not known", test_unknown_issuer },
	{ "a root that has expired", test_root_at_fault },
	{ "cross-signed: the paths before the good one", test_cross_signed },
	{ "places are those of what was presented, whatever their order", test_reordered },
	{ "two CAs that have signed each other", test_loop },
	{ "a path that ends because of a signature seen before", test_signature_seen_before },
	{ "a hundred certificates: sixteen paths are kept", test_bloated },
	{ "the best path is kept, though it comes last", test_best_comes_last },
	{ "a limit is nobody's fault", test_everybody_signs_everybody },
	{ "nobody asks for a verdict", test_nobody_asks },
};

static void test_row(void **state)
{
	const struct row *row = *state;

	scene_open(&scene);
	row->run();
	ward_verdict_clear(&verdict);
	scene_close(&scene);
}

int main(void)
{
	static struct table t;
	int status;

	TABLE_ADD(&t, rows, test_row);
	status = table_run(&t, "verdict");
	forge_cleanup();
	return status;
}
