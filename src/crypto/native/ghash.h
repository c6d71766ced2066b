/*
 * GHASH (NIST SP 800-38D, section 6.4) by carry-less multiplication.
 *
 * GHASH is a polynomial in the hash key H: with blocks X1 ... Xm it is X1·H^m + ... + Xm·H, in the
 * field GF(2)[z] modulo p = z^128 + z^7 + z^2 + z + 1.
 *
 * Order of bits. GCM writes the coefficient of z^0 in the first bit of the first byte. Reversing
 * the bytes of a block gives an integer whose bit 127 - i is the coefficient of z^i: the polynomial
 * backwards. Backwards, the product of two 128-bit integers A and B without carries has 255 bits,
 * which is one short of two blocks: the true product backwards is A·B·z. And reducing modulo p
 * from the top becomes clearing from the bottom modulo q, which is p backwards:
 *
 *	q = z^128 + z^127 + z^126 + z^121 + 1
 *
 * so what we are to compute is A·B·z·z^-128 mod q. That is Montgomery's multiplication, with one z
 * too many. Storing H·z mod q in place of H (and likewise each power of H) takes care of the z,
 * and products of such stored powers are again stored powers.
 *
 * Reduction. Let the product be lo + mid·z^64 + hi·z^128, each of 128 bits. The low 64 bits of q
 * are 1: adding t·q, where t are the lowest 64 bits of lo, clears those bits, and what it adds above
 * them, divided by z^64, is t·c + t·z^64 with c = z^57 + z^62 + z^63 = 0xc2 << 56. The high half of
 * lo takes the place of t. So one carry-less multiplication and a swap of halves moves lo into mid,
 * and a second one moves mid into hi, which is the result.
 *
 * Aggregation. Reduction is linear: the products of eight blocks with H^8 ... H^1 are added first
 * and reduced once.
 *
 * A product needs four multiplications of 64 bits, or, by Karatsuba, three:
 * a1·b0 + a0·b1 = (a0 + a1)·(b0 + b1) + a0·b0 + a1·b1.
 */
#ifndef CRYPTO_NATIVE_GHASH_H
#define CRYPTO_NATIVE_GHASH_H

#include "crypto/native/simd.h"

#define GHASH_TARGET __attribute__((target("pclmul,ssse3")))

/* A product, or a sum of products, before reduction. */
struct ghash_product {
	__m128i lo, mid, hi;
};

/* Reverses the bytes: a block as it stands in memory from or to a polynomial backwards. */
GHASH_TARGET INLINE __m128i ghash_reverse(__m128i block)
{
	const __m128i order = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

	return _mm_shuffle_epi8(block, order);
}

/* Adds a·h. */
GHASH_TARGET INLINE void ghash_add_product(struct ghash_product *sum, __m128i a, __m128i h)
{
	sum->lo = _mm_xor_si128(sum->lo, _mm_clmulepi64_si128(a, h, 0x00));
	sum->hi = _mm_xor_si128(sum->hi, _mm_clmulepi64_si128(a, h, 0x11));
	sum->mid = _mm_xor_si128(sum->mid, _mm_clmulepi64_si128(a, h, 0x01));
	sum->mid = _mm_xor_si128(sum->mid, _mm_clmulepi64_si128(a, h, 0x10));
}

/* low/z^64 modulo q, for the low half of `low`, to be added to high. */
GHASH_TARGET INLINE __m128i ghash_fold(__m128i low, __m128i high)
{
	const __m128i c = _mm_set_epi64x(0, (long long)0xc200000000000000);

	high = _mm_xor_si128(high, _mm_shuffle_epi32(low, 0x4e));
	return _mm_xor_si128(high, _mm_clmulepi64_si128(low, c, 0x00));
}

GHASH_TARGET INLINE __m128i ghash_reduce(const struct ghash_product *sum)
{
	return ghash_fold(ghash_fold(sum->lo, sum->mid), sum->hi);
}

GHASH_TARGET INLINE __m128i ghash_multiply(__m128i a, __m128i h)
{
	struct ghash_product product = { _mm_setzero_si128(), _mm_setzero_si128(),
					 _mm_setzero_si128() };

	ghash_add_product(&product, a, h);
	return ghash_reduce(&product);
}

/* a·z mod q: one bit to the left, and q for the bit that falls out. */
GHASH_TARGET INLINE __m128i ghash_times_z(__m128i a)
{
	const __m128i q = _mm_set_epi64x((long long)0xc200000000000000, 1);
	__m128i carries = _mm_shuffle_epi32(_mm_srai_epi32(a, 31), 0xff);
	__m128i across = _mm_slli_si128(_mm_srli_epi64(a, 63), 8);

	a = _mm_or_si128(_mm_slli_epi64(a, 1), across);
	return _mm_xor_si128(a, _mm_and_si128(carries, q));
}

/* Hashes associated data, the last block filled up with zeros. h is the stored H^1. */
GHASH_TARGET INLINE __m128i ghash_aad(__m128i h, const uint8_t *data, size_t len)
{
	__m128i y = _mm_setzero_si128();

	for (; len >= 16; data += 16, len -= 16)
		y = ghash_multiply(_mm_xor_si128(y, ghash_reverse(block_load(data))), h);
	if (len > 0)
		y = ghash_multiply(_mm_xor_si128(y, ghash_reverse(block_load_part(data, len))), h);
	return y;
}

#endif
