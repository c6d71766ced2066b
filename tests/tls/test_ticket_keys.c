/*
 * The ring of ticket keys: what it opens and for how long, clocks that jump, and fleets.
 */
#include "tls/ticket_keys.h"

#include "support/credentials.h"
#include "support/table.h"

#include <stdlib.h>
#include <string.h>

static struct ward_error ignored;

enum { DAY = 86400 };

struct sealed {
	uint8_t bytes[64 + TICKET_OVERHEAD];
	size_t len;
};

static struct sealed seal(struct ward_ticket_keys *ring, int64_t now)
{
	struct sealed s = { .len = 7 + TICKET_OVERHEAD };

	assert_true(ticket_seal(ring, now, SPAN_LITERAL("content"), s.bytes, &ignored));
	return s;
}

static bool opens(struct ward_ticket_keys *ring, int64_t now, struct sealed s)
{
	struct span content;

	if (!ticket_open(ring, now, s.bytes, s.len, &content))
		return false;
	assert_true(span_equal(content, SPAN_LITERAL("content")));
	return true;
}

static bool same_key(const struct sealed *a, const struct sealed *b)
{
	return memcmp(a->bytes, b->bytes, TICKET_KEY_NAME_LEN) == 0;
}

static void test_rotation(void **state)
{
	struct ward_ticket_keys *ring = ward_ticket_keys_new(DAY, &ignored);
	struct sealed first = seal(ring, TEST_NOW), later, next;

	(void)state;
	later = seal(ring, TEST_NOW + DAY / 2);
	next = seal(ring, TEST_NOW + DAY / 2 + 1);
	assert_true(same_key(&first, &later));
	assert_false(same_key(&first, &next));
	assert_memory_not_equal(first.bytes, later.bytes, first.len); /* nonces differ */
	assert_true(opens(ring, TEST_NOW + DAY, first));
	assert_true(opens(ring, TEST_NOW + DAY / 2 + DAY, later));
	assert_false(opens(ring, TEST_NOW + DAY / 2 + DAY + 2, later));
	assert_true(opens(ring, TEST_NOW + DAY / 2 + DAY + 2, next));
	ward_ticket_keys_free(ring);
}

static void test_many_days(void **state)
{
	struct ward_ticket_keys *ring = ward_ticket_keys_new(DAY, &ignored);
	struct sealed before = seal(ring, TEST_NOW);

	(void)state;
	for (int64_t now = TEST_NOW; now < TEST_NOW + 100 * DAY; now += 10000) {
		struct sealed s = seal(ring, now);

		assert_true(opens(ring, now, before));
		assert_true(opens(ring, now, s));
		before = s;
	}
	ward_ticket_keys_free(ring);
}

static void test_clock_goes_back(void **state)
{
	struct ward_ticket_keys *ring = ward_ticket_keys_new(DAY, &ignored);
	struct sealed first = seal(ring, TEST_NOW), second, third;

	(void)state;
	second = seal(ring, TEST_NOW - 30 * DAY);
	assert_true(same_key(&first, &second));
	assert_true(opens(ring, TEST_NOW - 30 * DAY, first));
	/* The key goes when its time has passed by the clock there now is. */
	third = seal(ring, TEST_NOW - 29 * DAY);
	assert_false(same_key(&first, &third));
	assert_true(opens(ring, TEST_NOW - 29 * DAY, first));
	assert_false(opens(ring, TEST_NOW - 27 * DAY, first));
	ward_ticket_keys_free(ring);
}

/* A clock that was years ahead for a moment leaves a key that works and is replaced in time. */
static void test_clock_was_ahead(void **state)
{
	struct ward_ticket_keys *ring = ward_ticket_keys_new(DAY, &ignored);
	struct sealed ahead = seal(ring, TEST_NOW + 4000 * (int64_t)DAY), now, next;

	(void)state;
	now = seal(ring, TEST_NOW);
	assert_true(same_key(&ahead, &now));
	next = seal(ring, TEST_NOW + DAY);
	assert_false(same_key(&now, &next));
	ward_ticket_keys_free(ring);
}

static void test_forged(void **state)
{
	struct ward_ticket_keys *ring = ward_ticket_keys_new(DAY, &ignored);
	struct ward_ticket_keys *other = ward_ticket_keys_new(DAY, &ignored);
	struct sealed s = seal(ring, TEST_NOW);
	struct span content;

	(void)state;
	assert_false(opens(other, TEST_NOW, s));
	for (size_t i = 0; i < s.len; i++) {
		struct sealed forged = s;

		forged.bytes[i] ^= 1;
		assert_false(opens(ring, TEST_NOW, forged));
	}
	for (size_t len = 0; len < s.len; len++) {
		struct sealed cut = s;

		assert_false(ticket_open(ring, TEST_NOW, cut.bytes, len, &content));
		assert_int_equal(content.len, 0);
	}
	ward_ticket_keys_free(ring);
	ward_ticket_keys_free(other);
}

/* ---- a fleet ---- */

struct exported {
	uint8_t *bytes;
	size_t len;
};

static struct exported export_at(struct ward_ticket_keys *ring, int64_t now)
{
	struct exported e = { NULL, 0 };

	assert_true(ward_ticket_keys_export(ring, now, &e.bytes, &e.len, &ignored));
	return e;
}

static void test_fleet(void **state)
{
	struct ward_ticket_keys *leader = ward_ticket_keys_new(3600, &ignored);
	struct ward_ticket_keys *other = ward_ticket_keys_new(DAY, &ignored);
	struct sealed own = seal(other, TEST_NOW), s, t;
	struct exported e = export_at(leader, TEST_NOW);

	(void)state;
	assert_true(ward_ticket_keys_import(other, e.bytes, e.len, &ignored));
	assert_int_equal(ward_ticket_keys_lifetime(other), 3600);
	s = seal(leader, TEST_NOW + 1);
	t = seal(other, TEST_NOW + 1);
	assert_true(same_key(&s, &t));
	assert_true(opens(other, TEST_NOW + 1, s));
	assert_true(opens(leader, TEST_NOW + 1, t));
	assert_true(opens(other, TEST_NOW + 1, own)); /* what it sealed before */
	/* It waits for the leader's next key, and makes one when that does not come. */
	t = seal(other, TEST_NOW + 3500);
	assert_true(same_key(&s, &t));
	t = seal(other, TEST_NOW + 3700);
	assert_false(same_key(&s, &t));
	free(e.bytes);
	ward_ticket_keys_free(leader);
	ward_ticket_keys_free(other);
}

static void refuse(const void *bytes, size_t len)
{
	struct ward_ticket_keys *ring = ward_ticket_keys_new(DAY, &ignored);
	struct sealed before = seal(ring, TEST_NOW), after;
	struct ward_error err = { 0 };

	assert_false(ward_ticket_keys_import(ring, bytes, len, &err));
	assert_int_equal(err.reason, WARD_E_BAD_TICKET_KEYS);
	after = seal(ring, TEST_NOW);
	assert_true(same_key(&before, &after));
	ward_ticket_keys_free(ring);
}

/* What whoever holds the keys gives out. */
static void give_out(struct ward_ticket_keys *holder, int64_t now, struct ward_ticket_keys *server)
{
	uint8_t *bytes;
	size_t len;

	assert_true(ward_ticket_keys_export(holder, now, &bytes, &len, &ignored));
	assert_true(ward_ticket_keys_import(server, bytes, len, &ignored));
	free(bytes);
}

/* Two servers are never told at the same time, and go on with each other's tickets at any time. */
static void test_rotated_fleet(void **state)
{
	struct ward_ticket_keys *holder = ward_ticket_keys_new(DAY, &ignored);
	struct ward_ticket_keys *a = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket_keys *b = ward_ticket_keys_new(0, &ignored);
	struct sealed before = { .len = 0 };
	int64_t now = TEST_NOW;

	(void)state;
	assert_true(ward_ticket_keys_rotate(holder, now, &ignored));
	give_out(holder, now, a);
	give_out(holder, now, b);
	for (int turn = 0; turn < 40; turn++, now += DAY / 2) {
		struct sealed old = seal(a, now), fresh;

		assert_true(ward_ticket_keys_rotate(holder, now, &ignored));
		give_out(holder, now, a);
		fresh = seal(a, now + 1);
		assert_false(same_key(&fresh, &old)); /* it is rotated */
		assert_true(opens(b, now + 1, fresh));
		assert_true(opens(a, now + DAY / 2, old));
		/* Nobody makes a key alone: just before the next turn they still share one. */
		old = seal(b, now + DAY / 2 - 1);
		assert_true(opens(a, now + DAY / 2 - 1, old));
		give_out(holder, now + DAY / 2 - 1, b);
		if (before.len > 0) /* made half a day ago, and good for a day */
			assert_true(opens(b, now + DAY / 2 - 2, before));
		before = fresh;
	}
	ward_ticket_keys_free(holder);
	ward_ticket_keys_free(a);
	ward_ticket_keys_free(b);
}

/* A ring that made its keys by itself can be rotated, too: what it sealed before stays good. */
static void test_rotate_own(void **state)
{
	struct ward_ticket_keys *ring = ward_ticket_keys_new(DAY, &ignored);
	struct sealed first = seal(ring, TEST_NOW), second, third;

	(void)state;
	second = seal(ring, TEST_NOW + DAY);
	assert_true(ward_ticket_keys_rotate(ring, TEST_NOW + DAY, &ignored));
	third = seal(ring, TEST_NOW + DAY);
	assert_false(same_key(&third, &first));
	assert_false(same_key(&third, &second));
	assert_true(opens(ring, TEST_NOW + DAY, first));
	assert_true(opens(ring, TEST_NOW + DAY, second));
	for (int i = 0; i < 40; i++) /* in the same second: the ring does not grow without an end */
		assert_true(ward_ticket_keys_rotate(ring, TEST_NOW + DAY, &ignored));
	assert_false(opens(ring, TEST_NOW + DAY, third));
	third = seal(ring, TEST_NOW + DAY);
	assert_true(opens(ring, TEST_NOW + DAY, third));
	ward_ticket_keys_free(ring);
}

static void test_bad_import(void **state)
{
	struct ward_ticket_keys *ring = ward_ticket_keys_new(DAY, &ignored);
	struct exported e = export_at(ring, TEST_NOW);
	size_t key_at = e.len - 8 - 32;
	static uint8_t many[19 + 4 + 17 * 56];

	(void)state;
	for (size_t len = 0; len < e.len; len++)
		refuse(e.bytes, len);
	memcpy(many, e.bytes, e.len);
	for (size_t i = 1; i < 17; i++)
		memcpy(many + 23 + 56 * i, e.bytes + 23, 56);
	refuse(many, sizeof(many)); /* more keys than a ring has */
	e.bytes[0] ^= 1;
	refuse(e.bytes, e.len);
	e.bytes[0] ^= 1;
	memset(e.bytes + 19, 0xff, 4);
	refuse(e.bytes, e.len); /* tickets that live for a century */
	memset(e.bytes + 19, 0, 3);
	memset(e.bytes + key_at, 0, 32);
	refuse(e.bytes, e.len); /* a key of zeros: bugs have been made of that */
	free(e.bytes);
	ward_ticket_keys_free(ring);
}

int main(void)
{
	static struct table t;

	table_add(&t, "keys change on time and open until they end", test_rotation, NULL);
	table_add(&t, "a hundred days", test_many_days, NULL);
	table_add(&t, "a clock that goes back", test_clock_goes_back, NULL);
	table_add(&t, "a clock that was ahead", test_clock_was_ahead, NULL);
	table_add(&t, "what was not sealed here is not opened", test_forged, NULL);
	table_add(&t, "a fleet shares its keys", test_fleet, NULL);
	table_add(&t, "a fleet whose keys are rotated", test_rotated_fleet, NULL);
	table_add(&t, "keys of one's own are rotated", test_rotate_own, NULL);
	table_add(&t, "what cannot be imported", test_bad_import, NULL);
	return table_run(&t, "ticket keys");
}
