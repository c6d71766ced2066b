/*
 * The rules that one certificate must keep in the place it has in a path (RFC 5280, section 6.1).
 */
#ifndef X509_RULES_H
#define X509_RULES_H

#include "x509/cert.h"

/* The place of a certificate in a path; a bit each. */
enum role {
	ROLE_LEAF = 1 << 0,
	ROLE_TRUSTED_LEAF = 1 << 1, /* in the trust store itself: a path of one */
	ROLE_INTERMEDIATE = 1 << 2,
	ROLE_ANCHOR = 1 << 3, /* a trusted certificate that has issued another */

	ROLES_LEAF = ROLE_LEAF | ROLE_TRUSTED_LEAF,
	ROLES_ISSUER = ROLE_INTERMEDIATE | ROLE_ANCHOR,
	ROLES_SIGNED = ROLE_LEAF | ROLE_INTERMEDIATE, /* whose signature counts */
	ROLES_ALL = ROLES_LEAF | ROLES_ISSUER,
};

struct judged {
	const struct ward_cert *cert;
	enum role role;
	/* Intermediates between this certificate and the leaf that are not self-issued. */
	unsigned int below;
	const struct ward_verify_params *params;
};

/* Everything that can be told without the certificates around it and without a signature. */
bool rules_keep(const struct judged *j, struct ward_error *err);
/* What the policy asks beyond that (profile.c); the first thing is asked by rules_keep. */
bool profile_keep(const struct judged *j, struct ward_error *err);

/* The next rule that is broken, from *next on, which starts at 0; false when there is none left. */
bool rules_next_broken(const struct judged *j, size_t *next, struct ward_error *err);

#endif
