/*
 * Keccak (FIPS 202): the sponge, and the permutation in portable C (3.2 to 3.4, 4, 6.1 to 6.3).
 *
 * No branch and no address depends on the bytes that go through; their number is public. What a
 * sponge holds may be secret: the functions that make one of their own wipe it.
 */
#include "crypto/native/keccak.h"

#include <assert.h>
#include <string.h>

#include "base/secret.h"

#define LANE uint64_t
#define FUNCTION static inline __attribute__((always_inline))

#include "crypto/native/keccak_body.h"

const uint64_t keccak_round_constants[KECCAK_ROUNDS] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
	0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
	0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
	0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
	0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

static void permute(uint64_t state[KECCAK_LANES])
{
	keccak_permute(state);
}

static void permute4(uint64_t states[4 * KECCAK_LANES])
{
	uint64_t one[KECCAK_LANES];

	for (int n = 0; n < 4; n++) {
		for (int i = 0; i < KECCAK_LANES; i++)
			one[i] = states[4 * i + n];
		keccak_permute(one);
		for (int i = 0; i < KECCAK_LANES; i++)
			states[4 * i + n] = one[i];
	}
	secret_wipe_bytes(one, sizeof(one));
}

const struct keccak_kernel keccak_portable = { "keccak, portable", permute, permute4 };

/* ---- bytes and lanes: the first byte is the lowest ---- */

static uint64_t lane_load(const uint8_t *from)
{
	uint64_t v;

	memcpy(&v, from, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

static void lane_store(uint8_t *to, uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	memcpy(to, &v, sizeof(v));
}

/* ---- one ---- */

void sponge_start(struct sponge *s, const struct keccak_kernel *kernel, size_t rate)
{
	memset(s->lanes, 0, sizeof(s->lanes));
	s->kernel = kernel;
	s->rate = rate;
	s->pos = 0;
}

static void add_byte(struct sponge *s, size_t pos, uint8_t byte)
{
	s->lanes[pos / 8] ^= (uint64_t)byte << (8 * (pos % 8));
}

void sponge_absorb(struct sponge *s, struct span bytes)
{
	size_t step;

	for (size_t i = 0; i < bytes.len; i += step) {
		step = s->pos % 8 == 0 && bytes.len - i >= 8 ? 8 : 1;
		if (step == 8)
			s->lanes[s->pos / 8] ^= lane_load(bytes.data + i);
		else
			add_byte(s, s->pos, bytes.data[i]);
		s->pos += step;
		if (s->pos == s->rate) {
			s->kernel->permute(s->lanes);
			s->pos = 0;
		}
	}
}

void sponge_finish(struct sponge *s, uint8_t suffix)
{
	add_byte(s, s->pos, suffix);
	add_byte(s, s->rate - 1, 0x80);
	s->pos = s->rate;
}

void sponge_squeeze(struct sponge *s, uint8_t *out, size_t len)
{
	size_t step;

	for (size_t i = 0; i < len; i += step) {
		if (s->pos == s->rate) {
			s->kernel->permute(s->lanes);
			s->pos = 0;
		}
		step = s->pos % 8 == 0 && len - i >= 8 ? 8 : 1;
		if (step == 8)
			lane_store(out + i, s->lanes[s->pos / 8]);
		else
			out[i] = (uint8_t)(s->lanes[s->pos / 8] >> (8 * (s->pos % 8)));
		s->pos += step;
	}
}

static void hash(struct sponge *s, uint8_t suffix, struct span a, struct span b, uint8_t *out,
		 size_t len)
{
	sponge_absorb(s, a);
	sponge_absorb(s, b);
	sponge_finish(s, suffix);
	sponge_squeeze(s, out, len);
	secret_wipe_bytes(s, sizeof(*s));
}

void sha3_256(const struct keccak_kernel *kernel, struct span a, struct span b, uint8_t out[32])
{
	struct sponge s;

	sponge_start(&s, kernel, SHA3_256_RATE);
	hash(&s, SUFFIX_SHA3, a, b, out, 32);
}

void sha3_512(const struct keccak_kernel *kernel, struct span a, struct span b, uint8_t out[64])
{
	struct sponge s;

	sponge_start(&s, kernel, SHA3_512_RATE);
	hash(&s, SUFFIX_SHA3, a, b, out, 64);
}

void shake256(const struct keccak_kernel *kernel, struct span a, struct span b, uint8_t *out,
	      size_t len)
{
	struct sponge s;

	sponge_start(&s, kernel, SHAKE256_RATE);
	hash(&s, SUFFIX_SHAKE, a, b, out, len);
}

/* ---- four ---- */

void shake4_start(struct sponge4 *s, const struct keccak_kernel *kernel, size_t rate,
		  const uint8_t seed[KECCAK_SEED_LEN], const uint64_t tails[4], size_t tail_len)
{
	const size_t last = rate / 8 - 1;

	assert(tail_len > 0 && tail_len < 7);
	memset(s->lanes, 0, sizeof(s->lanes));
	s->kernel = kernel;
	s->rate = rate;
	for (size_t n = 0; n < 4; n++) {
		for (size_t i = 0; i < KECCAK_SEED_LEN / 8; i++)
			s->lanes[4 * i + n] = lane_load(seed + 8 * i);
		s->lanes[KECCAK_SEED_LEN / 2 + n] = tails[n] | (uint64_t)SUFFIX_SHAKE
								       << (8 * tail_len);
		s->lanes[4 * last + n] ^= (uint64_t)0x80 << 56;
	}
}

void shake4_block(struct sponge4 *s, uint8_t *const out[4])
{
	s->kernel->permute4(s->lanes);
	for (size_t n = 0; n < 4; n++)
		for (size_t i = 0; i < s->rate / 8; i++)
			lane_store(out[n] + 8 * i, s->lanes[4 * i + n]);
}
