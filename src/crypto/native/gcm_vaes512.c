/*
 * AES-GCM with VAES and VPCLMULQDQ on 512 bits: four blocks a register.
 *
 * The loop takes sixteen blocks at a time. While they go through the rounds of AES, the ciphertext
 * of the sixteen blocks before them (when sealing) or their own (when opening) is hashed: the two
 * do not depend on each other and use different units of the CPU. What is left, up to 255 bytes, is
 * taken eight blocks at a time; the last up to seven blocks and the block of lengths are one more
 * sum of products, so that a short record needs a single reduction.
 *
 * Counters are kept as integers, bytes reversed like the blocks of GHASH: adding to the lowest 32
 * bits of a lane counts, and one shuffle gives the block.
 */
#include "crypto/native/gcm.h"

#ifdef __x86_64__

#include "crypto/native/ghash.h"

#define TARGET                                                                                     \
	__attribute__((target("aes,pclmul,ssse3,sse4.1,bmi2,avx512f,avx512bw,avx512vl,avx512dq,"   \
			      "vaes,vpclmulqdq")))

enum {
	LANES = 4,
	WIDE = 4, /* registers of text in a turn of the main loop */
	WIDE_BYTES = WIDE * 64,
	LAST_BYTES = 7 * 16, /* what the last sum has room for beside the lengths */
};

_Static_assert(GCM_HEAD_UNIT % WIDE_BYTES == 0, "a turn reads from one place");

/* The round keys that every record needs, each in all lanes; those between stay in memory. */
struct keys {
	__m512i round[AES_128_ROUNDS]; /* 0 ... 9 */
	__m512i last;
	const struct gcm *g;
};

struct product {
	__m512i lo, mid, hi;
};

TARGET INLINE __m512i load(const void *from)
{
	return _mm512_loadu_si512(from);
}

TARGET INLINE __m512i all_lanes(const void *from)
{
	return _mm512_broadcast_i32x4(block_load(from));
}

TARGET INLINE __m512i xor3(__m512i a, __m512i b, __m512i c)
{
	return _mm512_ternarylogic_epi64(a, b, c, 0x96);
}

/* Reverses the bytes of each lane. */
TARGET INLINE __m512i reverse(__m512i x)
{
	const __m128i order = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

	return _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(order));
}

/* A mask of the first `len` bytes; of all 64 if there are more. */
TARGET INLINE __mmask64 first_bytes(size_t len)
{
	return _bzhi_u64(~UINT64_C(0), (unsigned int)(len < 64 ? len : 64));
}

TARGET INLINE size_t beyond(size_t len, size_t offset)
{
	return len > offset ? len - offset : 0;
}

/* ---- GHASH, four blocks at a time (ghash.h) ---- */

TARGET INLINE struct product multiply(__m512i a, __m512i h)
{
	struct product p;

	p.lo = _mm512_clmulepi64_epi128(a, h, 0x00);
	p.hi = _mm512_clmulepi64_epi128(a, h, 0x11);
	p.mid = _mm512_xor_si512(_mm512_clmulepi64_epi128(a, h, 0x01),
				 _mm512_clmulepi64_epi128(a, h, 0x10));
	return p;
}

TARGET INLINE void add_product(struct product *sum, __m512i a, __m512i h)
{
	sum->lo = _mm512_xor_si512(sum->lo, _mm512_clmulepi64_epi128(a, h, 0x00));
	sum->hi = _mm512_xor_si512(sum->hi, _mm512_clmulepi64_epi128(a, h, 0x11));
	sum->mid = xor3(sum->mid, _mm512_clmulepi64_epi128(a, h, 0x01),
			_mm512_clmulepi64_epi128(a, h, 0x10));
}

TARGET INLINE __m512i fold(__m512i low, __m512i high)
{
	const __m512i c = _mm512_set1_epi64((long long)0xc200000000000000);

	return xor3(high, _mm512_shuffle_epi32(low, 0x4e), _mm512_clmulepi64_epi128(low, c, 0x00));
}

TARGET INLINE __m512i reduce_lanes(const struct product *sum)
{
	return fold(fold(sum->lo, sum->mid), sum->hi);
}

/* The sum of the four lanes. */
TARGET INLINE __m128i add_lanes(__m512i x)
{
	__m256i half = _mm256_xor_si256(_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64(x, 1));

	return _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

TARGET INLINE __m128i reduce(const struct product *sum)
{
	return add_lanes(reduce_lanes(sum));
}

/* Each lane of a times the first lane of h. */
TARGET INLINE __m512i times_first(__m512i a, __m512i h)
{
	struct product p = multiply(a, _mm512_broadcast_i32x4(_mm512_castsi512_si128(h)));

	return reduce_lanes(&p);
}

/* H^8 ... H^1: the stored four, and before them the same times H^4. */
TARGET INLINE void load_powers(const struct gcm *g, __m512i powers[WIDE])
{
	powers[3] = load(g->powers);
	powers[2] = times_first(powers[3], powers[3]);
}

/* H^16 ... H^9: the others times H^8. */
TARGET INLINE void more_powers(__m512i powers[WIDE])
{
	powers[1] = times_first(powers[3], powers[2]);
	powers[0] = times_first(powers[2], powers[2]);
}

/* ---- AES ---- */

TARGET INLINE void load_keys(struct keys *k, const struct gcm *g)
{
	UNROLL
	for (int i = 0; i < AES_128_ROUNDS; i++)
		k->round[i] = all_lanes(g->round_keys[i]);
	k->last = all_lanes(g->round_keys[g->rounds]);
	k->g = g;
}

/* Reversed lanes count, count + 1, count + 2, count + 3 with the nonce above them. */
TARGET INLINE __m512i first_counters(const uint8_t *nonce, int count)
{
	__m128i block = _mm_insert_epi32(_mm_loadl_epi64((const __m128i *)nonce),
					 (int)load_u32(nonce + 8), 2);
	__m512i lanes = _mm512_broadcast_i32x4(ghash_reverse(block));

	return _mm512_add_epi32(lanes, _mm512_set_epi32(0, 0, 0, count + 3, 0, 0, 0, count + 2, 0,
							0, 0, count + 1, 0, 0, 0, count));
}

TARGET INLINE __m512i count_on(__m512i counters, int blocks)
{
	return _mm512_add_epi32(counters, _mm512_broadcast_i32x4(_mm_cvtsi32_si128(blocks)));
}

TARGET INLINE void aes_round(__m512i *x, int n, __m512i key)
{
	UNROLL
	for (int i = 0; i < n; i++)
		x[i] = _mm512_aesenc_epi128(x[i], key);
}

/* The four rounds more that a key of 256 bits has, before the last. */
TARGET INLINE void aes_extra_rounds(__m512i *x, int n, const struct keys *k)
{
	if (k->g->rounds == AES_128_ROUNDS)
		return;
	for (int r = AES_128_ROUNDS; r < AES_256_ROUNDS; r++)
		aes_round(x, n, all_lanes(k->g->round_keys[r]));
}

/* Turns n (at most two) registers of counters into key stream. */
TARGET INLINE void aes_key_stream(__m512i *x, int n, const struct keys *k)
{
	UNROLL
	for (int i = 0; i < n; i++)
		x[i] = _mm512_xor_si512(reverse(x[i]), k->round[0]);
	UNROLL
	for (int r = 1; r < AES_128_ROUNDS; r++)
		aes_round(x, n, k->round[r]);
	aes_extra_rounds(x, n, k);
	UNROLL
	for (int i = 0; i < n; i++)
		x[i] = _mm512_aesenclast_epi128(x[i], k->last);
}

/* ---- the main loop ---- */

struct wide {
	struct keys keys;
	__m512i powers[WIDE];
	__m512i counters;
	__m128i y;
};

/* Hashes one register of the sixteen blocks at `text`. */
TARGET INLINE void wide_hash_step(struct wide *w, struct product *sum, const uint8_t *text, int i)
{
	__m512i x = reverse(load(text + 64 * i));

	if (i == 0)
		*sum = multiply(_mm512_xor_si512(x, _mm512_zextsi128_si512(w->y)), w->powers[0]);
	else
		add_product(sum, x, w->powers[i]);
}

TARGET INLINE void wide_hash(struct wide *w, const uint8_t *text)
{
	struct product sum;

	UNROLL
	for (int i = 0; i < WIDE; i++)
		wide_hash_step(w, &sum, text, i);
	w->y = reduce(&sum);
}

/* Encrypts or decrypts sixteen blocks; meanwhile hashes sixteen at `hashed`, if not NULL. */
TARGET INLINE void wide_turn(struct wide *w, const uint8_t *from, uint8_t *to,
			     const uint8_t *hashed)
{
	struct product sum;
	__m512i x[WIDE];

	UNROLL
	for (int i = 0; i < WIDE; i++) {
		x[i] = _mm512_xor_si512(reverse(w->counters), w->keys.round[0]);
		w->counters = count_on(w->counters, LANES);
	}
	UNROLL
	for (int r = 1; r < AES_128_ROUNDS; r++) {
		aes_round(x, WIDE, w->keys.round[r]);
		if (hashed != NULL && r % 2 == 1 && r / 2 < WIDE)
			wide_hash_step(w, &sum, hashed, r / 2);
	}
	if (hashed != NULL)
		w->y = reduce(&sum);
	aes_extra_rounds(x, WIDE, &w->keys);
	UNROLL
	for (int i = 0; i < WIDE; i++) {
		x[i] = _mm512_aesenclast_epi128(x[i], w->keys.last);
		_mm512_storeu_si512(to + 64 * i, _mm512_xor_si512(x[i], load(from + 64 * i)));
	}
}

/* Takes all whole turns of the text; returns how many bytes that were. */
TARGET INLINE size_t wide_crypt(struct wide *w, const struct gcm_text *text, const bool opening)
{
	const uint8_t *from = text->from;
	const size_t end = text->len - text->len % WIDE_BYTES;
	size_t at = 0;

	if (end == 0)
		return 0;
	more_powers(w->powers);
	if (!opening) {
		from = text->head > 0 ? from : text->to;
		wide_turn(w, from, text->to, NULL);
		at = WIDE_BYTES;
	}
	for (; at < end; at += WIDE_BYTES) {
		if (at >= text->head)
			from = text->to;
		wide_turn(w, from + at, text->to + at,
			  opening ? from + at : text->to + at - WIDE_BYTES);
	}
	if (!opening)
		wide_hash(w, text->to + end - WIDE_BYTES);
	return end;
}

/* ---- the rest ---- */

/* Encrypts or decrypts up to 128 bytes in place; leaves the ciphertext, reversed, in x. */
TARGET INLINE void crypt_part(__m512i stream[2], uint8_t *text, size_t len, const bool opening,
			      __m512i x[2])
{
	UNROLL
	for (int i = 0; i < 2; i++) {
		const __mmask64 mask = first_bytes(beyond(len, (size_t)i * 64));
		__m512i in = _mm512_maskz_loadu_epi8(mask, text + 64 * i);
		__m512i out = _mm512_maskz_xor_epi64(0xff, in, stream[i]);

		_mm512_mask_storeu_epi8(text + 64 * i, mask, out);
		x[i] = reverse(opening ? in : _mm512_maskz_mov_epi8(mask, out));
	}
}

/* Eight blocks, of which the last may be short. */
TARGET INLINE void eight_blocks(struct wide *w, uint8_t *text, size_t len, const bool opening)
{
	__m512i stream[2] = { w->counters, count_on(w->counters, LANES) };
	struct product sum;
	__m512i x[2];

	aes_key_stream(stream, 2, &w->keys);
	w->counters = count_on(w->counters, 2 * LANES);
	crypt_part(stream, text, len, opening, x);
	x[0] = _mm512_xor_si512(x[0], _mm512_zextsi128_si512(w->y));
	sum = multiply(x[0], w->powers[2]);
	add_product(&sum, x[1], w->powers[3]);
	w->y = reduce(&sum);
}

/* H^(n+1) ... H^1 for n up to 7; what comes after them is to be multiplied with zeros. */
TARGET INLINE void powers_from(const struct wide *w, unsigned int n, __m512i powers[2])
{
	const __m512i first = _mm512_set1_epi64(2 * (7 - (long long)n));
	const __m512i at = _mm512_add_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), first);

	powers[0] = _mm512_permutex2var_epi64(w->powers[2], at, w->powers[3]);
	powers[1] = _mm512_permutexvar_epi64(at, w->powers[3]);
}

/*
 * The last n blocks, up to seven, and the lengths: with H^(n+1) ... H^2 and H. `first` holds the
 * nonce with a count of 1, whose encryption covers the hash; it goes along in the last lane.
 */
TARGET INLINE __m128i last_blocks(struct wide *w, uint8_t *text, size_t len, __m512i first,
				  __m128i lengths, const bool opening)
{
	const unsigned int n = (unsigned int)((len + 15) / 16);
	const unsigned int lengths_at = 3u << 2 * n; /* words of 64 bits */
	const __m512i lengths_lanes = _mm512_broadcast_i32x4(lengths);
	__m512i stream[2] = { w->counters, count_on(w->counters, LANES) };
	__m512i powers[2];
	struct product sum;
	__m512i x[2];

	powers_from(w, n, powers);
	stream[1] = _mm512_mask_broadcast_i32x4(stream[1], 0xf000, _mm512_castsi512_si128(first));
	aes_key_stream(stream, 2, &w->keys);
	crypt_part(stream, text, len, opening, x);
	x[0] = _mm512_mask_mov_epi64(x[0], (__mmask8)lengths_at, lengths_lanes);
	x[1] = _mm512_mask_mov_epi64(x[1], (__mmask8)(lengths_at >> 8), lengths_lanes);
	x[0] = _mm512_xor_si512(x[0], _mm512_zextsi128_si512(w->y));
	sum = multiply(x[0], powers[0]);
	add_product(&sum, x[1], powers[1]);
	return _mm_xor_si128(ghash_reverse(reduce(&sum)), _mm512_extracti32x4_epi32(stream[1], 3));
}

TARGET INLINE void crypt(const struct gcm *g, const uint8_t *nonce, struct span aad,
			 const struct gcm_text *text, uint8_t *tag, const bool opening)
{
	const __m512i first = first_counters(nonce, 1);
	const __m128i lengths =
		_mm_set_epi64x((long long)(aad.len * 8), (long long)(text->len * 8));
	struct wide w;
	size_t at;

	load_keys(&w.keys, g);
	load_powers(g, w.powers);
	w.counters = count_on(first, 1);
	w.y = ghash_aad(block_load(g->powers[GCM_POWERS - 1]), aad.data, aad.len);
	at = wide_crypt(&w, text, opening);
	while (text->len - at > LAST_BYTES) {
		size_t n = text->len - at < 128 ? text->len - at : 128;

		eight_blocks(&w, text->to + at, n, opening);
		at += n;
	}
	block_store(tag, last_blocks(&w, text->to + at, text->len - at, first, lengths, opening));
}

#define GCM_OPS gcm_vaes512
#define GCM_OPS_NAME "aes-gcm, vaes 512"
#include "crypto/native/gcm_ops.h"

#endif
