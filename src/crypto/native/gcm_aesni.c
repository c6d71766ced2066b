/*
 * AES-GCM with AES-NI and PCLMULQDQ: one block a register, eight blocks at a time.
 *
 * While eight blocks go through the rounds of AES, one block before each round is hashed: of the
 * eight blocks before them when sealing, their own when opening. The two do not depend on each
 * other and use different units of the CPU. Products are by Karatsuba, as PCLMULQDQ is the slower
 * of the two units on many CPUs.
 *
 * Counters are kept as integers, bytes reversed like the blocks of GHASH: adding to the lowest 32
 * bits counts, and one shuffle gives the block.
 */
#include "crypto/native/gcm.h"

#ifdef __x86_64__

#include "crypto/native/gcm_last.h"
#include "crypto/native/ghash.h"

#define TARGET __attribute__((target("aes,pclmul,ssse3,sse4.1")))

enum {
	TURN = 8, /* blocks */
	TURN_BYTES = TURN * 16,
};

_Static_assert(GCM_HEAD_UNIT % TURN_BYTES == 0, "a turn reads from one place");
_Static_assert(TURN == (int)LAST_POWERS, "one power for each block of a turn");

struct pass {
	const struct gcm *g;
	__m128i counter;      /* of the next block */
	__m128i y;            /* the hash so far */
	__m128i powers[TURN]; /* H^8 ... H^1; H^4 ... H^1 if the text is short */
};

/* ---- GHASH ---- */

/* Adds a·h to the sum, whose `mid` holds Karatsuba's (a0 + a1)·(h0 + h1) alone. */
TARGET INLINE void add_product(struct ghash_product *sum, __m128i a, __m128i h)
{
	__m128i halves_a = _mm_xor_si128(a, _mm_shuffle_epi32(a, 0x4e));
	__m128i halves_h = _mm_xor_si128(h, _mm_shuffle_epi32(h, 0x4e));

	sum->lo = _mm_xor_si128(sum->lo, _mm_clmulepi64_si128(a, h, 0x00));
	sum->hi = _mm_xor_si128(sum->hi, _mm_clmulepi64_si128(a, h, 0x11));
	sum->mid = _mm_xor_si128(sum->mid, _mm_clmulepi64_si128(halves_a, halves_h, 0x00));
}

TARGET INLINE __m128i reduce(struct ghash_product *sum)
{
	sum->mid = _mm_xor_si128(sum->mid, _mm_xor_si128(sum->lo, sum->hi));
	return ghash_reduce(sum);
}

/* Hashes one of the eight blocks at `text`. */
TARGET INLINE void hash_step(const struct pass *p, struct ghash_product *sum, const uint8_t *text,
			     int i)
{
	__m128i x = ghash_reverse(block_load(text + 16 * i));

	if (i == 0) {
		*sum = (struct ghash_product){ _mm_setzero_si128(), _mm_setzero_si128(),
					       _mm_setzero_si128() };
		x = _mm_xor_si128(x, p->y);
	}
	add_product(sum, x, p->powers[i]);
}

TARGET INLINE void load_powers(struct pass *p, size_t len)
{
	__m128i *high = p->powers, *low = p->powers + TURN - GCM_POWERS;

	for (int i = 0; i < GCM_POWERS; i++)
		low[i] = block_load(p->g->powers[i]);
	if (len <= GCM_SHORT)
		return;
	for (int i = 0; i < GCM_POWERS; i++)
		high[i] = ghash_multiply(low[i], low[0]);
}

TARGET INLINE void hash_turn(struct pass *p, const uint8_t *text)
{
	struct ghash_product sum;

	UNROLL
	for (int i = 0; i < TURN; i++)
		hash_step(p, &sum, text, i);
	p->y = reduce(&sum);
}

/* ---- AES ---- */

TARGET INLINE __m128i round_key(const struct pass *p, unsigned int round)
{
	return block_load(p->g->round_keys[round]);
}

TARGET INLINE void aes_round(__m128i *x, int n, __m128i key)
{
	UNROLL
	for (int i = 0; i < n; i++)
		x[i] = _mm_aesenc_si128(x[i], key);
}

/* The four rounds more that a key of 256 bits has, before the last. */
TARGET INLINE void aes_extra_rounds(const struct pass *p, __m128i *x, int n)
{
	if (p->g->rounds == AES_128_ROUNDS)
		return;
	for (unsigned int r = AES_128_ROUNDS; r < AES_256_ROUNDS; r++)
		aes_round(x, n, round_key(p, r));
}

/* Puts the next n counters, under the first round key, into x. */
TARGET INLINE void aes_start(struct pass *p, __m128i *x, int n)
{
	const __m128i key = round_key(p, 0);

	UNROLL
	for (int i = 0; i < n; i++) {
		x[i] = _mm_xor_si128(ghash_reverse(p->counter), key);
		p->counter = _mm_add_epi32(p->counter, _mm_cvtsi32_si128(1));
	}
}

/* ---- the pass ---- */

/* Encrypts or decrypts eight blocks; meanwhile hashes eight at `hashed`, if that is not NULL. */
TARGET INLINE void crypt_turn(struct pass *p, const uint8_t *from, uint8_t *to,
			      const uint8_t *hashed)
{
	const __m128i last = round_key(p, p->g->rounds);
	struct ghash_product sum;
	__m128i x[TURN];

	aes_start(p, x, TURN);
	UNROLL
	for (int r = 1; r < AES_128_ROUNDS; r++) {
		aes_round(x, TURN, round_key(p, (unsigned int)r));
		if (hashed != NULL && r <= TURN)
			hash_step(p, &sum, hashed, r - 1);
	}
	if (hashed != NULL)
		p->y = reduce(&sum);
	aes_extra_rounds(p, x, TURN);
	UNROLL
	for (int i = 0; i < TURN; i++) {
		x[i] = _mm_aesenclast_si128(x[i], last);
		block_store(to + 16 * i, _mm_xor_si128(x[i], block_load(from + 16 * i)));
	}
}

/* Takes all whole turns of the text; returns how many bytes that were. */
TARGET INLINE size_t crypt_turns(struct pass *p, const struct gcm_text *text, const bool opening)
{
	const uint8_t *from = text->head > 0 ? text->from : text->to;
	const size_t end = text->len - text->len % TURN_BYTES;
	size_t at = 0;

	if (end == 0)
		return 0;
	if (!opening) {
		crypt_turn(p, from, text->to, NULL);
		at = TURN_BYTES;
	}
	for (; at < end; at += TURN_BYTES) {
		if (at >= text->head)
			from = text->to;
		crypt_turn(p, from + at, text->to + at,
			   opening ? from + at : text->to + at - TURN_BYTES);
	}
	if (!opening)
		hash_turn(p, text->to + end - TURN_BYTES);
	return end;
}

/* The key stream of the last blocks, and before it that of the tag. */
TARGET INLINE void last_stream(struct pass *p, __m128i first, __m128i stream[LAST_STREAM])
{
	const __m128i last = round_key(p, p->g->rounds);

	stream[0] = _mm_xor_si128(ghash_reverse(first), round_key(p, 0));
	aes_start(p, stream + 1, LAST_STREAM - 1);
	UNROLL
	for (unsigned int r = 1; r < AES_128_ROUNDS; r++)
		aes_round(stream, LAST_STREAM, round_key(p, r));
	aes_extra_rounds(p, stream, LAST_STREAM);
	UNROLL
	for (int i = 0; i < LAST_STREAM; i++)
		stream[i] = _mm_aesenclast_si128(stream[i], last);
}

/* The counter of block 1: the nonce and a count of 1, as an integer. */
TARGET INLINE __m128i first_counter(const uint8_t *nonce)
{
	__m128i block = _mm_insert_epi32(_mm_loadl_epi64((const __m128i *)nonce),
					 (int)load_u32(nonce + 8), 2);

	return _mm_add_epi32(ghash_reverse(block), _mm_cvtsi32_si128(1));
}

TARGET INLINE void crypt(const struct gcm *g, const uint8_t *nonce, struct span aad,
			 const struct gcm_text *text, uint8_t *tag, const bool opening)
{
	const __m128i first = first_counter(nonce);
	struct pass p;
	__m128i stream[LAST_STREAM];
	struct gcm_last last = { .powers = p.powers, .stream = stream, .opening = opening };
	size_t at;

	p.g = g;
	p.counter = _mm_add_epi32(first, _mm_cvtsi32_si128(1));
	load_powers(&p, text->len);
	p.y = ghash_aad(p.powers[TURN - 1], aad.data, aad.len);
	at = crypt_turns(&p, text, opening);
	last_stream(&p, first, stream);
	last.y = p.y;
	last.lengths = _mm_set_epi64x((long long)(aad.len * 8), (long long)(text->len * 8));
	block_store(tag, last_blocks(&last, text->to + at, text->len - at));
	wipe_blocks(stream, sizeof(stream) / 16);
	wipe_blocks(p.powers, sizeof(p.powers) / 16);
}

#define GCM_OPS gcm_aesni
#define GCM_OPS_NAME "aes-gcm, aes-ni"
#include "crypto/native/gcm_ops.h"

#endif
