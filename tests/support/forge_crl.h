/*
 * CRLs that no decent CA would make. See forge.h.
 *
 * In a spec all zero means what is right: an empty list of "CA" that counts at TEST_NOW.
 */
#ifndef SUPPORT_FORGE_CRL_H
#define SUPPORT_FORGE_CRL_H

#include <ward/revocation.h>

struct forge_crl_spec {
	const char *issuer;               /* commonName; NULL: CA */
	int version;                      /* as it is written, and one more; 0: 2; -1: left out */
	int64_t this_update, next_update; /* seconds from TEST_NOW; 0: a day before, a day behind */
	bool no_next_update, long_times;
	const char *entries;         /* hex of what is in revokedCertificates; NULL: it is absent */
	const char *extensions;      /* hex of Extension elements; NULL: cRLNumber 5; "": none */
	const char *algorithm;       /* hex of an AlgorithmIdentifier to claim instead */
	const char *outer_algorithm; /* the same outside alone */
	const char *tail;            /* hex of what stands behind the signature */
	bool spoil_signature;
};

/* The DER; free() it. */
uint8_t *forge_crl_der(const struct forge_crl_spec *spec, const struct ward_key *key, size_t *len);
/* The list; a mistake fails the test. */
struct ward_crl *forge_crl(const struct forge_crl_spec *spec, const struct ward_key *key);

/* An entry for serial 172a, which forged leaves have; and others for parts of lists, in hex. */
#define FORGE_ENTRY "30130202172a170d3236303130313030303030305a"
#define FORGE_NUMBER_5 "300a0603551d140403020105"

#endif
