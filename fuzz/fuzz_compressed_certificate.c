/*
 * CompressedCertificate (RFC 8879): the message, and what is in it through each decompressor that
 * there is, into memory of exactly the length it states.
 */
#include <stdlib.h>

#include "serve/cert_codecs.h"
#include "tls/msg/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void unpack(const struct compressed_certificate *cc)
{
	size_t cap = cc->uncompressed_length;
	uint8_t *out = malloc(cap);

	for (size_t i = 0; cert_codec(i) != NULL; i++)
		if (cert_codec(i)->decompress(NULL, cc->message.data, cc->message.len, out, cap) >
		    cap)
			abort();
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct compressed_certificate cc;
	struct ward_error err = ERROR_NONE;
	struct span body = span_make(data, size);
	uint8_t *again;
	struct writer w;

	if (!compressed_certificate_parse(body, &cc, &err))
		return 0;
	again = malloc(size + HANDSHAKE_HEADER_LEN);
	w = writer_make(again, size + HANDSHAKE_HEADER_LEN, &err);
	compressed_certificate_write(&w, &cc);
	if (!writer_ok(&w) || !span_equal(span_make(again + HANDSHAKE_HEADER_LEN, size), body))
		abort();
	free(again);
	if (cc.uncompressed_length > 0 && cc.uncompressed_length <= MESSAGE_MAX_CERTIFICATE)
		unpack(&cc);
	return 0;
}
