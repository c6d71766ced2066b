/*
 * psk_key_exchange_modes (RFC 9846, 4.3.9): how the client would use a pre-shared key.
 *
 *	PskKeyExchangeMode ke_modes<1..255>;
 */
#include "tls/ext/table.h"

void psk_key_exchange_modes_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	(void)where;
	e->psk_modes = reader_vec_bounded(body, 1, 1, 255);
}

void psk_key_exchange_modes_write(struct writer *w, enum ext_where where,
				  const struct extensions *e)
{
	(void)where;
	writer_vec(w, 1, e->psk_modes);
}
