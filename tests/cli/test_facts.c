/*
 * What times mean, and which verdict a connection has. How the facts look is tested with real peers
 * (tests/interop/connect.py, which covers facts_print.c and facts_json.c).
 */
#include "cli/facts.h"

#include "base/error.h"
#include "cli/exit_code.h"
#include "support/table.h"

enum { NOW = 1790000000, HOUR = 3600, DAY = 24 * HOUR };

struct expiry_row {
	const char *name;
	int64_t from, to; /* from now */
	const char *text;
};

static const struct expiry_row expiries[] = {
	{ "months", -DAY, 89 * DAY + 5, "89 days left" },
	{ "two days", -DAY, 2 * DAY, "2 days left" },
	{ "less than two days are told in hours", -DAY, 2 * DAY - 1, "47 hours left" },
	{ "an hour", -DAY, HOUR, "1 hour left" },
	{ "the last second", -DAY, 0, "0 hours left" },
	{ "a second too late", -DAY, -1, "expired 0 hours ago" },
	{ "days too late", -9 * DAY, -3 * DAY, "expired 3 days ago" },
	{ "too early", 5 * HOUR, 9 * DAY, "not valid for another 5 hours" },
};

static void test_expiry(void **state)
{
	const struct expiry_row *row = *state;
	char buf[64];

	assert_string_equal(facts_expiry(NOW, NOW + row->from, NOW + row->to, buf, sizeof(buf)),
			    row->text);
}

static void test_times(void **state)
{
	char buf[FACTS_TIME];

	(void)state;
	assert_string_equal(facts_time(0, buf), "1970-01-01T00:00:00Z");
	assert_string_equal(facts_time(NOW, buf), "2026-09-21T14:13:20Z");
	assert_string_equal(facts_time(253402300799, buf), "9999-12-31T23:59:59Z");
	assert_string_equal(facts_time(-1, buf), "1969-12-31T23:59:59Z");
	assert_string_equal(facts_time(INT64_MAX, buf), "unknown");
	assert_true(facts_days(NOW, NOW + DAY - 1) == 0);
	assert_true(facts_days(NOW, NOW + DAY) == 1);
	assert_true(facts_days(NOW, NOW - 3 * DAY) == -3);
}

/* A failed verification is never exit status 0, overruled or not. */
static void test_exit_codes(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct facts f = { .verdict = FACTS_TRUSTED };

	(void)state;
	assert_int_equal(facts_exit_code(&f), EXIT_FINE);
	FAIL(&err, CERT_EXPIRED);
	f.failure = &err;
	f.verdict = FACTS_REFUSED;
	assert_int_equal(facts_exit_code(&f), EXIT_ANSWER_NO);
	f.verdict = FACTS_INSECURE;
	assert_int_equal(facts_exit_code(&f), EXIT_ANSWER_NO);
	/* Whatever verification refuses is a no, though the reason is used elsewhere too. */
	err = ERROR_NONE;
	FAIL(&err, BAD_DER);
	f.verdict = FACTS_REFUSED;
	assert_int_equal(facts_exit_code(&f), EXIT_ANSWER_NO);
	f.verdict = FACTS_NOT_JUDGED;
	assert_int_equal(facts_exit_code(&f), EXIT_HANDSHAKE);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, expiries, test_expiry);
	table_add(&t, "times as RFC 3339 has them", test_times, NULL);
	table_add(&t, "exit statuses", test_exit_codes, NULL);
	return table_run(&t, "facts");
}
