/*
 * Name constraints of a CA (RFC 5280, 4.2.1.10).
 */
#ifndef X509_NAME_CONSTRAINTS_H
#define X509_NAME_CONSTRAINTS_H

#include "x509/cert.h"

enum {
	/* Comparisons of a name with a subtree in one verification: milliseconds at most. */
	NAME_COMPARISONS_MAX = 1 << 17,
	/* A comparison counts once more for each of these, since names may be long; of directory names
	 * for each quarter. */
	NAME_COMPARISON_BYTES = 64,
};

/*
 * Whether all names of `c` lie in what `ca` allows. Each comparison takes one from *budget;
 * CERT_LIMIT when there is none left.
 */
bool name_constraints_allow(const struct ward_cert *ca, const struct ward_cert *c,
			    unsigned int *budget, struct ward_error *err);

/* Whether a name of this kind (a GeneralName tag number) lies in the subtree. */
bool name_constraints_match(int kind, struct span name, struct span base, bool excluded);

#endif
