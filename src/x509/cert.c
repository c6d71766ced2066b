/*
 * Parsing a certificate (RFC 5280, 4.1) into views of its own copy of the bytes.
 *
 * The parser is strict about form: DER alone, no field twice, none left over, both places that name
 * the signature algorithm alike, no negative serial number. What a well-formed certificate may say
 * is judged by verification, so that one can be shown that would not be trusted.
 */
#include "x509/cert.h"

#include <stdlib.h>

#include "base/limits.h"
#include "x509/malformed.h"
#include "x509/name.h"
#include "x509/oid.h"

static bool fail_malformed(struct ward_error *err, const struct ward_error *own, const char *part)
{
	return malformed_fail(err, WARD_E_CERT_MALFORMED, own, part);
}

/* version [0] EXPLICIT INTEGER DEFAULT v1 */
static void parse_version(struct reader *tbs, struct ward_cert *c)
{
	struct reader version;

	c->version = 1;
	if (der_peek(tbs) != DER_CONTEXT_CONS(0))
		return;
	version = der_open(tbs, DER_CONTEXT_CONS(0));
	c->version = (int)der_small(&version, 2) + 1;
	reader_close(&version);
	if (c->version == 1)
		FAILF(tbs->err, BAD_VALUE, "version 1 is written out");
}

static void parse_serial(struct reader *tbs, struct ward_cert *c)
{
	c->serial = der_integer(tbs);
	if (c->serial.len > 0 && c->serial.data[0] >= 0x80)
		FAILF(tbs->err, BAD_VALUE, "the serial number is negative");
}

static int64_t parse_time(struct reader *r, struct ward_cert *c)
{
	const int64_t year_2050 = 2524608000;
	bool generalized = der_peek(r) == DER_GENERALIZED_TIME;
	int64_t time = der_time(r);

	if (generalized && time < year_2050)
		c->wrong_time_form = true;
	return time;
}

static void parse_validity(struct reader *tbs, struct ward_cert *c)
{
	struct reader validity = der_open(tbs, DER_SEQUENCE);

	c->not_before = parse_time(&validity, c);
	c->not_after = parse_time(&validity, c);
	reader_close(&validity);
}

/* UniqueIdentifier ::= BIT STRING, implicitly tagged */
static void parse_unique_id(struct reader *tbs, int tag, struct ward_cert *c)
{
	struct reader at = *tbs;
	struct span unique;

	if (!der_optional(tbs, tag, &unique))
		return;
	c->has_unique_id = true;
	if (der_bits_are_sound(unique))
		return;
	FAILF(tbs->err, BAD_VALUE, "a unique identifier that is no BIT STRING");
	reader_note_place(&at);
}

/* The unique identifiers of version 2, which nobody uses, and the extensions of version 3. */
static void parse_tail(struct reader *tbs, struct ward_cert *c)
{
	c->ext.path_length = PATH_LENGTH_NONE;
	c->ext.require_explicit_policy = -1;
	c->ext.inhibit_policy_mapping = -1;
	if (c->version >= 2) {
		parse_unique_id(tbs, DER_CONTEXT(1), c);
		parse_unique_id(tbs, DER_CONTEXT(2), c);
	}
	if (c->version == 3 && der_peek(tbs) == DER_CONTEXT_CONS(3)) {
		struct reader extensions = der_open(tbs, DER_CONTEXT_CONS(3));

		cert_extensions_parse(&extensions, &c->ext);
		reader_close(&extensions);
	}
	reader_close(tbs);
}

/* A part that was read by itself counts from its own start; what is told counts from the whole's. */
static void rebase(struct ward_error *err, const struct ward_cert *c, struct span part)
{
	if (error_is_set(err) && err->offset >= 0)
		err->offset += (int)(part.data - c->der.data);
}

static void parse_name(struct reader *tbs, const struct ward_cert *c, struct span *name)
{
	*name = der_whole_tag(tbs, DER_SEQUENCE);
	if (error_is_set(tbs->err))
		return;
	name_check(*name, tbs->err);
	rebase(tbs->err, c, *name);
}

static void parse_signed_with(struct reader *tbs, struct ward_cert *c)
{
	c->signed_with.oid = der_whole_tag(tbs, DER_SEQUENCE);
}

static void parse_issuer(struct reader *tbs, struct ward_cert *c)
{
	parse_name(tbs, c, &c->issuer);
}

static void parse_subject(struct reader *tbs, struct ward_cert *c)
{
	parse_name(tbs, c, &c->subject);
}

static void parse_spki(struct reader *tbs, struct ward_cert *c)
{
	c->spki = der_whole_tag(tbs, DER_SEQUENCE);
	if (error_is_set(tbs->err))
		return;
	key_id_parse(c->spki, &c->key, tbs->err);
	rebase(tbs->err, c, c->spki);
}

/* The steps in the order of the encoding; the name is for the error. */
static const struct step {
	const char *part;
	void (*parse)(struct reader *tbs, struct ward_cert *c);
} steps[] = {
	/* TBSCertificate ::= SEQUENCE {                                                        */
	{ "version", parse_version },       /*   version         [0] EXPLICIT Version DEFAULT v1, */
	{ "serialNumber", parse_serial },   /*   serialNumber    CertificateSerialNumber,         */
	{ "signature", parse_signed_with }, /*   signature       AlgorithmIdentifier,             */
	{ "issuer", parse_issuer },         /*   issuer          Name,                            */
	{ "validity", parse_validity },     /*   validity        Validity,                        */
	{ "subject", parse_subject },       /*   subject         Name,                            */
	{ "subjectPublicKeyInfo",
	  parse_spki },               /* subjectPublicKeyInfo SubjectPublicKeyInfo,      */
	{ "extensions", parse_tail }, /*   … extensions    [3] EXPLICIT Extensions OPTIONAL */
};

static bool parse_tbs(struct reader *cert, struct ward_cert *c, struct ward_error *err)
{
	struct ward_error *own = cert->err;
	struct reader at = *cert;
	struct reader tbs;

	c->tbs = der_whole_tag(&at, DER_SEQUENCE);
	tbs = der_open(cert, DER_SEQUENCE);
	if (error_is_set(own))
		return fail_malformed(err, own, "tbsCertificate");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		steps[i].parse(&tbs, c);
		if (error_is_set(own))
			return fail_malformed(err, own, steps[i].part);
	}
	return true;
}

/* signatureAlgorithm and signatureValue, which stand behind what is signed. */
static bool parse_signature(struct reader *cert, struct ward_cert *c, struct ward_error *err)
{
	struct ward_error *own = cert->err;
	struct span inside = c->signed_with.oid;
	struct span outside = der_whole_tag(cert, DER_SEQUENCE);

	if (error_is_set(own))
		return fail_malformed(err, own, "signatureAlgorithm");
	if (!span_equal(inside, outside))
		return FAILF(err, CERT_MALFORMED,
			     "signatureAlgorithm: not the same as inside the certificate");
	signature_id_parse(outside, &c->signed_with, own);
	rebase(own, c, outside);
	if (c->signed_with.name == NULL)
		c->signed_with.name =
			der_oid_text(c->signed_with.oid, c->dotted, sizeof(c->dotted));
	if (error_is_set(own))
		return fail_malformed(err, own, "signatureAlgorithm");
	c->signature = der_bit_string(cert, NULL);
	reader_close(cert);
	if (error_is_set(own))
		return fail_malformed(err, own, "signatureValue");
	return true;
}

static bool parse(struct ward_cert *c, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(c->der, &own);
	struct reader cert = der_open(&r, DER_SEQUENCE);

	if (!reader_close(&r))
		return fail_malformed(err, &own, "Certificate");
	if (!parse_tbs(&cert, c, err) || !parse_signature(&cert, c, err))
		return false;
	c->subject_hash = name_hash(c->subject);
	c->issuer_hash = span_equal(c->issuer, c->subject) ? c->subject_hash : name_hash(c->issuer);
	c->self_issued = c->issuer_hash == c->subject_hash && name_equal(c->issuer, c->subject);
	return true;
}

struct ward_cert *ward_cert_parse(const void *der, size_t len, struct ward_error *err)
{
	struct ward_cert *c;

	if (len > CERT_MAX_LEN) {
		FAILF(err, CERT_TOO_LONG, "%zu bytes, %d at most", len, CERT_MAX_LEN);
		return NULL;
	}
	c = calloc(1, sizeof(*c) + len);
	if (c == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&c->refs, 1);
	atomic_init(&c->pubkey, NULL);
	bytes_copy(c->bytes, der, len);
	c->der = span_make(c->bytes, len);
	if (parse(c, err))
		return c;
	free(c);
	return NULL;
}

struct ward_cert *ward_cert_ref(struct ward_cert *c)
{
	atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
	return c;
}

void ward_cert_free(struct ward_cert *c)
{
	if (c == NULL || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
		return;
	pubkey_free(atomic_load_explicit(&c->pubkey, memory_order_relaxed));
	free(c);
}

/* Two threads may both make the key the first time; the one that comes second drops its own. */
struct pubkey *cert_pubkey(struct ward_cert *c, struct ward_error *err)
{
	struct pubkey *known = atomic_load_explicit(&c->pubkey, memory_order_acquire);
	struct pubkey *made;

	if (known != NULL)
		return known;
	made = pubkey_from_spki(c->spki, err);
	if (made == NULL)
		return NULL;
	if (atomic_compare_exchange_strong_explicit(&c->pubkey, &known, made, memory_order_acq_rel,
						    memory_order_acquire))
		return made;
	pubkey_free(made);
	return known;
}

/* ---- comparison ---- */

bool cert_same(const struct ward_cert *a, const struct ward_cert *b)
{
	return a == b || span_equal(a->der, b->der);
}

bool cert_same_entity(const struct ward_cert *a, const struct ward_cert *b)
{
	return a->subject_hash == b->subject_hash && span_equal(a->spki, b->spki) &&
	       name_equal(a->subject, b->subject);
}

bool cert_is_named_issuer(const struct ward_cert *issuer, const struct ward_cert *c)
{
	return issuer->subject_hash == c->issuer_hash && name_equal(issuer->subject, c->issuer);
}

/* ---- what the floors above ask ---- */

struct span cert_der(const struct ward_cert *c)
{
	return c->der;
}

enum key_type cert_key_type(const struct ward_cert *c)
{
	return c->key.type;
}

enum sig_alg cert_sig_alg(const struct ward_cert *c)
{
	return c->signed_with.alg;
}

bool cert_may_sign(const struct ward_cert *c)
{
	return !extensions_has(&c->ext, EXT_KEY_USAGE) ||
	       (c->ext.key_usage & KU_DIGITAL_SIGNATURE) != 0;
}

struct span cert_issuer_der(const struct ward_cert *c)
{
	return c->issuer;
}

struct span cert_subject_der(const struct ward_cert *c)
{
	return c->subject;
}
