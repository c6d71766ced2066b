/*
 * Small parts that the vector kernels share: blocks of 16 bytes in and out of memory.
 *
 * A function that uses an instruction set says so with a target attribute; one that is inlined into
 * another must ask for no more than that one does.
 */
#ifndef CRYPTO_NATIVE_SIMD_H
#define CRYPTO_NATIVE_SIMD_H

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* Before a loop of constant length, so that arrays of vectors become registers. */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

INLINE __m128i block_load(const void *from)
{
	return _mm_loadu_si128((const __m128i *)from);
}

INLINE void block_store(void *to, __m128i block)
{
	_mm_storeu_si128((__m128i *)to, block);
}

INLINE uint64_t load_u64(const uint8_t *from)
{
	uint64_t v;

	memcpy(&v, from, sizeof(v));
	return v;
}

INLINE uint32_t load_u32(const uint8_t *from)
{
	uint32_t v;

	memcpy(&v, from, sizeof(v));
	return v;
}

INLINE void store_u64(uint8_t *to, uint64_t v)
{
	memcpy(to, &v, sizeof(v));
}

INLINE void store_u32(uint8_t *to, uint32_t v)
{
	memcpy(to, &v, sizeof(v));
}

/* Loads 1 to 15 bytes and zeros, reading nothing else: two loads that overlap. */
INLINE __m128i block_load_part(const uint8_t *from, size_t len)
{
	uint64_t low, high = 0;

	if (len > 8) {
		low = load_u64(from);
		high = load_u64(from + len - 8) >> (8 * (16 - len));
	} else if (len >= 4) {
		low = load_u32(from) | (uint64_t)load_u32(from + len - 4) << (8 * (len - 4));
	} else {
		low = from[0] | (uint64_t)from[len / 2] << (8 * (len / 2)) |
		      (uint64_t)from[len - 1] << (8 * (len - 1));
	}
	return _mm_set_epi64x((long long)high, (long long)low);
}

/* Stores the first 1 to 15 bytes, writing nothing else. */
INLINE void block_store_part(uint8_t *to, __m128i block, size_t len)
{
	const uint64_t low = (uint64_t)_mm_cvtsi128_si64(block);
	const uint64_t high = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(block, block));

	if (len > 8) {
		store_u64(to, low);
		store_u64(to + len - 8, low >> (8 * (len - 8)) | high << (8 * (16 - len)));
	} else if (len >= 4) {
		store_u32(to, (uint32_t)low);
		store_u32(to + len - 4, (uint32_t)(low >> (8 * (len - 4))));
	} else {
		to[0] = (uint8_t)low;
		to[len / 2] = (uint8_t)(low >> (8 * (len / 2)));
		to[len - 1] = (uint8_t)(low >> (8 * (len - 1)));
	}
}

/*
 * Overwrites blocks that held a secret; the compiler may not leave it out. Stores one by one:
 * what compilers make of a memset of this size may take longer than a short record.
 */
INLINE void wipe_blocks(void *data, size_t blocks)
{
	uint8_t *at = data;

	UNROLL
	for (size_t i = 0; i < blocks; i++)
		block_store(at + 16 * i, _mm_setzero_si128());
	__asm__ volatile("" : : "r"(data) : "memory");
}

#endif
