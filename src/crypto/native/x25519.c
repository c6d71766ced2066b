/*
 * X25519 (RFC 7748, section 5): the choice of the kernel, and the clamping of scalars.
 */
#include "crypto/native/x25519.h"

#include <string.h>

#include "base/secret.h"
#include "crypto/native/cpu.h"

void x25519_clamp(uint8_t scalar[X25519_LEN])
{
	scalar[0] &= 248;
	scalar[31] &= 127;
	scalar[31] |= 64;
}

const struct x25519_kernel *x25519_kernel(enum x25519_kernels which)
{
	switch (which) {
	case X25519_PORTABLE:
		return &x25519_portable;
	case X25519_ADX:
#ifdef __x86_64__
		if (cpu_has(CPU_BMI2_ADX))
			return &x25519_adx;
#endif
		return NULL;
	}
	return NULL;
}

static const struct x25519_kernel *best(void)
{
	const struct x25519_kernel *adx = x25519_kernel(X25519_ADX);

	return adx != NULL ? adx : &x25519_portable;
}

void x25519(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN],
	    const uint8_t point[X25519_LEN])
{
	uint8_t clamped[X25519_LEN];

	memcpy(clamped, scalar, X25519_LEN);
	x25519_clamp(clamped);
	best()->ladder(out, clamped, point);
	secret_wipe_bytes(clamped, sizeof(clamped));
}

void x25519_base(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN])
{
	uint8_t clamped[X25519_LEN];

	memcpy(clamped, scalar, X25519_LEN);
	x25519_clamp(clamped);
	best()->comb(out, clamped);
	secret_wipe_bytes(clamped, sizeof(clamped));
}
