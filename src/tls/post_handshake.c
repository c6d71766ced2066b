/*
 * After the handshake (RFC 9846, 4.7.3): KeyUpdate.
 */
#include "tls/conn.h"

/* A peer may change its keys as often as it sends data, but not only that. */
bool recv_key_update(struct ward_conn *c, const struct message *m, enum state *next,
		     struct ward_error *err)
{
	enum key_update_request request;

	(void)next;
	if (conn_quic(c) != NULL)
		return FAILF(err, MESSAGE_UNEXPECTED, "KeyUpdate in QUIC");
	if (c->key_updates == KEY_UPDATES_MAX)
		return FAIL(err, KEY_UPDATES_FLOOD);
	c->key_updates++;
	if (!key_update_parse(m->body, &request, err))
		return false;
	if (request == UPDATE_REQUESTED)
		c->update_due = true;
	c->update_asked = false;
	if (!record_keys_update(&c->read, c->suite, conn_kept(c, KEPT_READ), err))
		return false;
	conn_event_label(c, WARD_EVENT_KEYS, false, "update");
	return true;
}

bool key_update_owed(const struct ward_conn *c)
{
	return c->update_due && !c->failed && !c->close_sent && conn_is_connected(c);
}

bool key_update_flush(struct ward_conn *c, struct ward_error *err)
{
	uint8_t message[HANDSHAKE_HEADER_LEN + 1];
	struct writer w = writer_make(message, sizeof(message), err);

	if (!key_update_owed(c))
		return true;
	key_update_write(&w, c->update_asks ? UPDATE_REQUESTED : UPDATE_NOT_REQUESTED);
	if (!output_message(c, writer_span(&w), err) ||
	    !record_keys_update(&c->write, c->suite, conn_kept(c, KEPT_WRITE), err))
		return false;
	c->update_asked = c->update_asked || c->update_asks;
	c->update_due = false;
	c->update_asks = false;
	conn_event_label(c, WARD_EVENT_KEYS, true, "update");
	return true;
}

void key_update_check(struct ward_conn *c)
{
	uint64_t limit = c->config->key_update_after;

	if (c->hs != NULL || !conn_is_connected(c) || c->version == WARD_TLS_1_2)
		return;
	if (limit == 0 || limit > c->suite->record_limit)
		limit = c->suite->record_limit;
	if (c->write.seq >= limit)
		c->update_due = true;
	if (c->read.seq >= limit && !c->update_asked) {
		c->update_due = true;
		c->update_asks = true;
	}
}

bool ward_conn_update_keys(struct ward_conn *conn, bool ask_peer, struct ward_error *err)
{
	if (conn->failed)
		return error_pass(err, ward_conn_error(conn));
	if (!conn_is_connected(conn) || conn->close_sent)
		return FAILF(err, BAD_STATE, "keys change between the handshake and close_notify");
	if (conn->version == WARD_TLS_1_2 || conn_quic(conn) != NULL)
		return FAILF(err, BAD_STATE, "there is no KeyUpdate in TLS 1.2 and in QUIC");
	conn->update_due = true;
	conn->update_asks = conn->update_asks || ask_peer;
	return true;
}
