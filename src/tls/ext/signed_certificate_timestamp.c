/*
 * signed_certificate_timestamp (RFC 6962, section 3.3): asked for by an empty one; the answer stands
 * beside the certificate it is about, in TLS 1.2 in the ServerHello.
 *
 *	opaque SerializedSCT<1..2^16-1>;
 *	SerializedSCT sct_list<1..2^16-1>;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

#define ANSWERS (IN_CT | IN_SH12)

bool sct_list_is_sound(struct span whole)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(whole, &failure);
	struct extensions e = { .seen = 0 };

	signed_certificate_timestamp_parse(&r, IN_CT, &e);
	return reader_close(&r);
}

void signed_certificate_timestamp_parse(struct reader *body, enum ext_where where,
					struct extensions *e)
{
	struct reader list;

	if (!(where & ANSWERS))
		return;
	e->sct_list = span_make(body->pos, reader_left(body));
	list = list_open(body, 2);
	while (reader_more(&list))
		(void)reader_vec_bounded(&list, 2, 1, 65535);
}

void signed_certificate_timestamp_write(struct writer *w, enum ext_where where,
					const struct extensions *e)
{
	if (where & ANSWERS)
		writer_bytes(w, e->sct_list);
}
