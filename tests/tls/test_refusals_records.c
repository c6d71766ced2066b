/*
 * What both sides refuse of records, alerts and messages after the handshake: each with the reason
 * that is told to the caller and the alert that is told to the peer.
 */
#include "support/puppet.h"
#include "support/refusal.h"
#include "support/table.h"

#include <stdlib.h>

static void send_hex(struct puppet *p, uint8_t type, const char *hex)
{
	static struct bytes b;

	bytes_from_hex(&b, hex);
	puppet_send_record(p, type, b.data, b.len, 0);
}

static void raw_hex(struct puppet *p, const char *hex)
{
	static struct bytes b;

	bytes_from_hex(&b, hex);
	puppet_send_raw(p, b.data, b.len);
}

/* ---- after the handshake: messages ---- */

static void update_with_2(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "18 000001 02");
}

static void update_empty(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "18 000000");
}

static void update_long(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "18 000002 0000");
}

static void update_huge(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "18 ff0000 00");
}

static void two_updates_in_a_record(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "18 000001 00 18 000001 00");
}

static void updates_without_end(struct puppet *p)
{
	for (int i = 0; i < 100 && !p->engine_failed; i++) {
		send_hex(p, CT_HANDSHAKE, "18 000001 00");
		puppet_update_write(p);
	}
}

static void updates_that_ask(struct puppet *p)
{
	for (int i = 0; i < 100 && !p->engine_failed; i++) {
		send_hex(p, CT_HANDSHAKE, "18 000001 01");
		puppet_update_write(p);
	}
}

static void update_then_old_keys(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "18 000001 00");
	send_hex(p, CT_APPLICATION_DATA, "aa");
}

static void half_update_then_data(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "18 0000");
	send_hex(p, CT_APPLICATION_DATA, "aa");
}

static void half_update_then_canceled(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "18 0000");
	send_hex(p, CT_ALERT, "01 5a");
}

static void hello_request(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "00 000000");
}

static void client_hello_again(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "01 000002 0303");
}

static void finished_again(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "14 000001 00");
}

static void certificate_request_late(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "0d 000003 000000");
}

static void end_of_early_data(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "05 000000");
}

static void message_hash(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "fe 000000");
}

/* ---- after the handshake: alerts ---- */

static void alert_of_one_byte(struct puppet *p)
{
	send_hex(p, CT_ALERT, "02");
}

static void two_alerts(struct puppet *p)
{
	send_hex(p, CT_ALERT, "01 5a 01 5a");
}

static void alert_empty(struct puppet *p)
{
	puppet_send_record(p, CT_ALERT, NULL, 0, 0);
}

static void canceled_without_end(struct puppet *p)
{
	for (int i = 0; i < 100 && !p->engine_failed; i++)
		send_hex(p, CT_ALERT, "01 5a");
}

static void fatal_alert(struct puppet *p)
{
	send_hex(p, CT_ALERT, "02 28");
}

static void warning_that_is_none(struct puppet *p)
{
	send_hex(p, CT_ALERT, "01 64"); /* no_renegotiation, of TLS 1.2 */
}

static void alert_unknown(struct puppet *p)
{
	send_hex(p, CT_ALERT, "02 ff");
}

/* ---- after the handshake: records ---- */

static void empty_records_without_end(struct puppet *p)
{
	for (int i = 0; i < 100 && !p->engine_failed; i++)
		puppet_send_record(p, CT_APPLICATION_DATA, NULL, 0, 0);
}

static void padded_records_without_end(struct puppet *p)
{
	for (int i = 0; i < 100 && !p->engine_failed; i++)
		puppet_send_record(p, CT_APPLICATION_DATA, NULL, 0, 100);
}

static void nothing_but_padding(struct puppet *p)
{
	puppet_send_record(p, 0, NULL, 0, 20);
}

static void handshake_empty(struct puppet *p)
{
	puppet_send_record(p, CT_HANDSHAKE, NULL, 0, 0);
}

static void inner_ccs(struct puppet *p)
{
	send_hex(p, CT_CHANGE_CIPHER_SPEC, "01");
}

static void inner_unknown(struct puppet *p)
{
	send_hex(p, 0x42, "01");
}

static void outer_unknown(struct puppet *p)
{
	raw_hex(p, "18 0303 0001 00");
}

static void outer_version(struct puppet *p)
{
	raw_hex(p, "17 0203 0020 00");
}

static void outer_too_long(struct puppet *p)
{
	raw_hex(p, "17 0303 4101");
}

static void outer_too_short(struct puppet *p)
{
	raw_hex(p, "17 0303 000f 000000000000000000000000000000");
}

static void outer_empty(struct puppet *p)
{
	raw_hex(p, "17 0303 0000");
}

static void inner_too_long(struct puppet *p)
{
	static const uint8_t data[RECORD_PLAINTEXT_MAX];

	puppet_send_record(p, CT_APPLICATION_DATA, data, sizeof(data), 1);
}

static void data_in_the_clear(struct puppet *p)
{
	puppet_send_plain(p, CT_APPLICATION_DATA, 0x0303, "0123456789abcdef0123", 20);
}

static void handshake_in_the_clear(struct puppet *p)
{
	raw_hex(p, "16 0303 0005 1800000100");
}

static void alert_in_the_clear(struct puppet *p)
{
	raw_hex(p, "15 0303 0002 0100");
}

static void ccs_late(struct puppet *p)
{
	raw_hex(p, "14 0303 0001 01");
}

static void flipped_bit(struct puppet *p)
{
	uint8_t record[64];
	struct ward_error err = ERROR_NONE;

	if (!record_seal(&p->write, CT_APPLICATION_DATA, SPAN_LITERAL("hello"), 0, record, &err))
		abort();
	record[7] ^= 1;
	puppet_send_raw(p, record, 5 + RECORD_OVERHEAD);
}

static void flipped_header(struct puppet *p)
{
	uint8_t record[64];
	struct ward_error err = ERROR_NONE;

	if (!record_seal(&p->write, CT_APPLICATION_DATA, SPAN_LITERAL("hello"), 0, record, &err))
		abort();
	record[2] ^= 1;
	puppet_send_raw(p, record, 5 + RECORD_OVERHEAD);
}

static void same_record_again(struct puppet *p)
{
	send_hex(p, CT_APPLICATION_DATA, "aa");
	p->write.seq--;
	send_hex(p, CT_APPLICATION_DATA, "aa");
}

static void record_left_out(struct puppet *p)
{
	p->write.seq++;
	send_hex(p, CT_APPLICATION_DATA, "aa");
}

#define AFTER(fn)                                                                                  \
	{                                                                                          \
		.afterwards = fn                                                                   \
	}

static const struct refusal connected_rows[] = {
	{ "KeyUpdate: asks for 2", AFTER(update_with_2), WARD_E_KEY_UPDATE_VALUE, 47 },
	{ "KeyUpdate: empty", AFTER(update_empty), WARD_E_TRUNCATED, 50 },
	{ "KeyUpdate: two bytes", AFTER(update_long), WARD_E_TRAILING_DATA, 50 },
	{ "KeyUpdate: sixteen megabytes", AFTER(update_huge), WARD_E_MESSAGE_TOO_LONG, 47 },
	{ "KeyUpdate: two in a record", AFTER(two_updates_in_a_record), WARD_E_MESSAGE_NOT_ALIGNED,
	  10 },
	{ "KeyUpdate: without end", AFTER(updates_without_end), WARD_E_KEY_UPDATES_FLOOD, 10 },
	{ "KeyUpdate: without end, each asking back", AFTER(updates_that_ask),
	  WARD_E_KEY_UPDATES_FLOOD, 10 },
	{ "KeyUpdate: then the old keys", AFTER(update_then_old_keys), WARD_E_BAD_RECORD_MAC, 20 },
	{ "half a message, then data", AFTER(half_update_then_data), WARD_E_MESSAGE_INTERLEAVED,
	  10 },
	{ "half a message, then a warning", AFTER(half_update_then_canceled),
	  WARD_E_MESSAGE_INTERLEAVED, 10 },
	{ "HelloRequest, as in TLS 1.2", AFTER(hello_request), WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "ClientHello after the handshake", AFTER(client_hello_again), WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "Finished after the handshake", AFTER(finished_again), WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "CertificateRequest after the handshake", AFTER(certificate_request_late),
	  WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "EndOfEarlyData after the handshake", AFTER(end_of_early_data), WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "message_hash, which is never sent", AFTER(message_hash), WARD_E_MESSAGE_UNEXPECTED, 10 },
	{ "an alert of one byte", AFTER(alert_of_one_byte), WARD_E_ALERT_MALFORMED, 50 },
	{ "two alerts in a record", AFTER(two_alerts), WARD_E_ALERT_MALFORMED, 50 },
	{ "an alert without bytes", AFTER(alert_empty), WARD_E_RECORD_EMPTY, 10 },
	{ "user_canceled without end", AFTER(canceled_without_end), WARD_E_ALERTS_FLOOD, 10 },
	{ "a fatal alert", AFTER(fatal_alert), WARD_E_ALERT_RECEIVED, -1 },
	{ "a warning that is fatal in TLS 1.3", AFTER(warning_that_is_none), WARD_E_ALERT_RECEIVED,
	  -1 },
	{ "an alert that nobody knows", AFTER(alert_unknown), WARD_E_ALERT_RECEIVED, -1 },
	{ "empty records without end", AFTER(empty_records_without_end), WARD_E_RECORDS_FLOOD, 10 },
	{ "padded records without end", AFTER(padded_records_without_end), WARD_E_RECORDS_FLOOD,
	  10 },
	{ "a record of nothing but padding", AFTER(nothing_but_padding), WARD_E_RECORD_NO_TYPE,
	  10 },
	{ "a handshake record without bytes", AFTER(handshake_empty), WARD_E_RECORD_EMPTY, 10 },
	{ "change_cipher_spec under protection", AFTER(inner_ccs), WARD_E_RECORD_TYPE, 10 },
	{ "a type that nobody knows, under protection", AFTER(inner_unknown), WARD_E_RECORD_TYPE,
	  10 },
	{ "a type that nobody knows, in the clear", AFTER(outer_unknown), WARD_E_RECORD_TYPE, 10 },
	{ "a record of SSL 2", AFTER(outer_version), WARD_E_RECORD_VERSION, 70 },
	{ "a record that is too long", AFTER(outer_too_long), WARD_E_RECORD_OVERFLOW, 22 },
	{ "a record with more inside than allowed", AFTER(inner_too_long), WARD_E_RECORD_OVERFLOW,
	  22 },
	{ "a record shorter than its tag", AFTER(outer_too_short), WARD_E_BAD_RECORD_MAC, 20 },
	{ "a record without bytes", AFTER(outer_empty), WARD_E_BAD_RECORD_MAC, 20 },
	{ "data in the clear", AFTER(data_in_the_clear), WARD_E_BAD_RECORD_MAC, 20 },
	{ "a message in the clear", AFTER(handshake_in_the_clear), WARD_E_RECORD_TYPE, 10 },
	{ "close_notify in the clear", AFTER(alert_in_the_clear), WARD_E_RECORD_TYPE, 10 },
	{ "change_cipher_spec after the handshake", AFTER(ccs_late), WARD_E_BAD_CCS, 10 },
	{ "a record with a flipped bit", AFTER(flipped_bit), WARD_E_BAD_RECORD_MAC, 20 },
	{ "a record with a flipped bit in its header", AFTER(flipped_header), WARD_E_BAD_RECORD_MAC,
	  20 },
	{ "a record that was there before", AFTER(same_record_again), WARD_E_BAD_RECORD_MAC, 20 },
	{ "a record after one that was taken away", AFTER(record_left_out), WARD_E_BAD_RECORD_MAC,
	  20 },
};

/* ---- for clients alone: tickets ---- */

static void tickets_without_end(struct puppet *p)
{
	for (int i = 0; i < 200 && !p->engine_failed; i++)
		send_hex(p, CT_HANDSHAKE, "04 00000f 00000e10 00000000 00 0002 abcd 0000");
}

static void ticket_empty(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "04 00000d 00000e10 00000000 00 0000 0000");
}

static void ticket_cut_short(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "04 00000d 00000e10 00000000 00 0002 abcd");
}

static const struct refusal client_rows[] = {
	{ "tickets without end", AFTER(tickets_without_end), WARD_E_TICKETS_FLOOD, 10 },
	{ "a ticket without bytes", AFTER(ticket_empty), WARD_E_BAD_LENGTH, 50 },
	{ "a ticket that is cut short", AFTER(ticket_cut_short), WARD_E_TRUNCATED, 50 },
};

static void ticket_to_server(struct puppet *p)
{
	send_hex(p, CT_HANDSHAKE, "04 00000f 00000e10 00000000 00 0002 abcd 0000");
}

/* ---- before and in the handshake ---- */

static void http_request(struct puppet *p, struct bytes *m)
{
	(void)m;
	puppet_send_raw(p, "GET / HTTP/1.1\r\n\r\n", 18);
}

static void http_answer(struct puppet *p, struct bytes *m)
{
	(void)m;
	puppet_send_raw(p, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
}

static void ssh_banner(struct puppet *p, struct bytes *m)
{
	(void)m;
	puppet_send_raw(p, "SSH-2.0-OpenSSH_9.2\r\n", 21);
}

static void sslv2_hello(struct puppet *p, struct bytes *m)
{
	(void)m;
	raw_hex(p, "80 2e 01 0002 0015 0000 0010");
}

static void zeros(struct puppet *p, struct bytes *m)
{
	(void)m;
	raw_hex(p, "00 0000 0000");
}

static void ccs_of_two_bytes(struct puppet *p, struct bytes *m)
{
	(void)m;
	raw_hex(p, "14 0303 0002 0101");
}

static void ccs_of_two(struct puppet *p, struct bytes *m)
{
	(void)m;
	raw_hex(p, "14 0303 0001 02");
}

static void ccs_without_end(struct puppet *p, struct bytes *m)
{
	(void)m;
	for (int i = 0; i < 100 && !p->engine_failed; i++)
		raw_hex(p, "14 0303 0001 01");
}

static void ccs_amid_the_message(struct puppet *p, struct bytes *m)
{
	puppet_send_record(p, CT_HANDSHAKE, m->data, 10, 0);
	raw_hex(p, "14 0303 0001 01");
}

static void sealed_without_keys(struct puppet *p, struct bytes *m)
{
	(void)m;
	raw_hex(p, "17 0303 0014 0000000000000000000000000000000000000000");
}

static void message_in_long_record(struct puppet *p, struct bytes *m)
{
	(void)m;
	raw_hex(p, "16 0303 4001");
}

static void empty_fragment(struct puppet *p, struct bytes *m)
{
	(void)m;
	raw_hex(p, "16 0303 0000");
}

static void fatal_instead(struct puppet *p, struct bytes *m)
{
	(void)m;
	send_hex(p, CT_ALERT, "02 46");
}

static void close_instead(struct puppet *p, struct bytes *m)
{
	(void)m;
	send_hex(p, CT_ALERT, "01 00");
}

static void data_instead(struct puppet *p, struct bytes *m)
{
	(void)m;
	send_hex(p, CT_APPLICATION_DATA, "68656c6c6f");
}

static void in_the_clear(struct puppet *p, struct bytes *m)
{
	puppet_send_plain(p, CT_HANDSHAKE, 0x0303, m->data, m->len);
}

static void with_more_behind(struct puppet *p, struct bytes *m)
{
	m->data[m->len++] = HT_ENCRYPTED_EXTENSIONS;
	puppet_send_message(p, m);
}

static void eof(struct puppet *p, struct bytes *m)
{
	(void)m;
	if (!ward_conn_receive_eof(p->conn, &p->err))
		p->engine_failed = true;
}

#define HELLO(fn)                                                                                  \
	{                                                                                          \
		.at = HT_CLIENT_HELLO, .instead = fn                                               \
	}

static const struct refusal server_rows[] = {
	{ "an HTTP request", HELLO(http_request), WARD_E_PLAIN_HTTP, 10 },
	{ "a banner of SSH", HELLO(ssh_banner), WARD_E_NOT_TLS, 10 },
	{ "a ClientHello of SSL 2", HELLO(sslv2_hello), WARD_E_NO_COMMON_VERSION, 70 },
	{ "zeros", HELLO(zeros), WARD_E_NOT_TLS, 10 },
	{ "change_cipher_spec before the ClientHello", HELLO(ccs_without_end), WARD_E_BAD_CCS, 10 },
	{ "a sealed record before there are keys", HELLO(sealed_without_keys), WARD_E_RECORD_TYPE,
	  10 },
	{ "a record of 16385 bytes in the clear", HELLO(message_in_long_record),
	  WARD_E_RECORD_OVERFLOW, 22 },
	{ "a message's record without bytes", HELLO(empty_fragment), WARD_E_RECORD_EMPTY, 10 },
	{ "an alert in place of the ClientHello", HELLO(fatal_instead), WARD_E_ALERT_RECEIVED, -1 },
	{ "close_notify in place of the ClientHello", HELLO(close_instead),
	  WARD_E_CLOSED_IN_HANDSHAKE, -1 },
	{ "the end of the stream in place of the ClientHello", HELLO(eof),
	  WARD_E_CLOSED_IN_HANDSHAKE, -1 },
	{ "data in place of Finished",
	  { .at = HT_FINISHED, .instead = data_instead },
	  WARD_E_RECORD_TYPE,
	  10 },
	{ "Finished in the clear",
	  { .at = HT_FINISHED, .instead = in_the_clear },
	  WARD_E_RECORD_TYPE,
	  10 },
	{ "change_cipher_spec of two bytes",
	  { .at = HT_FINISHED, .instead = ccs_of_two_bytes },
	  WARD_E_BAD_CCS,
	  10 },
	{ "change_cipher_spec without end",
	  { .at = HT_FINISHED, .instead = ccs_without_end },
	  WARD_E_RECORDS_FLOOD,
	  10 },
	{ "change_cipher_spec amid a message",
	  { .at = HT_FINISHED, .instead = ccs_amid_the_message },
	  WARD_E_MESSAGE_INTERLEAVED,
	  10 },
	{ "the end of the stream in place of Finished",
	  { .at = HT_FINISHED, .instead = eof },
	  WARD_E_CLOSED_IN_HANDSHAKE,
	  -1 },
	{ "a ticket to a server", AFTER(ticket_to_server), WARD_E_MESSAGE_UNEXPECTED, 10 },
};

#define SH(fn)                                                                                     \
	{                                                                                          \
		.at = HT_SERVER_HELLO, .instead = fn                                               \
	}
#define EE(fn)                                                                                     \
	{                                                                                          \
		.at = HT_ENCRYPTED_EXTENSIONS, .instead = fn                                       \
	}

static const struct refusal early_client_rows[] = {
	{ "an HTTP answer", SH(http_answer), WARD_E_PLAIN_HTTP, 10 },
	{ "a banner of SSH", SH(ssh_banner), WARD_E_NOT_TLS, 10 },
	{ "a sealed record before there are keys", SH(sealed_without_keys), WARD_E_RECORD_TYPE,
	  10 },
	{ "an alert in place of ServerHello", SH(fatal_instead), WARD_E_ALERT_RECEIVED, -1 },
	{ "close_notify in place of ServerHello", SH(close_instead), WARD_E_CLOSED_IN_HANDSHAKE,
	  -1 },
	{ "the end of the stream in place of ServerHello", SH(eof), WARD_E_CLOSED_IN_HANDSHAKE,
	  -1 },
	{ "change_cipher_spec of 2", SH(ccs_of_two), WARD_E_BAD_CCS, 10 },
	{ "change_cipher_spec without end", SH(ccs_without_end), WARD_E_RECORDS_FLOOD, 10 },
	{ "change_cipher_spec amid a message", SH(ccs_amid_the_message), WARD_E_MESSAGE_INTERLEAVED,
	  10 },
	{ "more behind ServerHello in its record", SH(with_more_behind), WARD_E_MESSAGE_NOT_ALIGNED,
	  10 },
	{ "EncryptedExtensions in the clear", EE(in_the_clear), WARD_E_RECORD_TYPE, 10 },
	{ "data in place of EncryptedExtensions", EE(data_instead), WARD_E_RECORD_TYPE, 10 },
	{ "more behind Finished in its record",
	  { .at = HT_FINISHED, .instead = with_more_behind },
	  WARD_E_MESSAGE_NOT_ALIGNED,
	  10 },
	{ "the end of the stream amid the flight", EE(eof), WARD_E_CLOSED_IN_HANDSHAKE, -1 },
};

/* The same end after the handshake: data may be missing. */
static void eof_late(struct puppet *p)
{
	eof(p, NULL);
}

static const struct refusal end_rows[] = {
	{ "the end of the stream without close_notify", AFTER(eof_late), WARD_E_CLOSED_EARLY, -1 },
};

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, server_rows, refusal_by_server);
	TABLE_ADD(&t, early_client_rows, refusal_by_client);
	TABLE_ADD(&t, client_rows, refusal_by_client);
	TABLE_ADD(&t, connected_rows, refusal_by_client);
	TABLE_ADD(&t, connected_rows, refusal_by_server);
	TABLE_ADD(&t, end_rows, refusal_by_client);
	TABLE_ADD(&t, end_rows, refusal_by_server);
	failed = table_run(&t, "refusals of records");
	credentials_cleanup();
	return failed;
}
