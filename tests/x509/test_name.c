/*
 * Distinguished names: comparison (RFC 5280, 7.1), hash, and text (RFC 4514).
 */
#include "x509/name.h"

#include "support/table.h"
#include "wire/der.h"
#include "x509/oid.h"
#include "x509/text.h"

/* CN=…, with the type of the string; and a Name of one part or two. Lengths are one byte. */
#define CN(attribute_len, value) "30" attribute_len "0603550403" value
#define ONE(name_len, part_len, attribute) "30" name_len "31" part_len attribute

/* CN=ab in several ways */
#define UTF8_AB ONE("0d", "0b", CN("09", "0c026162"))
#define PRINTABLE_AB ONE("0d", "0b", CN("09", "13026162"))

static const struct equal_row {
	const char *name, *a, *b;
	bool equal;
} equals[] = {
	{ "the same bytes", UTF8_AB, UTF8_AB, true },
	{ "another type of string", UTF8_AB, PRINTABLE_AB, true },
	{ "another case", UTF8_AB, ONE("0d", "0b", CN("09", "0c024142")), true },
	{ "two bytes for a character", UTF8_AB, ONE("0f", "0d", CN("0b", "1e0400610062")), true },
	{ "four bytes for a character", UTF8_AB, ONE("13", "11", CN("0f", "1c080000006100000062")),
	  true },
	{ "an umlaut in two encodings", ONE("0d", "0b", CN("09", "0c02c3bc")),
	  ONE("0d", "0b", CN("09", "1e0200fc")), true },
	{ "case beyond ASCII is kept", ONE("0d", "0b", CN("09", "0c02c3bc")),
	  ONE("0d", "0b", CN("09", "0c02c39c")), false },
	{ "another case up to a last byte that differs",
	  ONE("10", "0e", CN("0c", "0c056162636465")), ONE("10", "0e", CN("0c", "0c054142434466")),
	  false },
	{ "another case, then blanks, one and two", ONE("10", "0e", CN("0c", "0c056162206364")),
	  ONE("11", "0f", CN("0d", "0c06414220204344")), true },
	{ "another case, then blanks at the end", UTF8_AB, ONE("0e", "0c", CN("0a", "0c03414220")),
	  true },
	{ "signs that differ by the bit of the case", ONE("0d", "0b", CN("09", "0c02405b")),
	  ONE("0d", "0b", CN("09", "0c02607b")), false },
	{ "blanks around", UTF8_AB, ONE("10", "0e", CN("0c", "0c052061622020")), true },
	{ "one blank or more within", ONE("0f", "0d", CN("0b", "0c0461202062")),
	  ONE("0e", "0c", CN("0a", "0c03610962")), true },
	{ "a blank within, and none", UTF8_AB, ONE("0e", "0c", CN("0a", "0c03612062")), false },
	{ "blanks alone, and nothing", ONE("0d", "0b", CN("09", "0c022020")),
	  ONE("0b", "09", CN("07", "0c00")), true },
	{ "other letters", UTF8_AB, ONE("0d", "0b", CN("09", "0c026163")), false },
	{ "the beginning of the other", UTF8_AB, ONE("0c", "0a", CN("08", "0c0161")), false },
	{ "another attribute", UTF8_AB, "300d310b3009060355040a0c026162", false },
	{ "a byte that is no UTF-8 and one that is", ONE("0c", "0a", CN("08", "0c01fc")),
	  ONE("0d", "0b", CN("09", "0c02c3bc")), false },
	{ "a NUL does not end a string", ONE("0e", "0c", CN("0a", "0c03610062")),
	  ONE("0e", "0c", CN("0a", "0c03610063")), false },
	{ "no string: the same bytes alone", ONE("0d", "0b", CN("09", "04026162")),
	  ONE("0d", "0b", CN("09", "04024142")), false },
	{ "a string and bytes", UTF8_AB, ONE("0d", "0b", CN("09", "04026162")), false },
	{ "an empty name and another", "3000", UTF8_AB, false },
	{ "two empty names", "3000", "3000", true },
	{ "the order of parts counts", "301a310b3009060355040a0c0262 63310b30090603550403130261 62",
	  "301a310b30090603550403130261 62310b3009060355040a0c026263", false },
	{ "the order within a part does not",
	  "30183116300906035504030c026162 3009060355040a0c026263",
	  "30183116 3009060355040a0c026243300906035504030c026162", true },
	{ "two parts, and one of two attributes",
	  "301a310b300906035504030c026162310b3009060355040a0c026263",
	  "30183116300906035504030c0261623009060355040a0c026263", false },
	{ "one attribute twice is not two", "30183116300906035504030c026162300906035504030c026162",
	  "30183116300906035504030c026162300906035504030c026163", false },
};

static struct span name_of(const char *hex)
{
	struct span name = table_hex(hex);
	struct ward_error err = ERROR_NONE;

	name_check(name, &err);
	assert_int_equal(err.reason, WARD_E_NONE);
	return name;
}

static void test_equal(void **state)
{
	const struct equal_row *row = *state;
	struct span a = name_of(row->a);
	struct span b = name_of(row->b);

	assert_int_equal(name_equal(a, b), row->equal);
	assert_int_equal(name_equal(b, a), row->equal);
	if (row->equal)
		assert_true(name_hash(a) == name_hash(b));
}

static const struct within_row {
	const char *name, *inner, *base;
	bool within;
} withins[] = {
	{ "the name itself", UTF8_AB, UTF8_AB, true },
	{ "everything lies in the empty name", UTF8_AB, "3000", true },
	{ "the empty name lies in no other", "3000", UTF8_AB, false },
	{ "a name below", "301a310b30090603550403130241 42310b3009060355040a0c026263", UTF8_AB,
	  true },
	{ "a name above", UTF8_AB, "301a310b300906035504030c026162310b3009060355040a0c026263",
	  false },
	{ "a part that has one attribute more",
	  "30183116300906035504030c0261623009060355040a0c026263", UTF8_AB, false },
	{ "the parts at the end", "301a310b3009060355040a0c026263310b300906035504030c026162",
	  UTF8_AB, false },
};

static void test_within(void **state)
{
	const struct within_row *row = *state;

	assert_int_equal(name_is_within(name_of(row->inner), name_of(row->base)), row->within);
}

static const struct text_row {
	const char *name, *hex, *text;
} texts[] = {
	{ "the last part first", "301a310b3009060355040a0c026263310b300906035504030c026162",
	  "CN=ab,O=bc" },
	{ "two attributes of one part", "30183116300906035504030c0261623009060355040a0c026263",
	  "CN=ab+O=bc" },
	{ "nothing", "3000", "" },
	{ "characters that have a meaning", ONE("11", "0f", CN("0d", "0c062c2b22 3c3e3b")),
	  "CN=\\,\\+\\\"\\<\\>\\;" },
	{ "a backslash", ONE("0c", "0a", CN("08", "0c015c")), "CN=\\\\" },
	{ "a sharp in front", ONE("0d", "0b", CN("09", "0c022323")), "CN=\\##" },
	{ "blanks at both ends", ONE("0e", "0c", CN("0a", "0c03206120")), "CN=\\ a\\ " },
	{ "a control character", ONE("0c", "0a", CN("08", "0c010a")), "CN=\\0A" },
	{ "a NUL", ONE("0e", "0c", CN("0a", "0c03610062")), "CN=a\\00b" },
	{ "an escape sequence", ONE("0e", "0c", CN("0a", "0c031b5b6d")), "CN=\\1B[m" },
	{ "text from right to left", ONE("0e", "0c", CN("0a", "0c03e280ae")), "CN=\\E2\\80\\AE" },
	{ "text set apart in its direction", ONE("0e", "0c", CN("0a", "0c03e281a7")),
	  "CN=\\E2\\81\\A7" },
	{ "a letter that is not seen", ONE("0e", "0c", CN("0a", "0c03e1859f")), "CN=\\E1\\85\\9F" },
	{ "a selector of a variation", ONE("0e", "0c", CN("0a", "0c03efb88f")), "CN=\\EF\\B8\\8F" },
	{ "UTF-8 is kept", ONE("0e", "0c", CN("0a", "0c03e282ac")), "CN=\xe2\x82\xac" },
	{ "UTF-8", ONE("0d", "0b", CN("09", "0c02c3bc")), "CN=\xc3\xbc" },
	{ "a byte that is no UTF-8", ONE("0c", "0a", CN("08", "0c01ff")), "CN=\\FF" },
	{ "UTF-8 that is too long for what it says", ONE("0d", "0b", CN("09", "0c02c080")),
	  "CN=\\C0\\80" },
	{ "half of a pair of UTF-16", ONE("0d", "0b", CN("09", "1e02d800")), "CN=\\ED\\A0\\80" },
	{ "Latin 1", ONE("0c", "0a", CN("08", "1401fc")), "CN=\xc3\xbc" },
	{ "two bytes for a character", ONE("0d", "0b", CN("09", "1e0220ac")), "CN=\xe2\x82\xac" },
	{ "a type without a name", "300c310a300806032a03040c0161", "1.2.3.4=#0c0161" },
	{ "a value that is no string", ONE("0c", "0a", CN("08", "04 01 61")), "CN=#040161" },
};

static void test_text(void **state)
{
	const struct text_row *row = *state;
	struct span name = name_of(row->hex);
	char buf[128];

	assert_string_equal(name_text(name, buf, sizeof(buf)), row->text);
	for (size_t size = 1; size < sizeof(buf); size++) {
		name_text(name, buf, size);
		assert_true(strlen(buf) < size);
		assert_memory_equal(buf, row->text, strlen(buf));
	}
}

/* Cut at whole characters: an escape stays whole, so does UTF-8. */
static void test_cut(void **state)
{
	struct span name = name_of(ONE("0e", "0c", CN("0a", "0c0361c3bc")));
	char buf[16];

	(void)state;
	assert_string_equal(name_text(name, buf, 6), "CN=a");
	assert_string_equal(name_text(name, buf, 7), "CN=a\xc3\xbc");
}

static void test_find(void **state)
{
	/* O=bc, CN=ab, CN=cd */
	struct span name = name_of("3027310b3009060355040a0c026263310b300906035504030c026162"
				   "310b300906035504030c026364");
	struct name_attribute a;
	char buf[8];

	(void)state;
	assert_true(name_find(name, OID_COMMON_NAME, &a));
	assert_string_equal(name_value_text(&a, buf, sizeof(buf)), "cd");
	assert_true(name_find(name, OID_ORGANIZATION, &a));
	assert_span_equal(a.whole, table_hex("0c026263"));
	assert_false(name_find(name, OID_EMAIL_ADDRESS, &a));
}

/* A name of very many parts is cut, and costs no more than what is shown. */
static void test_many_parts(void **state)
{
	static uint8_t bytes[4 + 13 * 1000];
	char buf[1024];
	char small[8];

	(void)state;
	memcpy(bytes, "\x30\x82\x32\xc8", 4);
	for (size_t i = 0; i < 1000; i++)
		memcpy(bytes + 4 + 13 * i, "\x31\x0b\x30\x09\x06\x03\x55\x04\x0a\x0c\x02zz", 13);
	name_text(SPAN_ARRAY(bytes), buf, sizeof(buf));
	assert_int_equal(strlen(buf), 64 * 5 - 1);
	assert_string_equal(name_text(SPAN_ARRAY(bytes), small, sizeof(small)), "O=zz,O=");
}

/* ---- OIDs ---- */

static const struct oid_row {
	const char *name, *hex, *text;
} oids[] = {
	{ "one with a name", "550403", "CN" },
	{ "an extension", "551d13", "basicConstraints" },
	{ "a signature", "2a8648ce3d040302", "ecdsa-with-SHA256" },
	{ "one without", "2a0304", "1.2.3.4" },
	{ "one with a large arc", "2b0601040182370a", "1.3.6.1.4.1.311.10" },
};

static void test_oid(void **state)
{
	const struct oid_row *row = *state;
	struct span oid = table_hex(row->hex);
	char buf[64];

	assert_string_equal(oid_text(oid, buf, sizeof(buf)), row->text);
	assert_int_equal(oid_name(oid) != NULL, row->text[0] > '9');
}

/* ---- text ---- */

static void test_dates(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} dates[] = {
		{ 0, "1970-01-01" },          { 1767312000, "2026-01-02" },
		{ -631152000, "1950-01-01" }, { -631152001, "1949-12-31" },
		{ 2524608000, "2050-01-01" }, { INT64_MAX, "an unknown date" },
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		struct text t = text_make(buf, sizeof(buf));

		text_put_date(&t, dates[i].seconds);
		assert_string_equal(buf, dates[i].text);
	}
}

/* What did not fit ends the text: nothing shorter that comes later gets in behind the gap. */
static void test_full(void **state)
{
	char buf[4];
	struct text t = text_make(buf, sizeof(buf));

	(void)state;
	text_put_bytes(&t, "abcd", 4);
	text_put(&t, "x");
	assert_string_equal(buf, "");
	t = text_make(buf, sizeof(buf));
	text_put_hex(&t, SPAN_LITERAL("\x01\x02"));
	assert_string_equal(buf, "01");
	t = text_make(NULL, 0);
	text_put(&t, "x");
	assert_true(t.full);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, equals, test_equal);
	TABLE_ADD(&t, withins, test_within);
	TABLE_ADD(&t, texts, test_text);
	table_add(&t, "text is cut at whole characters", test_cut, NULL);
	table_add(&t, "the last attribute of a type", test_find, NULL);
	table_add(&t, "a name of a thousand parts", test_many_parts, NULL);
	TABLE_ADD(&t, oids, test_oid);
	table_add(&t, "dates", test_dates, NULL);
	table_add(&t, "text that is full", test_full, NULL);
	return table_run(&t, "name");
}
