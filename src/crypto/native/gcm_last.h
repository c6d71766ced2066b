/*
 * The end of a record, one block of 128 bits at a time: for the kernels without masks.
 *
 * What is left when the loop has taken all groups of eight blocks: up to seven blocks and a short
 * one. They and the block of lengths are one sum of products with one reduction; there are
 * eight powers, so of eight blocks the first is hashed alone.
 */
#ifndef CRYPTO_NATIVE_GCM_LAST_H
#define CRYPTO_NATIVE_GCM_LAST_H

#include "crypto/native/gcm.h"
#include "crypto/native/ghash.h"

enum { LAST_STREAM = 9, LAST_POWERS = 8 };

/* What the last blocks need besides their text. */
struct gcm_last {
	const __m128i *powers; /* H^8 ... H^1; of a short text only H^4 ... H^1 are read */
	__m128i y;             /* the hash so far */
	__m128i lengths;       /* of the associated data and of the text, in bits */
	const __m128i *stream; /* the key stream: block 1, which covers the tag, and eight more */
	bool opening;
};

/* The first `len` bytes of a block; zeros after them. */
GHASH_TARGET INLINE __m128i first_bytes_of(__m128i block, size_t len)
{
	const __m128i place = _mm_set_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);

	return _mm_and_si128(block, _mm_cmplt_epi8(place, _mm_set1_epi8((char)len)));
}

/* Encrypts or decrypts up to 16 bytes in place; returns the ciphertext for GHASH. */
GHASH_TARGET INLINE __m128i last_crypt(const struct gcm_last *last, uint8_t *text, size_t len,
				       __m128i stream)
{
	__m128i in, out;

	if (len >= 16) {
		in = block_load(text);
		out = _mm_xor_si128(in, stream);
		block_store(text, out);
	} else {
		in = block_load_part(text, len);
		out = first_bytes_of(_mm_xor_si128(in, stream), len);
		block_store_part(text, out, len);
	}
	return ghash_reverse(last->opening ? in : out);
}

/* Returns the tag. */
GHASH_TARGET INLINE __m128i last_blocks(const struct gcm_last *last, uint8_t *text, size_t len)
{
	const __m128i h = last->powers[LAST_POWERS - 1];
	const __m128i *stream = last->stream;
	struct ghash_product sum = { _mm_setzero_si128(), _mm_setzero_si128(),
				     _mm_setzero_si128() };
	__m128i y = last->y;
	__m128i x;

	if (len > 16 * (LAST_POWERS - 1)) {
		x = last_crypt(last, text, 16, *++stream);
		y = ghash_multiply(_mm_xor_si128(x, y), h);
		text += 16;
		len -= 16;
	}
	for (size_t power = LAST_POWERS - 1 - (len + 15) / 16; power < LAST_POWERS - 1; power++) {
		x = last_crypt(last, text, len, *++stream);
		ghash_add_product(&sum, _mm_xor_si128(x, y), last->powers[power]);
		y = _mm_setzero_si128();
		text += 16;
		len -= len < 16 ? len : 16;
	}
	ghash_add_product(&sum, _mm_xor_si128(last->lengths, y), h);
	return _mm_xor_si128(ghash_reverse(ghash_reduce(&sum)), last->stream[0]);
}

#endif
