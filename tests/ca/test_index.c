/*
 * The index of issued certificates (index.c, journal.c): what its lines may say, what is taken for
 * damage, serial numbers, words.
 */
#include <sys/stat.h>

#include <ward/revocation.h>

#include "ca/index.h"
#include "ca/tests_ca.h"

#define SERIAL "64b095cc39aa6ac2d7103e80e23617b6"
#define HASH "5e708112a6c0d11086c5525b8cd15ba3d0af251b1ced29a6e73934d572c27149"
#define ISSUE "issue " SERIAL " 100 90 200 server " HASH " a.test"

/* ---- lines ---- */

/* Reads lines with these contents, each with the check that it must have. */
static bool read_lines(struct ca_index *ix, const char *const *contents, struct ward_error *err)
{
	char line[CA_LINE_MAX + 100], check[CA_CHECK_LEN + 1];
	bool ok = true;

	for (; ok && *contents != NULL; contents++) {
		int len;

		ca_index_check(ix, span_string(*contents), check);
		len = snprintf(line, sizeof(line), "%s %s\n", check, *contents);
		ok = ca_index_parse(ix, span_make(line, (size_t)len), err);
	}
	return ok;
}

static const struct content_row {
	const char *name;
	const char *contents[5];
	bool good;
} contents[] = {
	{ "one is issued", { ISSUE }, true },
	{ "one is issued and revoked", { ISSUE, "revoke " SERIAL " 150 1" }, true },
	{ "revoked twice", { ISSUE, "revoke " SERIAL " 150 1", "revoke " SERIAL " 160 4" }, true },
	{ "a CRL", { "crl 1 100 200" }, true },
	{ "CRLs with a gap", { "crl 1 100 200", "crl 9 100 200" }, true },
	{ "a serial number of one byte", { "issue 7f 1 2 3 client " HASH " a" }, true },
	{ "one of 20 bytes", { "issue " SERIAL "00112233 1 2 3 both " HASH " a" }, true },
	{ "names with blanks between", { ISSUE " 10.0.0.1 https://a.test/%20?x=y" }, true },
	{ "before 1970", { "issue 7f -5 -9 3 client " HASH " a" }, true },
	{ "the end of the year 9999", { "issue 7f 1 2 253402300799 client " HASH " a" }, true },
	{ "an intermediate", { "authority 7f 200" }, true },
	{ "two, revoked together", { "authority 7f 200", "authority 01 9", "retire 150 2" }, true },
	{ "revoked one after the other",
	  { "authority 7f 200", "retire 150 2", "authority 01 9", "retire 160 1" },
	  true },
	{ "an intermediate twice", { "authority 7f 200", "authority 7f 200" }, false },
	{ "an intermediate again after it was revoked",
	  { "authority 7f 200", "retire 150 2", "authority 7f 200" },
	  false },
	{ "an intermediate without an end", { "authority 7f" }, false },
	{ "something behind an intermediate", { "authority 7f 200 1" }, false },
	{ "no intermediate to revoke", { "retire 150 2" }, false },
	{ "none left to revoke", { "authority 7f 200", "retire 150 2", "retire 160 2" }, false },
	{ "an intermediate on hold", { "authority 7f 200", "retire 150 6" }, false },
	{ "something behind its revocation", { "authority 7f 200", "retire 150 2 3" }, false },
	{ "nothing", { "" }, false },
	{ "another word", { "reissue 7f 1 2 3 client " HASH " a" }, false },
	{ "a word that begins alike", { "issued 7f 1 2 3 client " HASH " a" }, false },
	{ "the same serial number again", { ISSUE, ISSUE }, false },
	{ "no serial number", { "issue  1 2 3 client " HASH " a" }, false },
	{ "an odd digit", { "issue 7f0 1 2 3 client " HASH " a" }, false },
	{ "a serial number in upper case", { "issue 7F 1 2 3 client " HASH " a" }, false },
	{ "a leading zero", { "issue 007f 1 2 3 client " HASH " a" }, false },
	{ "a serial number of 21 bytes",
	  { "issue " SERIAL "0011223344 1 2 3 both " HASH " a" },
	  false },
	{ "after the year 9999", { "issue 7f 1 2 253402300800 client " HASH " a" }, false },
	{ "a number that overflows",
	  { "issue 7f 1 2 99999999999999999999 client " HASH " a" },
	  false },
	{ "no number", { "issue 7f 1 x 3 client " HASH " a" }, false },
	{ "a sign alone", { "issue 7f 1 - 3 client " HASH " a" }, false },
	{ "two blanks", { "issue 7f  1 2 3 client " HASH " a" }, false },
	{ "a profile that is none", { "issue 7f 1 2 3 ca " HASH " a" }, false },
	{ "a hash that is too short", { "issue 7f 1 2 3 client abcd a" }, false },
	{ "no names", { "issue 7f 1 2 3 client " HASH " " }, false },
	{ "no names, no blank", { "issue 7f 1 2 3 client " HASH }, false },
	{ "a control character in a name", { "issue 7f 1 2 3 client " HASH " a\033b" }, false },
	{ "a byte beyond ASCII in a name", { "issue 7f 1 2 3 client " HASH " a\xe4" }, false },
	{ "revoked, and never issued", { "revoke 7f 1 1" }, false },
	{ "another one is revoked", { ISSUE, "revoke 7f 1 1" }, false },
	{ "revoked for no reason", { ISSUE, "revoke " SERIAL " 150" }, false },
	{ "revoked for hold", { ISSUE, "revoke " SERIAL " 150 6" }, false },
	{ "revoked for removal", { ISSUE, "revoke " SERIAL " 150 8" }, false },
	{ "revoked for a reason that there is not", { ISSUE, "revoke " SERIAL " 150 7" }, false },
	{ "something behind a revocation", { ISSUE, "revoke " SERIAL " 150 1 2" }, false },
	{ "the number of a CRL again", { "crl 1 100 200", "crl 1 100 200" }, false },
	{ "a lower one", { "crl 2 100 200", "crl 1 100 200" }, false },
	{ "the number zero", { "crl 0 100 200" }, false },
	{ "something behind a CRL", { "crl 1 100 200 300" }, false },
};

static void test_content(void **state)
{
	const struct content_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct ca_index ix = { 0 };

	assert_int_equal(read_lines(&ix, row->contents, &err), row->good);
	if (!row->good)
		assert_int_equal(err.reason, WARD_E_CA_DAMAGED);
	ca_index_clear(&ix);
}

static void test_meaning(void **state)
{
	const char *const lines[] = { ISSUE, "revoke " SERIAL " 150 1", "revoke " SERIAL " 160 4",
				      "crl 7 180 190", NULL };
	struct ca_index ix = { 0 };
	const struct ca_entry *e;
	struct ca_serial serial;

	(void)state;
	assert_true(read_lines(&ix, lines, NULL));
	assert_int_equal(ix.count, 1);
	assert_int_equal(ix.line, 4);
	assert_true(ca_serial_parse(SERIAL, &serial));
	e = ca_index_find(&ix, &serial);
	assert_non_null(e);
	assert_int_equal(e->issued, 100);
	assert_int_equal(e->not_before, 90);
	assert_int_equal(e->not_after, 200);
	assert_int_equal(e->profile, WARD_PROFILE_SERVER);
	assert_string_equal(e->names, "a.test");
	assert_span_equal(span_make(e->sha256, 32), table_hex(HASH));
	/* The first revocation counts. */
	assert_true(e->revoked);
	assert_int_equal(e->revoked_at, 150);
	assert_int_equal(e->reason, 1);
	assert_int_equal(ix.crl_number, 7);
	assert_int_equal(ix.crl_this_update, 180);
	ca_index_clear(&ix);
}

/* With an intermediate all is revoked that was issued before, since then or since it was. */
static void test_retirement(void **state)
{
	const char *const lines[] = { ISSUE,
				      "issue 7e 1 2 300 both " HASH " b",
				      "revoke 7e 120 1",
				      "authority 55 400",
				      "authority 56 500",
				      "retire 150 2",
				      "authority 57 600",
				      "issue 7f 1 2 300 both " HASH " c",
				      NULL };
	struct ca_index ix = { 0 };
	struct ca_serial serial;

	(void)state;
	assert_true(read_lines(&ix, lines, NULL));
	assert_int_equal(ix.count, 3);
	assert_int_equal(ix.retired, 2);
	assert_int_equal(ix.retirements, 1);
	assert_true(ix.entries[0].revoked && ix.entries[1].revoked && !ix.entries[2].revoked);
	assert_int_equal(ix.entries[0].revoked_at, 150);
	assert_int_equal(ix.entries[0].reason, WARD_REVOKED_CA_COMPROMISE);
	assert_int_equal(ix.entries[1].revoked_at, 120);
	assert_int_equal(ix.entries[1].reason, 1);
	assert_int_equal(ix.authority_count, 3);
	assert_true(ca_serial_parse("56", &serial));
	assert_true(ca_index_find_authority(&ix, &serial)->revoked);
	assert_int_equal(ca_index_find_authority(&ix, &serial)->revoked_at, 150);
	assert_true(ca_serial_parse("57", &serial));
	assert_false(ca_index_find_authority(&ix, &serial)->revoked);
	assert_int_equal(ca_index_find_authority(&ix, &serial)->not_after, 600);
	assert_true(ca_serial_parse("58", &serial));
	assert_null(ca_index_find_authority(&ix, &serial));
	ca_index_clear(&ix);
}

/* Every byte of good lines is changed in turn; each change is damage, or leaves the last line
 * without its end. */
static void test_every_change(void **state)
{
	const char *const lines[] = { ISSUE, "crl 1 100 200", NULL };
	char good[400], bad[400], check[CA_CHECK_LEN + 1];
	struct ca_index ix = { 0 };
	size_t len = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t start = len;

		ca_index_check(&ix, span_string(lines[i]), check);
		len += (size_t)snprintf(good + len, sizeof(good) - len, "%s %s\n", check, lines[i]);
		assert_true(ca_index_parse(&ix, span_make(good + start, len - start), NULL));
	}
	ca_index_clear(&ix);
	for (size_t i = 0; i < len; i++) {
		bool ok;

		memcpy(bad, good, len);
		bad[i] ^= 1;
		ok = ca_index_parse(&ix, span_make(bad, len), NULL);
		assert_int_equal(ok, i == len - 1);
		assert_int_equal(ix.line, i < strlen(ISSUE) + CA_CHECK_LEN + 2 ? 0 : 1);
		ca_index_clear(&ix);
	}
	/* Cut off anywhere, what is whole counts, and nothing is damage. */
	for (size_t i = 0; i <= len; i++) {
		assert_true(ca_index_parse(&ix, span_make(good, i), NULL));
		assert_int_equal(ix.line, i == len ? 2 : i > strlen(ISSUE) + CA_CHECK_LEN + 1);
		ca_index_clear(&ix);
	}
}

static void test_long_line(void **state)
{
	static char content[CA_LINE_MAX + 2];
	const char *const lines[] = { content, NULL };
	struct ca_index ix = { 0 };

	(void)state;
	memset(content, 'a', sizeof(content) - 1);
	memcpy(content, ISSUE, strlen(ISSUE));
	content[CA_LINE_MAX] = '\0';
	assert_true(read_lines(&ix, lines, NULL));
	ca_index_clear(&ix);
	content[CA_LINE_MAX] = 'a';
	assert_false(read_lines(&ix, lines, NULL));
	ca_index_clear(&ix);
}

/* Among many, each is found, and no other. */
static void test_many(void **state)
{
	struct ca_index ix = { 0 };
	struct ca_serial serial;
	char content[200], text[12];
	const char *const lines[] = { content, NULL };

	(void)state;
	for (unsigned int i = 1; i <= 1000; i++) {
		snprintf(content, sizeof(content), "issue %06x 1 2 %u client " HASH " a",
			 0x800000 + i * 7919, i);
		assert_true(read_lines(&ix, lines, NULL));
	}
	for (unsigned int i = 1; i <= 1000; i++) {
		snprintf(text, sizeof(text), "%06x", 0x800000 + i * 7919);
		assert_true(ca_serial_parse(text, &serial));
		assert_int_equal(ca_index_find(&ix, &serial)->not_after, i);
		snprintf(text, sizeof(text), "%06x", 0x800000 + i * 7919 + 1);
		assert_true(ca_serial_parse(text, &serial));
		assert_null(ca_index_find(&ix, &serial));
	}
	ca_index_clear(&ix);
}

/* ---- the file ---- */

static void test_file(void **state)
{
	struct ca_entry entry = { .not_after = 9, .names = (char[]){ "a.test b.test" } };
	struct ca_index ix = { 0 }, again = { 0 };
	struct ward_error err = ERROR_NONE;
	const char *path = path_in(base, "index");

	(void)state;
	assert_false(ca_index_load(&ix, path, &err));
	assert_int_equal(err.reason, WARD_E_CA_DAMAGED);
	assert_true(file_write(path, span_string(""), 0600, NULL));
	assert_true(ca_index_load(&ix, path, NULL));
	assert_true(ca_serial_parse(SERIAL, &entry.serial));
	assert_true(ca_index_issue(&ix, path, &entry, NULL));
	assert_true(ca_index_revoke(&ix, path, &entry.serial, 5, 4, NULL));
	assert_true(ca_index_crl(&ix, path, 3, 6, 7, NULL));
	assert_true(ca_index_load(&again, path, NULL));
	assert_int_equal(again.line, 3);
	assert_string_equal(again.entries[0].names, "a.test b.test");
	assert_int_equal(again.entries[0].reason, 4);

	/* What no line could hold is refused before it is written. */
	err = ERROR_NONE;
	assert_false(ca_index_issue(&ix, path, &entry, &err)); /* a second time */
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_true(ca_serial_parse("77", &entry.serial));
	entry.names = (char[]){ "a\nb" };
	assert_false(ca_index_issue(&ix, path, &entry, NULL));
	entry.names = (char[]){ "" };
	assert_false(ca_index_issue(&ix, path, &entry, NULL));
	assert_false(ca_index_revoke(&ix, path, &entry.serial, 5, 4, NULL));
	assert_false(ca_index_revoke(&ix, path, &again.entries[0].serial, 5, 6, NULL));
	assert_false(ca_index_crl(&ix, path, 3, 6, 7, NULL));
	assert_true(ca_index_load(&again, path, NULL));
	assert_int_equal(again.line, 3);

	/* It cannot become shorter. */
	err = ERROR_NONE;
	assert_int_equal(truncate(path, 10), 0);
	assert_false(ca_index_load(&again, path, &err));
	assert_int_equal(err.reason, WARD_E_CA_DAMAGED);
	ca_index_clear(&ix);
	ca_index_clear(&again);
}

static void test_no_file(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct ca_index ix = { 0 };

	(void)state;
	assert_false(ca_index_load(&ix, base, &err));
	assert_int_equal(err.reason, WARD_E_CA_DAMAGED);
	assert_int_equal(symlink("index", path_in(base, "link")), 0);
	err = ERROR_NONE;
	assert_false(ca_index_load(&ix, path_in(base, "link"), &err));
	assert_int_equal(err.reason, WARD_E_FILE_READ);
}

/* ---- words ---- */

static const struct serial_row {
	const char *name;
	const char *text;
	const char *written; /* NULL: it is none */
} serials[] = {
	{ "digits", "0a0b", "0a0b" },
	{ "an odd number of them", "a0b", "0a0b" },
	{ "in upper case", "AbCd", "abcd" },
	{ "with colons", "AB:CD:01", "abcd01" },
	{ "with leading zeros", "00:00:07", "07" },
	{ "zero", "0", "00" },
	{ "20 bytes", SERIAL "00112233", SERIAL "00112233" },
	{ "20 bytes behind zeros", "000000000000" SERIAL "00112233", SERIAL "00112233" },
	{ "nothing", "", NULL },
	{ "colons alone", "::", NULL },
	{ "another letter", "0g", NULL },
	{ "a blank", "0a 0b", NULL },
	{ "a prefix", "0x0a", NULL },
	{ "21 bytes", SERIAL "0011223344", NULL },
	{ "more than fits", SERIAL SERIAL SERIAL SERIAL, NULL },
};

static void test_serial(void **state)
{
	const struct serial_row *row = *state;
	struct ca_serial serial;
	char text[CA_SERIAL_TEXT];

	assert_int_equal(ca_serial_parse(row->text, &serial), row->written != NULL);
	if (row->written != NULL)
		assert_string_equal(ca_serial_text(&serial, text), row->written);
}

static const struct reason_row {
	const char *name;
	int reason; /* -1: not given */
} reasons[] = {
	{ "unspecified", 0 },
	{ "keyCompromise", 1 },
	{ "KEYCOMPROMISE", 1 },
	{ "CACompromise", 2 },
	{ "affiliationChanged", 3 },
	{ "superseded", 4 },
	{ "cessationOfOperation", 5 },
	{ "certificateHold", -1 },
	{ "removeFromCRL", -1 },
	{ "privilegeWithdrawn", 9 },
	{ "AACompromise", 10 },
	{ "compromise", -1 },
	{ "", -1 },
};

static void test_reason(void **state)
{
	const struct reason_row *row = *state;
	int reason;

	assert_int_equal(ca_reason_parse(row->name, &reason), row->reason >= 0);
	if (row->reason >= 0)
		assert_int_equal(reason, row->reason);
}

static void test_profiles(void **state)
{
	static const char *const words[] = { "server", "client", "both" };
	enum ward_profile profile;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(ca_profile_parse(words[i], &profile));
		assert_string_equal(ca_profile_name(profile), words[i]);
	}
	assert_false(ca_profile_parse("ca", &profile));
	assert_false(ca_profile_parse("", &profile));
	assert_string_equal(ca_profile_name(WARD_PROFILE_CA), "?");
}

int main(void)
{
	struct table t = { 0 };
	int status;

	if (mkdtemp(base) == NULL)
		return 1;
	TABLE_ADD(&t, contents, test_content);
	table_add(&t, "what an intermediate takes with it", test_retirement, NULL);
	table_add(&t, "what lines mean", test_meaning, NULL);
	table_add(&t, "every byte is changed, and the end is cut off", test_every_change, NULL);
	table_add(&t, "the longest line", test_long_line, NULL);
	table_add(&t, "a thousand of them", test_many, NULL);
	table_add(&t, "written and read", test_file, NULL);
	table_add(&t, "what is no file", test_no_file, NULL);
	TABLE_ADD(&t, serials, test_serial);
	TABLE_ADD(&t, reasons, test_reason);
	table_add(&t, "profiles", test_profiles, NULL);
	status = table_run(&t, "index");
	return scratch_remove(base) == 0 ? status : 1;
}
