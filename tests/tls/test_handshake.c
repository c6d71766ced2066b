/*
 * Whole handshakes between two engines in memory: every suite, group and key type; hello retry;
 * names and identities; client certificates; application protocols; what verification refuses. The
 * handlers are reached by the table of arrows: src/tls/auth.c, src/tls/client.c, src/tls/server.c.
 */
#include "crypto/crypto.h"
#include "support/configs.h"
#include "support/table.h"

#include <stdio.h>
#include <string.h>

/* The handshake, some bytes each way, and the end. */
static void run_pair(struct pair *p)
{
	static uint8_t data[50000];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	if (!pair_handshake(p))
		fail_msg("client: %d, server: %d", p->client.err.reason, p->server.err.reason);
	assert_true(pair_send(p, true, "x", 1));
	assert_true(pair_send(p, false, data, sizeof(data)));
	assert_true(pair_send(p, true, data, sizeof(data)));
}

static void expect_failure(const struct configs *c, const char *host, enum ward_reason client,
			   enum ward_reason server)
{
	struct pair *p = pair_new(c->client, c->server, host);

	assert_false(pair_handshake(p));
	assert_int_equal(p->client.err.reason, client);
	assert_int_equal(p->server.err.reason, server);
	assert_false(ward_conn_is_connected(p->client.conn));
	assert_false(ward_conn_is_connected(p->server.conn));
	pair_free(p);
}

static struct ward_config *server_with(enum ward_key_kind kind)
{
	struct ward_config *config = ward_config_new_server(&ignored);

	assert_non_null(config);
	config_add(config, credential_server(kind));
	return config;
}

/* ---- every combination ---- */

static const struct {
	uint16_t id;
	const char *name;
} suites[] = {
	{ 0x1301, "TLS_AES_128_GCM_SHA256" },
	{ 0x1302, "TLS_AES_256_GCM_SHA384" },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256" },
}, groups[] = {
	{ 0x001d, "x25519" },
	{ 0x0017, "secp256r1" },
	{ 0x0018, "secp384r1" },
	{ 0x11ec, "X25519MLKEM768" },
	{ 0x11eb, "SecP256r1MLKEM768" },
	{ 0x11ed, "SecP384r1MLKEM1024" },
};

static const struct {
	enum ward_key_kind kind;
	const char *scheme;
} keys[] = {
	{ WARD_KEY_P256, "ecdsa_secp256r1_sha256" },
	{ WARD_KEY_P384, "ecdsa_secp384r1_sha384" },
	{ WARD_KEY_ED25519, "ed25519" },
	{ WARD_KEY_RSA_2048, "rsa_pss_rsae_sha256" },
};

/* How the handshake goes: whole, with a retry, with a cookie, in pieces. */
struct manner {
	const char *name;
	size_t key_shares;
	bool cookie;
	size_t chunk;
	bool mutual;
};

static const struct manner manners[] = {
	{ "every suite, group and key: the share at once", 3, false, 0, false },
	{ "every suite, group and key: a retry", 0, false, 0, false },
	{ "every suite, group and key: a cookie", 1, true, 0, false },
	{ "every suite, group and key: a retry and a cookie", 0, true, 0, false },
	{ "every suite, group and key: byte by byte", 1, false, 1, false },
	{ "every suite, group and key: a retry in pieces of 7", 0, true, 7, false },
	{ "every suite, group and key: both have certificates", 1, false, 0, true },
};

static void run_one(const struct manner *m, size_t s, size_t g, size_t k)
{
	struct configs c = { test_client_config(), server_with(keys[k].kind) };
	struct pair *p;

	if (!kex_supported(groups[g].id)) { /* hybrids, without ML-KEM */
		configs_free(&c);
		return;
	}
	allow(ward_config_set_groups(c.server, &groups[g].id, 1, &ignored));
	allow(ward_config_set_suites(c.client, &suites[s].id, 1, &ignored));
	allow(ward_config_set_groups(c.client, &groups[g].id, 1, &ignored));
	allow(ward_config_set_key_shares(c.client, m->key_shares, &ignored));
	allow(ward_config_set_cookie(c.server, m->cookie, &ignored));
	if (m->mutual) {
		allow(ward_config_set_trust(c.server, test_trust(), &ignored));
		allow(ward_config_set_verify(c.server, WARD_VERIFY_REQUIRED, &ignored));
		config_add(c.client, credential_client(keys[k].kind));
	}
	p = pair_of(&c);
	p->client.chunk = m->chunk;
	p->server.chunk = m->chunk;
	run_pair(p);
	for (int side = 0; side < 2; side++) {
		struct ward_conn *conn = side == 0 ? p->client.conn : p->server.conn;

		assert_string_equal(ward_conn_version(conn), "TLSv1.3");
		assert_string_equal(ward_conn_cipher(conn), suites[s].name);
		assert_string_equal(ward_conn_group(conn), groups[g].name);
		assert_string_equal(ward_conn_signature(conn), keys[k].scheme);
		assert_string_equal(ward_conn_server_name(conn), "server.example");
		assert_int_equal(ward_conn_used_retry(conn), m->key_shares == 0 || m->cookie);
		assert_null(ward_conn_alpn(conn));
		assert_null(ward_conn_error(conn));
	}
	assert_non_null(ward_conn_peer_cert(p->client.conn));
	assert_int_equal(ward_conn_peer_cert(p->server.conn) != NULL, m->mutual);
	pair_free(p);
	configs_free(&c);
}

static void test_all(void **state)
{
	const struct manner *m = *state;

	for (size_t s = 0; s < 3; s++)
		for (size_t g = 0; g < 3; g++)
			for (size_t k = 0; k < 4; k++)
				run_one(m, s, g, k);
}

/* ---- preferences ---- */

static void test_server_prefers(void **state)
{
	static const uint16_t client_suites[] = { 0x1301, 0x1302, 0x1303 };
	static const uint16_t server_suites[] = { 0x1303, 0x1301 };
	struct configs c = configs_make();
	struct pair *p;

	(void)state;
	allow(ward_config_set_suites(c.client, client_suites, 3, &ignored));
	allow(ward_config_set_suites(c.server, server_suites, 2, &ignored));
	p = pair_of(&c);
	run_pair(p);
	assert_string_equal(ward_conn_cipher(p->client.conn), "TLS_CHACHA20_POLY1305_SHA256");
	pair_free(p);
	configs_free(&c);
}

/* A share that is there is worth more than a group that is liked better: it saves a round trip. */
static void test_share_beats_preference(void **state)
{
	static const uint16_t client_groups[] = { 0x0017, 0x001d };
	struct configs c = configs_make();
	struct pair *p;

	(void)state;
	allow(ward_config_set_groups(c.client, client_groups, 2, &ignored));
	p = pair_of(&c);
	run_pair(p);
	assert_string_equal(ward_conn_group(p->client.conn), "secp256r1");
	assert_false(ward_conn_used_retry(p->client.conn));
	pair_free(p);
	configs_free(&c);
}

static void test_retry_for_group(void **state)
{
	static const uint16_t client_groups[] = { 0x001d, 0x0018 };
	static const uint16_t server_groups[] = { 0x0018 };
	struct configs c = configs_make();
	struct pair *p;

	(void)state;
	allow(ward_config_set_groups(c.client, client_groups, 2, &ignored));
	allow(ward_config_set_groups(c.server, server_groups, 1, &ignored));
	p = pair_of(&c);
	run_pair(p);
	assert_string_equal(ward_conn_group(p->server.conn), "secp384r1");
	assert_true(ward_conn_used_retry(p->server.conn));
	pair_free(p);
	configs_free(&c);
}

static void test_nothing_common(void **state)
{
	static const uint16_t p256 = 0x0017, x25519 = 0x001d, aes = 0x1301, chacha = 0x1303;
	static const uint16_t ed25519 = 0x0807;
	struct configs c = configs_make();

	(void)state;
	allow(ward_config_set_groups(c.client, &p256, 1, &ignored));
	allow(ward_config_set_groups(c.server, &x25519, 1, &ignored));
	expect_failure(&c, NULL, WARD_E_ALERT_RECEIVED, WARD_E_NO_COMMON_GROUP);
	configs_free(&c);
	c = configs_make();
	allow(ward_config_set_suites(c.client, &aes, 1, &ignored));
	allow(ward_config_set_suites(c.server, &chacha, 1, &ignored));
	expect_failure(&c, NULL, WARD_E_ALERT_RECEIVED, WARD_E_NO_COMMON_SUITE);
	configs_free(&c);
	c = configs_make();
	allow(ward_config_set_signatures(c.client, &ed25519, 1, &ignored));
	expect_failure(&c, NULL, WARD_E_ALERT_RECEIVED, WARD_E_NO_COMMON_SIGNATURE);
	configs_free(&c);
}

/* ---- names, and several identities ---- */

static void test_identity_by_name(void **state)
{
	static const char *const first[] = { "first.example", NULL };
	static const char *const second[] = { "second.example", "*.wild.example", NULL };
	static const struct {
		const char *asked, *common_name;
	} rows[] = { { "first.example", "first.example" },
		     { "second.example", "second.example" },
		     { "SECOND.example", "second.example" },
		     { "a.wild.example", "second.example" },
		     { "other.example", "first.example" } };
	struct credential a, b;
	struct configs c = { test_client_config(), ward_config_new_server(&ignored) };

	(void)state;
	credential_make(&a, WARD_KEY_P256, WARD_PROFILE_SERVER, first);
	credential_make(&b, WARD_KEY_P256, WARD_PROFILE_SERVER, second);
	config_add(c.server, &a);
	config_add(c.server, &b);
	allow(ward_config_insecure_no_hostname(c.client, &ignored));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pair *p = pair_new(c.client, c.server, rows[i].asked);
		char cn[128];

		run_pair(p);
		ward_cert_common_name(ward_conn_peer_cert(p->client.conn), cn, sizeof(cn));
		assert_string_equal(cn, rows[i].common_name);
		pair_free(p);
	}
	configs_free(&c);
	c = (struct configs){ test_client_config(), ward_config_new_server(&ignored) };
	config_add(c.server, &a);
	allow(ward_config_set_strict_names(c.server, true, &ignored));
	expect_failure(&c, "other.example", WARD_E_ALERT_RECEIVED, WARD_E_UNKNOWN_NAME);
	configs_free(&c);
	credential_clear(&a);
	credential_clear(&b);
}

/* The same name under two keys: the client's signature_algorithms decide. */
static void test_identity_by_signature(void **state)
{
	static const uint16_t pss = 0x0804, ecdsa = 0x0403;
	static const struct {
		const uint16_t *offered;
		const char *key;
	} rows[] = { { &pss, "RSA" }, { &ecdsa, "P-256" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint16_t schemes[2] = { *rows[i].offered, ecdsa };
		struct configs c = { test_client_config(), server_with(WARD_KEY_RSA_2048) };
		struct pair *p;

		config_add(c.server, credential_server(WARD_KEY_P256));
		/* The test's CA signs with ECDSA; the handshake scheme alone is what differs. */
		allow(ward_config_set_signatures(c.client, schemes, 1, &ignored));
		p = pair_of(&c);
		run_pair(p);
		assert_string_equal(ward_cert_key_type(ward_conn_peer_cert(p->client.conn)),
				    rows[i].key);
		pair_free(p);
		configs_free(&c);
	}
}

/* An RSA key of 1024 bits has no room for RSA-PSS with SHA-512, and is not chosen for it. */
static const char short_rsa[] = "-----BEGIN RSA PRIVATE KEY-----\n"
				"MIICXAIBAAKBgQCb0MUTJtzzKB2tTV1zkrY5me9NKg2zpSK93nebsa3dsuPVakQc\n"
				"e71eHcZ1mvK6WSzCFt6iWCikCeq+ufgXM418pABNYOnk/U71nReWtVgpuQ6UEnZZ\n"
				"wEN6nNRBMwYHrSGQ41RZGtORhJ8u0pj7q1nxg/Nf6J7thlwriGpbWrGirQIDAQAB\n"
				"AoGAO4pMNGROW/BBXt7ITgiK73neEpt2PuZkXy9qfyknKidYnk2MF2JFW3h/RKNg\n"
				"C0tWKhh5HIoZhY1wkU8Y+Syu7JBO1Ib0pRINCemeBg2BUSsFabyMJUxhgkTdCJ4M\n"
				"Cpjk/728VPm04/xmoCHR52s6xxmlbtqkrVd/tZBF2Ae5O/UCQQDI4ETfDLy0mYkP\n"
				"Bj1qBIb5mFBDLIgpMOyNxDqOby2cFdUfvIhYYkfWqelaXcSm3XyyJE1wEyZj/IRy\n"
				"sThF8u5XAkEAxpL0kMbSNENCrV6VIYDFY2H50fz/srSlKF7GSCGIY986kMwOEr2x\n"
				"fDWljkp5e3kcN7C02muT0OFIUr8yIgLMmwJBAJhQHUi3orqaFKfUxmqGBkZpbKqS\n"
				"sKfzFdsk6HWp7X6Fu3V2AjhqRSiK64r+wKb6GJwHFMSfcKOuDEve/tljK78CQFPw\n"
				"VM9KLBsJf4r3m0SRQV8UUFzyfEfXUqUxAtIE0rmc6A3DJAPKCdd+eeAfHSETfdkQ\n"
				"qjJWHSLDyCWqSo/T7RcCQAHwn9IsqJEG8PLmPtjyTHO36QcMY7ccggL1kt8phD6N\n"
				"IBVZkCLRlTFQyOjzM33pP4yqTP4q0NxzuQEmuUDgze0=\n"
				"-----END RSA PRIVATE KEY-----\n";

static void make_short_rsa(struct credential *c)
{
	static const char *const names[] = { "server.example", NULL };
	static struct ward_cert *cert;
	const struct ward_cert_spec spec = { .common_name = names[0],
					     .names = names,
					     .profile = WARD_PROFILE_SERVER,
					     .path_length = -1,
					     .not_before = TEST_NOW - 1,
					     .not_after = TEST_NOW + 86400 };

	c->key = ward_key_parse(short_rsa, sizeof(short_rsa) - 1, &ignored);
	assert_non_null(c->key);
	cert = ward_cert_make(&spec, c->key, test_ca_cert(), test_ca_key(), &ignored);
	assert_non_null(cert);
	c->chain = (struct ward_chain){ .certs = &cert, .count = 1 };
}

static void test_short_rsa(void **state)
{
	static const uint16_t versions[] = { WARD_TLS_1_2, WARD_TLS_1_3 };
	static const uint16_t schemes[][2] = { { 0x0806 }, { 0x0806, 0x0804 } };
	struct credential c;

	(void)state;
	make_short_rsa(&c);
	for (size_t i = 0; i < 4; i++) {
		struct configs pair = { ward_config_new(&ignored),
					ward_config_new_server(&ignored) };
		struct pair *p;
		bool two = i % 2 == 1;

		allow(ward_config_insecure_no_verify(pair.client, &ignored));
		allow(ward_config_set_versions(pair.client, versions[i / 2], versions[i / 2],
					       &ignored));
		allow(ward_config_set_signatures(pair.client, schemes[two], two ? 2 : 1, &ignored));
		config_add(pair.server, &c);
		p = pair_of(&pair);
		assert_int_equal(pair_handshake(p), two);
		if (two)
			assert_string_equal(ward_conn_signature(p->client.conn),
					    "rsa_pss_rsae_sha256");
		else
			assert_int_equal(p->server.err.reason, WARD_E_NO_COMMON_SIGNATURE);
		pair_free(p);
		configs_free(&pair);
	}
	ward_cert_free(c.chain.certs[0]);
	ward_key_free(c.key);
}

/* An IP literal is never sent as server_name (RFC 6066, 3), and is verified all the same. */
static void test_ip_literal(void **state)
{
	struct configs c = configs_make();
	struct pair *p = pair_new(c.client, c.server, "127.0.0.1");

	(void)state;
	run_pair(p);
	assert_null(ward_conn_server_name(p->server.conn));
	assert_string_equal(ward_conn_server_name(p->client.conn), "127.0.0.1");
	pair_free(p);
	expect_failure(&c, "127.0.0.2", WARD_E_CERT_NAME_MISMATCH, WARD_E_ALERT_RECEIVED);
	configs_free(&c);
}

/* ---- application protocols ---- */

static void test_alpn(void **state)
{
	static const char *const ours[] = { "h2", "http/1.1", NULL };
	static const char *const theirs[] = { "http/1.1", "h2", NULL };
	static const char *const other[] = { "mqtt", NULL };
	struct configs c = configs_make();
	struct pair *p;

	(void)state;
	allow(ward_config_set_alpn(c.client, ours, &ignored));
	allow(ward_config_set_alpn(c.server, theirs, &ignored));
	p = pair_of(&c);
	run_pair(p);
	assert_string_equal(ward_conn_alpn(p->client.conn), "http/1.1");
	assert_string_equal(ward_conn_alpn(p->server.conn), "http/1.1");
	pair_free(p);
	configs_free(&c);

	c = configs_make();
	allow(ward_config_set_alpn(c.client, ours, &ignored));
	p = pair_of(&c);
	run_pair(p);
	assert_null(ward_conn_alpn(p->client.conn));
	pair_free(p);
	configs_free(&c);

	c = configs_make();
	allow(ward_config_set_alpn(c.client, ours, &ignored));
	allow(ward_config_set_alpn(c.server, other, &ignored));
	expect_failure(&c, NULL, WARD_E_ALERT_RECEIVED, WARD_E_NO_COMMON_ALPN);
	configs_free(&c);
}

/* ---- client certificates ---- */

struct auth_row {
	const char *name;
	enum ward_verify_mode mode;
	bool has_cert;
	enum ward_reason server; /* E_NONE: connected */
};

static const struct auth_row auth_rows[] = {
	{ "not asked for: a client with one does not send it", WARD_VERIFY_NONE, true,
	  WARD_E_NONE },
	{ "optional: a client without one", WARD_VERIFY_OPTIONAL, false, WARD_E_NONE },
	{ "optional: a client with one", WARD_VERIFY_OPTIONAL, true, WARD_E_NONE },
	{ "required: a client with one", WARD_VERIFY_REQUIRED, true, WARD_E_NONE },
	{ "required: a client without one", WARD_VERIFY_REQUIRED, false,
	  WARD_E_CERTIFICATE_REQUIRED },
};

static void test_client_auth(void **state)
{
	const struct auth_row *row = *state;
	struct configs c = configs_make();
	struct pair *p;

	if (row->mode != WARD_VERIFY_NONE)
		allow(ward_config_set_trust(c.server, test_trust(), &ignored));
	allow(ward_config_set_verify(c.server, row->mode, &ignored));
	if (row->has_cert)
		config_add(c.client, credential_client(WARD_KEY_P256));
	p = pair_of(&c);
	if (row->server != WARD_E_NONE) {
		/* The client is done before the server has judged it, and learns of it later. */
		assert_false(pair_handshake(p));
		assert_int_equal(p->server.err.reason, row->server);
		assert_int_equal(p->client.err.reason, WARD_E_ALERT_RECEIVED);
		assert_int_equal(p->client.err.received_alert, ward_reason_alert(row->server));
	} else {
		run_pair(p);
		assert_int_equal(ward_conn_peer_cert(p->server.conn) != NULL,
				 row->has_cert && row->mode != WARD_VERIFY_NONE);
	}
	pair_free(p);
	configs_free(&c);
}

/* ---- what verification refuses ---- */

static void refuse_leaf(int64_t not_before, int64_t not_after, enum ward_profile profile,
			const char *host, enum ward_reason reason)
{
	static const char *const names[] = { "server.example", NULL };
	struct configs c = { test_client_config(), ward_config_new_server(&ignored) };
	struct credential leaf;
	struct pair *p;

	credential_make_at(&leaf, WARD_KEY_P256, profile, names, not_before, not_after);
	config_add(c.server, &leaf);
	expect_failure(&c, host, reason, WARD_E_ALERT_RECEIVED);
	configs_free(&c);

	/* "insecure" lets it pass, and says what is wrong. */
	c = (struct configs){ test_client_config(), ward_config_new_server(&ignored) };
	config_add(c.server, &leaf);
	allow(ward_config_insecure_no_verify(c.client, &ignored));
	p = pair_new(c.client, c.server, host);
	run_pair(p);
	assert_non_null(ward_conn_verify_error(p->client.conn));
	assert_int_equal(ward_conn_verify_error(p->client.conn)->reason, reason);
	pair_free(p);
	configs_free(&c);
	credential_clear(&leaf);
}

static void test_refused_leaves(void **state)
{
	const int64_t day = 86400;

	(void)state;
	refuse_leaf(TEST_NOW - 90 * day, TEST_NOW - 1, WARD_PROFILE_SERVER, NULL,
		    WARD_E_CERT_EXPIRED);
	refuse_leaf(TEST_NOW + 1, TEST_NOW + day, WARD_PROFILE_SERVER, NULL,
		    WARD_E_CERT_NOT_YET_VALID);
	refuse_leaf(TEST_NOW - day, TEST_NOW + day, WARD_PROFILE_SERVER, "other.example",
		    WARD_E_CERT_NAME_MISMATCH);
	refuse_leaf(TEST_NOW - day, TEST_NOW + day, WARD_PROFILE_CLIENT, NULL,
		    WARD_E_CERT_EXT_KEY_USAGE);
}

static void test_untrusted(void **state)
{
	struct configs c = { ward_config_new(&ignored), test_server_config() };
	struct ward_trust *empty = ward_trust_new();

	(void)state;
	allow(ward_config_set_trust(c.client, empty, &ignored));
	expect_failure(&c, NULL, WARD_E_CERT_UNKNOWN_ISSUER, WARD_E_ALERT_RECEIVED);
	ward_trust_free(empty);
	configs_free(&c);
	/* A client with no roots at all does not even begin. */
	c = (struct configs){ ward_config_new(&ignored), test_server_config() };
	assert_null(ward_conn_new(c.client, "server.example", TEST_NOW, &ignored));
	assert_int_equal(ignored.reason, WARD_E_NO_TRUST_STORE);
	ignored = (struct ward_error){ 0 };
	assert_null(ward_conn_new(c.client, NULL, TEST_NOW, &ignored));
	assert_int_equal(ignored.reason, WARD_E_BAD_ARGUMENT);
	ignored = (struct ward_error){ 0 };
	configs_free(&c);
}

/* Without random numbers nothing begins. */
static bool no_random(void *arg, uint8_t *out, size_t len)
{
	(void)arg;
	(void)out;
	(void)len;
	return false;
}

static void test_no_random(void **state)
{
	struct configs c = configs_make();

	(void)state;
	allow(ward_config_insecure_set_random(c.client, no_random, NULL, &ignored));
	assert_null(ward_conn_new(c.client, "server.example", TEST_NOW, &ignored));
	assert_int_equal(ignored.reason, WARD_E_RANDOM_FAILED);
	ignored = (struct ward_error){ 0 };
	configs_free(&c);
	c = configs_make();
	allow(ward_config_insecure_set_random(c.server, no_random, NULL, &ignored));
	expect_failure(&c, NULL, WARD_E_ALERT_RECEIVED, WARD_E_RANDOM_FAILED);
	configs_free(&c);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, manners, test_all);
	table_add(&t, "the server's order of suites counts", test_server_prefers, NULL);
	table_add(&t, "a share beats a preference", test_share_beats_preference, NULL);
	table_add(&t, "a retry for a group without a share", test_retry_for_group, NULL);
	table_add(&t, "nothing in common", test_nothing_common, NULL);
	table_add(&t, "an identity is chosen by name", test_identity_by_name, NULL);
	table_add(&t, "an identity is chosen by signature", test_identity_by_signature, NULL);
	table_add(&t, "an RSA key that is too short for a scheme", test_short_rsa, NULL);
	table_add(&t, "an address instead of a name", test_ip_literal, NULL);
	table_add(&t, "application protocols", test_alpn, NULL);
	TABLE_ADD(&t, auth_rows, test_client_auth);
	table_add(&t, "leaves that are refused", test_refused_leaves, NULL);
	table_add(&t, "roots that are not there", test_untrusted, NULL);
	table_add(&t, "no random numbers", test_no_random, NULL);
	failed = table_run(&t, "handshake");
	credentials_cleanup();
	return failed;
}
