/*
 * Exporters and channel bindings: both ends have the same, and nothing else makes it. The values
 * themselves are compared with OpenSSL's in tests/interop/exporter.py.
 */
#include "support/pair.h"
#include "support/table.h"

#include <string.h>

static struct ward_error ignored;

static struct pair *connected(int version)
{
	struct ward_config *client = test_client_config(), *server = test_server_config();
	struct pair *p;

	assert_true(ward_config_set_versions(client, version, version, &ignored));
	assert_true(ward_config_set_versions(server, WARD_TLS_1_2, WARD_TLS_1_3, &ignored));
	p = pair_new(client, server, NULL);
	assert_true(pair_handshake(p));
	ward_config_free(client);
	ward_config_free(server);
	return p;
}

static void export_from(const struct ward_conn *c, const char *label, const char *context,
			uint8_t out[40])
{
	assert_true(ward_conn_export(c, label, context, context == NULL ? 0 : strlen(context), out,
				     40, &ignored));
}

static const int versions[] = { WARD_TLS_1_2, WARD_TLS_1_3 };

static void test_both_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pair *p = connected(versions[i]), *q = connected(versions[i]);
		uint8_t a[40], b[40];

		export_from(p->client.conn, "EXPERIMENTAL ward", "context", a);
		export_from(p->server.conn, "EXPERIMENTAL ward", "context", b);
		assert_memory_equal(a, b, 40);
		export_from(p->server.conn, "EXPERIMENTAL warp", "context", b);
		assert_memory_not_equal(a, b, 40);
		export_from(p->server.conn, "EXPERIMENTAL ward", "contest", b);
		assert_memory_not_equal(a, b, 40);
		export_from(q->client.conn, "EXPERIMENTAL ward", "context", b);
		assert_memory_not_equal(a, b, 40);
		export_from(p->client.conn, "EXPERIMENTAL ward", NULL, a);
		export_from(p->server.conn, "EXPERIMENTAL ward", "", b);
		assert_int_equal(memcmp(a, b, 40) == 0, versions[i] == WARD_TLS_1_3);
		pair_free(p);
		pair_free(q);
	}
}

static void test_bindings(void **state)
{
	static const char *const types[] = { "tls-exporter", "tls-server-end-point" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct pair *p = connected(versions[i % 2]);
		uint8_t a[64], b[64];
		size_t a_len, b_len;

		assert_true(ward_conn_channel_binding(p->client.conn, types[i / 2], a, &a_len,
						      &ignored));
		assert_true(ward_conn_channel_binding(p->server.conn, types[i / 2], b, &b_len,
						      &ignored));
		assert_int_equal(a_len, 32);
		assert_int_equal(b_len, 32);
		assert_memory_equal(a, b, 32);
		pair_free(p);
	}
}

static void test_refused(void **state)
{
	struct ward_config *config = test_client_config();
	struct ward_conn *early = ward_conn_new(config, "server.example", TEST_NOW, &ignored);
	struct pair *p = connected(WARD_TLS_1_3), *p12 = connected(WARD_TLS_1_2);
	struct ward_error err = { 0 };
	uint8_t out[64];
	char label[260];
	size_t len;

	(void)state;
	assert_false(ward_conn_export(early, "EXPERIMENTAL", NULL, 0, out, 32, &err));
	assert_int_equal(err.reason, WARD_E_BAD_STATE);
	assert_false(ward_conn_channel_binding(early, "tls-exporter", out, &len, &ignored));
	memset(label, 'x', sizeof(label));
	label[250] = '\0';
	err = (struct ward_error){ 0 };
	assert_false(ward_conn_export(p->client.conn, label, NULL, 0, out, 32, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	label[249] = '\0';
	assert_true(ward_conn_export(p->client.conn, label, NULL, 0, out, 32, &err));
	assert_false(ward_conn_export(p->client.conn, "", NULL, 0, out, 32, &ignored));
	assert_true(ward_conn_export(p12->client.conn, "", NULL, 0, out, 32, &ignored));
	assert_false(ward_conn_export(p->client.conn, "x", NULL, 0, out, 0, &ignored));
	assert_false(ward_conn_channel_binding(p->client.conn, "tls-unique", out, &len, &ignored));
	ward_conn_free(early);
	ward_config_free(config);
	pair_free(p12);
	pair_free(p);
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "both ends export the same", test_both_ends, NULL);
	table_add(&t, "channel bindings", test_bindings, NULL);
	table_add(&t, "what is not exported", test_refused, NULL);
	failed = table_run(&t, "exporter");
	credentials_cleanup();
	return failed;
}
