/*
 * max_fragment_length (RFC 6066, 4), as both sides have it: records of no more than what the client has
 * asked for, in both directions; and what a client with little memory needs then.
 */
#include <stdio.h>

#include "support/configs.h"
#include "support/puppet.h"
#include "support/table.h"

static const uint8_t data[20000];

static size_t record_len(const uint8_t *record)
{
	return (size_t)record[3] << 8 | record[4];
}

static void ask_for_512(struct client_hello *ch)
{
	ch->ext.max_fragment_length = 1;
	ch->ext.seen |= ext_bit(EXT_MAX_FRAGMENT_LENGTH);
}

static void ask_for_both(struct client_hello *ch)
{
	ask_for_512(ch);
	ch->ext.record_size_limit = 1000;
	ch->ext.seen |= ext_bit(EXT_RECORD_SIZE_LIMIT);
}

static void send_512_bytes(struct puppet *p)
{
	puppet_send_record(p, CT_APPLICATION_DATA, data, 512, 7);
}

static void send_513_bytes(struct puppet *p)
{
	puppet_send_record(p, CT_APPLICATION_DATA, data, 513, 0);
}

static const struct fragment_row {
	const char *name;
	struct play play;
	size_t largest; /* content of what the server sends */
	bool refused;
} fragment_rows[] = {
	{ "fragments of 512: a record of 512",
	  { .edit_client_hello = ask_for_512, .afterwards = send_512_bytes },
	  512,
	  false },
	{ "fragments of 512: a record of 513",
	  { .edit_client_hello = ask_for_512, .afterwards = send_513_bytes },
	  512,
	  true },
	{ "fragments and a limit of records: the limit counts",
	  { .edit_client_hello = ask_for_both, .afterwards = send_513_bytes },
	  999,
	  false },
	{ "neither: a record of 513", { .afterwards = send_513_bytes }, 20000, false },
};

static void test_fragments(void **state)
{
	static uint8_t out[4 * WARD_RECORD_MAX];
	const struct fragment_row *row = *state;
	struct ward_config *config = test_server_config();
	struct ward_conn *conn = ward_conn_new(config, NULL, TEST_NOW, &ignored);
	struct puppet *p = puppet_new(conn, &row->play);
	size_t taken, written, at = 0, largest = 0;

	assert_int_equal(puppet_handshake(p), !row->refused);
	if (row->refused) {
		assert_int_equal(ward_conn_error(conn)->reason, WARD_E_RECORD_OVERFLOW);
		assert_int_equal(p->alert, 22);
	} else {
		allow(ward_conn_send(conn, data, 20000, &taken, out, sizeof(out), &written,
				     &ignored));
		for (; at < written; at += RECORD_HEADER_LEN + record_len(out + at))
			if (record_len(out + at) - AEAD_TAG_LEN - 1 > largest)
				largest = record_len(out + at) - AEAD_TAG_LEN - 1;
		assert_int_equal(largest, row->largest < 16384 ? row->largest : 16384);
	}
	puppet_free(p);
	ward_conn_free(conn);
	ward_config_free(config);
}

/* ---- as a client has it ---- */

static void answer_512(struct encrypted_extensions *ee)
{
	ee->ext.max_fragment_length = 1;
	ee->ext.seen |= ext_bit(EXT_MAX_FRAGMENT_LENGTH);
}

static void answer_1024(struct encrypted_extensions *ee)
{
	ee->ext.max_fragment_length = 2;
	ee->ext.seen |= ext_bit(EXT_MAX_FRAGMENT_LENGTH);
}

static void answer_limit(struct encrypted_extensions *ee)
{
	ee->ext.record_size_limit = 300;
	ee->ext.seen |= ext_bit(EXT_RECORD_SIZE_LIMIT);
}

static void answer_both(struct encrypted_extensions *ee)
{
	answer_512(ee);
	answer_limit(ee);
}

static void send_511_bytes(struct puppet *p)
{
	puppet_send_record(p, CT_APPLICATION_DATA, data, 511, 0);
}

/* The rest of the record would have to be waited for. */
static void send_long_header(struct puppet *p)
{
	static const uint8_t header[] = { CT_APPLICATION_DATA, 3, 3, 2, 26 }; /* 538 bytes */

	puppet_send_raw(p, header, sizeof(header));
}

static const struct asking_row {
	const char *name;
	size_t asks; /* 0: does not */
	struct play play;
	enum ward_reason reason;
	size_t largest, record_max;
} asking_rows[] = {
	{ "a client asks, the server agrees: a record of 512",
	  512,
	  { .edit_encrypted_extensions = answer_512, .afterwards = send_512_bytes },
	  WARD_E_NONE,
	  512,
	  542 },
	{ "a client asks, the server agrees: a record of 513",
	  512,
	  { .edit_encrypted_extensions = answer_512, .afterwards = send_513_bytes },
	  .reason = WARD_E_RECORD_OVERFLOW },
	{ "a client asks, the server agrees: the header of a longer record",
	  512,
	  { .edit_encrypted_extensions = answer_512, .afterwards = send_long_header },
	  .reason = WARD_E_RECORD_OVERFLOW },
	{ "a client asks, the server agrees to something else",
	  512,
	  { .edit_encrypted_extensions = answer_1024 },
	  .reason = WARD_E_MAX_FRAGMENT_LENGTH },
	{ "a client asks, the server agrees to both",
	  512,
	  { .edit_encrypted_extensions = answer_both },
	  .reason = WARD_E_MAX_FRAGMENT_LENGTH },
	{ "a client asks, the server agrees to a limit of records, 511 and a type",
	  512,
	  { .edit_encrypted_extensions = answer_limit, .afterwards = send_511_bytes },
	  WARD_E_NONE,
	  299,
	  541 },
	{ "a client asks, the server agrees to a limit of records, 512 and a type",
	  512,
	  { .edit_encrypted_extensions = answer_limit, .afterwards = send_512_bytes },
	  .reason = WARD_E_RECORD_OVERFLOW },
	{ "a client asks, the server knows of nothing",
	  1024,
	  { .afterwards = send_513_bytes },
	  WARD_E_NONE,
	  1024,
	  WARD_RECORD_MAX },
	{ "a client does not ask, the server answers",
	  0,
	  { .edit_encrypted_extensions = answer_512 },
	  .reason = WARD_E_EXT_NOT_OFFERED },
};

static void test_asking(void **state)
{
	static uint8_t out[4 * WARD_RECORD_MAX];
	const struct asking_row *row = *state;
	struct ward_config *config = test_client_config();
	struct ward_conn *conn;
	struct puppet *p;
	size_t taken, written, largest = 0;

	allow(ward_config_set_max_fragment(config, row->asks, &ignored));
	conn = ward_conn_new(config, "server.example", TEST_NOW, &ignored);
	p = puppet_new(conn, &row->play);
	assert_int_equal(puppet_handshake(p), row->reason == WARD_E_NONE);
	if (row->reason != WARD_E_NONE) {
		assert_int_equal(ward_conn_error(conn)->reason, row->reason);
		assert_int_equal(p->alert, ward_reason_alert(row->reason));
	} else {
		allow(ward_conn_send(conn, data, 4000, &taken, out, sizeof(out), &written,
				     &ignored));
		for (size_t at = 0; at < written; at += RECORD_HEADER_LEN + record_len(out + at))
			if (record_len(out + at) - AEAD_TAG_LEN - 1 > largest)
				largest = record_len(out + at) - AEAD_TAG_LEN - 1;
		assert_int_equal(largest, row->largest);
		assert_int_equal(ward_conn_record_max(conn), row->record_max);
	}
	puppet_free(p);
	ward_conn_free(conn);
	ward_config_free(config);
}

static void test_sizes(void **state)
{
	struct ward_config *client = test_client_config(), *server = test_server_config();
	struct ward_error err = { 0 };

	(void)state;
	assert_false(ward_config_set_max_fragment(client, 1000, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_false(ward_config_set_max_fragment(client, 16384, &err));
	assert_false(ward_config_set_max_fragment(server, 512, &err));
	for (size_t size = 512; size <= 4096; size *= 2)
		allow(ward_config_set_max_fragment(client, size, &ignored));
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- what a small client needs ---- */

enum { SMALL = 542 }; /* all that it gives to receive in */

static const struct small_row {
	const char *name;
	int version;
	size_t handshake, idle; /* of memory, at most; the buffer comes to it */
} small_rows[] = {
	{ "a client with a buffer of 542 bytes: TLS 1.3", WARD_TLS_1_3, 9000, 900 },
	{ "a client with a buffer of 542 bytes: TLS 1.2", WARD_TLS_1_2, 9000, 1000 },
};

/* What has come goes through the one buffer; the most memory that the connection held meanwhile. */
static size_t feed_small(struct ward_conn *conn, const uint8_t *bytes, size_t len)
{
	static uint8_t small[SMALL];
	struct ward_received got;
	size_t held = 0, most = 0;

	while (len > 0 || held > 0) {
		size_t n = SMALL - held < len ? SMALL - held : len;

		memcpy(small + held, bytes, n);
		bytes += n;
		len -= n;
		held += n;
		allow(ward_conn_receive(conn, small, held, &got, &ignored));
		assert_true(got.used > 0);
		held -= got.used;
		memmove(small, small + got.used, held);
		if (ward_conn_memory(conn) > most)
			most = ward_conn_memory(conn);
	}
	return most;
}

static void test_small(void **state)
{
	static uint8_t bytes[1 << 16];
	const struct small_row *row = *state;
	static const uint16_t groups[] = { 0x001d, 0x0017 };
	struct ward_config *config = test_client_config(), *to = test_server_config();
	struct ward_conn *client, *server = ward_conn_new(to, NULL, TEST_NOW, &ignored);
	struct ward_received got;
	size_t most = 0, taken, n, part;

	allow(ward_config_set_max_fragment(config, 512, &ignored));
	allow(ward_config_set_groups(config, groups, 2, &ignored));
	allow(ward_config_set_resumption(config, false, &ignored));
	allow(ward_config_set_versions(config, row->version, row->version, &ignored));
	client = ward_conn_new(config, "server.example", TEST_NOW, &ignored);
	for (int turn = 0; turn < 3; turn++) {
		n = ward_conn_output(client, bytes, sizeof(bytes));
		for (size_t at = 0; at < n; at += got.used)
			allow(ward_conn_receive(server, bytes + at, n - at, &got, &ignored));
		part = feed_small(client, bytes, ward_conn_output(server, bytes, sizeof(bytes)));
		most = part > most ? part : most;
	}
	assert_true(ward_conn_is_connected(client) && ward_conn_is_connected(server));
	assert_true(ward_conn_record_max(client) <= SMALL);
	allow(ward_conn_send(server, data, sizeof(data), &taken, bytes, sizeof(bytes), &n,
			     &ignored));
	assert_int_equal(taken, sizeof(data));
	feed_small(client, bytes, n);
	printf("%s: %zu bytes in the handshake, %zu idle, %d to receive in\n", row->name, most,
	       ward_conn_memory(client), SMALL);
	assert_in_range(most, 1, row->handshake);
	assert_in_range(ward_conn_memory(client), 1, row->idle);
	ward_conn_free(client);
	ward_conn_free(server);
	ward_config_free(config);
	ward_config_free(to);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, fragment_rows, test_fragments);
	TABLE_ADD(&t, asking_rows, test_asking);
	table_add(&t, "the sizes that a client may ask for", test_sizes, NULL);
	TABLE_ADD(&t, small_rows, test_small);
	failed = table_run(&t, "max_fragment_length");
	credentials_cleanup();
	return failed;
}
