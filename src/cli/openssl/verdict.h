/*
 * Verdicts on chains in openssl's words: a number and a text for what is wrong, and the certificates
 * that it is told about, from the leaf (depth 0) up.
 */
#ifndef CLI_OPENSSL_VERDICT_H
#define CLI_OPENSSL_VERDICT_H

#include <ward/x509.h>

/* openssl-verification-options(1), X509_V_ERR_...: those that are asked for by name here. */
enum verdict_code {
	VERDICT_UNKNOWN = 1,
	VERDICT_NO_ISSUER_OF_TRUSTED = 2,
	VERDICT_NO_CRL = 3,
	VERDICT_BAD_SIGNATURE = 7,
	VERDICT_NOT_YET = 9,
	VERDICT_EXPIRED = 10,
	VERDICT_CRL_NOT_YET = 11,
	VERDICT_CRL_EXPIRED = 12,
	VERDICT_SELF_SIGNED = 18,
	VERDICT_SELF_SIGNED_TOP = 19,
	VERDICT_NO_ISSUER = 20,
	VERDICT_LEAF_ALONE = 21,
	VERDICT_PATH_LENGTH = 25,
	VERDICT_PURPOSE = 26,
	VERDICT_NO_CERTSIGN = 32,
	VERDICT_CRITICAL = 34,
	VERDICT_NO_POLICY = 43,
	VERDICT_NAMES = 47,
	VERDICT_HOST = 62,
	VERDICT_EMAIL = 63,
	VERDICT_ADDRESS = 64,
	VERDICT_NOT_CA = 79,
};

struct verdict_text {
	enum ward_reason reason;
	int code;
	const char *text;
};

/* What openssl calls a broken rule; VERDICT_UNKNOWN for what it has no number for. */
struct verdict_text verdict_text_of(enum ward_reason reason);

enum { VERDICT_PATH_MAX = 32 };

/* The certificates of the path, as far as it is known. */
struct verdict_path {
	struct ward_cert *certs[VERDICT_PATH_MAX]; /* borrowed */
	size_t count;
	bool trusted; /* it ends at a trusted certificate, whatever else is wrong */
};

/* `chain` is what was presented, the leaf first; `good` is what ward_verify gave. */
void verdict_find_path(struct verdict_path *p, const struct ward_chain *chain,
		       const struct ward_verdict *v, bool good);
/* The place of a certificate in it; 0 for one that is not there. */
size_t verdict_depth(const struct verdict_path *p, const struct ward_cert *cert);

/* Whether the certificate is for this mail address. */
bool verdict_has_email(const struct ward_cert *cert, const char *email);

#endif
