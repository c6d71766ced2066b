/*
 * Making certificates: what they say when read back, what is refused, and who may issue.
 */
#include "x509/make.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/cert_fields.h"
#include "x509/cert.h"
#include "x509/name_constraints.h"

#define FROM INT64_C(1767225600) /* 2026-01-01 */
#define TO INT64_C(1774915200)

/* One key of each kind for all tests: RSA is slow to make. */
static struct ward_key *keys[WARD_KEY_RSA_4096 + 1];

static struct ward_key *key_of(enum ward_key_kind kind)
{
	struct ward_error err = ERROR_NONE;

	if (keys[kind] == NULL)
		keys[kind] = ward_key_generate(kind, &err);
	assert_non_null(keys[kind]);
	return keys[kind];
}

static int free_keys(void)
{
	for (size_t i = 0; i <= WARD_KEY_RSA_4096; i++)
		ward_key_free(keys[i]);
	return 0;
}

static const struct ward_cert_spec ca_spec = { .common_name = "CA",
					       .organization = "Org",
					       .profile = WARD_PROFILE_CA,
					       .path_length = -1,
					       .not_before = FROM,
					       .not_after = TO };

static struct ward_cert *made(const struct ward_cert_spec *spec, enum ward_key_kind kind,
			      const struct ward_cert *issuer, enum ward_key_kind issuer_kind)
{
	struct ward_error err = ERROR_NONE;
	struct ward_cert *c = ward_cert_make(spec, key_of(kind), issuer,
					     issuer == NULL ? NULL : key_of(issuer_kind), &err);
	char text[512];

	if (c == NULL)
		fail_msg("%s", ward_error_text(&err, text, sizeof(text)));
	return c;
}

/* ---- profiles ---- */

static const char *const host[] = { "www.example.org", NULL };

static const struct profile_row {
	const char *name;
	struct ward_cert_spec spec;
	unsigned int purposes, usage;
	bool ca;
	int path_length;
} profiles[] = {
	{ "a server",
	  { .common_name = "s", .names = host, .profile = WARD_PROFILE_SERVER },
	  PURPOSE_SERVER_AUTH,
	  KU_DIGITAL_SIGNATURE,
	  false,
	  -1 },
	{ "a client",
	  { .common_name = "c", .profile = WARD_PROFILE_CLIENT },
	  PURPOSE_CLIENT_AUTH,
	  KU_DIGITAL_SIGNATURE,
	  false,
	  -1 },
	{ "both",
	  { .common_name = "b", .names = host, .profile = WARD_PROFILE_BOTH },
	  PURPOSE_SERVER_AUTH | PURPOSE_CLIENT_AUTH,
	  KU_DIGITAL_SIGNATURE,
	  false,
	  -1 },
	{ "a CA",
	  { .common_name = "ca", .profile = WARD_PROFILE_CA, .path_length = -1 },
	  0,
	  KU_KEY_CERT_SIGN | KU_CRL_SIGN,
	  true,
	  -1 },
	{ "a CA above leaves alone",
	  { .common_name = "ca", .profile = WARD_PROFILE_CA, .path_length = 0 },
	  0,
	  KU_KEY_CERT_SIGN | KU_CRL_SIGN,
	  true,
	  0 },
	{ "a CA of the longest path",
	  { .common_name = "ca", .profile = WARD_PROFILE_CA, .path_length = 255 },
	  0,
	  KU_KEY_CERT_SIGN | KU_CRL_SIGN,
	  true,
	  255 },
};

static void test_profile(void **state)
{
	const struct profile_row *row = *state;
	struct ward_cert_spec spec = row->spec;
	struct ward_cert *c;

	spec.not_before = FROM;
	spec.not_after = TO;
	c = made(&spec, WARD_KEY_P256, NULL, WARD_KEY_P256);
	assert_int_equal(c->version, 3);
	assert_int_equal(c->ext.purposes, row->purposes);
	assert_int_equal(extensions_has(&c->ext, EXT_EXT_KEY_USAGE), row->purposes != 0);
	assert_int_equal(c->ext.key_usage, row->usage);
	assert_true(extensions_is_critical(&c->ext, EXT_KEY_USAGE));
	assert_int_equal(ward_cert_is_ca(c), row->ca);
	assert_int_equal(extensions_is_critical(&c->ext, EXT_BASIC_CONSTRAINTS), row->ca);
	assert_int_equal(c->ext.path_length, row->path_length);
	assert_true(ward_cert_not_before(c) == FROM);
	assert_true(ward_cert_not_after(c) == TO);
	ward_cert_free(c);
}

/* ---- keys and signatures ---- */

static const struct key_row {
	const char *name;
	enum ward_key_kind kind, issuer_kind;
	const char *signature;
} key_rows[] = {
	{ "P-256 signs with SHA-256", WARD_KEY_P384, WARD_KEY_P256, "ecdsa-with-SHA256" },
	{ "P-384 signs with SHA-384", WARD_KEY_P256, WARD_KEY_P384, "ecdsa-with-SHA384" },
	{ "Ed25519 signs by itself", WARD_KEY_RSA_2048, WARD_KEY_ED25519, "Ed25519" },
	{ "RSA signs with SHA-256", WARD_KEY_ED25519, WARD_KEY_RSA_2048,
	  "sha256WithRSAEncryption" },
	{ "RSA of 3072 bits", WARD_KEY_RSA_3072, WARD_KEY_RSA_3072, "sha256WithRSAEncryption" },
};

static void check_signature(struct ward_cert *c, struct ward_cert *issuer)
{
	struct ward_error err = ERROR_NONE;

	assert_true(pubkey_verify(cert_pubkey(issuer, &err), cert_sig_alg(c), c->tbs, c->signature,
				  &err));
}

static void test_key(void **state)
{
	const struct key_row *row = *state;
	struct ward_cert_spec spec = {
		.common_name = "s", .names = host, .not_before = FROM, .not_after = TO
	};
	struct ward_cert *ca = made(&ca_spec, row->issuer_kind, NULL, row->issuer_kind);
	struct ward_cert *c = made(&spec, row->kind, ca, row->issuer_kind);
	char issuer[32], serial[48];

	assert_string_equal(ward_cert_signature_name(c), row->signature);
	assert_string_equal(ward_cert_signature_name(ca), row->signature);
	assert_true(ward_key_matches(key_of(row->kind), c));
	assert_true(cert_is_named_issuer(ca, c));
	assert_string_equal(ward_cert_issuer(c, issuer, sizeof(issuer)), "CN=CA,O=Org");
	assert_span_equal(c->ext.authority_key_id, ca->ext.subject_key_id);
	assert_int_equal(c->ext.subject_key_id.len, 20);
	assert_int_equal(strlen(ward_cert_serial(c, serial, sizeof(serial))), 32);
	check_signature(c, ca);
	check_signature(ca, ca);
	ward_cert_free(ca);
	ward_cert_free(c);
}

/* P-521 and RSA-PSS keys are not made, but come out of files; their CA signs all the same. */
static const struct file_row {
	const char *name, *file, *signature;
	enum sig_alg alg;
} files[] = {
	{ "P-521 signs with SHA-512", "p521-pkcs8.pem", "ecdsa-with-SHA512", SIG_ECDSA_SHA512 },
	{ "a key for RSA-PSS alone", "pss2048.pem", "RSASSA-PSS", SIG_RSA_PSS_SHA256 },
};

static struct ward_key *read_key(const char *file, struct ward_error *err)
{
	char path[256], text[8192];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/crypto/keys/%s", WARD_TESTS_DIR, file);
	f = fopen(path, "re");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	return ward_key_parse(text, n, err);
}

static void test_file(void **state)
{
	const struct file_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct ward_key *key = read_key(row->file, &err);
	struct ward_cert *c = ward_cert_make(&ca_spec, key, NULL, NULL, &err);

	assert_non_null(c);
	assert_string_equal(ward_cert_signature_name(c), row->signature);
	assert_int_equal(cert_sig_alg(c), row->alg);
	check_signature(c, c);
	ward_cert_free(c);
	ward_key_free(key);
}

/* A key that may sign with SHA-384 alone, where certificates are signed with SHA-256. */
static void test_limited_key(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct ward_key *key = read_key("pss2048-sha384.pem", &err);

	(void)state;
	assert_non_null(key);
	assert_null(ward_cert_make(&ca_spec, key, NULL, NULL, &err));
	assert_int_equal(err.reason, WARD_E_SIGNATURE_UNSUPPORTED);
	ward_key_free(key);
}

static void test_self_signed(void **state)
{
	struct ward_cert *c = made(&ca_spec, WARD_KEY_P256, NULL, WARD_KEY_P256);
	struct ward_cert *d = made(&ca_spec, WARD_KEY_P256, NULL, WARD_KEY_P256);
	uint8_t hash[32];

	(void)state;
	assert_true(ward_cert_is_self_issued(c));
	assert_span_equal(c->ext.authority_key_id, c->ext.subject_key_id);
	digest_once(DIGEST_SHA256, c->key.bytes, hash); /* RFC 7093, 2, method 1 */
	assert_span_equal(c->ext.subject_key_id, span_make(hash, 20));
	assert_true(c->serial.len == 16 || (c->serial.len == 17 && c->serial.data[1] >= 0x80));
	assert_in_range(c->serial.data[0], c->serial.len == 16 ? 1 : 0,
			c->serial.len == 16 ? 0x7f : 0);
	assert_false(span_equal(c->serial, d->serial));
	assert_true(cert_same_entity(c, d));
	ward_cert_free(c);
	ward_cert_free(d);
}

/* ---- names ---- */

/* Each bit is set in some of them and not in others: that none is so by chance is one in 2^290. */
static void test_serials(void **state)
{
	enum { DRAWN = 300 };
	static uint8_t serials[DRAWN][MAKE_SERIAL_LEN];
	uint8_t all[MAKE_SERIAL_LEN], any[MAKE_SERIAL_LEN] = { 0 };

	(void)state;
	memset(all, 0xff, sizeof(all));
	for (size_t i = 0; i < DRAWN; i++) {
		assert_true(make_serial(serials[i], NULL));
		assert_int_not_equal(serials[i][0], 0);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(serials[i], serials[j], MAKE_SERIAL_LEN);
		for (size_t j = 0; j < MAKE_SERIAL_LEN; j++) {
			all[j] &= serials[i][j];
			any[j] |= serials[i][j];
		}
	}
	for (size_t j = 0; j < MAKE_SERIAL_LEN; j++) {
		assert_int_equal(all[j], 0);
		assert_int_equal(any[j], 0xff);
	}
	assert_in_range(8 * MAKE_SERIAL_LEN, 128, 8 * 20 - 1);
}

static const struct san_row {
	const char *name, *text;
	int kind;
	const char *shown;
} sans[] = {
	{ "a DNS name", "www.example.org", WARD_SAN_DNS, "www.example.org" },
	{ "one label", "localhost", WARD_SAN_DNS, "localhost" },
	{ "a wildcard", "*.example.org", WARD_SAN_DNS, "*.example.org" },
	{ "an A-label", "xn--bcher-kva.example", WARD_SAN_DNS, "xn--bcher-kva.example" },
	{ "an underscore", "my_app.local", WARD_SAN_DNS, "my_app.local" },
	{ "an IPv4 address", "192.0.2.1", WARD_SAN_IP, "192.0.2.1" },
	{ "an IPv6 address", "2001:DB8:0::1", WARD_SAN_IP, "2001:db8::1" },
	{ "an IPv6 address in brackets", "[::1]", WARD_SAN_IP, "::1" },
	{ "a mail address", "a.b@example.org", WARD_SAN_EMAIL, "a.b@example.org" },
	{ "a URI", "https://example.org/a@b", WARD_SAN_URI, "https://example.org/a@b" },
	{ "a workload's name", "spiffe://example.org/db", WARD_SAN_URI, "spiffe://example.org/db" },
	{ "a URN", "urn:uuid:f81d4fae", WARD_SAN_URI, "urn:uuid:f81d4fae" },
	{ "a URI of three slashes", "unix:///run/x", WARD_SAN_URI, "unix:///run/x" },
};

static void test_san(void **state)
{
	const struct san_row *row = *state;
	const char *const names[] = { row->text, NULL };
	struct ward_cert_spec spec = { .names = names, .not_before = FROM, .not_after = TO };
	struct ward_cert *ca = made(&ca_spec, WARD_KEY_P256, NULL, WARD_KEY_P256);
	struct ward_cert *c = made(&spec, WARD_KEY_P256, ca, WARD_KEY_P256);
	char buf[64];

	assert_int_equal(ward_cert_san_count(c), 1);
	assert_int_equal(ward_cert_san(c, 0, buf, sizeof(buf)), row->kind);
	assert_string_equal(buf, row->shown);
	/* 4.2.1.6: critical, since there is no subject */
	assert_true(cert_subject_is_empty(c));
	assert_true(extensions_is_critical(&c->ext, EXT_SUBJECT_ALT_NAME));
	ward_cert_free(c);
	ward_cert_free(ca);
}

static void test_san_order(void **state)
{
	static const char *const names[] = { "b.example", "192.0.2.1", "a.example", NULL };
	struct ward_cert_spec spec = {
		.common_name = "x", .names = names, .not_before = FROM, .not_after = TO
	};
	struct ward_cert *c = made(&spec, WARD_KEY_P256, NULL, WARD_KEY_P256);
	char buf[64];

	(void)state;
	for (size_t i = 0; names[i] != NULL; i++) {
		ward_cert_san(c, i, buf, sizeof(buf));
		assert_string_equal(buf, names[i]);
		assert_true(ward_cert_matches_host(c, names[i]));
	}
	assert_false(extensions_is_critical(&c->ext, EXT_SUBJECT_ALT_NAME));
	ward_cert_free(c);
}

/* 4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050. */
static const struct time_row {
	const char *name;
	int64_t not_before, not_after;
} times[] = {
	{ "the usual", FROM, TO },
	{ "the first second that can be said", -631152000, 0 },
	{ "across the change of form", 2524607999, 2524608000 },
	{ "no end", FROM, 253402300799 },
	{ "one second", FROM, FROM },
};

static void test_time(void **state)
{
	const struct time_row *row = *state;
	struct ward_cert_spec spec = ca_spec;
	struct ward_cert *c;

	spec.not_before = row->not_before;
	spec.not_after = row->not_after;
	c = made(&spec, WARD_KEY_P256, NULL, WARD_KEY_P256);
	assert_true(ward_cert_not_before(c) == row->not_before);
	assert_true(ward_cert_not_after(c) == row->not_after);
	assert_false(c->wrong_time_form);
	ward_cert_free(c);
}

/* ---- refused; what stands in a spec is judged in test_make_spec.c ---- */

#define OK .not_before = FROM, .not_after = TO
#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"

static void test_bad_arguments(void **state)
{
	struct ward_cert *ca = made(&ca_spec, WARD_KEY_P256, NULL, WARD_KEY_P256);
	struct ward_cert_spec spec = { .common_name = "s", .names = host, OK };
	struct ward_key *key = key_of(WARD_KEY_P256);
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_null(ward_cert_make(NULL, key, NULL, NULL, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = ERROR_NONE;
	assert_null(ward_cert_make(&spec, NULL, NULL, NULL, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = ERROR_NONE;
	assert_null(ward_cert_make(&spec, key, ca, NULL, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = ERROR_NONE;
	assert_null(ward_cert_make(&spec, key, NULL, key, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = ERROR_NONE;
	assert_null(ward_cert_make(&spec, key, ca, key_of(WARD_KEY_P384), &err));
	assert_int_equal(err.reason, WARD_E_KEY_MISMATCH);
	assert_string_equal(err.detail, "the issuer \"CA\"");
	assert_null(ward_cert_make(&spec, key, ca, key_of(WARD_KEY_P384), NULL));
	ward_cert_free(ca);
}

/* Names until there is no more room: the limit is told, not the buffer. */
static void test_too_long(void **state)
{
	static const char long_name[] = SIXTY_FOUR "@" SIXTY_FOUR ".example";
	static const char good_name[] =
		"a@123456789.123456789.123456789.123456789.123456789.example";
	const char **names = calloc(1201, sizeof(*names));
	struct ward_cert_spec spec = { .common_name = "x", .names = names, OK };
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_non_null(names);
	names[0] = long_name; /* a label of 64 */
	assert_null(ward_cert_make(&spec, key_of(WARD_KEY_P256), NULL, NULL, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = ERROR_NONE;
	for (size_t i = 0; i < 1200; i++)
		names[i] = good_name;
	assert_null(ward_cert_make(&spec, key_of(WARD_KEY_P256), NULL, NULL, &err));
	assert_int_equal(err.reason, WARD_E_CERT_TOO_LONG);
	free(names);
}

/* ---- who may issue ---- */

/* Both ways: ward_cert_make refuses, make_unjudged does it. */
static void refused_only_by_judgement(const struct ward_cert_spec *spec, struct ward_cert *issuer,
				      enum ward_reason reason, const char *detail)
{
	struct ward_key *key = key_of(WARD_KEY_P256);
	struct ward_error err = ERROR_NONE;
	struct ward_cert *c = make_unjudged(spec, key, issuer, key, &err);

	assert_non_null(c);
	assert_true(cert_is_named_issuer(issuer, c));
	check_signature(c, issuer);
	ward_cert_free(c);
	assert_null(ward_cert_make(spec, key, issuer, key, &err));
	assert_int_equal(err.reason, reason);
	assert_string_equal(err.detail, detail);
}

static void test_leaf_issues(void **state)
{
	struct ward_cert_spec spec = { .common_name = "leaf", .names = host, OK };
	struct ward_cert *leaf = made(&spec, WARD_KEY_P256, NULL, WARD_KEY_P256);

	(void)state;
	refused_only_by_judgement(&spec, leaf, WARD_E_CERT_NOT_CA,
				  "\"leaf\" is no CA and cannot issue");
	ward_cert_free(leaf);
}

static void test_path_length(void **state)
{
	struct ward_cert_spec spec = ca_spec;
	struct ward_cert_spec leaf = { .common_name = "leaf", .names = host, OK };
	struct ward_cert *ca, *c;

	(void)state;
	spec.path_length = 0;
	ca = made(&spec, WARD_KEY_P256, NULL, WARD_KEY_P256);
	refused_only_by_judgement(&spec, ca, WARD_E_CERT_PATH_LENGTH,
				  "\"CA\" allows no CA below it");
	c = made(&leaf, WARD_KEY_P256, ca, WARD_KEY_P256);
	ward_cert_free(c);
	ward_cert_free(ca);
}

static void test_constraints(void **state)
{
	static const char *const inside[] = { "a.example.org", "10.1.2.3", NULL };
	static const char *const outside[] = { "a.example.com", NULL };
	static const char *const address[] = { "11.1.2.3", NULL };
	struct ward_cert_spec spec = ca_spec;
	struct ward_cert_spec leaf = { .common_name = "leaf", .names = inside, OK };
	struct ward_cert *ca, *c;

	(void)state;
	spec.permitted_dns = LIST("example.org");
	spec.permitted_ip = LIST("10.0.0.0/8", "2001:db8::/33", "192.0.2.1");
	ca = made(&spec, WARD_KEY_P256, NULL, WARD_KEY_P256);
	assert_true(extensions_is_critical(&ca->ext, EXT_NAME_CONSTRAINTS));
	assert_span_equal(ca->ext.permitted, table_hex("300d820b6578616d706c652e6f7267"
						       "300a87080a000000ff000000"
						       "3022872020010db8000000000000000000000000"
						       "ffffffff800000000000000000000000"
						       "300a8708c0000201ffffffff"));
	assert_null(ca->ext.excluded.data);
	c = made(&leaf, WARD_KEY_P256, ca, WARD_KEY_P256);
	ward_cert_free(c);
	leaf.names = outside;
	refused_only_by_judgement(&leaf, ca, WARD_E_CERT_NAME_CONSTRAINTS,
				  "\"leaf\": a.example.com is not permitted by \"CA\"");
	leaf.names = address;
	refused_only_by_judgement(&leaf, ca, WARD_E_CERT_NAME_CONSTRAINTS,
				  "\"leaf\": 11.1.2.3 is not permitted by \"CA\"");
	ward_cert_free(ca);
}

/* Where one kind is permitted, the other is not. */
static void test_other_kind(void **state)
{
	static const char *const v4[] = { "192.0.2.1", NULL };
	static const char *const v6[] = { "2001:db8::1", NULL };
	struct ward_cert_spec dns = ca_spec;
	struct ward_cert_spec ip = ca_spec;
	struct ward_cert_spec leaf = { .common_name = "leaf", .names = v4, OK };
	struct ward_cert *ca;

	(void)state;
	dns.permitted_dns = LIST("example.org");
	ca = made(&dns, WARD_KEY_P256, NULL, WARD_KEY_P256);
	refused_only_by_judgement(&leaf, ca, WARD_E_CERT_NAME_CONSTRAINTS,
				  "\"leaf\": 192.0.2.1 is excluded by \"CA\"");
	leaf.names = v6;
	refused_only_by_judgement(&leaf, ca, WARD_E_CERT_NAME_CONSTRAINTS,
				  "\"leaf\": 2001:db8::1 is excluded by \"CA\"");
	ward_cert_free(ca);
	ip.permitted_ip = LIST("192.0.2.0/24");
	ca = made(&ip, WARD_KEY_P256, NULL, WARD_KEY_P256);
	leaf.names = host;
	refused_only_by_judgement(&leaf, ca, WARD_E_CERT_NAME_CONSTRAINTS,
				  "\"leaf\": www.example.org is excluded by \"CA\"");
	ward_cert_free(ca);
}

/* An issuer made elsewhere: no subjectKeyIdentifier, or no keyCertSign. */
static void test_foreign_issuer(void **state)
{
	struct ward_cert_spec spec = { .common_name = "leaf", .names = host, OK };
	struct ward_cert *own = made(&ca_spec, WARD_KEY_P256, NULL, WARD_KEY_P256);
	struct span ca_only = table_hex("300f0603551d130101ff040530030101ff");
	struct span signs_not[] = { ca_only, table_hex("300b0603551d0f040403020780") };
	char spki[256] = "";
	struct cert_fields f = { .extension = ca_only, .spki = spki };
	struct cert_fields g = { .extension = table_join(signs_not, 2), .spki = spki };
	struct ward_cert *ca, *weak, *c;

	(void)state;
	for (size_t i = 0; i < own->spki.len; i++)
		snprintf(spki + 2 * i, 3, "%02x", own->spki.data[i]);
	ca = cert_fields_parse(&f);
	weak = cert_fields_parse(&g);
	c = made(&spec, WARD_KEY_P256, ca, WARD_KEY_P256);
	assert_span_equal(c->ext.authority_key_id, own->ext.subject_key_id);
	assert_span_equal(c->issuer, ca->subject);
	refused_only_by_judgement(&spec, weak, WARD_E_CERT_KEY_USAGE,
				  "\"leaf\" has no keyCertSign");
	ward_cert_free(own);
	ward_cert_free(ca);
	ward_cert_free(weak);
	ward_cert_free(c);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, profiles, test_profile);
	TABLE_ADD(&t, key_rows, test_key);
	TABLE_ADD(&t, files, test_file);
	table_add(&t, "a key that may not sign with SHA-256", test_limited_key, NULL);
	table_add(&t, "self-signed: identifiers and serial numbers", test_self_signed, NULL);
	TABLE_ADD(&t, sans, test_san);
	table_add(&t, "serial numbers: 128 random bits, of which each is used", test_serials, NULL);
	table_add(&t, "names keep their order", test_san_order, NULL);
	TABLE_ADD(&t, times, test_time);
	table_add(&t, "arguments that do not go together", test_bad_arguments, NULL);
	table_add(&t, "more names than a certificate holds", test_too_long, NULL);
	table_add(&t, "a leaf issues", test_leaf_issues, NULL);
	table_add(&t, "a CA below one that allows none", test_path_length, NULL);
	table_add(&t, "names outside the constraints of the issuer", test_constraints, NULL);
	table_add(&t, "the kind that is not permitted is excluded", test_other_kind, NULL);
	table_add(&t, "an issuer that was made elsewhere", test_foreign_issuer, NULL);
	return table_run(&t, "make") + free_keys();
}
