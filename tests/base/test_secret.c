/*
 * Wiping and comparing. What valgrind sees is tested where it runs; here the marks must be harmless.
 */
#include "base/secret.h"

#include "support/table.h"

static void test_wipe(void **state)
{
	struct secret s = { .len = SECRET_MAX };
	static const struct secret zero;

	(void)state;
	memset(s.data, 0xa5, sizeof(s.data));
	secret_wipe(&s);
	assert_memory_equal(&s, &zero, sizeof(s));
	secret_wipe_bytes(NULL, 0);
}

static void test_wipe_only_these(void **state)
{
	uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const uint8_t expected[8] = { 1, 2, 0, 0, 0, 6, 7, 8 };

	(void)state;
	secret_wipe_bytes(bytes + 2, 3);
	assert_memory_equal(bytes, expected, sizeof(bytes));
}

static struct secret *leave_block(struct secret *outside)
{
	SECRET_AUTO struct secret s = { .len = 3, .data = { 1, 2, 3 } };

	*outside = s;
	return outside;
}

static void test_auto(void **state)
{
	struct secret copy;

	(void)state;
	/* The cleanup runs after the result is taken, so a copy made before survives. */
	assert_int_equal(leave_block(&copy)->len, 3);
	assert_span_equal(secret_span(&copy), table_hex("010203"));
}

static void test_equal(void **state)
{
	uint8_t a[67], b[67];

	(void)state;
	assert_true(ct_equal(NULL, NULL, 0));
	memset(a, 0x5a, sizeof(a));
	for (size_t len = 0; len <= sizeof(a); len++) {
		memcpy(b, a, sizeof(a));
		assert_true(ct_equal(a, b, len));
		for (size_t i = 0; i < sizeof(a); i++) {
			for (int bit = 0; bit < 8; bit++) {
				b[i] = (uint8_t)(a[i] ^ 1 << bit);
				assert_int_equal(ct_equal(a, b, len), i >= len);
			}
			b[i] = a[i];
		}
	}
}

static void test_masks(void **state)
{
	static const uint32_t values[] = { 0,          1,          2,          0x7f,
					   0x80,       0xff,       0x100,      0x7ffffffe,
					   0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe,
					   0xffffffff };
	const size_t n = sizeof(values) / sizeof(values[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++) {
			uint32_t a = values[i], b = values[k];

			assert_int_equal(ct_mask_eq(a, b), a == b ? UINT32_MAX : 0);
			assert_int_equal(ct_mask_lt(a, b), a < b ? UINT32_MAX : 0);
		}
	}
}

static void test_marks(void **state)
{
	struct secret s = { .len = 2, .data = { 7, 9 } };

	(void)state;
	ct_poison(&s, sizeof(s));
	ct_unpoison(&s, sizeof(s));
	ct_poison(NULL, 0);
	ct_unpoison(NULL, 0);
	assert_int_equal(s.data[1], 9);
	assert_int_equal(s.len, 2);
}

int main(void)
{
	static struct table t;

	table_add(&t, "wiping leaves zeros", test_wipe, NULL);
	table_add(&t, "wiping keeps to its bounds", test_wipe_only_these, NULL);
	table_add(&t, "a secret that cleans up can still be handed out", test_auto, NULL);
	table_add(&t, "any bit that differs is found, none behind the end", test_equal, NULL);
	table_add(&t, "masks are all ones or zero at every edge", test_masks, NULL);
	table_add(&t, "the marks for valgrind change nothing", test_marks, NULL);
	return table_run(&t, "secret");
}
