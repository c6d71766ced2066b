/*
 * The polynomials of ML-KEM (FIPS 203, 4.2 and 4.3) with AVX2: sixteen coefficients a register, in
 * the standard's order, so that each function does what that of mlkem_portable.c does.
 *
 * The transform's layers that combine coefficients at a distance of sixteen and more work on whole
 * registers. For the three layers below, two registers are shuffled so that what is combined stands
 * in the same place of both.
 *
 * Bounds: a product by Montgomery is between -q and q whatever the factor that is not a constant,
 * and 2^15 is more than 9q. So the forward transform, whose layers add at most q each to a number
 * below q, needs no reduction between them; the inverse, whose sums double, has one in the middle
 * and one before the last layer.
 *
 * No branch and no address depends on a coefficient, but for the sampling of the matrix, which is
 * public.
 */
#include "crypto/native/mlkem.h"

#ifdef __x86_64__

#include "crypto/native/simd.h"

#define TARGET __attribute__((target("avx2,bmi,bmi2")))
#define VECTOR INLINE TARGET

enum { WORDS = 16 };

/* ---- modulo q ---- */

VECTOR __m256i words(int value)
{
	return _mm256_set1_epi16((short)value);
}

VECTOR __m256i load(const int16_t *from)
{
	return _mm256_load_si256((const __m256i *)from);
}

VECTOR void store(int16_t *to, __m256i v)
{
	_mm256_store_si256((__m256i *)to, v);
}

/* a b / 2^16 mod q, between -q and q, for |b| < q. */
VECTOR __m256i multiply(__m256i a, __m256i b)
{
	__m256i t = _mm256_mullo_epi16(a, _mm256_mullo_epi16(b, words(MLKEM_Q_INVERSE)));

	return _mm256_sub_epi16(_mm256_mulhi_epi16(a, b), _mm256_mulhi_epi16(t, words(MLKEM_Q)));
}

/* From between -q and q. */
VECTOR __m256i plus_q_if_negative(__m256i a)
{
	__m256i q = words(MLKEM_Q);

	return _mm256_add_epi16(a, _mm256_and_si256(_mm256_srai_epi16(a, 15), q));
}

/* From between 0 and 2q. */
VECTOR __m256i minus_q_if_above(__m256i a)
{
	return _mm256_min_epu16(a, _mm256_sub_epi16(a, words(MLKEM_Q)));
}

/* Of any word: 0 to q, both included. 20159 is 2^26 / q, rounded. */
VECTOR __m256i reduce(__m256i a)
{
	__m256i t = _mm256_srai_epi16(_mm256_mulhi_epi16(a, words(20159)), 10);

	return _mm256_sub_epi16(a, _mm256_mullo_epi16(t, words(MLKEM_Q)));
}

TARGET static void add(struct poly *a, const struct poly *b)
{
	for (size_t i = 0; i < MLKEM_N; i += WORDS) {
		__m256i sum = _mm256_add_epi16(load(a->c + i), load(b->c + i));

		store(a->c + i, minus_q_if_above(sum));
	}
}

TARGET static void subtract(struct poly *a, const struct poly *b)
{
	for (size_t i = 0; i < MLKEM_N; i += WORDS) {
		__m256i difference = _mm256_sub_epi16(load(a->c + i), load(b->c + i));

		store(a->c + i, plus_q_if_negative(difference));
	}
}

/* ---- the number theoretic transform ---- */

/* (a, b) to (a + z b, a - z b). */
VECTOR void forward(__m256i *a, __m256i *b, __m256i zeta)
{
	__m256i t = multiply(*b, zeta);

	*b = _mm256_sub_epi16(*a, t);
	*a = _mm256_add_epi16(*a, t);
}

/* (a, b) to (a + b, z (b - a)). */
VECTOR void backward(__m256i *a, __m256i *b, __m256i zeta)
{
	__m256i difference = _mm256_sub_epi16(*b, *a);

	*a = _mm256_add_epi16(*a, *b);
	*b = multiply(difference, zeta);
}

/*
 * Two registers so that their coefficients at a distance of 8, of 4, of 2 stand in the same places,
 * and back. What is at a distance of 8 in the first is in the low halves, and so on.
 */
VECTOR void pair_halves(__m256i *a, __m256i *b)
{
	__m256i low = _mm256_permute2x128_si256(*a, *b, 0x20);

	*b = _mm256_permute2x128_si256(*a, *b, 0x31);
	*a = low;
}

VECTOR void pair_quarters(__m256i *a, __m256i *b)
{
	__m256i low = _mm256_unpacklo_epi64(*a, *b);

	*b = _mm256_unpackhi_epi64(*a, *b);
	*a = low;
}

VECTOR void pair_eighths(__m256i *a, __m256i *b)
{
	__m256 x = _mm256_castsi256_ps(*a), y = _mm256_castsi256_ps(*b);

	*a = _mm256_castps_si256(_mm256_shuffle_ps(x, y, 0x88));
	*b = _mm256_castps_si256(_mm256_shuffle_ps(x, y, 0xdd));
}

VECTOR void unpair_eighths(__m256i *a, __m256i *b)
{
	__m256i low = _mm256_unpacklo_epi32(*a, *b);

	*b = _mm256_unpackhi_epi32(*a, *b);
	*a = low;
}

/* Numbers of words, for a shuffle of bytes. */
#define WORD(n) (2 * (n)), (2 * (n) + 1)
#define WORDS_8(a, b, c, d, e, f, g, h)                                                            \
	WORD(a), WORD(b), WORD(c), WORD(d), WORD(e), WORD(f), WORD(g), WORD(h)

VECTOR __m256i pick(__m128i table, __m256i numbers)
{
	return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), numbers);
}

/* The roots of two registers as they stand after pair_halves: two, eight times each. */
VECTOR __m256i zetas_2(const int16_t *at, bool reversed)
{
	__m256i first = words(at[reversed ? 1 : 0]), second = words(at[reversed ? 0 : 1]);

	return _mm256_blend_epi32(first, second, 0xf0);
}

/* After pair_quarters: four, four times each. */
VECTOR __m256i zetas_4(const int16_t *at, bool reversed)
{
	const __m256i up =
		_mm256_setr_epi8(WORDS_8(0, 0, 0, 0, 1, 1, 1, 1), WORDS_8(2, 2, 2, 2, 3, 3, 3, 3));
	const __m256i down =
		_mm256_setr_epi8(WORDS_8(3, 3, 3, 3, 2, 2, 2, 2), WORDS_8(1, 1, 1, 1, 0, 0, 0, 0));

	return pick(_mm_loadl_epi64((const __m128i *)at), reversed ? down : up);
}

/* After pair_eighths: eight, twice each, in the order of that shuffle. */
VECTOR __m256i zetas_8(const int16_t *at, bool reversed)
{
	const __m256i up =
		_mm256_setr_epi8(WORDS_8(0, 0, 2, 2, 1, 1, 3, 3), WORDS_8(4, 4, 6, 6, 5, 5, 7, 7));
	const __m256i down =
		_mm256_setr_epi8(WORDS_8(7, 7, 5, 5, 6, 6, 4, 4), WORDS_8(3, 3, 1, 1, 2, 2, 0, 0));

	return pick(_mm_loadu_si128((const __m128i *)at), reversed ? down : up);
}

/* The layers of distances 8, 4 and 2, on coefficients 32n and up; and to the least of them. */
VECTOR void forward_near(int16_t *c, size_t n)
{
	__m256i a = load(c), b = load(c + WORDS);

	pair_halves(&a, &b);
	forward(&a, &b, zetas_2(mlkem_zetas + 16 + 2 * n, false));
	pair_quarters(&a, &b);
	forward(&a, &b, zetas_4(mlkem_zetas + 32 + 4 * n, false));
	pair_eighths(&a, &b);
	forward(&a, &b, zetas_8(mlkem_zetas + 64 + 8 * n, false));
	a = minus_q_if_above(reduce(a));
	b = minus_q_if_above(reduce(b));
	unpair_eighths(&a, &b);
	pair_quarters(&a, &b);
	pair_halves(&a, &b);
	store(c, a);
	store(c + WORDS, b);
}

VECTOR void backward_near(int16_t *c, size_t n)
{
	__m256i a = load(c), b = load(c + WORDS);

	pair_halves(&a, &b);
	pair_quarters(&a, &b);
	pair_eighths(&a, &b);
	backward(&a, &b, zetas_8(mlkem_zetas + 120 - 8 * n, true));
	unpair_eighths(&a, &b);
	backward(&a, &b, zetas_4(mlkem_zetas + 60 - 4 * n, true));
	pair_quarters(&a, &b);
	backward(&a, &b, zetas_2(mlkem_zetas + 30 - 2 * n, true));
	pair_halves(&a, &b);
	store(c, reduce(a));
	store(c + WORDS, reduce(b));
}

TARGET static void ntt(struct poly *p)
{
	const int16_t *zeta = mlkem_zetas + 1;

	for (size_t len = MLKEM_N / 2; len >= WORDS; len /= 2)
		for (size_t start = 0; start < MLKEM_N; start += 2 * len, zeta++)
			for (size_t j = start; j < start + len; j += WORDS) {
				__m256i a = load(p->c + j), b = load(p->c + j + len);

				forward(&a, &b, words(*zeta));
				store(p->c + j, a);
				store(p->c + j + len, b);
			}
	for (size_t n = 0; n < MLKEM_N / (2 * WORDS); n++)
		forward_near(p->c + 2 * WORDS * n, n);
}

/* After backward_near: three layers of sums up to 8q, and the last after one more reduction. */
VECTOR void backward_far(int16_t *c, size_t len, __m256i zeta)
{
	for (size_t j = 0; j < len; j += WORDS) {
		__m256i a = load(c + j), b = load(c + j + len);

		if (len == MLKEM_N / 2) {
			a = reduce(a);
			b = reduce(b);
		}
		backward(&a, &b, zeta);
		store(c + j, a);
		store(c + j + len, b);
	}
}

TARGET static void inverse_ntt(struct poly *p)
{
	const int16_t *zeta = mlkem_zetas + 15;

	for (size_t n = 0; n < MLKEM_N / (2 * WORDS); n++)
		backward_near(p->c + 2 * WORDS * n, n);
	for (size_t len = WORDS; len < MLKEM_N; len *= 2)
		for (size_t start = 0; start < MLKEM_N; start += 2 * len, zeta--)
			backward_far(p->c + start, len, words(*zeta));
	for (size_t i = 0; i < MLKEM_N; i += WORDS) {
		__m256i scaled = multiply(load(p->c + i), words(MLKEM_INVERSE_128));

		store(p->c + i, plus_q_if_negative(scaled));
	}
}

/* ---- products in pairs ---- */

VECTOR __m256i swap_pairs(__m256i a)
{
	return _mm256_or_si256(_mm256_slli_epi32(a, 16), _mm256_srli_epi32(a, 16));
}

TARGET static void prepare(struct factor *f, const struct poly *p)
{
	/* Each of four roots beside its negative, where the second of a pair is. */
	const __m256i where =
		_mm256_setr_epi8(WORDS_8(0, 0, 0, 0, 1, 1, 1, 1), WORDS_8(2, 2, 2, 2, 3, 3, 3, 3));
	const __m256i sign = _mm256_set1_epi64x((long long)0xffff000000010000);

	for (size_t i = 0; i < MLKEM_N; i += WORDS) {
		__m128i four = _mm_loadl_epi64((const __m128i *)(mlkem_zetas + 64 + i / 4));
		__m256i g = _mm256_sign_epi16(pick(four, where), sign);
		__m256i b = multiply(load(p->c + i), words(MLKEM_MONTGOMERY_2));

		store(f->straight + i, _mm256_blend_epi16(b, multiply(b, g), 0xaa));
		store(f->crossed + i, swap_pairs(b));
	}
}

/* Of sums of products below 2^15 q, two to a pair of words: as montgomery of mlkem_portable.c. */
VECTOR __m256i reduce_pairs(__m256i c0, __m256i c1)
{
	const __m256i low = _mm256_set1_epi32(0xffff);
	const __m256i q = _mm256_and_si256(words(MLKEM_Q), low);
	const __m256i inverse = _mm256_and_si256(words(MLKEM_Q_INVERSE), low);
	__m256i t0 = _mm256_madd_epi16(_mm256_mullo_epi16(c0, inverse), q);
	__m256i t1 = _mm256_madd_epi16(_mm256_mullo_epi16(c1, inverse), q);

	c0 = _mm256_srli_epi32(_mm256_sub_epi32(c0, t0), 16);
	c1 = _mm256_sub_epi32(c1, t1);
	return _mm256_blend_epi16(c0, c1, 0xaa);
}

TARGET static void inner(struct poly *out, const struct poly *a, const struct factor *b, size_t k)
{
	for (size_t i = 0; i < MLKEM_N; i += WORDS) {
		__m256i c0 = _mm256_setzero_si256(), c1 = c0;

		for (size_t j = 0; j < k; j++) {
			__m256i left = load(a[j].c + i);
			__m256i straight = _mm256_madd_epi16(left, load(b[j].straight + i));
			__m256i crossed = _mm256_madd_epi16(left, load(b[j].crossed + i));

			c0 = _mm256_add_epi32(c0, straight);
			c1 = _mm256_add_epi32(c1, crossed);
		}
		store(out->c + i, plus_q_if_negative(reduce_pairs(c0, c1)));
	}
}

/* ---- sampling ---- */

/* Of four words, those whose bits are set, moved together: what the bytes of a shuffle must be. */
#define KEEP(a, b, c, d)                                                                           \
	{                                                                                          \
		WORD(a), WORD(b), WORD(c), WORD(d)                                                 \
	}
static const uint8_t keep[16][8] = {
	KEEP(0, 0, 0, 0), KEEP(0, 0, 0, 0), KEEP(1, 0, 0, 0), KEEP(0, 1, 0, 0),
	KEEP(2, 0, 0, 0), KEEP(0, 2, 0, 0), KEEP(1, 2, 0, 0), KEEP(0, 1, 2, 0),
	KEEP(3, 0, 0, 0), KEEP(0, 3, 0, 0), KEEP(1, 3, 0, 0), KEEP(0, 1, 3, 0),
	KEEP(2, 3, 0, 0), KEEP(0, 2, 3, 0), KEEP(1, 2, 3, 0), KEEP(0, 1, 2, 3),
};

/* Writes four words, of which those that are named by the mask count. */
VECTOR size_t sample_4(int16_t *to, __m128i four, unsigned int mask)
{
	__m128i numbers = _mm_loadl_epi64((const __m128i *)keep[mask]);

	_mm_storel_epi64((__m128i *)to, _mm_shuffle_epi8(four, numbers));
	return (size_t)(unsigned int)__builtin_popcount(mask);
}

/* From twelve of sixteen bytes, at most eight coefficients. */
VECTOR size_t sample_8(int16_t *to, __m128i bytes)
{
	const __m128i where = _mm_setr_epi8(0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 10, 10, 11);
	__m128i v = _mm_shuffle_epi8(bytes, where);
	__m128i below;
	unsigned int mask;
	size_t first;

	v = _mm_blend_epi16(_mm_and_si128(v, _mm_set1_epi16(0x0fff)), _mm_srli_epi16(v, 4), 0xaa);
	below = _mm_cmpgt_epi16(_mm_set1_epi16(MLKEM_Q), v);
	mask = (unsigned int)_mm_movemask_epi8(_mm_packs_epi16(below, _mm_setzero_si128()));
	first = sample_4(to, v, mask & 15);
	return first + sample_4(to + first, _mm_unpackhi_epi64(v, v), mask >> 4);
}

__attribute__((target("avx2,bmi,bmi2,popcnt"))) static size_t sample(struct poly *p, size_t have,
								     const uint8_t *bytes,
								     size_t len)
{
	while (len >= 16 && have + 8 <= MLKEM_N) {
		have += sample_8(p->c + have, block_load(bytes));
		bytes += 12;
		len -= 12;
	}
	return mlkem_portable.sample(p, have, bytes, len);
}

/* Nibble by nibble: the sum of two bits, plus 4, less the sum of the other two. */
TARGET static void noise(struct poly *p, const uint8_t bytes[MLKEM_N / 2])
{
	const __m128i bits = _mm_set1_epi8(0x55), twos = _mm_set1_epi8(0x33);
	const __m128i nibble = _mm_set1_epi8(0x0f), four = _mm_set1_epi8(4);

	for (size_t i = 0; i < MLKEM_N / 2; i += 16) {
		__m128i v = block_load(bytes + i), sums, low, high;
		__m256i first, second;

		sums = _mm_add_epi8(_mm_and_si128(v, bits),
				    _mm_and_si128(_mm_srli_epi16(v, 1), bits));
		v = _mm_add_epi8(_mm_and_si128(sums, twos), _mm_set1_epi8(0x44));
		v = _mm_sub_epi8(v, _mm_and_si128(_mm_srli_epi16(sums, 2), twos));
		low = _mm_sub_epi8(_mm_and_si128(v, nibble), four);
		high = _mm_sub_epi8(_mm_and_si128(_mm_srli_epi16(v, 4), nibble), four);
		first = _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(low, high));
		second = _mm256_cvtepi8_epi16(_mm_unpackhi_epi8(low, high));
		store(p->c + 2 * i, plus_q_if_negative(first));
		store(p->c + 2 * i + WORDS, plus_q_if_negative(second));
	}
}

/* ---- bytes ---- */

/* The low d bits of eight words, given as two quarters of 4d bits: d bytes. */
VECTOR void put_8(uint8_t *out, unsigned int d, uint64_t low, uint64_t high)
{
	uint64_t bits = low | high << (4 * d);

	if (d > 8) {
		memcpy(out, &bits, 8);
		bits = high >> (64 - 4 * d);
		memcpy(out + 8, &bits, d - 8);
	} else {
		memcpy(out, &bits, d);
	}
}

/* Sixteen words below 2^d: 2d bytes. Pairs of words are joined, and then pairs of pairs. */
VECTOR void put_16(uint8_t *out, unsigned int d, __m256i v)
{
	const __m256i join = _mm256_set1_epi32(1 << (16 + d) | 1);
	const __m256i close = _mm256_set1_epi64x(32 - 2 * (long long)d);

	v = _mm256_sllv_epi32(_mm256_madd_epi16(v, join), close);
	v = _mm256_srl_epi64(v, _mm256_castsi256_si128(close));
	put_8(out, d, (uint64_t)_mm256_extract_epi64(v, 0), (uint64_t)_mm256_extract_epi64(v, 1));
	put_8(out + d, d, (uint64_t)_mm256_extract_epi64(v, 2),
	      (uint64_t)_mm256_extract_epi64(v, 3));
}

/* Where a number of d bits begins: the byte, and the bit in it. A fourth byte is never needed. */
#define AT(i, d) (char)((i) * (d) / 8), (char)((i) * (d) / 8 + 1), (char)((i) * (d) / 8 + 2), -1
#define BIT(i, d) (int)((i) * (d) % 8)

/* Eight numbers of d bits as eight words of 32, from d bytes. */
VECTOR __m256i get_8(const uint8_t *in, unsigned int d)
{
	const __m256i where = _mm256_setr_epi8(AT(0, d), AT(1, d), AT(2, d), AT(3, d), AT(4, d),
					       AT(5, d), AT(6, d), AT(7, d));
	const __m256i bit = _mm256_setr_epi32(BIT(0, d), BIT(1, d), BIT(2, d), BIT(3, d), BIT(4, d),
					      BIT(5, d), BIT(6, d), BIT(7, d));
	__m256i v = pick(block_load_part(in, d), where);

	return _mm256_and_si256(_mm256_srlv_epi32(v, bit), _mm256_set1_epi32((1 << d) - 1));
}

/* Sixteen words out of two times eight of 32. */
VECTOR __m256i join_8(__m256i a, __m256i b)
{
	return _mm256_permute4x64_epi64(_mm256_packus_epi32(a, b), 0xd8);
}

/* As compressed of mlkem_portable.c. */
VECTOR __m256i compressed_8(__m128i x, unsigned int d)
{
	const __m256i half = _mm256_set1_epi32((1 << (31 - d)) - MLKEM_COMPRESS_TRIM);
	__m256i v = _mm256_cvtepu16_epi32(x);

	v = _mm256_mullo_epi32(v, _mm256_set1_epi32(MLKEM_COMPRESS));
	return _mm256_srli_epi32(_mm256_add_epi32(v, half), (int)(32 - d));
}

VECTOR __m256i compressed(__m256i x, unsigned int d)
{
	return join_8(compressed_8(_mm256_castsi256_si128(x), d),
		      compressed_8(_mm256_extracti128_si256(x, 1), d));
}

VECTOR void compress_to(const struct poly *p, unsigned int d, uint8_t *out)
{
	for (size_t i = 0; i < MLKEM_N; i += WORDS)
		put_16(out + i / 8 * d, d, compressed(load(p->c + i), d));
}

/* To single bits: the signs of bytes. */
VECTOR void compress_to_bits(const struct poly *p, uint8_t *out)
{
	for (size_t i = 0; i < MLKEM_N; i += 2 * WORDS, out += 4) {
		__m256i a = _mm256_slli_epi16(compressed(load(p->c + i), 1), 15);
		__m256i b = _mm256_slli_epi16(compressed(load(p->c + i + WORDS), 1), 15);
		__m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xd8);

		store_u32(out, (uint32_t)_mm256_movemask_epi8(bytes));
	}
}

TARGET static void compress(const struct poly *p, unsigned int d, uint8_t *out)
{
	if (d == 10)
		compress_to(p, 10, out);
	else if (d == 4)
		compress_to(p, 4, out);
	else if (d == 11)
		compress_to(p, 11, out);
	else if (d == 5)
		compress_to(p, 5, out);
	else
		compress_to_bits(p, out);
}

VECTOR __m256i decompressed_8(const uint8_t *in, unsigned int d)
{
	__m256i v = _mm256_madd_epi16(get_8(in, d), _mm256_set1_epi32(MLKEM_Q));

	v = _mm256_add_epi32(v, _mm256_set1_epi32(1 << (d - 1)));
	return _mm256_srli_epi32(v, (int)d);
}

VECTOR void decompress_from(struct poly *p, unsigned int d, const uint8_t *in)
{
	for (size_t i = 0; i < MLKEM_N; i += WORDS, in += 2 * d)
		store(p->c + i, join_8(decompressed_8(in, d), decompressed_8(in + d, d)));
}

/* Single bits: q / 2, rounded up, where they are set. */
VECTOR void decompress_from_bits(struct poly *p, const uint8_t *in)
{
	const __m256i bits = _mm256_setr_epi16(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048,
					       4096, 8192, 16384, (short)0x8000);

	for (size_t i = 0; i < MLKEM_N; i += WORDS, in += 2) {
		__m256i set = _mm256_and_si256(words(in[0] | in[1] << 8), bits);

		set = _mm256_cmpeq_epi16(set, bits);
		store(p->c + i, _mm256_and_si256(set, words((MLKEM_Q + 1) / 2)));
	}
}

TARGET static void decompress(struct poly *p, unsigned int d, const uint8_t *in)
{
	if (d == 10)
		decompress_from(p, 10, in);
	else if (d == 4)
		decompress_from(p, 4, in);
	else if (d == 11)
		decompress_from(p, 11, in);
	else if (d == 5)
		decompress_from(p, 5, in);
	else
		decompress_from_bits(p, in);
}

TARGET static void encode(const struct poly *p, uint8_t out[MLKEM_N * 12 / 8])
{
	for (size_t i = 0; i < MLKEM_N; i += WORDS)
		put_16(out + i / 8 * 12, 12, load(p->c + i));
}

TARGET static bool decode(struct poly *p, const uint8_t in[MLKEM_N * 12 / 8])
{
	__m256i above = _mm256_setzero_si256();

	for (size_t i = 0; i < MLKEM_N; i += WORDS, in += 24) {
		__m256i v = join_8(get_8(in, 12), get_8(in + 12, 12));

		above = _mm256_or_si256(above, _mm256_cmpgt_epi16(v, words(MLKEM_Q - 1)));
		store(p->c + i, minus_q_if_above(v));
	}
	return _mm256_testz_si256(above, above) != 0;
}

const struct mlkem_kernel mlkem_avx2 = {
	.name = "ml-kem, avx2",
	.keccak = &keccak_avx2,
	.ntt = ntt,
	.inverse_ntt = inverse_ntt,
	.prepare = prepare,
	.inner = inner,
	.add = add,
	.subtract = subtract,
	.sample = sample,
	.noise = noise,
	.compress = compress,
	.decompress = decompress,
	.encode = encode,
	.decode = decode,
};

#endif
