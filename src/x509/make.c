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
#include "x509/oid.h"
#include "x509/signing.h"

enum {
	SERIAL_LEN = 16,
	VERSION_3 = 2,  /* as it is written */
	OUTER_MAX = 64, /* the headers around what is signed, and the algorithm behind it */
};

/* ---- key identifiers ---- */

struct public_key {
	uint8_t *spki; /* owned */
	size_t spki_len;
	uint8_t id[DIGEST_MAX_LEN];
};

static bool public_key_of(const struct ward_key *key, struct public_key *out,
			  struct ward_error *err)
{
	struct key_id id;

	if (!privkey_spki(key_private(key), &out->spki, &out->spki_len, err))
		return false;
	key_id_parse(span_make(out->spki, out->spki_len), &id, err);
	if (error_is_set(err)) {
		free(out->spki);
		return false;
	}
	digest_once(DIGEST_SHA256, id.bytes, out->id);
	return true;
}

/* ---- writing ---- */

/* The parts that are there when writing begins. */
struct making {
	const struct ward_cert_spec *spec;
	const struct ward_cert *issuer; /* NULL: self-signed */
	const struct signing *signing;
	struct span spki;
	struct span subject_key, authority_key;
	uint8_t serial[SERIAL_LEN];
};

/* AttributeTypeAndValue in a part of its own; always as UTF8String (RFC 5280, 4.1.2.4). */
static void write_attribute(struct writer *w, struct span type, const char *value)
{
	if (value == NULL)
		return;
	DER_WRITE (w, DER_SET)
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_oid(w, type);
			der_write_element(w, DER_UTF8_STRING, span_string(value));
		}
}

static void write_subject(struct writer *w, const struct ward_cert_spec *spec)
{
	DER_WRITE (w, DER_SEQUENCE) {
		write_attribute(w, OID_ORGANIZATION, spec->organization);
		write_attribute(w, OID_COMMON_NAME, spec->common_name);
	}
}

static void write_tbs(struct writer *w, const struct making *m)
{
	DER_WRITE (w, DER_SEQUENCE) {
		DER_WRITE (w, DER_CONTEXT_CONS(0))
			der_write_small(w, VERSION_3);
		der_write_unsigned(w, SPAN_ARRAY(m->serial));
		writer_bytes(w, m->signing->id);
		if (m->issuer == NULL)
			write_subject(w, m->spec);
		else
			writer_bytes(w, m->issuer->subject);
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_time(w, m->spec->not_before);
			der_write_time(w, m->spec->not_after);
		}
		write_subject(w, m->spec);
		writer_bytes(w, m->spki);
		make_extensions(w, m->spec, m->subject_key, m->authority_key);
	}
}

/* Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING } */
static void write_cert(struct writer *w, const struct making *m, const struct ward_key *signer)
{
	DER_WRITE (w, DER_SEQUENCE) {
		size_t start = w->len;

		write_tbs(w, m);
		signing_write(w, start, m->signing, signer);
	}
}

static struct ward_cert *make(const struct making *m, const struct ward_key *signer,
			      struct ward_error *err)
{
	const size_t room = CERT_MAX_LEN + SIGNATURE_MAX + OUTER_MAX;
	uint8_t *buf = malloc(room);
	struct ward_error own = ERROR_NONE;
	struct ward_cert *made = NULL;
	struct writer w;

	if (buf == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	w = writer_make(buf, room, &own);
	write_cert(&w, m, signer);
	if (writer_ok(&w))
		made = ward_cert_parse(buf, w.len, err);
	else if (own.reason == WARD_E_NO_SPACE)
		FAILF(err, CERT_TOO_LONG, "%d bytes at most", CERT_MAX_LEN);
	else
		error_pass(err, &own);
	free(buf);
	return made;
}

/* 126 random bits, positive and always of the same length (RFC 5280, 4.1.2.2: 20 bytes at most). */
static bool make_serial(uint8_t serial[SERIAL_LEN], struct ward_error *err)
{
	if (!random_bytes(serial, SERIAL_LEN, err))
		return false;
	serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
	return true;
}

/* ---- who signs ---- */

static bool check_arguments(const struct ward_cert_spec *spec, const struct ward_key *key,
			    const struct ward_cert *issuer, const struct ward_key *issuer_key,
			    struct ward_error *err)
{
	char label[64];

	if (spec == NULL || key == NULL)
		return FAILF(err, BAD_ARGUMENT, "a certificate is made from a spec and a key");
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

struct span make_key_id(const struct ward_cert *issuer, uint8_t fallback[KEY_ID_LEN])
{
	uint8_t hash[DIGEST_MAX_LEN];

	if (extensions_has(&issuer->ext, EXT_SUBJECT_KEY_ID))
		return issuer->ext.subject_key_id;
	digest_once(DIGEST_SHA256, issuer->key.bytes, hash);
	bytes_copy(fallback, hash, KEY_ID_LEN);
	return span_make(fallback, KEY_ID_LEN);
}

struct ward_cert *make_unjudged(const struct ward_cert_spec *spec, const struct ward_key *key,
				const struct ward_cert *issuer, const struct ward_key *issuer_key,
				struct ward_error *err)
{
	struct making m = { .spec = spec, .issuer = issuer };
	struct ward_error own = ERROR_NONE;
	struct ward_cert *made = NULL;
	struct public_key subject;
	uint8_t fallback[KEY_ID_LEN];
	const struct ward_key *signer;

	if (!crypto_init(err) || !check_arguments(spec, key, issuer, issuer_key, err))
		return NULL;
	signer = issuer == NULL ? key : issuer_key;
	m.signing = signing_find(signer, err);
	if (m.signing == NULL || !make_serial(m.serial, err))
		return NULL;
	if (!public_key_of(key, &subject, &own)) {
		error_pass(err, &own);
		return NULL;
	}
	m.spki = span_make(subject.spki, subject.spki_len);
	m.subject_key = span_make(subject.id, KEY_ID_LEN);
	m.authority_key = issuer == NULL ? m.subject_key : make_key_id(issuer, fallback);
	made = make(&m, signer, &own);
	free(subject.spki);
	error_pass(err, &own);
	return made;
}

/* RFC 5280, 4.2.1.3 and 4.2.1.9: what path validation will ask of the issuer. */
static bool may_issue(const struct ward_cert *issuer, enum ward_profile profile,
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

struct ward_cert *ward_cert_make(const struct ward_cert_spec *spec, const struct ward_key *key,
				 const struct ward_cert *issuer, const struct ward_key *issuer_key,
				 struct ward_error *err)
{
	unsigned int budget = NAME_COMPARISONS_MAX;
	struct ward_cert *made;

	if (issuer != NULL && spec != NULL && !may_issue(issuer, spec->profile, err))
		return NULL;
	made = make_unjudged(spec, key, issuer, issuer_key, err);
	if (made == NULL || issuer == NULL || name_constraints_allow(issuer, made, &budget, err))
		return made;
	ward_cert_free(made);
	return NULL;
}
