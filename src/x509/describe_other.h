/*
 * Extensions that are defined elsewhere than in RFC 5280, and those of CRLs, read aloud. For
 * describe.c.
 */
#ifndef X509_DESCRIBE_OTHER_H
#define X509_DESCRIBE_OTHER_H

#include "x509/tell.h"

struct describe_row {
	struct span oid;
	void (*tell)(const struct tell *d, struct reader *r);
};

/* NULL where nobody knows it. */
const struct describe_row *describe_other_find(struct span oid);
/* The same of extensions that CRLs alone have (describe_crl.c). */
const struct describe_row *describe_crl_find(struct span oid);

/* distributionPoint [0] EXPLICIT DistributionPointName OPTIONAL */
void tell_point_name(const struct tell *d, struct reader *r);
/* The content of ReasonFlags. */
void tell_reasons(const struct tell *d, struct span content);

#endif
