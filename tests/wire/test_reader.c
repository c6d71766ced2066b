/*
 * The reading cursor: numbers, vectors, bounds, and failures that stick with their place.
 */
#include "wire/reader.h"

#include "support/table.h"

static void test_numbers(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r =
		reader_make(table_hex("01 0203 040506 0708090a 0b0c0d0e0f101112 aabb"), &err);

	(void)state;
	assert_int_equal(reader_u8(&r), 0x01);
	assert_int_equal(reader_u16(&r), 0x0203);
	assert_int_equal(reader_u24(&r), 0x040506);
	assert_int_equal(reader_u32(&r), 0x0708090a);
	assert_true(reader_u64(&r) == 0x0b0c0d0e0f101112);
	assert_int_equal(reader_left(&r), 2);
	assert_true(reader_more(&r));
	assert_span_equal(reader_rest(&r), table_hex("aabb"));
	assert_false(reader_more(&r));
	assert_true(reader_close(&r));
	assert_false(error_is_set(&err));
}

static void test_sticks(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex("0102"), &err);
	struct reader child;

	(void)state;
	assert_int_equal(reader_u8(&r), 1);
	assert_int_equal(reader_u32(&r), 0);
	assert_int_equal(err.reason, WARD_E_TRUNCATED);
	assert_int_equal(err.offset, 1);
	/* One byte would be left, but nothing is given any more. */
	assert_int_equal(reader_u8(&r), 0);
	assert_int_equal(reader_bytes(&r, 1).len, 0);
	assert_int_equal(reader_rest(&r).len, 0);
	assert_int_equal(reader_vec(&r, 1).len, 0);
	assert_int_equal(reader_vec_bounded(&r, 1, 0, 9).len, 0);
	child = reader_child(&r, 1);
	assert_int_equal(reader_left(&child), 0);
	assert_false(reader_more(&r));
	assert_false(reader_close(&r));
	assert_int_equal(err.reason, WARD_E_TRUNCATED);
	assert_int_equal(err.offset, 1);
}

static void test_empty(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(SPAN_EMPTY, &err);

	(void)state;
	assert_false(reader_more(&r));
	assert_int_equal(reader_bytes(&r, 0).len, 0);
	assert_int_equal(reader_rest(&r).len, 0);
	assert_true(reader_close(&r));
	assert_int_equal(reader_u8(&r), 0);
	assert_int_equal(err.reason, WARD_E_TRUNCATED);
	assert_int_equal(err.offset, 0);
}

static void test_children(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex("0005 03 010203 ff 000002 0a0b"), &err);
	struct reader outer = reader_child(&r, 2);
	struct reader inner = reader_child(&outer, 1);

	(void)state;
	assert_int_equal(reader_u24(&inner), 0x010203);
	assert_true(reader_close(&inner));
	assert_int_equal(reader_left(&outer), 1);
	assert_false(reader_close(&outer));
	/* The place counts from the outermost message. */
	assert_int_equal(err.reason, WARD_E_TRAILING_DATA);
	assert_int_equal(err.offset, 6);
	err = ERROR_NONE;
	assert_span_equal(reader_vec(&r, 3), table_hex("0a0b"));
	assert_true(reader_close(&r));
}

static void test_child_error_is_shared(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex("0101 02"), &err);
	struct reader child = reader_child(&r, 1);

	(void)state;
	assert_int_equal(reader_u16(&child), 0);
	assert_int_equal(reader_u8(&r), 0);
	assert_int_equal(err.offset, 1);
}

static void test_note_place(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex("010203"), &err);

	(void)state;
	reader_u16(&r);
	assert_false(reader_note_place(&r));
	assert_false(error_is_set(&err));
	FAIL(r.err, BAD_VALUE);
	assert_false(reader_note_place(&r));
	assert_int_equal(err.offset, 2);
	reader_fail_truncated(&r);
	assert_int_equal(err.reason, WARD_E_BAD_VALUE);
}

static void test_old_error(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r;

	(void)state;
	FAIL(&err, BAD_KEY);
	r = reader_make(table_hex("01"), &err);
	assert_int_equal(reader_u8(&r), 0);
	assert_false(reader_close(&r));
	assert_int_equal(err.reason, WARD_E_BAD_KEY);
	/* A failure from elsewhere has no place here. */
	assert_int_equal(err.offset, -1);
}

static const struct vec_row {
	const char *name;
	const char *hex;
	int length_bytes;
	size_t least, most;
	enum ward_reason reason;
	int offset;
	size_t len;
} vecs[] = {
	{ "an empty vector", "00", 1, 0, 255, WARD_E_NONE, -1, 0 },
	{ "a vector of one byte", "01aa", 1, 1, 1, WARD_E_NONE, -1, 1 },
	{ "two bytes of length", "0002aabb", 2, 2, 2, WARD_E_NONE, -1, 2 },
	{ "three bytes of length", "000002aabb", 3, 0, 100, WARD_E_NONE, -1, 2 },
	{ "no length at all", "", 1, 0, 255, WARD_E_TRUNCATED, 0, 0 },
	{ "half a length", "00", 2, 0, 255, WARD_E_TRUNCATED, 0, 0 },
	{ "two thirds of a length", "0000", 3, 0, 255, WARD_E_TRUNCATED, 0, 0 },
	{ "content that ends too early", "03aabb", 1, 0, 255, WARD_E_TRUNCATED, 1, 0 },
	{ "content of 16 MiB that is not there", "ffffffaa", 3, 0, 1 << 24, WARD_E_TRUNCATED, 3,
	  0 },
	{ "shorter than its bounds", "01aabb", 1, 2, 4, WARD_E_BAD_LENGTH, 0, 0 },
	{ "longer than its bounds", "03aabbcc", 1, 0, 2, WARD_E_BAD_LENGTH, 0, 0 },
	{ "too long and not there: the bounds speak first", "ff", 1, 0, 2, WARD_E_BAD_LENGTH, 0,
	  0 },
};

static void test_vec(void **state)
{
	const struct vec_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex(row->hex), &err);
	struct span v = reader_vec_bounded(&r, row->length_bytes, row->least, row->most);

	assert_int_equal(err.reason, row->reason);
	assert_int_equal(err.offset, row->offset);
	assert_int_equal(v.len, row->len);
}

/* A grammar without checks: every cut of a good message is an error, none reads past the end. */
static void test_every_cut(void **state)
{
	struct span whole = table_hex("0303 0007 03 aabbcc 0102 ff 000001 dd 05");

	(void)state;
	for (size_t len = 0; len <= whole.len; len++) {
		struct ward_error err = ERROR_NONE;
		struct reader r = reader_make(table_bytes(whole.data, len), &err);
		struct reader child;

		reader_u16(&r);
		child = reader_child(&r, 2);
		reader_vec(&child, 1);
		reader_u24(&child);
		reader_close(&child);
		reader_vec(&r, 3);
		reader_u8(&r);
		assert_int_equal(reader_close(&r), len == whole.len);
		assert_int_equal(err.reason, len == whole.len ? WARD_E_NONE : WARD_E_TRUNCATED);
	}
}

int main(void)
{
	static struct table t;

	table_add(&t, "numbers are big-endian", test_numbers, NULL);
	table_add(&t, "a failure sticks and nothing moves", test_sticks, NULL);
	table_add(&t, "an empty input", test_empty, NULL);
	table_add(&t, "children stand inside their parent", test_children, NULL);
	table_add(&t, "a child's failure stops its parent", test_child_error_is_shared, NULL);
	table_add(&t, "a parser can note the place", test_note_place, NULL);
	table_add(&t, "an error from before stops all reading", test_old_error, NULL);
	TABLE_ADD(&t, vecs, test_vec);
	table_add(&t, "a message cut anywhere is truncated", test_every_cut, NULL);
	return table_run(&t, "reader");
}
