/* Rows of the tables of refusals, played. See refusal.h. */
#include "support/refusal.h"

#include "support/table.h"

static struct ward_error ignored;

static void expect_refusal(struct ward_conn *conn, const struct refusal *row)
{
	struct puppet *p = puppet_new(conn, &row->play);

	p->retries = row->retries;
	p->asks_certificate = row->asks_certificate;
	if (row->mutual != WARD_VERIFY_NONE && !row->no_certificate)
		p->credential = credential_client(WARD_KEY_P256);
	puppet_handshake(p);
	if (ward_conn_error(conn) == NULL)
		fail_msg("nothing was refused");
	assert_string_equal(ward_reason_name(ward_conn_error(conn)->reason),
			    ward_reason_name(row->reason));
	assert_int_equal(p->alert, row->alert);
	assert_int_equal(row->alert, ward_reason_alert(row->reason));
	if (row->alert >= 0)
		assert_int_equal(p->alert_level, 2);
	/* The error sticks, and nothing goes in or out any more. */
	assert_false(puppet_send_raw(p, "x", 1));
	assert_false(ward_conn_is_connected(conn));
	assert_false(ward_conn_has_output(conn));
	puppet_free(p);
}

static void offer_alpn(struct ward_config *config)
{
	static const char *const protocols[] = { "h2", "http/1.1", NULL };

	assert_true(ward_config_set_alpn(config, protocols, &ignored));
}

void refusal_by_client(void **state)
{
	const struct refusal *row = *state;
	static const uint16_t suite = TLS_AES_128_GCM_SHA256;
	struct ward_config *config = test_client_config();
	const char *host = row->host == NULL ? "server.example" : row->host;
	struct ward_conn *conn;

	if (row->one_suite)
		assert_true(ward_config_set_suites(config, &suite, 1, &ignored));
	if (row->offers_alpn)
		offer_alpn(config);
	if (row->configure != NULL)
		row->configure(config);
	conn = ward_conn_new(config, host, TEST_NOW, &ignored);
	assert_non_null(conn);
	expect_refusal(conn, row);
	ward_conn_free(conn);
	ward_config_free(config);
}

void refusal_by_server(void **state)
{
	const struct refusal *row = *state;
	static const uint16_t group = GROUP_SECP256R1;
	struct ward_config *config = test_server_config();
	struct ward_conn *conn;

	if (row->other_group)
		assert_true(ward_config_set_groups(config, &group, 1, &ignored));
	if (row->offers_alpn)
		offer_alpn(config);
	assert_true(ward_config_set_cookie(config, row->cookie, &ignored));
	assert_true(ward_config_set_trust(config, test_trust(), &ignored));
	assert_true(ward_config_set_verify(config, row->mutual, &ignored));
	if (row->configure != NULL)
		row->configure(config);
	conn = ward_conn_new(config, NULL, TEST_NOW, &ignored);
	assert_non_null(conn);
	expect_refusal(conn, row);
	ward_conn_free(conn);
	ward_config_free(config);
}

void edit_cut(struct puppet *p, struct bytes *m)
{
	(void)p;
	m->len--;
	message_fix_length(m);
}

void edit_lengthen(struct puppet *p, struct bytes *m)
{
	(void)p;
	m->data[m->len++] = 0;
	message_fix_length(m);
}

void edit_empty(struct puppet *p, struct bytes *m)
{
	(void)p;
	m->len = HANDSHAKE_HEADER_LEN;
	message_fix_length(m);
}

void edit_flip_last(struct puppet *p, struct bytes *m)
{
	(void)p;
	m->data[m->len - 1] ^= 1;
}

void send_nothing(struct puppet *p, struct bytes *m)
{
	(void)p;
	(void)m;
}
