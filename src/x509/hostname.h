/*
 * Whether a certificate is for a host (RFC 9525).
 */
#ifndef X509_HOSTNAME_H
#define X509_HOSTNAME_H

#include "base/span.h"

/*
 * Whether a DNS name that a certificate presents (perhaps with a wildcard as its whole left-most
 * label) is the host that was asked for.
 */
bool hostname_match(struct span presented, struct span host);

/* Letters, digits, hyphens and underscores in labels of 1 to 63; no empty label but a last dot. */
bool hostname_is_dns(struct span name);
/* The same by the letter of RFC 1034 and 1123: no underscore, no hyphen at an end, no last dot. */
bool hostname_is_strict(struct span name);
/* Without the one dot that marks an absolute name. */
struct span hostname_relative(struct span name);

/* Case is folded in ASCII alone. */
bool hostname_equal(struct span a, struct span b);
bool hostname_ends_with(struct span name, struct span suffix);

#endif
