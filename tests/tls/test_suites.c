/*
 * Which suite a server takes: its own order counts, but for a client that puts ChaCha20-Poly1305
 * first.
 */
#include "tls/suites.h"

#include "support/pair.h"
#include "support/table.h"

enum {
	AES = TLS_AES_128_GCM_SHA256,
	CHACHA = TLS_CHACHA20_POLY1305_SHA256,
	AES12 = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	CHACHA12 = TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	CHACHA12_RSA = TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
};

static struct ward_error ignored;

static const struct row {
	const char *name;
	uint16_t client[5], server[5]; /* none: all, AES first */
	const char *chosen;
} rows[] = {
	{ "nobody says", { 0 }, { 0 }, "TLS_AES_128_GCM_SHA256" },
	{ "the client puts ChaCha20 first",
	  { CHACHA, AES },
	  { 0 },
	  "TLS_CHACHA20_POLY1305_SHA256" },
	{ "the client puts it second",
	  { AES, CHACHA },
	  { CHACHA, AES },
	  "TLS_CHACHA20_POLY1305_SHA256" },
	{ "it is second with both", { AES, CHACHA }, { AES, CHACHA }, "TLS_AES_128_GCM_SHA256" },
	{ "first, and the server has none", { CHACHA, AES }, { AES }, "TLS_AES_128_GCM_SHA256" },
	{ "TLS 1.2: first",
	  { CHACHA12, AES12 },
	  { 0 },
	  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ "TLS 1.2: second",
	  { AES12, CHACHA12 },
	  { 0 },
	  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
	{ "TLS 1.2: first is one for another key",
	  { CHACHA12_RSA, AES12, CHACHA12 },
	  { 0 },
	  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ "TLS 1.2: for another key alone",
	  { CHACHA12_RSA, AES12 },
	  { 0 },
	  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
};

static void set(struct ward_config *config, const uint16_t list[5])
{
	size_t count = 0;

	while (count < 5 && list[count] != 0)
		count++;
	if (count > 0)
		assert_true(ward_config_set_suites(config, list, count, &ignored));
	if (count > 0 && suite_find(list[0])->version == WARD_TLS_1_2)
		assert_true(ward_config_set_versions(config, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct ward_config *client = test_client_config(), *server = test_server_config();
	struct pair *p;

	set(client, row->client);
	set(server, row->server);
	p = pair_new(client, server, NULL);
	assert_true(pair_handshake(p));
	assert_string_equal(ward_conn_cipher(p->server.conn), row->chosen);
	assert_string_equal(ward_conn_cipher(p->client.conn), row->chosen);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

static void test_unknown_first(void **state)
{
	(void)state;
	assert_true(suites_prefer_chacha(table_hex("0a0a 00ff 1303 1301")));
	assert_true(suites_prefer_chacha(table_hex("cca8 1301")));
	assert_false(suites_prefer_chacha(table_hex("0a0a 1301 1303")));
	assert_false(suites_prefer_chacha(table_hex("0a0a 1a1a")));
	assert_false(suites_prefer_chacha(SPAN_EMPTY));
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "numbers that nobody knows are passed over", test_unknown_first, NULL);
	failed = table_run(&t, "suites");
	credentials_cleanup();
	return failed;
}
