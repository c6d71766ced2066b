/*
 * Revocation of the certificates of a path, and pins: what verification asks last.
 */
#ifndef X509_REVOCATION_H
#define X509_REVOCATION_H

#include "x509/path.h"

/*
 * Whether nothing that was given says that a certificate of the path is revoked, and everything is
 * proved that must be. The path is whole, and its signatures are right. *at is the place of the
 * certificate at fault.
 */
bool revocation_allows(struct path *p, size_t *at, struct ward_error *err);
/* Whether a key of the path is pinned, if any are. */
bool pins_allow(const struct path *p, struct ward_error *err);

#endif
