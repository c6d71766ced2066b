/*
 * Telling of what happens: the event stream and the key log (RFC 9850). Nothing here is reached
 * when nobody listens.
 */
#include "tls/conn.h"

void conn_event(struct ward_conn *c, const struct ward_event *event)
{
	if (conn_listens(c))
		c->config->events(c->config->events_arg, c, event);
}

void conn_event_message(struct ward_conn *c, bool outgoing, struct span message)
{
	const struct record_keys *keys = outgoing ? &c->write : &c->read;

	if (conn_listens(c))
		conn_event(c, &(struct ward_event){ .kind = WARD_EVENT_MESSAGE,
						    .outgoing = outgoing,
						    .encrypted = keys->aead != NULL,
						    .type = message.data[0],
						    .bytes = message.data,
						    .len = message.len });
}

void conn_event_record(struct ward_conn *c, bool outgoing, const uint8_t *header)
{
	if (conn_listens(c))
		conn_event(c, &(struct ward_event){ .kind = WARD_EVENT_RECORD,
						    .outgoing = outgoing,
						    .encrypted = header[0] == CT_APPLICATION_DATA,
						    .type = header[0],
						    .bytes = header,
						    .len = RECORD_HEADER_LEN });
}

void conn_event_label(struct ward_conn *c, enum ward_event_kind kind, bool outgoing,
		      const char *label)
{
	if (conn_listens(c))
		conn_event(c, &(struct ward_event){
				      .kind = kind, .outgoing = outgoing, .label = label });
}

void conn_event_alert(struct ward_conn *c, bool outgoing, int level, int description)
{
	const struct record_keys *keys = outgoing ? &c->write : &c->read;

	if (conn_listens(c))
		conn_event(c, &(struct ward_event){ .kind = WARD_EVENT_ALERT,
						    .outgoing = outgoing,
						    .encrypted = keys->aead != NULL,
						    .type = description,
						    .level = level });
}

static size_t hex(char *to, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		to[2 * i] = digits[bytes[i] >> 4];
		to[2 * i + 1] = digits[bytes[i] & 15];
	}
	return 2 * len;
}

/* "LABEL client_random secret", the two in hex. */
static void keylog_line(struct ward_conn *c, const char *label, const struct secret *secret)
{
	char line[64 + 2 * 32 + 2 * SECRET_MAX + 3];
	size_t n = strlen(label);

	memcpy(line, label, n);
	line[n++] = ' ';
	n += hex(line + n, c->hs->client_random, sizeof(c->hs->client_random));
	line[n++] = ' ';
	n += hex(line + n, secret->data, secret->len);
	line[n] = '\0';
	c->config->keylog(c->config->keylog_arg, line);
	secret_wipe_bytes(line, sizeof(line));
}

static void log_named(struct ward_conn *c, const char *name, const struct secret *secret)
{
	if (c->config->keylog != NULL)
		keylog_line(c, name, secret);
	if (conn_listens(c) && c->config->event_secrets)
		conn_event(c, &(struct ward_event){ .kind = WARD_EVENT_SECRET,
						    .bytes = secret->data,
						    .len = secret->len,
						    .label = name });
}

void conn_log_secret(struct ward_conn *c, enum schedule_label label, const struct secret *secret)
{
	const char *name = schedule_log_label(label);

	if (name != NULL)
		log_named(c, name, secret);
}

void conn_log_master(struct ward_conn *c, const struct secret *master)
{
	log_named(c, "CLIENT_RANDOM", master);
}
