/*
 * Parsing certificates: what a certificate may look like, and what is refused, each with the place
 * in RFC 5280 that is broken. Every row is a good certificate with one field changed.
 */
#include "x509/cert.h"

#include <stdio.h>

#include "base/limits.h"
#include "support/cert_fields.h"

/* ---- refused ---- */

static const struct malformed_row {
	const char *name;
	struct cert_fields f;
	const char *detail;
} malformed[] = {
	/* version */
	{ "version 1 written out, though it is the default",
	  { .version = "a003020100" },
	  "version: a field has a value that is not allowed: version 1 is written out" },
	{ "a version 4",
	  { .version = "a003020103" },
	  "version: the DER encoding is malformed: an INTEGER that is too large at byte 8" },
	{ "a negative version",
	  { .version = "a0030201ff" },
	  "version: the DER encoding is malformed: a negative INTEGER at byte 8" },
	{ "a version that is no INTEGER",
	  { .version = "a003040102" },
	  "version: an ASN.1 element is of another type than expected: 0x04 instead of 0x02 at byte 8" },
	{ "two versions in one",
	  { .version = "a006020102020102" },
	  "version: data is left over at the end at byte 11" },
	{ "extensions in version 2",
	  { .version = "a003020101", .extensions = "a30d300b3009060355040304020c00" },
	  "extensions: data is left over at the end at byte 182" },
	{ "extensions in version 1",
	  { .version = "", .extensions = "a30d300b3009060355040304020c00" },
	  "extensions: data is left over at the end at byte 177" },
	{ "a unique identifier in version 1",
	  { .version = "", .unique = "81020001" },
	  "extensions: data is left over at the end at byte 177" },

	/* serialNumber */
	{ "a negative serial number",
	  { .serial = "020180" },
	  "serialNumber: a field has a value that is not allowed: the serial number is negative" },
	{ "a serial number without bytes",
	  { .serial = "0200" },
	  "serialNumber: the DER encoding is malformed: an INTEGER without content at byte 11" },
	{ "a serial number that is not minimal",
	  { .serial = "02020001" },
	  "serialNumber: the DER encoding is malformed: an INTEGER that is not in its shortest form at byte 11" },
	{ "a serial number that is an OCTET STRING",
	  { .serial = "040101" },
	  "serialNumber: an ASN.1 element is of another type than expected: 0x04 instead of 0x02 at byte 11" },
	{ "no serial number",
	  { .serial = "" },
	  "serialNumber: an ASN.1 element is of another type than expected: 0x30 instead of 0x02 at byte 11" },

	/* signature */
	{ "two algorithms that differ",
	  { .outer_algorithm = "300a06082a8648ce3d040303" },
	  "signatureAlgorithm: not the same as inside the certificate" },
	{ "the same algorithm, one with NULL",
	  { .outer_algorithm = "300c06082a8648ce3d0403020500" },
	  "signatureAlgorithm: not the same as inside the certificate" },
	{ "an algorithm without an OID",
	  { .algorithm = "3000", .outer_algorithm = "3000" },
	  "signatureAlgorithm: the data ends too early at byte 174" },
	{ "no algorithm inside: the issuer takes its place",
	  { .algorithm = "" },
	  "issuer: an ASN.1 element is of another type than expected: 0x17 instead of 0x31 at byte 32" },
	{ "a signature with unused bits",
	  { .signature = "03030180fe" },
	  "signatureValue: the DER encoding is malformed: a BIT STRING that is not whole bytes at byte 194" },
	{ "a signature without the count of unused bits",
	  { .signature = "0300" },
	  "signatureValue: the DER encoding is malformed: a BIT STRING with a wrong count of unused bits at byte 194" },
	{ "no signature",
	  { .signature = "" },
	  "signatureValue: the data ends too early at byte 194" },
	{ "something behind the signature",
	  { .behind = "0500" },
	  "signatureValue: data is left over at the end at byte 206" },

	/* names */
	{ "an issuer that is a SET",
	  { .issuer = "310d310b300906035504030c024341" },
	  "issuer: an ASN.1 element is of another type than expected: 0x31 instead of 0x30 at byte 27" },
	{ "an empty part in the issuer",
	  { .issuer = "30023100" },
	  "issuer: a field has a value that is not allowed: 0 attributes in one part of a name" },
	{ "an attribute without a value in the subject",
	  { .subject = "3009310730050603550403" },
	  "subject: the data ends too early at byte 85" },
	{ "an attribute with two values in the subject",
	  { .subject = "3011310f300d06035504030c0261620c026162" },
	  "subject: data is left over at the end at byte 89" },
	{ "seventeen attributes in one part",
	  { .subject = "30819c318199300706035504030c00300706035504030c00300706035504030c00"
		       "300706035504030c00300706035504030c00300706035504030c00300706035504030c00"
		       "300706035504030c00300706035504030c00300706035504030c00300706035504030c00"
		       "300706035504030c00300706035504030c00300706035504030c00300706035504030c00"
		       "300706035504030c00300706035504030c00" },
	  "subject: a field has a value that is not allowed: 17 attributes in one part of a name" },

	/* validity */
	{ "a date in 30 February",
	  { .validity = "301e170d3235303233303030303030305a170d3333303130313030303030305a" },
	  "validity: a time is malformed at byte 44" },
	{ "a time with an offset",
	  { .validity = "3022170d3235303130313030303030305a"
			"1711333330313031303030303030 2b30303030" },
	  "validity: a time is malformed at byte 59" },
	{ "a time without seconds",
	  { .validity = "301c170b323530313031303030305a170d3333303130313030303030305a" },
	  "validity: a time is malformed at byte 44" },
	{ "a GeneralizedTime with fractions",
	  { .validity = "3022170d3235303130313030303030305a"
			"181132303530303130313030303030302e355a" },
	  "validity: a time is malformed at byte 59" },
	{ "one date alone",
	  { .validity = "300f170d3235303130313030303030305a" },
	  "validity: the data ends too early at byte 59" },
	{ "three dates",
	  { .validity = "302d170d3235303130313030303030305a170d3333303130313030303030305a"
			"170d3333303130313030303030305a" },
	  "validity: data is left over at the end at byte 74" },
	{ "a date that is text",
	  { .validity = "301e0c0d3235303130313030303030305a170d3333303130313030303030305a" },
	  "validity: an ASN.1 element is of another type than expected: 0x0c instead of 0x17 at byte 44" },

	/* subjectPublicKeyInfo */
	{ "a key with unused bits",
	  { .spki = "300c300506032b6570030301 80fe" },
	  "subjectPublicKeyInfo: the DER encoding is malformed: a BIT STRING that is not whole bytes at byte 98" },
	{ "a key without an algorithm",
	  { .spki = "300430000300" },
	  "subjectPublicKeyInfo: the data ends too early at byte 93" },
	{ "something behind the key",
	  { .spki = "300d300506032b6570030200aa0500" },
	  "subjectPublicKeyInfo: data is left over at the end at byte 102" },
	{ "an RSA key that is no SEQUENCE",
	  { .spki = "3014300d06092a864886f70d0101010500030300 0500" },
	  "subjectPublicKeyInfo: an ASN.1 element is of another type than expected: 0x05 instead of 0x30 at byte 110" },
	{ "an RSA key with a negative modulus",
	  { .spki = "301a300d06092a864886f70d010101050003090030060201ff020103" },
	  "subjectPublicKeyInfo: the DER encoding is malformed: a negative INTEGER at byte 112" },
	{ "an RSA key with something behind the exponent",
	  { .spki = "301c300d06092a864886f70d0101010500030b003008020103020103 0500" },
	  "subjectPublicKeyInfo: data is left over at the end at byte 118" },

	/* what stands behind the key */
	{ "a unique identifier without the count of unused bits",
	  { .unique = "8100" },
	  "extensions: a field has a value that is not allowed: a unique identifier that is no BIT STRING at byte 182" },
	{ "a unique identifier of an issuer with eight unused bits",
	  { .unique = "81020800" },
	  "extensions: a field has a value that is not allowed: a unique identifier that is no BIT STRING at byte 182" },
	{ "a unique identifier of a subject with unused bits and no byte",
	  { .unique = "820107" },
	  "extensions: a field has a value that is not allowed: a unique identifier that is no BIT STRING at byte 182" },
	{ "a unique identifier of a subject with unused bits that are set",
	  { .unique = "810201fe82020101" },
	  "extensions: a field has a value that is not allowed: a unique identifier that is no BIT STRING at byte 186" },
	{ "unique identifiers in the wrong order",
	  { .unique = "8202000181020001" },
	  "extensions: data is left over at the end at byte 186" },
	{ "an unknown element behind the extensions",
	  { .extensions = "a30d300b3009060355040304020c00a4020500" },
	  "extensions: data is left over at the end at byte 197" },
	{ "an empty list of extensions",
	  { .extensions = "a3023000" },
	  "extensions: a field has a value that is not allowed: an empty list" },
	{ "extensions without a list",
	  { .extensions = "a300" },
	  "extensions: the data ends too early at byte 184" },
	{ "two lists of extensions",
	  { .extensions = "a31a300b3009060355040304020c00300b3009060355040304020c00" },
	  "extensions: data is left over at the end at byte 197" },
};

static void test_malformed(void **state)
{
	const struct malformed_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct span der = cert_fields_der(&row->f);

	assert_null(ward_cert_parse(der.data, der.len, &err));
	assert_int_equal(err.reason, WARD_E_CERT_MALFORMED);
	if (strcmp(err.detail, row->detail) != 0)
		fail_msg("\"%s\" is not \"%s\"", err.detail, row->detail);
}

/* A good one cut off at every place, and with every length one too large. */
static void test_cut(void **state)
{
	const struct cert_fields f = { 0 };
	struct span der = cert_fields_der(&f);

	(void)state;
	for (size_t n = 0; n < der.len; n++) {
		struct ward_error err = ERROR_NONE;

		assert_null(ward_cert_parse(table_bytes(der.data, n).data, n, &err));
		assert_int_equal(err.reason, WARD_E_CERT_MALFORMED);
	}
}

static void test_trailing(void **state)
{
	const struct cert_fields f = { 0 };
	struct span parts[] = { cert_fields_der(&f), SPAN_LITERAL("\0") };
	struct span der = table_join(parts, 2);
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_null(ward_cert_parse(der.data, der.len, &err));
	assert_int_equal(err.reason, WARD_E_CERT_MALFORMED);
	assert_string_equal(err.detail, "Certificate: data is left over at the end at byte 206");
}

static void test_too_long(void **state)
{
	struct span der = table_fill(0, CERT_MAX_LEN + 1);
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_null(ward_cert_parse(der.data, der.len, &err));
	assert_int_equal(err.reason, WARD_E_CERT_TOO_LONG);
}

/* ---- accepted ---- */

static const struct good_row {
	const char *name;
	struct cert_fields f;
	int version;
	const char *serial;
	int64_t not_before, not_after;
	bool wrong_time_form;
} good[] = {
	{ "the usual", { 0 }, 3, "1001", 1735689600, 1988150400, false },
	{ "version 1", { .version = "" }, 1, "1001", 1735689600, 1988150400, false },
	{ "version 2 with unique identifiers",
	  { .version = "a003020101", .unique = "8102000182020001" },
	  2,
	  "1001",
	  1735689600,
	  1988150400,
	  false },
	{ "a serial number of zero",
	  { .serial = "020100" },
	  3,
	  "00",
	  1735689600,
	  1988150400,
	  false },
	{ "a serial number with a sign byte",
	  { .serial = "02020080" },
	  3,
	  "80",
	  1735689600,
	  1988150400,
	  false },
	/* 4.1.2.2 has 20 bytes as the most, but asks of readers only that they cope with 20. */
	{ "a serial number of 24 bytes",
	  { .serial = "0218010203040506070809101112131415161718192021222324" },
	  3,
	  "010203040506070809101112131415161718192021222324",
	  1735689600,
	  1988150400,
	  false },
	{ "a GeneralizedTime for 2050",
	  { .validity = "3020170d3235303130313030303030305a180f32303530303130313030303030305a" },
	  3,
	  "1001",
	  1735689600,
	  2524608000,
	  false },
	{ "no end (4.1.2.5: 99991231235959Z)",
	  { .validity = "3020170d3235303130313030303030305a180f39393939313233313233353935395a" },
	  3,
	  "1001",
	  1735689600,
	  253402300799,
	  false },
	{ "a GeneralizedTime for 2049, which is told",
	  { .validity = "3020170d3235303130313030303030305a180f32303439313233313233353935395a" },
	  3,
	  "1001",
	  1735689600,
	  2524607999,
	  true },
	{ "an empty subject", { .subject = "3000" }, 3, "1001", 1735689600, 1988150400, false },
};

static void test_good(void **state)
{
	const struct good_row *row = *state;
	struct ward_cert *c = cert_fields_parse(&row->f);
	char serial[64];

	assert_int_equal(c->version, row->version);
	assert_string_equal(ward_cert_serial(c, serial, sizeof(serial)), row->serial);
	assert_true(ward_cert_not_before(c) == row->not_before);
	assert_true(ward_cert_not_after(c) == row->not_after);
	assert_int_equal(c->wrong_time_form, row->wrong_time_form);
	assert_int_equal(c->ext.path_length, PATH_LENGTH_NONE);
	assert_int_equal(c->ext.require_explicit_policy, -1);
	assert_int_equal(c->ext.inhibit_policy_mapping, -1);
	assert_false(ward_cert_is_ca(c));
	ward_cert_free(c);
}

/* What is signed is the TBSCertificate with its header, and views stay inside the copy. */
static void test_views(void **state)
{
	const struct cert_fields f = { 0 };
	struct span der = cert_fields_der(&f);
	struct ward_cert *c = cert_fields_parse(&f);

	(void)state;
	assert_span_equal(c->der, der);
	assert_span_equal(c->tbs, span_make(der.data + 3, der.len - 3 - 12 - 12));
	assert_span_equal(c->signature, table_hex("300702010102020102"));
	assert_span_equal(cert_issuer_der(c), table_hex("300d310b300906035504030c024341"));
	assert_span_equal(cert_subject_der(c), table_hex("300f310d300b06035504030c046c656166"));
	assert_true(c->tbs.data >= c->bytes && c->signature.data < c->bytes + der.len);
	ward_cert_free(c);
}

static void test_public_key_is_kept(void **state)
{
	const struct cert_fields f = { 0 };
	const struct cert_fields off = {
		.spki = "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
			"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
			"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f6"
	};
	struct ward_cert *c = cert_fields_parse(&f);
	struct ward_cert *bad = cert_fields_parse(&off);
	struct ward_error err = ERROR_NONE;
	struct pubkey *key;

	(void)state;
	assert_true(crypto_init(NULL));
	key = cert_pubkey(c, &err);
	assert_non_null(key);
	assert_ptr_equal(cert_pubkey(c, &err), key);
	assert_int_equal(pubkey_type(key), KEY_P256);
	assert_int_equal(cert_key_type(c), KEY_P256);
	assert_null(cert_pubkey(bad, &err));
	assert_int_equal(err.reason, WARD_E_BAD_KEY);
	ward_cert_free(c);
	ward_cert_free(bad);
}

static void test_references(void **state)
{
	const struct cert_fields f = { 0 };
	struct ward_cert *c = cert_fields_parse(&f);

	(void)state;
	assert_ptr_equal(ward_cert_ref(c), c);
	ward_cert_free(c);
	assert_int_equal(c->version, 3); /* ASan sees it if the first free was the last */
	ward_cert_free(c);
	ward_cert_free(NULL);
}

static void test_comparison(void **state)
{
	const struct cert_fields f = { 0 };
	/* The same subject in other letters, and another serial number. */
	const struct cert_fields g = { .serial = "02021002",
				       .subject = "300f310d300b06035504031304 4c454146" };
	/* CN=leaf as the issuer */
	const struct cert_fields h = { .issuer = "300f310d300b06035504030c046c656166",
				       .subject = "3000" };
	struct ward_cert *a = cert_fields_parse(&f);
	struct ward_cert *same = cert_fields_parse(&f);
	struct ward_cert *b = cert_fields_parse(&g);
	struct ward_cert *c = cert_fields_parse(&h);

	(void)state;
	assert_true(cert_same(a, same));
	assert_false(cert_same(a, b));
	assert_true(cert_same_entity(a, b));
	assert_false(cert_same_entity(a, c));
	assert_true(cert_is_named_issuer(a, c));
	assert_true(cert_is_named_issuer(b, c));
	assert_false(cert_is_named_issuer(c, a));
	ward_cert_free(a);
	ward_cert_free(same);
	ward_cert_free(b);
	ward_cert_free(c);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, malformed, test_malformed);
	TABLE_ADD(&t, good, test_good);
	table_add(&t, "cut off at every place", test_cut, NULL);
	table_add(&t, "a byte behind the certificate", test_trailing, NULL);
	table_add(&t, "longer than any certificate", test_too_long, NULL);
	table_add(&t, "views of its own bytes", test_views, NULL);
	table_add(&t, "the public key is made once", test_public_key_is_kept, NULL);
	table_add(&t, "references are counted", test_references, NULL);
	table_add(&t, "the same certificate, and the same entity", test_comparison, NULL);
	return table_run(&t, "cert");
}
