/*
 * NewSessionTicket (RFC 9846, 4.7.1): a server makes them, a client keeps them.
 */
#include <stdlib.h>

#include "tls/conn.h"
#include "tls/ticket_keys.h"

/* What goes into a ticket of this connection, while it is put together. */
struct draft {
	struct resumption r;
	struct psk psk;
	uint8_t context[32];
	uint8_t *chain;
};

static void draft_clear(struct draft *d)
{
	secret_wipe(&d->psk.key);
	free(d->chain);
}

/* The peer's certificates, each with its length. */
static bool draft_chain(struct draft *d, const struct peer_chain *peer, struct ward_error *err)
{
	size_t room = 0;
	struct writer w;

	if (peer == NULL)
		return true;
	for (size_t i = 0; i < peer->chain.count; i++)
		room += 3 + cert_der(peer->chain.certs[i]).len;
	d->chain = malloc(room);
	if (d->chain == NULL)
		return FAIL(err, NO_MEMORY);
	w = writer_make(d->chain, room, err);
	for (size_t i = 0; i < peer->chain.count; i++)
		writer_vec(&w, 3, cert_der(peer->chain.certs[i]));
	d->r.chain = writer_span(&w);
	return writer_ok(&w);
}

/* The earlier of a time and the ends of the certificates in a chain. */
static int64_t end_with(const struct ward_chain *chain, int64_t end)
{
	for (size_t i = 0; i < chain->count; i++)
		if (ward_cert_not_after(chain->certs[i]) < end)
			end = ward_cert_not_after(chain->certs[i]);
	return end;
}

/* Neither the certificates nor what was shown long ago are outlived. 0: not worth a ticket. */
static uint32_t lifetime_for(const struct ward_conn *c, uint32_t wished)
{
	const struct identity *own = c->hs == NULL ? NULL : c->hs->identity;
	int64_t end = c->now + wished;

	if (end > c->authenticated + WARD_TICKET_LIFETIME_MAX)
		end = c->authenticated + WARD_TICKET_LIFETIME_MAX;
	if (c->config->verify != WARD_VERIFY_NONE && c->peer != NULL)
		end = end_with(&c->peer->chain, end);
	if (own != NULL)
		end = end_with(&own->chain, end);
	return end > c->now ? (uint32_t)(end - c->now) : 0;
}

static bool draft_begin(struct draft *d, const struct ward_conn *c, const struct identity *own,
			struct ward_error *err)
{
	*d = (struct draft){ .chain = NULL };
	config_ticket_context(c->config, own, d->context);
	d->r.version = WARD_TLS_1_3;
	d->r.suite = c->suite->id;
	d->r.authenticated = c->authenticated;
	d->r.issued = c->now;
	d->r.context = SPAN_ARRAY(d->context);
	d->r.name = span_string(c->host);
	d->r.alpn = span_string(c->alpn);
	return draft_chain(d, c->peer, err);
}

static void draft_key(struct draft *d, const struct ward_conn *c, struct span secret,
		      struct span nonce)
{
	psk_from_ticket(&d->psk, c->suite->digest, secret, nonce);
	d->r.key = secret_span(&d->psk.key);
}

/* ---- a server's ---- */

/* Seals what the draft says, with an age_add of its own. */
static bool seal(struct ward_conn *c, struct draft *d, uint8_t *sealed, size_t *len,
		 struct ward_error *err)
{
	uint8_t content[TICKET_CONTENT_MAX];
	struct writer w = writer_make(content, sizeof(content), err);
	bool ok;

	resumption_write(&w, &d->r);
	*len = w.len + TICKET_OVERHEAD;
	ok = writer_ok(&w) &&
	     ticket_seal(c->config->ticket_keys, c->now, writer_span(&w), sealed, err);
	secret_wipe_bytes(content, w.len);
	return ok;
}

static bool send_ticket(struct ward_conn *c, struct draft *d, uint8_t number, struct span secret,
			struct ward_error *err)
{
	uint8_t sealed[TICKET_CONTENT_MAX + TICKET_OVERHEAD];
	uint8_t message[sizeof(sealed) + 64];
	struct writer w = writer_make(message, sizeof(message), err);
	struct new_session_ticket nst = { .ticket_lifetime = d->r.lifetime,
					  .ticket_nonce = span_make(&number, 1) };
	size_t len;

	draft_key(d, c, secret, nst.ticket_nonce);
	if (!config_random(c->config, (uint8_t *)&d->r.age_add, sizeof(d->r.age_add), err) ||
	    !seal(c, d, sealed, &len, err))
		return false;
	nst.ticket_age_add = d->r.age_add;
	nst.ext.max_early_data_size = d->r.max_early_data;
	if (d->r.max_early_data > 0)
		nst.ext.seen |= ext_bit(EXT_EARLY_DATA);
	nst.ticket = span_make(sealed, len);
	new_session_ticket_write(&w, &nst);
	return writer_ok(&w) && output_message(c, writer_span(&w), err);
}

static bool send_all(struct ward_conn *c, struct draft *d, struct ward_error *err)
{
	SECRET_AUTO struct secret secret = { .len = 0 };

	if (resumption_size(&d->r) + SECRET_MAX > TICKET_CONTENT_MAX)
		return true;
	handshake_derive_resumption(c, &secret);
	for (size_t i = 0; i < c->config->tickets; i++)
		if (!send_ticket(c, d, (uint8_t)i, secret_span(&secret), err))
			return false;
	return true;
}

bool server_send_tickets(struct ward_conn *c, struct ward_error *err)
{
	const struct handshake *hs = c->hs;
	struct draft d;
	bool ok;

	if (!hs->gives_tickets || c->config->tickets == 0 ||
	    (handshake_has_psk(hs) && hs->psk.binder != RES_BINDER))
		return true;
	if (!c->resumed && c->authenticated == 0)
		c->authenticated = c->now;
	ok = draft_begin(&d, c, hs->identity, err);
	d.r.max_early_data = c->config->early_data_max;
	d.r.lifetime = lifetime_for(c, ward_ticket_keys_lifetime(c->config->ticket_keys));
	ok = ok && (d.r.lifetime == 0 || send_all(c, &d, err));
	draft_clear(&d);
	return ok;
}

/* ---- a client's ---- */

static bool hand_on(struct ward_conn *c, struct ward_ticket *ticket, struct ward_error *err)
{
	const char *service = c->service != NULL ? c->service : c->host;

	if (c->config->on_ticket != NULL)
		c->config->on_ticket(c->config->on_ticket_arg, c, ticket);
	return !c->config->resumption || service == NULL ||
	       ticket_cache_put(&c->config->ticket_cache, service, ticket, err);
}

static bool keep_ticket(struct ward_conn *c, const struct new_session_ticket *nst,
			uint32_t lifetime, struct ward_error *err)
{
	struct ward_ticket *ticket = NULL;
	struct draft d;

	if (draft_begin(&d, c, NULL, err)) {
		draft_key(&d, c, span_make(c->resumption, c->resumption_len), nst->ticket_nonce);
		d.r.lifetime = lifetime;
		d.r.age_add = nst->ticket_age_add;
		d.r.max_early_data = nst->ext.max_early_data_size;
		d.r.ticket = nst->ticket;
		ticket = ticket_new(&d.r, err);
	}
	draft_clear(&d);
	if (ticket == NULL)
		return false;
	if (!hand_on(c, ticket, err)) {
		ward_ticket_free(ticket);
		return false;
	}
	ward_ticket_free(ticket);
	return true;
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
	if (!new_session_ticket_parse(m->body, &nst, err))
		return false;
	lifetime = lifetime_for(c, nst.ticket_lifetime);
	if (lifetime == 0 || c->peer == NULL ||
	    (!c->config->resumption && c->config->on_ticket == NULL))
		return true;
	return keep_ticket(c, &nst, lifetime, err);
}
