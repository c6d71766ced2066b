/*
 * Random bytes from libcrypto's generator: seeded by the system, safe across fork, one per thread.
 */
#include "crypto/init.h"

#include <limits.h>

#include <openssl/rand.h>

bool random_bytes(void *out, size_t len, struct ward_error *err)
{
	if (len > INT_MAX)
		return FAIL(err, BAD_ARGUMENT);
	if (RAND_bytes(out, (int)len) != 1)
		return FAIL(err, RANDOM_FAILED);
	return true;
}
