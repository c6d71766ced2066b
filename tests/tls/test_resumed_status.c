/*
 * The OCSP response of a peer that resumes: kept with the ticket (resumption.c, ticket_draft.c) and
 * judged again by its own time, in both versions, by clients and by servers.
 */
#include <stdlib.h>

#include <ward/mutual.h>
#include <ward/resume.h>
#include <ward/status.h>

#include "base/limits.h"
#include "support/configs.h"
#include "support/staple.h"
#include "support/table.h"
#include "tls/ticket_draft.h"

static const struct row {
	const char *name;
	bool promises, requires_proof, no_staple; /* in the first connection */
	bool other_second;                        /* the second has a list that names the peer */
	int64_t later;                            /* a good response counts for an hour */
	bool resumed;
	enum ward_reason reason; /* of the second connection */
} rows[] = {
	{ "a certificate that promises a response resumes by the one that came", .promises = true,
	  .later = 600, .resumed = true },
	{ "proof that is required is in the response that came", .requires_proof = true,
	  .later = 600, .resumed = true },
	{ "a response whose time is over: a whole handshake, as nothing is required",
	  .later = 7200 },
	{ "a promised response whose time is over, and no other", .promises = true, .later = 7200,
	  .reason = WARD_E_OCSP_MISSING },
	{ "required proof whose time is over, and no other", .requires_proof = true, .later = 7200,
	  .reason = WARD_E_REVOCATION_UNKNOWN },
	{ "a list names the peer by now", .other_second = true, .later = 600,
	  .reason = WARD_E_CERT_REVOKED },
	{ "no response, and none required", .no_staple = true, .later = 7200, .resumed = true },
};

struct scene_of {
	struct configs c;
	struct ward_config *judge; /* whose peer staples */
	struct credential judged;
	struct ward_ticket_keys *keys;
};

static void promise(struct scene_of *s, bool promises, bool by_server)
{
	static const char *const server[] = { "server.example", NULL };
	static const char *const client[] = { "client.example", NULL };
	enum ward_profile profile = by_server ? WARD_PROFILE_CLIENT : WARD_PROFILE_SERVER;

	if (promises)
		credential_make_promising(&s->judged, profile);
	else
		credential_make(&s->judged, WARD_KEY_P256, profile, by_server ? client : server);
}

static void staple(struct ward_config *config, const struct ward_cert *leaf)
{
	size_t len;
	uint8_t *der = staple_make(STAPLE_GOOD, leaf, &len);

	allow(ward_config_set_ocsp_response(config, der, len, TEST_NOW, &ignored));
	free(der);
}

static void add_list(struct ward_config *config, const struct ward_cert *leaf)
{
	struct ward_revoked entry = { .serial = test_serial(leaf).data,
				      .serial_len = test_serial(leaf).len,
				      .time = TEST_NOW,
				      .invalid = WARD_NO_TIME };
	const struct ward_crl_spec spec = { &entry, 1, TEST_NOW, TEST_NOW + 7200, 1 };
	struct ward_crl *crl = ward_crl_make(&spec, test_ca_cert(), test_ca_key(), &ignored);

	allow(ward_config_add_crl(config, crl, &ignored));
	ward_crl_free(crl);
}

/* The configs of one of the two connections; the ring of keys is the same in both. */
static void make_configs(struct scene_of *s, const struct row *row, int version, bool by_server,
			 bool second)
{
	struct ward_config *judged;

	s->c = (struct configs){ test_client_config(), ward_config_new_server(&ignored) };
	configs_set_version(&s->c, version);
	s->judge = by_server ? s->c.server : s->c.client;
	judged = by_server ? s->c.client : s->c.server;
	config_add(judged, &s->judged);
	if (by_server) {
		config_add(s->c.server, credential_server(WARD_KEY_P256));
		config_ask(s->c.server, WARD_VERIFY_REQUIRED);
		allow(ward_config_set_ask_ocsp(s->c.server, true, &ignored));
	}
	allow(ward_config_set_ticket_keys(s->c.server, s->keys, &ignored));
	if (!row->no_staple)
		staple(judged, s->judged.chain.certs[0]);
	if (row->requires_proof)
		allow(ward_config_set_revocation(s->judge, WARD_REVOCATION_REQUIRE_LEAF, &ignored));
	if (second && row->other_second)
		add_list(s->judge, s->judged.chain.certs[0]);
}

static struct ward_ticket *first(struct scene_of *s, const struct row *row, int version,
				 bool by_server)
{
	struct ward_ticket *ticket = NULL;
	struct pair *p;

	make_configs(s, row, version, by_server, false);
	allow(ward_config_set_ticket_callback(s->c.client, keep_ticket, &ticket, &ignored));
	p = pair_of(&s->c);
	allow(pair_handshake(p));
	assert_non_null(ticket);
	pair_free(p);
	configs_free(&s->c);
	return ticket;
}

static void second(struct scene_of *s, const struct row *row, int version, bool by_server,
		   struct ward_ticket *ticket)
{
	const struct ward_conn_options options = { .ticket = ticket };
	const struct pipe_end *judge;
	struct pair *p;
	size_t len;

	make_configs(s, row, version, by_server, true);
	p = pair_new_at(s->c.client, s->c.server, NULL, TEST_NOW + row->later, &options);
	judge = by_server ? &p->server : &p->client;
	assert_int_equal(pair_handshake(p), row->reason == WARD_E_NONE);
	assert_string_equal(ward_reason_name(judge->err.reason), ward_reason_name(row->reason));
	assert_int_equal(ward_conn_resumed(judge->conn), row->resumed);
	(void)ward_conn_ocsp_response(judge->conn, &len);
	if (row->reason == WARD_E_NONE)
		assert_int_equal(len > 0, row->resumed && !row->no_staple);
	pair_free(p);
	configs_free(&s->c);
}

static void judge_row(const struct row *row, int version, bool by_server)
{
	struct scene_of s = { .keys = ward_ticket_keys_new(0, &ignored) };
	struct ward_ticket *ticket;

	promise(&s, row->promises, by_server);
	ticket = first(&s, row, version, by_server);
	second(&s, row, version, by_server, ticket);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(s.keys);
	credential_clear(&s.judged);
}

static void test_row(void **state)
{
	judge_row(*state, WARD_TLS_1_3, false);
	judge_row(*state, WARD_TLS_1_3, true);
	judge_row(*state, WARD_TLS_1_2, false);
}

/* A response too long for a server's ticket stays out, and the ticket is given all the same. */
static void test_too_long(void **state)
{
	static const uint8_t long_one[TICKET_CONTENT_MAX];
	struct ticket_draft d = { .r = { .status = SPAN_ARRAY(long_one) } };

	(void)state;
	assert_true(ticket_draft_fits(&d));
	assert_int_equal(d.r.status.len, 0);
	d.r.status = span_make(long_one, 100);
	assert_true(ticket_draft_fits(&d));
	assert_int_equal(d.r.status.len, 100);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "a response too long for a ticket", test_too_long, NULL);
	failed = table_run(&t, "responses of peers that resume");
	credentials_cleanup();
	return failed;
}
