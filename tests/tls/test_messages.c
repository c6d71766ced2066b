/*
 * The codecs of the handshake messages, msg/: good messages both ways, every cut and every flipped
 * bit of them, and the messages of the published traces.
 */
#include "support/messages.h"

#include <stdlib.h>

#include "support/hellos.h"
#include "support/traces.h"
#include "tls/ext/table.h"

static const struct good_row {
	const char *name;
	int type;
	const char *body;
} good[] = {
	{ "a ClientHello of before extensions", HT_CLIENT_HELLO, CH },
	{ "a ClientHello of a client that resumes", HT_CLIENT_HELLO,
	  "0303" RANDOM "20" ID32 "0006 1301 1302 1303 01 00 00bd"
	  "0000 0010 000e 00 000b 6578616d706c652e6f7267"     /* server_name */
	  "000a 0006 0004 001d 0017"                          /* supported_groups */
	  "0033 000a 0008" SHARE_X25519                       /* key_share */
	  "002c 0004 0002 cafe"                               /* cookie */
	  "002b 0005 04 0304 0303"                            /* supported_versions */
	  "000d 0006 0004 0403 0804"                          /* signature_algorithms */
	  "0032 0004 0002 0401"                               /* signature_algorithms_cert */
	  "002f 0006 0004 0002 3000"                          /* certificate_authorities */
	  "001c 0002 4001"                                    /* record_size_limit */
	  "0010 000e 000c 02 6832 08 687474702f312e31"        /* ALPN */
	  "0005 0005 01 0000 0000"                            /* status_request */
	  "0012 0000"                                         /* signed_certificate_timestamp */
	  "0031 0000"                                         /* post_handshake_auth */
	  "002d 0002 01 01"                                   /* psk_key_exchange_modes */
	  "002a 0000"                                         /* early_data */
	  "0029 002d 0008 0002 abcd 01020304 0021 20" ID32 }, /* pre_shared_key */
	{ "a ServerHello with a key share", HT_SERVER_HELLO,
	  SH "0012 0033 0008" SHARE_X25519 "002b 0002 0304" },
	{ "a ServerHello with a key share and a pre-shared key", HT_SERVER_HELLO,
	  "0303" RANDOM "20" ID32 "1302 00"
	  "0018 0029 0002 0001 0033 0008" SHARE_X25519 "002b 0002 0304" },
	{ "a HelloRetryRequest for a group", HT_SERVER_HELLO,
	  HRR "000c 0033 0002 0017 002b 0002 0304" },
	{ "a HelloRetryRequest with a cookie", HT_SERVER_HELLO,
	  HRR "000f 002c 0005 0003 c00c1e 002b 0002 0304" },
	{ "a ServerHello of TLS 1.2 without extensions", HT_SERVER_HELLO, SH },
	{ "EncryptedExtensions with nothing in them", HT_ENCRYPTED_EXTENSIONS, "0000" },
	{ "EncryptedExtensions with all that a server may say", HT_ENCRYPTED_EXTENSIONS,
	  "001f 000a 0004 0002 001d 001c 0002 0040 0000 0000 0010 0005 0003 02 6832 002a 0000" },
	{ "a CertificateRequest", HT_CERTIFICATE_REQUEST, "00 0008 000d 0004 0002 0403" },
	{ "a CertificateRequest with all that a server may ask", HT_CERTIFICATE_REQUEST,
	  "02 c0de 0036"
	  "0000 0006 0004 00 0001 61" /* server_name */
	  "000d 0004 0002 0403"       /* signature_algorithms */
	  "0032 0004 0002 0401"       /* signature_algorithms_cert */
	  "002f 0006 0004 0002 3000"  /* certificate_authorities */
	  "0030 0006 0004 01 55 0000" /* oid_filters */
	  "0005 0000 0012 0000" },    /* status_request, SCTs */
	{ "a Certificate of a client that has none", HT_CERTIFICATE, "00 000000" },
	{ "a Certificate that answers a context", HT_CERTIFICATE, "02 c0de 000000" },
	{ "a Certificate of one without extensions", HT_CERTIFICATE,
	  "00 000008 000003 aabbcc 0000" },
	{ "a Certificate of two, the leaf with status and timestamps", HT_CERTIFICATE,
	  "00 000024 000003 aabbcc 0015"
	  "0005 0007 01 000003 0a0b0c" /* status_request */
	  "0012 0006 0004 0002 5c75"   /* signed_certificate_timestamp */
	  "000002 ddee 0000" },
	{ "a CertificateVerify", HT_CERTIFICATE_VERIFY, "0403 0004 01020304" },
	{ "a CertificateVerify with an empty signature", HT_CERTIFICATE_VERIFY, "0807 0000" },
	{ "a Finished", HT_FINISHED, ID32 },
	{ "a NewSessionTicket", HT_NEW_SESSION_TICKET,
	  "00000e10 01020304 02 0001 0003 aabbcc 0000" },
	{ "a NewSessionTicket without nonce that allows early data", HT_NEW_SESSION_TICKET,
	  "00093a80 ffffffff 00 0001 aa 0008 002a 0004 00004000" },
	{ "a KeyUpdate that asks for nothing", HT_KEY_UPDATE, "00" },
	{ "a KeyUpdate that asks for one", HT_KEY_UPDATE, "01" },
};

/* Writes into a block of exactly `cap` bytes. */
static bool write_into(int type, const union any_message *m, size_t cap, struct span *out,
		       struct ward_error *err)
{
	struct span room = table_fill(0xee, cap);
	struct writer w;

	*err = ERROR_NONE;
	w = writer_make(cap == 0 ? NULL : (uint8_t *)(uintptr_t)room.data, cap, err);
	message_write(&w, type, m);
	*out = writer_span(&w);
	return !error_is_set(err);
}

static void assert_header(struct span message, int type)
{
	assert_true(message.len >= HANDSHAKE_HEADER_LEN);
	assert_int_equal(message.data[0], type);
	assert_int_equal(message.data[1] << 16 | message.data[2] << 8 | message.data[3],
			 message.len - HANDSHAKE_HEADER_LEN);
}

static struct span body_of(struct span message)
{
	return span_make(message.data + HANDSHAKE_HEADER_LEN, message.len - HANDSHAKE_HEADER_LEN);
}

static void test_round_trip(void **state)
{
	const struct good_row *row = *state;
	struct span body = table_hex(row->body);
	struct ward_error err = ERROR_NONE;
	union any_message m;
	struct span out;

	assert_true(message_read(row->type, body, &m, &err));
	assert_int_equal(err.reason, WARD_E_NONE);
	assert_true(write_into(row->type, &m, body.len + HANDSHAKE_HEADER_LEN, &out, &err));
	assert_header(out, row->type);
	assert_span_equal(body_of(out), body);
}

static void test_no_room(void **state)
{
	const struct good_row *row = *state;
	struct span body = table_hex(row->body);
	struct ward_error err = ERROR_NONE;
	union any_message m;
	struct span out;

	assert_true(message_read(row->type, body, &m, &err));
	for (size_t cap = 0; cap < body.len + HANDSHAKE_HEADER_LEN; cap++) {
		assert_false(write_into(row->type, &m, cap, &out, &err));
		assert_int_equal(err.reason, WARD_E_NO_SPACE);
	}
}

/* Extensions may be missing as a whole, in messages of clients and servers of long ago. */
static bool may_end_at(int type, struct span body, size_t len)
{
	size_t id = body.len > 34 ? body.data[34] : 0;

	if (type == HT_SERVER_HELLO)
		return len == 38 + id;
	return type == HT_CLIENT_HELLO &&
	       len == 39 + id + ((size_t)body.data[35 + id] << 8 | body.data[36 + id]);
}

static void check_cuts(int type, struct span body)
{
	for (size_t len = 0; len < body.len; len++) {
		struct span cut = table_bytes(body.data, len);
		struct ward_error err = ERROR_NONE;
		union any_message m;

		if (may_end_at(type, body, len)) {
			assert_true(message_read(type, cut, &m, &err));
			continue;
		}
		assert_false(message_read(type, cut, &m, &err));
		assert_int_equal(err.reason, WARD_E_TRUNCATED);
		assert_int_equal(err.message, type);
		assert_in_range(err.offset, HANDSHAKE_HEADER_LEN, HANDSHAKE_HEADER_LEN + len);
	}
}

static void test_cuts(void **state)
{
	const struct good_row *row = *state;

	check_cuts(row->type, table_hex(row->body));
}

static void check_trailing(int type, struct span body)
{
	struct span parts[] = { body, table_hex("00") };
	struct span longer = table_join(parts, 2);
	struct ward_error err = ERROR_NONE;
	union any_message m;

	assert_false(message_read(type, longer, &m, &err));
	/* Where extensions may be missing, a byte more is the start of their length. */
	assert_int_equal(err.reason, may_end_at(type, body, body.len) ? WARD_E_TRUNCATED
								      : WARD_E_TRAILING_DATA);
	assert_int_equal(err.message, type);
	assert_int_equal(err.extension, -1);
	assert_int_equal(err.offset, HANDSHAKE_HEADER_LEN + body.len);
}

static void test_trailing(void **state)
{
	const struct good_row *row = *state;

	check_trailing(row->type, table_hex(row->body));
}

/* Leaves in `seen` what this side writes at all. */
static void drop_unwritable(int type, union any_message *m)
{
	struct extensions *e = message_extensions(type, m);

	for (size_t i = 0; e != NULL && i < ext_row_count; i++) {
		if (ext_rows[i].write == NULL)
			e->seen &= ~(UINT64_C(1) << i);
	}
}

/* A ServerHello of TLS 1.2 is not written by TLS 1.3. */
static bool is_of_tls12(int type, const union any_message *m)
{
	return type == HT_SERVER_HELLO && !m->server_hello.is_retry &&
	       !ext_has(&m->server_hello.ext, EXT_SUPPORTED_VERSIONS);
}

/* What is accepted can be written, and what was written is the same when it is read again. */
static void check_stable(int type, struct span body)
{
	struct ward_error err = ERROR_NONE;
	union any_message m, again;
	struct span first, second;

	if (!message_read(type, body, &m, &err)) {
		assert_int_not_equal(err.reason, WARD_E_NONE);
		assert_int_equal(err.message, type);
		return;
	}
	if (is_of_tls12(type, &m))
		return;
	drop_unwritable(type, &m);
	assert_true(write_into(type, &m, body.len + 64, &first, &err));
	assert_true(message_read(type, body_of(first), &again, &err));
	assert_true(write_into(type, &again, body.len + 64, &second, &err));
	assert_span_equal(second, first);
}

static void test_flipped_bits(void **state)
{
	const struct good_row *row = *state;
	struct span body = table_hex(row->body);

	for (size_t i = 0; i < 8 * body.len; i++) {
		uint8_t *copy = malloc(body.len);

		assert_non_null(copy);
		memcpy(copy, body.data, body.len);
		copy[i / 8] ^= (uint8_t)(1U << i % 8);
		check_stable(row->type, span_make(copy, body.len));
		free(copy);
	}
}

static const struct good_row accepted[] = {
	{ "a ClientHello with an empty block of extensions", HT_CLIENT_HELLO, CH "0000" },
	{ "a ClientHello of SSL 3.0", HT_CLIENT_HELLO, "0300" RANDOM "00 0002 000a 01 00" },
	{ "a ClientHello with compression methods, to be judged by the server", HT_CLIENT_HELLO,
	  "0303" RANDOM "00 0002 1301 03 010040" },
	{ "a ClientHello with extensions that nobody knows", HT_CLIENT_HELLO,
	  CH "000f 1234 0000 ff01 0001 00 0a0a 0002 ffff" },
	{ "a ClientHello with an extension that is known and not spoken", HT_CLIENT_HELLO,
	  CH "0005 000f 0001 ff" },
	{ "a ClientHello with a key share and no list of groups, to be judged by the server",
	  HT_CLIENT_HELLO, CH "000e 0033 000a 0008" SHARE_X25519 },
	{ "a ServerHello of TLS 1.2 with extensions of its time", HT_SERVER_HELLO,
	  SH "000f ff01 0001 00 000b 0002 0100 0017 0000" },
	{ "a HelloRetryRequest without extensions, to be judged by the client", HT_SERVER_HELLO,
	  HRR },
	{ "a CertificateRequest with an extension that nobody knows", HT_CERTIFICATE_REQUEST,
	  "00 000d 1234 0001 ff 000d 0004 0002 0403" },
	{ "a CertificateRequest without schemes, to be judged by the client",
	  HT_CERTIFICATE_REQUEST, "00 0000" },
	{ "a Certificate of sixteen", HT_CERTIFICATE,
	  "00 000060 000001aa0000 000001aa0000 000001aa0000 000001aa0000 000001aa0000"
	  "000001aa0000 000001aa0000 000001aa0000 000001aa0000 000001aa0000 000001aa0000"
	  "000001aa0000 000001aa0000 000001aa0000 000001aa0000 000001aa0000" },
	{ "a Certificate with a status beside the issuer", HT_CERTIFICATE,
	  "00 000016 000001 aa 0000 000001 bb 000a 0005 0006 01 000002 0a0b" },
	{ "a NewSessionTicket with an extension that nobody knows", HT_NEW_SESSION_TICKET,
	  "00000000 00000000 00 0001 aa 0005 0a0a 0001 ff" },
};

static void test_accepted(void **state)
{
	const struct good_row *row = *state;
	struct ward_error err = ERROR_NONE;
	union any_message m;

	assert_true(message_read(row->type, table_hex(row->body), &m, &err));
	assert_int_equal(err.reason, WARD_E_NONE);
}

/* ---- limits ---- */

static void test_limits(void **state)
{
	(void)state;
	for (int type = -1; type <= 256; type++) {
		bool of_12 = type == HT_HELLO_REQUEST || type == HT_SERVER_KEY_EXCHANGE ||
			     type == HT_SERVER_HELLO_DONE || type == HT_CLIENT_KEY_EXCHANGE ||
			     type == HT_CERTIFICATE_STATUS || type == HT_COMPRESSED_CERTIFICATE;
		bool known = message_is_known(type) || of_12 || type == HT_END_OF_EARLY_DATA;

		assert_int_equal(message_limit(type) > 0, known);
		assert_true(message_limit(type) <= 0xffffff);
	}
	/* A chain of the most that is taken, each a long certificate, comes through. */
	assert_true(message_limit(HT_CERTIFICATE) >= CHAIN_MAX_CERTS * 8192);
	assert_true(message_limit(HT_CLIENT_HELLO) >= 16384);
}

static void test_writer_refuses_overlong(void **state)
{
	static uint8_t buf[1 << 18];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(buf, sizeof(buf), &err);
	struct client_hello ch = { .legacy_session_id = table_fill(1, 256) };
	struct certificate_verify cv = { .signature = table_fill(1, 65536) };

	(void)state;
	client_hello_write(&w, &ch);
	assert_int_equal(err.reason, WARD_E_INTERNAL);
	err = ERROR_NONE;
	w = writer_make(buf, sizeof(buf), &err);
	certificate_verify_write(&w, &cv);
	assert_int_equal(err.reason, WARD_E_INTERNAL);
}

/* ---- the traces ---- */

struct found {
	int type; /* of the extension that is looked for; then its body */
	struct span body;
};

static bool is_other_extension(void *arg, int type, struct span body)
{
	struct found *f = arg;

	if (type != f->type)
		return true;
	f->body = body;
	return false;
}

/* Every extension that was written has the bytes that came. */
static bool was_in_original(void *arg, int type, struct span body)
{
	const struct extensions *original = arg;
	struct found f = { .type = type };

	assert_false(extensions_each(original->raw, is_other_extension, &f));
	assert_span_equal(body, f.body);
	return true;
}

/*
 * Clients of the traces send extensions that this one does not (renegotiation_info, padding), and
 * in their own order: fields and extensions are the same, the whole is not.
 */
static void check_client_hello(const struct trace_message *t, union any_message *m)
{
	struct client_hello *ch = &m->client_hello;
	struct ward_error err = ERROR_NONE;
	union any_message again;
	struct span out;
	uint64_t seen;

	drop_unwritable(HT_CLIENT_HELLO, m);
	seen = ch->ext.seen;
	assert_true(ext_has(&ch->ext, EXT_KEY_SHARE));
	assert_true(ext_has(&ch->ext, EXT_SERVER_NAME));
	assert_true(write_into(HT_CLIENT_HELLO, m, t->bytes.len, &out, &err));
	assert_true(message_read(HT_CLIENT_HELLO, body_of(out), &again, &err));
	assert_true(again.client_hello.ext.seen == seen);
	assert_true(extensions_each(again.client_hello.ext.raw, was_in_original, &ch->ext));
	assert_span_equal(span_make(out.data + 4, 38), span_make(t->bytes.data + 4, 38));
}

struct tally {
	size_t of_type[256];
};

static void check_trace_message(void *arg, const struct trace_message *t)
{
	struct tally *tally = arg;
	int type = t->bytes.data[0];
	struct ward_error err = ERROR_NONE;
	struct span body = body_of(t->bytes), out;
	union any_message m;

	tally->of_type[type]++;
	if (type == HT_END_OF_EARLY_DATA) {
		assert_int_equal(body.len, 0);
		return;
	}
	if (!message_read(type, body, &m, &err))
		fail_msg("%s: %s", t->name, ward_reason_name(err.reason));
	if (type == HT_CLIENT_HELLO) {
		check_client_hello(t, &m);
	} else {
		assert_true(write_into(type, &m, t->bytes.len, &out, &err));
		assert_span_equal(out, t->bytes);
	}
	check_cuts(type, body);
	check_trailing(type, body);
}

static void test_traces(void **state)
{
	static const struct {
		int type;
		size_t count;
	} wanted[] = {
		{ HT_CLIENT_HELLO, 6 },
		{ HT_SERVER_HELLO, 6 },
		{ HT_NEW_SESSION_TICKET, 1 },
		{ HT_END_OF_EARLY_DATA, 1 },
		{ HT_ENCRYPTED_EXTENSIONS, 5 },
		{ HT_CERTIFICATE, 5 },
		{ HT_CERTIFICATE_REQUEST, 1 },
		{ HT_CERTIFICATE_VERIFY, 5 },
		{ HT_FINISHED, 10 },
	};
	struct tally tally = { { 0 } };
	size_t total = traces_each_message(check_trace_message, &tally);

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		assert_int_equal(tally.of_type[wanted[i].type], wanted[i].count);
		total -= wanted[i].count;
	}
	assert_int_equal(total, 0);
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, good, test_round_trip);
	TABLE_ADD(&t, good, test_no_room);
	TABLE_ADD(&t, good, test_cuts);
	TABLE_ADD(&t, good, test_trailing);
	TABLE_ADD(&t, good, test_flipped_bits);
	TABLE_ADD(&t, accepted, test_accepted);
	table_add(&t, "every message that is spoken has a limit", test_limits, NULL);
	table_add(&t, "a field too long for its length is not written",
		  test_writer_refuses_overlong, NULL);
	table_add(&t, "the messages of the published traces", test_traces, NULL);
	return table_run(&t, "messages");
}
