/*
 * Sessions with raw public keys, in both versions: whoever resumes is judged again by the pins and rules
 * of now; and what a ticket keeps of a raw key (src/tls/resumption.c, src/tls/ticket_draft.c).
 */
#include "raw_key_pair.h"
#include "tls/resumption.h"

struct resume_row {
	const char *name;
	struct setup second;
	const char *seen; /* of the second connection */
	bool resumed;
	enum ward_reason reason;
	bool by_server;
};

static const struct setup first_setup = { MUTUAL, RAW_CLIENT, RAW_SERVER };

static const struct resume_row resume_rows[] = {
	{ "nothing has changed", { MUTUAL, RAW_CLIENT, RAW_SERVER }, "RR", true },
	{ "the server's key is not pinned any more",
	  { MUTUAL, RAW_SERVER, .client = { .has = "R", .takes = "R", .pin = ANOTHER_PIN } },
	  "--",
	  .reason = WARD_E_PIN_MISMATCH },
	{ "no rule lets the client in any more",
	  { MUTUAL, RAW_CLIENT, .server = { .has = "R", .takes = "R", .rule = ANOTHER_PIN } },
	  "--",
	  .reason = WARD_E_CLIENT_NOT_ALLOWED,
	  .by_server = true },
	{ "the server pins another key, beside the rule",
	  { MUTUAL, RAW_CLIENT,
	    .server = { .has = "R", .takes = "R", .pin = ANOTHER_PIN, .rule = ITS_PIN } },
	  "--",
	  .reason = WARD_E_PIN_MISMATCH,
	  .by_server = true },
	{ "the client takes no raw keys any more",
	  { MUTUAL, .client = { .has = "R", .takes = "X" },
	    .server = { .has = "RX", .takes = "R", .rule = ITS_PIN } },
	  "XR" },
	{ "the server takes no raw keys any more",
	  { MUTUAL, .client = { .has = "RX", .takes = "R", .pin = ITS_PIN },
	    .server = { .has = "R", .takes = "X" } },
	  "RX" },
};

static struct ward_ticket *first_connection(struct ward_ticket_keys *keys, int version)
{
	struct configs c = make(&first_setup, version);
	struct ward_ticket *ticket = NULL;
	struct pair *p;

	allow(ward_config_set_ticket_keys(c.server, keys, &ignored));
	allow(ward_config_set_ticket_callback(c.client, keep_ticket, &ticket, &ignored));
	p = pair_of(&c);
	expect_seen(p, "RR");
	assert_non_null(ticket);
	pair_free(p);
	configs_free(&c);
	return ticket;
}

/* By way of bytes, as programs keep tickets. */
static struct ward_ticket *through_bytes(struct ward_ticket *ticket)
{
	size_t len;
	const uint8_t *bytes = ward_ticket_bytes(ticket, &len);
	struct ward_ticket *again = ward_ticket_parse(bytes, len, &ignored);

	assert_non_null(again);
	ward_ticket_free(ticket);
	return again;
}

static void try_resume(const struct resume_row *row, int version)
{
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = through_bytes(first_connection(keys, version));
	const struct ward_conn_options options = { .ticket = ticket };
	struct configs c = make(&row->second, version);
	struct pair *p;

	allow(ward_config_set_ticket_keys(c.server, keys, &ignored));
	p = pair_new_at(c.client, c.server, NULL, TEST_NOW, &options);
	if (row->reason != WARD_E_NONE)
		expect_refused(p, row->reason, row->by_server);
	else
		expect_seen(p, row->seen);
	assert_int_equal(ward_conn_resumed(p->client.conn), row->resumed);
	pair_free(p);
	configs_free(&c);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

static void test_resume(void **state)
{
	for (size_t i = 0; i < 2; i++)
		try_resume(*state, versions[i]);
}

/* ---- what a ticket keeps ---- */

struct chain_row {
	const char *name, *chain;
	size_t count; /* 0: it is refused */
	bool raw_key;
};

static const struct chain_row chain_rows[] = {
	{ "a certificate", "000001 aa", 1, false },
	{ "two certificates", "000001 aa 000001 bb", 2, false },
	{ "a raw public key", "000000 000001 aa", 1, true },
	{ "a raw public key and something", "000000 000001 aa 000001 bb", 0 },
	{ "the mark of a raw public key and none", "000000", 0 },
	{ "the mark twice", "000000 000000 000001 aa", 0 },
	{ "the mark behind a certificate", "000001 aa 000000", 0 },
	{ "a raw public key that is cut short", "000000 000002 aa", 0 },
};

static void test_chain(void **state)
{
	const struct chain_row *row = *state;
	const struct resumption r = { .chain = table_hex(row->chain) };
	struct certificate msg;

	assert_int_equal(resumption_chain(&r, &msg), row->count > 0);
	if (row->count == 0)
		return;
	assert_int_equal(msg.count, row->count);
	assert_int_equal(msg.raw_key, row->raw_key);
	assert_span_equal(msg.certs[0], table_hex("aa"));
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, resume_rows, test_resume);
	TABLE_ADD(&t, chain_rows, test_chain);
	failed = table_run(&t, "raw public keys, resumed");
	credentials_cleanup();
	return failed;
}
