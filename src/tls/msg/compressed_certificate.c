/*
 * CompressedCertificate (RFC 8879, section 4).
 *
 *	struct {
 *		CertificateCompressionAlgorithm algorithm;
 *		uint24 uncompressed_length;
 *		opaque compressed_certificate_message<1..2^24-1>;
 *	} CompressedCertificate;
 */
#include "tls/msg/message.h"

bool compressed_certificate_parse(struct span body, struct compressed_certificate *cc,
				  struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	cc->algorithm = reader_u16(&r);
	cc->uncompressed_length = reader_u24(&r);
	cc->message = reader_vec_bounded(&r, 3, 1, 0xffffff);
	return message_close(&r, HT_COMPRESSED_CERTIFICATE, err);
}

void compressed_certificate_write(struct writer *w, const struct compressed_certificate *cc)
{
	WRITE_MESSAGE(w, HT_COMPRESSED_CERTIFICATE)
	{
		writer_u16(w, cc->algorithm);
		writer_u24(w, cc->uncompressed_length);
		writer_vec(w, 3, cc->message);
	}
}
