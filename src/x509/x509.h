/*
 * What the floors above know of certificates beyond <ward/x509.h>.
 */
#ifndef X509_X509_H
#define X509_X509_H

#include <ward/x509.h>

#include "crypto/crypto.h"

struct span cert_der(const struct ward_cert *c);
/* The prepared public key; made when first asked for, then kept. NULL with err set. */
struct pubkey *cert_pubkey(struct ward_cert *c, struct ward_error *err);
enum key_type cert_key_type(const struct ward_cert *c);
/* The algorithm that the issuer signed the certificate with; SIG_NONE if not known. */
enum sig_alg cert_sig_alg(const struct ward_cert *c);
/* The key type of the issuer can not be told from the certificate alone; its hash can. */

/* keyUsage allows digitalSignature, or there is no keyUsage (RFC 9846, 4.5.2). */
bool cert_may_sign(const struct ward_cert *c);
/* The Name of the issuer in DER, for certificate_authorities. */
struct span cert_issuer_der(const struct ward_cert *c);
struct span cert_subject_der(const struct ward_cert *c);

struct privkey *key_private(const struct ward_key *k);

bool host_is_ip(const char *host);

#endif
