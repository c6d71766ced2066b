/*
 * Extensions of certificates: what is read out of them, and malformed ones, each with its reason.
 * The rows give Extension elements; the list and [3] are put around them.
 */
#include "x509/cert.h"

#include "support/cert_fields.h"

/* SEQUENCE { OID 2.5.29.x, OCTET STRING }, and with critical TRUE; lengths are one byte. */
#define EXT(len, id, value_len, value) "30" len "0603551d" id "04" value_len value
#define CRITICAL(len, id, value_len, value) "30" len "0603551d" id "0101ff04" value_len value

static const struct malformed_row {
	const char *name, *hex, *detail;
} malformed[] = {
	/* the frame */
	{ "an explicit FALSE that is not 00 or FF", "300d0603551d130101010403 300101",
	  "extensions: the DER encoding is malformed: a BOOLEAN that is not 00 or FF at byte 193" },
	{ "no value", "30050603551d13", "extensions: the data ends too early at byte 193" },
	{ "no OID", "300404023000",
	  "extensions: an ASN.1 element is of another type than expected: 0x04 instead of 0x06 at byte 188" },
	{ "something behind the value", "300b0603551d13040230000500",
	  "extensions: data is left over at the end at byte 197" },
	{ "the same known extension twice",
	  EXT("09", "13", "02", "3000") EXT("09", "13", "02", "3000"),
	  "basicConstraints appears twice" },
	{ "the same unknown extension twice", "30070603551d7f04003007 0603551d7f0400",
	  "extension 2.5.29.127 appears twice" },

	/* basicConstraints */
	{ "basicConstraints without a SEQUENCE", EXT("07", "13", "00", ""),
	  "basicConstraints: the data ends too early" },
	{ "a BOOLEAN of 01", EXT("0c", "13", "05", "3003010101"),
	  "basicConstraints: the DER encoding is malformed: a BOOLEAN that is not 00 or FF" },
	{ "a negative pathLenConstraint", CRITICAL("12", "13", "08", "30060101ff0201ff"),
	  "basicConstraints: the DER encoding is malformed: a negative INTEGER" },
	{ "a pathLenConstraint of 256", CRITICAL("13", "13", "09", "30070101ff02020100"),
	  "basicConstraints: the DER encoding is malformed: an INTEGER that is too large" },
	{ "something behind pathLenConstraint", CRITICAL("14", "13", "0a", "30080101ff0201000500"),
	  "basicConstraints: data is left over at the end" },

	/* keyUsage */
	{ "keyUsage that is an INTEGER", EXT("0a", "0f", "03", "020106"),
	  "keyUsage: an ASN.1 element is of another type than expected: 0x02 instead of 0x03" },
	{ "keyUsage with bits set that do not count", EXT("0b", "0f", "04", "03020587"),
	  "keyUsage: the DER encoding is malformed: a BIT STRING with unused bits that are not zero" },
	{ "keyUsage of three bytes", EXT("0d", "0f", "06", "030400000001"),
	  "keyUsage: a field has a value that is not allowed: more than nine bits" },
	{ "keyUsage without the count of unused bits", EXT("09", "0f", "02", "0300"),
	  "keyUsage: the DER encoding is malformed: a BIT STRING with a wrong count of unused bits" },

	/* extKeyUsage */
	{ "extKeyUsage without a purpose", EXT("09", "25", "02", "3000"),
	  "extKeyUsage: a field has a value that is not allowed: an empty list" },
	{ "extKeyUsage with something that is no OID", EXT("0b", "25", "04", "30020500"),
	  "extKeyUsage: an ASN.1 element is of another type than expected: 0x05 instead of 0x06" },

	/* key identifiers */
	{ "an empty subjectKeyIdentifier", EXT("09", "0e", "02", "0400"),
	  "subjectKeyIdentifier: a field has a value that is not allowed: an empty key identifier" },
	{ "a subjectKeyIdentifier with something behind", EXT("0c", "0e", "05", "0401aa0500"),
	  "subjectKeyIdentifier: data is left over at the end" },
	{ "authorityKeyIdentifier with parts in the wrong order",
	  EXT("0f", "23", "08", "3006820101800101"),
	  "authorityKeyIdentifier: data is left over at the end" },
	{ "authorityKeyIdentifier with an unknown part", EXT("0c", "23", "05", "3003830101"),
	  "authorityKeyIdentifier: data is left over at the end" },

	/* subjectAltName */
	{ "no name at all", EXT("09", "11", "02", "3000"),
	  "subjectAltName: a field has a value that is not allowed: an empty list" },
	{ "a NUL in a DNS name", EXT("0e", "11", "07", "3005820361 0062"),
	  "subjectAltName: a field has a value that is not allowed: byte 0x00 in a name" },
	{ "a DNS name in UTF-8", EXT("0d", "11", "06", "30048202c3a4"),
	  "subjectAltName: a field has a value that is not allowed: byte 0xc3 in a name" },
	{ "a line feed in a URI", EXT("0c", "11", "05", "300386010a"),
	  "subjectAltName: a field has a value that is not allowed: byte 0x0a in a name" },
	{ "an address of five bytes", EXT("10", "11", "09", "300787057f00000101"),
	  "subjectAltName: a field has a value that is not allowed: an IP address of 5 bytes" },
	{ "an address without bytes", EXT("0b", "11", "04", "30028700"),
	  "subjectAltName: a field has a value that is not allowed: an IP address of 0 bytes" },
	{ "a tag that no name has", EXT("0c", "11", "05", "3003890161"),
	  "subjectAltName: an ASN.1 element is of another type than expected: 0x89 is no GeneralName" },
	{ "a DNS name that is a list", EXT("0d", "11", "06", "3004a2020500"),
	  "subjectAltName: an ASN.1 element is of another type than expected: 0xa2 is no GeneralName" },
	{ "a directory name with something behind", EXT("0f", "11", "08", "3006a40430000500"),
	  "subjectAltName: data is left over at the end" },
	{ "a directory name with an empty part", EXT("0f", "11", "08", "3006a40430023100"),
	  "subjectAltName: a field has a value that is not allowed: 0 attributes in one part of a "
	  "name" },
	{ "an otherName without a value", EXT("0e", "11", "07", "3005a00306012a"),
	  "subjectAltName: the data ends too early" },
	{ "an otherName of two values", EXT("14", "11", "0d", "300ba00906012aa0040c000c00"),
	  "subjectAltName: data is left over at the end" },
	{ "a registeredID that is cut off", EXT("0c", "11", "05", "3003880180"),
	  "subjectAltName: the DER encoding is malformed: a registeredID out of form" },
	{ "a name that is cut off", EXT("0c", "11", "05", "3003820561"),
	  "subjectAltName: the data ends too early" },

	/* nameConstraints */
	{ "an empty list of permitted subtrees", EXT("0b", "1e", "04", "3002a000"),
	  "nameConstraints: a field has a value that is not allowed: an empty list" },
	{ "a mask with a hole", EXT("17", "1e", "10", "300ea00c300a87080a000000ff00ff00"),
	  "nameConstraints: a field has a value that is not allowed: an IP mask that is not a prefix" },
	{ "a network of four bytes", EXT("13", "1e", "0c", "300aa008300687040a000000"),
	  "nameConstraints: a field has a value that is not allowed: an IP address of 4 bytes" },
	{ "a minimum that is written", EXT("12", "1e", "0b", "3009a0073005820161 800100"),
	  "nameConstraints: data is left over at the end" },
	{ "excluded before permitted",
	  EXT("19", "1e", "12", "3010a1063004820261 61a0063004820261 61"),
	  "nameConstraints: data is left over at the end" },

	/* policies */
	{ "certificatePolicies without one", EXT("09", "20", "02", "3000"),
	  "certificatePolicies: a field has a value that is not allowed: an empty list" },
	{ "a policy without an OID", EXT("0b", "20", "04", "30023000"),
	  "certificatePolicies: the data ends too early" },
	{ "policyConstraints without one", EXT("09", "24", "02", "3000"),
	  "policyConstraints: a field has a value that is not allowed: an empty list" },
	{ "a negative count of policyConstraints", EXT("0c", "24", "05", "30038001ff"),
	  "policyConstraints: a field has a value that is not allowed: a count that is empty or negative" },
	{ "a negative inhibitAnyPolicy", EXT("0a", "36", "03", "0201ff"),
	  "inhibitAnyPolicy: the DER encoding is malformed: a negative INTEGER" },

	/* others that are known */
	{ "authorityInfoAccess without one", "300e06082b0601050507010104023000",
	  "authorityInfoAccess: a field has a value that is not allowed: an empty list" },
	{ "a CRL distribution point with something behind", EXT("0b", "1f", "04", "30000500"),
	  "cRLDistributionPoints: data is left over at the end" },
};

static void test_malformed(void **state)
{
	const struct malformed_row *row = *state;
	struct cert_fields f = { .extension = table_hex(row->hex) };
	struct span der = cert_fields_der(&f);
	struct ward_error err = ERROR_NONE;

	assert_null(ward_cert_parse(der.data, der.len, &err));
	assert_int_equal(err.reason, WARD_E_CERT_MALFORMED);
	if (strcmp(err.detail, row->detail) != 0)
		fail_msg("\"%s\" is not \"%s\"", err.detail, row->detail);
}

/* ---- what is read ---- */

static struct ward_cert *with(const char *hex)
{
	struct cert_fields f = { .extension = table_hex(hex) };

	return cert_fields_parse(&f);
}

static const struct basic_row {
	const char *name, *hex;
	bool ca, critical;
	int path_length;
} basics[] = {
	{ "an empty one", EXT("09", "13", "02", "3000"), false, false, -1 },
	{ "an explicit FALSE, which many write", EXT("0c", "13", "05", "3003010100"), false, false,
	  -1 },
	{ "a CA", CRITICAL("0f", "13", "05", "30030101ff"), true, true, -1 },
	{ "a CA that is not critical", EXT("0c", "13", "05", "30030101ff"), true, false, -1 },
	{ "a CA with nothing below", CRITICAL("12", "13", "08", "30060101ff020100"), true, true,
	  0 },
	{ "the longest path", CRITICAL("13", "13", "09", "30070101ff020200ff"), true, true, 255 },
};

static void test_basic(void **state)
{
	const struct basic_row *row = *state;
	struct ward_cert *c = with(row->hex);

	assert_true(extensions_has(&c->ext, EXT_BASIC_CONSTRAINTS));
	assert_int_equal(extensions_is_critical(&c->ext, EXT_BASIC_CONSTRAINTS), row->critical);
	assert_int_equal(ward_cert_is_ca(c), row->ca);
	assert_int_equal(c->ext.path_length, row->path_length);
	ward_cert_free(c);
}

static const struct usage_row {
	const char *name, *hex;
	unsigned int usage;
	bool may_sign;
} usages[] = {
	{ "digitalSignature", EXT("0b", "0f", "04", "03020780"), KU_DIGITAL_SIGNATURE, true },
	{ "keyCertSign and cRLSign", EXT("0b", "0f", "04", "03020106"),
	  KU_KEY_CERT_SIGN | KU_CRL_SIGN, false },
	{ "decipherOnly, in the second byte", EXT("0c", "0f", "05", "0303070080"), KU_DECIPHER_ONLY,
	  false },
	{ "no bit at all", EXT("0a", "0f", "03", "030100"), 0, false },
	{ "all of the first byte", EXT("0b", "0f", "04", "030200ff"), 0xff, true },
};

static void test_usage(void **state)
{
	const struct usage_row *row = *state;
	struct ward_cert *c = with(row->hex);

	assert_int_equal(c->ext.key_usage, row->usage);
	assert_int_equal(cert_may_sign(c), row->may_sign);
	ward_cert_free(c);
}

static void test_no_usage(void **state)
{
	const struct cert_fields f = { 0 };
	struct ward_cert *c = cert_fields_parse(&f);

	(void)state;
	assert_true(cert_may_sign(c));
	ward_cert_free(c);
}

static const struct purpose_row {
	const char *name, *hex;
	unsigned int purposes;
} purposes[] = {
	{ "serverAuth", EXT("13", "25", "0c", "300a06082b06010505070301"), PURPOSE_SERVER_AUTH },
	{ "clientAuth", EXT("13", "25", "0c", "300a06082b06010505070302"), PURPOSE_CLIENT_AUTH },
	{ "any", EXT("0f", "25", "08", "30060604551d2500"), PURPOSE_ANY },
	{ "another", EXT("13", "25", "0c", "300a06082b06010505070303"), PURPOSE_OTHER },
	{ "two", EXT("1d", "25", "16", "301406082b0601050507030106082b06010505070302"),
	  PURPOSE_SERVER_AUTH | PURPOSE_CLIENT_AUTH },
};

static void test_purpose(void **state)
{
	const struct purpose_row *row = *state;
	struct ward_cert *c = with(row->hex);

	assert_int_equal(c->ext.purposes, row->purposes);
	ward_cert_free(c);
}

static void test_key_ids(void **state)
{
	struct ward_cert *c = with(EXT("0c", "0e", "05", "0403a1a2a3") EXT(
		"17", "23", "10", "300e8002b1b2a10582036161618201 05"));

	(void)state;
	assert_span_equal(c->ext.subject_key_id, table_hex("a1a2a3"));
	assert_span_equal(c->ext.authority_key_id, table_hex("b1b2"));
	assert_true(c->ext.has_aki_issuer);
	assert_true(c->ext.has_aki_serial);
	ward_cert_free(c);
}

/* The issuer's own issuer and serial number are a hint: what is out of form is passed over. */
static const struct authority_row {
	const char *name, *hex;
	bool found;
} authorities[] = {
	{ "a Name and a serial number",
	  "301f0603551d2304183016a111a40f300d310b3009060355040a0c026263820105", true },
	{ "the serial number alone", "300c0603551d2304053003820105", false },
	{ "the Name alone", "301c0603551d2304153013a111a40f300d310b3009060355040a0c026263", false },
	{ "another kind of name", "30130603551d23040c300aa1058203616161820105", false },
	{ "two names",
	  "30300603551d2304293027a122a40f300d310b3009060355040a0c026263a40f300d310b3009060355040a0c026263820105",
	  false },
	{ "a Name that is out of form", "30140603551d23040d300ba106a40430023000820105", false },
	{ "an empty list of names", "300e0603551d2304073005a100820105", false },
};

static void test_authority(void **state)
{
	const struct authority_row *row = *state;
	struct ward_cert *c = with(row->hex);

	if (row->found) {
		assert_span_equal(c->ext.authority_issuer,
				  table_hex("300d310b3009060355040a0c026263"));
		assert_span_equal(c->ext.authority_serial, table_hex("05"));
	} else {
		assert_int_equal(c->ext.authority_issuer.len, 0);
		assert_int_equal(c->ext.authority_serial.len, 0);
	}
	ward_cert_free(c);
}

static void test_unknown(void **state)
{
	struct ward_cert *plain = with("30070603551d7f0400");
	struct ward_cert *critical = with("300a0603551d7f0101ff0400 300a0603551d7e0101ff0400");

	(void)state;
	assert_null(plain->ext.unknown_critical.data);
	assert_span_equal(critical->ext.unknown_critical, table_hex("551d7f"));
	assert_int_equal(critical->ext.present, 0);
	ward_cert_free(plain);
	ward_cert_free(critical);
}

/* The list of those not known is bounded: comparing each with all others must not cost much. */
static void test_many_unknown(void **state)
{
	const size_t counts[] = { 32, 33 };
	uint8_t list[9 * 33];

	(void)state;
	for (size_t i = 0; i < 33; i++) {
		memcpy(list + 9 * i, "\x30\x07\x06\x03\x55\x1e\x00\x04\x00", 9);
		list[9 * i + 6] = (uint8_t)i;
	}
	for (size_t i = 0; i < 2; i++) {
		struct cert_fields f = { .extension = span_make(list, 9 * counts[i]) };
		struct span der = cert_fields_der(&f);
		struct ward_error err = ERROR_NONE;
		struct ward_cert *c = ward_cert_parse(der.data, der.len, &err);

		assert_int_equal(c != NULL, counts[i] == 32);
		assert_string_equal(err.detail, c != NULL ? "" : "more than 32 unknown extensions");
		ward_cert_free(c);
	}
}

static void test_policies(void **state)
{
	struct ward_cert *c = with(EXT("0f", "24", "08", "3006800100810102")
					   EXT("10", "36", "09", "0207010000000000 00"));
	struct ward_cert *large = with(EXT("0f", "24", "08", "3006800400ffffff"));

	(void)state;
	assert_int_equal(c->ext.require_explicit_policy, 0);
	assert_int_equal(c->ext.inhibit_policy_mapping, 2);
	assert_true(extensions_has(&c->ext, EXT_INHIBIT_ANY_POLICY));
	assert_int_equal(large->ext.require_explicit_policy, 255);
	assert_int_equal(large->ext.inhibit_policy_mapping, -1);
	ward_cert_free(c);
	ward_cert_free(large);
}

static void test_subtrees(void **state)
{
	static const char *const permitted[] = { "DNS:example.org", NULL };
	static const char *const excluded[] = { "IP:10.0.0.0/8", "DIR:3000", NULL };
	struct ward_cert *both = cert_with_constraints(permitted, excluded);
	struct ward_cert *one = cert_with_constraints(permitted, NULL);

	(void)state;
	assert_span_equal(both->ext.permitted, table_hex("300d820b6578616d706c652e6f7267"));
	assert_span_equal(both->ext.excluded, table_hex("300a87080a000000ff0000003004a4023000"));
	assert_null(one->ext.excluded.data);
	assert_true(extensions_is_critical(&one->ext, EXT_NAME_CONSTRAINTS));
	ward_cert_free(both);
	ward_cert_free(one);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, malformed, test_malformed);
	TABLE_ADD(&t, basics, test_basic);
	TABLE_ADD(&t, usages, test_usage);
	table_add(&t, "no keyUsage: any use", test_no_usage, NULL);
	TABLE_ADD(&t, purposes, test_purpose);
	TABLE_ADD(&t, authorities, test_authority);
	table_add(&t, "key identifiers", test_key_ids, NULL);
	table_add(&t, "unknown ones: the first critical one is remembered", test_unknown, NULL);
	table_add(&t, "no more than 32 unknown ones", test_many_unknown, NULL);
	table_add(&t, "counts of policy constraints", test_policies, NULL);
	table_add(&t, "subtrees of name constraints", test_subtrees, NULL);
	return table_run(&t, "extensions");
}
