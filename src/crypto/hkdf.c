/*
 * HKDF (RFC 5869): extract is one HMAC; expand is a chain of HMACs under one prepared key.
 */
#include "crypto/crypto.h"

#include <assert.h>

/* With no salt the RFC takes a string of zeros as long as the hash: as a key, HMAC's empty one. */
void hkdf_extract(enum digest_alg alg, struct span salt, struct span ikm, struct secret *out)
{
	hmac_once(alg, salt, ikm, out->data);
	out->len = digest_len(alg);
}

/*
 * T(i) = HMAC(prk, T(i - 1) | info | i). The three parts go into a copy of the keyed state one by
 * one, so that info needs no buffer.
 */
static void expand_block(const struct hmac_key *k, struct span previous, struct span info,
			 uint8_t i, uint8_t *out)
{
	struct hmac_key copy = *k;
	size_t len = digest_len(k->inner.alg);

	digest_update(&copy.inner, previous);
	digest_update(&copy.inner, info);
	digest_update(&copy.inner, span_make(&i, 1));
	digest_finish(&copy.inner, out);
	digest_update(&copy.outer, span_make(out, len));
	digest_finish(&copy.outer, out);
	hmac_key_wipe(&copy);
}

void hkdf_expand(enum digest_alg alg, struct span prk, struct span info, uint8_t *out,
		 size_t out_len)
{
	size_t len = digest_len(alg);
	struct hmac_key k;
	SECRET_AUTO struct secret block = { .len = 0 };

	assert(out_len <= 255 * len);
	hmac_key_init(&k, alg, prk);
	for (uint8_t i = 1; out_len > 0; i++) {
		size_t n = out_len < len ? out_len : len;

		expand_block(&k, secret_span(&block), info, i, block.data);
		block.len = len;
		bytes_copy(out, block.data, n);
		out += n;
		out_len -= n;
	}
	hmac_key_wipe(&k);
}
