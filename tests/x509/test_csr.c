/*
 * Certificate requests: what is made comes back, what is malformed is refused by its part, who
 * made one is checked, and a certificate for one has its key and the names that the issuer gives.
 */
#include "x509/csr.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/table.h"
#include "wire/pem.h"
#include "x509/cert.h"

#define FROM INT64_C(1767225600) /* 2026-01-01 */
#define TO INT64_C(1774915200)
#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

static struct ward_key *key_of(enum ward_key_kind kind)
{
	struct ward_error err = ERROR_NONE;
	struct ward_key *key = ward_key_generate(kind, &err);

	assert_non_null(key);
	return key;
}

static struct ward_csr *make_csr(const struct ward_cert_spec *spec, const struct ward_key *key)
{
	struct ward_error err = ERROR_NONE;
	struct ward_csr *csr = ward_csr_make(spec, key, &err);
	char text[512];

	if (csr == NULL)
		fail_msg("%s", ward_error_text(&err, text, sizeof(text)));
	return csr;
}

/* ---- what is made comes back ---- */

static const struct kind_row {
	const char *name;
	enum ward_key_kind kind;
	const char *type, *signature;
} kinds[] = {
	{ "P-256", WARD_KEY_P256, "P-256", "ecdsa-with-SHA256" },
	{ "P-384", WARD_KEY_P384, "P-384", "ecdsa-with-SHA384" },
	{ "P-521", WARD_KEY_P521, "P-521", "ecdsa-with-SHA512" },
	{ "Ed25519", WARD_KEY_ED25519, "Ed25519", "Ed25519" },
	{ "RSA", WARD_KEY_RSA_2048, "RSA", "sha256WithRSAEncryption" },
};

static void check_same(const struct ward_csr *a, const struct ward_csr *b)
{
	size_t a_len, b_len;
	const uint8_t *a_der = ward_csr_der(a, &a_len);
	const uint8_t *b_der = ward_csr_der(b, &b_len);

	assert_span_equal(span_make(a_der, a_len), span_make(b_der, b_len));
}

static int walk_names(const struct ward_csr *csr)
{
	char one[200], same[200];
	size_t at = 0;
	int n = 0;

	for (int kind; (kind = ward_csr_san_next(csr, &at, one, sizeof(one))) >= 0; n++) {
		assert_int_equal(ward_csr_san(csr, (size_t)n, same, sizeof(same)), kind);
		assert_string_equal(one, same);
	}
	return n;
}

static void test_kind(void **state)
{
	const struct kind_row *row = *state;
	struct ward_cert_spec spec = { .subject = "/C=DE/O=Example/CN=www.example.org",
				       .names = LIST("www.example.org", "192.0.2.1",
						     "a@example.org", "https://example.org/x") };
	struct ward_key *key = key_of(row->kind);
	struct ward_key *other = key_of(WARD_KEY_P256);
	struct ward_csr *csr = make_csr(&spec, key);
	struct ward_error err = ERROR_NONE;
	char *pem = ward_csr_pem(csr);
	struct ward_csr *again = ward_csr_parse(pem, strlen(pem), &err);
	char buf[200];

	assert_non_null(again);
	check_same(csr, again);
	assert_true(ward_csr_verify(again, &err));
	assert_string_equal(ward_csr_key_type(again), row->type);
	assert_string_equal(ward_csr_signature_name(again), row->signature);
	assert_string_equal(ward_csr_subject(again, buf, sizeof(buf)),
			    "CN=www.example.org,O=Example,C=DE");
	assert_int_equal(ward_csr_san_count(again), 4);
	assert_int_equal(ward_csr_san(again, 1, buf, sizeof(buf)), WARD_SAN_IP);
	assert_string_equal(buf, "192.0.2.1");
	assert_int_equal(ward_csr_san(again, 4, buf, sizeof(buf)), -1);
	assert_int_equal(walk_names(again), 4);
	assert_true(ward_key_matches_csr(key, again));
	assert_false(ward_key_matches_csr(other, again));
	assert_int_equal(again->ext.purposes, PURPOSE_SERVER_AUTH);
	free(pem);
	ward_csr_free(ward_csr_ref(again));
	ward_csr_free(again);
	ward_csr_free(csr);
	ward_key_free(other);
	ward_key_free(key);
}

static void test_asks_for_nothing(void **state)
{
	struct ward_cert_spec spec = { .common_name = "x", .profile = WARD_PROFILE_PLAIN };
	struct ward_key *key = key_of(WARD_KEY_P256);
	struct ward_csr *csr = make_csr(&spec, key);

	(void)state;
	assert_false(csr->has_extensions);
	assert_int_equal(csr->attributes.len, 0);
	ward_csr_free(csr);
	ward_key_free(key);
}

static const struct bad_spec_row {
	const char *name;
	struct ward_cert_spec spec;
	const char *detail;
} bad_specs[] = {
	{ "neither subject nor names",
	  { .profile = WARD_PROFILE_PLAIN },
	  "neither a subject nor names" },
	{ "a CA without a subject",
	  { .profile = WARD_PROFILE_CA, .names = LIST("a.example") },
	  "a CA needs a subject" },
	{ "a hash that is none",
	  { .common_name = "x", .names = LIST("a.example"), .hash = (enum ward_hash)4 },
	  "no such hash: 4" },
};

static void test_bad_spec(void **state)
{
	const struct bad_spec_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct ward_key *key = key_of(WARD_KEY_P256);

	assert_null(ward_csr_make(&row->spec, key, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_string_equal(err.detail, row->detail);
	ward_key_free(key);
}

/* ---- what is malformed ---- */

#define NAME "300c310a300806035504030c0161"
#define SPKI                                                                                       \
	"302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define NONE "a000"
#define EXT_SAN "300f0603551d11040830068204612e6162" /* dNSName a.ab */
#define REQUEST(extensions, len3, len2, len1)                                                      \
	"30" len3 "06092a864886f70d01090e31" len2 "30" len1 extensions

static const struct malformed_row {
	const char *name;
	const char *version, *subject, *spki, *attributes, *behind;
	const char *detail; /* what it begins with */
} malformed[] = {
	{ "version 2", "020101", NAME, SPKI, NONE, "", "version: " },
	{ "the subject is a SET", "020100", "3100", SPKI, NONE, "", "subject: " },
	{ "a name with an empty part", "020100", "30023100", SPKI, NONE, "", "subject: " },
	{ "the key has no bits", "020100", NAME, "3007300506032b6570", NONE, "",
	  "subjectPKInfo: " },
	{ "no attributes", "020100", NAME, SPKI, "", "", "attributes: " },
	{ "an attribute without a value", "020100", NAME, SPKI,
	  "a00f300d06092a864886f70d0109073100", "", "attributes: " },
	{ "an attribute twice", "020100", NAME, SPKI,
	  "a0283012"
	  "06092a864886f70d01090731050c03616263"
	  "301206092a864886f70d01090731050c03616263",
	  "", "attributes: " },
	{ "extensions asked for under both types", "020100", NAME, SPKI,
	  "a043" REQUEST(EXT_SAN, "20", "13", "11") "301f060a2b0601040182370201"
						    "0e31113011" EXT_SAN,
	  "", "attributes: " },
	{ "an extension twice", "020100", NAME, SPKI,
	  "a033" REQUEST(EXT_SAN EXT_SAN, "31", "24", "22"), "", "attributes: " },
	{ "something behind the attributes", "020100", NAME, SPKI, NONE "0500", "",
	  "attributes: " },
	{ "something behind the signature", "020100", NAME, SPKI, NONE, "0500", "signature: " },
};

static struct span wrap(const char *tag_hex, struct span content)
{
	uint8_t head[4] = { table_hex(tag_hex).data[0], 0x82, (uint8_t)(content.len >> 8),
			    (uint8_t)content.len };
	size_t len = 4;

	if (content.len < 0x80) {
		head[1] = (uint8_t)content.len;
		len = 2;
	} else if (content.len < 0x100) {
		head[1] = 0x81;
		head[2] = (uint8_t)content.len;
		len = 3;
	}
	return table_join((const struct span[]){ table_bytes(head, len), content }, 2);
}

static struct span build(const struct malformed_row *row)
{
	struct span info =
		wrap("30", table_join((const struct span[]){ table_hex(row->version),
							     table_hex(row->subject),
							     table_hex(row->spki),
							     table_hex(row->attributes) },
				      4));

	return wrap("30", table_join((const struct span[]){ info, table_hex("300506032b6570"),
							    table_hex("030200ff"),
							    table_hex(row->behind) },
				     4));
}

static void test_malformed(void **state)
{
	const struct malformed_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct span der = build(row);

	assert_null(ward_csr_parse(der.data, der.len, &err));
	assert_int_equal(err.reason, WARD_E_CSR_MALFORMED);
	if (strncmp(err.detail, row->detail, strlen(row->detail)) != 0)
		fail_msg("%s", err.detail);
}

static void test_well_formed(void **state)
{
	struct malformed_row row = { "", "020100", NAME, SPKI, NONE, "", "" };
	struct ward_error err = ERROR_NONE;
	struct span der = build(&row);
	struct ward_csr *csr = ward_csr_parse(der.data, der.len, &err);

	(void)state;
	assert_non_null(csr);
	assert_false(ward_csr_verify(csr, &err));
	assert_int_equal(err.reason, WARD_E_CSR_BAD_SIGNATURE);
	ward_csr_free(csr);
}

static void test_cut(void **state)
{
	struct ward_cert_spec spec = { .common_name = "x", .names = LIST("a.example") };
	struct ward_key *key = key_of(WARD_KEY_P256);
	struct ward_csr *csr = make_csr(&spec, key);

	(void)state;
	for (size_t len = 0; len < csr->der.len; len++) {
		struct ward_error err = ERROR_NONE;
		struct span cut = table_bytes(csr->der.data, len);

		assert_null(ward_csr_parse(cut.data, cut.len, &err));
		assert_int_equal(err.reason, WARD_E_CSR_MALFORMED);
	}
	ward_csr_free(csr);
	ward_key_free(key);
}

static void test_no_request(void **state)
{
	static const char pem[] = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_null(ward_csr_parse(pem, strlen(pem), &err));
	assert_int_equal(err.reason, WARD_E_NO_REQUEST_IN_FILE);
}

/* ---- who made it, and certificates for it ---- */

static const struct ward_cert_spec ca_spec = { .common_name = "CA",
					       .profile = WARD_PROFILE_CA,
					       .path_length = 0,
					       .permitted_dns = LIST("example"),
					       .not_before = FROM,
					       .not_after = TO };

struct ca {
	struct ward_key *key, *leaf_key;
	struct ward_cert *cert;
};

static struct ca ca_make(void)
{
	struct ca ca = { key_of(WARD_KEY_P256), key_of(WARD_KEY_ED25519), NULL };
	struct ward_error err = ERROR_NONE;

	ca.cert = ward_cert_make(&ca_spec, ca.key, NULL, NULL, &err);
	assert_non_null(ca.cert);
	return ca;
}

static void ca_clear(struct ca *ca)
{
	ward_key_free(ca->key);
	ward_key_free(ca->leaf_key);
	ward_cert_free(ca->cert);
}

static void test_certificate(void **state)
{
	struct ward_cert_spec asked = { .subject = "CN=www.a.example,O=X",
					.names = LIST("www.a.example") };
	struct ward_cert_spec spec = { .not_before = FROM, .not_after = TO };
	struct ca ca = ca_make();
	struct ward_csr *csr = make_csr(&asked, ca.leaf_key);
	struct ward_error err = ERROR_NONE;
	struct ward_cert *cert;
	char buf[100];

	(void)state;
	assert_true(ward_csr_copy_names(csr, &spec, &err));
	cert = ward_cert_make_for_csr(&spec, csr, ca.cert, ca.key, &err);
	assert_non_null(cert);
	assert_true(ward_key_matches(ca.leaf_key, cert));
	assert_string_equal(ward_cert_subject(cert, buf, sizeof(buf)), "CN=www.a.example,O=X");
	assert_true(ward_cert_matches_host(cert, "www.a.example"));
	ward_cert_free(cert);
	ward_csr_free(csr);
	ca_clear(&ca);
}

static struct ward_csr *changed(const struct ward_csr *csr, size_t at)
{
	uint8_t *copy = malloc(csr->der.len);
	struct ward_error err = ERROR_NONE;
	struct ward_csr *other;

	assert_non_null(copy);
	memcpy(copy, csr->der.data, csr->der.len);
	copy[at] ^= 1;
	other = ward_csr_parse(copy, csr->der.len, &err);
	assert_non_null(other);
	free(copy);
	return other;
}

static void test_forged(void **state)
{
	struct ward_cert_spec spec = {
		.common_name = "x", .names = LIST("a.example"), .not_before = FROM, .not_after = TO
	};
	struct ca ca = ca_make();
	struct ward_csr *csr = make_csr(&spec, ca.leaf_key);
	/* A bit of the signature, and the last letter of the name that is signed. */
	size_t places[] = { csr->der.len - 1,
			    (size_t)(csr->subject.data + csr->subject.len - csr->der.data) - 1 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ward_csr *forged = changed(csr, places[i]);
		struct ward_error err = ERROR_NONE;

		assert_null(ward_cert_make_for_csr(&spec, forged, ca.cert, ca.key, &err));
		assert_int_equal(err.reason, WARD_E_CSR_BAD_SIGNATURE);
		ward_csr_free(forged);
	}
	ward_csr_free(csr);
	ca_clear(&ca);
}

static const struct refused_row {
	const char *name;
	struct ward_cert_spec spec;
	enum ward_reason reason;
} refused[] = {
	{ "a name outside the CA's constraints",
	  { .common_name = "x", .names = LIST("www.example.org") },
	  WARD_E_CERT_NAME_CONSTRAINTS },
	{ "a CA below one that allows none",
	  { .common_name = "x", .profile = WARD_PROFILE_CA },
	  WARD_E_CERT_PATH_LENGTH },
	{ "a CA by an extension of its own",
	  { .common_name = "x",
	    .profile = WARD_PROFILE_PLAIN,
	    .extensions = &(struct ward_extension){ "basicConstraints", true,
						    (const uint8_t *)"\x30\x03\x01\x01\xff", 5 },
	    .extension_count = 1 },
	  WARD_E_CERT_PATH_LENGTH },
};

static void test_refused(void **state)
{
	const struct refused_row *row = *state;
	struct ward_cert_spec asked = { .common_name = "x", .names = LIST("a.example") };
	struct ward_cert_spec spec = row->spec;
	struct ca ca = ca_make();
	struct ward_csr *csr = make_csr(&asked, ca.leaf_key);
	struct ward_error err = ERROR_NONE;

	spec.not_before = FROM;
	spec.not_after = TO;
	assert_null(ward_cert_make_for_csr(&spec, csr, ca.cert, ca.key, &err));
	assert_int_equal(err.reason, row->reason);
	ward_csr_free(csr);
	ca_clear(&ca);
}

/* ---- names that are not taken ---- */

static const struct name_row {
	const char *name, *alt_name; /* a GeneralName in hex */
	bool taken;
} names[] = {
	{ "a DNS name", "8209612e6578616d706c65", true },
	{ "a DNS name that is an address",
	  "8209"
	  "3139322e302e322e31",
	  false },
	{ "a wildcard in the middle", "8209612e2a2e6578616d70", false },
	{ "a registeredID", "88032a0304", false },
};

static void test_name(void **state)
{
	const struct name_row *row = *state;
	struct span value = wrap("30", table_hex(row->alt_name));
	struct ward_extension extension = { "subjectAltName", false, value.data, value.len };
	struct ward_cert_spec asked = { .common_name = "x",
					.profile = WARD_PROFILE_PLAIN,
					.extensions = &extension,
					.extension_count = 1 };
	struct ward_cert_spec spec = { 0 };
	struct ward_key *key = key_of(WARD_KEY_ED25519);
	struct ward_csr *csr = make_csr(&asked, key);
	struct ward_error err = ERROR_NONE;

	assert_int_equal(ward_csr_copy_names(csr, &spec, &err), row->taken);
	assert_int_equal(err.reason, row->taken ? WARD_E_NONE : WARD_E_CSR_NAME);
	assert_int_equal(spec.names != NULL, row->taken);
	ward_csr_free(csr);
	ward_key_free(key);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, kinds, test_kind);
	table_add(&t, "a request that asks for nothing has no attributes", test_asks_for_nothing,
		  NULL);
	TABLE_ADD(&t, bad_specs, test_bad_spec);
	TABLE_ADD(&t, malformed, test_malformed);
	table_add(&t, "the same without a mistake is read, and its signature refused",
		  test_well_formed, NULL);
	table_add(&t, "a request that was cut is refused wherever", test_cut, NULL);
	table_add(&t, "PEM without a request", test_no_request, NULL);
	table_add(&t, "a certificate for a request", test_certificate, NULL);
	table_add(&t, "a forged request gets no certificate", test_forged, NULL);
	TABLE_ADD(&t, refused, test_refused);
	TABLE_ADD(&t, names, test_name);
	return table_run(&t, "csr");
}
