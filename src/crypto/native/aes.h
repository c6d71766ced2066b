/*
 * The AES key schedule (FIPS 197, section 5.2), in the form that AES-NI and VAES take.
 */
#ifndef CRYPTO_NATIVE_AES_H
#define CRYPTO_NATIVE_AES_H

#include <stddef.h>
#include <stdint.h>

enum {
	AES_128_ROUNDS = 10,
	AES_256_ROUNDS = 14,
};

/* Writes rounds + 1 round keys. The key has 16 bytes for 10 rounds, 32 for 14. Needs AES-NI. */
void aes_expand_key(uint8_t (*round_keys)[16], const uint8_t *key, unsigned int rounds);
/* One block. Needs AES-NI. */
void aes_encrypt_block(const uint8_t (*round_keys)[16], unsigned int rounds, const uint8_t in[16],
		       uint8_t out[16]);

#endif
