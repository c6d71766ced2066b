/*
 * The register of ClientHellos whose early data was taken (RFC 9846, 8.2): each once, and nothing
 * where that is not certain.
 */
#include "tls/strikes.h"

#include "support/credentials.h"
#include "support/table.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

static struct ward_error ignored;

/* ClientHello number n, which is fresh until then. */
static bool claim(struct ward_strikes *s, uint32_t n, int64_t now, int64_t until)
{
	uint8_t id[32] = { 0 };
	const struct ward_claim c = { id, sizeof(id), now, until };

	memcpy(id, &n, sizeof(n));
	return strikes_claim(s, &c);
}

static void test_once(void **state)
{
	struct ward_strikes *s = strikes_new_empty(100, &ignored);

	(void)state;
	for (uint32_t n = 0; n < 100; n++)
		assert_true(claim(s, n, TEST_NOW, TEST_NOW + 10));
	for (uint32_t n = 0; n < 100; n++)
		for (int64_t later = 0; later <= 20; later++)
			assert_false(claim(s, n, TEST_NOW + later, TEST_NOW + 10));
	ward_strikes_free(s);
}

/* What is no longer fresh makes room, and is refused itself ever after. */
static void test_room(void **state)
{
	struct ward_strikes *s = strikes_new_empty(1, &ignored);
	uint32_t n = 0;

	(void)state;
	while (claim(s, n, TEST_NOW, TEST_NOW + 10))
		n++;
	assert_int_equal(n, STRIKES_BUCKET);
	assert_false(claim(s, n, TEST_NOW + 10, TEST_NOW + 20));
	assert_true(claim(s, n, TEST_NOW + 11, TEST_NOW + 20));
	for (uint32_t i = 0; i <= n; i++)
		for (int64_t at = -20; at < 20; at++)
			assert_false(claim(s, i, TEST_NOW + at, TEST_NOW + 10));
	ward_strikes_free(s);
}

/* As many as it was made for have room at once. */
static void test_capacity(void **state)
{
	enum { ENTRIES = 10000 };
	struct ward_strikes *s = strikes_new_empty(ENTRIES, &ignored);
	int refused = 0;

	(void)state;
	for (uint32_t n = 0; n < ENTRIES; n++)
		refused += !claim(s, n, TEST_NOW, TEST_NOW + 10);
	assert_int_equal(refused, 0);
	ward_strikes_free(s);
}

/* A restarted server does not know what it took: until all of that is stale it takes nothing. */
static void test_restart(void **state)
{
	struct ward_strikes *s = ward_strikes_new(100, TEST_NOW, &ignored);

	(void)state;
	/* Sent ten seconds in the future's name before the restart, and taken then. */
	for (int64_t at = 0; at <= 20; at++)
		assert_false(claim(s, 1, TEST_NOW + at, TEST_NOW + 20));
	assert_false(claim(s, 2, TEST_NOW + 5, TEST_NOW + 15));
	assert_true(claim(s, 3, TEST_NOW + 12, TEST_NOW + 21));
	assert_false(claim(s, 3, TEST_NOW + 12, TEST_NOW + 21));
	ward_strikes_free(s);
}

/* What it may have forgotten when the clock was ahead is not taken for new. */
static void test_set_back(void **state)
{
	struct ward_strikes *s = strikes_new_empty(1, &ignored);

	(void)state;
	for (uint32_t n = 0; n < STRIKES_BUCKET; n++)
		assert_true(claim(s, n, TEST_NOW, TEST_NOW + 10));
	for (uint32_t n = 100; n < 100 + STRIKES_BUCKET; n++) /* push them out */
		assert_true(claim(s, n, TEST_NOW + 3600, TEST_NOW + 3610));
	for (uint32_t n = 0; n < STRIKES_BUCKET; n++)
		assert_false(claim(s, n, TEST_NOW, TEST_NOW + 10));
	assert_false(claim(s, 200, TEST_NOW, TEST_NOW + 10));
	assert_true(claim(s, 201, TEST_NOW + 3611, TEST_NOW + 3621)); /* when it has caught up */
	ward_strikes_free(s);
}

static void test_stale(void **state)
{
	struct ward_strikes *s = strikes_new_empty(1, &ignored);

	(void)state;
	assert_false(claim(s, 1, TEST_NOW, TEST_NOW - 1));
	assert_true(claim(s, 1, TEST_NOW, TEST_NOW));
	ward_strikes_free(s);
}

/* ---- threads ---- */

enum { THREADS = 4, SAME = 500 };

struct racer {
	struct ward_strikes *s;
	int won;
};

static void *race(void *arg)
{
	struct racer *r = arg;

	for (uint32_t n = 0; n < SAME; n++)
		r->won += claim(r->s, n, TEST_NOW, TEST_NOW + 10);
	return NULL;
}

static void test_threads(void **state)
{
	struct ward_strikes *s = strikes_new_empty(SAME * 10, &ignored);
	struct racer racers[THREADS];
	pthread_t threads[THREADS];
	int won = 0;

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		racers[i] = (struct racer){ s, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		won += racers[i].won;
	}
	assert_int_equal(won, SAME);
	ward_strikes_free(s);
}

/* ---- one of the program's own ---- */

static int released;

static bool only_seven(void *arg, const struct ward_claim *c)
{
	assert_ptr_equal(arg, &released);
	assert_int_equal(c->id_len, 32);
	return c->now == 7;
}

static void release(void *arg)
{
	(*(int *)arg)++;
}

static void test_own(void **state)
{
	struct ward_strikes *s = ward_strikes_new_with(only_seven, &released, release, &ignored);

	(void)state;
	assert_true(claim(s, 1, 7, 8));
	assert_false(claim(s, 1, 6, 8));
	ward_strikes_free(ward_strikes_ref(s));
	assert_int_equal(released, 0);
	ward_strikes_free(s);
	assert_int_equal(released, 1);
	ward_strikes_free(NULL);
}

static void test_refuses(void **state)
{
	struct ward_error err = { 0 };

	(void)state;
	assert_null(ward_strikes_new(0, TEST_NOW, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_null(ward_strikes_new((size_t)STRIKES_MAX + 1, TEST_NOW, &ignored));
}

int main(void)
{
	static struct table t;

	table_add(&t, "each is taken once", test_once, NULL);
	table_add(&t, "a full register refuses, and what is stale makes room", test_room, NULL);
	table_add(&t, "as many as it was made for", test_capacity, NULL);
	table_add(&t, "after a restart nothing is taken for a while", test_restart, NULL);
	table_add(&t, "a clock that was set back", test_set_back, NULL);
	table_add(&t, "what is stale is not taken", test_stale, NULL);
	table_add(&t, "of several threads one wins", test_threads, NULL);
	table_add(&t, "a register of the program's own", test_own, NULL);
	table_add(&t, "sizes that are refused", test_refuses, NULL);
	return table_run(&t, "strikes");
}
