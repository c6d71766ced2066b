/*
 * PKCS#7 as a bag of certificates (RFC 2315, 9.1; RFC 5652, 5.1: "certs-only").
 */
#ifndef X509_PKCS7_H
#define X509_PKCS7_H

#include "x509/x509.h"

/* Whether bytes are a ContentInfo of signedData. */
bool pkcs7_detect(struct span der);
/* Appends its certificates in their order; NO_CERTIFICATE_IN_FILE if it has none, BAD_DER. */
bool pkcs7_read(struct span der, struct ward_chain *chain, struct ward_error *err);
/* In DER; free() *der. */
bool pkcs7_write(const struct ward_chain *chain, uint8_t **der, size_t *len,
		 struct ward_error *err);

#endif
