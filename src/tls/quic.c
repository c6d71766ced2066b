/*
 * The engine without records, for QUIC (RFC 9001).
 *
 * Where records would be sealed, messages go to the buffer of their level; where keys would be set,
 * the secret goes to the stack, and the direction goes to its next level. Everything between is the
 * engine's as it is.
 */
#include "tls/quic.h"

#include <assert.h>
#include <stdlib.h>

/* A flight, and tickets. */
#define LEVEL_OUTPUT_MAX (MESSAGE_MAX_CERTIFICATE + 64 * 1024)

static bool keep(struct span *kept, struct span bytes, struct ward_error *err)
{
	uint8_t *copy = malloc(bytes.len + 1);

	if (copy == NULL)
		return FAIL(err, NO_MEMORY);
	bytes_copy(copy, bytes.data, bytes.len);
	free((void *)(uintptr_t)kept->data);
	*kept = span_make(copy, bytes.len);
	return true;
}

void quic_free(struct quic *q)
{
	if (q == NULL)
		return;
	for (size_t i = 0; i < QUIC_LEVELS; i++)
		buffer_clear(&q->out[i]);
	free((void *)(uintptr_t)q->parameters.data);
	free((void *)(uintptr_t)q->peer_parameters.data);
	free((void *)(uintptr_t)q->remembered.data);
	secret_wipe_bytes(q, sizeof(*q));
	free(q);
}

size_t quic_memory(const struct quic *q)
{
	size_t n = sizeof(*q) + q->parameters.len + q->peer_parameters.len + q->remembered.len;

	for (size_t i = 0; i < QUIC_LEVELS; i++)
		n += q->out[i].cap;
	return n;
}

static struct quic *quic_new(struct span parameters, const struct ward_conn_options *options,
			     struct ward_error *err)
{
	struct quic *q = calloc(1, sizeof(*q));

	if (q == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	if (!keep(&q->parameters, parameters, err)) {
		quic_free(q);
		return NULL;
	}
	if (options != NULL) {
		q->early_data = options->quic_early_data;
		digest_once(DIGEST_SHA256,
			    span_make(options->quic_early_context, options->quic_early_context_len),
			    q->early_context);
	}
	return q;
}

bool quic_check(const struct ward_config *config, struct ward_error *err)
{
	if (config->version_min < WARD_TLS_1_3)
		return FAILF(err, BAD_ARGUMENT, "QUIC needs a config of TLS 1.3 alone");
	return config->alpn_count > 0 ||
	       FAILF(err, BAD_ARGUMENT, "QUIC needs a protocol to agree on (ALPN)");
}

struct ward_conn *ward_quic_new(struct ward_config *config, const char *host, int64_t now,
				const void *parameters, size_t len,
				const struct ward_conn_options *options, struct ward_error *err)
{
	struct quic *q;

	if (len > 65535) {
		FAILF(err, BAD_ARGUMENT, "transport parameters of %zu bytes", len);
		return NULL;
	}
	if (options != NULL && options->early_data_len > 0) {
		FAILF(err, BAD_ARGUMENT, "in QUIC early data is sent by the stack");
		return NULL;
	}
	q = quic_new(span_make(parameters, len), options, err);
	return q == NULL ? NULL : conn_new(config, host, now, options, q, err);
}

/* ---- between the engine and the stack ---- */

bool quic_output(struct quic *q, struct span messages, struct ward_error *err)
{
	return buffer_append(&q->out[q->write_level], messages, LEVEL_OUTPUT_MAX, err);
}

bool quic_has_output(const struct quic *q)
{
	for (size_t i = 0; i < QUIC_LEVELS; i++)
		if (q->out[i].len > q->out[i].pos)
			return true;
	return false;
}

static void add_secret(struct quic *q, enum ward_quic_level level, bool outgoing,
		       uint16_t cipher_suite, const struct secret *secret)
{
	struct ward_quic_secret *s = &q->secrets[q->secret_count++];

	assert(q->secret_count <= QUIC_SECRETS);
	s->level = level;
	s->outgoing = outgoing;
	s->cipher_suite = cipher_suite;
	s->len = secret->len;
	bytes_copy(s->bytes, secret->data, secret->len);
}

void quic_set_secret(struct quic *q, bool outgoing, uint16_t cipher_suite,
		     const struct secret *secret)
{
	enum ward_quic_level *level = outgoing ? &q->write_level : &q->read_level;

	assert(*level < WARD_QUIC_APPLICATION);
	*level = *level == WARD_QUIC_INITIAL ? WARD_QUIC_HANDSHAKE : WARD_QUIC_APPLICATION;
	add_secret(q, *level, outgoing, cipher_suite, secret);
}

void quic_set_early_secret(struct quic *q, bool outgoing, uint16_t cipher_suite,
			   const struct secret *secret)
{
	add_secret(q, WARD_QUIC_EARLY, outgoing, cipher_suite, secret);
}

bool quic_remember(struct quic *q, struct span parameters, struct ward_error *err)
{
	return keep(&q->remembered, parameters, err);
}

/* A ticket of TLS is none of QUIC, and the other way round: the data would be another's. */
bool quic_early_fits(const struct ward_conn *c, const struct resumption *r)
{
	const struct quic *q = conn_quic(c);

	if (q == NULL || !r->has_quic)
		return q == NULL && !r->has_quic;
	return q->early_data && r->max_early_data == QUIC_EARLY_DATA_MAX &&
	       (!c->is_server || span_equal(r->quic, SPAN_ARRAY(q->early_context)));
}

void quic_fill_ticket(const struct ward_conn *c, struct resumption *r)
{
	const struct quic *q = conn_quic(c);

	r->has_quic = q != NULL;
	if (q == NULL)
		return;
	r->quic = c->is_server ? SPAN_ARRAY(q->early_context) : q->peer_parameters;
	if (c->is_server)
		r->max_early_data =
			q->early_data && c->config->early_data_max > 0 ? QUIC_EARLY_DATA_MAX : 0;
}

bool quic_judge_hello(const struct ward_conn *c, const struct extensions *e, struct ward_error *err)
{
	return conn_quic(c) != NULL || !ext_has(e, EXT_QUIC_TRANSPORT_PARAMETERS) ||
	       FAILF(err, EXT_NOT_OFFERED, "quic_transport_parameters in TLS");
}

bool quic_take_peer(struct ward_conn *c, const struct extensions *e, struct ward_error *err)
{
	struct quic *q = conn_quic(c);

	if (q == NULL)
		return true;
	if (!ext_has(e, EXT_QUIC_TRANSPORT_PARAMETERS))
		return FAILF(err, EXT_MISSING, "quic_transport_parameters");
	if (c->alpn == 0)
		return FAILF(err, NO_COMMON_ALPN, "QUIC needs one");
	return keep(&q->peer_parameters, e->quic_parameters, err);
}

/* ---- the stack's side ---- */

static const char *level_name(enum ward_quic_level level)
{
	static const char *const names[QUIC_LEVELS] = { "Initial", "0-RTT", "Handshake", "1-RTT" };

	return (size_t)level < QUIC_LEVELS ? names[level] : "no";
}

static bool receive(struct ward_conn *c, enum ward_quic_level level, struct span bytes,
		    struct ward_error *err)
{
	enum ward_quic_level turn;

	assert(c->rare != NULL && c->rare->quic != NULL);
	turn = c->rare->quic->read_level;
	if (level != turn)
		return FAILF(err, MESSAGE_UNEXPECTED, "at level %s instead of %s",
			     level_name(level), level_name(turn));
	return handshake_receive(c, bytes, err);
}

bool ward_quic_receive(struct ward_conn *conn, enum ward_quic_level level, const void *bytes,
		       size_t len, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;

	if (conn->failed)
		return error_pass(err, ward_conn_error(conn));
	if (conn_quic(conn) == NULL)
		return FAILF(err, BAD_STATE, "the connection is not one of QUIC");
	if (conn->hs != NULL && conn->hs->key_wanted)
		return FAILF(err, BAD_STATE, "a signature is being waited for");
	if (receive(conn, level, span_make(bytes, len), &fault))
		return true;
	conn_fail(conn, &fault);
	return error_pass(err, ward_conn_error(conn));
}

size_t ward_quic_output(struct ward_conn *conn, enum ward_quic_level *level, uint8_t *out,
			size_t cap)
{
	struct quic *q = conn_quic(conn);

	for (size_t i = 0; q != NULL && i < QUIC_LEVELS; i++) {
		size_t n = buffer_take(&q->out[i], out, cap);

		*level = (enum ward_quic_level)i;
		if (n > 0)
			return n;
	}
	return 0;
}

bool ward_quic_next_secret(struct ward_conn *conn, struct ward_quic_secret *secret)
{
	struct quic *q = conn_quic(conn);
	struct ward_quic_secret *next;

	if (q == NULL || q->secrets_taken == q->secret_count)
		return false;
	next = &q->secrets[q->secrets_taken++];
	*secret = *next;
	secret_wipe_bytes(next, sizeof(*next));
	return true;
}

const uint8_t *ward_quic_peer_parameters(const struct ward_conn *conn, size_t *len)
{
	const struct quic *q = conn_quic(conn);

	*len = q == NULL ? 0 : q->peer_parameters.len;
	return q == NULL ? NULL : q->peer_parameters.data;
}

const uint8_t *ward_quic_remembered_parameters(const struct ward_conn *conn, size_t *len)
{
	const struct quic *q = conn_quic(conn);

	*len = q == NULL ? 0 : q->remembered.len;
	return q == NULL ? NULL : q->remembered.data;
}

int ward_quic_alert(const struct ward_conn *conn)
{
	enum { INTERNAL_ERROR = 80 };
	int alert;

	if (!conn->failed)
		return -1;
	alert = ward_reason_alert(ward_conn_error(conn)->reason);
	return alert == WARD_NO_ALERT ? INTERNAL_ERROR : alert;
}

/* RFC 9001, 4.6.1 and 8.4. */
static bool is_violation(enum ward_reason reason)
{
	return reason == WARD_E_QUIC_EARLY_DATA_SIZE || reason == WARD_E_QUIC_SESSION_ID;
}

uint64_t ward_quic_error(const struct ward_conn *conn)
{
	enum { PROTOCOL_VIOLATION = 0x0a, CRYPTO_ERROR = 0x100 };

	if (!conn->failed)
		return 0;
	if (is_violation(ward_conn_error(conn)->reason))
		return PROTOCOL_VIOLATION;
	return CRYPTO_ERROR + (uint64_t)ward_quic_alert(conn);
}
