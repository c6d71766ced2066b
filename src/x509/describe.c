/*
 * Reading aloud the extensions of a certificate (RFC 5280, 4.2; RFC 7633). Those that are defined
 * elsewhere are in describe_other.c.
 *
 * Nothing is judged here, and nothing that was read decides anything: parsing (extensions.c) has
 * refused what would. So whatever is malformed in the rest is shown as it is, in hex.
 */
#include "x509/crl.h"
#include "x509/describe_other.h"

#include <stdlib.h>

#include "x509/name.h"
#include "x509/oid.h"
#include "x509/tell.h"
#include "x509/text.h"

/*
 * The longest text of a byte: one of a TeletexString that must be escaped is two of UTF-8, three
 * characters each. The names of attributes are shorter than eight times their encoding, too.
 */
enum { CHARS_A_BYTE = 8, CHARS_MORE = 256 };

/* ---- one function an extension ---- */

static void tell_key_id(const struct tell *d, struct reader *r)
{
	struct span id = der_element(r, DER_OCTET_STRING);

	if (!reader_failed(r))
		tell_hex(d, "keyIdentifier", id);
}

static void tell_authority_key_id(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct reader names;
	struct span part;

	if (der_optional(&seq, DER_CONTEXT(0), &part))
		tell_hex(d, "keyIdentifier", part);
	if (der_optional(&seq, DER_CONTEXT_CONS(1), &part)) {
		names = tell_reader(&seq, part);
		tell_names(d, "issuer ", &names);
	}
	if (der_optional(&seq, DER_CONTEXT(2), &part))
		tell_hex(d, "serial", part);
	reader_close(&seq);
}

static void tell_key_usage(const struct tell *d, struct reader *r)
{
	static const char *const usages[] = {
		"digitalSignature", "nonRepudiation", "keyEncipherment",
		"dataEncipherment", "keyAgreement",   "keyCertSign",
		"cRLSign",          "encipherOnly",   "decipherOnly",
	};
	int unused;
	struct span bits = der_bit_string(r, &unused);

	tell_bits(d, "usage", bits, usages, sizeof(usages) / sizeof(usages[0]));
}

static void tell_alt_names(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	tell_names(d, "", &seq);
}

static void tell_basic_constraints(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	bool ca = der_peek(&seq) == DER_BOOLEAN && der_boolean(&seq);

	tell(d, "ca", ca ? "true" : "false");
	if (der_peek(&seq) == DER_INTEGER)
		tell_number(d, "pathLength", der_small(&seq, 255));
	reader_close(&seq);
}

static void tell_subtrees(const struct tell *d, const char *prefix, int tag, struct reader *r)
{
	struct reader list;
	struct span content;

	if (!der_optional(r, tag, &content))
		return;
	list = tell_reader(r, content);
	while (reader_more(&list)) {
		struct reader subtree = der_open(&list, DER_SEQUENCE);
		struct general_name base = general_subtree_read(&subtree);

		reader_close(&subtree);
		if (reader_failed(&list))
			return;
		tell_subtree(d, prefix, base);
	}
}

static void tell_name_constraints(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	tell_subtrees(d, "permitted ", DER_CONTEXT_CONS(0), &seq);
	tell_subtrees(d, "excluded ", DER_CONTEXT_CONS(1), &seq);
	reader_close(&seq);
}

static void tell_purposes(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct span oid = der_element(&seq, DER_OID);

		if (!reader_failed(&seq))
			tell_oid(d, "purpose", oid);
	}
}

/* NoticeReference ::= SEQUENCE { organization DisplayText, noticeNumbers SEQUENCE OF INTEGER } */
static void tell_notice_reference(const struct tell *d, struct reader *notice)
{
	struct reader ref = der_open(notice, DER_SEQUENCE);
	struct name_attribute text = { 0 };
	struct reader numbers;

	text.value = der_any(&ref, &text.tag);
	numbers = der_open(&ref, DER_SEQUENCE);
	if (reader_failed(&ref))
		return;
	tell(d, "noticeOrganization", name_string_text(&text, d->buf, d->size));
	while (reader_more(&numbers)) {
		struct span number = der_integer(&numbers);

		if (!reader_failed(&numbers))
			tell_integer(d, "noticeNumber", number);
	}
	reader_close(&ref);
}

/* UserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL, explicitText OPTIONAL } */
static void tell_notice(const struct tell *d, struct reader *qualifier)
{
	struct reader notice = der_open(qualifier, DER_SEQUENCE);
	struct name_attribute text = { 0 };

	if (der_peek(&notice) == DER_SEQUENCE)
		tell_notice_reference(d, &notice);
	if (!reader_more(&notice))
		return;
	text.value = der_any(&notice, &text.tag);
	if (!reader_failed(&notice))
		tell(d, "notice", name_string_text(&text, d->buf, d->size));
	reader_close(&notice);
}

/* PolicyQualifierInfo ::= SEQUENCE { policyQualifierId, qualifier ANY } */
static void tell_qualifier(const struct tell *d, struct reader *list)
{
	struct reader info = der_open(list, DER_SEQUENCE);
	struct span oid = der_element(&info, DER_OID);
	struct span value;
	int tag;

	if (span_equal(oid, OID_QUALIFIER_CPS)) {
		value = der_element(&info, DER_IA5_STRING);
		if (!reader_failed(&info))
			tell_text(d, "cps", value);
	} else if (span_equal(oid, OID_QUALIFIER_NOTICE)) {
		tell_notice(d, &info);
	} else {
		value = der_whole(&info, &tag);
		if (!reader_failed(&info))
			tell_hex(d, "qualifier", value);
	}
	reader_close(&info);
}

/* PolicyInformation ::= SEQUENCE { policyIdentifier, policyQualifiers SEQUENCE OPTIONAL } */
static void tell_policies(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct reader info = der_open(&seq, DER_SEQUENCE);
		struct span oid = der_element(&info, DER_OID);

		if (reader_failed(&info))
			return;
		tell_oid(d, "policy", oid);
		if (reader_more(&info)) {
			struct reader qualifiers = der_open(&info, DER_SEQUENCE);

			while (reader_more(&qualifiers))
				tell_qualifier(d, &qualifiers);
		}
		reader_close(&info);
	}
}

static void tell_mappings(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct reader pair = der_open(&seq, DER_SEQUENCE);
		struct span issuers = der_element(&pair, DER_OID);
		struct span subjects = der_element(&pair, DER_OID);

		if (!reader_close(&pair))
			return;
		tell_oid(d, "issuerPolicy", issuers);
		tell_oid(d, "subjectPolicy", subjects);
	}
}

static void tell_policy_constraints(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span number;

	if (der_optional(&seq, DER_CONTEXT(0), &number))
		tell_integer(d, "requireExplicitPolicy", number);
	if (der_optional(&seq, DER_CONTEXT(1), &number))
		tell_integer(d, "inhibitPolicyMapping", number);
	reader_close(&seq);
}

static void tell_inhibit_any_policy(const struct tell *d, struct reader *r)
{
	struct span number = der_unsigned(r);

	if (!reader_failed(r))
		tell_integer(d, "skipCerts", number);
}

/*
 * DistributionPointName ::= CHOICE { fullName [0] GeneralNames,
 *                                    nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
 */
void tell_point_name(const struct tell *d, struct reader *point)
{
	struct reader choice;
	struct reader names;
	struct span content;

	if (!der_optional(point, DER_CONTEXT_CONS(0), &content))
		return;
	choice = tell_reader(point, content);
	if (der_optional(&choice, DER_CONTEXT_CONS(0), &content)) {
		names = tell_reader(&choice, content);
		tell_names(d, "", &names);
	} else {
		content = der_element(&choice, DER_CONTEXT_CONS(1));
		if (!reader_failed(&choice))
			tell_hex(d, "relativeName", content);
	}
	reader_close(&choice);
}

void tell_reasons(const struct tell *d, struct span content)
{
	static const char *const reasons[] = {
		"unused",
		"keyCompromise",
		"cACompromise",
		"superseded",
		"affiliationChanged",
		"certificateHold",
		"cessationOfOperation",
		"privilegeWithdrawn",
		"aACompromise",
	};

	if (content.len > 1)
		tell_bits(d, "reason", span_make(content.data + 1, content.len - 1), reasons,
			  sizeof(reasons) / sizeof(reasons[0]));
}

/* DistributionPoint ::= SEQUENCE { distributionPoint [0], reasons [1], cRLIssuer [2] } */
static void tell_points(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct reader point = der_open(&seq, DER_SEQUENCE);
		struct reader names;
		struct span part;

		tell_point_name(d, &point);
		if (der_optional(&point, DER_CONTEXT(1), &part))
			tell_reasons(d, part);
		if (der_optional(&point, DER_CONTEXT_CONS(2), &part)) {
			names = tell_reader(&point, part);
			tell_names(d, "cRLIssuer ", &names);
		}
		reader_close(&point);
	}
}

static void tell_info_access(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct reader item = der_open(&seq, DER_SEQUENCE);
		struct span method = der_element(&item, DER_OID);
		struct general_name place = general_name_read(&item);
		char name[64];

		if (!reader_close(&item))
			return;
		tell_name_value(d, oid_text(method, name, sizeof(name)), place);
	}
}

/* Features ::= SEQUENCE OF INTEGER: TLS extensions that the server promises (RFC 7633). */
static void tell_features(const struct tell *d, struct reader *r)
{
	enum { STATUS_REQUEST = 5, STATUS_REQUEST_V2 = 17 };
	struct reader seq = der_open(r, DER_SEQUENCE);

	while (reader_more(&seq)) {
		uint32_t feature = der_small(&seq, 65535);

		if (reader_failed(&seq))
			return;
		if (feature == STATUS_REQUEST)
			tell(d, "feature", "status_request");
		else if (feature == STATUS_REQUEST_V2)
			tell(d, "feature", "status_request_v2");
		else
			tell_number(d, "feature", feature);
	}
}

/* PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0], notAfter [1] }: both GeneralizedTime. */
static void tell_key_period(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	tell_time(d, "notBefore", DER_CONTEXT(0), &seq);
	tell_time(d, "notAfter", DER_CONTEXT(1), &seq);
	reader_close(&seq);
}

/* SubjectDirectoryAttributes ::= SEQUENCE OF SEQUENCE { type, values SET OF ANY } */
static void tell_directory_attributes(const struct tell *d, struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	while (reader_more(&seq)) {
		struct reader attribute = der_open(&seq, DER_SEQUENCE);
		struct span type = der_element(&attribute, DER_OID);
		struct reader values = der_open(&attribute, DER_SET);
		char name[96];

		oid_text(type, name, sizeof(name));
		while (reader_more(&values)) {
			struct name_attribute value = { 0 };

			value.value = der_any(&values, &value.tag);
			if (!reader_failed(&values))
				tell(d, name, name_string_text(&value, d->buf, d->size));
		}
		reader_close(&attribute);
	}
}

/* ---- which is which ---- */

#define ROW(bytes, tell)                                                                           \
	{                                                                                          \
		{ (const uint8_t *)(bytes), sizeof(bytes) - 1 }, tell                              \
	}

static const struct describe_row rows[] = {
	ROW("\x55\x1d\x09", tell_directory_attributes),
	ROW("\x55\x1d\x0e", tell_key_id),
	ROW("\x55\x1d\x0f", tell_key_usage),
	ROW("\x55\x1d\x10", tell_key_period),
	ROW("\x55\x1d\x11", tell_alt_names),
	ROW("\x55\x1d\x12", tell_alt_names),
	ROW("\x55\x1d\x13", tell_basic_constraints),
	ROW("\x55\x1d\x1e", tell_name_constraints),
	ROW("\x55\x1d\x1f", tell_points),
	ROW("\x55\x1d\x20", tell_policies),
	ROW("\x55\x1d\x21", tell_mappings),
	ROW("\x55\x1d\x23", tell_authority_key_id),
	ROW("\x55\x1d\x24", tell_policy_constraints),
	ROW("\x55\x1d\x25", tell_purposes),
	ROW("\x55\x1d\x2e", tell_points),
	ROW("\x55\x1d\x36", tell_inhibit_any_policy),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x01", tell_info_access),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x0b", tell_info_access),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x18", tell_features),
	ROW("\x2b\x06\x01\x04\x01\x82\x37\x15\x0a", tell_policies), /* applicationPolicies */
};

static const struct describe_row *find(struct span oid)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_equal(rows[i].oid, oid))
			return &rows[i];
	return describe_other_find(oid) != NULL ? describe_other_find(oid) : describe_crl_find(oid);
}

static void tell_value(const struct tell *d, struct span oid, struct span value)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(value, &own);
	const struct describe_row *row = find(oid);

	if (row == NULL) {
		tell_hex(d, "der", value);
		return;
	}
	row->tell(d, &r);
	if (reader_close(&r))
		return;
	tell(d, "malformed", ward_reason_text(own.reason));
	tell_hex(d, "der", value);
}

bool describe_extension_value(struct span oid, struct span value, const struct describe_sink *sink,
			      struct ward_error *err)
{
	struct tell d = { .sink = sink, .size = CHARS_A_BYTE * value.len + CHARS_MORE };

	d.buf = malloc(d.size);
	if (d.buf == NULL)
		return FAIL(err, NO_MEMORY);
	tell_value(&d, oid, value);
	free(d.buf);
	return true;
}

static bool describe_one(struct reader *list, const struct describe_sink *sink,
			 struct ward_error *err)
{
	struct reader r = der_open(list, DER_SEQUENCE);
	struct span oid = der_element(&r, DER_OID);
	bool critical = der_peek(&r) == DER_BOOLEAN && der_boolean(&r);
	struct span value = der_element(&r, DER_OCTET_STRING);
	char name[96];
	char dotted[96];

	sink->extension(sink->arg, oid_text(oid, name, sizeof(name)),
			der_oid_text(oid, dotted, sizeof(dotted)), critical);
	return describe_extension_value(oid, value, sink, err);
}

/* Parsing has seen the form of the list. */
bool describe_extension_list(struct span extensions, const struct describe_sink *sink,
			     struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(extensions, &own);

	while (reader_more(&list))
		if (!describe_one(&list, sink, err))
			return false;
	return true;
}

bool describe_extensions(const struct ward_cert *cert, const struct describe_sink *sink,
			 struct ward_error *err)
{
	return describe_extension_list(cert->ext.list, sink, err);
}

bool crl_describe(const struct ward_crl *crl, const struct describe_sink *sink,
		  struct ward_error *err)
{
	return describe_extension_list(crl->ext.list, sink, err);
}
