/*
 * What a certificate says to people, and the names of algorithms and keys that it may have.
 */
#include <stdlib.h>

#include "support/cert_fields.h"
#include "x509/algorithm.h"
#include "x509/cert.h"

/* ---- alternative names ---- */

static const struct san_row {
	const char *name, *san, *text;
	int kind;
} sans[] = {
	{ "DNS", "DNS:a.example", "a.example", WARD_SAN_DNS },
	{ "mail", "EMAIL:a@b.example", "a@b.example", WARD_SAN_EMAIL },
	{ "URI", "URI:https://a.example/", "https://a.example/", WARD_SAN_URI },
	{ "IPv4", "IP:192.0.2.1", "192.0.2.1", WARD_SAN_IP },
	{ "IPv6", "IP:2001:db8::1", "2001:db8::1", WARD_SAN_IP },
	{ "directory", "DIR:300d310b3009060355040a0c026263", "O=bc", WARD_SAN_DIRECTORY },
	{ "other", "HEX:a00706012aa0020500", "06012aa0020500", WARD_SAN_OTHER },
	{ "x400Address", "HEX:a30100", "00", WARD_SAN_OTHER },
	{ "ediPartyName", "HEX:a50100", "00", WARD_SAN_OTHER },
	{ "registeredID", "HEX:88012a", "2a", WARD_SAN_OTHER },
};

static void test_san(void **state)
{
	const struct san_row *row = *state;
	const char *const names[] = { "DNS:first.example", row->san, NULL };
	struct ward_cert *c = cert_with_names(names);
	char buf[64];
	char small[3];

	assert_int_equal(ward_cert_san_count(c), 2);
	assert_int_equal(ward_cert_san(c, 1, buf, sizeof(buf)), row->kind);
	assert_string_equal(buf, row->text);
	assert_int_equal(ward_cert_san(c, 1, small, sizeof(small)), row->kind);
	assert_true(strlen(small) < sizeof(small));
	assert_int_equal(ward_cert_san(c, 2, buf, sizeof(buf)), -1);
	assert_string_equal(buf, "");
	ward_cert_free(c);
}

/* The walk gives what the places give, ends, and stays at the end, wherever it is sent. */
static void test_san_walk(void **state)
{
	const char *const names[] = { "DNS:a.example", "IP:192.0.2.1", "URI:https://a.example/",
				      NULL };
	struct ward_cert *c = cert_with_names(names);
	const char *const bases[] = { "DNS:a.example", NULL };
	struct ward_cert *none = cert_with_constraints(bases, NULL);
	char buf[64], walked[64];
	size_t at = 0;
	size_t beyond = SIZE_MAX;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ward_cert_san_next(c, &at, walked, sizeof(walked)),
				 ward_cert_san(c, i, buf, sizeof(buf)));
		assert_string_equal(walked, buf);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(ward_cert_san_next(c, &at, buf, sizeof(buf)), -1);
	assert_string_equal(buf, "");
	assert_int_equal(ward_cert_san_next(c, &beyond, buf, sizeof(buf)), -1);
	at = 0;
	assert_int_equal(ward_cert_san_next(none, &at, buf, sizeof(buf)), -1);
	ward_cert_free(c);
	ward_cert_free(none);
}

/* ---- signatures ---- */

#define PSS(hash, salt)                                                                            \
	"304106092a864886f70d01010a3034a00f300d06096086480165030402" hash "0500"                   \
	"a11c301a06092a864886f70d010108300d06096086480165030402" hash "0500a2030201" salt

static const struct signature_row {
	const char *name, *hex, *shown;
	enum sig_alg alg;
	bool weak;
} signatures[] = {
	{ "ECDSA with SHA-256", "300a06082a8648ce3d040302", "ecdsa-with-SHA256", SIG_ECDSA_SHA256,
	  false },
	{ "ECDSA with SHA-384", "300a06082a8648ce3d040303", "ecdsa-with-SHA384", SIG_ECDSA_SHA384,
	  false },
	{ "ECDSA with SHA-512", "300a06082a8648ce3d040304", "ecdsa-with-SHA512", SIG_ECDSA_SHA512,
	  false },
	{ "ECDSA with parameters", "300c06082a8648ce3d0403020500", "ecdsa-with-SHA256", SIG_NONE,
	  false },
	{ "Ed25519", "300506032b6570", "Ed25519", SIG_ED25519, false },
	{ "Ed25519 with NULL", "300706032b65700500", "Ed25519", SIG_NONE, false },
	{ "RSA with SHA-256", "300d06092a864886f70d01010b0500", "sha256WithRSAEncryption",
	  SIG_RSA_PKCS1_SHA256, false },
	{ "RSA without NULL", "300b06092a864886f70d01010b", "sha256WithRSAEncryption",
	  SIG_RSA_PKCS1_SHA256, false },
	{ "RSA with other parameters", "300e06092a864886f70d01010b020100",
	  "sha256WithRSAEncryption", SIG_NONE, false },
	{ "RSA with SHA-384", "300d06092a864886f70d01010c0500", "sha384WithRSAEncryption",
	  SIG_RSA_PKCS1_SHA384, false },
	{ "RSA with SHA-512", "300d06092a864886f70d01010d0500", "sha512WithRSAEncryption",
	  SIG_RSA_PKCS1_SHA512, false },
	{ "RSA with SHA-1", "300d06092a864886f70d0101050500", "sha1WithRSAEncryption", SIG_NONE,
	  true },
	{ "RSA with MD5", "300d06092a864886f70d0101040500", "md5WithRSAEncryption", SIG_NONE,
	  true },
	{ "ECDSA with SHA-1", "300906072a8648ce3d0401", "ecdsa-with-SHA1", SIG_NONE, true },
	{ "RSA-PSS with SHA-256", PSS("01", "20"), "RSASSA-PSS", SIG_RSA_PSS_SHA256, false },
	{ "RSA-PSS with SHA-384", PSS("02", "30"), "RSASSA-PSS", SIG_RSA_PSS_SHA384, false },
	{ "RSA-PSS with SHA-512", PSS("03", "40"), "RSASSA-PSS", SIG_RSA_PSS_SHA512, false },
	{ "RSA-PSS with a short salt", PSS("01", "14"), "RSASSA-PSS", SIG_NONE, false },
	{ "RSA-PSS with its defaults, which are SHA-1", "300d06092a864886f70d01010a3000",
	  "RSASSA-PSS", SIG_NONE, false },
	{ "RSA-PSS without parameters", "300b06092a864886f70d01010a", "RSASSA-PSS", SIG_NONE,
	  false },
	{ "one that is known by name alone", "300506032b6571", "Ed448", SIG_NONE, false },
};

static void test_signature(void **state)
{
	const struct signature_row *row = *state;
	const struct cert_fields f = { .algorithm = row->hex, .outer_algorithm = row->hex };
	struct ward_cert *c = cert_fields_parse(&f);

	assert_string_equal(ward_cert_signature_name(c), row->shown);
	assert_int_equal(cert_sig_alg(c), row->alg);
	assert_int_equal(c->signed_with.weak, row->weak);
	ward_cert_free(c);
}

static void test_unknown_signature(void **state)
{
	const struct cert_fields f = { .algorithm = "300506032a0304",
				       .outer_algorithm = "300506032a0304" };
	struct ward_cert *c = cert_fields_parse(&f);

	(void)state;
	assert_int_equal(cert_sig_alg(c), SIG_NONE);
	assert_string_equal(ward_cert_signature_name(c), "1.2.3.4");
	ward_cert_free(c);
}

/* ---- keys ---- */

static const struct key_row {
	const char *name, *hex, *shown;
	enum key_type type;
	unsigned int bits;
	bool weak;
} keys[] = {
	{ "P-256", NULL, "P-256", KEY_P256, 256, false },
	{ "P-384", "3018301006072a8648ce3d020106052b8104002203040004aabb", "P-384", KEY_P384, 384,
	  false },
	{ "P-521", "3018301006072a8648ce3d020106052b8104002303040004aabb", "P-521", KEY_P521, 521,
	  false },
	{ "RSA with parameters other than NULL",
	  "301c300e06092a864886f70d010101020100030a00300702020101020103", "RSA", KEY_NONE, 9,
	  true },
	{ "P-192", "301b301306072a8648ce3d020106082a8648ce3d03010103040004aabb", "P-192", KEY_NONE,
	  192, true },
	{ "secp256k1", "3018301006072a8648ce3d020106052b8104000a03040004aabb", "secp256k1",
	  KEY_NONE, 0, false },
	{ "a curve given by its parameters", "3013300b06072a8648ce3d0201300003040004aabb", "EC",
	  KEY_NONE, 0, false },
	{ "Ed25519", "300c300506032b6570030300aabb", "Ed25519", KEY_ED25519, 256, false },
	{ "Ed448", "300c300506032b6571030300aabb", "Ed448", KEY_NONE, 0, false },
	{ "RSA of 9 bits", "301b300d06092a864886f70d010101050003 0a00 3007020201 01020103", "RSA",
	  KEY_RSA, 9, true },
	{ "one that is not known", "300c300506032a0304030300aabb", "unknown", KEY_NONE, 0, false },
};

static void test_key(void **state)
{
	const struct key_row *row = *state;
	const struct cert_fields f = { .spki = row->hex };
	struct ward_cert *c = cert_fields_parse(&f);

	assert_string_equal(ward_cert_key_type(c), row->shown);
	assert_int_equal(ward_cert_key_bits(c), row->bits);
	assert_int_equal(cert_key_type(c), row->type);
	assert_int_equal(c->key.weak, row->weak);
	ward_cert_free(c);
}

/* ---- the rest ---- */

static void test_names(void **state)
{
	const struct cert_fields f = { .subject = "301a310b3009060355040a0c026263"
						  "310b300906035504030c026162" };
	struct ward_cert *c = cert_fields_parse(&f);
	char buf[64];

	(void)state;
	assert_string_equal(ward_cert_subject(c, buf, sizeof(buf)), "CN=ab,O=bc");
	assert_string_equal(ward_cert_issuer(c, buf, sizeof(buf)), "CN=CA");
	assert_string_equal(ward_cert_common_name(c, buf, sizeof(buf)), "ab");
	assert_string_equal(ward_cert_serial(c, buf, sizeof(buf)), "1001");
	assert_false(ward_cert_is_self_issued(c));
	ward_cert_free(c);
}

/* What stands in error texts: the first there is of common name, DNS name, organisation, serial. */
static void test_labels(void **state)
{
	static const char *const names[] = { "IP:192.0.2.1", "DNS:a.example", NULL };
	const struct cert_fields plain = { 0 };
	const struct cert_fields org = { .subject = "300d310b3009060355040a0c026263" };
	const struct cert_fields empty = { .subject = "3000" };
	const struct cert_fields blank = { .subject = "300b310930070603550403 0c00" };
	struct ward_cert *certs[] = { cert_fields_parse(&plain), cert_with_names(names),
				      cert_fields_parse(&org), cert_fields_parse(&empty),
				      cert_fields_parse(&blank) };
	static const char *const labels[] = { "leaf", "a.example", "bc", "serial 1001",
					      "serial 1001" };
	char buf[64];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(cert_label(certs[i], buf, sizeof(buf)), labels[i]);
		ward_cert_free(certs[i]);
	}
}

static void test_bytes(void **state)
{
	const struct cert_fields f = { 0 };
	struct ward_cert *c = cert_fields_parse(&f);
	struct span der = cert_fields_der(&f);
	uint8_t hash[32], wanted[32];
	struct ward_chain chain;
	struct ward_error err = ERROR_NONE;
	char *pem = ward_cert_pem(c);
	size_t len;

	(void)state;
	assert_span_equal(span_make(ward_cert_der(c, &len), der.len), der);
	assert_int_equal(len, der.len);
	assert_non_null(pem);
	assert_true(ward_chain_parse(pem, strlen(pem), &chain, &err));
	assert_true(cert_same(chain.certs[0], c));
	digest_once(DIGEST_SHA256, der, wanted);
	ward_cert_fingerprint(c, hash);
	assert_memory_equal(hash, wanted, 32);
	digest_once(DIGEST_SHA256, c->spki, wanted);
	ward_cert_spki_hash(c, hash);
	assert_memory_equal(hash, wanted, 32);
	free(pem);
	ward_chain_clear(&chain);
	ward_cert_free(c);
}

int main(void)
{
	struct table t = { 0 };

	if (!crypto_init(NULL))
		return 1;
	TABLE_ADD(&t, sans, test_san);
	table_add(&t, "a walk over the alternative names", test_san_walk, NULL);
	TABLE_ADD(&t, signatures, test_signature);
	table_add(&t, "a signature algorithm without a name", test_unknown_signature, NULL);
	TABLE_ADD(&t, keys, test_key);
	table_add(&t, "subject, issuer, common name, serial number", test_names, NULL);
	table_add(&t, "labels for texts", test_labels, NULL);
	table_add(&t, "DER, PEM and fingerprints", test_bytes, NULL);
	return table_run(&t, "show");
}
