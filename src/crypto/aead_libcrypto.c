/*
 * AEAD through libcrypto: an EVP_CIPHER_CTX that stays keyed. A record sets its nonce and passes
 * its bytes; the direction is set along with the nonce, so one object may seal and open.
 *
 * Two things are as they are because of what calls cost: bytes that are sealed into another place
 * are copied first when they are few, since that is cheaper than a second update for the tail; and
 * the tag is read and set as a parameter, which spares the translation in EVP_CIPHER_CTX_ctrl.
 */
#include <limits.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "crypto/aead.h"
#include "crypto/init.h"

/* Up to here a copy costs less than a second update. */
enum { COPY_MAX = 2048 };

struct libcrypto_aead {
	EVP_CIPHER_CTX *ctx;
	enum aead_alg alg;
};

static size_t libcrypto_state_len(enum aead_alg alg)
{
	(void)alg;
	return sizeof(struct libcrypto_aead);
}

static bool libcrypto_init(void *state, enum aead_alg alg, const uint8_t *key,
			   struct ward_error *err)
{
	struct libcrypto_aead *a = state;

	if (!crypto_init(err))
		return false;
	a->alg = alg;
	a->ctx = EVP_CIPHER_CTX_new();
	if (a->ctx == NULL)
		return FAIL(err, NO_MEMORY);
	if (EVP_EncryptInit_ex2(a->ctx, libcrypto.ciphers[alg], key, NULL, NULL) != 1)
		return libcrypto_fail(err, "keying a cipher");
	return true;
}

static void libcrypto_clear(void *state)
{
	struct libcrypto_aead *a = state;

	EVP_CIPHER_CTX_free(a->ctx);
}

/* Passes bytes if there are any: an update of nothing may mean something else to a provider. */
static bool update(EVP_CIPHER_CTX *ctx, uint8_t *out, struct span in)
{
	int n = 0;

	return in.len == 0 || EVP_CipherUpdate(ctx, out, &n, in.data, (int)in.len) == 1;
}

static bool seal_text(EVP_CIPHER_CTX *ctx, struct span in, struct span tail, uint8_t *out)
{
	uint8_t *end = out + in.len;

	if (in.data != out && in.len > COPY_MAX)
		return update(ctx, out, in) && update(ctx, end, tail);
	if (in.data != out)
		bytes_copy(out, in.data, in.len);
	bytes_copy(end, tail.data, tail.len);
	return update(ctx, out, span_make(out, in.len + tail.len));
}

static bool libcrypto_seal(void *state, const uint8_t *nonce, struct span aad, struct span in,
			   struct span tail, uint8_t *out, struct ward_error *err)
{
	struct libcrypto_aead *a = state;
	uint8_t *tag = out + in.len + tail.len;
	int n = 0;
	OSSL_PARAM get_tag[] = {
		OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, AEAD_TAG_LEN),
		OSSL_PARAM_construct_end(),
	};

	if (in.len > INT_MAX - tail.len || aad.len > INT_MAX)
		return FAIL(err, BAD_ARGUMENT);
	if (EVP_EncryptInit_ex2(a->ctx, NULL, NULL, nonce, NULL) != 1 ||
	    !update(a->ctx, NULL, aad) || !seal_text(a->ctx, in, tail, out) ||
	    EVP_EncryptFinal_ex(a->ctx, tag, &n) != 1 ||
	    EVP_CIPHER_CTX_get_params(a->ctx, get_tag) != 1)
		return libcrypto_fail(err, "sealing");
	return true;
}

static bool libcrypto_open(void *state, const uint8_t *nonce, struct span aad, uint8_t *buf,
			   size_t len, struct ward_error *err)
{
	struct libcrypto_aead *a = state;
	uint8_t *tag = buf + len - AEAD_TAG_LEN;
	int n = 0;
	OSSL_PARAM set_tag[] = {
		OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, AEAD_TAG_LEN),
		OSSL_PARAM_construct_end(),
	};

	if (len > INT_MAX || aad.len > INT_MAX)
		return FAIL(err, BAD_ARGUMENT);
	if (EVP_DecryptInit_ex2(a->ctx, NULL, NULL, nonce, set_tag) != 1 ||
	    !update(a->ctx, NULL, aad) || !update(a->ctx, buf, span_make(buf, len - AEAD_TAG_LEN)))
		return libcrypto_fail(err, "opening");
	if (EVP_DecryptFinal_ex(a->ctx, tag, &n) != 1)
		return FAIL(err, BAD_RECORD_MAC);
	return true;
}

/*
 * libcrypto does not tell what it allocates: these are the sums of one keyed context, counted by
 * replacing its malloc, in 3.5; in 3.0 they are 16 bytes less.
 */
enum { GCM_HEAP = 1184, CHACHA20_HEAP = 1072 };

static size_t libcrypto_extra_size(const void *state)
{
	const struct libcrypto_aead *a = state;

	return a->alg == AEAD_CHACHA20_POLY1305 ? CHACHA20_HEAP : GCM_HEAP;
}

const struct aead_ops aead_libcrypto = {
	.name = "libcrypto",
	.state_len = libcrypto_state_len,
	.init = libcrypto_init,
	.clear = libcrypto_clear,
	.seal = libcrypto_seal,
	.open = libcrypto_open,
	.extra_size = libcrypto_extra_size,
};
