/*
 * A server's sessions by id (src/tls/tls12/session_cache.c): what is kept in memory, what goes, several
 * threads at once, and a store of the program's own.
 */
#include "tls/tls12/session_cache.h"

#include "support/table.h"

#include <pthread.h>

static struct ward_error ignored;

enum { NOW = 1000, END = 2000 };

static void put_at(struct ward_sessions *s, uint8_t first, uint8_t last, struct span bytes,
		   int64_t now, int64_t until)
{
	uint8_t id[SESSION_ID_LEN] = { first };

	id[SESSION_ID_LEN - 1] = last;
	sessions_put(s, &(struct ward_kept_session){ .id = id,
						     .bytes = bytes.data,
						     .len = bytes.len,
						     .now = now,
						     .until = until });
}

static void put(struct ward_sessions *s, uint8_t first, uint8_t last, struct span bytes)
{
	put_at(s, first, last, bytes, NOW, END);
}

/* Whether the session is there with this content. */
static bool has_at(struct ward_sessions *s, uint8_t first, uint8_t last, struct span bytes,
		   int64_t now)
{
	uint8_t id[SESSION_ID_LEN] = { first }, out[64];
	size_t len;

	id[SESSION_ID_LEN - 1] = last;
	len = sessions_get(s, SPAN_ARRAY(id), now, out, sizeof(out));
	return len > 0 && span_equal(span_make(out, len), bytes);
}

static bool has(struct ward_sessions *s, uint8_t first, uint8_t last, struct span bytes)
{
	return has_at(s, first, last, bytes, NOW);
}

static void test_kept(void **state)
{
	struct ward_sessions *s = ward_sessions_new(16, &ignored);
	uint8_t id[SESSION_ID_LEN] = { 1 }, out[64];

	(void)state;
	assert_false(has(s, 1, 0, SPAN_LITERAL("one")));
	put(s, 1, 0, SPAN_LITERAL("one"));
	put(s, 2, 0, SPAN_LITERAL("two"));
	assert_true(has(s, 1, 0, SPAN_LITERAL("one")));
	assert_true(has(s, 2, 0, SPAN_LITERAL("two")));
	assert_true(has(s, 1, 0, SPAN_LITERAL("one"))); /* it stays there */
	assert_int_equal(sessions_get(s, span_make(id, 31), NOW, out, sizeof(out)), 0);
	assert_int_equal(sessions_get(s, SPAN_EMPTY, NOW, out, sizeof(out)), 0);
	assert_int_equal(sessions_get(s, SPAN_ARRAY(id), NOW, out, 2), 0); /* no room */
	ward_sessions_free(s);
}

static void test_one_place(void **state)
{
	struct ward_sessions *s = ward_sessions_new(16, &ignored);

	(void)state;
	put(s, 1, 0, SPAN_LITERAL("older"));
	put(s, 17, 0, SPAN_LITERAL("newer"));
	assert_false(has(s, 1, 0, SPAN_LITERAL("older")));
	assert_true(has(s, 17, 0, SPAN_LITERAL("newer")));
	assert_false(has(s, 17, 1, SPAN_LITERAL("newer"))); /* all of the id counts */
	ward_sessions_free(s);
}

/* A clock that was set back finds those that have not been taken out. */
static void test_ends(void **state)
{
	struct ward_sessions *s = ward_sessions_new(16, &ignored);

	(void)state;
	put(s, 1, 0, SPAN_LITERAL("one"));
	assert_true(has_at(s, 1, 0, SPAN_LITERAL("one"), END - 1));
	assert_false(has_at(s, 1, 0, SPAN_LITERAL("one"), END));
	assert_true(has(s, 1, 0, SPAN_LITERAL("one")));
	for (int i = 0; i < 8; i++) /* the hand goes once around */
		put_at(s, 2, 0, SPAN_LITERAL("two"), END, END + 1000);
	assert_false(has(s, 1, 0, SPAN_LITERAL("one")));
	assert_true(has_at(s, 2, 0, SPAN_LITERAL("two"), END));
	ward_sessions_free(s);
}

static void test_none(void **state)
{
	uint8_t id[SESSION_ID_LEN] = { 1 }, out[64];
	struct ward_error err = { 0 };

	(void)state;
	assert_int_equal(sessions_get(NULL, SPAN_ARRAY(id), NOW, out, sizeof(out)), 0);
	assert_null(ward_sessions_ref(NULL));
	ward_sessions_free(NULL);
	assert_null(ward_sessions_new(0, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_null(ward_sessions_new(SESSION_CACHE_MAX + 1, &ignored));
}

/* ---- a store of the program's own ---- */

struct own {
	int puts, gets, releases;
	size_t answer;
};

static void own_put(void *arg, const struct ward_kept_session *session)
{
	struct own *own = arg;

	assert_int_equal(session->until, END);
	own->puts++;
}

static size_t own_get(void *arg, const uint8_t *id, int64_t now, uint8_t *bytes, size_t room)
{
	struct own *own = arg;

	(void)id;
	assert_int_equal(now, NOW);
	memset(bytes, 'x', room);
	own->gets++;
	return own->answer;
}

static void own_release(void *arg)
{
	struct own *own = arg;

	own->releases++;
}

static void test_own(void **state)
{
	const struct ward_session_store store = { own_put, own_get, own_release };
	struct own own = { .answer = 3 };
	struct ward_sessions *s = ward_sessions_new_with(&store, &own, &ignored);

	(void)state;
	put(s, 1, 0, SPAN_LITERAL("one"));
	assert_true(has(s, 1, 0, SPAN_LITERAL("xxx")));
	own.answer = 65; /* more than there was room for */
	assert_false(has(s, 1, 0, SPAN_LITERAL("xxx")));
	assert_int_equal(own.puts, 1);
	assert_int_equal(own.gets, 2);
	assert_ptr_equal(ward_sessions_ref(s), s);
	ward_sessions_free(s);
	assert_int_equal(own.releases, 0);
	ward_sessions_free(s);
	assert_int_equal(own.releases, 1);
}

/* ---- threads ---- */

static void *churn(void *arg)
{
	struct ward_sessions *s = arg;

	for (int i = 0; i < 2000; i++) {
		put(s, (uint8_t)i, 0, SPAN_LITERAL("the same"));
		(void)has(s, (uint8_t)(i * 7), 0, SPAN_LITERAL("the same"));
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct ward_sessions *s = ward_sessions_new(32, &ignored);
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, s), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_true(has(s, (uint8_t)1999, 0, SPAN_LITERAL("the same")));
	ward_sessions_free(s);
}

int main(void)
{
	static struct table t;

	table_add(&t, "a session is kept and found by all of its id", test_kept, NULL);
	table_add(&t, "of two that meet the newer stays", test_one_place, NULL);
	table_add(&t, "a session ends, and is taken out by those that come", test_ends, NULL);
	table_add(&t, "no store, and none of such a size", test_none, NULL);
	table_add(&t, "a store of the program's own", test_own, NULL);
	table_add(&t, "several threads", test_threads, NULL);
	return table_run(&t, "session cache");
}
