/*
 * Looking up trusted certificates, for path building.
 */
#ifndef X509_TRUST_H
#define X509_TRUST_H

#include "x509/cert.h"

/* No certificate can be added from now on, so that threads can look up without a lock. */
void trust_freeze(struct ward_trust *trust);
/* Whether this very certificate is trusted. */
bool trust_holds(const struct ward_trust *trust, const struct ward_cert *cert);

/*
 * The trusted certificates whose subject has this hash, one after the other: start with NULL, ends
 * with NULL. The caller compares the names.
 */
struct trust_entry;
const struct trust_entry *trust_find(const struct ward_trust *trust, uint64_t subject_hash,
				     const struct trust_entry *after);
struct ward_cert *trust_entry_cert(const struct trust_entry *entry);

#endif
