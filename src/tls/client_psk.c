/*
 * The client's pre-shared keys (RFC 9846, 4.3.9 and 4.3.11): what is offered, its binders, and what
 * the server takes of it.
 *
 * A ticket is offered only if who was shown in the connection that it is from would be let in now:
 * the chain is judged before a byte is sent. Keys are used with a key exchange alone (psk_dhe_ke).
 */
#include "tls/tls12/tls12.h"

/* Behind the ticket. */
enum { EXTERNAL_OFFERS_MAX = 8, OFFERS_MAX = 1 + EXTERNAL_OFFERS_MAX };

/* ---- the ticket ---- */

static bool fits(const struct ward_conn *c, const struct resumption *r)
{
	uint8_t context[32];

	config_ticket_context(c->config, NULL, context);
	return r->version >= c->config->version_min && r->version <= c->config->version_max &&
	       span_equal(r->context, SPAN_ARRAY(context)) &&
	       config_list_has(&c->config->suites, r->suite) &&
	       span_equal(r->name, span_string(c->host)) && c->now >= r->issued &&
	       c->now - r->issued < r->lifetime;
}

/*
 * 4.3.11.1: milliseconds since the ticket came, disguised. The clock has whole seconds, so that a
 * difference of n of them was more than n - 1; what is said is never more than the truth, as some
 * servers take no early data with a ticket that claims to be older than they know it to be.
 */
static uint32_t obfuscated_age(const struct ward_conn *c, const struct resumption *r)
{
	int64_t seconds = c->now - r->issued;

	return (uint32_t)(seconds > 0 ? seconds - 1 : 0) * 1000 + r->age_add;
}

static void offer_ticket(struct ward_conn *c, const struct resumption *r)
{
	struct handshake *hs = c->hs;
	struct psk_offer *o = &hs->offers[hs->offer_count++];

	o->psk.hash = suite_find(r->suite)->digest;
	o->psk.binder = RES_BINDER;
	o->psk.key.len = r->key.len;
	memcpy(o->psk.key.data, r->key.data, r->key.len);
	o->external = r->psk.len > 0 ? external_psk_recall(c->config, r->psk) : NULL;
	o->identity = r->ticket;
	o->obfuscated_age = obfuscated_age(c, r);
	hs->psk_suite = r->suite;
	hs->resumed_since = r->authenticated;
}

/* Who stands behind a ticket: somebody whose chain is good now, or who has a key that is still there. */
static bool recall(struct ward_conn *c, const struct resumption *r, struct ward_error *err)
{
	if (r->psk.len > 0 || c->config->psk_required)
		return external_psk_recall(c->config, r->psk) != NULL;
	c->hs->resumed_peer = auth_recall_peer(c, r, err);
	return c->hs->resumed_peer != NULL;
}

/* Offers it if it is good. False only without memory. */
static bool try_ticket(struct ward_conn *c, struct ward_ticket *ticket, struct ward_error *err)
{
	struct resumption r = ticket->content;
	struct handshake *hs = c->hs;

	if (!fits(c, &r) || !recall(c, &r, err))
		return !error_is_set(err);
	if (r.version == WARD_TLS_1_2)
		return client12_offer_session(c, ticket, err);
	if (!arena_copy(hs->arena, r.ticket, &r.ticket, err))
		return false;
	offer_ticket(c, &r);
	return client_offer_early_data(c, &r, err);
}

static struct ward_ticket *take_kept(struct ward_conn *c)
{
	const char *service = conn_service(c);

	if (!c->config->resumption || service == NULL)
		return NULL;
	return ticket_cache_take(&c->config->ticket_cache, service, c->now);
}

/* ---- pre_shared_key ---- */

static bool write_identities(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	size_t room = 0;
	struct writer w;
	uint8_t *to;

	for (size_t i = 0; i < hs->offer_count; i++)
		room += 2 + hs->offers[i].identity.len + 4;
	to = handshake_scratch(c, room, err);
	if (to == NULL)
		return false;
	w = writer_make(to, room, err);
	for (size_t i = 0; i < hs->offer_count; i++) {
		writer_vec(&w, 2, hs->offers[i].identity);
		writer_u32(&w, hs->offers[i].obfuscated_age);
	}
	hs->hello.ext.psk_identities = writer_span(&w);
	return writer_ok(&w);
}

/* Room for the binders, which are computed when the message around them is written. */
static bool reserve_binders(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	size_t room = hs->offer_count * (1 + DIGEST_MAX_LEN);
	uint8_t *to = handshake_scratch(c, room, err);
	struct writer w;

	if (to == NULL)
		return false;
	w = writer_make(to, room, err);
	for (size_t i = 0; i < hs->offer_count; i++) {
		size_t len = digest_len(hs->offers[i].psk.hash);

		writer_u8(&w, (uint8_t)len);
		writer_zeros(&w, len);
	}
	hs->hello.ext.psk_binders = writer_span(&w);
	return writer_ok(&w);
}

static bool write_offers(struct ward_conn *c, struct ward_error *err)
{
	struct extensions *ext = &c->hs->hello.ext;

	ext->seen &= ~ext_bit(EXT_PRE_SHARED_KEY);
	if (c->hs->offer_count == 0)
		return true;
	ext->seen |= ext_bit(EXT_PRE_SHARED_KEY);
	return write_identities(c, err) && reserve_binders(c, err);
}

void client_write_binders(struct ward_conn *c, uint8_t *message, size_t len)
{
	struct handshake *hs = c->hs;
	uint8_t *at;
	struct span truncated;

	if (!ext_has(&hs->hello.ext, EXT_PRE_SHARED_KEY))
		return;
	at = message + len - hs->hello.ext.psk_binders.len;
	truncated = span_make(message, (size_t)(at - 2 - message));
	for (size_t i = 0; i < hs->offer_count; i++) {
		const struct psk *psk = &hs->offers[i].psk;

		psk_binder(psk, &hs->transcript, truncated, at + 1);
		at += 1 + digest_len(psk->hash);
	}
}

static void offer_external(struct ward_conn *c)
{
	struct handshake *hs = c->hs;

	for (size_t i = 0; i < c->config->psk_count && i < EXTERNAL_OFFERS_MAX; i++) {
		const struct external_psk *p = &c->config->psks[i];
		struct psk_offer *o = &hs->offers[hs->offer_count++];

		o->psk = p->psk;
		o->external = p;
		o->identity = span_make(p->identity, p->identity_len);
		o->obfuscated_age = 0; /* 4.3.11: it has none */
	}
}

/* Says that tickets can be used, in the words of each version. */
static void ask_for_tickets(struct ward_conn *c)
{
	static const uint8_t psk_dhe_ke[1] = { 1 };
	struct extensions *ext = &c->hs->hello.ext;

	if (c->config->version_max >= WARD_TLS_1_3) {
		ext->psk_modes = SPAN_ARRAY(psk_dhe_ke);
		ext->seen |= ext_bit(EXT_PSK_KEY_EXCHANGE_MODES);
	}
	if (c->config->version_min <= WARD_TLS_1_2)
		ext->seen |= ext_bit(EXT_SESSION_TICKET);
}

bool client_offer_psks(struct ward_conn *c, struct ward_ticket *ticket, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct ward_ticket *kept = ticket == NULL ? take_kept(c) : ward_ticket_ref(ticket);
	bool psks = c->config->psk_count > 0 && c->config->version_max >= WARD_TLS_1_3;
	bool ok = true;

	if (c->config->resumption || c->config->on_ticket != NULL || kept != NULL || psks)
		ask_for_tickets(c);
	if (kept != NULL || psks) {
		hs->offers = arena_alloc(hs->arena, OFFERS_MAX * sizeof(hs->offers[0]), err);
		ok = hs->offers != NULL && (kept == NULL || try_ticket(c, kept, err));
	}
	ward_ticket_free(kept);
	if (ok && psks)
		offer_external(c);
	if (ok && c->config->psk_required && hs->offer_count == 0)
		return FAILF(err, BAD_ARGUMENT,
			     "a key from elsewhere is required, and there is none");
	return ok && write_offers(c, err);
}

bool client_offer_psks_again(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	size_t kept = 0;

	for (size_t i = 0; i < hs->offer_count; i++) {
		if (hs->offers[i].psk.hash == c->suite->digest)
			hs->offers[kept++] = hs->offers[i];
	}
	hs->offer_count = kept;
	return write_offers(c, err);
}

/* ---- the answer ---- */

bool client_take_psk(struct ward_conn *c, const struct server_hello *sh, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	uint16_t chosen = sh->ext.psk_selected;

	if (!ext_has(&sh->ext, EXT_PRE_SHARED_KEY))
		return !c->config->psk_required ||
		       FAILF(err, EXT_MISSING, "the server takes none of the keys");
	if (chosen >= hs->offer_count)
		return FAILF(err, PSK_NOT_OFFERED, "number %u of %zu", chosen, hs->offer_count);
	if (hs->offers[chosen].psk.hash != c->suite->digest)
		return FAILF(err, PSK_WRONG_HASH, "%s", c->suite->name);
	hs->psk = hs->offers[chosen].psk;
	hs->psk_external = hs->offers[chosen].external;
	hs->psk_index = chosen;
	return true;
}
