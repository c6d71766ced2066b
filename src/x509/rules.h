/*
 * The rules that one certificate must keep in the place it has in a path (RFC 5280, section 6.1).
 */
#ifndef X509_RULES_H
#define X509_RULES_H

#include "x509/cert.h"

/* The place of a certificate in a path; a bit each. */
enum role {
	ROLE_LEAF = 1 << 0,
	ROLE_INTERMEDIATE = 1 << 1,
	ROLE_ANCHOR = 1 << 2, /* a trusted certificate that has issued another */
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

#endif
