/*
 * Chains that are made to cost whoever verifies them as much as possible: what each is, and the most
 * that it may cost. The tests hold verification to that, and the benchmark times it beside OpenSSL.
 */
#ifndef SUPPORT_HOSTILE_H
#define SUPPORT_HOSTILE_H

#include "support/scene.h"

struct hostile {
	const char *name;
	void (*make)(struct scene *s);
	enum ward_reason reason; /* why it is refused; WARD_E_NONE: it is good */
	/* At most: signatures checked, issuers tried, paths judged. */
	unsigned int signatures, steps, paths;
	bool policies; /* OpenSSL is asked to process policies, which it does not do by itself */
};

/* The last one has no name. For server.example at TEST_NOW. */
extern const struct hostile hostile_chains[];

#endif
