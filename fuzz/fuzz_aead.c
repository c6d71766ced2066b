/*
 * AES-GCM, kernel against kernel: every one that this CPU can run must seal as libcrypto does, open
 * what was sealed, and refuse it with one bit changed.
 *
 * Input: 8 bytes that shape the record (see struct shape), a key of 32 bytes, a nonce of 12, then
 * bytes that associated data, text and tail are filled from, over and over.
 */
#include <stdlib.h>

#include "crypto/aead.h"
#include "crypto/native/gcm.h"

enum { KERNELS = GCM_VAES512 + 1, SHAPE_LEN = 8, IN_MAX = 1 << 15 };

struct shape {
	enum aead_alg alg;
	bool in_place;
	size_t aad_len, tail_len, in_len;
	size_t flip; /* the bit to be changed, modulo what there is */
};

struct record {
	struct shape shape;
	const uint8_t *key, *nonce;
	uint8_t *aad, *in, *tail, *sealed;
	size_t sealed_len;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static struct shape read_shape(const uint8_t *d)
{
	return (struct shape){
		.alg = d[0] & 1 ? AEAD_AES_256_GCM : AEAD_AES_128_GCM,
		.in_place = d[0] & 2,
		.aad_len = d[1],
		.tail_len = d[2],
		.in_len = (size_t)(d[3] | d[4] << 8) % IN_MAX,
		.flip = (size_t)(d[5] | d[6] << 8 | d[7] << 16),
	};
}

/* A block of exactly this size, filled with the bytes given, over and over. */
static uint8_t *filled(size_t len, struct span from)
{
	uint8_t *block = malloc(len > 0 ? len : 1);

	must(block != NULL);
	for (size_t i = 0; i < len; i++)
		block[i] = from.len > 0 ? from.data[i % from.len] : 0;
	return block;
}

static struct aead *keyed(const struct aead_ops *ops, const struct record *r)
{
	struct aead *a = aead_new_with(ops, r->shape.alg, r->key, NULL);

	must(a != NULL);
	return a;
}

/* Returns sealed_len bytes. */
static uint8_t *sealed_by(struct aead *a, const struct record *r)
{
	const struct shape *s = &r->shape;
	uint8_t *out = filled(r->sealed_len, SPAN_EMPTY);
	const uint8_t *in = r->in;

	if (s->in_place) {
		bytes_copy(out, r->in, s->in_len);
		in = out;
	}
	must(aead_seal(a, r->nonce, span_make(r->aad, s->aad_len), span_make(in, s->in_len),
		       span_make(r->tail, s->tail_len), out, NULL));
	return out;
}

static bool opens(struct aead *a, const struct record *r, uint8_t *buf)
{
	return aead_open(a, r->nonce, span_make(r->aad, r->shape.aad_len), buf, r->sealed_len,
			 NULL);
}

static void check_kernel(const struct aead_ops *ops, const struct record *r)
{
	const struct shape *s = &r->shape;
	struct aead *a = keyed(ops, r);
	uint8_t *buf = sealed_by(a, r);
	size_t bit = s->flip % (r->sealed_len * 8);

	must(span_equal(span_make(buf, r->sealed_len), span_make(r->sealed, r->sealed_len)));
	must(opens(a, r, buf));
	must(span_equal(span_make(buf, s->in_len), span_make(r->in, s->in_len)));
	must(span_equal(span_make(buf + s->in_len, s->tail_len), span_make(r->tail, s->tail_len)));
	bytes_copy(buf, r->sealed, r->sealed_len);
	buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
	must(!opens(a, r, buf));
	free(buf);
	aead_free(a);
}

static void check_record(struct record *r)
{
	struct aead *libcrypto = keyed(&aead_libcrypto, r);

	r->sealed = sealed_by(libcrypto, r);
	for (int kernel = 0; kernel < KERNELS; kernel++) {
		const struct aead_ops *ops = aead_native_gcm_kernel((enum gcm_kernel)kernel);

		if (ops != NULL)
			check_kernel(ops, r);
	}
	aead_free(libcrypto);
	free(r->sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t fixed = SHAPE_LEN + AEAD_KEY_MAX + AEAD_NONCE_LEN;
	struct record r;
	struct span rest;

	if (size < fixed)
		return 0;
	r.shape = read_shape(data);
	r.key = data + SHAPE_LEN;
	r.nonce = r.key + AEAD_KEY_MAX;
	rest = span_make(data + fixed, size - fixed);
	r.aad = filled(r.shape.aad_len, rest);
	r.in = filled(r.shape.in_len, rest);
	r.tail = filled(r.shape.tail_len, rest);
	r.sealed_len = r.shape.in_len + r.shape.tail_len + AEAD_TAG_LEN;
	check_record(&r);
	free(r.aad);
	free(r.in);
	free(r.tail);
	return 0;
}
