/*
 * Signing what is made (signing.c): each type of key has an algorithm, what it signs is what was
 * written from the start on, and the AlgorithmIdentifier is one that ward reads as that algorithm.
 */
#include "x509/signing.h"

#include <stdlib.h>

#include "support/table.h"
#include "x509/algorithm.h"

static const struct row {
	const char *name;
	enum ward_key_kind kind;
	const char *algorithm;
} rows[] = {
	{ "P-256 signs with SHA-256", WARD_KEY_P256, "ecdsa-with-SHA256" },
	{ "P-384 signs with SHA-384", WARD_KEY_P384, "ecdsa-with-SHA384" },
	{ "Ed25519 signs", WARD_KEY_ED25519, "Ed25519" },
	{ "RSA signs with SHA-256", WARD_KEY_RSA_2048, "sha256WithRSAEncryption" },
};

static void test_row(void **state)
{
	static const struct span before = SPAN_LITERAL("not signed");
	static const struct span signed_part = SPAN_LITERAL("\x30\x03\x02\x01\x05");
	const struct row *row = *state;
	struct ward_key *key = ward_key_generate(row->kind, NULL);
	const struct signing *signing = signing_find(key, NULL);
	struct ward_error err = ERROR_NONE;
	uint8_t buf[1024], *der = NULL;
	struct writer w = writer_make(buf, sizeof(buf), &err);
	struct signature_id id;
	struct pubkey *pubkey;
	struct reader r;
	size_t len = 0;

	assert_non_null(signing);
	writer_bytes(&w, before);
	writer_bytes(&w, signed_part);
	signing_write(&w, before.len, signing, key);
	assert_true(writer_ok(&w));

	r = reader_make(
		span_make(buf + before.len + signed_part.len, w.len - before.len - signed_part.len),
		&err);
	signature_id_parse(der_whole_tag(&r, DER_SEQUENCE), &id, &err);
	assert_string_equal(id.name, row->algorithm);
	assert_int_equal(id.alg, signing->alg);
	assert_true(privkey_spki(key_private(key), &der, &len, &err));
	pubkey = pubkey_from_spki(span_make(der, len), &err);
	assert_true(pubkey_verify(pubkey, id.alg, signed_part, der_bit_string(&r, NULL), &err));
	assert_true(reader_close(&r));
	pubkey_free(pubkey);
	free(der);
	ward_key_free(key);
}

static void test_no_room(void **state)
{
	struct ward_key *key = ward_key_generate(WARD_KEY_P256, NULL);
	struct ward_error err = ERROR_NONE;
	uint8_t buf[32];
	struct writer w = writer_make(buf, sizeof(buf), &err);

	(void)state;
	signing_write(&w, 0, signing_find(key, NULL), key);
	assert_int_equal(err.reason, WARD_E_NO_SPACE);
	ward_key_free(key);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "a signature without room is an error", test_no_room, NULL);
	return table_run(&t, "signing");
}
