/*
 * Times in DER. RFC 5280, 4.1.2.5.1 and 4.1.2.5.2: they MUST be in Greenwich Mean Time, MUST
 * include seconds, and a GeneralizedTime MUST NOT include fractional seconds.
 */
#include <stdio.h>
#include <time.h>

#include "support/table.h"
#include "wire/der.h"

static const struct time_row {
	const char *name;
	int tag;
	const char *text;
	enum ward_reason reason;
	int64_t seconds;
} times[] = {
	{ "the epoch", DER_UTC_TIME, "700101000000Z", WARD_E_NONE, 0 },
	{ "a second before the epoch", DER_UTC_TIME, "691231235959Z", WARD_E_NONE, -1 },
	{ "2^31", DER_UTC_TIME, "380119031408Z", WARD_E_NONE, 2147483648 },
	{ "00 is 2000", DER_UTC_TIME, "000101000000Z", WARD_E_NONE, 946684800 },
	{ "49 is 2049", DER_UTC_TIME, "491231235959Z", WARD_E_NONE, 2524607999 },
	{ "50 is 1950", DER_UTC_TIME, "500101000000Z", WARD_E_NONE, -631152000 },
	{ "99 is 1999", DER_UTC_TIME, "991231235959Z", WARD_E_NONE, 946684799 },
	{ "29 February 2024", DER_UTC_TIME, "240229120000Z", WARD_E_NONE, 1709208000 },
	{ "29 February 2000", DER_UTC_TIME, "000229000000Z", WARD_E_NONE, 951782400 },
	{ "2050 in GeneralizedTime", DER_GENERALIZED_TIME, "20500101000000Z", WARD_E_NONE,
	  2524608000 },
	{ "an earlier year in GeneralizedTime is read", DER_GENERALIZED_TIME, "19700101000001Z",
	  WARD_E_NONE, 1 },
	{ "the last second of 9999: no expiry", DER_GENERALIZED_TIME, "99991231235959Z",
	  WARD_E_NONE, 253402300799 },
	{ "the first second of the year 0", DER_GENERALIZED_TIME, "00000101000000Z", WARD_E_NONE,
	  -62167219200 },
	{ "29 February of the year 0", DER_GENERALIZED_TIME, "00000229000000Z", WARD_E_NONE,
	  -62162121600 },

	{ "29 February 2023", DER_UTC_TIME, "230229000000Z", WARD_E_BAD_TIME, 0 },
	{ "29 February 2100", DER_GENERALIZED_TIME, "21000229000000Z", WARD_E_BAD_TIME, 0 },
	{ "30 February", DER_UTC_TIME, "240230000000Z", WARD_E_BAD_TIME, 0 },
	{ "31 April", DER_UTC_TIME, "240431000000Z", WARD_E_BAD_TIME, 0 },
	{ "32 January", DER_UTC_TIME, "240132000000Z", WARD_E_BAD_TIME, 0 },
	{ "day 0", DER_UTC_TIME, "240100000000Z", WARD_E_BAD_TIME, 0 },
	{ "month 0", DER_UTC_TIME, "240001000000Z", WARD_E_BAD_TIME, 0 },
	{ "month 13", DER_UTC_TIME, "241301000000Z", WARD_E_BAD_TIME, 0 },
	{ "hour 24", DER_UTC_TIME, "240101240000Z", WARD_E_BAD_TIME, 0 },
	{ "minute 60", DER_UTC_TIME, "240101006000Z", WARD_E_BAD_TIME, 0 },
	{ "second 60", DER_UTC_TIME, "240101000060Z", WARD_E_BAD_TIME, 0 },
	{ "no seconds", DER_UTC_TIME, "2401010000Z", WARD_E_BAD_TIME, 0 },
	{ "no Z", DER_UTC_TIME, "240101000000", WARD_E_BAD_TIME, 0 },
	{ "a small z", DER_UTC_TIME, "240101000000z", WARD_E_BAD_TIME, 0 },
	{ "an offset", DER_UTC_TIME, "240101000000+0000", WARD_E_BAD_TIME, 0 },
	{ "an offset without seconds", DER_UTC_TIME, "2401010000+01", WARD_E_BAD_TIME, 0 },
	{ "a fraction", DER_GENERALIZED_TIME, "20500101000000.5Z", WARD_E_BAD_TIME, 0 },
	{ "no seconds in GeneralizedTime", DER_GENERALIZED_TIME, "205001010000Z", WARD_E_BAD_TIME,
	  0 },
	{ "local GeneralizedTime", DER_GENERALIZED_TIME, "20500101000000", WARD_E_BAD_TIME, 0 },
	{ "an offset in GeneralizedTime", DER_GENERALIZED_TIME, "20500101000000+0100",
	  WARD_E_BAD_TIME, 0 },
	{ "four digits of year in UTCTime", DER_UTC_TIME, "20240101000000Z", WARD_E_BAD_TIME, 0 },
	{ "two digits of year in GeneralizedTime", DER_GENERALIZED_TIME, "240101000000Z",
	  WARD_E_BAD_TIME, 0 },
	{ "a letter for a digit", DER_UTC_TIME, "24o101000000Z", WARD_E_BAD_TIME, 0 },
	{ "a blank for a digit", DER_UTC_TIME, "24 101000000Z", WARD_E_BAD_TIME, 0 },
	{ "a sign for a digit", DER_UTC_TIME, "240101-10000Z", WARD_E_BAD_TIME, 0 },
	{ "a colon, the character behind 9", DER_UTC_TIME, "2401010:0000Z", WARD_E_BAD_TIME, 0 },
	{ "a slash, the character before 0", DER_UTC_TIME, "2401/1000000Z", WARD_E_BAD_TIME, 0 },
	{ "nothing", DER_UTC_TIME, "", WARD_E_BAD_TIME, 0 },
	{ "nothing in GeneralizedTime", DER_GENERALIZED_TIME, "", WARD_E_BAD_TIME, 0 },
	{ "another type", DER_VISIBLE_STRING, "240101000000Z", WARD_E_DER_TAG, 0 },
};

static void test_read(void **state)
{
	const struct time_row *row = *state;
	struct ward_error err = ERROR_NONE;
	uint8_t buf[64];
	struct writer w = writer_make(buf, sizeof(buf), &err);
	struct reader r;

	writer_zeros(&w, 1);
	der_write_element(&w, row->tag, span_string(row->text));
	r = reader_make(table_bytes(buf, w.len), &err);
	reader_u8(&r);
	assert_true(der_time(&r) == row->seconds);
	assert_int_equal(err.reason, row->reason);
	assert_int_equal(err.offset, row->reason == WARD_E_NONE ? -1 : 1);
	if (row->reason == WARD_E_NONE)
		assert_true(reader_close(&r));
}

static const struct write_row {
	const char *name;
	int64_t seconds;
	int tag;
	const char *text; /* NULL: cannot be written */
} writes[] = {
	{ "the epoch in UTCTime", 0, DER_UTC_TIME, "700101000000Z" },
	{ "the last second of UTCTime", 2524607999, DER_UTC_TIME, "491231235959Z" },
	{ "the second after it in GeneralizedTime", 2524608000, DER_GENERALIZED_TIME,
	  "20500101000000Z" },
	{ "the first second of UTCTime", -631152000, DER_UTC_TIME, "500101000000Z" },
	{ "the second before it in GeneralizedTime", -631152001, DER_GENERALIZED_TIME,
	  "19491231235959Z" },
	{ "the last second that can be written", 253402300799, DER_GENERALIZED_TIME,
	  "99991231235959Z" },
	{ "the second after it", 253402300800, 0, NULL },
	{ "the first second that can be written", -62167219200, DER_GENERALIZED_TIME,
	  "00000101000000Z" },
	{ "the second before that", -62167219201, 0, NULL },
	{ "the end of 64 bits", INT64_MAX, 0, NULL },
	{ "the start of 64 bits", INT64_MIN, 0, NULL },
};

static void test_write(void **state)
{
	const struct write_row *row = *state;
	struct ward_error err = ERROR_NONE;
	uint8_t buf[32];
	struct writer w = writer_make(buf, sizeof(buf), &err);

	der_write_time(&w, row->seconds);
	if (row->text == NULL) {
		assert_int_equal(err.reason, WARD_E_BAD_TIME);
		assert_int_equal(w.len, 0);
		return;
	}
	assert_true(writer_ok(&w));
	assert_int_equal(buf[0], row->tag);
	assert_span_equal(span_make(buf + 2, w.len - 2), span_string(row->text));
}

/* Every day of ten thousand years, at a changing hour, against the C library's calendar. */
static void test_every_day(void **state)
{
	int64_t at = -62167219200;

	(void)state;
	for (int day = 0; at <= 253402300799; day++, at += 86400 + day % 2) {
		struct ward_error err = ERROR_NONE;
		uint8_t buf[32];
		char text[32];
		struct writer w = writer_make(buf, sizeof(buf), &err);
		struct reader r;
		struct tm tm;
		time_t t = (time_t)at;
		bool utc = at >= -631152000 && at < 2524608000;

		der_write_time(&w, at);
		r = reader_make(writer_span(&w), &err);
		assert_true(der_time(&r) == at);
		assert_false(error_is_set(&err));
		assert_non_null(gmtime_r(&t, &tm));
		snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02dZ", tm.tm_year + 1900,
			 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		assert_memory_equal(buf + 2, text + (utc ? 2 : 0), utc ? 13 : 15);
	}
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, times, test_read);
	TABLE_ADD(&t, writes, test_write);
	table_add(&t, "every day of ten thousand years", test_every_day, NULL);
	return table_run(&t, "der_time");
}
