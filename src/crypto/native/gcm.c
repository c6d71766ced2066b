/*
 * AES-GCM with a kernel of our own: the choice of the kernel, its key, and what stands around the
 * pass over the data. See gcm.h and ghash.h.
 *
 * Invariants: the plaintext of a record whose tag is wrong is wiped before the failure is told;
 * tags are compared in constant time; no branch and no address depends on a key or on text.
 */
#include "crypto/native/gcm.h"

#include <assert.h>

#include "crypto/native/cpu.h"

#ifdef __x86_64__

#include "crypto/native/ghash.h"

/* NIST SP 800-38D, 5.2.1.1: the 32-bit counter of blocks must not come round. */
static const uint64_t text_max = (UINT64_C(1) << 36) - 32;

GHASH_TARGET static void compute_powers(struct gcm *g, __m128i h)
{
	__m128i first = ghash_times_z(ghash_reverse(h));
	__m128i power = first;

	for (unsigned int i = GCM_POWERS; i-- > 0;) {
		block_store(g->powers[i], power);
		power = ghash_multiply(power, first);
	}
}

static size_t state_len(unsigned int rounds)
{
	return offsetof(struct gcm, round_keys) + 16 * (rounds + 1);
}

size_t gcm_state_len(enum aead_alg alg)
{
	return state_len(alg == AEAD_AES_128_GCM ? AES_128_ROUNDS : AES_256_ROUNDS);
}

bool gcm_init(void *state, enum aead_alg alg, const uint8_t *key, struct ward_error *err)
{
	struct gcm *g = state;
	uint8_t h[16] = { 0 };

	if (alg != AEAD_AES_128_GCM && alg != AEAD_AES_256_GCM)
		return FAIL(err, INTERNAL);
	g->rounds = alg == AEAD_AES_128_GCM ? AES_128_ROUNDS : AES_256_ROUNDS;
	aes_expand_key(g->round_keys, key, g->rounds);
	aes_encrypt_block(g->round_keys, g->rounds, h, h);
	compute_powers(g, block_load(h));
	wipe_blocks(h, 1);
	return true;
}

void gcm_clear(void *state)
{
	const struct gcm *g = state;

	secret_wipe_bytes(state, state_len(g->rounds));
}

/* The state is all there is. */
size_t gcm_extra_size(const void *state)
{
	(void)state;
	return 0;
}

/*
 * Puts `in` and `tail` one behind the other without copying what a kernel can read where it is: it
 * reads whole units of `in` from there, and finds the rest in its output.
 */
static struct gcm_text gather(struct span in, struct span tail, uint8_t *out)
{
	struct gcm_text text = { in.data, in.len, out, in.len + tail.len };

	if (in.len > 0 && in.data != out) {
		text.head = in.len - in.len % GCM_HEAD_UNIT;
		bytes_copy(out + text.head, in.data + text.head, in.len - text.head);
	}
	bytes_copy(out + in.len, tail.data, tail.len);
	return text;
}

bool gcm_seal(gcm_crypt_fn *crypt, const struct gcm *g, const uint8_t *nonce, struct span aad,
	      struct span in, struct span tail, uint8_t *out)
{
	struct gcm_text text;

	assert(in.len <= text_max && tail.len <= text_max - in.len);
	text = gather(in, tail, out);
	crypt(g, nonce, aad, &text, out + text.len);
	return true;
}

bool gcm_open(gcm_crypt_fn *crypt, const struct gcm *g, const uint8_t *nonce, struct span aad,
	      uint8_t *buf, size_t len, struct ward_error *err)
{
	struct gcm_text text = { buf, len - AEAD_TAG_LEN, buf, len - AEAD_TAG_LEN };
	uint8_t tag[AEAD_TAG_LEN];
	bool right;

	if (len < AEAD_TAG_LEN)
		return FAIL(err, BAD_RECORD_MAC);
	assert(text.len <= text_max);
	crypt(g, nonce, aad, &text, tag);
	right = ct_equal(tag, buf + text.len, AEAD_TAG_LEN);
	ct_unpoison(&right, sizeof(right));
	if (right)
		return true;
	secret_wipe_bytes(buf, text.len);
	return FAIL(err, BAD_RECORD_MAC);
}

const struct aead_ops *aead_native_gcm_kernel(enum gcm_kernel kernel)
{
	switch (kernel) {
	case GCM_AESNI:
		return cpu_has(CPU_AES_CLMUL) ? &gcm_aesni : NULL;
	case GCM_VAES256:
		return cpu_has(CPU_VAES_AVX2) ? &gcm_vaes256 : NULL;
	case GCM_VAES512:
		return cpu_has(CPU_VAES_AVX512) ? &gcm_vaes512 : NULL;
	}
	return NULL;
}

#else

const struct aead_ops *aead_native_gcm_kernel(enum gcm_kernel kernel)
{
	(void)kernel;
	return NULL;
}

#endif

const struct aead_ops *aead_native_gcm(void)
{
	static const enum gcm_kernel best_first[] = { GCM_VAES512, GCM_VAES256, GCM_AESNI };
	const struct aead_ops *ops = NULL;

	for (size_t i = 0; i < sizeof(best_first) / sizeof(best_first[0]) && ops == NULL; i++)
		ops = aead_native_gcm_kernel(best_first[i]);
	return ops;
}
