/*
 * supported_versions (RFC 9846, 4.3.1): what the client speaks, most preferred first; what the
 * server chose.
 *
 *	ProtocolVersion versions<2..254>;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

void supported_versions_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	if (where == IN_CH)
		e->supported_versions = u16_list_read(body, 1, 254);
	else
		e->selected_version = reader_u16(body);
}

void supported_versions_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	if (where == IN_CH)
		writer_vec(w, 1, e->supported_versions);
	else
		writer_u16(w, e->selected_version);
}
