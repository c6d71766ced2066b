/*
 * Early data over QUIC (RFC 9001, 4.6): when a client offers it, when a server takes it, the secrets
 * that the stack is given for it, and what of TLS's own it leaves out (8.3).
 */
#include <ward/early_data.h>

#include "quic_ends.h"

/* ---- two connections ---- */

static const char context[] = "idle 30 s, 100 streams";

struct early_row {
	const char *name;
	enum ward_early_data_status status; /* on both sides, if the server was asked */
	/* The first connection. */
	bool tls, unwanted_first, other_protocol;
	/* The second. */
	bool unwanted, server_unwanted, retry, claimed;
	const char *context; /* NULL: the same */
	int64_t late;        /* seconds that the server's clock is ahead */
	uint32_t max;        /* of the server's config; 0: 1, which does not count */
	bool none;           /* the server takes no early data any more */
};

static const struct early_row early_rows[] = {
	{ "taken", WARD_EARLY_DATA_ACCEPTED },
	{ "taken, however small the server's figure was and is", WARD_EARLY_DATA_ACCEPTED,
	  .max = 4096 },
	{ "not wanted by the client", WARD_EARLY_DATA_NONE, .unwanted = true },
	{ "not wanted by the server", WARD_EARLY_DATA_REFUSED, .server_unwanted = true },
	{ "not wanted by the server when it gave the ticket", WARD_EARLY_DATA_NONE,
	  .unwanted_first = true },
	{ "no longer taken", WARD_EARLY_DATA_REFUSED, .none = true },
	{ "another context than the ticket's", WARD_EARLY_DATA_REFUSED,
	  .context = "idle 30 s, 10 streams" },
	{ "an empty context instead", WARD_EARLY_DATA_REFUSED, .context = "" },
	{ "a HelloRetryRequest", WARD_EARLY_DATA_REFUSED, .retry = true },
	{ "a ClientHello that comes too late", WARD_EARLY_DATA_REFUSED, .late = 10 },
	{ "a ClientHello within the span of time", WARD_EARLY_DATA_ACCEPTED, .late = 9 },
	{ "a ClientHello that the register has", WARD_EARLY_DATA_REFUSED, .claimed = true },
	{ "a ticket of a protocol that is not offered any more", WARD_EARLY_DATA_NONE,
	  .other_protocol = true },
	{ "a ticket that came over TLS", WARD_EARLY_DATA_NONE, .tls = true },
};

static bool refuse_claim(void *arg, const struct ward_claim *claim)
{
	(void)arg;
	(void)claim;
	return false;
}

static void set_server(struct ends *e, const struct early_row *row, bool second)
{
	static const uint16_t p384[] = { 0x0018 };
	struct ward_strikes *strikes = NULL;
	uint32_t max = row->max == 0 ? 1 : row->max;

	if (second && row->claimed)
		strikes = ward_strikes_new_with(refuse_claim, NULL, NULL, &ignored);
	assert_true(ward_config_set_early_data(e->server_config, second && row->none ? 0 : max,
					       strikes, &ignored));
	ward_strikes_free(strikes);
	if (second && row->retry)
		assert_true(ward_config_set_groups(e->server_config, p384, 1, &ignored));
}

static void set_protocol(struct ends *e, const char *name)
{
	const char *const protocols[] = { name, NULL };

	assert_true(ward_config_set_alpn(e->client_config, protocols, &ignored));
	assert_true(ward_config_set_alpn(e->server_config, protocols, &ignored));
}

/* A ticket that a connection over records has led to; the config is that of the ends. */
static struct ward_ticket *ticket_of_tls(struct ends *e)
{
	struct ward_ticket *ticket = NULL;
	struct ward_received received;
	uint8_t bytes[8192];
	size_t n;
	struct ward_conn *client, *server;

	assert_true(
		ward_config_set_ticket_callback(e->client_config, keep_ticket, &ticket, &ignored));
	client = ward_conn_new(e->client_config, "server.example", TEST_NOW, &ignored);
	server = ward_conn_new(e->server_config, NULL, TEST_NOW, &ignored);
	for (int i = 0; i < 4; i++) {
		struct ward_conn *from = i % 2 == 0 ? client : server;

		n = ward_conn_output(from, bytes, sizeof(bytes));
		for (size_t at = 0; at < n; at += received.used)
			assert_true(ward_conn_receive(from == client ? server : client, bytes + at,
						      n - at, &received, &ignored));
	}
	assert_non_null(ticket);
	assert_int_equal(ward_ticket_early_data(ticket), 1);
	ward_conn_free(client);
	ward_conn_free(server);
	return ticket;
}

static struct ward_ticket *ticket_of_quic(struct ends *e, const struct early_row *row)
{
	const struct ward_conn_options server = { .quic_early_data = !row->unwanted_first,
						  .quic_early_context = context,
						  .quic_early_context_len = sizeof(context) - 1 };
	const struct ward_conn_options client = { .quic_early_data = true };
	struct ward_ticket *ticket = NULL;

	assert_true(
		ward_config_set_ticket_callback(e->client_config, keep_ticket, &ticket, &ignored));
	ends_start_at(e, TEST_NOW, &client, &server);
	assert_true(handshake(e, 4096));
	assert_int_equal(ward_conn_early_data_status(e->client.conn), WARD_EARLY_DATA_NONE);
	assert_non_null(ticket);
	assert_int_equal(ward_ticket_early_data(ticket), row->unwanted_first ? 0 : UINT32_MAX);
	return ticket;
}

/* Configs of a second connection, of the same server: the ring of keys is the first one's. */
static void ends_again(struct ends *e, struct ward_ticket_keys *keys, const struct early_row *row,
		       bool second)
{
	ends_make(e);
	assert_true(ward_config_set_ticket_keys(e->server_config, keys, &ignored));
	set_server(e, row, second);
	if (!second && row->other_protocol)
		set_protocol(e, "h3-29");
}

static void start_second(struct ends *e, struct ward_ticket *ticket, const struct early_row *row)
{
	const char *name = row->context == NULL ? context : row->context;
	const struct ward_conn_options client = { .ticket = ticket,
						  .quic_early_data = !row->unwanted };
	const struct ward_conn_options server = { .quic_early_data = !row->server_unwanted,
						  .quic_early_context = name,
						  .quic_early_context_len = strlen(name) };

	ends_start_at(e, TEST_NOW + 100, &client, &server);
	ward_conn_set_time(e->server.conn, TEST_NOW + 100 + row->late);
}

/* What the client has before a byte has come: the secret, and the limits that were remembered. */
static void check_offer(struct ends *e, bool offered)
{
	size_t len;
	const uint8_t *remembered = ward_quic_remembered_parameters(e->client.conn, &len);

	take_secrets(&e->client);
	assert_int_equal(e->client.secret_count, offered);
	assert_int_equal(ward_conn_early_data_status(e->client.conn),
			 offered ? WARD_EARLY_DATA_OFFERED : WARD_EARLY_DATA_NONE);
	assert_int_equal(len, offered ? sizeof(server_parameters) : 0);
	if (!offered)
		return;
	assert_memory_equal(remembered, server_parameters, len);
	assert_int_equal(e->client.secrets[0].level, WARD_QUIC_EARLY);
	assert_true(e->client.secrets[0].outgoing);
}

/* A client's secret that the server did not want is not counted among those that agree. */
static void check_end(struct ends *e, const struct early_row *row)
{
	bool accepted = row->status == WARD_EARLY_DATA_ACCEPTED;

	assert_int_equal(ward_conn_early_data_status(e->client.conn), row->status);
	assert_int_equal(ward_conn_early_data_status(e->server.conn), row->status);
	assert_int_equal(ward_conn_resumed(e->client.conn), !row->other_protocol);
	if (row->status == WARD_EARLY_DATA_REFUSED) {
		e->client.secret_count--;
		memmove(e->client.secrets, e->client.secrets + 1,
			e->client.secret_count * sizeof(e->client.secrets[0]));
	}
	check_secrets(e, accepted);
	if (accepted) /* before anything else: the data may have overtaken the rest (4.1.4) */
		assert_int_equal(e->server.secrets[0].level, WARD_QUIC_EARLY);
}

static void test_early(void **state)
{
	const struct early_row *row = *state;
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket;
	struct ends first, again;

	ends_again(&first, keys, row, false);
	ticket = row->tls ? ticket_of_tls(&first) : ticket_of_quic(&first, row);
	ends_again(&again, keys, row, true);
	start_second(&again, ticket, row);
	check_offer(&again, row->status != WARD_EARLY_DATA_NONE);
	assert_true(handshake(&again, 4096));
	check_end(&again, row);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
	ends_clear(&again);
	ends_clear(&first);
}

/* ---- a ticket of QUIC is none of TLS's ---- */

static void test_not_over_records(void **state)
{
	const struct early_row plain = { .max = UINT32_MAX };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_conn_options options = { .early_data = "GET", .early_data_len = 3 };
	struct ward_conn *client;
	struct ends e;

	(void)state;
	ends_again(&e, keys, &plain, false);
	options.ticket = ticket_of_quic(&e, &plain);
	client = ward_conn_new_with(e.client_config, "server.example", TEST_NOW + 1, &options,
				    &ignored);
	assert_non_null(client);
	assert_int_equal(ward_conn_early_data_status(client), WARD_EARLY_DATA_NONE);
	ward_conn_free(client);
	ward_ticket_free(options.ticket);
	ward_ticket_keys_free(keys);
	ends_clear(&e);
}

/* ---- kept as bytes ---- */

static void test_kept_as_bytes(void **state)
{
	const struct early_row plain = { .max = 1 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket, *read;
	const uint8_t *bytes;
	struct ends first, again;
	size_t len;

	(void)state;
	ends_again(&first, keys, &plain, false);
	ticket = ticket_of_quic(&first, &plain);
	bytes = ward_ticket_bytes(ticket, &len);
	read = ward_ticket_parse(bytes, len, &ignored);
	assert_non_null(read);
	ward_ticket_free(ticket);
	ends_again(&again, keys, &plain, true);
	start_second(&again, read, &plain);
	check_offer(&again, true);
	assert_true(handshake(&again, 1));
	assert_int_equal(ward_conn_early_data_status(again.server.conn), WARD_EARLY_DATA_ACCEPTED);
	ward_ticket_free(read);
	ward_ticket_keys_free(keys);
	ends_clear(&again);
	ends_clear(&first);
}

/* ---- what is refused ---- */

/* The limit that a ticket names becomes another: the extension is 42, with four bytes. */
static bool limit_in_ticket(bool to_client, enum ward_quic_level level, uint8_t *bytes, size_t len)
{
	static const uint8_t extension[] = { 0, 42, 0, 4, 0xff, 0xff, 0xff, 0xff };
	uint8_t *at = memmem(bytes, len, extension, sizeof(extension));

	if (to_client && level == WARD_QUIC_APPLICATION && at != NULL)
		at[4] = 0;
	return true;
}

static void test_limit_in_ticket(void **state)
{
	const struct ward_conn_options wanted = { .quic_early_data = true };
	const struct early_row plain = { .max = 1 };
	struct ends e;

	(void)state;
	ends_make(&e);
	set_server(&e, &plain, false);
	e.edit = limit_in_ticket;
	ends_start_at(&e, TEST_NOW, &wanted, &wanted);
	handshake(&e, 4096);
	assert_true(e.client.failed);
	assert_int_equal(e.client.err.reason, WARD_E_QUIC_EARLY_DATA_SIZE);
	assert_int_equal(ward_quic_error(e.client.conn), 0x0a); /* PROTOCOL_VIOLATION */
	assert_int_equal(ward_quic_error(e.server.conn), 0);
	ends_clear(&e);
}

static const struct end_row {
	const char *name;
	enum ward_quic_level level;
	const char *detail;
} end_rows[] = {
	{ "EndOfEarlyData at the level of early data", WARD_QUIC_EARLY,
	  "at level 0-RTT instead of Handshake" },
	{ "EndOfEarlyData where Finished is awaited", WARD_QUIC_HANDSHAKE,
	  "EndOfEarlyData in state WAIT_FINISHED" },
};

/* 8.3. */
static void test_end_of_early_data(void **state)
{
	static const uint8_t end[] = { HT_END_OF_EARLY_DATA, 0, 0, 0 };
	const struct end_row *row = *state;
	const struct early_row plain = { .max = 1 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket;
	struct ends first, again;

	ends_again(&first, keys, &plain, false);
	ticket = ticket_of_quic(&first, &plain);
	ends_again(&again, keys, &plain, true);
	start_second(&again, ticket, &plain);
	carry(&again, false, 4096);
	assert_int_equal(ward_conn_early_data_status(again.server.conn), WARD_EARLY_DATA_ACCEPTED);
	assert_false(ward_quic_receive(again.server.conn, row->level, end, sizeof(end),
				       &again.server.err));
	assert_int_equal(again.server.err.reason, WARD_E_MESSAGE_UNEXPECTED);
	assert_string_equal(again.server.err.detail, row->detail);
	assert_int_equal(ward_quic_error(again.server.conn), 0x10a);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
	ends_clear(&again);
	ends_clear(&first);
}

/* ---- arguments ---- */

static void test_arguments(void **state)
{
	const struct ward_conn_options bytes = { .early_data = "x", .early_data_len = 1 };
	const struct ward_conn_options wanted = { .quic_early_data = true };
	struct ward_error err = { 0 };
	struct ends e;

	(void)state;
	ends_make(&e);
	assert_null(
		ward_quic_new(e.client_config, "server.example", TEST_NOW, "", 0, &bytes, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = (struct ward_error){ 0 };
	assert_null(ward_conn_new_with(e.client_config, "server.example", TEST_NOW, &wanted, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	ends_clear(&e);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, early_rows, test_early);
	table_add(&t, "a ticket of QUIC is not for early data over records", test_not_over_records,
		  NULL);
	table_add(&t, "a ticket that was kept as bytes", test_kept_as_bytes, NULL);
	table_add(&t, "a ticket that limits early data", test_limit_in_ticket, NULL);
	TABLE_ADD(&t, end_rows, test_end_of_early_data);
	table_add(&t, "arguments of one kind for the other", test_arguments, NULL);
	failed = table_run(&t, "early data in QUIC");
	credentials_cleanup();
	return failed;
}
