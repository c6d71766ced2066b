/*
 * What the floors above know of certificates beyond <ward/x509.h>.
 */
#ifndef X509_X509_H
#define X509_X509_H

#include <ward/revocation.h>

#include "crypto/crypto.h"

struct span cert_der(const struct ward_cert *c);
/*
 * The prepared public key; made when first asked for, then kept: it lives as long as the
 * certificate, and is not given back. Any thread may ask. NULL with err set.
 */
struct pubkey *cert_pubkey(struct ward_cert *c, struct ward_error *err);
/* KEY_NONE where the key is of a type that ward does not use. */
enum key_type cert_key_type(const struct ward_cert *c);
/*
 * The algorithm that the issuer signed the certificate with; SIG_NONE if not known. The type of the
 * issuer's key cannot be told from the certificate alone; its hash can.
 */
enum sig_alg cert_sig_alg(const struct ward_cert *c);

/* keyUsage allows digitalSignature, or there is no keyUsage (RFC 9846, 4.5.2). */
bool cert_may_sign(const struct ward_cert *c);
/*
 * Whether it has what a filter of RFC 9846, 4.3.5 asks for: the OID in DER, the values as the extension
 * has them. True for extensions that have no rules there.
 */
bool cert_passes_filter(const struct ward_cert *c, struct span oid, struct span values);
/* The Name of the issuer in DER, for certificate_authorities. */
struct span cert_issuer_der(const struct ward_cert *c);
struct span cert_subject_der(const struct ward_cert *c);

/* KEY_MISMATCH unless the key belongs to the certificate. */
bool key_check_cert(const struct ward_key *key, const struct ward_cert *cert,
		    struct ward_error *err);
/* The same for the content of a subjectPublicKey. */
bool key_check_bits(const struct ward_key *key, struct span bits, struct ward_error *err);
/* Takes a prepared key over; NULL if there was none, or no memory. */
struct privkey *key_private(const struct ward_key *k);
/* Takes the private key; NULL stays NULL, with err as it is. */
struct ward_key *key_from_private(struct privkey *private, struct ward_error *err);

/* Whether a host is an IP literal and no DNS name: what SNI must not carry (RFC 6066, 3). */
bool host_is_ip(const char *host);

/*
 * The time from params->time on, its end included, in which no list, no response and no responder's
 * certificate that was given begins or ceases to count: what they say is the same at any moment of
 * it. Where none was given it is all of time.
 */
void revocation_span(const struct ward_verify_params *params, int64_t *from, int64_t *to);

/* The roots of a store in no order, until fn gives false, which is then given. */
bool trust_each(const struct ward_trust *trust, bool (*fn)(void *arg, const struct ward_cert *cert),
		void *arg);

/*
 * Whether a server may staple the response to the chain's leaf at this time, and from when to when.
 * The signature is checked if the issuer is in the chain; else OCSP_OTHER_CERT, OCSP_EXPIRED and
 * what else ward_ocsp_response_check says.
 */
bool ocsp_may_staple(const struct ward_ocsp_response *response, const struct ward_chain *chain,
		     int64_t time, int64_t *from, int64_t *until, struct ward_error *err);

#endif
