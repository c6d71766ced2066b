/*
 * A public key from outside, and a signature: a length of two bytes and SubjectPublicKeyInfo, the
 * signature algorithm, the signature. A key that is taken must be one to libcrypto too.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/crypto.h"
#include "wire/reader.h"
#include "x509/algorithm.h"
#include "x509/raw_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

static void compare(const struct pubkey *k, struct span spki)
{
	const unsigned char *p = spki.data;
	EVP_PKEY *other = d2i_PUBKEY(NULL, &p, (long)spki.len);
	struct ward_error err = ERROR_NONE;
	struct key_id id;

	must(other != NULL && p == spki.data + spki.len, "a key that libcrypto refuses");
	must((unsigned int)EVP_PKEY_get_bits(other) == pubkey_bits(k) ||
		     pubkey_type(k) == KEY_ED25519, /* 253 there */
	     "the size of the key");
	EVP_PKEY_free(other);
	key_id_parse(spki, &id, &err);
	must(!error_is_set(&err) && id.type == pubkey_type(k) && id.bits == pubkey_bits(k),
	     "two readers that differ");
}

/* Alone it is taken by the same rules, but that it may not be weak. */
static void compare_raw(const struct pubkey *k, struct span spki)
{
	struct ward_error err = ERROR_NONE, own = ERROR_NONE;
	struct raw_key *raw = raw_key_parse(spki, &own);
	struct key_id id = { .weak = true };

	must((raw == NULL) == error_is_set(&own), "a refusal without a reason");
	if (k != NULL)
		key_id_parse(spki, &id, &err);
	must((raw != NULL) == (k != NULL && !id.weak), "a raw key that is judged otherwise");
	must(raw == NULL || span_equal(raw->spki, spki), "a raw key that is another");
	raw_key_free(raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(span_make(data, size), &err);
	struct span spki = reader_vec(&r, 2);
	enum sig_alg alg = (enum sig_alg)(reader_u8(&r) % (SIG_ED25519 + 1));
	struct span signature = reader_rest(&r);
	struct pubkey *k;

	must(crypto_init(NULL), "libcrypto");
	k = pubkey_from_spki(spki, &own);
	must((k == NULL) == error_is_set(&own), "a refusal without a reason");
	compare_raw(k, spki);
	if (k == NULL)
		return 0;
	compare(k, spki);
	must(!pubkey_verify(k, alg, SPAN_LITERAL("a message that nobody has signed"), signature,
			    &own),
	     "a signature out of nothing");
	must(error_is_set(&own), "a refusal without a reason");
	must(ERR_peek_error() == 0, "an error left in libcrypto's queue");
	pubkey_free(k);
	return 0;
}
