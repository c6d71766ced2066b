/*
 * ML-KEM (FIPS 203): ML-KEM-768 and ML-KEM-1024, keys and ciphertexts as the standard encodes them.
 *
 * The functions are deterministic: random bytes are handed in.
 */
#ifndef CRYPTO_NATIVE_MLKEM_H
#define CRYPTO_NATIVE_MLKEM_H

#include "base/span.h"
#include "crypto/native/keccak.h"

enum {
	MLKEM_SEED_LEN = 64,   /* d and z of key generation */
	MLKEM_RANDOM_LEN = 32, /* m of encapsulation */
	MLKEM_SHARED_LEN = 32,
	MLKEM_EK_MAX = 1568,
	MLKEM_DK_MAX = 3168,
	MLKEM_CT_MAX = 1568,
};

/* A parameter set (FIPS 203, 8). eta1 and eta2 are 2 in both. */
struct mlkem {
	const char *name;
	uint8_t k, du, dv;
	size_t ek_len, dk_len, ct_len;
};

extern const struct mlkem mlkem_768;
extern const struct mlkem mlkem_1024;

struct mlkem_kernel;

/* Algorithm 16. dk is dk_len bytes, and holds the encapsulation key too. */
void mlkem_keygen(const struct mlkem_kernel *kernel, const struct mlkem *set,
		  const uint8_t seed[MLKEM_SEED_LEN], uint8_t *dk);
const uint8_t *mlkem_ek(const struct mlkem *set, const uint8_t *dk);

/*
 * Algorithm 20 with 17: ct is ct_len bytes. False if ek, which is ek_len bytes, holds a coefficient
 * that is not below q (7.2); ct and shared are then not written.
 */
bool mlkem_encaps(const struct mlkem_kernel *kernel, const struct mlkem *set, const uint8_t *ek,
		  const uint8_t random[MLKEM_RANDOM_LEN], uint8_t *ct,
		  uint8_t shared[MLKEM_SHARED_LEN]);

/* Algorithm 18: any ct_len bytes have a shared secret; that of a forgery says nothing. */
void mlkem_decaps(const struct mlkem_kernel *kernel, const struct mlkem *set, const uint8_t *dk,
		  const uint8_t *ct, uint8_t shared[MLKEM_SHARED_LEN]);

/* 7.3: whether a decapsulation key from outside holds the hash of its encapsulation key. */
bool mlkem_check_dk(const struct mlkem_kernel *kernel, const struct mlkem *set, const uint8_t *dk);

/* ---- the kernels, for tests and benchmarks too ---- */

enum { MLKEM_N = 256, MLKEM_Q = 3329, MLKEM_K_MAX = 4 };

/* Between two calls, coefficients are in 0 ... q - 1. */
struct poly {
	_Alignas(32) int16_t c[MLKEM_N];
};

/*
 * A polynomial of the NTT domain as the second factor of inner: (b0, b1) of each pair as
 * (b0, g b1) and as (b1, b0), where g is the pair's power of the root; in Montgomery form.
 */
struct factor {
	_Alignas(32) int16_t straight[MLKEM_N];
	_Alignas(32) int16_t crossed[MLKEM_N];
};

struct mlkem_kernel {
	const char *name;
	const struct keccak_kernel *keccak;
	/* Algorithms 9 and 10, in place. */
	void (*ntt)(struct poly *p);
	void (*inverse_ntt)(struct poly *p);
	void (*prepare)(struct factor *f, const struct poly *p);
	/* The sum of k products, by Algorithms 11 and 12. */
	void (*inner)(struct poly *out, const struct poly *a, const struct factor *b, size_t k);
	void (*add)(struct poly *a, const struct poly *b);
	void (*subtract)(struct poly *a, const struct poly *b);
	/*
	 * The loop of Algorithm 7: takes what is below q of a multiple of three bytes, until there
	 * are 256 coefficients; returns how many there are now.
	 */
	size_t (*sample)(struct poly *p, size_t have, const uint8_t *bytes, size_t len);
	/* Algorithm 8, with eta = 2. */
	void (*noise)(struct poly *p, const uint8_t bytes[MLKEM_N / 2]);
	/* Algorithm 5 with Compress (4.7), and 6 with Decompress: d is 1, 4, 5, 10 or 11. */
	void (*compress)(const struct poly *p, unsigned int d, uint8_t *out);
	void (*decompress)(struct poly *p, unsigned int d, const uint8_t *in);
	/* Algorithms 5 and 6 with d = 12. Decoding reduces, and is false if there was need to. */
	void (*encode)(const struct poly *p, uint8_t out[MLKEM_N * 12 / 8]);
	bool (*decode)(struct poly *p, const uint8_t in[MLKEM_N * 12 / 8]);
};

enum mlkem_kernels {
	MLKEM_PORTABLE, /* C */
	MLKEM_AVX2,
};

/* NULL where this CPU cannot run it. */
const struct mlkem_kernel *mlkem_kernel(enum mlkem_kernels which);
/* The fastest that it can. */
const struct mlkem_kernel *mlkem_best(void);

extern const struct mlkem_kernel mlkem_portable;
extern const struct mlkem_kernel mlkem_avx2;

/* 17^BitRev7(i), times 2^16, between -q/2 and q/2 (Appendix A of FIPS 203). */
extern const int16_t mlkem_zetas[MLKEM_N / 2];

enum {
	MLKEM_Q_INVERSE = -3327,    /* of q, modulo 2^16 */
	MLKEM_MONTGOMERY_2 = 1353,  /* 2^32 mod q */
	MLKEM_INVERSE_128 = 512,    /* 2^16 / 128 mod q */
	MLKEM_COMPRESS = 1290168,   /* 2^32 / q, rounded up */
	MLKEM_COMPRESS_TRIM = 1024, /* about half of what that may be too much, times q */
};

/* ---- mlkem_sample.c ---- */

/* The matrix A from its seed, or its transpose, row by row. */
void mlkem_matrix(const struct mlkem_kernel *kernel, const struct mlkem *set, const uint8_t rho[32],
		  bool transposed, struct poly *a);
/* `count` polynomials of noise from PRF(seed, first), PRF(seed, first + 1), ... */
void mlkem_noise(const struct mlkem_kernel *kernel, const uint8_t seed[32], uint8_t first,
		 size_t count, struct poly *out);

#endif
