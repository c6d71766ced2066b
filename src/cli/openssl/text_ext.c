/*
 * Extensions as text: one function for each that openssl(1) reads, in a table; the rest is shown as
 * the characters that are in it, with dots for what is none. Policies, distribution points, name
 * constraints and SCTs, which take more, are in text_ext_more.c.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/openssl/text.h"
#include "wire/der.h"

/* Prints a value, from its indent on, without a line end behind it. False if it is malformed. */
typedef bool print_fn(FILE *out, struct reader *r, int indent);

static void put_indent(FILE *out, int indent)
{
	fprintf(out, "%*s", indent, "");
}

/* ---- one function an extension ---- */

static bool print_key_id(FILE *out, struct reader *r, int indent)
{
	struct span id = der_element(r, DER_OCTET_STRING);

	put_indent(out, indent);
	text_hex(out, id, true);
	return !reader_failed(r);
}

static bool print_authority_key_id(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span id, names, serial;
	bool has_id = der_optional(&seq, DER_CONTEXT(0), &id);
	bool has_names = der_optional(&seq, DER_CONTEXT_CONS(1), &names);
	bool has_serial = der_optional(&seq, DER_CONTEXT(2), &serial);

	put_indent(out, indent);
	if (has_id) {
		fputs(has_names || has_serial ? "keyid:" : "", out);
		text_hex(out, id, true);
	}
	if (has_names) {
		struct reader list = reader_make(names, r->err);

		fprintf(out, "%s%*s", has_id ? "\n" : "", has_id ? indent : 0, "");
		if (!text_general_names(out, &list))
			return false;
	}
	if (has_serial) {
		fprintf(out, "%s%*sserial:", has_id || has_names ? "\n" : "",
			has_id || has_names ? indent : 0, "");
		text_hex(out,
			 serial.len > 1 && serial.data[0] == 0
				 ? span_make(serial.data + 1, serial.len - 1)
				 : serial,
			 true);
	}
	return reader_close(&seq);
}

static bool print_key_usage(FILE *out, struct reader *r, int indent)
{
	static const char *const names[] = {
		"Digital Signature", "Non Repudiation", "Key Encipherment",
		"Data Encipherment", "Key Agreement",   "Certificate Sign",
		"CRL Sign",          "Encipher Only",   "Decipher Only",
	};
	int unused;
	struct span bits = der_bit_string(r, &unused);

	put_indent(out, indent);
	text_bits(out, bits, names, sizeof(names) / sizeof(names[0]));
	return !reader_failed(r);
}

static bool print_netscape_type(FILE *out, struct reader *r, int indent)
{
	static const char *const names[] = { "SSL Client",     "SSL Server",       "S/MIME",
					     "Object Signing", "Unused",           "SSL CA",
					     "S/MIME CA",      "Object Signing CA" };
	int unused;
	struct span bits = der_bit_string(r, &unused);

	put_indent(out, indent);
	text_bits(out, bits, names, sizeof(names) / sizeof(names[0]));
	return !reader_failed(r);
}

static bool print_alt_names(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	put_indent(out, indent);
	return text_general_names(out, &seq) && reader_close(&seq);
}

static bool print_basic_constraints(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	bool ca = der_peek(&seq) == DER_BOOLEAN && der_boolean(&seq);

	put_indent(out, indent);
	fputs(ca ? "CA:TRUE" : "CA:FALSE", out);
	if (der_peek(&seq) == DER_INTEGER) {
		fputs(", pathlen:", out);
		text_integer(out, der_integer(&seq));
	}
	return reader_close(&seq);
}

static bool print_purposes(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	bool first = true;

	put_indent(out, indent);
	while (reader_more(&seq)) {
		struct span oid = der_element(&seq, DER_OID);

		if (reader_failed(&seq))
			return false;
		fputs(first ? "" : ", ", out);
		text_oid(out, oid);
		first = false;
	}
	return reader_close(&seq);
}

/* AccessDescription ::= SEQUENCE { accessMethod, accessLocation }, a line for each */
static bool print_access(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	bool first = true;

	while (reader_more(&seq)) {
		struct reader one = der_open(&seq, DER_SEQUENCE);
		struct span method = der_element(&one, DER_OID);
		struct general_name where = general_name_read(&one);

		if (!reader_close(&one))
			return false;
		fprintf(out, "%s%*s", first ? "" : "\n", indent, "");
		text_oid(out, method);
		fputs(" - ", out);
		text_general_name(out, &where, true);
		first = false;
	}
	return reader_close(&seq);
}

static bool print_policy_mappings(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	bool first = true;

	put_indent(out, indent);
	while (reader_more(&seq)) {
		struct reader pair = der_open(&seq, DER_SEQUENCE);
		struct span from = der_element(&pair, DER_OID), to = der_element(&pair, DER_OID);

		if (!reader_close(&pair))
			return false;
		fputs(first ? "" : ", ", out);
		text_oid(out, from);
		fputc(':', out);
		text_oid(out, to);
		first = false;
	}
	return reader_close(&seq);
}

static bool print_policy_constraints(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span number;
	bool first = true;

	put_indent(out, indent);
	if (der_optional(&seq, DER_CONTEXT(0), &number)) {
		fputs("Require Explicit Policy:", out);
		text_integer(out, number);
		first = false;
	}
	if (der_optional(&seq, DER_CONTEXT(1), &number)) {
		fprintf(out, "%sInhibit Policy Mapping:", first ? "" : ", ");
		text_integer(out, number);
	}
	return reader_close(&seq);
}

static bool print_integer(FILE *out, struct reader *r, int indent)
{
	struct span number = der_integer(r);

	put_indent(out, indent);
	if (number.len > 0)
		text_integer(out, number);
	return !reader_failed(r);
}

static bool print_string(FILE *out, struct reader *r, int indent)
{
	int tag;
	struct span text = der_any(r, &tag);

	put_indent(out, indent);
	text_string(out, text);
	return !reader_failed(r);
}

static bool print_features(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	bool first = true;

	put_indent(out, indent);
	while (reader_more(&seq)) {
		uint32_t feature = der_small(&seq, UINT16_MAX);

		if (reader_failed(&seq))
			return false;
		fputs(first ? "" : ", ", out);
		if (feature == 5 || feature == 17)
			fputs(feature == 5 ? "status_request" : "status_request_v2", out);
		else
			fprintf(out, "%u", feature);
		first = false;
	}
	return reader_close(&seq);
}

static void put_general_time(FILE *out, const char *label, struct span content)
{
	struct ward_error err = ERROR_NONE;
	uint8_t der[40];
	struct writer w = writer_make(der, sizeof(der), &err);
	struct reader r;
	int64_t at;

	der_write_element(&w, DER_GENERALIZED_TIME, content);
	r = reader_make(writer_span(&w), &err);
	at = der_time(&r);
	fputs(label, out);
	if (error_is_set(&err))
		fputs("Bad time value", out);
	else
		text_time(out, at);
}

static bool print_usage_period(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span from, to;
	bool has_from = der_optional(&seq, DER_CONTEXT(0), &from);

	put_indent(out, indent);
	if (has_from)
		put_general_time(out, "Not Before: ", from);
	if (der_optional(&seq, DER_CONTEXT(1), &to))
		put_general_time(out, has_from ? ", Not After: " : "Not After: ", to);
	return reader_close(&seq);
}

/* id-pkix-ocsp-nocheck: a NULL, of which openssl says nothing. */
static bool print_nothing(FILE *out, struct reader *r, int indent)
{
	(void)out;
	(void)indent;
	(void)der_element(r, DER_NULL);
	return !reader_failed(r);
}

static bool print_null(FILE *out, struct reader *r, int indent)
{
	fprintf(out, "%*sNULL", indent, "");
	(void)der_element(r, DER_NULL);
	return !reader_failed(r);
}

static bool print_reason(FILE *out, struct reader *r, int indent)
{
	static const char *const reasons[] = { "Unspecified",      "Key Compromise",
					       "CA Compromise",    "Affiliation Changed",
					       "Superseded",       "Cessation Of Operation",
					       "Certificate Hold", "",
					       "Remove From CRL",  "Privilege Withdrawn",
					       "AA Compromise" };
	struct span code = der_element(r, DER_ENUMERATED);

	put_indent(out, indent);
	if (code.len == 1 && code.data[0] < sizeof(reasons) / sizeof(reasons[0]))
		fputs(reasons[code.data[0]], out);
	return !reader_failed(r);
}

static bool print_moment(FILE *out, struct reader *r, int indent)
{
	int64_t at = der_time(r);

	put_indent(out, indent);
	text_time(out, at);
	return !reader_failed(r);
}

/* ---- the table ---- */

#define ROW(bytes, print)                                                                          \
	{                                                                                          \
		{ (const uint8_t *)(bytes), sizeof(bytes) - 1 }, print                             \
	}

static const struct ext_text {
	struct span oid;
	print_fn *print;
} table[] = {
	ROW("\x55\x1d\x0e", print_key_id),
	ROW("\x55\x1d\x0f", print_key_usage),
	ROW("\x55\x1d\x10", print_usage_period),
	ROW("\x55\x1d\x11", print_alt_names),
	ROW("\x55\x1d\x12", print_alt_names),
	ROW("\x55\x1d\x13", print_basic_constraints),
	ROW("\x55\x1d\x14", print_integer), /* cRLNumber */
	ROW("\x55\x1d\x15", print_reason),
	ROW("\x55\x1d\x18", print_moment),  /* invalidityDate */
	ROW("\x55\x1d\x1b", print_integer), /* deltaCRLIndicator */
	ROW("\x55\x1d\x1c", text_issuing_point),
	ROW("\x55\x1d\x1d", print_alt_names), /* certificateIssuer */
	ROW("\x55\x1d\x1e", text_name_constraints),
	ROW("\x55\x1d\x1f", text_distribution_points),
	ROW("\x55\x1d\x20", text_policies),
	ROW("\x55\x1d\x21", print_policy_mappings),
	ROW("\x55\x1d\x23", print_authority_key_id),
	ROW("\x55\x1d\x24", print_policy_constraints),
	ROW("\x55\x1d\x25", print_purposes),
	ROW("\x55\x1d\x2e", text_distribution_points), /* freshestCRL */
	ROW("\x55\x1d\x36", print_integer),            /* inhibitAnyPolicy */
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x01", print_access),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x0b", print_access),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x18", print_features),
	ROW("\x2b\x06\x01\x05\x05\x07\x30\x01\x05", print_nothing),
	ROW("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02", text_scts),
	ROW("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03", print_null),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x01", print_netscape_type),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x02", print_string),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x03", print_string),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x04", print_string),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x07", print_string),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x08", print_string),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x0c", print_string),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x0d", print_string),
};

static const struct ext_text *find(struct span oid)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (span_equal(table[i].oid, oid))
			return &table[i];
	return NULL;
}

bool text_extension_value(FILE *out, struct span oid, struct span value, int indent)
{
	const struct ext_text *row = find(oid);
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(value, &err);
	char *text = NULL;
	size_t len = 0;
	FILE *made = row == NULL ? NULL : open_memstream(&text, &len);
	bool ok = false;

	if (made != NULL) {
		ok = row->print(made, &r, indent) && reader_close(&r);
		(void)fclose(made);
	}
	if (ok) {
		fwrite(text, 1, len, out);
	} else {
		put_indent(out, indent);
		text_string(out, value);
	}
	free(text);
	return ok;
}

/* ---- all of them ---- */

static bool is_wanted(struct span oid, const char *const *only)
{
	char name[160], dotted[160];

	if (only == NULL)
		return true;
	oid_short_name(oid, name, sizeof(name));
	der_oid_text(oid, dotted, sizeof(dotted));
	for (; *only != NULL; only++)
		if (strcmp(*only, name) == 0 || strcmp(*only, dotted) == 0)
			return true;
	return false;
}

void text_extensions(FILE *out, struct span list, int indent, const char *const *only)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(list, &err);

	while (reader_more(&r)) {
		struct reader one = der_open(&r, DER_SEQUENCE);
		struct span oid = der_element(&one, DER_OID);
		bool critical = der_peek(&one) == DER_BOOLEAN && der_boolean(&one);
		struct span value = der_element(&one, DER_OCTET_STRING);

		if (!reader_close(&one))
			return;
		if (!is_wanted(oid, only))
			continue;
		put_indent(out, indent);
		text_oid(out, oid);
		fprintf(out, ": %s\n", critical ? "critical" : "");
		(void)text_extension_value(out, oid, value, indent + 4);
		fputc('\n', out);
	}
}
