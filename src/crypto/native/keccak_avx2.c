/*
 * Keccak with AVX2: four states at once, a lane of each of them in a register.
 */
#include "crypto/native/keccak.h"

#ifdef __x86_64__

typedef uint64_t lane4 __attribute__((vector_size(32)));

#define LANE lane4
#define FUNCTION static inline __attribute__((always_inline, target("avx2")))

#include "crypto/native/keccak_body.h"

__attribute__((target("avx2"))) static void permute4(uint64_t states[4 * KECCAK_LANES])
{
	lane4 lanes[KECCAK_LANES];

	memcpy(lanes, states, sizeof(lanes));
	keccak_permute(lanes);
	memcpy(states, lanes, sizeof(lanes));
}

const struct keccak_kernel keccak_avx2 = { "keccak, avx2", keccak_permute_bmi2, permute4 };

#endif
