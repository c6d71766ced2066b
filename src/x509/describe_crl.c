/*
 * Reading aloud the extensions that CRLs alone have (RFC 5280, 5.2).
 */
#include "x509/describe_other.h"

static void tell_count(const struct tell *d, struct reader *r)
{
	struct span number = der_integer(r);

	if (!reader_failed(r))
		tell_integer(d, "number", number);
}

static void tell_flag(const struct tell *d, struct reader *seq, int number, const char *name)
{
	struct span content;

	if (der_optional(seq, DER_CONTEXT(number), &content))
		tell(d, name, content.len == 1 && content.data[0] != 0 ? "true" : "false");
}

/* IssuingDistributionPoint (5.2.5) */
static void tell_scope(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span content;

	tell_point_name(d, &seq);
	tell_flag(d, &seq, 1, "onlyContainsUserCerts");
	tell_flag(d, &seq, 2, "onlyContainsCACerts");
	if (der_optional(&seq, DER_CONTEXT(3), &content))
		tell_reasons(d, content);
	tell_flag(d, &seq, 4, "indirectCRL");
	tell_flag(d, &seq, 5, "onlyContainsAttributeCerts");
	reader_close(&seq);
}

static const struct describe_row rows[] = {
	{ SPAN_LITERAL("\x55\x1d\x14"), tell_count },
	{ SPAN_LITERAL("\x55\x1d\x1b"), tell_count },
	{ SPAN_LITERAL("\x55\x1d\x1c"), tell_scope },
};

const struct describe_row *describe_crl_find(struct span oid)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_equal(rows[i].oid, oid))
			return &rows[i];
	return NULL;
}
