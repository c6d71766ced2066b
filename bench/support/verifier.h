/*
 * A library that verifies certificates, as benchmarks drive it: the same calls for ward, OpenSSL and
 * GnuTLS, so that one program measures all in turn. All of them parse leaf and intermediate, build
 * the path to a root that they know, and judge it for a TLS server of the host. Whatever fails ends
 * the program.
 */
#ifndef BENCH_VERIFIER_H
#define BENCH_VERIFIER_H

#include "support/pki.h"

struct verifier {
	const char *name; /* its column in the results */
	/* A store of trusted certificates, which has the root of the pki; or the certificates of a file. */
	void *(*store_new)(const struct pki *pki);
	void *(*store_read)(const char *pem, size_t len);
	void (*store_free)(void *store);
	/* Parse, build, verify, and give all back. */
	void (*verify)(void *store, const struct pki *pki);
	/* Certificates and keys that are ready, and the two checks of signatures among them alone. */
	void *(*ready_new)(const struct pki *pki);
	void (*check_signatures)(void *ready);
	void (*ready_free)(void *ready);
	/* One certificate that is kept. */
	void *(*parse)(const uint8_t *der, size_t len);
	void (*parsed_free)(void *parsed);
};

extern const struct verifier verifier_ward, verifier_openssl, verifier_gnutls;

#endif
