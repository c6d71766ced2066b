/*
 * ML-KEM's kernels (mlkem.c, mlkem_sample.c, mlkem_portable.c, mlkem_avx2.c): compression against
 * the division that FIPS 203 writes down, each function of the AVX2 kernel against the portable one,
 * the checks of section 7, and implicit rejection. test_wycheproof.c has the published answers. The
 * KEM made of them (kem_native.c) is compared with libcrypto's (kem_libcrypto.c) where it has one.
 */
#include <stdlib.h>

#include "crypto/kem.h"
#include "crypto/native/mlkem.h"
#include "support/table.h"

enum { ROUNDS = 300, KERNELS = MLKEM_AVX2 + 1, POLY_LEN = MLKEM_N * 12 / 8 };

static const unsigned int widths[] = { 1, 4, 5, 10, 11 };
enum { WIDTHS = sizeof(widths) / sizeof(widths[0]) };

/* NULL for one that this CPU cannot run. */
static const struct mlkem_kernel *kernel_at(int i)
{
	return mlkem_kernel((enum mlkem_kernels)i);
}

static uint64_t next(void)
{
	static uint64_t x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x >> 8;
}

static void fill(uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)next();
}

/* Any reduced polynomial; now and then nothing but the ends of the range. */
static void fill_poly(struct poly *p)
{
	bool ends = next() % 4 == 0;

	for (size_t i = 0; i < MLKEM_N; i++)
		p->c[i] = (int16_t)(ends ? (next() & 1) * (MLKEM_Q - 1) : next() % MLKEM_Q);
}

/* ---- compression ---- */

/* Every coefficient there is, in runs of 256. */
static void check_compress(const struct mlkem_kernel *k, unsigned int d)
{
	uint8_t bytes[MLKEM_N * 11 / 8];
	struct poly p, back;

	for (int start = 0; start < MLKEM_Q; start += MLKEM_N) {
		for (int i = 0; i < MLKEM_N; i++)
			p.c[i] = (int16_t)(start + i < MLKEM_Q ? start + i : 0);
		k->compress(&p, d, bytes);
		k->decompress(&back, d, bytes);
		for (int i = 0; i < MLKEM_N; i++) {
			int y = ((p.c[i] << d) * 2 + MLKEM_Q) / (2 * MLKEM_Q) % (1 << d);

			assert_int_equal(back.c[i], (2 * y * MLKEM_Q + (1 << d)) >> (d + 1));
		}
	}
}

static void compression_is_exact(void **state)
{
	(void)state;
	for (int i = 0; i < KERNELS; i++)
		for (int w = 0; w < WIDTHS && kernel_at(i) != NULL; w++)
			check_compress(kernel_at(i), widths[w]);
}

/* ---- the kernels side by side ---- */

static void same_poly(const struct poly *a, const struct poly *b)
{
	assert_memory_equal(a->c, b->c, sizeof(a->c));
}

static void one_way(const struct mlkem_kernel *k, void (*f)(struct poly *p),
		    void (*g)(struct poly *p))
{
	struct poly p, a, b;

	(void)k;
	fill_poly(&p);
	a = p;
	b = p;
	f(&a);
	g(&b);
	same_poly(&a, &b);
}

static void check_transforms(const struct mlkem_kernel *k)
{
	struct poly p, back;

	one_way(k, k->ntt, mlkem_portable.ntt);
	one_way(k, k->inverse_ntt, mlkem_portable.inverse_ntt);
	fill_poly(&p);
	back = p;
	k->ntt(&back);
	k->inverse_ntt(&back);
	same_poly(&back, &p);
}

static void check_sums(const struct mlkem_kernel *k)
{
	struct poly p, q, a, b;

	fill_poly(&p);
	fill_poly(&q);
	a = p;
	b = p;
	k->add(&a, &q);
	mlkem_portable.add(&b, &q);
	same_poly(&a, &b);
	k->subtract(&a, &q);
	mlkem_portable.subtract(&b, &q);
	same_poly(&a, &b);
	same_poly(&a, &p);
}

/* Factors may differ by multiples of q; what comes of them may not. */
static void check_inner(const struct mlkem_kernel *k)
{
	struct poly p[2 * MLKEM_K_MAX], a, b;
	struct factor f[MLKEM_K_MAX], g[MLKEM_K_MAX];

	for (size_t i = 0; i < 2 * MLKEM_K_MAX; i++)
		fill_poly(&p[i]);
	for (size_t i = 0; i < MLKEM_K_MAX; i++) {
		k->prepare(&f[i], &p[i]);
		mlkem_portable.prepare(&g[i], &p[i]);
	}
	for (size_t n = 1; n <= MLKEM_K_MAX; n++) {
		k->inner(&a, p + MLKEM_K_MAX, f, n);
		mlkem_portable.inner(&b, p + MLKEM_K_MAX, g, n);
		same_poly(&a, &b);
	}
}

static void check_sampling(const struct mlkem_kernel *k)
{
	uint8_t bytes[504];
	struct poly a = { { 0 } }, b = { { 0 } };
	size_t len = 3 * (next() % 169), first = len / 6 * 3, have, reference;

	fill(bytes, sizeof(bytes));
	if (next() % 4 == 0)
		memset(bytes, 0xff, sizeof(bytes) / 2); /* nothing below q */
	have = k->sample(&a, k->sample(&a, 0, bytes, first), bytes + first, len - first);
	reference = mlkem_portable.sample(&b, 0, bytes, len);
	assert_int_equal(have, reference);
	assert_memory_equal(a.c, b.c, have * sizeof(a.c[0]));
	k->noise(&a, bytes);
	mlkem_portable.noise(&b, bytes);
	same_poly(&a, &b);
}

static void check_bytes(const struct mlkem_kernel *k)
{
	uint8_t *bytes = malloc(POLY_LEN), *reference = malloc(POLY_LEN);
	struct poly a, b;

	for (int w = 0; w < WIDTHS; w++) {
		fill_poly(&a);
		k->compress(&a, widths[w], bytes);
		mlkem_portable.compress(&a, widths[w], reference);
		assert_memory_equal(bytes, reference, MLKEM_N / 8 * widths[w]);
		fill(bytes, POLY_LEN);
		k->decompress(&a, widths[w], bytes);
		mlkem_portable.decompress(&b, widths[w], bytes);
		same_poly(&a, &b);
	}
	assert_int_equal(k->decode(&a, bytes), mlkem_portable.decode(&b, bytes));
	same_poly(&a, &b);
	k->encode(&a, bytes);
	mlkem_portable.encode(&a, reference);
	assert_memory_equal(bytes, reference, POLY_LEN);
	assert_true(k->decode(&b, bytes));
	same_poly(&a, &b);
	free(bytes);
	free(reference);
}

static void kernels_agree(void **state)
{
	(void)state;
	for (int i = 0; i < KERNELS; i++) {
		if (kernel_at(i) == NULL) {
			print_message("skipped: kernel %d, which this CPU cannot run\n", i);
			continue;
		}
		for (int n = 0; n < ROUNDS; n++) {
			check_transforms(kernel_at(i));
			check_sums(kernel_at(i));
			check_inner(kernel_at(i));
			check_sampling(kernel_at(i));
			check_bytes(kernel_at(i));
		}
	}
}

/* ---- the scheme, of both parameter sets ---- */

static const struct set_row {
	const char *name;
	const struct mlkem *set;
	const struct kem *native, *libcrypto;
} sets[] = {
	{ "ML-KEM-768", &mlkem_768, &kem_mlkem768_native, &kem_mlkem768_libcrypto },
	{ "ML-KEM-1024", &mlkem_1024, &kem_mlkem1024_native, &kem_mlkem1024_libcrypto },
};

struct outcome {
	uint8_t dk[MLKEM_DK_MAX], ct[MLKEM_CT_MAX];
	uint8_t shared[MLKEM_SHARED_LEN], rejected[MLKEM_SHARED_LEN];
};

static void run_scheme(const struct mlkem_kernel *k, const struct mlkem *set, const uint8_t *seed,
		       const uint8_t *random, struct outcome *o)
{
	uint8_t again[MLKEM_SHARED_LEN], forged[MLKEM_CT_MAX];

	memset(o, 0, sizeof(*o));
	mlkem_keygen(k, set, seed, o->dk);
	assert_true(mlkem_check_dk(k, set, o->dk));
	assert_true(mlkem_encaps(k, set, mlkem_ek(set, o->dk), random, o->ct, o->shared));
	mlkem_decaps(k, set, o->dk, o->ct, again);
	assert_memory_equal(again, o->shared, sizeof(again));
	memcpy(forged, o->ct, set->ct_len);
	forged[random[0] % set->ct_len] ^= (uint8_t)(1 << random[1] % 8);
	mlkem_decaps(k, set, o->dk, forged, o->rejected);
	assert_memory_not_equal(o->rejected, o->shared, sizeof(again));
}

static void schemes_agree(void **state)
{
	const struct set_row *row = *state;
	uint8_t seed[MLKEM_SEED_LEN], random[MLKEM_RANDOM_LEN];
	struct outcome first, other;

	for (int n = 0; n < ROUNDS / 10; n++) {
		fill(seed, sizeof(seed));
		fill(random, sizeof(random));
		run_scheme(&mlkem_portable, row->set, seed, random, &first);
		for (int i = 1; i < KERNELS; i++) {
			if (kernel_at(i) == NULL)
				continue;
			run_scheme(kernel_at(i), row->set, seed, random, &other);
			assert_memory_equal(&first, &other, sizeof(first));
		}
	}
}

/* 6.3: the secret of a forgery is SHAKE256 of z and the ciphertext. */
static void rejected_by_hash(void **state)
{
	const struct set_row *row = *state;
	uint8_t dk[MLKEM_DK_MAX], ct[MLKEM_CT_MAX], shared[MLKEM_SHARED_LEN], expected[32];
	uint8_t seed[MLKEM_SEED_LEN];

	for (int i = 0; i < KERNELS; i++) {
		if (kernel_at(i) == NULL)
			continue;
		fill(seed, sizeof(seed));
		fill(ct, sizeof(ct));
		mlkem_keygen(kernel_at(i), row->set, seed, dk);
		mlkem_decaps(kernel_at(i), row->set, dk, ct, shared);
		shake256(&keccak_portable, span_make(seed + 32, 32),
			 span_make(ct, row->set->ct_len), expected, sizeof(expected));
		assert_memory_equal(shared, expected, sizeof(expected));
	}
}

/* 7.2: q itself, in each coefficient of the key in turn, is refused. */
static void unreduced_keys(void **state)
{
	const struct set_row *row = *state;
	uint8_t dk[MLKEM_DK_MAX], ek[MLKEM_EK_MAX], ct[MLKEM_CT_MAX], shared[MLKEM_SHARED_LEN];
	uint8_t seed[MLKEM_SEED_LEN] = { 1 };

	mlkem_keygen(mlkem_best(), row->set, seed, dk);
	for (size_t n = 0; n < (size_t)MLKEM_N * row->set->k; n++) {
		uint8_t *at = ek + n / 2 * 3;

		memcpy(ek, mlkem_ek(row->set, dk), row->set->ek_len);
		if (n % 2 == 0) {
			at[0] = MLKEM_Q & 0xff;
			at[1] = (uint8_t)((at[1] & 0xf0) | MLKEM_Q >> 8);
		} else {
			at[1] = (uint8_t)((at[1] & 0x0f) | (MLKEM_Q & 15) << 4);
			at[2] = MLKEM_Q >> 4;
		}
		for (int i = 0; i < KERNELS; i++)
			if (kernel_at(i) != NULL)
				assert_false(
					mlkem_encaps(kernel_at(i), row->set, ek, seed, ct, shared));
	}
}

/* 7.3: a decapsulation key whose hash is not that of its other half. */
static void broken_keys(void **state)
{
	const struct set_row *row = *state;
	uint8_t dk[MLKEM_DK_MAX] = { 0 }, seed[MLKEM_SEED_LEN] = { 2 };
	size_t from = (size_t)(mlkem_ek(row->set, dk) - dk), hash = from + row->set->ek_len;

	mlkem_keygen(mlkem_best(), row->set, seed, dk);
	for (size_t i = from; i < hash + 32; i += 31) {
		dk[i] ^= 1;
		assert_false(mlkem_check_dk(mlkem_best(), row->set, dk));
		dk[i] ^= 1;
	}
	assert_true(mlkem_check_dk(mlkem_best(), row->set, dk));
}

/* Each takes what the other gives. */
static void check_between(const struct kem *a, const struct kem *b)
{
	uint8_t seed[KEM_SEED_LEN], ek[MLKEM_EK_MAX], other_ek[MLKEM_EK_MAX], ct[MLKEM_CT_MAX];
	uint8_t shared[KEM_SHARED_LEN], again[KEM_SHARED_LEN];
	void *key, *other;

	fill(seed, sizeof(seed));
	key = a->from_seed(a, seed, ek, NULL);
	other = b->from_seed(b, seed, other_ek, NULL);
	assert_non_null(key);
	assert_non_null(other);
	assert_memory_equal(ek, other_ek, a->ek_len);
	assert_true(b->encaps(b, ek, ct, shared, NULL));
	assert_true(a->decaps(a, key, ct, again, NULL));
	assert_memory_equal(shared, again, sizeof(shared));
	ct[next() % a->ct_len] ^= 1;
	assert_true(a->decaps(a, key, ct, again, NULL));
	assert_true(b->decaps(b, other, ct, shared, NULL));
	assert_memory_equal(shared, again, sizeof(shared));
	a->free(a, key);
	b->free(b, other);
}

static void libcrypto_agrees(void **state)
{
	const struct set_row *row = *state;
	struct ward_error err = { 0 };
	uint8_t ek[MLKEM_EK_MAX], ct[MLKEM_CT_MAX], shared[KEM_SHARED_LEN];

	assert_true(row->native->available(row->native));
	memset(ek, 0xff, sizeof(ek));
	assert_false(row->native->encaps(row->native, ek, ct, shared, &err));
	assert_int_equal(err.reason, WARD_E_BAD_KEY_SHARE);
	if (!row->libcrypto->available(row->libcrypto)) {
		print_message("skipped: this libcrypto has no %s\n", row->name);
		skip();
	}
	err = (struct ward_error){ 0 };
	assert_false(row->libcrypto->encaps(row->libcrypto, ek, ct, shared, &err));
	assert_int_equal(err.reason, WARD_E_BAD_KEY_SHARE);
	for (int n = 0; n < 20; n++) {
		check_between(row->native, row->libcrypto);
		check_between(row->libcrypto, row->native);
	}
}

int main(void)
{
	struct table t = { 0 };

	if (!crypto_init(NULL))
		return 1;
	table_add(&t, "compression is the standard's division, for each number",
		  compression_is_exact, NULL);
	table_add(&t, "kernels agree, function by function", kernels_agree, NULL);
	TABLE_ADD(&t, sets, schemes_agree);
	TABLE_ADD(&t, sets, rejected_by_hash);
	TABLE_ADD(&t, sets, unreduced_keys);
	TABLE_ADD(&t, sets, broken_keys);
	TABLE_ADD(&t, sets, libcrypto_agrees);
	return table_run(&t, "native_mlkem");
}
