/*
 * The AES-GCM kernels of native/ (gcm.c, gcm_aesni.c, gcm_vaes256.c, gcm_vaes512.c, aes.c, cpu.c):
 * each one that this CPU can run is tried on the same tables, against Wycheproof's known answers
 * and against libcrypto. A kernel that the CPU lacks is reported as skipped.
 *
 * Inputs and outputs stand in blocks of exactly their size, so that ASan sees one byte too many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "crypto/native/gcm.h"

enum { TAG = AEAD_TAG_LEN };

struct record {
	enum aead_alg alg;
	uint8_t key[AEAD_KEY_MAX];
	uint8_t nonce[AEAD_NONCE_LEN];
	struct span aad, in, tail;
};

/* ---- plumbing ---- */

/* The same bytes on every run (xorshift64*). */
static void fill(void *to, size_t len)
{
	static uint64_t x = 0x9e3779b97f4a7c15;
	uint8_t *bytes = to;

	for (size_t i = 0; i < len; i++) {
		x ^= x >> 12;
		x ^= x << 25;
		x ^= x >> 27;
		bytes[i] = (uint8_t)((x * 0x2545f4914f6cdd1d) >> 56);
	}
}

static uint8_t *block_of(size_t len)
{
	uint8_t *p = malloc(len > 0 ? len : 1);

	assert_non_null(p);
	return p;
}

static uint8_t *copy_of(struct span s)
{
	uint8_t *p = block_of(s.len);

	bytes_copy(p, s.data, s.len);
	return p;
}

static struct span random_span(size_t len)
{
	uint8_t *p = block_of(len);

	fill(p, len);
	return span_make(p, len);
}

static void free_span(struct span s)
{
	free((void *)(uintptr_t)s.data);
}

static const struct aead_ops *kernel_or_skip(void **state)
{
	const enum gcm_kernel *kernel = *state;
	const struct aead_ops *ops = aead_native_gcm_kernel(*kernel);

	if (ops == NULL)
		skip();
	return ops;
}

static void *keyed(const struct aead_ops *ops, const struct record *r)
{
	void *state = block_of(ops->state_len(r->alg));

	assert_true(ops->init(state, r->alg, r->key, NULL));
	return state;
}

static void unkey(const struct aead_ops *ops, enum aead_alg alg, void *state)
{
	ops->clear(state);
	for (size_t i = 0; i < ops->state_len(alg); i++)
		assert_int_equal(((uint8_t *)state)[i], 0);
	free(state);
}

static struct record random_record(enum aead_alg alg, size_t aad, size_t in, size_t tail)
{
	struct record r = { .alg = alg };

	fill(r.key, sizeof(r.key));
	fill(r.nonce, sizeof(r.nonce));
	r.aad = random_span(aad);
	r.in = random_span(in);
	r.tail = random_span(tail);
	return r;
}

static void free_record(struct record *r)
{
	free_span(r->aad);
	free_span(r->in);
	free_span(r->tail);
}

static size_t sealed_len(const struct record *r)
{
	return r->in.len + r->tail.len + TAG;
}

/* What libcrypto makes of it. */
static uint8_t *seal_by_libcrypto(const struct record *r)
{
	const EVP_CIPHER *cipher =
		r->alg == AEAD_AES_128_GCM ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t *out = block_of(sealed_len(r));
	const size_t text_len = r->in.len + r->tail.len;
	int n;

	assert_int_equal(EVP_EncryptInit_ex(ctx, cipher, NULL, r->key, r->nonce), 1);
	if (r->aad.len > 0)
		assert_int_equal(EVP_EncryptUpdate(ctx, NULL, &n, r->aad.data, (int)r->aad.len), 1);
	if (r->in.len > 0)
		assert_int_equal(EVP_EncryptUpdate(ctx, out, &n, r->in.data, (int)r->in.len), 1);
	if (r->tail.len > 0)
		assert_int_equal(
			EVP_EncryptUpdate(ctx, out + r->in.len, &n, r->tail.data, (int)r->tail.len),
			1);
	assert_int_equal(EVP_EncryptFinal_ex(ctx, out + text_len, &n), 1);
	assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, out + text_len), 1);
	EVP_CIPHER_CTX_free(ctx);
	return out;
}

/* Seals apart and in place, opens again; all must be what is expected. */
static void check_record(const struct aead_ops *ops, void *state, const struct record *r,
			 const uint8_t *expected)
{
	const size_t len = sealed_len(r);
	uint8_t *apart = block_of(len), *in_place = block_of(len);
	struct ward_error err = { 0 };

	assert_true(ops->seal(state, r->nonce, r->aad, r->in, r->tail, apart, &err));
	assert_memory_equal(apart, expected, len);

	bytes_copy(in_place, r->in.data, r->in.len);
	assert_true(ops->seal(state, r->nonce, r->aad, span_make(in_place, r->in.len), r->tail,
			      in_place, &err));
	assert_memory_equal(in_place, expected, len);

	assert_true(ops->open(state, r->nonce, r->aad, apart, len, &err));
	assert_memory_equal(apart, r->in.data, r->in.len);
	assert_memory_equal(apart + r->in.len, r->tail.data, r->tail.len);
	assert_int_equal(err.reason, WARD_E_NONE);
	free(apart);
	free(in_place);
}

static void check_against_libcrypto(const struct aead_ops *ops, enum aead_alg alg, size_t aad,
				    size_t in, size_t tail)
{
	struct record r = random_record(alg, aad, in, tail);
	uint8_t *expected = seal_by_libcrypto(&r);
	void *state = keyed(ops, &r);

	check_record(ops, state, &r, expected);
	unkey(ops, r.alg, state);
	free(expected);
	free_record(&r);
}

static void expect_refusal(const struct aead_ops *ops, void *state, const uint8_t *nonce,
			   struct span aad, struct span sealed)
{
	uint8_t *buf = copy_of(sealed);
	struct ward_error err = { 0 };

	assert_false(ops->open(state, nonce, aad, buf, sealed.len, &err));
	assert_int_equal(err.reason, WARD_E_BAD_RECORD_MAC);
	for (size_t i = 0; i + TAG < sealed.len; i++)
		assert_int_equal(buf[i], 0);
	free(buf);
}

/* ---- the tests ---- */

static void every_length_agrees(void **state)
{
	static const size_t tails[] = { 1, 0, 2, 15, 16, 17, 33 };
	const struct aead_ops *ops = kernel_or_skip(state);

	for (size_t in = 0; in <= 1200; in++)
		for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
			check_against_libcrypto(
				ops, (in + i) % 2 == 0 ? AEAD_AES_128_GCM : AEAD_AES_256_GCM,
				i == 0 ? 5 : (in * 7 + i) % 41, in, tails[i]);
}

static void every_tail_straddles(void **state)
{
	const struct aead_ops *ops = kernel_or_skip(state);

	for (size_t in = 0; in <= 34; in++)
		for (size_t tail = 0; tail <= 34; tail++) {
			check_against_libcrypto(ops, AEAD_AES_128_GCM, 5, in, tail);
			check_against_libcrypto(ops, AEAD_AES_256_GCM, 5, 240 + in, tail);
		}
}

static void every_aad_agrees(void **state)
{
	const struct aead_ops *ops = kernel_or_skip(state);

	for (size_t aad = 0; aad <= 300; aad++)
		check_against_libcrypto(ops, AEAD_AES_128_GCM, aad, aad % 50, aad % 3);
}

static void long_texts_agree(void **state)
{
	static const size_t ins[] = { 4096,  16384, 16383, 16385, 16384 + 255,
				      65536, 70001, 0,     1,     300000 };
	static const size_t tails[] = { 0, 1, 255, 256, 16384 };
	const struct aead_ops *ops = kernel_or_skip(state);

	for (size_t i = 0; i < sizeof(ins) / sizeof(ins[0]); i++)
		for (size_t j = 0; j < sizeof(tails) / sizeof(tails[0]); j++) {
			check_against_libcrypto(ops, AEAD_AES_128_GCM, 5, ins[i], tails[j]);
			check_against_libcrypto(ops, AEAD_AES_256_GCM, 13, ins[i], tails[j]);
		}
}

/* Every pointer that a kernel takes is moved through all offsets from a vector's boundary. */
static void alignment_does_not_matter(void **state)
{
	const struct aead_ops *ops = kernel_or_skip(state);
	struct record r = random_record(AEAD_AES_256_GCM, 21, 700, 19);
	uint8_t *expected = seal_by_libcrypto(&r);
	uint8_t *room = aligned_alloc(64, 4096);
	uint8_t *key_room = aligned_alloc(64, 1024);

	for (size_t at = 0; at < 64; at++) {
		void *keyed_state = key_room + at % 8 * 8;
		uint8_t *in = room + at, *out = room + 1024 + (at * 5) % 64;
		uint8_t *aad = room + 2048 + (at * 3) % 64, *tail = room + 2560 + at;
		uint8_t *nonce = room + 3072 + at;

		memcpy(in, r.in.data, r.in.len);
		memcpy(aad, r.aad.data, r.aad.len);
		memcpy(tail, r.tail.data, r.tail.len);
		memcpy(nonce, r.nonce, sizeof(r.nonce));
		assert_true(ops->init(keyed_state, r.alg, r.key, NULL));
		assert_true(ops->seal(keyed_state, nonce, span_make(aad, r.aad.len),
				      span_make(in, r.in.len), span_make(tail, r.tail.len), out,
				      NULL));
		assert_memory_equal(out, expected, sealed_len(&r));
		assert_true(ops->open(keyed_state, nonce, span_make(aad, r.aad.len), out,
				      sealed_len(&r), NULL));
		assert_memory_equal(out, in, r.in.len);
	}
	free(room);
	free(key_room);
	free(expected);
	free_record(&r);
}

static void nothing_around_is_touched(void **state)
{
	const struct aead_ops *ops = kernel_or_skip(state);

	for (size_t len = 0; len <= 600; len += 7) {
		struct record r = random_record(AEAD_AES_128_GCM, 5, len, 1);
		void *keyed_state = keyed(ops, &r);
		uint8_t room[64 + 601 + TAG + 64];
		const size_t sealed = sealed_len(&r);

		memset(room, 0xa5, sizeof(room));
		assert_true(ops->seal(keyed_state, r.nonce, r.aad, r.in, r.tail, room + 64, NULL));
		assert_true(ops->open(keyed_state, r.nonce, r.aad, room + 64, sealed, NULL));
		for (size_t i = 0; i < 64; i++) {
			assert_int_equal(room[i], 0xa5);
			assert_int_equal(room[64 + sealed + i], 0xa5);
		}
		unkey(ops, r.alg, keyed_state);
		free_record(&r);
	}
}

static void every_flipped_bit_is_refused(void **state)
{
	static const size_t lens[] = { 0, 1, 16, 100, 117, 128, 300 };
	const struct aead_ops *ops = kernel_or_skip(state);

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct record r = random_record(AEAD_AES_128_GCM, 5, lens[i], 1);
		struct span sealed = span_make(seal_by_libcrypto(&r), sealed_len(&r));
		uint8_t *bytes = copy_of(sealed), *aad = copy_of(r.aad);
		void *keyed_state = keyed(ops, &r);

		for (size_t bit = 0; bit < sealed.len * 8; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			expect_refusal(ops, keyed_state, r.nonce, r.aad,
				       span_make(bytes, sealed.len));
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		for (size_t bit = 0; bit < r.aad.len * 8; bit++) {
			aad[bit / 8] ^= (uint8_t)(1 << bit % 8);
			expect_refusal(ops, keyed_state, r.nonce, span_make(aad, r.aad.len),
				       sealed);
			aad[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_true(ops->open(keyed_state, r.nonce, r.aad, bytes, sealed.len, NULL));
		unkey(ops, r.alg, keyed_state);
		free_span(sealed);
		free(bytes);
		free(aad);
		free_record(&r);
	}
}

static void another_length_or_nonce_is_refused(void **state)
{
	const struct aead_ops *ops = kernel_or_skip(state);
	struct record r = random_record(AEAD_AES_256_GCM, 5, 50, 1);
	struct span sealed = span_make(seal_by_libcrypto(&r), sealed_len(&r));
	void *keyed_state = keyed(ops, &r);

	for (size_t len = 0; len < sealed.len; len++)
		expect_refusal(ops, keyed_state, r.nonce, r.aad, span_make(sealed.data, len));
	for (size_t len = 0; len < r.aad.len; len++)
		expect_refusal(ops, keyed_state, r.nonce, span_make(r.aad.data, len), sealed);
	for (size_t bit = 0; bit < sizeof(r.nonce) * 8; bit++) {
		r.nonce[bit / 8] ^= (uint8_t)(1 << bit % 8);
		expect_refusal(ops, keyed_state, r.nonce, r.aad, sealed);
		r.nonce[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	unkey(ops, r.alg, keyed_state);
	free_span(sealed);
	free_record(&r);
}

static void another_algorithm_is_refused(void **state)
{
	const struct aead_ops *ops = kernel_or_skip(state);
	void *room = block_of(ops->state_len(AEAD_AES_256_GCM));
	const uint8_t key[AEAD_KEY_MAX] = { 0 };
	struct ward_error err = { 0 };

	assert_false(ops->init(room, AEAD_CHACHA20_POLY1305, key, &err));
	assert_int_equal(err.reason, WARD_E_INTERNAL);
	free(room);
}

static void state_is_small(void **state)
{
	const struct aead_ops *ops = kernel_or_skip(state);

	assert_int_equal(ops->state_len(AEAD_AES_128_GCM), 244);
	assert_int_equal(ops->state_len(AEAD_AES_256_GCM), 308);
	assert_int_equal(ops->extra_size(NULL), 0);
}

/* ---- Wycheproof ---- */

static struct span from_hex(const json_t *test, const char *name)
{
	const char *text = json_string_value(json_object_get(test, name));
	size_t len = strlen(text) / 2;
	uint8_t *bytes = block_of(len);

	for (size_t i = 0; i < len; i++) {
		char digits[3] = { text[2 * i], text[2 * i + 1], 0 };

		bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return span_make(bytes, len);
}

static void check_known_answer(const struct aead_ops *ops, const json_t *test)
{
	struct span key = from_hex(test, "key"), iv = from_hex(test, "iv");
	struct span ct = from_hex(test, "ct"), tag = from_hex(test, "tag");
	struct record r = { .aad = from_hex(test, "aad"), .in = from_hex(test, "msg") };
	const size_t len = ct.len + tag.len;
	uint8_t *sealed = block_of(len);
	void *state;

	r.alg = key.len == 16 ? AEAD_AES_128_GCM : AEAD_AES_256_GCM;
	bytes_copy(r.key, key.data, key.len);
	bytes_copy(r.nonce, iv.data, iv.len);
	bytes_copy(sealed, ct.data, ct.len);
	bytes_copy(sealed + ct.len, tag.data, tag.len);
	state = keyed(ops, &r);
	if (strcmp(json_string_value(json_object_get(test, "result")), "valid") == 0)
		check_record(ops, state, &r, sealed);
	else
		expect_refusal(ops, state, r.nonce, r.aad, span_make(sealed, len));
	unkey(ops, r.alg, state);
	free(sealed);
	free_span(key);
	free_span(iv);
	free_span(ct);
	free_span(tag);
	free_record(&r);
}

static bool is_ours(const json_t *group)
{
	json_int_t key_size = json_integer_value(json_object_get(group, "keySize"));

	return json_integer_value(json_object_get(group, "ivSize")) == 96 &&
	       json_integer_value(json_object_get(group, "tagSize")) == 128 &&
	       (key_size == 128 || key_size == 256);
}

static json_t *wycheproof_or_skip(void)
{
	const char *shared = getenv("WARD_SHARED");
	char path[4096];
	json_t *root;

	snprintf(path, sizeof(path), "%s/vectors/wycheproof/aes_gcm_test.json",
		 shared != NULL ? shared : WARD_SHARED_DIR);
	root = json_load_file(path, 0, NULL);
	if (root == NULL) {
		print_message("skipped: no %s\n", path);
		skip();
	}
	return root;
}

static void wycheproof_agrees(void **state)
{
	const struct aead_ops *ops = kernel_or_skip(state);
	json_t *root = wycheproof_or_skip();
	json_t *group, *test;
	size_t i, j, count = 0;

	json_array_foreach(json_object_get(root, "testGroups"), i, group)
	{
		if (!is_ours(group))
			continue;
		json_array_foreach(json_object_get(group, "tests"), j, test)
		{
			check_known_answer(ops, test);
			count++;
		}
	}
	json_decref(root);
	assert_true(count > 100);
}

/* ---- the choice ---- */

static void widest_kernel_is_chosen(void **state)
{
	const struct aead_ops *chosen = aead_native_gcm();
	const struct aead_ops *widest = NULL;

	(void)state;
	for (int kernel = GCM_AESNI; kernel <= GCM_VAES512; kernel++) {
		const struct aead_ops *ops = aead_native_gcm_kernel((enum gcm_kernel)kernel);

		widest = ops != NULL ? ops : widest;
	}
	assert_ptr_equal(chosen, widest);
}

int main(void)
{
	static enum gcm_kernel kernels[] = { GCM_AESNI, GCM_VAES256, GCM_VAES512 };
	static const char *const names[] = { "aesni", "vaes256", "vaes512" };
	static const struct CMUnitTest each[] = {
		cmocka_unit_test(wycheproof_agrees),
		cmocka_unit_test(every_length_agrees),
		cmocka_unit_test(every_tail_straddles),
		cmocka_unit_test(every_aad_agrees),
		cmocka_unit_test(long_texts_agree),
		cmocka_unit_test(alignment_does_not_matter),
		cmocka_unit_test(nothing_around_is_touched),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(another_length_or_nonce_is_refused),
		cmocka_unit_test(another_algorithm_is_refused),
		cmocka_unit_test(state_is_small),
	};
	enum { KERNELS = 3, EACH = sizeof(each) / sizeof(each[0]) };
	static char labels[KERNELS][EACH][80];
	struct CMUnitTest tests[KERNELS * EACH + 1] = {
		cmocka_unit_test(widest_kernel_is_chosen),
	};

	for (size_t k = 0; k < KERNELS; k++)
		for (size_t i = 0; i < EACH; i++) {
			struct CMUnitTest *test = &tests[1 + k * EACH + i];

			snprintf(labels[k][i], sizeof(labels[k][i]), "%s: %s", names[k],
				 each[i].name);
			*test = each[i];
			test->name = labels[k][i];
			test->initial_state = &kernels[k];
		}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
