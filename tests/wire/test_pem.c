/*
 * PEM: texts around, several blocks, line ends, and damaged files.
 */
#include "wire/pem.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/table.h"

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"
#define LABEL_63 "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJK"

/* The blocks that a text should give: "LABEL hex" each, and how it ends. */
static const struct pem_row {
	const char *name;
	const char *text;
	const char *blocks[4];
	enum ward_reason reason;
} rows[] = {
	{ "no text", "", { NULL }, WARD_E_NONE },
	{ "text without a block", "hello\nworld\n", { NULL }, WARD_E_NONE },
	{ "a block", BEGIN "MAA=\n" END, { "CERTIFICATE 3000" }, WARD_E_NONE },
	{ "no line end behind the block",
	  "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
	  { "CERTIFICATE 3000" },
	  WARD_E_NONE },
	{ "text around blocks",
	  "subject=x\n" BEGIN "MAA=\n" END "between\n\n" BEGIN "BQA=\n" END "after",
	  { "CERTIFICATE 3000", "CERTIFICATE 0500" },
	  WARD_E_NONE },
	{ "blocks of different kinds",
	  BEGIN "MAA=\n" END "-----BEGIN PRIVATE KEY-----\nBQA=\n-----END PRIVATE KEY-----\n",
	  { "CERTIFICATE 3000", "PRIVATE KEY 0500" },
	  WARD_E_NONE },
	{ "CRLF line ends",
	  "-----BEGIN CERTIFICATE-----\r\nMA\r\nA=\r\n-----END CERTIFICATE-----\r\n",
	  { "CERTIFICATE 3000" },
	  WARD_E_NONE },
	{ "CR line ends",
	  "-----BEGIN CERTIFICATE-----\rMA\rA=\r-----END CERTIFICATE-----\r",
	  { "CERTIFICATE 3000" },
	  WARD_E_NONE },
	{ "indented, with blanks behind",
	  "  -----BEGIN CERTIFICATE----- \n  MAA= \t\n  -----END CERTIFICATE-----\t\n",
	  { "CERTIFICATE 3000" },
	  WARD_E_NONE },
	{ "all in one line is text",
	  "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----\n",
	  { NULL },
	  WARD_E_BAD_PEM },
	{ "BEGIN in the middle of a line is text",
	  "see -----BEGIN X-----\n",
	  { NULL },
	  WARD_E_NONE },
	{ "an empty line inside", BEGIN "\nMAA=\n\n" END, { "CERTIFICATE 3000" }, WARD_E_NONE },
	{ "the longest label",
	  "-----BEGIN " LABEL_63 "-----\nMAA=\n-----END " LABEL_63 "-----\n",
	  { LABEL_63 " 3000" },
	  WARD_E_NONE },
	{ "a label that is too long",
	  "-----BEGIN " LABEL_63 "X-----\nMAA=\n-----END " LABEL_63 "X-----\n",
	  { NULL },
	  WARD_E_BAD_PEM },
	{ "an old encrypted key",
	  "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n"
	  " and more\n\nMAA=\n-----END RSA PRIVATE KEY-----\n",
	  { "RSA PRIVATE KEY! 3000" },
	  WARD_E_NONE },
	{ "another header",
	  BEGIN "Comment: hello\n\nMAA=\n" END,
	  { "CERTIFICATE 3000" },
	  WARD_E_NONE },
	{ "headers without an empty line",
	  BEGIN "Proc-Type: 4,ENCRYPTED\nMAA=\n" END,
	  { NULL },
	  WARD_E_BAD_PEM },
	{ "headers without content",
	  BEGIN "Proc-Type: 4,ENCRYPTED\n\n" END,
	  { NULL },
	  WARD_E_BAD_PEM },
	{ "no END", BEGIN "MAA=\n", { NULL }, WARD_E_BAD_PEM },
	{ "nothing behind BEGIN", "-----BEGIN CERTIFICATE-----", { NULL }, WARD_E_BAD_PEM },
	{ "half an END", BEGIN "MAA=\n-----END CERTIF", { NULL }, WARD_E_BAD_PEM },
	{ "an END without its dashes",
	  BEGIN "MAA=\n-----END CERTIFICATE---\n",
	  { NULL },
	  WARD_E_BAD_PEM },
	{ "END of another label",
	  BEGIN "MAA=\n-----END PRIVATE KEY-----\n",
	  { NULL },
	  WARD_E_BAD_PEM },
	{ "a block that begins in a block",
	  BEGIN "MAA=\n" BEGIN "BQA=\n" END,
	  { NULL },
	  WARD_E_BAD_PEM },
	{ "a good block before a bad one",
	  BEGIN "MAA=\n" END BEGIN "MAA\n" END,
	  { "CERTIFICATE 3000" },
	  WARD_E_BAD_BASE64 },
	{ "an empty block", BEGIN END, { NULL }, WARD_E_BAD_PEM },
	{ "wrong characters", BEGIN "M*A=\n" END, { NULL }, WARD_E_BAD_BASE64 },
	{ "missing padding", BEGIN "MAA\n" END, { NULL }, WARD_E_BAD_BASE64 },
	{ "bits left over", BEGIN "MAB=\n" END, { NULL }, WARD_E_BAD_BASE64 },
	{ "dashes inside", BEGIN "MAA=\n-----\n" END, { NULL }, WARD_E_BAD_PEM },
	{ "a BEGIN line without its dashes",
	  "-----BEGIN CERTIFICATE\nMAA=\n" END,
	  { NULL },
	  WARD_E_BAD_PEM },
	{ "a BEGIN line cut in its dashes", "-----BEGIN ----\n", { NULL }, WARD_E_BAD_PEM },
	{ "a control character in the label",
	  "-----BEGIN A\x1b[m-----\nMAA=\n-----END A\x1b[m-----\n",
	  { NULL },
	  WARD_E_BAD_PEM },
};

/* The block as the table writes it. */
static void describe(const struct pem_block *block, char *buf, size_t size)
{
	size_t len =
		(size_t)snprintf(buf, size, "%s%s ", block->label, block->encrypted ? "!" : "");

	for (size_t i = 0; i < block->der_len; i++)
		len += (size_t)snprintf(buf + len, size - len, "%02x", block->der[i]);
}

static void test_row(void **state)
{
	const struct pem_row *row = *state;
	struct span text = table_bytes(row->text, strlen(row->text));
	struct ward_error err = ERROR_NONE;
	struct pem_block block;
	size_t n = 0;

	while (pem_next(&text, &block, &err)) {
		char found[200];

		assert_true(n < 4 && row->blocks[n] != NULL);
		describe(&block, found, sizeof(found));
		assert_string_equal(found, row->blocks[n++]);
		pem_block_clear(&block);
		assert_null(block.der);
	}
	assert_int_equal(err.reason, row->reason);
	assert_true(n == 4 || row->blocks[n] == NULL);
	assert_null(block.der);
}

static void test_zero_bytes(void **state)
{
	static const char around[] = "a\0b\n\0" BEGIN "MAA=\n" END "\0";
	static const char before[] = "\0\n" BEGIN "MAA=\n" END "\0";
	static const char inside[] = BEGIN "MA\0A=\n" END;
	struct ward_error err = ERROR_NONE;
	struct span text = table_bytes(around, sizeof(around) - 1);
	struct pem_block block;

	(void)state;
	/* A zero byte in front of BEGIN makes it the middle of a line. */
	assert_false(pem_next(&text, &block, &err));
	assert_false(error_is_set(&err));
	text = table_bytes(before, sizeof(before) - 1);
	assert_true(pem_next(&text, &block, &err));
	pem_block_clear(&block);
	assert_false(pem_next(&text, &block, &err));
	assert_false(error_is_set(&err));
	text = table_bytes(inside, sizeof(inside) - 1);
	assert_false(pem_next(&text, &block, &err));
	assert_int_equal(err.reason, WARD_E_BAD_BASE64);
}

/* A damaged block is reported once; the caller may go on behind it. */
static void test_go_on(void **state)
{
	struct span text = span_string(BEGIN "MAA*\n" END BEGIN "lost\n" BEGIN "MAA=\n" END "x");
	struct ward_error err = ERROR_NONE;
	struct pem_block block;

	(void)state;
	assert_false(pem_next(&text, &block, &err));
	assert_int_equal(err.reason, WARD_E_BAD_BASE64);
	err = ERROR_NONE;
	assert_false(pem_next(&text, &block, &err));
	assert_int_equal(err.reason, WARD_E_BAD_PEM);
	assert_string_equal(err.detail, "no END line for BEGIN CERTIFICATE");
	err = ERROR_NONE;
	assert_true(pem_next(&text, &block, &err));
	assert_int_equal(block.der_len, 2);
	pem_block_clear(&block);
	assert_false(pem_next(&text, &block, &err));
	assert_false(error_is_set(&err));
	assert_false(pem_next(&text, &block, NULL));
}

static void test_oversized(void **state)
{
	struct span parts[] = { span_string(BEGIN), table_fill('A', PEM_BODY_MAX),
				span_string("\n"), span_string(END) };
	struct span text = table_join(parts, 4);
	struct ward_error err = ERROR_NONE;
	struct pem_block block;

	(void)state;
	assert_false(pem_next(&text, &block, &err));
	assert_int_equal(err.reason, WARD_E_BAD_PEM);
	parts[1].len -= 4;
	text = table_join(parts, 4);
	err = ERROR_NONE;
	assert_true(pem_next(&text, &block, &err));
	assert_int_equal(block.der_len, (PEM_BODY_MAX - 4) / 4 * 3);
	pem_block_clear(&block);
}

static const struct detect_row {
	const char *name;
	const char *bytes;
	bool found;
} detects[] = {
	{ "PEM is found", BEGIN "MAA=\n" END, true },
	{ "PEM is found behind text", "text\r\n" BEGIN, true },
	{ "half a mark is not PEM", "-----BEGIN ", false },
	{ "a damaged label is still PEM", "-----BEGIN X", true },
	{ "DER is not PEM", "0\x82\x01\x0a", false },
	{ "nothing is not PEM", "", false },
	{ "an END line is not PEM", END, false },
};

static void test_detect(void **state)
{
	const struct detect_row *row = *state;

	assert_int_equal(pem_detect(table_bytes(row->bytes, strlen(row->bytes))), row->found);
}

static void test_encode(void **state)
{
	char *text = pem_encode("X509 CRL", table_hex("3000"));

	(void)state;
	assert_string_equal(text, "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n");
	free(text);
}

/* Every length comes back, in lines of 64 characters at most. */
static void test_round_trip(void **state)
{
	(void)state;
	for (size_t len = 1; len < 300; len++) {
		struct span der = table_fill((uint8_t)(len * 31), len);
		char *text = pem_encode("CERTIFICATE", der);
		struct span rest = span_string(text);
		struct pem_block block;
		size_t column = 0;

		assert_non_null(text);
		for (const char *p = text; *p != '\0'; p++) {
			column = *p == '\n' ? 0 : column + 1;
			assert_true(column <= 64);
		}
		assert_true(pem_next(&rest, &block, NULL));
		assert_string_equal(block.label, "CERTIFICATE");
		assert_span_equal(span_make(block.der, block.der_len), der);
		assert_int_equal(rest.len, 0);
		pem_block_clear(&block);
		free(text);
	}
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "zero bytes around and inside", test_zero_bytes, NULL);
	table_add(&t, "reading goes on behind a damaged block", test_go_on, NULL);
	table_add(&t, "a block that is too long", test_oversized, NULL);
	TABLE_ADD(&t, detects, test_detect);
	table_add(&t, "a block is written", test_encode, NULL);
	table_add(&t, "every length comes back", test_round_trip, NULL);
	return table_run(&t, "pem");
}
