/*
 * CertificateRequest (RFC 9846, 4.4.2): a message's body from outside. See handshake.h.
 */
#include "handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_message(HT_CERTIFICATE_REQUEST, data, size);
	return 0;
}
