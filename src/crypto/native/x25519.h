/*
 * X25519 (RFC 7748, section 5): the function itself, and the same for the base point, by a table.
 */
#ifndef CRYPTO_NATIVE_X25519_H
#define CRYPTO_NATIVE_X25519_H

#include <stdint.h>

enum { X25519_LEN = 32 };

/* The scalar is any 32 bytes, and so is the point. The result may be all zeros. */
void x25519(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN],
	    const uint8_t point[X25519_LEN]);
/* x25519 of the base point 9. */
void x25519_base(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN]);

/* ---- the kernels, for tests and benchmarks too ---- */

struct x25519_kernel {
	const char *name;
	/* The scalar has been clamped. */
	void (*ladder)(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN],
		       const uint8_t point[X25519_LEN]);
	void (*comb)(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN]);
};

enum x25519_kernels {
	X25519_PORTABLE, /* C */
	X25519_ADX,      /* MULX, ADCX, ADOX */
};

/* NULL where this CPU cannot run it. */
const struct x25519_kernel *x25519_kernel(enum x25519_kernels which);
/* Clears the cofactor, and sets the highest bit that a scalar has. */
void x25519_clamp(uint8_t scalar[X25519_LEN]);

extern const struct x25519_kernel x25519_portable;
extern const struct x25519_kernel x25519_adx;

/* ---- the table of x25519_table.c ---- */

enum { COMB_ROWS = 16, COMB_ENTRIES = 8 };

/*
 * A point (x, y) of edwards25519 as y + x, y - x, 2dxy: four words each, least significant first.
 * x25519_comb[i][j] is (j + 1) 2^(16i) times the base point.
 */
struct comb_entry {
	uint64_t sum[4], difference[4], product[4];
};

extern const struct comb_entry x25519_comb[COMB_ROWS][COMB_ENTRIES];

#endif
