/*
 * X25519, kernel against libcrypto: share and shared secret of any scalar and any point.
 *
 * Input: a scalar and a point, 32 bytes each.
 */
#include <stdlib.h>

#include "crypto/kex.h"
#include "crypto/native/x25519.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

struct exchange {
	uint8_t share[X25519_LEN];
	uint8_t shared[X25519_LEN]; /* zeros where libcrypto refuses the point */
};

static struct exchange by_libcrypto(struct span scalar, struct span point)
{
	const struct kex_ops *ops = &kex_x25519_libcrypto;
	struct secret shared = { .len = 0 };
	struct exchange x = { .share = { 0 } };
	void *key = ops->from_private(ops, scalar, x.share, NULL);

	must(key != NULL);
	if (ops->derive(ops, key, point, &shared, NULL))
		bytes_copy(x.shared, shared.data, X25519_LEN);
	ops->free(key);
	return x;
}

static void check_kernel(const struct x25519_kernel *k, const uint8_t *clamped,
			 const uint8_t *point, const struct exchange *expected)
{
	struct exchange x;

	k->comb(x.share, clamped);
	k->ladder(x.shared, clamped, point);
	must(span_equal(SPAN_ARRAY(x.share), SPAN_ARRAY(expected->share)));
	must(span_equal(SPAN_ARRAY(x.shared), SPAN_ARRAY(expected->shared)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t clamped[X25519_LEN];
	struct exchange expected;

	if (size != 2 * X25519_LEN || !crypto_init(NULL))
		return 0;
	expected =
		by_libcrypto(span_make(data, X25519_LEN), span_make(data + X25519_LEN, X25519_LEN));
	bytes_copy(clamped, data, X25519_LEN);
	x25519_clamp(clamped);
	for (int i = X25519_PORTABLE; i <= X25519_ADX; i++) {
		const struct x25519_kernel *k = x25519_kernel((enum x25519_kernels)i);

		if (k != NULL)
			check_kernel(k, clamped, data + X25519_LEN, &expected);
	}
	return 0;
}
