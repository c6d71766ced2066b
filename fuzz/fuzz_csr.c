/*
 * Certificate requests. What is read is told, verified, and comes out of its own DER again.
 */
#include <assert.h>
#include <stdlib.h>

#include <ward/csr.h>

#include "base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = { 0 }, fault = { 0 };
	struct ward_csr *csr = ward_csr_parse(data, size, &err), *again;
	struct ward_cert_spec spec = { .path_length = -1 };
	const uint8_t *der;
	char text[300];
	bool ok;
	size_t len;

	if (csr == NULL) {
		assert(err.reason != WARD_E_NONE);
		return 0;
	}
	(void)ward_csr_subject(csr, text, sizeof(text));
	for (size_t i = 0; i < ward_csr_san_count(csr); i++)
		assert(ward_csr_san(csr, i, text, sizeof(text)) >= 0);
	assert(ward_csr_key_type(csr) != NULL && ward_csr_signature_name(csr) != NULL);
	ok = ward_csr_verify(csr, &fault);
	assert(ok || fault.reason != WARD_E_NONE);
	fault = (struct ward_error){ 0 };
	ok = ward_csr_copy_names(csr, &spec, &fault);
	assert(ok || fault.reason != WARD_E_NONE);
	der = ward_csr_der(csr, &len);
	again = ward_csr_parse(der, len, &err);
	assert(again != NULL);
	ward_csr_free(again);
	ward_csr_free(csr);
	return 0;
}
