/*
 * CertificateRequest (RFC 9846, 4.4.2): a message's body from outside, and what its filters say of a
 * certificate. See handshake.h.
 */
#include "handshake.h"
#include "support/credentials.h"
#include "x509/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has no extension that is named passes nothing that is known; the CA has a keyUsage. */
static void fuzz_filters(struct span list)
{
	struct ward_error err = { 0 };
	struct reader r = reader_make(list, &err);

	while (reader_more(&r)) {
		struct span oid = reader_vec(&r, 1);
		struct span values = reader_vec(&r, 2);
		bool known = span_equal(oid, SPAN_LITERAL("\x06\x03\x55\x1d\x25"));

		if (cert_passes_filter(test_ca_cert(), oid, values) && known)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct certificate_request cr = { 0 };
	struct ward_error err = { 0 };

	if (certificate_request_parse(span_make(data, size), &cr, &err))
		fuzz_filters(cr.ext.oid_filters);
	fuzz_message(HT_CERTIFICATE_REQUEST, data, size);
	return 0;
}
