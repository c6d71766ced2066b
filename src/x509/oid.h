/*
 * The object identifiers that certificates carry, and their names.
 */
#ifndef X509_OID_H
#define X509_OID_H

#include "base/span.h"

/* The name that people know an OID by ("serverAuth", "CN"), or NULL. Static text. */
const char *oid_name(struct span oid);
/* The same, or the dotted form, cut to fit. Returns buf. */
char *oid_text(struct span oid, char *buf, size_t size);

enum { OID_TEXT_MAX = 64 };
/* The encoded form of a name ("serverAuth") or of the dotted form; false if it is neither. */
bool oid_parse(const char *text, uint8_t buf[OID_TEXT_MAX], size_t *len);

/* The encoded form of those that the code asks for by name. */
#define OID(bytes) SPAN_LITERAL(bytes)

#define OID_COMMON_NAME OID("\x55\x04\x03")
#define OID_ORGANIZATION OID("\x55\x04\x0a")
#define OID_SUBJECT_ALT_NAME OID("\x55\x1d\x11")
#define OID_UTF8_MAILBOX OID("\x2b\x06\x01\x05\x05\x07\x08\x09")
#define OID_EMAIL_ADDRESS OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")

#define OID_EXTENSION_REQUEST OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e")
#define OID_MS_EXTENSION_REQUEST OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0e")
#define OID_CHALLENGE_PASSWORD OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07")

#define OID_RSA_ENCRYPTION OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")
#define OID_MGF1 OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08")
#define OID_RSA_PSS OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")
#define OID_RSA_SHA256 OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b")
#define OID_RSA_SHA384 OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c")
#define OID_RSA_SHA512 OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d")
#define OID_RSA_SHA1 OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05")
#define OID_RSA_MD5 OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04")
#define OID_RSA_MD2 OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02")
#define OID_ECDSA_SHA1 OID("\x2a\x86\x48\xce\x3d\x04\x01")
#define OID_ECDSA_SHA256 OID("\x2a\x86\x48\xce\x3d\x04\x03\x02")
#define OID_ECDSA_SHA384 OID("\x2a\x86\x48\xce\x3d\x04\x03\x03")
#define OID_ECDSA_SHA512 OID("\x2a\x86\x48\xce\x3d\x04\x03\x04")
#define OID_DSA_SHA1 OID("\x2a\x86\x48\xce\x38\x04\x03")
#define OID_ED25519 OID("\x2b\x65\x70")

#define OID_EC_PUBLIC_KEY OID("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_P192 OID("\x2a\x86\x48\xce\x3d\x03\x01\x01")
#define OID_P224 OID("\x2b\x81\x04\x00\x21")
#define OID_P256 OID("\x2a\x86\x48\xce\x3d\x03\x01\x07")
#define OID_P384 OID("\x2b\x81\x04\x00\x22")
#define OID_P521 OID("\x2b\x81\x04\x00\x23")
#define OID_DSA OID("\x2a\x86\x48\xce\x38\x04\x01")

#define OID_SHA1 OID("\x2b\x0e\x03\x02\x1a")
#define OID_SHA256 OID("\x60\x86\x48\x01\x65\x03\x04\x02\x01")
#define OID_SHA384 OID("\x60\x86\x48\x01\x65\x03\x04\x02\x02")
#define OID_SHA512 OID("\x60\x86\x48\x01\x65\x03\x04\x02\x03")

#define OID_SERVER_AUTH OID("\x2b\x06\x01\x05\x05\x07\x03\x01")
#define OID_CLIENT_AUTH OID("\x2b\x06\x01\x05\x05\x07\x03\x02")
#define OID_AD_OCSP OID("\x2b\x06\x01\x05\x05\x07\x30\x01")
#define OID_AD_CA_ISSUERS OID("\x2b\x06\x01\x05\x05\x07\x30\x02")
#define OID_QUALIFIER_CPS OID("\x2b\x06\x01\x05\x05\x07\x02\x01")
#define OID_QUALIFIER_NOTICE OID("\x2b\x06\x01\x05\x05\x07\x02\x02")
#define OID_ANY_EXT_KEY_USAGE OID("\x55\x1d\x25\x00")
#define OID_ANY_POLICY OID("\x55\x1d\x20\x00")
#define OID_CA_ISSUERS OID("\x2b\x06\x01\x05\x05\x07\x30\x02")

#endif
