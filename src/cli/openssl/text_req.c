/*
 * A certificate request as text, in the form of `openssl req -text`.
 */
#include "cli/openssl/text.h"
#include "x509/csr.h"
#include "x509/oid.h"

static bool is_request(struct span type)
{
	return span_equal(type, OID_EXTENSION_REQUEST) ||
	       span_equal(type, OID_MS_EXTENSION_REQUEST);
}

static bool is_string(int tag)
{
	return tag == DER_PRINTABLE_STRING || tag == DER_TELETEX_STRING ||
	       tag == DER_NUMERIC_STRING || tag == DER_UTF8_STRING || tag == DER_IA5_STRING;
}

/* Each value in a line of its own, the names filled up to one width. */
static void put_attribute(FILE *out, struct span type, struct reader *values)
{
	enum { WIDTH = 25 };
	char name[160];

	oid_long_name(type, name, sizeof(name));
	fprintf(out, "%12s%-*s", "", WIDTH, name);
	while (reader_more(values)) {
		int tag;
		struct span value = der_any(values, &tag);

		fputc(':', out);
		if (is_string(tag))
			text_string(out, value);
		else
			fputs("unable to print attribute", out);
		fputc('\n', out);
	}
}

static void put_attributes(FILE *out, const struct ward_csr *csr)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(csr->attributes, &err);

	fputs("        Attributes:\n", out);
	if (csr->attributes.len == 0)
		fputs("            (none)\n", out);
	while (reader_more(&r)) {
		struct reader attribute = der_open(&r, DER_SEQUENCE);
		struct span type = der_element(&attribute, DER_OID);
		struct reader values = der_open(&attribute, DER_SET);

		if (!is_request(type))
			put_attribute(out, type, &values);
	}
	fputs("            Requested Extensions:\n", out); /* even of none */
	text_extensions(out, csr->ext.list, 16, NULL);
}

static struct span outer_algorithm(const struct ward_csr *csr)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(csr->der, &err);
	struct reader seq = der_open(&r, DER_SEQUENCE);

	(void)der_whole_tag(&seq, DER_SEQUENCE);
	return der_whole_tag(&seq, DER_SEQUENCE);
}

void text_req(FILE *out, const struct ward_csr *csr, const struct name_style *style)
{
	fputs("Certificate Request:\n    Data:\n        Version: 1 (0x0)\n        Subject:", out);
	fputs(style->separator == NAME_LINES ? "" : " ", out);
	text_name(out, csr->subject, style);
	fputc('\n', out);
	text_public_key(out, csr->spki, 8);
	put_attributes(out, csr);
	text_signature(out, outer_algorithm(csr), csr->signature);
}
