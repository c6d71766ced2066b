/*
 * Path building (RFC 4158): certificates in any order, several paths, cross-signed roots, loops, and
 * chains that are made to cost work.
 */
#include "x509/path.h"

#include <stdio.h>

#include "support/credentials.h"
#include "support/scene.h"
#include "support/table.h"

static struct scene scene;
static struct ward_verdict verdict;
static struct ward_error err;

static void setup(void)
{
	scene_open(&scene);
	err = ERROR_NONE;
}

static void teardown(void)
{
	ward_verdict_clear(&verdict);
	scene_close(&scene);
}

static void present_leaf(const char *issuer, unsigned int issuer_key)
{
	scene_present(&scene, scene_issue("server.example", 0, issuer, issuer_key, scene_leaf));
}

static void present_ca(const char *subject, unsigned int key, const char *issuer,
		       unsigned int issuer_key)
{
	scene_present(&scene, scene_issue(subject, key, issuer, issuer_key, scene_ca));
}

static void trust_ca(const char *subject, unsigned int key)
{
	scene_trust_root(&scene, subject, key, scene_ca);
}

static bool verify(void)
{
	struct ward_verify_params params = { .time = TEST_NOW, .host = "server.example" };

	ward_verdict_clear(&verdict);
	err = ERROR_NONE;
	return ward_verify(scene.trust, scene.presented, scene.count, &params, &verdict, &err);
}

static void expect_path(size_t length, unsigned int signatures)
{
	if (!verify())
		fail_msg("%s: %s", ward_reason_name(err.reason), err.detail);
	assert_int_equal(verdict.path.count, length);
	assert_ptr_equal(verdict.path.certs[0], scene.presented[0]);
	assert_int_equal(verdict.signatures_checked, signatures);
}

static void expect_refusal(enum ward_reason reason, int failed_cert)
{
	assert_false(verify());
	if (err.reason != reason || verdict.failed_cert != failed_cert)
		fail_msg("expected %s of %d, got %s of %d: %s", ward_reason_name(reason),
			 failed_cert, ward_reason_name(err.reason), verdict.failed_cert,
			 err.detail);
	assert_int_equal(verdict.path.count, 0);
}

static void expect_label(size_t i, const char *common_name)
{
	char name[64];

	assert_string_equal(ward_cert_common_name(verdict.path.certs[i], name, sizeof(name)),
			    common_name);
}

/* ---- simple shapes ---- */

static void test_leaf_of_root(void)
{
	trust_ca("Root", 1);
	present_leaf("Root", 1);
	expect_path(2, 1);
	expect_label(1, "Root");
}

static void test_nothing(void)
{
	trust_ca("Root", 1);
	assert_false(verify());
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
}

static void test_no_store(void)
{
	struct ward_verify_params params = { .time = TEST_NOW };

	present_leaf("Root", 1);
	assert_false(ward_verify(NULL, scene.presented, scene.count, &params, &verdict, &err));
	assert_int_equal(err.reason, WARD_E_NO_TRUST_STORE);
}

static void test_empty_store(void)
{
	present_leaf("Root", 1);
	expect_refusal(WARD_E_CERT_UNKNOWN_ISSUER, 0);
}

static void test_store_freezes(void)
{
	struct ward_cert *late = scene_issue("Late", 3, "Late", 3, scene_ca);

	trust_ca("Root", 1);
	present_leaf("Root", 1);
	expect_path(2, 1);
	assert_false(ward_trust_add(scene.trust, late, &err));
	assert_int_equal(err.reason, WARD_E_CONFIG_FROZEN);
	ward_cert_free(late);
}

static void swap(size_t a, size_t b)
{
	struct ward_cert *kept = scene.presented[a];

	scene.presented[a] = scene.presented[b];
	scene.presented[b] = kept;
}

/* Heap's way through all orders of presented[1..n]. */
static size_t try_orders(size_t n)
{
	size_t orders = 0;

	if (n == 1) {
		expect_path(6, 5);
		return 1;
	}
	for (size_t i = 0; i < n; i++) {
		orders += try_orders(n - 1);
		if (i < n - 1)
			swap(n % 2 == 0 ? 1 + i : 1, n);
	}
	return orders;
}

static void test_any_order(void)
{
	trust_ca("Root", 1);
	present_leaf("D", 5);
	present_ca("A", 2, "Root", 1);
	present_ca("B", 3, "A", 2);
	present_ca("C", 4, "B", 3);
	present_ca("D", 5, "C", 4);
	assert_int_equal(try_orders(4), 24);
}

static void test_strangers_and_twins(void)
{
	trust_ca("Root", 1);
	present_leaf("A", 2);
	present_ca("Stranger", 6, "Nobody", 7);
	present_ca("A", 2, "Root", 1);
	present_ca("A", 2, "Root", 1);
	present_ca("Root", 1, "Root", 1);
	scene_present(&scene, ward_cert_ref(scene.presented[0]));
	expect_path(3, 2);
}

static void test_trusted_intermediate(void)
{
	scene_trust(&scene, scene_issue("A", 2, "Root", 1, scene_ca));
	present_leaf("A", 2);
	present_ca("Root", 1, "Root", 1);
	expect_path(2, 1);
	expect_label(1, "A");
}

static void test_too_deep(void)
{
	char name[] = "CA a", above[] = "CA a";

	trust_ca("CA a", 1);
	present_leaf("CA j", 10);
	for (unsigned int i = 2; i <= 10; i++) {
		above[3] = (char)('a' + i - 2);
		name[3] = (char)('a' + i - 1);
		present_ca(name, i, above, i - 1);
	}
	assert_int_equal(scene.count, 10);
	expect_refusal(WARD_E_CERT_LIMIT, 2);
	assert_int_equal(verdict.signatures_checked, 0);
	/* One less is the most that is allowed. */
	ward_cert_free(scene.presented[0]);
	scene.presented[0] = scene_issue("server.example", 0, "CA i", 9, scene_leaf);
	expect_path(10, 9);
}

/* ---- leaves that sign themselves ---- */

static void test_self_signed(void)
{
	trust_ca("Root", 1);
	present_leaf("server.example", 0);
	expect_refusal(WARD_E_CERT_SELF_SIGNED, 0);
	assert_int_equal(verdict.signatures_checked, 0);
}

static void test_self_signed_trusted(void)
{
	struct forge_spec spec = scene_leaf;

	present_leaf("server.example", 0);
	assert_true(ward_trust_add(scene.trust, scene.presented[0], &err));
	expect_path(1, 0);
	/* What it says holds all the same. */
	spec.not_after = -1;
	scene_present(&scene, scene_issue("server.example", 0, "server.example", 0, spec));
	swap(0, 1);
	ward_trust_free(scene.trust);
	scene.trust = ward_trust_new();
	assert_true(ward_trust_add(scene.trust, scene.presented[0], &err));
	expect_refusal(WARD_E_CERT_EXPIRED, 0);
}

static void test_trusted_leaf_with_sha1(void)
{
	struct forge_spec spec = { .algorithm = SPAN_LITERAL(
					   "\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01") };

	scene_present(&scene, scene_issue("server.example", 0, "server.example", 0, spec));
	assert_true(ward_trust_add(scene.trust, scene.presented[0], &err));
	expect_path(1, 0);
}

static void test_trusted_leaf_of_another_host(void)
{
	struct forge_spec spec = { .names = "other.example" };

	scene_present(&scene, scene_issue("server.example", 0, "server.example", 0, spec));
	assert_true(ward_trust_add(scene.trust, scene.presented[0], &err));
	expect_refusal(WARD_E_CERT_NAME_MISMATCH, 0);
}

static void test_trusted_leaf_is_no_ca(void)
{
	scene_trust_root(&scene, "server.example", 1, scene_leaf);
	scene_present(&scene, scene_issue("server.example", 0, "server.example", 1, scene_leaf));
	expect_refusal(WARD_E_CERT_NOT_CA, -1);
}

static void test_renewed_with_the_same_key(void)
{
	struct forge_spec old = { .not_after = 86400 };

	scene_trust_root(&scene, "server.example", 0, old);
	present_leaf("server.example", 0);
	expect_refusal(WARD_E_CERT_SELF_SIGNED, 0);
}

static void test_untrusted_root_presented(void)
{
	trust_ca("Other Root", 2);
	present_leaf("A", 3);
	present_ca("A", 3, "Root", 1);
	present_ca("Root", 1, "Root", 1);
	expect_refusal(WARD_E_CERT_UNKNOWN_ISSUER, 2);
	assert_non_null(strstr(err.detail, "\"Root\" is self-signed and not trusted"));
}

/* ---- several paths ---- */

static void test_cross_signed_new_root(void)
{
	trust_ca("New Root", 2);
	trust_ca("Old Root", 1);
	present_leaf("A", 3);
	present_ca("A", 3, "New Root", 2);
	present_ca("New Root", 2, "Old Root", 1);
	expect_path(3, 2); /* the shorter one: trusted issuers are tried first */
	expect_label(2, "New Root");
	assert_int_equal(verdict.paths_tried, 1);
}

static void test_cross_signed_old_root(void)
{
	trust_ca("Old Root", 1);
	present_leaf("A", 3);
	present_ca("A", 3, "New Root", 2);
	present_ca("New Root", 2, "New Root", 2);
	present_ca("New Root", 2, "Old Root", 1);
	expect_path(4, 3);
	expect_label(3, "Old Root");
}

static void test_expired_cross_signature(void)
{
	struct forge_spec expired = { .ca = true, .not_after = -1 };

	trust_ca("Old Root", 1);
	trust_ca("New Root", 2);
	present_leaf("A", 3);
	scene_present(&scene, scene_issue("A", 3, "Old Root", 1, expired));
	present_ca("A", 3, "New Root", 2);
	expect_path(3, 2);
	expect_label(2, "New Root");
}

static void test_two_intermediates_one_wrong(void)
{
	struct forge_spec narrow = { .ca = true, .permitted = "other.example" };

	trust_ca("Root", 1);
	present_leaf("A", 3);
	scene_present(&scene, scene_issue("A", 3, "Root", 1, narrow));
	present_ca("A", 3, "Root", 1);
	expect_path(3, 2);
	assert_int_equal(verdict.paths_tried, 2);
}

static void test_path_goes_on_from_what_is_known(void)
{
	struct forge_spec forged = { .ca = true, .spoil_signature = true };

	trust_ca("Root", 1);
	present_leaf("A", 2);
	scene_present(&scene, scene_issue("A", 2, "B", 3, forged));
	present_ca("A", 2, "B", 3);
	present_ca("B", 3, "Root", 1);
	expect_path(4, 4); /* that of B once, those of both As, that of the leaf */
	assert_int_equal(verdict.paths_tried, 2);
}

static void test_key_identifier_chooses(void)
{
	for (unsigned int key = 2; key < 12; key++)
		trust_ca("Root", key);
	present_leaf("Root", 7);
	expect_path(2, 1);
}

static void test_without_key_identifiers(void)
{
	for (unsigned int key = 2; key < 12; key++)
		scene_trust_root(&scene, "Root", key, scene_vague_ca);
	scene_present(&scene, scene_issue("server.example", 0, "Root", 7, scene_vague_leaf));
	assert_true(verify());
	assert_int_equal(verdict.path.count, 2);
	assert_in_range(verdict.signatures_checked, 1, 10);
}

static void test_ca_made_anew(void)
{
	trust_ca("Root", 2);
	present_leaf("Root", 1);
	expect_refusal(WARD_E_CERT_UNKNOWN_ISSUER, 0);
	assert_non_null(strstr(err.detail, "has another key"));
}

static void test_the_path_that_came_furthest(void)
{
	struct forge_spec expired = { .ca = true, .not_after = -1 };

	scene_trust_root(&scene, "Root", 1, expired);
	present_leaf("A", 3);
	present_ca("A", 3, "Nobody", 4);
	present_ca("A", 3, "Root", 1);
	expect_refusal(WARD_E_CERT_EXPIRED, -1);
	assert_non_null(strstr(err.detail, "\"Root\""));
}

/* A trusted certificate says more than a stranger, though the stranger is further up. */
static void test_trusted_counts_more(void)
{
	struct forge_spec expired = { .ca = true, .not_after = -1 };

	scene_trust(&scene, scene_issue("A", 3, "Root", 1, expired));
	present_leaf("A", 3);
	present_ca("A", 3, "B", 4);
	present_ca("B", 4, "Nobody", 5);
	expect_refusal(WARD_E_CERT_EXPIRED, -1);
}

/* ---- loops ---- */

static void test_two_in_a_circle(void)
{
	trust_ca("Root", 1);
	present_leaf("A", 2);
	present_ca("A", 2, "B", 3);
	present_ca("B", 3, "A", 2);
	expect_refusal(WARD_E_CERT_UNKNOWN_ISSUER, 2);
	assert_int_equal(verdict.signatures_checked, 0);
}

static void test_way_out_of_the_circle(void)
{
	trust_ca("Root", 1);
	present_leaf("A", 2);
	present_ca("A", 2, "B", 3);
	present_ca("B", 3, "C", 4);
	present_ca("C", 4, "A", 2);
	present_ca("C", 4, "Root", 1);
	present_ca("A", 2, "C", 4);
	assert_true(verify());
	expect_label(verdict.path.count - 1, "Root");
}

static void test_own_issuer(void)
{
	trust_ca("Root", 1);
	present_leaf("A", 2);
	for (int i = 0; i < 20; i++)
		present_ca("A", 2, "A", 2);
	expect_refusal(WARD_E_CERT_UNKNOWN_ISSUER, 1);
}

/* ---- work ---- */

/* Every path leads to the root, and every signature has to be looked at. */
static void test_forged_intermediates(void)
{
	struct forge_spec forged = { .ca = true, .spoil_signature = true };

	trust_ca("Root", 1);
	present_leaf("A", 2);
	while (scene.count < 100)
		scene_present(&scene, scene_issue("A", 2, "Root", 1, forged));
	expect_refusal(WARD_E_CERT_LIMIT, -1);
	assert_int_equal(verdict.signatures_checked, EFFORT_CHECKS_MAX);
}

/* Each may be the issuer of each: as many paths as there are orders of them. */
static void test_everybody_signs_everybody(void)
{
	trust_ca("Root", 1);
	scene_present(&scene, scene_issue("server.example", 0, "A", 2, scene_vague_leaf));
	for (unsigned int key = 2; key < FORGE_KEYS; key++)
		scene_present(&scene, scene_issue("A", key, "A", key, scene_vague_ca));
	expect_refusal(WARD_E_CERT_LIMIT, -1);
	assert_int_equal(verdict.signatures_checked, 0);
}

/* The same edge lies on many paths, and is checked once. */
static void test_signatures_are_remembered(void)
{
	struct forge_spec forged = { .ca = true, .spoil_signature = true };

	trust_ca("Root", 1);
	present_leaf("A", 2);
	for (unsigned int i = 0; i < 5; i++)
		present_ca("A", 2, "B", 3);
	for (unsigned int i = 0; i < 5; i++)
		present_ca("B", 3, "C", 4);
	scene_present(&scene, scene_issue("C", 4, "Root", 1, forged));
	expect_refusal(WARD_E_CERT_BAD_SIGNATURE, 11);
	assert_int_equal(verdict.signatures_checked, 1);
	assert_int_equal(verdict.paths_tried, 1);
}

static void test_many_names_and_constraints(void)
{
	static char names[16 * 2200], bases[16 * 1100];
	struct forge_spec ca = { .ca = true, .excluded = bases }, leaf = { .names = names };
	size_t at = 0;

	for (int i = 0; i < 2000; i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%d.example",
				       i == 0 ? "" : " ", i);
	at = 0;
	for (int i = 0; i < 1000; i++)
		at += (size_t)snprintf(bases + at, sizeof(bases) - at, "%s%d.test",
				       i == 0 ? "" : " ", i);
	scene_trust_root(&scene, "Root", 1, ca);
	scene_present(&scene, scene_issue("server.example", 0, "Root", 1, leaf));
	expect_refusal(WARD_E_CERT_LIMIT, 0);
	assert_int_equal(verdict.signatures_checked, 0);
}

static const struct row {
	const char *name;
	void (*run)(void);
} rows[] = {
	{ "a leaf that a root has signed", test_leaf_of_root },
	{ "no certificate at all", test_nothing },
	{ "no trust store", test_no_store },
	{ "an empty trust store", test_empty_store },
	{ "a store that has been used takes nothing more", test_store_freezes },
	{ "four intermediates in any order", test_any_order },
	{ "certificates that do not belong, and some twice", test_strangers_and_twins },
	{ "a trusted intermediate is an end of the path", test_trusted_intermediate },
	{ "nine intermediates, where eight are allowed", test_too_deep },
	{ "a self-signed leaf that is not trusted", test_self_signed },
	{ "a self-signed leaf that is trusted, until it expires", test_self_signed_trusted },
	{ "a trusted leaf for another host", test_trusted_leaf_of_another_host },
	{ "a trusted leaf issues nothing", test_trusted_leaf_is_no_ca },
	{ "a self-signed leaf made anew with its old key", test_renewed_with_the_same_key },
	{ "a root that is presented, but not trusted", test_untrusted_root_presented },
	{ "a root that an older one has signed: the shorter path", test_cross_signed_new_root },
	{ "a root that an older one has signed: only that is known", test_cross_signed_old_root },
	{ "one of two cross-signatures has expired", test_expired_cross_signature },
	{ "one of two intermediates does not permit the name", test_two_intermediates_one_wrong },
	{ "a path that goes on from checked signatures", test_path_goes_on_from_what_is_known },
	{ "an expired trusted CA rather than a stranger above it", test_trusted_counts_more },
	{ "a trusted leaf that has signed itself with SHA-1", test_trusted_leaf_with_sha1 },
	{ "ten roots of one name: the key identifier chooses", test_key_identifier_chooses },
	{ "ten roots of one name, without key identifiers", test_without_key_identifiers },
	{ "a CA that was made anew under its old name", test_ca_made_anew },
	{ "the path that came furthest is the one reported", test_the_path_that_came_furthest },
	{ "two CAs that have signed each other", test_two_in_a_circle },
	{ "a circle of three with a way out", test_way_out_of_the_circle },
	{ "twenty certificates of a CA by itself", test_own_issuer },
	{ "a hundred forged intermediates cost 64 signature checks", test_forged_intermediates },
	{ "fourteen CAs of one name: as many paths as orders", test_everybody_signs_everybody },
	{ "a signature on many paths is checked once", test_signatures_are_remembered },
	{ "two thousand names against a thousand constraints", test_many_names_and_constraints },
};

static void test_row(void **state)
{
	const struct row *row = *state;

	setup();
	row->run();
	teardown();
}

int main(void)
{
	static struct table t;
	int status;

	TABLE_ADD(&t, rows, test_row);
	status = table_run(&t, "path");
	forge_cleanup();
	return status;
}
