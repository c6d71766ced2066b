/*
 * cookie (RFC 9846, 4.3.2): what the server wants to get back in the second ClientHello.
 *
 *	opaque cookie<1..2^16-1>;
 */
#include "tls/ext/table.h"

void cookie_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	(void)where;
	e->cookie = reader_vec_bounded(body, 2, 1, 65535);
}

void cookie_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	writer_vec(w, 2, e->cookie);
}
