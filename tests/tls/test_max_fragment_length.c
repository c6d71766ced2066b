/*
 * max_fragment_length (RFC 6066, 4), as a server has it: records of no more than what the client has
 * asked for, in both directions.
 */
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

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, fragment_rows, test_fragments);
	failed = table_run(&t, "max_fragment_length");
	credentials_cleanup();
	return failed;
}
