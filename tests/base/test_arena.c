/*
 * The arena: alignment, zeroed memory, its limit, growth, copies.
 */
#include "base/arena.h"

#include <stdalign.h>

#include "support/table.h"

static bool is_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void test_pieces(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct arena *a = arena_new(256, 65536);
	uint8_t *pieces[100];

	(void)state;
	assert_non_null(a);
	for (size_t i = 0; i < 100; i++) {
		pieces[i] = arena_alloc(a, i, &err);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		assert_true(is_zero(pieces[i], i));
		memset(pieces[i], (int)i, i);
	}
	for (size_t i = 0; i < 100; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_equal(pieces[i][k], i);
	assert_false(error_is_set(&err));
	arena_free(a);
}

static void test_at_hand(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct arena *a = arena_new(1024, 4096);
	size_t size;

	(void)state;
	assert_non_null(a);
	size = arena_size(a);
	assert_in_range(size, 1024, 1024 + 128);
	for (int i = 0; i < 1024 / 64; i++)
		assert_non_null(arena_alloc(a, 64, &err));
	assert_int_equal(arena_size(a), size);
	assert_non_null(arena_alloc(a, 1, &err));
	assert_true(arena_size(a) > size);
	arena_free(a);
}

static void test_limit(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct arena *a = arena_new(64, 10000);
	size_t given = 0;

	(void)state;
	assert_non_null(a);
	while (arena_alloc(a, 16, &err) != NULL)
		given += 16;
	assert_int_equal(given, 10000);
	assert_int_equal(err.reason, WARD_E_LIMIT_MEMORY);
	/* Asking again stays refused, and without an error to fill in. */
	assert_null(arena_alloc(a, 16, NULL));
	arena_free(a);
}

static void test_too_large(void **state)
{
	static const size_t sizes[] = { 4097, 100000, SIZE_MAX / 2, SIZE_MAX - 8, SIZE_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct ward_error err = ERROR_NONE;
		struct arena *a = arena_new(32, 4096);

		assert_non_null(a);
		assert_null(arena_alloc(a, sizes[i], &err));
		assert_int_equal(err.reason, WARD_E_LIMIT_MEMORY);
		assert_non_null(arena_alloc(a, 32, NULL));
		arena_free(a);
	}
}

/* A large piece gets a block of its own and the small ones still fill the first. */
static void test_large_piece(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct arena *a = arena_new(512, 65536);
	uint8_t *first, *second, *large;
	size_t size;

	(void)state;
	assert_non_null(a);
	first = arena_alloc(a, 16, &err);
	large = arena_alloc(a, 20000, &err);
	assert_non_null(large);
	memset(large, 1, 20000);
	size = arena_size(a);
	assert_in_range(size, 20512, 20512 + 256);
	second = arena_alloc(a, 16, &err);
	assert_ptr_equal(second, first + 16);
	assert_int_equal(arena_size(a), size);
	arena_free(a);
}

static void test_copy(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct arena *a = arena_new(64, 64);
	struct span from = table_hex("00112233445566778899"), to;

	(void)state;
	assert_non_null(a);
	assert_true(arena_copy(a, from, &to, &err));
	assert_span_equal(from, to);
	assert_ptr_not_equal(from.data, to.data);
	assert_true(arena_copy(a, SPAN_EMPTY, &to, &err));
	assert_int_equal(to.len, 0);
	assert_false(arena_copy(a, table_fill(1, 65), &to, &err));
	assert_int_equal(to.len, 0);
	assert_int_equal(err.reason, WARD_E_LIMIT_MEMORY);
	arena_free(a);
}

static void test_ends(void **state)
{
	struct arena *a = arena_new(4096, 100);

	(void)state;
	arena_free(NULL);
	/* No more than the limit is at hand. */
	assert_non_null(a);
	assert_true(arena_size(a) < 400);
	arena_free(a);
	assert_null(arena_new(SIZE_MAX, SIZE_MAX));
	a = arena_new(0, SIZE_MAX);
	assert_non_null(a);
	assert_non_null(arena_alloc(a, 100000, NULL));
	arena_free(a);
}

int main(void)
{
	static struct table t;

	table_add(&t, "pieces are aligned, zeroed and apart", test_pieces, NULL);
	table_add(&t, "what is at hand needs no further allocation", test_at_hand, NULL);
	table_add(&t, "the limit is reached exactly and stays", test_limit, NULL);
	table_add(&t, "a piece larger than the limit is refused", test_too_large, NULL);
	table_add(&t, "a large piece does not waste the first block", test_large_piece, NULL);
	table_add(&t, "copies are equal and apart; empty stays empty", test_copy, NULL);
	table_add(&t, "an arena at the ends of its sizes", test_ends, NULL);
	return table_run(&t, "arena");
}
