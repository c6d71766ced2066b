/*
 * Byte ranges of RFC 9110, 14.1.2, for a file of some size.
 */
#include "serve/range.h"

#include <stdio.h>

#include "support/table.h"

static const struct range_row {
	const char *name;
	const char *value;
	uint64_t size;
	enum range_verdict verdict;
	const char *parts; /* "offset+len offset+len" */
} rows[] = {
	{ "the first bytes", "bytes=0-499", 10000, RANGE_PARTS, "0+500" },
	{ "the second bytes", "bytes=500-999", 10000, RANGE_PARTS, "500+500" },
	{ "the last bytes by a suffix", "bytes=-500", 10000, RANGE_PARTS, "9500+500" },
	{ "from a place to the end", "bytes=9500-", 10000, RANGE_PARTS, "9500+500" },
	{ "first and last byte", "bytes=0-0,-1", 10000, RANGE_PARTS, "0+1 9999+1" },
	{ "the example of the RFC", "bytes= 0-999, 4500-5499, -1000", 10000, RANGE_PARTS,
	  "0+1000 4500+1000 9000+1000" },
	{ "three with blanks", "bytes=0-999, 4500-5499 ,\t-1000", 10000, RANGE_PARTS,
	  "0+1000 4500+1000 9000+1000" },
	{ "the order is the client's", "bytes=5-6,0-1", 10, RANGE_PARTS, "5+2 0+2" },
	{ "the unit in upper case", "BYTES=0-1", 10, RANGE_PARTS, "0+2" },
	{ "the last byte alone", "bytes=9-9", 10, RANGE_PARTS, "9+1" },
	{ "an end that is past the file", "bytes=5-99", 10, RANGE_PARTS, "5+5" },
	{ "a suffix longer than the file", "bytes=-99", 10, RANGE_PARTS, "0+10" },
	{ "all of it", "bytes=0-", 10, RANGE_PARTS, "0+10" },
	{ "a number of more than 64 bits", "bytes=0-99999999999999999999", 10, RANGE_PARTS,
	  "0+10" },
	{ "empty elements", "bytes=,0-0,,9-9,", 10, RANGE_PARTS, "0+1 9+1" },
	{ "one inside, one outside", "bytes=20-30,0-0", 10, RANGE_PARTS, "0+1" },

	{ "a start at the end", "bytes=10-", 10, RANGE_UNSATISFIABLE, "" },
	{ "a start past the end", "bytes=20-30", 10, RANGE_UNSATISFIABLE, "" },
	{ "a start of more than 64 bits", "bytes=99999999999999999999-", 10, RANGE_UNSATISFIABLE,
	  "" },
	{ "a suffix of no bytes", "bytes=-0", 10, RANGE_UNSATISFIABLE, "" },
	{ "anything of an empty file", "bytes=0-0", 0, RANGE_UNSATISFIABLE, "" },
	{ "a suffix of an empty file", "bytes=-5", 0, RANGE_UNSATISFIABLE, "" },
	{ "the largest number", "bytes=18446744073709551615-18446744073709551615", UINT64_MAX,
	  RANGE_UNSATISFIABLE, "" },

	{ "no value", "", 10, RANGE_WHOLE, "" },
	{ "no ranges", "bytes=", 10, RANGE_WHOLE, "" },
	{ "nothing but commas", "bytes=,,", 10, RANGE_WHOLE, "" },
	{ "another unit", "lines=0-1", 10, RANGE_WHOLE, "" },
	{ "no unit", "0-1", 10, RANGE_WHOLE, "" },
	{ "a blank behind the unit", "bytes =0-1", 10, RANGE_WHOLE, "" },
	{ "the end before the start", "bytes=5-4", 10, RANGE_WHOLE, "" },
	{ "a dash alone", "bytes=-", 10, RANGE_WHOLE, "" },
	{ "no dash", "bytes=5", 10, RANGE_WHOLE, "" },
	{ "a sign", "bytes=+1-2", 10, RANGE_WHOLE, "" },
	{ "two dashes", "bytes=1--2", 10, RANGE_WHOLE, "" },
	{ "letters", "bytes=a-b", 10, RANGE_WHOLE, "" },
	{ "a semicolon between", "bytes=0-1;2-3", 10, RANGE_WHOLE, "" },
	{ "one good, one malformed", "bytes=0-1,x", 10, RANGE_WHOLE, "" },
	{ "hexadecimal", "bytes=0x0-0x1", 10, RANGE_WHOLE, "" },

	{ "sixteen parts",
	  "bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,10-10,11-11,12-12,13-13,"
	  "14-14,15-15",
	  100, RANGE_PARTS,
	  "0+1 1+1 2+1 3+1 4+1 5+1 6+1 7+1 8+1 9+1 10+1 11+1 12+1 13+1 14+1 15+1" },
	{ "seventeen parts",
	  "bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,10-10,11-11,12-12,13-13,14-14,15-15,16-16",
	  100, RANGE_WHOLE, "" },
	{ "parts that together are more than the file", "bytes=0-,0-", 10, RANGE_WHOLE, "" },
	{ "parts that together are one byte more", "bytes=0-8,8-9", 10, RANGE_WHOLE, "" },
	{ "parts that together are the file", "bytes=0-4,5-9", 10, RANGE_PARTS, "0+5 5+5" },
};

static void test_range(void **state)
{
	const struct range_row *row = *state;
	struct range parts[RANGES_MAX];
	char text[512] = "";
	size_t count, len = 0;

	assert_int_equal(
		range_read(table_bytes(row->value, strlen(row->value)), row->size, parts, &count),
		row->verdict);
	for (size_t i = 0; row->verdict == RANGE_PARTS && i < count; i++) {
		assert_true(parts[i].len > 0 && parts[i].len <= row->size - parts[i].offset);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%llu+%llu",
					i == 0 ? "" : " ", (unsigned long long)parts[i].offset,
					(unsigned long long)parts[i].len);
	}
	assert_string_equal(text, row->parts);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_range);
	return table_run(&t, "range");
}
