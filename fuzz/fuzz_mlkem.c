/*
 * ML-KEM, kernel against kernel, and against libcrypto where it has it: the same keys from any seed,
 * the same answer to any encapsulation key, the same secret of any ciphertext.
 *
 * Input: a byte whose lowest bit names the parameter set, a seed, 32 random bytes, and what is put
 * over the key (at an offset of two bytes) and then over the ciphertext: XORed, so that zeros leave
 * them right.
 */
#include <stdlib.h>

#include "crypto/kem.h"
#include "crypto/native/mlkem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 1 + MLKEM_SEED_LEN + MLKEM_RANDOM_LEN + 2 };

static void must(bool ok)
{
	if (!ok)
		abort();
}

struct outcome {
	uint8_t dk[MLKEM_DK_MAX], ek[MLKEM_EK_MAX], ct[MLKEM_CT_MAX];
	uint8_t shared[MLKEM_SHARED_LEN], theirs[MLKEM_SHARED_LEN];
	bool taken;
};

static void disturb(uint8_t *bytes, size_t len, size_t from, const uint8_t *by, size_t by_len)
{
	for (size_t i = 0; i < by_len && from + i < len; i++)
		bytes[from + i] ^= by[i];
}

static void run(const struct mlkem_kernel *k, const struct mlkem *set, const uint8_t *data,
		size_t size, struct outcome *o)
{
	const uint8_t *seed = data + 1, *random = seed + MLKEM_SEED_LEN;
	const uint8_t *offset = random + MLKEM_RANDOM_LEN;
	size_t from = (size_t)(offset[0] | offset[1] << 8) % set->ek_len, rest = size - HEAD;

	memset(o, 0, sizeof(*o));
	mlkem_keygen(k, set, seed, o->dk);
	memcpy(o->ek, mlkem_ek(set, o->dk), set->ek_len);
	disturb(o->ek, set->ek_len, from, data + HEAD, rest / 2);
	o->taken = mlkem_encaps(k, set, o->ek, random, o->ct, o->theirs);
	disturb(o->ct, set->ct_len, from, data + HEAD + rest / 2, rest - rest / 2);
	mlkem_decaps(k, set, o->dk, o->ct, o->shared);
}

static void check_libcrypto(const struct kem *kem, const uint8_t *seed, const struct outcome *o)
{
	uint8_t ek[MLKEM_EK_MAX], ct[MLKEM_CT_MAX], shared[KEM_SHARED_LEN];
	void *key;

	if (!kem->available(kem))
		return;
	key = kem->from_seed(kem, seed, ek, NULL);
	must(key != NULL && kem->decaps(kem, key, o->ct, shared, NULL));
	must(memcmp(shared, o->shared, sizeof(shared)) == 0);
	kem->free(kem, key);
	must(kem->encaps(kem, o->ek, ct, shared, NULL) == o->taken);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mlkem *set;
	struct outcome expected, o;

	if (size < HEAD || !crypto_init(NULL))
		return 0;
	set = data[0] & 1 ? &mlkem_1024 : &mlkem_768;
	run(&mlkem_portable, set, data, size, &expected);
	if (mlkem_kernel(MLKEM_AVX2) != NULL) {
		run(&mlkem_avx2, set, data, size, &o);
		must(memcmp(&o, &expected, sizeof(o)) == 0);
	}
	check_libcrypto(data[0] & 1 ? &kem_mlkem1024_libcrypto : &kem_mlkem768_libcrypto, data + 1,
			&expected);
	return 0;
}
