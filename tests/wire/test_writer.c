/*
 * The writing cursor: numbers, vectors in vectors, no room, too long.
 */
#include "wire/writer.h"

#include <stdlib.h>

#include "support/table.h"

static void write_all(struct writer *w)
{
	writer_u8(w, 0x01);
	writer_u16(w, 0x0203);
	writer_u24(w, 0x040506);
	writer_u32(w, 0x0708090a);
	writer_u64(w, 0x0b0c0d0e0f101112);
	writer_bytes(w, SPAN_LITERAL("ab"));
	writer_bytes(w, SPAN_EMPTY);
	writer_zeros(w, 2);
	writer_vec(w, 1, SPAN_LITERAL("c"));
	WRITE_VEC (w, 2) {
		writer_u8(w, 0xee);
		WRITE_VEC (w, 3) {
			WRITE_VEC (w, 1) {
			}
			writer_u8(w, 0xdd);
		}
	}
	writer_u8(w, 0xff);
}

#define ALL "01 0203 040506 0708090a 0b0c0d0e0f101112 6162 0000 0163 0006 ee 000002 00 dd ff"

static void test_all(void **state)
{
	struct ward_error err = ERROR_NONE;
	uint8_t buf[64];
	struct writer w = writer_make(buf, sizeof(buf), &err);

	(void)state;
	write_all(&w);
	assert_true(writer_ok(&w));
	assert_span_equal(writer_span(&w), table_hex(ALL));
}

/* With any room smaller than needed: NO_SPACE, and not a byte written behind the end. */
static void test_every_size(void **state)
{
	struct span whole = table_hex(ALL);

	(void)state;
	for (size_t cap = 0; cap <= whole.len; cap++) {
		struct ward_error err = ERROR_NONE;
		uint8_t *buf = malloc(cap + 1);
		struct writer w = writer_make(buf, cap, &err);

		assert_non_null(buf);
		buf[cap] = 0x99;
		write_all(&w);
		assert_int_equal(writer_ok(&w), cap == whole.len);
		assert_int_equal(err.reason, cap == whole.len ? WARD_E_NONE : WARD_E_NO_SPACE);
		assert_true(w.len <= cap);
		assert_int_equal(buf[cap], 0x99);
		free(buf);
	}
}

static void test_nowhere(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(NULL, 0, &err);

	(void)state;
	writer_bytes(&w, SPAN_EMPTY);
	writer_zeros(&w, 0);
	assert_non_null(writer_reserve(&w, 0));
	assert_true(writer_ok(&w));
	writer_u8(&w, 1);
	assert_int_equal(err.reason, WARD_E_NO_SPACE);
	assert_null(writer_reserve(&w, 0));
	assert_int_equal(writer_span(&w).len, 0);
}

static void test_reserve(void **state)
{
	struct ward_error err = ERROR_NONE;
	uint8_t buf[8] = { 0 };
	struct writer w = writer_make(buf, sizeof(buf), &err);
	uint8_t *room;

	(void)state;
	writer_u8(&w, 1);
	room = writer_reserve(&w, 3);
	assert_ptr_equal(room, buf + 1);
	memset(room, 7, 3);
	writer_u8(&w, 2);
	assert_span_equal(writer_span(&w), table_hex("0107070702"));
	assert_null(writer_reserve(&w, 4));
	assert_null(writer_reserve(&w, SIZE_MAX));
	assert_int_equal(w.len, 5);
	assert_int_equal(err.reason, WARD_E_NO_SPACE);
}

static const struct length_row {
	const char *name;
	int length_bytes;
	size_t len;
	bool nested;
	bool fits;
} lengths[] = {
	{ "255 bytes fit behind one byte of length", 1, 255, false, true },
	{ "256 bytes do not fit behind one byte of length", 1, 256, false, false },
	{ "65535 bytes fit behind two", 2, 65535, false, true },
	{ "65536 bytes do not fit behind two", 2, 65536, false, false },
	{ "16777215 bytes fit behind three", 3, 16777215, false, true },
	{ "16777216 bytes do not fit behind three", 3, 16777216, false, false },
	{ "an inner vector that is too long", 1, 300, true, false },
	{ "an outer vector that is too long by its inner length", 1, 254, true, false },
	{ "an outer vector that is just full", 1, 253, true, true },
};

static void write_length_row(struct writer *w, const struct length_row *row)
{
	if (!row->nested) {
		writer_vec(w, row->length_bytes, table_fill(0x11, row->len));
		return;
	}
	WRITE_VEC (w, row->length_bytes) {
		writer_u8(w, 0x22);
		WRITE_VEC (w, row->length_bytes) {
			writer_zeros(w, row->len);
		}
	}
}

static void test_length(void **state)
{
	const struct length_row *row = *state;
	struct ward_error err = ERROR_NONE;
	size_t cap = row->len + 16;
	uint8_t *buf = malloc(cap);
	struct writer w = writer_make(buf, cap, &err);
	size_t n = 0;

	assert_non_null(buf);
	write_length_row(&w, row);
	assert_int_equal(err.reason, row->fits ? WARD_E_NONE : WARD_E_INTERNAL);
	for (int i = 0; i < row->length_bytes; i++)
		n = n << 8 | buf[i];
	if (row->fits)
		assert_int_equal(n, w.len - (size_t)row->length_bytes);
	free(buf);
}

static void test_u24(void **state)
{
	struct ward_error err = ERROR_NONE;
	uint8_t buf[8];
	struct writer w = writer_make(buf, sizeof(buf), &err);

	(void)state;
	writer_u24(&w, 0xffffff);
	assert_true(writer_ok(&w));
	writer_u24(&w, 0x1000000);
	assert_int_equal(err.reason, WARD_E_INTERNAL);
	assert_int_equal(w.len, 3);
}

int main(void)
{
	static struct table t;

	table_add(&t, "numbers, bytes and vectors in vectors", test_all, NULL);
	table_add(&t, "any smaller room is refused and kept to", test_every_size, NULL);
	table_add(&t, "a writer without room", test_nowhere, NULL);
	table_add(&t, "room is reserved for the caller", test_reserve, NULL);
	TABLE_ADD(&t, lengths, test_length);
	table_add(&t, "a number above 2^24 - 1 does not fit into three bytes", test_u24, NULL);
	return table_run(&t, "writer");
}
