/*
 * AES-GCM kernels (NIST SP 800-38D) with 12-byte nonces and 16-byte tags: what they share.
 *
 * A kernel encrypts in counter mode and hashes the ciphertext in one pass. Its state is the round
 * keys and four powers of the hash key, 244 bytes for AES-128, since an idle connection consists of
 * two such states and little else. The powers beyond, up to H^16, are computed for each record that
 * needs them, which takes a few ns: nothing where vectors are wide, as AES has to wait meanwhile.
 */
#ifndef CRYPTO_NATIVE_GCM_H
#define CRYPTO_NATIVE_GCM_H

#include "crypto/aead.h"
#include "crypto/native/aes.h"

enum gcm_kernel {
	GCM_AESNI,   /* AES-NI and PCLMULQDQ: 128 bits */
	GCM_VAES256, /* VAES and VPCLMULQDQ: 256 bits, AVX2 */
	GCM_VAES512, /* the same: 512 bits, AVX-512 */
};

/* One kernel, whatever aead_native_gcm would choose. NULL where this CPU cannot run it. */
const struct aead_ops *aead_native_gcm_kernel(enum gcm_kernel kernel);

/* ---- for the kernels alone ---- */

enum { GCM_POWERS = 4 };

/* How much text, in bytes, the stored powers suffice for, with the block of lengths. */
enum { GCM_SHORT = (GCM_POWERS - 1) * 16 };

struct gcm {
	/* H^4 ... H^1, each times z, backwards (see ghash.h). */
	uint8_t powers[GCM_POWERS][16];
	uint32_t rounds;
	uint8_t round_keys[][16]; /* rounds + 1 */
};

/*
 * The text of one record. Its first `head` bytes are read at `from`, the rest at `to`, where all of
 * the result goes. from == to, or head is a multiple of GCM_HEAD_UNIT.
 */
struct gcm_text {
	const uint8_t *from;
	size_t head;
	uint8_t *to;
	size_t len;
};

enum { GCM_HEAD_UNIT = 256 };

typedef void gcm_crypt_fn(const struct gcm *g, const uint8_t *nonce, struct span aad,
			  const struct gcm_text *text, uint8_t *tag);

size_t gcm_state_len(enum aead_alg alg);
bool gcm_init(void *state, enum aead_alg alg, const uint8_t *key, struct ward_error *err);
void gcm_clear(void *state);
size_t gcm_extra_size(const void *state);
bool gcm_seal(gcm_crypt_fn *crypt, const struct gcm *g, const uint8_t *nonce, struct span aad,
	      struct span in, struct span tail, uint8_t *out);
bool gcm_open(gcm_crypt_fn *crypt, const struct gcm *g, const uint8_t *nonce, struct span aad,
	      uint8_t *buf, size_t len, struct ward_error *err);

extern const struct aead_ops gcm_aesni;
extern const struct aead_ops gcm_vaes256;
extern const struct aead_ops gcm_vaes512;

#endif
