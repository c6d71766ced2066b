/*
 * Public keys on curves: ECDSA on the NIST curves (FIPS 186-5, SEC 1) and Ed25519 (RFC 8032).
 *
 * EC keys are EC_KEYs, which libcrypto marks as deprecated: EVP_PKEY_fromdata takes 14 us in 3.0
 * and 6 in 3.5 for what EC_KEY_oct2key does in 2, and a verification through EVP_PKEY_verify costs
 * another 1 or 2. After they are made they are only read, so threads share them.
 *
 * ECDSA_verify accepts a signature in DER alone: it encodes what it has read again and compares.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <limits.h>

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "crypto/key.h"

enum { POINT_UNCOMPRESSED = 4 };

/* RFC 5480, 2.2 lets compressed points be refused; EC_KEY_oct2key would take them. */
EC_KEY *ec_public_read(enum curve curve, struct span point, struct ward_error *err)
{
	const EC_GROUP *group = libcrypto.curves[curve];
	size_t len = 1 + 2 * (((size_t)EC_GROUP_get_degree(group) + 7) / 8);
	EC_KEY *k;

	if (point.len != len || point.data[0] != POINT_UNCOMPRESSED) {
		FAILF(err, BAD_KEY, "not an uncompressed point of the curve");
		return NULL;
	}
	k = EC_KEY_new();
	if (k == NULL || EC_KEY_set_group(k, group) != 1) {
		libcrypto_fail(err, "an EC key");
	} else if (EC_KEY_oct2key(k, point.data, point.len, NULL) != 1) {
		FAILF(err, BAD_KEY, "a point that is not on its curve");
	} else {
		return k;
	}
	EC_KEY_free(k);
	return NULL;
}

void ec_public_free(EC_KEY *k)
{
	EC_KEY_free(k);
}

bool ec_verify(EC_KEY *k, struct span digest, struct span signature, struct ward_error *err)
{
	if (signature.len > SIGNATURE_MAX ||
	    ECDSA_verify(0, digest.data, (int)digest.len, signature.data, (int)signature.len, k) !=
		    1)
		return FAIL(err, BAD_SIGNATURE);
	return true;
}

/* Any 32 bytes: those that are no point make every verification fail. */
EVP_PKEY *ed25519_public_read(struct span bytes, struct ward_error *err)
{
	EVP_PKEY *k = NULL;

	if (bytes.len != 32)
		FAILF(err, BAD_KEY, "an Ed25519 key of %zu bytes", bytes.len);
	else if ((k = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, bytes.data,
						     bytes.len)) == NULL)
		libcrypto_fail(err, "an Ed25519 key");
	return k;
}

bool ed25519_verify(EVP_PKEY *k, struct span message, struct span signature, struct ward_error *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = false;

	if (ctx == NULL || EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, k, NULL) != 1)
		libcrypto_fail(err, "Ed25519");
	else if (EVP_DigestVerify(ctx, signature.data, signature.len, message.data, message.len) !=
		 1)
		FAIL(err, BAD_SIGNATURE);
	else
		ok = true;
	EVP_MD_CTX_free(ctx);
	return ok;
}
