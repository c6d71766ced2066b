/*
 * early_data (RFC 9846, 4.3.10): empty in ClientHello and EncryptedExtensions; in a ticket, how
 * many bytes of early data the server will take.
 */
#include "tls/ext/table.h"

void early_data_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	if (where == IN_NST)
		e->max_early_data_size = reader_u32(body);
}

void early_data_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	if (where == IN_NST)
		writer_u32(w, e->max_early_data_size);
}
