/*
 * Errors: the first one wins, details are fit to print, and the table of reasons holds together.
 */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>

#include "base/name.h"
#include "support/table.h"

/* ---- the table of reasons ---- */

static bool is_phrase(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return len == 0 || (text[len - 1] != '.' && text[len - 1] != ' ' && text[0] != ' ');
}

static void test_every_reason(void **state)
{
	(void)state;
	for (int i = 0; i < WARD_E_COUNT; i++) {
		enum ward_reason reason = (enum ward_reason)i;
		int alert = ward_reason_alert(reason);

		assert_true(strlen(ward_reason_name(reason)) > 0);
		assert_true(strlen(ward_reason_text(reason)) > 0);
		assert_true(is_phrase(ward_reason_text(reason)));
		assert_true(is_phrase(ward_reason_hint(reason)));
		assert_true(alert == WARD_NO_ALERT || name_alert(alert) != NULL);
		/* close_notify and user_canceled end a connection in peace. */
		assert_true(alert != 0 && alert != 90);
	}
}

static void test_names_differ(void **state)
{
	(void)state;
	for (int i = 0; i < WARD_E_COUNT; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(ward_reason_name((enum ward_reason)i),
						ward_reason_name((enum ward_reason)k));
}

static void test_out_of_table(void **state)
{
	(void)state;
	assert_string_equal(ward_reason_name(WARD_E_COUNT), "INTERNAL");
	assert_string_equal(ward_reason_text((enum ward_reason) - 1), "an internal error");
	assert_int_equal(ward_reason_alert((enum ward_reason)100000), 80);
}

static void test_rows_are_the_table(void **state)
{
	(void)state;
	assert_string_equal(ward_reason_name(WARD_E_NONE), "NONE");
	assert_string_equal(ward_reason_name(WARD_E_EXT_DUPLICATE), "EXT_DUPLICATE");
	assert_int_equal(ward_reason_alert(WARD_E_EXT_DUPLICATE), 47);
	assert_int_equal(ward_reason_alert(WARD_E_FINISHED_MISMATCH), 51);
	assert_int_equal(ward_reason_alert(WARD_E_ALERT_RECEIVED), WARD_NO_ALERT);
	assert_string_equal(ward_alert_name(40), "handshake_failure");
	assert_string_equal(ward_alert_name(117), "general_error");
	assert_string_equal(ward_alert_name(200), "unknown");
	assert_string_equal(ward_alert_name(-1), "unknown");
}

/* ---- setting ---- */

static void test_first_wins(void **state)
{
	struct ward_error err = { 0 };

	(void)state;
	assert_false(error_is_set(&err));
	assert_false(FAILF(&err, BAD_DER, "first"));
	assert_false(FAILF(&err, TRUNCATED, "second"));
	assert_false(FAIL(&err, INTERNAL));
	errno = ENOENT;
	assert_false(FAIL_SYSTEM(&err, FILE_READ, "third"));
	assert_true(error_is_set(&err));
	assert_int_equal(err.reason, WARD_E_BAD_DER);
	assert_string_equal(err.detail, "first");
	assert_int_equal(err.system, 0);
}

static void test_places_start_unknown(void **state)
{
	struct ward_error err = { 0 };

	(void)state;
	FAIL(&err, BAD_VALUE);
	assert_int_equal(err.message, -1);
	assert_int_equal(err.extension, -1);
	assert_int_equal(err.offset, -1);
	assert_int_equal(err.received_alert, -1);
	assert_string_equal(err.detail, "");
}

static void test_null(void **state)
{
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_false(FAIL(NULL, BAD_VALUE));
	assert_false(FAILF(NULL, BAD_VALUE, "%d", 1));
	assert_false(FAIL_SYSTEM(NULL, FILE_READ, "x"));
	assert_false(error_is_set(NULL));
	error_set_place(NULL, 1, 2, 3);
	assert_false(error_pass(NULL, &err));
	assert_false(error_pass(&err, NULL));
	assert_false(error_is_set(&err));
}

static void test_place(void **state)
{
	struct ward_error err = ERROR_NONE;

	(void)state;
	error_set_place(&err, 1, 2, 3);
	assert_int_equal(err.message, -1);
	FAIL(&err, BAD_VALUE);
	error_set_place(&err, -1, -1, 7);
	error_set_place(&err, -1, 0, 9);
	error_set_place(&err, 2, 51, 11);
	assert_int_equal(err.message, 2);
	assert_int_equal(err.extension, 0);
	assert_int_equal(err.offset, 7);
}

static void test_pass(void **state)
{
	struct ward_error inner = ERROR_NONE, outer = ERROR_NONE;

	(void)state;
	assert_false(error_pass(&outer, &inner));
	assert_false(error_is_set(&outer));
	FAILF(&inner, BAD_KEY, "inner");
	assert_false(error_pass(&outer, &inner));
	assert_int_equal(outer.reason, WARD_E_BAD_KEY);
	assert_string_equal(outer.detail, "inner");
	inner = ERROR_NONE;
	FAIL(&inner, BAD_TIME);
	error_pass(&outer, &inner);
	assert_int_equal(outer.reason, WARD_E_BAD_KEY);
}

static void test_system(void **state)
{
	struct ward_error err = { 0 };

	(void)state;
	errno = ENOENT;
	assert_false(FAIL_SYSTEM(&err, FILE_READ, "/no/such"));
	assert_int_equal(err.system, ENOENT);
	assert_string_equal(err.detail, "/no/such: No such file or directory");
	err = ERROR_NONE;
	errno = EACCES;
	FAIL_SYSTEM(&err, FILE_READ, NULL);
	assert_string_equal(err.detail, "Permission denied");
	err = ERROR_NONE;
	errno = 0;
	FAIL_SYSTEM(&err, FILE_READ, "/etc/x");
	assert_string_equal(err.detail, "/etc/x");
}

/* ---- details ---- */

static const struct detail_row {
	const char *name;
	const char *in;
	const char *out;
} details[] = {
	{ "plain text stays", "example.org (443)", "example.org (443)" },
	{ "line ends and tabs are masked", "a\nb\r\tc", "a?b??c" },
	{ "escape sequences are masked", "\x1b[31mred\x7f", "?[31mred?" },
	{ "two-byte characters stay", "M\xc3\xbcnchen", "M\xc3\xbcnchen" },
	{ "three- and four-byte characters stay", "\xe2\x82\xac \xf0\x9f\x94\x92",
	  "\xe2\x82\xac \xf0\x9f\x94\x92" },
	{ "C1 control characters are masked",
	  "a\xc2\x9b"
	  "31m",
	  "a??31m" },
	{ "a continuation alone is masked", "\x80\xbf", "??" },
	{ "an overlong slash is masked", "\xc0\xaf\xe0\x80\xaf", "?????" },
	{ "a surrogate is masked", "\xed\xa0\x80", "???" },
	{ "beyond U+10FFFF is masked", "\xf4\x90\x80\x80\xff", "?????" },
	{ "a cut character is masked", "x\xe2\x82", "x??" },
	{ "a character broken off by another is masked", "\xe2\x28\xa1", "?(?" },
};

static void test_detail(void **state)
{
	const struct detail_row *row = *state;
	struct ward_error err = { 0 };

	FAILF(&err, BAD_SERVER_NAME, "%s", row->in);
	assert_string_equal(err.detail, row->out);
}

static void test_detail_is_cut(void **state)
{
	struct ward_error err = { 0 };
	char longer[400];

	(void)state;
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	FAILF(&err, BAD_SERVER_NAME, "%s", longer);
	assert_int_equal(strlen(err.detail), sizeof(err.detail) - 1);
}

/* ---- the line for people ---- */

static const struct text_row {
	const char *name;
	struct ward_error err;
	const char *text;
} texts[] = {
	{ "nothing failed", { .reason = WARD_E_NONE }, "no error" },
	{ "a reason alone",
	  { WARD_E_TRUNCATED, -1, -1, -1, -1, 0, "" },
	  "the data ends too early" },
	{ "a message and a byte",
	  { WARD_E_TRUNCATED, 2, -1, 38, -1, 0, "" },
	  "the data ends too early (in ServerHello, byte 38)" },
	{ "a byte alone",
	  { WARD_E_DER_LENGTH, -1, -1, 0, -1, 0, "" },
	  "an ASN.1 length is not in its shortest form or too large (byte 0)" },
	{ "an extension of a message",
	  { WARD_E_EXT_MALFORMED, 1, 51, 7, -1, 0, "" },
	  "an extension is malformed (in ClientHello, extension key_share, byte 7)" },
	{ "numbers without a name",
	  { WARD_E_EXT_MALFORMED, 99, 2570, -1, -1, 0, "" },
	  "an extension is malformed (in message 99, extension 2570)" },
	{ "a detail and a hint",
	  { WARD_E_EXT_DUPLICATE, 8, -1, -1, -1, 0, "twice" },
	  "an extension appears twice: twice (in EncryptedExtensions); "
	  "the peer's message is malformed" },
	{ "an alert from the peer",
	  { WARD_E_ALERT_RECEIVED, -1, -1, -1, 40, 0, "" },
	  "the peer refused the connection with an alert: handshake_failure (40)" },
	{ "an alert without a name",
	  { WARD_E_ALERT_RECEIVED, -1, -1, -1, 199, 0, "" },
	  "the peer refused the connection with an alert: unknown (199)" },
};

static void test_text(void **state)
{
	const struct text_row *row = *state;
	char buf[400];

	assert_ptr_equal(ward_error_text(&row->err, buf, sizeof(buf)), buf);
	assert_string_equal(buf, row->text);
}

static void test_text_of_null(void **state)
{
	char buf[40];

	(void)state;
	assert_string_equal(ward_error_text(NULL, buf, sizeof(buf)), "no error");
}

/* However small the buffer, the text is a prefix and ends with a zero inside it. */
static void test_text_is_cut(void **state)
{
	struct ward_error err = { 0 };
	char whole[400], buf[401];

	(void)state;
	FAILF(&err, EXT_DUPLICATE, "key_share");
	error_set_place(&err, 1, 51, 70000);
	ward_error_text(&err, whole, sizeof(whole));
	for (size_t size = 0; size < sizeof(whole); size++) {
		memset(buf, 'x', sizeof(buf));
		ward_error_text(&err, buf, size);
		assert_int_equal(buf[size], 'x');
		if (size == 0)
			continue;
		assert_int_equal(strlen(buf), strlen(whole) < size - 1 ? strlen(whole) : size - 1);
		assert_memory_equal(buf, whole, strlen(buf));
	}
}

int main(void)
{
	static struct table t;

	table_add(&t, "every reason has texts and a known alert", test_every_reason, NULL);
	table_add(&t, "no two reasons share a name", test_names_differ, NULL);
	table_add(&t, "a number outside the table is an internal error", test_out_of_table, NULL);
	table_add(&t, "names, texts and alerts are those of their row", test_rows_are_the_table,
		  NULL);
	table_add(&t, "the first failure wins", test_first_wins, NULL);
	table_add(&t, "places start unknown", test_places_start_unknown, NULL);
	table_add(&t, "a caller may pass no error", test_null, NULL);
	table_add(&t, "an inner place is kept", test_place, NULL);
	table_add(&t, "an inner error is passed on", test_pass, NULL);
	table_add(&t, "errno and its text are kept", test_system, NULL);
	TABLE_ADD(&t, details, test_detail);
	table_add(&t, "a long detail is cut", test_detail_is_cut, NULL);
	TABLE_ADD(&t, texts, test_text);
	table_add(&t, "no error at all has a text", test_text_of_null, NULL);
	table_add(&t, "a text is cut to fit", test_text_is_cut, NULL);
	return table_run(&t, "error");
}
