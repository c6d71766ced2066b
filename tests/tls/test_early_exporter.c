/*
 * Keys exported of early data (RFC 9846, 7.5), in exporter.c: who has them and when, and that a server
 * that has taken early data may export before the client's Finished is there. The values themselves
 * are compared with GnuTLS's in tests/interop/quic_gnutls.c.
 */
#include "early_pair.h"

#include <string.h>

enum { KEY_LEN = 40 };

static bool export_early(const struct ward_conn *c, const char *label, const char *context,
			 uint8_t out[KEY_LEN])
{
	return ward_conn_export_early(c, label, context, strlen(context), out, KEY_LEN, &ignored);
}

static bool export_late(const struct ward_conn *c, uint8_t out[KEY_LEN])
{
	return ward_conn_export(c, "EXPERIMENTAL ward", "context", 7, out, KEY_LEN, &ignored);
}

/* The client's first message and no more. */
static void carry_hello(struct pair *p)
{
	uint8_t bytes[8192];
	size_t n = ward_conn_output(p->client.conn, bytes, sizeof(bytes));

	allow(end_feed(&p->server, bytes, n));
}

static struct pair *second_of(const struct setting *s)
{
	const struct setting first = { .suite = s->suite };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_ticket(&first, keys);
	struct pair *p = second(s, keys, NULL, ticket, SPAN_LITERAL(question));

	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
	return p;
}

static const struct suite_row {
	const char *name;
	uint16_t suite;
} suite_rows[] = {
	{ "both ends export the same of early data", 0x1301 },
	{ "both ends export the same of early data, by SHA-384", 0x1302 },
};

static void test_both_ends(void **state)
{
	const struct suite_row *row = *state;
	const struct setting s = { .suite = row->suite };
	struct pair *p = second_of(&s), *q = second_of(&s);
	uint8_t a[KEY_LEN], b[KEY_LEN];

	allow(export_early(p->client.conn, "EXPERIMENTAL ward", "context", a));
	assert_false(export_early(p->server.conn, "EXPERIMENTAL ward", "context", b));
	carry_hello(p);
	allow(export_early(p->server.conn, "EXPERIMENTAL ward", "context", b));
	assert_memory_equal(a, b, KEY_LEN);
	allow(export_early(p->server.conn, "EXPERIMENTAL warp", "context", b));
	assert_memory_not_equal(a, b, KEY_LEN);
	allow(export_early(p->server.conn, "EXPERIMENTAL ward", "contest", b));
	assert_memory_not_equal(a, b, KEY_LEN);
	allow(export_early(q->client.conn, "EXPERIMENTAL ward", "context", b));
	assert_memory_not_equal(a, b, KEY_LEN);
	allow(pair_handshake(p));
	for (int i = 0; i < 2; i++) { /* as long as the connection lives, and never the other */
		const struct ward_conn *c = i == 0 ? p->client.conn : p->server.conn;

		allow(export_early(c, "EXPERIMENTAL ward", "context", b));
		assert_memory_equal(a, b, KEY_LEN);
		allow(export_late(c, b));
		assert_memory_not_equal(a, b, KEY_LEN);
	}
	pair_free(p);
	pair_free(q);
}

/* The server's Finished is sent, the client's is not there. */
static void test_half_way(void **state)
{
	const struct setting plain = { 0 };
	struct pair *p = second_of(&plain);
	uint8_t a[KEY_LEN], b[KEY_LEN];

	(void)state;
	assert_false(export_late(p->client.conn, a));
	carry_hello(p);
	assert_false(ward_conn_is_connected(p->server.conn));
	allow(export_late(p->server.conn, a));
	assert_false(export_late(p->client.conn, b));
	allow(pair_handshake(p));
	allow(export_late(p->server.conn, b));
	assert_memory_equal(a, b, KEY_LEN);
	allow(export_late(p->client.conn, b));
	assert_memory_equal(a, b, KEY_LEN);
	pair_free(p);
}

static const struct refused_row {
	const char *name;
	struct setting s;
} refused_rows[] = {
	{ "nothing is exported of early data that was refused", { .max = NO_EARLY } },
	{ "nothing is exported of early data behind a HelloRetryRequest", { .cookie = true } },
};

static void test_refused(void **state)
{
	const struct refused_row *row = *state;
	struct pair *p = second_of(&row->s);
	struct ward_error err = { 0 };
	uint8_t out[KEY_LEN];

	allow(export_early(p->client.conn, "EXPERIMENTAL ward", "", out));
	allow(pair_handshake(p));
	assert_int_equal(ward_conn_early_data_status(p->client.conn), WARD_EARLY_DATA_REFUSED);
	assert_false(export_early(p->server.conn, "EXPERIMENTAL ward", "", out));
	assert_false(ward_conn_export_early(p->client.conn, "EXPERIMENTAL ward", "", 0, out,
					    KEY_LEN, &err));
	assert_int_equal(err.reason, WARD_E_BAD_STATE);
	pair_free(p);
}

/* A server that has not taken early data may not send, and so not export, half way. */
static void test_arguments(void **state)
{
	const struct setting none = { .max = NO_EARLY }, plain = { 0 };
	struct pair *p = second_of(&none), *q = second_of(&plain);
	struct ward_error err = { 0 };
	uint8_t out[KEY_LEN];

	(void)state;
	carry_hello(p);
	assert_false(export_late(p->server.conn, out));
	assert_false(ward_conn_export_early(q->client.conn, "", "", 0, out, KEY_LEN, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	pair_free(p);
	pair_free(q);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, suite_rows, test_both_ends);
	table_add(&t, "a server exports before the client's Finished", test_half_way, NULL);
	TABLE_ADD(&t, refused_rows, test_refused);
	table_add(&t, "what is not exported", test_arguments, NULL);
	failed = table_run(&t, "exported keys of early data");
	credentials_cleanup();
	return failed;
}
