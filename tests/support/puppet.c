/* A peer made of strings: bytes, records, and what it hears. See puppet.h. */
#include "support/puppet.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/puppet_internal.h"

struct puppet *puppet_new(struct ward_conn *conn, const struct play *play)
{
	static const struct play nothing_wrong;
	struct puppet *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	p->conn = conn;
	p->play = play == NULL ? &nothing_wrong : play;
	p->is_server = !ward_conn_is_server(conn);
	p->alert = -1;
	p->group = GROUP_X25519;
	p->suite_id = TLS_AES_128_GCM_SHA256;
	p->scheme = 0x0403;
	memset(p->random, p->is_server ? 0x5e : 0xc1, sizeof(p->random));
	if (p->is_server)
		p->credential = credential_server(WARD_KEY_P256);
	return p;
}

void puppet_free(struct puppet *p)
{
	record_keys_clear(&p->read);
	record_keys_clear(&p->write);
	kex_free(p->kex);
	free(p);
}

void puppet_must(bool ok, const struct ward_error *err, const char *what)
{
	char text[512];

	if (ok)
		return;
	fprintf(stderr, "puppet: %s: %s\n", what, ward_error_text(err, text, sizeof(text)));
	abort();
}

/* ---- to the engine ---- */

static bool engine_takes(struct puppet *p, uint8_t *data, size_t len)
{
	size_t used = 0;

	while (used < len) {
		struct ward_received got;

		if (!ward_conn_receive(p->conn, data + used, len - used, &got, &p->err)) {
			p->engine_failed = true;
			return false;
		}
		if (got.used == 0)
			break;
		used += got.used;
	}
	bytes_copy(p->unread, data + used, len - used);
	p->unread_len = len - used;
	return true;
}

/* The engine sees a block of exactly the bytes there are, so that reading past them is noticed. */
bool puppet_send_raw(struct puppet *p, const void *data, size_t len)
{
	size_t total = p->unread_len + len;
	uint8_t *block;
	bool ok;

	if (p->engine_failed)
		return false;
	block = malloc(total);
	if (block == NULL || total > PUPPET_ROOM)
		abort();
	bytes_copy(block, p->unread, p->unread_len);
	bytes_copy(block + p->unread_len, data, len);
	ok = engine_takes(p, block, total);
	free(block);
	return ok;
}

bool puppet_send_plain(struct puppet *p, uint8_t type, uint16_t version, const void *data,
		       size_t len)
{
	uint8_t *record = malloc(RECORD_HEADER_LEN + len);
	bool ok;

	if (record == NULL)
		abort();
	record_write_plain(type, version, span_make(data, len), record);
	ok = puppet_send_raw(p, record, RECORD_HEADER_LEN + len);
	free(record);
	return ok;
}

bool puppet_send_record(struct puppet *p, uint8_t type, const void *data, size_t len,
			size_t padding)
{
	struct ward_error err = ERROR_NONE;
	uint8_t *record;
	bool ok;

	if (p->write.aead == NULL)
		return puppet_send_plain(p, type, 0x0303, data, len);
	record = malloc(len + padding + RECORD_OVERHEAD);
	if (record == NULL)
		abort();
	puppet_must(record_seal(&p->write, type, span_make(data, len), padding, record, &err), &err,
		    "sealing");
	ok = puppet_send_raw(p, record, len + padding + RECORD_OVERHEAD);
	free(record);
	return ok;
}

bool puppet_send_message(struct puppet *p, const struct bytes *message)
{
	return puppet_send_record(p, CT_HANDSHAKE, message->data, message->len, 0);
}

void puppet_update_write(struct puppet *p)
{
	struct ward_error err = ERROR_NONE;

	struct secret *secret = p->is_server ? &p->server_ap : &p->client_ap;

	puppet_must(record_keys_update(&p->write, p->suite, secret->data, &err), &err, "new keys");
}

/* ---- from the engine ---- */

static void drain(struct puppet *p)
{
	size_t n;

	do {
		n = ward_conn_output(p->conn, p->in.data + p->in.len,
				     sizeof(p->in.data) - p->in.len);
		p->in.len += n;
	} while (n > 0);
}

static void hear_content(struct puppet *p, uint8_t type, struct span content)
{
	switch (type) {
	case CT_ALERT:
		p->alert_level = content.data[0];
		p->alert = content.data[1];
		p->saw_close = p->saw_close || p->alert == 0;
		break;
	case CT_HANDSHAKE:
		bytes_copy(p->hand.data + p->hand.len, content.data, content.len);
		p->hand.len += content.len;
		break;
	case CT_APPLICATION_DATA:
		if (content.len > sizeof(p->plain) - p->plain_len)
			p->plain_len = 0;
		bytes_copy(p->plain + p->plain_len, content.data, content.len);
		p->plain_len += content.len;
		break;
	default:
		abort();
	}
}

static bool open_record(struct puppet *p, size_t len, uint8_t *type, struct span *content,
			struct ward_error *err)
{
	if (p->read.aead == NULL)
		return FAIL(err, INTERNAL);
	return record_open(&p->read, p->in.data, len, type, content, err);
}

static void drop_record(struct puppet *p, size_t len)
{
	memmove(p->in.data, p->in.data + len, p->in.len - len);
	p->in.len -= len;
}

/* One record off p->in; false when there is none. */
static bool hear_record(struct puppet *p)
{
	struct ward_error err = ERROR_NONE;
	struct record_header h;
	struct span content;
	uint8_t type;
	size_t len;

	if (p->in.len < RECORD_HEADER_LEN)
		return false;
	record_header_read(p->in.data, &h);
	len = RECORD_HEADER_LEN + h.len;
	if (p->in.len < len)
		abort();
	type = h.type;
	content = span_make(p->in.data + RECORD_HEADER_LEN, h.len);
	if (type == CT_APPLICATION_DATA && !open_record(p, len, &type, &content, &err)) {
		if (p->skips_early && p->read.seq == 0) {
			drop_record(p, len);
			return true;
		}
		puppet_must(p->lenient, &err, "opening");
		p->in.len = 0;
		return false;
	}
	if (type != CT_CHANGE_CIPHER_SPEC)
		hear_content(p, type, content);
	drop_record(p, len);
	return true;
}

static bool take_message(struct puppet *p, struct bytes *out)
{
	size_t len;

	if (p->hand.len < HANDSHAKE_HEADER_LEN)
		return false;
	len = HANDSHAKE_HEADER_LEN +
	      ((size_t)p->hand.data[1] << 16 | (size_t)p->hand.data[2] << 8 | p->hand.data[3]);
	if (p->hand.len < len)
		return false;
	memcpy(out->data, p->hand.data, len);
	out->len = len;
	memmove(p->hand.data, p->hand.data + len, p->hand.len - len);
	p->hand.len -= len;
	return true;
}

bool puppet_next_message(struct puppet *p, struct bytes *out)
{
	drain(p);
	while (!take_message(p, out))
		if (!hear_record(p))
			return false;
	return true;
}

static bool is_passed_over(const struct puppet *p, uint8_t type)
{
	if (type == HT_NEW_SESSION_TICKET)
		return p->hears_tickets;
	return p->hears_answers &&
	       (type == HT_CERTIFICATE || type == HT_CERTIFICATE_VERIFY || type == HT_FINISHED);
}

/* After the handshake the engine says KeyUpdate, and nothing else that is not expected. */
void puppet_listen(struct puppet *p)
{
	struct secret *theirs = p->is_server ? &p->client_ap : &p->server_ap;
	struct ward_error err = ERROR_NONE;
	static struct bytes message;

	while (puppet_next_message(p, &message)) {
		if (is_passed_over(p, message.data[0]))
			continue;
		if (message.data[0] != HT_KEY_UPDATE)
			abort();
		p->key_updates++;
		puppet_must(record_keys_update(&p->read, p->suite, theirs->data, &err), &err,
			    "its new keys");
	}
}

/* ---- bytes ---- */

static int nibble(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, c);

	if (c == '\0' || at == NULL)
		abort();
	return (int)(at - digits);
}

struct bytes *bytes_from_hex(struct bytes *b, const char *hex)
{
	b->len = 0;
	while (*hex != '\0') {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		b->data[b->len++] = (uint8_t)(nibble(hex[0]) << 4 | nibble(hex[1]));
		hex += 2;
	}
	return b;
}

void message_fix_length(struct bytes *message)
{
	size_t body = message->len - HANDSHAKE_HEADER_LEN;

	message->data[1] = (uint8_t)(body >> 16);
	message->data[2] = (uint8_t)(body >> 8);
	message->data[3] = (uint8_t)body;
}

/* Where the length of the last block of extensions stands, which ends the message. */
static size_t extensions_at(const struct bytes *m)
{
	const uint8_t *d = m->data;
	size_t at = HANDSHAKE_HEADER_LEN;

	switch (d[0]) {
	case HT_CLIENT_HELLO:
		at += 2 + 32;
		at += 1 + (size_t)d[at];
		at += 2 + ((size_t)d[at] << 8 | d[at + 1]);
		return at + 1 + d[at];
	case HT_SERVER_HELLO:
		at += 2 + 32;
		return at + 1 + d[at] + 2 + 1;
	case HT_CERTIFICATE_REQUEST:
		return at + 1 + d[at];
	case HT_ENCRYPTED_EXTENSIONS:
		return at;
	default:
		abort();
	}
}

void message_add_extension(struct bytes *message, const char *hex)
{
	static struct bytes extension;
	size_t at = extensions_at(message), len;

	bytes_from_hex(&extension, hex);
	memcpy(message->data + message->len, extension.data, extension.len);
	message->len += extension.len;
	len = message->len - at - 2;
	message->data[at] = (uint8_t)(len >> 8);
	message->data[at + 1] = (uint8_t)len;
	message_fix_length(message);
}
