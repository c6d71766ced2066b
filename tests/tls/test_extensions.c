/*
 * The codecs of the extensions, ext/: each one both ways and at every cut, malformed ones with the
 * reason and the place, and the rules of a block (RFC 9846, 4.3).
 */
#include "tls/ext/ext.h"

#include <stddef.h>
#include <stdio.h>

#include "support/table.h"
#include "tls/ext/list.h"
#include "tls/ext/table.h"
#include "tls/ext/u16_set.h"

#define BINDER "20202020202020202020202020202020 20202020202020202020202020202020"
#define FIELD(name) offsetof(struct extensions, name)
#define NO_FIELD SIZE_MAX

/* A block of these extensions with its length, in memory of exactly its size. */
static struct span block_of(struct span extensions)
{
	uint8_t len[2] = { (uint8_t)(extensions.len >> 8), (uint8_t)extensions.len };
	struct span parts[] = { SPAN_ARRAY(len), extensions };

	return table_join(parts, 2);
}

static struct span extension_of(int type, struct span body)
{
	uint8_t head[4] = { (uint8_t)(type >> 8), (uint8_t)type, (uint8_t)(body.len >> 8),
			    (uint8_t)body.len };
	struct span parts[] = { SPAN_ARRAY(head), body };

	return table_join(parts, 2);
}

/* Parses a whole block; what failed is in err. */
static bool parse(struct span block, enum ext_where where, struct extensions *e,
		  struct ward_error *err)
{
	struct reader r;

	*err = ERROR_NONE;
	r = reader_make(block, err);
	extensions_parse(&r, where, e);
	return reader_close(&r);
}

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

	assert_true(parse(block, row->where, &e, &err));
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

		assert_false(parse(block_of(cut), row->where, &e, &err));
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

	assert_false(parse(block, row->where, &e, &err));
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

	assert_false(parse(block_of(table_join(parts, 2)), row->where, &e, &err));
	assert_int_equal(err.reason, WARD_E_EXT_DUPLICATE);
	assert_int_equal(err.extension, row->type);
	assert_int_equal(err.offset, 2 + one.len);
}

static void test_numbers(void **state)
{
	struct ward_error err;
	struct extensions e;

	(void)state;
	assert_true(parse(table_hex("000c 002b 0002 7f1c 0033 0002 0017"), IN_HRR, &e, &err));
	assert_int_equal(e.selected_version, 0x7f1c);
	assert_int_equal(e.key_share.group, 0x0017);
	assert_int_equal(e.key_share.key_exchange.len, 0);
	assert_true(
		parse(table_hex("000f 0029 0002 0102 0033 0005 001d 0001 aa"), IN_SH, &e, &err));
	assert_int_equal(e.psk_selected, 0x0102);
	assert_int_equal(e.key_share.group, 0x001d);
	assert_true(parse(table_hex("0006 001c 0002 4001"), IN_EE, &e, &err));
	assert_int_equal(e.record_size_limit, 0x4001);
	assert_true(parse(table_hex("0008 002a 0004 01020304"), IN_NST, &e, &err));
	assert_int_equal(e.max_early_data_size, 0x01020304);
	assert_true(parse(
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
	{ "an IPv4 address", IN_CH, EXT_SERVER_NAME, "000c 00 0009 3132372e302e302e31",
	  WARD_E_BAD_SERVER_NAME, 3 },
	{ "an IPv6 address", IN_CH, EXT_SERVER_NAME, "0006 00 0003 3a3a31", WARD_E_BAD_SERVER_NAME,
	  3 },
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

static void check_failure(struct span block, enum ext_where where, enum ward_reason reason,
			  int extension, int offset)
{
	struct ward_error err;
	struct extensions e;

	assert_false(parse(block, where, &e, &err));
	assert_string_equal(ward_reason_name(err.reason), ward_reason_name(reason));
	assert_int_equal(err.extension, extension);
	assert_int_equal(err.offset, offset);
}

static void test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct span one = extension_of(row->type, table_hex(row->body));

	check_failure(block_of(one), row->where, row->reason, row->type, 6 + row->offset);
}

/* Whole blocks. */
static const struct block_row {
	const char *name;
	enum ext_where where;
	const char *extensions;
	enum ward_reason reason; /* NONE: accepted */
	int extension;
	int offset; /* behind the block's length */
} blocks[] = {
	{ "nothing", IN_CH, "", WARD_E_NONE, 0, 0 },
	{ "pre_shared_key alone", IN_CH, "0029 002c 0007 0001 aa 00000000 0021 20" BINDER,
	  WARD_E_NONE, 0, 0 },
	{ "pre_shared_key last", IN_CH, "1234 0000 0029 002c 0007 0001 aa 00000000 0021 20" BINDER,
	  WARD_E_NONE, 0, 0 },
	{ "pre_shared_key in front of one that nobody knows", IN_CH,
	  "0029 002c 0007 0001 aa 00000000 0021 20" BINDER "1234 0000", WARD_E_EXT_PSK_NOT_LAST,
	  EXT_PRE_SHARED_KEY, 48 },
	{ "pre_shared_key in front of a known one", IN_CH,
	  "0029 002c 0007 0001 aa 00000000 0021 20" BINDER "0031 0000", WARD_E_EXT_PSK_NOT_LAST,
	  EXT_PRE_SHARED_KEY, 48 },
	{ "pre_shared_key first in ServerHello", IN_SH, "0029 0002 0000 0033 0005 001d 0001 aa",
	  WARD_E_NONE, 0, 0 },
	{ "a key share for a listed group", IN_CH,
	  "000a 0004 0002 001d 0033 0007 0005 001d 0001 aa", WARD_E_NONE, 0, 0 },
	{ "the same in the other order", IN_CH, "0033 0007 0005 001d 0001 aa 000a 0004 0002 001d",
	  WARD_E_NONE, 0, 0 },
	{ "a key share for a group that is not listed", IN_CH,
	  "000a 0004 0002 0017 0033 0007 0005 001d 0001 aa", WARD_E_KEY_SHARE_UNLISTED,
	  EXT_KEY_SHARE, 14 },
	{ "the second key share is not listed, and the list comes behind", IN_CH,
	  "0033 000c 000a 001d 0001 aa 0017 0001 bb 000a 0004 0002 001d", WARD_E_KEY_SHARE_UNLISTED,
	  EXT_KEY_SHARE, 11 },
	{ "no key share and no group", IN_CH, "0033 0002 0000", WARD_E_NONE, 0, 0 },
	{ "one that nobody knows twice", IN_CH, "1234 0000 1234 0000", WARD_E_EXT_DUPLICATE, 0x1234,
	  4 },
	{ "a value of GREASE twice", IN_CH, "0a0a 0000 000f 0001 01 0a0a 0001 00",
	  WARD_E_EXT_DUPLICATE, 0x0a0a, 9 },
	{ "two values of GREASE", IN_CH, "0a0a 0000 1a1a 0001 00", WARD_E_NONE, 0, 0 },
	{ "one that is known and not read twice", IN_CH, "000f 0001 01 000f 0001 01",
	  WARD_E_EXT_DUPLICATE, EXT_HEARTBEAT, 5 },
	{ "one that is known and not read, with anything in it", IN_CH, "0015 0003 ffffff",
	  WARD_E_NONE, 0, 0 },
	{ "seventeen that nobody knows, the last twice", IN_CH,
	  "f000 0000 f001 0000 f002 0000 f003 0000 f004 0000 f005 0000 f006 0000 f007 0000"
	  "f008 0000 f009 0000 f00a 0000 f00b 0000 f00c 0000 f00d 0000 f00e 0000 f00f 0000"
	  "f010 0000 f010 0000",
	  WARD_E_EXT_DUPLICATE, 0xf010, 68 },
	{ "oid_filters in a ClientHello", IN_CH, "0030 0002 0000", WARD_E_EXT_MISPLACED,
	  EXT_OID_FILTERS, 0 },
	{ "misplaced comes before malformed", IN_CH, "0030 0001 ff", WARD_E_EXT_MISPLACED,
	  EXT_OID_FILTERS, 0 },
	{ "duplicate comes before malformed", IN_CH, "0031 0000 0031 0001 ff", WARD_E_EXT_DUPLICATE,
	  EXT_POST_HANDSHAKE_AUTH, 4 },
	{ "an unknown one in ServerHello", IN_SH, "1234 0000", WARD_E_EXT_NOT_OFFERED, 0x1234, 0 },
	{ "an unknown one in HelloRetryRequest", IN_HRR, "1234 0000", WARD_E_EXT_NOT_OFFERED,
	  0x1234, 0 },
	{ "an unknown one in EncryptedExtensions", IN_EE, "1234 0000", WARD_E_EXT_NOT_OFFERED,
	  0x1234, 0 },
	{ "an unknown one in Certificate", IN_CT, "1234 0000", WARD_E_EXT_NOT_OFFERED, 0x1234, 0 },
	{ "an unknown one in CertificateRequest", IN_CR, "1234 0000", WARD_E_NONE, 0, 0 },
	{ "an unknown one in NewSessionTicket", IN_NST, "1234 0000", WARD_E_NONE, 0, 0 },
	{ "what TLS 1.2 says is not looked into", IN_SH12, "0033 0001 ff 1234 0000", WARD_E_NONE, 0,
	  0 },
	{ "but refused when it is said twice", IN_SH12, "0033 0001 ff 0033 0000",
	  WARD_E_EXT_DUPLICATE, EXT_KEY_SHARE, 5 },
	{ "another type of status is skipped", IN_CH, "0005 0004 02 ffffff", WARD_E_NONE, 0, 0 },
};

static void test_block(void **state)
{
	const struct block_row *row = *state;
	struct span block = block_of(table_hex(row->extensions));
	struct ward_error err;
	struct extensions e;

	if (row->reason != WARD_E_NONE) {
		check_failure(block, row->where, row->reason, row->extension, 2 + row->offset);
		return;
	}
	assert_true(parse(block, row->where, &e, &err));
	assert_span_equal(e.raw, table_hex(row->extensions));
}

/* ---- the table, against that of the RFC ---- */

static const struct placed_row {
	int type;
	unsigned int where;
} placed[] = {
	{ 0, IN_CH | IN_EE | IN_CR },
	{ 5, IN_CH | IN_CR | IN_CT },
	{ 10, IN_CH | IN_EE },
	{ 13, IN_CH | IN_CR },
	{ 14, IN_CH | IN_EE },
	{ 15, IN_CH | IN_EE },
	{ 16, IN_CH | IN_EE },
	{ 19, IN_CH | IN_EE },
	{ 20, IN_CH | IN_EE },
	{ 21, IN_CH },
	{ 27, IN_CH | IN_CR },
	{ 28, IN_CH | IN_EE },
	{ 34, IN_CH | IN_CR | IN_CT },
	{ 39, IN_CH | IN_EE },
	{ 41, IN_CH | IN_SH },
	{ 42, IN_CH | IN_EE | IN_NST },
	{ 43, IN_CH | IN_SH | IN_HRR },
	{ 44, IN_CH | IN_HRR },
	{ 45, IN_CH },
	{ 47, IN_CH | IN_CR },
	{ 48, IN_CR },
	{ 49, IN_CH },
	{ 50, IN_CH | IN_CR },
	{ 51, IN_CH | IN_SH | IN_HRR },
	{ 52, IN_CH | IN_CR | IN_CT },
	{ 55, IN_CH | IN_EE },
	{ 56, IN_CH | IN_EE },
	{ 57, IN_CH | IN_EE },
	{ 58, IN_CH | IN_EE },
	{ 64768, IN_CH },
	{ 65037, IN_CH | IN_HRR | IN_EE },
	{ 1, IN_CH | IN_EE },
	{ 18, IN_CH | IN_CR | IN_CT },
};

static unsigned int where_it_may_stand(int type)
{
	for (size_t i = 0; i < sizeof(placed) / sizeof(placed[0]); i++) {
		if (placed[i].type == type)
			return placed[i].where;
	}
	return 0;
}

/* Every type in every message: misplaced exactly where the RFC's table says. */
static void test_every_place(void **state)
{
	(void)state;
	for (int type = 0; type <= 0xffff; type++) {
		unsigned int where = where_it_may_stand(type);
		struct span block = block_of(extension_of(type, SPAN_EMPTY));

		for (unsigned int at = IN_CH; at <= IN_NST; at <<= 1) {
			struct ward_error err;
			struct extensions e;

			(void)parse(block, (enum ext_where)at, &e, &err);
			assert_int_equal(err.reason == WARD_E_EXT_MISPLACED,
					 where != 0 && !(where & at));
		}
		assert_int_equal(ext_bit(type) != 0, where != 0);
	}
	assert_int_equal(ext_row_count, sizeof(placed) / sizeof(placed[0]));
}

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ext_row_count; i++) {
		assert_ptr_equal(ext_find(ext_rows[i].type), &ext_rows[i]);
		assert_true(ext_bit(ext_rows[i].type) == UINT64_C(1) << i);
		assert_true(i == 0 || ext_rows[i - 1].type < ext_rows[i].type);
		assert_int_equal(ext_rows[i].parse == NULL, ext_rows[i].write == NULL);
	}
	assert_null(ext_find(-1));
	assert_null(ext_find(0x10000));
	assert_null(ext_find(0xffff));
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
	bool ok = parse(block_of(extension_of(EXT_SERVER_NAME, table_join(parts, 2))), IN_CH, &e,
			&err);

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

/* ---- writing ---- */

static enum ward_reason write_reason(enum ext_where where, const struct extensions *e)
{
	static uint8_t buf[1024];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(buf, sizeof(buf), &err);

	extensions_write(&w, where, e);
	return err.reason;
}

static void test_write_refuses(void **state)
{
	struct extensions e = { .record_size_limit = 64 };

	(void)state;
	e.seen = ext_bit(EXT_HEARTBEAT);
	assert_int_equal(write_reason(IN_CH, &e), WARD_E_INTERNAL);
	e.seen = ext_bit(EXT_COOKIE);
	assert_int_equal(write_reason(IN_EE, &e), WARD_E_INTERNAL);
	e.seen = ext_bit(EXT_RECORD_SIZE_LIMIT);
	assert_int_equal(write_reason(IN_EE, &e), WARD_E_NONE);
	e.seen = UINT64_C(1) << 63;
	assert_int_equal(write_reason(IN_CH, &e), WARD_E_INTERNAL);
}

/* Each that is read can be written wherever it may stand. */
static void test_write_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ext_row_count; i++) {
		struct extensions e = { .seen = UINT64_C(1) << i };

		for (unsigned int at = IN_CH; at <= IN_NST; at <<= 1) {
			bool may = ext_rows[i].write != NULL && (ext_rows[i].where & at);

			assert_int_equal(write_reason((enum ext_where)at, &e),
					 may ? WARD_E_NONE : WARD_E_INTERNAL);
		}
	}
}

static void test_write_order(void **state)
{
	struct ward_error err = ERROR_NONE;
	uint8_t buf[256];
	struct writer w = writer_make(buf, sizeof(buf), &err);
	struct extensions e = { .psk_identities = table_hex("0001 aa 00000000"),
				.psk_binders = table_hex("20" BINDER),
				.psk_modes = table_hex("01"),
				.server_name = table_hex("61"),
				.grease_first = 0x3a3a,
				.grease_last = 0xfafa };
	struct extensions again;

	(void)state;
	e.seen = ext_bit(EXT_PRE_SHARED_KEY) | ext_bit(EXT_PSK_KEY_EXCHANGE_MODES) |
		 ext_bit(EXT_SERVER_NAME);
	extensions_write(&w, IN_CH, &e);
	assert_span_equal(writer_span(&w),
			  table_hex("0049 3a3a 0000 0000 0006 0004 00 0001 61 002d 0002 01 01"
				    "fafa 0001 00 0029 002c 0007 0001 aa 00000000 0021 20" BINDER));
	assert_true(parse(writer_span(&w), IN_CH, &again, &err));
	assert_true(again.seen == e.seen);
}

/* A ClientHello that asks for a status names no responder and no extensions. */
static void test_write_status_request(void **state)
{
	struct ward_error err = ERROR_NONE;
	uint8_t buf[64];
	struct writer w = writer_make(buf, sizeof(buf), &err);
	struct extensions e = { .seen = ext_bit(EXT_STATUS_REQUEST) };

	(void)state;
	extensions_write(&w, IN_CH, &e);
	assert_span_equal(writer_span(&w), table_hex("0009 0005 0005 01 0000 0000"));
}

/* ---- the rest of ext.h ---- */

static void test_check_offered(void **state)
{
	uint64_t offered = ext_bit(EXT_ALPN) | ext_bit(EXT_SERVER_NAME);
	struct ward_error err = ERROR_NONE;
	struct extensions e = { .seen = ext_bit(EXT_ALPN) };

	(void)state;
	assert_true(extensions_check_offered(&e, offered, &err));
	e.seen |= ext_bit(EXT_COOKIE);
	assert_true(extensions_check_offered(&e, offered, &err));
	assert_int_equal(err.reason, WARD_E_NONE);
	e.seen |= ext_bit(EXT_RECORD_SIZE_LIMIT);
	assert_false(extensions_check_offered(&e, offered, &err));
	assert_int_equal(err.reason, WARD_E_EXT_NOT_OFFERED);
	assert_int_equal(err.extension, EXT_RECORD_SIZE_LIMIT);
	assert_int_equal(ward_reason_alert(err.reason), 110);
}

struct seen_types {
	size_t count;
	int types[8];
	int stop_at;
};

static bool note_type(void *arg, int type, struct span body)
{
	struct seen_types *s = arg;

	assert_int_equal(body.len, 1);
	s->types[s->count++] = type;
	return type != s->stop_at;
}

static void test_each(void **state)
{
	struct seen_types s = { .stop_at = -1 };

	(void)state;
	assert_true(extensions_each(table_hex("0001 0001 aa ffff 0001 bb"), note_type, &s));
	assert_int_equal(s.count, 2);
	assert_int_equal(s.types[0], 1);
	assert_int_equal(s.types[1], 0xffff);
	s = (struct seen_types){ .stop_at = 1 };
	assert_false(extensions_each(table_hex("0001 0001 aa ffff 0001 bb"), note_type, &s));
	assert_int_equal(s.count, 1);
	s = (struct seen_types){ .stop_at = -1 };
	assert_false(extensions_each(table_hex("0001 0001 aa ffff 0002 bb"), note_type, &s));
	assert_int_equal(s.count, 1);
	assert_true(extensions_each(SPAN_EMPTY, note_type, &s));
}

static void test_lists(void **state)
{
	struct span list = table_hex("001d 0017 11ec");
	struct span key = SPAN_EMPTY;

	(void)state;
	assert_int_equal(u16_list_count(list), 3);
	assert_int_equal(u16_list_at(list, 2), 0x11ec);
	assert_true(u16_list_has(list, 0x0017));
	assert_false(u16_list_has(list, 0x1d00));
	assert_false(u16_list_has(SPAN_EMPTY, 0));
	list = table_hex("001d 0002 aabb 0017 0001 cc");
	assert_true(key_share_find(list, 0x0017, &key));
	assert_span_equal(key, table_hex("cc"));
	assert_true(key_share_find(list, 0x001d, &key));
	assert_span_equal(key, table_hex("aabb"));
	assert_false(key_share_find(list, 0x0018, &key));
	assert_false(key_share_find(SPAN_EMPTY, 0x0018, &key));
	assert_false(key_share_find(table_hex("0018 0002 aa"), 0x0018, &key));
}

static void test_alpn_next(void **state)
{
	struct span list = table_hex("02 6832 01 61"), name;

	(void)state;
	assert_true(alpn_next(&list, &name));
	assert_span_equal(name, table_hex("6832"));
	assert_true(alpn_next(&list, &name));
	assert_span_equal(name, table_hex("61"));
	assert_false(alpn_next(&list, &name));
	list = table_hex("03 6832");
	assert_false(alpn_next(&list, &name));
}

static void test_is_grease(void **state)
{
	static const uint16_t values[] = { 0x0a0a, 0x1a1a, 0x2a2a, 0x3a3a, 0x4a4a, 0x5a5a,
					   0x6a6a, 0x7a7a, 0x8a8a, 0x9a9a, 0xaaaa, 0xbaba,
					   0xcaca, 0xdada, 0xeaea, 0xfafa };
	size_t found = 0;

	(void)state;
	for (unsigned int v = 0; v <= 0xffff; v++)
		found += is_grease((uint16_t)v);
	assert_int_equal(found, 16);
	for (size_t i = 0; i < 16; i++)
		assert_true(is_grease(values[i]));
}

static void test_u16_set(void **state)
{
	static struct u16_set s;

	(void)state;
	memset(&s, 0xff, sizeof(s));
	u16_set_init(&s);
	assert_false(u16_set_has(&s, 0));
	/* Every number once, in an order that jumps; from 17 on they live in the map. */
	for (unsigned int i = 0; i <= 0xffff; i++) {
		uint16_t v = (uint16_t)(i * 40503);

		assert_false(u16_set_has(&s, v));
		assert_true(u16_set_add(&s, v));
		assert_true(u16_set_has(&s, v));
		assert_false(u16_set_add(&s, v));
	}
	assert_int_equal(s.count, 65536);
}

/* ---- what costs a hostile peer little may not cost much here ---- */

static void put16(uint8_t *at, size_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* 16383 empty extensions, all unknown, each of another type. */
static void test_many_unknown(void **state)
{
	enum { COUNT = 16383 };
	uint8_t *types = (uint8_t *)(uintptr_t)table_fill(0, (size_t)4 * COUNT).data;
	struct ward_error err;
	struct extensions e;

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		put16(types + 4 * i, 0x1000 + i);
	assert_true(parse(block_of(span_make(types, (size_t)4 * COUNT)), IN_CH, &e, &err));
	put16(types + 4 * (COUNT - 1), 0x1000);
	assert_false(parse(block_of(span_make(types, (size_t)4 * COUNT)), IN_CH, &e, &err));
	assert_int_equal(err.reason, WARD_E_EXT_DUPLICATE);
	assert_int_equal(err.offset, 2 + 4 * (COUNT - 1));
}

/* As many key shares as fit beside as many groups; the last is not listed. */
static void test_many_shares(void **state)
{
	enum { COUNT = 9000 };
	struct span shares = table_fill(1, 2 + (size_t)5 * COUNT);
	struct span groups = table_fill(2, 2 + (size_t)2 * COUNT);
	uint8_t *s = (uint8_t *)(uintptr_t)shares.data, *g = (uint8_t *)(uintptr_t)groups.data;
	struct span parts[2];
	struct ward_error err;
	struct extensions e;

	(void)state;
	put16(s, (size_t)5 * COUNT);
	put16(g, (size_t)2 * COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		put16(g + 2 + 2 * i, i);
		put16(s + 2 + 5 * i, COUNT - 1 - i);
		put16(s + 4 + 5 * i, 1);
	}
	parts[0] = extension_of(EXT_KEY_SHARE, shares);
	parts[1] = extension_of(EXT_SUPPORTED_GROUPS, groups);
	assert_true(parse(block_of(table_join(parts, 2)), IN_CH, &e, &err));
	put16(s + 2 + 5 * (COUNT - 1), COUNT);
	parts[0] = extension_of(EXT_KEY_SHARE, shares);
	assert_false(parse(block_of(table_join(parts, 2)), IN_CH, &e, &err));
	assert_int_equal(err.reason, WARD_E_KEY_SHARE_UNLISTED);
	assert_int_equal(err.offset, 6 + 2 + 5 * (COUNT - 1));
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, good, test_round_trip);
	TABLE_ADD(&t, good, test_cuts);
	TABLE_ADD(&t, good, test_trailing);
	TABLE_ADD(&t, good, test_twice);
	table_add(&t, "numbers", test_numbers, NULL);
	TABLE_ADD(&t, bad, test_bad);
	TABLE_ADD(&t, blocks, test_block);
	table_add(&t, "every type in every message", test_every_place, NULL);
	table_add(&t, "the table is in order", test_table, NULL);
	table_add(&t, "host names have a limit", test_name_lengths, NULL);
	table_add(&t, "what may not stand in a message is not written", test_write_refuses, NULL);
	table_add(&t, "what may stand in a message is written", test_write_everywhere, NULL);
	table_add(&t, "GREASE stands at both ends, and the pre-shared key last", test_write_order,
		  NULL);
	table_add(&t, "a request for a status", test_write_status_request, NULL);
	table_add(&t, "answers are held against what was offered", test_check_offered, NULL);
	table_add(&t, "each extension in turn", test_each, NULL);
	table_add(&t, "lists of groups and shares", test_lists, NULL);
	table_add(&t, "protocols one by one", test_alpn_next, NULL);
	table_add(&t, "there are sixteen values of GREASE", test_is_grease, NULL);
	table_add(&t, "a set of numbers", test_u16_set, NULL);
	table_add(&t, "sixteen thousand unknown extensions", test_many_unknown, NULL);
	table_add(&t, "nine thousand key shares", test_many_shares, NULL);
	return table_run(&t, "extensions");
}
