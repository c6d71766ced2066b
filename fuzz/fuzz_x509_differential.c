/*
 * A certificate from outside, read by ward and by libcrypto: what both take says the same to both.
 *
 * ward takes less: nothing is asked where it refuses. The other way round, and where the two may
 * say different things, the differences that are right are listed, each with its reason:
 *
 *  - a name with a value that is no string, or no text in the encoding that it claims: ward shows
 *    it in hex and compares it byte by byte (has_odd_value);
 *  - parameters of algorithms that ward does not use: it looks at their outer form alone, and will
 *    not verify anything with them (libcrypto_refuses); libcrypto takes some that are out of form,
 *    and writes them in another (check_key);
 *  - extensions with parts that nothing is judged by, which ward does not look into
 *    (may_be_unread);
 *  - libcrypto takes any number for pathLenConstraint and knows more bits of keyUsage; ward refuses
 *    what is above 255, and more than nine bits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "x509/cert.h"
#include "x509/name.h"
#include "x509/text.h"

/* Behind ours: it has macros where ours are constants of the same names. */
#include <openssl/err.h>
#include <openssl/x509v3.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

static void same(struct span a, const void *data, int len, const char *what)
{
	must(len >= 0 && a.len == (size_t)len && (len == 0 || memcmp(a.data, data, a.len) == 0),
	     what);
}

static void same_string(struct span a, const ASN1_STRING *b, const char *what)
{
	same(a, ASN1_STRING_get0_data(b), ASN1_STRING_length(b), what);
}

/* What an i2d function wrote; freed. */
static void same_der(struct span a, unsigned char *der, int len, const char *what)
{
	same(a, der, len, what);
	OPENSSL_free(der);
}

/* ---- the fields ---- */

static void check_serial(const struct ward_cert *c, const X509 *x)
{
	BIGNUM *theirs = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	BIGNUM *ours = BN_bin2bn(c->serial.data, (int)c->serial.len, NULL);

	must(theirs != NULL && ours != NULL && BN_cmp(theirs, ours) == 0, "serialNumber");
	BN_free(theirs);
	BN_free(ours);
}

static void check_name(struct span name, const X509_NAME *theirs, const char *what)
{
	unsigned char *der = NULL;
	int len = i2d_X509_NAME(theirs, &der);

	same_der(name, der, len, what);
}

static void check_time(int64_t seconds, const ASN1_TIME *theirs, const char *what)
{
	struct tm tm;

	must(ASN1_TIME_to_tm(theirs, &tm) == 1, what);
	must((int64_t)timegm(&tm) == seconds, what);
}

static void check_key(const struct ward_cert *c, X509 *x)
{
	unsigned char *der = NULL;
	int len;

	same_string(c->key.bytes, X509_get0_pubkey_bitstr(x), "subjectPublicKey");
	if (c->key.type == KEY_NONE)
		return;
	len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	same_der(c->spki, der, len, "subjectPublicKeyInfo");
}

static void check_base(const struct ward_cert *c, X509 *x)
{
	const ASN1_BIT_STRING *signature;
	const X509_ALGOR *algorithm;
	const ASN1_OBJECT *oid;

	must(X509_get_version(x) + 1 == c->version, "version");
	check_serial(c, x);
	check_name(c->issuer, X509_get_issuer_name(x), "issuer");
	check_name(c->subject, X509_get_subject_name(x), "subject");
	check_time(c->not_before, X509_get0_notBefore(x), "notBefore");
	check_time(c->not_after, X509_get0_notAfter(x), "notAfter");
	check_key(c, x);
	X509_get0_signature(&signature, &algorithm, x);
	same_string(c->signature, signature, "signatureValue");
	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	same(c->signed_with.oid, OBJ_get0_data(oid), (int)OBJ_length(oid), "signatureAlgorithm");
}

/* ---- what ward takes and libcrypto does not ---- */

/* A value that libcrypto takes in a name. To RFC 5280, 4.1.2.4, a value is ANY. */
static bool is_usual_value(int tag)
{
	switch (tag) {
	case DER_UTF8_STRING:
	case DER_NUMERIC_STRING:
	case DER_PRINTABLE_STRING:
	case DER_TELETEX_STRING:
	case DER_IA5_STRING:
	case DER_UNIVERSAL_STRING:
	case DER_BMP_STRING:
		return true;
	default:
		return false;
	}
}

/* What is no character; ward escapes it when it is shown. */
static bool is_no_text(int tag, struct span value)
{
	size_t unit = tag == DER_BMP_STRING ? 2 : 4;

	while (tag == DER_UTF8_STRING && value.len > 0)
		if (utf8_next(&value) < 0)
			return true;
	for (size_t i = 0; (tag == DER_BMP_STRING || tag == DER_UNIVERSAL_STRING) && i < value.len;
	     i += unit) {
		uint32_t c = 0;

		for (size_t k = 0; k < unit; k++)
			c = c << 8 | value.data[i + k];
		if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return true;
	}
	return false;
}

static bool has_odd_value(struct span name)
{
	struct name_attribute a;
	struct name_walk w;

	name_walk_start(&w, name);
	while (name_walk_next(&w, &a))
		if (!is_usual_value(a.tag) || is_no_text(a.tag, a.value))
			return true;
	return false;
}

/* x400Address, ediPartyName and the value of an otherName are not looked into: nothing is judged by
 * them. libcrypto refuses values that it knows the type of and that are out of form. */
static bool has_odd_name(const struct ward_cert *c)
{
	struct ward_error err = ERROR_NONE;
	struct reader names = reader_make(c->ext.alt_names, &err);

	while (reader_more(&names)) {
		struct general_name name = general_name_read(&names);

		if (name.kind == GEN_X400 || name.kind == GEN_EDIPARTY ||
		    name.kind == GEN_OTHERNAME ||
		    (name.kind == GEN_DIRNAME && has_odd_value(name.value)))
			return true;
	}
	return false;
}

/* Issuer and serial number of an authorityKeyIdentifier are hints that ward does not follow. */
static bool may_be_unread(const struct ward_cert *c, enum ext_id id)
{
	if (id == EXT_SUBJECT_ALT_NAME)
		return has_odd_name(c);
	return id == EXT_AUTHORITY_KEY_ID && (c->ext.has_aki_issuer || c->ext.has_aki_serial);
}

/* ---- extensions ---- */

/* The extension as libcrypto decodes it; NULL if it is not there. */
static void *decode(const struct ward_cert *c, const X509 *x, int nid, enum ext_id id,
		    const char *what)
{
	bool present = extensions_has(&c->ext, id);
	int critical = -1;
	void *value = X509_get_ext_d2i(x, nid, &critical, NULL);

	must(critical != -2, "an extension twice");
	must((critical >= 0) == present, what);
	must(!present || (critical == 1) == extensions_is_critical(&c->ext, id), "critical");
	must(!present || value != NULL || may_be_unread(c, id), what);
	return value;
}

static void check_basic_constraints(const struct ward_cert *c, const X509 *x)
{
	BASIC_CONSTRAINTS *theirs =
		decode(c, x, NID_basic_constraints, EXT_BASIC_CONSTRAINTS, "basicConstraints");
	int64_t length = -1;

	if (theirs == NULL)
		return;
	must((theirs->ca != 0) == c->ext.ca, "cA");
	if (theirs->pathlen != NULL)
		must(ASN1_INTEGER_get_int64(&length, theirs->pathlen) == 1, "pathLenConstraint");
	must(length == c->ext.path_length, "pathLenConstraint");
	BASIC_CONSTRAINTS_free(theirs);
}

static void check_key_usage(const struct ward_cert *c, const X509 *x)
{
	ASN1_BIT_STRING *theirs = decode(c, x, NID_key_usage, EXT_KEY_USAGE, "keyUsage");

	for (int i = 0; theirs != NULL && i < 16; i++)
		must(ASN1_BIT_STRING_get_bit(theirs, i) == (i < 9 && c->ext.key_usage >> i & 1),
		     "keyUsage");
	ASN1_BIT_STRING_free(theirs);
}

static void check_purposes(const struct ward_cert *c, const X509 *x)
{
	EXTENDED_KEY_USAGE *theirs =
		decode(c, x, NID_ext_key_usage, EXT_EXT_KEY_USAGE, "extKeyUsage");
	int purposes = 0;

	for (int i = 0; theirs != NULL && i < sk_ASN1_OBJECT_num(theirs); i++)
		switch (OBJ_obj2nid(sk_ASN1_OBJECT_value(theirs, i))) {
		case NID_server_auth:
			purposes |= PURPOSE_SERVER_AUTH;
			break;
		case NID_client_auth:
			purposes |= PURPOSE_CLIENT_AUTH;
			break;
		case NID_anyExtendedKeyUsage:
			purposes |= PURPOSE_ANY;
			break;
		default:
			purposes |= PURPOSE_OTHER;
		}
	must(purposes == c->ext.purposes, "which purposes");
	EXTENDED_KEY_USAGE_free(theirs);
}

static void check_key_ids(const struct ward_cert *c, const X509 *x)
{
	ASN1_OCTET_STRING *own = decode(c, x, NID_subject_key_identifier, EXT_SUBJECT_KEY_ID,
					"subjectKeyIdentifier");
	AUTHORITY_KEYID *issuer = decode(c, x, NID_authority_key_identifier, EXT_AUTHORITY_KEY_ID,
					 "authorityKeyIdentifier");

	if (own != NULL)
		same_string(c->ext.subject_key_id, own, "subjectKeyIdentifier");
	if (issuer != NULL) {
		must((issuer->issuer != NULL) == c->ext.has_aki_issuer, "authorityCertIssuer");
		must((issuer->serial != NULL) == c->ext.has_aki_serial,
		     "authorityCertSerialNumber");
		if (issuer->keyid != NULL)
			same_string(c->ext.authority_key_id, issuer->keyid, "keyIdentifier");
		else
			must(c->ext.authority_key_id.len == 0, "keyIdentifier");
	}
	ASN1_OCTET_STRING_free(own);
	AUTHORITY_KEYID_free(issuer);
}

static void check_name_of_san(struct general_name ours, const GENERAL_NAME *theirs)
{
	must(ours.kind == theirs->type, "the kind of a name");
	switch (theirs->type) {
	case GEN_EMAIL:
	case GEN_DNS:
	case GEN_URI:
		same_string(ours.value, theirs->d.ia5, "a name as text");
		break;
	case GEN_IPADD:
		same_string(ours.value, theirs->d.ip, "an address");
		break;
	case GEN_DIRNAME:
		check_name(ours.value, theirs->d.dirn, "directoryName");
		break;
	case GEN_RID:
		same(ours.value, OBJ_get0_data(theirs->d.rid), (int)OBJ_length(theirs->d.rid),
		     "registeredID");
		break;
	default:
		break;
	}
}

static void check_alt_names(const struct ward_cert *c, const X509 *x)
{
	GENERAL_NAMES *theirs =
		decode(c, x, NID_subject_alt_name, EXT_SUBJECT_ALT_NAME, "subjectAltName");
	struct ward_error err = ERROR_NONE;
	struct reader ours = reader_make(c->ext.alt_names, &err);

	if (theirs == NULL)
		return;
	must((size_t)sk_GENERAL_NAME_num(theirs) == ward_cert_san_count(c), "how many names");
	for (int i = 0; i < sk_GENERAL_NAME_num(theirs); i++)
		check_name_of_san(general_name_read(&ours), sk_GENERAL_NAME_value(theirs, i));
	GENERAL_NAMES_free(theirs);
}

/* How many there are, and how many of them are critical: those that nobody knows as well. */
static void check_all(const struct ward_cert *c, const X509 *x)
{
	struct ward_error err = ERROR_NONE;
	struct reader list = reader_make(c->ext.list, &err);
	int count = 0, critical = 0, theirs = 0;

	for (; reader_more(&list); count++) {
		struct reader one = der_open(&list, DER_SEQUENCE);

		der_element(&one, DER_OID);
		critical += der_peek(&one) == DER_BOOLEAN && der_boolean(&one);
	}
	must(count == X509_get_ext_count(x), "how many extensions");
	for (int i = 0; i < count; i++)
		theirs += X509_EXTENSION_get_critical(X509_get_ext(x, i));
	must(critical == theirs, "how many critical extensions");
}

/* ---- the whole ---- */

/* The certificates that ward takes and libcrypto does not. */
static bool libcrypto_refuses(const struct ward_cert *c)
{
	return has_odd_value(c->issuer) || has_odd_value(c->subject) || c->key.type == KEY_NONE ||
	       c->signed_with.alg == SIG_NONE;
}

static void compare(const struct ward_cert *c, X509 *x)
{
	check_base(c, x);
	check_basic_constraints(c, x);
	check_key_usage(c, x);
	check_purposes(c, x);
	check_key_ids(c, x);
	check_alt_names(c, x);
	check_all(c, x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_cert *c = ward_cert_parse(data, size, NULL);
	const unsigned char *at = data;
	X509 *x = c == NULL ? NULL : d2i_X509(NULL, &at, (long)size);

	if (c != NULL && x == NULL && !libcrypto_refuses(c)) {
		ERR_print_errors_fp(stderr);
		must(false, "a certificate that libcrypto refuses");
	}
	if (x != NULL) {
		must(at == data + size, "where it ends");
		compare(c, x);
	}
	X509_free(x);
	ERR_clear_error();
	ward_cert_free(c);
	return 0;
}
