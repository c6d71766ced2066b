/*
 * Malformed handshake messages, each with the reason and the place of its refusal.
 */
#include "support/hellos.h"
#include "support/messages.h"
#include "support/table.h"

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
	  SH "000a ff01 0001 00 ff01 0001 00", WARD_E_EXT_DUPLICATE, 0xff01, 49 },
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

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, bad, test_bad);
	return table_run(&t, "messages_malformed");
}
