/*
 * Blocks of extensions (RFC 9846, 4.3): which may stand where, duplicates, pre_shared_key last; the
 * order of writing; the lists that are looked into; and what a hostile block may cost.
 */
#include "extension_blocks.h"
#include "tls/ext/table.h"
#include "tls/ext/u16_set.h"

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
	{ "what a ServerHello of TLS 1.2 may say", IN_SH12,
	  "0017 0000 ff01 0001 00 000b 0002 01 00 0010 0005 0003 02 6832 0000 0000 001c 0002 4000",
	  WARD_E_NONE, 0, 0 },
	{ "an extension of TLS 1.3 in it", IN_SH12, "0033 0001 ff", WARD_E_EXT_MISPLACED,
	  EXT_KEY_SHARE, 0 },
	{ "an unknown one in it", IN_SH12, "1234 0000", WARD_E_EXT_NOT_OFFERED, 0x1234, 0 },
	{ "one of it twice", IN_SH12, "0017 0000 0017 0000", WARD_E_EXT_DUPLICATE,
	  EXT_EXTENDED_MASTER_SECRET, 4 },
	{ "extended_master_secret with content", IN_CH, "0017 0001 00", WARD_E_TRAILING_DATA,
	  EXT_EXTENDED_MASTER_SECRET, 4 },
	{ "renegotiation_info that is not empty", IN_CH, "ff01 0002 01 aa",
	  WARD_E_RENEGOTIATION_INFO, EXT_RENEGOTIATION_INFO, 4 },
	{ "ec_point_formats without the uncompressed form", IN_CH, "000b 0002 01 01",
	  WARD_E_BAD_VALUE, EXT_EC_POINT_FORMATS, 4 },
	{ "no ec_point_format", IN_CH, "000b 0001 00", WARD_E_BAD_LENGTH, EXT_EC_POINT_FORMATS, 4 },
	/* compress_certificate.c */
	{ "compressions of certificates", IN_CR, "001b 0007 06 0002 0003 0001", WARD_E_NONE, 0, 0 },
	{ "a compression twice", IN_CH, "001b 0005 04 0002 0002", WARD_E_BAD_VALUE,
	  EXT_COMPRESS_CERTIFICATE, 4 },
	{ "no compressions", IN_CH, "001b 0001 00", WARD_E_BAD_LENGTH, EXT_COMPRESS_CERTIFICATE,
	  4 },
	{ "half a compression", IN_CH, "001b 0004 03 0002 00", WARD_E_BAD_LENGTH,
	  EXT_COMPRESS_CERTIFICATE, 4 },
	{ "more behind compressions", IN_CH, "001b 0004 02 0002 00", WARD_E_TRAILING_DATA,
	  EXT_COMPRESS_CERTIFICATE, 7 },
	{ "another type of status is skipped", IN_CH, "0005 0004 02 ffffff", WARD_E_NONE, 0, 0 },
};

static void test_block(void **state)
{
	const struct block_row *row = *state;
	struct span block = block_of(table_hex(row->extensions));
	struct ward_error err;
	struct extensions e;

	if (row->reason != WARD_E_NONE) {
		block_check_failure(block, row->where, row->reason, row->extension,
				    2 + row->offset);
		return;
	}
	assert_true(block_parse(block, row->where, &e, &err));
	assert_span_equal(e.raw, table_hex(row->extensions));
}

static const struct address_row {
	const char *name;
	const char *body;
} addresses[] = {
	{ "an IPv4 address counts as no name", "000c 00 0009 3132372e302e302e31" },
	{ "an IPv6 address counts as no name", "0006 00 0003 3a3a31" },
	{ "an IPv6 address in brackets counts as no name", "0008 00 0005 5b3a3a315d" },
};

static void test_address(void **state)
{
	const struct address_row *row = *state;
	struct span parts[] = { extension_of(EXT_SERVER_NAME, table_hex(row->body)),
				extension_of(EXT_SUPPORTED_GROUPS, table_hex("0002 001d")) };
	struct span twice[] = { parts[0], parts[0] };
	struct ward_error err;
	struct extensions e;

	assert_true(block_parse(block_of(table_join(parts, 2)), IN_CH, &e, &err));
	assert_true(e.seen == ext_bit(EXT_SUPPORTED_GROUPS));
	assert_int_equal(e.server_name.len, 0);
	/* And may not come twice for that. */
	block_check_failure(block_of(table_join(twice, 2)), IN_CH, WARD_E_EXT_DUPLICATE,
			    EXT_SERVER_NAME, (int)(2 + parts[0].len));
}

/* ---- the table, against that of the RFC ---- */

static const struct placed_row {
	int type;
	unsigned int where;
} placed[] = {
	{ 0, IN_CH | IN_EE | IN_CR | IN_SH12 },
	{ 5, IN_CH | IN_CR | IN_CT | IN_SH12 },
	{ 10, IN_CH | IN_EE | IN_SH12 },
	{ 11, IN_CH | IN_SH12 },
	{ 13, IN_CH | IN_CR },
	{ 14, IN_CH | IN_EE },
	{ 15, IN_CH | IN_EE },
	{ 16, IN_CH | IN_EE | IN_SH12 },
	{ 19, IN_CH | IN_EE | IN_SH12 },
	{ 20, IN_CH | IN_EE | IN_SH12 },
	{ 21, IN_CH },
	{ 23, IN_CH | IN_SH12 },
	{ 27, IN_CH | IN_CR },
	{ 28, IN_CH | IN_EE | IN_SH12 },
	{ 34, IN_CH | IN_CR | IN_CT },
	{ 35, IN_CH | IN_SH12 }, /* RFC 5077 */
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
	{ 65281, IN_CH | IN_SH12 },
	{ 1, IN_CH | IN_EE | IN_SH12 },
	{ 18, IN_CH | IN_CR | IN_CT | IN_SH12 },
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

		for (unsigned int at = IN_CH; at <= IN_SH12; at <<= 1) {
			struct ward_error err;
			struct extensions e;

			(void)block_parse(block, (enum ext_where)at, &e, &err);
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
	assert_true(block_parse(writer_span(&w), IN_CH, &again, &err));
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
	assert_true(block_parse(block_of(span_make(types, (size_t)4 * COUNT)), IN_CH, &e, &err));
	put16(types + 4 * (COUNT - 1), 0x1000);
	assert_false(block_parse(block_of(span_make(types, (size_t)4 * COUNT)), IN_CH, &e, &err));
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
	assert_true(block_parse(block_of(table_join(parts, 2)), IN_CH, &e, &err));
	put16(s + 2 + 5 * (COUNT - 1), COUNT);
	parts[0] = extension_of(EXT_KEY_SHARE, shares);
	assert_false(block_parse(block_of(table_join(parts, 2)), IN_CH, &e, &err));
	assert_int_equal(err.reason, WARD_E_KEY_SHARE_UNLISTED);
	assert_int_equal(err.offset, 6 + 2 + 5 * (COUNT - 1));
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, blocks, test_block);
	TABLE_ADD(&t, addresses, test_address);
	table_add(&t, "every type in every message", test_every_place, NULL);
	table_add(&t, "the table is in order", test_table, NULL);
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
	return table_run(&t, "extension_blocks");
}
