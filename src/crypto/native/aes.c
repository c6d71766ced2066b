/*
 * AES key expansion with AES-NI (FIPS 197, section 5.2): no tables, so no time that depends on the
 * key.
 *
 * Each new round key is the one a key length before it, with every word added into all words after
 * it, and one transformed word added to all four. The transformation is SubWord of the last word,
 * every other time rotated and with a round constant. AESENCLAST does it: if all four columns of
 * its input are the same word, ShiftRows has no effect, and what remains is SubBytes and an XOR
 * with the operand, where the round constant stands.
 */
#include "crypto/native/aes.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <stdbool.h>

#define TARGET __attribute__((target("aes,ssse3")))

/* SubWord of the last word of `key`, rotated and with the round constant if it is not 0. */
TARGET static __m128i transformed_word(__m128i key, int round_constant)
{
	const __m128i all_last = _mm_set1_epi32(0x0f0e0d0c);
	const __m128i all_last_rotated = _mm_set1_epi32(0x0c0f0e0d);
	__m128i words = _mm_shuffle_epi8(key, round_constant != 0 ? all_last_rotated : all_last);

	return _mm_aesenclast_si128(words, _mm_set1_epi32(round_constant));
}

/* The words a, b, c, d become a, a+b, a+b+c, a+b+c+d, each plus the transformed word. */
TARGET static __m128i next_key(__m128i key, __m128i word)
{
	key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
	key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
	return _mm_xor_si128(key, word);
}

TARGET void aes_expand_key(uint8_t (*round_keys)[16], const uint8_t *key, unsigned int rounds)
{
	static const uint8_t round_constants[10] = { 0x01, 0x02, 0x04, 0x08, 0x10,
						     0x20, 0x40, 0x80, 0x1b, 0x36 };
	__m128i older = _mm_loadu_si128((const __m128i *)key);
	__m128i newer = older;
	const bool wide = rounds == AES_256_ROUNDS;
	unsigned int i = 1;

	_mm_storeu_si128((__m128i *)round_keys[0], older);
	if (wide) {
		newer = _mm_loadu_si128((const __m128i *)(key + 16));
		_mm_storeu_si128((__m128i *)round_keys[i++], newer);
	}
	for (unsigned int n = 0; i <= rounds; i++) {
		/* A key of 32 bytes: only every other round key gets a rotation and a constant. */
		int constant = wide && i % 2 == 1 ? 0 : round_constants[n++];
		__m128i next = next_key(wide ? older : newer, transformed_word(newer, constant));

		_mm_storeu_si128((__m128i *)round_keys[i], next);
		older = newer;
		newer = next;
	}
}

TARGET void aes_encrypt_block(const uint8_t (*round_keys)[16], unsigned int rounds,
			      const uint8_t in[16], uint8_t out[16])
{
	const __m128i *keys = (const __m128i *)round_keys;
	__m128i x = _mm_xor_si128(_mm_loadu_si128((const __m128i *)in), _mm_loadu_si128(keys));

	for (unsigned int i = 1; i < rounds; i++)
		x = _mm_aesenc_si128(x, _mm_loadu_si128(keys + i));
	x = _mm_aesenclast_si128(x, _mm_loadu_si128(keys + rounds));
	_mm_storeu_si128((__m128i *)out, x);
}

#endif
