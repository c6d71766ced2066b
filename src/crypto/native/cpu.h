/*
 * What this CPU can do, as far as the kernels of native/ ask. A set of wide registers counts only
 * where the operating system saves it (XCR0).
 */
#ifndef CRYPTO_NATIVE_CPU_H
#define CRYPTO_NATIVE_CPU_H

#include <stdbool.h>

enum cpu_feature {
	CPU_AES_CLMUL = 1,   /* AES-NI, PCLMULQDQ, SSSE3, SSE4.1 */
	CPU_VAES_AVX2 = 2,   /* VAES and VPCLMULQDQ on 256 bits, AVX2, BMI2 */
	CPU_VAES_AVX512 = 4, /* the same on 512 bits: AVX-512 F, BW, VL, DQ */
	CPU_BMI2_ADX = 8,    /* MULX, ADCX, ADOX */
	CPU_AVX2 = 16,       /* AVX2, BMI, BMI2, POPCNT */
};

/* True if the CPU has it. Costs one load after the first call; any thread may call it. */
bool cpu_has(enum cpu_feature feature);

#endif
