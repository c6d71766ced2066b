/*
 * A server's sessions by id (src/tls/tls12/session_cache.c): what is kept, what goes, and several
 * threads at once.
 */
#include "tls/tls12/session_cache.h"

#include "support/table.h"

#include <pthread.h>

static void put(struct session_cache *c, uint8_t first, uint8_t last, struct span content)
{
	uint8_t id[SESSION_ID_LEN] = { first };

	id[SESSION_ID_LEN - 1] = last;
	session_cache_put(c, id, content);
}

/* Whether the session is there with this content. */
static bool has(struct session_cache *c, uint8_t first, uint8_t last, struct span content)
{
	uint8_t id[SESSION_ID_LEN] = { first }, out[64];
	size_t len;

	id[SESSION_ID_LEN - 1] = last;
	len = session_cache_get(c, SPAN_ARRAY(id), out, sizeof(out));
	return len > 0 && span_equal(span_make(out, len), content);
}

static void test_kept(void **state)
{
	struct session_cache c;
	uint8_t id[SESSION_ID_LEN] = { 1 }, out[64];

	(void)state;
	session_cache_init(&c, 16);
	assert_false(has(&c, 1, 0, SPAN_LITERAL("one")));
	put(&c, 1, 0, SPAN_LITERAL("one"));
	put(&c, 2, 0, SPAN_LITERAL("two"));
	assert_true(has(&c, 1, 0, SPAN_LITERAL("one")));
	assert_true(has(&c, 2, 0, SPAN_LITERAL("two")));
	assert_true(has(&c, 1, 0, SPAN_LITERAL("one"))); /* it stays there */
	assert_int_equal(session_cache_get(&c, span_make(id, 31), out, sizeof(out)), 0);
	assert_int_equal(session_cache_get(&c, SPAN_EMPTY, out, sizeof(out)), 0);
	assert_int_equal(session_cache_get(&c, SPAN_ARRAY(id), out, 2), 0); /* no room */
	session_cache_clear(&c);
}

static void test_one_place(void **state)
{
	struct session_cache c;

	(void)state;
	session_cache_init(&c, 16);
	put(&c, 1, 0, SPAN_LITERAL("older"));
	put(&c, 17, 0, SPAN_LITERAL("newer"));
	assert_false(has(&c, 1, 0, SPAN_LITERAL("older")));
	assert_true(has(&c, 17, 0, SPAN_LITERAL("newer")));
	assert_false(has(&c, 17, 1, SPAN_LITERAL("newer"))); /* all of the id counts */
	session_cache_clear(&c);
}

static void test_none(void **state)
{
	struct session_cache c;

	(void)state;
	session_cache_init(&c, 0);
	assert_false(has(&c, 1, 0, SPAN_LITERAL("one")));
	session_cache_clear(&c);
}

static void *churn(void *arg)
{
	struct session_cache *c = arg;

	for (int i = 0; i < 2000; i++) {
		put(c, (uint8_t)i, 0, SPAN_LITERAL("the same"));
		(void)has(c, (uint8_t)(i * 7), 0, SPAN_LITERAL("the same"));
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct session_cache c;
	pthread_t threads[4];

	(void)state;
	session_cache_init(&c, 32);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, &c), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_true(has(&c, (uint8_t)1999, 0, SPAN_LITERAL("the same")));
	session_cache_clear(&c);
}

int main(void)
{
	static struct table t;

	table_add(&t, "a session is kept and found by all of its id", test_kept, NULL);
	table_add(&t, "of two that meet the newer stays", test_one_place, NULL);
	table_add(&t, "a cache without places", test_none, NULL);
	table_add(&t, "several threads", test_threads, NULL);
	return table_run(&t, "session cache");
}
