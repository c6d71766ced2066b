/*
 * Names of object identifiers (RFC 4514 section 3 and RFC 4519 for attributes, RFC 5280 and RFC 8410
 * for the rest). They serve texts alone: nothing is decided by them.
 */
#include "x509/oid.h"

#include <stdio.h>

#include "wire/der.h"

struct oid_row {
	struct span oid;
	const char *name;
};

#define ROW(bytes, name)                                                                           \
	{                                                                                          \
		{ (const uint8_t *)(bytes), sizeof(bytes) - 1 }, name                              \
	}

static const struct oid_row rows[] = {
	/* attributes of names */
	ROW("\x55\x04\x03", "CN"),
	ROW("\x55\x04\x04", "SN"),
	ROW("\x55\x04\x05", "serialNumber"),
	ROW("\x55\x04\x06", "C"),
	ROW("\x55\x04\x07", "L"),
	ROW("\x55\x04\x08", "ST"),
	ROW("\x55\x04\x09", "STREET"),
	ROW("\x55\x04\x0a", "O"),
	ROW("\x55\x04\x0b", "OU"),
	ROW("\x55\x04\x0c", "title"),
	ROW("\x55\x04\x0f", "businessCategory"),
	ROW("\x55\x04\x11", "postalCode"),
	ROW("\x55\x04\x2a", "GN"),
	ROW("\x55\x04\x2b", "initials"),
	ROW("\x55\x04\x2c", "generationQualifier"),
	ROW("\x55\x04\x2e", "dnQualifier"),
	ROW("\x55\x04\x41", "pseudonym"),
	ROW("\x55\x04\x61", "organizationIdentifier"),
	ROW("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "UID"),
	ROW("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "DC"),
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "emailAddress"),
	ROW("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01", "jurisdictionL"),
	ROW("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02", "jurisdictionST"),
	ROW("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03", "jurisdictionC"),

	/* signatures */
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", "md2WithRSAEncryption"),
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", "md5WithRSAEncryption"),
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "sha1WithRSAEncryption"),
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "RSASSA-PSS"),
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "sha256WithRSAEncryption"),
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", "sha384WithRSAEncryption"),
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", "sha512WithRSAEncryption"),
	ROW("\x2a\x86\x48\xce\x3d\x04\x01", "ecdsa-with-SHA1"),
	ROW("\x2a\x86\x48\xce\x3d\x04\x03\x01", "ecdsa-with-SHA224"),
	ROW("\x2a\x86\x48\xce\x3d\x04\x03\x02", "ecdsa-with-SHA256"),
	ROW("\x2a\x86\x48\xce\x3d\x04\x03\x03", "ecdsa-with-SHA384"),
	ROW("\x2a\x86\x48\xce\x3d\x04\x03\x04", "ecdsa-with-SHA512"),
	ROW("\x2a\x86\x48\xce\x38\x04\x03", "dsa-with-SHA1"),
	ROW("\x60\x86\x48\x01\x65\x03\x04\x03\x02", "dsa-with-SHA256"),
	ROW("\x2b\x65\x70", "Ed25519"),
	ROW("\x2b\x65\x71", "Ed448"),
	ROW("\x60\x86\x48\x01\x65\x03\x04\x03\x11", "ML-DSA-44"),
	ROW("\x60\x86\x48\x01\x65\x03\x04\x03\x12", "ML-DSA-65"),
	ROW("\x60\x86\x48\x01\x65\x03\x04\x03\x13", "ML-DSA-87"),

	/* keys */
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", "RSA"),
	ROW("\x2a\x86\x48\xce\x3d\x02\x01", "EC"),
	ROW("\x2a\x86\x48\xce\x3d\x03\x01\x01", "P-192"),
	ROW("\x2b\x81\x04\x00\x21", "P-224"),
	ROW("\x2a\x86\x48\xce\x3d\x03\x01\x07", "P-256"),
	ROW("\x2b\x81\x04\x00\x0a", "secp256k1"),
	ROW("\x2b\x81\x04\x00\x22", "P-384"),
	ROW("\x2b\x81\x04\x00\x23", "P-521"),
	ROW("\x2b\x24\x03\x03\x02\x08\x01\x01\x07", "brainpoolP256r1"),
	ROW("\x2b\x24\x03\x03\x02\x08\x01\x01\x0b", "brainpoolP384r1"),
	ROW("\x2b\x24\x03\x03\x02\x08\x01\x01\x0d", "brainpoolP512r1"),
	ROW("\x2a\x86\x48\xce\x38\x04\x01", "DSA"),
	ROW("\x2b\x65\x6e", "X25519"),
	ROW("\x2b\x65\x6f", "X448"),

	/* extensions */
	ROW("\x55\x1d\x09", "subjectDirectoryAttributes"),
	ROW("\x55\x1d\x0e", "subjectKeyIdentifier"),
	ROW("\x55\x1d\x0f", "keyUsage"),
	ROW("\x55\x1d\x10", "privateKeyUsagePeriod"),
	ROW("\x55\x1d\x11", "subjectAltName"),
	ROW("\x55\x1d\x12", "issuerAltName"),
	ROW("\x55\x1d\x13", "basicConstraints"),
	ROW("\x55\x1d\x1e", "nameConstraints"),
	ROW("\x55\x1d\x1f", "cRLDistributionPoints"),
	ROW("\x55\x1d\x20", "certificatePolicies"),
	ROW("\x55\x1d\x21", "policyMappings"),
	ROW("\x55\x1d\x23", "authorityKeyIdentifier"),
	ROW("\x55\x1d\x24", "policyConstraints"),
	ROW("\x55\x1d\x25", "extKeyUsage"),
	ROW("\x55\x1d\x2e", "freshestCRL"),
	ROW("\x55\x1d\x36", "inhibitAnyPolicy"),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x01", "authorityInfoAccess"),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x03", "qcStatements"),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x0b", "subjectInfoAccess"),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x18", "tlsFeature"),
	ROW("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02", "signedCertificateTimestampList"),
	ROW("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03", "ctPoison"),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x01", "netscapeCertType"),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x0d", "netscapeComment"),

	/* purposes */
	ROW("\x55\x1d\x25\x00", "anyExtendedKeyUsage"),
	ROW("\x2b\x06\x01\x05\x05\x07\x03\x01", "serverAuth"),
	ROW("\x2b\x06\x01\x05\x05\x07\x03\x02", "clientAuth"),
	ROW("\x2b\x06\x01\x05\x05\x07\x03\x03", "codeSigning"),
	ROW("\x2b\x06\x01\x05\x05\x07\x03\x04", "emailProtection"),
	ROW("\x2b\x06\x01\x05\x05\x07\x03\x08", "timeStamping"),
	ROW("\x2b\x06\x01\x05\x05\x07\x03\x09", "OCSPSigning"),

	/* where more is to be had (4.2.2) */
	ROW("\x2b\x06\x01\x05\x05\x07\x30\x01", "ocsp"),
	ROW("\x2b\x06\x01\x05\x05\x07\x30\x02", "caIssuers"),
	ROW("\x2b\x06\x01\x05\x05\x07\x30\x03", "timeStampingService"),
	ROW("\x2b\x06\x01\x05\x05\x07\x30\x05", "caRepository"),

	/* policies: RFC 5280, the CA/Browser Forum */
	ROW("\x55\x1d\x20\x00", "anyPolicy"),
	ROW("\x67\x81\x0c\x01\x01", "extended-validated"),
	ROW("\x67\x81\x0c\x01\x02\x01", "domain-validated"),
	ROW("\x67\x81\x0c\x01\x02\x02", "organization-validated"),
	ROW("\x67\x81\x0c\x01\x02\x03", "individual-validated"),

	/* statements of qualified certificates (ETSI EN 319 412-5) */
	ROW("\x04\x00\x8e\x46\x01\x01", "QcCompliance"),
	ROW("\x04\x00\x8e\x46\x01\x02", "QcLimitValue"),
	ROW("\x04\x00\x8e\x46\x01\x03", "QcRetentionPeriod"),
	ROW("\x04\x00\x8e\x46\x01\x04", "QcSSCD"),
	ROW("\x04\x00\x8e\x46\x01\x05", "QcPDS"),
	ROW("\x04\x00\x8e\x46\x01\x06", "QcType"),
};

const char *oid_name(struct span oid)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_equal(rows[i].oid, oid))
			return rows[i].name;
	return NULL;
}

char *oid_text(struct span oid, char *buf, size_t size)
{
	const char *name = oid_name(oid);

	if (name == NULL)
		return der_oid_text(oid, buf, size);
	snprintf(buf, size, "%s", name);
	return buf;
}
