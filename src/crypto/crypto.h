/*
 * The one door to primitives. What stands behind a function, libcrypto or a kernel of our own, is
 * not known to its callers.
 *
 * crypto_init fetches every algorithm once; it is idempotent, thread-safe, and called by whatever
 * creates a config, a certificate or a key. Objects that are "prepared" (struct pubkey, struct
 * privkey) are immutable after their making and may be used by many threads at once; struct digest,
 * hmac, aead and kex belong to one thread at a time.
 */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include "base/error.h"
#include "base/secret.h"
#include "base/span.h"

bool crypto_init(struct ward_error *err);

/* ---- digests: values, not objects; copying one is assigning it, no call allocates ---- */

enum digest_alg {
	DIGEST_NONE = 0,
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
	DIGEST_SHA1, /* to name and display, never to trust */
	DIGEST_MD5,  /* likewise */
};

#define DIGEST_MAX_LEN 64
#define DIGEST_MAX_BLOCK 128

struct digest {
	enum digest_alg alg;
	union {
		uint64_t align;
		uint8_t bytes[216]; /* the largest of libcrypto's running states */
	} state;
};

size_t digest_len(enum digest_alg alg);
size_t digest_block_len(enum digest_alg alg);
void digest_start(struct digest *d, enum digest_alg alg);
void digest_update(struct digest *d, struct span bytes);
/* Ends it: d must be started again before it is used again. Writes digest_len bytes. */
void digest_finish(struct digest *d, uint8_t *out);
/* The value so far, without ending it. */
void digest_peek(const struct digest *d, uint8_t *out);
void digest_once(enum digest_alg alg, struct span bytes, uint8_t *out);

/* ---- HMAC (RFC 2104), and HKDF (RFC 5869) on SHA-256, SHA-384 and SHA-512 ---- */

struct hmac_key { /* the two keyed states, so that a key used often is hashed once */
	struct digest inner;
	struct digest outer;
};

void hmac_key_init(struct hmac_key *k, enum digest_alg alg, struct span key);
void hmac_key_wipe(struct hmac_key *k);
void hmac_with_key(const struct hmac_key *k, struct span bytes, uint8_t *out);
/* The same piece by piece: d goes to digest_update in between. Wipe it if it is not finished. */
void hmac_start_with_key(const struct hmac_key *k, struct digest *d);
void hmac_finish_with_key(const struct hmac_key *k, struct digest *d, uint8_t *out);
void hmac_once(enum digest_alg alg, struct span key, struct span bytes, uint8_t *out);

void hkdf_extract(enum digest_alg alg, struct span salt, struct span ikm, struct secret *out);
/* out_len at most 255 digests, as the RFC says; more is a programmer's error. */
void hkdf_expand(enum digest_alg alg, struct span prk, struct span info, uint8_t *out,
		 size_t out_len);

/* ---- AEAD: a keyed object is one allocation; sealing and opening allocate nothing ---- */

enum aead_alg {
	AEAD_NONE = 0,
	AEAD_AES_128_GCM,
	AEAD_AES_256_GCM,
	AEAD_CHACHA20_POLY1305,
};

enum { AEAD_NONCE_LEN = 12, AEAD_TAG_LEN = 16, AEAD_KEY_MAX = 32 };

struct aead;

size_t aead_key_len(enum aead_alg alg);
/* NULL with err set when there is no memory or libcrypto refuses. */
struct aead *aead_new(enum aead_alg alg, const uint8_t *key, struct ward_error *err);
/* Wipes and frees; NULL is allowed. */
void aead_free(struct aead *a);
/* Bytes of heap that the object holds, as well as can be told; for the benchmark. */
size_t aead_size(const struct aead *a);

/*
 * Seals `in` followed by `tail` (a content type and padding) into out: in.len + tail.len +
 * AEAD_TAG_LEN bytes. out is in.data (in place) or does not overlap it; tail never overlaps out.
 */
bool aead_seal(struct aead *a, const uint8_t nonce[AEAD_NONCE_LEN], struct span aad, struct span in,
	       struct span tail, uint8_t *out, struct ward_error *err);

/*
 * Opens `len` bytes (ciphertext and tag) in place: len - AEAD_TAG_LEN bytes of plaintext stand in
 * buf. Fails with BAD_RECORD_MAC, and then they are wiped.
 */
bool aead_open(struct aead *a, const uint8_t nonce[AEAD_NONCE_LEN], struct span aad, uint8_t *buf,
	       size_t len, struct ward_error *err);

/* ---- key exchange: the shape of a KEM, so that hybrids fit (RFC 9846, 4.3.8) ---- */

enum {
	GROUP_SECP256R1 = 0x0017,
	GROUP_SECP384R1 = 0x0018,
	GROUP_X25519 = 0x001d,
	GROUP_SECP256R1MLKEM768 = 0x11eb, /* hybrids with ML-KEM (RFC 10024) */
	GROUP_X25519MLKEM768 = 0x11ec,
	GROUP_SECP384R1MLKEM1024 = 0x11ed,
};

#define KEX_SHARE_MAX 1665 /* a point of P-384 and an encapsulation key of ML-KEM-1024 */

struct kex; /* this side's ephemeral private key */

/* Hybrids are there where ML-KEM is: with our kernels, or with libcrypto from 3.5 on. */
bool kex_supported(uint16_t group);
bool kex_is_hybrid(uint16_t group);
const char *kex_group_name(uint16_t group); /* "x25519"; NULL if not known */
size_t kex_share_len(uint16_t group);       /* of the client's share */
size_t kex_answer_len(uint16_t group); /* of the server's: the two differ where there is ML-KEM */

/* Client: makes a key pair and writes the share, kex_share_len bytes. NULL with err set. */
struct kex *kex_offer(uint16_t group, uint8_t *share, struct ward_error *err);
/*
 * Client: offers on its own the key that a hybrid which was offered before has of this group, so
 * that it is made once: of the two shares a server takes one. NULL with err set.
 */
bool kex_has_part(const struct kex *k, uint16_t group);
struct kex *kex_offer_part(const struct kex *hybrid, uint16_t group, uint8_t *share,
			   struct ward_error *err);
/* Client: the shared secret from the server's share. A bad share fails with BAD_KEY_SHARE. */
bool kex_finish(struct kex *k, struct span peer_share, struct secret *shared,
		struct ward_error *err);
void kex_free(struct kex *k);
uint16_t kex_group(const struct kex *k);

/* Server: answers the client's share with one of kex_answer_len bytes and the shared secret. */
bool kex_accept(uint16_t group, struct span peer_share, uint8_t *share, struct secret *shared,
		struct ward_error *err);

/*
 * A key pair from a given private key, for published test vectors. That of a hybrid is the private
 * keys of its halves in the order of their shares; ML-KEM's is the seed, d and z.
 */
struct kex *kex_from_private(uint16_t group, struct span private_key, uint8_t *share,
			     struct ward_error *err);

/* ---- signatures ---- */

enum key_type {
	KEY_NONE = 0,
	KEY_RSA,     /* rsaEncryption */
	KEY_RSA_PSS, /* id-RSASSA-PSS */
	KEY_P256,
	KEY_P384,
	KEY_P521,
	KEY_ED25519,
};

enum sig_alg {
	SIG_NONE = 0,
	SIG_RSA_PKCS1_SHA256,
	SIG_RSA_PKCS1_SHA384,
	SIG_RSA_PKCS1_SHA512,
	SIG_RSA_PSS_SHA256, /* MGF1 with the same hash, salt as long as the hash */
	SIG_RSA_PSS_SHA384,
	SIG_RSA_PSS_SHA512,
	SIG_ECDSA_SHA256, /* with whatever curve the key has */
	SIG_ECDSA_SHA384,
	SIG_ECDSA_SHA512,
	SIG_ED25519,
};

#define SIGNATURE_MAX 1024 /* RSA keys of up to 8192 bits */

struct pubkey;  /* a prepared public key; reference-counted, immutable */
struct privkey; /* a prepared private key; reference-counted, immutable */

/*
 * Whether a key of so many bits is long enough for the padding of the algorithm: RSA-PSS wants twice
 * its hash and two bytes (RFC 8017, 9.1.1). All others fit all keys that are read.
 */
bool sig_has_room(enum sig_alg alg, unsigned int bits);
const char *key_type_name(enum key_type type); /* "RSA", "P-256", "Ed25519" */

/*
 * From a SubjectPublicKeyInfo in DER, read by our own parser: no decoder machinery. A type or
 * curve that is not known fails with KEY_UNSUPPORTED; a point off its curve, an even exponent or
 * a modulus beyond 8192 bits with BAD_KEY; a modulus below 1024 bits with KEY_TOO_SMALL (what is
 * enough above that is the caller's policy).
 */
struct pubkey *pubkey_from_spki(struct span spki, struct ward_error *err);
struct pubkey *pubkey_ref(struct pubkey *k);
void pubkey_free(struct pubkey *k);
/* Whether an RSA key of these numbers, without leading zeros, is one that pubkey_from_spki takes. */
bool pubkey_rsa_is_sound(struct span n, struct span e, struct ward_error *err);
enum key_type pubkey_type(const struct pubkey *k);
/* Whether keys of this type sign that way. */
bool pubkey_type_signs(enum key_type type, enum sig_alg alg);
unsigned int pubkey_bits(const struct pubkey *k);
/*
 * False, with BAD_SIGNATURE, unless the signature over the message is right; with
 * SIGNATURE_UNSUPPORTED where a key of this type never signs that way.
 */
bool pubkey_verify(const struct pubkey *k, enum sig_alg alg, struct span message,
		   struct span signature, struct ward_error *err);

/*
 * The same over a message's digest, made by the algorithm's own hash. No key signs so whose
 * algorithm hashes by itself (Ed25519): SIGNATURE_UNSUPPORTED.
 */
bool pubkey_verify_digest(const struct pubkey *k, enum sig_alg alg, struct span digest,
			  struct span signature, struct ward_error *err);
/* The same by RSA-PSS with a salt of any length, as other programs than TLS peers may have it. */
bool pubkey_verify_any_salt(const struct pubkey *k, enum sig_alg alg, struct span digest,
			    struct span signature, struct ward_error *err);

/*
 * From PKCS#8, SEC1 or PKCS#1, in PEM or DER, not encrypted. Fails with NO_KEY_IN_FILE,
 * KEY_ENCRYPTED, BAD_KEY (also where the two halves do not belong together), or as
 * pubkey_from_spki does.
 */
struct privkey *privkey_from_bytes(struct span bytes, struct ward_error *err);
/*
 * The same, and encrypted ones: PKCS#8 under PBES2 or what was before it, or PEM with Proc-Type.
 * PASSPHRASE_WRONG; KEY_UNSUPPORTED where libcrypto lacks the algorithm, or it is too much work.
 */
struct privkey *privkey_from_bytes_with(struct span bytes, struct span passphrase,
					struct ward_error *err);
/*
 * A key that a provider of libcrypto keeps, by its URI. provider NULL: the one that is usual for the
 * URI's scheme, or those that the system's configuration loads. KEY_UNREACHABLE.
 */
struct privkey *privkey_open(const char *uri, const char *provider, const char *pin,
			     struct ward_error *err);
/* Any type but KEY_RSA_PSS. rsa_bits counts for KEY_RSA alone: 2048 (or 0) to 8192. */
struct privkey *privkey_generate(enum key_type type, unsigned int rsa_bits, struct ward_error *err);
struct privkey *privkey_ref(struct privkey *k);
void privkey_free(struct privkey *k);
enum key_type privkey_type(const struct privkey *k);
unsigned int privkey_bits(const struct privkey *k);
/* *sig_len is at most SIGNATURE_MAX. */
bool privkey_sign(const struct privkey *k, enum sig_alg alg, struct span message, uint8_t *sig,
		  size_t *sig_len, struct ward_error *err);
/* The same over a digest, as pubkey_verify_digest has it. */
bool privkey_sign_digest(const struct privkey *k, enum sig_alg alg, struct span digest,
			 uint8_t *sig, size_t *sig_len, struct ward_error *err);
/* All that libcrypto can check of a key, primes included: BAD_KEY. Slow; not needed to use it. */
bool privkey_check(const struct privkey *k, struct ward_error *err);
/* SubjectPublicKeyInfo and PKCS#8 in DER; free() *der (wipe PKCS#8 first: it is the key). */
bool privkey_spki(const struct privkey *k, uint8_t **der, size_t *len, struct ward_error *err);
bool privkey_pkcs8(const struct privkey *k, uint8_t **der, size_t *len, struct ward_error *err);
/* PKCS#1 of an RSA key, SEC1 of an EC key; BAD_ARGUMENT for others. Wipe and free *der. */
bool privkey_traditional(const struct privkey *k, uint8_t **der, size_t *len,
			 struct ward_error *err);
/* PKCS#8 under AES-256-CBC and PBKDF2 with HMAC-SHA-256; free *der. */
bool privkey_encrypt(const struct privkey *k, struct span passphrase, uint8_t **der, size_t *len,
		     struct ward_error *err);

/* ---- what keys are made of, for showing them ---- */

/* Big-endian numbers without leading zeros; EC's private one is as long as the curve's order. */
enum key_part {
	KEY_PART_PUBLIC,  /* the point of an EC key, the bytes of Ed25519 */
	KEY_PART_PRIVATE, /* likewise */
	KEY_PART_MODULUS, /* RSA from here on */
	KEY_PART_PUBLIC_EXPONENT,
	KEY_PART_PRIVATE_EXPONENT,
	KEY_PART_PRIME1,
	KEY_PART_PRIME2,
	KEY_PART_EXPONENT1,
	KEY_PART_EXPONENT2,
	KEY_PART_COEFFICIENT,
	KEY_PARTS,
};

struct key_parts {
	enum key_type type;
	unsigned int bits;
	struct {
		uint8_t *data; /* NULL where the key has no such part */
		size_t len;
	} part[KEY_PARTS];
};

/* Clear them, whatever the result. */
bool privkey_parts(const struct privkey *k, struct key_parts *parts, struct ward_error *err);
bool pubkey_parts(const struct pubkey *k, struct key_parts *parts, struct ward_error *err);
/* Wipes and frees. */
void key_parts_clear(struct key_parts *parts);

/* ---- names of object identifiers, as libcrypto has them (oid_name.c) ---- */

/* "TLS Web Server Authentication", "serverAuth"; the dotted form of one that is not known. Return
 * buf. */
char *oid_long_name(struct span oid, char *buf, size_t size);
char *oid_short_name(struct span oid, char *buf, size_t size);
/* The encoded form of a name of libcrypto's, short or long, or of a dotted one. False: it is none. */
bool oid_of_name(const char *name, uint8_t *buf, size_t size, size_t *len);

/* "OpenSSL 3.0.17 1 Jul 2025": the libcrypto that runs. Static. */
const char *crypto_library_version(void);

/* ---- random ---- */

/* Fails (RANDOM_FAILED) only when the system has none; then nothing may go on. */
bool random_bytes(void *out, size_t len, struct ward_error *err);

#endif
