/*
 * A client's tickets: by service, newest first, bounded.
 */
#include "tls/ticket_cache.h"

#include "support/credentials.h"
#include "support/table.h"
#include "tls/suites.h"

#include <stdio.h>

static struct ward_error ignored;

static struct ward_ticket *make_ticket(uint32_t number, uint32_t lifetime)
{
	static const uint8_t zeros[32];
	const struct resumption r = { .version = WARD_TLS_1_3,
				      .suite = TLS_AES_128_GCM_SHA256,
				      .key = SPAN_ARRAY(zeros),
				      .issued = TEST_NOW,
				      .authenticated = TEST_NOW,
				      .lifetime = lifetime,
				      .age_add = number,
				      .context = SPAN_ARRAY(zeros),
				      .ticket = SPAN_LITERAL("ticket") };
	struct ward_ticket *t = ticket_new(&r, &ignored);

	assert_non_null(t);
	return t;
}

static void put(struct ticket_cache *cache, const char *service, uint32_t number, uint32_t lifetime)
{
	struct ward_ticket *t = make_ticket(number, lifetime);

	assert_true(ticket_cache_put(cache, service, t, &ignored));
	ward_ticket_free(t);
}

/* The number of what is taken, or 0. */
static uint32_t take(struct ticket_cache *cache, const char *service, int64_t now)
{
	struct ward_ticket *t = ticket_cache_take(cache, service, now);
	uint32_t number = t == NULL ? 0 : t->content.age_add;

	ward_ticket_free(t);
	return number;
}

static void test_order(void **state)
{
	struct ticket_cache cache = { .count = 0 };

	(void)state;
	ticket_cache_init(&cache);
	assert_int_equal(take(&cache, "a:443", TEST_NOW), 0);
	for (uint32_t i = 1; i <= 6; i++) {
		put(&cache, "a:443", i, 100);
		put(&cache, "b:443", 10 + i, 100);
	}
	for (uint32_t i = 6; i > 2; i--)
		assert_int_equal(take(&cache, "a:443", TEST_NOW), i);
	assert_int_equal(take(&cache, "a:443", TEST_NOW), 0);
	assert_int_equal(take(&cache, "b:443", TEST_NOW), 16);
	assert_int_equal(cache.count, 3);
	ticket_cache_clear(&cache);
}

static void test_expiry(void **state)
{
	struct ticket_cache cache = { .count = 0 };

	(void)state;
	ticket_cache_init(&cache);
	put(&cache, "a:443", 1, 100);
	put(&cache, "a:443", 2, 10);
	put(&cache, "a:443", 3, 10);
	assert_int_equal(take(&cache, "a:443", TEST_NOW + 10), 1);
	assert_int_equal(cache.count, 0);
	ticket_cache_clear(&cache);
}

static void test_bound(void **state)
{
	struct ticket_cache cache = { .count = 0 };
	char service[16];

	(void)state;
	ticket_cache_init(&cache);
	for (uint32_t i = 1; i <= TICKET_CACHE_SIZE + 10; i++) {
		snprintf(service, sizeof(service), "h%u:443", i);
		put(&cache, service, i, 100);
	}
	assert_int_equal(cache.count, TICKET_CACHE_SIZE);
	assert_int_equal(take(&cache, "h10:443", TEST_NOW), 0);
	assert_int_equal(take(&cache, "h11:443", TEST_NOW), 11);
	ticket_cache_clear(&cache);
}

int main(void)
{
	static struct table t;

	table_add(&t, "the newest first, four for one service", test_order, NULL);
	table_add(&t, "what has ended is dropped", test_expiry, NULL);
	table_add(&t, "the oldest goes when it is full", test_bound, NULL);
	return table_run(&t, "ticket cache");
}
