/*
 * What ML-KEM costs, in µs: each kernel, libcrypto where it has it, and the hybrid groups with all
 * that they make and free. Each figure is the best of many short runs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/kem.h"
#include "crypto/native/mlkem.h"
#include "support/clock.h"

struct subject {
	const struct mlkem_kernel *kernel;
	const struct mlkem *set;
	const struct kem *kem;
	void *key;
	uint16_t group;
	struct kex *kex;
	uint8_t seed[MLKEM_SEED_LEN], dk[MLKEM_DK_MAX], ct[MLKEM_CT_MAX], secret[MLKEM_SHARED_LEN];
	uint8_t share[KEX_SHARE_MAX], answer[KEX_SHARE_MAX];
	struct secret shared;
};

static void must(bool ok)
{
	if (!ok)
		exit(EXIT_FAILURE);
}

static void print(const char *name, const char *by, struct subject *s,
		  void (*make)(struct subject *), void (*answer)(struct subject *),
		  void (*finish)(struct subject *))
{
	double key = clock_call(s, make), encaps = clock_call(s, answer);

	printf("%-20s %-18s %9.1f %12.1f %12.1f\n", name, by, key, encaps, clock_call(s, finish));
}

/* ---- kernels ---- */

static void kernel_make(struct subject *s)
{
	mlkem_keygen(s->kernel, s->set, s->seed, s->dk);
}

static void kernel_answer(struct subject *s)
{
	must(mlkem_encaps(s->kernel, s->set, mlkem_ek(s->set, s->dk), s->seed, s->ct, s->secret));
}

static void kernel_finish(struct subject *s)
{
	mlkem_decaps(s->kernel, s->set, s->dk, s->ct, s->secret);
}

static void print_kernels(const struct mlkem *set)
{
	for (int i = MLKEM_PORTABLE; i <= MLKEM_AVX2; i++) {
		struct subject s = { .kernel = mlkem_kernel((enum mlkem_kernels)i), .set = set };

		if (s.kernel != NULL)
			print(set->name, s.kernel->name, &s, kernel_make, kernel_answer,
			      kernel_finish);
	}
}

/* ---- libcrypto ---- */

static void kem_make(struct subject *s)
{
	if (s->key != NULL)
		s->kem->free(s->kem, s->key);
	s->key = s->kem->generate(s->kem, s->share, NULL);
	must(s->key != NULL);
}

static void kem_answer(struct subject *s)
{
	must(s->kem->encaps(s->kem, s->share, s->ct, s->secret, NULL));
}

static void kem_finish(struct subject *s)
{
	must(s->kem->decaps(s->kem, s->key, s->ct, s->secret, NULL));
}

static void print_kem(const struct kem *kem)
{
	struct subject s = { .kem = kem };

	if (!kem->available(kem)) {
		printf("%-20s %-18s %9s\n", kem->name, "libcrypto", "none");
		return;
	}
	print(kem->name, "libcrypto", &s, kem_make, kem_answer, kem_finish);
	kem->free(kem, s.key);
}

/* ---- groups ---- */

static void group_make(struct subject *s)
{
	kex_free(s->kex);
	s->kex = kex_offer(s->group, s->share, NULL);
	must(s->kex != NULL);
}

static void group_answer(struct subject *s)
{
	must(kex_accept(s->group, span_make(s->share, kex_share_len(s->group)), s->answer,
			&s->shared, NULL));
}

static void group_finish(struct subject *s)
{
	must(kex_finish(s->kex, span_make(s->answer, kex_answer_len(s->group)), &s->shared, NULL));
}

static void print_group(uint16_t group)
{
	struct subject s = { .group = group };

	print(kex_group_name(group), "the group", &s, group_make, group_answer, group_finish);
	kex_free(s.kex);
}

int main(void)
{
	must(crypto_init(NULL));
	printf("%-20s %-18s %9s %12s %12s\n", "us", "", "key pair", "encapsulate", "decapsulate");
	print_kernels(&mlkem_768);
	print_kem(&kem_mlkem768_libcrypto);
	print_kernels(&mlkem_1024);
	print_kem(&kem_mlkem1024_libcrypto);
	print_group(GROUP_X25519MLKEM768);
	print_group(GROUP_SECP256R1MLKEM768);
	print_group(GROUP_SECP384R1MLKEM1024);
	return EXIT_SUCCESS;
}
