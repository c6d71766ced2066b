/*
 * Wiping, and comparing without saying where.
 *
 * Invariant: no branch and no address in this file depends on the bytes that are compared. Values
 * pass through a barrier that the compiler cannot see behind, so that it cannot turn the arithmetic
 * back into a branch.
 */
#include "base/secret.h"

#if defined(WARD_CT_VALGRIND) && defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define SECRET_MEMCHECK 1
#endif
#endif

static inline uint32_t barrier(uint32_t v)
{
	__asm__("" : "+r"(v));
	return v;
}

void secret_wipe_bytes(void *data, size_t len)
{
	if (len > 0)
		explicit_bzero(data, len);
}

bool ct_equal(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a;
	const uint8_t *y = b;
	uint32_t difference = 0;

	for (size_t i = 0; i < len; i++)
		difference = barrier(difference | (uint32_t)(x[i] ^ y[i]));
	/* The verdict is public: only where they differ is not. */
	ct_unpoison(&difference, sizeof(difference));
	return difference == 0;
}

uint32_t ct_mask_eq(uint32_t a, uint32_t b)
{
	uint32_t x = barrier(a ^ b);

	/* The top bit of x | -x is set unless x is zero. */
	return barrier((x | (0U - x)) >> 31) - 1U;
}

uint32_t ct_mask_lt(uint32_t a, uint32_t b)
{
	a = barrier(a);
	b = barrier(b);
	/* The borrow of a - b, found from the top bits of both and of the difference. */
	return 0U - barrier((a ^ ((a ^ b) | ((a - b) ^ b))) >> 31);
}

#ifdef SECRET_MEMCHECK

void ct_poison(const void *data, size_t len)
{
	if (len > 0)
		(void)VALGRIND_MAKE_MEM_UNDEFINED(data, len);
}

void ct_unpoison(const void *data, size_t len)
{
	if (len > 0)
		(void)VALGRIND_MAKE_MEM_DEFINED(data, len);
}

#else

void ct_poison(const void *data, size_t len)
{
	(void)data;
	(void)len;
}

void ct_unpoison(const void *data, size_t len)
{
	(void)data;
	(void)len;
}

#endif
