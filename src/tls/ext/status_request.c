/*
 * status_request (RFC 6066, section 8; RFC 9846, 4.5.1.1): the client asks for an OCSP response,
 * which then stands beside the certificate it is about; a server asks a client with an empty one.
 * In TLS 1.2 a server says with an empty one that the response comes in a message of its own.
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

enum { STATUS_TYPE_OCSP = 1 };

/* Of other types of status no more is known than that they begin with their number. */
static void request_parse(struct reader *body)
{
	if (reader_u8(body) != STATUS_TYPE_OCSP) {
		(void)reader_rest(body);
		return;
	}
	for (struct reader ids = reader_child(body, 2); reader_more(&ids);)
		(void)reader_vec_bounded(&ids, 2, 1, 65535); /* responder_id_list */
	(void)reader_vec(body, 2);                           /* request_extensions */
}

struct span certificate_status_read(struct reader *r)
{
	struct reader at = *r;

	if (reader_u8(r) != STATUS_TYPE_OCSP)
		FAIL_HERE(&at, BAD_VALUE);
	return reader_vec_bounded(r, 3, 1, 0xffffff);
}

void certificate_status_put(struct writer *w, struct span response)
{
	writer_u8(w, STATUS_TYPE_OCSP);
	writer_vec(w, 3, response);
}

void status_request_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	if (where == IN_CT) {
		e->status_request = certificate_status_read(body);
	} else if (where == IN_CH) {
		e->status_request = span_make(body->pos, reader_left(body));
		request_parse(body);
	}
}

void status_request_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	if (where == IN_CT) {
		certificate_status_put(w, e->status_request);
	} else if (where == IN_CH && e->status_request.len > 0) {
		writer_bytes(w, e->status_request);
	} else if (where == IN_CH) {
		writer_u8(w, STATUS_TYPE_OCSP);
		writer_u16(w, 0); /* any responder */
		writer_u16(w, 0); /* no extensions */
	}
}
