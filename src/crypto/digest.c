/*
 * Digests (FIPS 180-4, RFC 1321): values that are copied by assignment and never allocate.
 *
 * This file calls libcrypto's functions for one hash each, SHA256_Update and its like, which it
 * marks as deprecated in favour of EVP. EVP costs more than the hash itself on the inputs of a key
 * schedule, and an EVP_MD_CTX cannot be copied without allocating, while a transcript hash is read
 * in its middle several times in each handshake. These functions are the code that EVP ends up in,
 * with the same choice of instructions by CPU. None of them can fail.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/md5.h>
#include <openssl/sha.h>

#define FITS(type)                                                                                 \
	static_assert(sizeof(type) <= sizeof(((struct digest *)0)->state) &&                       \
			      _Alignof(type) <= _Alignof(struct digest),                           \
		      #type " does not fit struct digest")

FITS(SHA256_CTX);
FITS(SHA512_CTX);
FITS(SHA_CTX);
FITS(MD5_CTX);

size_t digest_len(enum digest_alg alg)
{
	static const uint8_t lens[] = {
		[DIGEST_NONE] = 0,
		[DIGEST_SHA256] = SHA256_DIGEST_LENGTH,
		[DIGEST_SHA384] = SHA384_DIGEST_LENGTH,
		[DIGEST_SHA512] = SHA512_DIGEST_LENGTH,
		[DIGEST_SHA1] = SHA_DIGEST_LENGTH,
		[DIGEST_MD5] = MD5_DIGEST_LENGTH,
	};

	return lens[alg];
}

size_t digest_block_len(enum digest_alg alg)
{
	static const uint8_t lens[] = {
		[DIGEST_NONE] = 0,
		[DIGEST_SHA256] = SHA256_CBLOCK,
		[DIGEST_SHA384] = SHA512_CBLOCK,
		[DIGEST_SHA512] = SHA512_CBLOCK,
		[DIGEST_SHA1] = SHA_CBLOCK,
		[DIGEST_MD5] = MD5_CBLOCK,
	};

	return lens[alg];
}

void digest_start(struct digest *d, enum digest_alg alg)
{
	void *state = &d->state;

	d->alg = alg;
	switch (alg) {
	case DIGEST_SHA256:
		SHA256_Init(state);
		break;
	case DIGEST_SHA384:
		SHA384_Init(state);
		break;
	case DIGEST_SHA512:
		SHA512_Init(state);
		break;
	case DIGEST_SHA1:
		SHA1_Init(state);
		break;
	case DIGEST_MD5:
		MD5_Init(state);
		break;
	case DIGEST_NONE:
	default:
		abort();
	}
}

void digest_update(struct digest *d, struct span bytes)
{
	void *state = &d->state;

	switch (d->alg) {
	case DIGEST_SHA256:
		SHA256_Update(state, bytes.data, bytes.len);
		break;
	case DIGEST_SHA384:
	case DIGEST_SHA512:
		SHA512_Update(state, bytes.data, bytes.len);
		break;
	case DIGEST_SHA1:
		SHA1_Update(state, bytes.data, bytes.len);
		break;
	case DIGEST_MD5:
		MD5_Update(state, bytes.data, bytes.len);
		break;
	case DIGEST_NONE:
	default:
		abort();
	}
}

/* SHA-384 is ended by SHA512_Final, which reads the length of the output from the state. */
void digest_finish(struct digest *d, uint8_t *out)
{
	void *state = &d->state;

	switch (d->alg) {
	case DIGEST_SHA256:
		SHA256_Final(out, state);
		break;
	case DIGEST_SHA384:
	case DIGEST_SHA512:
		SHA512_Final(out, state);
		break;
	case DIGEST_SHA1:
		SHA1_Final(out, state);
		break;
	case DIGEST_MD5:
		MD5_Final(out, state);
		break;
	case DIGEST_NONE:
	default:
		abort();
	}
	d->alg = DIGEST_NONE;
}

void digest_peek(const struct digest *d, uint8_t *out)
{
	struct digest copy = *d;

	digest_finish(&copy, out);
}

void digest_once(enum digest_alg alg, struct span bytes, uint8_t *out)
{
	struct digest d;

	digest_start(&d, alg);
	digest_update(&d, bytes);
	digest_finish(&d, out);
}
