/*
 * Chains that are made to cost work: what each may cost is a number of signatures, of issuers tried,
 * of paths judged and of comparisons, not a time. See support/hostile.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "support/credentials.h"
#include "support/hostile.h"
#include "support/table.h"
#include "x509/name_constraints.h"
#include "x509/path.h"
#include "x509/policy.h"

static void check_work(const struct hostile *h, const struct path *p)
{
	/* The last issuer that is tried may overshoot by what it counts for. */
	const unsigned int last = 1 + 65536 / PATH_STEP_BYTES;

	if (p->signatures > h->signatures || p->steps >= h->steps + last || p->tried > h->paths)
		fail_msg("%u signatures, %u steps, %u paths", p->signatures, p->steps, p->tried);
	assert_true(p->signatures <= EFFORT_CHECKS_MAX);
	assert_true(p->tried <= PATH_PATHS_MAX);
	assert_true(p->comparisons_left <= NAME_COMPARISONS_MAX);
	assert_true(p->policies_left <= POLICY_COMPARISONS_MAX);
	assert_true(p->glances_left <= PATH_GLANCES_MAX);
}

static void check_result(const struct hostile *h, bool found, const struct path *p)
{
	enum ward_reason reason = found ? WARD_E_NONE : p->fault.err.reason;

	if (reason != h->reason)
		fail_msg("expected %s, got %s: %s", ward_reason_name(h->reason),
			 ward_reason_name(reason), p->fault.err.detail);
}

static void test_work(void **state)
{
	const struct hostile *h = *state;
	struct ward_verify_params params = { .time = TEST_NOW, .host = "server.example" };
	static struct scene scene;
	struct path p;
	bool found;

	scene_open(&scene);
	h->make(&scene);
	path_start(&p, scene.trust, scene.presented, scene.count, &params, NULL);
	found = path_find(&p);
	check_result(h, found, &p);
	check_work(h, &p);
	scene_close(&scene);
}

/* A verdict may be asked for: it tells no more than it has room for, and costs no signature more. */
static void test_verdict(void **state)
{
	const struct hostile *h = *state;
	struct ward_verify_params params = { .time = TEST_NOW, .host = "server.example" };
	static struct scene scene;
	struct ward_verdict verdict = { .failed_cert = -1 };
	struct ward_error err = ERROR_NONE;

	scene_open(&scene);
	h->make(&scene);
	assert_int_equal(
		ward_verify(scene.trust, scene.presented, scene.count, &params, &verdict, &err),
		h->reason == WARD_E_NONE);
	assert_int_equal(err.reason, h->reason);
	assert_true(verdict.signatures_checked <= h->signatures);
	assert_true(verdict.attempt_count <= WARD_ATTEMPTS_MAX);
	assert_true(verdict.finding_count <= WARD_FINDINGS_MAX);
	ward_verdict_clear(&verdict);
	scene_close(&scene);
}

int main(void)
{
	static struct table t;
	int status;

	if (!crypto_init(NULL))
		return 1;
	for (const struct hostile *h = hostile_chains; h->name != NULL; h++) {
		table_add(&t, h->name, test_work, h);
		table_add(&t, h->name, test_verdict, h);
	}
	status = table_run(&t, "hostile");
	forge_cleanup();
	return status;
}
