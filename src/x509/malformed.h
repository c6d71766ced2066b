/*
 * What is told of a structure that is malformed: the part, what is wrong with it, and where.
 */
#ifndef X509_MALFORMED_H
#define X509_MALFORMED_H

#include "base/error.h"

/*
 * Fails with `reason` and the whole story of `own`, which reading the part has set: "validity: a
 * time is malformed at byte 112". What is a malformed certificate's already keeps its own story.
 * Always false.
 */
bool malformed_fail(struct ward_error *err, enum ward_reason reason, const struct ward_error *own,
		    const char *part);

#endif
