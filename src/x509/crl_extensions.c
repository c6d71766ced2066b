/*
 * The entries of a CRL and the extensions of both (RFC 5280, 5.2 and 5.3).
 *
 * What takes part in a judgement is decoded, and refused if it is malformed. Critical extensions
 * that are not known are noted: such a list is shown, but not used.
 */
#include "x509/crl.h"

#include <strings.h>

#include "x509/oid.h"

enum {
	UNKNOWN_MAX = 32, /* extensions of a list that are not known */
	REASON_LAST = 10,
	REASON_UNUSED = 7,
};

/* ---- what all extensions have in common ---- */

struct span extension_next(struct reader *list, bool *critical, struct reader *value)
{
	struct reader r = der_open(list, DER_SEQUENCE);
	struct span oid = der_element(&r, DER_OID);

	*critical = der_peek(&r) == DER_BOOLEAN && der_boolean(&r);
	*value = der_open(&r, DER_OCTET_STRING);
	reader_close(&r);
	return oid;
}

/* The last arc of 2.5.29.ARC, or 0: no extension has that. */
static int ce_arc(struct span oid)
{
	if (oid.len != 3 || !span_equal(span_make(oid.data, 2), SPAN_LITERAL("\x55\x1d")))
		return 0;
	return oid.data[2];
}

/* ---- of a list ---- */

static void parse_number(struct reader *r, struct crl_extensions *e)
{
	e->number = der_unsigned(r);
}

static void parse_base_number(struct reader *r, struct crl_extensions *e)
{
	e->delta = true;
	e->base_number = der_unsigned(r);
}

static void parse_authority_key_id(struct reader *r, struct crl_extensions *e)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span other;

	der_optional(&seq, DER_CONTEXT(0), &e->authority_key_id);
	der_optional(&seq, DER_CONTEXT_CONS(1), &other);
	der_optional(&seq, DER_CONTEXT(2), &other);
	reader_close(&seq);
}

/* [tag] IMPLICIT BOOLEAN DEFAULT FALSE; FALSE that is written out is let pass, as elsewhere. */
static bool read_flag(struct reader *r, int number)
{
	struct span content;

	if (!der_optional(r, DER_CONTEXT(number), &content))
		return false;
	if (content.len == 1 && (content.data[0] == 0x00 || content.data[0] == 0xff))
		return content.data[0] != 0;
	return FAILF(r->err, BAD_DER, "a BOOLEAN that is not 00 or FF");
}

/* ReasonFlags ::= BIT STRING, bit 0 the highest of the first byte and not in use */
uint16_t crl_reasons_read(struct reader *r, struct span content)
{
	uint16_t reasons = 0;

	if (content.len < 1 || content.len > 3 || content.data[0] > 7) {
		FAILF(r->err, BAD_VALUE, "malformed reasons");
		return 0;
	}
	for (unsigned int bit = 1; bit <= 8 && 1 + bit / 8 < content.len; bit++)
		if ((content.data[1 + bit / 8] & 0x80 >> bit % 8) != 0)
			reasons |= (uint16_t)(1U << bit);
	return reasons;
}

static void parse_scope(struct reader *r, struct crl_extensions *e)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span content;

	e->scope = span_make(seq.pos, reader_left(&seq));
	der_optional(&seq, DER_CONTEXT_CONS(0), &e->point);
	e->only_users = read_flag(&seq, 1);
	e->only_cas = read_flag(&seq, 2);
	if (der_optional(&seq, DER_CONTEXT(3), &content))
		e->reasons = crl_reasons_read(&seq, content);
	e->indirect = read_flag(&seq, 4);
	e->only_attributes = read_flag(&seq, 5);
	reader_close(&seq);
	if (e->only_users + e->only_cas + e->only_attributes > 1)
		FAILF(seq.err, BAD_VALUE, "more than one of the limits to a kind of certificate");
}

/* What is shown and takes no part: where more is to be had, other names of the issuer. */
static void parse_any(struct reader *r, struct crl_extensions *e)
{
	int tag;

	(void)e;
	der_any(r, &tag);
}

static const struct list_row {
	int arc;
	void (*parse)(struct reader *r, struct crl_extensions *e);
	const char *name;
} list_rows[] = {
	{ 20, parse_number, "cRLNumber" },
	{ 35, parse_authority_key_id, "authorityKeyIdentifier" },
	{ 28, parse_scope, "issuingDistributionPoint" },
	{ 27, parse_base_number, "deltaCRLIndicator" },
	{ 46, parse_any, "freshestCRL" },
	{ 18, parse_any, "issuerAltName" },
};

struct unknown {
	struct span oids[UNKNOWN_MAX];
	size_t count;
};

static void note_unknown(struct reader *list, struct unknown *seen, struct span oid)
{
	char text[64];

	for (size_t i = 0; i < seen->count; i++)
		if (span_equal(seen->oids[i], oid))
			FAILF(list->err, BAD_VALUE, "%s appears twice",
			      oid_text(oid, text, sizeof(text)));
	if (seen->count == UNKNOWN_MAX)
		FAILF(list->err, BAD_VALUE, "more than %d unknown extensions", UNKNOWN_MAX);
	else
		seen->oids[seen->count++] = oid;
}

static void parse_known(struct reader *list, size_t row, struct reader value,
			struct crl_extensions *e)
{
	struct ward_error own = ERROR_NONE;

	if ((e->seen >> row & 1) != 0) {
		FAILF(list->err, BAD_VALUE, "%s appears twice", list_rows[row].name);
		return;
	}
	e->seen |= 1U << row;
	value.err = &own;
	list_rows[row].parse(&value, e);
	if (!reader_close(&value))
		FAILF(list->err, BAD_VALUE, "%s: %s%s%s", list_rows[row].name,
		      ward_reason_text(own.reason), own.detail[0] == '\0' ? "" : ": ", own.detail);
}

static size_t find_row(struct span oid)
{
	size_t i = 0;

	while (i < sizeof(list_rows) / sizeof(list_rows[0]) && list_rows[i].arc != ce_arc(oid))
		i++;
	return i;
}

void crl_extensions_parse(struct reader *r, struct crl_extensions *e)
{
	const size_t none = sizeof(list_rows) / sizeof(list_rows[0]);
	struct reader list = der_open(r, DER_SEQUENCE);
	struct unknown seen = { .count = 0 };

	e->list = span_make(list.pos, reader_left(&list));
	if (e->list.len == 0)
		FAILF(list.err, BAD_VALUE, "an empty list");
	while (reader_more(&list)) {
		bool critical;
		struct reader value;
		struct span oid = extension_next(&list, &critical, &value);
		size_t row = find_row(oid);

		if (reader_failed(&list))
			return;
		if (row < none)
			parse_known(&list, row, value, e);
		else
			note_unknown(&list, &seen, oid);
		if (row == none && critical && e->unknown_critical.data == NULL)
			e->unknown_critical = oid;
		if (critical && ce_arc(oid) == 20)
			e->number_is_critical = true;
	}
}

/* ---- of an entry ---- */

/* CRLReason ::= ENUMERATED, of one byte in DER */
static int read_reason(struct reader *r)
{
	struct span content = der_element(r, DER_ENUMERATED);

	if (reader_failed(r))
		return 0;
	if (content.len == 1 && content.data[0] <= REASON_LAST && content.data[0] != REASON_UNUSED)
		return content.data[0];
	FAILF(r->err, BAD_VALUE, "an unknown reason");
	return 0;
}

static void read_invalidity_date(struct reader *r, struct crl_entry *entry)
{
	if (der_peek(r) != DER_GENERALIZED_TIME)
		FAILF(r->err, BAD_TIME, "invalidityDate is no GeneralizedTime");
	entry->revoked.invalid = der_time(r);
}

static void read_certificate_issuer(struct reader *r, struct crl_entry *entry)
{
	struct reader names = der_open(r, DER_SEQUENCE);

	entry->names_issuer = true;
	if (reader_left(&names) == 0)
		FAILF(names.err, BAD_VALUE, "an empty list");
	while (reader_more(&names))
		general_name_read(&names);
}

/* One extension; the values of those that are known fill their octets. */
static void read_entry_extension(struct reader *list, struct crl_entry *entry, unsigned int *seen)
{
	bool critical;
	struct reader value;
	struct span oid = extension_next(list, &critical, &value);
	int arc = ce_arc(oid);
	unsigned int bit = arc >= 21 && arc <= 29 ? 1U << (arc - 21) : 0;

	if (reader_failed(list))
		return;
	if ((*seen & bit) != 0) {
		FAILF(list->err, BAD_VALUE, "an extension of an entry appears twice");
		return;
	}
	*seen |= bit;
	if (arc == 21)
		entry->revoked.reason = read_reason(&value);
	else if (arc == 24)
		read_invalidity_date(&value, entry);
	else if (arc == 29)
		read_certificate_issuer(&value, entry);
	else if (critical && entry->unknown_critical.data == NULL)
		entry->unknown_critical = oid;
	if (arc == 21 || arc == 24 || arc == 29)
		reader_close(&value);
}

static void read_entry_extensions(struct reader *r, struct crl_entry *entry, int version)
{
	struct reader list = der_open(r, DER_SEQUENCE);
	unsigned int seen = 0;

	if (version == 1)
		FAILF(list.err, BAD_VALUE, "an entry with extensions in version 1");
	if (reader_left(&list) == 0)
		FAILF(list.err, BAD_VALUE, "an empty list");
	while (reader_more(&list))
		read_entry_extension(&list, entry, &seen);
}

/* SEQUENCE { userCertificate, revocationDate Time, crlEntryExtensions Extensions OPTIONAL } */
struct crl_entry crl_entry_read(struct reader *list, int version)
{
	struct crl_entry entry = { .revoked = { .invalid = WARD_NO_TIME } };
	struct reader r = der_open(list, DER_SEQUENCE);
	struct span serial = der_integer(&r);

	if (serial.len > 0 && serial.data[0] >= 0x80)
		FAILF(r.err, BAD_VALUE, "a negative serial number");
	entry.revoked.serial = serial.data;
	entry.revoked.serial_len = serial.len;
	entry.revoked.time = der_time(&r);
	if (reader_more(&r))
		read_entry_extensions(&r, &entry, version);
	reader_close(&r);
	return entry;
}

/* ---- reasons by name ---- */

static const char *const reason_names[REASON_LAST + 1] = {
	"unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
	"superseded",    "cessationOfOperation", "certificateHold", NULL,
	"removeFromCRL", "privilegeWithdrawn",   "aACompromise",
};

const char *ward_revocation_reason_name(int reason)
{
	return reason >= 0 && reason <= REASON_LAST ? reason_names[reason] : NULL;
}

int ward_revocation_reason_parse(const char *name)
{
	for (int i = 0; i <= REASON_LAST; i++)
		if (reason_names[i] != NULL && strcasecmp(reason_names[i], name) == 0)
			return i;
	return -1;
}
