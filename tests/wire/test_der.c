/*
 * Reading DER: what X.690 allows, and hostile forms of it, each with its reason and place.
 */
#include "wire/der.h"

#include "support/table.h"

/* ---- one element ---- */

static const struct element_row {
	const char *name;
	const char *hex;
	enum ward_reason reason;
	int offset;
	size_t len; /* of the content */
} elements[] = {
	{ "a NULL", "0500", WARD_E_NONE, -1, 0 },
	{ "an OCTET STRING of one byte", "0401aa", WARD_E_NONE, -1, 1 },
	{ "a context tag", "8001aa", WARD_E_NONE, -1, 1 },
	{ "an application tag", "4101aa", WARD_E_NONE, -1, 1 },
	{ "a private constructed tag", "e100", WARD_E_NONE, -1, 0 },
	{ "nothing at all", "", WARD_E_TRUNCATED, 0, 0 },
	{ "a tag alone", "04", WARD_E_TRUNCATED, 1, 0 },
	{ "content cut off", "0402aa", WARD_E_TRUNCATED, 2, 0 },
	{ "a length cut off", "048201", WARD_E_TRUNCATED, 3, 0 },
	{ "content of 4 GiB that is not there", "0484ffffffff", WARD_E_TRUNCATED, 6, 0 },
	{ "the indefinite form", "30800000", WARD_E_DER_LENGTH, 0, 0 },
	{ "the indefinite form, primitive", "0480aa0000", WARD_E_DER_LENGTH, 0, 0 },
	{ "the reserved length FF", "04ffaa", WARD_E_DER_LENGTH, 0, 0 },
	{ "a long form that the short one says", "048101aa", WARD_E_DER_LENGTH, 0, 0 },
	{ "a long form of 127", "04817f", WARD_E_DER_LENGTH, 0, 0 },
	{ "a long form of zero", "048100", WARD_E_DER_LENGTH, 0, 0 },
	{ "a length with a zero in front", "04820080", WARD_E_DER_LENGTH, 0, 0 },
	{ "a four-byte length with a zero in front", "048400ffffff", WARD_E_DER_LENGTH, 0, 0 },
	{ "a five-byte length", "04850000000001aa", WARD_E_DER_LENGTH, 0, 0 },
	{ "a five-byte length that needs five", "04850100000000aa", WARD_E_DER_LENGTH, 0, 0 },
	{ "a length of 126 bytes", "04fe00", WARD_E_DER_LENGTH, 0, 0 },
	{ "a high tag number", "1f2000", WARD_E_BAD_DER, 0, 0 },
	{ "a high tag number of the context class", "bf8f7f00", WARD_E_BAD_DER, 0, 0 },
	{ "an end-of-contents element", "0000", WARD_E_BAD_DER, 0, 0 },
	{ "an OCTET STRING in pieces", "24030401aa", WARD_E_BAD_DER, 0, 0 },
	{ "a constructed INTEGER", "2203020100", WARD_E_BAD_DER, 0, 0 },
	{ "a primitive SEQUENCE", "1000", WARD_E_BAD_DER, 0, 0 },
	{ "a primitive SET", "1100", WARD_E_BAD_DER, 0, 0 },
};

static void test_element(void **state)
{
	const struct element_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct span der = table_hex(row->hex);
	struct reader r = reader_make(der, &err);
	int tag;
	struct span content = der_any(&r, &tag);

	assert_int_equal(err.reason, row->reason);
	assert_int_equal(err.offset, row->offset);
	assert_int_equal(content.len, row->len);
	assert_int_equal(tag, row->reason == WARD_E_NONE ? der.data[0] : -1);
	assert_int_equal(der_check(der, NULL), row->reason == WARD_E_NONE);
}

/* Lengths on both sides of every change of form. */
static void test_long_lengths(void **state)
{
	static const struct {
		size_t len;
		const char *header;
	} rows[] = {
		{ 127, "047f" },
		{ 128, "048180" },
		{ 255, "0481ff" },
		{ 256, "04820100" },
		{ 65535, "0482ffff" },
		{ 65536, "0483010000" },
		{ 16777215, "0483ffffff" },
		{ 16777216, "048401000000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ward_error err = ERROR_NONE;
		struct span parts[2] = { table_hex(rows[i].header), table_fill(7, rows[i].len) };
		struct span der = table_join(parts, 2);
		struct reader r = reader_make(der, &err);
		int tag;

		assert_span_equal(der_whole(&r, &tag), der);
		assert_int_equal(tag, DER_OCTET_STRING);
		r = reader_make(der, &err);
		assert_int_equal(der_element(&r, DER_OCTET_STRING).len, rows[i].len);
		assert_true(reader_close(&r));
		r = reader_make(span_make(der.data, der.len - 1), &err);
		assert_int_equal(der_element(&r, DER_OCTET_STRING).len, 0);
		assert_int_equal(err.reason, WARD_E_TRUNCATED);
	}
}

static void test_wrong_tag(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex("3005 0500 040155"), &err);
	struct reader inner = der_open(&r, DER_SEQUENCE);

	(void)state;
	der_element(&inner, DER_NULL);
	assert_int_equal(der_element(&inner, DER_INTEGER).len, 0);
	assert_int_equal(err.reason, WARD_E_DER_TAG);
	assert_int_equal(err.offset, 4);
	assert_string_equal(err.detail, "0x04 instead of 0x02");
	assert_int_equal(der_peek(&inner), -1);
	assert_int_equal(der_whole_tag(&inner, DER_OCTET_STRING).len, 0);
}

static void test_walk(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex("300d 020105 a003 0101ff 0403 616263"), &err);
	struct reader seq = der_open(&r, DER_SEQUENCE);
	struct reader tagged;
	struct span content;

	(void)state;
	assert_int_equal(der_peek(&seq), DER_INTEGER);
	assert_int_equal(der_small(&seq, 5), 5);
	assert_false(der_optional(&seq, DER_NULL, &content));
	assert_int_equal(content.len, 0);
	tagged = der_open(&seq, DER_CONTEXT_CONS(0));
	assert_true(der_boolean(&tagged));
	assert_true(reader_close(&tagged));
	assert_true(der_optional(&seq, DER_OCTET_STRING, &content));
	assert_span_equal(content, SPAN_LITERAL("abc"));
	assert_int_equal(der_peek(&seq), -1);
	assert_false(der_optional(&seq, DER_OCTET_STRING, &content));
	assert_true(reader_close(&seq));
	assert_true(reader_close(&r));
}

static void test_whole(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex("020105 0401aa"), &err);
	int tag;

	(void)state;
	assert_span_equal(der_whole_tag(&r, DER_INTEGER), table_hex("020105"));
	assert_span_equal(der_whole(&r, &tag), table_hex("0401aa"));
	assert_int_equal(tag, DER_OCTET_STRING);
	assert_true(reader_close(&r));
}

/* An optional element that is there but broken is an error, not an absent one. */
static void test_broken_optional(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex("04820001aa"), &err);
	struct span content;

	(void)state;
	assert_false(der_optional(&r, DER_OCTET_STRING, &content));
	assert_int_equal(err.reason, WARD_E_DER_LENGTH);
}

static void test_trailing(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex("3003 0500 05"), &err);
	struct reader seq = der_open(&r, DER_SEQUENCE);

	(void)state;
	der_element(&seq, DER_NULL);
	assert_false(reader_close(&seq));
	assert_int_equal(err.reason, WARD_E_TRAILING_DATA);
	assert_int_equal(err.offset, 4);
}

/* ---- values ---- */

enum value { BOOLEAN, INTEGER, UNSIGNED, SMALL, BITS, WHOLE_BITS };

static const struct value_row {
	const char *name;
	enum value value;
	const char *hex;
	enum ward_reason reason;
	const char *result; /* content, or the number in hexadecimal */
} values[] = {
	{ "TRUE", BOOLEAN, "0101ff", WARD_E_NONE, "01" },
	{ "FALSE", BOOLEAN, "010100", WARD_E_NONE, "00" },
	{ "a BOOLEAN of 01", BOOLEAN, "010101", WARD_E_BAD_DER, "00" },
	{ "a BOOLEAN without content", BOOLEAN, "0100", WARD_E_BAD_DER, "00" },
	{ "a BOOLEAN of two bytes", BOOLEAN, "0102ffff", WARD_E_BAD_DER, "00" },
	{ "a BOOLEAN cut off", BOOLEAN, "0101", WARD_E_TRUNCATED, "00" },
	{ "an INTEGER where a BOOLEAN should be", BOOLEAN, "0201ff", WARD_E_DER_TAG, "00" },

	{ "zero", INTEGER, "020100", WARD_E_NONE, "00" },
	{ "127", INTEGER, "02017f", WARD_E_NONE, "7f" },
	{ "128 with its sign byte", INTEGER, "02020080", WARD_E_NONE, "0080" },
	{ "-1", INTEGER, "0201ff", WARD_E_NONE, "ff" },
	{ "-129", INTEGER, "0202ff7f", WARD_E_NONE, "ff7f" },
	{ "an INTEGER without content", INTEGER, "0200", WARD_E_BAD_DER, "" },
	{ "zero in two bytes", INTEGER, "02020000", WARD_E_BAD_DER, "" },
	{ "127 in two bytes", INTEGER, "0202007f", WARD_E_BAD_DER, "" },
	{ "-1 in two bytes", INTEGER, "0202ffff", WARD_E_BAD_DER, "" },
	{ "-128 in two bytes", INTEGER, "0202ff80", WARD_E_BAD_DER, "" },

	{ "unsigned zero keeps its byte", UNSIGNED, "020100", WARD_E_NONE, "00" },
	{ "unsigned 128 loses its sign byte", UNSIGNED, "02020080", WARD_E_NONE, "80" },
	{ "unsigned 127", UNSIGNED, "02017f", WARD_E_NONE, "7f" },
	{ "a long unsigned number", UNSIGNED, "020900ffeeddccbbaa9988", WARD_E_NONE,
	  "ffeeddccbbaa9988" },
	{ "a negative number where none is allowed", UNSIGNED, "020180", WARD_E_BAD_DER, "" },

	{ "a small number", SMALL, "020103", WARD_E_NONE, "00000003" },
	{ "the largest small number", SMALL, "02020100", WARD_E_NONE, "00000100" },
	{ "one above the bound", SMALL, "02020101", WARD_E_BAD_DER, "00000000" },
	{ "2^32 + 1 where a small number should be", SMALL, "02050100000001", WARD_E_BAD_DER,
	  "00000000" },
	{ "a negative small number", SMALL, "0201ff", WARD_E_BAD_DER, "00000000" },

	{ "a BIT STRING of whole bytes", BITS, "030300aabb", WARD_E_NONE, "00aabb" },
	{ "a BIT STRING of three bits", BITS, "030205a0", WARD_E_NONE, "05a0" },
	{ "a BIT STRING without bits", BITS, "030100", WARD_E_NONE, "00" },
	{ "a BIT STRING without a count", BITS, "0300", WARD_E_BAD_DER, "00" },
	{ "a count of eight unused bits", BITS, "03020800", WARD_E_BAD_DER, "00" },
	{ "a count of 255", BITS, "0302ff00", WARD_E_BAD_DER, "00" },
	{ "unused bits of nothing", BITS, "030101", WARD_E_BAD_DER, "00" },
	{ "an unused bit that is set", BITS, "030201a1", WARD_E_BAD_DER, "00" },
	{ "seven unused bits, one of them set", BITS, "030207c0", WARD_E_BAD_DER, "00" },
	{ "a BIT STRING in pieces", BITS, "23050303 00aabb", WARD_E_DER_TAG, "00" },
	{ "whole bytes where they are asked for", WHOLE_BITS, "030300aabb", WARD_E_NONE, "aabb" },
	{ "spare bits where whole bytes are asked for", WHOLE_BITS, "030204a0", WARD_E_BAD_DER,
	  "" },
};

/* What was read, in one form for all: numbers and counts in front as bytes. */
static struct span read_value(const struct value_row *row, struct reader *r)
{
	uint8_t bytes[4] = { 0 };
	struct span parts[2] = { { bytes, 0 }, SPAN_EMPTY };
	uint32_t small;
	int unused;

	switch (row->value) {
	case BOOLEAN:
		bytes[0] = der_boolean(r);
		parts[0].len = 1;
		break;
	case INTEGER:
		parts[1] = der_integer(r);
		break;
	case UNSIGNED:
		parts[1] = der_unsigned(r);
		break;
	case SMALL:
		small = der_small(r, 256);
		for (int i = 0; i < 4; i++)
			bytes[i] = (uint8_t)(small >> (24 - 8 * i));
		parts[0].len = 4;
		break;
	case BITS:
		parts[1] = der_bit_string(r, &unused);
		bytes[0] = (uint8_t)unused;
		parts[0].len = 1;
		break;
	case WHOLE_BITS:
		parts[1] = der_bit_string(r, NULL);
		break;
	}
	return table_join(parts, 2);
}

static void test_value(void **state)
{
	const struct value_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex(row->hex), &err);
	struct span result = read_value(row, &r);

	assert_int_equal(err.reason, row->reason);
	assert_span_equal(result, table_hex(row->result));
	if (row->reason == WARD_E_BAD_DER)
		assert_int_equal(err.offset, 0);
	if (row->reason == WARD_E_NONE)
		assert_true(reader_close(&r));
}

/* ---- whole trees ---- */

static struct span nested(int depth)
{
	uint8_t bytes[200];
	size_t len = 0;

	for (int i = depth; i > 0; i--) {
		bytes[len++] = DER_SEQUENCE;
		bytes[len++] = (uint8_t)(2 * (i - 1));
	}
	return table_bytes(bytes, len);
}

static void test_depth(void **state)
{
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_true(der_check(nested(1), &err));
	assert_true(der_check(nested(DER_DEPTH_MAX), &err));
	assert_false(error_is_set(&err));
	assert_false(der_check(nested(DER_DEPTH_MAX + 1), &err));
	assert_int_equal(err.reason, WARD_E_DER_DEPTH);
	assert_int_equal(err.offset, 2 * DER_DEPTH_MAX);
	assert_false(der_check(nested(63), NULL));
}

static const struct tree_row {
	const char *name;
	const char *hex;
	enum ward_reason reason;
	int offset;
} trees[] = {
	{ "a tree of three levels", "300a 3008 0201 01 a003 040155", WARD_E_NONE, -1 },
	{ "a sibling behind a tree", "3000 0500", WARD_E_TRAILING_DATA, 2 },
	{ "a broken leaf deep down", "300a 3008 0201 01 a003 04 8155", WARD_E_DER_LENGTH, 9 },
	{ "an inner length that leaves its parent", "3004 0403 aabb 0500", WARD_E_TRUNCATED, 4 },
	{ "a primitive is not looked into", "0402 1f00", WARD_E_NONE, -1 },
	{ "a context primitive is not looked into", "8002 1f00", WARD_E_NONE, -1 },
	{ "a context constructed one is", "a002 1f00", WARD_E_BAD_DER, 2 },
};

static void test_tree(void **state)
{
	const struct tree_row *row = *state;
	struct ward_error err = ERROR_NONE;

	assert_int_equal(der_check(table_hex(row->hex), &err), row->reason == WARD_E_NONE);
	assert_int_equal(err.reason, row->reason);
	assert_int_equal(err.offset, row->offset);
}

/* ---- object identifiers ---- */

static const struct oid_row {
	const char *name;
	const char *hex;
	const char *text;
} oids[] = {
	{ "sha256WithRSAEncryption", "2a864886f70d01010b", "1.2.840.113549.1.1.11" },
	{ "id-at-commonName", "550403", "2.5.4.3" },
	{ "Ed25519", "2b6570", "1.3.101.112" },
	{ "the root 0", "00", "0.0" },
	{ "0.39 is the last of its root", "27", "0.39" },
	{ "1.0 follows", "28", "1.0" },
	{ "1.39 is the last of its root", "4f", "1.39" },
	{ "2.0 follows", "50", "2.0" },
	{ "2.999 takes two bytes", "8837", "2.999" },
	{ "an arc of 64 bits", "2a81ffffffffffffffff7f", "1.2.18446744073709551615" },
	{ "an arc that is a UUID", "6983ffffffffffffffffffffffffffffffffff7f",
	  "2.25.340282366920938463463374607431768211455" },
	{ "an arc of 129 bits is not shown", "69848080808080808080808080808080808080800003",
	  "2.25.?.3" },
	{ "an arc that does not end", "2a8648", "1.2.840" },
	{ "an arc that is cut", "2a8648ce", "1.2.840.?" },
	{ "nothing but the start of an arc", "ff", "?" },
	{ "no arc at all", "", "" },
};

static void test_oid(void **state)
{
	const struct oid_row *row = *state;
	char buf[128], small[129];
	struct span oid = table_hex(row->hex);

	assert_ptr_equal(der_oid_text(oid, buf, sizeof(buf)), buf);
	assert_string_equal(buf, row->text);
	for (size_t size = 0; size <= strlen(buf) + 1; size++) {
		memset(small, 'x', sizeof(small));
		der_oid_text(oid, small, size);
		assert_int_equal(small[size], 'x');
		if (size == 0)
			continue;
		assert_int_equal(strlen(small), size - 1);
		assert_memory_equal(small, buf, size - 1);
	}
}

/* X.690, 8.19 */
static const struct oid_form_row {
	const char *name, *hex;
	bool sound;
} oid_forms[] = {
	{ "an OID of one byte", "06012a", true },
	{ "arcs of one, two and three bytes", "06072a0381008180 00", true },
	{ "no arc", "0600", false },
	{ "an arc that is cut off", "06022a81", false },
	{ "an arc with a padding byte", "06032a8001", false },
	{ "a first arc with a padding byte", "06028001", false },
	{ "a padding byte within an arc is none", "06042a818001", true },
};

static void test_oid_form(void **state)
{
	const struct oid_form_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex(row->hex), &err);

	assert_int_equal(der_element(&r, DER_OID).len > 0, row->sound);
	assert_int_equal(err.reason, row->sound ? WARD_E_NONE : WARD_E_BAD_DER);
	assert_int_equal(err.offset, row->sound ? -1 : 0);
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, elements, test_element);
	table_add(&t, "lengths where their form changes", test_long_lengths, NULL);
	table_add(&t, "a wrong tag is named, and sticks", test_wrong_tag, NULL);
	table_add(&t, "a structure is walked", test_walk, NULL);
	table_add(&t, "elements with their header", test_whole, NULL);
	table_add(&t, "an optional element that is broken", test_broken_optional, NULL);
	table_add(&t, "data left over inside a SEQUENCE", test_trailing, NULL);
	TABLE_ADD(&t, values, test_value);
	table_add(&t, "nesting is bounded", test_depth, NULL);
	TABLE_ADD(&t, trees, test_tree);
	TABLE_ADD(&t, oids, test_oid);
	TABLE_ADD(&t, oid_forms, test_oid_form);
	return table_run(&t, "der");
}
