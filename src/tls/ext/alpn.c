/*
 * application_layer_protocol_negotiation (RFC 7301): the protocols the client speaks, most
 * preferred first; the server answers with exactly one.
 *
 *	opaque ProtocolName<1..2^8-1>;
 *	ProtocolName protocol_name_list<2..2^16-1>;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

void alpn_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	struct reader list = list_open(body, 2);

	e->alpn = span_make(list.pos, reader_left(&list));
	(void)reader_vec_bounded(&list, 1, 1, 255);
	if ((where & (IN_EE | IN_SH12)) && reader_left(&list) > 0)
		FAIL_HERE(&list, BAD_VALUE);
	while (reader_more(&list))
		(void)reader_vec_bounded(&list, 1, 1, 255);
}

void alpn_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	writer_vec(w, 2, e->alpn);
}

bool alpn_next(struct span *list, struct span *name)
{
	size_t len;

	if (list->len == 0)
		return false;
	len = list->data[0];
	if (len > list->len - 1)
		return false;
	*name = span_make(list->data + 1, len);
	*list = span_make(list->data + 1 + len, list->len - 1 - len);
	return true;
}
