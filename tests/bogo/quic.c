/*
 * The runner's stand-in for QUIC: over TCP, records of
 *
 *	type (22, 23 or 21), level (0 initial, 1 early data, 2 handshake, 3 application), cipher suite
 *	(2 bytes), length (4), the traffic secret of the level, content
 *
 * so that both sides see whether they agree on secrets and on when to use them.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "shim.h"
#include "tls/record.h"

enum { HEADER_LEN = 8, LEVELS = WARD_QUIC_APPLICATION + 1, BODY_MAX = 1 << 17 };

static const uint8_t level_numbers[LEVELS] = {
	[WARD_QUIC_INITIAL] = 0,
	[WARD_QUIC_EARLY] = 1,
	[WARD_QUIC_HANDSHAKE] = 2,
	[WARD_QUIC_APPLICATION] = 3,
};

struct ward_conn *quic_open(struct link *l, struct ward_config *config, struct ward_ticket *ticket)
{
	const struct bytes *p = &l->flags->quic_transport_params;
	const char *context = l->flags->quic_early_data_context;
	const struct ward_conn_options options = {
		.ticket = ticket,
		.quic_early_data = l->flags->enable_early_data,
		.quic_early_context = context,
		.quic_early_context_len = context == NULL ? 0 : strlen(context),
	};

	memset(l->read_secrets, 0, sizeof(l->read_secrets));
	memset(l->write_secrets, 0, sizeof(l->write_secrets));
	return ward_quic_new(config, l->flags->host_name, l->run->now, p->data, p->len, &options,
			     &l->err);
}

static void take_secrets(struct link *l)
{
	struct ward_quic_secret s;

	while (ward_quic_next_secret(l->conn, &s))
		*(s.outgoing ? &l->write_secrets[s.level] : &l->read_secrets[s.level]) = s;
}

static bool write_record(struct link *l, uint8_t type, enum ward_quic_level level,
			 const uint8_t *data, size_t len)
{
	const struct ward_quic_secret *s = &l->write_secrets[level];
	size_t total = s->len + len;
	uint8_t head[HEADER_LEN + sizeof(s->bytes)] = { type,
							level_numbers[level],
							(uint8_t)(s->cipher_suite >> 8),
							(uint8_t)s->cipher_suite,
							(uint8_t)(total >> 24),
							(uint8_t)(total >> 16),
							(uint8_t)(total >> 8),
							(uint8_t)total };

	memcpy(head + HEADER_LEN, s->bytes, s->len);
	return link_send(l, head, HEADER_LEN + s->len) && link_send(l, data, len);
}

bool quic_write_early(struct link *l, const uint8_t *data, size_t len)
{
	return quic_flush(l) && write_record(l, CT_APPLICATION_DATA, WARD_QUIC_EARLY, data, len);
}

/* The level that this side writes at: the highest whose secret it has. */
static enum ward_quic_level write_level(const struct link *l)
{
	enum ward_quic_level level = WARD_QUIC_APPLICATION;

	while (level > WARD_QUIC_INITIAL && l->write_secrets[level].len == 0)
		level--;
	return level;
}

bool quic_flush(struct link *l)
{
	uint8_t out[1200];
	enum ward_quic_level level;
	size_t n;

	take_secrets(l);
	while ((n = ward_quic_output(l->conn, &level, out, sizeof(out))) > 0)
		if (!write_record(l, CT_HANDSHAKE, level, out, n))
			return false;
	if (ward_quic_alert(l->conn) >= 0 && !l->alert_sent) {
		const uint8_t alert[] = { 2, (uint8_t)ward_quic_alert(l->conn) };

		l->alert_sent = true;
		return write_record(l, CT_ALERT, write_level(l), alert, sizeof(alert));
	}
	return true;
}

bool quic_write(struct link *l, const uint8_t *data, size_t len)
{
	return quic_flush(l) &&
	       write_record(l, CT_APPLICATION_DATA, WARD_QUIC_APPLICATION, data, len);
}

static bool read_all(struct link *l, uint8_t *to, size_t len)
{
	while (len > 0) {
		ssize_t n = recv(l->fd, to, len, 0);

		if (n <= 0) {
			l->eof = true;
			return false;
		}
		to += n;
		len -= (size_t)n;
	}
	return true;
}

static bool find_level(uint8_t number, enum ward_quic_level *level)
{
	for (size_t i = 0; i < LEVELS; i++)
		if (level_numbers[i] == number) {
			*level = (enum ward_quic_level)i;
			return true;
		}
	return false;
}

/* Whether it is under the secret that this side has for the level. */
static bool is_under(const struct ward_quic_secret *s, uint16_t suite, const uint8_t *body,
		     size_t len)
{
	return suite == s->cipher_suite && len >= s->len && memcmp(body, s->bytes, s->len) == 0;
}

static bool take(struct link *l, uint8_t type, enum ward_quic_level level, uint8_t *data,
		 size_t len)
{
	struct ward_received got = { .plain = data, .plain_len = len };

	if (type == CT_APPLICATION_DATA)
		return (level == WARD_QUIC_APPLICATION || level == WARD_QUIC_EARLY) &&
		       link_keep(l, &got);
	if (type == CT_ALERT)
		return wrong("the runner sent an alert");
	return ward_quic_receive(l->conn, level, data, len, &l->err) && link_answer_key_request(l);
}

/* One record. What is early and was refused is skipped. */
bool quic_step(struct link *l)
{
	static uint8_t body[BODY_MAX];
	uint8_t head[HEADER_LEN];
	enum ward_quic_level level;
	uint16_t suite;
	size_t len;

	if (!quic_flush(l) || !read_all(l, head, sizeof(head)))
		return false;
	suite = (uint16_t)(head[2] << 8 | head[3]);
	len = (size_t)head[4] << 24 | (size_t)head[5] << 16 | (size_t)head[6] << 8 | head[7];
	if (len > sizeof(body) || !read_all(l, body, len))
		return false;
	if (head[1] == level_numbers[WARD_QUIC_EARLY] && l->read_secrets[WARD_QUIC_EARLY].len == 0)
		return true;
	if (!find_level(head[1], &level) || !is_under(&l->read_secrets[level], suite, body, len))
		return wrong("a record under another secret");
	len -= l->read_secrets[level].len;
	return take(l, head[0], level, body + l->read_secrets[level].len, len) && quic_flush(l);
}
