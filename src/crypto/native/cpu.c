/*
 * Asks CPUID once and remembers the answer.
 *
 * Bit numbers are those of Intel's manual, volume 2A, CPUID leaves 1 and 7. Two threads that ask
 * for the first time at once find the same answer and store it twice.
 */
#include "crypto/native/cpu.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __x86_64__

#include <cpuid.h>

enum {
	XCR0_AVX = 0x06,    /* xmm, ymm */
	XCR0_AVX512 = 0xe6, /* and the masks, the upper halves, the upper sixteen */
};

static uint64_t cpu_xcr0(void)
{
	uint32_t low, high;

	__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static bool has_bits(uint32_t word, uint32_t bits)
{
	return (word & bits) == bits;
}

static unsigned int cpu_wide_features(uint32_t ecx1)
{
	const uint32_t vaes_vpclmulqdq = 1u << 9 | 1u << 10;
	const uint32_t avx2_bmi2 = 1u << 5 | 1u << 8;
	const uint32_t avx512_f_dq_bw_vl = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
	const uint32_t adx = 1u << 19, bmi = 1u << 3, popcnt = 1u << 23;
	uint32_t eax, ebx, ecx, edx;
	unsigned int found = 0;
	uint64_t xcr0 = has_bits(ecx1, 1u << 27 /* OSXSAVE */) ? cpu_xcr0() : 0;

	if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
		return 0;
	if (has_bits(ebx, 1u << 8 | adx))
		found |= CPU_BMI2_ADX;
	if ((xcr0 & XCR0_AVX) != XCR0_AVX || !has_bits(ebx, avx2_bmi2))
		return found;
	if (has_bits(ebx, bmi) && has_bits(ecx1, popcnt))
		found |= CPU_AVX2;
	if (!has_bits(ecx, vaes_vpclmulqdq))
		return found;
	found |= CPU_VAES_AVX2;
	if ((xcr0 & XCR0_AVX512) == XCR0_AVX512 && has_bits(ebx, avx512_f_dq_bw_vl))
		found |= CPU_VAES_AVX512;
	return found;
}

static unsigned int cpu_ask(void)
{
	const uint32_t pclmulqdq_ssse3_sse41_aes = 1u << 1 | 1u << 9 | 1u << 19 | 1u << 25;
	uint32_t eax, ebx, ecx, edx;
	unsigned int found;

	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx))
		return 0;
	found = cpu_wide_features(ecx);
	if (!has_bits(ecx, pclmulqdq_ssse3_sse41_aes))
		return found & (CPU_BMI2_ADX | CPU_AVX2);
	return found | CPU_AES_CLMUL;
}

#else

static unsigned int cpu_ask(void)
{
	return 0;
}

#endif

bool cpu_has(enum cpu_feature feature)
{
	static atomic_uint known;
	const unsigned int asked = 1u << 31;
	unsigned int found = atomic_load_explicit(&known, memory_order_relaxed);

	if (!(found & asked)) {
		found = cpu_ask() | asked;
		atomic_store_explicit(&known, found, memory_order_relaxed);
	}
	return (found & (unsigned int)feature) != 0;
}
