/*
 * From records to messages, and from state to state (RFC 9846, 4 and Appendix A).
 *
 * The table of arrows is Appendix A. The driver finds the arrow for a message or refuses it, sees
 * to it that nothing follows in the record where keys change (5.1), calls the handler, and asserts
 * that the arrow leads where the handler goes. An arrow from a state to itself, but for KeyUpdate,
 * NewSessionTicket, HelloRetryRequest and a CertificateRequest after the handshake, is a signature that is being waited for. A message that
 * lies whole in its record is parsed there; only one that is spread over records is put together in
 * memory. scripts/draw.py draws the table in docs/ARCHITECTURE.md.
 */
#include <assert.h>
#include <stdlib.h>

#include "tls/quic.h"
#include "tls/ticket_draft.h"
#include "tls/tls12/tls12.h"

const struct arrow arrows[] = {
	/* A.1: the client */
	{ CLIENT_WAIT_SH, HT_SERVER_HELLO, false,
	  TO(CLIENT_WAIT_SH) | TO(CLIENT_WAIT_EE) | TO(CLIENT12_WAIT_CERT) | TO(CLIENT12_WAIT_NST) |
		  TO(CLIENT12_WAIT_CCS),
	  client_recv_server_hello },
	{ CLIENT_WAIT_EE, HT_ENCRYPTED_EXTENSIONS, false,
	  TO(CLIENT_WAIT_CERT_CR) | TO(CLIENT_WAIT_FINISHED), client_recv_encrypted_extensions },
	{ CLIENT_WAIT_CERT_CR, HT_CERTIFICATE_REQUEST, false, TO(CLIENT_WAIT_CERT),
	  client_recv_certificate_request },
	{ CLIENT_WAIT_CERT_CR, HT_CERTIFICATE, false, TO(CLIENT_WAIT_CV), client_recv_certificate },
	{ CLIENT_WAIT_CERT_CR, HT_COMPRESSED_CERTIFICATE, false, TO(CLIENT_WAIT_CV),
	  client_recv_compressed_certificate },
	{ CLIENT_WAIT_CERT, HT_CERTIFICATE, false, TO(CLIENT_WAIT_CV), client_recv_certificate },
	{ CLIENT_WAIT_CERT, HT_COMPRESSED_CERTIFICATE, false, TO(CLIENT_WAIT_CV),
	  client_recv_compressed_certificate },
	{ CLIENT_WAIT_CV, HT_CERTIFICATE_VERIFY, false, TO(CLIENT_WAIT_FINISHED),
	  client_recv_certificate_verify },
	{ CLIENT_WAIT_FINISHED, HT_FINISHED, true, TO(CLIENT_CONNECTED) | TO(CLIENT_WAIT_FINISHED),
	  client_recv_finished },
	{ CLIENT_CONNECTED, HT_NEW_SESSION_TICKET, false, TO(CLIENT_CONNECTED),
	  recv_new_session_ticket },
	{ CLIENT_CONNECTED, HT_KEY_UPDATE, true, TO(CLIENT_CONNECTED), recv_key_update },
	{ CLIENT_CONNECTED, HT_CERTIFICATE_REQUEST, false, TO(CLIENT_CONNECTED),
	  post_auth_recv_request },
	/* A.2: the server */
	{ SERVER_START, HT_CLIENT_HELLO, true,
	  TO(SERVER_START) | TO(SERVER_WAIT_CH2) | TO(SERVER_WAIT_EOED) | TO(SERVER_WAIT_CERT) |
		  TO(SERVER_WAIT_FINISHED) | TO(SERVER12_WAIT_CERT) | TO(SERVER12_WAIT_CKE) |
		  TO(SERVER12_WAIT_CCS),
	  server_recv_client_hello },
	{ SERVER_WAIT_CH2, HT_CLIENT_HELLO, true,
	  TO(SERVER_WAIT_CH2) | TO(SERVER_WAIT_CERT) | TO(SERVER_WAIT_FINISHED),
	  server_recv_client_hello },
	{ SERVER_WAIT_EOED, HT_END_OF_EARLY_DATA, true, TO(SERVER_WAIT_FINISHED),
	  server_recv_end_of_early_data },
	{ SERVER_WAIT_CERT, HT_CERTIFICATE, false, TO(SERVER_WAIT_CV) | TO(SERVER_WAIT_FINISHED),
	  server_recv_certificate },
	{ SERVER_WAIT_CERT, HT_COMPRESSED_CERTIFICATE, false,
	  TO(SERVER_WAIT_CV) | TO(SERVER_WAIT_FINISHED), server_recv_compressed_certificate },
	{ SERVER_WAIT_CV, HT_CERTIFICATE_VERIFY, false, TO(SERVER_WAIT_FINISHED),
	  server_recv_certificate_verify },
	{ SERVER_WAIT_FINISHED, HT_FINISHED, true, TO(SERVER_CONNECTED), server_recv_finished },
	{ SERVER_CONNECTED, HT_KEY_UPDATE, true, TO(SERVER_CONNECTED), recv_key_update },
	/* 4.6.2: the client's answer to a request after the handshake */
	{ SERVER_CONNECTED, HT_CERTIFICATE, false,
	  TO(SERVER_POST_WAIT_CV) | TO(SERVER_POST_WAIT_FINISHED), post_auth_recv_certificate },
	{ SERVER_POST_WAIT_CV, HT_CERTIFICATE_VERIFY, false, TO(SERVER_POST_WAIT_FINISHED),
	  post_auth_recv_certificate_verify },
	{ SERVER_POST_WAIT_FINISHED, HT_FINISHED, false, TO(SERVER_CONNECTED),
	  post_auth_recv_finished },
	/* RFC 5246, 7.3: the client of TLS 1.2 (change_cipher_spec leads from WAIT_CCS onward) */
	{ CLIENT12_WAIT_CERT, HT_CERTIFICATE, false,
	  TO(CLIENT12_WAIT_STATUS) | TO(CLIENT12_WAIT_SKE), client12_recv_certificate },
	{ CLIENT12_WAIT_STATUS, HT_CERTIFICATE_STATUS, false, TO(CLIENT12_WAIT_SKE),
	  client12_recv_certificate_status },
	{ CLIENT12_WAIT_STATUS, HT_SERVER_KEY_EXCHANGE, false, TO(CLIENT12_WAIT_CR_SHD),
	  client12_recv_server_key_exchange },
	{ CLIENT12_WAIT_SKE, HT_SERVER_KEY_EXCHANGE, false, TO(CLIENT12_WAIT_CR_SHD),
	  client12_recv_server_key_exchange },
	{ CLIENT12_WAIT_CR_SHD, HT_CERTIFICATE_REQUEST, false, TO(CLIENT12_WAIT_SHD),
	  client12_recv_certificate_request },
	{ CLIENT12_WAIT_CR_SHD, HT_SERVER_HELLO_DONE, true,
	  TO(CLIENT12_WAIT_CR_SHD) | TO(CLIENT12_WAIT_NST) | TO(CLIENT12_WAIT_CCS),
	  client12_recv_server_hello_done },
	{ CLIENT12_WAIT_SHD, HT_SERVER_HELLO_DONE, true,
	  TO(CLIENT12_WAIT_SHD) | TO(CLIENT12_WAIT_NST) | TO(CLIENT12_WAIT_CCS),
	  client12_recv_server_hello_done },
	{ CLIENT12_WAIT_NST, HT_NEW_SESSION_TICKET, false, TO(CLIENT12_WAIT_CCS),
	  client12_recv_new_session_ticket },
	{ CLIENT12_WAIT_FINISHED, HT_FINISHED, true, TO(CLIENT12_CONNECTED),
	  client12_recv_finished },
	{ CLIENT12_CONNECTED, HT_HELLO_REQUEST, true, TO(CLIENT12_CONNECTED),
	  tls12_refuse_renegotiation },
	/* the server of TLS 1.2 */
	{ SERVER12_WAIT_CERT, HT_CERTIFICATE, false, TO(SERVER12_WAIT_CKE),
	  server12_recv_certificate },
	{ SERVER12_WAIT_CKE, HT_CLIENT_KEY_EXCHANGE, false,
	  TO(SERVER12_WAIT_CV) | TO(SERVER12_WAIT_CCS), server12_recv_client_key_exchange },
	{ SERVER12_WAIT_CV, HT_CERTIFICATE_VERIFY, true, TO(SERVER12_WAIT_CCS),
	  server12_recv_certificate_verify },
	{ SERVER12_WAIT_FINISHED, HT_FINISHED, true, TO(SERVER12_CONNECTED),
	  server12_recv_finished },
	{ SERVER12_CONNECTED, HT_CLIENT_HELLO, true, TO(SERVER12_CONNECTED),
	  tls12_refuse_renegotiation },
};
const size_t arrows_count = sizeof(arrows) / sizeof(arrows[0]);

static const char *const state_names[STATE_COUNT] = {
	[CLIENT_WAIT_SH] = "WAIT_SH",
	[CLIENT_WAIT_EE] = "WAIT_EE",
	[CLIENT_WAIT_CERT_CR] = "WAIT_CERT_CR",
	[CLIENT_WAIT_CERT] = "WAIT_CERT",
	[CLIENT_WAIT_CV] = "WAIT_CV",
	[CLIENT_WAIT_FINISHED] = "WAIT_FINISHED",
	[CLIENT_CONNECTED] = "CONNECTED",
	[SERVER_START] = "START",
	[SERVER_WAIT_CH2] = "WAIT_CH2",
	[SERVER_WAIT_EOED] = "WAIT_EOED",
	[SERVER_WAIT_CERT] = "WAIT_CERT",
	[SERVER_WAIT_CV] = "WAIT_CV",
	[SERVER_WAIT_FINISHED] = "WAIT_FINISHED",
	[SERVER_CONNECTED] = "CONNECTED",
	[SERVER_POST_WAIT_CV] = "POST_WAIT_CV",
	[SERVER_POST_WAIT_FINISHED] = "POST_WAIT_FINISHED",
	[CLIENT12_WAIT_CERT] = "WAIT_CERT",
	[CLIENT12_WAIT_STATUS] = "WAIT_STATUS",
	[CLIENT12_WAIT_SKE] = "WAIT_SKE",
	[CLIENT12_WAIT_CR_SHD] = "WAIT_CR_SHD",
	[CLIENT12_WAIT_SHD] = "WAIT_SHD",
	[CLIENT12_WAIT_NST] = "WAIT_NST",
	[CLIENT12_WAIT_CCS] = "WAIT_CCS",
	[CLIENT12_WAIT_FINISHED] = "WAIT_FINISHED",
	[CLIENT12_CONNECTED] = "CONNECTED",
	[SERVER12_WAIT_CERT] = "WAIT_CERT",
	[SERVER12_WAIT_CKE] = "WAIT_CKE",
	[SERVER12_WAIT_CV] = "WAIT_CV",
	[SERVER12_WAIT_CCS] = "WAIT_CCS",
	[SERVER12_WAIT_FINISHED] = "WAIT_FINISHED",
	[SERVER12_CONNECTED] = "CONNECTED",
};

const char *state_name(enum state state)
{
	return state_names[state];
}

void conn_enter(struct ward_conn *c, enum state state)
{
	c->state = (uint32_t)state & 31;
	conn_event_label(c, WARD_EVENT_STATE, false, state_name(state));
}

/* ---- one message ---- */

static const struct arrow *arrow_find(enum state from, int message)
{
	for (size_t i = 0; i < arrows_count; i++)
		if (arrows[i].from == from && arrows[i].message == message)
			return &arrows[i];
	return NULL;
}

static const struct arrow *arrow_or_refuse(struct ward_conn *c, uint8_t type,
					   struct ward_error *err)
{
	const struct arrow *a = arrow_find(c->state, type);

	if (a != NULL && !post_auth_expects(c, type))
		a = NULL;
	if (a == NULL) {
		FAILF(err, MESSAGE_UNEXPECTED, "%s in state %s", ward_message_name(type),
		      state_name(c->state));
		error_set_place(err, type, -1, -1);
	}
	return a;
}

static bool handle_message(struct ward_conn *c, struct span raw, bool ends_record,
			   struct ward_error *err)
{
	struct message m = { raw.data[0], raw,
			     span_make(raw.data + HANDSHAKE_HEADER_LEN,
				       raw.len - HANDSHAKE_HEADER_LEN),
			     ends_record };
	const struct arrow *a = arrow_or_refuse(c, m.type, err);
	enum state next = c->state;

	if (a == NULL)
		return false;
	conn_event_message(c, false, raw);
	if (a->ends_record && !ends_record) {
		FAIL(err, MESSAGE_NOT_ALIGNED);
		error_set_place(err, m.type, -1, -1);
		return false;
	}
	if (!a->handler(c, &m, &next, err)) {
		error_set_place(err, m.type, -1, -1);
		return false;
	}
	assert(a->to & TO(next));
	if (next != c->state)
		conn_enter(c, next);
	return c->hs == NULL || !conn_is_connected(c) || handshake_done(c, err);
}

/* ---- messages in records ---- */

/* The length of the message that starts here, once its header is there; 0 before. */
static bool message_size(struct ward_conn *c, struct span bytes, size_t *size,
			 struct ward_error *err)
{
	size_t body;

	*size = 0;
	if (bytes.len < HANDSHAKE_HEADER_LEN)
		return true;
	if (arrow_or_refuse(c, bytes.data[0], err) == NULL)
		return false;
	body = (size_t)bytes.data[1] << 16 | (size_t)bytes.data[2] << 8 | bytes.data[3];
	if (body > message_limit(bytes.data[0])) {
		FAILF(err, MESSAGE_TOO_LONG, "%zu bytes", body);
		error_set_place(err, bytes.data[0], -1, -1);
		return false;
	}
	*size = HANDSHAKE_HEADER_LEN + body;
	return true;
}

static bool partial_append(struct ward_conn *c, struct span *content, size_t n,
			   struct ward_error *err)
{
	struct span part = span_make(content->data, n < content->len ? n : content->len);

	*content = span_make(content->data + part.len, content->len - part.len);
	return buffer_open(&c->partial, err) != NULL &&
	       buffer_append(c->partial, part, HANDSHAKE_HEADER_LEN + MESSAGE_MAX_CERTIFICATE, err);
}

/* Adds what the partial message lacks from the front of the content. */
static bool partial_fill(struct ward_conn *c, struct span *content, bool *whole,
			 struct ward_error *err)
{
	struct buffer *p = c->partial;
	size_t size;

	*whole = false;
	if (p->len < HANDSHAKE_HEADER_LEN &&
	    !partial_append(c, content, HANDSHAKE_HEADER_LEN - p->len, err))
		return false;
	if (!message_size(c, span_make(p->data, p->len), &size, err))
		return false;
	if (size == 0)
		return true;
	if (p->len < size && !partial_append(c, content, size - p->len, err))
		return false;
	*whole = p->len == size;
	return true;
}

static bool finish_partial(struct ward_conn *c, struct span *content, struct ward_error *err)
{
	struct buffer *message;
	bool whole, ok;

	if (!partial_fill(c, content, &whole, err))
		return false;
	if (!whole)
		return true;
	message = c->partial;
	c->partial = NULL;
	ok = handle_message(c, span_make(message->data, message->len), content->len == 0, err);
	buffer_close(&message);
	return ok;
}

bool handshake_receive(struct ward_conn *c, struct span content, struct ward_error *err)
{
	if (buffer_len(c->partial) > 0 && !finish_partial(c, &content, err))
		return false;
	while (content.len > 0) {
		size_t size;

		if (!message_size(c, content, &size, err))
			return false;
		if (size == 0 || size > content.len)
			return partial_append(c, &content, content.len, err);
		if (!handle_message(c, span_make(content.data, size), size == content.len, err))
			return false;
		content = span_make(content.data + size, content.len - size);
	}
	return true;
}

/* ---- keys and the end ---- */

bool handshake_transcribe(struct ward_conn *c, struct span message, struct ward_error *err)
{
	transcript_add(&c->hs->transcript, message);
	return c->hs->tls12 == NULL || tls12_note(c->hs->tls12, message, err);
}

uint8_t *handshake_scratch(struct ward_conn *c, size_t len, struct ward_error *err)
{
	return arena_alloc(c->hs->arena, len, err);
}

void handshake_derive_traffic(struct ward_conn *c, enum schedule_label client,
			      enum schedule_label server)
{
	struct handshake *hs = c->hs;
	struct transcript_hash hash;

	transcript_peek(&hs->transcript, &hash);
	schedule_derive(&hs->schedule, client, transcript_hash_span(&hash), &hs->client_traffic);
	schedule_derive(&hs->schedule, server, transcript_hash_span(&hash), &hs->server_traffic);
	conn_log_secret(c, client, &hs->client_traffic);
	conn_log_secret(c, server, &hs->server_traffic);
}

void handshake_derive_resumption(struct ward_conn *c, struct secret *secret)
{
	struct transcript_hash hash;

	if (c->kept != NULL) { /* an exchange after the handshake */
		secret->len = conn_kept_len(c);
		memcpy(secret->data, conn_kept(c, KEPT_RESUMPTION), secret->len);
		return;
	}
	transcript_peek(&c->hs->transcript, &hash);
	schedule_derive(&c->hs->schedule, RES_MASTER, transcript_hash_span(&hash), secret);
}

void handshake_keep_resumption(struct ward_conn *c)
{
	handshake_derive_resumption(c, &c->hs->resumption);
}

bool conn_set_keys(struct ward_conn *c, bool outgoing, const struct secret *secret,
		   const char *label, struct ward_error *err)
{
	if (outgoing)
		assert(c->hs == NULL || c->hs->flight.len == 0);
	else
		assert(buffer_len(c->partial) == 0);
	if (conn_quic(c) != NULL)
		quic_set_secret(conn_quic(c), outgoing, c->suite->id, secret);
	else if (!record_keys_set(outgoing ? &c->write : &c->read, c->suite, secret, err))
		return false;
	conn_event_label(c, WARD_EVENT_KEYS, outgoing, label);
	return true;
}

void handshake_free(struct handshake *hs)
{
	if (hs == NULL)
		return;
	for (size_t i = 0; i < hs->kex_count; i++)
		kex_free(hs->kex[i]);
	peer_chain_free(hs->resumed_peer);
	ward_ticket_free(hs->session);
	ward_ticket_free(hs->given);
	buffer_clear(&hs->flight);
	tls12_free(hs->tls12);
	arena_free(hs->arena); /* hs itself is in it */
}

/* Connected is only reached with everything shown that the config asks for. */
static bool proofs_complete(const struct ward_conn *c)
{
	unsigned int p = c->hs->proofs;

	if (p == (PROVED_CERT | PROVED_SIGNATURE | PROVED_FINISHED))
		return true;
	if (p == (PROVED_PSK | PROVED_FINISHED))
		return handshake_has_psk(c->hs);
	return c->is_server && !(conn_asks(c) && c->config->verify == WARD_VERIFY_REQUIRED) &&
	       p == (PROVED_NO_CERT | PROVED_FINISHED);
}

bool handshake_done(struct ward_conn *c, struct ward_error *err)
{
	struct ward_ticket *given;
	bool ok;

	assert(proofs_complete(c));
	if (!conn_keep(c, err))
		return false;
	given = ward_ticket_ref(c->hs->given);
	handshake_free(c->hs);
	c->hs = NULL;
	conn_event_label(c, WARD_EVENT_CONNECTED, false, NULL);
	ok = given == NULL || ticket_hand_on(c, given, err);
	ward_ticket_free(given);
	return ok;
}
