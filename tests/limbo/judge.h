/*
 * Judging cases of x509-limbo, in the form of its limbo.json.
 */
#ifndef LIMBO_JUDGE_H
#define LIMBO_JUDGE_H

#include <jansson.h>

#include "x509/x509.h"

const char *limbo_id(const json_t *test);
/* Whether the path is to be accepted. */
bool limbo_accepts(const json_t *test);

/*
 * The policies that a case speaks of, a bit each: of webpki:: and of rfc5280:: the one of that name,
 * for the two contradict each other; of crl::, which is about RFC 5280, that one as well; for the
 * chains of real sites all; else the default.
 */
unsigned int limbo_policies(const json_t *test);

/*
 * What is found of the case: WARD_E_NONE if it is accepted, else why not. A case that asks for
 * something unknown here has no answer: BAD_ARGUMENT, and the detail says for what.
 */
enum ward_reason limbo_judge(const json_t *test, enum ward_policy policy, struct ward_error *err);

#endif
