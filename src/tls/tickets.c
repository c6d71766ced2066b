/*
 * NewSessionTicket (RFC 9846, 4.7.1): a server makes them, a client keeps them.
 */
#include "tls/quic.h"
#include "tls/ticket_draft.h"
#include "tls/ticket_keys.h"

static void draft_key(struct ticket_draft *d, const struct ward_conn *c, struct span secret,
		      struct span nonce)
{
	psk_from_ticket(&d->psk, c->suite->digest, secret, nonce);
	d->r.key = secret_span(&d->psk.key);
}

/* ---- a server's ---- */

/* RFC 8701, 4: so that clients keep passing over what they do not know. */
static uint16_t grease_extension(uint32_t random)
{
	return (uint16_t)(((random & 0xf0) | 0x0a) * 0x0101);
}

static bool send_ticket(struct ward_conn *c, struct ticket_draft *d, uint8_t number,
			struct span secret, struct ward_error *err)
{
	uint8_t sealed[TICKET_CONTENT_MAX + TICKET_OVERHEAD];
	uint8_t message[sizeof(sealed) + 64];
	struct writer w = writer_make(message, sizeof(message), err);
	struct new_session_ticket nst = { .ticket_lifetime = d->r.lifetime,
					  .ticket_nonce = span_make(&number, 1) };
	size_t len;

	draft_key(d, c, secret, nst.ticket_nonce);
	if (!config_random(c->config, (uint8_t *)&d->r.age_add, sizeof(d->r.age_add), err) ||
	    !ticket_draft_seal(c, d, sealed, &len, err))
		return false;
	nst.ticket_age_add = d->r.age_add;
	nst.ext.grease_first = grease_extension(d->r.age_add);
	nst.ext.max_early_data_size = d->r.max_early_data;
	if (d->r.max_early_data > 0)
		nst.ext.seen |= ext_bit(EXT_EARLY_DATA);
	nst.ticket = span_make(sealed, len);
	new_session_ticket_write(&w, &nst);
	return writer_ok(&w) && flight_add_behind(c, writer_span(&w), err);
}

static bool send_all(struct ward_conn *c, struct ticket_draft *d, struct ward_error *err)
{
	SECRET_AUTO struct secret secret = { .len = 0 };

	if (!ticket_draft_fits(d))
		return true;
	handshake_derive_resumption(c, &secret);
	for (size_t i = 0; i < c->config->tickets; i++)
		if (!send_ticket(c, d, c->hs->tickets_sent++, secret_span(&secret), err))
			return false;
	return flight_seal(c, err);
}

bool server_send_tickets(struct ward_conn *c, struct ward_error *err)
{
	const struct handshake *hs = c->hs;
	struct ticket_draft d;
	bool ok;

	if (!hs->gives_tickets || c->config->tickets == 0)
		return true;
	if (!c->resumed && c->hs->authenticated == 0)
		c->hs->authenticated = c->now;
	ok = ticket_draft_begin(&d, c, hs->identity, err);
	d.r.max_early_data = c->config->early_data_max;
	quic_fill_ticket(c, &d.r);
	d.r.lifetime = ticket_draft_lifetime(c, ward_ticket_keys_lifetime(c->config->ticket_keys));
	ok = ok && (d.r.lifetime == 0 || send_all(c, &d, err));
	ticket_draft_clear(&d);
	return ok;
}

/* ---- a client's ---- */

static bool keep_ticket(struct ward_conn *c, const struct new_session_ticket *nst,
			uint32_t lifetime, struct ward_error *err)
{
	struct ward_ticket *ticket = NULL;
	struct ticket_draft d;

	if (ticket_draft_begin(&d, c, NULL, err)) {
		draft_key(&d, c, conn_kept_span(c, KEPT_RESUMPTION), nst->ticket_nonce);
		d.r.lifetime = lifetime;
		d.r.age_add = nst->ticket_age_add;
		d.r.max_early_data = nst->ext.max_early_data_size;
		d.r.ticket = nst->ticket;
		quic_fill_ticket(c, &d.r);
		ticket = ticket_new(&d.r, err);
	}
	ticket_draft_clear(&d);
	if (ticket == NULL)
		return false;
	if (!ticket_hand_on(c, ticket, err)) {
		ward_ticket_free(ticket);
		return false;
	}
	ward_ticket_free(ticket);
	return true;
}

/* RFC 9001, 4.6.1. */
static bool judge_early_data(const struct ward_conn *c, const struct extensions *e,
			     struct ward_error *err)
{
	return conn_quic(c) == NULL || !ext_has(e, EXT_EARLY_DATA) ||
	       e->max_early_data_size == QUIC_EARLY_DATA_MAX ||
	       FAILF(err, QUIC_EARLY_DATA_SIZE, "%u bytes", e->max_early_data_size);
}

bool recv_new_session_ticket(struct ward_conn *c, const struct message *m, enum state *next,
			     struct ward_error *err)
{
	struct new_session_ticket nst = { 0 };
	uint32_t lifetime;

	(void)next;
	if (c->tickets == TICKETS_MAX)
		return FAIL(err, TICKETS_FLOOD);
	c->tickets++;
	if (!new_session_ticket_parse(m->body, &nst, err) || !judge_early_data(c, &nst.ext, err))
		return false;
	lifetime = ticket_draft_lifetime(c, nst.ticket_lifetime);
	if (lifetime == 0 || (c->peer == NULL && conn_psk(c) == NULL) ||
	    (!c->config->resumption && c->config->on_ticket == NULL))
		return true;
	return keep_ticket(c, &nst, lifetime, err);
}
