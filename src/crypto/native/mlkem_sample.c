/*
 * What ML-KEM expands from seeds (FIPS 203, 4.1 and 4.2.2): the matrix A by SHAKE128, and noise by
 * SHAKE256, four polynomials at a time.
 *
 * The matrix is public, so that its sampling may take as long as it takes; noise is secret.
 */
#include <string.h>

#include "base/secret.h"
#include "crypto/native/mlkem.h"

enum {
	/* Bytes of SHAKE128 that give a polynomial, but for one time in a hundred. */
	FIRST_BLOCKS = 3,
	BLOCK = SHAKE128_RATE,
	NOISE_LEN = MLKEM_N / 2,
};

/* ---- the matrix ---- */

/* The two bytes that follow rho, of the entry with this number. */
static uint64_t place(const struct mlkem *set, bool transposed, size_t n)
{
	uint64_t i = n / set->k, j = n % set->k;

	return transposed ? i | j << 8 : j | i << 8;
}

static void sample_four(const struct mlkem_kernel *kernel, const uint8_t rho[32],
			const uint64_t places[4], struct poly *out)
{
	uint8_t bytes[4][FIRST_BLOCKS * BLOCK];
	uint8_t *at[4];
	struct sponge4 s;
	size_t have[4] = { 0 };
	size_t len = 0;

	shake4_start(&s, kernel->keccak, BLOCK, rho, places, 2);
	for (int b = 0; b < FIRST_BLOCKS; b++, len += BLOCK) {
		for (int n = 0; n < 4; n++)
			at[n] = bytes[n] + len;
		shake4_block(&s, at);
	}
	for (int n = 0; n < 4; n++)
		have[n] = kernel->sample(&out[n], 0, bytes[n], len);
	while (have[0] < MLKEM_N || have[1] < MLKEM_N || have[2] < MLKEM_N || have[3] < MLKEM_N) {
		for (int n = 0; n < 4; n++)
			at[n] = bytes[n];
		shake4_block(&s, at);
		for (int n = 0; n < 4; n++)
			have[n] = kernel->sample(&out[n], have[n], bytes[n], BLOCK);
	}
}

static void sample_one(const struct mlkem_kernel *kernel, const uint8_t rho[32], uint64_t at,
		       struct poly *out)
{
	const uint8_t tail[2] = { (uint8_t)at, (uint8_t)(at >> 8) };
	uint8_t bytes[FIRST_BLOCKS * BLOCK];
	size_t len = FIRST_BLOCKS * BLOCK;
	struct sponge s;

	sponge_start(&s, kernel->keccak, BLOCK);
	sponge_absorb(&s, span_make(rho, 32));
	sponge_absorb(&s, SPAN_ARRAY(tail));
	sponge_finish(&s, SUFFIX_SHAKE);
	for (size_t have = 0; have < MLKEM_N; len = BLOCK) {
		sponge_squeeze(&s, bytes, len);
		have = kernel->sample(out, have, bytes, len);
	}
}

void mlkem_matrix(const struct mlkem_kernel *kernel, const struct mlkem *set, const uint8_t rho[32],
		  bool transposed, struct poly *a)
{
	const size_t count = (size_t)set->k * set->k;
	size_t n = 0;

	for (; n + 4 <= count; n += 4) {
		const uint64_t places[4] = {
			place(set, transposed, n),
			place(set, transposed, n + 1),
			place(set, transposed, n + 2),
			place(set, transposed, n + 3),
		};

		sample_four(kernel, rho, places, a + n);
	}
	for (; n < count; n++)
		sample_one(kernel, rho, place(set, transposed, n), a + n);
}

/* ---- noise ---- */

static void noise_four(const struct mlkem_kernel *kernel, const uint8_t seed[32], uint8_t first,
		       size_t count, struct poly *out)
{
	const uint64_t tails[4] = { first, first + 1u, first + 2u, first + 3u };
	uint8_t bytes[4][SHAKE256_RATE];
	uint8_t *const at[4] = { bytes[0], bytes[1], bytes[2], bytes[3] };
	struct sponge4 s;

	shake4_start(&s, kernel->keccak, SHAKE256_RATE, seed, tails, 1);
	shake4_block(&s, at);
	for (size_t n = 0; n < count; n++)
		kernel->noise(&out[n], bytes[n]);
	secret_wipe_bytes(bytes, sizeof(bytes));
	secret_wipe_bytes(&s, sizeof(s));
}

static void noise_one(const struct mlkem_kernel *kernel, const uint8_t seed[32], uint8_t tail,
		      struct poly *out)
{
	uint8_t bytes[NOISE_LEN];

	shake256(kernel->keccak, span_make(seed, 32), span_make(&tail, 1), bytes, sizeof(bytes));
	kernel->noise(out, bytes);
	secret_wipe_bytes(bytes, sizeof(bytes));
}

void mlkem_noise(const struct mlkem_kernel *kernel, const uint8_t seed[32], uint8_t first,
		 size_t count, struct poly *out)
{
	for (size_t n = 0, step; n < count; n += step) {
		step = count - n < 4 ? count - n : 4;
		if (step == 1)
			noise_one(kernel, seed, (uint8_t)(first + n), &out[n]);
		else
			noise_four(kernel, seed, (uint8_t)(first + n), step, &out[n]);
	}
}
