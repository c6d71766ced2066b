/*
 * oid_filters (RFC 9846, 4.3.5): what the server would like the client's certificate to say.
 *
 *	struct {
 *		opaque certificate_extension_oid<1..2^8-1>;
 *		opaque certificate_extension_values<0..2^16-1>;
 *	} OIDFilter;
 *	OIDFilter filters<0..2^16-1>;
 */
#include "tls/ext/table.h"

void oid_filters_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	struct reader list = reader_child(body, 2);

	(void)where;
	e->oid_filters = span_make(list.pos, reader_left(&list));
	while (reader_more(&list)) {
		(void)reader_vec_bounded(&list, 1, 1, 255);
		(void)reader_vec(&list, 2);
	}
}

void oid_filters_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	writer_vec(w, 2, e->oid_filters);
}
