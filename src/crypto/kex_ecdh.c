/*
 * ECDH on P-256 and P-384 (RFC 9846, 4.3.8.2; SEC 1), shares as uncompressed points.
 *
 * Through EC_KEY, which libcrypto marks as deprecated: with EVP each key pair needs a context that
 * is fetched and set up anew, and each share goes through EVP_PKEY_fromdata, 14 of the 20 us that
 * a key pair on P-256 takes in all. The arithmetic behind both is the same.
 *
 * Invariant: a point is used only after EC_POINT_oct2point found it on the curve (which has prime
 * order, so no other check is needed) and its first byte said that it is uncompressed.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>

#include "crypto/kex.h"

enum { POINT_UNCOMPRESSED = 4 };

static void ecdh_free(void *key)
{
	EC_KEY_free(key);
}

static void *ecdh_copy(const void *key, struct ward_error *err)
{
	EC_KEY *copy = EC_KEY_dup(key);

	if (copy == NULL)
		libcrypto_fail(err, "an ECDH key pair");
	return copy;
}

/* An empty key on the curve of the group. */
static EC_KEY *ecdh_new(const struct kex_ops *ops)
{
	EC_KEY *key = EC_KEY_new();

	if (key != NULL && EC_KEY_set_group(key, libcrypto.curves[ops->curve]) != 1) {
		EC_KEY_free(key);
		key = NULL;
	}
	return key;
}

static bool ecdh_write_share(const struct kex_ops *ops, const EC_KEY *key, uint8_t *share)
{
	return EC_POINT_point2oct(EC_KEY_get0_group(key), EC_KEY_get0_public_key(key),
				  POINT_CONVERSION_UNCOMPRESSED, share, ops->share_len,
				  NULL) == ops->share_len;
}

static void *ecdh_generate(const struct kex_ops *ops, uint8_t *share, struct ward_error *err)
{
	EC_KEY *key = ecdh_new(ops);

	if (key == NULL || EC_KEY_generate_key(key) != 1 || !ecdh_write_share(ops, key, share)) {
		EC_KEY_free(key);
		libcrypto_fail(err, "an ECDH key pair");
		return NULL;
	}
	return key;
}

/* The private scalar from 1 to the order - 1, and the point that goes with it. */
static bool ecdh_set_private(EC_KEY *key, struct span scalar)
{
	const EC_GROUP *group = EC_KEY_get0_group(key);
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *d = BN_secure_new();
	bool ok = point != NULL && d != NULL && scalar.len <= KEX_SHARE_MAX &&
		  BN_bin2bn(scalar.data, (int)scalar.len, d) != NULL && !BN_is_zero(d) &&
		  BN_cmp(d, EC_GROUP_get0_order(group)) < 0 &&
		  EC_POINT_mul(group, point, d, NULL, NULL, NULL) == 1 &&
		  EC_KEY_set_private_key(key, d) == 1 && EC_KEY_set_public_key(key, point) == 1;

	BN_clear_free(d);
	EC_POINT_free(point);
	return ok;
}

static void *ecdh_from_private(const struct kex_ops *ops, struct span private_key, uint8_t *share,
			       struct ward_error *err)
{
	EC_KEY *key = ecdh_new(ops);

	if (key == NULL || !ecdh_set_private(key, private_key) ||
	    !ecdh_write_share(ops, key, share)) {
		EC_KEY_free(key);
		FAIL(err, BAD_ARGUMENT);
		return NULL;
	}
	return key;
}

static bool ecdh_derive(const struct kex_ops *ops, void *key, struct span peer_share,
			struct secret *shared, struct ward_error *err)
{
	const EC_GROUP *group = libcrypto.curves[ops->curve];
	size_t field_len = (ops->share_len - 1) / 2;
	EC_POINT *peer = EC_POINT_new(group);
	bool ok = false;

	if (peer == NULL)
		FAIL(err, NO_MEMORY);
	else if (peer_share.data[0] != POINT_UNCOMPRESSED ||
		 EC_POINT_oct2point(group, peer, peer_share.data, peer_share.len, NULL) != 1)
		FAILF(err, BAD_KEY_SHARE, "not a point of %s", ops->name);
	else if (ECDH_compute_key(shared->data, field_len, peer, key, NULL) != (int)field_len)
		libcrypto_fail(err, "ECDH");
	else
		ok = true;
	shared->len = field_len;
	EC_POINT_free(peer);
	return ok;
}

const struct kex_ops kex_p256 = {
	.group = GROUP_SECP256R1,
	.name = "secp256r1",
	.share_len = 65,
	.answer_len = 65,
	.curve = CURVE_P256,
	.generate = ecdh_generate,
	.from_private = ecdh_from_private,
	.derive = ecdh_derive,
	.copy = ecdh_copy,
	.free = ecdh_free,
};

const struct kex_ops kex_p384 = {
	.group = GROUP_SECP384R1,
	.name = "secp384r1",
	.share_len = 97,
	.answer_len = 97,
	.curve = CURVE_P384,
	.generate = ecdh_generate,
	.from_private = ecdh_from_private,
	.derive = ecdh_derive,
	.copy = ecdh_copy,
	.free = ecdh_free,
};
