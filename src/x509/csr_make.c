/*
 * Making certificate requests, checking who signed them, and certificates for them (RFC 2986, 3).
 *
 * As with certificates, what is made is parsed as if it had come from outside.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "x509/cert.h"
#include "x509/csr.h"
#include "x509/make.h"
#include "x509/oid.h"
#include "x509/signing.h"

/* ---- who made it ---- */

bool ward_csr_verify(const struct ward_csr *csr, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct pubkey *key = pubkey_from_spki(csr->spki, err);
	bool ok;

	if (key == NULL)
		return false;
	if (csr->signed_with.alg == SIG_NONE)
		FAILF(&own, SIGNATURE_UNSUPPORTED, "%s", csr->signed_with.name);
	ok = !error_is_set(&own) &&
	     pubkey_verify(key, csr->signed_with.alg, csr->info, csr->signature, &own);
	pubkey_free(key);
	if (ok)
		return true;
	return own.reason == WARD_E_BAD_SIGNATURE ? FAIL(err, CSR_BAD_SIGNATURE)
						  : error_pass(err, &own);
}

bool ward_key_matches_csr(const struct ward_key *key, const struct ward_csr *csr)
{
	return key_check_bits(key, csr->key.bytes, NULL);
}

/* ---- making one ---- */

/* [0] IMPLICIT SET OF Attribute; the one attribute is left out where nothing is asked for. */
static void write_attributes(struct writer *w, struct span extensions)
{
	DER_WRITE (w, DER_CONTEXT_CONS(0)) {
		if (extensions.len > 0)
			DER_WRITE (w, DER_SEQUENCE) {
				der_write_oid(w, OID_EXTENSION_REQUEST);
				DER_WRITE (w, DER_SET)
					der_write_element(w, DER_SEQUENCE, extensions);
			}
	}
}

static void write_info(struct writer *w, const void *from)
{
	const struct make_parts *parts = from;

	DER_WRITE (w, DER_SEQUENCE) {
		der_write_small(w, 0);
		writer_bytes(w, parts->subject);
		writer_bytes(w, parts->spki);
		write_attributes(w, parts->extensions);
	}
}

static bool fail_write(const struct ward_error *own, struct ward_error *err)
{
	if (own->reason == WARD_E_NO_SPACE)
		return FAILF(err, BAD_ARGUMENT, "a request has %d bytes at most", CERT_MAX_LEN);
	return error_pass(err, own);
}

struct ward_csr *make_csr_from_parts(const struct make_parts *parts, const struct ward_key *key,
				     enum ward_hash hash, struct ward_error *err)
{
	const struct signing *signing = signing_find_hash(key, hash, err);
	struct ward_error own = ERROR_NONE;
	struct ward_csr *made = NULL;
	uint8_t *der = NULL;
	size_t len;

	if (signing == NULL)
		return NULL;
	der = signing_make(CERT_MAX_LEN + SIGNING_ROOM, write_info, parts, signing, key, &len,
			   &own);
	if (der != NULL)
		made = ward_csr_parse(der, len, err);
	else
		(void)fail_write(&own, err);
	free(der);
	return made;
}

/* Subject and extensions one behind the other in one buffer. */
static struct ward_csr *make(const struct ward_cert_spec *spec, struct span spki,
			     const struct ward_key *key, struct ward_error *err)
{
	struct make_parts parts = { .spki = spki };
	struct ward_error own = ERROR_NONE;
	struct ward_csr *made = NULL;
	uint8_t *buf = malloc(CERT_MAX_LEN);
	struct writer w;

	if (buf == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	w = writer_make(buf, CERT_MAX_LEN, &own);
	spec_write_subject(&w, spec, &own);
	parts.subject = writer_span(&w);
	make_requested_extensions(&w, spec);
	parts.extensions = span_make(buf + parts.subject.len, w.len - parts.subject.len);
	if (writer_ok(&w))
		made = make_csr_from_parts(&parts, key, spec->hash, err);
	else
		(void)fail_write(&own, err);
	free(buf);
	return made;
}

struct ward_csr *ward_csr_make(const struct ward_cert_spec *spec, const struct ward_key *key,
			       struct ward_error *err)
{
	struct ward_csr *made;
	uint8_t *spki;
	size_t len;

	if (spec == NULL || key == NULL) {
		FAILF(err, BAD_ARGUMENT, "a request is made from a spec and a key");
		return NULL;
	}
	if (!crypto_init(err) || !spec_check_request(spec, err) ||
	    !privkey_spki(key_private(key), &spki, &len, err))
		return NULL;
	made = make(spec, span_make(spki, len), key, err);
	free(spki);
	return made;
}

/* ---- a certificate for one ---- */

static bool check_key(const struct ward_csr *csr, struct ward_error *err)
{
	return !csr->key.weak || FAILF(err, CERT_WEAK_KEY, "%s of %u bits in the request",
				       csr->key.name, csr->key.bits);
}

struct ward_cert *ward_cert_make_for_csr(const struct ward_cert_spec *spec,
					 const struct ward_csr *csr, const struct ward_cert *issuer,
					 const struct ward_key *issuer_key, struct ward_error *err)
{
	struct ward_cert *made;

	if (spec == NULL || csr == NULL || issuer == NULL || issuer_key == NULL) {
		FAILF(err, BAD_ARGUMENT,
		      "a certificate for a request needs a spec, an issuer and its key");
		return NULL;
	}
	if (!crypto_init(err) || !make_check_issuer(issuer, spec->profile, err) ||
	    !make_check_arguments(spec, issuer, issuer_key, err) || !ward_csr_verify(csr, err) ||
	    !check_key(csr, err))
		return NULL;
	made = make_for_spki(spec, csr->spki, issuer, issuer_key, err);
	return make_check_made(made, issuer, err);
}
