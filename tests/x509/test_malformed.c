/*
 * What is told of a malformed part: its name, the reason, the detail and the place, as far as known.
 */
#include "x509/malformed.h"

#include "support/table.h"

static const struct row {
	const char *name;
	struct ward_error own;
	enum ward_reason reason;
	const char *detail;
} rows[] = {
	{ "a reason alone",
	  { .reason = WARD_E_BAD_TIME, .offset = -1 },
	  WARD_E_CSR_MALFORMED,
	  "part: a time is malformed" },
	{ "a place",
	  { .reason = WARD_E_BAD_TIME, .offset = 112 },
	  WARD_E_CSR_MALFORMED,
	  "part: a time is malformed at byte 112" },
	{ "a detail and a place",
	  { .reason = WARD_E_BAD_DER, .offset = 0, .detail = "so" },
	  WARD_E_CSR_MALFORMED,
	  "part: the DER encoding is malformed: so at byte 0" },
	{ "what extensions tell of themselves",
	  { .reason = WARD_E_CERT_MALFORMED, .offset = 7, .detail = "keyUsage: so" },
	  WARD_E_CSR_MALFORMED,
	  "part: keyUsage: so" },
	{ "what has its story already",
	  { .reason = WARD_E_CSR_MALFORMED, .offset = -1, .detail = "told" },
	  WARD_E_CSR_MALFORMED,
	  "told" },
	{ "no memory is no malformed part",
	  { .reason = WARD_E_NO_MEMORY, .offset = -1 },
	  WARD_E_NO_MEMORY,
	  "" },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct ward_error err = ERROR_NONE;

	assert_false(malformed_fail(&err, WARD_E_CSR_MALFORMED, &row->own, "part"));
	assert_int_equal(err.reason, row->reason);
	assert_string_equal(err.detail, row->detail);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_row);
	return table_run(&t, "malformed");
}
