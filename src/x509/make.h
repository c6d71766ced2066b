/*
 * Making certificates: what the files of that share. Known to x509/ and its tests alone.
 */
#ifndef X509_MAKE_H
#define X509_MAKE_H

#include <ward/csr.h>

#include "wire/der.h"
#include "x509/x509.h"

/* RFC 7093, 2, method 1: the first 160 bits of SHA-256 over the bits of the public key. */
enum { KEY_ID_LEN = 20 };

/*
 * As ward_cert_make, but the issuer is not asked whether it may issue: who is no CA, or has said in
 * its constraints that it would not, issues all the same. The key must be the issuer's, though.
 */
struct ward_cert *make_unjudged(const struct ward_cert_spec *spec, const struct ward_key *key,
				const struct ward_cert *issuer, const struct ward_key *issuer_key,
				struct ward_error *err);

/* The identifier that the issuer has given its own key, or else what ward would give it. */
struct span make_key_id(const struct ward_cert *issuer, uint8_t fallback[KEY_ID_LEN]);

/* ---- what the caller asked for (make_spec.c) ---- */

/* Whether a certificate can be made of it at all; else BAD_ARGUMENT with the field. */
bool spec_check(const struct ward_cert_spec *spec, struct ward_error *err);
/* The same for what counts in a request. */
bool spec_check_request(const struct ward_cert_spec *spec, struct ward_error *err);
/* make_spec_extensions.c: the URLs, purposes and extensions that are given. */
bool spec_check_extensions(const struct ward_cert_spec *spec, struct ward_error *err);
bool spec_check_constraints(const struct ward_cert_spec *spec, struct ward_error *err);
bool spec_check_serial(const struct ward_cert_spec *spec, struct ward_error *err);

/* A name as it stands in subjectAltName. */
struct alt_name {
	int kind;            /* as in enum ward_san_kind */
	struct span text;    /* of all but addresses */
	uint8_t address[16]; /* of an address */
	size_t address_len;
};
/* Tells by its form what a name is. BAD_ARGUMENT if it is none that a certificate may carry. */
bool spec_alt_name(const char *text, struct alt_name *name, struct ward_error *err);

/* Address and mask, as iPAddress has them in name constraints. */
struct network {
	uint8_t bytes[32];
	size_t len;
};
/* From "10.0.0.0/8" or "2001:db8::/32"; one address alone is a network of itself. */
bool spec_network(const char *text, struct network *network, struct ward_error *err);

static inline bool spec_has(const char *const *list)
{
	return list != NULL && list[0] != NULL;
}

bool spec_subject_is_empty(const struct ward_cert_spec *spec);
/* The Name in DER; errors of a text go to err. */
bool spec_write_subject(struct writer *w, const struct ward_cert_spec *spec,
			struct ward_error *err);
/* The extension that is given instead of the one of this type; NULL: none. */
const struct ward_extension *spec_instead_of(const struct ward_cert_spec *spec, struct span oid);

/* ---- extensions (make_extensions.c) ---- */

/* Extension elements, one behind the other. The key identifiers are those of the subject and of the issuer. */
void make_extensions(struct writer *w, const struct ward_cert_spec *spec, struct span subject_key,
		     struct span authority_key);
/* Extensions as a request asks for them: without key identifiers and where to ask. */
void make_requested_extensions(struct writer *w, const struct ward_cert_spec *spec);

/* ---- a certificate for any public key (make.c) ---- */

/* The issuer is asked nothing, as in make_unjudged; `spki` is a whole SubjectPublicKeyInfo. */
struct ward_cert *make_for_spki(const struct ward_cert_spec *spec, struct span spki,
				const struct ward_cert *issuer, const struct ward_key *signer,
				struct ward_error *err);
/*
 * What a certificate is written from, where nothing is added to it and nobody is asked: Names and
 * SubjectPublicKeyInfo with their headers, Extension elements one behind the other, and a positive
 * number. What is made is parsed, as anything is that leaves this floor.
 */
struct make_parts {
	struct span serial, issuer, subject, spki, extensions;
	int64_t not_before, not_after;
};
struct ward_cert *make_from_parts(const struct make_parts *parts, const struct ward_key *signer,
				  enum ward_hash hash, struct ward_error *err);
/* A request in the same way: subject, key and the extensions that it asks for; signed by the key. */
struct ward_csr *make_csr_from_parts(const struct make_parts *parts, const struct ward_key *key,
				     enum ward_hash hash, struct ward_error *err);
/*
 * An unsigned number of 128 random bits, drawn again while the first eight of them are zero: so it is
 * positive and has always as many bytes, 17 of the 20 of RFC 5280, 4.1.2.2, at most where a sign byte
 * goes in front.
 */
enum { MAKE_SERIAL_LEN = 16 };
bool make_serial(uint8_t serial[MAKE_SERIAL_LEN], struct ward_error *err);

/* What the issuer says about that: whether it is a CA that may issue this. */
bool make_check_issuer(const struct ward_cert *issuer, enum ward_profile profile,
		       struct ward_error *err);
/* The same certificate if the issuer may have made it, names included; else freed, and NULL. */
struct ward_cert *make_check_made(struct ward_cert *made, const struct ward_cert *issuer,
				  struct ward_error *err);
/* Parameters that do not go together, and the issuer's key. */
bool make_check_arguments(const struct ward_cert_spec *spec, const struct ward_cert *issuer,
			  const struct ward_key *issuer_key, struct ward_error *err);

#endif
