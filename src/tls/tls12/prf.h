/*
 * The secrets of TLS 1.2 (RFC 5246, sections 5, 6.3, 7.4.9 and 8.1; RFC 7627): one pseudorandom
 * function, from which the master secret, the keys of both directions and Finished are made.
 */
#ifndef TLS_TLS12_PRF_H
#define TLS_TLS12_PRF_H

#include "crypto/crypto.h"
#include "tls/suites.h"

enum { MASTER_SECRET_LEN = 48, VERIFY_DATA_LEN = 12 };

/* PRF(secret, label, seed) of section 5, where the seed is the two parts one behind the other. */
void prf12(enum digest_alg alg, struct span secret, const char *label, struct span seed1,
	   struct span seed2, uint8_t *out, size_t len);

/* The extended master secret (RFC 7627, 4): of the premaster secret and the session hash. */
void master_secret12(enum digest_alg alg, struct span premaster, struct span session_hash,
		     struct secret *master);

/* The keys of both directions (6.3). */
struct key_block {
	uint8_t client_key[AEAD_KEY_MAX], server_key[AEAD_KEY_MAX];
	uint8_t client_iv[AEAD_NONCE_LEN], server_iv[AEAD_NONCE_LEN];
};
void key_block_make(const struct suite *suite, struct span master, struct span client_random,
		    struct span server_random, struct key_block *block);
void key_block_wipe(struct key_block *block);

/* verify_data of Finished (7.4.9), VERIFY_DATA_LEN bytes. */
void verify_data12(enum digest_alg alg, struct span master, bool by_server,
		   struct span transcript_hash, uint8_t *out);

#endif
