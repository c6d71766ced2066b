/*
 * Keccak (FIPS 202) as ML-KEM needs it: SHA3-256, SHA3-512, SHAKE128, SHAKE256, and four SHAKEs side
 * by side on inputs that differ in their last bytes alone.
 */
#ifndef CRYPTO_NATIVE_KECCAK_H
#define CRYPTO_NATIVE_KECCAK_H

#include "base/span.h"

enum {
	KECCAK_LANES = 25,
	KECCAK_ROUNDS = 24,
	SHAKE128_RATE = 168, /* bytes taken or given between two permutations */
	SHAKE256_RATE = 136,
	SHA3_256_RATE = 136,
	SHA3_512_RATE = 72,
	KECCAK_SEED_LEN = 32, /* of the four side by side */
};

extern const uint64_t keccak_round_constants[KECCAK_ROUNDS];

/* The permutation, of one state and of four whose lanes are interleaved. */
struct keccak_kernel {
	const char *name;
	void (*permute)(uint64_t state[KECCAK_LANES]);
	void (*permute4)(uint64_t states[4 * KECCAK_LANES]);
};

extern const struct keccak_kernel keccak_portable;
extern const struct keccak_kernel keccak_avx2; /* asks for AVX2, BMI and BMI2 */
void keccak_permute_bmi2(uint64_t state[KECCAK_LANES]);

/* ---- one ---- */

struct sponge {
	const struct keccak_kernel *kernel;
	uint64_t lanes[KECCAK_LANES];
	size_t rate, pos;
};

void sponge_start(struct sponge *s, const struct keccak_kernel *kernel, size_t rate);
void sponge_absorb(struct sponge *s, struct span bytes);
/* Ends the input. The suffix tells the functions apart (FIPS 202, 6), padding included. */
void sponge_finish(struct sponge *s, uint8_t suffix);
/* After that, as often as wished. */
void sponge_squeeze(struct sponge *s, uint8_t *out, size_t len);

/* Of two strings in a row; either may be empty. */
void sha3_256(const struct keccak_kernel *kernel, struct span a, struct span b, uint8_t out[32]);
void sha3_512(const struct keccak_kernel *kernel, struct span a, struct span b, uint8_t out[64]);
void shake256(const struct keccak_kernel *kernel, struct span a, struct span b, uint8_t *out,
	      size_t len);

enum { SUFFIX_SHA3 = 0x06, SUFFIX_SHAKE = 0x1f };

/* ---- four ---- */

struct sponge4 {
	const struct keccak_kernel *kernel;
	_Alignas(32) uint64_t lanes[4 * KECCAK_LANES];
	size_t rate;
};

/* Each takes in the seed, and then the low tail_len bytes (1 to 6) of its tail. */
void shake4_start(struct sponge4 *s, const struct keccak_kernel *kernel, size_t rate,
		  const uint8_t seed[KECCAK_SEED_LEN], const uint64_t tails[4], size_t tail_len);
/* Each gives its next `rate` bytes. */
void shake4_block(struct sponge4 *s, uint8_t *const out[4]);

#endif
