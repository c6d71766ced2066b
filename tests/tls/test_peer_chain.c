/*
 * Chains that are remembered: what a second connection is spared, and what is judged anew each time.
 */
#include "support/pair.h"
#include "support/table.h"

#include <string.h>

#include "tls/conn.h"

static struct ward_error ignored;

static struct ward_config *client, *server;

static void begin(void)
{
	client = test_client_config();
	server = test_server_config();
}

static void end(void)
{
	ward_config_free(client);
	ward_config_free(server);
}

/* A handshake with this host at this time; the reason why the client refused. */
static enum ward_reason connect_at(const char *host, int64_t now, struct peer_chain **seen)
{
	struct pair *p = pair_new(client, server, host);
	enum ward_reason reason;

	ward_conn_free(p->client.conn);
	p->client.conn = ward_conn_new(client, host, now, &ignored);
	assert_non_null(p->client.conn);
	(void)pair_handshake(p);
	reason = p->client.err.reason;
	assert_int_equal(reason == WARD_E_NONE, ward_conn_is_connected(p->client.conn));
	if (seen != NULL)
		*seen = p->client.conn->peer;
	pair_free(p);
	return reason;
}

static void test_shared(void **state)
{
	struct peer_chain *first, *second;

	(void)state;
	begin();
	assert_int_equal(connect_at("server.example", TEST_NOW, &first), WARD_E_NONE);
	assert_int_equal(connect_at("server.example", TEST_NOW + 1, &second), WARD_E_NONE);
	assert_ptr_equal(first, second); /* the cache still holds it, so the address says it all */
	assert_int_equal(connect_at("127.0.0.1", TEST_NOW, &second), WARD_E_NONE);
	assert_ptr_equal(first, second);
	end();
}

static void test_host_each_time(void **state)
{
	(void)state;
	begin();
	assert_int_equal(connect_at("server.example", TEST_NOW, NULL), WARD_E_NONE);
	for (int i = 0; i < 3; i++)
		assert_int_equal(connect_at("other.example", TEST_NOW, NULL),
				 WARD_E_CERT_NAME_MISMATCH);
	assert_int_equal(connect_at("server.example", TEST_NOW, NULL), WARD_E_NONE);
	end();
}

static void test_time_each_time(void **state)
{
	struct ward_cert *leaf = credential_server(WARD_KEY_P256)->chain.certs[0];

	(void)state;
	begin();
	assert_int_equal(connect_at("server.example", TEST_NOW, NULL), WARD_E_NONE);
	assert_int_equal(connect_at("server.example", ward_cert_not_after(leaf), NULL),
			 WARD_E_NONE);
	assert_int_equal(connect_at("server.example", ward_cert_not_after(leaf) + 1, NULL),
			 WARD_E_CERT_EXPIRED);
	assert_int_equal(connect_at("server.example", ward_cert_not_before(leaf) - 1, NULL),
			 WARD_E_CERT_NOT_YET_VALID);
	end();
}

/* What was refused is never remembered, nor what was taken without a look. */
static void test_bad_never(void **state)
{
	struct ward_trust *empty = ward_trust_new();

	(void)state;
	server = test_server_config();
	client = ward_config_new(&ignored);
	assert_true(ward_config_set_trust(client, empty, &ignored));
	for (int i = 0; i < 2; i++)
		assert_int_equal(connect_at("server.example", TEST_NOW, NULL),
				 WARD_E_CERT_UNKNOWN_ISSUER);
	for (size_t i = 0; i < CHAIN_CACHE_SIZE; i++)
		assert_null(client->chains.slots[i]);
	ward_config_free(client);
	client = ward_config_new(&ignored);
	assert_true(ward_config_set_trust(client, empty, &ignored));
	assert_true(ward_config_insecure_no_verify(client, &ignored));
	assert_int_equal(connect_at("server.example", TEST_NOW, NULL), WARD_E_NONE);
	for (size_t i = 0; i < CHAIN_CACHE_SIZE; i++)
		assert_null(client->chains.slots[i]);
	ward_trust_free(empty);
	end();
}

static struct peer_chain *chain_with(uint8_t first, uint8_t last)
{
	struct certificate none = { .count = 0 };
	uint8_t hash[32] = { first, [31] = last };
	struct peer_chain *p = peer_chain_parse(&none, hash, &ignored);

	assert_non_null(p);
	return p;
}

/* Any number of chains takes no more than its places; each is found or not, never another. */
static void test_places(void **state)
{
	struct ward_chain path = { &credential_server(WARD_KEY_P256)->chain.certs[0], 1 };
	struct ward_verify_params nothing = { .time = TEST_NOW };
	struct chain_cache cache = { .slots = { NULL } };
	size_t found = 0;

	(void)state;
	chain_cache_init(&cache);
	for (int i = 0; i < 256; i++)
		for (int j = 0; j < 2; j++) {
			struct peer_chain *p = chain_with((uint8_t)i, (uint8_t)j);

			chain_cache_put(&cache, p, &path, &nothing);
			peer_chain_free(p);
		}
	for (int i = 0; i < 256; i++)
		for (int j = 0; j < 2; j++) {
			uint8_t hash[32] = { (uint8_t)i, [31] = (uint8_t)j };
			struct peer_chain *p = chain_cache_find(&cache, hash, TEST_NOW);

			if (p == NULL)
				continue;
			assert_memory_equal(p->hash, hash, sizeof(hash));
			found++;
			peer_chain_free(p);
		}
	assert_int_equal(found, CHAIN_CACHE_SIZE);
	chain_cache_clear(&cache);
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "a second connection shares what was parsed and verified", test_shared, NULL);
	table_add(&t, "the host is matched each time", test_host_each_time, NULL);
	table_add(&t, "the time is judged each time", test_time_each_time, NULL);
	table_add(&t, "what was not found good is not remembered", test_bad_never, NULL);
	table_add(&t, "the cache has so many places and no more", test_places, NULL);
	failed = table_run(&t, "peer chains");
	credentials_cleanup();
	return failed;
}
