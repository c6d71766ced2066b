/*
 * The state machine: every state with every message type (WAIT_EOED in test_early_data.c), and the table of arrows against RFC 9846,
 * Appendix A, as it is written down here once more.
 */
#include <ward/mutual.h>

#include "support/puppet.h"
#include "support/table.h"
#include "tls/conn.h"

/* ---- every state with every message type ---- */

struct state_row {
	const char *name;
	enum state state;
	int at, nth; /* the peer's message in whose place the state is reached; 0: connected */
	bool asks, retries;  /* how the peer, or the engine, is set up to get there */
	uint8_t accepted[3]; /* the HandshakeTypes that Appendix A has here; 0: none */
	bool post;           /* authentication after the handshake, which a server asks for */
};

static const struct state_row state_rows[] = {
	{ "client: WAIT_SH", CLIENT_WAIT_SH, HT_SERVER_HELLO, 0, false, false, { 2 } },
	{ "client: WAIT_SH, after a retry",
	  CLIENT_WAIT_SH,
	  HT_SERVER_HELLO,
	  1,
	  false,
	  true,
	  { 2 } },
	{ "client: WAIT_EE", CLIENT_WAIT_EE, HT_ENCRYPTED_EXTENSIONS, 0, false, false, { 8 } },
	{ "client: WAIT_CERT_CR",
	  CLIENT_WAIT_CERT_CR,
	  HT_CERTIFICATE,
	  0,
	  false,
	  false,
	  { 11, 13 } },
	{ "client: WAIT_CERT", CLIENT_WAIT_CERT, HT_CERTIFICATE, 0, true, false, { 11 } },
	{ "client: WAIT_CV", CLIENT_WAIT_CV, HT_CERTIFICATE_VERIFY, 0, false, false, { 15 } },
	{ "client: WAIT_FINISHED", CLIENT_WAIT_FINISHED, HT_FINISHED, 0, false, false, { 20 } },
	{ "client: CONNECTED", CLIENT_CONNECTED, 0, 0, false, false, { 4, 24 } },
	{ "client: CONNECTED, and it answers after the handshake",
	  CLIENT_CONNECTED,
	  0,
	  0,
	  false,
	  false,
	  { 4, 13, 24 },
	  .post = true },
	{ "server: START", SERVER_START, HT_CLIENT_HELLO, 0, false, false, { 1 } },
	{ "server: START, after a retry", SERVER_WAIT_CH2, HT_CLIENT_HELLO, 1, false, true, { 1 } },
	{ "server: WAIT_CERT", SERVER_WAIT_CERT, HT_CERTIFICATE, 0, true, false, { 11 } },
	{ "server: WAIT_CV", SERVER_WAIT_CV, HT_CERTIFICATE_VERIFY, 0, true, false, { 15 } },
	{ "server: WAIT_FINISHED", SERVER_WAIT_FINISHED, HT_FINISHED, 0, false, false, { 20 } },
	{ "server: CONNECTED", SERVER_CONNECTED, 0, 0, false, false, { 24 } },
	{ "server: CONNECTED, and it may ask",
	  SERVER_CONNECTED,
	  0,
	  0,
	  true,
	  false,
	  { 24 },
	  .post = true },
	{ "server: CONNECTED, and it has asked",
	  SERVER_CONNECTED,
	  HT_CERTIFICATE,
	  0,
	  true,
	  false,
	  { 11, 24 },
	  .post = true },
	{ "server: POST_WAIT_CV",
	  SERVER_POST_WAIT_CV,
	  HT_CERTIFICATE_VERIFY,
	  0,
	  true,
	  false,
	  { 15 },
	  .post = true },
	{ "server: POST_WAIT_FINISHED",
	  SERVER_POST_WAIT_FINISHED,
	  HT_FINISHED,
	  1,
	  true,
	  false,
	  { 20 },
	  .post = true },
};

static uint8_t type_now;
static enum state state_seen;

/* A message of that type with nothing in it: no handler takes that, and each says why not. */
static void send_type(struct puppet *p)
{
	uint8_t message[HANDSHAKE_HEADER_LEN] = { type_now };

	state_seen = p->conn->state;
	puppet_send_record(p, CT_HANDSHAKE, message, sizeof(message), 0);
}

static void ask_and_answer(struct puppet *p)
{
	struct ward_error err = ERROR_NONE;

	assert_true(ward_conn_request_certificate(p->conn, &err));
	puppet_answer_request(p);
}

static void send_type_instead(struct puppet *p, struct bytes *m)
{
	(void)m;
	send_type(p);
}

static struct ward_config *config_for(const struct state_row *row)
{
	static const uint16_t p256 = GROUP_SECP256R1;
	struct ward_error err = ERROR_NONE;
	struct ward_config *config;

	config = row->state < SERVER_START ? test_client_config() : test_server_config();
	assert_true(ward_config_set_post_handshake_auth(config, row->post, &err));
	if (row->state < SERVER_START)
		return config;
	if (row->retries)
		assert_true(ward_config_set_groups(config, &p256, 1, &err));
	if (row->asks) {
		assert_true(ward_config_set_trust(config, test_trust(), &err));
		assert_true(ward_config_set_verify(config, WARD_VERIFY_REQUIRED, &err));
	}
	return config;
}

static void try_type(struct ward_config *config, const struct state_row *row)
{
	const struct play play = { .at = row->at,
				   .nth = row->nth,
				   .instead = row->at == 0 ? NULL : send_type_instead,
				   .afterwards = row->at == 0 ? send_type
						 : row->post  ? ask_and_answer
							      : NULL };
	bool server = row->state >= SERVER_START;
	struct ward_error err = ERROR_NONE;
	struct ward_conn *conn =
		ward_conn_new(config, server ? NULL : "server.example", TEST_NOW, &err);
	struct puppet *p = puppet_new(conn, &play);
	const struct ward_error *told;

	p->asks_certificate = row->asks;
	p->offers_post_auth = row->post;
	p->retries = row->retries;
	if (server && row->asks)
		p->credential = credential_client(WARD_KEY_P256);
	puppet_handshake(p);
	assert_int_equal(state_seen, row->state);
	told = ward_conn_error(conn);
	assert_non_null(told);
	assert_int_equal(told->message, type_now);
	if (type_now != 0 && memchr(row->accepted, type_now, sizeof(row->accepted)) != NULL) {
		assert_int_not_equal(told->reason, WARD_E_MESSAGE_UNEXPECTED);
	} else {
		assert_int_equal(told->reason, WARD_E_MESSAGE_UNEXPECTED);
		assert_int_equal(p->alert, 10);
	}
	puppet_free(p);
	ward_conn_free(conn);
}

static void test_state(void **state)
{
	const struct state_row *row = *state;
	struct ward_config *config = config_for(row);

	for (int type = 0; type < 256; type++) {
		type_now = (uint8_t)type;
		try_type(config, row);
	}
	ward_config_free(config);
}

/* ---- the table of arrows ---- */

/* Appendix A once more: from, message, and where it leads. */
static const struct {
	enum state from;
	uint8_t message;
	uint32_t to;
	bool ends_record; /* 5.1: ClientHello, EndOfEarlyData, ServerHello, Finished, KeyUpdate */
} appendix_a[] = {
	/* Keys change after a ServerHello of TLS 1.3 alone: its handler sees to that. */
	{ CLIENT_WAIT_SH, 2,
	  TO(CLIENT_WAIT_SH) | TO(CLIENT_WAIT_EE) | TO(CLIENT12_WAIT_CERT) | TO(CLIENT12_WAIT_NST) |
		  TO(CLIENT12_WAIT_CCS),
	  false },
	{ CLIENT_WAIT_EE, 8, TO(CLIENT_WAIT_CERT_CR) | TO(CLIENT_WAIT_FINISHED), false },
	{ CLIENT_WAIT_CERT_CR, 13, TO(CLIENT_WAIT_CERT), false },
	{ CLIENT_WAIT_CERT_CR, 11, TO(CLIENT_WAIT_CV), false },
	{ CLIENT_WAIT_CERT, 11, TO(CLIENT_WAIT_CV), false },
	/* RFC 8879, 4: in the place of Certificate */
	{ CLIENT_WAIT_CERT_CR, 25, TO(CLIENT_WAIT_CV), false },
	{ CLIENT_WAIT_CERT, 25, TO(CLIENT_WAIT_CV), false },
	{ SERVER_WAIT_CERT, 25, TO(SERVER_WAIT_CV) | TO(SERVER_WAIT_FINISHED), false },
	{ CLIENT_WAIT_CV, 15, TO(CLIENT_WAIT_FINISHED), false },
	{ CLIENT_WAIT_FINISHED, 20, TO(CLIENT_CONNECTED), true },
	{ CLIENT_CONNECTED, 4, TO(CLIENT_CONNECTED), false },
	{ CLIENT_CONNECTED, 24, TO(CLIENT_CONNECTED), true },
	{ SERVER_START, 1,
	  TO(SERVER_WAIT_CH2) | TO(SERVER_WAIT_EOED) | TO(SERVER_WAIT_CERT) |
		  TO(SERVER_WAIT_FINISHED) | TO(SERVER12_WAIT_CERT) | TO(SERVER12_WAIT_CKE) |
		  TO(SERVER12_WAIT_CCS),
	  true },
	{ SERVER_WAIT_CH2, 1, TO(SERVER_WAIT_CERT) | TO(SERVER_WAIT_FINISHED), true },
	{ SERVER_WAIT_EOED, 5, TO(SERVER_WAIT_FINISHED), true },
	{ SERVER_WAIT_CERT, 11, TO(SERVER_WAIT_CV) | TO(SERVER_WAIT_FINISHED), false },
	{ SERVER_WAIT_CV, 15, TO(SERVER_WAIT_FINISHED), false },
	{ SERVER_WAIT_FINISHED, 20, TO(SERVER_CONNECTED), true },
	{ SERVER_CONNECTED, 24, TO(SERVER_CONNECTED), true },
	/* 4.6.2, which the appendix leaves to the text */
	{ CLIENT_CONNECTED, 13, TO(CLIENT_CONNECTED), false },
	{ SERVER_CONNECTED, 11, TO(SERVER_POST_WAIT_CV) | TO(SERVER_POST_WAIT_FINISHED), false },
	{ SERVER_POST_WAIT_CV, 15, TO(SERVER_POST_WAIT_FINISHED), false },
	{ SERVER_POST_WAIT_FINISHED, 20, TO(SERVER_CONNECTED), false },
	/* RFC 5246, 7.3, figure 1; RFC 8422, 2; without what ward does not do */
	{ CLIENT12_WAIT_CERT, 11, TO(CLIENT12_WAIT_STATUS) | TO(CLIENT12_WAIT_SKE), false },
	/* RFC 6066, 8: CertificateStatus may be left out although it was announced */
	{ CLIENT12_WAIT_STATUS, 22, TO(CLIENT12_WAIT_SKE), false },
	{ CLIENT12_WAIT_STATUS, 12, TO(CLIENT12_WAIT_CR_SHD), false },
	{ CLIENT12_WAIT_SKE, 12, TO(CLIENT12_WAIT_CR_SHD), false },
	{ CLIENT12_WAIT_CR_SHD, 13, TO(CLIENT12_WAIT_SHD), false },
	{ CLIENT12_WAIT_CR_SHD, 14, TO(CLIENT12_WAIT_NST) | TO(CLIENT12_WAIT_CCS), true },
	{ CLIENT12_WAIT_SHD, 14, TO(CLIENT12_WAIT_NST) | TO(CLIENT12_WAIT_CCS), true },
	{ CLIENT12_WAIT_NST, 4, TO(CLIENT12_WAIT_CCS), false }, /* RFC 5077, 3.1, figures 1 and 2 */
	{ CLIENT12_WAIT_FINISHED, 20, TO(CLIENT12_CONNECTED), true },
	{ CLIENT12_CONNECTED, 0, TO(CLIENT12_CONNECTED), true },
	{ SERVER12_WAIT_CERT, 11, TO(SERVER12_WAIT_CKE), false },
	{ SERVER12_WAIT_CKE, 16, TO(SERVER12_WAIT_CV) | TO(SERVER12_WAIT_CCS), false },
	{ SERVER12_WAIT_CV, 15, TO(SERVER12_WAIT_CCS), true },
	{ SERVER12_WAIT_FINISHED, 20, TO(SERVER12_CONNECTED), true },
	{ SERVER12_CONNECTED, 1, TO(SERVER12_CONNECTED), true },
};

static const struct arrow *find(enum state from, uint8_t message)
{
	for (size_t i = 0; i < arrows_count; i++)
		if (arrows[i].from == from && arrows[i].message == message)
			return &arrows[i];
	return NULL;
}

/* States in which a signature of this side's may be waited for, so that an arrow may stay there. */
static uint32_t waits_for_signature(enum state from)
{
	switch ((int)from) {
	case CLIENT_WAIT_FINISHED:
	case SERVER_START:
	case SERVER_WAIT_CH2:
	case CLIENT12_WAIT_CR_SHD:
	case CLIENT12_WAIT_SHD:
		return TO(from);
	default:
		return 0;
	}
}

static void test_arrows(void **state)
{
	(void)state;
	assert_int_equal(arrows_count, sizeof(appendix_a) / sizeof(appendix_a[0]));
	for (size_t i = 0; i < arrows_count; i++) {
		const struct arrow *a = find(appendix_a[i].from, appendix_a[i].message);

		assert_non_null(a);
		assert_int_equal(a->to & ~waits_for_signature(a->from), appendix_a[i].to);
		assert_int_equal(a->ends_record, appendix_a[i].ends_record);
		assert_non_null(a->handler);
	}
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, state_rows, test_state);
	table_add(&t, "the arrows are those of Appendix A", test_arrows, NULL);
	failed = table_run(&t, "states");
	credentials_cleanup();
	return failed;
}
