/*
 * Certificates that no decent CA would make: every part of one can be wrong.
 *
 * In a spec all zero means what is right: a leaf for server.example, valid at TEST_NOW, signed with
 * ECDSA and SHA-256. A mistake aborts, and what is made is the caller's to free.
 */
#ifndef SUPPORT_FORGE_H
#define SUPPORT_FORGE_H

#include "x509/cert.h"

enum {
	FORGE_NO_KEY_USAGE = 1 << 15, /* for key_usage */
	FORGE_EMPTY_KEY_USAGE = 1 << 14,
	FORGE_KEYS = 64,
};

struct forge_spec {
	const char *subject; /* commonName; "" is an empty subject; NULL: server.example */
	const char *issuer;  /* commonName; NULL: the subject of the issuer */
	int version;         /* 0: 3 */
	int64_t not_before, not_after; /* seconds from TEST_NOW; 0: long ago, long to come */

	bool ca;
	bool no_basic_constraints;
	int path_length;        /* and one more: 1 is pathLenConstraint 0; 0: none */
	unsigned int key_usage; /* KU_…; 0: keyCertSign or digitalSignature */
	/* A letter each: s serverAuth, c clientAuth, a any, r OCSPSigning, o another one; "": none; NULL:
	 * "sc" in a leaf, nothing in a CA. */
	const char *purposes;
	/* Names and addresses, a blank between two; mail addresses have an '@', URIs and what bounds
	 * them begin with "URI:"; "": no extension; NULL: server.example in a leaf, nothing in a CA. */
	const char *names;
	/* DNS names, mail addresses, networks as "10.0.0.0/255.0.0.0", "CN=…"; likewise. */
	const char *permitted, *excluded;
	const char *policies; /* a digit each: 1.3.6.1.4.1.55738.DIGIT; 0 is anyPolicy */
	const char *mapped;   /* policyMappings, pairs of digits */
	int require_policy, inhibit_mapping, inhibit_any; /* SkipCerts and one more; 0: none */

	struct span serial; /* INTEGER content without its sign byte; empty: 172a */
	bool long_times;    /* GeneralizedTime where UTCTime would do */
	bool unique_id;     /* with an issuerUniqueID */

	bool no_subject_key_id, no_authority_key_id;
	bool name_authority_cert;    /* authorityCertIssuer and authorityCertSerialNumber as well */
	bool wrong_authority_key_id; /* another one than the issuer's */
	/* "CN=…" and INTEGER content: whose issuer and which number, and no key identifier. */
	const char *authority;
	struct span authority_serial;
	/* "c": a critical extension that nobody knows; "n": not critical; "f": TLS feature, critical;
	 * "m": TLS feature with status_request in it; "k": ocsp-nocheck. */
	const char *unknown;
	const char *crl_point;  /* URI of a cRLDistributionPoint; NULL: none */
	uint32_t flip_critical; /* a bit for each enum ext_id */
	struct span algorithm;  /* a whole AlgorithmIdentifier to claim instead */
	struct span spki;       /* to hold instead of the key's */
	struct span signature;  /* to claim instead */
	bool spoil_signature;
};

/* Self-signed where issuer is NULL; the key of the issuer need not be the one in it. */
struct ward_cert *forge(const struct forge_spec *spec, const struct ward_key *key,
			const struct ward_cert *issuer, const struct ward_key *issuer_key);

/* A Name of one commonName; "": an empty one. */
void forge_write_name(struct writer *w, const char *common_name);

/* P-256 keys, made when first asked for; forge_cleanup frees them all. */
const struct ward_key *forge_key(unsigned int i);
void forge_cleanup(void);

#endif
