/*
 * Certificates put together field by field, so that one place can be wrong: what ward_cert_make
 * would never write. Their signatures are no signatures.
 */
#ifndef SUPPORT_CERT_FIELDS_H
#define SUPPORT_CERT_FIELDS_H

#include "support/table.h"
#include "x509/x509.h"

/* Whole DER elements in hex; NULL: the usual one, which is right. "": left out. */
struct cert_fields {
	const char *version, *serial, *algorithm, *issuer, *validity, *subject, *spki;
	const char *unique;     /* unique identifiers; usually none */
	const char *extensions; /* a whole [3]; usually none */
	struct span extension;  /* or the Extension elements alone */
	const char *outer_algorithm, *signature;
	const char *behind; /* after the signature; usually nothing */
};

/* The certificate in DER, to be freed with the other bytes of the test (see table.h). */
struct span cert_fields_der(const struct cert_fields *f);
/* The same parsed; it must be well formed. */
struct ward_cert *cert_fields_parse(const struct cert_fields *f);

/*
 * Extensions from names as text: "DNS:example.org", "IP:192.0.2.1", "EMAIL:a@example.org",
 * "URI:https://example.org/", "DIR:" and a Name in hex, "HEX:" and a whole GeneralName in hex. In
 * constraints, addresses are networks: "IP:10.0.0.0/8". Lists end with NULL; NULL: none.
 */
struct span cert_fields_alt_names(const char *const *names);
struct span cert_fields_constraints(const char *const *permitted, const char *const *excluded);

/* A leaf with these subjectAltNames, and a CA with these constraints. */
struct ward_cert *cert_with_names(const char *const *names);
struct ward_cert *cert_with_constraints(const char *const *permitted, const char *const *excluded);

#endif
