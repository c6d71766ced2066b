/*
 * CertificateStatus (RFC 6066, section 8) and the lists of timestamps (RFC 6962, 3.3): bodies from
 * outside. What is read is written again as it was.
 */
#include <stdlib.h>

#include "tls/msg/msg.h"
#include "tls/tls12/msg12.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	uint8_t *out = malloc(size + HANDSHAKE_HEADER_LEN);
	struct writer w = writer_make(out, size + HANDSHAKE_HEADER_LEN, &err);
	struct span response;

	if (certificate_status_parse(span_make(data, size), &response, &err)) {
		certificate_status_write(&w, response);
		if (!writer_ok(&w) ||
		    !span_equal(span_make(out + HANDSHAKE_HEADER_LEN, size), span_make(data, size)))
			abort();
	}
	(void)sct_list_is_sound(span_make(data, size));
	free(out);
	return 0;
}
