/*
 * The place of an encrypted ClientHello (RFC 9849, 6.2): what a client puts there, that the second
 * ClientHello has the same, and what a server may answer to it.
 */
#include "support/pair.h"
#include "support/puppet.h"
#include "support/refusal.h"
#include "support/table.h"
#include "tls/conn.h"

#include <stdio.h>
#include <string.h>

static struct ward_error ignored;

static struct {
	uint8_t bytes[512];
	size_t len;
	int count;
} offers[2];
static int hellos;

static void see(void *arg, struct ward_conn *conn, const struct ward_event *e)
{
	struct client_hello ch = { 0 };
	struct ward_error err = ERROR_NONE;
	struct reader r;

	(void)arg;
	(void)conn;
	if (e->kind != WARD_EVENT_MESSAGE || e->type != HT_CLIENT_HELLO || hellos == 2)
		return;
	assert_true(client_hello_parse(
		span_make(e->bytes + HANDSHAKE_HEADER_LEN, e->len - HANDSHAKE_HEADER_LEN), &ch,
		&err));
	r = reader_make(ch.ext.raw, &err);
	offers[hellos].count = 0;
	while (reader_more(&r)) {
		uint16_t type = reader_u16(&r);
		struct span content = reader_vec(&r, 2);

		if (type != EXT_ENCRYPTED_CLIENT_HELLO)
			continue;
		offers[hellos].count++;
		offers[hellos].len = content.len;
		memcpy(offers[hellos].bytes, content.data, content.len);
	}
	hellos++;
}

static void shake(struct ward_config *client, struct ward_config *server)
{
	struct pair *p;

	hellos = 0;
	assert_true(ward_config_set_events(client, see, NULL, false, &ignored));
	p = pair_new(client, server, NULL);
	assert_true(pair_handshake(p));
	pair_free(p);
}

static void check_offer(const uint8_t *b, size_t len)
{
	size_t payload = len - 6 - 2 - 32 - 2;

	assert_memory_equal(b, "\0\0\1\0\1", 5); /* outer, HKDF-SHA256, AES-128-GCM */
	assert_memory_equal(b + 6, "\0\40", 2);
	assert_int_equal(b[40] << 8 | b[41], payload);
	assert_true(payload >= 128 + 16 && payload <= 224 + 16 && payload % 32 == 16);
}

static void test_offer(void **state)
{
	struct ward_config *server = test_server_config();
	uint8_t before[512] = { 0 };
	bool lengths_differ = false;
	size_t first = 0;

	(void)state;
	for (int i = 0; i < 32; i++) {
		struct ward_config *client = test_client_config();

		shake(client, server);
		assert_int_equal(offers[0].count, 1);
		check_offer(offers[0].bytes, offers[0].len);
		assert_memory_not_equal(before + 42, offers[0].bytes + 42, 32);
		memcpy(before, offers[0].bytes, offers[0].len);
		first = i == 0 ? offers[0].len : first;
		lengths_differ = lengths_differ || offers[0].len != first;
		ward_config_free(client);
	}
	assert_true(lengths_differ);
	ward_config_free(server);
}

static void test_second_hello(void **state)
{
	static const uint16_t p384 = GROUP_SECP384R1;
	struct ward_config *client = test_client_config(), *server = test_server_config();

	(void)state;
	assert_true(ward_config_set_groups(server, &p384, 1, &ignored));
	shake(client, server);
	assert_int_equal(hellos, 2);
	assert_int_equal(offers[1].count, 1);
	assert_int_equal(offers[0].len, offers[1].len);
	assert_memory_equal(offers[0].bytes, offers[1].bytes, offers[0].len);
	ward_config_free(client);
	ward_config_free(server);
}

static void test_off(void **state)
{
	struct ward_config *server = test_server_config();
	struct ward_error err = ERROR_NONE;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct ward_config *client = test_client_config();

		if (i == 0)
			assert_true(ward_config_set_ech_grease(client, false, &ignored));
		else
			assert_true(ward_config_set_versions(client, WARD_TLS_1_2, WARD_TLS_1_2,
							     &ignored));
		shake(client, server);
		assert_int_equal(offers[0].count, 0);
		assert_false(ward_config_set_ech_grease(client, true, &ignored)); /* in use */
		ward_config_free(client);
	}
	assert_false(ward_config_set_ech_grease(server, true, &err));
	ward_config_free(server);
}

/* ---- what a server answers ---- */

static const struct answer {
	const char *name;
	bool in_retry;
	const char *body; /* of the extension */
	enum ward_reason reason;
	int alert;
	bool not_offered;
} answers[] = {
	{ "keys to try again with", false, "000a fe0c 0006 000000000000", WARD_E_NONE, -1 },
	{ "keys of the known version", false,
	  "001f fe0d 001b 01 0020 0001aa 0004 00010001 00 0b 6578616d706c652e6f7267 0000",
	  WARD_E_NONE, -1 },
	{ "the same with more behind", false,
	  "0020 fe0d 001c 01 0020 0001aa 0004 00010001 00 0b 6578616d706c652e6f7267 0000 00",
	  WARD_E_TRAILING_DATA, 50 },
	{ "the same without a name", false,
	  "0014 fe0d 0010 01 0020 0001aa 0004 00010001 00 00 0000", WARD_E_BAD_LENGTH, 50 },
	{ "no keys", false, "0000", WARD_E_BAD_LENGTH, 50 },
	{ "keys that end early", false, "0004 fe0c 0006", WARD_E_TRUNCATED, 50 },
	{ "keys that were not asked for", false, "000a fe0c 0006 000000000000",
	  WARD_E_EXT_NOT_OFFERED, 110, .not_offered = true },
	{ "a confirmation in a retry", true, "0102030405060708", WARD_E_NONE, -1 },
	{ "a short one", true, "01020304050607", WARD_E_TRUNCATED, 50 },
	{ "a long one", true, "010203040506070809", WARD_E_TRAILING_DATA, 50 },
};

static const char *answer_body;

static void add_answer(struct puppet *p, struct bytes *m)
{
	static char hex[256];
	size_t len = 0;

	(void)p;
	for (const char *c = answer_body; *c != '\0'; c++)
		len += *c != ' ';
	snprintf(hex, sizeof(hex), "fe0d %04zx %s", len / 2, answer_body);
	message_add_extension(m, hex);
}

static void test_answer(void **state)
{
	const struct answer *row = *state;
	const struct play play = { .at = row->in_retry ? HT_SERVER_HELLO : HT_ENCRYPTED_EXTENSIONS,
				   .edit_bytes = add_answer };
	struct ward_config *config = test_client_config();
	struct ward_conn *conn;
	struct puppet *p;

	answer_body = row->body;
	assert_true(ward_config_set_ech_grease(config, !row->not_offered, &ignored));
	conn = ward_conn_new(config, "server.example", TEST_NOW, &ignored);
	p = puppet_new(conn, &play);
	p->retries = row->in_retry;
	assert_int_equal(puppet_handshake(p), row->reason == WARD_E_NONE);
	if (row->reason != WARD_E_NONE) {
		assert_string_equal(ward_reason_name(ward_conn_error(conn)->reason),
				    ward_reason_name(row->reason));
		assert_int_equal(p->alert, row->alert);
	}
	puppet_free(p);
	ward_conn_free(conn);
	ward_config_free(config);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, answers, test_answer);
	table_add(&t, "it looks like one, and is another each time", test_offer, NULL);
	table_add(&t, "the second ClientHello has the same", test_second_hello, NULL);
	table_add(&t, "it can be left out, and TLS 1.2 has none", test_off, NULL);
	failed = table_run(&t, "the place of an encrypted ClientHello");
	credentials_cleanup();
	return failed;
}
