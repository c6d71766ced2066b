/*
 * What ward speaks: cipher suites (RFC 9846, B.4) and signature schemes (4.3.3), as tables.
 */
#ifndef TLS_SUITES_H
#define TLS_SUITES_H

#include "crypto/crypto.h"

enum {
	TLS_AES_128_GCM_SHA256 = 0x1301,
	TLS_AES_256_GCM_SHA384 = 0x1302,
	TLS_CHACHA20_POLY1305_SHA256 = 0x1303,
};

struct suite {
	uint16_t id;
	const char *name;
	enum aead_alg aead;
	enum digest_alg digest;
	uint64_t record_limit; /* records under one key before it is updated (5.5) */
};

/* NULL if ward does not have it. */
const struct suite *suite_find(uint16_t id);

struct scheme {
	uint16_t id;
	const char *name;
	enum sig_alg alg;
	enum key_type key; /* of the signer */
	bool signs_handshake; /* allowed in CertificateVerify; the others stand in certificates alone */
};

const struct scheme *scheme_find(uint16_t id);
/* The scheme by which a certificate's signature is named in signature_algorithms_cert; the key type
 * of the issuer may be KEY_NONE if it is not known: then any curve will do. 0 if there is none. */
uint16_t scheme_of_cert(enum sig_alg alg, enum key_type issuer_key);

/* Defaults, in order of preference. */
extern const uint16_t default_suites[];
extern const size_t default_suites_count;
extern const uint16_t default_groups[];
extern const size_t default_groups_count;
extern const uint16_t default_schemes[];
extern const size_t default_schemes_count;

#endif
