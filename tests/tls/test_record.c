/*
 * The record layer by itself (RFC 9846, 5): nonces, limits, padding, sequence numbers.
 */
#include "support/table.h"

#include "tls/record.h"

static const struct suite *suite(void)
{
	return suite_find(TLS_AES_128_GCM_SHA256);
}

/* Two ends with the same keys. */
static void keys_make(struct record_keys *one, struct record_keys *other)
{
	struct secret s = { { 1, 2, 3 }, 32 };
	struct ward_error err = ERROR_NONE;

	assert_true(crypto_init(&err));
	*one = (struct record_keys){ 0 };
	*other = (struct record_keys){ 0 };
	assert_true(record_keys_set(one, suite(), &s, &err));
	assert_true(record_keys_set(other, suite(), &s, &err));
}

static void test_both_ways(void **state)
{
	static uint8_t content[RECORD_PLAINTEXT_MAX], out[RECORD_MAX];
	static const size_t lens[] = { 0, 1, 15, 16, 17, 255, 1000, RECORD_PLAINTEXT_MAX };
	static const size_t paddings[] = { 0, 1, 63 };
	struct record_keys one, other;
	struct ward_error err = ERROR_NONE;

	(void)state;
	keys_make(&one, &other);
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (size_t j = 0; j < 3; j++) {
			size_t len = lens[i], padding = paddings[j];
			struct span got;
			uint8_t type;

			if (len + padding > RECORD_PLAINTEXT_MAX)
				continue;
			memset(content, (int)i + 1, len);
			assert_true(record_seal(&one, CT_APPLICATION_DATA, span_make(content, len),
						padding, out, &err));
			assert_true(record_open(&other, out, len + padding + RECORD_OVERHEAD, &type,
						&got, &err));
			assert_int_equal(type, CT_APPLICATION_DATA);
			assert_span_equal(got, span_make(content, len));
		}
	record_keys_clear(&one);
	record_keys_clear(&other);
}

/* 5.3: the number must not wrap; the last one is never used. */
static void test_sequence(void **state)
{
	struct record_keys one, other;
	struct ward_error err = ERROR_NONE;
	uint8_t out[64];
	struct span got;
	uint8_t type;

	(void)state;
	keys_make(&one, &other);
	one.seq = other.seq = UINT64_MAX - 1;
	assert_true(record_seal(&one, CT_ALERT, SPAN_LITERAL("ab"), 0, out, &err));
	assert_true(record_open(&other, out, 2 + RECORD_OVERHEAD, &type, &got, &err));
	assert_false(record_seal(&one, CT_ALERT, SPAN_LITERAL("ab"), 0, out, &err));
	assert_int_equal(err.reason, WARD_E_SEQ_EXHAUSTED);
	err = (struct ward_error)ERROR_NONE;
	assert_false(record_open(&other, out, 2 + RECORD_OVERHEAD, &type, &got, &err));
	assert_int_equal(err.reason, WARD_E_SEQ_EXHAUSTED);
	record_keys_clear(&one);
	record_keys_clear(&other);
}

/* 7.2: after an update the old keys open nothing, and both ends stay in step. */
static void test_update(void **state)
{
	struct record_keys one, other;
	struct ward_error err = ERROR_NONE;
	uint8_t out[64];
	uint8_t secret_one[32] = { 1, 2, 3 }, secret_other[32] = { 1, 2, 3 };
	struct span got;
	uint8_t type;

	(void)state;
	keys_make(&one, &other);
	for (int i = 0; i < 3; i++) {
		assert_true(record_keys_update(&one, suite(), secret_one, &err));
		assert_int_equal(one.seq, 0);
		assert_true(record_seal(&one, CT_ALERT, SPAN_LITERAL("ab"), 0, out, &err));
		assert_true(record_keys_update(&other, suite(), secret_other, &err));
		assert_true(record_open(&other, out, 2 + RECORD_OVERHEAD, &type, &got, &err));
		assert_memory_equal(secret_one, secret_other, 32);
	}
	assert_true(record_keys_update(&one, suite(), secret_one, &err));
	assert_true(record_seal(&one, CT_ALERT, SPAN_LITERAL("ab"), 0, out, &err));
	assert_false(record_open(&other, out, 2 + RECORD_OVERHEAD, &type, &got, &err));
	assert_int_equal(err.reason, WARD_E_BAD_RECORD_MAC);
	record_keys_clear(&one);
	record_keys_clear(&other);
}

/* Clearing leaves nothing of the keys. */
static void test_cleared(void **state)
{
	static const struct record_keys nothing;
	struct record_keys one, other;

	(void)state;
	keys_make(&one, &other);
	record_keys_clear(&one);
	assert_memory_equal(&one, &nothing, sizeof(one));
	record_keys_clear(&one);
	record_keys_clear(&other);
}

int main(void)
{
	static struct table t;

	table_add(&t, "sealed and opened, of any length and padding", test_both_ways, NULL);
	table_add(&t, "the sequence number ends", test_sequence, NULL);
	table_add(&t, "new keys", test_update, NULL);
	table_add(&t, "cleared keys are wiped", test_cleared, NULL);
	return table_run(&t, "record");
}
