/*
 * Names from text: both forms, what RFC 4514 escapes, the types of strings, and what is refused.
 */
#include "x509/name_make.h"

#include "support/table.h"
#include "x509/name.h"

static const struct row {
	const char *name, *text;
	const char *again; /* as name_text has it */
} rows[] = {
	{ "slashes: the first part first", "/C=DE/O=X/CN=y", "CN=y,O=X,C=DE" },
	{ "RFC 4514: the last part first", "CN=y,O=X,C=DE", "CN=y,O=X,C=DE" },
	{ "blanks around separators", "CN = y , O = X y ", "CN=y,O=X y" },
	{ "long names of types, in any case", "/countryname=DE/commonName=y", "CN=y,C=DE" },
	{ "a type by its OID", "/2.5.4.3=y", "CN=y" },
	{ "parts without a value are left out", "/C=/ST=/CN=y", "CN=y" },
	{ "several attributes of one part", "/CN=a+UID=b", "CN=a+UID=b" },
	{ "the same in RFC 4514", "UID=b+CN=a,O=X", "CN=a+UID=b,O=X" },
	{ "one that is left out is no part", "/O=X/CN=+UID=b", "UID=b,O=X" },
	{ "an escaped slash", "/CN=a\\/b", "CN=a/b" },
	{ "an escaped comma and plus", "CN=a\\,b\\+c", "CN=a\\,b\\+c" },
	{ "an escaped blank at the end", "CN=a\\ ", "CN=a\\ " },
	{ "bytes in hex", "CN=\\c3\\bc", "CN=\xc3\xbc" },
	{ "a value as DER in hex", "CN=#0c0161", "CN=a" },
	{ "a comma means nothing between slashes", "/CN=a,b", "CN=a\\,b" },
	{ "a slash means nothing in RFC 4514", "CN=a/b", "CN=a/b" },
	{ "a mail address and a domain", "/DC=org/emailAddress=a@b.example",
	  "emailAddress=a@b.example,DC=org" },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct ward_error err = ERROR_NONE;
	uint8_t der[NAME_DER_MAX];
	struct writer w = writer_make(der, sizeof(der), &err);
	char buf[200];

	if (!name_write_text(&w, row->text, &err))
		fail_msg("%s", err.detail);
	name_check(writer_span(&w), &err);
	assert_false(error_is_set(&err));
	assert_string_equal(name_text(writer_span(&w), buf, sizeof(buf)), row->again);
}

static const struct type_row {
	const char *name, *text;
	int tag;
} types[] = {
	{ "a common name is UTF-8", "/CN=a", DER_UTF8_STRING },
	{ "a country is printable", "/C=DE", DER_PRINTABLE_STRING },
	{ "a mail address is IA5", "/emailAddress=a@b", DER_IA5_STRING },
	{ "what is not known is UTF-8", "/1.2.3.4=a", DER_UTF8_STRING },
};

static void test_type(void **state)
{
	const struct type_row *row = *state;
	struct ward_error err = ERROR_NONE;
	uint8_t der[NAME_DER_MAX];
	struct writer w = writer_make(der, sizeof(der), &err);
	struct name_attribute a;
	struct name_walk walk;

	assert_true(name_write_text(&w, row->text, &err));
	name_walk_start(&walk, writer_span(&w));
	assert_true(name_walk_next(&walk, &a));
	assert_int_equal(a.tag, row->tag);
}

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static const struct bad_row {
	const char *name, *text, *detail;
} bad[] = {
	{ "no text", "", "subject: it is empty" },
	{ "slashes alone", "/", "subject: it is empty" },
	{ "no equals sign", "/CN",
	  "subject: \"CN\" has no value; the form is /C=DE/O=Example/CN=name" },
	{ "no equals sign in RFC 4514", "CN=a,b",
	  "subject: \"b\" has no value; the form is CN=name,O=Example,C=DE" },
	{ "a type that is none", "/XYZ=a",
	  "subject: \"XYZ\" is no attribute; give one such as CN, O or C, or its OID" },
	{ "an empty value in RFC 4514",
	  "CN=", "subject: CN has 0 characters; 1 to 64 are allowed" },
	{ "a country of three letters", "/C=DEU", "subject: C has 3 characters; it must have 2" },
	{ "a country that is not printable", "/C=D\xc3\xbc",
	  "subject: C holds a character that is not allowed there" },
	{ "a common name of 65 characters", "/CN=" SIXTY "12345",
	  "subject: CN has 65 characters; 1 to 64 are allowed" },
	{ "bytes that are no UTF-8", "/CN=\xff", "subject: CN is not UTF-8" },
	{ "a line feed", "/CN=a\nb", "subject: CN holds a control character" },
	{ "a zero byte in hex", "CN=a\\00b", "subject: CN holds a control character" },
	{ "a backslash at the end", "/CN=a\\", "subject: nothing stands behind the last \\" },
	{ "hex that is no DER", "CN=#0c02", "subject: what stands behind # is not DER in hex" },
	{ "hex with something behind", "CN=#0c0161x",
	  "subject: what stands behind # is not DER in hex" },
	{ "a comma at the end", "CN=a,", "subject: it ends too early" },
	{ "a plus at the end", "/CN=a+", "subject: it ends too early" },
};

static void test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct ward_error err = ERROR_NONE;
	uint8_t der[NAME_DER_MAX];
	struct writer w = writer_make(der, sizeof(der), &err);

	assert_false(name_write_text(&w, row->text, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_string_equal(err.detail, row->detail);
}

static void test_too_long(void **state)
{
	char text[5000] = "";
	struct ward_error err = ERROR_NONE;
	uint8_t der[NAME_DER_MAX];
	struct writer w = writer_make(der, sizeof(der), &err);

	(void)state;
	memset(text, '/', sizeof(text) - 1);
	assert_false(name_write_text(&w, text, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
}

static void test_too_many(void **state)
{
	char text[600] = "";
	struct ward_error err = ERROR_NONE;
	uint8_t der[NAME_DER_MAX];
	struct writer w = writer_make(der, sizeof(der), &err);

	(void)state;
	for (size_t i = 0; i < 65; i++)
		memcpy(text + 5 * i, "/CN=a", 6);
	assert_false(name_write_text(&w, text, &err));
	assert_string_equal(err.detail, "subject: more than 64 attributes");
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_row);
	TABLE_ADD(&t, types, test_type);
	TABLE_ADD(&t, bad, test_bad);
	table_add(&t, "a text of 5000 bytes", test_too_long, NULL);
	table_add(&t, "sixty-five parts", test_too_many, NULL);
	return table_run(&t, "name_make");
}
