/*
 * Reading the extensions of a certificate (RFC 5280, 4.2).
 *
 * Every extension that takes part in a judgement is decoded, and refused if it is malformed; of the
 * others that are known the outer form is checked, and those that are not known are passed over,
 * but for the first critical one, which is remembered. No extension may appear twice.
 */
#include "x509/extensions.h"

#include "x509/name.h"
#include "x509/oid.h"

enum {
	UNKNOWN_MAX = 32, /* extensions that are not known: real certificates have a handful */
	IPV4_LEN = 4,
	IPV6_LEN = 16,
};

static const struct span id_ce = { (const uint8_t *)"\x55\x1d", 2 }; /* 2.5.29 */
static const struct span id_pe = { (const uint8_t *)"\x2b\x06\x01\x05\x05\x07\x01", 7 };
static const struct span id_sct = { (const uint8_t *)"\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02",
				    10 };

static int find_by_arc(uint8_t arc, const uint8_t (*rows)[2], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i][0] == arc)
			return rows[i][1];
	return -1;
}

/* Which extension an OID names, or -1. */
static int ext_find(struct span oid)
{
	static const uint8_t ce[][2] = {
		{ 17, EXT_SUBJECT_ALT_NAME },
		{ 15, EXT_KEY_USAGE },
		{ 37, EXT_EXT_KEY_USAGE },
		{ 19, EXT_BASIC_CONSTRAINTS },
		{ 14, EXT_SUBJECT_KEY_ID },
		{ 35, EXT_AUTHORITY_KEY_ID },
		{ 32, EXT_CERTIFICATE_POLICIES },
		{ 31, EXT_CRL_DISTRIBUTION_POINTS },
		{ 30, EXT_NAME_CONSTRAINTS },
		{ 9, EXT_SUBJECT_DIRECTORY_ATTRIBUTES },
		{ 16, EXT_PRIVATE_KEY_USAGE_PERIOD },
		{ 18, EXT_ISSUER_ALT_NAME },
		{ 33, EXT_POLICY_MAPPINGS },
		{ 36, EXT_POLICY_CONSTRAINTS },
		{ 46, EXT_FRESHEST_CRL },
		{ 54, EXT_INHIBIT_ANY_POLICY },
	};
	static const uint8_t pe[][2] = {
		{ 1, EXT_AUTHORITY_INFO_ACCESS },
		{ 11, EXT_SUBJECT_INFO_ACCESS },
		{ 24, EXT_TLS_FEATURE },
	};
	struct span parent = span_make(oid.data, oid.len > 0 ? oid.len - 1 : 0);

	if (span_equal(parent, id_ce))
		return find_by_arc(oid.data[oid.len - 1], ce, sizeof(ce) / sizeof(ce[0]));
	if (span_equal(parent, id_pe))
		return find_by_arc(oid.data[oid.len - 1], pe, sizeof(pe) / sizeof(pe[0]));
	return span_equal(oid, id_sct) ? EXT_SCT_LIST : -1;
}

/* ---- GeneralName ---- */

/* IA5String, and nothing in it that could hide the rest of a name from a reader. */
static void check_text(struct reader *r, struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] <= 0x1f || text.data[i] >= 0x7f) {
			FAILF(r->err, BAD_VALUE, "byte 0x%02x in a name", text.data[i]);
			return;
		}
}

static struct reader content_of(const struct reader *r, struct span content)
{
	struct reader inner = *r;

	inner.pos = content.data;
	inner.end = content.data + content.len;
	return inner;
}

/* Whole: constraints are checked against it, and half a name might pass for another. */
static struct span check_directory_name(struct reader *r, struct span content)
{
	struct reader inner = content_of(r, content);
	struct span name = der_whole_tag(&inner, DER_SEQUENCE);

	if (reader_close(&inner))
		name_check(name, r->err);
	return name;
}

/* OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY DEFINED BY type-id } */
static void check_other_name(struct reader *r, struct span content)
{
	struct reader inner = content_of(r, content);
	struct reader value;
	int tag;

	der_element(&inner, DER_OID);
	value = der_open(&inner, DER_CONTEXT_CONS(0));
	der_any(&value, &tag);
	reader_close(&value);
	reader_close(&inner);
}

static void check_registered_id(struct reader *r, struct span oid)
{
	if (!der_oid_is_sound(oid))
		FAILF(r->err, BAD_DER, "a registeredID out of form");
}

/* The parts of GeneralName are implicitly tagged, but for directoryName, which is a CHOICE. */
static struct general_name read_name(struct reader *r, size_t ip_factor)
{
	int tag;
	struct span value = der_any(r, &tag);
	struct general_name name = { tag & 0x1f, value };

	if (error_is_set(r->err))
		return name;
	switch (tag) {
	case DER_CONTEXT(1):
	case DER_CONTEXT(2):
	case DER_CONTEXT(6):
		check_text(r, value);
		break;
	case DER_CONTEXT_CONS(4):
		name.value = check_directory_name(r, value);
		break;
	case DER_CONTEXT(7):
		if (value.len != IPV4_LEN * ip_factor && value.len != IPV6_LEN * ip_factor)
			FAILF(r->err, BAD_VALUE, "an IP address of %zu bytes", value.len);
		break;
	case DER_CONTEXT_CONS(0):
		check_other_name(r, value);
		break;
	case DER_CONTEXT(8):
		check_registered_id(r, value);
		break;
	case DER_CONTEXT_CONS(3):
	case DER_CONTEXT_CONS(5):
		break;
	default:
		FAILF(r->err, DER_TAG, "0x%02x is no GeneralName", (unsigned int)tag);
	}
	return name;
}

struct general_name general_name_read(struct reader *r)
{
	return read_name(r, 1);
}

struct general_name general_subtree_read(struct reader *r)
{
	return read_name(r, 2);
}

static void fail_empty(struct reader *r)
{
	FAILF(r->err, BAD_VALUE, "an empty list");
}

/* ---- one function an extension; each gets a reader of what is inside extnValue ---- */

static void parse_key_id(struct reader *r, struct extensions *e)
{
	e->subject_key_id = der_element(r, DER_OCTET_STRING);
	if (e->subject_key_id.len == 0)
		FAILF(r->err, BAD_VALUE, "an empty key identifier");
}

/* It is a hint: what is out of form is none. */
static void find_authority(struct extensions *e, struct span names, struct span serial)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(names, &own);
	int tag = 0;
	struct span name = der_any(&r, &tag);

	if (serial.len == 0 || tag != DER_CONTEXT_CONS(4) || reader_left(&r) > 0)
		return;
	name_check(name, &own);
	if (error_is_set(&own))
		return;
	e->authority_issuer = name;
	e->authority_serial = serial;
}

static void parse_authority_key_id(struct reader *r, struct extensions *e)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span names = SPAN_EMPTY, serial = SPAN_EMPTY;

	der_optional(&seq, DER_CONTEXT(0), &e->authority_key_id);
	e->has_aki_issuer = der_optional(&seq, DER_CONTEXT_CONS(1), &names);
	e->has_aki_serial = der_optional(&seq, DER_CONTEXT(2), &serial);
	reader_close(&seq);
	find_authority(e, names, serial);
}

uint16_t key_usage_read(struct reader *r)
{
	int unused;
	struct span bits = der_bit_string(r, &unused);
	uint16_t set = 0;

	if (bits.len > 2)
		FAILF(r->err, BAD_VALUE, "more than nine bits");
	for (int i = 0; i < 9 && (size_t)i / 8 < bits.len; i++)
		if ((bits.data[i / 8] & 0x80 >> i % 8) != 0)
			set |= (uint16_t)(1 << i);
	return set;
}

static void parse_key_usage(struct reader *r, struct extensions *e)
{
	e->key_usage = key_usage_read(r);
}

static void parse_alt_names(struct reader *r, struct extensions *e)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	e->alt_names = span_make(seq.pos, reader_left(&seq));
	if (e->alt_names.len == 0)
		fail_empty(&seq);
	while (reader_more(&seq)) {
		e->alt_name_kinds |= (uint16_t)(1U << general_name_read(&seq).kind);
		e->alt_name_count++;
	}
}

/* An explicit cA FALSE is against X.690, 11.5, but found in many certificates that are in use. */
static void parse_basic_constraints(struct reader *r, struct extensions *e)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	if (der_peek(&seq) == DER_BOOLEAN)
		e->ca = der_boolean(&seq);
	if (der_peek(&seq) == DER_INTEGER)
		e->path_length = (int)der_small(&seq, 255);
	reader_close(&seq);
}

/* An address and a mask, which must be a prefix (RFC 4632): ones, then zeros. */
static void check_ip_range(struct reader *r, struct span range)
{
	bool ended = false;

	for (size_t i = range.len / 2; i < range.len; i++)
		for (int bit = 0x80; bit > 0; bit >>= 1) {
			bool one = (range.data[i] & bit) != 0;

			if (one && ended) {
				FAILF(r->err, BAD_VALUE, "an IP mask that is not a prefix");
				return;
			}
			ended = !one;
		}
}

/* GeneralSubtree ::= SEQUENCE { base, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }; in this profile
 * the minimum is 0 and there is no maximum. */
static void parse_subtrees(struct reader *r, int tag, struct span *list)
{
	struct reader subtrees;

	if (der_peek(r) != tag)
		return;
	subtrees = der_open(r, tag);
	*list = span_make(subtrees.pos, reader_left(&subtrees));
	if (list->len == 0)
		fail_empty(&subtrees);
	while (reader_more(&subtrees)) {
		struct reader subtree = der_open(&subtrees, DER_SEQUENCE);
		struct general_name base = general_subtree_read(&subtree);

		if (base.kind == 7 && !error_is_set(r->err))
			check_ip_range(&subtree, base.value);
		reader_close(&subtree);
	}
}

static void parse_name_constraints(struct reader *r, struct extensions *e)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	parse_subtrees(&seq, DER_CONTEXT_CONS(0), &e->permitted);
	parse_subtrees(&seq, DER_CONTEXT_CONS(1), &e->excluded);
	reader_close(&seq);
}

static void parse_ext_key_usage(struct reader *r, struct extensions *e)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	if (reader_left(&seq) == 0)
		fail_empty(&seq);
	while (reader_more(&seq)) {
		struct span oid = der_element(&seq, DER_OID);

		if (span_equal(oid, OID_SERVER_AUTH))
			e->purposes |= PURPOSE_SERVER_AUTH;
		else if (span_equal(oid, OID_CLIENT_AUTH))
			e->purposes |= PURPOSE_CLIENT_AUTH;
		else if (span_equal(oid, OID_ANY_EXT_KEY_USAGE))
			e->purposes |= PURPOSE_ANY;
		else
			e->purposes |= PURPOSE_OTHER;
	}
}

/* A list of SEQUENCEs that begin with an OID: policies, policy mappings. */
static void parse_oid_list(struct reader *r, struct extensions *e)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	(void)e;
	if (reader_left(&seq) == 0)
		fail_empty(&seq);
	while (reader_more(&seq)) {
		struct reader item = der_open(&seq, DER_SEQUENCE);

		der_element(&item, DER_OID);
	}
}

/* AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName } */
static void parse_info_access(struct reader *r, struct extensions *e)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	(void)e;
	if (reader_left(&seq) == 0)
		fail_empty(&seq);
	while (reader_more(&seq)) {
		struct reader item = der_open(&seq, DER_SEQUENCE);

		der_element(&item, DER_OID);
		general_name_read(&item);
		reader_close(&item);
	}
}

/* SkipCerts, implicitly tagged; -1 where it is absent. What is beyond 255 bounds no chain. */
static int read_skip_certs(struct reader *r, int tag)
{
	struct span number;

	if (!der_optional(r, tag, &number))
		return -1;
	if (number.len == 0 || number.data[0] >= 0x80)
		FAILF(r->err, BAD_VALUE, "a count that is empty or negative");
	else if (number.len == 1)
		return number.data[0];
	return 255;
}

static void parse_policy_constraints(struct reader *r, struct extensions *e)
{
	struct reader seq = der_open(r, DER_SEQUENCE);

	if (reader_left(&seq) == 0)
		fail_empty(&seq);
	e->require_explicit_policy = read_skip_certs(&seq, DER_CONTEXT(0));
	e->inhibit_policy_mapping = read_skip_certs(&seq, DER_CONTEXT(1));
	reader_close(&seq);
}

static void parse_inhibit_any_policy(struct reader *r, struct extensions *e)
{
	(void)e;
	der_unsigned(r);
}

/* What is shown or used elsewhere: one element, and nothing behind it. */
static void parse_any(struct reader *r, struct extensions *e)
{
	int tag;

	(void)e;
	der_any(r, &tag);
}

static const struct ext_row {
	void (*parse)(struct reader *r, struct extensions *e);
	const char *name;
} ext_rows[EXT_ID_COUNT] = {
	[EXT_SUBJECT_DIRECTORY_ATTRIBUTES] = { parse_any, "subjectDirectoryAttributes" },
	[EXT_SUBJECT_KEY_ID] = { parse_key_id, "subjectKeyIdentifier" },
	[EXT_KEY_USAGE] = { parse_key_usage, "keyUsage" },
	[EXT_PRIVATE_KEY_USAGE_PERIOD] = { parse_any, "privateKeyUsagePeriod" },
	[EXT_SUBJECT_ALT_NAME] = { parse_alt_names, "subjectAltName" },
	[EXT_ISSUER_ALT_NAME] = { parse_any, "issuerAltName" },
	[EXT_BASIC_CONSTRAINTS] = { parse_basic_constraints, "basicConstraints" },
	[EXT_NAME_CONSTRAINTS] = { parse_name_constraints, "nameConstraints" },
	[EXT_CRL_DISTRIBUTION_POINTS] = { parse_any, "cRLDistributionPoints" },
	[EXT_CERTIFICATE_POLICIES] = { parse_oid_list, "certificatePolicies" },
	[EXT_POLICY_MAPPINGS] = { parse_oid_list, "policyMappings" },
	[EXT_AUTHORITY_KEY_ID] = { parse_authority_key_id, "authorityKeyIdentifier" },
	[EXT_POLICY_CONSTRAINTS] = { parse_policy_constraints, "policyConstraints" },
	[EXT_EXT_KEY_USAGE] = { parse_ext_key_usage, "extKeyUsage" },
	[EXT_FRESHEST_CRL] = { parse_any, "freshestCRL" },
	[EXT_INHIBIT_ANY_POLICY] = { parse_inhibit_any_policy, "inhibitAnyPolicy" },
	[EXT_AUTHORITY_INFO_ACCESS] = { parse_info_access, "authorityInfoAccess" },
	[EXT_SUBJECT_INFO_ACCESS] = { parse_info_access, "subjectInfoAccess" },
	[EXT_TLS_FEATURE] = { parse_any, "tlsFeature" },
	[EXT_SCT_LIST] = { parse_any, "signedCertificateTimestampList" },
};

/* ---- the list ---- */

struct unknown {
	struct span oids[UNKNOWN_MAX];
	size_t count;
};

static void note_unknown(struct reader *r, struct unknown *seen, struct span oid, bool critical,
			 struct extensions *e)
{
	char text[64];

	for (size_t i = 0; i < seen->count; i++)
		if (span_equal(seen->oids[i], oid)) {
			FAILF(r->err, CERT_MALFORMED, "extension %s appears twice",
			      oid_text(oid, text, sizeof(text)));
			return;
		}
	if (seen->count == UNKNOWN_MAX) {
		FAILF(r->err, CERT_MALFORMED, "more than %d unknown extensions", UNKNOWN_MAX);
		return;
	}
	seen->oids[seen->count++] = oid;
	if (critical && e->unknown_critical.data == NULL)
		e->unknown_critical = oid;
}

static void parse_known(struct reader *r, enum ext_id id, struct reader value, struct extensions *e)
{
	struct ward_error own = ERROR_NONE;

	if (extensions_has(e, id)) {
		FAILF(r->err, CERT_MALFORMED, "%s appears twice", ext_rows[id].name);
		return;
	}
	e->present |= 1U << id;
	e->value[id] = span_make(value.pos, reader_left(&value));
	value.err = &own;
	ext_rows[id].parse(&value, e);
	if (!reader_close(&value))
		FAILF(r->err, CERT_MALFORMED, "%s: %s%s%s", ext_rows[id].name,
		      ward_reason_text(own.reason), own.detail[0] == '\0' ? "" : ": ", own.detail);
}

/* Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
static void parse_one(struct reader *list, struct unknown *seen, struct extensions *e)
{
	struct reader r = der_open(list, DER_SEQUENCE);
	struct span oid = der_element(&r, DER_OID);
	bool critical = der_peek(&r) == DER_BOOLEAN && der_boolean(&r);
	struct reader value = der_open(&r, DER_OCTET_STRING);
	int id = ext_find(oid);

	if (!reader_close(&r))
		return;
	if (id < 0) {
		note_unknown(&r, seen, oid, critical, e);
		return;
	}
	parse_known(&r, (enum ext_id)id, value, e);
	if (critical)
		e->critical |= 1U << id;
}

void cert_extensions_parse(struct reader *r, struct extensions *e)
{
	struct reader list = der_open(r, DER_SEQUENCE);
	struct unknown seen = { .count = 0 };

	e->list = span_make(list.pos, reader_left(&list));
	e->path_length = PATH_LENGTH_NONE;
	e->require_explicit_policy = -1;
	e->inhibit_policy_mapping = -1;
	if (reader_left(&list) == 0)
		fail_empty(&list);
	while (reader_more(&list))
		parse_one(&list, &seen, e);
}

struct span extensions_access_uri(const struct extensions *e, struct span method, struct span after)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(e->value[EXT_AUTHORITY_INFO_ACCESS], &own);
	struct reader seq;

	if (!extensions_has(e, EXT_AUTHORITY_INFO_ACCESS))
		return SPAN_EMPTY;
	seq = der_open(&r, DER_SEQUENCE);
	while (reader_more(&seq)) {
		struct reader item = der_open(&seq, DER_SEQUENCE);
		struct span found = der_element(&item, DER_OID);
		struct general_name place = general_name_read(&item);

		if (reader_failed(&item))
			break;
		if (place.kind == 6 && span_equal(found, method) &&
		    (after.len == 0 || place.value.data > after.data))
			return place.value;
	}
	return SPAN_EMPTY;
}
