/*
 * What the fuzz targets of connections share: a puppet goes through a handshake with an engine,
 * and the input says what it does wrong, and where.
 *
 *	byte 0	the message in whose place it happens, as an index; past the last: when connected
 *	byte 1	which of them (0 or 1); bit 4: a retry; bit 5: client certificates; bit 6: a cookie; bit 7:
 *		a server asks for the certificate after the handshake
 *	byte 2	how: see enum fault
 *	rest	for the fault
 *
 * What is put in place of a message is sealed under the right keys: so every state is reached, and
 * what lies behind the record layer gets the input as it is.
 */
#ifndef FUZZ_CONN_H
#define FUZZ_CONN_H

#include <stdlib.h>

#include <ward/mutual.h>

#include "support/puppet.h"

enum fault {
	FAULT_BODY,    /* the message's body is the rest */
	FAULT_MESSAGE, /* the message is the rest, header included */
	FAULT_PATCH,   /* bytes of the message: place (2 bytes), exclusive-or */
	FAULT_INSERT,  /* place (2 bytes), and what is put in there */
	FAULT_RECORDS, /* records in its place: type, padding, length (2 bytes), content */
	FAULT_RAW,     /* bytes in its place, on the wire as they are */
	FAULT_KINDS,
};

static const uint8_t *fault_data;
static size_t fault_len;
static enum fault fault_kind;

static size_t number_at(size_t at)
{
	return (size_t)fault_data[at] << 8 | fault_data[at + 1];
}

static void patch(struct bytes *m)
{
	for (size_t at = 0; at + 3 <= fault_len; at += 3)
		m->data[number_at(at) % m->len] ^= fault_data[at + 2];
}

static void insert(struct bytes *m)
{
	size_t at, len;

	if (fault_len < 2)
		return;
	at = HANDSHAKE_HEADER_LEN + number_at(0) % (m->len - HANDSHAKE_HEADER_LEN + 1);
	len = fault_len - 2;
	memmove(m->data + at + len, m->data + at, m->len - at);
	memcpy(m->data + at, fault_data + 2, len);
	m->len += len;
	message_fix_length(m);
}

static void fault_edit(struct puppet *p, struct bytes *m)
{
	size_t keep = fault_kind == FAULT_BODY ? HANDSHAKE_HEADER_LEN : 0;

	(void)p;
	switch (fault_kind) {
	case FAULT_BODY:
	case FAULT_MESSAGE:
		memcpy(m->data + keep, fault_data, fault_len);
		m->len = keep + fault_len;
		if (keep > 0)
			message_fix_length(m);
		break;
	case FAULT_PATCH:
		patch(m);
		break;
	case FAULT_INSERT:
		insert(m);
		break;
	case FAULT_RECORDS:
	case FAULT_RAW:
	case FAULT_KINDS:
		break;
	}
}

static void send_records(struct puppet *p)
{
	size_t at = 0;

	while (at + 4 <= fault_len && !p->engine_failed) {
		size_t len = number_at(at + 2);

		if (len > fault_len - at - 4)
			len = fault_len - at - 4;
		puppet_send_record(p, fault_data[at], fault_data + at + 4, len, fault_data[at + 1]);
		at += 4 + len;
	}
}

static void fault_afterwards(struct puppet *p)
{
	if (fault_kind == FAULT_RAW)
		puppet_send_raw(p, fault_data, fault_len);
	else
		send_records(p);
}

static void fault_instead(struct puppet *p, struct bytes *m)
{
	if (fault_kind == FAULT_RAW || fault_kind == FAULT_RECORDS)
		fault_afterwards(p);
	else if (m->len > 0)
		puppet_send_message(p, m);
}

/* The client is asked and answers; then what is done afterwards, if it is done then. */
static bool fault_is_afterwards;

static void ask_and_answer(struct puppet *p)
{
	struct ward_error err = { 0 };

	/* What was done wrong may have left the handshake unfinished, or the offer out. */
	if (!ward_conn_request_certificate(p->conn, &err))
		return;
	(void)puppet_answer_request(p);
	if (ward_conn_peer_cert(p->conn) == NULL && !ward_conn_certificate_pending(p->conn) &&
	    ward_conn_error(p->conn) == NULL)
		abort(); /* it was required */
	if (fault_is_afterwards && !p->engine_failed)
		fault_afterwards(p);
}

/* A refusal has a reason; whatever happened, data and an end can be asked for. */
static void check_end(struct ward_conn *conn)
{
	static uint8_t out[WARD_RECORD_MAX];
	const struct ward_error *told = ward_conn_error(conn);
	struct ward_error err = { 0 };
	size_t taken, written;
	char text[512];

	if (told != NULL && told->reason == WARD_E_NONE)
		abort();
	if (told != NULL)
		(void)ward_error_text(told, text, sizeof(text));
	if (ward_conn_send(conn, "x", 1, &taken, out, sizeof(out), &written, &err) !=
	    ward_conn_is_connected(conn))
		abort();
	ward_conn_close(conn);
	(void)ward_conn_output(conn, out, sizeof(out));
	if (ward_conn_receive_eof(conn, &err) != ward_conn_received_close(conn) && told == NULL)
		abort();
}

static void conn_fuzz(struct ward_config *config, const char *host, const uint8_t *messages,
		      size_t message_count, const uint8_t *data, size_t size)
{
	struct play play = { .at = 0 };
	struct ward_error err = { 0 };
	struct ward_conn *conn;
	struct puppet *p;

	if (size < 3 || size > 60000)
		return;
	fault_data = data + 3;
	fault_len = size - 3;
	fault_kind = data[2] % FAULT_KINDS;
	if (data[0] % (message_count + 1) < message_count) {
		play.at = messages[data[0] % (message_count + 1)];
		play.nth = data[1] & 1;
		play.edit_bytes = fault_edit;
		play.instead = fault_instead;
	} else {
		play.afterwards = fault_afterwards;
	}
	fault_is_afterwards = play.afterwards != NULL;
	if (host == NULL && data[1] & 0x80)
		play.afterwards = ask_and_answer;
	conn = ward_conn_new(config, host, TEST_NOW, &err);
	if (conn == NULL)
		abort();
	p = puppet_new(conn, &play);
	p->hears_tickets = true;
	p->lenient = true;
	p->retries = (data[1] & 0x10) != 0;
	p->asks_certificate = (data[1] & 0x20) != 0;
	p->offers_post_auth = (data[1] & 0x80) != 0;
	p->hears_answers = true;
	if (host == NULL && (p->asks_certificate || p->offers_post_auth))
		p->credential = credential_client(WARD_KEY_P256);
	(void)puppet_handshake(p);
	check_end(conn);
	puppet_free(p);
	ward_conn_free(conn);
}

#endif
