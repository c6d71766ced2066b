/*
 * SessionTicket (RFC 5077, 3.2): in a ClientHello a ticket of TLS 1.2, or nothing where one is only
 * wanted; in a ServerHello nothing, and a NewSessionTicket follows.
 */
#include "tls/ext/table.h"

void session_ticket_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	if (where == IN_CH)
		e->session_ticket = reader_rest(body);
}

void session_ticket_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	if (where == IN_CH)
		writer_bytes(w, e->session_ticket);
}
