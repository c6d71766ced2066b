/*
 * An OCSP request from outside: what is taken must be one to libcrypto too, with as many CertIDs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "x509/ocsp.h"

/* Behind our own: its macros have names of ours. */
#include <openssl/err.h>
#include <openssl/ocsp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct ward_ocsp_request *q = ward_ocsp_request_parse(data, size, &err);
	const unsigned char *p = data;
	OCSP_REQUEST *other;
	size_t len;

	must((q == NULL) == error_is_set(&err), "a refusal without a reason");
	if (q == NULL)
		return 0;
	must(ward_ocsp_request_count(q) > 0, "a request for nothing");
	for (size_t i = 0; i < ward_ocsp_request_count(q); i++)
		must(ward_ocsp_request_serial(q, i, &len) != NULL && len > 0, "no serial number");
	ward_ocsp_request_nonce(q, &len);
	must(len <= WARD_OCSP_NONCE_MAX, "a nonce that is too long");
	other = d2i_OCSP_REQUEST(NULL, &p, (long)size);
	/* Names of who asks, and signatures, are passed over here and read there. */
	if (other != NULL)
		must((size_t)OCSP_request_onereq_count(other) == ward_ocsp_request_count(q),
		     "the number of certificates");
	OCSP_REQUEST_free(other);
	ERR_clear_error();
	ward_ocsp_request_free(q);
	return 0;
}
