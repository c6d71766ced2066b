/*
 * The field of integers modulo p = 2^255 - 19, for X25519: five limbs of 51 bits in 64.
 *
 * Limbs may hold more than 51 bits, so that sums need no carries. What comes from fe_mul, fe_square
 * and fe_load_words is called tight: it is below 2p, its limbs but the second below 2^51, that below 2^52. fe_mul and fe_square take anything
 * with limbs below 2^54: the largest of their sums is then below 77·2^108, and what is carried out
 * of the top, times 19, still fits 64 bits. So a factor may be a sum of two tight elements, a
 * difference, or a sum of such; each function says what it needs.
 *
 * No branch and no address depends on a value.
 */
#ifndef CRYPTO_NATIVE_FE51_H
#define CRYPTO_NATIVE_FE51_H

#include <stdint.h>
#include <string.h>

#define FE_INLINE static inline __attribute__((always_inline))

/* Before a loop over limbs, so that they become registers. */
#ifdef __clang__
#define FE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define FE_UNROLL _Pragma("GCC unroll 5")
#endif

enum { FE_LIMBS = 5, FE_BITS = 51 };

typedef unsigned __int128 fe_wide;

struct fe {
	uint64_t v[FE_LIMBS];
};

static const uint64_t fe_mask = (UINT64_C(1) << FE_BITS) - 1;

/* Four words of 64 bits, least significant first; bit 255 is ignored. */
FE_INLINE struct fe fe_load_words(const uint64_t w[4])
{
	return (struct fe){ { w[0] & fe_mask, (w[0] >> 51 | w[1] << 13) & fe_mask,
			      (w[1] >> 38 | w[2] << 26) & fe_mask,
			      (w[2] >> 25 | w[3] << 39) & fe_mask, w[3] >> 12 & fe_mask } };
}

FE_INLINE struct fe fe_add(struct fe a, struct fe b)
{
	FE_UNROLL
	for (int i = 0; i < FE_LIMBS; i++)
		a.v[i] += b.v[i];
	return a;
}

/* a + 2p - b: b is tight. */
FE_INLINE struct fe fe_sub(struct fe a, struct fe b)
{
	const uint64_t twice_p = (fe_mask + 1) * 2 - 2;

	a.v[0] += twice_p - 36 - b.v[0];
	FE_UNROLL
	for (int i = 1; i < FE_LIMBS; i++)
		a.v[i] += twice_p - b.v[i];
	return a;
}

/* Carries the sums of a product from limb to limb, and from the top, times 19, to the bottom. */
FE_INLINE struct fe fe_carry(const fe_wide sum[FE_LIMBS])
{
	struct fe out;
	uint64_t carry = 0;

	FE_UNROLL
	for (int i = 0; i < FE_LIMBS; i++) {
		fe_wide limb = sum[i] + carry;

		out.v[i] = (uint64_t)limb & fe_mask;
		carry = (uint64_t)(limb >> FE_BITS);
	}
	out.v[0] += carry * 19;
	out.v[1] += out.v[0] >> FE_BITS;
	out.v[0] &= fe_mask;
	return out;
}

FE_INLINE fe_wide wide(uint64_t a, uint64_t b)
{
	return (fe_wide)a * b;
}

FE_INLINE void fe_mul(struct fe *out, const struct fe *x, const struct fe *y)
{
	const uint64_t *a = x->v, *b = y->v;
	const uint64_t b1 = b[1] * 19, b2 = b[2] * 19, b3 = b[3] * 19, b4 = b[4] * 19;
	const fe_wide sum[FE_LIMBS] = {
		wide(a[0], b[0]) + wide(a[1], b4) + wide(a[2], b3) + wide(a[3], b2) +
			wide(a[4], b1),
		wide(a[0], b[1]) + wide(a[1], b[0]) + wide(a[2], b4) + wide(a[3], b3) +
			wide(a[4], b2),
		wide(a[0], b[2]) + wide(a[1], b[1]) + wide(a[2], b[0]) + wide(a[3], b4) +
			wide(a[4], b3),
		wide(a[0], b[3]) + wide(a[1], b[2]) + wide(a[2], b[1]) + wide(a[3], b[0]) +
			wide(a[4], b4),
		wide(a[0], b[4]) + wide(a[1], b[3]) + wide(a[2], b[2]) + wide(a[3], b[1]) +
			wide(a[4], b[0]),
	};

	*out = fe_carry(sum);
}

FE_INLINE void fe_square(struct fe *out, const struct fe *x)
{
	const uint64_t *a = x->v;
	const uint64_t a0 = a[0] * 2, a1 = a[1] * 2, a3 = a[3] * 19, a4 = a[4] * 19;
	const fe_wide sum[FE_LIMBS] = {
		wide(a[0], a[0]) + wide(a1, a4) + wide(a[2] * 2, a3),
		wide(a0, a[1]) + wide(a[2] * 2, a4) + wide(a[3], a3),
		wide(a0, a[2]) + wide(a[1], a[1]) + wide(a[3] * 2, a4),
		wide(a0, a[3]) + wide(a1, a[2]) + wide(a[4], a4),
		wide(a0, a[4]) + wide(a1, a[3]) + wide(a[2], a[2]),
	};

	*out = fe_carry(sum);
}

/* Times a small constant, below 2^20. */
FE_INLINE struct fe fe_mul_small(const struct fe *x, uint64_t k)
{
	fe_wide sum[FE_LIMBS];

	FE_UNROLL
	for (int i = 0; i < FE_LIMBS; i++)
		sum[i] = wide(x->v[i], k);
	return fe_carry(sum);
}

/* Adds `bottom` and carries; what comes out of the top is dropped, that is, 2^255 is subtracted. */
FE_INLINE struct fe fe_add_and_drop(struct fe x, uint64_t bottom)
{
	uint64_t carry = bottom;

	for (int i = 0; i < FE_LIMBS; i++) {
		x.v[i] += carry;
		carry = x.v[i] >> FE_BITS;
		x.v[i] &= fe_mask;
	}
	return x;
}

/* How often 2^255 fits in x + bottom. */
FE_INLINE uint64_t fe_overflow(const struct fe *x, uint64_t bottom)
{
	uint64_t carry = bottom;

	for (int i = 0; i < FE_LIMBS; i++)
		carry = (x->v[i] + carry) >> FE_BITS;
	return carry;
}

/*
 * The one number below p, in words. x is tight, so x / p, rounded down, is (x + 19) / 2^255; and to
 * subtract p is to add 19 and drop 2^255.
 */
FE_INLINE void fe_store_words(uint64_t w[4], struct fe x)
{
	const struct fe y = fe_add_and_drop(x, fe_overflow(&x, 19) * 19);

	w[0] = y.v[0] | y.v[1] << 51;
	w[1] = y.v[1] >> 13 | y.v[2] << 38;
	w[2] = y.v[2] >> 26 | y.v[3] << 25;
	w[3] = y.v[3] >> 39 | y.v[4] << 12;
}

#endif
