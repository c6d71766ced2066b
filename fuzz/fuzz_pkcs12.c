/*
 * PKCS#12 files under the passphrase "x". Whatever they ask for, the work is bounded.
 */
#include <assert.h>

#include "crypto/pkcs12.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = { 0 };
	struct pkcs12 p = { .count = 0 };
	bool ok;

	if (!crypto_init(&err))
		return 0;
	(void)pkcs12_detect(span_make(data, size));
	ok = pkcs12_read(span_make(data, size), SPAN_LITERAL("x"), &p, &err);
	assert(ok || err.reason != WARD_E_NONE);
	pkcs12_clear(&p);
	return 0;
}
