/*
 * Hybrid groups between two engines in memory (RFC 10024): which group two sides agree on, and with
 * how many round trips. That each works is tried by test_handshake.c.
 */
#include "crypto/crypto.h"
#include "support/configs.h"
#include "support/table.h"

static void shake(struct pair *p)
{
	if (!pair_handshake(p))
		fail_msg("client: %d, server: %d", p->client.err.reason, p->server.err.reason);
	assert_true(pair_send(p, true, "x", 1));
	assert_true(pair_send(p, false, "y", 1));
}

static void skip_without_hybrids(void)
{
	if (kex_supported(GROUP_X25519MLKEM768))
		return;
	print_message("skipped: this build has no ML-KEM\n");
	skip();
}

static void hybrid_by_default(void **state)
{
	struct configs c;
	struct pair *p;

	(void)state;
	skip_without_hybrids();
	c = configs_make();
	p = pair_of(&c);
	shake(p);
	assert_string_equal(ward_conn_group(p->client.conn), "X25519MLKEM768");
	assert_string_equal(ward_conn_group(p->server.conn), "X25519MLKEM768");
	assert_false(ward_conn_used_retry(p->server.conn));
	pair_free(p);
	configs_free(&c);
}

/* What two configs of groups agree on: RFC 10024 and this side's preference. */
static const struct hybrid_row {
	const char *name;
	uint16_t client[4], server[4];
	size_t key_shares; /* SIZE_MAX: as by default */
	const char *group;
	bool retried;
} hybrids[] = {
	{ "a server without hybrids takes the share beside",
	  { 0x11ec, 0x001d, 0x0017 },
	  { 0x001d, 0x0017 },
	  SIZE_MAX,
	  "x25519",
	  false },
	{ "the share beside is the first that is no hybrid",
	  { 0x11ec, 0x11eb, 0x0017, 0x001d },
	  { 0x0017, 0x001d },
	  SIZE_MAX,
	  "secp256r1",
	  false },
	{ "a client without hybrids is served as ever",
	  { 0x001d },
	  { 0x11ec, 0x001d },
	  SIZE_MAX,
	  "x25519",
	  false },
	{ "a hybrid without a share is asked for",
	  { 0x001d, 0x11ec },
	  { 0x11ec, 0x001d },
	  SIZE_MAX,
	  "X25519MLKEM768",
	  true },
	{ "another hybrid with a share will do",
	  { 0x11eb, 0x11ec },
	  { 0x11ec, 0x11eb },
	  SIZE_MAX,
	  "SecP256r1MLKEM768",
	  false },
	{ "a server that likes x25519 better takes it",
	  { 0x11ec, 0x001d },
	  { 0x001d, 0x11ec },
	  SIZE_MAX,
	  "x25519",
	  false },
	{ "shares of two hybrids and two halves",
	  { 0x11ec, 0x11eb, 0x001d, 0x0017 },
	  { 0x0017 },
	  4,
	  "secp256r1",
	  false },
};

static size_t groups_in(const uint16_t list[4])
{
	size_t n = 0;

	while (n < 4 && list[n] != 0)
		n++;
	return n;
}

static void hybrid_agreement(void **state)
{
	const struct hybrid_row *row = *state;
	struct configs c;
	struct pair *p;

	skip_without_hybrids();
	c = configs_make();
	allow(ward_config_set_groups(c.client, row->client, groups_in(row->client), &ignored));
	allow(ward_config_set_groups(c.server, row->server, groups_in(row->server), &ignored));
	if (row->key_shares != SIZE_MAX)
		allow(ward_config_set_key_shares(c.client, row->key_shares, &ignored));
	p = pair_of(&c);
	shake(p);
	assert_string_equal(ward_conn_group(p->client.conn), row->group);
	assert_string_equal(ward_conn_group(p->server.conn), row->group);
	assert_int_equal(ward_conn_used_retry(p->client.conn), row->retried);
	pair_free(p);
	configs_free(&c);
}

/* Hybrids are for TLS 1.3: 1.2 goes by the other groups, and by none if there are no others. */
static void hybrids_and_tls12(void **state)
{
	static const uint16_t hybrid = 0x11ec;
	struct ward_error err = { 0 };
	struct configs c;
	struct pair *p;

	(void)state;
	skip_without_hybrids();
	c = configs_make();
	allow(ward_config_set_versions(c.client, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
	p = pair_of(&c);
	shake(p);
	assert_string_equal(ward_conn_group(p->client.conn), "x25519");
	pair_free(p);
	configs_free(&c);
	c = configs_make();
	allow(ward_config_set_versions(c.client, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
	allow(ward_config_set_groups(c.client, &hybrid, 1, &ignored));
	assert_null(ward_conn_new(c.client, "server.example", TEST_NOW, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	configs_free(&c);
}

/* A ClientHello of more than a segment, byte by byte; and in pieces, with a cookie between two. */
static void in_pieces(void **state)
{
	static const size_t chunks[] = { 1, 7, 500 };

	(void)state;
	skip_without_hybrids();
	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
		struct configs c = configs_make();
		struct pair *p;

		allow(ward_config_set_cookie(c.server, i > 0, &ignored));
		p = pair_of(&c);
		p->client.chunk = chunks[i];
		p->server.chunk = chunks[i];
		shake(p);
		assert_string_equal(ward_conn_group(p->server.conn), "X25519MLKEM768");
		assert_int_equal(ward_conn_used_retry(p->server.conn), i > 0);
		pair_free(p);
		configs_free(&c);
	}
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "X25519MLKEM768 unless told otherwise", hybrid_by_default, NULL);
	TABLE_ADD(&t, hybrids, hybrid_agreement);
	table_add(&t, "hybrids beside TLS 1.2", hybrids_and_tls12, NULL);
	table_add(&t, "hellos in pieces", in_pieces, NULL);
	failed = table_run(&t, "hybrids");
	credentials_cleanup();
	return failed;
}
