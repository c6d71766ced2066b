/*
 * Parsed OCSP messages, for the files of this floor.
 *
 * Immutable once made. All spans look into the message's own copy of its DER.
 */
#ifndef X509_OCSP_H
#define X509_OCSP_H

#include <ward/revocation.h>

#include "x509/effort.h"

enum {
	OCSP_REQUEST_MAX_LEN = 1 << 16,
	OCSP_RESPONSE_MAX_LEN = 1 << 20,
	OCSP_SKEW = 60,       /* seconds that clocks may differ by */
	OCSP_AGE_MAX = 86400, /* of a response that does not say when the next one comes */
};

/* Whom a request or an answer is about (RFC 6960, 4.1.1). */
struct ocsp_cert_id {
	struct span whole;    /* with its header */
	enum digest_alg hash; /* DIGEST_NONE: one that is not known */
	struct span name_hash, key_hash;
	struct span serial; /* INTEGER content, sign byte included */
};

/* Takes a CertID; errors go to r->err. */
struct ocsp_cert_id ocsp_cert_id_read(struct reader *r);
/* Whether it names this CA as the issuer. */
bool ocsp_cert_id_is_for(const struct ocsp_cert_id *id, const struct ward_cert *issuer);
void ocsp_cert_id_write(struct writer *w, enum digest_alg hash, const struct ward_cert *issuer,
			struct span serial);

/* What counts of the extensions of a message. */
struct ocsp_extensions {
	struct span nonce;            /* data is NULL where there is none */
	struct span unknown_critical; /* OID of the first critical one that is not known */
};
/* Reads [tag] EXPLICIT Extensions OPTIONAL; errors go to r->err. */
void ocsp_extensions_read(struct reader *r, int tag, struct ocsp_extensions *e);
/* The Nonce as an extension of a list (RFC 9654, 2.1). */
void ocsp_nonce_write(struct writer *w, struct span nonce);

struct ward_ocsp_request {
	atomic_uint refs;
	struct span der;
	struct span list; /* Request elements, one behind the other */
	size_t count;
	struct ocsp_extensions ext;
	uint8_t bytes[];
};

/* The i-th, which is there. */
struct ocsp_cert_id ocsp_request_cert_id(const struct ward_ocsp_request *request, size_t i);

struct ward_ocsp_response {
	atomic_uint refs;
	struct span der;
	enum ward_ocsp_result result;

	/* The rest is empty unless the result is WARD_OCSP_SUCCESSFUL. */
	struct span tbs;             /* ResponseData with its header: what is signed */
	struct span by_name, by_key; /* one of the two; the Name with its header */
	int64_t produced_at;
	struct span list; /* SingleResponse elements, one behind the other */
	size_t count;
	struct ocsp_extensions ext;
	struct signature_id signed_with;
	char dotted[64];
	struct span signature;
	struct span certs; /* Certificate elements, one behind the other */
	uint8_t bytes[];
};

/* One answer, as views. */
struct ocsp_single {
	struct ocsp_cert_id id;
	struct ward_ocsp_single told;
	struct span unknown_critical;
};
/* Takes the next SingleResponse; errors go to r->err. */
struct ocsp_single ocsp_single_read(struct reader *r);

/* ---- what a response is worth (ocsp_check.c) ---- */

/*
 * Finds who has signed the response, which is successful, and proves that he may: *delegate is the certificate that the
 * issuer has made for him (to be given back), or NULL where it is the issuer himself. Each
 * signature that is checked counts; CERT_LIMIT when no effort is left.
 */
bool ocsp_is_signed(const struct ward_ocsp_response *response, struct ward_cert *issuer,
		    int64_t time, struct effort *effort, struct ward_cert **delegate,
		    struct ward_error *err);
/* The answer for this certificate, if there is one, and fresh at this time; the status is not judged. */
bool ocsp_find_answer(const struct ward_ocsp_response *response, const struct ward_cert *cert,
		      const struct ward_cert *issuer, int64_t time, struct ward_ocsp_single *single,
		      struct ward_error *err);
/* OCSP_NOT_YET_VALID or OCSP_EXPIRED unless the answer counts at this time. */
bool ocsp_is_fresh(const struct ward_ocsp_single *single, int64_t time, struct ward_error *err);
/* OCSP_REVOKED or OCSP_UNKNOWN unless the answer is good. */
bool ocsp_is_good(const struct ward_cert *cert, const struct ward_ocsp_single *single,
		  struct ward_error *err);
/* Whether a responder's certificate need not be checked for revocation (4.2.2.2.1). */
bool ocsp_need_not_check(const struct ward_cert *responder);

#endif
