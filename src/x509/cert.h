/*
 * A parsed certificate, for the files of this floor.
 *
 * Immutable once made, but for the public key, which is prepared when first asked for and then
 * published with one atomic exchange. All spans look into the certificate's own copy of its DER.
 */
#ifndef X509_CERT_H
#define X509_CERT_H

#include <stdatomic.h>

#include "x509/algorithm.h"
#include "x509/extensions.h"
#include "x509/x509.h"

struct ward_cert {
	atomic_uint refs;
	_Atomic(struct pubkey *) pubkey;

	struct span der;
	struct span tbs;     /* TBSCertificate with its header: what is signed */
	struct span serial;  /* INTEGER content, sign byte included */
	struct span issuer;  /* Name with its header */
	struct span subject; /* likewise */
	struct span spki;    /* SubjectPublicKeyInfo with its header */
	struct span signature;
	struct signature_id signed_with;
	char dotted[64]; /* the name of what it is signed with, where that has none */
	struct key_id key;

	uint64_t issuer_hash; /* of the names as they are compared */
	uint64_t subject_hash;
	int64_t not_before, not_after;
	int version;          /* 1, 2 or 3 */
	bool wrong_time_form; /* GeneralizedTime for a year before 2050 */
	bool has_unique_id;   /* issuerUniqueID or subjectUniqueID */
	bool self_issued;     /* issuer and subject are the same name */
	struct extensions ext;

	uint8_t bytes[];
};

/* A short name for texts: the common name, else the organisation, a DNS name or the serial. */
char *cert_label(const struct ward_cert *c, char *buf, size_t size);
/* The same certificate, or one for the same key and name. */
bool cert_same(const struct ward_cert *a, const struct ward_cert *b);
bool cert_same_entity(const struct ward_cert *a, const struct ward_cert *b);
/* Whether `issuer` carries the name that `c` gives its issuer. */
bool cert_is_named_issuer(const struct ward_cert *issuer, const struct ward_cert *c);

static inline bool cert_subject_is_empty(const struct ward_cert *c)
{
	return c->subject.len == 2;
}

#endif
