/*
 * What X25519 costs, in µs: each kernel, and each provider behind the seam with all that it makes
 * and frees. Each figure is the best of many short runs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/kex.h"
#include "crypto/native/x25519.h"
#include "support/clock.h"

struct subject {
	const struct x25519_kernel *kernel;
	const struct kex_ops *ops;
	void *key;
	uint8_t scalar[X25519_LEN], point[X25519_LEN], out[X25519_LEN];
};

static void kernel_base(struct subject *s)
{
	s->kernel->comb(s->out, s->scalar);
}

static void kernel_ladder(struct subject *s)
{
	s->kernel->ladder(s->out, s->scalar, s->point);
}

static void ops_generate(struct subject *s)
{
	void *key = s->ops->generate(s->ops, s->out, NULL);

	if (key == NULL)
		exit(EXIT_FAILURE);
	s->ops->free(key);
}

static void ops_derive(struct subject *s)
{
	struct secret shared;

	if (!s->ops->derive(s->ops, s->key, SPAN_ARRAY(s->point), &shared, NULL))
		exit(EXIT_FAILURE);
}

static void print_kernel(const struct x25519_kernel *k)
{
	struct subject s = { .kernel = k, .point = { 9 }, .scalar = { 8, 2, 3 } };

	x25519_clamp(s.scalar);
	printf("%-22s %9.1f %9.1f\n", k->name, clock_call(&s, kernel_base),
	       clock_call(&s, kernel_ladder));
}

static void print_provider(const char *name, const struct kex_ops *ops)
{
	struct subject s = { .ops = ops, .point = { 9 } };

	s.key = ops->generate(ops, s.out, NULL);
	if (s.key == NULL)
		exit(EXIT_FAILURE);
	printf("%-22s %9.1f %9.1f\n", name, clock_call(&s, ops_generate),
	       clock_call(&s, ops_derive));
	ops->free(s.key);
}

int main(void)
{
	if (!crypto_init(NULL))
		return EXIT_FAILURE;
	printf("%-22s %9s %9s\n", "us", "key pair", "derive");
	for (int i = X25519_PORTABLE; i <= X25519_ADX; i++) {
		const struct x25519_kernel *k = x25519_kernel((enum x25519_kernels)i);

		if (k != NULL)
			print_kernel(k);
	}
	print_provider("group, by the kernel", &kex_x25519_native);
	print_provider("group, by libcrypto", &kex_x25519_libcrypto);
	return EXIT_SUCCESS;
}
