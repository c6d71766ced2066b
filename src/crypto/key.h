/*
 * Keys and signature algorithms, as the files about them share them. Known to crypto/ alone.
 */
#ifndef CRYPTO_KEY_H
#define CRYPTO_KEY_H

#include <stdatomic.h>

#include "crypto/init.h"

enum sig_kind {
	SIG_KIND_PKCS1,
	SIG_KIND_PSS,
	SIG_KIND_ECDSA,
	SIG_KIND_ED25519,
};

struct sig_scheme {
	enum sig_kind kind;
	enum digest_alg digest; /* DIGEST_NONE where the algorithm hashes by itself */
	const char *name;
};

enum { SIG_COUNT = SIG_ED25519 + 1 };

/* NULL if it is none. */
const struct sig_scheme *sig_find(enum sig_alg alg);
bool sig_fits(enum sig_kind kind, enum key_type type);

enum { RSA_BYTES_MAX = 1024 };

struct rsa_public {
	BIGNUM *n;
	BN_MONT_CTX *mont;
	uint64_t e;
	size_t len; /* of n, in bytes */
	unsigned int bits;
};

/* The content of the BIT STRING of an RSA key: RSAPublicKey. The error may be set by reading. */
bool rsa_public_read(struct rsa_public *k, struct span der, struct ward_error *err);
void rsa_public_clear(struct rsa_public *k);
/* Over the digest of a message. */
bool rsa_verify_pkcs1(const struct rsa_public *k, enum digest_alg alg, const uint8_t *digest,
		      struct span signature, struct ward_error *err);
enum pss_salt { PSS_SALT_OF_HASH, PSS_SALT_ANY }; /* how long it must be */
bool rsa_verify_pss(const struct rsa_public *k, enum digest_alg alg, const uint8_t *digest,
		    struct span signature, enum pss_salt salt, struct ward_error *err);

/* A point on a curve, and what it says about a digest. NULL with err set. */
EC_KEY *ec_public_read(enum curve curve, struct span point, struct ward_error *err);
void ec_public_free(EC_KEY *k);
bool ec_verify(EC_KEY *k, struct span digest, struct span signature, struct ward_error *err);

EVP_PKEY *ed25519_public_read(struct span bytes, struct ward_error *err);
bool ed25519_verify(EVP_PKEY *k, struct span message, struct span signature,
		    struct ward_error *err);

struct pubkey {
	atomic_uint refs;
	enum key_type type;
	unsigned int bits;
	enum digest_alg only_digest; /* what a KEY_RSA_PSS is limited to, or DIGEST_NONE */
	union {
		struct rsa_public rsa;
		EC_KEY *ec;
		EVP_PKEY *ed25519;
	};
};

struct privkey {
	atomic_uint refs;
	EVP_PKEY *pkey;
	struct pubkey *public;
	/* By enum sig_alg; NULL where the key cannot sign so, and for Ed25519 (see privkey.c). */
	EVP_PKEY_CTX *prepared[SIG_COUNT];
	char properties[64]; /* what signatures are fetched by; empty: as usual */
};

/* EncryptedPrivateKeyInfo; and a block of PEM with Proc-Type, with its lines. NULL with err set. */
struct privkey *privkey_decrypt(struct span der, struct span passphrase, struct ward_error *err);
struct privkey *privkey_decrypt_pem(struct span text, struct span passphrase,
				    struct ward_error *err);

/* Takes a key that was read or made; what it says about itself is checked. NULL with err set. */
struct privkey *privkey_take(EVP_PKEY *pkey, struct ward_error *err);

#endif
