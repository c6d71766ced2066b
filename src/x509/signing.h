/*
 * Signing what is made here: certificates, requests, revocation lists, OCSP responses. They all are
 * a SEQUENCE of something in DER, the algorithm, and the signature over the first.
 */
#ifndef X509_SIGNING_H
#define X509_SIGNING_H

#include "wire/der.h"
#include "x509/x509.h"

/* How keys of a type sign; `id` is the whole AlgorithmIdentifier. */
struct signing {
	enum key_type key;
	enum sig_alg alg;
	struct span id;
};

/* Static; NULL with KEY_UNSUPPORTED where keys of this type sign nothing of that kind. */
const struct signing *signing_find(const struct ward_key *key, struct ward_error *err);
/* Writes signatureAlgorithm and the signature over all that was written from `start` on. */
void signing_write(struct writer *w, size_t start, const struct signing *signing,
		   const struct ward_key *key);

#endif
