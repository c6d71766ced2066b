/*
 * PKCS#7 bags of certificates. What is read is written and read again, the same.
 */
#include <assert.h>
#include <stdlib.h>

#include "x509/pkcs7.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_chain chain = { .count = 0 }, again = { .count = 0 };
	struct ward_error err = { 0 };
	uint8_t *der = NULL;
	size_t len;

	if (!pkcs7_read(span_make(data, size), &chain, &err)) {
		assert(err.reason != WARD_E_NONE);
		ward_chain_clear(&chain);
		return 0;
	}
	assert(pkcs7_detect(span_make(data, size)));
	assert(pkcs7_write(&chain, &der, &len, &err));
	assert(pkcs7_read(span_make(der, len), &again, &err));
	assert(again.count == chain.count);
	free(der);
	ward_chain_clear(&chain);
	ward_chain_clear(&again);
	return 0;
}
