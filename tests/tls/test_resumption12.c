/*
 * Resumption in TLS 1.2 between two engines in memory, by ticket and by session id, and where the two
 * versions meet. What is reached: src/tls/tls12/resume12.c.
 */
#include "resumption_pair.h"

#include "tls/resumption.h"

#define OLD .client12 = true

static const struct row rows12[] = {
	{ "TLS 1.2", { OLD }, { OLD }, 5, true },
	{ "TLS 1.2, ChaCha20", { OLD, .suite = 0xcca9 }, { OLD }, 5, true },
	{ "TLS 1.2: a suite that the client does not offer any more",
	  { OLD, .suite = 0xc02b },
	  { OLD, .suite = 0xc02c },
	  5,
	  false },
	{ "TLS 1.2: the same protocol", { OLD, .alpn = h2 }, { OLD, .alpn = h2 }, 5, true },
	{ "TLS 1.2: another protocol", { OLD, .alpn = h2 }, { OLD, .alpn = http1 }, 5, false },
	{ "TLS 1.2: another name", { OLD, .host = "127.0.0.1" }, { OLD }, 5, false },
	{ "TLS 1.2: another context", { OLD, .context = "a" }, { OLD, .context = "b" }, 5, false },
	{ "TLS 1.2: another certificate", { OLD }, { OLD, .other_server_key = true }, 5, false },
	{ "TLS 1.2: the client verifies what it did not verify before",
	  { OLD, .insecure = true },
	  { OLD },
	  5,
	  false },
	{ "TLS 1.2: a ticket of the last second", { OLD }, { OLD }, 86399, true },
	{ "TLS 1.2: a ticket that has ended", { OLD }, { OLD }, 86400, false },
	{ "TLS 1.2: a clock that was set back", { OLD }, { OLD }, -3600, false },
	{ "TLS 1.2: the client has its certificate", { OLD, MUTUAL }, { OLD, MUTUAL }, 5, true },
	{ "TLS 1.2: certificates are required that were not asked for",
	  { OLD, .has_client_key = true },
	  { OLD, MUTUAL },
	  5,
	  false },
	{ "TLS 1.2: the server gives no tickets any more",
	  { OLD },
	  { OLD, .no_tickets = true },
	  5,
	  false },
	{ "a session of TLS 1.2, and both speak TLS 1.3 now",
	  { .server12 = true },
	  { 0 },
	  5,
	  false },
	{ "a session of TLS 1.3, and the server is old now",
	  { 0 },
	  { .server12 = true },
	  5,
	  false },
	{ "a session of TLS 1.3, and the client is old now", { 0 }, { OLD }, 5, false },
};

/* ---- ids ---- */

static void test_ids(void **state)
{
	const struct setting old = { OLD }, no_tickets = { .no_tickets = true };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct configs c = { make_client(&old), make_server(&no_tickets, keys) };
	struct configs other = { c.client, make_server(&no_tickets, keys) };

	(void)state;
	assert_false(connect_once(&c, NULL));
	assert_true(connect_once(&c, NULL));
	assert_true(connect_once(&c, NULL));      /* the same again */
	assert_false(connect_once(&other, NULL)); /* it has its own */
	assert_true(connect_once(&other, NULL));
	ward_config_free(other.server);
	other.server = make_server(&no_tickets, keys);
	allow(ward_config_set_sessions(other.server, NULL, &ignored));
	assert_false(connect_once(&other, NULL));
	assert_false(connect_once(&other, NULL));
	ward_config_free(c.client);
	ward_config_free(c.server);
	ward_config_free(other.server);
	ward_ticket_keys_free(keys);
}

/* With one place there is the last session, and a client that has another makes a whole handshake. */
static void test_few_ids(void **state)
{
	const struct setting old = { OLD }, no_tickets = { .no_tickets = true };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_config *server = make_server(&no_tickets, keys);
	struct configs a = { make_client(&old), server }, b = { make_client(&old), server };
	struct ward_sessions *one = ward_sessions_new(1, &ignored);

	(void)state;
	allow(ward_config_set_sessions(server, one, &ignored));
	ward_sessions_free(one);
	assert_false(connect_once(&a, NULL));
	assert_false(connect_once(&b, NULL));
	assert_true(connect_once(&b, NULL));
	assert_false(connect_once(&a, NULL));
	assert_true(connect_once(&a, NULL));
	ward_config_free(a.client);
	ward_config_free(b.client);
	ward_config_free(server);
	ward_ticket_keys_free(keys);
}

/* ---- a store that several configs share, and what it is given ---- */

struct thief {
	uint8_t bytes[2048];
	size_t len;
	int64_t until;
	bool changes; /* what it gives back */
};

static void thief_put(void *arg, const struct ward_kept_session *session)
{
	struct thief *t = arg;

	assert_true(session->len <= sizeof(t->bytes));
	memcpy(t->bytes, session->bytes, session->len);
	t->len = session->len;
	t->until = session->until;
}

static size_t thief_get(void *arg, const uint8_t *id, int64_t now, uint8_t *bytes, size_t room)
{
	struct thief *t = arg;

	(void)id;
	assert_int_equal(now, TEST_NOW);
	assert_true(t->len <= room);
	memcpy(bytes, t->bytes, t->len);
	bytes[t->len - 1] ^= t->changes;
	return t->len;
}

static const struct shared_row {
	const char *name;
	struct setting second;
	bool other_keys, changes, resumed;
} shared_rows[] = {
	{ "a session is good with another config of the same service", { 0 }, .resumed = true },
	{ "it is not with another ring of keys", { 0 }, .other_keys = true },
	{ "it is not when the store has changed it", { 0 }, .changes = true },
	{ "it is not in another context", { .context = "b" } },
	{ "it is not under another certificate", { .other_server_key = true } },
	{ "it is not where certificates of clients are required",
	  { .verify = WARD_VERIFY_REQUIRED } },
};

static bool try_shared(const struct setting *s, struct ward_ticket_keys *keys,
		       struct ward_config *client, struct ward_sessions *sessions)
{
	struct setting plain = *s;
	struct configs c = { client, NULL };
	bool resumed;

	plain.no_tickets = true;
	c.server = make_server(&plain, keys);
	allow(ward_config_set_sessions(c.server, sessions, &ignored));
	resumed = connect_once(&c, NULL);
	ward_config_free(c.server);
	return resumed;
}

static void test_shared(void **state)
{
	const struct ward_session_store store = { thief_put, thief_get, NULL };
	const struct shared_row *row = *state;
	const struct setting old = { OLD, .has_client_key = true }, plain = { 0 };
	struct thief thief = { .changes = row->changes };
	struct ward_sessions *s = ward_sessions_new_with(&store, &thief, &ignored);
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket_keys *others = ward_ticket_keys_new(0, &ignored);
	struct ward_config *client = make_client(&old);

	assert_false(try_shared(&plain, keys, client, s));
	assert_int_equal(thief.until, TEST_NOW + ward_ticket_keys_lifetime(keys));
	assert_int_equal(try_shared(&row->second, row->other_keys ? others : keys, client, s),
			 row->resumed);
	ward_config_free(client);
	ward_sessions_free(s);
	ward_ticket_keys_free(keys);
	ward_ticket_keys_free(others);
}

/* What one version has sealed is offered to the other, by a client that lies about it. */
static void test_crossed(void **state)
{
	static const uint16_t suites[] = { 0x1301, 0xc02b };
	const struct setting plain = { 0 }, old = { OLD };
	const struct setting *const from[] = { &plain, &old }, *const to[] = { &old, &plain };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ward_ticket *ticket = first_connection(from[i], keys, TEST_NOW), *lie;
		struct resumption r = ticket->content;
		uint8_t key[48] = { 0 };

		memcpy(key, r.key.data, r.key.len);
		r.version = i == 0 ? WARD_TLS_1_2 : WARD_TLS_1_3;
		r.suite = suites[1 - i];
		r.key = span_make(key, i == 0 ? 48 : 32);
		lie = ticket_new(&r, &ignored);
		assert_non_null(lie);
		assert_false(second_connection(to[i], keys, TEST_NOW + 1, lie));
		ward_ticket_free(lie);
		ward_ticket_free(ticket);
	}
	ward_ticket_keys_free(keys);
}

static void test_refuses(void **state)
{
	struct ward_config *client = ward_config_new(&ignored);

	(void)state;
	assert_false(ward_config_set_sessions(client, NULL, &ignored));
	ward_config_free(client);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows12, test_row);
	TABLE_ADD(&t, shared_rows, test_shared);
	table_add(&t, "a session goes by its id", test_ids, NULL);
	table_add(&t, "ids have few places", test_few_ids, NULL);
	table_add(&t, "a ticket is nothing to the other version", test_crossed, NULL);
	table_add(&t, "what a config refuses", test_refuses, NULL);
	failed = table_run(&t, "resumption in TLS 1.2");
	credentials_cleanup();
	return failed;
}
