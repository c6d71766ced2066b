/*
 * A parsed certificate request, for the files of this floor. Immutable once made; all spans look
 * into its own copy of the DER.
 */
#ifndef X509_CSR_H
#define X509_CSR_H

#include <stdatomic.h>

#include <ward/csr.h>

#include "x509/algorithm.h"
#include "x509/extensions.h"
#include "x509/x509.h"

/* A list of names that a request asks for is copied once, as text. */
struct csr_names {
	const char **list; /* ends with NULL; NULL where there are none */
	char *bytes;
};

struct ward_csr {
	atomic_uint refs;

	struct span der;
	struct span info;    /* CertificationRequestInfo with its header: what is signed */
	struct span subject; /* Name with its header */
	struct span spki;    /* SubjectPublicKeyInfo with its header */
	struct span signature;
	struct signature_id signed_with;
	char dotted[64]; /* the name of what it is signed with, where that has none */
	struct key_id key;

	struct span attributes; /* Attribute elements, one behind the other */
	bool has_extensions;
	struct extensions ext; /* what it asks for */
	bool has_challenge;    /* a challengePassword is there */
	struct csr_names names;
	bool names_refused; /* it asks for a name that is not issued: see names_fill */

	uint8_t bytes[];
};

/* Whether a PEM block of this label is a request. */
bool csr_label(const char *label);

#endif
