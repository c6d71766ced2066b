/*
 * IP addresses as text: what is read, what is refused, and the one form that is written
 * (RFC 4291, 2.2; RFC 5952).
 */
#include "x509/ip.h"

#include "support/table.h"

static const struct parse_row {
	const char *name, *text, *hex; /* "": refused */
} parses[] = {
	{ "IPv4", "192.0.2.1", "c0000201" },
	{ "IPv4, the lowest", "0.0.0.0", "00000000" },
	{ "IPv4, the highest", "255.255.255.255", "ffffffff" },
	{ "three numbers", "127.0.1", "" },
	{ "five numbers", "1.2.3.4.5", "" },
	{ "a number of 256", "1.2.3.256", "" },
	{ "a number of four digits", "1.2.3.0001", "" },
	{ "a leading zero, octal to some", "127.0.0.01", "" },
	{ "hexadecimal", "0x7f.0.0.1", "" },
	{ "one number alone", "2130706433", "" },
	{ "a dot at the end", "127.0.0.1.", "" },
	{ "a blank in front", " 127.0.0.1", "" },
	{ "a blank behind", "127.0.0.1 ", "" },
	{ "a sign", "+1.2.3.4", "" },
	{ "an empty number", "1..3.4", "" },
	{ "IPv4 in brackets", "[127.0.0.1]", "" },
	{ "nothing", "", "" },

	{ "IPv6 in full", "2001:db8:1:2:3:4:5:6", "20010db8000100020003000400050006" },
	{ "IPv6 in brackets", "[2001:db8::1]", "20010db8000000000000000000000001" },
	{ "upper case", "2001:DB8::ABCD", "20010db800000000000000000000abcd" },
	{ "nothing but the gap", "::", "00000000000000000000000000000000" },
	{ "a gap in front", "::1", "00000000000000000000000000000001" },
	{ "a gap behind", "1::", "00010000000000000000000000000000" },
	{ "a gap for one group", "1:2:3:4:5:6:7::", "00010002000300040005000600070000" },
	{ "a gap for one group in the middle", "1:2:3::5:6:7:8",
	  "00010002000300000005000600070008" },
	{ "IPv4 at the end", "::ffff:192.0.2.1", "00000000000000000000ffffc0000201" },
	{ "IPv4 at the end, without a gap", "1:2:3:4:5:6:1.2.3.4",
	  "00010002000300040005000601020304" },
	{ "IPv4 right behind the gap", "::1.2.3.4", "00000000000000000000000001020304" },
	{ "a gap for no group", "1:2:3:4::5:6:7:8", "" },
	{ "a gap for no group in front", "::1:2:3:4:5:6:7:8", "" },
	{ "two gaps", "1::2::3", "" },
	{ "three colons", "1:::2", "" },
	{ "nine groups", "1:2:3:4:5:6:7:8:9", "" },
	{ "seven groups", "1:2:3:4:5:6:7", "" },
	{ "five digits", "1:2:3:4:5:6:7:00008", "" },
	{ "a colon at the end", "1:2:3:4:5:6:7:", "" },
	{ "a colon in front", ":1:2:3:4:5:6:7", "" },
	{ "one colon", ":", "" },
	{ "IPv4 in the middle", "1:1.2.3.4:2::", "" },
	{ "IPv4 after seven groups", "1:2:3:4:5:6:7:1.2.3.4", "" },
	{ "IPv4 with a leading zero at the end", "::1.2.3.04", "" },
	{ "a scope", "fe80::1%eth0", "" },
	{ "no hexadecimal digit", "::g", "" },
	{ "a bracket alone", "[::1", "" },
	{ "nothing in brackets", "[]", "" },
	{ "a port", "[::1]:443", "" },
};

static void test_parse(void **state)
{
	const struct parse_row *row = *state;
	struct span text = table_bytes(row->text, strlen(row->text));
	struct span wanted = table_hex(row->hex);
	uint8_t out[16];

	assert_int_equal(ip_parse(text, out), wanted.len);
	assert_span_equal(span_make(out, wanted.len), wanted);
}

static const struct text_row {
	const char *name, *hex, *text;
} texts[] = {
	{ "IPv4", "c0000201", "192.0.2.1" },
	{ "no leading zeros", "20010db8000000010002000300040005", "2001:db8:0:1:2:3:4:5" },
	{ "the gap is the longest run", "20010db8000000000001000000000000", "2001:db8:0:0:1::" },
	{ "the first of two", "20010db8000000000001000000000001", "2001:db8::1:0:0:1" },
	{ "no gap for one group", "20010db8000100000001000100010001", "2001:db8:1:0:1:1:1:1" },
	{ "a gap in front", "00000000000000000000000000000001", "::1" },
	{ "a gap at the end", "20010db8000000000000000000000000", "2001:db8::" },
	{ "all zeros", "00000000000000000000000000000000", "::" },
	{ "neither four bytes nor sixteen", "0102", "0102" },
	{ "no bytes", "", "" },
};

static void test_text(void **state)
{
	const struct text_row *row = *state;
	char buf[IP_TEXT_MAX];
	char small[4];

	assert_string_equal(ip_text(table_hex(row->hex), buf, sizeof(buf)), row->text);
	assert_true(strlen(ip_text(table_hex(row->hex), small, sizeof(small))) < sizeof(small));
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, parses, test_parse);
	TABLE_ADD(&t, texts, test_text);
	return table_run(&t, "ip");
}
