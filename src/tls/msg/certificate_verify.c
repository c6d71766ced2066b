/*
 * CertificateVerify (RFC 9846, 4.5.2).
 *
 *	struct {
 *		SignatureScheme algorithm;
 *		opaque signature<0..2^16-1>;
 *	} CertificateVerify;
 */
#include "tls/msg/message.h"

bool certificate_verify_parse(struct span body, struct certificate_verify *cv,
			      struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	cv->algorithm = reader_u16(&r);
	cv->signature = reader_vec(&r, 2);
	return message_close(&r, HT_CERTIFICATE_VERIFY, err);
}

void certificate_verify_write(struct writer *w, const struct certificate_verify *cv)
{
	WRITE_MESSAGE(w, HT_CERTIFICATE_VERIFY)
	{
		writer_u16(w, cv->algorithm);
		writer_vec(w, 2, cv->signature);
	}
}
