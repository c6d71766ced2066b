/*
 * What connections ask of a peer's certificate beyond its chain: lists of revoked certificates,
 * required proof, pins; in both versions, by clients and by servers, and what is remembered of it.
 */
#include <ward/resume.h>
#include <ward/status.h>

#include "support/pair.h"
#include "support/table.h"
#include "tls/conn.h"

static struct ward_error ignored;

enum { DAY = 86400 };

static void allow(bool ok)
{
	assert_true(ok);
}

/* ---- what is asked ---- */

enum list { NO_LIST, EMPTY_LIST, NAMES_LEAF, HAS_EXPIRED };
enum pin { NO_PIN, PIN_OF_LEAF, PIN_OF_CA, PIN_OF_NOBODY, PINS_OF_NOBODY_AND_LEAF };

struct row {
	const char *name;
	enum ward_reason reason;
	int alert;
	enum list list;
	enum ward_revocation mode;
	enum pin pin;
};

static const struct row rows[] = {
	{ "a list that names nobody", WARD_E_NONE, -1, EMPTY_LIST },
	{ "a list that names the peer", WARD_E_CERT_REVOKED, 44, NAMES_LEAF },
	{ "a list that has expired", WARD_E_CRL_EXPIRED, 46, HAS_EXPIRED },
	{ "proof by a list", WARD_E_NONE, -1, EMPTY_LIST, WARD_REVOCATION_REQUIRE_LEAF },
	{ "no proof of the leaf", WARD_E_REVOCATION_UNKNOWN, 46, NO_LIST,
	  WARD_REVOCATION_REQUIRE_LEAF },
	{ "no proof of the chain", WARD_E_REVOCATION_UNKNOWN, 46, NO_LIST,
	  WARD_REVOCATION_REQUIRE_CHAIN },
	{ "the pin of the leaf", WARD_E_NONE, -1, .pin = PIN_OF_LEAF },
	{ "the pin of the root", WARD_E_NONE, -1, .pin = PIN_OF_CA },
	{ "one pin of two", WARD_E_NONE, -1, .pin = PINS_OF_NOBODY_AND_LEAF },
	{ "the pin of nobody", WARD_E_PIN_MISMATCH, 46, .pin = PIN_OF_NOBODY },
};

static struct ward_crl *make_list(const struct ward_cert *revoked, int64_t from, int64_t to)
{
	struct ward_revoked entry = { .time = TEST_NOW - DAY, .invalid = WARD_NO_TIME };
	struct ward_crl_spec spec = { &entry, 1, from, to, 1 };
	struct ward_crl *crl;
	char digits[64] = "00";

	if (revoked == NULL) {
		spec.revoked_count = 0;
	} else {
		struct span serial;

		/* The sign byte is not shown. */
		ward_cert_serial(revoked, digits + 2, sizeof(digits) - 2);
		serial = table_hex(digits[2] >= '8' ? digits : digits + 2);
		entry.serial = serial.data;
		entry.serial_len = serial.len;
	}
	crl = ward_crl_make(&spec, test_ca_cert(), test_ca_key(), &ignored);
	assert_non_null(crl);
	return crl;
}

static void add_list(struct ward_config *config, enum list list, const struct ward_cert *leaf)
{
	int64_t next = list == HAS_EXPIRED ? TEST_NOW - 2 * 60 : TEST_NOW + DAY;
	struct ward_crl *crl;

	if (list == NO_LIST)
		return;
	crl = make_list(list == NAMES_LEAF ? leaf : NULL, TEST_NOW - DAY, next);
	allow(ward_config_add_crl(config, crl, &ignored));
	ward_crl_free(crl);
}

static void add_pins(struct ward_config *config, enum pin pin, const struct ward_cert *leaf)
{
	struct ward_pin nobody = { { 1 } }, one;

	if (pin == PIN_OF_NOBODY || pin == PINS_OF_NOBODY_AND_LEAF)
		allow(ward_config_add_pin(config, &nobody, &ignored));
	if (pin == NO_PIN || pin == PIN_OF_NOBODY)
		return;
	ward_cert_spki_hash(pin == PIN_OF_CA ? test_ca_cert() : leaf, one.sha256);
	allow(ward_config_add_pin(config, &one, &ignored));
}

struct configs {
	struct ward_config *client, *server;
};

static struct configs make_configs(int version)
{
	const struct credential *c = credential_client(WARD_KEY_P256);
	struct configs all = { test_client_config(), test_server_config() };

	allow(ward_config_set_versions(all.client, version, version, &ignored));
	allow(ward_config_set_trust(all.server, test_trust(), &ignored));
	allow(ward_config_set_verify(all.server, WARD_VERIFY_REQUIRED, &ignored));
	allow(ward_config_add_identity(all.client, &c->chain, c->key, &ignored));
	return all;
}

static void free_configs(const struct configs *c)
{
	ward_config_free(c->client);
	ward_config_free(c->server);
}

static void judge(const struct row *row, int version, bool by_server)
{
	struct configs c = make_configs(version);
	struct ward_config *judging = by_server ? c.server : c.client;
	const struct ward_cert *leaf =
		(by_server ? credential_client(WARD_KEY_P256) : credential_server(WARD_KEY_P256))
			->chain.certs[0];
	struct pipe_end *judge, *judged;
	struct pair *p;

	add_list(judging, row->list, leaf);
	add_pins(judging, row->pin, leaf);
	allow(ward_config_set_revocation(judging, row->mode, &ignored));
	p = pair_new(c.client, c.server, NULL);
	judge = by_server ? &p->server : &p->client;
	judged = by_server ? &p->client : &p->server;
	assert_int_equal(pair_handshake(p), row->reason == WARD_E_NONE);
	assert_string_equal(ward_reason_name(judge->err.reason), ward_reason_name(row->reason));
	if (row->reason != WARD_E_NONE)
		assert_int_equal(judged->err.received_alert, row->alert);
	pair_free(p);
	free_configs(&c);
}

static void test_row(void **state)
{
	judge(*state, WARD_TLS_1_3, false);
	judge(*state, WARD_TLS_1_3, true);
	judge(*state, WARD_TLS_1_2, false);
	judge(*state, WARD_TLS_1_2, true);
}

/* ---- what is remembered ---- */

static enum ward_reason connect_at(const struct configs *c, int64_t now)
{
	struct pair *p = pair_new_at(c->client, c->server, NULL, now, NULL);
	enum ward_reason reason;

	(void)pair_handshake(p);
	reason = p->client.err.reason;
	assert_int_equal(reason == WARD_E_NONE, ward_conn_is_connected(p->client.conn));
	pair_free(p);
	return reason;
}

/* A chain that was found good is judged again when a list begins or ceases to count. */
static void test_remembered(void **state)
{
	struct configs c = make_configs(WARD_TLS_1_3);
	struct ward_cert *leaf = credential_server(WARD_KEY_P256)->chain.certs[0];
	struct ward_crl *now = make_list(NULL, TEST_NOW - 3600, TEST_NOW + DAY);
	struct ward_crl *later = make_list(leaf, TEST_NOW + 600, TEST_NOW + DAY);

	(void)state;
	allow(ward_config_set_resumption(c.client, false, &ignored));
	allow(ward_config_add_crl(c.client, now, &ignored));
	allow(ward_config_add_crl(c.client, later, &ignored));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(connect_at(&c, TEST_NOW), WARD_E_NONE);
		assert_int_equal(connect_at(&c, TEST_NOW + 700), WARD_E_CERT_REVOKED);
		assert_int_equal(connect_at(&c, TEST_NOW + DAY + 120), WARD_E_CRL_EXPIRED);
		assert_int_equal(connect_at(&c, TEST_NOW - 3600 - 120), WARD_E_CRL_NOT_YET_VALID);
	}
	ward_crl_free(now);
	ward_crl_free(later);
	free_configs(&c);
}

static void take_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	(void)conn;
	ward_ticket_free(*kept);
	*kept = ward_ticket_ref(ticket);
}

/* Resumption does not inherit a verdict: neither a list nor a pin is got around. */
static void test_resumed(void **state)
{
	struct configs first = make_configs(WARD_TLS_1_3), second = make_configs(WARD_TLS_1_3);
	struct ward_cert *leaf = credential_server(WARD_KEY_P256)->chain.certs[0];
	struct ward_ticket *ticket = NULL;
	const struct row *row = *state;
	struct ward_conn_options options;
	struct pair *p;

	allow(ward_config_set_ticket_callback(first.client, take_ticket, &ticket, &ignored));
	assert_int_equal(connect_at(&first, TEST_NOW), WARD_E_NONE);
	assert_non_null(ticket);
	options = (struct ward_conn_options){ .ticket = ticket };
	add_list(second.client, row->list, leaf);
	add_pins(second.client, row->pin, leaf);
	p = pair_new_at(second.client, first.server, NULL, TEST_NOW, &options);
	assert_int_equal(pair_handshake(p), row->reason == WARD_E_NONE);
	assert_int_equal(p->client.err.reason, row->reason);
	assert_int_equal(ward_conn_resumed(p->client.conn), row->reason == WARD_E_NONE);
	pair_free(p);
	ward_ticket_free(ticket);
	free_configs(&first);
	free_configs(&second);
}

static const struct row resumed[] = {
	{ "resumed beside a list that names nobody", WARD_E_NONE, -1, EMPTY_LIST },
	{ "not resumed: a list names the peer", WARD_E_CERT_REVOKED, 44, NAMES_LEAF },
	{ "resumed with the pin of the leaf", WARD_E_NONE, -1, .pin = PIN_OF_LEAF },
	{ "not resumed: the pin of nobody", WARD_E_PIN_MISMATCH, 46, .pin = PIN_OF_NOBODY },
};

/* ---- setting it up ---- */

static void test_frozen(void **state)
{
	struct configs c = make_configs(WARD_TLS_1_3);
	struct ward_crl *crl = make_list(NULL, TEST_NOW, TEST_NOW + DAY);
	struct ward_pin pin = { { 0 } };
	struct ward_error err[3] = { ERROR_NONE, ERROR_NONE, ERROR_NONE };

	(void)state;
	assert_int_equal(connect_at(&c, TEST_NOW), WARD_E_NONE);
	assert_false(ward_config_add_crl(c.client, crl, &err[0]));
	assert_false(ward_config_add_pin(c.client, &pin, &err[1]));
	assert_false(ward_config_set_revocation(c.client, WARD_REVOCATION_GIVEN, &err[2]));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(err[i].reason, WARD_E_CONFIG_FROZEN);
	ward_crl_free(crl);
	free_configs(&c);
}

static void test_too_many(void **state)
{
	struct ward_config *config = test_client_config();
	struct ward_crl *crl = make_list(NULL, TEST_NOW, TEST_NOW + DAY);
	struct ward_error err[3] = { ERROR_NONE, ERROR_NONE, ERROR_NONE };
	struct ward_pin pin = { { 0 } };

	(void)state;
	for (int i = 0; i < WARD_CONFIG_CRLS_MAX; i++)
		allow(ward_config_add_crl(config, crl, &ignored));
	for (int i = 0; i < WARD_CONFIG_PINS_MAX; i++)
		allow(ward_config_add_pin(config, &pin, &ignored));
	assert_false(ward_config_add_crl(config, crl, &err[0]));
	assert_false(ward_config_add_pin(config, &pin, &err[1]));
	assert_false(ward_config_add_crl(config, NULL, &err[2]));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(err[i].reason, WARD_E_BAD_ARGUMENT);
	ward_crl_free(crl);
	ward_config_free(config);
}

/* With "insecure" the verdict is told and goes no further. */
static void test_insecure(void **state)
{
	struct configs c = make_configs(WARD_TLS_1_3);
	struct pair *p;

	(void)state;
	add_pins(c.client, PIN_OF_NOBODY, NULL);
	allow(ward_config_insecure_no_verify(c.client, &ignored));
	p = pair_new(c.client, c.server, NULL);
	assert_true(pair_handshake(p));
	assert_int_equal(ward_conn_verify_error(p->client.conn)->reason, WARD_E_PIN_MISMATCH);
	pair_free(p);
	free_configs(&c);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_row);
	TABLE_ADD(&t, resumed, test_resumed);
	table_add(&t, "a good verdict holds no longer than the lists it stands on", test_remembered,
		  NULL);
	table_add(&t, "a config in use takes no more", test_frozen, NULL);
	table_add(&t, "lists and pins have their limits", test_too_many, NULL);
	table_add(&t, "with insecure the verdict is told", test_insecure, NULL);
	failed = table_run(&t, "certificate status in connections");
	credentials_cleanup();
	return failed;
}
