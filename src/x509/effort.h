/*
 * How much checking of signatures one verification may cost, whatever is presented.
 *
 * Signatures are counted, and so is what they cost: a check by a slow key counts for as many as
 * checks by P-256 take that time. An outsider, who has no key of a CA, can but present signatures
 * that are wrong: for these the bound is the tightest.
 */
#ifndef X509_EFFORT_H
#define X509_EFFORT_H

#include "x509/cert.h"

enum {
	EFFORT_CHECKS_MAX = 64, /* signatures */
	EFFORT_WORK_MAX = 320,  /* what they cost: of slow keys as many as the longest path has */
	EFFORT_WRONG_MAX = 64,  /* what those cost that turn out wrong */
};

/* What is left. */
struct effort {
	unsigned int checks, work, wrong;
};

static inline struct effort effort_whole(void)
{
	return (struct effort){ EFFORT_CHECKS_MAX, EFFORT_WORK_MAX, EFFORT_WRONG_MAX };
}

/* Before a signature is checked with the signer's key, which may turn out wrong: else CERT_LIMIT. */
static inline bool effort_allows(const struct effort *e, const struct ward_cert *signer,
				 struct ward_error *err)
{
	unsigned int cost = signer->key.cost;

	return (e->checks > 0 && cost <= e->work && cost <= e->wrong) ||
	       FAILF(err, CERT_LIMIT, "more than %d signatures to check, fewer by slow keys",
		     EFFORT_CHECKS_MAX);
}

/* After it was allowed, and checked. */
static inline void effort_count(struct effort *e, const struct ward_cert *signer, bool good)
{
	e->checks--;
	e->work -= signer->key.cost;
	e->wrong -= good ? 0 : signer->key.cost;
}

#endif
