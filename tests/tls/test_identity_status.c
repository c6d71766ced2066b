/*
 * What stands beside a leaf: OCSP responses that are stapled (RFC 6066, section 8; RFC 9846,
 * 4.5.1.1) and the timestamps of logs (RFC 6962, 3.3), in both versions, both ways.
 *
 * A server of this library hands out no response that is wrong, so the rows in which one comes put it
 * in the identity behind the setter's back.
 */
#include <ward/resume.h>
#include <ward/status.h>

#include <stdlib.h>

#include "support/pair.h"
#include "support/staple.h"
#include "support/table.h"
#include "tls/conn.h"

static struct ward_error ignored;

static void allow(bool ok)
{
	assert_true(ok);
}

static struct credential promising_server, promising_client;

/* Whatever it is. */
static void force_response(struct ward_config *config, enum staple kind)
{
	struct identity *id = &config->identities[0];
	size_t len;

	if (kind == STAPLE_NONE)
		return;
	id->status.data = staple_make(kind, id->chain.certs[0], &len);
	id->status.len = len;
	id->from = INT64_MIN;
	id->until = INT64_MAX;
	allow(identity_encode(id, &ignored));
}

static struct ward_config *config_of(bool is_server, const struct credential *c, int version)
{
	struct ward_config *config =
		is_server ? ward_config_new_server(&ignored) : ward_config_new(&ignored);

	allow(ward_config_set_trust(config, test_trust(), &ignored));
	allow(ward_config_add_identity(config, &c->chain, c->key, &ignored));
	allow(ward_config_set_versions(config, version, version, &ignored));
	return config;
}

/* ---- what a client takes, and what it refuses ---- */

struct row {
	const char *name;
	enum staple kind;
	enum ward_reason reason;
	bool promised; /* by the certificate */
	bool not_asked;
	enum ward_revocation mode;
};

static const struct row rows[] = {
	{ "none came, and none was promised", STAPLE_NONE, WARD_E_NONE },
	{ "a good one", STAPLE_GOOD, WARD_E_NONE },
	{ "by a responder of the CA's", STAPLE_BY_RESPONDER, WARD_E_NONE },
	{ "it says revoked", STAPLE_REVOKED, WARD_E_OCSP_REVOKED },
	{ "it does not know the certificate", STAPLE_UNKNOWN, WARD_E_OCSP_UNKNOWN },
	{ "about another certificate", STAPLE_OF_OTHER, WARD_E_OCSP_OTHER_CERT },
	{ "by a responder that the CA has not made", STAPLE_BY_STRANGER, WARD_E_OCSP_RESPONDER },
	{ "its signature is wrong", STAPLE_SPOILT, WARD_E_OCSP_BAD_SIGNATURE },
	{ "it has expired", STAPLE_EXPIRED, WARD_E_OCSP_EXPIRED },
	{ "it is of the future", STAPLE_FUTURE, WARD_E_OCSP_NOT_YET_VALID },
	{ "the responder said tryLater", STAPLE_TRY_LATER, WARD_E_OCSP_FAILED },
	{ "it is no response", STAPLE_GARBAGE, WARD_E_OCSP_MALFORMED },
	{ "promised, and it came", STAPLE_GOOD, WARD_E_NONE, .promised = true },
	{ "promised, and it did not come", STAPLE_NONE, WARD_E_OCSP_MISSING, .promised = true },
	{ "promised and not asked for", STAPLE_GOOD, WARD_E_NONE, .promised = true,
	  .not_asked = true },
	{ "not asked for, a wrong one is not sent", STAPLE_SPOILT, WARD_E_NONE, .not_asked = true },
	{ "proof of the leaf", STAPLE_GOOD, WARD_E_NONE, .mode = WARD_REVOCATION_REQUIRE_LEAF },
	{ "no proof of the leaf", STAPLE_NONE, WARD_E_REVOCATION_UNKNOWN,
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
};

static void check_response(const struct pipe_end *end, const struct ward_config *peer, bool came)
{
	size_t len;
	const uint8_t *der = ward_conn_ocsp_response(end->conn, &len);

	assert_int_equal(der != NULL, came);
	if (came)
		assert_span_equal(span_make(der, len), peer->identities[0].status);
}

static void take(const struct row *row, int version)
{
	const struct credential *c =
		row->promised ? &promising_server : credential_server(WARD_KEY_P256);
	struct ward_config *server = config_of(true, c, version), *client = test_client_config();
	struct pair *p;

	force_response(server, row->kind);
	allow(ward_config_set_ask_ocsp(client, !row->not_asked, &ignored));
	allow(ward_config_set_revocation(client, row->mode, &ignored));
	p = pair_new(client, server, NULL);
	assert_int_equal(pair_handshake(p), row->reason == WARD_E_NONE);
	assert_string_equal(ward_reason_name(p->client.err.reason), ward_reason_name(row->reason));
	if (row->reason == WARD_E_NONE)
		check_response(&p->client, server, row->kind != STAPLE_NONE && !row->not_asked);
	else if (row->reason != WARD_E_REVOCATION_UNKNOWN)
		assert_int_equal(p->server.err.received_alert, 113);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

static void test_take(void **state)
{
	take(*state, WARD_TLS_1_3);
	take(*state, WARD_TLS_1_2);
}

/* The same of a client's certificate, which TLS 1.3 alone has. */
static void test_take_from_client(void **state)
{
	const struct row *row = *state;
	const struct credential *c =
		row->promised ? &promising_client : credential_client(WARD_KEY_P256);
	struct ward_config *client = config_of(false, c, WARD_TLS_1_3);
	struct ward_config *server = test_server_config();
	struct pair *p;

	force_response(client, row->kind);
	allow(ward_config_set_trust(server, test_trust(), &ignored));
	allow(ward_config_set_verify(server, WARD_VERIFY_REQUIRED, &ignored));
	allow(ward_config_set_ask_ocsp(server, !row->not_asked, &ignored));
	allow(ward_config_set_revocation(server, row->mode, &ignored));
	p = pair_new(client, server, NULL);
	assert_int_equal(pair_handshake(p), row->reason == WARD_E_NONE);
	assert_string_equal(ward_reason_name(p->server.err.reason), ward_reason_name(row->reason));
	if (row->reason == WARD_E_NONE)
		check_response(&p->server, client, row->kind != STAPLE_NONE && !row->not_asked);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- what a server hands out ---- */

struct given {
	const char *name;
	enum staple kind;
	enum ward_reason reason; /* of the setter */
	enum ward_reason alone;  /* the same where the issuer is not in the chain */
};

static const struct given given[] = {
	{ "good", STAPLE_GOOD, WARD_E_NONE, WARD_E_NONE },
	{ "by a responder", STAPLE_BY_RESPONDER, WARD_E_NONE, WARD_E_NONE },
	{ "revoked", STAPLE_REVOKED, WARD_E_OCSP_REVOKED, WARD_E_OCSP_REVOKED },
	{ "unknown", STAPLE_UNKNOWN, WARD_E_OCSP_UNKNOWN, WARD_E_OCSP_UNKNOWN },
	{ "of another certificate", STAPLE_OF_OTHER, WARD_E_OCSP_OTHER_CERT,
	  WARD_E_OCSP_OTHER_CERT },
	{ "by a stranger", STAPLE_BY_STRANGER, WARD_E_OCSP_RESPONDER, WARD_E_NONE },
	{ "spoilt", STAPLE_SPOILT, WARD_E_OCSP_BAD_SIGNATURE, WARD_E_NONE },
	{ "expired", STAPLE_EXPIRED, WARD_E_OCSP_EXPIRED, WARD_E_OCSP_EXPIRED },
	{ "of the future", STAPLE_FUTURE, WARD_E_OCSP_NOT_YET_VALID, WARD_E_OCSP_NOT_YET_VALID },
	{ "tryLater", STAPLE_TRY_LATER, WARD_E_OCSP_FAILED, WARD_E_OCSP_FAILED },
	{ "garbage", STAPLE_GARBAGE, WARD_E_OCSP_MALFORMED, WARD_E_OCSP_MALFORMED },
};

static enum ward_reason give(struct ward_config *config, enum staple kind, int64_t now)
{
	struct ward_error err = ERROR_NONE;
	size_t len;
	uint8_t *der = staple_make(kind, config->identities[0].chain.certs[0], &len);
	bool ok = ward_config_set_ocsp_response(config, der, len, now, &err);

	free(der);
	assert_int_equal(ok, err.reason == WARD_E_NONE);
	assert_int_equal(config->identities[0].status.len > 0, ok);
	return err.reason;
}

static void test_give(void **state)
{
	const struct given *row = *state;
	const struct credential *c = credential_server(WARD_KEY_P256);
	struct ward_cert *whole[] = { c->chain.certs[0], test_ca_cert() };
	const struct ward_chain chain = { whole, 2 };
	struct ward_config *with_ca = ward_config_new_server(&ignored);
	struct ward_config *alone = test_server_config();

	allow(ward_config_add_identity(with_ca, &chain, c->key, &ignored));
	assert_int_equal(give(with_ca, row->kind, TEST_NOW), row->reason);
	assert_int_equal(give(alone, row->kind, TEST_NOW), row->alone);
	ward_config_free(with_ca);
	ward_config_free(alone);
}

/* What has become old since it was given is not handed out, and nor is what a clock set back makes
 * one of the future. */
static void test_stale(void **state)
{
	static const struct {
		int64_t from_now;
		bool comes;
	} moments[] = { { 0, true },     { 3600, true },   { 3601, false },
			{ -3600, true }, { -3661, false }, { 7200, false } };

	(void)state;
	for (int version = WARD_TLS_1_2; version <= WARD_TLS_1_3; version++) {
		struct ward_config *client = test_client_config(), *server = test_server_config();

		allow(ward_config_set_versions(client, version, version, &ignored));
		allow(ward_config_set_resumption(client, false, &ignored));
		assert_int_equal(give(server, STAPLE_GOOD, TEST_NOW), WARD_E_NONE);
		for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
			struct pair *p = pair_new_at(client, server, NULL,
						     TEST_NOW + moments[i].from_now, NULL);

			assert_true(pair_handshake(p));
			check_response(&p->client, server, moments[i].comes);
			pair_free(p);
		}
		ward_config_free(client);
		ward_config_free(server);
	}
}

/* Each response finds its certificate; a newer one takes the place of the old. */
static void test_several(void **state)
{
	struct ward_config *server = test_server_config();
	const struct credential *other = credential_server(WARD_KEY_ED25519);
	size_t len, other_len;
	uint8_t *der, *other_der;
	struct ward_error err = ERROR_NONE;

	(void)state;
	allow(ward_config_add_identity(server, &other->chain, other->key, &ignored));
	other_der = staple_make(STAPLE_GOOD, other->chain.certs[0], &other_len);
	allow(ward_config_set_ocsp_response(server, other_der, other_len, TEST_NOW, &ignored));
	assert_int_equal(server->identities[0].status.len, 0);
	der = staple_make(STAPLE_BY_RESPONDER, server->identities[0].chain.certs[0], &len);
	allow(ward_config_set_ocsp_response(server, der, len, TEST_NOW, &ignored));
	assert_span_equal(server->identities[0].status, span_make(der, len));
	assert_span_equal(server->identities[1].status, span_make(other_der, other_len));
	free(other_der);
	other_der = staple_make(STAPLE_BY_RESPONDER, other->chain.certs[0], &other_len);
	allow(ward_config_set_ocsp_response(server, other_der, other_len, TEST_NOW, &ignored));
	assert_span_equal(server->identities[1].status, span_make(other_der, other_len));
	config_freeze(server);
	assert_false(ward_config_set_ocsp_response(server, der, len, TEST_NOW, &err));
	assert_int_equal(err.reason, WARD_E_CONFIG_FROZEN);
	free(der);
	free(other_der);
	ward_config_free(server);
}

/* ---- timestamps ---- */

static const struct list {
	const char *name, *hex;
	bool sound;
} lists[] = {
	{ "one timestamp", "0005 0003 aabbcc", true },
	{ "two", "0008 0003 aabbcc 0001 dd", true },
	{ "none", "0000", false },
	{ "an empty one", "0002 0000", false },
	{ "cut", "0005 0003 aabb", false },
	{ "more behind it", "0005 0003 aabbcc 00", false },
	{ "nothing at all", "", false },
};

static void test_list(void **state)
{
	const struct list *row = *state;
	struct span list = table_hex(row->hex);
	struct ward_config *client = test_client_config(), *server = test_server_config();
	const struct ward_cert *leaf = server->identities[0].chain.certs[0];

	assert_int_equal(ward_config_set_scts(server, leaf, list.data, list.len, &ignored),
			 row->sound);
	assert_false(ward_config_set_scts(server, test_ca_cert(), list.data, list.len, &ignored));
	for (int i = 0; i < 4; i++) {
		int version = i & 1 ? WARD_TLS_1_2 : WARD_TLS_1_3;
		struct ward_config *one = test_client_config();
		struct pair *p;
		size_t len;
		const uint8_t *scts;

		allow(ward_config_set_versions(one, version, version, &ignored));
		allow(ward_config_set_ask_scts(one, i & 2, &ignored));
		p = pair_new(one, server, NULL);
		assert_true(pair_handshake(p));
		scts = ward_conn_scts(p->client.conn, &len);
		assert_int_equal(scts != NULL, row->sound && (i & 2));
		if (scts != NULL)
			assert_span_equal(span_make(scts, len), list);
		assert_null(ward_conn_scts(p->server.conn, &len));
		pair_free(p);
		ward_config_free(one);
	}
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- with what is remembered ---- */

/*
 * A response is part of what a verdict stands on: one chain with a good one, with none, with a wrong
 * one, is three things; and what is remembered of the first ends with the response.
 */
static void test_remembered(void **state)
{
	static const struct {
		enum staple kind;
		int64_t now;
		enum ward_reason reason;
	} steps[] = {
		{ STAPLE_GOOD, TEST_NOW, WARD_E_NONE },
		{ STAPLE_SPOILT, TEST_NOW, WARD_E_OCSP_BAD_SIGNATURE },
		{ STAPLE_NONE, TEST_NOW, WARD_E_OCSP_MISSING },
		{ STAPLE_GOOD, TEST_NOW + 3600 + 59, WARD_E_NONE },
		{ STAPLE_GOOD, TEST_NOW + 3600 + 61, WARD_E_OCSP_EXPIRED },
		{ STAPLE_GOOD, TEST_NOW, WARD_E_NONE },
	};
	struct ward_config *client = test_client_config();
	struct ward_config *good = config_of(true, &promising_server, WARD_TLS_1_3);

	(void)state;
	allow(ward_config_set_resumption(client, false, &ignored));
	force_response(good, STAPLE_GOOD);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct ward_config *server =
			steps[i].kind == STAPLE_GOOD
				? ward_config_ref(good)
				: config_of(true, &promising_server, WARD_TLS_1_3);
		struct pair *p;

		if (steps[i].kind != STAPLE_GOOD)
			force_response(server, steps[i].kind);
		p = pair_new_at(client, server, NULL, steps[i].now, NULL);
		(void)pair_handshake(p);
		assert_string_equal(ward_reason_name(p->client.err.reason),
				    ward_reason_name(steps[i].reason));
		pair_free(p);
		ward_config_free(server);
	}
	ward_config_free(good);
	ward_config_free(client);
}

/* Nothing is stapled where a connection is resumed: what came first is kept (test_resumed_status.c). */
static void resume(const struct row *row, int version)
{
	const struct credential *c =
		row->promised ? &promising_server : credential_server(WARD_KEY_P256);
	struct ward_config *client = test_client_config();
	struct ward_config *server = config_of(true, c, version);
	struct pair *p;

	force_response(server, row->kind);
	allow(ward_config_set_revocation(client, row->mode, &ignored));
	for (int i = 0; i < 2; i++) {
		p = pair_new(client, server, NULL);
		assert_true(pair_handshake(p));
		assert_int_equal(ward_conn_resumed(p->client.conn), i == 1);
		pair_free(p);
	}
	ward_config_free(client);
	ward_config_free(server);
}

static void test_resumed(void **state)
{
	resume(*state, WARD_TLS_1_3);
	resume(*state, WARD_TLS_1_2);
}

static const struct row resumed[] = {
	{ "resumed: nothing was promised", STAPLE_GOOD, WARD_E_NONE },
	{ "resumed: a staple was promised", STAPLE_GOOD, WARD_E_NONE, .promised = true },
	{ "resumed: proof is required", STAPLE_GOOD, WARD_E_NONE,
	  .mode = WARD_REVOCATION_REQUIRE_LEAF },
};

int main(void)
{
	static struct table t;
	int failed;

	credential_make_promising(&promising_server, WARD_PROFILE_SERVER);
	credential_make_promising(&promising_client, WARD_PROFILE_CLIENT);
	TABLE_ADD(&t, rows, test_take);
	TABLE_ADD(&t, rows, test_take_from_client);
	TABLE_ADD(&t, given, test_give);
	TABLE_ADD(&t, lists, test_list);
	TABLE_ADD(&t, resumed, test_resumed);
	table_add(&t, "a response that has become old is not handed out", test_stale, NULL);
	table_add(&t, "each response finds its certificate", test_several, NULL);
	table_add(&t, "a verdict stands on its response", test_remembered, NULL);
	failed = table_run(&t, "what stands beside a leaf");
	credential_clear(&promising_server);
	credential_clear(&promising_client);
	credentials_cleanup();
	return failed;
}
