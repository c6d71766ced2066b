/*
 * HMAC (RFC 2104) on digests that are values: two states of the hash, each with one block of the
 * key behind it. A MAC with a key that is kept costs two compressions and no allocation.
 *
 * Invariant: whatever held the key, or a state of the hash from which the key's MACs can be made,
 * is wiped before a function returns.
 */
#include "crypto/crypto.h"

#include <assert.h>

static void hmac_wipe_digest(struct digest *d)
{
	secret_wipe_bytes(d, sizeof(*d));
}

#define DIGEST_AUTO __attribute__((cleanup(hmac_wipe_digest)))

/* Starts one of the two states: the block is the key, every byte of it xored with `pad`. */
static void hmac_start(struct digest *d, enum digest_alg alg, const uint8_t *key, uint8_t pad)
{
	uint8_t block[DIGEST_MAX_BLOCK] = { 0 };
	size_t len = digest_block_len(alg);

	for (size_t i = 0; i < len; i++)
		block[i] = key[i] ^ pad;
	digest_start(d, alg);
	digest_update(d, span_make(block, len));
	secret_wipe_bytes(block, sizeof(block));
}

void hmac_key_init(struct hmac_key *k, enum digest_alg alg, struct span key)
{
	uint8_t block[DIGEST_MAX_BLOCK] = { 0 };

	assert(alg != DIGEST_NONE);
	if (key.len > digest_block_len(alg))
		digest_once(alg, key, block);
	else
		bytes_copy(block, key.data, key.len);
	hmac_start(&k->inner, alg, block, 0x36);
	hmac_start(&k->outer, alg, block, 0x5c);
	secret_wipe_bytes(block, sizeof(block));
}

void hmac_key_wipe(struct hmac_key *k)
{
	secret_wipe_bytes(k, sizeof(*k));
}

void hmac_start_with_key(const struct hmac_key *k, struct digest *d)
{
	*d = k->inner;
}

void hmac_finish_with_key(const struct hmac_key *k, struct digest *d, uint8_t *out)
{
	DIGEST_AUTO struct digest outer = k->outer;
	size_t len = digest_len(k->inner.alg);

	digest_finish(d, out);
	hmac_wipe_digest(d);
	digest_update(&outer, span_make(out, len));
	digest_finish(&outer, out);
}

void hmac_with_key(const struct hmac_key *k, struct span bytes, uint8_t *out)
{
	struct digest inner; /* wiped by its end */

	hmac_start_with_key(k, &inner);
	digest_update(&inner, bytes);
	hmac_finish_with_key(k, &inner, out);
}

void hmac_once(enum digest_alg alg, struct span key, struct span bytes, uint8_t *out)
{
	struct hmac_key k;

	hmac_key_init(&k, alg, key);
	hmac_with_key(&k, bytes, out);
	hmac_key_wipe(&k);
}
