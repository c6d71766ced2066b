/*
 * Writing DER: shortest forms, and blocks whose content moves when their length grows.
 */
#include <stdlib.h>

#include "support/table.h"
#include "wire/der.h"

static void test_values(void **state)
{
	struct ward_error err = ERROR_NONE;
	uint8_t buf[128];
	struct writer w = writer_make(buf, sizeof(buf), &err);

	(void)state;
	DER_WRITE (&w, DER_SEQUENCE) {
		der_write_boolean(&w, true);
		der_write_boolean(&w, false);
		der_write_element(&w, DER_NULL, SPAN_EMPTY);
		DER_WRITE (&w, DER_CONTEXT_CONS(3)) {
			der_write_oid(&w, table_hex("550403"));
		}
		der_write_bit_string(&w, table_hex("ffff"), 0);
		der_write_bit_string(&w, table_hex("ffff"), 5);
		der_write_bit_string(&w, SPAN_EMPTY, 0);
	}
	assert_true(writer_ok(&w));
	assert_span_equal(writer_span(&w), table_hex("301c 0101ff 010100 0500 a305 0603550403"
						     "030300ffff 030305ffe0 030100"));
	assert_true(der_check(writer_span(&w), &err));
}

static const struct integer_row {
	const char *name;
	const char *number;
	const char *der;
} integers[] = {
	{ "an empty number is zero", "", "020100" },
	{ "zero", "00", "020100" },
	{ "many zeros are zero", "0000000000", "020100" },
	{ "127 needs no sign byte", "7f", "02017f" },
	{ "128 needs one", "80", "02020080" },
	{ "leading zeros are dropped", "000001", "020101" },
	{ "leading zeros are dropped, a sign byte is added", "0000ff01", "020300ff01" },
	{ "a number of nine bytes", "010203040506070809", "0209010203040506070809" },
};

static void test_integer(void **state)
{
	const struct integer_row *row = *state;
	struct ward_error err = ERROR_NONE;
	uint8_t buf[32];
	struct writer w = writer_make(buf, sizeof(buf), &err);

	der_write_unsigned(&w, table_hex(row->number));
	assert_true(writer_ok(&w));
	assert_span_equal(writer_span(&w), table_hex(row->der));
}

static void test_small(void **state)
{
	static const uint32_t numbers[] = { 0,        1,          127,        128,
					    255,      256,        32767,      32768,
					    0xffffff, 0x7fffffff, 0x80000000, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct ward_error err = ERROR_NONE;
		uint8_t buf[16];
		struct writer w = writer_make(buf, sizeof(buf), &err);
		struct reader r;

		der_write_small(&w, numbers[i]);
		r = reader_make(writer_span(&w), &err);
		assert_int_equal(der_small(&r, UINT32_MAX), numbers[i]);
		assert_true(reader_close(&r));
	}
}

/* A block in a block at every length where a header grows: content stays, lengths are minimal. */
static void test_blocks_grow(void **state)
{
	static const size_t lengths[] = { 0,   1,   121,   122,   123,   124,   125,  126,
					  127, 128, 129,   252,   253,   254,   255,  256,
					  257, 300, 65530, 65532, 65535, 65536, 70000 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct ward_error err = ERROR_NONE;
		size_t cap = lengths[i] + 32;
		uint8_t *buf = malloc(cap);
		struct writer w = writer_make(buf, cap, &err);
		struct span content = table_fill((uint8_t)i, lengths[i]);
		struct reader r, outer, inner;

		assert_non_null(buf);
		DER_WRITE (&w, DER_SEQUENCE) {
			der_write_small(&w, 7);
			DER_WRITE (&w, DER_CONTEXT_CONS(0)) {
				der_write_element(&w, DER_OCTET_STRING, content);
			}
		}
		assert_true(writer_ok(&w));
		r = reader_make(writer_span(&w), &err);
		outer = der_open(&r, DER_SEQUENCE);
		assert_int_equal(der_small(&outer, 7), 7);
		inner = der_open(&outer, DER_CONTEXT_CONS(0));
		assert_span_equal(der_element(&inner, DER_OCTET_STRING), content);
		assert_true(reader_close(&inner) && reader_close(&outer) && reader_close(&r));
		free(buf);
	}
}

/* With less room than needed the writer fails, also where only the length does not fit any more. */
static void test_no_room(void **state)
{
	(void)state;
	for (size_t cap = 0; cap <= 206; cap++) {
		struct ward_error err = ERROR_NONE;
		uint8_t *buf = malloc(cap + 1);
		struct writer w = writer_make(buf, cap, &err);

		assert_non_null(buf);
		buf[cap] = 0x77;
		DER_WRITE (&w, DER_SEQUENCE) {
			DER_WRITE (&w, DER_OCTET_STRING) {
				writer_zeros(&w, 200);
			}
		}
		assert_int_equal(err.reason, cap < 206 ? WARD_E_NO_SPACE : WARD_E_NONE);
		assert_int_equal(buf[cap], 0x77);
		free(buf);
	}
}

static void test_failed_bits(void **state)
{
	struct ward_error err = ERROR_NONE;
	uint8_t buf[4] = { 1, 2, 3, 4 };
	struct writer w = writer_make(buf, 3, &err);

	(void)state;
	der_write_bit_string(&w, table_hex("ff"), 3);
	assert_int_equal(err.reason, WARD_E_NO_SPACE);
	assert_int_equal(buf[3], 4);
}

int main(void)
{
	static struct table t;

	table_add(&t, "values in their shortest form", test_values, NULL);
	TABLE_ADD(&t, integers, test_integer);
	table_add(&t, "small numbers are read back", test_small, NULL);
	table_add(&t, "blocks grow without losing a byte", test_blocks_grow, NULL);
	table_add(&t, "any smaller room is refused and kept to", test_no_room, NULL);
	table_add(&t, "a BIT STRING without room", test_failed_bits, NULL);
	return table_run(&t, "der_write");
}
