/*
 * Early data (RFC 9846, 4.3.10 and 8), for both sides. See <ward/early_data.h>.
 *
 * A server takes it only where every one of the conditions of 4.3.10 and 8 holds, and says so in one
 * place, server_choose_early_data; what does not hold costs the client a round trip and nothing
 * else. The register is asked last, when the binder has shown that the client has the key: nobody
 * else can fill it.
 */
#include "tls/quic.h"
#include "tls/strikes.h"
#include "tls/ticket_keys.h"
#include "tls/tls12/msg12.h"

/* What a client sends with its hello at most, whatever the ticket allows: it is sealed at once. */
enum { EARLY_SEND_MAX = 64 * 1024 };

/* ---- the client ---- */

/* The protocol that the data is for must be among those that the server may choose again. */
static bool speaks(const struct ward_config *config, struct span alpn)
{
	if (alpn.len == 0)
		return true;
	for (size_t i = 0; i < config->alpn_count; i++)
		if (span_equal(alpn, span_string(config->alpn[i])))
			return true;
	return false;
}

bool client_offer_early_data(struct ward_conn *c, const struct resumption *r,
			     struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct quic *q = conn_quic(c);
	bool wanted = q != NULL ? q->early_data : hs->early_data.len > 0;

	if (!wanted || r->max_early_data == 0 || !quic_early_fits(c, r) ||
	    !speaks(c->config, r->alpn))
		return true;
	hs->early_max = r->max_early_data;
	hs->hello.ext.seen |= ext_bit(EXT_EARLY_DATA);
	return arena_copy(hs->arena, r->alpn, &hs->early_alpn, err) &&
	       (q == NULL || quic_remember(q, r->quic, err));
}

/* QUIC has them beside those of the other levels. */
static bool set_early_keys(struct ward_conn *c, bool outgoing, uint16_t suite,
			   struct ward_error *err)
{
	struct handshake *hs = c->hs;

	if (conn_quic(c) != NULL)
		quic_set_early_secret(conn_quic(c), outgoing, suite, &hs->early_traffic);
	else if (!record_keys_set(outgoing ? &c->write : &c->read, suite_find(suite),
				  &hs->early_traffic, err))
		return false;
	conn_event_label(c, WARD_EVENT_KEYS, outgoing, "early data");
	return true;
}

static bool derive_from(struct ward_conn *c, const struct key_schedule *early, struct span hash,
			struct ward_error *err)
{
	schedule_derive(early, C_E_TRAFFIC, hash, &c->hs->early_traffic);
	conn_log_secret(c, C_E_TRAFFIC, &c->hs->early_traffic);
	return early_exporter_derive(c, early, hash, err);
}

/* With the suite that is not chosen yet: the ticket's. */
static bool derive_early_secrets(struct ward_conn *c, struct span hello, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	const struct psk *psk = &hs->offers[0].psk;
	struct key_schedule early;
	uint8_t hash[DIGEST_MAX_LEN];
	bool ok;

	digest_once(psk->hash, hello, hash);
	schedule_start(&early, psk->hash, secret_span(&psk->key));
	ok = derive_from(c, &early, span_make(hash, digest_len(psk->hash)), err);
	secret_wipe(&early.running);
	return ok;
}

bool client_send_early_data(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct span rest = hs->early_data;
	struct rare *rare;

	hs->early_data = SPAN_EMPTY; /* the caller's memory is not looked at again */
	if (!ext_has(&hs->hello.ext, EXT_EARLY_DATA))
		return true;
	rare = conn_rare(c, err);
	if (rare == NULL)
		return false;
	if (rest.len > hs->early_max)
		rest.len = hs->early_max;
	if (rest.len > EARLY_SEND_MAX)
		rest.len = EARLY_SEND_MAX;
	c->early = WARD_EARLY_DATA_OFFERED;
	rare->early_sent = (uint32_t)rest.len;
	return derive_early_secrets(c, hs->transcript.held, err) && output_ccs(c, err) &&
	       set_early_keys(c, true, hs->psk_suite, err) && output_data(c, rest, err);
}

void client_drop_early_data(struct ward_conn *c)
{
	if (c->early != WARD_EARLY_DATA_OFFERED)
		return;
	c->early = WARD_EARLY_DATA_REFUSED;
	early_exporter_drop(c);
	c->hs->hello.ext.seen &= ~ext_bit(EXT_EARLY_DATA);
	record_keys_clear(&c->write);
}

/* What the server has agreed to must be what the data was made for. */
static bool judge_accepted(const struct ward_conn *c, struct ward_error *err)
{
	const struct handshake *hs = c->hs;

	if (!handshake_has_psk(hs) || hs->psk_index != 0)
		return FAILF(err, EARLY_DATA_NOT_ALLOWED, "another key than the first was chosen");
	if (c->suite->id != hs->psk_suite)
		return FAILF(err, EARLY_DATA_NOT_ALLOWED, "the cipher suite is another");
	if (!span_equal(span_string(conn_alpn(c)), hs->early_alpn))
		return FAILF(err, EARLY_DATA_NOT_ALLOWED, "the application protocol is another");
	return true;
}

bool client_take_early_data(struct ward_conn *c, const struct extensions *e, struct ward_error *err)
{
	if (ext_has(e, EXT_EARLY_DATA)) {
		if (!judge_accepted(c, err))
			return false;
		c->early = WARD_EARLY_DATA_ACCEPTED;
		return true;
	}
	if (c->early != WARD_EARLY_DATA_OFFERED)
		return true;
	c->early = WARD_EARLY_DATA_REFUSED;
	early_exporter_drop(c);
	return conn_quic(c) != NULL ||
	       conn_set_keys(c, true, &c->hs->client_handshake, "handshake", err);
}

bool client_end_early_data(struct ward_conn *c, struct ward_error *err)
{
	static const uint8_t end[] = { HT_END_OF_EARLY_DATA, 0, 0, 0 };

	return c->early != WARD_EARLY_DATA_ACCEPTED || conn_quic(c) != NULL ||
	       (flight_add(c, SPAN_ARRAY(end), err) && flight_seal(c, err) &&
		conn_set_keys(c, true, &c->hs->client_handshake, "handshake", err));
}

/* ---- the server ---- */

/* 8.3. A clock that was set back or forward makes a ClientHello stale, and nothing else. */
static bool is_fresh(const struct ward_conn *c)
{
	int64_t late = c->now - c->hs->expected_arrival;

	return late >= -EARLY_DATA_FRESH && late <= EARLY_DATA_FRESH;
}

/* 8.2: by the binder, which has been verified. */
static bool is_first(const struct ward_conn *c, const struct client_hello *ch)
{
	struct ward_strikes *strikes = c->config->strikes;
	struct span list = ch->ext.psk_binders, binder;
	uint8_t id[32];
	const struct ward_claim claim = { .id = id,
					  .id_len = sizeof(id),
					  .now = c->now,
					  .until = c->hs->expected_arrival + EARLY_DATA_FRESH };

	if (strikes == NULL)
		strikes = ticket_keys_strikes(c->config->ticket_keys);
	if (strikes == NULL || !psk_binder_next(&list, &binder))
		return false;
	digest_once(DIGEST_SHA256, binder, id);
	return strikes_claim(strikes, &claim);
}

/* What QUIC's tickets allow has no measure. */
static bool is_within(const struct ward_conn *c)
{
	return conn_quic(c) != NULL ? c->config->early_data_max > 0
				    : c->hs->early_max <= c->config->early_data_max;
}

/* Name and protocol are those of the ticket, or it would not have been taken. */
static bool may_take(const struct ward_conn *c)
{
	const struct handshake *hs = c->hs;

	return !c->retried && hs->early_max > 0 && is_within(c) && handshake_has_psk(hs) &&
	       hs->psk.binder == RES_BINDER && hs->psk_index == 0 &&
	       c->suite->id == hs->psk_suite && is_fresh(c);
}

void server_choose_early_data(struct ward_conn *c, const struct client_hello *ch)
{
	if (!ext_has(&ch->ext, EXT_EARLY_DATA) || !may_take(c) || !is_first(c, ch))
		return;
	c->early = WARD_EARLY_DATA_ACCEPTED;
	c->hs->skip_early = 0;
}

bool server_begin_early_data(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct transcript_hash hash;

	if (c->early != WARD_EARLY_DATA_ACCEPTED)
		return true;
	transcript_peek(&hs->transcript, &hash);
	return derive_from(c, &hs->schedule, transcript_hash_span(&hash), err) &&
	       set_early_keys(c, false, c->suite->id, err);
}

bool server_awaits_end_of_early_data(const struct ward_conn *c)
{
	return c->early == WARD_EARLY_DATA_ACCEPTED && conn_quic(c) == NULL;
}

bool server_recv_early_data(struct ward_conn *c, struct span content,
			    struct ward_received *received, struct ward_error *err)
{
	struct handshake *hs = c->hs;

	if (buffer_len(c->partial) > 0)
		return FAIL(err, MESSAGE_INTERLEAVED);
	if (content.len > hs->early_max - hs->early_received)
		return FAILF(err, EARLY_DATA_TOO_LONG, "it allows %u bytes", hs->early_max);
	if (content.len == 0)
		return ++c->empty_records <= EMPTY_RECORDS_MAX || FAIL(err, RECORDS_FLOOD);
	c->empty_records = 0;
	hs->early_received += (uint32_t)content.len;
	received->plain = content.data;
	received->plain_len = content.len;
	received->early = true;
	return true;
}

bool server_recv_end_of_early_data(struct ward_conn *c, const struct message *m, enum state *next,
				   struct ward_error *err)
{
	if (!empty_message_parse(HT_END_OF_EARLY_DATA, m->body, err))
		return false;
	transcript_add(&c->hs->transcript, m->raw);
	*next = SERVER_WAIT_FINISHED;
	return conn_set_keys(c, false, &c->hs->client_handshake, "handshake", err);
}

bool server_may_send_early(const struct ward_conn *c)
{
	return c->is_server && c->early == WARD_EARLY_DATA_ACCEPTED && c->hs != NULL &&
	       (c->state == SERVER_WAIT_EOED || c->state == SERVER_WAIT_FINISHED);
}
