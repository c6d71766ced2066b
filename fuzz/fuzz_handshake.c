/*
 * Two engines shake hands, and on the way messages are dropped, repeated, changed, swapped with their
 * neighbour, put in from other handshakes. It happens between the transcript and the record layer, so
 * that what is changed is sealed under the right keys, in TLS 1.2 and 1.3: flight_add, output_message
 * and output_ccs are wrapped by the linker (CMakeLists.txt).
 *
 *	byte 0	bits 0-1: the client's versions (see versions[]), bits 2-3: the server's, bit 4: client
 *		certificates, bit 5: a retry for the group, bit 6: a cookie, bit 7: bytes come one by one
 *	byte 1	bit 0: a ticket is offered, bit 1: ALPN, bit 2: the other kind of key, bit 3: small records,
 *		bit 4: early data goes with the ticket, bit 5: raw public keys in both directions
 *	then	up to STEPS_MAX times: where (bit 7: the server's messages; how many before it), enum step,
 *		two bytes for it
 *
 * What must hold is more than that nothing crashes: whoever gets a handshake message that is not the
 * one that its peer hashed is never connected, and takes no data.
 */
#include <stdlib.h>
#include <string.h>

#include "support/pair.h"
#include "tls/conn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

bool __real_flight_add(struct ward_conn *c, struct span message, struct ward_error *err);
bool __wrap_flight_add(struct ward_conn *c, struct span message, struct ward_error *err);
bool __real_output_message(struct ward_conn *c, struct span message, struct ward_error *err);
bool __wrap_output_message(struct ward_conn *c, struct span message, struct ward_error *err);
bool __real_output_ccs(struct ward_conn *c, struct ward_error *err);
bool __wrap_output_ccs(struct ward_conn *c, struct ward_error *err);

enum { STEPS_MAX = 8, KEPT_MAX = 96, CHANGED_MAX = 1 << 15 };

enum step {
	STEP_DROP,
	STEP_REPEAT,
	STEP_FLIP,    /* a byte of it: its place, modulo the length; what is flipped */
	STEP_CUT,     /* bytes off the end, the length told as it is then */
	STEP_RETYPE,  /* another type in the header */
	STEP_LENGTH,  /* another length in the header */
	STEP_SWAP,    /* with the message before it in the flight */
	STEP_INSERT,  /* a message of another handshake in front of it */
	STEP_REPLACE, /* by a message of another handshake */
	STEP_ALERT,   /* in front of it: level, description */
	STEP_KINDS,
};

struct plan {
	const uint8_t *steps; /* four bytes each */
	size_t count;
	unsigned int sent[2]; /* messages, by side */
	bool tampered[2];     /* what the client (0), the server (1) has sent */
	bool recording;
};

static struct plan plan;

/* Messages of handshakes in which nothing went wrong. */
static struct {
	uint8_t *data;
	size_t len;
} kept[KEPT_MAX];
static size_t kept_count;

static void keep(struct span m)
{
	if (kept_count == KEPT_MAX || m.len > CHANGED_MAX)
		return;
	kept[kept_count].data = malloc(m.len);
	if (kept[kept_count].data == NULL)
		abort();
	memcpy(kept[kept_count].data, m.data, m.len);
	kept[kept_count++].len = m.len;
}

/* ---- steps ---- */

static const uint8_t *step_for(unsigned int side)
{
	unsigned int n = plan.sent[side]++;

	for (size_t i = 0; i < plan.count; i++) {
		const uint8_t *s = plan.steps + 4 * i;

		if (s[0] >> 7 == side && (s[0] & 0x7f) == n)
			return s;
	}
	return NULL;
}

static void say_length(uint8_t *message, size_t len)
{
	message[1] = (uint8_t)(len >> 16);
	message[2] = (uint8_t)(len >> 8);
	message[3] = (uint8_t)len;
}

/* What goes out in place of the message; at most twice as long as it, or one that was kept more. */
static size_t change(const uint8_t *s, struct span m, uint8_t *out)
{
	size_t number = (size_t)s[2] << 8 | s[3];
	size_t other = kept_count == 0 ? 0 : number % kept_count;

	memcpy(out, m.data, m.len);
	switch ((enum step)(s[1] % STEP_KINDS)) {
	case STEP_DROP:
		return 0;
	case STEP_REPEAT:
		memcpy(out + m.len, m.data, m.len);
		return 2 * m.len;
	case STEP_FLIP:
		out[(number * 7) % m.len] ^= s[3];
		return m.len;
	case STEP_CUT:
		number %= m.len - HANDSHAKE_HEADER_LEN + 1;
		say_length(out, m.len - HANDSHAKE_HEADER_LEN - number);
		return m.len - number;
	case STEP_RETYPE:
		out[0] = s[3];
		return m.len;
	case STEP_LENGTH:
		say_length(out, number);
		return m.len;
	case STEP_INSERT:
		memcpy(out, kept[other].data, kept[other].len);
		memcpy(out + kept[other].len, m.data, m.len);
		return kept[other].len + m.len;
	case STEP_REPLACE:
		memcpy(out, kept[other].data, kept[other].len);
		return kept[other].len;
	case STEP_SWAP:
	case STEP_ALERT:
	case STEP_KINDS:
		break;
	}
	return m.len;
}

static void put_in_flight(struct ward_conn *c, size_t at, const uint8_t *bytes, size_t len)
{
	struct buffer *flight = &c->hs->flight;
	struct ward_error err = { 0 };

	flight->len = at;
	if (!buffer_append(flight, span_make(bytes, len), SIZE_MAX / 2, &err))
		abort();
}

/* The message and what stands before it in the flight change places. */
static void swap(struct ward_conn *c, struct span m)
{
	struct buffer *flight = &c->hs->flight;
	size_t before = flight->len - m.len;
	uint8_t *turned = malloc(flight->len);

	if (turned == NULL)
		abort();
	memcpy(turned, flight->data + before, m.len);
	memcpy(turned + m.len, flight->data, before);
	put_in_flight(c, 0, turned, m.len + before);
	free(turned);
}

bool __wrap_flight_add(struct ward_conn *c, struct span message, struct ward_error *err)
{
	static uint8_t out[3 * CHANGED_MAX];
	unsigned int side = c->is_server;
	const uint8_t *s;
	size_t before, len;

	if (!__real_flight_add(c, message, err))
		return false;
	if (plan.recording)
		keep(message);
	s = step_for(side);
	if (s == NULL || message.len > CHANGED_MAX)
		return true;
	before = c->hs->flight.len - message.len;
	if (s[1] % STEP_KINDS == STEP_SWAP) {
		plan.tampered[side] |= before > 0;
		swap(c, message);
		return true;
	}
	if (s[1] % STEP_KINDS == STEP_ALERT) {
		output_alert(c, s[2], s[3]);
		return true;
	}
	len = change(s, message, out);
	plan.tampered[side] |= len != message.len || memcmp(out, message.data, len) != 0;
	put_in_flight(c, before, out, len);
	return true;
}

/* Behind the handshake: what is changed there is not in any transcript. */
bool __wrap_output_message(struct ward_conn *c, struct span message, struct ward_error *err)
{
	static uint8_t out[3 * CHANGED_MAX];
	const uint8_t *s = step_for(c->is_server);

	if (plan.recording)
		keep(message);
	if (s == NULL || message.len > CHANGED_MAX)
		return __real_output_message(c, message, err);
	return __real_output_message(c, span_make(out, change(s, message, out)), err);
}

/* change_cipher_spec counts as a message; in TLS 1.2 it may not be missing, in 1.3 it may. */
bool __wrap_output_ccs(struct ward_conn *c, struct ward_error *err)
{
	const uint8_t *s = step_for(c->is_server);

	if (s != NULL && s[1] % STEP_KINDS == STEP_DROP) {
		c->hs->ccs_sent = true;
		return true;
	}
	if (s != NULL && s[1] % STEP_KINDS == STEP_REPEAT) {
		if (!__real_output_ccs(c, err))
			return false;
		c->hs->ccs_sent = false;
	}
	return __real_output_ccs(c, err);
}

/* ---- the handshake ---- */

static void need(bool ok)
{
	if (!ok)
		abort();
}

static const struct {
	int min, max;
} versions[4] = {
	{ WARD_TLS_1_2, WARD_TLS_1_3 },
	{ WARD_TLS_1_3, WARD_TLS_1_3 },
	{ WARD_TLS_1_2, WARD_TLS_1_2 },
	{ WARD_TLS_1_2, WARD_TLS_1_3 },
};

static void set_common(struct ward_config *config, unsigned int which, uint8_t more)
{
	static const char *const protocols[] = { "h2", "http/1.1", NULL };
	struct ward_error err = { 0 };

	need(ward_config_set_versions(config, versions[which].min, versions[which].max, &err));
	if (more & 0x02)
		need(ward_config_set_alpn(config, protocols, &err));
	if (more & 0x08)
		need(ward_config_set_record_size_limit(config, 64, &err));
}

static struct ward_config *make_client(uint8_t how, uint8_t more)
{
	static const uint16_t x25519[] = { 0x001d, 0x0017 };
	const struct credential *c = credential_client(WARD_KEY_P256);
	struct ward_config *config = test_client_config();
	struct ward_error err = { 0 };

	set_common(config, how & 3, more);
	need(ward_config_set_groups(config, x25519, 2, &err) &&
	     ward_config_set_key_shares(config, how & 0x20 ? 0 : 1, &err) &&
	     ward_config_add_identity(config, &c->chain, c->key, &err));
	return config;
}

/* The same ticket is used again and again. */
static bool always_new(void *arg, const struct ward_claim *claim)
{
	(void)arg;
	(void)claim;
	return true;
}

static void take_early_data(struct ward_config *server)
{
	struct ward_error err = { 0 };
	struct ward_strikes *strikes = ward_strikes_new_with(always_new, NULL, NULL, &err);

	need(strikes != NULL && ward_config_set_early_data(server, 64, strikes, &err));
	ward_strikes_free(strikes);
}

static struct ward_config *make_server(uint8_t how, uint8_t more)
{
	const struct credential *c =
		credential_server(more & 0x04 ? WARD_KEY_RSA_2048 : WARD_KEY_P256);
	struct ward_config *config = ward_config_new_server(NULL);
	struct ward_error err = { 0 };

	need(config != NULL && ward_config_add_identity(config, &c->chain, c->key, &err) &&
	     ward_config_set_cookie(config, how & 0x40, &err));
	set_common(config, how >> 2 & 3, more);
	take_early_data(config);
	if (how & 0x10)
		need(ward_config_set_trust(config, test_trust(), &err) &&
		     ward_config_set_verify(config, WARD_VERIFY_REQUIRED, &err));
	return config;
}

static void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **mine = arg;

	(void)conn;
	if (*mine == NULL)
		*mine = ward_ticket_ref(ticket);
}

/* Configs and a ticket for each way, made when first asked for. */
struct setup {
	struct ward_config *client, *server;
	struct ward_ticket *ticket;
};

static const struct setup *setup_for(uint8_t how, uint8_t more)
{
	static struct setup setups[0x80][0x30];
	struct setup *s = &setups[how & 0x7f][more & 0x2e];
	struct ward_error err = { 0 };
	struct pair *p;

	if (s->client != NULL)
		return s;
	s->client = make_client(how, more);
	s->server = make_server(how, more);
	if (more & 0x20)
		need(test_raw_keys(s->client, s->server, &err));
	need(ward_config_set_ticket_callback(s->client, keep_ticket, &s->ticket, &err));
	plan = (struct plan){ .recording = true };
	p = pair_new(s->client, s->server, NULL);
	(void)pair_handshake(p);
	pair_free(p);
	return s;
}

static void check_end(struct pipe_end *e, bool tampered)
{
	const struct ward_error *told = ward_conn_error(e->conn);

	if (told != NULL && told->reason == WARD_E_NONE)
		abort();
	if (tampered && told == NULL && ward_conn_is_connected(e->conn))
		abort();
	/* Early data is before Finished, and so before what is known of the rest. */
	if (tampered && e->plain_len > e->early_len)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ward_conn_options *options = NULL;
	struct ward_conn_options with_ticket = { .service = "service" };
	const struct setup *s;
	struct pair *p;

	if (size < 2)
		return 0;
	s = setup_for(data[0], data[1]);
	with_ticket.ticket = s->ticket;
	if (data[1] & 0x10) {
		with_ticket.early_data = "early";
		with_ticket.early_data_len = 5;
	}
	if (data[1] & 0x01 && s->ticket != NULL)
		options = &with_ticket;
	plan = (struct plan){ .steps = data + 2, .count = (size - 2) / 4 };
	if (plan.count > STEPS_MAX)
		plan.count = STEPS_MAX;
	p = pair_new_at(s->client, s->server, NULL, TEST_NOW, options);
	p->client.chunk = p->server.chunk = data[0] >> 7;
	if (pair_handshake(p)) {
		(void)pair_send(p, true, "from the client", 15);
		(void)pair_send(p, false, "from the server", 15);
	}
	check_end(&p->client, plan.tampered[1]);
	check_end(&p->server, plan.tampered[0]);
	pair_free(p);
	return 0;
}
