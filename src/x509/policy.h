/*
 * Certificate policies along a path (RFC 5280, 6.1, as RFC 9618 has it).
 */
#ifndef X509_POLICY_H
#define X509_POLICY_H

#include "x509/path.h"

enum {
	/* Comparisons of two policies in one verification: a millisecond. */
	POLICY_COMPARISONS_MAX = 1 << 17,
};

/*
 * Whether the path has a policy wherever a CA in it asks for one; any policy will do. If not, *at
 * is the link that is at fault. Each comparison takes one from *budget; CERT_LIMIT when there is
 * none left.
 */
bool policy_allows(const struct ward_link *links, size_t len, unsigned int *budget, size_t *at,
		   struct ward_error *err);

#endif
