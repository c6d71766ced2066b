/*
 * Values of options: what is understood and what is refused.
 */
#include "cli/values.h"

#include <string.h>

#include "support/table.h"

struct duration_row {
	const char *name;
	const char *text;
	int ms; /* 0: refused */
};

static const struct duration_row durations[] = {
	{ "a bare number is seconds", "5", 5000 },
	{ "seconds", "5s", 5000 },
	{ "milliseconds", "500ms", 500 },
	{ "minutes", "2m", 120000 },
	{ "hours", "1h", 3600000 },
	{ "a part of a second", "1.5s", 1500 },
	{ "thousandths", "0.001s", 1 },
	{ "a whole day", "24h", 86400000 },
	{ "more than a day", "25h", 0 },
	{ "digits without end", "99999999999999999999s", 0 },
	{ "nothing", "", 0 },
	{ "no time at all", "0s", 0 },
	{ "less than a millisecond", "0.1ms", 0 },
	{ "a unit without a number", "s", 0 },
	{ "an unknown unit", "5d", 0 },
	{ "a unit with something behind it", "5s ", 0 },
	{ "a blank in front", " 5s", 0 },
	{ "a sign", "-5s", 0 },
	{ "a point without digits", "5.s", 0 },
	{ "a point alone", ".5s", 0 },
	{ "more digits than a millisecond has", "1.0001s", 0 },
};

static void test_duration(void **state)
{
	const struct duration_row *row = *state;
	int ms = 0;

	assert_int_equal(value_duration(row->text, &ms), row->ms != 0);
	if (row->ms != 0)
		assert_int_equal(ms, row->ms);
}

struct life_row {
	const char *name;
	const char *text;
	int64_t seconds; /* 0: refused */
};

static const struct life_row lives[] = {
	{ "days of a life", "90d", 7776000 },
	{ "hours of a life", "160h", 576000 },
	{ "minutes of a life", "30m", 1800 },
	{ "weeks of a life", "2w", 1209600 },
	{ "a hundred years", "36525d", 3155760000 },
	{ "more than a hundred years", "36526d", 0 },
	{ "a life without a unit", "90", 0 },
	{ "a life of no length", "0d", 0 },
	{ "a life that has been", "-1d", 0 },
	{ "a life in an unknown unit", "1x", 0 },
	{ "a life with something behind it", "1dd", 0 },
	{ "a life of endless digits", "99999999999999999999999999d", 0 },
	{ "no life", "", 0 },
};

static void test_life(void **state)
{
	const struct life_row *row = *state;
	int64_t seconds = 0;

	assert_int_equal(value_life(row->text, &seconds), row->seconds > 0);
	assert_true(seconds == row->seconds);
}

struct time_row {
	const char *name;
	const char *text;
	int64_t seconds; /* -1: refused */
};

static const struct time_row times[] = {
	{ "a day", "2026-09-21", 1789948800 },
	{ "a second", "2026-09-21T14:13:20Z", 1790000000 },
	{ "seconds since 1970", "@1790000000", 1790000000 },
	{ "the beginning", "1970-01-01", 0 },
	{ "the end", "9999-12-31T23:59:59Z", 253402300799 },
	{ "a leap day", "2028-02-29", 1835395200 },
	{ "no leap day", "2026-02-29", -1 },
	{ "no thirteenth month", "2026-13-01", -1 },
	{ "no month of zero", "2026-00-01", -1 },
	{ "no hour 24", "2026-01-01T24:00:00Z", -1 },
	{ "no leap second", "2026-01-01T23:59:60Z", -1 },
	{ "without a zone", "2026-01-01T00:00:00", -1 },
	{ "a blank behind", "2026-01-01 ", -1 },
	{ "too few digits", "2026-1-1", -1 },
	{ "nothing", "", -1 },
	{ "a sign without a number", "@", -1 },
	{ "a number alone", "1790000000", -1 },
	{ "a number out of all years", "@253402300800", -1 },
};

static void test_time(void **state)
{
	const struct time_row *row = *state;
	int64_t seconds = 0;

	assert_int_equal(value_time(row->text, &seconds), row->seconds >= 0);
	if (row->seconds >= 0)
		assert_true(seconds == row->seconds);
}

struct number_row {
	const char *name;
	const char *text;
	int64_t number; /* -1: refused, where 1 to 65535 is allowed */
};

static const struct number_row numbers[] = {
	{ "the least", "1", 1 },
	{ "the most", "65535", 65535 },
	{ "zeros in front", "0080", 80 },
	{ "too small", "0", -1 },
	{ "too large", "65536", -1 },
	{ "no digits", "", -1 },
	{ "a sign in front", "+80", -1 },
	{ "a letter behind", "80x", -1 },
	{ "hex", "0x50", -1 },
	{ "more than fits", "18446744073709551617", -1 },
};

static void test_number(void **state)
{
	const struct number_row *row = *state;
	int64_t number = 0;

	assert_int_equal(value_number(row->text, 1, 65535, &number), row->number >= 0);
	if (row->number >= 0)
		assert_true(number == row->number);
}

static void test_lists(void **state)
{
	static const char *const wrong[] = { "",     ",",
					     "a,",   ",a",
					     "a,,b", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17" };
	struct value_list list;

	(void)state;
	assert_true(value_list_make(&list, "h2,http/1.1"));
	assert_int_equal(list.count, 2);
	assert_string_equal(list.items[0], "h2");
	assert_string_equal(list.items[1], "http/1.1");
	assert_null(list.items[2]);
	value_list_clear(&list);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(value_list_make(&list, wrong[i]));
		value_list_clear(&list);
	}
	assert_true(value_list_make(&list, "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16"));
	assert_null(list.items[VALUE_LIST_MAX]);
	value_list_clear(&list);
}

static void test_codes(void **state)
{
	struct value_codes codes;

	(void)state;
	assert_true(value_groups("secp384r1,X25519", &codes));
	assert_int_equal(codes.count, 2);
	assert_int_equal(codes.items[0], 0x0018);
	assert_int_equal(codes.items[1], 0x001d);
	assert_true(value_suites("TLS_CHACHA20_POLY1305_SHA256", &codes));
	assert_int_equal(codes.count, 1);
	assert_int_equal(codes.items[0], 0x1303);
	assert_false(value_groups("secp384r1,", &codes));
	assert_false(value_groups("sect571r1", &codes));
	assert_false(value_suites("TLS_RSA_WITH_RC4_128_MD5", &codes));
}

/* What a message offers is what the parser takes. */
static void test_names(void **state)
{
	char names[400];
	struct value_codes codes;
	char *to = names;

	(void)state;
	for (const char *from = value_group_names(names, sizeof(names)); *from != '\0'; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	assert_true(value_groups(names, &codes));
	assert_true(codes.count >= 3);
	assert_non_null(strstr(value_suite_names(names, sizeof(names)), "TLS_AES_128_GCM_SHA256"));
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, durations, test_duration);
	TABLE_ADD(&t, lives, test_life);
	TABLE_ADD(&t, times, test_time);
	TABLE_ADD(&t, numbers, test_number);
	table_add(&t, "lists with commas", test_lists, NULL);
	table_add(&t, "groups and suites by name", test_codes, NULL);
	table_add(&t, "the names that are offered are understood", test_names, NULL);
	return table_run(&t, "values");
}
