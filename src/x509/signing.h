/*
 * How certificates, requests, revocation lists and OCSP responses are signed: SEQUENCE { what is
 * signed, AlgorithmIdentifier, BIT STRING }.
 */
#ifndef X509_SIGNING_H
#define X509_SIGNING_H

#include "wire/der.h"
#include "x509/x509.h"

enum {
	/* The headers around what is signed, and the algorithm behind it. */
	SIGNING_ROOM = SIGNATURE_MAX + 128,
};

struct signing {
	enum key_type key;
	enum ward_hash hash;
	enum sig_alg alg;
	struct span id; /* the whole AlgorithmIdentifier */
};

/*
 * How a key signs, with the hash that fits it best or with a given one. Static; NULL with
 * KEY_UNSUPPORTED where keys of this type sign nothing of that kind, with BAD_ARGUMENT where they
 * do not sign that hash.
 */
const struct signing *signing_find(const struct ward_key *key, struct ward_error *err);
const struct signing *signing_find_hash(const struct ward_key *key, enum ward_hash hash,
					struct ward_error *err);

/*
 * Signs what stands in the writer from `start` on, and writes the algorithm and the signature
 * behind it; errors go to w->err.
 */
void signing_write(struct writer *w, size_t start, const struct signing *signing,
		   const struct ward_key *key);

/*
 * The whole SEQUENCE, around what `write` makes of `from`, in memory that the caller frees. NULL
 * with NO_SPACE where it takes more than `room` bytes.
 */
uint8_t *signing_make(size_t room, void (*write)(struct writer *w, const void *from),
		      const void *from, const struct signing *signing, const struct ward_key *key,
		      size_t *len, struct ward_error *err);

#endif
