/*
 * Digests, HMAC and HKDF against published values (FIPS 180-4, RFC 4231, RFC 5869), and in pieces.
 */
#include "crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/table.h"

/* ---- digests ---- */

#define SHA256_LONG "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

static const struct digest_row {
	const char *name;
	enum digest_alg alg;
	const char *message, *hex;
} digests[] = {
	{ "SHA-256 of nothing", DIGEST_SHA256, "",
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "SHA-256 of abc", DIGEST_SHA256, "abc",
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "SHA-256 of two blocks", DIGEST_SHA256, SHA256_LONG,
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "SHA-384 of abc", DIGEST_SHA384, "abc",
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	  "8086072ba1e7cc2358baeca134c825a7" },
	{ "SHA-512 of abc", DIGEST_SHA512, "abc",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "SHA-1 of abc", DIGEST_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "MD5 of abc", DIGEST_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72" },
};

static void test_digest(void **state)
{
	const struct digest_row *row = *state;
	struct span wanted = table_hex(row->hex);
	struct span message = span_string(row->message);
	uint8_t out[DIGEST_MAX_LEN];

	assert_int_equal(digest_len(row->alg), wanted.len);
	assert_true(digest_block_len(row->alg) <= DIGEST_MAX_BLOCK);
	digest_once(row->alg, message, out);
	assert_span_equal(span_make(out, wanted.len), wanted);
	/* In two pieces, at every place; the copy goes on where the original stood. */
	for (size_t i = 0; i <= message.len; i++) {
		struct digest d, copy;

		digest_start(&d, row->alg);
		digest_update(&d, span_make(message.data, i));
		copy = d;
		digest_update(&d, SPAN_LITERAL("something else"));
		digest_peek(&copy, out);
		digest_update(&copy, span_make(message.data + i, message.len - i));
		digest_peek(&copy, out);
		assert_span_equal(span_make(out, wanted.len), wanted);
		digest_finish(&copy, out);
		assert_span_equal(span_make(out, wanted.len), wanted);
	}
}

/* ---- HMAC ---- */

static const struct hmac_row {
	const char *name;
	enum digest_alg alg;
	uint8_t key_byte;
	size_t key_len;
	const char *message, *hex;
} hmacs[] = {
	{ "RFC 4231, case 1, SHA-256", DIGEST_SHA256, 0x0b, 20, "Hi There",
	  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ "RFC 4231, case 1, SHA-384", DIGEST_SHA384, 0x0b, 20, "Hi There",
	  "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
	  "faea9ea9076ede7f4af152e8b2fa9cb6" },
	{ "RFC 4231, case 6, a key longer than a block", DIGEST_SHA256, 0xaa, 131,
	  "Test Using Larger Than Block-Size Key - Hash Key First",
	  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
};

static void test_hmac(void **state)
{
	const struct hmac_row *row = *state;
	struct span wanted = table_hex(row->hex);
	struct span key = table_fill(row->key_byte, row->key_len);
	struct span message = span_string(row->message);
	struct hmac_key k;
	uint8_t out[DIGEST_MAX_LEN];

	hmac_once(row->alg, key, message, out);
	assert_span_equal(span_make(out, wanted.len), wanted);
	hmac_key_init(&k, row->alg, key);
	for (int twice = 0; twice < 2; twice++) { /* the key stays as it is */
		hmac_with_key(&k, message, out);
		assert_span_equal(span_make(out, wanted.len), wanted);
	}
	hmac_key_wipe(&k);
	for (size_t i = 0; i < sizeof(k); i++)
		assert_int_equal(((const uint8_t *)&k)[i], 0);
}

/* ---- HKDF ---- */

static const struct hkdf_row {
	const char *name, *ikm, *salt, *info, *prk, *okm;
} hkdfs[] = {
	{ "RFC 5869, case 1", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
	  "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
	  "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
	  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" },
	{ "RFC 5869, case 3: neither salt nor info", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
	  "", "", "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
	  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8" },
};

static void test_hkdf(void **state)
{
	const struct hkdf_row *row = *state;
	struct span okm = table_hex(row->okm);
	struct secret prk;
	uint8_t out[64];

	hkdf_extract(DIGEST_SHA256, table_hex(row->salt), table_hex(row->ikm), &prk);
	assert_span_equal(secret_span(&prk), table_hex(row->prk));
	for (size_t len = 0; len <= okm.len; len++) { /* shorter ones are its beginning */
		memset(out, 0xee, sizeof(out));
		hkdf_expand(DIGEST_SHA256, secret_span(&prk), table_hex(row->info), out, len);
		assert_span_equal(span_make(out, len), span_make(okm.data, len));
		assert_int_equal(out[len], 0xee);
	}
}

/* In a child, since it ends with an assertion. */
static int status_of_expand(size_t len)
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		uint8_t *out = calloc(1, len);

		if (freopen("/dev/null", "w", stderr) == NULL || out == NULL)
			_exit(9);
		hkdf_expand(DIGEST_SHA256, SPAN_LITERAL("prk"), SPAN_EMPTY, out, len);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_hkdf_longest(void **state)
{
	(void)state;
	assert_int_equal(status_of_expand(255 * 32), 0);
	assert_int_not_equal(status_of_expand(255 * 32 + 1), 0);
}

int main(void)
{
	struct table t = { 0 };

	if (!crypto_init(NULL))
		return 1;
	TABLE_ADD(&t, digests, test_digest);
	TABLE_ADD(&t, hmacs, test_hmac);
	TABLE_ADD(&t, hkdfs, test_hkdf);
	table_add(&t, "no more than 255 digests", test_hkdf_longest, NULL);
	return table_run(&t, "kdf");
}
