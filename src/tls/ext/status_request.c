/*
 * status_request (RFC 6066, section 8; RFC 9846, 4.5.1.1): the client asks for an OCSP response,
 * which then stands beside the certificate it is about; a server asks a client with an empty one.
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

void status_request_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	if (where == IN_CT) {
		struct reader at = *body;

		if (reader_u8(body) != STATUS_TYPE_OCSP)
			FAIL_HERE(&at, BAD_VALUE);
		e->status_request = reader_vec_bounded(body, 3, 1, 0xffffff);
	} else if (where == IN_CH) {
		e->status_request = span_make(body->pos, reader_left(body));
		request_parse(body);
	}
}

void status_request_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	if (where == IN_CT) {
		writer_u8(w, STATUS_TYPE_OCSP);
		writer_vec(w, 3, e->status_request);
	} else if (where == IN_CH && e->status_request.len > 0) {
		writer_bytes(w, e->status_request);
	} else if (where == IN_CH) {
		writer_u8(w, STATUS_TYPE_OCSP);
		writer_u16(w, 0); /* any responder */
		writer_u16(w, 0); /* no extensions */
	}
}
