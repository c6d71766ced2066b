/*
 * The command's compressors of certificates: each gives back what it was given, and neither bombs nor
 * garbage get more memory than they were allotted.
 */
#include "serve/cert_codecs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/credentials.h"
#include "support/table.h"

static const struct ward_cert_codec *one(const struct ward_cert_codec *codec)
{
	assert_non_null(codec->compress);
	assert_non_null(codec->decompress);
	return codec;
}

/* Two chains' worth of DER, which repeat each other. */
static struct span sample(void)
{
	static uint8_t bytes[1 << 14];
	size_t len, total = 0;

	for (int i = 0; i < 2; i++) {
		const uint8_t *der =
			ward_cert_der(credential_server(WARD_KEY_P256)->chain.certs[0], &len);

		memcpy(bytes + total, der, len);
		total += len;
	}
	return span_make(bytes, total);
}

static void test_round_trip(void **state)
{
	const struct ward_cert_codec *c = one(*state);
	struct span in = sample();
	uint8_t packed[1 << 14], out[1 << 14];
	size_t n = c->compress(NULL, in.data, in.len, packed, in.len);

	assert_true(n > 0 && n < in.len);
	/* Memory of exactly the size: whatever is written behind it would be seen. */
	assert_int_equal(c->decompress(NULL, packed, n, out, in.len), in.len);
	assert_span_equal(span_make(out, in.len), in);
	/* More room is no fault: the length is compared by who knows it. */
	assert_int_equal(c->decompress(NULL, packed, n, out, sizeof(out)), in.len);
}

static void test_no_room(void **state)
{
	const struct ward_cert_codec *c = one(*state);
	struct span in = sample();
	uint8_t packed[1 << 14];
	size_t n = c->compress(NULL, in.data, in.len, packed, in.len);

	for (size_t cap = 0; cap < n; cap += 7) {
		uint8_t *exact = malloc(cap + 1);

		assert_int_equal(c->compress(NULL, in.data, in.len, exact, cap), 0);
		free(exact);
	}
	for (size_t cap = 0; cap < in.len; cap += 13) {
		uint8_t *exact = malloc(cap + 1);

		assert_int_equal(c->decompress(NULL, packed, n, exact, cap), 0);
		free(exact);
	}
}

/* 64 MiB of zeros in some kilobytes, for which there is room of one. */
static void test_bomb(void **state)
{
	enum { SIZE = 64 << 20, ROOM = 1 << 20 };
	const struct ward_cert_codec *c = one(*state);
	uint8_t *zeros = calloc(1, SIZE), *packed = malloc(ROOM), out[1024];
	size_t n = c->compress(NULL, zeros, SIZE, packed, ROOM);

	assert_true(n > 0 && n < ROOM);
	assert_int_equal(c->decompress(NULL, packed, n, out, sizeof(out)), 0);
	free(zeros);
	free(packed);
}

static void test_damage(void **state)
{
	const struct ward_cert_codec *c = one(*state);
	struct span in = sample();
	uint8_t packed[1 << 14], out[1 << 14];
	size_t n = c->compress(NULL, in.data, in.len, packed, in.len);

	for (size_t cut = 0; cut < n; cut++)
		assert_int_not_equal(c->decompress(NULL, packed, cut, out, in.len), in.len);
	memset(packed + n, 0, 16); /* more behind it */
	assert_int_equal(c->decompress(NULL, packed, n + 1, out, in.len), 0);
	for (size_t i = 0; i < n; i++) {
		size_t got;

		packed[i] ^= 0xff;
		got = c->decompress(NULL, packed, n, out, in.len);
		assert_true(got <= in.len);
		packed[i] ^= 0xff;
	}
	assert_int_equal(c->decompress(NULL, (const uint8_t *)"garbage", 7, out, in.len), 0);
}

static void test_all(void **state)
{
	struct ward_config *config = test_client_config();
	struct ward_error err = { 0 };
	bool seen[4] = { false };

	(void)state;
	for (size_t i = 0; cert_codec(i) != NULL; i++) {
		assert_true(cert_codec(i)->algorithm >= WARD_COMPRESS_ZLIB &&
			    cert_codec(i)->algorithm <= WARD_COMPRESS_ZSTD);
		assert_false(seen[cert_codec(i)->algorithm]);
		seen[cert_codec(i)->algorithm] = true;
	}
	assert_true(cert_codecs_add(config, &err));
	ward_config_free(config);
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "a config takes all of them", test_all, NULL);
	for (size_t i = 0; cert_codec(i) != NULL; i++) {
		const char *name = ward_cert_compression_name(cert_codec(i)->algorithm);
		static char names[4][4][64];
		static const struct {
			const char *what;
			CMUnitTestFunction test;
		} tests[] = { { "gives back what it was given", test_round_trip },
			      { "writes no further than it may", test_no_room },
			      { "is not made to unpack a bomb", test_bomb },
			      { "refuses what is damaged", test_damage } };

		for (size_t j = 0; j < 4; j++) {
			snprintf(names[i][j], sizeof(names[i][j]), "%s %s", name, tests[j].what);
			table_add(&t, names[i][j], tests[j].test, cert_codec(i));
		}
	}
	failed = table_run(&t, "compressors of certificates");
	credentials_cleanup();
	return failed;
}
