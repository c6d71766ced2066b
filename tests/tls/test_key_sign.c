/*
 * ward_key_sign: what signs for a connection in another process.
 */
#include "support/credentials.h"
#include "support/table.h"
#include "x509/cert.h"

static const struct row {
	const char *name;
	enum ward_key_kind kind;
	uint16_t scheme;
	enum sig_alg alg;
	enum ward_reason reason;
} rows[] = {
	{ "ECDSA with SHA-256", WARD_KEY_P256, 0x0403, SIG_ECDSA_SHA256, WARD_E_NONE },
	{ "ECDSA with SHA-384", WARD_KEY_P384, 0x0503, SIG_ECDSA_SHA384, WARD_E_NONE },
	{ "Ed25519", WARD_KEY_ED25519, 0x0807, SIG_ED25519, WARD_E_NONE },
	{ "RSA-PSS with SHA-256", WARD_KEY_RSA_2048, 0x0804, SIG_RSA_PSS_SHA256, WARD_E_NONE },
	{ "RSA PKCS #1 with SHA-256", WARD_KEY_RSA_2048, 0x0401, SIG_RSA_PKCS1_SHA256,
	  WARD_E_NONE },
	{ "ECDSA by an RSA key", WARD_KEY_RSA_2048, 0x0403, SIG_NONE,
	  WARD_E_SIGNATURE_UNSUPPORTED },
	{ "ECDSA with SHA-1", WARD_KEY_P256, 0x0203, SIG_NONE, WARD_E_SIGNATURE_UNSUPPORTED },
	{ "a scheme that nobody knows", WARD_KEY_P256, 0xfefe, SIG_NONE,
	  WARD_E_SIGNATURE_UNSUPPORTED },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	const struct credential *c = credential_server(row->kind);
	const struct span message = SPAN_LITERAL("what is signed is the message, not its hash");
	struct ward_error err = { 0 };
	uint8_t sig[WARD_SIGNATURE_MAX];
	size_t len = 0;

	assert_int_equal(
		ward_key_sign(c->key, row->scheme, message.data, message.len, sig, &len, &err),
		row->reason == WARD_E_NONE);
	assert_int_equal(err.reason, row->reason);
	if (row->reason == WARD_E_NONE)
		assert_true(pubkey_verify(cert_pubkey(c->chain.certs[0], NULL), row->alg, message,
					  span_make(sig, len), NULL));
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_row);
	failed = table_run(&t, "key_sign");
	credentials_cleanup();
	return failed;
}
