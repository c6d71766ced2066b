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
	/* TLS 1.2 */
	TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 = 0xc02b,
	TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 = 0xc02c,
	TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 = 0xc02f,
	TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 = 0xc030,
	TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 = 0xcca8,
	TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 = 0xcca9,
};

/* Ed25519 signs under the suites that name ECDSA (RFC 8422, 2.3). */
enum suite_auth {
	SUITE_AUTH_ANY = 0, /* TLS 1.3: the suite does not say */
	SUITE_AUTH_ECDSA = 1,
	SUITE_AUTH_RSA = 2,
};

struct suite {
	uint16_t id;
	const char *name;
	enum aead_alg aead;
	enum digest_alg digest;
	uint64_t record_limit; /* records under one key before it is updated (5.5) */
	uint16_t version;
	enum suite_auth auth; /* TLS 1.2: what the server signs with */
};

/* TLS 1.2: bytes of the nonce that come from the key block; the rest is sent with each record
 * (RFC 5288, 3) or, for ChaCha20-Poly1305, there is no rest (RFC 7905, 2). */
size_t suite_fixed_iv_len(const struct suite *suite);

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
/*
 * Whether a key of this type signs handshakes of this version by the scheme. In TLS 1.2 an ECDSA
 * scheme says nothing of the curve, and rsa_pkcs1_* sign handshakes too (RFC 9846, 4.3.3).
 */
bool scheme_fits(const struct scheme *scheme, enum key_type key, uint16_t version);
/*
 * RFC 8422, 4 and 5.3: in TLS 1.2 the groups that a client lists are the curves of all keys that it
 * can deal with, those of certificates among them. TLS 1.3 has signature schemes for that.
 */
bool curve_is_listed(enum key_type key, struct span groups);
/* What a key of this type is to a suite of TLS 1.2; SUITE_AUTH_ANY for none. */
enum suite_auth suite_auth_of(enum key_type key);
/* The scheme by which a certificate's signature is named in signature_algorithms_cert; the key type
 * of the issuer may be KEY_NONE if it is not known: then any curve will do. 0 if there is none. */
uint16_t scheme_of_cert(enum sig_alg alg, enum key_type issuer_key);

/* Defaults, in order of preference; of the groups, those that kex_supported knows. */
extern const uint16_t default_suites[];
extern const size_t default_suites_count;
extern const uint16_t default_groups[];
extern const size_t default_groups_count;
extern const uint16_t known_groups[]; /* all that there may be */
extern const size_t known_groups_count;
extern const uint16_t default_schemes[];
extern const size_t default_schemes_count;

/*
 * Whether a client's list begins with ChaCha20-Poly1305, unknown numbers passed over: as those have
 * it whose processors do AES slowly. It then comes first on the server's side, too.
 */
bool suites_prefer_chacha(struct span list);

#endif
