/*
 * Resumption in TLS 1.2: tickets (RFC 5077), and ids for peers that have none (RFC 5246, 7.3).
 *
 * What is kept of a session is what TLS 1.3 keeps (resumption.h), with the master secret for its
 * key, and it is bound to the same things. All sessions have the extended master secret, so that
 * one is never resumed without (RFC 7627, 5.3). A session of one version is nothing to the other.
 */
#include "tls/ticket_draft.h"
#include "tls/ticket_keys.h"
#include "tls/tls12/tls12.h"

/* How long a session by id, or a ticket of unsaid lifetime, is offered: RFC 5246, F.1.4. */
enum { SESSION_LIFETIME = 86400 };

static void take_session(struct handshake *hs, const struct resumption *r)
{
	hs->psk.hash = suite_find(r->suite)->digest;
	hs->psk.binder = RES_BINDER;
	hs->psk.key.len = r->key.len;
	memcpy(hs->psk.key.data, r->key.data, r->key.len);
	hs->psk_suite = r->suite;
	hs->resumed_since = r->authenticated;
}

/* What both sides do when a session is taken up: there is no key exchange and no signature. */
static bool resume(struct ward_conn *c, struct ward_error *err)
{
	c->suite = suite_find(c->hs->psk_suite);
	c->group = 0;
	c->peer_scheme = 0;
	c->hs->tls12->master = c->hs->psk.key;
	return auth_resume(c, err);
}

/* ---- the server ---- */

/* What the client offers, as it is sealed: a ticket, or else what its id stands for. 0: nothing. */
static size_t find_sealed(struct ward_conn *c, const struct client_hello *ch, uint8_t *buf,
			  size_t room)
{
	struct span ticket = ch->ext.session_ticket;

	if (ticket.len == 0 || !c->hs->gives_tickets)
		return sessions_get(c->config->sessions, ch->legacy_session_id, c->now, buf, room);
	if (ticket.len > room)
		return 0;
	memcpy(buf, ticket.data, ticket.len);
	return ticket.len;
}

/* The session that the client offers, in this buffer; empty if there is none. */
static struct span find_session(struct ward_conn *c, const struct client_hello *ch, uint8_t *buf,
				size_t room)
{
	struct ward_ticket_keys *keys = c->config->ticket_keys;
	struct span content = SPAN_EMPTY;
	size_t len = find_sealed(c, ch, buf, room);

	if (len == 0 || !ticket_is_ours(keys, span_make(buf, len)))
		return SPAN_EMPTY;
	(void)ticket_open(keys, c->now, buf, len, &content);
	return content;
}

static bool fits(const struct ward_conn *c, const struct client_hello *ch,
		 const struct resumption *r)
{
	return r->version == WARD_TLS_1_2 && server_ticket_fits(c, r) &&
	       config_list_has(&c->config->suites, r->suite) &&
	       u16_list_has(ch->cipher_suites, r->suite);
}

bool server12_choose_session(struct ward_conn *c, const struct client_hello *ch,
			     struct ward_error *err)
{
	uint8_t content[TICKET_CONTENT_MAX + TICKET_OVERHEAD];
	struct ward_error ignored = ERROR_NONE;
	struct resumption r;
	struct span found;

	c->hs->gives_tickets = c->config->tickets > 0 && ext_has(&ch->ext, EXT_SESSION_TICKET);
	found = find_session(c, ch, content, sizeof(content));
	if (found.len > 0 && resumption_parse(found, &r, &ignored) && fits(c, ch, &r) &&
	    server_recall_client(c, &r, err))
		take_session(c->hs, &r);
	if (found.len > 0)
		secret_wipe_bytes(content, sizeof(content));
	return !error_is_set(err);
}

bool server12_take_session(struct ward_conn *c, const struct client_hello *ch,
			   struct ward_error *err)
{
	struct tls12 *t = c->hs->tls12;

	return arena_copy(c->hs->arena, ch->legacy_session_id, &t->session_id, err) &&
	       resume(c, err);
}

bool server12_make_id(struct ward_conn *c, struct ward_error *err)
{
	uint8_t *id;

	if (c->hs->gives_tickets || c->config->sessions == NULL)
		return true;
	id = handshake_scratch(c, SESSION_ID_LEN, err);
	if (id == NULL || !config_random(c->config, id, SESSION_ID_LEN, err))
		return false;
	c->hs->tls12->session_id = span_make(id, SESSION_ID_LEN);
	return true;
}

/* 3.3 of RFC 5077: a ticket that was promised and is not to be had is an empty one. */
static bool send_ticket(struct ward_conn *c, struct ticket_draft *d, struct ward_error *err)
{
	uint8_t sealed[TICKET_CONTENT_MAX + TICKET_OVERHEAD];
	uint8_t message[sizeof(sealed) + 64];
	struct writer w = writer_make(message, sizeof(message), err);
	struct new_session_ticket12 nst = { .ticket_lifetime_hint = d->r.lifetime };
	size_t len = 0;

	if (d->r.lifetime > 0 && ticket_draft_fits(d) &&
	    !ticket_draft_seal(c, d, sealed, &len, err))
		return false;
	nst.ticket = span_make(sealed, len);
	new_session_ticket12_write(&w, &nst);
	return writer_ok(&w) && flight_add(c, writer_span(&w), err);
}

static bool keep_by_id(struct ward_conn *c, struct ticket_draft *d, struct ward_error *err)
{
	uint8_t sealed[TICKET_CONTENT_MAX + TICKET_OVERHEAD];
	struct ward_kept_session kept = { .id = c->hs->tls12->session_id.data,
					  .bytes = sealed,
					  .now = c->now,
					  .until = c->now + d->r.lifetime };

	if (d->r.lifetime == 0 || !ticket_draft_fits(d))
		return true;
	if (!ticket_draft_seal(c, d, sealed, &kept.len, err))
		return false;
	sessions_put(c->config->sessions, &kept);
	return true;
}

bool server12_give_session(struct ward_conn *c, struct ward_error *err)
{
	const struct handshake *hs = c->hs;
	bool by_id = !handshake_has_psk(hs) && hs->tls12->session_id.len > 0;
	struct ticket_draft d;
	bool ok;

	if (!hs->gives_tickets && !by_id)
		return true;
	if (!c->resumed && c->hs->authenticated == 0)
		c->hs->authenticated = c->now;
	ok = ticket_draft_begin(&d, c, hs->identity, err);
	d.r.key = secret_span(&hs->tls12->master);
	d.r.lifetime = ticket_draft_lifetime(c, ward_ticket_keys_lifetime(c->config->ticket_keys));
	ok = ok && (hs->gives_tickets ? send_ticket(c, &d, err) : keep_by_id(c, &d, err));
	ticket_draft_clear(&d);
	return ok;
}

/* ---- the client ---- */

bool client12_offer_session(struct ward_conn *c, struct ward_ticket *ticket, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	const struct resumption *r = &ticket->content;
	uint8_t *id;

	hs->session = ward_ticket_ref(ticket);
	hs->resumed_since = r->authenticated;
	hs->hello.ext.session_ticket = r->ticket;
	if (r->session_id.len > 0) {
		hs->legacy_session_id = r->session_id;
	} else if (hs->legacy_session_id.len == 0) {
		/* RFC 5077, 3.4: a made-up id, by whose echo the server says that it resumes. */
		id = handshake_scratch(c, SESSION_ID_LEN, err);
		if (id == NULL || !config_random(c->config, id, SESSION_ID_LEN, err))
			return false;
		hs->legacy_session_id = span_make(id, SESSION_ID_LEN);
	}
	hs->hello.legacy_session_id = hs->legacy_session_id;
	return true;
}

bool client12_note_session(struct ward_conn *c, const struct server_hello *sh,
			   struct ward_error *err)
{
	struct tls12 *t = c->hs->tls12;

	t->ticket_due = ext_has(&sh->ext, EXT_SESSION_TICKET);
	return arena_copy(c->hs->arena, sh->legacy_session_id_echo, &t->session_id, err);
}

bool client12_take_session(struct ward_conn *c, const struct server_hello *sh,
			   struct ward_error *err)
{
	const struct resumption *r = &c->hs->session->content;

	if (sh->cipher_suite != r->suite)
		return FAILF(err, RESUMED_SUITE, "%04x for %04x", sh->cipher_suite, r->suite);
	take_session(c->hs, r);
	return resume(c, err);
}

bool client12_recv_new_session_ticket(struct ward_conn *c, const struct message *m,
				      enum state *next, struct ward_error *err)
{
	struct new_session_ticket12 nst = { 0 };
	struct tls12 *t = c->hs->tls12;

	if (!new_session_ticket12_parse(m->body, &nst, err))
		return false;
	t->ticket_lifetime =
		nst.ticket_lifetime_hint == 0 ? SESSION_LIFETIME : nst.ticket_lifetime_hint;
	*next = CLIENT12_WAIT_CCS;
	return arena_copy(c->hs->arena, nst.ticket, &t->ticket, err) &&
	       handshake_transcribe(c, m->raw, err);
}

/* What the server has given; the one that was used, where it has given nothing new. */
bool client12_keep_session(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct tls12 *t = hs->tls12;
	struct ticket_draft d;
	bool ok;

	if (!c->config->resumption && c->config->on_ticket == NULL)
		return true;
	if (c->resumed && t->ticket.len == 0) {
		hs->given = ward_ticket_ref(hs->session);
		return true;
	}
	if (t->ticket.len == 0 && t->session_id.len == 0)
		return true;
	ok = ticket_draft_begin(&d, c, NULL, err);
	d.r.key = secret_span(&t->master);
	d.r.ticket = t->ticket;
	if (t->ticket.len == 0)
		d.r.session_id = t->session_id;
	d.r.lifetime =
		ticket_draft_lifetime(c, t->ticket.len > 0 ? t->ticket_lifetime : SESSION_LIFETIME);
	if (ok && d.r.lifetime > 0) {
		hs->given = ticket_new(&d.r, err);
		ok = hs->given != NULL;
	}
	ticket_draft_clear(&d);
	return ok;
}
