/*
 * The codecs of the extensions, one by one: good content both ways and at every cut, malformed
 * content with the reason and the place. Reached through the block, as in a message: alpn.c,
 * certificate_authorities.c, certificate_type.c, cookie.c, early_data.c, key_share.c, oid_filters.c,
 * max_fragment_length.c, post_handshake_auth.c, pre_shared_key.c, psk_key_exchange_modes.c,
 * record_size_limit.c, server_name.c, session_ticket.c, signature_algorithms.c,
 * signed_certificate_timestamp.c, status_request.c,
 * supported_groups.c, supported_versions.c.
 */
#include <stddef.h>

#include "extension_blocks.h"

#define FIELD(name) offsetof(struct extensions, name)
#define NO_FIELD SIZE_MAX

static const struct good_row {
	const char *name;
	enum ext_where where;
	int type;
	const char *body;
	size_t field; /* a span of struct extensions, and what it must hold */
	const char *value;
} good[] = {
	{ "a host name", IN_CH, EXT_SERVER_NAME, "000e 00 000b 6578616d706c652e6f7267",
	  FIELD(server_name), "6578616d706c652e6f7267" },
	{ "a host name of one letter", IN_CH, EXT_SERVER_NAME, "0004 00 0001 61",
	  FIELD(server_name), "61" },
	{ "a host name with digits, hyphen, underscore and capitals", IN_CH, EXT_SERVER_NAME,
	  "000a 00 0007 415f2d397a2e41", FIELD(server_name), "415f2d397a2e41" },
	{ "a label of digits alone in front", IN_CH, EXT_SERVER_NAME, "0006 00 0003 312e61",
	  FIELD(server_name), "312e61" },
	{ "three numbers are no address", IN_CH, EXT_SERVER_NAME, "0008 00 0005 312e322e33",
	  FIELD(server_name), "312e322e33" },
	{ "a host name in CertificateRequest", IN_CR, EXT_SERVER_NAME, "0004 00 0001 61",
	  FIELD(server_name), "61" },
	{ "the server's answer to a name", IN_EE, EXT_SERVER_NAME, "", FIELD(server_name), "" },
	{ "status_request of any responder", IN_CH, EXT_STATUS_REQUEST, "01 0000 0000",
	  FIELD(status_request), "01 0000 0000" },
	{ "status_request of one responder, with extensions", IN_CH, EXT_STATUS_REQUEST,
	  "01 0004 0002 aabb 0001 cc", FIELD(status_request), "01 0004 0002 aabb 0001 cc" },
	{ "status_request in CertificateRequest", IN_CR, EXT_STATUS_REQUEST, "",
	  FIELD(status_request), "" },
	{ "a status beside a certificate", IN_CT, EXT_STATUS_REQUEST, "01 000003 0a0b0c",
	  FIELD(status_request), "0a0b0c" },
	{ "types of certificates that a client has", IN_CH, EXT_CLIENT_CERTIFICATE_TYPE, "02 02 00",
	  FIELD(client_certificate_types), "02 00" },
	{ "a type that nobody knows", IN_CH, EXT_CLIENT_CERTIFICATE_TYPE, "01 05",
	  FIELD(client_certificate_types), "05" },
	{ "the type that a client is to show", IN_EE, EXT_CLIENT_CERTIFICATE_TYPE, "02",
	  FIELD(client_certificate_types), "02" },
	{ "types of certificates that a client takes", IN_CH, EXT_SERVER_CERTIFICATE_TYPE, "01 02",
	  FIELD(server_certificate_types), "02" },
	{ "the type that a server shows, X.509 too", IN_EE, EXT_SERVER_CERTIFICATE_TYPE, "00",
	  FIELD(server_certificate_types), "00" },
	{ "the same in TLS 1.2", IN_SH12, EXT_SERVER_CERTIFICATE_TYPE, "02",
	  FIELD(server_certificate_types), "02" },
	{ "one group", IN_CH, EXT_SUPPORTED_GROUPS, "0002 001d", FIELD(supported_groups), "001d" },
	{ "three groups", IN_CH, EXT_SUPPORTED_GROUPS, "0006 11ec 001d 0017",
	  FIELD(supported_groups), "11ec 001d 0017" },
	{ "groups of a server", IN_EE, EXT_SUPPORTED_GROUPS, "0004 001d 0017",
	  FIELD(supported_groups), "001d 0017" },
	{ "signature schemes", IN_CH, EXT_SIGNATURE_ALGORITHMS, "0004 0403 0804",
	  FIELD(signature_algorithms), "0403 0804" },
	{ "signature schemes that a server wants", IN_CR, EXT_SIGNATURE_ALGORITHMS, "0002 0403",
	  FIELD(signature_algorithms), "0403" },
	{ "schemes for certificates", IN_CH, EXT_SIGNATURE_ALGORITHMS_CERT, "0002 0401",
	  FIELD(signature_algorithms_cert), "0401" },
	{ "schemes for certificates of clients", IN_CR, EXT_SIGNATURE_ALGORITHMS_CERT,
	  "0004 0401 0501", FIELD(signature_algorithms_cert), "0401 0501" },
	{ "two protocols", IN_CH, EXT_ALPN, "000c 02 6832 08 687474702f312e31", FIELD(alpn),
	  "02 6832 08 687474702f312e31" },
	{ "a protocol of one byte that is no letter", IN_CH, EXT_ALPN, "0002 01 00", FIELD(alpn),
	  "01 00" },
	{ "the protocol that was chosen", IN_EE, EXT_ALPN, "0003 02 6832", FIELD(alpn), "02 6832" },
	{ "a request for timestamps", IN_CH, EXT_SIGNED_CERTIFICATE_TIMESTAMP, "", FIELD(sct_list),
	  "" },
	{ "a server's request for timestamps", IN_CR, EXT_SIGNED_CERTIFICATE_TIMESTAMP, "",
	  FIELD(sct_list), "" },
	{ "two timestamps", IN_CT, EXT_SIGNED_CERTIFICATE_TIMESTAMP, "0007 0002 5c75 0001 aa",
	  FIELD(sct_list), "0007 0002 5c75 0001 aa" },
	{ "two pre-shared keys", IN_CH, EXT_PRE_SHARED_KEY,
	  "000f 0001 aa 01020304 0002 bbcc 00000000 0042 20" BINDER "20" BINDER,
	  FIELD(psk_identities), "0001 aa 01020304 0002 bbcc 00000000" },
	{ "a ticket of TLS 1.2 is promised", IN_SH12, EXT_SESSION_TICKET, "", NO_FIELD, NULL },
	{ "early data in ClientHello", IN_CH, EXT_EARLY_DATA, "", NO_FIELD, NULL },
	{ "early data in EncryptedExtensions", IN_EE, EXT_EARLY_DATA, "", NO_FIELD, NULL },
	{ "two versions", IN_CH, EXT_SUPPORTED_VERSIONS, "04 0304 0303", FIELD(supported_versions),
	  "0304 0303" },
	{ "a cookie", IN_CH, EXT_COOKIE, "0003 c00c1e", FIELD(cookie), "c00c1e" },
	{ "a cookie of HelloRetryRequest", IN_HRR, EXT_COOKIE, "0001 00", FIELD(cookie), "00" },
	{ "both modes of pre-shared keys", IN_CH, EXT_PSK_KEY_EXCHANGE_MODES, "02 0001",
	  FIELD(psk_modes), "0001" },
	{ "a mode that nobody knows", IN_CH, EXT_PSK_KEY_EXCHANGE_MODES, "01 0a", FIELD(psk_modes),
	  "0a" },
	{ "names of two CAs", IN_CH, EXT_CERTIFICATE_AUTHORITIES, "0008 0002 3000 0002 3000",
	  FIELD(certificate_authorities), "0002 3000 0002 3000" },
	{ "a CA that a server wants", IN_CR, EXT_CERTIFICATE_AUTHORITIES, "0004 0002 3000",
	  FIELD(certificate_authorities), "0002 3000" },
	{ "no filter", IN_CR, EXT_OID_FILTERS, "0000", FIELD(oid_filters), "" },
	{ "two filters", IN_CR, EXT_OID_FILTERS, "0009 01 55 0000 01 56 0001 aa",
	  FIELD(oid_filters), "01 55 0000 01 56 0001 aa" },
	{ "authentication after the handshake", IN_CH, EXT_POST_HANDSHAKE_AUTH, "", NO_FIELD,
	  NULL },
	{ "two key shares", IN_CH, EXT_KEY_SHARE, "000b 001d 0002 aabb 0017 0001 cc",
	  FIELD(key_shares), "001d 0002 aabb 0017 0001 cc" },
	{ "no key share, which asks for a HelloRetryRequest", IN_CH, EXT_KEY_SHARE, "0000",
	  FIELD(key_shares), "" },
	{ "the server's key share", IN_SH, EXT_KEY_SHARE, "001d 0002 aabb",
	  FIELD(key_share.key_exchange), "aabb" },
	{ "the group of HelloRetryRequest", IN_HRR, EXT_KEY_SHARE, "0017", NO_FIELD, NULL },
	{ "the version that was chosen", IN_SH, EXT_SUPPORTED_VERSIONS, "0304", NO_FIELD, NULL },
	{ "the version of HelloRetryRequest", IN_HRR, EXT_SUPPORTED_VERSIONS, "0304", NO_FIELD,
	  NULL },
	{ "the pre-shared key that was chosen", IN_SH, EXT_PRE_SHARED_KEY, "0001", NO_FIELD, NULL },
	{ "the smallest limit of records", IN_CH, EXT_RECORD_SIZE_LIMIT, "0040", NO_FIELD, NULL },
	{ "the largest limit of records", IN_EE, EXT_RECORD_SIZE_LIMIT, "ffff", NO_FIELD, NULL },
	{ "the smallest fragments", IN_CH, EXT_MAX_FRAGMENT_LENGTH, "01", NO_FIELD, NULL },
	{ "the largest fragments that are asked for", IN_EE, EXT_MAX_FRAGMENT_LENGTH, "04",
	  NO_FIELD, NULL },
	{ "early data of a ticket", IN_NST, EXT_EARLY_DATA, "ffffffff", NO_FIELD, NULL },
};

static void test_round_trip(void **state)
{
	const struct good_row *row = *state;
	struct span block = block_of(extension_of(row->type, table_hex(row->body)));
	uint8_t *room = (uint8_t *)(uintptr_t)table_fill(0xee, block.len).data;
	struct ward_error err = ERROR_NONE;
	struct extensions e;
	struct writer w;

	assert_true(block_parse(block, row->where, &e, &err));
	assert_true(e.seen == ext_bit(row->type));
	assert_true(ext_has(&e, row->type));
	if (row->field != NO_FIELD) {
		struct span held;

		memcpy(&held, (const char *)&e + row->field, sizeof(held));
		assert_span_equal(held, table_hex(row->value));
	}
	w = writer_make(room, block.len, &err);
	extensions_write(&w, row->where, &e);
	assert_int_equal(err.reason, WARD_E_NONE);
	assert_span_equal(writer_span(&w), block);
}

/* The lengths around it are right, so it is the extension's own content that ends too early. */
static void test_cuts(void **state)
{
	const struct good_row *row = *state;
	struct span body = table_hex(row->body);
	struct ward_error err;
	struct extensions e;

	for (size_t len = 0; len < body.len; len++) {
		struct span cut = extension_of(row->type, span_make(body.data, len));

		assert_false(block_parse(block_of(cut), row->where, &e, &err));
		assert_int_equal(err.reason, WARD_E_TRUNCATED);
		assert_int_equal(err.extension, row->type);
		assert_in_range(err.offset, 6, 6 + len);
	}
}

static void test_trailing(void **state)
{
	const struct good_row *row = *state;
	struct span parts[] = { table_hex(row->body), table_hex("00") };
	struct span block = block_of(extension_of(row->type, table_join(parts, 2)));
	struct ward_error err;
	struct extensions e;

	assert_false(block_parse(block, row->where, &e, &err));
	assert_int_equal(err.reason, WARD_E_TRAILING_DATA);
	assert_int_equal(err.extension, row->type);
	assert_int_equal(err.offset, block.len - 1);
}

static void test_twice(void **state)
{
	const struct good_row *row = *state;
	struct span one = extension_of(row->type, table_hex(row->body));
	struct span parts[] = { one, one };
	struct ward_error err;
	struct extensions e;

	assert_false(block_parse(block_of(table_join(parts, 2)), row->where, &e, &err));
	assert_int_equal(err.reason, WARD_E_EXT_DUPLICATE);
	assert_int_equal(err.extension, row->type);
	assert_int_equal(err.offset, 2 + one.len);
}

/* A ticket of TLS 1.2 has no form of its own: all of it is taken. */
static void test_session_ticket(void **state)
{
	static const char *const tickets[] = { "", "0a", "0a0b0c00" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct span ticket = table_hex(tickets[i]);
		struct ward_error err;
		struct extensions e;

		assert_true(block_parse(block_of(extension_of(EXT_SESSION_TICKET, ticket)), IN_CH,
					&e, &err));
		assert_span_equal(e.session_ticket, ticket);
	}
}

static void test_numbers(void **state)
{
	struct ward_error err;
	struct extensions e;

	(void)state;
	assert_true(block_parse(table_hex("000c 002b 0002 7f1c 0033 0002 0017"), IN_HRR, &e, &err));
	assert_int_equal(e.selected_version, 0x7f1c);
	assert_int_equal(e.key_share.group, 0x0017);
	assert_int_equal(e.key_share.key_exchange.len, 0);
	assert_true(block_parse(table_hex("000f 0029 0002 0102 0033 0005 001d 0001 aa"), IN_SH, &e,
				&err));
	assert_int_equal(e.psk_selected, 0x0102);
	assert_int_equal(e.key_share.group, 0x001d);
	assert_true(block_parse(table_hex("0006 001c 0002 4001"), IN_EE, &e, &err));
	assert_int_equal(e.record_size_limit, 0x4001);
	assert_true(block_parse(table_hex("0008 002a 0004 01020304"), IN_NST, &e, &err));
	assert_int_equal(e.max_early_data_size, 0x01020304);
	assert_true(block_parse(
		block_of(extension_of(EXT_PRE_SHARED_KEY,
				      table_hex("0007 0001 aa 00000000 0022 21" BINDER "ff"))),
		IN_CH, &e, &err));
	assert_span_equal(e.psk_binders, table_hex("21" BINDER "ff"));
}

/* One extension that is malformed within. */
static const struct bad_row {
	const char *name;
	enum ext_where where;
	int type;
	const char *body;
	enum ward_reason reason;
	int offset; /* in the body */
} bad[] = {
	{ "no name in server_name", IN_CH, EXT_SERVER_NAME, "0000", WARD_E_BAD_LENGTH, 0 },
	{ "an empty host name", IN_CH, EXT_SERVER_NAME, "0003 00 0000", WARD_E_BAD_LENGTH, 3 },
	{ "a name that is no host name", IN_CH, EXT_SERVER_NAME, "0004 01 0001 61",
	  WARD_E_EXT_MALFORMED, 3 },
	{ "two host names", IN_CH, EXT_SERVER_NAME, "0008 00 0001 61 00 0001 62",
	  WARD_E_BAD_SERVER_NAME, 6 },
	{ "the same host name twice", IN_CH, EXT_SERVER_NAME, "0008 00 0001 61 00 0001 61",
	  WARD_E_BAD_SERVER_NAME, 6 },
	{ "a host name with a zero byte inside", IN_CH, EXT_SERVER_NAME, "0006 00 0003 610062",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a host name with a zero byte at its end", IN_CH, EXT_SERVER_NAME, "0005 00 0002 6100",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a host name with a dot at its end", IN_CH, EXT_SERVER_NAME, "0005 00 0002 612e",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a host name with a dot in front", IN_CH, EXT_SERVER_NAME, "0005 00 0002 2e61",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a host name with an empty label", IN_CH, EXT_SERVER_NAME, "0007 00 0004 612e2e62",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a host name that is a dot", IN_CH, EXT_SERVER_NAME, "0004 00 0001 2e",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a host name with a line feed", IN_CH, EXT_SERVER_NAME, "0005 00 0002 610a",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a host name with a slash", IN_CH, EXT_SERVER_NAME, "0006 00 0003 2f2e2e",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a host name with a blank", IN_CH, EXT_SERVER_NAME, "0006 00 0003 612062",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a host name in UTF-8", IN_CH, EXT_SERVER_NAME, "0005 00 0002 c3bc",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a wildcard", IN_CH, EXT_SERVER_NAME, "0006 00 0003 2a2e61", WARD_E_BAD_SERVER_NAME, 3 },
	{ "four numbers that are no address", IN_CH, EXT_SERVER_NAME,
	  "000f 00 000c 3132372e302e302e39393939", WARD_E_BAD_SERVER_NAME, 3 },
	{ "an IPv4 address in CertificateRequest", IN_CR, EXT_SERVER_NAME,
	  "000c 00 0009 3132372e302e302e31", WARD_E_BAD_SERVER_NAME, 3 },
	{ "an address and a host name", IN_CH, EXT_SERVER_NAME,
	  "0010 00 0009 3132372e302e302e31 00 0001 61", WARD_E_BAD_SERVER_NAME, 14 },
	{ "an address with a zone", IN_CH, EXT_SERVER_NAME, "000a 00 0007 3a3a3125657468",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "a host name in the server's answer", IN_EE, EXT_SERVER_NAME, "0004 00 0001 61",
	  WARD_E_TRAILING_DATA, 0 },
	{ "an empty responder id", IN_CH, EXT_STATUS_REQUEST, "01 0002 0000 0000",
	  WARD_E_BAD_LENGTH, 3 },
	{ "a responder id that reaches beyond its list", IN_CH, EXT_STATUS_REQUEST,
	  "01 0003 0002 aa 0000", WARD_E_TRUNCATED, 5 },
	{ "a status_request with content in CertificateRequest", IN_CR, EXT_STATUS_REQUEST,
	  "01 0000 0000", WARD_E_TRAILING_DATA, 0 },
	{ "a status of unknown type", IN_CT, EXT_STATUS_REQUEST, "02 000001 aa", WARD_E_BAD_VALUE,
	  0 },
	{ "an empty status", IN_CT, EXT_STATUS_REQUEST, "01 000000", WARD_E_BAD_LENGTH, 1 },
	{ "no type of certificate", IN_CH, EXT_CLIENT_CERTIFICATE_TYPE, "00", WARD_E_BAD_LENGTH,
	  0 },
	{ "X.509 alone, which is said by saying nothing", IN_CH, EXT_CLIENT_CERTIFICATE_TYPE,
	  "01 00", WARD_E_BAD_VALUE, 0 },
	{ "the same of the server's", IN_CH, EXT_SERVER_CERTIFICATE_TYPE, "01 00", WARD_E_BAD_VALUE,
	  0 },
	{ "a list of types where one is chosen", IN_EE, EXT_SERVER_CERTIFICATE_TYPE, "01 02",
	  WARD_E_TRAILING_DATA, 1 },
	{ "no type chosen", IN_SH12, EXT_SERVER_CERTIFICATE_TYPE, "", WARD_E_TRUNCATED, 0 },
	{ "no group", IN_CH, EXT_SUPPORTED_GROUPS, "0000", WARD_E_BAD_LENGTH, 0 },
	{ "a group and a half", IN_CH, EXT_SUPPORTED_GROUPS, "0003 001d 00", WARD_E_BAD_LENGTH, 0 },
	{ "half a group", IN_CH, EXT_SUPPORTED_GROUPS, "0001 00", WARD_E_BAD_LENGTH, 0 },
	{ "no scheme", IN_CH, EXT_SIGNATURE_ALGORITHMS, "0000", WARD_E_BAD_LENGTH, 0 },
	{ "a scheme and a half", IN_CH, EXT_SIGNATURE_ALGORITHMS, "0003 0403 04", WARD_E_BAD_LENGTH,
	  0 },
	{ "no scheme for certificates", IN_CH, EXT_SIGNATURE_ALGORITHMS_CERT, "0000",
	  WARD_E_BAD_LENGTH, 0 },
	{ "a scheme and a half for certificates", IN_CR, EXT_SIGNATURE_ALGORITHMS_CERT,
	  "0003 0401 04", WARD_E_BAD_LENGTH, 0 },
	{ "no protocol", IN_CH, EXT_ALPN, "0000", WARD_E_BAD_LENGTH, 0 },
	{ "an empty protocol name", IN_CH, EXT_ALPN, "0001 00", WARD_E_BAD_LENGTH, 2 },
	{ "an empty protocol name behind a good one", IN_CH, EXT_ALPN, "0004 02 6832 00",
	  WARD_E_BAD_LENGTH, 5 },
	{ "a protocol name that reaches beyond the list", IN_CH, EXT_ALPN, "0003 03 6832",
	  WARD_E_TRUNCATED, 3 },
	{ "no protocol chosen", IN_EE, EXT_ALPN, "0000", WARD_E_BAD_LENGTH, 0 },
	{ "an empty protocol chosen", IN_EE, EXT_ALPN, "0001 00", WARD_E_BAD_LENGTH, 2 },
	{ "two protocols chosen", IN_EE, EXT_ALPN, "0004 01 61 01 62", WARD_E_BAD_VALUE, 4 },
	{ "content where timestamps are asked for", IN_CH, EXT_SIGNED_CERTIFICATE_TIMESTAMP, "0000",
	  WARD_E_TRAILING_DATA, 0 },
	{ "an empty list of timestamps", IN_CT, EXT_SIGNED_CERTIFICATE_TIMESTAMP, "0000",
	  WARD_E_BAD_LENGTH, 0 },
	{ "an empty timestamp", IN_CT, EXT_SIGNED_CERTIFICATE_TIMESTAMP, "0002 0000",
	  WARD_E_BAD_LENGTH, 2 },
	{ "a record_size_limit of 63", IN_CH, EXT_RECORD_SIZE_LIMIT, "003f",
	  WARD_E_RECORD_SIZE_LIMIT_LOW, 0 },
	{ "a record_size_limit of 0 from a server", IN_EE, EXT_RECORD_SIZE_LIMIT, "0000",
	  WARD_E_RECORD_SIZE_LIMIT_LOW, 0 },
	{ "fragments of 2^8", IN_CH, EXT_MAX_FRAGMENT_LENGTH, "00", WARD_E_BAD_VALUE, 0 },
	{ "fragments of 2^13", IN_CH, EXT_MAX_FRAGMENT_LENGTH, "05", WARD_E_BAD_VALUE, 0 },
	{ "fragments of no length", IN_CH, EXT_MAX_FRAGMENT_LENGTH, "", WARD_E_TRUNCATED, 0 },
	{ "no identity of a pre-shared key", IN_CH, EXT_PRE_SHARED_KEY, "0000 0021 20" BINDER,
	  WARD_E_BAD_LENGTH, 0 },
	{ "an empty identity", IN_CH, EXT_PRE_SHARED_KEY, "0006 0000 00000000 0021 20" BINDER,
	  WARD_E_BAD_LENGTH, 2 },
	{ "an identity without its age", IN_CH, EXT_PRE_SHARED_KEY, "0003 0001 aa 0021 20" BINDER,
	  WARD_E_TRUNCATED, 5 },
	{ "no binder", IN_CH, EXT_PRE_SHARED_KEY, "0007 0001 aa 00000000 0000", WARD_E_BAD_LENGTH,
	  9 },
	{ "a binder of 31 bytes", IN_CH, EXT_PRE_SHARED_KEY,
	  "0007 0001 aa 00000000 0020 1f"
	  "20202020202020202020202020202020202020202020202020202020202020",
	  WARD_E_BAD_LENGTH, 11 },
	{ "two identities and one binder", IN_CH, EXT_PRE_SHARED_KEY,
	  "000e 0001 aa 00000000 0001 bb 00000000 0021 20" BINDER, WARD_E_PSK_BINDER_COUNT, 16 },
	{ "one identity and two binders", IN_CH, EXT_PRE_SHARED_KEY,
	  "0007 0001 aa 00000000 0042 20" BINDER "20" BINDER, WARD_E_PSK_BINDER_COUNT, 9 },
	{ "an identity that reaches beyond its list", IN_CH, EXT_PRE_SHARED_KEY,
	  "0007 0006 aa 00000000 0021 20" BINDER, WARD_E_TRUNCATED, 4 },
	{ "a ticket of TLS 1.2 in ServerHello", IN_SH12, EXT_SESSION_TICKET, "aabb",
	  WARD_E_TRAILING_DATA, 0 },
	{ "early_data with content", IN_CH, EXT_EARLY_DATA, "00000001", WARD_E_TRAILING_DATA, 0 },
	{ "no version", IN_CH, EXT_SUPPORTED_VERSIONS, "00", WARD_E_BAD_LENGTH, 0 },
	{ "a version and a half", IN_CH, EXT_SUPPORTED_VERSIONS, "03 0304 03", WARD_E_BAD_LENGTH,
	  0 },
	{ "255 bytes of versions", IN_CH, EXT_SUPPORTED_VERSIONS, "ff 0304", WARD_E_BAD_LENGTH, 0 },
	{ "an empty cookie", IN_CH, EXT_COOKIE, "0000", WARD_E_BAD_LENGTH, 0 },
	{ "no mode of pre-shared keys", IN_CH, EXT_PSK_KEY_EXCHANGE_MODES, "00", WARD_E_BAD_LENGTH,
	  0 },
	{ "no name of a CA", IN_CH, EXT_CERTIFICATE_AUTHORITIES, "0000", WARD_E_BAD_LENGTH, 0 },
	{ "an empty name of a CA", IN_CR, EXT_CERTIFICATE_AUTHORITIES, "0002 0000",
	  WARD_E_BAD_LENGTH, 2 },
	{ "a filter without its OID", IN_CR, EXT_OID_FILTERS, "0003 00 0000", WARD_E_BAD_LENGTH,
	  2 },
	{ "a filter without its values", IN_CR, EXT_OID_FILTERS, "0002 01 55", WARD_E_TRUNCATED,
	  4 },
	{ "post_handshake_auth with content", IN_CH, EXT_POST_HANDSHAKE_AUTH, "00",
	  WARD_E_TRAILING_DATA, 0 },
	{ "an empty key share", IN_CH, EXT_KEY_SHARE, "0004 001d 0000", WARD_E_BAD_LENGTH, 4 },
	{ "a key share that reaches beyond the list", IN_CH, EXT_KEY_SHARE, "0005 001d 0002 aa",
	  WARD_E_TRUNCATED, 6 },
	{ "a list of key shares that ends inside a group", IN_CH, EXT_KEY_SHARE, "0001 00",
	  WARD_E_TRUNCATED, 2 },
	{ "two key shares for one group", IN_CH, EXT_KEY_SHARE, "000a 001d 0001 aa 001d 0001 bb",
	  WARD_E_KEY_SHARE_DUPLICATE, 7 },
	{ "two key shares for one group, another between them", IN_CH, EXT_KEY_SHARE,
	  "000f 001d 0001 aa 0017 0001 bb 001d 0001 aa", WARD_E_KEY_SHARE_DUPLICATE, 12 },
	{ "two key shares of a server", IN_SH, EXT_KEY_SHARE, "001d 0001 aa 0017 0001 bb",
	  WARD_E_TRAILING_DATA, 5 },
	{ "an empty key share of a server", IN_SH, EXT_KEY_SHARE, "001d 0000", WARD_E_BAD_LENGTH,
	  2 },
	{ "a key in HelloRetryRequest", IN_HRR, EXT_KEY_SHARE, "001d 0001 aa", WARD_E_TRAILING_DATA,
	  2 },
};

static void test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct span one = extension_of(row->type, table_hex(row->body));

	block_check_failure(block_of(one), row->where, row->reason, row->type, 6 + row->offset);
}

/* ---- lengths of host names ---- */

/* A name of labels of this length, cut to len. */
static struct span name_of(size_t label, size_t len)
{
	char *name = (char *)(uintptr_t)table_fill('a', len).data;

	for (size_t i = label; i < len; i += label + 1)
		name[i] = '.';
	return span_make(name, len);
}

static bool name_is_accepted(struct span name)
{
	uint8_t head[5] = { (uint8_t)((name.len + 3) >> 8), (uint8_t)(name.len + 3), 0,
			    (uint8_t)(name.len >> 8), (uint8_t)name.len };
	struct span parts[] = { SPAN_ARRAY(head), name };
	struct ward_error err;
	struct extensions e;
	bool ok = block_parse(block_of(extension_of(EXT_SERVER_NAME, table_join(parts, 2))), IN_CH,
			      &e, &err);

	assert_int_equal(err.reason, ok ? WARD_E_NONE : WARD_E_BAD_SERVER_NAME);
	return ok;
}

static void test_name_lengths(void **state)
{
	(void)state;
	assert_true(name_is_accepted(name_of(63, 63)));
	assert_false(name_is_accepted(name_of(64, 64)));
	assert_true(name_is_accepted(name_of(63, 63 + 1 + 63)));
	assert_true(name_is_accepted(name_of(62, 253)));
	assert_false(name_is_accepted(name_of(62, 254)));
	assert_false(name_is_accepted(name_of(62, 60000)));
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, good, test_round_trip);
	TABLE_ADD(&t, good, test_cuts);
	TABLE_ADD(&t, good, test_trailing);
	TABLE_ADD(&t, good, test_twice);
	table_add(&t, "numbers", test_numbers, NULL);
	table_add(&t, "a ticket of TLS 1.2", test_session_ticket, NULL);
	TABLE_ADD(&t, bad, test_bad);
	table_add(&t, "host names have a limit", test_name_lengths, NULL);
	return table_run(&t, "extensions");
}
