/*
 * What client and server of TLS 1.2 have in common. See tls12.h.
 */
#include <assert.h>

#include "tls/tls12/tls12.h"

/* ---- the messages so far ---- */

bool tls12_start(struct ward_conn *c, struct ward_error *err)
{
	c->version = WARD_TLS_1_2;
	c->hs->tls12 = arena_alloc(c->hs->arena, sizeof(*c->hs->tls12), err);
	return c->hs->tls12 != NULL;
}

void tls12_free(struct tls12 *t)
{
	if (t != NULL)
		buffer_clear(&t->messages);
}

bool tls12_note(struct tls12 *t, struct span message, struct ward_error *err)
{
	return !t->keeps_messages ||
	       buffer_append(&t->messages, message, HANDSHAKE_MEMORY_MAX, err);
}

void tls12_forget_messages(struct tls12 *t)
{
	t->keeps_messages = false;
	buffer_clear(&t->messages);
}

/* ---- keys ---- */

bool tls12_group_ok(uint16_t group)
{
	return group == GROUP_X25519 || group == GROUP_SECP256R1 || group == GROUP_SECP384R1;
}

static struct span server_random(const struct ward_conn *c)
{
	return SPAN_ARRAY(c->hs->tls12->server_random);
}

bool tls12_signed_params(struct ward_conn *c, struct span params, struct span *content,
			 struct ward_error *err)
{
	size_t len = 32 + 32 + params.len;
	uint8_t *to = handshake_scratch(c, len, err);

	if (to == NULL)
		return false;
	memcpy(to, c->hs->client_random, 32);
	memcpy(to + 32, c->hs->tls12->server_random, 32);
	memcpy(to + 64, params.data, params.len);
	*content = span_make(to, len);
	return true;
}

void tls12_make_keys(struct ward_conn *c)
{
	struct tls12 *t = c->hs->tls12;

	key_block_make(c->suite, secret_span(&t->master), SPAN_ARRAY(c->hs->client_random),
		       server_random(c), &t->keys);
	conn_log_master(c, &t->master);
}

void tls12_derive(struct ward_conn *c)
{
	struct tls12 *t = c->hs->tls12;
	struct transcript_hash session_hash;

	transcript_peek(&c->hs->transcript, &session_hash);
	master_secret12(c->suite->digest, secret_span(&t->premaster),
			transcript_hash_span(&session_hash), &t->master);
	secret_wipe(&t->premaster);
	tls12_make_keys(c);
}

static bool set_keys(struct ward_conn *c, bool outgoing, struct ward_error *err)
{
	const struct key_block *k = &c->hs->tls12->keys;
	bool of_client = outgoing != c->is_server;

	assert(!outgoing || c->hs->flight.len == 0);
	assert(outgoing || buffer_len(c->partial) == 0);
	if (!record_keys_set12(outgoing ? &c->write : &c->read, c->suite,
			       of_client ? k->client_key : k->server_key,
			       of_client ? k->client_iv : k->server_iv, err))
		return false;
	conn_event_label(c, WARD_EVENT_KEYS, outgoing, "application");
	return true;
}

bool tls12_change_write(struct ward_conn *c, struct ward_error *err)
{
	return flight_seal(c, err) && output_ccs(c, err) && set_keys(c, true, err);
}

bool tls12_recv_ccs(struct ward_conn *c, struct span content, struct ward_error *err)
{
	bool due = c->state == CLIENT12_WAIT_CCS || c->state == SERVER12_WAIT_CCS;

	if (!due)
		return FAILF(err, BAD_CCS, "in state %s", state_name(c->state));
	if (content.len != 1 || content.data[0] != 1)
		return FAILF(err, BAD_CCS, "it is not a single byte of 1");
	if (buffer_len(c->partial) > 0)
		return FAIL(err, MESSAGE_INTERLEAVED);
	if (!set_keys(c, false, err))
		return false;
	conn_enter(c, c->is_server ? SERVER12_WAIT_FINISHED : CLIENT12_WAIT_FINISHED);
	return true;
}

/* ---- Certificate, CertificateVerify (7.4.8), Finished (7.4.9) ---- */

bool tls12_send_certificate(struct ward_conn *c, struct ward_error *err)
{
	static const uint8_t none[] = { HT_CERTIFICATE, 0, 0, 3, 0, 0, 0 };
	const struct identity *id = c->hs->identity;

	return flight_add(c, id == NULL ? SPAN_ARRAY(none) : id->message12, err);
}

bool tls12_parse_certificate(const struct ward_conn *c, struct span body, struct certificate *msg,
			     struct ward_error *err)
{
	return auth_peer_is_raw(c) ? raw_key12_parse(body, msg, err)
				   : certificate12_parse(body, msg, err);
}

bool tls12_recv_certificate_verify(struct ward_conn *c, const struct message *m,
				   struct ward_error *err)
{
	struct tls12 *t = c->hs->tls12;
	struct certificate_verify cv = { 0 };
	const struct scheme *scheme;

	if (!certificate_verify_parse(m->body, &cv, err))
		return false;
	scheme = auth_judge_scheme(c, cv.algorithm, err);
	if (scheme == NULL || !auth_verify(c, scheme, span_make(t->messages.data, t->messages.len),
					   cv.signature, err))
		return false;
	tls12_forget_messages(t);
	return handshake_transcribe(c, m->raw, err);
}

static void verify_data(const struct ward_conn *c, bool by_server, uint8_t out[VERIFY_DATA_LEN])
{
	struct transcript_hash hash;

	transcript_peek(&c->hs->transcript, &hash);
	verify_data12(c->suite->digest, secret_span(&c->hs->tls12->master), by_server,
		      transcript_hash_span(&hash), out);
}

bool tls12_send_finished(struct ward_conn *c, struct ward_error *err)
{
	uint8_t mac[VERIFY_DATA_LEN];
	uint8_t message[HANDSHAKE_HEADER_LEN + VERIFY_DATA_LEN];
	struct writer w = writer_make(message, sizeof(message), err);

	verify_data(c, c->is_server, mac);
	finished_write(&w, SPAN_ARRAY(mac));
	return writer_ok(&w) && flight_add(c, writer_span(&w), err) && flight_seal(c, err);
}

bool tls12_recv_finished(struct ward_conn *c, const struct message *m, struct ward_error *err)
{
	uint8_t expected[VERIFY_DATA_LEN];
	struct span got;

	if (!finished_parse(m->body, VERIFY_DATA_LEN, &got, err))
		return false;
	verify_data(c, !c->is_server, expected);
	if (!ct_equal(got.data, expected, VERIFY_DATA_LEN))
		return FAIL(err, FINISHED_MISMATCH);
	c->hs->proofs |= PROVED_FINISHED;
	return handshake_transcribe(c, m->raw, err) && tls12_keep_exporter(c, err);
}

bool tls12_refuse_renegotiation(struct ward_conn *c, const struct message *m, enum state *next,
				struct ward_error *err)
{
	(void)c;
	(void)m;
	(void)next;
	return FAIL(err, RENEGOTIATION);
}
