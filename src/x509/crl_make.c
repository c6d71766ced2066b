/*
 * Making and signing a CRL (RFC 5280, 5.1): version 2, with its number and the key of its issuer.
 *
 * What is made is parsed as if it had come from outside: nothing leaves this file that ward would
 * refuse.
 */
#include <stdlib.h>

#include "x509/crl.h"
#include "x509/make.h"
#include "x509/oid.h"
#include "x509/signing.h"

#define OID_CRL_NUMBER OID("\x55\x1d\x14")
#define OID_REASON_CODE OID("\x55\x1d\x15")
#define OID_INVALIDITY_DATE OID("\x55\x1d\x18")
#define OID_AUTHORITY_KEY_ID OID("\x55\x1d\x23")

enum {
	VERSION_2 = 1,   /* as it is written */
	ENTRY_MAX = 128, /* an entry beside its serial number */
	LIST_MAX = 4096, /* what stands around the entries, the name of the issuer apart */
};

struct making {
	const struct ward_crl_spec *spec;
	const struct ward_cert *issuer;
	const struct signing *signing;
	struct span authority_key;
};

/* ---- entries ---- */

/* RFC 5280, 5.3.1: the reason is left out rather than unspecified. */
static void write_entry_extensions(struct writer *w, const struct ward_revoked *entry)
{
	uint8_t reason = (uint8_t)entry->reason;

	DER_WRITE (w, DER_SEQUENCE) {
		if (reason != WARD_REVOKED_UNSPECIFIED)
			DER_WRITE (w, DER_SEQUENCE) {
				der_write_oid(w, OID_REASON_CODE);
				DER_WRITE (w, DER_OCTET_STRING)
					der_write_element(w, DER_ENUMERATED, span_make(&reason, 1));
			}
		if (entry->invalid != WARD_NO_TIME)
			DER_WRITE (w, DER_SEQUENCE) {
				der_write_oid(w, OID_INVALIDITY_DATE);
				DER_WRITE (w, DER_OCTET_STRING)
					der_write_generalized_time(w, entry->invalid);
			}
	}
}

static void write_entry(struct writer *w, const struct ward_revoked *entry)
{
	DER_WRITE (w, DER_SEQUENCE) {
		der_write_element(w, DER_INTEGER, span_make(entry->serial, entry->serial_len));
		der_write_time(w, entry->time);
		if (entry->reason != WARD_REVOKED_UNSPECIFIED || entry->invalid != WARD_NO_TIME)
			write_entry_extensions(w, entry);
	}
}

/* ---- the list ---- */

static void write_number(struct writer *w, uint64_t number)
{
	uint8_t bytes[8];

	for (size_t i = sizeof(bytes); i > 0; i--, number >>= 8)
		bytes[i - 1] = (uint8_t)number;
	der_write_unsigned(w, SPAN_ARRAY(bytes));
}

static void write_extensions(struct writer *w, const struct making *m)
{
	DER_WRITE (w, DER_CONTEXT_CONS(0))
		DER_WRITE (w, DER_SEQUENCE) {
			DER_WRITE (w, DER_SEQUENCE) {
				der_write_oid(w, OID_AUTHORITY_KEY_ID);
				DER_WRITE (w, DER_OCTET_STRING)
					DER_WRITE (w, DER_SEQUENCE)
						der_write_element(w, DER_CONTEXT(0),
								  m->authority_key);
			}
			DER_WRITE (w, DER_SEQUENCE) {
				der_write_oid(w, OID_CRL_NUMBER);
				DER_WRITE (w, DER_OCTET_STRING)
					write_number(w, m->spec->number);
			}
		}
}

static void write_tbs(struct writer *w, const void *from)
{
	const struct making *m = from;

	DER_WRITE (w, DER_SEQUENCE) {
		der_write_small(w, VERSION_2);
		writer_bytes(w, m->signing->id);
		writer_bytes(w, m->issuer->subject);
		der_write_time(w, m->spec->this_update);
		der_write_time(w, m->spec->next_update);
		if (m->spec->revoked_count > 0) /* 5.1.2.6: the list is absent where it is empty */
			DER_WRITE (w, DER_SEQUENCE)
				for (size_t i = 0; i < m->spec->revoked_count; i++)
					write_entry(w, &m->spec->revoked[i]);
		write_extensions(w, m);
	}
}

/* ---- what is asked for ---- */

static bool check_entry(const struct ward_revoked *entry, struct ward_error *err)
{
	if (entry->serial_len == 0 || entry->serial_len > 64 || entry->serial[0] >= 0x80 ||
	    (entry->serial_len > 1 && entry->serial[0] == 0 && entry->serial[1] < 0x80))
		return FAILF(err, BAD_ARGUMENT,
			     "a serial number is no positive INTEGER in its shortest form");
	if (ward_revocation_reason_name(entry->reason) == NULL ||
	    entry->reason == WARD_REVOKED_REMOVE_FROM_CRL)
		return FAILF(err, BAD_ARGUMENT, "no reason to revoke: %d", entry->reason);
	return true;
}

static bool check_issuer(const struct ward_cert *issuer, const struct ward_key *issuer_key,
			 struct ward_error *err)
{
	char label[64];

	cert_label(issuer, label, sizeof(label));
	if (cert_subject_is_empty(issuer))
		return FAILF(err, BAD_ARGUMENT, "the issuer has an empty subject");
	if (!ward_key_matches(issuer_key, issuer))
		return FAILF(err, KEY_MISMATCH, "the issuer \"%s\"", label);
	if (!issuer->ext.ca)
		return FAILF(err, CRL_ISSUER, "\"%s\" is no CA", label);
	if (extensions_has(&issuer->ext, EXT_KEY_USAGE) &&
	    (issuer->ext.key_usage & KU_CRL_SIGN) == 0)
		return FAILF(err, CRL_ISSUER, "\"%s\" has no cRLSign", label);
	return true;
}

static bool check_spec(const struct ward_crl_spec *spec, struct ward_error *err)
{
	if (spec->next_update <= spec->this_update)
		return FAILF(err, BAD_ARGUMENT, "next_update is not behind this_update");
	for (size_t i = 0; i < spec->revoked_count; i++)
		if (!check_entry(&spec->revoked[i], err))
			return false;
	return true;
}

static size_t room_for(const struct making *m)
{
	size_t room = LIST_MAX + SIGNATURE_MAX + m->issuer->subject.len;

	for (size_t i = 0; i < m->spec->revoked_count; i++)
		room += ENTRY_MAX + m->spec->revoked[i].serial_len;
	return room;
}

/* CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING } */
static struct ward_crl *make(const struct making *m, const struct ward_key *key,
			     struct ward_error *err)
{
	size_t len;
	uint8_t *der = signing_make(room_for(m), write_tbs, m, m->signing, key, &len, err);
	struct ward_crl *made = der == NULL ? NULL : ward_crl_parse(der, len, err);

	free(der);
	return made;
}

struct ward_crl *ward_crl_make(const struct ward_crl_spec *spec, const struct ward_cert *issuer,
			       const struct ward_key *issuer_key, struct ward_error *err)
{
	struct making m = { .spec = spec, .issuer = issuer };
	uint8_t own_id[KEY_ID_LEN];

	if (spec == NULL || issuer == NULL || issuer_key == NULL) {
		FAILF(err, BAD_ARGUMENT, "a list is made from a spec, an issuer and its key");
		return NULL;
	}
	if (!crypto_init(err) || !check_issuer(issuer, issuer_key, err) || !check_spec(spec, err))
		return NULL;
	m.signing = signing_find(issuer_key, err);
	if (m.signing == NULL)
		return NULL;
	m.authority_key = make_key_id(issuer, own_id);
	return make(&m, issuer_key, err);
}
