/*
 * The field of integers modulo p = 2^255 - 19, for X25519: four limbs of 64 bits, for CPUs with
 * MULX, ADCX and ADOX (cpu.h). It has the functions of fe51.h.
 *
 * An element is any number below 2^256, modulo 2p = 2^256 - 38: what is carried out of the top
 * comes in again at the bottom, times 38. Where that carries out of the top once more, what is left
 * is below 38, so that the 38 it gives cannot carry a third time.
 *
 * Assembly, because compilers do not keep two chains of carries apart: in a row of products the low
 * halves are added through CF (ADCX) and the high halves through OF (ADOX).
 *
 * No branch and no address depends on a value.
 */
#ifndef CRYPTO_NATIVE_FE64_H
#define CRYPTO_NATIVE_FE64_H

#include <stdint.h>
#include <string.h>

#define FE_INLINE static inline __attribute__((always_inline))
#define FE_UNROLL

enum { FE_LIMBS = 4 };

struct fe {
	uint64_t v[FE_LIMBS];
};

FE_INLINE struct fe fe_load_words(const uint64_t w[4])
{
	return (struct fe){ { w[0], w[1], w[2], w[3] & ~(UINT64_C(1) << 63) } };
}

FE_INLINE struct fe fe_add(struct fe a, struct fe b)
{
	uint64_t carry;

	__asm__("addq %[b0], %[a0]\n\t"
		"adcq %[b1], %[a1]\n\t"
		"adcq %[b2], %[a2]\n\t"
		"adcq %[b3], %[a3]\n\t"
		"sbbq %[carry], %[carry]\n\t"
		"andl $38, %k[carry]\n\t"
		"addq %[carry], %[a0]\n\t"
		"adcq $0, %[a1]\n\t"
		"adcq $0, %[a2]\n\t"
		"adcq $0, %[a3]\n\t"
		"sbbq %[carry], %[carry]\n\t"
		"andl $38, %k[carry]\n\t"
		"addq %[carry], %[a0]"
		: [a0] "+&r"(a.v[0]), [a1] "+&r"(a.v[1]), [a2] "+&r"(a.v[2]), [a3] "+&r"(a.v[3]),
		  [carry] "=&r"(carry)
		: [b0] "rm"(b.v[0]), [b1] "rm"(b.v[1]), [b2] "rm"(b.v[2]), [b3] "rm"(b.v[3])
		: "cc");
	return a;
}

FE_INLINE struct fe fe_sub(struct fe a, struct fe b)
{
	uint64_t borrow;

	__asm__("subq %[b0], %[a0]\n\t"
		"sbbq %[b1], %[a1]\n\t"
		"sbbq %[b2], %[a2]\n\t"
		"sbbq %[b3], %[a3]\n\t"
		"sbbq %[borrow], %[borrow]\n\t"
		"andl $38, %k[borrow]\n\t"
		"subq %[borrow], %[a0]\n\t"
		"sbbq $0, %[a1]\n\t"
		"sbbq $0, %[a2]\n\t"
		"sbbq $0, %[a3]\n\t"
		"sbbq %[borrow], %[borrow]\n\t"
		"andl $38, %k[borrow]\n\t"
		"subq %[borrow], %[a0]"
		: [a0] "+&r"(a.v[0]), [a1] "+&r"(a.v[1]), [a2] "+&r"(a.v[2]), [a3] "+&r"(a.v[3]),
		  [borrow] "=&r"(borrow)
		: [b0] "rm"(b.v[0]), [b1] "rm"(b.v[1]), [b2] "rm"(b.v[2]), [b3] "rm"(b.v[3])
		: "cc");
	return a;
}

/* The product in r8 ... r15, modulo 2p, to r8 ... r11. rax, rcx and rdx are used up. */
#define FE_REDUCE                                                                                  \
	"movl $38, %%edx\n\t"                                                                      \
	"xorl %%eax, %%eax\n\t"                                                                    \
	"mulxq %%r12, %%rax, %%rcx\n\t"                                                            \
	"adcxq %%rax, %%r8\n\t"                                                                    \
	"adoxq %%rcx, %%r9\n\t"                                                                    \
	"mulxq %%r13, %%rax, %%rcx\n\t"                                                            \
	"adcxq %%rax, %%r9\n\t"                                                                    \
	"adoxq %%rcx, %%r10\n\t"                                                                   \
	"mulxq %%r14, %%rax, %%rcx\n\t"                                                            \
	"adcxq %%rax, %%r10\n\t"                                                                   \
	"adoxq %%rcx, %%r11\n\t"                                                                   \
	"mulxq %%r15, %%rax, %%r12\n\t"                                                            \
	"movl $0, %%ecx\n\t"                                                                       \
	"adcxq %%rax, %%r11\n\t"                                                                   \
	"adoxq %%rcx, %%r12\n\t"                                                                   \
	"adcxq %%rcx, %%r12\n\t"                                                                   \
	"imulq $38, %%r12, %%r12\n\t"                                                              \
	"addq %%r12, %%r8\n\t"                                                                     \
	"adcq $0, %%r9\n\t"                                                                        \
	"adcq $0, %%r10\n\t"                                                                       \
	"adcq $0, %%r11\n\t"                                                                       \
	"sbbq %%rax, %%rax\n\t"                                                                    \
	"andl $38, %%eax\n\t"                                                                      \
	"addq %%rax, %%r8\n\t"

/* Adds a0 ... a3 times rdx to the five registers from r0 on; `top` gets its first value. */
#define FE_ROW(r0, r1, r2, r3, top)                                                                \
	"xorl %%eax, %%eax\n\t"                                                                    \
	"mulxq 0(%[a]), %%rax, %%rcx\n\t"                                                          \
	"adcxq %%rax, %%" r0 "\n\t"                                                                \
	"adoxq %%rcx, %%" r1 "\n\t"                                                                \
	"mulxq 8(%[a]), %%rax, %%rcx\n\t"                                                          \
	"adcxq %%rax, %%" r1 "\n\t"                                                                \
	"adoxq %%rcx, %%" r2 "\n\t"                                                                \
	"mulxq 16(%[a]), %%rax, %%rcx\n\t"                                                         \
	"adcxq %%rax, %%" r2 "\n\t"                                                                \
	"adoxq %%rcx, %%" r3 "\n\t"                                                                \
	"mulxq 24(%[a]), %%rax, %%" top "\n\t"                                                     \
	"movl $0, %%ecx\n\t"                                                                       \
	"adcxq %%rax, %%" r3 "\n\t"                                                                \
	"adoxq %%rcx, %%" top "\n\t"                                                               \
	"adcxq %%rcx, %%" top "\n\t"

#define FE_STORE                                                                                   \
	"movq %%r8, 0(%[out])\n\t"                                                                 \
	"movq %%r9, 8(%[out])\n\t"                                                                 \
	"movq %%r10, 16(%[out])\n\t"                                                               \
	"movq %%r11, 24(%[out])\n\t"

#define FE_CLOBBERS "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc"

FE_INLINE void fe_mul(struct fe *out, const struct fe *a, const struct fe *b)
{
	__asm__("movq 0(%[b]), %%rdx\n\t"
		"mulxq 0(%[a]), %%r8, %%r9\n\t"
		"mulxq 8(%[a]), %%rax, %%r10\n\t"
		"addq %%rax, %%r9\n\t"
		"mulxq 16(%[a]), %%rax, %%r11\n\t"
		"adcq %%rax, %%r10\n\t"
		"mulxq 24(%[a]), %%rax, %%r12\n\t"
		"adcq %%rax, %%r11\n\t"
		"adcq $0, %%r12\n\t"
		"movq 8(%[b]), %%rdx\n\t" FE_ROW("r9", "r10", "r11", "r12", "r13") "movq 16(%[b]), %%rdx\n\t" FE_ROW(
			"r10", "r11", "r12", "r13",
			"r14") "movq 24(%[b]), %%rdx\n\t" FE_ROW("r11", "r12", "r13", "r14", "r15")
			FE_REDUCE FE_STORE
		: "=m"(*out)
		: [a] "r"(a), [b] "r"(b), [out] "r"(out), "m"(*a), "m"(*b)
		: FE_CLOBBERS);
}

/* The products of different limbs, doubled, and then the squares. */
FE_INLINE void fe_square(struct fe *out, const struct fe *a)
{
	__asm__("movq 0(%[a]), %%rdx\n\t"
		"mulxq 8(%[a]), %%r9, %%r10\n\t"
		"mulxq 16(%[a]), %%rax, %%r11\n\t"
		"addq %%rax, %%r10\n\t"
		"mulxq 24(%[a]), %%rax, %%r12\n\t"
		"adcq %%rax, %%r11\n\t"
		"adcq $0, %%r12\n\t"
		"movq 8(%[a]), %%rdx\n\t"
		"xorl %%r14d, %%r14d\n\t"
		"mulxq 16(%[a]), %%rax, %%rcx\n\t"
		"adcxq %%rax, %%r11\n\t"
		"adoxq %%rcx, %%r12\n\t"
		"mulxq 24(%[a]), %%rax, %%r13\n\t"
		"adcxq %%rax, %%r12\n\t"
		"adoxq %%r14, %%r13\n\t"
		"adcxq %%r14, %%r13\n\t"
		"movq 16(%[a]), %%rdx\n\t"
		"mulxq 24(%[a]), %%rax, %%r14\n\t"
		"addq %%rax, %%r13\n\t"
		"adcq $0, %%r14\n\t"
		"xorl %%r15d, %%r15d\n\t"
		"movq 0(%[a]), %%rdx\n\t"
		"mulxq %%rdx, %%r8, %%rcx\n\t"
		"adcxq %%r9, %%r9\n\t"
		"adoxq %%rcx, %%r9\n\t"
		"movq 8(%[a]), %%rdx\n\t"
		"mulxq %%rdx, %%rax, %%rcx\n\t"
		"adcxq %%r10, %%r10\n\t"
		"adoxq %%rax, %%r10\n\t"
		"adcxq %%r11, %%r11\n\t"
		"adoxq %%rcx, %%r11\n\t"
		"movq 16(%[a]), %%rdx\n\t"
		"mulxq %%rdx, %%rax, %%rcx\n\t"
		"adcxq %%r12, %%r12\n\t"
		"adoxq %%rax, %%r12\n\t"
		"adcxq %%r13, %%r13\n\t"
		"adoxq %%rcx, %%r13\n\t"
		"movq 24(%[a]), %%rdx\n\t"
		"mulxq %%rdx, %%rax, %%rcx\n\t"
		"adcxq %%r14, %%r14\n\t"
		"adoxq %%rax, %%r14\n\t"
		"adcxq %%r15, %%r15\n\t"
		"adoxq %%rcx, %%r15\n\t" FE_REDUCE FE_STORE
		: "=m"(*out)
		: [a] "r"(a), [out] "r"(out), "m"(*a)
		: FE_CLOBBERS);
}

/* Times a small constant, below 2^20. */
FE_INLINE struct fe fe_mul_small(const struct fe *a, uint64_t k)
{
	struct fe out;
	uint64_t high;

	__asm__("mulxq 0(%[a]), %[r0], %[r1]\n\t"
		"mulxq 8(%[a]), %%rax, %[r2]\n\t"
		"addq %%rax, %[r1]\n\t"
		"mulxq 16(%[a]), %%rax, %[r3]\n\t"
		"adcq %%rax, %[r2]\n\t"
		"mulxq 24(%[a]), %%rax, %[high]\n\t"
		"adcq %%rax, %[r3]\n\t"
		"adcq $0, %[high]\n\t"
		"imulq $38, %[high], %[high]\n\t"
		"addq %[high], %[r0]\n\t"
		"adcq $0, %[r1]\n\t"
		"adcq $0, %[r2]\n\t"
		"adcq $0, %[r3]\n\t"
		"sbbq %%rax, %%rax\n\t"
		"andl $38, %%eax\n\t"
		"addq %%rax, %[r0]"
		: [r0] "=&r"(out.v[0]), [r1] "=&r"(out.v[1]), [r2] "=&r"(out.v[2]),
		  [r3] "=&r"(out.v[3]), [high] "=&r"(high)
		: [a] "r"(a), "m"(*a), "d"(k)
		: "rax", "cc");
	return out;
}

/* x + bottom, for x below 2^255 and bottom up to 19: bit 255 of it, and with that cleared. */
FE_INLINE uint64_t fe_add_bottom(struct fe *x, uint64_t bottom)
{
	uint64_t top;

	for (int i = 0; i < FE_LIMBS; i++) {
		x->v[i] += bottom;
		bottom = (uint64_t)(x->v[i] < bottom);
	}
	top = x->v[3] >> 63;
	x->v[3] &= ~(UINT64_C(1) << 63);
	return top;
}

/* The one number below p, in words. Bit 255 counts 19, twice over; then p is taken off if it can. */
FE_INLINE void fe_store_words(uint64_t w[4], struct fe x)
{
	struct fe trial;
	uint64_t top = fe_add_bottom(&x, 0);

	top = fe_add_bottom(&x, top * 19);
	fe_add_bottom(&x, top * 19);
	trial = x;
	top = fe_add_bottom(&trial, 19);
	fe_add_bottom(&x, top * 19);
	memcpy(w, x.v, sizeof(x.v));
}

#endif
