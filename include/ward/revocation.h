/*
 * Revocation: CRLs (RFC 5280, section 5) and OCSP (RFC 6960; nonces as in RFC 9654).
 *
 * What is read is judged by ward_verify, which is given it in struct ward_verify_params; what is
 * here reads, shows, makes and checks it by itself. Lists, requests and responses are immutable and
 * reference-counted: any thread may use them, and each reference is given back with the matching
 * _free. Bytes that are handed out live as long as the object they come from. Times are seconds
 * since 1970, UTC; WARD_NO_TIME stands where there is none.
 */
#ifndef WARD_REVOCATION_H
#define WARD_REVOCATION_H

#include <ward/x509.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WARD_NO_TIME INT64_MIN

/* Why a certificate was revoked (RFC 5280, 5.3.1); the numbers are those of CRLReason. */
enum ward_revoked_because {
	WARD_REVOKED_UNSPECIFIED = 0, /* also where no reason is given */
	WARD_REVOKED_KEY_COMPROMISE = 1,
	WARD_REVOKED_CA_COMPROMISE = 2,
	WARD_REVOKED_AFFILIATION_CHANGED = 3,
	WARD_REVOKED_SUPERSEDED = 4,
	WARD_REVOKED_CESSATION_OF_OPERATION = 5,
	WARD_REVOKED_CERTIFICATE_HOLD = 6,
	WARD_REVOKED_REMOVE_FROM_CRL = 8, /* in delta CRLs: it is not revoked any more */
	WARD_REVOKED_PRIVILEGE_WITHDRAWN = 9,
	WARD_REVOKED_AA_COMPROMISE = 10,
};
/* "keyCompromise"; NULL for a number that is none. */
WARD_API const char *ward_revocation_reason_name(int reason);
/* The number of such a name, in whatever case; -1 if it is none. */
WARD_API int ward_revocation_reason_parse(const char *name);

/* A certificate that is revoked: on a list, or to be put on one. */
struct ward_revoked {
	const uint8_t *serial; /* content of the INTEGER, big-endian, sign byte kept */
	size_t serial_len;
	int64_t time;    /* since when */
	int reason;      /* enum ward_revoked_because */
	int64_t invalid; /* since when it is thought to have been invalid, or WARD_NO_TIME */
};

/* ---- CRLs ---- */

/*
 * Reads one CRL in PEM or DER; the bytes are copied. NULL with err set: NO_CRL_IN_FILE,
 * CRL_MALFORMED, NO_MEMORY. Memory is 12 to 16 bytes an entry beside the bytes themselves.
 */
WARD_API struct ward_crl *ward_crl_parse(const void *bytes, size_t len, struct ward_error *err);
WARD_API struct ward_crl *ward_crl_ref(struct ward_crl *crl);
WARD_API void ward_crl_free(struct ward_crl *crl);

WARD_API const uint8_t *ward_crl_der(const struct ward_crl *crl, size_t *len);
/* PEM text with a zero at its end; free() it. NULL: no memory. */
WARD_API char *ward_crl_pem(const struct ward_crl *crl);
/* In the form of RFC 4514, hostile bytes escaped; cut to fit. Returns buf. */
WARD_API char *ward_crl_issuer(const struct ward_crl *crl, char *buf, size_t size);
/* cRLNumber in lower-case hex, "" where there is none; cut to fit. Returns buf. */
WARD_API char *ward_crl_number(const struct ward_crl *crl, char *buf, size_t size);
WARD_API int64_t ward_crl_this_update(const struct ward_crl *crl);
/* WARD_NO_TIME where the list does not say. */
WARD_API int64_t ward_crl_next_update(const struct ward_crl *crl);
/* Whether it tells only what has changed since an earlier list (5.2.4). */
WARD_API bool ward_crl_is_delta(const struct ward_crl *crl);
/* As ward_cert_signature_name. */
WARD_API const char *ward_crl_signature_name(const struct ward_crl *crl);

WARD_API size_t ward_crl_revoked_count(const struct ward_crl *crl);
/* The i-th entry in the order of the list; false past the end. */
WARD_API bool ward_crl_revoked(const struct ward_crl *crl, size_t i, struct ward_revoked *entry);
/*
 * Whether the serial number of the certificate is on the list, and with what, if `entry` is not
 * NULL. Costs the same for short lists and long ones. What the list is worth is not asked:
 * ward_crl_check does.
 */
WARD_API bool ward_crl_find(const struct ward_crl *crl, const struct ward_cert *cert,
			    struct ward_revoked *entry);

/*
 * Whether the list is one by this issuer that counts at this time: name and signature, cRLSign,
 * thisUpdate and nextUpdate, no critical extension that is not known, not indirect. Else false with
 * CRL_ISSUER, CRL_BAD_SIGNATURE, CRL_NOT_YET_VALID, CRL_EXPIRED or CRL_UNSUPPORTED. The issuer
 * itself must have been verified. A signature that was found right is remembered with the list.
 */
WARD_API WARD_MUST_USE bool ward_crl_check(struct ward_crl *crl, struct ward_cert *issuer,
					   int64_t time, struct ward_error *err);

struct ward_crl_spec {
	const struct ward_revoked *revoked;
	size_t revoked_count;
	int64_t this_update, next_update;
	uint64_t number; /* cRLNumber: greater than that of the list before */
};
/* A complete list (version 2) signed by the issuer. NULL with err set. */
WARD_API struct ward_crl *ward_crl_make(const struct ward_crl_spec *spec,
					const struct ward_cert *issuer,
					const struct ward_key *issuer_key, struct ward_error *err);

/* ---- OCSP ---- */

/* The hash that a request names the issuer with: an identifier alone, SHA-1 as good as any. */
enum ward_ocsp_hash {
	WARD_OCSP_SHA1 = 1, /* what every responder understands */
	WARD_OCSP_SHA256,
};

#define WARD_OCSP_NONCE_MAX 128

/* A request for the status of certificates (RFC 6960, 4.1). */
struct ward_ocsp_request;

/*
 * Asks for one certificate. nonce_len is 0, or 32 as RFC 9654 asks of clients, at most
 * WARD_OCSP_NONCE_MAX. NULL with err set. The request is not signed.
 */
WARD_API struct ward_ocsp_request *ward_ocsp_request_make(const struct ward_cert *cert,
							  const struct ward_cert *issuer,
							  enum ward_ocsp_hash hash,
							  size_t nonce_len, struct ward_error *err);
/* Reads one in DER. OCSP_MALFORMED; a signature that a client has put below it is not looked at. */
WARD_API struct ward_ocsp_request *ward_ocsp_request_parse(const void *der, size_t len,
							   struct ward_error *err);
WARD_API struct ward_ocsp_request *ward_ocsp_request_ref(struct ward_ocsp_request *request);
WARD_API void ward_ocsp_request_free(struct ward_ocsp_request *request);
WARD_API const uint8_t *ward_ocsp_request_der(const struct ward_ocsp_request *request, size_t *len);
/* How many certificates it asks for: at least 1. */
WARD_API size_t ward_ocsp_request_count(const struct ward_ocsp_request *request);
/* The serial number of the i-th, as in struct ward_revoked; NULL past the end. */
WARD_API const uint8_t *ward_ocsp_request_serial(const struct ward_ocsp_request *request, size_t i,
						 size_t *len);
/* Whether the i-th names this CA as the issuer. */
WARD_API bool ward_ocsp_request_is_for(const struct ward_ocsp_request *request, size_t i,
				       const struct ward_cert *issuer);
/* NULL with *len 0 where there is none. */
WARD_API const uint8_t *ward_ocsp_request_nonce(const struct ward_ocsp_request *request,
						size_t *len);

/* What a responder says of one certificate. */
enum ward_ocsp_status {
	WARD_OCSP_GOOD = 0,
	WARD_OCSP_REVOKED = 1,
	WARD_OCSP_UNKNOWN = 2,
};

/* What it says of the request as a whole (4.2.1); the numbers are those of OCSPResponseStatus. */
enum ward_ocsp_result {
	WARD_OCSP_SUCCESSFUL = 0,
	WARD_OCSP_MALFORMED_REQUEST = 1,
	WARD_OCSP_INTERNAL_ERROR = 2,
	WARD_OCSP_TRY_LATER = 3,
	WARD_OCSP_SIG_REQUIRED = 5,
	WARD_OCSP_UNAUTHORIZED = 6,
};
WARD_API const char *ward_ocsp_result_name(int result); /* "tryLater"; NULL for none */

struct ward_ocsp_single {
	enum ward_ocsp_status status;
	struct ward_revoked revoked; /* serial always; the rest where it is revoked */
	int64_t this_update;
	int64_t next_update; /* WARD_NO_TIME where newer information is there at all times */
};

struct ward_ocsp_response;

/*
 * Reads one in DER; the bytes are copied. NULL with OCSP_MALFORMED. A response that is an error is
 * read as well: it has a result and no more.
 */
WARD_API struct ward_ocsp_response *ward_ocsp_response_parse(const void *der, size_t len,
							     struct ward_error *err);
WARD_API struct ward_ocsp_response *ward_ocsp_response_ref(struct ward_ocsp_response *response);
WARD_API void ward_ocsp_response_free(struct ward_ocsp_response *response);
WARD_API const uint8_t *ward_ocsp_response_der(const struct ward_ocsp_response *response,
					       size_t *len);
WARD_API enum ward_ocsp_result ward_ocsp_response_result(const struct ward_ocsp_response *response);
WARD_API int64_t ward_ocsp_response_produced_at(const struct ward_ocsp_response *response);
/* The responder's name (RFC 4514), or the hash of its key in hex; cut to fit. Returns buf. */
WARD_API char *ward_ocsp_response_responder(const struct ward_ocsp_response *response, char *buf,
					    size_t size);
WARD_API const char *ward_ocsp_response_signature_name(const struct ward_ocsp_response *response);
WARD_API size_t ward_ocsp_response_count(const struct ward_ocsp_response *response);
/* The i-th status; false past the end. */
WARD_API bool ward_ocsp_response_single(const struct ward_ocsp_response *response, size_t i,
					struct ward_ocsp_single *single);
WARD_API const uint8_t *ward_ocsp_response_nonce(const struct ward_ocsp_response *response,
						 size_t *len);

/*
 * Whether the response is good for this certificate at this time, and says that it is good: signed
 * by the issuer or by whom the issuer has given that right (id-kp-OCSPSigning), about this
 * certificate, and fresh (a minute of skew is let pass). Else false with OCSP_REVOKED, OCSP_UNKNOWN
 * or what is wrong with it: OCSP_FAILED, OCSP_MALFORMED, OCSP_OTHER_CERT, OCSP_RESPONDER,
 * OCSP_BAD_SIGNATURE, OCSP_NOT_YET_VALID, OCSP_EXPIRED, OCSP_NONCE. `single` (may be NULL) is set
 * when the response is about the certificate and what it says is proved. `request` may be NULL;
 * where it has a nonce, the response must have the same one, or none. The issuer itself must have
 * been verified.
 */
WARD_API WARD_MUST_USE bool ward_ocsp_response_check(const struct ward_ocsp_response *response,
						     const struct ward_ocsp_request *request,
						     const struct ward_cert *cert,
						     struct ward_cert *issuer, int64_t time,
						     struct ward_ocsp_single *single,
						     struct ward_error *err);

/*
 * Answers a request. `answers` has one for each certificate that is asked for, in the same order;
 * the serial in each is not looked at. It is signed by `signer`, which is the issuer itself or a
 * responder whose certificate goes along, with its key; the responder is named by its key. The
 * request's nonce is given back. NULL with err set.
 */
WARD_API struct ward_ocsp_response *ward_ocsp_response_make(
	const struct ward_ocsp_request *request, const struct ward_ocsp_single *answers,
	size_t count, int64_t produced_at, const struct ward_cert *issuer,
	const struct ward_cert *signer, const struct ward_key *signer_key, struct ward_error *err);
/* A response that is an error: any result but WARD_OCSP_SUCCESSFUL. It is not signed. */
WARD_API struct ward_ocsp_response *ward_ocsp_response_make_error(enum ward_ocsp_result result,
								  struct ward_error *err);

#ifdef __cplusplus
}
#endif

#endif
