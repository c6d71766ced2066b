/*
 * What an OCSP responder answers, without how the bytes come and go.
 *
 * It signs with a key and a certificate of its own (RFC 6960, 4.2.2.2), made when it starts and
 * made anew before they end: the certificate is good for a day, says OCSPSigning, and asks nobody
 * to check it in turn (id-pkix-ocsp-nocheck, 4.2.2.2.1). It is not on the index. The key of the CA
 * is read for that alone and wiped, unless it is encrypted. Another intermediate is taken as soon as it
 * is in its file; one with another key, under a passphrase, needs a restart.
 */
#ifndef CA_RESPONDER_H
#define CA_RESPONDER_H

#include <ward/revocation.h>

#include "ca/state.h"

enum { RESPONDER_VALIDITY_MAX = 12 * 3600 };

struct responder {
	struct ca *ca;           /* opened to be looked at; borrowed */
	struct ward_key *ca_key; /* of the intermediate, where a passphrase was given; else NULL */
	struct ward_key *key;    /* its own */
	struct ward_cert *cert;
	int64_t validity; /* seconds from this_update to next_update */
};

/*
 * An answer, which is an error of OCSP for what is malformed or about other CAs. `trouble` says why
 * there is TRY_LATER instead of an answer, or no response at all: the index cannot be read, or no
 * certificate be made.
 */
struct responder_answer {
	struct ward_ocsp_response *response;
	bool lasts; /* it tells of certificates, and counts until next_update */
	int64_t this_update, next_update;
	struct ward_error trouble;
};

/* BAD_ARGUMENT for a validity of more than RESPONDER_VALIDITY_MAX. Clear it whatever the result. */
bool responder_init(struct responder *r, struct ca *ca, const struct ca_secret *secret,
		    int64_t validity, int64_t now, struct ward_error *err);
void responder_clear(struct responder *r);
/* Before the next answer the intermediate is read again, and its signer made anew. */
void responder_reread(struct responder *r);

/* Answers a request in DER. What was revoked a moment ago is revoked in it. Free the response. */
struct responder_answer responder_answer(struct responder *r, const void *der, size_t len,
					 int64_t now);

#endif
