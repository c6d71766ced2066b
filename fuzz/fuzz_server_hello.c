/*
 * ServerHello and HelloRetryRequest (RFC 9846, 4.2.3 and 4.2.4): a message's body from outside. See handshake.h.
 */
#include "handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_message(HT_SERVER_HELLO, data, size);
	return 0;
}
