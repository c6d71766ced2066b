/*
 * The wire is cut at every byte: once so that the rest comes later, and once so that nothing comes any
 * more. The first changes nothing; the second is an error with a name, or a connection that had all it
 * needed, and in neither case is there data that was not sent.
 */
#include "support/pair.h"
#include "support/table.h"

#include <stdlib.h>
#include <string.h>

static struct ward_error ignored;

struct kind {
	const char *name;
	bool tls12, mutual, raw, retry, resumed;
};

static const struct kind kinds[] = {
	{ "TLS 1.3" },
	{ "TLS 1.3, mutual", .mutual = true },
	{ "TLS 1.3 with a retry", .retry = true },
	{ "TLS 1.3, resumed", .resumed = true },
	{ "TLS 1.3, raw public keys", .raw = true },
	{ "TLS 1.2", .tls12 = true },
	{ "TLS 1.2, mutual", .tls12 = true, .mutual = true },
};

struct setup {
	struct ward_config *client, *server;
	struct ward_ticket *ticket;
};

static void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	(void)conn;
	if (*kept == NULL)
		*kept = ward_ticket_ref(ticket);
}

static void take_ticket(struct setup *s)
{
	struct pair *p = pair_new(s->client, s->server, NULL);

	assert_true(pair_handshake(p));
	assert_non_null(s->ticket);
	pair_free(p);
}

static void setup_make(struct setup *s, const struct kind *kind)
{
	static const uint16_t groups[] = { 0x001d, 0x0017 };
	const struct credential *c = credential_client(WARD_KEY_P256);

	*s = (struct setup){ test_client_config(), test_server_config(), NULL };
	assert_true(ward_config_set_groups(s->client, groups, 2, &ignored));
	if (kind->tls12)
		assert_true(
			ward_config_set_versions(s->client, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
	if (kind->mutual) {
		assert_true(ward_config_set_trust(s->server, test_trust(), &ignored));
		assert_true(ward_config_set_verify(s->server, WARD_VERIFY_REQUIRED, &ignored));
		assert_true(ward_config_add_identity(s->client, &c->chain, c->key, &ignored));
	}
	if (kind->raw)
		assert_true(test_raw_keys(s->client, s->server, &ignored));
	if (kind->retry)
		assert_true(ward_config_set_groups(s->server, groups + 1, 1, &ignored));
	if (kind->resumed) {
		assert_true(ward_config_set_ticket_callback(s->client, keep_ticket, &s->ticket,
							    &ignored));
		take_ticket(s);
	}
}

static void setup_clear(struct setup *s)
{
	ward_ticket_free(s->ticket);
	ward_config_free(s->client);
	ward_config_free(s->server);
}

/* ---- a wire that is cut ---- */

struct cut {
	bool to_client; /* which direction */
	size_t at;      /* before which of its bytes */
	bool for_good;
};

struct wire {
	struct pair *pair;
	const struct cut *cut;
	size_t passed[2];          /* to the server, to the client */
	bool ended, was_connected; /* the end that was cut off */
	bool ok;
};

static struct pipe_end *end_of(struct wire *w, bool client)
{
	return client ? &w->pair->client : &w->pair->server;
}

static void carry(struct wire *w, bool to_client, const uint8_t *bytes, size_t len)
{
	struct pipe_end *to = end_of(w, to_client);
	size_t before = w->passed[to_client];
	bool here = w->cut != NULL && w->cut->to_client == to_client && w->cut->at >= before &&
		    w->cut->at < before + len;

	w->passed[to_client] += len;
	if (w->ended && w->cut->to_client == to_client)
		return;
	if (here) {
		w->ok = end_feed(to, bytes, w->cut->at - before) && w->ok;
		bytes += w->cut->at - before;
		len -= w->cut->at - before;
	}
	if (here && w->cut->for_good) {
		w->ended = true;
		w->was_connected = ward_conn_is_connected(to->conn);
		w->ok = false;
		assert_false(ward_conn_receive_eof(to->conn, &to->err));
		return;
	}
	w->ok = end_feed(to, bytes, len) && w->ok;
}

static void flow(struct wire *w)
{
	static uint8_t bytes[1 << 16];
	bool moved = true;

	while (moved) {
		moved = false;
		for (int to_client = 0; to_client < 2; to_client++) {
			size_t len =
				ward_conn_output(end_of(w, !to_client)->conn, bytes, sizeof(bytes));

			if (len > 0)
				carry(w, to_client, bytes, len);
			moved = moved || len > 0;
		}
	}
}

static void say(struct wire *w, bool to_client, const char *text)
{
	uint8_t record[256];
	size_t taken, written;

	if (ward_conn_send(end_of(w, !to_client)->conn, text, strlen(text), &taken, record,
			   sizeof(record), &written, &ignored))
		carry(w, to_client, record, written);
}

static void talk(struct wire *w, const struct setup *s, const struct cut *cut)
{
	const struct ward_conn_options options = { .service = "service", .ticket = s->ticket };

	*w = (struct wire){ pair_new_at(s->client, s->server, NULL, TEST_NOW, &options), cut,
			    .ok = true };
	flow(w);
	say(w, false, "a question");
	say(w, true, "an answer");
	flow(w);
	ward_conn_close(w->pair->client.conn);
	ward_conn_close(w->pair->server.conn);
	flow(w);
}

static void check_data(const struct pipe_end *e, const char *text, bool all)
{
	size_t len = strlen(text);

	assert_true(e->plain_len == len || (!all && e->plain_len == 0));
	assert_memory_equal(e->plain, text, e->plain_len);
}

static void check_end(struct wire *w, const struct cut *cut)
{
	const struct pipe_end *hurt = end_of(w, cut->to_client);

	check_data(&w->pair->server, "a question", w->ok);
	check_data(&w->pair->client, "an answer", w->ok);
	assert_int_equal(w->ok, !cut->for_good);
	if (!cut->for_good)
		return;
	assert_true(w->ended);
	assert_int_equal(hurt->err.reason,
			 w->was_connected ? WARD_E_CLOSED_EARLY : WARD_E_CLOSED_IN_HANDSHAKE);
	assert_false(ward_conn_received_close(hurt->conn));
}

static void cut_everywhere(const struct kind *kind, bool to_client, bool for_good, size_t total)
{
	struct setup s;

	setup_make(&s, kind);
	for (size_t at = 0; at < total; at++) {
		const struct cut cut = { to_client, at, for_good };
		struct wire w;

		talk(&w, &s, &cut);
		/* A signature's length differs by a byte or two. */
		if (w.ended || !for_good)
			check_end(&w, &cut);
		else
			assert_true(at + 8 > w.passed[to_client]);
		pair_free(w.pair);
	}
	setup_clear(&s);
}

static void test_kind(void **state)
{
	const struct kind *kind = *state;
	size_t total[2];
	struct setup s;
	struct wire w;

	setup_make(&s, kind);
	talk(&w, &s, NULL);
	assert_true(w.ok && ward_conn_received_close(w.pair->client.conn));
	assert_int_equal(ward_conn_resumed(w.pair->client.conn), kind->resumed);
	memcpy(total, w.passed, sizeof(total));
	pair_free(w.pair);
	setup_clear(&s);
	print_message("%zu and %zu bytes\n", total[0], total[1]);
	for (int to_client = 0; to_client < 2; to_client++) {
		cut_everywhere(kind, to_client, false, total[to_client]);
		cut_everywhere(kind, to_client, true, total[to_client]);
	}
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, kinds, test_kind);
	failed = table_run(&t, "cut");
	credentials_cleanup();
	return failed;
}
