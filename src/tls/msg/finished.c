/*
 * Finished (RFC 9846, 4.5.3): verify_data, as long as the digest of the cipher suite.
 */
#include "tls/msg/message.h"

bool finished_parse(struct span body, size_t digest_len, struct span *verify_data,
		    struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	*verify_data = reader_bytes(&r, digest_len);
	return message_close(&r, HT_FINISHED, err);
}

void finished_write(struct writer *w, struct span verify_data)
{
	WRITE_MESSAGE(w, HT_FINISHED)
	writer_bytes(w, verify_data);
}
