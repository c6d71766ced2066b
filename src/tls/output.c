/*
 * Bytes for the peer.
 *
 * Handshake messages gather in a flight and are sealed together before the keys change, so that a
 * flight takes as few records as it can (RFC 9846, 5.1). What the connection owes after the
 * handshake, a KeyUpdate or an alert, is made when the output is taken: a peer that sends and does
 * not read cannot make it pile up.
 */
#include <stdlib.h>

#include "tls/quic.h"

/* Far above any flight: Certificate is the only large message. */
#define OUTPUT_MAX (MESSAGE_MAX_CERTIFICATE + 64 * 1024)

/* ---- buffers ---- */

static bool buffer_grow(struct buffer *b, size_t need, struct ward_error *err)
{
	size_t cap = b->cap < 512 ? 512 : b->cap;
	uint8_t *grown;

	while (cap < need)
		cap *= 2;
	grown = malloc(cap);
	if (grown == NULL)
		return FAIL(err, NO_MEMORY);
	bytes_copy(grown, b->data, b->len);
	if (b->data != NULL)
		secret_wipe_bytes(b->data, b->len);
	free(b->data);
	b->data = grown;
	b->cap = cap;
	return true;
}

uint8_t *buffer_reserve(struct buffer *b, size_t len, size_t most, struct ward_error *err)
{
	uint8_t *at;

	if (len > most || b->len > most - len) {
		FAIL(err, LIMIT_MEMORY);
		return NULL;
	}
	if (b->len + len > b->cap && !buffer_grow(b, b->len + len, err))
		return NULL;
	at = b->data + b->len;
	b->len += len;
	return at;
}

bool buffer_append(struct buffer *b, struct span bytes, size_t most, struct ward_error *err)
{
	uint8_t *at = buffer_reserve(b, bytes.len, most, err);

	if (at == NULL)
		return false;
	bytes_copy(at, bytes.data, bytes.len);
	return true;
}

size_t buffer_take(struct buffer *b, uint8_t *out, size_t cap)
{
	size_t left = b->len - b->pos;
	size_t n = left < cap ? left : cap;

	if (n == 0)
		return 0;
	memcpy(out, b->data + b->pos, n);
	b->pos += n;
	if (b->pos == b->len)
		buffer_clear(b);
	return n;
}

void buffer_clear(struct buffer *b)
{
	if (b->data != NULL)
		secret_wipe_bytes(b->data, b->len);
	free(b->data);
	*b = (struct buffer){ 0 };
}

struct buffer *buffer_open(struct buffer **b, struct ward_error *err)
{
	if (*b == NULL)
		*b = calloc(1, sizeof(**b));
	if (*b == NULL)
		FAIL(err, NO_MEMORY);
	return *b;
}

void buffer_close(struct buffer **b)
{
	if (*b != NULL)
		buffer_clear(*b);
	free(*b);
	*b = NULL;
}

/* ---- records ---- */

/* RFC 8449: the type counts. */
static size_t agreed_limit(const struct ward_conn *c)
{
	if (conn_fragment_limit(c) > 0) /* record_size_limit is then not spoken of */
		return conn_fragment_limit(c);
	/* RFC 8449, 4: nothing in the clear is limited, but who has asked has little room. */
	if (c->write.aead == NULL || c->write.is_12)
		return c->send_limit < RECORD_PLAINTEXT_MAX ? c->send_limit : RECORD_PLAINTEXT_MAX;
	return (size_t)c->send_limit - 1;
}

/*
 * The most content that one record for the peer may have. A small client keeps to its own limit
 * before the server has answered, too: what it sends early must not be too long for one that agrees.
 */
static size_t content_limit(const struct ward_conn *c)
{
	size_t agreed = agreed_limit(c);
	size_t own = c->config->max_fragment;

	return own > 0 && own < agreed && c->write.aead != NULL ? own : agreed;
}

/* How many zero bytes follow the content type, so that all is a multiple of what was asked for. */
static size_t padding_for(const struct ward_conn *c, size_t content_len)
{
	size_t multiple = c->config->padding_multiple;
	size_t room = content_limit(c) - content_len;
	size_t padding;

	if (multiple == 0 || c->write.is_12)
		return 0;
	padding = (multiple - content_len % multiple) % multiple;
	return padding < room ? padding : room;
}

static size_t record_size(const struct ward_conn *c, size_t content_len, size_t padding)
{
	return c->write.aead == NULL ? RECORD_HEADER_LEN + content_len
				     : record_overhead(&c->write) + content_len + padding;
}

/* The first ClientHello alone goes out as TLS 1.0, which old servers want to see (5.1). */
static uint16_t plain_version(const struct ward_conn *c, enum content_type type)
{
	bool first_hello =
		type == CT_HANDSHAKE && !c->is_server && c->state == CLIENT_WAIT_SH && !c->retried;

	return first_hello ? 0x0301 : 0x0303;
}

static bool write_record(struct ward_conn *c, enum content_type type, struct span content,
			 size_t padding, uint8_t *out, struct ward_error *err)
{
	if (c->write.aead == NULL)
		record_write_plain(type, plain_version(c, type), content, out);
	else if (!record_seal(&c->write, type, content, padding, out, err))
		return false;
	conn_event_record(c, true, out);
	return true;
}

static bool output_record(struct ward_conn *c, enum content_type type, struct span content,
			  struct ward_error *err)
{
	size_t padding = padding_for(c, content.len);
	struct buffer *out = buffer_open(&c->out, err);
	uint8_t *at;

	if (out == NULL)
		return false;
	at = buffer_reserve(out, record_size(c, content.len, padding), OUTPUT_MAX, err);
	return at != NULL && write_record(c, type, content, padding, at, err);
}

bool flight_add(struct ward_conn *c, struct span message, struct ward_error *err)
{
	conn_event_message(c, true, message);
	return handshake_transcribe(c, message, err) &&
	       buffer_append(&c->hs->flight, message, OUTPUT_MAX, err);
}

bool flight_add_behind(struct ward_conn *c, struct span message, struct ward_error *err)
{
	conn_event_message(c, true, message);
	return buffer_append(&c->hs->flight, message, OUTPUT_MAX, err);
}

/* In as many records as it takes. */
static bool output_all(struct ward_conn *c, enum content_type type, struct span bytes,
		       struct ward_error *err)
{
	if (conn_quic(c) != NULL)
		return quic_output(conn_quic(c), bytes, err);
	while (bytes.len > 0) {
		size_t n = bytes.len < content_limit(c) ? bytes.len : content_limit(c);

		if (!output_record(c, type, span_make(bytes.data, n), err))
			return false;
		bytes = span_make(bytes.data + n, bytes.len - n);
	}
	return true;
}

bool flight_seal(struct ward_conn *c, struct ward_error *err)
{
	struct buffer *f = &c->hs->flight;

	if (!output_all(c, CT_HANDSHAKE, span_make(f->data, f->len), err))
		return false;
	f->len = 0;
	return true;
}

bool output_message(struct ward_conn *c, struct span message, struct ward_error *err)
{
	conn_event_message(c, true, message);
	return output_all(c, CT_HANDSHAKE, message, err);
}

bool output_data(struct ward_conn *c, struct span data, struct ward_error *err)
{
	return output_all(c, CT_APPLICATION_DATA, data, err);
}

bool output_ccs(struct ward_conn *c, struct ward_error *err)
{
	static const uint8_t one = 1;
	uint8_t record[RECORD_HEADER_LEN + 1];
	struct buffer *out;

	if (c->hs->ccs_sent || conn_quic(c) != NULL)
		return true;
	c->hs->ccs_sent = true;
	record_write_plain(CT_CHANGE_CIPHER_SPEC, 0x0303, span_make(&one, 1), record);
	conn_event_record(c, true, record);
	out = buffer_open(&c->out, err);
	return out != NULL && buffer_append(out, SPAN_ARRAY(record), OUTPUT_MAX, err);
}

void output_alert(struct ward_conn *c, int level, int description)
{
	struct ward_error ignored = ERROR_NONE;
	uint8_t alert[2] = { (uint8_t)level, (uint8_t)description };

	if (conn_quic(c) != NULL)
		return; /* the stack closes with ward_quic_alert */
	/* Without memory there is no alert; the connection is at its end all the same. */
	if (output_record(c, CT_ALERT, SPAN_ARRAY(alert), &ignored))
		conn_event_alert(c, true, level, description);
}

/* ---- what the caller takes ---- */

static size_t take_output(struct ward_conn *c, uint8_t *out, size_t cap)
{
	size_t n = c->out == NULL ? 0 : buffer_take(c->out, out, cap);

	if (c->out != NULL && c->out->len == 0)
		buffer_close(&c->out);
	return n;
}

bool ward_conn_has_output(const struct ward_conn *conn)
{
	if (conn_quic(conn) != NULL)
		return quic_has_output(conn_quic(conn));
	return (conn->out != NULL && conn->out->len > conn->out->pos) || key_update_owed(conn);
}

size_t ward_conn_output(struct ward_conn *conn, uint8_t *out, size_t cap)
{
	struct ward_error fault = ERROR_NONE;

	if (!key_update_flush(conn, &fault))
		conn_fail(conn, &fault);
	return take_output(conn, out, cap);
}

static bool send_allowed(const struct ward_conn *c, struct ward_error *err)
{
	if (c->failed)
		return error_pass(err, ward_conn_error(c));
	if (conn_quic(c) != NULL)
		return FAILF(err, BAD_STATE, "QUIC carries data by itself");
	if (!conn_is_connected(c) && !server_may_send_early(c))
		return FAILF(err, BAD_STATE, "the handshake is not done");
	if (c->close_sent)
		return FAILF(err, BAD_STATE, "close_notify has been sent");
	return true;
}

/* Seals one record of application data straight into the caller's output, if it fits. */
static bool send_one(struct ward_conn *c, struct span *data, uint8_t *out, size_t cap,
		     size_t *written, struct ward_error *err)
{
	size_t limit = content_limit(c);
	size_t n = data->len < limit ? data->len : limit;
	size_t padding = padding_for(c, n);
	size_t size = record_size(c, n, padding);

	*written = 0;
	if (size > cap)
		return true;
	if (!write_record(c, CT_APPLICATION_DATA, span_make(data->data, n), padding, out, err))
		return false;
	*data = span_make(data->data + n, data->len - n);
	*written = size;
	return true;
}

static bool send_records(struct ward_conn *c, struct span *data, uint8_t *out, size_t cap,
			 size_t *written, struct ward_error *err)
{
	while (data->len > 0) {
		size_t n;

		key_update_check(c);
		if (!key_update_flush(c, err))
			return false;
		/* Before the client's Finished keys do not change (5.5). */
		if (!conn_is_connected(c) && c->write.seq >= c->suite->record_limit)
			return true;
		*written += take_output(c, out + *written, cap - *written);
		if (buffer_len(c->out) > 0)
			return true;
		if (!send_one(c, data, out + *written, cap - *written, &n, err))
			return false;
		if (n == 0)
			return true;
		*written += n;
	}
	return true;
}

bool ward_conn_send(struct ward_conn *conn, const void *data, size_t len, size_t *taken,
		    uint8_t *out, size_t cap, size_t *written, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	struct span rest = span_make(data, len);

	*taken = 0;
	*written = 0;
	if (!send_allowed(conn, err))
		return false;
	*written = take_output(conn, out, cap);
	if (!send_records(conn, &rest, out, cap, written, &fault)) {
		conn_fail(conn, &fault);
		return error_pass(err, &fault);
	}
	*taken = len - rest.len;
	return true;
}

void ward_conn_close(struct ward_conn *conn)
{
	if (conn->failed || conn->close_sent)
		return;
	conn->close_sent = true;
	output_alert(conn, 1, 0);
	conn_event_label(conn, WARD_EVENT_CLOSED, true, NULL);
}
