/*
 * Making and signing certificates (RFC 5280, 4.1).
 *
 * What is made is written once, from the outside in, and signed where it stands. Then it is parsed
 * as if it had come from outside: nothing leaves this file that ward would refuse.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "x509/cert.h"
#include "x509/make.h"
#include "x509/name_constraints.h"
#include "x509/signing.h"

enum {
	VERSION_3 = 2, /* as it is written */
};

/* ---- key identifiers ---- */

static bool key_id_of(struct span spki, uint8_t id[DIGEST_MAX_LEN], struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct key_id key;

	key_id_parse(spki, &key, &own);
	if (error_is_set(&own))
		return error_pass(err, &own);
	digest_once(DIGEST_SHA256, key.bytes, id);
	return true;
}

struct span make_key_id(const struct ward_cert *issuer, uint8_t fallback[KEY_ID_LEN])
{
	uint8_t hash[DIGEST_MAX_LEN];

	if (extensions_has(&issuer->ext, EXT_SUBJECT_KEY_ID))
		return issuer->ext.subject_key_id;
	digest_once(DIGEST_SHA256, issuer->key.bytes, hash);
	bytes_copy(fallback, hash, KEY_ID_LEN);
	return span_make(fallback, KEY_ID_LEN);
}

/* ---- writing ---- */

struct making {
	const struct make_parts *parts;
	const struct signing *signing;
};

static void write_tbs(struct writer *w, const void *from)
{
	const struct making *m = from;
	const struct make_parts *p = m->parts;

	DER_WRITE (w, DER_SEQUENCE) {
		DER_WRITE (w, DER_CONTEXT_CONS(0))
			der_write_small(w, VERSION_3);
		der_write_unsigned(w, p->serial);
		writer_bytes(w, m->signing->id);
		writer_bytes(w, p->issuer);
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_time(w, p->not_before);
			der_write_time(w, p->not_after);
		}
		writer_bytes(w, p->subject);
		writer_bytes(w, p->spki);
		if (p->extensions.len > 0)
			DER_WRITE (w, DER_CONTEXT_CONS(3))
				der_write_element(w, DER_SEQUENCE, p->extensions);
	}
}

static bool fail_write(const struct ward_error *own, struct ward_error *err)
{
	if (own->reason == WARD_E_NO_SPACE)
		return FAILF(err, CERT_TOO_LONG, "%d bytes at most", CERT_MAX_LEN);
	return error_pass(err, own);
}

/* Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING } */
static struct ward_cert *make(const struct make_parts *parts, const struct signing *signing,
			      const struct ward_key *signer, struct ward_error *err)
{
	const struct making m = { parts, signing };
	struct ward_error own = ERROR_NONE;
	struct ward_cert *made = NULL;
	size_t len;
	uint8_t *der = signing_make(CERT_MAX_LEN + SIGNING_ROOM, write_tbs, &m, signing, signer,
				    &len, &own);

	if (der != NULL)
		made = ward_cert_parse(der, len, err);
	else
		(void)fail_write(&own, err);
	free(der);
	return made;
}

struct ward_cert *make_from_parts(const struct make_parts *parts, const struct ward_key *signer,
				  enum ward_hash hash, struct ward_error *err)
{
	const struct signing *signing = signing_find_hash(signer, hash, err);

	return signing == NULL ? NULL : make(parts, signing, signer, err);
}

bool make_serial(uint8_t serial[MAKE_SERIAL_LEN], struct ward_error *err)
{
	do {
		if (!random_bytes(serial, MAKE_SERIAL_LEN, err))
			return false;
	} while (serial[0] == 0);
	return true;
}

/* ---- who signs ---- */

bool make_check_arguments(const struct ward_cert_spec *spec, const struct ward_cert *issuer,
			  const struct ward_key *issuer_key, struct ward_error *err)
{
	char label[64];

	if ((issuer == NULL) != (issuer_key == NULL))
		return FAILF(err, BAD_ARGUMENT, "an issuer and its key go together");
	if (issuer != NULL && cert_subject_is_empty(issuer))
		return FAILF(err, BAD_ARGUMENT, "the issuer has an empty subject");
	if (issuer != NULL && !ward_key_matches(issuer_key, issuer))
		return FAILF(err, KEY_MISMATCH, "the issuer \"%s\"",
			     cert_label(issuer, label, sizeof(label)));
	if (!spec_check(spec, err))
		return false;
	/* RFC 5280, 4.1.2.4: the issuer is never empty, and here it is the subject. */
	if (issuer == NULL && spec_subject_is_empty(spec))
		return FAILF(err, BAD_ARGUMENT, "a self-signed certificate needs a subject");
	return true;
}

/* The subject and the extensions that a spec asks for, one behind the other in one buffer. */
static bool write_parts(struct writer *w, const struct ward_cert_spec *spec,
			const struct ward_cert *issuer, struct make_parts *parts)
{
	uint8_t subject_id[DIGEST_MAX_LEN], authority_id[KEY_ID_LEN];
	struct span authority;
	size_t subject_end;

	if (!key_id_of(parts->spki, subject_id, w->err))
		return false;
	authority = issuer == NULL ? span_make(subject_id, KEY_ID_LEN)
				   : make_key_id(issuer, authority_id);
	spec_write_subject(w, spec, w->err);
	subject_end = w->len;
	make_extensions(w, spec, span_make(subject_id, KEY_ID_LEN), authority);
	parts->subject = span_make(w->buf, subject_end);
	parts->issuer = issuer == NULL ? parts->subject : issuer->subject;
	parts->extensions = span_make(w->buf + subject_end, w->len - subject_end);
	return writer_ok(w);
}

struct ward_cert *make_for_spki(const struct ward_cert_spec *spec, struct span spki,
				const struct ward_cert *issuer, const struct ward_key *signer,
				struct ward_error *err)
{
	struct make_parts parts = { .spki = spki,
				    .not_before = spec->not_before,
				    .not_after = spec->not_after };
	const struct signing *signing = signing_find_hash(signer, spec->hash, err);
	struct ward_error own = ERROR_NONE;
	uint8_t serial[MAKE_SERIAL_LEN];
	struct ward_cert *made = NULL;
	uint8_t *buf;
	struct writer w;

	if (signing == NULL || !make_serial(serial, err))
		return NULL;
	parts.serial = spec->serial == NULL ? SPAN_ARRAY(serial)
					    : span_make(spec->serial, spec->serial_len);
	buf = malloc(CERT_MAX_LEN);
	if (buf == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	w = writer_make(buf, CERT_MAX_LEN, &own);
	if (write_parts(&w, spec, issuer, &parts))
		made = make(&parts, signing, signer, err);
	else
		(void)fail_write(&own, err);
	free(buf);
	return made;
}

struct ward_cert *make_unjudged(const struct ward_cert_spec *spec, const struct ward_key *key,
				const struct ward_cert *issuer, const struct ward_key *issuer_key,
				struct ward_error *err)
{
	struct ward_cert *made;
	uint8_t *spki;
	size_t len;

	if (spec == NULL || key == NULL) {
		FAILF(err, BAD_ARGUMENT, "a certificate is made from a spec and a key");
		return NULL;
	}
	if (!crypto_init(err) || !make_check_arguments(spec, issuer, issuer_key, err) ||
	    !privkey_spki(key_private(key), &spki, &len, err))
		return NULL;
	made = make_for_spki(spec, span_make(spki, len), issuer, issuer == NULL ? key : issuer_key,
			     err);
	free(spki);
	return made;
}

/* RFC 5280, 4.2.1.3 and 4.2.1.9: what path validation will ask of the issuer. */
bool make_check_issuer(const struct ward_cert *issuer, enum ward_profile profile,
		       struct ward_error *err)
{
	const struct extensions *e = &issuer->ext;
	char label[64];

	cert_label(issuer, label, sizeof(label));
	if (!e->ca)
		return FAILF(err, CERT_NOT_CA, "\"%s\" is no CA and cannot issue", label);
	if (extensions_has(e, EXT_KEY_USAGE) && (e->key_usage & KU_KEY_CERT_SIGN) == 0)
		return FAILF(err, CERT_KEY_USAGE, "\"%s\" has no keyCertSign", label);
	if (profile == WARD_PROFILE_CA && e->path_length == 0)
		return FAILF(err, CERT_PATH_LENGTH, "\"%s\" allows no CA below it", label);
	return true;
}

/* An extension that is given as bytes may say another thing than the profile. */
static bool may_have_made(const struct ward_cert *issuer, const struct ward_cert *made,
			  struct ward_error *err)
{
	unsigned int budget = NAME_COMPARISONS_MAX;

	return (!made->ext.ca || make_check_issuer(issuer, WARD_PROFILE_CA, err)) &&
	       name_constraints_allow(issuer, made, &budget, err);
}

struct ward_cert *make_check_made(struct ward_cert *made, const struct ward_cert *issuer,
				  struct ward_error *err)
{
	if (made == NULL || may_have_made(issuer, made, err))
		return made;
	ward_cert_free(made);
	return NULL;
}

struct ward_cert *ward_cert_make(const struct ward_cert_spec *spec, const struct ward_key *key,
				 const struct ward_cert *issuer, const struct ward_key *issuer_key,
				 struct ward_error *err)
{
	struct ward_cert *made;

	if (issuer != NULL && spec != NULL && !make_check_issuer(issuer, spec->profile, err))
		return NULL;
	made = make_unjudged(spec, key, issuer, issuer_key, err);
	return issuer == NULL ? made : make_check_made(made, issuer, err);
}
