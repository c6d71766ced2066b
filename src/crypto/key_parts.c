/*
 * The numbers that a key is made of (RFC 8017, 3; SEC 1, 3.2; RFC 8032, 5.1.5), for those who show
 * keys. Nothing else in ward takes a key apart.
 *
 * Invariant: parts of private keys lie in memory that key_parts_clear wipes, and nowhere else.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "crypto/key.h"

static bool part_new(struct key_parts *parts, enum key_part part, size_t len,
		     struct ward_error *err)
{
	parts->part[part].data = malloc(len == 0 ? 1 : len);
	parts->part[part].len = len;
	return parts->part[part].data != NULL || FAIL(err, NO_MEMORY);
}

/* At least `least` bytes, zeros in front. */
static bool part_number(struct key_parts *parts, enum key_part part, const BIGNUM *n, size_t least,
			struct ward_error *err)
{
	size_t len = (size_t)BN_num_bytes(n);

	len = len < least ? least : len;
	if (!part_new(parts, part, len, err))
		return false;
	return BN_bn2binpad(n, parts->part[part].data, (int)len) == (int)len ||
	       libcrypto_fail(err, "a number of a key");
}

static bool take_number(const EVP_PKEY *pkey, const char *name, struct key_parts *parts,
			enum key_part part, size_t least, struct ward_error *err)
{
	BIGNUM *n = NULL;
	bool ok = EVP_PKEY_get_bn_param(pkey, name, &n) == 1 || libcrypto_fail(err, name);

	ok = ok && part_number(parts, part, n, least, err);
	BN_clear_free(n);
	return ok;
}

static bool take_rsa(const EVP_PKEY *pkey, struct key_parts *parts, struct ward_error *err)
{
	static const struct {
		const char *name;
		enum key_part part;
	} numbers[] = {
		{ OSSL_PKEY_PARAM_RSA_N, KEY_PART_MODULUS },
		{ OSSL_PKEY_PARAM_RSA_E, KEY_PART_PUBLIC_EXPONENT },
		{ OSSL_PKEY_PARAM_RSA_D, KEY_PART_PRIVATE_EXPONENT },
		{ OSSL_PKEY_PARAM_RSA_FACTOR1, KEY_PART_PRIME1 },
		{ OSSL_PKEY_PARAM_RSA_FACTOR2, KEY_PART_PRIME2 },
		{ OSSL_PKEY_PARAM_RSA_EXPONENT1, KEY_PART_EXPONENT1 },
		{ OSSL_PKEY_PARAM_RSA_EXPONENT2, KEY_PART_EXPONENT2 },
		{ OSSL_PKEY_PARAM_RSA_COEFFICIENT1, KEY_PART_COEFFICIENT },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!take_number(pkey, numbers[i].name, parts, numbers[i].part, 1, err))
			return false;
	return true;
}

static bool take_ed25519(const EVP_PKEY *pkey, bool private, struct key_parts *parts,
			 struct ward_error *err)
{
	size_t len = 32;
	bool ok;

	if (!part_new(parts, KEY_PART_PUBLIC, len, err) ||
	    (private && !part_new(parts, KEY_PART_PRIVATE, len, err)))
		return false;
	ok = EVP_PKEY_get_raw_public_key(pkey, parts->part[KEY_PART_PUBLIC].data, &len) == 1;
	if (private)
		ok = ok && EVP_PKEY_get_raw_private_key(pkey, parts->part[KEY_PART_PRIVATE].data,
							&len) == 1;
	return ok || libcrypto_fail(err, "an Ed25519 key");
}

static bool take_point(const EC_KEY *ec, struct key_parts *parts, struct ward_error *err)
{
	const EC_GROUP *group = EC_KEY_get0_group(ec);
	const EC_POINT *point = EC_KEY_get0_public_key(ec);
	size_t len = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, NULL, 0, NULL);

	if (!part_new(parts, KEY_PART_PUBLIC, len, err))
		return false;
	return EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED,
				  parts->part[KEY_PART_PUBLIC].data, len, NULL) == len ||
	       libcrypto_fail(err, "a point");
}

static void describe(const struct pubkey *k, struct key_parts *parts)
{
	*parts = (struct key_parts){ .type = k->type, .bits = k->bits };
}

static bool take_exponent(uint64_t e, struct key_parts *parts, struct ward_error *err)
{
	size_t len = 8 - (size_t)__builtin_clzll(e) / 8; /* e is at least 3 */

	if (!part_new(parts, KEY_PART_PUBLIC_EXPONENT, len, err))
		return false;
	for (size_t i = 0; i < len; i++)
		parts->part[KEY_PART_PUBLIC_EXPONENT].data[i] = (uint8_t)(e >> (8 * (len - 1 - i)));
	return true;
}

static bool take_public(const struct pubkey *k, struct key_parts *parts, struct ward_error *err)
{
	switch (k->type) {
	case KEY_RSA:
	case KEY_RSA_PSS:
		return part_number(parts, KEY_PART_MODULUS, k->rsa.n, 1, err) &&
		       take_exponent(k->rsa.e, parts, err);
	case KEY_P256:
	case KEY_P384:
	case KEY_P521:
		return take_point(k->ec, parts, err);
	case KEY_ED25519:
		return take_ed25519(k->ed25519, false, parts, err);
	case KEY_NONE:
	default:
		return FAIL(err, INTERNAL);
	}
}

static bool take_private(const struct privkey *k, struct key_parts *parts, struct ward_error *err)
{
	switch (k->public->type) {
	case KEY_RSA:
	case KEY_RSA_PSS:
		return take_rsa(k->pkey, parts, err);
	case KEY_P256:
	case KEY_P384:
	case KEY_P521:
		return take_number(k->pkey, OSSL_PKEY_PARAM_PRIV_KEY, parts, KEY_PART_PRIVATE,
				   (k->public->bits + 7) / 8, err) &&
		       take_point(k->public->ec, parts, err);
	case KEY_ED25519:
		return take_ed25519(k->pkey, true, parts, err);
	case KEY_NONE:
	default:
		return FAIL(err, INTERNAL);
	}
}

bool privkey_parts(const struct privkey *k, struct key_parts *parts, struct ward_error *err)
{
	bool ok;

	describe(k->public, parts);
	libcrypto_errors_mark();
	ok = take_private(k, parts, err);
	libcrypto_errors_drop();
	return ok;
}

bool pubkey_parts(const struct pubkey *k, struct key_parts *parts, struct ward_error *err)
{
	bool ok;

	describe(k, parts);
	libcrypto_errors_mark();
	ok = take_public(k, parts, err);
	libcrypto_errors_drop();
	return ok;
}

void key_parts_clear(struct key_parts *parts)
{
	for (int i = 0; i < KEY_PARTS; i++) {
		if (parts->part[i].data != NULL)
			secret_wipe_bytes(parts->part[i].data, parts->part[i].len);
		free(parts->part[i].data);
	}
	*parts = (struct key_parts){ 0 };
}
