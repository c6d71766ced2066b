/*
 * Telling a verdict what was found. Only path building and verification call this, and only where
 * the caller has asked for a verdict.
 */
#ifndef X509_VERDICT_H
#define X509_VERDICT_H

#include "x509/path.h"

/*
 * Keeps the path as it is now, which ends because of err: the fault of one of its links or (NULL)
 * of none. There is always room for the one that came furthest so far. p->forgot without memory.
 */
void verdict_add_attempt(struct path *p, const struct ward_link *at, const struct ward_error *err,
			 bool furthest);
/* After a search in vain: judges the path that came furthest by every rule, not by the first. */
void verdict_add_findings(struct path *p);

#endif
