/*
 * Parsing a certificate request (RFC 2986, 4) into views of its own copy of the bytes.
 *
 * The parser is as strict as that of certificates: DER alone, no attribute twice, nothing left over.
 * What it asks for stands in the attribute extensionRequest (RFC 2985, 5.4.2), or in the same under
 * the type that Microsoft gave it.
 */
#include "x509/csr.h"

#include <stdlib.h>

#include "base/limits.h"
#include "wire/pem.h"
#include "x509/ip.h"
#include "x509/make.h"
#include "x509/malformed.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/text.h"

enum {
	ATTRIBUTES_MAX = 16,
	NAME_TEXT_MAX = 64, /* of an address */
};

static bool fail_malformed(struct ward_error *err, const struct ward_error *own, const char *part)
{
	return malformed_fail(err, WARD_E_CSR_MALFORMED, own, part);
}

/* ---- attributes ---- */

static bool is_extension_request(struct span type)
{
	return span_equal(type, OID_EXTENSION_REQUEST) ||
	       span_equal(type, OID_MS_EXTENSION_REQUEST);
}

/* SET SIZE (1) OF Extensions */
static void parse_extension_request(struct reader *values, struct ward_csr *c)
{
	if (c->has_extensions)
		FAILF(values->err, BAD_VALUE, "extensions are asked for twice");
	c->has_extensions = true;
	cert_extensions_parse(values, &c->ext);
	reader_close(values);
}

/* Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET SIZE (1..MAX) OF ANY } */
static struct span parse_attribute(struct reader *r, struct ward_csr *c)
{
	struct reader attribute = der_open(r, DER_SEQUENCE);
	struct span type = der_element(&attribute, DER_OID);
	struct reader values = der_open(&attribute, DER_SET);
	int tag;

	reader_close(&attribute);
	if (reader_left(&values) == 0)
		FAILF(r->err, BAD_VALUE, "an attribute without a value");
	if (span_equal(type, OID_CHALLENGE_PASSWORD))
		c->has_challenge = true;
	if (is_extension_request(type))
		parse_extension_request(&values, c);
	while (reader_more(&values))
		der_any(&values, &tag);
	return type;
}

/* attributes [0] IMPLICIT SET OF Attribute, which is there even if it is empty */
static void parse_attributes(struct reader *info, struct ward_csr *c)
{
	struct reader list = der_open(info, DER_CONTEXT_CONS(0));
	struct span seen[ATTRIBUTES_MAX];
	size_t count = 0;

	c->attributes = span_make(list.pos, reader_left(&list));
	c->ext.path_length = PATH_LENGTH_NONE;
	while (reader_more(&list)) {
		struct span type = parse_attribute(&list, c);

		if (count == ATTRIBUTES_MAX) {
			FAILF(list.err, BAD_VALUE, "more than %d attributes", ATTRIBUTES_MAX);
			return;
		}
		for (size_t i = 0; i < count; i++)
			if (span_equal(seen[i], type))
				FAILF(list.err, BAD_VALUE, "an attribute appears twice");
		seen[count++] = type;
	}
	reader_close(info);
}

/* ---- the rest ---- */

/* A part that was read by itself counts from its own start; what is told counts from the whole's. */
static void rebase(struct ward_error *err, const struct ward_csr *c, struct span part)
{
	if (error_is_set(err) && err->offset >= 0)
		err->offset += (int)(part.data - c->der.data);
}

static void parse_version(struct reader *info, struct ward_csr *c)
{
	(void)c;
	if (der_small(info, 2) != 0)
		FAILF(info->err, BAD_VALUE, "the version is not 1");
}

static void parse_subject(struct reader *info, struct ward_csr *c)
{
	c->subject = der_whole_tag(info, DER_SEQUENCE);
	if (error_is_set(info->err))
		return;
	name_check(c->subject, info->err);
	rebase(info->err, c, c->subject);
}

static void parse_spki(struct reader *info, struct ward_csr *c)
{
	c->spki = der_whole_tag(info, DER_SEQUENCE);
	if (error_is_set(info->err))
		return;
	key_id_parse(c->spki, &c->key, info->err);
	rebase(info->err, c, c->spki);
}

/* The steps in the order of the encoding; the name is for the error. */
static const struct step {
	const char *part;
	void (*parse)(struct reader *info, struct ward_csr *c);
} steps[] = {
	/* CertificationRequestInfo ::= SEQUENCE {                              */
	{ "version", parse_version },       /*   version       INTEGER { v1(0) }, */
	{ "subject", parse_subject },       /*   subject       Name,              */
	{ "subjectPKInfo", parse_spki },    /*   subjectPKInfo SubjectPublicKeyInfo, */
	{ "attributes", parse_attributes }, /*   attributes    [0] Attributes }   */
};

static bool parse_info(struct reader *csr, struct ward_csr *c, struct ward_error *err)
{
	struct ward_error *own = csr->err;
	struct reader at = *csr;
	struct reader info;

	c->info = der_whole_tag(&at, DER_SEQUENCE);
	info = der_open(csr, DER_SEQUENCE);
	if (error_is_set(own))
		return fail_malformed(err, own, "certificationRequestInfo");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		steps[i].parse(&info, c);
		if (error_is_set(own))
			return fail_malformed(err, own, steps[i].part);
	}
	return true;
}

static bool parse_signature(struct reader *csr, struct ward_csr *c, struct ward_error *err)
{
	struct ward_error *own = csr->err;
	struct span id = der_whole_tag(csr, DER_SEQUENCE);

	if (error_is_set(own))
		return fail_malformed(err, own, "signatureAlgorithm");
	signature_id_parse(id, &c->signed_with, own);
	rebase(own, c, id);
	if (error_is_set(own))
		return fail_malformed(err, own, "signatureAlgorithm");
	if (c->signed_with.name == NULL)
		c->signed_with.name =
			der_oid_text(c->signed_with.oid, c->dotted, sizeof(c->dotted));
	c->signature = der_bit_string(csr, NULL);
	reader_close(csr);
	return !error_is_set(own) || fail_malformed(err, own, "signature");
}

static bool parse(struct ward_csr *c, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(c->der, &own);
	struct reader csr = der_open(&r, DER_SEQUENCE);

	if (!reader_close(&r))
		return fail_malformed(err, &own, "CertificationRequest");
	return parse_info(&csr, c, err) && parse_signature(&csr, c, err);
}

/* ---- the names as text, for a spec ---- */

/* One name at `to`, which has room for it; false if it is of a kind or form that is not issued. */
static bool put_name(char *to, size_t room, struct general_name name)
{
	struct alt_name read;

	if (name.kind == WARD_SAN_IP)
		ip_text(name.value, to, room);
	else if (name.kind == WARD_SAN_DNS || name.kind == WARD_SAN_EMAIL ||
		 name.kind == WARD_SAN_URI)
		text_put_utf8(&(struct text){ .buf = to, .size = room }, name.value);
	else
		return false;
	return spec_alt_name(to, &read, NULL) && read.kind == name.kind;
}

/*
 * Names are told apart by their form when a certificate is made, so a name is refused that would
 * come back as one of another kind: a dNSName "192.0.2.1".
 */
static bool names_fill(struct ward_csr *c, size_t room)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(c->ext.alt_names, &own);
	size_t used = 0;

	for (size_t i = 0; reader_more(&list); i++) {
		char *to = c->names.bytes + used;

		to[0] = '\0';
		if (!put_name(to, room - used, general_name_read(&list)))
			return false;
		c->names.list[i] = to;
		used += strlen(to) + 1;
	}
	return true;
}

static bool names_make(struct ward_csr *c, struct ward_error *err)
{
	size_t count = c->ext.alt_name_count;
	size_t room = 4 * c->ext.alt_names.len + count * NAME_TEXT_MAX;

	if (count == 0)
		return true;
	c->names.list = calloc(count + 1, sizeof(*c->names.list));
	c->names.bytes = malloc(room);
	if (c->names.list == NULL || c->names.bytes == NULL)
		return FAIL(err, NO_MEMORY);
	c->names_refused = !names_fill(c, room);
	return true;
}

/* ---- making and freeing ---- */

static void csr_destroy(struct ward_csr *c)
{
	free(c->names.list);
	free(c->names.bytes);
	free(c);
}

static struct ward_csr *parse_der(struct span der, struct ward_error *err)
{
	struct ward_csr *c;

	if (der.len > CERT_MAX_LEN) {
		FAILF(err, CSR_MALFORMED, "%zu bytes, %d at most", der.len, CERT_MAX_LEN);
		return NULL;
	}
	c = calloc(1, sizeof(*c) + der.len);
	if (c == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&c->refs, 1);
	bytes_copy(c->bytes, der.data, der.len);
	c->der = span_make(c->bytes, der.len);
	if (parse(c, err) && names_make(c, err))
		return c;
	csr_destroy(c);
	return NULL;
}

bool csr_label(const char *label)
{
	return span_equal(span_string(label), SPAN_LITERAL("CERTIFICATE REQUEST")) ||
	       span_equal(span_string(label), SPAN_LITERAL("NEW CERTIFICATE REQUEST"));
}

static struct ward_csr *parse_pem(struct span text, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct pem_block block;
	struct ward_csr *c = NULL;

	while (pem_next(&text, &block, &own)) {
		bool found = csr_label(block.label);

		if (found)
			c = parse_der(span_make(block.der, block.der_len), err);
		pem_block_clear(&block);
		if (found)
			return c;
	}
	if (error_is_set(&own))
		error_pass(err, &own);
	else
		FAIL(err, NO_REQUEST_IN_FILE);
	return NULL;
}

struct ward_csr *ward_csr_parse(const void *bytes, size_t len, struct ward_error *err)
{
	struct span input = span_make(bytes, len);

	return pem_detect(input) ? parse_pem(input, err) : parse_der(input, err);
}

struct ward_csr *ward_csr_ref(struct ward_csr *c)
{
	atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
	return c;
}

void ward_csr_free(struct ward_csr *c)
{
	if (c != NULL && atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) == 1)
		csr_destroy(c);
}

/* ---- what it says ---- */

const uint8_t *ward_csr_der(const struct ward_csr *csr, size_t *len)
{
	*len = csr->der.len;
	return csr->der.data;
}

char *ward_csr_pem(const struct ward_csr *csr)
{
	return pem_encode("CERTIFICATE REQUEST", csr->der);
}

char *ward_csr_subject(const struct ward_csr *csr, char *buf, size_t size)
{
	return name_text(csr->subject, buf, size);
}

size_t ward_csr_san_count(const struct ward_csr *csr)
{
	return csr->ext.alt_name_count;
}

int ward_csr_san(const struct ward_csr *csr, size_t i, char *buf, size_t size)
{
	return extensions_alt_name(&csr->ext, i, buf, size);
}

int ward_csr_san_next(const struct ward_csr *csr, size_t *at, char *buf, size_t size)
{
	return extensions_next_alt_name(&csr->ext, at, buf, size);
}

const char *ward_csr_key_type(const struct ward_csr *csr)
{
	return csr->key.name;
}

unsigned int ward_csr_key_bits(const struct ward_csr *csr)
{
	return csr->key.bits;
}

const char *ward_csr_signature_name(const struct ward_csr *csr)
{
	return csr->signed_with.name;
}

void ward_csr_spki_hash(const struct ward_csr *csr, uint8_t out[32])
{
	digest_once(DIGEST_SHA256, csr->spki, out);
}

bool ward_csr_copy_names(const struct ward_csr *csr, struct ward_cert_spec *spec,
			 struct ward_error *err)
{
	if (csr->names_refused)
		return FAIL(err, CSR_NAME);
	spec->subject_der = csr->subject.data;
	spec->subject_der_len = csr->subject.len;
	spec->names = csr->names.list;
	return true;
}
