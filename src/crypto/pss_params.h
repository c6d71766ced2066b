/*
 * RSASSA-PSS-params (RFC 4055, 3.1), which stand in the AlgorithmIdentifier of a key or of a
 * signature.
 */
#ifndef CRYPTO_PSS_PARAMS_H
#define CRYPTO_PSS_PARAMS_H

#include "crypto/crypto.h"

struct pss_params {
	enum digest_alg digest; /* of the message and of MGF1; other pairs are refused */
	uint32_t salt_len;
};

/*
 * From the whole SEQUENCE in DER. What is well formed but not supported (SHA-1, which the defaults
 * mean; two different hashes; another trailer) fails with KEY_UNSUPPORTED.
 */
bool pss_params_read(struct pss_params *p, struct span der, struct ward_error *err);

#endif
