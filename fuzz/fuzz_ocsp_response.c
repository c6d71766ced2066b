/*
 * An OCSP response from outside: what is taken must be one to libcrypto too, with as many answers;
 * and out of nothing it proves nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "support/credentials.h"
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

static void compare(const struct ward_ocsp_response *p, struct span der)
{
	const unsigned char *at = der.data;
	OCSP_RESPONSE *other = d2i_OCSP_RESPONSE(NULL, &at, (long)der.len);
	OCSP_BASICRESP *basic = other == NULL ? NULL : OCSP_response_get1_basic(other);

	must(other != NULL && OCSP_response_status(other) == (int)ward_ocsp_response_result(p),
	     "what the response says of the request");
	if (basic != NULL)
		must((size_t)OCSP_resp_count(basic) == ward_ocsp_response_count(p),
		     "the number of answers");
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(other);
	ERR_clear_error();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct ward_ocsp_response *p = ward_ocsp_response_parse(data, size, &err);
	const struct credential *server = credential_server(WARD_KEY_P256);
	struct ward_ocsp_single single;
	char text[256];

	must((p == NULL) == error_is_set(&err), "a refusal without a reason");
	if (p == NULL)
		return 0;
	compare(p, span_make(data, size));
	ward_ocsp_response_responder(p, text, sizeof(text));
	for (size_t i = 0; i < ward_ocsp_response_count(p); i++)
		must(ward_ocsp_response_single(p, i, &single) && single.revoked.serial_len > 0,
		     "an answer that is not there");
	must(!ward_ocsp_response_check(p, NULL, server->chain.certs[0], test_ca_cert(), TEST_NOW,
				       NULL, &err),
	     "a proof out of nothing");
	must(error_is_set(&err), "a refusal without a reason");
	ward_ocsp_response_free(p);
	return 0;
}
