/*
 * ML-KEM (FIPS 203): the scheme of section 5, and the KEM of sections 6 and 7 made of it. Names are
 * the standard's. What is done with polynomials is the kernel's.
 *
 * Invariant: no branch and no address depends on a secret, nor does any time that is taken; whether
 * a ciphertext is a forgery is a secret too. What is secret and local is in a work structure, which
 * is wiped.
 */
#include "crypto/native/mlkem.h"

#include "base/secret.h"
#include "crypto/native/cpu.h"

enum {
	HASH_LEN = 32,
	POLY_LEN = MLKEM_N * 12 / 8, /* of an encoded polynomial */
};

const struct mlkem mlkem_768 = {
	.name = "ML-KEM-768",
	.k = 3,
	.du = 10,
	.dv = 4,
	.ek_len = 1184,
	.dk_len = 2400,
	.ct_len = 1088,
};

const struct mlkem mlkem_1024 = {
	.name = "ML-KEM-1024",
	.k = 4,
	.du = 11,
	.dv = 5,
	.ek_len = 1568,
	.dk_len = 3168,
	.ct_len = 1568,
};

const struct mlkem_kernel *mlkem_kernel(enum mlkem_kernels which)
{
	switch (which) {
	case MLKEM_PORTABLE:
		return &mlkem_portable;
	case MLKEM_AVX2:
#ifdef __x86_64__
		if (cpu_has(CPU_AVX2))
			return &mlkem_avx2;
#endif
		return NULL;
	}
	return NULL;
}

const struct mlkem_kernel *mlkem_best(void)
{
	const struct mlkem_kernel *avx2 = mlkem_kernel(MLKEM_AVX2);

	return avx2 != NULL ? avx2 : &mlkem_portable;
}

/* ---- where things are in a decapsulation key: dk_PKE, ek, H(ek), z ---- */

static size_t vector_len(const struct mlkem *set)
{
	return (size_t)POLY_LEN * set->k;
}

const uint8_t *mlkem_ek(const struct mlkem *set, const uint8_t *dk)
{
	return dk + vector_len(set);
}

static const uint8_t *dk_hash(const struct mlkem *set, const uint8_t *dk)
{
	return mlkem_ek(set, dk) + set->ek_len;
}

static const uint8_t *dk_z(const struct mlkem *set, const uint8_t *dk)
{
	return dk_hash(set, dk) + HASH_LEN;
}

/* ---- K-PKE (5) ---- */

struct keygen_work {
	uint8_t rho_sigma[64];
	struct poly s_e[2 * MLKEM_K_MAX]; /* s, and e right behind it */
	struct factor s[MLKEM_K_MAX];
	struct poly t;
};

/* Algorithm 13: writes ek_PKE and dk_PKE. */
static void pke_keygen(const struct mlkem_kernel *kernel, const struct mlkem *set,
		       const uint8_t d[32], uint8_t *ek, uint8_t *dk)
{
	struct poly a[MLKEM_K_MAX * MLKEM_K_MAX];
	struct keygen_work w;
	struct poly *e = w.s_e + set->k;
	size_t k = set->k;

	sha3_512(kernel->keccak, span_make(d, 32), span_make(&set->k, 1), w.rho_sigma);
	ct_unpoison(w.rho_sigma, 32); /* rho is part of the public key */
	bytes_copy(ek + vector_len(set), w.rho_sigma, 32);
	mlkem_matrix(kernel, set, w.rho_sigma, false, a);
	mlkem_noise(kernel, w.rho_sigma + 32, 0, 2 * k, w.s_e);
	for (size_t i = 0; i < 2 * k; i++)
		kernel->ntt(&w.s_e[i]);
	for (size_t i = 0; i < k; i++) {
		kernel->prepare(&w.s[i], &w.s_e[i]);
		kernel->encode(&w.s_e[i], dk + POLY_LEN * i);
	}
	for (size_t i = 0; i < k; i++) {
		kernel->inner(&w.t, a + k * i, w.s, k);
		kernel->add(&w.t, &e[i]);
		kernel->encode(&w.t, ek + POLY_LEN * i);
	}
	secret_wipe_bytes(&w, sizeof(w));
}

struct encrypt_work {
	struct poly noise[2 * MLKEM_K_MAX + 1]; /* y, e1, e2 */
	struct factor y[MLKEM_K_MAX];
	struct poly sum, message;
};

/* Algorithm 14, of t and rho as they are in a key that was decoded before. */
static void pke_encrypt(const struct mlkem_kernel *kernel, const struct mlkem *set,
			const struct poly *t, const uint8_t rho[32], const uint8_t m[32],
			const uint8_t r[32], uint8_t *c)
{
	struct poly a[MLKEM_K_MAX * MLKEM_K_MAX];
	struct encrypt_work w;
	size_t k = set->k;
	size_t step = MLKEM_N / 8 * (size_t)set->du;

	mlkem_matrix(kernel, set, rho, true, a);
	mlkem_noise(kernel, r, 0, 2 * k + 1, w.noise);
	for (size_t i = 0; i < k; i++) {
		kernel->ntt(&w.noise[i]);
		kernel->prepare(&w.y[i], &w.noise[i]);
	}
	for (size_t i = 0; i < k; i++) {
		kernel->inner(&w.sum, a + k * i, w.y, k);
		kernel->inverse_ntt(&w.sum);
		kernel->add(&w.sum, &w.noise[k + i]);
		kernel->compress(&w.sum, set->du, c + step * i);
	}
	kernel->inner(&w.sum, t, w.y, k);
	kernel->inverse_ntt(&w.sum);
	kernel->add(&w.sum, &w.noise[2 * k]);
	kernel->decompress(&w.message, 1, m);
	kernel->add(&w.sum, &w.message);
	kernel->compress(&w.sum, set->dv, c + step * k);
	secret_wipe_bytes(&w, sizeof(w));
}

struct decrypt_work {
	struct poly s[MLKEM_K_MAX];
	struct factor u[MLKEM_K_MAX];
	struct poly sum, v;
};

/* Algorithm 15. */
static void pke_decrypt(const struct mlkem_kernel *kernel, const struct mlkem *set,
			const uint8_t *dk, const uint8_t *c, uint8_t m[32])
{
	struct decrypt_work w;
	size_t k = set->k;
	size_t step = MLKEM_N / 8 * (size_t)set->du;

	for (size_t i = 0; i < k; i++) {
		kernel->decompress(&w.v, set->du, c + step * i);
		kernel->ntt(&w.v);
		kernel->prepare(&w.u[i], &w.v);
		(void)kernel->decode(&w.s[i], dk + POLY_LEN * i);
	}
	kernel->inner(&w.sum, w.s, w.u, k);
	kernel->inverse_ntt(&w.sum);
	kernel->decompress(&w.v, set->dv, c + step * k);
	kernel->subtract(&w.v, &w.sum);
	kernel->compress(&w.v, 1, m);
	secret_wipe_bytes(&w, sizeof(w));
}

/* ---- the KEM (6 and 7) ---- */

void mlkem_keygen(const struct mlkem_kernel *kernel, const struct mlkem *set,
		  const uint8_t seed[MLKEM_SEED_LEN], uint8_t *dk)
{
	uint8_t *ek = dk + vector_len(set);
	uint8_t *hash = ek + set->ek_len;

	pke_keygen(kernel, set, seed, ek, dk);
	sha3_256(kernel->keccak, span_make(ek, set->ek_len), SPAN_EMPTY, hash);
	bytes_copy(hash + HASH_LEN, seed + 32, 32);
}

static bool decode_ek(const struct mlkem_kernel *kernel, const struct mlkem *set, const uint8_t *ek,
		      struct poly *t)
{
	bool canonical = true;

	for (size_t i = 0; i < set->k; i++)
		canonical &= kernel->decode(&t[i], ek + POLY_LEN * i);
	return canonical;
}

bool mlkem_encaps(const struct mlkem_kernel *kernel, const struct mlkem *set, const uint8_t *ek,
		  const uint8_t random[MLKEM_RANDOM_LEN], uint8_t *ct,
		  uint8_t shared[MLKEM_SHARED_LEN])
{
	struct poly t[MLKEM_K_MAX];
	uint8_t hash[HASH_LEN], shared_r[64];

	if (!decode_ek(kernel, set, ek, t))
		return false;
	sha3_256(kernel->keccak, span_make(ek, set->ek_len), SPAN_EMPTY, hash);
	sha3_512(kernel->keccak, span_make(random, MLKEM_RANDOM_LEN), SPAN_ARRAY(hash), shared_r);
	pke_encrypt(kernel, set, t, ek + vector_len(set), random, shared_r + 32, ct);
	bytes_copy(shared, shared_r, MLKEM_SHARED_LEN);
	secret_wipe_bytes(shared_r, sizeof(shared_r));
	return true;
}

/* All ones if the ciphertexts are the same, else zero: not to be looked at. */
static uint32_t mask_same(const uint8_t *a, const uint8_t *b, size_t len)
{
	uint64_t x, y, difference = 0;

	for (size_t i = 0; i < len; i += sizeof(x)) {
		memcpy(&x, a + i, sizeof(x));
		memcpy(&y, b + i, sizeof(y));
		difference |= x ^ y;
	}
	return ct_mask_eq((uint32_t)(difference | difference >> 32), 0);
}

struct decaps_work {
	uint8_t m[32];
	uint8_t shared_r[64];
	uint8_t rejected[32]; /* the secret of a forgery */
	uint8_t c[MLKEM_CT_MAX];
};

void mlkem_decaps(const struct mlkem_kernel *kernel, const struct mlkem *set, const uint8_t *dk,
		  const uint8_t *ct, uint8_t shared[MLKEM_SHARED_LEN])
{
	const uint8_t *ek = mlkem_ek(set, dk);
	struct poly t[MLKEM_K_MAX];
	struct decaps_work w;
	uint32_t same;

	pke_decrypt(kernel, set, dk, ct, w.m);
	sha3_512(kernel->keccak, SPAN_ARRAY(w.m), span_make(dk_hash(set, dk), HASH_LEN),
		 w.shared_r);
	shake256(kernel->keccak, span_make(dk_z(set, dk), 32), span_make(ct, set->ct_len),
		 w.rejected, sizeof(w.rejected));
	(void)decode_ek(kernel, set, ek, t);
	pke_encrypt(kernel, set, t, ek + vector_len(set), w.m, w.shared_r + 32, w.c);
	same = mask_same(ct, w.c, set->ct_len);
	for (size_t i = 0; i < MLKEM_SHARED_LEN; i++)
		shared[i] = (uint8_t)((w.shared_r[i] & same) | (w.rejected[i] & ~same));
	secret_wipe_bytes(&w, sizeof(w));
}

bool mlkem_check_dk(const struct mlkem_kernel *kernel, const struct mlkem *set, const uint8_t *dk)
{
	uint8_t hash[HASH_LEN];

	sha3_256(kernel->keccak, span_make(mlkem_ek(set, dk), set->ek_len), SPAN_EMPTY, hash);
	return ct_equal(hash, dk_hash(set, dk), HASH_LEN);
}
