/*
 * NewSessionTicket (RFC 9846, 4.7.1).
 *
 *	struct {
 *		uint32 ticket_lifetime;
 *		uint32 ticket_age_add;
 *		opaque ticket_nonce<0..255>;
 *		opaque ticket<1..2^16-1>;
 *		Extension extensions<0..2^16-1>;
 *	} NewSessionTicket;
 */
#include "tls/msg/message.h"

bool new_session_ticket_parse(struct span body, struct new_session_ticket *nst,
			      struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	nst->ticket_lifetime = reader_u32(&r);
	nst->ticket_age_add = reader_u32(&r);
	nst->ticket_nonce = reader_vec(&r, 1);
	nst->ticket = reader_vec_bounded(&r, 2, 1, 65535);
	extensions_parse(&r, IN_NST, &nst->ext);
	return message_close(&r, HT_NEW_SESSION_TICKET, err);
}

void new_session_ticket_write(struct writer *w, const struct new_session_ticket *nst)
{
	WRITE_MESSAGE(w, HT_NEW_SESSION_TICKET)
	{
		writer_u32(w, nst->ticket_lifetime);
		writer_u32(w, nst->ticket_age_add);
		writer_vec(w, 1, nst->ticket_nonce);
		writer_vec(w, 2, nst->ticket);
		extensions_write(w, IN_NST, &nst->ext);
	}
}
