/*
 * NewSessionTicket (RFC 9846, 4.7.1): a message's body from outside. See handshake.h.
 */
#include "handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_message(HT_NEW_SESSION_TICKET, data, size);
	return 0;
}
