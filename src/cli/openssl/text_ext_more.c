/*
 * Extensions that take more lines: certificate policies (RFC 5280, 4.2.1.4), distribution points
 * (4.2.1.13, 5.2.5), name constraints (4.2.1.10) and SCTs (RFC 6962, 3.3), as openssl(1) shows them.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/openssl/text.h"
#include "wire/der.h"
#include "x509/oid.h"

/* ---- policies ---- */

/* NoticeReference ::= SEQUENCE { organization DisplayText, noticeNumbers SEQUENCE OF INTEGER } */
static bool put_notice_reference(FILE *out, struct reader *notice, int indent)
{
	struct reader ref = der_open(notice, DER_SEQUENCE);
	int tag;
	struct span organization = der_any(&ref, &tag);
	struct reader numbers = der_open(&ref, DER_SEQUENCE);
	bool first = true;

	if (reader_failed(&ref))
		return false;
	fprintf(out, "\n%*sOrganization: %.*s", indent, "", (int)organization.len,
		(const char *)organization.data);
	fprintf(out, "\n%*sNumber%s: ", indent, "", reader_left(&numbers) > 3 ? "s" : "");
	while (reader_more(&numbers)) {
		struct span number = der_integer(&numbers);

		if (reader_failed(&numbers))
			return false;
		fputs(first ? "" : ", ", out);
		text_integer(out, number);
		first = false;
	}
	return reader_close(&ref);
}

/* UserNotice ::= SEQUENCE { noticeRef OPTIONAL, explicitText OPTIONAL } */
static bool put_notice(FILE *out, struct reader *info, int indent)
{
	struct reader notice = der_open(info, DER_SEQUENCE);
	int tag;

	fprintf(out, "\n%*sUser Notice:", indent, "");
	if (der_peek(&notice) == DER_SEQUENCE && !put_notice_reference(out, &notice, indent + 2))
		return false;
	if (reader_more(&notice)) {
		struct span text = der_any(&notice, &tag);

		fprintf(out, "\n%*sExplicit Text: %.*s", indent + 2, "", (int)text.len,
			(const char *)text.data);
	}
	return reader_close(&notice);
}

static bool put_qualifier(FILE *out, struct reader *list, int indent)
{
	struct reader info = der_open(list, DER_SEQUENCE);
	struct span oid = der_element(&info, DER_OID);
	int tag;

	if (span_equal(oid, OID_QUALIFIER_CPS)) {
		struct span uri = der_element(&info, DER_IA5_STRING);

		fprintf(out, "\n%*sCPS: %.*s", indent, "", (int)uri.len, (const char *)uri.data);
	} else if (span_equal(oid, OID_QUALIFIER_NOTICE)) {
		if (!put_notice(out, &info, indent))
			return false;
	} else {
		(void)der_any(&info, &tag);
		fprintf(out, "\n%*sUnknown Qualifier: ", indent + 2, "");
		text_oid(out, oid);
	}
	return reader_close(&info);
}

bool text_policies(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	bool first = true;

	while (reader_more(&seq)) {
		struct reader info = der_open(&seq, DER_SEQUENCE);
		struct span oid = der_element(&info, DER_OID);

		fprintf(out, "%s%*sPolicy: ", first ? "" : "\n", indent, "");
		first = false;
		text_oid(out, oid);
		if (reader_more(&info)) {
			struct reader list = der_open(&info, DER_SEQUENCE);

			while (reader_more(&list))
				if (!put_qualifier(out, &list, indent + 2))
					return false;
		}
		if (!reader_close(&info))
			return false;
	}
	return reader_close(&seq);
}

/* ---- distribution points ---- */

static const char *const reason_names[] = {
	"Unused",        "Key Compromise",         "CA Compromise",    "Affiliation Changed",
	"Superseded",    "Cessation Of Operation", "Certificate Hold", "Privilege Withdrawn",
	"AA Compromise",
};

/* One a line; the last line is not ended. */
static bool put_names(FILE *out, struct reader *list, int indent)
{
	for (bool first = true; reader_more(list); first = false) {
		struct general_name n = general_name_read(list);

		if (reader_failed(list))
			return false;
		fprintf(out, "%s%*s", first ? "" : "\n", indent, "");
		text_general_name(out, &n, false);
	}
	return true;
}

/* DistributionPointName ::= CHOICE { fullName [0], nameRelativeToCRLIssuer [1] } */
static bool put_point_name(FILE *out, struct reader *r, int indent)
{
	struct span content;

	if (der_optional(r, DER_CONTEXT_CONS(0), &content)) {
		struct reader list = reader_make(content, r->err);

		fprintf(out, "%*sFull Name:\n", indent, "");
		if (!put_names(out, &list, indent + 2))
			return false;
		fputc('\n', out);
	}
	if (der_optional(r, DER_CONTEXT_CONS(1), &content)) {
		/* A RelativeDistinguishedName, made a Name of one part. */
		uint8_t name[1024];
		struct writer w = writer_make(name, sizeof(name), r->err);

		DER_WRITE (&w, DER_SEQUENCE)
			der_write_element(&w, DER_SET, content);
		if (!writer_ok(&w))
			return false;
		fprintf(out, "%*sRelative Name:\n%*s", indent, "", indent + 2, "");
		text_name(out, writer_span(&w), &name_style_oneline);
		fputc('\n', out);
	}
	return !reader_failed(r);
}

static bool put_reasons(FILE *out, const char *label, struct span content, struct ward_error *err,
			int indent)
{
	uint8_t der[16];
	struct writer w = writer_make(der, sizeof(der), err);
	struct reader r;
	struct span bits;
	int unused;

	der_write_element(&w, DER_BIT_STRING, content);
	r = reader_make(writer_span(&w), err);
	bits = der_bit_string(&r, &unused);
	if (error_is_set(err))
		return false;
	fprintf(out, "%*s%s:\n%*s", indent, "", label, indent + 2, "");
	text_bits(out, bits, reason_names, sizeof(reason_names) / sizeof(reason_names[0]));
	fputc('\n', out);
	return true;
}

/* DistributionPoint ::= SEQUENCE { distributionPoint [0], reasons [1], cRLIssuer [2] } */
static bool put_point(FILE *out, struct reader *list, int indent)
{
	struct reader point = der_open(list, DER_SEQUENCE);
	struct span content;

	if (der_optional(&point, DER_CONTEXT_CONS(0), &content)) {
		struct reader name = reader_make(content, list->err);

		if (!put_point_name(out, &name, indent))
			return false;
	}
	if (der_optional(&point, DER_CONTEXT(1), &content) &&
	    !put_reasons(out, "Reasons", content, list->err, indent))
		return false;
	if (der_optional(&point, DER_CONTEXT_CONS(2), &content)) {
		struct reader names = reader_make(content, list->err);

		fprintf(out, "%*sCRL Issuer:\n", indent, "");
		if (!put_names(out, &names, indent + 2))
			return false;
	}
	return reader_close(&point);
}

/* As OpenSSL has it: an empty line after those that do not end with their issuer. */
bool text_distribution_points(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	for (bool first = true; reader_more(&seq); first = false) {
		if (!first)
			fputc('\n', out);
		if (!put_point(out, &seq, indent))
			return false;
	}
	return reader_close(&seq);
}

/* IssuingDistributionPoint (5.2.5) */
bool text_issuing_point(FILE *out, struct reader *r, int indent)
{
	static const struct {
		int tag;
		const char *text;
	} flags[] = {
		{ DER_CONTEXT(1), "Only User Certificates" },
		{ DER_CONTEXT(2), "Only CA Certificates" },
		{ DER_CONTEXT(4), "Indirect CRL" },
		{ DER_CONTEXT(5), "Only Attribute Certificates" },
	};
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span content, reasons = SPAN_EMPTY;
	bool said = false;

	if (der_optional(&seq, DER_CONTEXT_CONS(0), &content)) {
		struct reader name = reader_make(content, r->err);

		said = true;
		if (!put_point_name(out, &name, indent))
			return false;
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (i == 2)
			(void)der_optional(&seq, DER_CONTEXT(3), &reasons);
		if (der_optional(&seq, flags[i].tag, &content)) {
			fprintf(out, "%*s%s\n", indent, "", flags[i].text);
			said = true;
		}
	}
	if (reasons.len > 0)
		return put_reasons(out, "Only Some Reasons", reasons, r->err, indent);
	if (!said)
		fprintf(out, "%*s<EMPTY>\n", indent, "");
	return reader_close(&seq);
}

/* ---- name constraints ---- */

static void put_range(FILE *out, struct span ip)
{
	struct general_name half = { .kind = WARD_SAN_IP };
	char *text = NULL;
	size_t len = 0;

	fputs("IP:", out);
	for (size_t i = 0; i < 2; i++) {
		FILE *made = open_memstream(&text, &len);

		if (made == NULL)
			return;
		half.value = span_make(ip.data + i * (ip.len / 2), ip.len / 2);
		text_general_name(made, &half, false);
		(void)fclose(made);
		fprintf(out, "%s%s", i == 0 ? "" : "/", text + sizeof("IP Address:") - 1);
		free(text);
	}
}

static bool put_subtrees(FILE *out, const char *label, struct span content, struct ward_error *err,
			 bool first, int indent)
{
	struct reader list = reader_make(content, err);

	fprintf(out, "%s%*s%s:", first ? "" : "\n", indent, "", label);
	while (reader_more(&list)) {
		struct reader subtree = der_open(&list, DER_SEQUENCE);
		struct general_name base = general_subtree_read(&subtree);

		if (reader_failed(&list))
			return false;
		fprintf(out, "\n%*s", indent + 2, "");
		if (base.kind == WARD_SAN_IP)
			put_range(out, base.value);
		else
			text_general_name(out, &base, false);
	}
	return true;
}

bool text_name_constraints(FILE *out, struct reader *r, int indent)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span content;
	bool first = true;

	if (der_optional(&seq, DER_CONTEXT_CONS(0), &content)) {
		if (!put_subtrees(out, "Permitted", content, r->err, true, indent))
			return false;
		first = false;
	}
	if (der_optional(&seq, DER_CONTEXT_CONS(1), &content) &&
	    !put_subtrees(out, "Excluded", content, r->err, first, indent))
		return false;
	return reader_close(&seq);
}

/* ---- SCTs ---- */

/* Label and bytes, sixteen a line below each other. */
static void put_long_hex(FILE *out, struct span bytes, int indent)
{
	enum { PER_LINE = 16 };

	for (size_t i = 0; i < bytes.len; i++) {
		if (i > 0 && i % PER_LINE == 0)
			fprintf(out, "\n%*s", indent, "");
		fprintf(out, "%02X%s", bytes.data[i], i + 1 == bytes.len ? "" : ":");
	}
}

static void put_timestamp(FILE *out, uint64_t ms)
{
	char *text = NULL;
	size_t len = 0;
	FILE *made = open_memstream(&text, &len);

	if (made == NULL)
		return;
	text_time(made, (int64_t)(ms / 1000));
	(void)fclose(made);
	/* The thousandths stand behind the seconds: "Mar 26 01:24:06.430 2023 GMT". */
	if (len > 15)
		fprintf(out, "%.15s.%03u%s", text, (unsigned int)(ms % 1000), text + 15);
	free(text);
}

static const char *signature_name(int hash, int algorithm)
{
	enum { SHA256 = 4, RSA = 1, ECDSA = 3 };

	if (hash == SHA256 && algorithm == ECDSA)
		return "ecdsa-with-SHA256";
	return hash == SHA256 && algorithm == RSA ? "sha256WithRSAEncryption" : NULL;
}

static bool put_sct(FILE *out, struct span sct, struct ward_error *err, int indent)
{
	enum { VALUE_INDENT = 16 };
	struct reader r = reader_make(sct, err);
	uint8_t version = reader_u8(&r);
	struct span log = reader_bytes(&r, 32);
	uint64_t at = reader_u64(&r);
	struct span extensions = reader_vec(&r, 2);
	int hash = reader_u8(&r), algorithm = reader_u8(&r);
	struct span signature = reader_vec(&r, 2);
	const char *name = signature_name(hash, algorithm);

	if (!reader_close(&r) || version != 0)
		return false;
	fprintf(out, "%*sSigned Certificate Timestamp:\n%*sVersion   : v1 (0x0)\n", indent, "",
		indent + 4, "");
	fprintf(out, "%*sLog ID    : ", indent + 4, "");
	put_long_hex(out, log, indent + VALUE_INDENT);
	fprintf(out, "\n%*sTimestamp : ", indent + 4, "");
	put_timestamp(out, at);
	fprintf(out, "\n%*sExtensions: ", indent + 4, "");
	if (extensions.len == 0)
		fputs("none", out);
	else
		put_long_hex(out, extensions, indent + VALUE_INDENT);
	fprintf(out, "\n%*sSignature : ", indent + 4, "");
	if (name == NULL)
		fprintf(out, "%02X%02X", hash, algorithm);
	else
		fputs(name, out);
	fprintf(out, "\n%*s", indent + VALUE_INDENT, "");
	put_long_hex(out, signature, indent + VALUE_INDENT);
	return true;
}

/* SignedCertificateTimestampList within an OCTET STRING */
bool text_scts(FILE *out, struct reader *r, int indent)
{
	struct reader outer = reader_make(der_element(r, DER_OCTET_STRING), r->err);
	struct reader list = reader_child(&outer, 2);
	bool first = true;

	while (reader_more(&list)) {
		struct span sct = reader_vec(&list, 2);

		fputs(first ? "" : "\n", out);
		if (reader_failed(&list) || !put_sct(out, sct, r->err, indent))
			return false;
		first = false;
	}
	return reader_close(&outer);
}
