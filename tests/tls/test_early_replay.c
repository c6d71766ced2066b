/*
 * Early data sent again by someone on the path (RFC 9846, 8): to the same server and to others, soon
 * and late, and with what only looks like a ticket's key.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "early_pair.h"

/* What a client sends first, early data included, and to whom it is sent. */
struct recording {
	uint8_t bytes[8192];
	size_t len;
};

static void record(struct recording *r, struct pair *p)
{
	r->len = ward_conn_output(p->client.conn, r->bytes, sizeof(r->bytes));
	assert_false(ward_conn_has_output(p->client.conn));
}

/* How many bytes of early data a server takes of it. */
static size_t play(const struct recording *r, struct ward_config *server, int64_t now)
{
	struct pair *p = calloc(1, sizeof(*p));
	size_t taken;

	p->server.conn = ward_conn_new(server, NULL, now, &ignored);
	allow(end_feed(&p->server, r->bytes, r->len));
	assert_int_equal(p->server.early_len, p->server.plain_len);
	assert_int_equal(ward_conn_early_data_status(p->server.conn),
			 p->server.early_len > 0 ? WARD_EARLY_DATA_ACCEPTED
						 : WARD_EARLY_DATA_REFUSED);
	assert_true(ward_conn_resumed(p->server.conn)); /* the key is taken, the data is not */
	taken = p->server.early_len;
	pair_free(p);
	return taken;
}

static bool yes(void *arg, const struct ward_claim *claim)
{
	(void)arg;
	(void)claim;
	return true;
}

struct replay_row {
	const char *name;
	bool same_ring, own_registers, restarted;
	int64_t second_at, third_at;
	bool first, second,
		third; /* whose early data is taken: the same config twice, another one */
};

static const struct replay_row replay_rows[] = {
	{ "to one server, and to another with the same register", .same_ring = true,
	  .second_at = 100, .third_at = 101, .first = true },
	{ "as late as a register need not know it", .same_ring = true, .second_at = 111,
	  .third_at = 111, .first = true },
	{ "to two servers that share their keys and no register", .own_registers = true,
	  .second_at = 101, .third_at = 101 },
	{ "to a server that has only started", .restarted = true, .second_at = 102,
	  .third_at = 109 },
};

/* The first two times to one server, the third to another. */
static void test_replay(void **state)
{
	const struct replay_row *row = *state;
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored), *others = keys;
	struct ward_ticket *ticket = first_ticket(&plain, keys);
	struct pair *p = second(&plain, keys, NULL, ticket, SPAN_LITERAL(question));
	struct ward_strikes *strikes = NULL;
	struct ward_config *a, *b;
	struct recording r;
	uint8_t *exported;
	size_t len;

	if (row->own_registers) {
		others = ward_ticket_keys_new(0, &ignored);
		allow(ward_ticket_keys_export(keys, TEST_NOW, &exported, &len, &ignored));
		allow(ward_ticket_keys_import(others, exported, len, &ignored));
		free(exported);
	}
	if (row->restarted)
		strikes = ward_strikes_new(100, TEST_NOW + 95, &ignored);
	a = make_server(&plain, keys, strikes);
	b = make_server(&plain, others, strikes);
	record(&r, p);
	assert_int_equal(play(&r, a, TEST_NOW + 100), row->first ? strlen(question) : 0);
	assert_int_equal(play(&r, a, TEST_NOW + row->second_at),
			 row->second ? strlen(question) : 0);
	assert_int_equal(play(&r, b, TEST_NOW + row->third_at), row->third ? strlen(question) : 0);
	pair_free(p);
	ward_config_free(a);
	ward_config_free(b);
	ward_strikes_free(strikes);
	ward_ticket_free(ticket);
	if (others != keys)
		ward_ticket_keys_free(others);
	ward_ticket_keys_free(keys);
}

/* A register of the program's own is asked, and its word holds; staleness is judged without it. */
static void test_own_register(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_ticket(&plain, keys);
	struct pair *p = second(&plain, keys, NULL, ticket, SPAN_LITERAL(question));
	struct ward_strikes *strikes = ward_strikes_new_with(yes, NULL, NULL, &ignored);
	struct ward_config *server = make_server(&plain, keys, strikes);
	struct recording r;

	(void)state;
	record(&r, p);
	assert_int_equal(play(&r, server, TEST_NOW + 100), strlen(question));
	assert_int_equal(play(&r, server, TEST_NOW + 109), strlen(question));
	assert_int_equal(play(&r, server, TEST_NOW + 110), 0);
	pair_free(p);
	ward_config_free(server);
	ward_strikes_free(strikes);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* Whoever lacks the key cannot fill the register: the binder is judged before it is asked. */
static bool never(void *arg, const struct ward_claim *claim)
{
	(void)claim;
	*(bool *)arg = true;
	return false;
}

static void test_wrong_binder(void **state)
{
	const struct setting plain = { 0 };
	bool asked = false;
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_ticket(&plain, keys);
	struct ward_strikes *strikes = ward_strikes_new_with(never, &asked, NULL, &ignored);
	struct pair *p = second(&plain, keys, strikes, ticket, SPAN_LITERAL(question));
	struct recording r;
	size_t hello;

	(void)state;
	record(&r, p);
	hello = RECORD_HEADER_LEN + ((size_t)r.bytes[3] << 8 | r.bytes[4]);
	r.bytes[hello - 1] ^= 1;
	assert_false(end_feed(&p->server, r.bytes, r.len));
	assert_int_equal(p->server.err.reason, WARD_E_PSK_BINDER_MISMATCH);
	assert_false(asked);
	pair_free(p);
	ward_strikes_free(strikes);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, replay_rows, test_replay);
	table_add(&t, "a register of the program's own", test_own_register, NULL);
	table_add(&t, "a wrong binder does not reach the register", test_wrong_binder, NULL);
	failed = table_run(&t, "early data sent again");
	credentials_cleanup();
	return failed;
}
