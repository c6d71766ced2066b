/*
 * Certificate policies along a path (RFC 5280, 6.1, as RFC 9618 has it).
 */
#ifndef X509_POLICY_H
#define X509_POLICY_H

#include "x509/path.h"

/*
 * Whether the path has a policy wherever a CA in it asks for one; any policy will do. If not, *at
 * is the link that is at fault.
 */
bool policy_allows(const struct ward_link *links, size_t len, size_t *at, struct ward_error *err);

#endif
