/*
 * Reading aloud what is not in RFC 5280: timestamps of logs (RFC 6962, 3.3), statements of qualified
 * certificates (RFC 3739; ETSI EN 319 412-5), OCSP (RFC 6960, 4.2.2.2.1), ACME (RFC 8737), the
 * CA/Browser Forum, Microsoft and Netscape.
 */
#include "x509/describe_other.h"

#include <inttypes.h>
#include <stdio.h>

#include "wire/pem.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/text.h"

/* ---- signed certificate timestamps (RFC 6962, 3.2 and 3.3) ---- */

/* Milliseconds since 1970 as RFC 3339. */
static void put_moment(struct text *t, uint64_t ms)
{
	const uint64_t year_10000 = UINT64_C(253402300800);
	char rest[32];

	if (ms / 1000 < year_10000) {
		text_put_time(t, (int64_t)(ms / 1000));
		snprintf(rest, sizeof(rest), ".%03uZ", (unsigned int)(ms % 1000));
	} else {
		snprintf(rest, sizeof(rest), "%" PRIu64 " ms", ms);
	}
	text_put(t, rest);
}

/* HashAlgorithm and SignatureAlgorithm of TLS 1.2 (RFC 5246, 7.4.1.4.1). */
static void tell_sct_algorithm(const struct tell *d, uint16_t algorithm)
{
	static const struct {
		uint16_t number;
		const char *name;
	} known[] = {
		{ 0x0401, "sha256WithRSAEncryption" }, { 0x0501, "sha384WithRSAEncryption" },
		{ 0x0601, "sha512WithRSAEncryption" }, { 0x0403, "ecdsa-with-SHA256" },
		{ 0x0503, "ecdsa-with-SHA384" },       { 0x0603, "ecdsa-with-SHA512" },
	};
	char hex[8];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].number == algorithm) {
			tell(d, "signature", known[i].name);
			return;
		}
	snprintf(hex, sizeof(hex), "0x%04x", algorithm);
	tell(d, "signature", hex);
}

static void tell_sct(const struct tell *d, struct reader *sct)
{
	enum { V1 = 0, LOG_ID_LEN = 32 };
	char id[48];
	uint8_t version = reader_u8(sct);
	struct span log = reader_bytes(sct, LOG_ID_LEN);
	uint64_t time = reader_u64(sct);
	uint16_t algorithm;
	struct text t;

	if (reader_failed(sct))
		return;
	if (version != V1) {
		tell_number(d, "unknownVersion", version);
		return;
	}
	id[base64_encode(id, log, false)] = '\0';
	tell(d, "log", id);
	t = text_make(d->buf, d->size);
	put_moment(&t, time);
	tell(d, "time", d->buf);
	reader_vec(sct, 2); /* extensions */
	algorithm = reader_u16(sct);
	reader_vec(sct, 2); /* the signature itself */
	if (reader_close(sct))
		tell_sct_algorithm(d, algorithm);
}

static void tell_scts(const struct tell *d, struct reader *r)
{
	struct reader string = der_open(r, DER_OCTET_STRING);
	struct reader list = reader_child(&string, 2);
	struct reader count_of = list;
	uint32_t count = 0;

	reader_close(&string);
	for (; reader_more(&count_of); count++)
		reader_vec(&count_of, 2);
	if (reader_failed(&list))
		return;
	tell_number(d, "count", count);
	while (reader_more(&list)) {
		struct reader sct = reader_child(&list, 2);

		tell_sct(d, &sct);
	}
}

/* ---- qualified certificates ---- */

/* QcEuLimitValue ::= SEQUENCE { currency PrintableString or INTEGER, amount, exponent } */
static void tell_qc_limit(const struct tell *d, struct reader *info)
{
	struct reader seq = der_open(info, DER_SEQUENCE);
	char currency[8] = "";
	char text[64];
	uint32_t amount, exponent;

	if (der_peek(&seq) == DER_PRINTABLE_STRING) {
		struct text t = text_make(currency, sizeof(currency));

		text_put_utf8(&t, der_element(&seq, DER_PRINTABLE_STRING));
	} else {
		snprintf(currency, sizeof(currency), "%u", der_small(&seq, 999));
	}
	amount = der_small(&seq, INT32_MAX);
	exponent = der_small(&seq, 255);
	if (!reader_close(&seq))
		return;
	snprintf(text, sizeof(text), "%s %ue%u", currency, amount, exponent);
	tell(d, "limit", text);
}

static void tell_qc_retention(const struct tell *d, struct reader *info)
{
	uint32_t years = der_small(info, INT32_MAX);

	if (!reader_failed(info))
		tell_number(d, "retentionYears", years);
}

/* QcEuPDS ::= SEQUENCE OF SEQUENCE { url IA5String, language PrintableString (SIZE(2)) } */
static void tell_qc_statements_of_terms(const struct tell *d, struct reader *info)
{
	struct reader seq = der_open(info, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct reader place = der_open(&seq, DER_SEQUENCE);
		struct span url = der_element(&place, DER_IA5_STRING);
		struct span language = der_element(&place, DER_PRINTABLE_STRING);
		struct text t = text_make(d->buf, d->size);

		if (!reader_close(&place))
			return;
		text_put_utf8(&t, language);
		text_put(&t, " ");
		text_put_utf8(&t, url);
		tell(d, "terms", d->buf);
	}
}

static void tell_qc_types(const struct tell *d, struct reader *info)
{
	struct reader seq = der_open(info, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct span type = der_element(&seq, DER_OID);

		if (!reader_failed(&seq))
			tell_oid(d, "type", type);
	}
}

static void tell_qc_countries(const struct tell *d, struct reader *info)
{
	struct reader seq = der_open(info, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct span country = der_element(&seq, DER_PRINTABLE_STRING);

		if (!reader_failed(&seq))
			tell_text(d, "country", country);
	}
}

#define ROW(bytes, tell)                                                                           \
	{                                                                                          \
		{ (const uint8_t *)(bytes), sizeof(bytes) - 1 }, tell                              \
	}

static const struct describe_row qc_rows[] = {
	ROW("\x04\x00\x8e\x46\x01\x02", tell_qc_limit),
	ROW("\x04\x00\x8e\x46\x01\x03", tell_qc_retention),
	ROW("\x04\x00\x8e\x46\x01\x05", tell_qc_statements_of_terms),
	ROW("\x04\x00\x8e\x46\x01\x06", tell_qc_types),
	ROW("\x04\x00\x8e\x46\x01\x07", tell_qc_countries),
};

static const struct describe_row *find(const struct describe_row *rows, size_t count,
				       struct span oid)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal(rows[i].oid, oid))
			return &rows[i];
	return NULL;
}

/* QCStatement ::= SEQUENCE { statementId OBJECT IDENTIFIER, statementInfo ANY OPTIONAL } */
static void tell_qc_statements(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct reader item = der_open(&seq, DER_SEQUENCE);
		struct span oid = der_element(&item, DER_OID);
		const struct describe_row *row =
			find(qc_rows, sizeof(qc_rows) / sizeof(qc_rows[0]), oid);

		if (reader_failed(&item))
			return;
		tell_oid(d, "statement", oid);
		if (row != NULL)
			row->tell(d, &item);
		else if (reader_more(&item))
			tell_hex(d, "info", reader_rest(&item));
		reader_close(&item);
	}
}

/* ---- Netscape ---- */

static void tell_ia5(const struct tell *d, struct reader *r)
{
	struct span text = der_element(r, DER_IA5_STRING);

	if (!reader_failed(r))
		tell_text(d, "text", text);
}

static void tell_netscape_type(const struct tell *d, struct reader *r)
{
	static const char *const types[] = {
		"sslClient", "sslServer", "smime",   "objectSigning",
		"reserved",  "sslCA",     "smimeCA", "objectSigningCA",
	};
	int unused;
	struct span bits = der_bit_string(r, &unused);

	tell_bits(d, "type", bits, types, sizeof(types) / sizeof(types[0]));
}

/* ---- Microsoft ---- */

/* The name of a template of version 1. */
static void tell_template_name(const struct tell *d, struct reader *r)
{
	struct name_attribute text = { 0 };

	text.value = der_any(r, &text.tag);
	if (!reader_failed(r))
		tell(d, "template", name_string_text(&text, d->buf, d->size));
}

/* CertificateTemplate ::= SEQUENCE { templateID OID, major INTEGER, minor INTEGER OPTIONAL } */
static void tell_template(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span oid = der_element(&seq, DER_OID);

	if (reader_failed(&seq))
		return;
	tell_oid(d, "template", oid);
	if (reader_more(&seq))
		tell_integer(d, "majorVersion", der_integer(&seq));
	if (reader_more(&seq))
		tell_integer(d, "minorVersion", der_integer(&seq));
	reader_close(&seq);
}

/* The index of the CA's certificate in the low half, of its key in the high one. */
static void tell_ca_version(const struct tell *d, struct reader *r)
{
	uint32_t version = der_small(r, INT32_MAX);

	if (reader_failed(r))
		return;
	tell_number(d, "certificateIndex", version & 0xffff);
	tell_number(d, "keyIndex", version >> 16);
}

/* OtherName elements as in a subjectAltName: the security identifier of an account. */
static void tell_security(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	tell_names(d, "", &seq);
}

/* ---- the rest ---- */

/* Its being there is all that it says. */
static void tell_null(const struct tell *d, struct reader *r)
{
	der_element(r, DER_NULL);
	if (!reader_failed(r))
		tell(d, "value", "present");
}

static void tell_octets(const struct tell *d, struct reader *r)
{
	struct span bytes = der_element(r, DER_OCTET_STRING);

	if (!reader_failed(r))
		tell_hex(d, "value", bytes);
}

/* SMIMECapabilities ::= SEQUENCE OF SEQUENCE { capabilityID OID, parameters ANY OPTIONAL } */
static void tell_capabilities(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct reader item = der_open(&seq, DER_SEQUENCE);
		struct span oid = der_element(&item, DER_OID);

		if (reader_failed(&item))
			return;
		tell_oid(d, "capability", oid);
	}
}

/*
 * CABFOrganizationIdentifier ::= SEQUENCE { registrationSchemeIdentifier, registrationCountry,
 *	registrationStateOrProvince [0] OPTIONAL, registrationReference }
 */
static void tell_organization(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span part = der_element(&seq, DER_PRINTABLE_STRING);

	if (!reader_failed(&seq))
		tell_text(d, "scheme", part);
	part = der_element(&seq, DER_PRINTABLE_STRING);
	if (!reader_failed(&seq))
		tell_text(d, "country", part);
	if (der_optional(&seq, DER_CONTEXT(0), &part))
		tell_text(d, "state", part);
	part = der_element(&seq, DER_UTF8_STRING);
	if (!reader_failed(&seq))
		tell_text(d, "reference", part);
	reader_close(&seq);
}

#define MICROSOFT "\x2b\x06\x01\x04\x01\x82\x37"
#define NETSCAPE "\x60\x86\x48\x01\x86\xf8\x42\x01"

static const struct describe_row rows[] = {
	ROW("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02", tell_scts),
	ROW("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03", tell_null), /* ctPoison */
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x03", tell_qc_statements),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x1f", tell_octets),   /* acmeIdentifier */
	ROW("\x2b\x06\x01\x05\x05\x07\x30\x01\x05", tell_null), /* ocspNoCheck */
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0f", tell_capabilities),
	ROW("\x67\x81\x0c\x03\x01", tell_organization),
	ROW(MICROSOFT "\x14\x02", tell_template_name),
	ROW(MICROSOFT "\x15\x01", tell_ca_version),
	ROW(MICROSOFT "\x15\x02", tell_octets), /* previousCertHash */
	ROW(MICROSOFT "\x15\x07", tell_template),
	ROW(MICROSOFT "\x19\x02", tell_security),
	ROW(NETSCAPE "\x01", tell_netscape_type),
	ROW(NETSCAPE "\x02", tell_ia5),
	ROW(NETSCAPE "\x03", tell_ia5),
	ROW(NETSCAPE "\x04", tell_ia5),
	ROW(NETSCAPE "\x07", tell_ia5),
	ROW(NETSCAPE "\x08", tell_ia5),
	ROW(NETSCAPE "\x0c", tell_ia5),
	ROW(NETSCAPE "\x0d", tell_ia5),
};

const struct describe_row *describe_other_find(struct span oid)
{
	return find(rows, sizeof(rows) / sizeof(rows[0]), oid);
}
