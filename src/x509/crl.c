/*
 * Parsing a CRL (RFC 5280, 5.1) into views of its own copy of the bytes, and finding an entry.
 *
 * The parser is as strict as that of certificates: DER alone, nothing twice, nothing left over. It
 * walks over the entries twice: once to count and judge them, once to note where each begins. Two
 * arrays are all that is allocated, however many entries there are. A CA that chooses serial numbers
 * whose hashes collide makes a search walk over them, and no more.
 */
#include "x509/crl.h"

#include <stdlib.h>

#include "wire/pem.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/text.h"

/* ---- parsing ---- */

static int64_t parse_time(struct reader *r, struct ward_crl *crl)
{
	const int64_t year_2050 = 2524608000;
	bool generalized = der_peek(r) == DER_GENERALIZED_TIME;
	int64_t time = der_time(r);

	if (generalized && time < year_2050)
		crl->wrong_time_form = true;
	return time;
}

static bool is_time(int tag)
{
	return tag == DER_UTC_TIME || tag == DER_GENERALIZED_TIME;
}

/* version Version OPTIONAL: if present, it is v2 */
static void parse_version(struct reader *tbs, struct ward_crl *crl)
{
	crl->version = 1;
	if (der_peek(tbs) != DER_INTEGER)
		return;
	crl->version = (int)der_small(tbs, 1) + 1;
	if (crl->version == 1)
		FAILF(tbs->err, BAD_VALUE, "version 1 is written out");
}

static void parse_signed_with(struct reader *tbs, struct ward_crl *crl)
{
	crl->signed_with.oid = der_whole_tag(tbs, DER_SEQUENCE);
}

static void parse_issuer(struct reader *tbs, struct ward_crl *crl)
{
	crl->issuer = der_whole_tag(tbs, DER_SEQUENCE);
	if (!reader_failed(tbs))
		name_check(crl->issuer, tbs->err);
	if (!reader_failed(tbs) && crl->issuer.len == 2)
		FAILF(tbs->err, BAD_VALUE, "an empty name");
}

static void parse_this_update(struct reader *tbs, struct ward_crl *crl)
{
	crl->this_update = parse_time(tbs, crl);
}

static void parse_next_update(struct reader *tbs, struct ward_crl *crl)
{
	crl->next_update = is_time(der_peek(tbs)) ? parse_time(tbs, crl) : WARD_NO_TIME;
}

/* revokedCertificates SEQUENCE OF SEQUENCE OPTIONAL: absent where none is revoked */
static void parse_entries(struct reader *tbs, struct ward_crl *crl)
{
	struct reader list;

	if (der_peek(tbs) != DER_SEQUENCE)
		return;
	list = der_open(tbs, DER_SEQUENCE);
	crl->entries = span_make(list.pos, reader_left(&list));
	while (reader_more(&list)) {
		struct crl_entry entry = crl_entry_read(&list, crl->version);

		crl->count++;
		crl->entry_issuers |= entry.names_issuer;
		if (crl->entry_unknown_critical.data == NULL)
			crl->entry_unknown_critical = entry.unknown_critical;
	}
}

/* crlExtensions [0] EXPLICIT Extensions OPTIONAL: only in version 2 */
static void parse_extensions(struct reader *tbs, struct ward_crl *crl)
{
	crl->ext.reasons = CRL_ALL_REASONS;
	if (crl->version == 2 && der_peek(tbs) == DER_CONTEXT_CONS(0)) {
		struct reader extensions = der_open(tbs, DER_CONTEXT_CONS(0));

		crl_extensions_parse(&extensions, &crl->ext);
		reader_close(&extensions);
	}
	reader_close(tbs);
}

/* The steps in the order of the encoding; the name is for the error. */
static const struct step {
	const char *part;
	void (*parse)(struct reader *tbs, struct ward_crl *crl);
} steps[] = {
	{ "version", parse_version },
	{ "signature", parse_signed_with },
	{ "issuer", parse_issuer },
	{ "thisUpdate", parse_this_update },
	{ "nextUpdate", parse_next_update },
	{ "revokedCertificates", parse_entries },
	{ "crlExtensions", parse_extensions },
};

static bool fail_malformed(struct ward_error *err, const struct ward_error *own, const char *part)
{
	return FAILF(err, CRL_MALFORMED, "%s: %s%s%s", part, ward_reason_text(own->reason),
		     own->detail[0] == '\0' ? "" : ": ", own->detail);
}

static bool parse_tbs(struct reader *list, struct ward_crl *crl, struct ward_error *err)
{
	struct reader at = *list;
	struct reader tbs;

	crl->tbs = der_whole_tag(&at, DER_SEQUENCE);
	tbs = der_open(list, DER_SEQUENCE);
	if (reader_failed(list))
		return fail_malformed(err, list->err, "tbsCertList");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		steps[i].parse(&tbs, crl);
		if (reader_failed(&tbs))
			return fail_malformed(err, tbs.err, steps[i].part);
	}
	return true;
}

static bool parse_signature(struct reader *list, struct ward_crl *crl, struct ward_error *err)
{
	struct span inside = crl->signed_with.oid;
	struct span outside = der_whole_tag(list, DER_SEQUENCE);

	if (!reader_failed(list) && !span_equal(inside, outside))
		FAILF(list->err, BAD_VALUE, "not the same as inside the list");
	if (!reader_failed(list))
		signature_id_parse(outside, &crl->signed_with, list->err);
	if (reader_failed(list))
		return fail_malformed(err, list->err, "signatureAlgorithm");
	if (crl->signed_with.name == NULL)
		crl->signed_with.name =
			der_oid_text(crl->signed_with.oid, crl->dotted, sizeof(crl->dotted));
	crl->signature = der_bit_string(list, NULL);
	reader_close(list);
	return !reader_failed(list) || fail_malformed(err, list->err, "signatureValue");
}

/* ---- the index ---- */

/* FNV-1a. */
static size_t hash_serial(struct span serial)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < serial.len; i++)
		hash = (hash ^ serial.data[i]) * 0x100000001b3;
	return (size_t)(hash ^ hash >> 32);
}

/* The serial number of the entry that the reader stands before, which it passes over. */
static struct span skip_entry(struct reader *list)
{
	struct reader entry = der_open(list, DER_SEQUENCE);

	return der_element(&entry, DER_INTEGER);
}

static bool make_index(struct ward_crl *crl, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(crl->entries, &own);
	size_t heads = 1;

	if (crl->count == 0)
		return true;
	while (heads < crl->count)
		heads *= 2;
	crl->slots = calloc(crl->count, sizeof(*crl->slots));
	crl->heads = calloc(heads, sizeof(*crl->heads));
	if (crl->slots == NULL || crl->heads == NULL)
		return FAIL(err, NO_MEMORY);
	crl->head_mask = heads - 1;
	for (uint32_t i = 0; i < crl->count; i++) {
		uint32_t offset = (uint32_t)(list.pos - crl->entries.data);
		uint32_t *head = &crl->heads[hash_serial(skip_entry(&list)) & crl->head_mask];

		crl->slots[i] = (struct crl_slot){ offset, *head };
		*head = i + 1;
	}
	return true;
}

static struct reader reader_at(const struct ward_crl *crl, size_t i, struct ward_error *err)
{
	struct reader r = reader_make(crl->entries, err);

	r.pos += crl->slots[i].offset;
	return r;
}

bool ward_crl_revoked(const struct ward_crl *crl, size_t i, struct ward_revoked *entry)
{
	struct ward_error own = ERROR_NONE;
	struct reader r;

	if (i >= crl->count)
		return false;
	r = reader_at(crl, i, &own);
	*entry = crl_entry_read(&r, crl->version).revoked;
	return true;
}

bool ward_crl_find(const struct ward_crl *crl, const struct ward_cert *cert,
		   struct ward_revoked *entry)
{
	struct ward_error own = ERROR_NONE;

	if (crl->count == 0)
		return false;
	for (uint32_t i = crl->heads[hash_serial(cert->serial) & crl->head_mask]; i != 0;
	     i = crl->slots[i - 1].next) {
		struct reader r = reader_at(crl, i - 1, &own);

		if (!span_equal(skip_entry(&r), cert->serial))
			continue;
		return entry == NULL || ward_crl_revoked(crl, i - 1, entry);
	}
	return false;
}

/* ---- making one, giving it back ---- */

static bool parse(struct ward_crl *crl, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(crl->der, &own);
	struct reader list = der_open(&r, DER_SEQUENCE);

	if (!reader_close(&r))
		return fail_malformed(err, &own, "CertificateList");
	if (!parse_tbs(&list, crl, err) || !parse_signature(&list, crl, err))
		return false;
	crl->issuer_hash = name_hash(crl->issuer);
	return make_index(crl, err);
}

static struct ward_crl *parse_der(struct span der, struct ward_error *err)
{
	struct ward_crl *crl;

	if (der.len > CRL_MAX_LEN) {
		FAILF(err, CRL_MALFORMED, "%zu bytes, %d at most", der.len, CRL_MAX_LEN);
		return NULL;
	}
	crl = calloc(1, sizeof(*crl) + der.len);
	if (crl == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&crl->refs, 1);
	atomic_init(&crl->proved, 0);
	bytes_copy(crl->bytes, der.data, der.len);
	crl->der = span_make(crl->bytes, der.len);
	if (parse(crl, err))
		return crl;
	ward_crl_free(crl);
	return NULL;
}

static struct ward_crl *parse_pem(struct span text, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct ward_crl *crl = NULL;
	struct pem_block block;

	while (pem_next(&text, &block, &own)) {
		bool found = span_equal(span_string(block.label), SPAN_LITERAL("X509 CRL"));

		if (found)
			crl = parse_der(span_make(block.der, block.der_len), &own);
		pem_block_clear(&block);
		if (found)
			break;
	}
	if (crl == NULL && !error_is_set(&own))
		FAIL(&own, NO_CRL_IN_FILE);
	error_pass(err, &own);
	return crl;
}

struct ward_crl *ward_crl_parse(const void *bytes, size_t len, struct ward_error *err)
{
	struct span input = span_make(bytes, len);

	if (pem_detect(input))
		return parse_pem(input, err);
	if (len > 0 && input.data[0] == DER_SEQUENCE)
		return parse_der(input, err);
	FAIL(err, NO_CRL_IN_FILE);
	return NULL;
}

struct ward_crl *ward_crl_ref(struct ward_crl *crl)
{
	atomic_fetch_add_explicit(&crl->refs, 1, memory_order_relaxed);
	return crl;
}

void ward_crl_free(struct ward_crl *crl)
{
	if (crl == NULL || atomic_fetch_sub_explicit(&crl->refs, 1, memory_order_acq_rel) != 1)
		return;
	free(crl->slots);
	free(crl->heads);
	free(crl);
}

/* ---- what it says ---- */

const uint8_t *ward_crl_der(const struct ward_crl *crl, size_t *len)
{
	*len = crl->der.len;
	return crl->der.data;
}

char *ward_crl_pem(const struct ward_crl *crl)
{
	return pem_encode("X509 CRL", crl->der);
}

char *ward_crl_issuer(const struct ward_crl *crl, char *buf, size_t size)
{
	return name_text(crl->issuer, buf, size);
}

char *ward_crl_number(const struct ward_crl *crl, char *buf, size_t size)
{
	struct text t = text_make(buf, size);

	text_put_hex(&t, crl->ext.number);
	return buf;
}

int64_t ward_crl_this_update(const struct ward_crl *crl)
{
	return crl->this_update;
}

int64_t ward_crl_next_update(const struct ward_crl *crl)
{
	return crl->next_update;
}

bool ward_crl_is_delta(const struct ward_crl *crl)
{
	return crl->ext.delta;
}

const char *ward_crl_signature_name(const struct ward_crl *crl)
{
	return crl->signed_with.name;
}

size_t ward_crl_revoked_count(const struct ward_crl *crl)
{
	return crl->count;
}
