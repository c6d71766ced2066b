/*
 * Which clients a server lets in (src/tls/admission.c), in both versions: rules, the reason and the
 * alert of a refusal, the same when a session is resumed, and which certificate a client shows.
 */
#include <ward/mutual.h>

#include "support/configs.h"
#include "support/table.h"
#include "tls/conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int versions[] = { WARD_TLS_1_2, WARD_TLS_1_3 };

/* ---- rules ---- */

static const struct rule_row {
	const char *name;
	enum ward_verify_mode mode;
	bool certificate; /* the client has one, for client.example */
	const char *rules[3];
	enum ward_reason reason; /* the server's */
} rule_rows[] = {
	{ "no rules: any client of the CA", WARD_VERIFY_REQUIRED, true, { NULL }, WARD_E_NONE },
	{ "a rule that fits", WARD_VERIFY_REQUIRED, true, { "dns:client.example" }, WARD_E_NONE },
	{ "the commonName", WARD_VERIFY_REQUIRED, true, { "cn:client.example" }, WARD_E_NONE },
	{ "the second of two rules",
	  WARD_VERIFY_REQUIRED,
	  true,
	  { "uri:spiffe://prod/web", "dns:client.example" },
	  WARD_E_NONE },
	{ "a rule that does not fit",
	  WARD_VERIFY_REQUIRED,
	  true,
	  { "dns:other.example" },
	  WARD_E_CLIENT_NOT_ALLOWED },
	{ "two rules that do not fit",
	  WARD_VERIFY_REQUIRED,
	  true,
	  { "dns:other.example", "cn:other" },
	  WARD_E_CLIENT_NOT_ALLOWED },
	{ "a rule that does not fit, where a certificate is optional",
	  WARD_VERIFY_OPTIONAL,
	  true,
	  { "dns:other.example" },
	  WARD_E_CLIENT_NOT_ALLOWED },
	{ "no certificate, where one is optional",
	  WARD_VERIFY_OPTIONAL,
	  false,
	  { "dns:client.example" },
	  WARD_E_NONE },
	{ "no certificate, where one is required",
	  WARD_VERIFY_REQUIRED,
	  false,
	  { "dns:client.example" },
	  WARD_E_CERTIFICATE_REQUIRED },
};

static void allow_rules(struct ward_config *server, const char *const *rules)
{
	for (size_t i = 0; rules[i] != NULL; i++)
		allow(ward_config_allow_client(server, rules[i], &ignored));
}

/* The alert that the client gets; TLS 1.2 has no certificate_required. */
static int alert_of(enum ward_reason reason, int version)
{
	if (reason == WARD_E_CERTIFICATE_REQUIRED && version == WARD_TLS_1_2)
		return 40;
	return ward_reason_alert(reason);
}

static void expect(struct pair *p, enum ward_reason reason, int version)
{
	bool good = pair_handshake(p);

	assert_int_equal(good, reason == WARD_E_NONE);
	if (good) {
		assert_true(pair_send(p, true, "x", 1));
		return;
	}
	assert_int_equal(ward_conn_error(p->server.conn)->reason, reason);
	assert_int_equal(p->client.err.reason, WARD_E_ALERT_RECEIVED);
	assert_int_equal(p->client.err.received_alert, alert_of(reason, version));
	assert_false(ward_conn_is_connected(p->server.conn));
}

static void try_rules(const struct rule_row *row, int version)
{
	struct configs c = configs_make();
	struct pair *p;

	configs_set_version(&c, version);
	config_ask(c.server, row->mode);
	allow_rules(c.server, row->rules);
	if (row->certificate)
		config_add(c.client, credential_client(WARD_KEY_P256));
	p = pair_of(&c);
	expect(p, row->reason, version);
	if (row->reason == WARD_E_CLIENT_NOT_ALLOWED)
		assert_string_equal(ward_conn_error(p->server.conn)->detail,
				    "it is dns:client.example, cn:client.example");
	pair_free(p);
	configs_free(&c);
}

static void test_rules(void **state)
{
	for (size_t i = 0; i < 2; i++)
		try_rules(*state, versions[i]);
}

/* Whoever has copied a certificate does not learn whether it would be let in. */
static void test_proof_comes_first(void **state)
{
	struct configs c = configs_make();
	struct credential stolen = { credential_client(WARD_KEY_P384)->key,
				     credential_client(WARD_KEY_P256)->chain };
	struct pair *p;

	(void)state;
	configs_set_version(&c, WARD_TLS_1_3);
	config_ask(c.server, WARD_VERIFY_REQUIRED);
	allow(ward_config_allow_client(c.server, "dns:other.example", &ignored));
	allow(ward_config_add_identity_external(c.client, &stolen.chain, &ignored));
	p = pair_of(&c);
	assert_true(pair_pump(p));
	assert_int_equal(ward_conn_wants(p->client.conn) & WARD_WANT_KEY, WARD_WANT_KEY);
	allow(ward_conn_key_done(p->client.conn, "no signature", 12, &ignored));
	assert_false(pair_pump(p));
	assert_int_equal(ward_conn_error(p->server.conn)->reason, WARD_E_CERTIFICATE_VERIFY_WRONG);
	pair_free(p);
	configs_free(&c);
}

/* ---- the same when a session is resumed ---- */

static struct ward_config *server_with_rule(struct ward_ticket_keys *keys, const char *rule)
{
	struct ward_config *config = test_server_config();

	config_ask(config, WARD_VERIFY_REQUIRED);
	allow(ward_config_set_ticket_keys(config, keys, &ignored));
	allow(ward_config_allow_client(config, rule, &ignored));
	return config;
}

static void resume_as(int version)
{
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = NULL;
	struct ward_conn_options options = { .ticket = NULL };
	struct configs c = { test_client_config(), server_with_rule(keys, "dns:client.example") };
	struct ward_config *same = server_with_rule(keys, "cn:client.example");
	struct ward_config *other = server_with_rule(keys, "dns:other.example");
	struct pair *p;

	allow(ward_config_set_versions(c.client, version, version, &ignored));
	config_add(c.client, credential_client(WARD_KEY_P256));
	allow(ward_config_set_ticket_callback(c.client, keep_ticket, &ticket, &ignored));
	p = pair_of(&c);
	expect(p, WARD_E_NONE, version);
	pair_free(p);
	assert_non_null(ticket);
	options.ticket = ticket;

	p = pair_new_at(c.client, same, NULL, TEST_NOW, &options);
	expect(p, WARD_E_NONE, version);
	assert_true(ward_conn_resumed(p->server.conn));
	assert_non_null(ward_conn_peer_cert(p->server.conn));
	pair_free(p);

	/* The rule is gone: the ticket is passed over, and the whole handshake says why. */
	p = pair_new_at(c.client, other, NULL, TEST_NOW, &options);
	expect(p, WARD_E_CLIENT_NOT_ALLOWED, version);
	assert_false(ward_conn_resumed(p->server.conn));
	pair_free(p);

	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
	ward_config_free(same);
	ward_config_free(other);
	configs_free(&c);
}

static void test_resumed(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		resume_as(versions[i]);
}

/* ---- setting up ---- */

static void test_setters(void **state)
{
	struct configs c = configs_make();
	struct ward_error err = ERROR_NONE;
	char rule[32];

	(void)state;
	assert_false(ward_config_allow_client(c.client, "dns:a.example", &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = ERROR_NONE;
	assert_false(ward_config_allow_client(c.server, "dns:", &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = ERROR_NONE;
	assert_false(ward_config_set_ca_names(c.client, NULL, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	for (int i = 0; i < CONFIG_RULES_MAX; i++) {
		snprintf(rule, sizeof(rule), "cn:%d", i);
		allow(ward_config_allow_client(c.server, rule, &ignored));
	}
	err = ERROR_NONE;
	assert_false(ward_config_allow_client(c.server, "cn:x", &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	/* Rules without a certificate that they could be about would let everyone in. */
	err = ERROR_NONE;
	assert_null(ward_conn_new(c.server, NULL, TEST_NOW, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	configs_free(&c);
}

/* ---- names of CAs, and which certificate a client shows ---- */

/* A CA of its own, and a leaf that it has signed. */
struct other_ca {
	struct ward_key *key;
	struct ward_cert *cert;
	struct credential leaf;
};

static struct ward_cert *signed_cert(const char *name, enum ward_profile profile,
				     struct ward_key *key, const struct other_ca *ca, int64_t end)
{
	struct ward_cert_spec spec = { .common_name = name,
				       .profile = profile,
				       .path_length = -1,
				       .not_before = TEST_NOW - 86400 * 90,
				       .not_after = end };
	const char *const names[] = { name, NULL };
	struct ward_cert *cert;

	if (profile != WARD_PROFILE_CA)
		spec.names = names;
	cert = ward_cert_make(&spec, key, ca == NULL ? NULL : ca->cert, ca == NULL ? NULL : ca->key,
			      &ignored);
	assert_non_null(cert);
	return cert;
}

static void other_ca_make(struct other_ca *ca, enum ward_key_kind kind, int64_t end)
{
	*ca = (struct other_ca){ .key = ward_key_generate(WARD_KEY_P256, &ignored) };
	ca->cert = signed_cert("another CA", WARD_PROFILE_CA, ca->key, NULL, TEST_NOW + 86400);
	ca->leaf.key = ward_key_generate(kind, &ignored);
	ca->leaf.chain.certs = calloc(1, sizeof(ca->leaf.chain.certs[0]));
	assert_non_null(ca->leaf.chain.certs);
	ca->leaf.chain.certs[0] =
		signed_cert("other.example", WARD_PROFILE_CLIENT, ca->leaf.key, ca, end);
	ca->leaf.chain.count = 1;
}

static void other_ca_clear(struct other_ca *ca)
{
	credential_clear(&ca->leaf);
	ward_cert_free(ca->cert);
	ward_key_free(ca->key);
}

static void shown(const struct configs *c, const char *expected)
{
	struct pair *p = pair_of(c);
	char name[64] = "";

	if (!pair_handshake(p))
		fail_msg("client: %d, server: %d", p->client.err.reason, p->server.err.reason);
	if (ward_conn_peer_cert(p->server.conn) != NULL)
		ward_cert_common_name(ward_conn_peer_cert(p->server.conn), name, sizeof(name));
	assert_string_equal(name, expected);
	pair_free(p);
}

/* The certificate of the other CA is the first: only what the server says makes it not be shown. */
static struct configs two_identities(const struct other_ca *ca, int version)
{
	struct configs c = configs_make();

	configs_set_version(&c, version);
	config_add(c.client, &ca->leaf);
	config_add(c.client, credential_client(WARD_KEY_P256));
	config_ask(c.server, WARD_VERIFY_OPTIONAL);
	return c;
}

static void test_by_ca(void **state)
{
	struct other_ca ca;

	(void)state;
	other_ca_make(&ca, WARD_KEY_P256, TEST_NOW + 86400);
	for (size_t i = 0; i < 2; i++) {
		struct configs c = two_identities(&ca, versions[i]);

		shown(&c, "client.example");
		configs_free(&c);
	}
	other_ca_clear(&ca);
}

/* A server that names no CA gets the first, and says that it does not know its issuer. */
static void test_no_hints(void **state)
{
	struct other_ca ca;

	(void)state;
	other_ca_make(&ca, WARD_KEY_P256, TEST_NOW + 86400);
	for (size_t i = 0; i < 2; i++) {
		struct configs c = two_identities(&ca, versions[i]);
		struct pair *p;

		allow(ward_config_set_ca_names(c.server, NULL, &ignored));
		p = pair_of(&c);
		expect(p, WARD_E_CERT_UNKNOWN_ISSUER, versions[i]);
		pair_free(p);
		configs_free(&c);
	}
	other_ca_clear(&ca);
}

/* The names may be others than those of the roots: of intermediates, say. */
static void test_own_hints(void **state)
{
	struct other_ca ca;

	(void)state;
	other_ca_make(&ca, WARD_KEY_P256, TEST_NOW + 86400);
	for (size_t i = 0; i < 2; i++) {
		struct configs c = two_identities(&ca, versions[i]);
		struct ward_trust *both = ward_trust_new();
		struct ward_chain told = { &ca.cert, 1 };

		allow(ward_trust_add(both, ca.cert, &ignored));
		allow(ward_trust_add(both, test_ca_cert(), &ignored));
		allow(ward_config_set_trust(c.server, both, &ignored));
		ward_trust_free(both);
		allow(ward_config_set_ca_names(c.server, &told, &ignored));
		shown(&c, "other.example");
		configs_free(&c);
	}
	other_ca_clear(&ca);
}

/* One that has expired is shown only if there is no other. */
static void test_by_time(void **state)
{
	static const char *const name[] = { "expired.example", NULL };
	struct credential old;

	(void)state;
	credential_make_at(&old, WARD_KEY_P256, WARD_PROFILE_CLIENT, name, TEST_NOW - 86400 * 9,
			   TEST_NOW - 86400);
	for (size_t i = 0; i < 2; i++) {
		struct configs c = configs_make();

		configs_set_version(&c, versions[i]);
		config_add(c.client, &old);
		config_add(c.client, credential_client(WARD_KEY_P256));
		config_ask(c.server, WARD_VERIFY_REQUIRED);
		shown(&c, "client.example");
		configs_free(&c);
	}
	credential_clear(&old);
}

/* What the server can verify comes before what it has named. */
static void test_by_scheme(void **state)
{
	static const uint16_t ecdsa = 0x0403;
	struct other_ca ca;

	(void)state;
	other_ca_make(&ca, WARD_KEY_ED25519, TEST_NOW + 86400);
	for (size_t i = 0; i < 2; i++) {
		struct configs c = two_identities(&ca, versions[i]);
		struct ward_chain told = { &ca.cert, 1 };

		allow(ward_config_set_ca_names(c.server, &told, &ignored));
		allow(ward_config_set_signatures(c.server, &ecdsa, 1, &ignored));
		shown(&c, "client.example");
		configs_free(&c);
	}
	other_ca_clear(&ca);
}

/* No key of the client's fits: it shows nothing rather than fail. */
static void test_none_fits(void **state)
{
	static const uint16_t ecdsa = 0x0403;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct configs c = configs_make();

		configs_set_version(&c, versions[i]);
		config_add(c.client, credential_client(WARD_KEY_ED25519));
		config_ask(c.server, WARD_VERIFY_OPTIONAL);
		allow(ward_config_set_signatures(c.server, &ecdsa, 1, &ignored));
		shown(&c, "");
		configs_free(&c);
	}
}

static void test_too_many_names(void **state)
{
	struct configs c = configs_make();
	struct ward_error err = ERROR_NONE;
	struct ward_cert *certs[CA_NAMES_MAX_LEN / 16];
	struct ward_chain many = { certs, CA_NAMES_MAX_LEN / 16 };
	uint8_t room[CA_NAMES_MAX_LEN];

	(void)state;
	for (size_t i = 0; i < many.count; i++)
		certs[i] = test_ca_cert();
	assert_false(ward_config_set_ca_names(c.server, &many, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	/* Without any trust there is nothing to name. */
	assert_int_equal(config_ca_names(c.server, room).len, 0);
	configs_free(&c);
}

/* A store of many roots, as the system's, is told to nobody. */
static void test_many_roots(void **state)
{
	struct configs c = configs_make();
	struct ward_trust *trust = ward_trust_new();
	uint8_t room[CA_NAMES_MAX_LEN];

	(void)state;
	for (int i = 0; i <= CA_NAMES_OF_TRUST; i++) {
		char name[32];
		struct ward_cert *cert;

		snprintf(name, sizeof(name), "root %d", i);
		cert = signed_cert(name, WARD_PROFILE_CA, test_ca_key(), NULL, TEST_NOW + 86400);
		allow(ward_trust_add(trust, cert, &ignored));
		ward_cert_free(cert);
		if (i == 0) {
			allow(ward_config_set_trust(c.server, trust, &ignored));
			assert_true(ca_names_have(config_ca_names(c.server, room),
						  SPAN_LITERAL("0\x11"
							       "1\x0f"
							       "0\x0d\x06\x03\x55\x04\x03\x0c\x06"
							       "root 0")));
		}
	}
	assert_int_equal(config_ca_names(c.server, room).len, 0);
	ward_trust_free(trust);
	configs_free(&c);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rule_rows, test_rules);
	table_add(&t, "the proof of the key comes before the rules", test_proof_comes_first, NULL);
	table_add(&t, "a resumed session obeys the rules of now", test_resumed, NULL);
	table_add(&t, "what setters refuse", test_setters, NULL);
	table_add(&t, "a client shows the certificate of a CA that is named", test_by_ca, NULL);
	table_add(&t, "without names it shows its first", test_no_hints, NULL);
	table_add(&t, "other names than those of the roots", test_own_hints, NULL);
	table_add(&t, "a client does not show what has expired", test_by_time, NULL);
	table_add(&t, "a client shows what the server can verify", test_by_scheme, NULL);
	table_add(&t, "a client without a key that fits shows nothing", test_none_fits, NULL);
	table_add(&t, "names that take too much room", test_too_many_names, NULL);
	table_add(&t, "many roots are not named", test_many_roots, NULL);
	failed = table_run(&t, "admission");
	credentials_cleanup();
	return failed;
}
