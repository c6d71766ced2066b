/*
 * supported_groups (RFC 9846, 4.3.7): the key exchange groups, most preferred first.
 *
 *	NamedGroup named_group_list<2..2^16-1>;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

void supported_groups_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	(void)where;
	e->supported_groups = u16_list_read(body, 2, 65535);
}

void supported_groups_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	writer_vec(w, 2, e->supported_groups);
}
