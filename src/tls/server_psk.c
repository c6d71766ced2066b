/*
 * The server's choice among the pre-shared keys that a client offers (RFC 9846, 4.3.11).
 *
 * A ticket that cannot be opened, is too old, or belongs elsewhere is passed over in silence: its
 * client makes a whole handshake. Only a binder that is wrong for a key that was chosen ends the
 * connection, as the RFC says.
 */
#include "tls/quic.h"
#include "tls/ticket_keys.h"

enum { PSK_DHE_KE = 1 };

static bool offers_psk_dhe(const struct extensions *e)
{
	return ext_has(e, EXT_PSK_KEY_EXCHANGE_MODES) &&
	       memchr(e->psk_modes.data, PSK_DHE_KE, e->psk_modes.len) != NULL;
}

/* ---- a ticket ---- */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool same_name(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	return true;
}

/* A clock that was set back makes nothing too old. */
static bool in_force(const struct ward_conn *c, const struct resumption *r)
{
	return c->now - r->issued <= (int64_t)r->lifetime &&
	       c->now - r->authenticated <= WARD_TICKET_LIFETIME_MAX;
}

static bool hash_goes(const struct ward_conn *c, const struct client_hello *ch,
		      enum digest_alg hash)
{
	const struct u16_list *ours = &c->config->suites;

	if (c->suite != NULL)
		return c->suite->digest == hash;
	for (size_t i = 0; i < ours->count; i++)
		if (suite_find(ours->items[i])->version == WARD_TLS_1_3 &&
		    suite_find(ours->items[i])->digest == hash &&
		    u16_list_has(ch->cipher_suites, ours->items[i]))
			return true;
	return false;
}

bool server_ticket_fits(const struct ward_conn *c, const struct resumption *r)
{
	uint8_t context[32];

	config_ticket_context(c->config, c->hs->identity, context);
	return span_equal(r->context, SPAN_ARRAY(context)) &&
	       same_name(r->name, span_string(c->host)) &&
	       span_equal(r->alpn, span_string(conn_alpn(c))) && in_force(c, r);
}

static bool fits(const struct ward_conn *c, const struct client_hello *ch,
		 const struct resumption *r)
{
	return r->version == WARD_TLS_1_3 && server_ticket_fits(c, r) &&
	       hash_goes(c, ch, suite_find(r->suite)->digest);
}

bool server_recall_client(struct ward_conn *c, const struct resumption *r, struct ward_error *err)
{
	if (r->chain.len == 0)
		return !(conn_asks(c) && c->config->verify == WARD_VERIFY_REQUIRED);
	c->hs->resumed_peer = auth_recall_peer(c, r, err);
	return c->hs->resumed_peer != NULL;
}

/* A server that takes no keys from elsewhere takes no tickets that descend from them either. */
static bool recall(struct ward_conn *c, const struct resumption *r, struct ward_error *err)
{
	if (r->psk.len == 0)
		return server_recall_client(c, r, err);
	if (c->config->verify != WARD_VERIFY_REQUIRED)
		c->hs->psk_external = external_psk_recall(c->config, r->psk);
	return c->hs->psk_external != NULL;
}

/* When the ClientHello would have come by the client's own measure of time (8.3). */
static int64_t expected_arrival(const struct resumption *r, uint32_t obfuscated_age)
{
	return r->issued + (uint32_t)(obfuscated_age - r->age_add) / 1000;
}

static void take_ticket(struct ward_conn *c, const struct resumption *r, uint32_t obfuscated_age)
{
	struct handshake *hs = c->hs;

	hs->psk.hash = suite_find(r->suite)->digest;
	hs->psk.binder = RES_BINDER;
	hs->psk.key.len = r->key.len;
	memcpy(hs->psk.key.data, r->key.data, r->key.len);
	hs->psk_suite = r->suite;
	hs->resumed_since = r->authenticated;
	hs->early_max = quic_early_fits(c, r) ? r->max_early_data : 0;
	hs->expected_arrival = expected_arrival(r, obfuscated_age);
}

static bool try_ticket(struct ward_conn *c, const struct client_hello *ch, struct span identity,
		       uint32_t obfuscated_age, struct ward_error *err)
{
	struct ward_ticket_keys *keys = c->config->ticket_keys;
	struct ward_error ignored = ERROR_NONE;
	struct resumption r;
	struct span content;
	uint8_t *copy;

	if (c->config->tickets == 0 || !ticket_is_ours(keys, identity))
		return false;
	copy = handshake_scratch(c, identity.len, err);
	if (copy == NULL)
		return false;
	memcpy(copy, identity.data, identity.len);
	if (!ticket_open(keys, c->now, copy, identity.len, &content) ||
	    !resumption_parse(content, &r, &ignored) || !fits(c, ch, &r) || !recall(c, &r, err))
		return false;
	take_ticket(c, &r, obfuscated_age);
	return true;
}

/* ---- a key from elsewhere ---- */

/* Of those that are offered this side's first. */
static void choose_external(struct ward_conn *c, const struct client_hello *ch)
{
	struct span list = ch->ext.psk_identities, identity;
	struct handshake *hs = c->hs;
	uint32_t age;

	if (c->config->verify == WARD_VERIFY_REQUIRED)
		return;
	for (uint16_t i = 0; i < PSK_TRIES_MAX && psk_identity_next(&list, &identity, &age); i++) {
		const struct external_psk *p = external_psk_find(c->config, identity);

		if (p == NULL || !hash_goes(c, ch, p->psk.hash) ||
		    (hs->psk_external != NULL && hs->psk_external <= p))
			continue;
		hs->psk = p->psk;
		hs->psk_external = p;
		hs->psk_index = i;
	}
}

/* ---- choosing ---- */

/* What the first ClientHello has led to is chosen anew for the second. */
static void forget_choice(struct handshake *hs)
{
	secret_wipe(&hs->psk.key);
	hs->psk.hash = DIGEST_NONE;
	hs->psk_external = NULL;
	hs->psk_suite = 0;
	hs->early_max = 0;
	peer_chain_free(hs->resumed_peer);
	hs->resumed_peer = NULL;
}

bool server_choose_psk(struct ward_conn *c, const struct client_hello *ch, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct span list = ch->ext.psk_identities, identity;
	bool had_external = hs->psk_external != NULL && hs->psk.binder != RES_BINDER;
	uint32_t age;

	forget_choice(hs);
	hs->gives_tickets = offers_psk_dhe(&ch->ext);
	if (!hs->gives_tickets || !ext_has(&ch->ext, EXT_PRE_SHARED_KEY))
		return true;
	for (uint16_t i = 0; i < PSK_TRIES_MAX && psk_identity_next(&list, &identity, &age); i++) {
		hs->psk_index = i;
		if (try_ticket(c, ch, identity, age, err))
			return true;
		if (error_is_set(err))
			return false;
	}
	choose_external(c, ch);
	return handshake_has_psk(hs) || !had_external ||
	       FAILF(err, HRR_HELLO_CHANGED, "the key that was chosen is not offered again");
}

bool server_check_binder(const struct ward_conn *c, const struct message *m,
			 const struct client_hello *ch, struct ward_error *err)
{
	const struct handshake *hs = c->hs;
	struct span list = ch->ext.psk_binders, binder = SPAN_EMPTY;
	struct span truncated;
	uint8_t expected[DIGEST_MAX_LEN];
	bool right;

	if (!handshake_has_psk(hs))
		return true;
	truncated = span_make(m->raw.data, (size_t)(list.data - 2 - m->raw.data));
	for (size_t i = 0; i <= hs->psk_index; i++)
		(void)psk_binder_next(&list, &binder);
	psk_binder(&hs->psk, &hs->transcript, truncated, expected);
	right = binder.len == digest_len(hs->psk.hash) &&
		ct_equal(binder.data, expected, binder.len);
	secret_wipe_bytes(expected, sizeof(expected));
	if (right)
		return true;
	FAIL(err, PSK_BINDER_MISMATCH);
	error_set_place(err, HT_CLIENT_HELLO, EXT_PRE_SHARED_KEY, -1);
	return false;
}
