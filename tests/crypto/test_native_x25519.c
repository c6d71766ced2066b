/*
 * X25519's kernels (x25519.c, x25519_portable.c, x25519_adx.c, x25519_table.c) and the group made of
 * them (kex_x25519_native.c) beside that of libcrypto (kex_x25519.c): each kernel that this CPU can
 * run, against RFC 7748, Wycheproof and libcrypto.
 */
#include <stdlib.h>

#include "crypto/kex.h"
#include "crypto/native/x25519.h"
#include "support/vectors.h"

enum { KERNELS = X25519_ADX + 1 };

static const uint8_t nine[X25519_LEN] = { 9 };

/* NULL for one that this CPU cannot run. */
static const struct x25519_kernel *kernel_at(int i)
{
	return x25519_kernel((enum x25519_kernels)i);
}

static void fill(uint8_t out[X25519_LEN])
{
	static uint64_t x = 0x9e3779b97f4a7c15;

	for (int i = 0; i < X25519_LEN; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		out[i] = (uint8_t)(x >> 32);
	}
}

static void ladder(const struct x25519_kernel *k, uint8_t *out, const uint8_t *scalar,
		   const uint8_t *point)
{
	uint8_t clamped[X25519_LEN];

	memcpy(clamped, scalar, X25519_LEN);
	x25519_clamp(clamped);
	k->ladder(out, clamped, point);
}

static void check_base(const uint8_t scalar[X25519_LEN])
{
	uint8_t clamped[X25519_LEN], by_ladder[X25519_LEN], by_comb[X25519_LEN];

	memcpy(clamped, scalar, X25519_LEN);
	x25519_clamp(clamped);
	x25519_portable.ladder(by_ladder, clamped, nine);
	for (int i = 0; i < KERNELS; i++) {
		if (kernel_at(i) == NULL)
			continue;
		kernel_at(i)->comb(by_comb, clamped);
		assert_memory_equal(by_comb, by_ladder, X25519_LEN);
	}
}

/* ---- RFC 7748 ---- */

struct known {
	const char *name, *scalar, *point, *result;
};

static const struct known rfc7748[] = {
	{ "5.2, first", "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
	  "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
	  "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552" },
	{ "5.2, second", "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
	  "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
	  "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957" },
	{ "6.1, Bob's share to Alice",
	  "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
	  "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	  "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" },
};

static void published_results(void **state)
{
	const struct known *row = *state;
	struct span scalar = table_hex(row->scalar), point = table_hex(row->point);
	uint8_t out[X25519_LEN];

	for (int i = 0; i < KERNELS; i++) {
		if (kernel_at(i) == NULL)
			continue;
		ladder(kernel_at(i), out, scalar.data, point.data);
		assert_memory_equal(out, table_hex(row->result).data, X25519_LEN);
	}
}

/* 5.2: the result becomes the scalar, and the scalar the point. */
static void iterated(void **state)
{
	static const char *const once =
		"422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079";
	static const char *const thousand =
		"684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51";
	uint8_t k[X25519_LEN], u[X25519_LEN], result[X25519_LEN];

	(void)state;
	for (int i = 0; i < KERNELS; i++) {
		if (kernel_at(i) == NULL) {
			print_message("skipped: kernel %d, which this CPU cannot run\n", i);
			continue;
		}
		memcpy(k, nine, X25519_LEN);
		memcpy(u, nine, X25519_LEN);
		for (int n = 1; n <= 1000; n++) {
			ladder(kernel_at(i), result, k, u);
			memcpy(u, k, X25519_LEN);
			memcpy(k, result, X25519_LEN);
			if (n == 1)
				assert_memory_equal(k, table_hex(once).data, X25519_LEN);
		}
		assert_memory_equal(k, table_hex(thousand).data, X25519_LEN);
	}
}

/* ---- the table against the ladder ---- */

/* Each digit of the scalar takes each value: every entry of the table, and its negative. */
static void every_digit(void **state)
{
	(void)state;
	for (int digit = 0; digit < 64; digit++)
		for (int value = 0; value < 16; value++) {
			uint8_t scalar[X25519_LEN] = { 0 };

			scalar[digit / 2] = (uint8_t)(value << 4 * (digit % 2));
			check_base(scalar);
		}
}

static void carries_through_all_digits(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0xff, 0x88, 0x77, 0x80, 0x78, 0x8f, 0xf8 };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		uint8_t scalar[X25519_LEN];

		memset(scalar, bytes[i], sizeof(scalar));
		check_base(scalar);
	}
}

/* ---- libcrypto ---- */

static void check_exchange(const uint8_t scalar[X25519_LEN], const uint8_t point[X25519_LEN])
{
	const struct kex_ops *other = &kex_x25519_libcrypto;
	struct secret expected = { .len = 0 };
	uint8_t share[X25519_LEN], out[X25519_LEN], clamped[X25519_LEN];
	void *key = other->from_private(other, span_make(scalar, X25519_LEN), share, NULL);
	bool ok = other->derive(other, key, span_make(point, X25519_LEN), &expected, NULL);

	other->free(key);
	memcpy(clamped, scalar, X25519_LEN);
	x25519_clamp(clamped);
	for (int i = 0; i < KERNELS; i++) {
		if (kernel_at(i) == NULL)
			continue;
		kernel_at(i)->comb(out, clamped);
		assert_memory_equal(out, share, X25519_LEN);
		kernel_at(i)->ladder(out, clamped, point);
		if (ok)
			assert_memory_equal(out, expected.data, X25519_LEN);
	}
}

static void random_keys_agree(void **state)
{
	uint8_t scalar[X25519_LEN], point[X25519_LEN];

	(void)state;
	assert_true(crypto_init(NULL));
	for (int i = 0; i < 500; i++) {
		fill(scalar);
		fill(point);
		check_exchange(scalar, point);
	}
}

/* Points from p - 20 to 2^255 + 19: not reduced, or with the bit that is ignored. */
static void points_around_p_agree(void **state)
{
	uint8_t scalar[X25519_LEN], point[X25519_LEN];

	(void)state;
	for (int i = 0; i < 256; i++) {
		fill(scalar);
		memset(point, 0xff, sizeof(point));
		point[0] = (uint8_t)i;
		point[31] = i % 2 == 0 ? 0x7f : 0xff;
		check_exchange(scalar, point);
	}
}

/* ---- the group ---- */

static void low_order_is_refused(void **state)
{
	static const char *const points[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	const struct kex_ops *ops = &kex_x25519_native;
	struct ward_error err = { 0 };
	struct secret shared = { .len = 0 };
	uint8_t share[X25519_LEN];
	void *key = ops->generate(ops, share, &err);

	(void)state;
	assert_non_null(key);
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		err = (struct ward_error){ 0 };
		assert_false(ops->derive(ops, key, table_hex(points[i]), &shared, &err));
		assert_int_equal(err.reason, WARD_E_BAD_KEY_SHARE);
	}
	ops->free(key);
}

static void key_of_another_length_is_refused(void **state)
{
	const struct kex_ops *ops = &kex_x25519_native;
	struct ward_error err = { 0 };
	uint8_t share[X25519_LEN];

	(void)state;
	assert_null(ops->from_private(ops, span_make(nine, 31), share, &err));
	assert_int_equal(err.reason, WARD_E_CRYPTO_FAILED);
}

/* ---- Wycheproof, kernel by kernel (test_wycheproof.c has the one that is chosen) ---- */

static enum outcome wycheproof_run(const struct vector *v)
{
	struct span expected = vectors_bytes(v->test, "shared");
	struct span scalar = vectors_bytes(v->test, "private");
	struct span point = vectors_bytes(v->test, "public");
	enum outcome outcome = ACCEPTED;
	uint8_t out[X25519_LEN];

	for (int i = 0; i < KERNELS; i++) {
		if (kernel_at(i) == NULL)
			continue;
		ladder(kernel_at(i), out, scalar.data, point.data);
		if (!span_equal(SPAN_ARRAY(out), expected))
			outcome = WRONG_OUTPUT;
	}
	return outcome;
}

static enum outcome all_acceptable(const struct vector *v)
{
	(void)v;
	return ACCEPTED;
}

static const struct vector_file files[] = {
	{ "x25519_test.json", NULL, wycheproof_run, NULL, all_acceptable },
};

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, rfc7748, published_results);
	TABLE_ADD(&t, files, vectors_run);
	table_add(&t, "a thousand iterations, as RFC 7748 has them", iterated, NULL);
	table_add(&t, "every digit takes every value", every_digit, NULL);
	table_add(&t, "carries run through all digits", carries_through_all_digits, NULL);
	table_add(&t, "random keys and points agree with libcrypto", random_keys_agree, NULL);
	table_add(&t, "points around p agree with libcrypto", points_around_p_agree, NULL);
	table_add(&t, "points of low order are refused", low_order_is_refused, NULL);
	table_add(&t, "a key of 31 bytes is refused", key_of_another_length_is_refused, NULL);
	return table_run(&t, "native_x25519");
}
