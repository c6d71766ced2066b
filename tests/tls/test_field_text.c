/*
 * Values of fields in words, whatever the bytes are.
 */
#include "tls/field_text.h"

#include <string.h>

#include "support/hellos.h"
#include "support/table.h"

static const struct text_row {
	const char *name;
	enum shape_text text;
	const char *hex;
	const char *shown;
} texts[] = {
	{ "bytes that say it themselves", TEXT_NONE, "aabb", "" },
	{ "a number of one byte", TEXT_DECIMAL, "ff", "255" },
	{ "a number of three", TEXT_DECIMAL, "010000", "65536" },
	{ "a number of four", TEXT_DECIMAL, "ffffffff", "4294967295" },
	{ "letters as they are", TEXT_STRING, "61 7e 20", "\"a~ \"" },
	{ "quotes and backslashes escaped", TEXT_STRING, "22 5c", "\"\\x22\\x5c\"" },
	{ "control characters escaped", TEXT_STRING, "00 0a 1b 7f", "\"\\x00\\x0a\\x1b\\x7f\"" },
	{ "what is not ASCII escaped", TEXT_STRING, "c3bc ff", "\"\\xc3\\xbc\\xff\"" },
	{ "no letters", TEXT_STRING, "", "\"\"" },
	{ "any random", TEXT_RANDOM, RANDOM, "" },
	{ "the random of HelloRetryRequest", TEXT_RANDOM, RETRY_RANDOM, "HelloRetryRequest" },
	{ "the mark of TLS 1.2", TEXT_RANDOM,
	  "000102030405060708090a0b0c0d0e0f 1011121314151617 444f574e47524401",
	  "ends with the downgrade mark" },
	{ "the mark of TLS 1.1 and older", TEXT_RANDOM,
	  "000102030405060708090a0b0c0d0e0f 1011121314151617 444f574e47524400",
	  "ends with the downgrade mark" },
	{ "almost the mark", TEXT_RANDOM,
	  "000102030405060708090a0b0c0d0e0f 1011121314151617 444f574e47524402", "" },
	{ "a message type", TEXT_HANDSHAKE_TYPE, "02", "ServerHello (2)" },
	{ "an unknown message type", TEXT_HANDSHAKE_TYPE, "03", "3" },
	{ "an extension type", TEXT_EXTENSION_TYPE, "0033", "key_share (51)" },
	{ "an unknown extension type", TEXT_EXTENSION_TYPE, "1234", "4660" },
	{ "an extension type of GREASE", TEXT_EXTENSION_TYPE, "4a4a", "GREASE (19018)" },
	{ "a cipher suite", TEXT_CIPHER_SUITE, "1302", "TLS_AES_256_GCM_SHA384 (0x1302)" },
	{ "an unknown cipher suite", TEXT_CIPHER_SUITE, "00fe", "0x00fe" },
	{ "a group", TEXT_GROUP, "0018", "secp384r1 (0x0018)" },
	{ "a scheme", TEXT_SIGNATURE_SCHEME, "0503", "ecdsa_secp384r1_sha384 (0x0503)" },
	{ "a version", TEXT_VERSION, "0301", "TLS 1.0 (0x0301)" },
	{ "an unknown version", TEXT_VERSION, "0305", "0x0305" },
	{ "a compression of certificates", TEXT_CERTIFICATE_COMPRESSION, "0001", "zlib (1)" },
	{ "a type of certificate", TEXT_CERTIFICATE_TYPE, "02", "RawPublicKey (2)" },
	{ "a request of KeyUpdate", TEXT_KEY_UPDATE_REQUEST, "00", "update_not_requested (0)" },
	{ "an unknown request of KeyUpdate", TEXT_KEY_UPDATE_REQUEST, "02", "2" },
	{ "a type of name", TEXT_NAME_TYPE, "00", "host_name (0)" },
	{ "a point format", TEXT_POINT_FORMAT, "01", "ansiX962_compressed_prime (1)" },
	{ "a mode of pre-shared keys", TEXT_PSK_KEY_EXCHANGE_MODE, "01", "psk_dhe_ke (1)" },
	{ "a type of status", TEXT_STATUS_TYPE, "01", "ocsp (1)" },
};

static void test_text(void **state)
{
	const struct text_row *row = *state;
	char out[FIELD_TEXT_MAX];

	memset(out, 'x', sizeof(out));
	field_text(row->text, table_hex(row->hex), out);
	assert_string_equal(out, row->shown);
}

/* The longest host name is shown whole; what is longer ends in dots, inside the quotes or not. */
static void test_long_strings(void **state)
{
	char out[FIELD_TEXT_MAX];

	(void)state;
	field_text(TEXT_STRING, table_fill('a', 253), out);
	assert_int_equal(strlen(out), 255);
	for (size_t len = 254; len < 600; len++) {
		size_t n;

		memset(out, 'x', sizeof(out));
		field_text(TEXT_STRING, table_fill('a', len), out);
		n = strnlen(out, sizeof(out));
		assert_true(n == len + 2 || (n < sizeof(out) && len > n - 5));
		assert_true(n == len + 2 || strcmp(out + n - 4, "...\"") == 0);
		memset(out, 'x', sizeof(out));
		field_text(TEXT_STRING, table_fill(0xff, len), out);
		n = strnlen(out, sizeof(out));
		assert_true(n < sizeof(out));
		assert_string_equal(out + n - 4, "...\"");
		/* Never half an escape. */
		assert_int_equal((n - 5) % 4, 0);
	}
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, texts, test_text);
	table_add(&t, "long names are cut", test_long_strings, NULL);
	return table_run(&t, "field_text");
}
