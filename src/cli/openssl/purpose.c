/*
 * Purposes as X509_check_purpose(3) of OpenSSL 3.5 judges them: by keyUsage and extKeyUsage, where
 * these are there. Netscape's nsCertType is not looked at.
 */
#include "cli/openssl/purpose.h"

#include <string.h>

#include "x509/cert.h"
#include "x509/oid.h"

/* Purposes of extKeyUsage; those of openssl that are not here are of no account below. */
enum {
	EKU_SERVER = 1 << 0,
	EKU_CLIENT = 1 << 1,
	EKU_MAIL = 1 << 2,
	EKU_CODE = 1 << 3,
	EKU_OCSP = 1 << 4,
	EKU_TIME = 1 << 5,
	EKU_DVCS = 1 << 6,
	EKU_ANY = 1 << 7,
	EKU_SGC = 1 << 8, /* of Microsoft and Netscape, for servers */
};

static unsigned int purposes_of(const struct ward_cert *cert)
{
	static const struct {
		struct span oid;
		unsigned int bit;
	} known[] = {
		{ OID_SERVER_AUTH, EKU_SERVER },
		{ OID_CLIENT_AUTH, EKU_CLIENT },
		{ OID("\x2b\x06\x01\x05\x05\x07\x03\x03"), EKU_CODE },
		{ OID("\x2b\x06\x01\x05\x05\x07\x03\x04"), EKU_MAIL },
		{ OID("\x2b\x06\x01\x05\x05\x07\x03\x08"), EKU_TIME },
		{ OID("\x2b\x06\x01\x05\x05\x07\x03\x09"), EKU_OCSP },
		{ OID("\x2b\x06\x01\x05\x05\x07\x03\x0a"), EKU_DVCS },
		{ OID_ANY_EXT_KEY_USAGE, EKU_ANY },
		{ OID("\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x03"), EKU_SGC },
		{ OID("\x60\x86\x48\x01\x86\xf8\x42\x04\x01"), EKU_SGC },
	};
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(cert->ext.value[EXT_EXT_KEY_USAGE], &own);
	struct reader list = der_open(&r, DER_SEQUENCE);
	unsigned int bits = 0;

	while (reader_more(&list)) {
		struct span oid = der_element(&list, DER_OID);

		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			bits |= span_equal(known[i].oid, oid) ? known[i].bit : 0;
	}
	return bits;
}

static bool has_purposes(const struct ward_cert *cert)
{
	return extensions_has(&cert->ext, EXT_EXT_KEY_USAGE);
}

/* Without keyUsage a key may do anything. */
static bool may(const struct ward_cert *cert, unsigned int usages)
{
	return !extensions_has(&cert->ext, EXT_KEY_USAGE) || (cert->ext.key_usage & usages) != 0;
}

/* "Any" is not taken for one of them, which the rules of RFC 5280 would allow. */
static bool is_for(const struct ward_cert *cert, unsigned int wanted)
{
	return !has_purposes(cert) || (purposes_of(cert) & wanted) != 0;
}

static bool is_for_servers(const struct ward_cert *cert)
{
	return is_for(cert, EKU_SERVER | EKU_SGC);
}

static bool is_for_clients(const struct ward_cert *cert)
{
	return is_for(cert, EKU_CLIENT);
}

static bool serves(const struct ward_cert *cert)
{
	return is_for_servers(cert) &&
	       may(cert, KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT);
}

static bool serves_netscape(const struct ward_cert *cert)
{
	return serves(cert) && may(cert, KU_KEY_ENCIPHERMENT);
}

static bool is_client(const struct ward_cert *cert)
{
	return is_for_clients(cert) && may(cert, KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT);
}

static bool is_for_mail(const struct ward_cert *cert)
{
	return is_for(cert, EKU_MAIL);
}

static bool signs_mail(const struct ward_cert *cert)
{
	return is_for_mail(cert) && may(cert, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
}

static bool encrypts_mail(const struct ward_cert *cert)
{
	return is_for_mail(cert) && may(cert, KU_KEY_ENCIPHERMENT);
}

static bool signs_lists(const struct ward_cert *cert)
{
	return may(cert, KU_CRL_SIGN);
}

/* RFC 3161, 2.3: for time stamps alone, and critical. */
static bool signs_times(const struct ward_cert *cert)
{
	const unsigned int signing = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;

	return may(cert, signing) && (cert->ext.key_usage & ~signing) == 0 &&
	       purposes_of(cert) == EKU_TIME &&
	       extensions_is_critical(&cert->ext, EXT_EXT_KEY_USAGE);
}

/* The CA/Browser Forum's requirements for code signing, 7.1.2.3 (f). */
static bool signs_code(const struct ward_cert *cert)
{
	unsigned int purposes = purposes_of(cert);

	return extensions_has(&cert->ext, EXT_KEY_USAGE) &&
	       extensions_is_critical(&cert->ext, EXT_KEY_USAGE) &&
	       (cert->ext.key_usage & KU_DIGITAL_SIGNATURE) != 0 &&
	       (cert->ext.key_usage & (KU_KEY_CERT_SIGN | KU_CRL_SIGN)) == 0 &&
	       (purposes & EKU_CODE) != 0 && (purposes & (EKU_ANY | EKU_SERVER)) == 0;
}

static const struct purpose purposes[] = {
	{ "sslserver", WARD_PURPOSE_SERVER, serves, is_for_servers },
	{ "nssslserver", WARD_PURPOSE_SERVER, serves_netscape, is_for_servers },
	{ "sslclient", WARD_PURPOSE_CLIENT, is_client, is_for_clients },
	{ "any", WARD_PURPOSE_ANY, NULL, NULL },
	{ "smimesign", WARD_PURPOSE_ANY, signs_mail, is_for_mail },
	{ "smimeencrypt", WARD_PURPOSE_ANY, encrypts_mail, is_for_mail },
	{ "crlsign", WARD_PURPOSE_ANY, signs_lists, NULL },
	{ "ocsphelper", WARD_PURPOSE_ANY, NULL, NULL },
	{ "timestampsign", WARD_PURPOSE_ANY, signs_times, NULL },
	{ "codesign", WARD_PURPOSE_ANY, signs_code, NULL },
};

const struct purpose *purpose_find(const char *name)
{
	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++)
		if (strcmp(purposes[i].name, name) == 0)
			return &purposes[i];
	return NULL;
}
