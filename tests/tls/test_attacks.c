/*
 * Attacks of the past, as far as no other test plays them: what was broken is not offered and not
 * taken, and what leaked does not leak. docs/bugs-we-studied.md lists them all.
 */
#include "support/hellos.h"
#include "support/pair.h"
#include "support/puppet.h"
#include "support/table.h"
#include "tls/msg/msg.h"
#include "tls/suites.h"

#include <string.h>

static struct ward_error ignored;

/* ---- suites that were broken ---- */

/* What a TLS 1.2 client of 2015 sends behind its suites: all that ward asks for is there. */
#define EXTENSIONS_OF_2015                                                                         \
	"0100 0025"                                                                                \
	"000a 0006 0004 001d 0017"      /* supported_groups */                                     \
	"000b 0002 0100"                /* ec_point_formats */                                     \
	"000d 0008 0006 0403 0804 0401" /* signature_algorithms */                                 \
	"0017 0000"                     /* extended_master_secret */                               \
	"ff01 0001 00"                  /* renegotiation_info */

static const struct suite_row {
	const char *name;
	const char *suite;
	enum ward_reason reason;
} suites[] = {
	/* That it is the suite that matters. */
	{ "ECDHE and AES-GCM, which stand", "c02b", WARD_E_NONE },
	{ "RSA key exchange", "009c", WARD_E_NO_COMMON_SUITE },
	{ "RSA key exchange and CBC", "002f", WARD_E_NO_COMMON_SUITE },
	{ "RSA of export strength", "0003", WARD_E_NO_COMMON_SUITE },
	{ "Diffie-Hellman over a finite field", "009e", WARD_E_NO_COMMON_SUITE },
	{ "Diffie-Hellman of export strength", "0014", WARD_E_NO_COMMON_SUITE },
	{ "ECDH with the key of the certificate", "c02d", WARD_E_NO_COMMON_SUITE },
	{ "anonymous Diffie-Hellman", "00a6", WARD_E_NO_COMMON_SUITE },
	{ "anonymous ECDH", "c018", WARD_E_NO_COMMON_SUITE },
	{ "CBC and HMAC-SHA1", "c009", WARD_E_NO_COMMON_SUITE },
	{ "CBC and HMAC-SHA256", "c023", WARD_E_NO_COMMON_SUITE },
	{ "RC4", "c007", WARD_E_NO_COMMON_SUITE },
	{ "3DES", "c008", WARD_E_NO_COMMON_SUITE },
	{ "no encryption", "c006", WARD_E_NO_COMMON_SUITE },
	{ "a pre-shared key without a certificate", "00a8", WARD_E_NO_COMMON_SUITE },
	{ "CCM with short tags", "c0ae", WARD_E_NO_COMMON_SUITE },
};

static void test_suite(void **state)
{
	const struct suite_row *row = *state;
	struct ward_config *client = test_client_config(), *server = test_server_config();
	struct pair *p = pair_new(client, server, NULL);
	const struct span parts[] = { table_hex("16 0301 0054 01 000050 0303" RANDOM "00 0002"),
				      table_hex(row->suite), table_hex(EXTENSIONS_OF_2015) };
	struct span hello = table_join(parts, 3);

	assert_int_equal(hello.len, 5 + 0x54);
	assert_int_equal(end_feed(&p->server, hello.data, hello.len), row->reason == WARD_E_NONE);
	assert_int_equal(p->server.err.reason, row->reason);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- what a client offers ---- */

static struct span hello_of(struct pair *p, uint8_t *record, size_t size)
{
	size_t len = ward_conn_output(p->client.conn, record, size);

	assert_true(len > 9 && record[0] == CT_HANDSHAKE && record[5] == HT_CLIENT_HELLO);
	return span_make(record + 9, len - 9);
}

/* A list in a ClientHello: each of its values must be among these. */
static void all_among(struct span list, const uint16_t *these, size_t count)
{
	for (size_t i = 0; i + 1 < list.len; i += 2) {
		uint16_t value = (uint16_t)(list.data[i] << 8 | list.data[i + 1]);
		bool found = is_grease(value);

		for (size_t j = 0; j < count; j++)
			found |= these[j] == value;
		if (!found)
			fail_msg("%04x is offered", value);
	}
}

static void test_offer(void **state)
{
	static const uint16_t good_suites[] = { 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c,
						0xc02f, 0xc030, 0xcca8, 0xcca9 };
	static const uint16_t good_groups[] = { 0x11ec, 0x11eb, 0x11ed, 0x001d, 0x0017, 0x0018 };
	/* RSA PKCS #1 is for certificates and for TLS 1.2; none of them with SHA-1 or MD5. */
	static const uint16_t good_schemes[] = { 0x0403, 0x0503, 0x0603, 0x0807, 0x0804,
						 0x0805, 0x0806, 0x0809, 0x080a, 0x080b,
						 0x0401, 0x0501, 0x0601 };
	struct ward_config *client = test_client_config(), *server = test_server_config();
	struct pair *p = pair_new(client, server, NULL);
	static uint8_t record[1 << 14];
	struct client_hello ch;

	(void)state;
	assert_true(client_hello_parse(hello_of(p, record, sizeof(record)), &ch, &ignored));
	all_among(ch.cipher_suites, good_suites, sizeof(good_suites) / 2);
	all_among(ch.ext.supported_groups, good_groups, sizeof(good_groups) / 2);
	all_among(ch.ext.signature_algorithms, good_schemes, sizeof(good_schemes) / 2);
	assert_false(ch.ext.seen & ext_bit(EXT_HEARTBEAT));
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- what a server gives back ---- */

/*
 * A session id comes back as long as it went, and as it was: the engine of old that always gave 32
 * bytes back gave its memory away (Ticketbleed).
 */
static void test_session_id_echo(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 32; len++) {
		struct ward_config *client = test_client_config(), *server = test_server_config();
		struct pair *p = pair_new(client, server, NULL);
		static uint8_t record[1 << 14], changed[1 << 14], answer[1 << 16];
		struct span hello = hello_of(p, record, sizeof(record));
		const size_t id_at = 5 + 4 + 2 + 32, cut = 32 - len;
		const uint8_t *id = record + id_at + 1;
		size_t total = 9 + hello.len - cut, got;

		assert_int_equal(record[id_at], 32);
		memcpy(changed, record, id_at + 1 + len);
		memcpy(changed + id_at + 1 + len, id + 32, 9 + hello.len - id_at - 1 - 32);
		changed[3] = (uint8_t)((total - 5) >> 8);
		changed[4] = (uint8_t)(total - 5);
		changed[7] = (uint8_t)((total - 9) >> 8);
		changed[8] = (uint8_t)(total - 9);
		changed[id_at] = (uint8_t)len;
		assert_true(end_feed(&p->server, changed, total));
		got = ward_conn_output(p->server.conn, answer, sizeof(answer));
		assert_true(got > id_at + 1 + len);
		assert_int_equal(answer[id_at], len);
		assert_memory_equal(answer + id_at + 1, id, len);
		pair_free(p);
		ward_config_free(client);
		ward_config_free(server);
	}
}

/* Heartbleed's request: one byte of payload that says it is 16384. */
static void send_heartbeat(struct puppet *p)
{
	static const uint8_t request[] = { 1, 0x40, 0, 'x' };

	puppet_send_record(p, 24, request, sizeof(request), 0);
}

static void send_heartbeat_in_the_clear(struct puppet *p, struct bytes *message)
{
	static const uint8_t request[] = { 1, 0x40, 0, 'x' };

	(void)message;
	puppet_send_plain(p, 24, 0x0303, request, sizeof(request));
}

static const struct heartbeat_row {
	const char *name;
	struct play play;
	enum ward_reason reason;
} heartbeats[] = {
	{ "a heartbeat in place of the ClientHello",
	  { .at = HT_CLIENT_HELLO, .instead = send_heartbeat_in_the_clear },
	  WARD_E_NOT_TLS },
	{ "a heartbeat after the handshake", { .afterwards = send_heartbeat }, WARD_E_RECORD_TYPE },
};

static void test_heartbeat(void **state)
{
	const struct heartbeat_row *row = *state;
	struct ward_config *server = test_server_config();
	struct ward_conn *conn = ward_conn_new(server, NULL, TEST_NOW, &ignored);
	struct puppet *p = puppet_new(conn, &row->play);

	(void)puppet_handshake(p);
	puppet_listen(p);
	assert_int_equal(p->err.reason, row->reason);
	assert_int_equal(p->alert, 10);
	assert_int_equal(p->plain_len, 0);
	puppet_free(p);
	ward_conn_free(conn);
	ward_config_free(server);
}

/* ---- nonces ---- */

/* In TLS 1.2 the nonce of AES-GCM is on the wire: a counter that nobody has to draw. */
static void test_nonces(void **state)
{
	struct ward_config *client = test_client_config(), *server = test_server_config();
	struct pair *p;

	(void)state;
	assert_true(ward_config_set_versions(client, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
	p = pair_new(client, server, NULL);
	assert_true(pair_handshake(p));
	for (unsigned int i = 0; i < 300; i++) {
		/* Finished had the number 0. */
		const uint8_t nonce[8] = { [6] = (uint8_t)((i + 1) >> 8), [7] = (uint8_t)(i + 1) };
		uint8_t record[WARD_RECORD_MAX];
		size_t taken, written;

		assert_true(ward_conn_send(p->client.conn, "x", 1, &taken, record, sizeof(record),
					   &written, &ignored));
		assert_memory_equal(record + 5, nonce, 8);
	}
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, suites, test_suite);
	TABLE_ADD(&t, heartbeats, test_heartbeat);
	table_add(&t, "nothing is offered that was ever broken", test_offer, NULL);
	table_add(&t, "a session id comes back as long as it went", test_session_id_echo, NULL);
	table_add(&t, "a nonce of TLS 1.2 is a counter", test_nonces, NULL);
	failed = table_run(&t, "attacks");
	credentials_cleanup();
	return failed;
}
