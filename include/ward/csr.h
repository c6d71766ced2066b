/*
 * Certificate requests: PKCS#10 (RFC 2986), with what they ask for as extensions (RFC 2985, 5.4.2).
 *
 * A request is immutable and reference-counted: any thread may use it, and each reference is given
 * back with ward_csr_free. What it asks for is a wish: only ward_csr_verify shows that whoever made
 * it holds the key, and nothing shows that the names are theirs.
 */
#ifndef WARD_CSR_H
#define WARD_CSR_H

#include <ward/x509.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ward_csr;

/*
 * One request in DER, or the first of PEM text (text around it is skipped); the bytes are copied.
 * NULL with CSR_MALFORMED, or NO_REQUEST_IN_FILE where PEM holds none. Its signature is not
 * checked here.
 */
WARD_API struct ward_csr *ward_csr_parse(const void *bytes, size_t len, struct ward_error *err);
WARD_API struct ward_csr *ward_csr_ref(struct ward_csr *csr);
WARD_API void ward_csr_free(struct ward_csr *csr);

WARD_API const uint8_t *ward_csr_der(const struct ward_csr *csr, size_t *len);
/* PEM text with a zero at its end; free() it. NULL: no memory. */
WARD_API char *ward_csr_pem(const struct ward_csr *csr);
/* The name in the form of RFC 4514, hostile bytes escaped; cut to fit. Returns buf. */
WARD_API char *ward_csr_subject(const struct ward_csr *csr, char *buf, size_t size);
/* The subjectAltNames that it asks for, as ward_cert_san tells those of a certificate. */
WARD_API size_t ward_csr_san_count(const struct ward_csr *csr);
WARD_API int ward_csr_san(const struct ward_csr *csr, size_t i, char *buf, size_t size);
WARD_API int ward_csr_san_next(const struct ward_csr *csr, size_t *at, char *buf, size_t size);
/* "RSA", "P-256", "Ed25519"…; and the size of the key. */
WARD_API const char *ward_csr_key_type(const struct ward_csr *csr);
WARD_API unsigned int ward_csr_key_bits(const struct ward_csr *csr);
/* "ecdsa-with-SHA256", or a dotted OID; static or the request's own. */
WARD_API const char *ward_csr_signature_name(const struct ward_csr *csr);
/* SHA-256 of its SubjectPublicKeyInfo. */
WARD_API void ward_csr_spki_hash(const struct ward_csr *csr, uint8_t out[32]);

/*
 * Proof of possession: whether the request is signed by the key that is in it. CSR_BAD_SIGNATURE
 * if not; KEY_UNSUPPORTED, BAD_KEY or SIGNATURE_UNSUPPORTED where that cannot be told.
 */
WARD_API WARD_MUST_USE bool ward_csr_verify(const struct ward_csr *csr, struct ward_error *err);
WARD_API bool ward_key_matches_csr(const struct ward_key *key, const struct ward_csr *csr);

/*
 * Sets subject_der and names of a spec to what the request asks for; both live as long as the
 * request does. CSR_NAME if it asks for a name of a kind or form that ward does not issue, which
 * leaves the spec as it was. Nothing else that it asks for is taken.
 */
WARD_API WARD_MUST_USE bool ward_csr_copy_names(const struct ward_csr *csr,
						struct ward_cert_spec *spec,
						struct ward_error *err);

/*
 * A request for the public half of the key, signed by it. Of the spec count the subject, the names
 * and the extensions; times, serial number, path length and URLs are the issuer's. Neither a
 * subject nor names is BAD_ARGUMENT.
 */
WARD_API struct ward_csr *ward_csr_make(const struct ward_cert_spec *spec,
					const struct ward_key *key, struct ward_error *err);

/*
 * As ward_cert_make with the request's public key. The request is verified first; fails as
 * ward_csr_verify does, and with CERT_WEAK_KEY for a key that nobody would accept. What the
 * certificate says comes from the spec alone. The issuer is never NULL.
 */
WARD_API struct ward_cert *ward_cert_make_for_csr(const struct ward_cert_spec *spec,
						  const struct ward_csr *csr,
						  const struct ward_cert *issuer,
						  const struct ward_key *issuer_key,
						  struct ward_error *err);

#ifdef __cplusplus
}
#endif

#endif
