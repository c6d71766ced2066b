/*
 * Whether a certificate says what a server would like it to say: the filters of a CertificateRequest
 * (RFC 9846, 4.3.5), of which two have rules.
 *
 *	keyUsage		all bits of the request are set
 *	extendedKeyUsage	all purposes of the request are there, each by its own OID
 *
 * Others are not known and pass. What is malformed in one that is known passes nothing.
 */
#include "x509/cert.h"
#include "x509/oid.h"

static bool usage_passes(const struct ward_cert *c, struct span values)
{
	struct ward_error fault = ERROR_NONE;
	struct reader r = reader_make(values, &fault);
	uint16_t asked = key_usage_read(&r);

	return reader_close(&r) && (c->ext.key_usage & asked) == asked;
}

static bool has_purpose(const struct ward_cert *c, struct span purpose)
{
	struct ward_error fault = ERROR_NONE;
	struct reader r = reader_make(c->ext.value[EXT_EXT_KEY_USAGE], &fault);
	struct reader list = der_open(&r, DER_SEQUENCE);

	while (reader_more(&list))
		if (span_equal(der_element(&list, DER_OID), purpose))
			return true;
	return false;
}

static bool purposes_pass(const struct ward_cert *c, struct span values)
{
	struct ward_error fault = ERROR_NONE;
	struct reader r = reader_make(values, &fault);
	struct reader list = der_open(&r, DER_SEQUENCE);

	while (reader_more(&list)) {
		struct span purpose = der_element(&list, DER_OID);

		/* A request must not have it: no certificate would say less. */
		if (span_equal(purpose, OID_ANY_EXT_KEY_USAGE) || !has_purpose(c, purpose))
			return false;
	}
	return reader_close(&list) && reader_close(&r);
}

bool cert_passes_filter(const struct ward_cert *c, struct span oid, struct span values)
{
	static const uint8_t key_usage[] = { DER_OID, 3, 0x55, 0x1d, 15 };
	static const uint8_t ext_key_usage[] = { DER_OID, 3, 0x55, 0x1d, 37 };
	bool of_usage = span_equal(oid, SPAN_ARRAY(key_usage));
	bool of_purposes = span_equal(oid, SPAN_ARRAY(ext_key_usage));

	if (!of_usage && !of_purposes)
		return true;
	if (!extensions_has(&c->ext, of_usage ? EXT_KEY_USAGE : EXT_EXT_KEY_USAGE))
		return false;
	if (values.len == 0) /* it is there, and no more is asked for */
		return true;
	return of_usage ? usage_passes(c, values) : purposes_pass(c, values);
}
