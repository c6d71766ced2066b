/*
 * Reading RSASSA-PSS-params (RFC 4055, 3.1; RFC 8017, A.2.3).
 *
 * Each of the four fields may be left out, and then means something with SHA-1, which is no longer
 * trusted: a structure is useful only if it names the hash and the mask function.
 */
#include "crypto/pss_params.h"

#include "wire/der.h"

enum { SALT_LEN_MAX = 1024, SALT_LEN_DEFAULT = 20, TRAILER_BC = 1 };

static const uint8_t oid_mgf1[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08 };

/* id-sha256, id-sha384 and id-sha512 end in 1, 2 and 3. */
static const uint8_t oid_sha2[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02 };

static enum digest_alg digest_of_oid(struct span oid)
{
	size_t n = sizeof(oid_sha2);

	if (oid.len != n + 1 || !span_equal(span_make(oid.data, n), SPAN_ARRAY(oid_sha2)))
		return DIGEST_NONE;
	switch (oid.data[n]) {
	case 1:
		return DIGEST_SHA256;
	case 2:
		return DIGEST_SHA384;
	case 3:
		return DIGEST_SHA512;
	default:
		return DIGEST_NONE;
	}
}

/* HashAlgorithm: NULL as its parameters or none at all, both of which RFC 4055 allows. */
static enum digest_alg read_hash(struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span oid = der_element(&seq, DER_OID);
	struct span null;

	if (der_optional(&seq, DER_NULL, &null) && null.len > 0)
		FAIL(r->err, BAD_DER);
	reader_close(&seq);
	return digest_of_oid(oid);
}

/* MaskGenAlgorithm: the hash of MGF1, or DIGEST_NONE if it is something else. */
static enum digest_alg read_mask(struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct span oid = der_element(&seq, DER_OID);
	enum digest_alg alg = DIGEST_NONE;

	if (span_equal(oid, SPAN_ARRAY(oid_mgf1))) {
		alg = read_hash(&seq);
		reader_close(&seq);
	}
	return alg;
}

/* Opens the field [n] if it is there. */
static bool open_field(struct reader *seq, int n, struct reader *field)
{
	if (der_peek(seq) != DER_CONTEXT_CONS(n))
		return false;
	*field = der_open(seq, DER_CONTEXT_CONS(n));
	return true;
}

static void read_fields(struct reader *seq, struct pss_params *p, enum digest_alg *mask,
			uint32_t *trailer)
{
	struct reader field;

	if (open_field(seq, 0, &field)) {
		p->digest = read_hash(&field);
		reader_close(&field);
	}
	if (open_field(seq, 1, &field)) {
		*mask = read_mask(&field);
		reader_close(&field);
	}
	if (open_field(seq, 2, &field)) {
		p->salt_len = der_small(&field, SALT_LEN_MAX);
		reader_close(&field);
	}
	if (open_field(seq, 3, &field)) {
		*trailer = der_small(&field, UINT16_MAX);
		reader_close(&field);
	}
}

bool pss_params_read(struct pss_params *p, struct span der, struct ward_error *err)
{
	struct ward_error local = ERROR_NONE;
	struct reader r = reader_make(der, &local);
	struct reader seq = der_open(&r, DER_SEQUENCE);
	enum digest_alg mask = DIGEST_NONE;
	uint32_t trailer = TRAILER_BC;

	*p = (struct pss_params){ DIGEST_NONE, SALT_LEN_DEFAULT };
	read_fields(&seq, p, &mask, &trailer);
	reader_close(&seq);
	if (!reader_close(&r))
		return error_pass(err, &local);
	if (p->digest == DIGEST_NONE || p->digest != mask || trailer != TRAILER_BC)
		return FAILF(err, KEY_UNSUPPORTED, "RSASSA-PSS with an unsupported hash");
	return true;
}
