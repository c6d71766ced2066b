/*
 * The handshake messages that TLS 1.2 has alone (RFC 5246, 7.4; RFC 8422, 5; RFC 5077; RFC 6066, 8).
 * See msg12.h.
 *
 *	struct {
 *		ASN.1Cert certificate_list<0..2^24-1>;
 *	} Certificate;
 *
 *	struct {
 *		opaque ASN.1_subjectPublicKeyInfo<1..2^24-1>;
 *	} Certificate;			(RFC 7250, 3)
 *
 *	struct {
 *		ECCurveType curve_type = named_curve(3);
 *		NamedCurve namedcurve;
 *		opaque point<1..2^8-1>;
 *	} ServerECDHParams;
 *
 *	struct {
 *		ServerECDHParams params;
 *		SignatureAndHashAlgorithm algorithm;
 *		opaque signature<0..2^16-1>;
 *	} ServerKeyExchange;
 *
 *	struct {
 *		ClientCertificateType certificate_types<1..2^8-1>;
 *		SignatureAndHashAlgorithm supported_signature_algorithms<2..2^16-2>;
 *		DistinguishedName certificate_authorities<0..2^16-1>;
 *	} CertificateRequest;
 *
 *	struct {
 *		opaque point<1..2^8-1>;
 *	} ClientKeyExchange;
 *
 *	struct {
 *		uint32 ticket_lifetime_hint;
 *		opaque ticket<0..2^16-1>;
 *	} NewSessionTicket;		(RFC 5077, 3.3)
 *
 *	struct {
 *		CertificateStatusType status_type = ocsp(1);
 *		opaque OCSPResponse<1..2^24-1>;
 *	} CertificateStatus;
 */
#include "tls/tls12/msg12.h"

#include "tls/msg/message.h"

enum { CURVE_TYPE_NAMED = 3 };

bool certificate12_parse(struct span body, struct certificate *c, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);
	struct reader list;

	*c = (struct certificate){ .count = 0 };
	list = reader_child(&r, 3);
	while (reader_more(&list)) {
		struct reader at = list;
		struct span der = reader_vec_bounded(&list, 3, 1, 0xffffff);

		if (c->count == CHAIN_MAX_CERTS)
			FAIL_HERE(&at, CERTIFICATE_TOO_MANY);
		else
			c->certs[c->count++] = der;
	}
	return message_close(&r, HT_CERTIFICATE, err);
}

void certificate12_write(struct writer *w, const struct certificate *c)
{
	WRITE_MESSAGE(w, HT_CERTIFICATE)
	{
		WRITE_VEC (w, 3)
			for (size_t i = 0; i < c->count; i++)
				writer_vec(w, 3, c->certs[i]);
	}
}

/* A client that has none sends an empty one, whatever the bounds say. */
bool raw_key12_parse(struct span body, struct certificate *c, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	*c = (struct certificate){ .count = 0 };
	c->certs[0] = reader_vec(&r, 3);
	c->count = c->certs[0].len > 0;
	return message_close(&r, HT_CERTIFICATE, err);
}

void raw_key12_write(struct writer *w, const struct certificate *c)
{
	WRITE_MESSAGE(w, HT_CERTIFICATE)
	writer_vec(w, 3, c->certs[0]);
}

bool server_key_exchange_parse(struct span body, struct server_key_exchange *ske,
			       struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);
	struct reader at = r;

	if (reader_u8(&r) != CURVE_TYPE_NAMED && !error_is_set(&failure))
		FAIL_HERE(&at, BAD_VALUE);
	ske->named_curve = reader_u16(&r);
	ske->point = reader_vec_bounded(&r, 1, 1, 255);
	ske->params = span_make(body.data, (size_t)(r.pos - body.data));
	ske->algorithm = reader_u16(&r);
	ske->signature = reader_vec(&r, 2);
	return message_close(&r, HT_SERVER_KEY_EXCHANGE, err);
}

void server_ecdh_params_write(struct writer *w, uint16_t named_curve, struct span point)
{
	writer_u8(w, CURVE_TYPE_NAMED);
	writer_u16(w, named_curve);
	writer_vec(w, 1, point);
}

void server_key_exchange_write(struct writer *w, const struct server_key_exchange *ske)
{
	WRITE_MESSAGE(w, HT_SERVER_KEY_EXCHANGE)
	{
		writer_bytes(w, ske->params);
		writer_u16(w, ske->algorithm);
		writer_vec(w, 2, ske->signature);
	}
}

bool certificate_request12_parse(struct span body, struct certificate_request12 *cr,
				 struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);
	struct reader names;

	cr->certificate_types = reader_vec_bounded(&r, 1, 1, 255);
	cr->signature_algorithms = u16_list_read(&r, 2, 65534);
	names = reader_child(&r, 2);
	cr->certificate_authorities = span_make(names.pos, reader_left(&names));
	while (reader_more(&names))
		(void)reader_vec_bounded(&names, 2, 1, 65535);
	return message_close(&r, HT_CERTIFICATE_REQUEST, err);
}

void certificate_request12_write(struct writer *w, const struct certificate_request12 *cr)
{
	WRITE_MESSAGE(w, HT_CERTIFICATE_REQUEST)
	{
		writer_vec(w, 1, cr->certificate_types);
		writer_vec(w, 2, cr->signature_algorithms);
		writer_vec(w, 2, cr->certificate_authorities);
	}
}

bool empty_message_parse(int type, struct span body, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	return message_close(&r, type, err);
}

bool client_key_exchange_parse(struct span body, struct span *point, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	*point = reader_vec_bounded(&r, 1, 1, 255);
	return message_close(&r, HT_CLIENT_KEY_EXCHANGE, err);
}

void client_key_exchange_write(struct writer *w, struct span point)
{
	WRITE_MESSAGE(w, HT_CLIENT_KEY_EXCHANGE)
	writer_vec(w, 1, point);
}

bool new_session_ticket12_parse(struct span body, struct new_session_ticket12 *nst,
				struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	nst->ticket_lifetime_hint = reader_u32(&r);
	nst->ticket = reader_vec(&r, 2);
	return message_close(&r, HT_NEW_SESSION_TICKET, err);
}

void new_session_ticket12_write(struct writer *w, const struct new_session_ticket12 *nst)
{
	WRITE_MESSAGE(w, HT_NEW_SESSION_TICKET)
	{
		writer_u32(w, nst->ticket_lifetime_hint);
		writer_vec(w, 2, nst->ticket);
	}
}

bool certificate_status_parse(struct span body, struct span *response, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	*response = certificate_status_read(&r);
	return message_close(&r, HT_CERTIFICATE_STATUS, err);
}

void certificate_status_write(struct writer *w, struct span response)
{
	WRITE_MESSAGE(w, HT_CERTIFICATE_STATUS)
	certificate_status_put(w, response);
}
