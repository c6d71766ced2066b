/*
 * certificate_authorities (RFC 9846, 4.3.4): the names of CAs that the sender trusts. The names are
 * read as far as their lengths.
 *
 *	opaque DistinguishedName<1..2^16-1>;
 *	DistinguishedName authorities<3..2^16-1>;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

void certificate_authorities_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	struct reader list = list_open(body, 2);

	(void)where;
	e->certificate_authorities = span_make(list.pos, reader_left(&list));
	while (reader_more(&list))
		(void)reader_vec_bounded(&list, 2, 1, 65535);
}

void certificate_authorities_write(struct writer *w, enum ext_where where,
				   const struct extensions *e)
{
	(void)where;
	writer_vec(w, 2, e->certificate_authorities);
}
