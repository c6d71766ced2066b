/*
 * What certificates are for, in openssl's words: -purpose.
 */
#ifndef CLI_OPENSSL_PURPOSE_H
#define CLI_OPENSSL_PURPOSE_H

#include <ward/x509.h>

struct purpose {
	const char *name;
	enum ward_purpose ward; /* what verification is asked for */
	/* What is asked besides, of the leaf and of every CA; NULL: nothing. */
	bool (*leaf)(const struct ward_cert *cert);
	bool (*ca)(const struct ward_cert *cert);
};

/* NULL where there is none of this name. */
const struct purpose *purpose_find(const char *name);
/* All names, for a hint. */
#define PURPOSE_NAMES                                                                              \
	"sslclient, sslserver, smimesign, smimeencrypt, crlsign, ocsphelper, timestampsign, "      \
	"codesign or any"

#endif
