/*
 * Early data between two engines in memory (RFC 9846, 4.3.10 and 8): when it is taken, when it is
 * refused and the handshake goes on.
 */
#include <stdlib.h>

#include "early_pair.h"
#include "tls/conn.h"

static const char *const h2[] = { "h2", NULL };
static const char *const http1[] = { "http/1.1", NULL };
static const char *const both[] = { "http/1.1", "h2", NULL };

/* ---- taken or refused ---- */

struct row {
	const char *name;
	struct setting first, second;
	int64_t server_late; /* by how much the server's clock has gone ahead of the client's */
	enum ward_early_data_status status;
};

static const struct row rows[] = {
	{ "nothing has changed", { 0 }, { 0 }, 0, WARD_EARLY_DATA_ACCEPTED },
	{ "SHA-384", { .suite = 0x1302 }, { .suite = 0x1302 }, 0, WARD_EARLY_DATA_ACCEPTED },
	{ "the same protocol", { .alpn = h2 }, { .alpn = h2 }, 0, WARD_EARLY_DATA_ACCEPTED },
	{ "the same protocol among others",
	  { .alpn = h2 },
	  { .alpn = both },
	  0,
	  WARD_EARLY_DATA_ACCEPTED },
	{ "the client does not speak the protocol any more",
	  { .alpn = h2 },
	  { .alpn = http1 },
	  0,
	  WARD_EARLY_DATA_NONE },
	{ "the server chooses another protocol",
	  { .alpn = http1 },
	  { .alpn = both },
	  0,
	  WARD_EARLY_DATA_REFUSED },
	{ "a protocol where there was none", { 0 }, { .alpn = h2 }, 0, WARD_EARLY_DATA_REFUSED },
	{ "another name of the same server",
	  { .host = "127.0.0.1" },
	  { .host = "server.example" },
	  0,
	  WARD_EARLY_DATA_NONE },
	{ "the ticket's suite is not offered any more",
	  { .suite = 0x1301 },
	  { .suite = 0x1303 },
	  0,
	  WARD_EARLY_DATA_NONE },
	{ "the server never allowed any", { .max = NO_EARLY }, { 0 }, 0, WARD_EARLY_DATA_NONE },
	{ "the server does not take any more",
	  { 0 },
	  { .max = NO_EARLY },
	  0,
	  WARD_EARLY_DATA_REFUSED },
	{ "the server takes less now", { 0 }, { .max = MAX - 1 }, 0, WARD_EARLY_DATA_REFUSED },
	{ "the server takes more now", { 0 }, { .max = MAX + 1 }, 0, WARD_EARLY_DATA_ACCEPTED },
	{ "the server has another certificate",
	  { 0 },
	  { .other_server_key = true },
	  0,
	  WARD_EARLY_DATA_REFUSED },
	{ "a retry for the group", { 0 }, { .no_shares = true }, 0, WARD_EARLY_DATA_REFUSED },
	{ "a retry with a cookie", { 0 }, { .cookie = true }, 0, WARD_EARLY_DATA_REFUSED },
	/* Ten seconds either way of what the client says, which is a second less than it counts. */
	{ "ten seconds late", { 0 }, { 0 }, 9, WARD_EARLY_DATA_ACCEPTED },
	{ "eleven seconds late", { 0 }, { 0 }, 10, WARD_EARLY_DATA_REFUSED },
	{ "ten seconds too soon", { 0 }, { 0 }, -11, WARD_EARLY_DATA_ACCEPTED },
	{ "eleven seconds too soon", { 0 }, { 0 }, -12, WARD_EARLY_DATA_REFUSED },
	{ "the server's clock was set back an hour", { 0 }, { 0 }, -3600, WARD_EARLY_DATA_REFUSED },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_ticket(&row->first, keys);
	bool taken = row->status == WARD_EARLY_DATA_ACCEPTED;
	struct pair *p = second(&row->second, keys, NULL, ticket, SPAN_LITERAL(question));

	ward_conn_set_time(p->server.conn, TEST_NOW + 100 + row->server_late);
	allow(pair_handshake(p));
	assert_int_equal(ward_conn_early_data_status(p->client.conn), row->status);
	assert_int_equal(ward_conn_early_data_status(p->server.conn), row->status);
	assert_int_equal(ward_conn_early_data_accepted(p->client.conn),
			 taken ? strlen(question) : 0);
	assert_int_equal(p->server.plain_len, taken ? strlen(question) : 0);
	assert_int_equal(p->server.early_len, p->server.plain_len);
	assert_memory_equal(p->server.plain, question, p->server.plain_len);
	allow(pair_send(p, true, "more", 4));
	assert_int_equal(p->server.early_len, taken ? strlen(question) : 0);
	allow(pair_send(p, false, "answer", 6));
	pair_free(p);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* ---- how much ---- */

static void test_longer(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_ticket(&plain, keys);
	uint8_t data[MAX + 500];
	struct pair *p;

	(void)state;
	memset(data, 7, sizeof(data));
	assert_int_equal(ward_ticket_early_data(ticket), MAX);
	p = second(&plain, keys, NULL, ticket, SPAN_ARRAY(data));
	allow(pair_handshake(p));
	assert_int_equal(ward_conn_early_data_accepted(p->client.conn), MAX);
	assert_int_equal(p->server.early_len, MAX);
	allow(pair_send(p, true, data + MAX, sizeof(data) - MAX));
	pair_free(p);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* Several records, in pieces; and when all of it is refused it is skipped to the last byte. */
static void test_large(void **state)
{
	enum { LARGE = 60000 };
	const struct setting large = { .max = LARGE };
	const struct setting not_now = { .max = LARGE - 1 },
			     retry = { .max = LARGE, .cookie = true };
	const struct setting *const seconds[] = { &large, &not_now, &retry };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_ticket(&large, keys);
	uint8_t *data = malloc(LARGE);

	(void)state;
	memset(data, 7, LARGE);
	for (size_t i = 0; i < 3; i++) {
		struct pair *p = second(seconds[i], keys, NULL, ticket, span_make(data, LARGE));

		p->server.chunk = 1000;
		allow(pair_handshake(p));
		assert_int_equal(ward_conn_early_data_accepted(p->client.conn), i == 0 ? LARGE : 0);
		assert_int_equal(p->server.early_len, i == 0 ? LARGE : 0);
		allow(pair_send(p, true, data, LARGE));
		pair_free(p);
	}
	free(data);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* ---- the answer may come before the client's Finished ---- */

static void test_answer_early(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_ticket(&plain, keys);
	struct pair *p = second(&plain, keys, NULL, ticket, SPAN_LITERAL(question));
	size_t taken, written;

	(void)state;
	end_drain(&p->client, &p->server);
	allow(end_feed(&p->server, NULL, 0));
	assert_int_equal(p->server.early_len, strlen(question));
	assert_false(ward_conn_is_connected(p->server.conn));
	allow(ward_conn_send(p->server.conn, "answer", 6, &taken, p->client.wire,
			     sizeof(p->client.wire), &written, &ignored));
	assert_int_equal(taken, 6);
	p->client.wire_len = written;
	allow(end_feed(&p->client, NULL, 0));
	assert_int_equal(p->client.plain_len, 6);
	allow(pair_handshake(p));
	allow(pair_send(p, false, "again", 5));
	pair_free(p);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* A server that took no early data sends none. */
static void test_no_answer_early(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_ticket(&plain, keys);
	struct pair *p = second(&plain, keys, NULL, ticket, SPAN_EMPTY);
	size_t taken, written;
	uint8_t out[WARD_RECORD_MAX];

	(void)state;
	end_drain(&p->client, &p->server);
	allow(end_feed(&p->server, NULL, 0));
	assert_false(ward_conn_send(p->server.conn, "answer", 6, &taken, out, sizeof(out), &written,
				    &ignored));
	pair_free(p);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

/* ---- what a client may not send in WAIT_EOED ---- */

/* Both ends after the client's first flight: its keys are still in its connection. */
static struct pair *in_wait_eoed(void)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_ticket(&plain, keys);
	struct pair *p = second(&plain, keys, NULL, ticket, SPAN_LITERAL(question));

	end_drain(&p->client, &p->server);
	allow(end_feed(&p->server, NULL, 0));
	assert_int_equal(p->server.conn->state, SERVER_WAIT_EOED);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
	return p;
}

/* A record under the keys of early data. */
static bool send_sealed(struct pair *p, enum content_type type, struct span content)
{
	uint8_t record[RECORD_MAX];

	allow(record_seal(&p->client.conn->write, type, content, 0, record, &ignored));
	return end_feed(&p->server, record, content.len + record_overhead(&p->client.conn->write));
}

static int told_alert(struct pair *p)
{
	const struct ward_error *err = ward_conn_error(p->server.conn);

	assert_non_null(err);
	return ward_reason_alert(err->reason);
}

static void test_all_types(void **state)
{
	(void)state;
	for (int type = 0; type < 256; type++) {
		struct pair *p = in_wait_eoed();
		uint8_t message[HANDSHAKE_HEADER_LEN] = { (uint8_t)type };
		bool ok = send_sealed(p, CT_HANDSHAKE, SPAN_ARRAY(message));

		assert_int_equal(ok, type == HT_END_OF_EARLY_DATA);
		if (ok) {
			assert_int_equal(p->server.conn->state, SERVER_WAIT_FINISHED);
		} else {
			assert_int_equal(p->server.err.reason, WARD_E_MESSAGE_UNEXPECTED);
			assert_int_equal(p->server.err.message, type);
			assert_int_equal(told_alert(p), 10);
		}
		pair_free(p);
	}
}

static const uint8_t eoed[] = { HT_END_OF_EARLY_DATA, 0, 0, 0, HT_FINISHED };
static const uint8_t eoed_long[] = { HT_END_OF_EARLY_DATA, 0, 0, 1, 0 };
static const uint8_t too_long[MAX] = { 0 };
static const uint8_t close_notify[] = { 1, 0 };

struct wrong_row {
	const char *name;
	enum content_type type;
	struct span content, then;
	enum ward_reason reason;
	int alert;
};

static const struct wrong_row wrong_rows[] = {
	{ "more than the ticket allows",
	  CT_APPLICATION_DATA,
	  { too_long, MAX },
	  { NULL, 0 },
	  WARD_E_EARLY_DATA_TOO_LONG,
	  10 },
	{ "EndOfEarlyData with something in it",
	  CT_HANDSHAKE,
	  { eoed_long, 5 },
	  { NULL, 0 },
	  WARD_E_TRAILING_DATA,
	  50 },
	{ "EndOfEarlyData with another message behind it",
	  CT_HANDSHAKE,
	  { eoed, 5 },
	  { NULL, 0 },
	  WARD_E_MESSAGE_NOT_ALIGNED,
	  10 },
	{ "data in the middle of EndOfEarlyData",
	  CT_HANDSHAKE,
	  { eoed, 2 },
	  { too_long, 1 },
	  WARD_E_MESSAGE_INTERLEAVED,
	  10 },
	{ "close_notify",
	  CT_ALERT,
	  { close_notify, 2 },
	  { NULL, 0 },
	  WARD_E_CLOSED_IN_HANDSHAKE,
	  -1 },
};

static void test_wrong(void **state)
{
	const struct wrong_row *row = *state;
	struct pair *p = in_wait_eoed();
	bool ok = send_sealed(p, row->type, row->content);

	if (row->then.len > 0) {
		assert_true(ok);
		ok = send_sealed(p, CT_APPLICATION_DATA, row->then);
	}
	assert_false(ok);
	assert_string_equal(ward_reason_name(p->server.err.reason), ward_reason_name(row->reason));
	assert_int_equal(ward_reason_alert(p->server.err.reason), row->alert);
	pair_free(p);
}

/* 4.3.10: accepted early data is judged like any other record. */
static void test_bad_record(void **state)
{
	struct pair *p = in_wait_eoed();
	uint8_t record[64] = { CT_APPLICATION_DATA, 3, 3, 0, 40 };

	(void)state;
	assert_false(end_feed(&p->server, record, 45));
	assert_int_equal(p->server.err.reason, WARD_E_BAD_RECORD_MAC);
	pair_free(p);
}

static void test_empty_records(void **state)
{
	struct pair *p = in_wait_eoed();
	int sent = 0;

	(void)state;
	while (sent < 100 && send_sealed(p, CT_APPLICATION_DATA, SPAN_EMPTY))
		sent++;
	assert_int_equal(sent, EMPTY_RECORDS_MAX);
	assert_int_equal(p->server.err.reason, WARD_E_RECORDS_FLOOD);
	pair_free(p);
}

static void test_after_end(void **state)
{
	struct pair *p = in_wait_eoed();

	(void)state;
	allow(send_sealed(p, CT_HANDSHAKE, span_make(eoed, 4)));
	assert_false(send_sealed(p, CT_APPLICATION_DATA, SPAN_LITERAL("more")));
	assert_int_equal(p->server.err.reason, WARD_E_BAD_RECORD_MAC);
	pair_free(p);
}

/* A client that has gone on to the keys of the handshake too soon. */
static void test_end_under_other_keys(void **state)
{
	struct pair *p = in_wait_eoed();

	(void)state;
	end_drain(&p->server, &p->client);
	p->client.conn->early = WARD_EARLY_DATA_REFUSED;
	assert_false(pair_handshake(p));
	assert_int_equal(p->server.err.reason, WARD_E_BAD_RECORD_MAC);
	pair_free(p);
}

/* A server of TLS 1.2 by now: the client, which has sent its data, goes no further (D.3). */
static void test_downgrade(void **state)
{
	const struct setting plain = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &ignored);
	struct ward_ticket *ticket = first_ticket(&plain, keys);
	const struct ward_conn_options options = { .ticket = ticket,
						   .early_data = "x",
						   .early_data_len = 1 };
	struct ward_config *client = make_client(&plain), *server = test_server_config();
	struct pair *p;

	(void)state;
	allow(ward_config_set_versions(server, WARD_TLS_1_2, WARD_TLS_1_2, &ignored));
	p = pair_new_at(client, server, NULL, TEST_NOW + 1, &options);
	assert_false(pair_handshake(p));
	assert_int_equal(p->client.err.reason, WARD_E_EARLY_DATA_VERSION);
	assert_int_equal(ward_reason_alert(p->client.err.reason), 70);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
	ward_ticket_free(ticket);
	ward_ticket_keys_free(keys);
}

static void test_config(void **state)
{
	struct ward_config *client = test_client_config();
	struct ward_error err = { 0 };

	(void)state;
	assert_false(ward_config_set_early_data(client, 1, NULL, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	ward_config_free(client);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "no more is sent than the ticket allows", test_longer, NULL);
	table_add(&t, "60000 bytes: taken, refused, refused by a retry", test_large, NULL);
	table_add(&t, "the answer may come before the client's Finished", test_answer_early, NULL);
	table_add(&t, "but not without early data", test_no_answer_early, NULL);
	table_add(&t, "WAIT_EOED takes EndOfEarlyData and no other message", test_all_types, NULL);
	TABLE_ADD(&t, wrong_rows, test_wrong);
	table_add(&t, "a record that does not open", test_bad_record, NULL);
	table_add(&t, "too many empty records", test_empty_records, NULL);
	table_add(&t, "data behind EndOfEarlyData", test_after_end, NULL);
	table_add(&t, "EndOfEarlyData under other keys", test_end_under_other_keys, NULL);
	table_add(&t, "a server that has gone back to TLS 1.2", test_downgrade, NULL);
	table_add(&t, "what a config refuses", test_config, NULL);
	failed = table_run(&t, "early data");
	credentials_cleanup();
	return failed;
}
