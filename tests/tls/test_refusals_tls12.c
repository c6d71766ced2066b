/*
 * TLS 1.2: what each side refuses when a message is changed on its way. Until change_cipher_spec all of
 * them are in the clear, so that whoever stands between the peers can do what the rows here do.
 */
#include "changes12.h"
#include "support/pair.h"
#include "support/staple.h"
#include "support/table.h"
#include "tls/conn.h"
#include "tls/tls12/msg12.h"
#include "tls/tls12/prf.h"

#include <stdlib.h>
#include <string.h>

static struct ward_error ignored;

static struct ward_config *only12(struct ward_config *config)
{
	assert_true(ward_config_set_versions(config, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
	return config;
}

static void ask_and_show(struct ward_config *server, struct ward_config *client)
{
	const struct credential *c = credential_client(WARD_KEY_P256);

	assert_true(ward_config_set_trust(server, test_trust(), &ignored));
	assert_true(ward_config_set_verify(server, WARD_VERIFY_REQUIRED, &ignored));
	assert_true(ward_config_add_identity(client, &c->chain, c->key, &ignored));
}

static struct credential promising;

static struct ward_config *promising_server(void)
{
	struct ward_config *config = ward_config_new_server(&ignored);

	if (promising.key == NULL)
		credential_make_promising(&promising, WARD_PROFILE_SERVER);
	assert_true(ward_config_add_identity(config, &promising.chain, promising.key, &ignored));
	return config;
}

static void staple(struct ward_config *server)
{
	size_t len;
	uint8_t *der = staple_make(STAPLE_GOOD, server->identities[0].chain.certs[0], &len);

	assert_true(ward_config_set_ocsp_response(server, der, len, TEST_NOW, &ignored));
	free(der);
}

/* ---- changes on the way ---- */

struct change {
	const char *name;
	bool to_client;
	int type;                                               /* of the message that is changed */
	void (*edit)(struct pipe_end *to, struct span message); /* puts what it likes on the wire */
	enum ward_reason reason;
	int alert; /* -1: it is sealed */
	bool mutual;
	bool resumes;            /* there is a session to resume */
	bool stapled, not_asked; /* the server has a response; the client does not ask for one */
	bool promised;           /* the server's certificate promises one */
};

static void other_good_suite(struct pipe_end *to, struct span m)
{
	size_t at = 2 + 32 + 1 + m.data[HANDSHAKE_HEADER_LEN + 34];

	set_byte(to, m, at + 1, 0x2c); /* c02c */
}

static void version_11(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 1, 2);
}

static void other_suite(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 2 + 32 + 1 + 1, 0x14); /* c014: ECDHE_RSA with CBC */
}

static void suite_of_rsa(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 2 + 32 + 1 + 1, 0x2f); /* where the certificate's key is of ECDSA */
}

static void suite_of_13(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	scratch[HANDSHAKE_HEADER_LEN + 35] = 0x13;
	scratch[HANDSHAKE_HEADER_LEN + 36] = 0x01;
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

static void compressed(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 2 + 32 + 1 + 2, 1);
}

/* A ClientHello without one of its extensions. */
static void hello_without(struct pipe_end *to, struct span m, int type)
{
	struct span body = span_make(m.data + HANDSHAKE_HEADER_LEN, m.len - HANDSHAKE_HEADER_LEN);
	struct ward_error err = ERROR_NONE;
	struct client_hello ch = { 0 };
	struct writer w;

	assert_true(client_hello_parse(body, &ch, &err));
	ch.ext.seen &= ~ext_bit(type);
	w = writer_make(scratch, sizeof(scratch), &err);
	client_hello_write(&w, &ch);
	put(to, CT_HANDSHAKE, writer_span(&w));
}

static void without_ems(struct pipe_end *to, struct span m)
{
	hello_without(to, m, EXT_EXTENDED_MASTER_SECRET);
}

static void without_schemes(struct pipe_end *to, struct span m)
{
	hello_without(to, m, EXT_SIGNATURE_ALGORITHMS);
}

/* A ServerHello without one of its extensions. */
static void without(struct pipe_end *to, struct span m, int type)
{
	struct span body = span_make(m.data + HANDSHAKE_HEADER_LEN, m.len - HANDSHAKE_HEADER_LEN);
	struct ward_error err = ERROR_NONE;
	struct server_hello sh = { 0 };
	struct writer w;

	assert_true(server_hello_parse(body, &sh, &err));
	sh.ext.seen &= ~ext_bit(type);
	w = writer_make(scratch, sizeof(scratch), &err);
	server_hello_write(&w, &sh);
	put(to, CT_HANDSHAKE, writer_span(&w));
}

static void without_answer_ems(struct pipe_end *to, struct span m)
{
	without(to, m, EXT_EXTENDED_MASTER_SECRET);
}

static void without_answer_ticket(struct pipe_end *to, struct span m)
{
	without(to, m, EXT_SESSION_TICKET);
}

static void without_renegotiation_info(struct pipe_end *to, struct span m)
{
	without(to, m, EXT_RENEGOTIATION_INFO);
}

/* ServerKeyExchange: curve_type, namedcurve, the point, the scheme. */
static void explicit_curve(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 0, 1);
}

static void curve_not_offered(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 2, 0x19); /* secp521r1 */
}

static void flip_point(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 10, (uint8_t)(m.data[HANDSHAKE_HEADER_LEN + 10] ^ 1));
}

static void scheme_sha1(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 4 + 32, 2); /* ecdsa_sha1: 0203 */
}

static void scheme_of_rsa(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	scratch[HANDSHAKE_HEADER_LEN + 36] = 8;
	scratch[HANDSHAKE_HEADER_LEN + 37] = 4;
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

static void small_order_point(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	memset(scratch + HANDSHAKE_HEADER_LEN + 1, 0, 32);
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

static void no_certificates(struct pipe_end *to, struct span m)
{
	static const uint8_t none[] = { HT_CERTIFICATE, 0, 0, 3, 0, 0, 0 };

	(void)m;
	put(to, CT_HANDSHAKE, SPAN_ARRAY(none));
}

static void no_types(struct pipe_end *to, struct span m)
{
	static const uint8_t request[] = { HT_CERTIFICATE_REQUEST, 0, 0, 7, 0, 0, 2, 4, 3, 0, 0 };

	(void)m;
	put(to, CT_HANDSHAKE, SPAN_ARRAY(request));
}

/* CertificateStatus: a type, the length of the response in three bytes, the response. */
static void status_empty(struct pipe_end *to, struct span m)
{
	static const uint8_t empty[] = { HT_CERTIFICATE_STATUS, 0, 0, 4, 1, 0, 0, 0 };

	(void)m;
	put(to, CT_HANDSHAKE, SPAN_ARRAY(empty));
}

static void status_before(struct pipe_end *to, struct span m)
{
	status_empty(to, m);
	put(to, CT_HANDSHAKE, m);
}

static void status_multi(struct pipe_end *to, struct span m)
{
	set_byte(to, m, 0, 2); /* ocsp_multi */
}

static void announce_status(struct pipe_end *to, struct span m)
{
	struct span body = span_make(m.data + HANDSHAKE_HEADER_LEN, m.len - HANDSHAKE_HEADER_LEN);
	struct ward_error err = ERROR_NONE;
	struct server_hello sh = { 0 };
	struct writer w;

	assert_true(server_hello_parse(body, &sh, &err));
	sh.ext.seen |= ext_bit(EXT_STATUS_REQUEST);
	w = writer_make(scratch, sizeof(scratch), &err);
	server_hello_write(&w, &sh);
	put(to, CT_HANDSHAKE, writer_span(&w));
}

static const struct change changes[] = {
	{ "ServerHello: cut", true, 2, cut, WARD_E_TRUNCATED, 50 },
	{ "ServerHello: TLS 1.1", true, 2, version_11, WARD_E_NO_COMMON_VERSION, 70 },
	{ "ServerHello: a suite that was not offered", true, 2, other_suite,
	  WARD_E_SUITE_NOT_OFFERED, 47 },
	{ "ServerHello: a suite of TLS 1.3", true, 2, suite_of_13, WARD_E_SUITE_NOT_OFFERED, 47 },
	{ "ServerHello: compression", true, 2, compressed, WARD_E_COMPRESSION_NOT_NULL, 47 },
	{ "ServerHello: no renegotiation_info", true, 2, without_renegotiation_info,
	  WARD_E_RENEGOTIATION_INFO, 40 },
	{ "ServerHello: no extended master secret", true, 2, without_answer_ems,
	  WARD_E_NO_EXTENDED_MASTER_SECRET, 40 },
	{ "ServerHello: change_cipher_spec before it", true, 2, ccs_before, WARD_E_BAD_CCS, 10 },
	{ "Certificate: the suite is for another key", true, 2, suite_of_rsa,
	  WARD_E_SUITE_KEY_MISMATCH, 47 },
	{ "Certificate: left out", true, 11, drop, WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "Certificate: empty", true, 11, no_certificates, WARD_E_CERTIFICATE_EMPTY, 50 },
	{ "Certificate: cut", true, 11, cut, WARD_E_TRUNCATED, 50 },
	{ "Certificate: changed", true, 11, flip_last, WARD_E_CERT_BAD_SIGNATURE, 42 },
	{ "CertificateStatus: empty", true, 22, status_empty, WARD_E_BAD_LENGTH, 50,
	  .stapled = true },
	{ "CertificateStatus: twice", true, 22, twice, WARD_E_MESSAGE_UNEXPECTED, 10,
	  .stapled = true },
	{ "CertificateStatus: cut", true, 22, cut, WARD_E_TRUNCATED, 50, .stapled = true },
	{ "CertificateStatus: too long", true, 22, lengthen, WARD_E_TRAILING_DATA, 50,
	  .stapled = true },
	{ "CertificateStatus: of another type", true, 22, status_multi, WARD_E_BAD_VALUE, 47,
	  .stapled = true },
	{ "CertificateStatus: changed", true, 22, flip_last, WARD_E_OCSP_BAD_SIGNATURE, 113,
	  .stapled = true },
	{ "CertificateStatus: change_cipher_spec before it", true, 22, ccs_before, WARD_E_BAD_CCS,
	  10, .stapled = true },
	{ "CertificateStatus: left out where it was promised", true, 22, drop, WARD_E_OCSP_MISSING,
	  113, .stapled = true, .promised = true },
	{ "CertificateStatus: before Certificate", true, 11, status_before,
	  WARD_E_MESSAGE_UNEXPECTED, 10, .stapled = true },
	{ "CertificateStatus: not announced", true, 12, status_before, WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "CertificateStatus: announced and not asked for", true, 2, announce_status,
	  WARD_E_EXT_NOT_OFFERED, 110, .not_asked = true },
	{ "ServerKeyExchange: left out where CertificateStatus may come", true, 12, drop,
	  WARD_E_MESSAGE_UNEXPECTED, 10, .stapled = true },
	{ "ServerKeyExchange: left out", true, 12, drop, WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "ServerKeyExchange: twice", true, 12, twice, WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "ServerKeyExchange: cut", true, 12, cut, WARD_E_TRUNCATED, 50 },
	{ "ServerKeyExchange: too long", true, 12, lengthen, WARD_E_TRAILING_DATA, 50 },
	{ "ServerKeyExchange: an explicit curve", true, 12, explicit_curve, WARD_E_BAD_VALUE, 47 },
	{ "ServerKeyExchange: a curve that was not offered", true, 12, curve_not_offered,
	  WARD_E_GROUP_NOT_OFFERED, 47 },
	{ "ServerKeyExchange: another point", true, 12, flip_point, WARD_E_CERTIFICATE_VERIFY_WRONG,
	  51 },
	{ "ServerKeyExchange: a signature by SHA-1", true, 12, scheme_sha1,
	  WARD_E_SIGNATURE_NOT_OFFERED, 47 },
	{ "ServerKeyExchange: a scheme that is not the key's", true, 12, scheme_of_rsa,
	  WARD_E_SIGNATURE_NOT_OFFERED, 47 },
	{ "ServerKeyExchange: a wrong signature", true, 12, flip_last,
	  WARD_E_CERTIFICATE_VERIFY_WRONG, 51 },
	{ "CertificateRequest: no types", true, 13, no_types, WARD_E_BAD_LENGTH, 50, true },
	{ "CertificateRequest: twice", true, 13, twice, WARD_E_MESSAGE_UNEXPECTED, 10, true },
	{ "ServerHelloDone: with content", true, 14, lengthen, WARD_E_TRAILING_DATA, 50 },
	{ "ServerHelloDone: Finished in its place", true, 14, finished_instead,
	  WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "ServerHelloDone: change_cipher_spec before it", true, 14, ccs_before, WARD_E_BAD_CCS,
	  10 },
	{ "ServerHelloDone: more behind it", true, 14, follow_with_hello_request,
	  WARD_E_MESSAGE_NOT_ALIGNED, 10 },
	{ "ServerHelloDone: data before it", true, 14, data_before, WARD_E_RECORD_TYPE, 10 },
	{ "ClientHello: no extended master secret", false, 1, without_ems,
	  WARD_E_NO_EXTENDED_MASTER_SECRET, 40 },
	{ "ClientHello: no signature_algorithms", false, 1, without_schemes,
	  WARD_E_NO_COMMON_SIGNATURE, 40 },
	{ "Certificate of a client: left out", false, 11, drop, WARD_E_MESSAGE_UNEXPECTED, 10,
	  true },
	{ "Certificate of a client: empty", false, 11, no_certificates, WARD_E_CERTIFICATE_REQUIRED,
	  40, true },
	{ "ClientKeyExchange: left out", false, 16, drop, WARD_E_BAD_CCS, 10 },
	{ "ClientKeyExchange: left out, with a certificate", false, 16, drop,
	  WARD_E_MESSAGE_UNEXPECTED, 10, true },
	{ "ClientKeyExchange: twice", false, 16, twice, WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "ClientKeyExchange: cut", false, 16, cut, WARD_E_TRUNCATED, 50 },
	{ "ClientKeyExchange: too long", false, 16, lengthen, WARD_E_TRAILING_DATA, 50 },
	{ "ClientKeyExchange: a point of small order", false, 16, small_order_point,
	  WARD_E_BAD_KEY_SHARE, 47 },
	{ "ClientKeyExchange: another point", false, 16, flip_last, WARD_E_BAD_RECORD_MAC, 20 },
	{ "ClientKeyExchange: change_cipher_spec before it", false, 16, ccs_before, WARD_E_BAD_CCS,
	  10 },
	{ "ClientKeyExchange: change_cipher_spec within it", false, 16, ccs_within, WARD_E_BAD_CCS,
	  10 },
	{ "CertificateVerify: left out", false, 15, drop, WARD_E_BAD_CCS, 10, true },
	{ "CertificateVerify: wrong", false, 15, flip_last, WARD_E_CERTIFICATE_VERIFY_WRONG, 51,
	  true },
	{ "NewSessionTicket: left out", true, 4, drop, WARD_E_BAD_CCS, -1 },
	{ "NewSessionTicket: twice", true, 4, twice, WARD_E_MESSAGE_UNEXPECTED, -1 },
	{ "NewSessionTicket: cut", true, 4, cut, WARD_E_TRUNCATED, -1 },
	{ "NewSessionTicket: too long", true, 4, lengthen, WARD_E_TRAILING_DATA, -1 },
	{ "NewSessionTicket: changed", true, 4, flip_last, WARD_E_FINISHED_MISMATCH, -1 },
	{ "NewSessionTicket: change_cipher_spec within it", true, 4, ccs_within, WARD_E_BAD_CCS,
	  -1 },
	{ "NewSessionTicket: Finished in its place", true, 4, finished_instead,
	  WARD_E_MESSAGE_UNEXPECTED, -1 },
	{ "resuming, ServerHello: another suite", true, 2, other_good_suite, WARD_E_RESUMED_SUITE,
	  47, false, true },
	{ "resuming, ServerHello: no extended master secret", true, 2, without_answer_ems,
	  WARD_E_NO_EXTENDED_MASTER_SECRET, 40, false, true },
	{ "resuming, ServerHello: no ticket promised", true, 2, without_answer_ticket,
	  WARD_E_MESSAGE_UNEXPECTED, 10, false, true },
	{ "resuming, NewSessionTicket: left out", true, 4, drop, WARD_E_BAD_CCS, 10, false, true },
	{ "resuming, NewSessionTicket: twice", true, 4, twice, WARD_E_MESSAGE_UNEXPECTED, 10, false,
	  true },
	{ "resuming, NewSessionTicket: changed", true, 4, flip_last, WARD_E_FINISHED_MISMATCH, 51,
	  false, true },
	{ "resuming, NewSessionTicket: a certificate in its place", true, 4, no_certificates,
	  WARD_E_MESSAGE_UNEXPECTED, 10, false, true },
	{ "resuming, ClientHello: no extended master secret", false, 1, without_ems,
	  WARD_E_NO_EXTENDED_MASTER_SECRET, 40, false, true },
	{ "CertificateVerify: change_cipher_spec within it", false, 15, ccs_within, WARD_E_BAD_CCS,
	  10, true },
};

/* Takes a flight apart, message by message, and puts it on the wire again with the change made. */
static void carry(struct pipe_end *to, const uint8_t *flight, size_t len, const struct change *row)
{
	static uint8_t messages[1 << 17];
	size_t at = 0, n = 0;

	for (; at < len && flight[at] == CT_HANDSHAKE && n < sizeof(messages);) {
		size_t size = (size_t)flight[at + 3] << 8 | flight[at + 4];

		memcpy(messages + n, flight + at + RECORD_HEADER_LEN, size);
		n += size;
		at += RECORD_HEADER_LEN + size;
	}
	for (size_t i = 0; i < n;) {
		size_t size =
			HANDSHAKE_HEADER_LEN + ((size_t)messages[i + 1] << 16 |
						(size_t)messages[i + 2] << 8 | messages[i + 3]);

		if (messages[i] == row->type)
			row->edit(to, span_make(messages + i, size));
		else
			put(to, CT_HANDSHAKE, span_make(messages + i, size));
		i += size;
	}
	memcpy(to->wire + to->wire_len, flight + at, len - at);
	to->wire_len += len - at;
}

static bool cross(struct pipe_end *from, struct pipe_end *to, const struct change *row)
{
	static uint8_t flight[1 << 17];
	size_t len = ward_conn_output(from->conn, flight, sizeof(flight));

	if (row != NULL)
		carry(to, flight, len, row);
	else {
		memcpy(to->wire + to->wire_len, flight, len);
		to->wire_len += len;
	}
	return end_feed(to, NULL, 0);
}

/* What the last record on the wire says, if it is a plain alert. */
static int alert_on(const struct pipe_end *to)
{
	const uint8_t *w = to->wire;

	if (to->wire_len < 7 || w[to->wire_len - 7] != CT_ALERT)
		return -1;
	return w[to->wire_len - 1];
}

static void ignore_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	(void)arg;
	(void)conn;
	(void)ticket;
}

/* Leaves the client a session. */
static void shake_hands(struct ward_config *client, struct ward_config *server)
{
	struct pair *p = pair_new(client, server, NULL);

	assert_true(pair_handshake(p));
	pair_free(p);
}

static void test_change(void **state)
{
	const struct change *row = *state;
	struct ward_config *client = only12(test_client_config());
	struct ward_config *server = row->promised ? promising_server() : test_server_config();
	struct pipe_end *victim;
	struct pair *p;
	bool ok = true;

	if (row->not_asked)
		assert_true(ward_config_set_ask_ocsp(client, false, &ignored));
	if (row->mutual)
		ask_and_show(server, client);
	if (row->resumes)
		shake_hands(client, server);
	if (row->stapled)
		staple(server);
	p = pair_new(client, server, NULL);
	victim = row->to_client ? &p->client : &p->server;
	for (int i = 0; ok && i < 3; i++)
		ok = cross(&p->client, &p->server, row->to_client ? NULL : row) &&
		     cross(&p->server, &p->client, row->to_client ? row : NULL);
	assert_false(ok);
	assert_string_equal(ward_reason_name(victim->err.reason), ward_reason_name(row->reason));
	assert_false(ward_conn_is_connected(victim->conn));
	(void)end_drain(victim, victim == &p->client ? &p->server : &p->client);
	if (row->alert >= 0)
		assert_int_equal(alert_on(victim == &p->client ? &p->server : &p->client),
				 row->alert);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- every state with every message type ---- */

static const struct state_row {
	const char *name;
	enum state state;
	bool to_client;
	int type; /* of the message in whose place it is */
	bool mutual, resumes;
	uint8_t accepted[2];
} state_rows[] = {
	{ "client: WAIT_CERT", CLIENT12_WAIT_CERT, true, 11, false, false, { 11 } },
	{ "client: WAIT_SKE", CLIENT12_WAIT_SKE, true, 12, false, false, { 12 } },
	{ "client: WAIT_CR_SHD", CLIENT12_WAIT_CR_SHD, true, 14, false, false, { 13, 14 } },
	{ "client: WAIT_SHD", CLIENT12_WAIT_SHD, true, 14, true, false, { 14 } },
	{ "client: WAIT_NST", CLIENT12_WAIT_NST, true, 4, false, false, { 4 } },
	{ "client: WAIT_NST, resuming", CLIENT12_WAIT_NST, true, 4, false, true, { 4 } },
	{ "server: WAIT_CERT", SERVER12_WAIT_CERT, false, 11, true, false, { 11 } },
	{ "server: WAIT_CKE", SERVER12_WAIT_CKE, false, 16, false, false, { 16 } },
	{ "server: WAIT_CV", SERVER12_WAIT_CV, false, 15, true, false, { 15 } },
};

static uint8_t type_now;
static const struct ward_conn *victim_now;
static enum state state_seen;

/* With nothing in it: no handler takes that but ServerHelloDone's, behind which there is nothing. */
static void other_type(struct pipe_end *to, struct span m)
{
	uint8_t message[HANDSHAKE_HEADER_LEN + 1] = { type_now, 0, 0, 1, 0xff };

	(void)m;
	assert_true(end_feed(to, NULL, 0)); /* what came before is taken first */
	state_seen = victim_now->state;
	put(to, CT_HANDSHAKE, SPAN_ARRAY(message));
}

static void try_type(const struct state_row *row, struct ward_config *client,
		     struct ward_config *server)
{
	const struct change change = { .type = row->type, .edit = other_type };
	struct pair *p = pair_new(client, server, NULL);
	struct pipe_end *victim = row->to_client ? &p->client : &p->server;
	bool ok = true;

	victim_now = victim->conn;
	for (int i = 0; ok && i < 3; i++)
		ok = cross(&p->client, &p->server, row->to_client ? NULL : &change) &&
		     cross(&p->server, &p->client, row->to_client ? &change : NULL);
	assert_false(ok);
	assert_int_equal(state_seen, row->state);
	assert_int_equal(victim->err.message, type_now);
	if (type_now != 0 && (type_now == row->accepted[0] || type_now == row->accepted[1]))
		assert_int_not_equal(victim->err.reason, WARD_E_MESSAGE_UNEXPECTED);
	else
		assert_int_equal(victim->err.reason, WARD_E_MESSAGE_UNEXPECTED);
	pair_free(p);
}

static void test_state(void **state)
{
	const struct state_row *row = *state;
	struct ward_config *client = only12(test_client_config()), *server = test_server_config();

	if (row->mutual)
		ask_and_show(server, client);
	assert_true(ward_config_set_resumption(client, row->resumes, &ignored));
	assert_true(ward_config_set_ticket_callback(client, ignore_ticket, NULL, &ignored));
	for (int type = 0; type < 256; type++) {
		type_now = (uint8_t)type;
		if (row->resumes)
			shake_hands(client, server);
		try_type(row, client, server);
	}
	ward_config_free(client);
	ward_config_free(server);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, changes, test_change);
	TABLE_ADD(&t, state_rows, test_state);
	failed = table_run(&t, "refusals_tls12");
	credential_clear(&promising);
	credentials_cleanup();
	return failed;
}
