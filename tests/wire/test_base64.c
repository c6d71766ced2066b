/*
 * base64: the vectors of RFC 4648, section 10, both alphabets, and texts that are not base64.
 */
#include <stdlib.h>

#include "support/table.h"
#include "wire/pem.h"

static const struct good_row {
	const char *name;
	const char *bytes;
	const char *text;
	const char *url;
} good[] = {
	{ "nothing", "", "", "" },
	{ "f", "66", "Zg==", "Zg" },
	{ "fo", "666f", "Zm8=", "Zm8" },
	{ "foo", "666f6f", "Zm9v", "Zm9v" },
	{ "foob", "666f6f62", "Zm9vYg==", "Zm9vYg" },
	{ "fooba", "666f6f6261", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "666f6f626172", "Zm9vYmFy", "Zm9vYmFy" },
	{ "the last two of the alphabet", "fbefbefff7fe", "++++//f+", "----__f-" },
	{ "all 64 characters",
	  "00108310518720928b30d38f41149351559761969b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39e"
	  "bbf3dfbf",
	  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" },
};

static void check_good(struct span bytes, const char *text, bool url)
{
	struct ward_error err = ERROR_NONE;
	char encoded[128];
	uint8_t decoded[128];
	size_t len = base64_encode(encoded, bytes, url);

	assert_span_equal(span_make(encoded, len), span_string(text));
	assert_true(len <= base64_encoded_len(bytes.len));
	if (!url)
		assert_int_equal(len, base64_encoded_len(bytes.len));
	assert_true(base64_decode(decoded, &len, table_bytes(text, strlen(text)), url, &err));
	assert_span_equal(span_make(decoded, len), bytes);
	assert_true(len <= base64_decoded_max(strlen(text)));
}

static void test_good(void **state)
{
	const struct good_row *row = *state;

	check_good(table_hex(row->bytes), row->text, false);
	check_good(table_hex(row->bytes), row->url, true);
}

static const struct bad_row {
	const char *name;
	const char *text;
	bool url;
} bad[] = {
	{ "a character alone", "Z", false },
	{ "two characters without padding", "Zg", false },
	{ "three characters without padding", "Zm8", false },
	{ "half the padding", "Zg=", false },
	{ "too much padding", "Zg===", false },
	{ "padding behind a whole group", "Zm9v=", false },
	{ "four characters of padding", "Zm9v====", false },
	{ "padding alone", "====", false },
	{ "padding after one character", "Z===", false },
	{ "padding in front", "=Zm8", false },
	{ "padding in the middle", "Zg==Zg==", false },
	{ "a character behind the padding", "Zm8=Z", false },
	{ "a bit left over in a group of two", "Zh==", false },
	{ "a bit left over in a group of three", "Zm9=", false },
	{ "a character that is in no alphabet", "Zm9*", false },
	{ "the byte FF", "Zm9\xff", false },
	{ "a character above 127", "Zm\xc3\xb6", false },
	{ "the URL alphabet where it is not asked for", "-_-_", false },
	{ "the common alphabet in a URL", "+/+/", true },
	{ "padding in a URL", "Zg==", true },
	{ "a character alone in a URL", "Zm9vZ", true },
	{ "a bit left over in a URL", "Zh", true },
	{ "a dot, as between the parts of a token", "Zm9v.Zm9v", true },
	{ "the neighbours of the ranges", "@[`{", false },
	{ "the neighbours of the digits", ":;<,", false },
};

static void test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct span text = table_bytes(row->text, strlen(row->text));
	uint8_t *decoded = malloc(base64_decoded_max(text.len));
	size_t len = 99;

	assert_non_null(decoded);
	assert_false(base64_decode(decoded, &len, text, row->url, &err));
	assert_int_equal(err.reason, WARD_E_BAD_BASE64);
	assert_int_equal(len, 0);
	assert_false(base64_decode(decoded, &len, text, row->url, NULL));
	free(decoded);
}

static void test_space(void **state)
{
	struct ward_error err = ERROR_NONE;
	uint8_t decoded[32];
	size_t len;

	(void)state;
	assert_true(base64_decode(decoded, &len, SPAN_LITERAL(" Zm\r\n9v\tY\fg\v=\n= \n"), false,
				  &err));
	assert_span_equal(span_make(decoded, len), SPAN_LITERAL("foob"));
	assert_true(base64_decode(decoded, &len, SPAN_LITERAL(" \n\n"), false, &err));
	assert_int_equal(len, 0);
	assert_false(base64_decode(decoded, &len, SPAN_LITERAL("Zm9v\0Zm9v"), false, &err));
}

/* Every byte as the second character: exactly the 64 of the alphabet are taken. */
static void test_every_character(void **state)
{
	static const char alphabets[2][65] = {
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	};

	(void)state;
	for (int url = 0; url < 2; url++) {
		for (int c = 0; c < 256; c++) {
			uint8_t text[4] = { 'A', (uint8_t)c, 'A', 'A' };
			uint8_t decoded[6];
			size_t len;
			const char *at = c == 0 ? NULL : strchr(alphabets[url], c);
			bool ok;

			if (c == ' ' || (c >= '\t' && c <= '\r'))
				continue;
			ok = base64_decode(decoded, &len, SPAN_ARRAY(text), url, NULL);

			assert_int_equal(ok, at != NULL);
			if (ok)
				assert_int_equal(decoded[0] << 16 | decoded[1] << 8 | decoded[2],
						 (at - alphabets[url]) << 12);
		}
	}
}

static void test_every_length(void **state)
{
	(void)state;
	for (size_t n = 0; n < 200; n++) {
		struct span bytes = table_fill((uint8_t)(n * 37), n);
		char *text = malloc(base64_encoded_len(n) + 1);
		size_t len = base64_encode(text, bytes, false);
		uint8_t *decoded = malloc(base64_decoded_max(len));

		assert_int_equal(len, base64_encoded_len(n));
		assert_non_null(decoded);
		assert_true(base64_decode(decoded, &len, span_make(text, len), false, NULL));
		assert_span_equal(span_make(decoded, len), bytes);
		free(decoded);
		free(text);
	}
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, good, test_good);
	TABLE_ADD(&t, bad, test_bad);
	table_add(&t, "white space is skipped, a zero byte is not", test_space, NULL);
	table_add(&t, "each character has its value, others have none", test_every_character, NULL);
	table_add(&t, "every length comes back", test_every_length, NULL);
	return table_run(&t, "base64");
}
