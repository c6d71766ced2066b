/*
 * What each side refuses of a peer that does a certificate after the handshake wrong (RFC 9846,
 * 4.6.2); the code is src/tls/post_auth.c.
 */
#include <ward/mutual.h>

#include "support/configs.h"
#include "support/puppet.h"
#include "support/refusal.h"
#include "support/table.h"
#include "tls/conn.h"

/* ---- what a client refuses ---- */

static void repeat_request(struct puppet *p)
{
	static struct bytes m;

	bytes_from_hex(&m, "0d00000c01aa0008000d000400020403");
	for (int i = 0; i <= CERTIFICATE_REQUESTS_MAX; i++) {
		m.data[5] = (uint8_t)i;
		puppet_send_message(p, &m);
	}
}

static void request_without_context(struct puppet *p)
{
	static struct bytes m;

	puppet_send_message(p, bytes_from_hex(&m, "0d00000b000008000d000400020403"));
}

static void request_without_schemes(struct puppet *p)
{
	static struct bytes m;

	puppet_send_message(p, bytes_from_hex(&m, "0d00000401aa0000"));
}

static void request_with_more(struct puppet *p)
{
	static struct bytes m;

	puppet_send_message(p, bytes_from_hex(&m, "0d00000d01aa0008000d00040002040300"));
}

static const struct client_row {
	const char *name;
	void (*afterwards)(struct puppet *p);
	enum ward_reason reason;
	int alert;
} client_rows[] = {
	{ "client: five requests without data between", repeat_request,
	  WARD_E_CERTIFICATE_REQUESTS_FLOOD, 10 },
	{ "client: a request without a context", request_without_context,
	  WARD_E_CERTIFICATE_CONTEXT, 47 },
	{ "client: a request without signature_algorithms", request_without_schemes,
	  WARD_E_EXT_MISSING, 109 },
	{ "client: a request with a byte too many", request_with_more, WARD_E_TRAILING_DATA, 50 },
};

static void test_client_refuses(void **state)
{
	const struct client_row *row = *state;
	const struct play play = { .afterwards = row->afterwards };
	struct ward_config *config = test_client_config();
	struct ward_conn *conn;
	struct puppet *p;

	allow(ward_config_set_post_handshake_auth(config, true, &ignored));
	config_add(config, credential_client(WARD_KEY_P256));
	conn = ward_conn_new(config, "server.example", TEST_NOW, &ignored);
	p = puppet_new(conn, &play);
	p->hears_answers = true;
	puppet_handshake(p);
	assert_non_null(ward_conn_error(conn));
	assert_string_equal(ward_reason_name(ward_conn_error(conn)->reason),
			    ward_reason_name(row->reason));
	assert_int_equal(p->alert, row->alert);
	puppet_free(p);
	ward_conn_free(conn);
	ward_config_free(config);
}

/* Application data between them is what requests are for. */
static void data_between(struct puppet *p)
{
	static struct bytes m;

	bytes_from_hex(&m, "0d00000c01aa0008000d000400020403");
	for (int i = 0; i < 3 * CERTIFICATE_REQUESTS_MAX; i++) {
		m.data[5] = (uint8_t)i;
		puppet_send_message(p, &m);
		puppet_send_record(p, CT_APPLICATION_DATA, "x", 1, 0);
	}
}

static void test_many_requests(void **state)
{
	const struct play play = { .afterwards = data_between };
	struct ward_config *config = test_client_config();
	struct ward_conn *conn;
	struct puppet *p;

	(void)state;
	allow(ward_config_set_post_handshake_auth(config, true, &ignored));
	conn = ward_conn_new(config, "server.example", TEST_NOW, &ignored);
	p = puppet_new(conn, &play);
	p->hears_answers = true;
	assert_true(puppet_handshake(p));
	assert_null(ward_conn_error(conn));
	puppet_free(p);
	ward_conn_free(conn);
	ward_config_free(config);
}

/* ---- what a server refuses ---- */

static void ask_and_answer(struct puppet *p)
{
	allow(ward_conn_request_certificate(p->conn, &ignored));
	puppet_answer_request(p);
}

static void other_context(struct certificate *c)
{
	static uint8_t context[255];

	bytes_copy(context, c->context.data, c->context.len);
	context[0] ^= 1;
	c->context = span_make(context, c->context.len);
}

static void no_context(struct certificate *c)
{
	c->context = SPAN_EMPTY;
}

static void certificate_of_server(struct certificate *c)
{
	size_t len;
	const uint8_t *der = ward_cert_der(credential_server(WARD_KEY_P256)->chain.certs[0], &len);

	c->certs[0] = span_make(der, len);
}

static void data_first(struct puppet *p, struct bytes *m)
{
	if (puppet_send_record(p, CT_APPLICATION_DATA, "x", 1, 0))
		puppet_send_message(p, m);
}

static void update_first(struct puppet *p, struct bytes *m)
{
	static const uint8_t update[] = { HT_KEY_UPDATE, 0, 0, 1, 0 };

	(void)m;
	puppet_send_record(p, CT_HANDSHAKE, update, sizeof(update), 0);
}

static void twice(struct puppet *p, struct bytes *m)
{
	if (puppet_send_message(p, m))
		puppet_send_message(p, m);
}

/* Who has not proved it yet is nobody. */
static void nobody_yet(struct puppet *p, struct bytes *m)
{
	assert_true(ward_conn_is_connected(p->conn));
	assert_true(ward_conn_certificate_pending(p->conn));
	assert_null(ward_conn_peer_cert(p->conn));
	assert_int_equal(ward_conn_peer_chain(p->conn)->count, 0);
	m->data[m->len - 1] ^= 1;
	puppet_send_message(p, m);
}

static const struct server_row {
	const char *name;
	struct play play;
	enum ward_reason reason;
	int alert;
	bool no_certificate;
} server_rows[] = {
	{ "server: another context",
	  { .edit_certificate = other_context },
	  WARD_E_CERTIFICATE_CONTEXT,
	  47,
	  false },
	{ "server: no context",
	  { .edit_certificate = no_context },
	  WARD_E_CERTIFICATE_CONTEXT,
	  47,
	  false },
	{ "server: no certificate where one is required",
	  { .at = 0 },
	  WARD_E_CERTIFICATE_REQUIRED,
	  116,
	  true },
	{ "server: a certificate for servers",
	  { .edit_certificate = certificate_of_server },
	  WARD_E_CERT_EXT_KEY_USAGE,
	  42,
	  false },
	{ "server: CertificateVerify left out",
	  { .at = HT_CERTIFICATE_VERIFY, .instead = send_nothing },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10,
	  false },
	{ "server: CertificateVerify wrong",
	  { .at = HT_CERTIFICATE_VERIFY, .edit_bytes = edit_flip_last },
	  WARD_E_CERTIFICATE_VERIFY_WRONG,
	  51,
	  false },
	{ "server: Finished wrong",
	  { .at = HT_FINISHED, .nth = 1, .edit_bytes = edit_flip_last },
	  WARD_E_FINISHED_MISMATCH,
	  51,
	  false },
	{ "server: data between Certificate and CertificateVerify",
	  { .at = HT_CERTIFICATE_VERIFY, .instead = data_first },
	  WARD_E_RECORD_TYPE,
	  10,
	  false },
	{ "server: data between CertificateVerify and Finished",
	  { .at = HT_FINISHED, .nth = 1, .instead = data_first },
	  WARD_E_RECORD_TYPE,
	  10,
	  false },
	{ "server: a KeyUpdate between CertificateVerify and Finished",
	  { .at = HT_FINISHED, .nth = 1, .instead = update_first },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10,
	  false },
	{ "server: nobody is known before CertificateVerify",
	  { .at = HT_CERTIFICATE_VERIFY, .instead = nobody_yet },
	  WARD_E_CERTIFICATE_VERIFY_WRONG,
	  51,
	  false },
	{ "server: nobody is known before Finished",
	  { .at = HT_FINISHED, .nth = 1, .instead = nobody_yet },
	  WARD_E_FINISHED_MISMATCH,
	  51,
	  false },
	{ "server: a second Certificate behind the first",
	  { .at = HT_CERTIFICATE, .instead = twice },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10,
	  false },
	{ "server: a second Finished",
	  { .at = HT_FINISHED, .nth = 1, .instead = twice },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10,
	  false },
};

static struct puppet *play_client(struct ward_conn *conn, const struct play *play,
				  bool no_certificate)
{
	struct puppet *p = puppet_new(conn, play);

	p->offers_post_auth = true;
	p->credential = no_certificate ? NULL : credential_client(WARD_KEY_P256);
	p->hears_tickets = true;
	return p;
}

static void test_server_refuses(void **state)
{
	const struct server_row *row = *state;
	struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
	struct ward_conn *conn = ward_conn_new(c.server, NULL, TEST_NOW, &ignored);
	struct play play = row->play;
	struct puppet *p;

	play.afterwards = ask_and_answer;
	p = play_client(conn, &play, row->no_certificate);
	puppet_handshake(p);
	assert_non_null(ward_conn_error(conn));
	assert_string_equal(ward_reason_name(ward_conn_error(conn)->reason),
			    ward_reason_name(row->reason));
	assert_int_equal(p->alert, row->alert);
	puppet_free(p);
	ward_conn_free(conn);
	configs_free(&c);
}

static void test_puppet_does_it_right(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
	struct ward_conn *conn = ward_conn_new(c.server, NULL, TEST_NOW, &ignored);
	struct play play = { .afterwards = ask_and_answer };
	struct puppet *p = play_client(conn, &play, false);

	(void)state;
	assert_true(puppet_handshake(p));
	assert_non_null(ward_conn_peer_cert(conn));
	assert_false(ward_conn_certificate_pending(conn));
	puppet_free(p);
	ward_conn_free(conn);
	configs_free(&c);
}

/* What nobody has asked for is not even put together in memory. */
static void unasked(struct puppet *p)
{
	static const uint8_t begin[] = { HT_CERTIFICATE, 0x01, 0xff, 0xff, 0 };

	puppet_send_record(p, CT_HANDSHAKE, begin, sizeof(begin), 0);
}

static void test_unasked(void **state)
{
	struct configs c = configs_post_auth(WARD_VERIFY_REQUIRED);
	struct ward_conn *conn = ward_conn_new(c.server, NULL, TEST_NOW, &ignored);
	struct play play = { .afterwards = unasked };
	struct puppet *p = play_client(conn, &play, false);

	(void)state;
	puppet_handshake(p);
	assert_int_equal(ward_conn_error(conn)->reason, WARD_E_MESSAGE_UNEXPECTED);
	assert_int_equal(p->alert, 10);
	puppet_free(p);
	ward_conn_free(conn);
	configs_free(&c);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, client_rows, test_client_refuses);
	table_add(&t, "client: many requests with data between", test_many_requests, NULL);
	table_add(&t, "server: the puppet answers well", test_puppet_does_it_right, NULL);
	TABLE_ADD(&t, server_rows, test_server_refuses);
	table_add(&t, "server: a certificate that nobody has asked for", test_unasked, NULL);
	failed = table_run(&t, "refusals: authentication after the handshake");
	credentials_cleanup();
	return failed;
}
