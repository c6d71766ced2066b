/*
 * AES-GCM with VAES and VPCLMULQDQ on 256 bits: two blocks a register, eight blocks at a time.
 *
 * While eight blocks go through the rounds of AES, the eight blocks before them (when sealing) or
 * their own (when opening) are hashed: the two do not depend on each other and use different units
 * of the CPU. Round keys and powers are read from memory at each use: there are sixteen registers.
 * Products are by Karatsuba, as in gcm_aesni.c, and the last blocks are shared with it too.
 *
 * Counters are kept as integers, bytes reversed like the blocks of GHASH: adding to the lowest 32
 * bits of a lane counts, and one shuffle gives the block.
 */
#include "crypto/native/gcm.h"

#ifdef __x86_64__

#include "crypto/native/gcm_last.h"
#include "crypto/native/ghash.h"

#define TARGET __attribute__((target("aes,pclmul,ssse3,sse4.1,avx2,bmi2,vaes,vpclmulqdq")))

enum {
	LANES = 2,
	TURN = 4, /* registers of text */
	TURN_BYTES = TURN * 32,
	LAST = (LAST_STREAM + LANES - 1) / LANES,
};

_Static_assert(GCM_HEAD_UNIT % TURN_BYTES == 0, "a turn reads from one place");
_Static_assert((int)LAST_POWERS == TURN * LANES, "one power for each block of a turn");

struct pass {
	const struct gcm *g;
	__m256i counters;     /* of the next two blocks */
	__m128i y;            /* the hash so far */
	__m256i powers[TURN]; /* H^8 ... H^1; H^4 ... H^1 if the text is short */
};

struct product {
	__m256i lo, mid, hi;
};

TARGET INLINE __m256i load(const void *from)
{
	return _mm256_loadu_si256((const __m256i *)from);
}

TARGET INLINE __m256i all_lanes(const void *from)
{
	return _mm256_broadcastsi128_si256(block_load(from));
}

/* Reverses the bytes of each lane. */
TARGET INLINE __m256i reverse(__m256i x)
{
	const __m128i order = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

	return _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(order));
}

/* ---- GHASH, two blocks at a time (ghash.h) ---- */

TARGET INLINE __m256i add_halves(__m256i x)
{
	return _mm256_xor_si256(x, _mm256_shuffle_epi32(x, 0x4e));
}

/* Adds a·h to the sum, whose `mid` holds Karatsuba's (a0 + a1)·(h0 + h1) alone. */
TARGET INLINE void add_product(struct product *sum, __m256i a, __m256i h)
{
	sum->lo = _mm256_xor_si256(sum->lo, _mm256_clmulepi64_epi128(a, h, 0x00));
	sum->hi = _mm256_xor_si256(sum->hi, _mm256_clmulepi64_epi128(a, h, 0x11));
	sum->mid = _mm256_xor_si256(sum->mid,
				    _mm256_clmulepi64_epi128(add_halves(a), add_halves(h), 0x00));
}

TARGET INLINE __m256i fold(__m256i low, __m256i high)
{
	const __m256i c = _mm256_set1_epi64x((long long)0xc200000000000000);

	high = _mm256_xor_si256(high, _mm256_shuffle_epi32(low, 0x4e));
	return _mm256_xor_si256(high, _mm256_clmulepi64_epi128(low, c, 0x00));
}

TARGET INLINE __m256i reduce_lanes(const struct product *sum)
{
	__m256i mid = _mm256_xor_si256(sum->mid, _mm256_xor_si256(sum->lo, sum->hi));

	return fold(fold(sum->lo, mid), sum->hi);
}

/* The sum of both lanes. */
TARGET INLINE __m128i reduce(const struct product *sum)
{
	__m256i y = reduce_lanes(sum);

	return _mm_xor_si128(_mm256_castsi256_si128(y), _mm256_extracti128_si256(y, 1));
}

/* Hashes one register of the eight blocks at `text`. */
TARGET INLINE void hash_step(const struct pass *p, struct product *sum, const uint8_t *text, int i)
{
	__m256i x = reverse(load(text + 32 * i));

	if (i == 0) {
		*sum = (struct product){ _mm256_setzero_si256(), _mm256_setzero_si256(),
					 _mm256_setzero_si256() };
		x = _mm256_xor_si256(x, _mm256_zextsi128_si256(p->y));
	}
	add_product(sum, x, p->powers[i]);
}

TARGET INLINE void load_powers(struct pass *p, size_t len)
{
	const __m256i fourth = all_lanes(p->g->powers[0]);

	p->powers[2] = load(p->g->powers[0]);
	p->powers[3] = load(p->g->powers[LANES]);
	if (len <= GCM_SHORT)
		return;
	for (int i = 0; i < 2; i++) {
		struct product product = { _mm256_setzero_si256(), _mm256_setzero_si256(),
					   _mm256_setzero_si256() };

		add_product(&product, p->powers[2 + i], fourth);
		p->powers[i] = reduce_lanes(&product);
	}
}

TARGET INLINE void hash_turn(struct pass *p, const uint8_t *text)
{
	struct product sum;

	UNROLL
	for (int i = 0; i < TURN; i++)
		hash_step(p, &sum, text, i);
	p->y = reduce(&sum);
}

/* ---- AES ---- */

TARGET INLINE __m256i round_key(const struct pass *p, unsigned int round)
{
	return all_lanes(p->g->round_keys[round]);
}

TARGET INLINE void aes_round(__m256i *x, int n, __m256i key)
{
	UNROLL
	for (int i = 0; i < n; i++)
		x[i] = _mm256_aesenc_epi128(x[i], key);
}

/* The four rounds more that a key of 256 bits has, before the last. */
TARGET INLINE void aes_extra_rounds(const struct pass *p, __m256i *x, int n)
{
	if (p->g->rounds == AES_128_ROUNDS)
		return;
	for (unsigned int r = AES_128_ROUNDS; r < AES_256_ROUNDS; r++)
		aes_round(x, n, round_key(p, r));
}

/* Puts the next counters, under the first round key, into n registers. */
TARGET INLINE void aes_start(struct pass *p, __m256i *x, int n)
{
	const __m256i two = _mm256_broadcastsi128_si256(_mm_cvtsi32_si128(LANES));
	const __m256i key = round_key(p, 0);

	UNROLL
	for (int i = 0; i < n; i++) {
		x[i] = _mm256_xor_si256(reverse(p->counters), key);
		p->counters = _mm256_add_epi32(p->counters, two);
	}
}

/* ---- the pass ---- */

/* Encrypts or decrypts eight blocks; meanwhile hashes eight at `hashed`, if that is not NULL. */
TARGET INLINE void crypt_turn(struct pass *p, const uint8_t *from, uint8_t *to,
			      const uint8_t *hashed)
{
	const __m256i last = round_key(p, p->g->rounds);
	struct product sum;
	__m256i x[TURN];

	aes_start(p, x, TURN);
	UNROLL
	for (int r = 1; r < AES_128_ROUNDS; r++) {
		aes_round(x, TURN, round_key(p, (unsigned int)r));
		if (hashed != NULL && r % 2 == 1 && r / 2 < TURN)
			hash_step(p, &sum, hashed, r / 2);
	}
	if (hashed != NULL)
		p->y = reduce(&sum);
	aes_extra_rounds(p, x, TURN);
	UNROLL
	for (int i = 0; i < TURN; i++) {
		x[i] = _mm256_aesenclast_epi128(x[i], last);
		_mm256_storeu_si256((__m256i *)(to + 32 * i),
				    _mm256_xor_si256(x[i], load(from + 32 * i)));
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

/* The key stream of the last blocks, and before it that of block 1, which covers the tag. */
TARGET INLINE void last_stream(struct pass *p, __m256i first, __m256i stream[LAST])
{
	const __m256i one = _mm256_broadcastsi128_si256(_mm_cvtsi32_si128(1));
	const __m256i last = round_key(p, p->g->rounds);
	__m256i both = _mm256_inserti128_si256(first, _mm256_castsi256_si128(p->counters), 1);

	stream[0] = _mm256_xor_si256(reverse(both), round_key(p, 0));
	p->counters = _mm256_add_epi32(p->counters, one);
	aes_start(p, stream + 1, LAST - 1);
	UNROLL
	for (unsigned int r = 1; r < AES_128_ROUNDS; r++)
		aes_round(stream, LAST, round_key(p, r));
	aes_extra_rounds(p, stream, LAST);
	UNROLL
	for (int i = 0; i < LAST; i++)
		stream[i] = _mm256_aesenclast_epi128(stream[i], last);
}

/* The counters of blocks 1 and 2: the nonce and a count, as integers. */
TARGET INLINE __m256i first_counters(const uint8_t *nonce)
{
	__m128i block = _mm_insert_epi32(_mm_loadl_epi64((const __m128i *)nonce),
					 (int)load_u32(nonce + 8), 2);

	return _mm256_add_epi32(_mm256_broadcastsi128_si256(ghash_reverse(block)),
				_mm256_set_epi32(0, 0, 0, 2, 0, 0, 0, 1));
}

TARGET INLINE void crypt(const struct gcm *g, const uint8_t *nonce, struct span aad,
			 const struct gcm_text *text, uint8_t *tag, const bool opening)
{
	const __m256i one = _mm256_broadcastsi128_si256(_mm_cvtsi32_si128(1));
	const __m256i first = first_counters(nonce);
	struct pass p;
	__m256i stream[LAST];
	struct gcm_last last = { .powers = (__m128i *)p.powers,
				 .stream = (__m128i *)stream,
				 .opening = opening };
	size_t at;

	p.g = g;
	p.counters = _mm256_add_epi32(first, one);
	load_powers(&p, text->len);
	p.y = ghash_aad(block_load(g->powers[GCM_POWERS - 1]), aad.data, aad.len);
	at = crypt_turns(&p, text, opening);
	last_stream(&p, first, stream);
	last.y = p.y;
	last.lengths = _mm_set_epi64x((long long)(aad.len * 8), (long long)(text->len * 8));
	block_store(tag, last_blocks(&last, text->to + at, text->len - at));
	wipe_blocks(stream, sizeof(stream) / 16);
	wipe_blocks(p.powers, sizeof(p.powers) / 16);
}

#define GCM_OPS gcm_vaes256
#define GCM_OPS_NAME "aes-gcm, vaes 256"
#include "crypto/native/gcm_ops.h"

#endif
