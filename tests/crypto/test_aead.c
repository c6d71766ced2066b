/*
 * AEAD: published values, the tail, in place and apart, everything that is authenticated, and what
 * a refusal leaves behind. Each provider that this machine can run is tried.
 */
#include "crypto/aead.h"

#include "support/table.h"

static const uint8_t nonce[AEAD_NONCE_LEN] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

static const struct provider_row {
	const char *name;
	enum aead_alg alg;
	bool libcrypto; /* else what aead_new chooses */
} providers[] = {
	{ "AES-128-GCM", AEAD_AES_128_GCM, false },
	{ "AES-256-GCM", AEAD_AES_256_GCM, false },
	{ "ChaCha20-Poly1305", AEAD_CHACHA20_POLY1305, false },
	{ "AES-128-GCM of libcrypto", AEAD_AES_128_GCM, true },
	{ "AES-256-GCM of libcrypto", AEAD_AES_256_GCM, true },
};

static struct aead *new_aead(const struct provider_row *p, uint8_t key_byte)
{
	struct span key = table_fill(key_byte, aead_key_len(p->alg));
	struct ward_error err = ERROR_NONE;
	struct aead *a = p->libcrypto ? aead_new_with(&aead_libcrypto, p->alg, key.data, &err)
				      : aead_new(p->alg, key.data, &err);

	assert_non_null(a);
	return a;
}

/* Bytes that differ from place to place. */
static struct span pattern(size_t len)
{
	static uint8_t bytes[20000];

	assert_true(len <= sizeof(bytes));
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	return table_bytes(bytes, len);
}

static struct span seal(struct aead *a, struct span aad, struct span in, struct span tail)
{
	struct span out = table_fill(0, in.len + tail.len + AEAD_TAG_LEN);

	assert_true(aead_seal(a, nonce, aad, in, tail, (uint8_t *)(uintptr_t)out.data, NULL));
	return out;
}

static uint8_t *writable(struct span s)
{
	return (uint8_t *)(uintptr_t)s.data;
}

/* ---- published values: keys, nonces and messages of zeros (the GCM specification) ---- */

static const struct known_row {
	const char *name;
	enum aead_alg alg;
	size_t len;
	const char *sealed;
} knowns[] = {
	{ "AES-128-GCM of nothing", AEAD_AES_128_GCM, 0, "58e2fccefa7e3061367f1d57a4e7455a" },
	{ "AES-128-GCM of one block", AEAD_AES_128_GCM, 16,
	  "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf" },
	{ "AES-256-GCM of nothing", AEAD_AES_256_GCM, 0, "530f8afbc74536b9a963b4f1c4cb738b" },
	{ "AES-256-GCM of one block", AEAD_AES_256_GCM, 16,
	  "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919" },
};

static void test_known(void **state)
{
	static const uint8_t zeros[32];
	const struct known_row *row = *state;
	struct aead *a = aead_new(row->alg, zeros, NULL);
	uint8_t out[32];

	assert_true(
		aead_seal(a, zeros, SPAN_EMPTY, span_make(zeros, row->len), SPAN_EMPTY, out, NULL));
	assert_span_equal(span_make(out, row->len + AEAD_TAG_LEN), table_hex(row->sealed));
	aead_free(a);
}

/* ---- every length of text and tail, apart and in place ---- */

static void check_lengths(struct aead *a, size_t len, size_t tail_len)
{
	struct span aad = pattern(13);
	struct span whole = pattern(len + tail_len);
	struct span in = span_make(whole.data, len);
	struct span tail = table_bytes(whole.data + len, tail_len);
	struct span at_once = seal(a, aad, whole, SPAN_EMPTY);
	struct span apart = seal(a, aad, in, tail);
	struct span place = table_fill(0, whole.len + AEAD_TAG_LEN);

	bytes_copy(writable(place), in.data, len);
	assert_true(
		aead_seal(a, nonce, aad, span_make(place.data, len), tail, writable(place), NULL));
	assert_span_equal(apart, at_once);
	assert_span_equal(place, at_once);
	assert_true(aead_open(a, nonce, aad, writable(place), place.len, NULL));
	assert_span_equal(span_make(place.data, whole.len), whole);
}

static void test_lengths(void **state)
{
	static const size_t lens[] = { 0,  1,  15,  16,  17,  31,  32,   33,   63,    64,
				       65, 79, 127, 128, 129, 255, 1023, 1024, 16384, 16640 };
	static const size_t tails[] = { 0, 1, 15, 16, 17, 256 };
	struct aead *a = new_aead(*state, 7);

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (size_t j = 0; j < sizeof(tails) / sizeof(tails[0]); j++)
			check_lengths(a, lens[i], tails[j]);
	assert_true(aead_size(a) > 0);
	aead_free(a);
}

/* ---- refused ---- */

/* Opens a copy; a refusal must leave nothing of the text behind. */
static bool opens(struct aead *a, const uint8_t *with, struct span aad, struct span sealed,
		  struct span text)
{
	struct span copy = table_bytes(sealed.data, sealed.len);
	struct ward_error err = ERROR_NONE;
	bool ok = aead_open(a, with, aad, writable(copy), copy.len, &err);

	assert_int_equal(err.reason, ok ? WARD_E_NONE : WARD_E_BAD_RECORD_MAC);
	for (size_t i = 0; !ok && i < text.len; i++)
		assert_int_equal(copy.data[i], 0);
	return ok;
}

static void test_changed(void **state)
{
	struct aead *a = new_aead(*state, 7);
	struct aead *other = new_aead(*state, 8);
	struct span aad = pattern(5);
	struct span text = pattern(100);
	struct span sealed = seal(a, aad, text, SPAN_EMPTY);
	uint8_t other_nonce[AEAD_NONCE_LEN];

	assert_true(opens(a, nonce, aad, sealed, text));
	for (size_t i = 0; i < sealed.len; i++) {
		struct span changed = table_bytes(sealed.data, sealed.len);

		writable(changed)[i] ^= 1;
		assert_false(opens(a, nonce, aad, changed, text));
	}
	for (size_t i = 0; i < AEAD_NONCE_LEN; i++) {
		memcpy(other_nonce, nonce, sizeof(nonce));
		other_nonce[i] ^= 0x80;
		assert_false(opens(a, other_nonce, aad, sealed, text));
	}
	assert_false(opens(a, nonce, pattern(4), sealed, text));
	assert_false(opens(a, nonce, SPAN_EMPTY, sealed, text));
	assert_false(opens(other, nonce, aad, sealed, text));
	assert_true(opens(a, nonce, aad, sealed, text)); /* a refusal changes nothing */
	aead_free(a);
	aead_free(other);
}

static void test_short(void **state)
{
	struct aead *a = new_aead(*state, 7);
	struct span sealed = seal(a, SPAN_EMPTY, SPAN_EMPTY, SPAN_EMPTY);

	for (size_t len = 0; len < AEAD_TAG_LEN; len++)
		assert_false(opens(a, nonce, SPAN_EMPTY, span_make(sealed.data, len), SPAN_EMPTY));
	assert_true(opens(a, nonce, SPAN_EMPTY, sealed, SPAN_EMPTY));
	aead_free(a);
	aead_free(NULL);
}

int main(void)
{
	struct table t = { 0 };

	if (!crypto_init(NULL))
		return 1;
	TABLE_ADD(&t, knowns, test_known);
	TABLE_ADD(&t, providers, test_lengths);
	TABLE_ADD(&t, providers, test_changed);
	TABLE_ADD(&t, providers, test_short);
	return table_run(&t, "aead");
}
