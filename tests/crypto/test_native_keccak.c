/*
 * Keccak's kernels (keccak.c, keccak_bmi2.c, keccak_avx2.c): published hashes, inputs taken in and
 * outputs given in pieces, and four at a time against one at a time. Known answers: FIPS 202's
 * examples of the empty message and of 1600 bits.
 */
#include "crypto/native/cpu.h"
#include "crypto/native/keccak.h"
#include "support/table.h"

static const struct keccak_kernel *kernel_at(int i)
{
#ifdef __x86_64__
	if (i == 1 && cpu_has(CPU_AVX2))
		return &keccak_avx2;
#endif
	return &keccak_portable;
}

enum { KERNELS = 2 };

static const struct known {
	const char *name;
	size_t rate;
	uint8_t suffix;
	size_t repeat; /* of the byte a3 */
	const char *output;
} knowns[] = {
	{ "SHA3-256 of nothing", SHA3_256_RATE, SUFFIX_SHA3, 0,
	  "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a" },
	{ "SHA3-256 of 1600 bits", SHA3_256_RATE, SUFFIX_SHA3, 200,
	  "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787" },
	{ "SHA3-512 of nothing", SHA3_512_RATE, SUFFIX_SHA3, 0,
	  "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
	  "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26" },
	{ "SHA3-512 of 1600 bits", SHA3_512_RATE, SUFFIX_SHA3, 200,
	  "e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca8"
	  "1b7c13c30adf52a3659584739a2df46be589c51ca1a4a8416df6545a1ce8ba00" },
	{ "SHAKE128 of nothing", SHAKE128_RATE, SUFFIX_SHAKE, 0,
	  "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26" },
	{ "SHAKE128 of 1600 bits", SHAKE128_RATE, SUFFIX_SHAKE, 200,
	  "131ab8d2b594946b9c81333f9bb6e0ce75c3b93104fa3469d3917457385da037" },
	{ "SHAKE256 of nothing", SHAKE256_RATE, SUFFIX_SHAKE, 0,
	  "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f" },
	{ "SHAKE256 of 1600 bits", SHAKE256_RATE, SUFFIX_SHAKE, 200,
	  "cd8a920ed141aa0407a22d59288652e9d9f1a7ee0c1e7c1ca699424da84a904d" },
};

/* In pieces of this many bytes, in and out. */
static void hash(const struct keccak_kernel *kernel, const struct known *row, size_t piece,
		 uint8_t *out, size_t len)
{
	const struct span input = table_fill(0xa3, row->repeat);
	struct sponge s;

	sponge_start(&s, kernel, row->rate);
	for (size_t i = 0; i < input.len; i += piece)
		sponge_absorb(&s, span_make(input.data + i,
					    input.len - i < piece ? input.len - i : piece));
	sponge_finish(&s, row->suffix);
	for (size_t i = 0; i < len; i += piece)
		sponge_squeeze(&s, out + i, len - i < piece ? len - i : piece);
}

static void published(void **state)
{
	static const size_t pieces[] = { 1, 7, 8, 13, 136, 1000 };
	const struct known *row = *state;
	struct span expected = table_hex(row->output);
	uint8_t out[64];

	for (int k = 0; k < KERNELS; k++)
		for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
			hash(kernel_at(k), row, pieces[i], out, expected.len);
			assert_span_equal(span_make(out, expected.len), expected);
		}
}

static void whole(void **state)
{
	uint8_t out[64];

	(void)state;
	for (int k = 0; k < KERNELS; k++) {
		struct span a = table_fill(0xa3, 77), b = table_fill(0xa3, 123);

		sha3_256(kernel_at(k), a, b, out);
		assert_span_equal(span_make(out, 32), table_hex(knowns[1].output));
		sha3_512(kernel_at(k), a, b, out);
		assert_span_equal(span_make(out, 64), table_hex(knowns[3].output));
		shake256(kernel_at(k), a, b, out, 32);
		assert_span_equal(span_make(out, 32), table_hex(knowns[7].output));
	}
}

/* The n-th of four is SHAKE of the seed and its tail. */
static void check_four(const struct keccak_kernel *kernel, size_t rate, size_t tail_len)
{
	const uint64_t tails[4] = { 0, 0x0201, 0x03ff, 0xfffe };
	uint8_t blocks[4][2 * SHAKE128_RATE], expected[2 * SHAKE128_RATE];
	struct span seed = table_fill(0x5c, KECCAK_SEED_LEN);
	struct sponge4 four;

	shake4_start(&four, kernel, rate, seed.data,
		     (uint64_t[4]){ tails[0] & 0xff, tail_len == 1 ? 1 : tails[1],
				    tail_len == 1 ? 2 : tails[2], tail_len == 1 ? 3 : tails[3] },
		     tail_len);
	for (size_t b = 0; b < 2; b++)
		shake4_block(&four, (uint8_t *[4]){ blocks[0] + b * rate, blocks[1] + b * rate,
						    blocks[2] + b * rate, blocks[3] + b * rate });
	for (size_t n = 0; n < 4; n++) {
		uint64_t tail = tail_len == 1 ? n : tails[n];
		const uint8_t bytes[2] = { (uint8_t)tail, (uint8_t)(tail >> 8) };
		struct sponge one;

		sponge_start(&one, &keccak_portable, rate);
		sponge_absorb(&one, seed);
		sponge_absorb(&one, span_make(bytes, tail_len));
		sponge_finish(&one, SUFFIX_SHAKE);
		sponge_squeeze(&one, expected, 2 * rate);
		assert_memory_equal(blocks[n], expected, 2 * rate);
	}
}

static void four_are_one_each(void **state)
{
	(void)state;
	for (int k = 0; k < KERNELS; k++) {
		check_four(kernel_at(k), SHAKE128_RATE, 2);
		check_four(kernel_at(k), SHAKE256_RATE, 1);
	}
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, knowns, published);
	table_add(&t, "two strings in a row", whole, NULL);
	table_add(&t, "four at a time give what one gives", four_are_one_each, NULL);
	return table_run(&t, "native_keccak");
}
