/*
 * Are branches or addresses made from secrets? Run under valgrind, which follows undefined bits:
 * keys, plaintexts and private scalars are marked undefined, and memcheck complains where a branch
 * or an address depends on one (constant_time.sh).
 *
 *	constant_time         all subjects; memcheck must find nothing
 *	constant_time leak    one branch on a secret; memcheck must find it
 *
 * What of a result is public (a ciphertext, a key share, a verdict) is marked defined again before
 * anybody looks at it. Kernels for instructions that valgrind does not know are not tried here: it
 * hides them from CPUID.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/aead.h"
#include "crypto/native/gcm.h"
#include "crypto/native/mlkem.h"
#include "crypto/native/x25519.h"

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

enum { SKIPPED = 77, TEXT_MAX = 700 };

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "failed: %s\n", what);
	exit(EXIT_FAILURE);
}

static void fill(uint8_t *out, size_t len, uint8_t seed)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(seed + 7 * i);
}

/* ---- AEADs: key and text are secret; nonce, associated data and ciphertext are not ---- */

static void try_record(struct aead *a, size_t len)
{
	static const uint8_t nonce[AEAD_NONCE_LEN] = { 1, 2, 3 }, header[5] = { 23, 3, 3 };
	const size_t sealed_len = len + 1 + AEAD_TAG_LEN;
	uint8_t text[TEXT_MAX], type[1] = { 23 }, sealed[TEXT_MAX + 1 + AEAD_TAG_LEN];
	bool opened;

	fill(text, len, 9);
	ct_poison(text, len);
	ct_poison(type, sizeof(type));
	must(aead_seal(a, nonce, SPAN_ARRAY(header), span_make(text, len), SPAN_ARRAY(type), sealed,
		       NULL),
	     "sealing");
	ct_unpoison(sealed, sealed_len);
	opened = aead_open(a, nonce, SPAN_ARRAY(header), sealed, sealed_len, NULL);
	must(opened, "opening");
	ct_unpoison(sealed, sealed_len);
	ct_unpoison(text, len);
	must(span_equal(span_make(sealed, len), span_make(text, len)), "the same text");
	must(!aead_open(a, nonce, SPAN_ARRAY(header), sealed, sealed_len, NULL), "a forgery");
}

static void try_aead(const struct aead_ops *ops, enum aead_alg alg)
{
	static const size_t lens[] = { 0, 1, 15, 16, 47, 100, 127, 128, 129, 255, 256, 300, 700 };
	uint8_t key[AEAD_KEY_MAX];
	struct aead *a;

	fill(key, sizeof(key), 1);
	ct_poison(key, sizeof(key));
	a = aead_new_with(ops, alg, key, NULL);
	must(a != NULL, "keying");
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		try_record(a, lens[i]);
	aead_free(a);
}

static void try_gcm_kernels(void)
{
	for (int kernel = GCM_AESNI; kernel <= GCM_VAES512; kernel++) {
		const struct aead_ops *ops = aead_native_gcm_kernel((enum gcm_kernel)kernel);

		if (ops == NULL)
			continue;
		printf("%s\n", ops->name);
		try_aead(ops, AEAD_AES_128_GCM);
		try_aead(ops, AEAD_AES_256_GCM);
	}
}

/* What is ours here passes keys, texts and tags to libcrypto and back. */
static void try_chacha20(void)
{
	printf("ChaCha20-Poly1305, %s\n", aead_libcrypto.name);
	try_aead(&aead_libcrypto, AEAD_CHACHA20_POLY1305);
}

/* ---- X25519: the scalar is secret, and so is what comes out, until it is told ---- */

static void try_x25519(const struct x25519_kernel *k)
{
	uint8_t scalar[X25519_LEN], point[X25519_LEN], out[X25519_LEN];

	printf("%s\n", k->name);
	fill(scalar, sizeof(scalar), 3);
	fill(point, sizeof(point), 5);
	ct_poison(scalar, sizeof(scalar));
	x25519_clamp(scalar);
	k->comb(out, scalar);
	k->ladder(out, scalar, point);
	ct_poison(point, sizeof(point));
	k->ladder(out, scalar, point);
}

static void try_x25519_kernels(void)
{
	for (int i = X25519_PORTABLE; i <= X25519_ADX; i++) {
		const struct x25519_kernel *k = x25519_kernel((enum x25519_kernels)i);

		if (k != NULL)
			try_x25519(k);
	}
}

/* ---- ML-KEM: seeds and random bytes are secret, and so is whether a ciphertext is a forgery ---- */

static void try_mlkem(const struct mlkem_kernel *k, const struct mlkem *set)
{
	uint8_t seed[MLKEM_SEED_LEN], random[MLKEM_RANDOM_LEN], dk[MLKEM_DK_MAX];
	uint8_t ek[MLKEM_EK_MAX], ct[MLKEM_CT_MAX], shared[MLKEM_SHARED_LEN];

	printf("%s, %s\n", k->name, set->name);
	fill(seed, sizeof(seed), 3);
	fill(random, sizeof(random), 4);
	ct_poison(seed, sizeof(seed));
	ct_poison(random, sizeof(random));
	mlkem_keygen(k, set, seed, dk);
	/* What is sent is public, there too where it lies beside what is not. */
	ct_unpoison(mlkem_ek(set, dk), set->ek_len);
	memcpy(ek, mlkem_ek(set, dk), set->ek_len);
	must(mlkem_encaps(k, set, ek, random, ct, shared), "a key of our own");
	ct_unpoison(ct, set->ct_len);
	mlkem_decaps(k, set, dk, ct, shared);
	ct[7] ^= 1;
	mlkem_decaps(k, set, dk, ct, shared);
}

static void try_mlkem_kernels(void)
{
	for (int i = MLKEM_PORTABLE; i <= MLKEM_AVX2; i++) {
		const struct mlkem_kernel *k = mlkem_kernel((enum mlkem_kernels)i);

		if (k == NULL)
			continue;
		try_mlkem(k, &mlkem_768);
		try_mlkem(k, &mlkem_1024);
	}
}

/* ---- the check of the check ---- */

static void leak(void)
{
	uint8_t *secret = malloc(1);

	must(secret != NULL, "memory");
	*secret = 1;
	ct_poison(secret, 1);
	if (*secret > 0)
		printf("a branch on a secret\n");
	free(secret);
}

int main(int argc, char **argv)
{
	if (!RUNNING_ON_VALGRIND) {
		printf("skipped: this is not valgrind, or was built without its header\n");
		return SKIPPED;
	}
	if (argc > 1 && strcmp(argv[1], "leak") == 0) {
		leak();
		return EXIT_SUCCESS;
	}
	try_gcm_kernels();
	try_chacha20();
	try_x25519_kernels();
	try_mlkem_kernels();
	return EXIT_SUCCESS;
}
