/*
 * The engine without records (RFC 9001): two ends of ward, by levels; what each refuses. The parameters
 * that they exchange are an extension, quic_transport_parameters.c.
 */
#include "quic_ends.h"

static void check_parameters(struct ward_conn *conn, const char *parameters, size_t len)
{
	size_t got_len;
	const uint8_t *got = ward_quic_peer_parameters(conn, &got_len);

	assert_int_equal(got_len, len);
	assert_memory_equal(got, parameters, len);
}

/* ---- handshakes that end well ---- */

static const struct good_row {
	const char *name;
	size_t piece;
	bool retry, mutual;
} good_rows[] = {
	{ "a handshake", 4096 },
	{ "byte by byte", 1 },
	{ "with a retry", 4096, .retry = true },
	{ "with a client's certificate, in pieces of 100", 100, .mutual = true },
};

static void test_good(void **state)
{
	static const uint16_t p384[] = { 0x0018 };
	const struct good_row *row = *state;
	const struct credential *c = credential_client(WARD_KEY_P256);
	struct ends e;

	ends_make(&e);
	if (row->retry)
		assert_true(ward_config_set_groups(e.server_config, p384, 1, &ignored));
	if (row->mutual) {
		assert_true(ward_config_set_trust(e.server_config, test_trust(), &ignored));
		assert_true(
			ward_config_set_verify(e.server_config, WARD_VERIFY_REQUIRED, &ignored));
		assert_true(ward_config_add_identity(e.client_config, &c->chain, c->key, &ignored));
	}
	ends_start(&e, NULL);
	assert_true(handshake(&e, row->piece));
	assert_int_equal(ward_conn_used_retry(e.client.conn), row->retry);
	check_secrets(&e, false);
	check_parameters(e.client.conn, server_parameters, sizeof(server_parameters));
	check_parameters(e.server.conn, client_parameters, sizeof(client_parameters));
	assert_string_equal(ward_conn_alpn(e.server.conn), "h3");
	assert_int_equal(ward_quic_alert(e.client.conn), -1);
	ends_clear(&e);
}

static void test_resumed(void **state)
{
	struct ward_ticket *ticket = NULL;
	struct ends e, again;

	(void)state;
	ends_make(&e);
	assert_true(
		ward_config_set_ticket_callback(e.client_config, keep_ticket, &ticket, &ignored));
	ends_start(&e, NULL);
	assert_true(handshake(&e, 4096));
	assert_non_null(ticket);
	again = (struct ends){ .client_config = ward_config_ref(e.client_config),
			       .server_config = ward_config_ref(e.server_config) };
	ends_start(&again, ticket);
	assert_true(handshake(&again, 4096));
	assert_true(ward_conn_resumed(again.server.conn));
	check_secrets(&again, false);
	ward_ticket_free(ticket);
	ends_clear(&again);
	ends_clear(&e);
}

/* ---- what is refused ---- */

static bool flip_finished(bool to_client, enum ward_quic_level level, uint8_t *bytes, size_t len)
{
	if (!to_client && level == WARD_QUIC_HANDSHAKE)
		bytes[len - 1] ^= 1;
	return true;
}

static void test_flipped(void **state)
{
	struct ends e;

	(void)state;
	ends_make(&e);
	e.edit = flip_finished;
	ends_start(&e, NULL);
	assert_false(handshake(&e, 4096));
	assert_int_equal(e.server.err.reason, WARD_E_FINISHED_MISMATCH);
	assert_int_equal(ward_quic_alert(e.server.conn), 51);
	ends_clear(&e);
}

static void test_wrong_level(void **state)
{
	uint8_t bytes[4096];
	enum ward_quic_level level;
	struct ends e;
	size_t n;

	(void)state;
	ends_make(&e);
	ends_start(&e, NULL);
	n = ward_quic_output(e.client.conn, &level, bytes, sizeof(bytes));
	assert_int_equal(level, WARD_QUIC_INITIAL);
	assert_false(
		ward_quic_receive(e.server.conn, WARD_QUIC_HANDSHAKE, bytes, n, &e.server.err));
	assert_int_equal(e.server.err.reason, WARD_E_MESSAGE_UNEXPECTED);
	assert_int_equal(ward_quic_alert(e.server.conn), 10);
	ends_clear(&e);
}

static void test_key_update(void **state)
{
	static const uint8_t update[] = { HT_KEY_UPDATE, 0, 0, 1, 0 };
	struct ends e;

	(void)state;
	ends_make(&e);
	ends_start(&e, NULL);
	assert_true(handshake(&e, 4096));
	assert_false(ward_conn_update_keys(e.client.conn, false, &e.client.err));
	assert_int_equal(e.client.err.reason, WARD_E_BAD_STATE);
	assert_false(ward_quic_receive(e.server.conn, WARD_QUIC_APPLICATION, update, sizeof(update),
				       &e.server.err));
	assert_int_equal(e.server.err.reason, WARD_E_MESSAGE_UNEXPECTED);
	ends_clear(&e);
}

/* What is QUIC's own business. */
static void test_no_records(void **state)
{
	uint8_t record[WARD_RECORD_MAX] = { 22, 3, 3 };
	struct ward_received received;
	size_t taken, written;
	struct ends e;

	(void)state;
	ends_make(&e);
	ends_start(&e, NULL);
	assert_true(handshake(&e, 4096));
	assert_false(ward_conn_send(e.client.conn, "x", 1, &taken, record, sizeof(record), &written,
				    &e.client.err));
	assert_int_equal(e.client.err.reason, WARD_E_BAD_STATE);
	assert_false(ward_conn_receive(e.server.conn, record, 5, &received, &e.server.err));
	assert_int_equal(e.server.err.reason, WARD_E_BAD_STATE);
	assert_int_equal(ward_conn_output(e.client.conn, record, sizeof(record)), 0);
	ends_clear(&e);
}

/* One end speaks QUIC, the other TLS: nobody answers the other. */
static void feed_hello(struct ward_conn *from, struct ward_conn *to, struct ward_error *err)
{
	uint8_t bytes[8192] = { 0 };
	enum ward_quic_level level;
	struct ward_received received;
	size_t n;

	if (conn_quic(from) == NULL) {
		n = ward_conn_output(from, bytes, sizeof(bytes));
		assert_false(ward_quic_receive(to, WARD_QUIC_INITIAL, bytes + 5, n - 5, err));
		return;
	}
	n = ward_quic_output(from, &level, bytes + 5, sizeof(bytes) - 5);
	memcpy(bytes, (const uint8_t[]){ 22, 3, 1, (uint8_t)(n >> 8), (uint8_t)n }, 5);
	assert_false(ward_conn_receive(to, bytes, n + 5, &received, err));
}

static void test_client_of_tls(void **state)
{
	struct ward_conn *client;
	struct ends e;

	(void)state;
	ends_make(&e);
	ends_start(&e, NULL);
	client = ward_conn_new(e.client_config, "server.example", TEST_NOW, &ignored);
	feed_hello(client, e.server.conn, &e.server.err);
	assert_int_equal(e.server.err.reason, WARD_E_QUIC_SESSION_ID);
	assert_int_equal(ward_quic_alert(e.server.conn), 47);
	ward_conn_free(client);
	ends_clear(&e);
}

/* Whatever its version. */
static void test_server_of_tls(void **state)
{
	(void)state;
	for (int most = WARD_TLS_1_2; most <= WARD_TLS_1_3; most++) {
		struct ward_config *config = test_server_config();
		struct ward_conn *server;
		struct ends e;

		ends_make(&e);
		ends_start(&e, NULL);
		assert_true(ward_config_set_versions(config, WARD_TLS_1_2, most, &ignored));
		server = ward_conn_new(config, NULL, TEST_NOW, &ignored);
		feed_hello(e.client.conn, server, &e.server.err);
		assert_int_equal(e.server.err.reason, WARD_E_EXT_NOT_OFFERED);
		ward_conn_free(server);
		ward_config_free(config);
		ends_clear(&e);
	}
}

/* The extension's number becomes one that nobody knows. */
static bool hide_parameters(bool to_client, enum ward_quic_level level, uint8_t *bytes, size_t len)
{
	static const uint8_t number[] = { 0x00, 0x39, 0x00, sizeof(client_parameters) };
	uint8_t *at = memmem(bytes, len, number, sizeof(number));

	if (!to_client && level == WARD_QUIC_INITIAL && at != NULL)
		at[1] = 0x77;
	return true;
}

static void test_no_parameters(void **state)
{
	struct ends e;

	(void)state;
	ends_make(&e);
	e.edit = hide_parameters;
	ends_start(&e, NULL);
	assert_false(handshake(&e, 4096));
	assert_int_equal(e.server.err.reason, WARD_E_EXT_MISSING);
	assert_int_equal(ward_quic_alert(e.server.conn), 109);
	ends_clear(&e);
}

static bool hide_alpn(bool to_client, enum ward_quic_level level, uint8_t *bytes, size_t len)
{
	static const uint8_t alpn[] = { 0x00, 0x10, 0x00, 0x05, 0x00, 0x03, 0x02, 'h', '3' };
	uint8_t *at = memmem(bytes, len, alpn, sizeof(alpn));

	if (!to_client && level == WARD_QUIC_INITIAL && at != NULL)
		at[1] = 0x77;
	return true;
}

static void test_no_alpn(void **state)
{
	struct ends e;

	(void)state;
	ends_make(&e);
	e.edit = hide_alpn;
	ends_start(&e, NULL);
	assert_false(handshake(&e, 4096));
	assert_int_equal(e.server.err.reason, WARD_E_NO_COMMON_ALPN);
	assert_int_equal(ward_quic_alert(e.server.conn), 120);
	ends_clear(&e);
}

static void test_configs(void **state)
{
	struct ward_config *both = test_client_config(), *c13 = test_client_config();
	struct ward_error err = { 0 };

	(void)state;
	assert_null(ward_quic_new(both, "server.example", TEST_NOW, "", 0, NULL, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = (struct ward_error){ 0 };
	assert_true(ward_config_set_versions(c13, WARD_TLS_1_3, WARD_TLS_1_3, &ignored));
	assert_null(ward_quic_new(c13, "server.example", TEST_NOW, "", 0, NULL, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_null(ward_quic_new(c13, NULL, TEST_NOW, "", 0, NULL, NULL));
	ward_config_free(both);
	ward_config_free(c13);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, good_rows, test_good);
	table_add(&t, "a handshake by a ticket", test_resumed, NULL);
	table_add(&t, "a flipped bit in Finished", test_flipped, NULL);
	table_add(&t, "bytes of another level", test_wrong_level, NULL);
	table_add(&t, "KeyUpdate", test_key_update, NULL);
	table_add(&t, "there are no records", test_no_records, NULL);
	table_add(&t, "a client that speaks TLS", test_client_of_tls, NULL);
	table_add(&t, "a server that speaks TLS", test_server_of_tls, NULL);
	table_add(&t, "no transport parameters", test_no_parameters, NULL);
	table_add(&t, "no protocol to agree on", test_no_alpn, NULL);
	table_add(&t, "configs that are not for it", test_configs, NULL);
	failed = table_run(&t, "quic");
	credentials_cleanup();
	return failed;
}
