/*
 * The codecs of the handshake messages, msg/: good messages both ways, every cut and every flipped
 * bit of them, malformed ones with the reason and the place, and the messages of the published
 * traces.
 */
#include "support/messages.h"

#include <stdlib.h>

#include "support/traces.h"
#include "tls/ext/table.h"
#include "tls/msg/message.h"

#define RANDOM "000102030405060708090a0b0c0d0e0f 101112131415161718191a1b1c1d1e1f"
#define RETRY_RANDOM "cf21ad74e59a6111be1d8c021e65b891 c2a211167abb8c5e079e09e2c8a8339c"
#define ID32 "202122232425262728292a2b2c2d2e2f 303132333435363738393a3b3c3d3e3f"

/* A ClientHello up to its extensions: 41 bytes. A ServerHello likewise: 38 bytes. */
#define CH "0303" RANDOM "00 0002 1301 01 00"
#define SH "0303" RANDOM "00 1301 00"
#define HRR "0303" RETRY_RANDOM "00 1301 00"

#define SHARE_X25519 "001d 0004 aabbccdd"

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
	  SH "0013 ff01 0001 00 000b 0002 0100 0010 0000 0023 0000" },
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

static const struct bad_row {
	const char *name;
	int type;
	const char *body;
	enum ward_reason reason;
	int extension;
	int offset; /* in the message, its header counted */
} bad[] = {
	{ "an empty ClientHello", HT_CLIENT_HELLO, "", WARD_E_TRUNCATED, -1, 4 },
	{ "a session id of 33 bytes", HT_CLIENT_HELLO, "0303" RANDOM "21" ID32 "40 0002 1301 0100",
	  WARD_E_BAD_LENGTH, -1, 38 },
	{ "no cipher suite", HT_CLIENT_HELLO, "0303" RANDOM "00 0000 0100", WARD_E_BAD_LENGTH, -1,
	  39 },
	{ "a list of cipher suites that ends inside one", HT_CLIENT_HELLO,
	  "0303" RANDOM "00 0003 130113 0100", WARD_E_BAD_LENGTH, -1, 39 },
	{ "a list of cipher suites of 65535 bytes", HT_CLIENT_HELLO,
	  "0303" RANDOM "00 ffff 1301 0100", WARD_E_BAD_LENGTH, -1, 39 },
	{ "cipher suites that reach beyond the message", HT_CLIENT_HELLO,
	  "0303" RANDOM "00 0100 1301 0100", WARD_E_TRUNCATED, -1, 41 },
	{ "no compression method at all", HT_CLIENT_HELLO, "0303" RANDOM "00 0002 1301 00",
	  WARD_E_BAD_LENGTH, -1, 43 },
	{ "one byte where extensions would begin", HT_CLIENT_HELLO, CH "00", WARD_E_TRUNCATED, -1,
	  45 },
	{ "extensions that reach beyond the message", HT_CLIENT_HELLO, CH "0005 1234 0000",
	  WARD_E_TRUNCATED, -1, 47 },
	{ "bytes behind the extensions", HT_CLIENT_HELLO, CH "0004 1234 0000 00",
	  WARD_E_TRAILING_DATA, -1, 51 },
	{ "a block that ends inside a type", HT_CLIENT_HELLO, CH "0001 00", WARD_E_TRUNCATED, -1,
	  47 },
	{ "a block that ends behind a type", HT_CLIENT_HELLO, CH "0002 0000", WARD_E_TRUNCATED, -1,
	  49 },
	{ "a block that ends inside a length", HT_CLIENT_HELLO, CH "0003 000000", WARD_E_TRUNCATED,
	  -1, 49 },
	{ "an extension that reaches beyond the block", HT_CLIENT_HELLO, CH "0005 1234 0002 00",
	  WARD_E_TRUNCATED, -1, 51 },
	{ "a ServerHello with a session id of 33 bytes", HT_SERVER_HELLO,
	  "0303" RANDOM "21" ID32 "40 1301 00", WARD_E_BAD_LENGTH, -1, 38 },
	{ "a ServerHello of TLS 1.2 with an extension cut short", HT_SERVER_HELLO,
	  SH "0005 ff01 0002 00", WARD_E_TRUNCATED, -1, 48 },
	{ "a ServerHello of TLS 1.2 with an extension twice", HT_SERVER_HELLO,
	  SH "0008 ff01 0000 ff01 0000", WARD_E_EXT_DUPLICATE, 0xff01, 48 },
	{ "a ServerHello with an extension that nobody knows", HT_SERVER_HELLO,
	  SH "000a 002b 0002 0304 1234 0000", WARD_E_EXT_NOT_OFFERED, 0x1234, 50 },
	{ "a ServerHello with an extension of GREASE", HT_SERVER_HELLO,
	  SH "000a 002b 0002 0304 0a0a 0000", WARD_E_EXT_NOT_OFFERED, 0x0a0a, 50 },
	{ "a ServerHello with ALPN", HT_SERVER_HELLO,
	  SH "000f 002b 0002 0304 0010 0005 0003 02 6832", WARD_E_EXT_MISPLACED, EXT_ALPN, 50 },
	{ "a ServerHello with a cookie", HT_SERVER_HELLO,
	  SH "000d 002b 0002 0304 002c 0003 0001 aa", WARD_E_EXT_MISPLACED, EXT_COOKIE, 50 },
	{ "a ServerHello with the list of versions that a client sends", HT_SERVER_HELLO,
	  SH "0007 002b 0003 02 0304", WARD_E_TRAILING_DATA, EXT_SUPPORTED_VERSIONS, 50 },
	{ "a HelloRetryRequest with a whole key share", HT_SERVER_HELLO,
	  HRR "000c 0033 0008" SHARE_X25519, WARD_E_TRAILING_DATA, EXT_KEY_SHARE, 50 },
	{ "a HelloRetryRequest with a pre-shared key", HT_SERVER_HELLO, HRR "0006 0029 0002 0000",
	  WARD_E_EXT_MISPLACED, EXT_PRE_SHARED_KEY, 44 },
	{ "a HelloRetryRequest with an empty cookie", HT_SERVER_HELLO, HRR "0006 002c 0002 0000",
	  WARD_E_BAD_LENGTH, EXT_COOKIE, 48 },
	{ "EncryptedExtensions with a key share", HT_ENCRYPTED_EXTENSIONS,
	  "000c 0033 0008" SHARE_X25519, WARD_E_EXT_MISPLACED, EXT_KEY_SHARE, 6 },
	{ "EncryptedExtensions with signature algorithms", HT_ENCRYPTED_EXTENSIONS,
	  "0008 000d 0004 0002 0403", WARD_E_EXT_MISPLACED, EXT_SIGNATURE_ALGORITHMS, 6 },
	{ "EncryptedExtensions with one that nobody knows", HT_ENCRYPTED_EXTENSIONS,
	  "0004 1234 0000", WARD_E_EXT_NOT_OFFERED, 0x1234, 6 },
	{ "EncryptedExtensions with two protocols chosen", HT_ENCRYPTED_EXTENSIONS,
	  "000c 0010 0008 0006 02 6832 02 6833", WARD_E_BAD_VALUE, EXT_ALPN, 15 },
	{ "a CertificateRequest with supported_versions", HT_CERTIFICATE_REQUEST,
	  "00 0006 002b 0002 0304", WARD_E_EXT_MISPLACED, EXT_SUPPORTED_VERSIONS, 7 },
	{ "a CertificateRequest with an empty list of schemes", HT_CERTIFICATE_REQUEST,
	  "00 0006 000d 0002 0000", WARD_E_BAD_LENGTH, EXT_SIGNATURE_ALGORITHMS, 11 },
	{ "an empty certificate", HT_CERTIFICATE, "00 000005 000000 0000", WARD_E_BAD_LENGTH, -1,
	  8 },
	{ "a certificate that reaches beyond the list", HT_CERTIFICATE, "00 000006 000004 aabb 00",
	  WARD_E_TRUNCATED, -1, 11 },
	{ "a certificate without its extensions", HT_CERTIFICATE, "00 000004 000001 aa",
	  WARD_E_TRUNCATED, -1, 12 },
	{ "a list of certificates that reaches beyond the message", HT_CERTIFICATE,
	  "00 000007 000001 aa 0000", WARD_E_TRUNCATED, -1, 8 },
	{ "a list of certificates of 16 MiB that are not there", HT_CERTIFICATE, "00 ffffff",
	  WARD_E_TRUNCATED, -1, 8 },
	{ "bytes behind the list of certificates", HT_CERTIFICATE, "00 000006 000001 aa 0000 00",
	  WARD_E_TRAILING_DATA, -1, 14 },
	{ "seventeen certificates", HT_CERTIFICATE,
	  "00 000066 000001aa0000 000001aa0000 000001aa0000 000001aa0000 000001aa0000"
	  "000001aa0000 000001aa0000 000001aa0000 000001aa0000 000001aa0000 000001aa0000"
	  "000001aa0000 000001aa0000 000001aa0000 000001aa0000 000001aa0000 000001aa0000",
	  WARD_E_CERTIFICATE_TOO_MANY, -1, 8 + 16 * 6 },
	{ "a certificate with ALPN beside it", HT_CERTIFICATE,
	  "00 00000f 000001 aa 0009 0010 0005 0003 02 6832", WARD_E_EXT_MISPLACED, EXT_ALPN, 14 },
	{ "an issuer with an extension that nobody knows", HT_CERTIFICATE,
	  "00 000010 000001 aa 0000 000001 bb 0004 1234 0000", WARD_E_EXT_NOT_OFFERED, 0x1234, 20 },
	{ "a certificate with two statuses", HT_CERTIFICATE,
	  "00 000018 000001 aa 0012 0005 0005 01 000001 0a 0005 0005 01 000001 0a",
	  WARD_E_EXT_DUPLICATE, EXT_STATUS_REQUEST, 23 },
	{ "a signature that reaches beyond the message", HT_CERTIFICATE_VERIFY, "0403 0004 010203",
	  WARD_E_TRUNCATED, -1, 8 },
	{ "a Finished of 31 bytes", HT_FINISHED,
	  "202122232425262728292a2b2c2d2e2f 303132333435363738393a3b3c3d3e", WARD_E_TRUNCATED, -1,
	  4 },
	{ "a Finished of 33 bytes", HT_FINISHED, ID32 "40", WARD_E_TRAILING_DATA, -1, 36 },
	{ "an empty ticket", HT_NEW_SESSION_TICKET, "00000e10 01020304 00 0000 0000",
	  WARD_E_BAD_LENGTH, -1, 13 },
	{ "a ticket with a key share", HT_NEW_SESSION_TICKET,
	  "00000e10 01020304 00 0001 aa 0006 0033 0002 0017", WARD_E_EXT_MISPLACED, EXT_KEY_SHARE,
	  18 },
	{ "a ticket with the early_data of a ClientHello", HT_NEW_SESSION_TICKET,
	  "00000e10 01020304 00 0001 aa 0004 002a 0000", WARD_E_TRUNCATED, EXT_EARLY_DATA, 22 },
	{ "a ticket with early_data twice", HT_NEW_SESSION_TICKET,
	  "00000e10 01020304 00 0001 aa 0010 002a 0004 00000001 002a 0004 00000001",
	  WARD_E_EXT_DUPLICATE, EXT_EARLY_DATA, 26 },
	{ "an empty KeyUpdate", HT_KEY_UPDATE, "", WARD_E_TRUNCATED, -1, 4 },
	{ "a KeyUpdate that asks for something unknown", HT_KEY_UPDATE, "02",
	  WARD_E_KEY_UPDATE_VALUE, -1, 4 },
	{ "a KeyUpdate that asks for 255", HT_KEY_UPDATE, "ff", WARD_E_KEY_UPDATE_VALUE, -1, 4 },
	{ "a KeyUpdate of two bytes", HT_KEY_UPDATE, "0100", WARD_E_TRAILING_DATA, -1, 5 },
};

static void test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct ward_error err = ERROR_NONE;
	union any_message m;

	assert_false(message_read(row->type, table_hex(row->body), &m, &err));
	assert_string_equal(ward_reason_name(err.reason), ward_reason_name(row->reason));
	assert_int_equal(err.message, row->type);
	assert_int_equal(err.extension, row->extension);
	assert_int_equal(err.offset, row->offset);
	/* A failure of before is not written over. */
	err = ERROR_NONE;
	FAIL(&err, BAD_KEY);
	assert_false(message_read(row->type, table_hex(row->body), &m, &err));
	assert_int_equal(err.reason, WARD_E_BAD_KEY);
	/* And nobody needs to ask why. */
	assert_false(message_read(row->type, table_hex(row->body), &m, NULL));
}

/* ---- what the fields hold ---- */

static void test_client_hello_fields(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct client_hello ch;

	(void)state;
	assert_true(client_hello_parse(
		table_hex("0302" RANDOM "03 010203 0004 1301 c02f 02 0100 0004 1234 0000"), &ch,
		&err));
	assert_int_equal(ch.legacy_version, 0x0302);
	assert_span_equal(ch.random, table_hex(RANDOM));
	assert_span_equal(ch.legacy_session_id, table_hex("010203"));
	assert_span_equal(ch.cipher_suites, table_hex("1301 c02f"));
	assert_span_equal(ch.legacy_compression_methods, table_hex("0100"));
	assert_span_equal(ch.ext.raw, table_hex("1234 0000"));
	assert_true(ch.ext.seen == 0);
}

static void test_server_hello_fields(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct server_hello sh;

	(void)state;
	assert_true(server_hello_parse(table_hex("0303" RANDOM "02 0102 1303 07"
						 "0006 002b 0002 0304"),
				       &sh, &err));
	assert_int_equal(sh.legacy_version, 0x0303);
	assert_span_equal(sh.random, table_hex(RANDOM));
	assert_span_equal(sh.legacy_session_id_echo, table_hex("0102"));
	assert_int_equal(sh.cipher_suite, 0x1303);
	assert_int_equal(sh.legacy_compression_method, 7);
	assert_false(sh.is_retry);
	assert_int_equal(sh.ext.selected_version, 0x0304);
	assert_true(server_hello_parse(table_hex(HRR), &sh, &err));
	assert_true(sh.is_retry);
}

static void test_certificate_fields(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct certificate c;

	(void)state;
	assert_true(certificate_parse(table_hex("02 c0de 00001a 000003 aabbcc 000b"
						"0005 0007 01 000003 0a0b0c 000002 ddee 0000"),
				      &c, &err));
	assert_span_equal(c.context, table_hex("c0de"));
	assert_int_equal(c.count, 2);
	assert_span_equal(c.certs[0], table_hex("aabbcc"));
	assert_span_equal(c.certs[1], table_hex("ddee"));
	assert_span_equal(c.leaf_ext.status_request, table_hex("0a0b0c"));
}

static void test_other_fields(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct certificate_request cr;
	struct certificate_verify cv;
	struct new_session_ticket nst;
	enum key_update_request request;
	struct span verify_data;

	(void)state;
	assert_true(certificate_request_parse(table_hex("02 c0de 0008 000d 0004 0002 0403"), &cr,
					      &err));
	assert_span_equal(cr.context, table_hex("c0de"));
	assert_span_equal(cr.ext.signature_algorithms, table_hex("0403"));
	assert_true(certificate_verify_parse(table_hex("0804 0003 010203"), &cv, &err));
	assert_int_equal(cv.algorithm, 0x0804);
	assert_span_equal(cv.signature, table_hex("010203"));
	assert_true(new_session_ticket_parse(
		table_hex("00000e10 01020304 02 abcd 0003 aabbcc 0008 002a 0004 00004000"), &nst,
		&err));
	assert_int_equal(nst.ticket_lifetime, 3600);
	assert_int_equal(nst.ticket_age_add, 0x01020304);
	assert_span_equal(nst.ticket_nonce, table_hex("abcd"));
	assert_span_equal(nst.ticket, table_hex("aabbcc"));
	assert_int_equal(nst.ext.max_early_data_size, 0x4000);
	assert_true(key_update_parse(table_hex("01"), &request, &err));
	assert_int_equal(request, UPDATE_REQUESTED);
	assert_true(key_update_parse(table_hex("00"), &request, &err));
	assert_int_equal(request, UPDATE_NOT_REQUESTED);
	assert_true(finished_parse(table_fill(7, 48), 48, &verify_data, &err));
	assert_span_equal(verify_data, table_fill(7, 48));
}

/* ---- which ServerHello it is ---- */

static const struct where_row {
	const char *name;
	const char *random;
	const char *rest; /* from the length of the extensions */
	enum ext_where where;
} wheres[] = {
	{ "supported_versions makes it TLS 1.3", RANDOM, "0006 002b 0002 0304", IN_SH },
	{ "behind others too", RANDOM, "000a 1234 0000 002b 0002 0304", IN_SH },
	{ "without it, it is TLS 1.2", RANDOM, "0004 ff01 0000", IN_SH12 },
	{ "no extensions, TLS 1.2", RANDOM, "", IN_SH12 },
	{ "the random of HelloRetryRequest decides before all else", RETRY_RANDOM, "", IN_HRR },
	{ "a block that is not whole shows nothing", RANDOM, "0008 002b 0002 0304 12", IN_SH12 },
	{ "one cut short behind the mark still does", RANDOM, "0007 002b 0002 0304 12", IN_SH },
};

static void test_where(void **state)
{
	const struct where_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(table_hex(row->rest), &err);

	assert_int_equal(server_hello_where(table_hex(row->random), &r), row->where);
	assert_ptr_equal(r.pos, r.start);
	assert_int_equal(err.reason, WARD_E_NONE);
}

/* ---- what must stay the same in the second ClientHello ---- */

static const struct fingerprint_row {
	const char *name;
	const char *second;
	bool same;
} fingerprints[] = {
	{ "the same hello", CH "0013 000d 0004 0002 0403 0033 0007 0005 001d 0001 aa", true },
	{ "another key share", CH "0014 000d 0004 0002 0403 0033 0008 0006 0017 0002 bbcc", true },
	{ "a cookie, early_data, padding and a pre-shared key beside it",
	  CH "0059 000d 0004 0002 0403 0033 0007 0005 001d 0001 aa"
	     "002c 0003 0001 77 002a 0000 0015 0003 000000"
	     "0029 0030 000b 0005 6162636465 00000000 0021 20" ID32,
	  true },
	{ "another encrypted_client_hello",
	  CH "0019 000d 0004 0002 0403"
	     "fe0d 0002 0101 0033 0007 0005 001d 0001 aa",
	  true },
	{ "another legacy_version",
	  "0302" RANDOM "00 0002 1301 01 00 0013 000d 0004 0002 0403 0033 0007 0005 001d 0001 aa",
	  false },
	{ "another random",
	  "0303" RETRY_RANDOM
	  "00 0002 1301 01 00 0013 000d 0004 0002 0403 0033 0007 0005 001d 0001 aa",
	  false },
	{ "another session id",
	  "0303" RANDOM
	  "01 01 0002 1301 01 00 0013 000d 0004 0002 0403 0033 0007 0005 001d 0001 aa",
	  false },
	{ "another cipher suite",
	  "0303" RANDOM "00 0002 1302 01 00 0013 000d 0004 0002 0403 0033 0007 0005 001d 0001 aa",
	  false },
	{ "a compression method more",
	  "0303" RANDOM "00 0002 1301 02 0000 0013 000d 0004 0002 0403 0033 0007 0005 001d 0001 aa",
	  false },
	{ "another scheme", CH "0013 000d 0004 0002 0503 0033 0007 0005 001d 0001 aa", false },
	{ "an extension more", CH "0017 000d 0004 0002 0403 1234 0000 0033 0007 0005 001d 0001 aa",
	  false },
	{ "an extension less", CH "000b 0033 0007 0005 001d 0001 aa", false },
	{ "the same body under another type",
	  CH "0013 0032 0004 0002 0403 0033 0007 0005 001d 0001 aa", false },
	{ "no extensions", CH, false },
};

static void fingerprint_of(const char *hex, uint8_t out[32])
{
	struct ward_error err = ERROR_NONE;
	struct client_hello ch;

	assert_true(client_hello_parse(table_hex(hex), &ch, &err));
	client_hello_fingerprint(&ch, out);
}

static void test_fingerprint(void **state)
{
	const struct fingerprint_row *row = *state;
	uint8_t first[32], second[32];

	fingerprint_of(fingerprints[0].second, first);
	fingerprint_of(row->second, second);
	assert_int_equal(memcmp(first, second, 32) == 0, row->same);
}

static void test_fingerprint_order(void **state)
{
	uint8_t first[32], second[32];

	(void)state;
	fingerprint_of(CH "0008 1234 0000 5678 0000", first);
	fingerprint_of(CH "0008 5678 0000 1234 0000", second);
	assert_memory_not_equal(first, second, 32);
	/* Bytes that move from one field to its neighbour are a change as well. */
	fingerprint_of("0303" RANDOM "02 0102 0002 1301 01 00", first);
	fingerprint_of("0303" RANDOM "00 0004 0102 1301 01 00", second);
	assert_memory_not_equal(first, second, 32);
}

/* ---- limits ---- */

static void test_limits(void **state)
{
	(void)state;
	for (int type = -1; type <= 256; type++) {
		bool known = (message_is_known(type) || type == HT_HELLO_REQUEST ||
			      type == HT_END_OF_EARLY_DATA);

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
	TABLE_ADD(&t, bad, test_bad);
	table_add(&t, "the fields of a ClientHello", test_client_hello_fields, NULL);
	table_add(&t, "the fields of a ServerHello", test_server_hello_fields, NULL);
	table_add(&t, "the fields of a Certificate", test_certificate_fields, NULL);
	table_add(&t, "the fields of the others", test_other_fields, NULL);
	TABLE_ADD(&t, wheres, test_where);
	TABLE_ADD(&t, fingerprints, test_fingerprint);
	table_add(&t, "order and borders count in the second ClientHello", test_fingerprint_order,
		  NULL);
	table_add(&t, "every message that is spoken has a limit", test_limits, NULL);
	table_add(&t, "a field too long for its length is not written",
		  test_writer_refuses_overlong, NULL);
	table_add(&t, "the messages of the published traces", test_traces, NULL);
	return table_run(&t, "messages");
}
