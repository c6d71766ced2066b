/*
 * Extensions that are defined elsewhere than in RFC 5280, read aloud. For describe.c.
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

#endif
