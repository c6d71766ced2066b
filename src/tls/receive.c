/*
 * Records from the peer (RFC 9846, section 5): taken one by one from the caller's bytes, opened
 * where they lie, judged, and handed on by their type.
 *
 * What brings the application nothing (empty records, change_cipher_spec, warnings) is counted and
 * has a limit; nothing here allocates.
 */
#include "tls/tls12/tls12.h"

/* ---- what is not TLS at all ---- */

static bool starts_with(struct span bytes, const char *text)
{
	struct span start = span_string(text);

	return bytes.len >= start.len && span_equal(span_make(bytes.data, start.len), start);
}

static bool looks_like_http(const struct ward_conn *c, struct span bytes)
{
	static const char *const requests[] = { "GET ",  "POST ", "HEAD ", "PUT ",  "OPTIO",
						"DELET", "CONNE", "PATCH", "TRACE", "PRI *" };

	if (!c->is_server)
		return starts_with(bytes, "HTTP/");
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (starts_with(bytes, requests[i]))
			return true;
	return false;
}

/* SSLv2's ClientHello has its own form; no version of it is spoken any more. */
static bool looks_like_sslv2(const struct ward_conn *c, const uint8_t *b)
{
	return c->is_server && (b[0] & 0x80) != 0 && b[2] == 1;
}

static bool judge_first_record(struct ward_conn *c, struct span bytes, struct ward_error *err)
{
	const uint8_t *b = bytes.data;

	if (b[0] >= CT_CHANGE_CIPHER_SPEC && b[0] <= CT_APPLICATION_DATA && b[1] == 3) {
		c->hs->first_record_seen = true;
		return true;
	}
	if (looks_like_http(c, bytes))
		return FAIL(err, PLAIN_HTTP);
	if (looks_like_sslv2(c, b))
		return FAILF(err, NO_COMMON_VERSION, "the client speaks SSLv2");
	return FAILF(err, NOT_TLS, "the first bytes are %02x %02x %02x %02x %02x", b[0], b[1], b[2],
		     b[3], b[4]);
}

/*
 * What has been agreed on of records under protection, with the expansion of those of TLS 1.2, the
 * longer one: a nonce and a tag.
 */
static size_t sealed_limit(const struct ward_conn *c)
{
	enum { TYPE = 1, EXPANSION = 8 + AEAD_TAG_LEN };

	if (conn_fragment_limit(c) > 0)
		return conn_fragment_limit(c) + TYPE + EXPANSION;
	if (c->limit_negotiated)
		return config_record_limit(c->config) + (size_t)EXPANSION;
	return RECORD_CIPHERTEXT_MAX;
}

size_t ward_conn_record_max(const struct ward_conn *conn)
{
	return RECORD_HEADER_LEN + sealed_limit(conn);
}

/* Refused early data may have been longer: its client did not know of a limit. */
static bool is_longer_than_agreed(const struct ward_conn *c, const struct record_header *h)
{
	return c->read.aead != NULL && (c->hs == NULL || c->hs->skip_early == 0) &&
	       h->len > sealed_limit(c);
}

static bool judge_header(const struct ward_conn *c, const struct record_header *h,
			 struct ward_error *err)
{
	bool sealed = h->type == CT_APPLICATION_DATA || c->read.is_12;

	if (h->type < CT_CHANGE_CIPHER_SPEC || h->type > CT_APPLICATION_DATA)
		return FAILF(err, RECORD_TYPE, "type %d", h->type);
	if (h->version >> 8 != 3)
		return FAILF(err, RECORD_VERSION, "version %04x", h->version);
	if (h->len > (sealed ? RECORD_CIPHERTEXT_MAX : RECORD_PLAINTEXT_MAX))
		return FAILF(err, RECORD_OVERFLOW, "%zu bytes", h->len);
	if (sealed && is_longer_than_agreed(c, h))
		return FAILF(err, RECORD_OVERFLOW, "%zu bytes, agreed on are %zu", h->len,
			     sealed_limit(c));
	if (sealed && c->read.aead == NULL && (c->hs == NULL || c->hs->skip_early == 0))
		return FAILF(err, RECORD_TYPE, "application data before there are keys");
	return true;
}

/* ---- by content ---- */

static bool count_empty(struct ward_conn *c, struct ward_error *err)
{
	return ++c->empty_records <= EMPTY_RECORDS_MAX || FAIL(err, RECORDS_FLOOD);
}

/* RFC 9846, 5: one byte of 1, in the clear, between the first ClientHello and the Finished. */
static bool receive_ccs(struct ward_conn *c, struct span content, struct ward_error *err)
{
	if (c->version == WARD_TLS_1_2)
		return tls12_recv_ccs(c, content, err);
	if (c->hs == NULL || !c->hs->received_hello)
		return FAILF(err, BAD_CCS, "outside the handshake");
	if (content.len != 1 || content.data[0] != 1)
		return FAILF(err, BAD_CCS, "it is not a single byte of 1");
	if (buffer_len(c->partial) > 0)
		return FAIL(err, MESSAGE_INTERLEAVED);
	c->hs->ccs_received = true;
	return count_empty(c, err);
}

static bool receive_close(struct ward_conn *c, struct ward_error *err)
{
	if (!conn_is_connected(c))
		return FAIL(err, CLOSED_IN_HANDSHAKE);
	c->close_received = true;
	conn_event_label(c, WARD_EVENT_CLOSED, false, NULL);
	return true;
}

/*
 * RFC 9846, 6: every alert but close_notify and user_canceled ends the connection. Before TLS 1.3,
 * and before it is known to be that, there are warnings (RFC 5246, 7.2).
 */
static bool is_warning(const struct ward_conn *c, int level, int description)
{
	enum { WARNING = 1, USER_CANCELED = 90 };
	bool may_be_12 = c->version == WARD_TLS_1_2 ||
			 (c->version == 0 && c->config->version_min == WARD_TLS_1_2);

	return description == USER_CANCELED || (may_be_12 && level == WARNING);
}

static bool receive_alert(struct ward_conn *c, struct span content, struct ward_error *err)
{
	enum { CLOSE_NOTIFY = 0 };
	int level, description;

	if (content.len == 0)
		return FAIL(err, RECORD_EMPTY);
	if (content.len != 2)
		return FAIL(err, ALERT_MALFORMED);
	level = content.data[0];
	description = content.data[1];
	conn_event_alert(c, false, level, description);
	if (description == CLOSE_NOTIFY)
		return receive_close(c, err);
	if (is_warning(c, level, description) && buffer_len(c->partial) > 0)
		return FAIL(err, MESSAGE_INTERLEAVED);
	if (is_warning(c, level, description))
		return ++c->warning_alerts <= WARNING_ALERTS_MAX || FAIL(err, ALERTS_FLOOD);
	FAIL(err, ALERT_RECEIVED); /* its text tells which alert: received_alert */
	if (err != NULL)
		err->received_alert = description;
	return false;
}

static bool receive_application_data(struct ward_conn *c, struct span content,
				     struct ward_received *received, struct ward_error *err)
{
	if (c->state == SERVER_WAIT_EOED && c->read.aead != NULL)
		return server_recv_early_data(c, content, received, err);
	if (!conn_is_connected(c) || conn_in_post_auth(c))
		return FAILF(err, RECORD_TYPE, "application data during the handshake");
	if (buffer_len(c->partial) > 0)
		return FAIL(err, MESSAGE_INTERLEAVED);
	if (content.len == 0)
		return count_empty(c, err);
	c->empty_records = 0;
	c->key_updates = 0;
	c->tickets = 0;
	post_auth_heard(c);
	received->plain = content.data;
	received->plain_len = content.len;
	return true;
}

static bool receive_content(struct ward_conn *c, uint8_t type, struct span content,
			    struct ward_received *received, struct ward_error *err)
{
	if (conn_fragment_limit(c) > 0 && content.len > conn_fragment_limit(c))
		return FAILF(err, RECORD_OVERFLOW, "max_fragment_length is %zu",
			     conn_fragment_limit(c));
	switch (type) {
	case CT_HANDSHAKE:
		if (content.len == 0)
			return FAIL(err, RECORD_EMPTY);
		if (!conn_is_connected(c))
			c->empty_records = 0;
		return handshake_receive(c, content, err);
	case CT_ALERT:
		return receive_alert(c, content, err);
	case CT_APPLICATION_DATA:
		return receive_application_data(c, content, received, err);
	default:
		return FAILF(err, RECORD_TYPE, "type %d under protection", type);
	}
}

/* ---- in the clear and sealed ---- */

/*
 * A client that could not make sense of the server's hello has no keys to seal its alert with. It
 * ends the handshake, as anyone on the path could by other means; nothing else in the clear is
 * taken where keys are in use.
 */
static bool is_early_alert(const struct ward_conn *c, const struct record_header *h)
{
	return h->type == CT_ALERT && c->is_server && c->hs != NULL && c->read.seq == 0;
}

static bool receive_plain(struct ward_conn *c, const struct record_header *h, struct span content,
			  struct ward_received *received, struct ward_error *err)
{
	if (h->type == CT_CHANGE_CIPHER_SPEC)
		return receive_ccs(c, content, err);
	if (c->read.aead != NULL && !is_early_alert(c, h))
		return FAILF(err, RECORD_TYPE, "type %d in the clear", h->type);
	return receive_content(c, h->type, content, received, err);
}

/* 4.3.10: early data that this server refused is skipped, up to a limit. */
static bool skip_early_data(struct ward_conn *c, size_t len)
{
	if (c->hs == NULL || c->hs->skip_early < len)
		return false;
	c->hs->skip_early -= len;
	return true;
}

static bool receive_sealed(struct ward_conn *c, uint8_t *record, size_t len,
			   struct ward_received *received, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	struct span content;
	uint8_t type;

	if (c->read.aead == NULL)
		return skip_early_data(c, len) || FAIL(err, RECORD_TYPE);
	if (!record_open(&c->read, record, len, &type, &content, &fault)) {
		if (fault.reason == WARD_E_BAD_RECORD_MAC && c->read.seq == 0 &&
		    skip_early_data(c, len))
			return true;
		return error_pass(err, &fault);
	}
	if (c->hs != NULL)
		c->hs->skip_early = 0;
	/* RFC 8449, 4: of TLS 1.3 the content type and padding count. */
	if (c->limit_negotiated &&
	    (c->read.is_12 ? content.len : len - RECORD_HEADER_LEN - AEAD_TAG_LEN) >
		    config_record_limit(c->config))
		return FAILF(err, RECORD_OVERFLOW, "record_size_limit is %u",
			     config_record_limit(c->config));
	key_update_check(c);
	return receive_content(c, type, content, received, err);
}

/* One record, if it is whole: received->used grows by its length, or stays. */
static bool receive_record(struct ward_conn *c, uint8_t *data, size_t len,
			   struct ward_received *received, struct ward_error *err)
{
	struct record_header h;

	if (len < RECORD_HEADER_LEN)
		return true;
	if (c->hs != NULL && !c->hs->first_record_seen &&
	    !judge_first_record(c, span_make(data, len), err))
		return false;
	record_header_read(data, &h);
	if (!judge_header(c, &h, err))
		return false;
	if (len < RECORD_HEADER_LEN + h.len)
		return true;
	received->used += RECORD_HEADER_LEN + h.len;
	conn_event_record(c, false, data);
	if (h.type == CT_APPLICATION_DATA || c->read.is_12)
		return receive_sealed(c, data, RECORD_HEADER_LEN + h.len, received, err);
	return receive_plain(c, &h, span_make(data + RECORD_HEADER_LEN, h.len), received, err);
}

static bool receive_paused(const struct ward_conn *c)
{
	return conn_signing(c) != NULL;
}

bool ward_conn_receive(struct ward_conn *conn, uint8_t *data, size_t len,
		       struct ward_received *received, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;

	*received = (struct ward_received){ 0 };
	if (conn->failed)
		return error_pass(err, ward_conn_error(conn));
	if (conn_quic(conn) != NULL)
		return FAILF(err, BAD_STATE, "QUIC has no records");
	while (received->used < len && received->plain == NULL && !receive_paused(conn)) {
		size_t before = received->used;

		if (conn->close_received) {
			received->used = len; /* 6.1: what follows close_notify is ignored */
			break;
		}
		if (!receive_record(conn, data + before, len - before, received, &fault)) {
			conn_fail(conn, &fault);
			return error_pass(err, ward_conn_error(conn));
		}
		if (received->used == before)
			break;
	}
	return true;
}

bool ward_conn_receive_eof(struct ward_conn *conn, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;

	if (conn->failed)
		return error_pass(err, ward_conn_error(conn));
	conn->eof_received = true;
	if (conn->close_received)
		return true;
	if (conn_is_connected(conn))
		FAIL(&fault, CLOSED_EARLY);
	else
		FAIL(&fault, CLOSED_IN_HANDSHAKE);
	conn_fail(conn, &fault);
	return error_pass(err, &fault);
}
