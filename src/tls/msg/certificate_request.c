/*
 * CertificateRequest (RFC 9846, 4.4.2).
 *
 *	struct {
 *		opaque certificate_request_context<0..2^8-1>;
 *		Extension extensions<0..2^16-1>;
 *	} CertificateRequest;
 */
#include "tls/msg/message.h"

bool certificate_request_parse(struct span body, struct certificate_request *cr,
			       struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	cr->context = reader_vec(&r, 1);
	extensions_parse(&r, IN_CR, &cr->ext);
	return message_close(&r, HT_CERTIFICATE_REQUEST, err);
}

void certificate_request_write(struct writer *w, const struct certificate_request *cr)
{
	WRITE_MESSAGE(w, HT_CERTIFICATE_REQUEST)
	{
		writer_vec(w, 1, cr->context);
		extensions_write(w, IN_CR, &cr->ext);
	}
}
