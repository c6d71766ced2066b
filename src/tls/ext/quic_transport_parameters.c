/*
 * quic_transport_parameters (RFC 9001, 8.2): what the peers of a QUIC connection tell each other. The
 * QUIC stack reads it; here it is bytes.
 */
#include "tls/ext/table.h"

void quic_transport_parameters_parse(struct reader *body, enum ext_where where,
				     struct extensions *e)
{
	(void)where;
	e->quic_parameters = reader_rest(body);
}

void quic_transport_parameters_write(struct writer *w, enum ext_where where,
				     const struct extensions *e)
{
	(void)where;
	writer_bytes(w, e->quic_parameters);
}
