/*
 * AlgorithmIdentifier: how a certificate is signed, and what key it holds.
 */
#ifndef X509_ALGORITHM_H
#define X509_ALGORITHM_H

#include "crypto/crypto.h"
#include "wire/der.h"

struct signature_id {
	enum sig_alg alg; /* SIG_NONE: not one that is trusted */
	bool weak;        /* MD2, MD5 or SHA-1 */
	const char *name; /* static text, or NULL */
	struct span oid;
};

struct key_id {
	enum key_type type; /* KEY_NONE: not one that is used */
	unsigned int bits;  /* 0: not known */
	const char *name;   /* static text, never NULL */
	struct span bytes;  /* subjectPublicKey without the count of unused bits */
	bool weak;          /* of a known type that is too small or broken, whatever its size */
	unsigned int cost;  /* of a check by it, in those by P-256 keys */
	bool unsound;       /* RSA with numbers that are out of form, or too large to be used */
};

/* From a whole AlgorithmIdentifier; one that is not known is no error, one that is malformed is. */
void signature_id_parse(struct span whole, struct signature_id *s, struct ward_error *err);
/* From a whole SubjectPublicKeyInfo. */
void key_id_parse(struct span spki, struct key_id *k, struct ward_error *err);

#endif
