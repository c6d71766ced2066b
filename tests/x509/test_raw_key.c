/*
 * Public keys without certificates (src/x509/raw_key.c): which are taken, why others are not, and how
 * their pins are written.
 */
#include "support/table.h"
#include "x509/raw_key.h"

#include <string.h>

#define P256 "3059301306072a8648ce3d020106082a8648ce3d030107"
#define POINT                                                                                      \
	"04 eb5108476cb9ceb70470bd6130b5e94b7b5eb2c1d76c8f17ee8bbb8edd26673e"                      \
	"30bf2c4d818c73cc7258258e737ba691835f5297f4d67a1777f964ba6df201ef"
#define ED25519                                                                                    \
	"302a300506032b6570032100 6dd61f092b5e8a709bba6dee6f309a789df8c96124e5ff1024218b23490aab98"
#define X25519                                                                                     \
	"302a300506032b656e032100 8a12254b1214b2ca8753b23a07f3a7f46328111f023bfcfdb285512d2d023926"

static const struct row {
	const char *name, *spki;
	enum ward_reason reason;
	const char *type;
	unsigned int bits;
} rows[] = {
	{ "a point of P-256", P256 "034200" POINT, WARD_E_NONE, "P-256", 256 },
	{ "Ed25519", ED25519, WARD_E_NONE, "Ed25519", 256 },
	{ "X25519, which does not sign", X25519, WARD_E_KEY_UNSUPPORTED },
	{ "a curve that is not used", "3018301006072a8648ce3d020106052b8104000a 03040004aabb",
	  WARD_E_KEY_UNSUPPORTED },
	{ "nothing", "", WARD_E_RAW_KEY_MALFORMED },
	{ "not a sequence", "0201 00", WARD_E_RAW_KEY_MALFORMED },
	{ "an algorithm and no key", "300730050603 2b6570", WARD_E_RAW_KEY_MALFORMED },
	{ "a byte behind it", ED25519 "00", WARD_E_RAW_KEY_MALFORMED },
	{ "cut short", P256 "034200 04 eb51", WARD_E_RAW_KEY_MALFORMED },
	{ "a point that is not on its curve",
	  P256 "034200 04"
	       "eb5108476cb9ceb70470bd6130b5e94b7b5eb2c1d76c8f17ee8bbb8edd26673e"
	       "30bf2c4d818c73cc7258258e737ba691835f5297f4d67a1777f964ba6df201ee",
	  WARD_E_RAW_KEY_MALFORMED },
	{ "unused bits in the key",
	  "302a300506032b6570032101 6dd61f092b5e8a709bba6dee6f309a789df8c96124e5ff1024218b23490aab98",
	  WARD_E_RAW_KEY_MALFORMED },
	{ "Ed25519 with parameters",
	  "302c300706032b65700500032100 6dd61f092b5e8a709bba6dee6f309a789df8c96124e5ff1024218b23490aab98",
	  WARD_E_RAW_KEY_MALFORMED },
	{ "RSA of 1024 bits",
	  "30819f300d06092a864886f70d010101050003818d0030818902818100"
	  "dce1b5d07918af4a4215b35b29452b7d426649e45613a2c5b0c474c4e5fba5d3"
	  "e27fb59d346a55d6851de54f65db192f8ad0d42bf2a903f72b413750ed55981e"
	  "8e5e1bbebc204345ae9f3393b6b854ca7912e942176721f6edb93c28e5d613b3"
	  "adb7edd6bacbc07675b152b88eabb517907a6b7b7a2478cc468926a3fdec6eb1"
	  "0203010001",
	  WARD_E_KEY_TOO_SMALL },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct span spki = table_hex(row->spki);
	struct ward_error err = ERROR_NONE;
	struct raw_key *key = raw_key_parse(spki, &err);

	assert_string_equal(ward_reason_name(err.reason), ward_reason_name(row->reason));
	assert_int_equal(key != NULL, row->reason == WARD_E_NONE);
	if (key == NULL)
		return;
	assert_span_equal(key->spki, spki);
	assert_string_equal(key_type_name(pubkey_type(key->pubkey)), row->type);
	assert_int_equal(pubkey_bits(key->pubkey), row->bits);
	raw_key_free(key);
}

/* The SHA-256 was computed by openssl dgst of the same bytes. */
static void test_pin(void **state)
{
	struct raw_key *key = raw_key_parse(table_hex(ED25519), NULL);
	char text[PIN_TEXT_LEN];

	(void)state;
	assert_non_null(key);
	assert_string_equal(pin_text(key->pin, text),
			    "sha256//yii2wfgNnBJgH8lPREaxoWY2SA+kRedCxtvVgU38F7Q=");
	raw_key_free(key);
	raw_key_free(NULL);
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "a pin is the SHA-256 of all of it, in base64", test_pin, NULL);
	return table_run(&t, "raw public keys");
}
