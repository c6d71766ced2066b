/*
 * Resumption between two engines in memory: when a second connection stands on the first, and when
 * it must not. What is reached: src/tls/client_psk.c, src/tls/server_psk.c, src/tls/tickets.c,
 * src/tls/ticket_draft.c.
 */
#include "resumption_pair.h"

static const struct row rows[] = {
	{ "nothing has changed", { 0 }, { 0 }, 5, true },
	{ "SHA-384", { .suite = 0x1302 }, { .suite = 0x1302 }, 5, true },
	{ "ChaCha20", { .suite = 0x1303 }, { 0 }, 5, true },
	{ "the hash of the ticket is offered by no suite",
	  { .suite = 0x1302 },
	  { .suite = 0x1301 },
	  5,
	  false },
	{ "a suite that the client does not offer any more", { 0 }, { .suite = 0x1303 }, 5, false },
	{ "with a cookie", { 0 }, { .cookie = true }, 5, true },
	{ "with a retry for the group", { 0 }, { .no_shares = true }, 5, true },
	{ "with a retry, a cookie and SHA-384",
	  { .suite = 0x1302 },
	  { .no_shares = true, .cookie = true },
	  5,
	  true },
	{ "another group", { .group = 0x001d }, { .group = 0x0018 }, 5, true },
	{ "the same protocol", { .alpn = h2 }, { .alpn = h2 }, 5, true },
	{ "another protocol", { .alpn = h2 }, { .alpn = http1 }, 5, false },
	{ "a protocol where there was none", { 0 }, { .alpn = h2 }, 5, false },
	{ "by address, both times", { .host = "127.0.0.1" }, { .host = "127.0.0.1" }, 5, true },
	{ "another name of the same server",
	  { .host = "127.0.0.1" },
	  { .host = "server.example" },
	  5,
	  false },
	{ "another context", { .context = "a" }, { .context = "b" }, 5, false },
	{ "the same context", { .context = "a" }, { .context = "a" }, 5, true },
	{ "another certificate of the server", { 0 }, { .other_server_key = true }, 5, false },
	{ "the client verifies nothing, both times",
	  { .insecure = true },
	  { .insecure = true },
	  5,
	  true },
	{ "the client verifies what it did not verify before",
	  { .insecure = true },
	  { 0 },
	  5,
	  false },
	{ "a ticket of the last second", { 0 }, { 0 }, 86399, true },
	{ "a ticket that has ended", { 0 }, { 0 }, 86400, false },
	{ "a clock that was set back", { 0 }, { 0 }, -3600, false },
	{ "the client has its certificate", { MUTUAL }, { MUTUAL }, 5, true },
	{ "welcome certificates",
	  { .verify = WARD_VERIFY_OPTIONAL, .has_client_key = true },
	  { .verify = WARD_VERIFY_OPTIONAL, .has_client_key = true },
	  5,
	  true },
	{ "welcome certificates, and there is none",
	  { .verify = WARD_VERIFY_OPTIONAL },
	  { .verify = WARD_VERIFY_OPTIONAL },
	  5,
	  true },
	{ "certificates are required that were not asked for",
	  { .has_client_key = true },
	  { MUTUAL },
	  5,
	  false },
	{ "certificates are not asked for any more",
	  { MUTUAL },
	  { .has_client_key = true },
	  5,
	  false },
	{ "another certificate of the client",
	  { MUTUAL },
	  { .verify = WARD_VERIFY_REQUIRED, .has_client_key = true, .client_key = WARD_KEY_P384 },
	  5,
	  false },
};

/* ---- the client's cache ---- */

static void test_cache(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct configs c = { make_client(&plain), make_server(&plain, keys) };

	(void)state;
	assert_false(connect_once(&c, NULL));
	assert_true(connect_once(&c, NULL));
	assert_true(connect_once(&c, NULL)); /* with what the second was given */
	assert_false(connect_once(&c, "server.example:444"));
	assert_true(connect_once(&c, "server.example:444"));
	ward_config_free(c.client);
	ward_config_free(c.server);
	ward_ticket_keys_free(keys);
}

/* A ticket is taken out for use: where no new ones come, they are soon used up. */
static void test_single_use(void **state)
{
	const struct setting plain = { 0 }, silent = { .no_tickets = true };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct configs c = { make_client(&plain), make_server(&plain, keys) };
	struct configs no_more = { c.client, make_server(&silent, keys) };

	(void)state;
	assert_false(connect_once(&c, NULL)); /* brings two */
	assert_false(connect_once(&no_more, NULL));
	assert_false(connect_once(&no_more, NULL));
	assert_false(connect_once(&c, NULL)); /* there was none left to offer */
	assert_true(connect_once(&c, NULL));
	ward_config_free(c.client);
	ward_config_free(c.server);
	ward_config_free(no_more.server);
	ward_ticket_keys_free(keys);
}

static void test_off(void **state)
{
	const struct setting off = { .no_resumption = true }, plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct configs c = { make_client(&off), make_server(&plain, keys) };
	struct configs silent = { make_client(&plain), make_server(&off, keys) };

	(void)state;
	assert_false(connect_once(&c, NULL));
	assert_false(connect_once(&c, NULL));
	ward_config_free(silent.server);
	silent.server = make_server(&(struct setting){ .no_tickets = true }, keys);
	assert_false(connect_once(&silent, NULL));
	assert_false(connect_once(&silent, NULL));
	ward_config_free(c.client);
	ward_config_free(c.server);
	ward_config_free(silent.client);
	ward_config_free(silent.server);
	ward_ticket_keys_free(keys);
}

/* ---- what is answered ---- */

static void note_server_name(void *arg, const struct ward_field *field)
{
	bool *seen = arg;

	*seen = *seen || strcmp(field->value, "server_name (0)") == 0;
}

static void note_encrypted_extensions(void *arg, struct ward_conn *conn,
				      const struct ward_event *event)
{
	(void)conn;
	if (event->kind == WARD_EVENT_MESSAGE && !event->outgoing && event->type == 8)
		(void)ward_message_fields(event->bytes, event->len, note_server_name, arg);
}

/* RFC 6066, 3: who resumes "MUST NOT include a server_name extension in the server hello". */
static void test_name_acknowledged_once(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct configs c = { make_client(&plain), make_server(&plain, keys) };
	bool acknowledged = false;

	(void)state;
	allow(ward_config_set_events(c.client, note_encrypted_extensions, &acknowledged, false,
				     &ignored));
	assert_false(connect_once(&c, NULL));
	assert_true(acknowledged);
	acknowledged = false;
	assert_true(connect_once(&c, NULL));
	assert_false(acknowledged);
	ward_config_free(c.client);
	ward_config_free(c.server);
	ward_ticket_keys_free(keys);
}

/* What a server sends behind its handshake. */
struct sent {
	int tickets, greased, records;
};

static void note_grease(void *arg, const struct ward_field *field)
{
	struct sent *sent = arg;

	sent->greased += strcmp(field->name, "extension_type") == 0 &&
			 strncmp(field->value, "GREASE", 6) == 0;
}

static void note_sent(void *arg, struct ward_conn *conn, const struct ward_event *event)
{
	struct sent *sent = arg;
	bool sealed = event->kind == WARD_EVENT_RECORD && event->type == 23;

	(void)conn;
	if (!event->outgoing)
		return;
	sent->records += sealed;
	if (event->kind == WARD_EVENT_MESSAGE && event->type == 4) {
		sent->tickets++;
		(void)ward_message_fields(event->bytes, event->len, note_grease, sent);
	}
}

static void test_tickets_share_a_record(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct configs c = { make_client(&plain), make_server(&plain, keys) };
	struct sent sent = { 0 };

	(void)state;
	allow(ward_config_set_events(c.server, note_sent, &sent, false, &ignored));
	assert_false(connect_once(&c, NULL));
	assert_int_equal(sent.tickets, 2);
	assert_int_equal(sent.greased, 2);
	assert_int_equal(sent.records, 2); /* the server's flight, and the tickets */
	ward_config_free(c.client);
	ward_config_free(c.server);
	ward_ticket_keys_free(keys);
}

/* ---- lifetimes ---- */

/* Resuming again and again does not put off the day on which certificates are shown. */
static void test_no_perpetual_motion(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct configs c = { make_client(&plain), make_server(&plain, keys) };
	int64_t now = TEST_NOW, whole = TEST_NOW;

	(void)state;
	for (int i = 0; i < 60; i++, now += 40000) {
		struct pair *p = pair_new_at(c.client, c.server, NULL, now, NULL);

		assert_true(pair_handshake(p));
		if (!ward_conn_resumed(p->client.conn))
			whole = now;
		assert_true(now - whole <= WARD_TICKET_LIFETIME_MAX);
		assert_true(i == 0 || ward_conn_resumed(p->client.conn) || now - TEST_NOW > 500000);
		pair_free(p);
	}
	assert_true(whole > TEST_NOW);
	ward_config_free(c.client);
	ward_config_free(c.server);
	ward_ticket_keys_free(keys);
}

/* A certificate that ends in an hour gives tickets for an hour. */
static void test_certificate_ends(void **state)
{
	static const char *const names[] = { "server.example", NULL };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_config *client = test_client_config();
	struct ward_config *server = ward_config_new_server(&ignored);
	struct ward_ticket *ticket = NULL;
	struct credential c;
	struct pair *p;

	(void)state;
	credential_make_at(&c, WARD_KEY_P256, WARD_PROFILE_SERVER, names, TEST_NOW - 10,
			   TEST_NOW + 3600);
	add(server, &c);
	allow(ward_config_set_ticket_keys(server, keys, &ignored));
	allow(ward_config_set_ticket_callback(client, take_ticket, &ticket, &ignored));
	p = pair_new(client, server, NULL);
	assert_true(pair_handshake(p));
	assert_non_null(ticket);
	assert_int_equal(ward_ticket_expires(ticket), TEST_NOW + 3600);
	pair_free(p);
	ward_ticket_free(ticket);
	ward_config_free(client);
	ward_config_free(server);
	credential_clear(&c);
	ward_ticket_keys_free(keys);
}

/* ---- tickets as bytes ---- */

static void test_bytes(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_connection(&plain, keys, TEST_NOW), *again;
	size_t len;
	const uint8_t *bytes = ward_ticket_bytes(ticket, &len);
	uint8_t *cut = malloc(len + 1);

	(void)state;
	again = ward_ticket_parse(bytes, len, &ignored);
	assert_non_null(again);
	assert_true(second_connection(&plain, keys, TEST_NOW + 1, again));
	assert_true(second_connection(&plain, keys, TEST_NOW + 2, again)); /* as often as given */
	memcpy(cut, bytes, len);
	cut[len] = 0;
	for (size_t n = 0; n <= len + 1; n++) {
		struct ward_error err = { 0 };

		if (n == len)
			continue;
		assert_null(ward_ticket_parse(cut, n, &err));
		assert_int_equal(err.reason, WARD_E_BAD_TICKET);
	}
	free(cut);
	ward_ticket_free(again);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* Whatever bit is turned over in a ticket, the handshake is a whole one. */
static void test_forged(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_connection(&plain, keys, TEST_NOW);
	size_t len;
	const uint8_t *bytes = ward_ticket_bytes(ticket, &len);
	uint8_t *forged = malloc(len);

	(void)state;
	for (size_t back = 1; back < 160; back += 7) {
		struct ward_ticket *t;

		memcpy(forged, bytes, len);
		forged[len - back] ^= 0x10;
		t = ward_ticket_parse(forged, len, &ignored);
		assert_non_null(t);
		assert_false(second_connection(&plain, keys, TEST_NOW + 1, t));
		ward_ticket_free(t);
	}
	free(forged);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* ---- what a config refuses ---- */

static void test_config_refuses(void **state)
{
	struct ward_config *client = ward_config_new(&ignored);
	struct ward_config *server = ward_config_new_server(&ignored);
	struct ward_error err = { 0 };
	uint8_t long_context[256] = { 0 };

	(void)state;
	assert_null(ward_ticket_keys_new(WARD_TICKET_LIFETIME_MAX + 1, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_false(ward_config_set_tickets(server, 17, &ignored));
	assert_false(ward_config_set_tickets(client, 1, &ignored));
	assert_false(ward_config_set_ticket_keys(client, NULL, &ignored));
	assert_false(ward_config_set_ticket_context(server, long_context, 256, &ignored));
	assert_false(ward_config_set_resumption(server, true, &ignored));
	ward_config_free(client);
	ward_config_free(server);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "a config keeps tickets by service", test_cache, NULL);
	table_add(&t, "a ticket is used once", test_single_use, NULL);
	table_add(&t, "either side may have it off", test_off, NULL);
	table_add(&t, "the server's name is acknowledged in a whole handshake alone",
		  test_name_acknowledged_once, NULL);
	table_add(&t, "tickets share a record, each with an extension that means nothing",
		  test_tickets_share_a_record, NULL);
	table_add(&t, "certificates are shown every seven days", test_no_perpetual_motion, NULL);
	table_add(&t, "no ticket outlives the certificate", test_certificate_ends, NULL);
	table_add(&t, "a ticket goes through bytes", test_bytes, NULL);
	table_add(&t, "a forged ticket is no ticket", test_forged, NULL);
	table_add(&t, "what a config refuses", test_config_refuses, NULL);
	failed = table_run(&t, "resumption");
	credentials_cleanup();
	return failed;
}
