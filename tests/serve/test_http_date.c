/*
 * HTTP dates (RFC 9110, 5.6.7), written and in the three forms that are read.
 */
#include "serve/http_date.h"

#include "support/table.h"

#define NOW 1790000000 /* in September 2026 */

static const struct read_row {
	const char *name;
	const char *text;
	long long when; /* -1: no date */
} reads[] = {
	{ "the preferred form", "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
	{ "the form of RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
	{ "the form of asctime", "Sun Nov  6 08:49:37 1994", 784111777 },
	{ "asctime with a day of two digits", "Wed Nov 16 08:49:37 1994", 784975777 },
	{ "the epoch", "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
	{ "a leap day", "Tue, 29 Feb 2000 12:00:00 GMT", 951825600 },
	{ "a leap second", "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },
	{ "past the year 2038", "Fri, 01 Jan 2100 00:00:00 GMT", 4102444800 },
	{ "a wrong day of the week is not looked at", "Mon, 06 Nov 1994 08:49:37 GMT", 784111777 },
	{ "two digits less than fifty years ahead", "Friday, 01-Jan-70 00:00:00 GMT", 3155760000 },
	{ "two digits more than fifty years ahead", "Friday, 01-Jan-77 00:00:00 GMT", 220924800 },

	{ "nothing", "", -1 },
	{ "a number", "784111777", -1 },
	{ "no day of the week", "06 Nov 1994 08:49:37 GMT", -1 },
	{ "a day that does not exist", "Foo, 06 Nov 1994 08:49:37 GMT", -1 },
	{ "a month that does not exist", "Sun, 06 Foo 1994 08:49:37 GMT", -1 },
	{ "a month in lower case", "Sun, 06 nov 1994 08:49:37 GMT", -1 },
	{ "the 30th of February", "Sun, 30 Feb 2020 00:00:00 GMT", -1 },
	{ "the 29th of February in a common year", "Sun, 29 Feb 2100 00:00:00 GMT", -1 },
	{ "day 0", "Sun, 00 Nov 1994 08:49:37 GMT", -1 },
	{ "hour 24", "Sun, 06 Nov 1994 24:00:00 GMT", -1 },
	{ "minute 60", "Sun, 06 Nov 1994 08:60:00 GMT", -1 },
	{ "second 61", "Sun, 06 Nov 1994 08:49:61 GMT", -1 },
	{ "another time zone", "Sun, 06 Nov 1994 08:49:37 CET", -1 },
	{ "an offset", "Sun, 06 Nov 1994 08:49:37 +0000", -1 },
	{ "text behind it", "Sun, 06 Nov 1994 08:49:37 GMT;", -1 },
	{ "one digit of a day", "Sun, 6 Nov 1994 08:49:37 GMT", -1 },
	{ "a year of five digits", "Sun, 06 Nov 19940 08:49:37 GMT", -1 },
	{ "it ends inside the time", "Sun, 06 Nov 1994 08:49:3", -1 },
	{ "it ends inside the month", "Sun, 06 No", -1 },
};

static void test_read(void **state)
{
	const struct read_row *row = *state;
	time_t when = 0;
	bool ok = http_date_read(table_bytes(row->text, strlen(row->text)), NOW, &when);

	assert_int_equal(ok, row->when >= 0);
	if (ok)
		assert_int_equal(when, row->when);
}

static const struct write_row {
	const char *name;
	long long when;
	const char *text;
} writes[] = {
	{ "the example of the RFC", 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
	{ "the epoch", 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ "the last second of four digits", 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT" },
	{ "a second more has no form", 253402300800, "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ "before the epoch has none here", -1, "Thu, 01 Jan 1970 00:00:00 GMT" },
};

static void test_write(void **state)
{
	const struct write_row *row = *state;
	char buf[HTTP_DATE_LEN + 1];
	time_t back;

	assert_string_equal(http_date_write((time_t)row->when, buf), row->text);
	assert_int_equal(strlen(buf), HTTP_DATE_LEN);
	assert_true(http_date_read(span_string(buf), NOW, &back));
}

static void test_every_day(void **state)
{
	char buf[HTTP_DATE_LEN + 1];

	(void)state;
	for (time_t t = 1; t < 4200000000; t += 86400 + 3661) {
		time_t back = -1;

		assert_true(http_date_read(span_string(http_date_write(t, buf)), NOW, &back));
		assert_int_equal(back, t);
	}
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, reads, test_read);
	TABLE_ADD(&t, writes, test_write);
	table_add(&t, "what is written is read back, for 130 years", test_every_day, NULL);
	return table_run(&t, "http_date");
}
