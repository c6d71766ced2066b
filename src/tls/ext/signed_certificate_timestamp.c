/*
 * signed_certificate_timestamp (RFC 6962, section 3.3): asked for by an empty one; the answer stands
 * beside the certificate it is about.
 *
 *	opaque SerializedSCT<1..2^16-1>;
 *	SerializedSCT sct_list<1..2^16-1>;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

void signed_certificate_timestamp_parse(struct reader *body, enum ext_where where,
					struct extensions *e)
{
	struct reader list;

	if (where != IN_CT)
		return;
	e->sct_list = span_make(body->pos, reader_left(body));
	list = list_open(body, 2);
	while (reader_more(&list))
		(void)reader_vec_bounded(&list, 2, 1, 65535);
}

void signed_certificate_timestamp_write(struct writer *w, enum ext_where where,
					const struct extensions *e)
{
	if (where == IN_CT)
		writer_bytes(w, e->sct_list);
}
