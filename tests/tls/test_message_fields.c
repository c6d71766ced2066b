/*
 * What the parsers of handshake messages put where, which kind a ServerHello is of, and what of a
 * ClientHello must stay the same after a HelloRetryRequest.
 */
#include "support/hellos.h"
#include "support/table.h"
#include "tls/msg/message.h"

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

/* A block is written for extensions of GREASE alone too. */
static void test_grease_alone(void **state)
{
	uint8_t buf[64], only_last[64];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(buf, sizeof(buf), &err);
	struct client_hello ch;

	(void)state;
	assert_true(client_hello_parse(table_hex(CH), &ch, &err));
	ch.ext.grease_first = 0x1a1a;
	client_hello_write(&w, &ch);
	assert_span_equal(writer_span(&w), table_hex("01 00002f" CH "0004 1a1a 0000"));
	ch.ext.grease_first = 0;
	ch.ext.grease_last = 0x2a2a;
	w = writer_make(only_last, sizeof(only_last), &err);
	client_hello_write(&w, &ch);
	assert_span_equal(writer_span(&w), table_hex("01 000030" CH "0005 2a2a 0001 00"));
	assert_false(error_is_set(&err));
}

int main(void)
{
	static struct table t;

	table_add(&t, "the fields of a ClientHello", test_client_hello_fields, NULL);
	table_add(&t, "the fields of a ServerHello", test_server_hello_fields, NULL);
	table_add(&t, "GREASE alone makes a block", test_grease_alone, NULL);
	table_add(&t, "the fields of a Certificate", test_certificate_fields, NULL);
	table_add(&t, "the fields of the others", test_other_fields, NULL);
	TABLE_ADD(&t, wheres, test_where);
	TABLE_ADD(&t, fingerprints, test_fingerprint);
	table_add(&t, "order and borders count in the second ClientHello", test_fingerprint_order,
		  NULL);
	return table_run(&t, "message_fields");
}
