/*
 * The secrets of TLS 1.2. See prf.h.
 */
#include "tls/tls12/prf.h"

/* HMAC over parts that do not stand together in memory. */
static void hmac_parts(const struct hmac_key *key, const struct span *parts, size_t count,
		       uint8_t *out)
{
	struct digest inner = key->inner, outer = key->outer;
	size_t len = digest_len(inner.alg);

	for (size_t i = 0; i < count; i++)
		digest_update(&inner, parts[i]);
	digest_finish(&inner, out);
	digest_update(&outer, span_make(out, len));
	digest_finish(&outer, out);
	secret_wipe_bytes(&inner, sizeof(inner));
	secret_wipe_bytes(&outer, sizeof(outer));
}

/* P_hash: HMAC(secret, A(1) + seed) + HMAC(secret, A(2) + seed) + ..., A(i) = HMAC(secret, A(i-1)) */
void prf12(enum digest_alg alg, struct span secret, const char *label, struct span seed1,
	   struct span seed2, uint8_t *out, size_t len)
{
	uint8_t a[DIGEST_MAX_LEN], piece[DIGEST_MAX_LEN];
	size_t step = digest_len(alg);
	struct span parts[4] = { SPAN_EMPTY, span_string(label), seed1, seed2 };
	struct hmac_key key;

	hmac_key_init(&key, alg, secret);
	hmac_parts(&key, parts + 1, 3, a);
	while (len > 0) {
		size_t n = len < step ? len : step;

		parts[0] = span_make(a, step);
		hmac_parts(&key, parts, 4, piece);
		memcpy(out, piece, n);
		hmac_with_key(&key, span_make(a, step), a);
		out += n;
		len -= n;
	}
	hmac_key_wipe(&key);
	secret_wipe_bytes(a, sizeof(a));
	secret_wipe_bytes(piece, sizeof(piece));
}

void master_secret12(enum digest_alg alg, struct span premaster, struct span session_hash,
		     struct secret *master)
{
	master->len = MASTER_SECRET_LEN;
	prf12(alg, premaster, "extended master secret", session_hash, SPAN_EMPTY, master->data,
	      master->len);
}

void key_block_make(const struct suite *suite, struct span master, struct span client_random,
		    struct span server_random, struct key_block *block)
{
	uint8_t bytes[2 * AEAD_KEY_MAX + 2 * AEAD_NONCE_LEN];
	size_t key = aead_key_len(suite->aead), iv = suite_fixed_iv_len(suite);
	const uint8_t *at = bytes;

	prf12(suite->digest, master, "key expansion", server_random, client_random, bytes,
	      2 * key + 2 * iv);
	memcpy(block->client_key, at, key);
	memcpy(block->server_key, at + key, key);
	memcpy(block->client_iv, at + 2 * key, iv);
	memcpy(block->server_iv, at + 2 * key + iv, iv);
	secret_wipe_bytes(bytes, sizeof(bytes));
}

void key_block_wipe(struct key_block *block)
{
	secret_wipe_bytes(block, sizeof(*block));
}

void verify_data12(enum digest_alg alg, struct span master, bool by_server,
		   struct span transcript_hash, uint8_t *out)
{
	prf12(alg, master, by_server ? "server finished" : "client finished", transcript_hash,
	      SPAN_EMPTY, out, VERIFY_DATA_LEN);
}
