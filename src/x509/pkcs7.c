/*
 * Certificates in a SignedData that signs nothing. Signatures in one that does are not looked at.
 */
#include "x509/pkcs7.h"

#include <stdlib.h>

#include "wire/der.h"
#include "x509/cert.h"
#include "x509/chain.h"
#include "x509/oid.h"

#define OID_DATA OID("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
#define OID_SIGNED_DATA OID("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")

enum { OVERHEAD = 256 };

bool pkcs7_detect(struct span der)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(der, &own);
	struct reader info = der_open(&r, DER_SEQUENCE);

	return span_equal(der_element(&info, DER_OID), OID_SIGNED_DATA) && !error_is_set(&own);
}

static bool read_certs(struct reader *certs, struct ward_chain *chain, struct ward_error *err)
{
	while (reader_more(certs)) {
		/* Attribute certificates have tags of their own, and are passed over. */
		bool is_cert = der_peek(certs) == DER_SEQUENCE;
		int tag;
		struct span der = der_whole(certs, &tag);
		struct ward_cert *cert = NULL;

		if (reader_failed(certs) || !is_cert)
			continue;
		cert = ward_cert_parse(der.data, der.len, err);
		if (cert == NULL)
			return false;
		if (!chain_append(chain, cert, err)) {
			ward_cert_free(cert);
			return false;
		}
	}
	return true;
}

bool pkcs7_read(struct span der, struct ward_chain *chain, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(der, &own);
	struct reader info = der_open(&r, DER_SEQUENCE);
	struct reader explicit, data, certs;
	size_t before = chain->count;

	if (!span_equal(der_element(&info, DER_OID), OID_SIGNED_DATA) && !error_is_set(&own))
		return FAIL(err, NO_CERTIFICATE_IN_FILE);
	explicit = der_open(&info, DER_CONTEXT_CONS(0));
	data = der_open(&explicit, DER_SEQUENCE);
	der_small(&data, 5);
	der_element(&data, DER_SET);
	der_element(&data, DER_SEQUENCE);
	if (der_peek(&data) == DER_CONTEXT_CONS(0)) {
		certs = der_open(&data, DER_CONTEXT_CONS(0));
		if (!read_certs(&certs, chain, err))
			return false;
	}
	if (error_is_set(&own))
		return error_pass(err, &own);
	return chain->count > before || FAIL(err, NO_CERTIFICATE_IN_FILE);
}

static void write(struct writer *w, const struct ward_chain *chain)
{
	DER_WRITE (w, DER_SEQUENCE) {
		der_write_oid(w, OID_SIGNED_DATA);
		DER_WRITE (w, DER_CONTEXT_CONS(0))
			DER_WRITE (w, DER_SEQUENCE) {
				der_write_small(w, 1);
				der_write_element(w, DER_SET, SPAN_EMPTY);
				DER_WRITE (w, DER_SEQUENCE)
					der_write_oid(w, OID_DATA);
				DER_WRITE (w, DER_CONTEXT_CONS(0))
					for (size_t i = 0; i < chain->count; i++)
						writer_bytes(w, cert_der(chain->certs[i]));
				der_write_element(w, DER_SET, SPAN_EMPTY);
			}
	}
}

bool pkcs7_write(const struct ward_chain *chain, uint8_t **der, size_t *len, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	size_t room = OVERHEAD;
	struct writer w;

	for (size_t i = 0; i < chain->count; i++)
		room += cert_der(chain->certs[i]).len;
	*der = malloc(room);
	if (*der == NULL)
		return FAIL(err, NO_MEMORY);
	w = writer_make(*der, room, &own);
	write(&w, chain);
	*len = w.len;
	if (writer_ok(&w))
		return true;
	free(*der);
	return error_pass(err, &own);
}
