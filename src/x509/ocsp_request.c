/*
 * OCSP requests: making one, reading those of others (RFC 6960, 4.1).
 */
#include <stdlib.h>

#include "x509/ocsp.h"
#include "x509/oid.h"

enum { NOT_CERT_ID_MAX = 512 }; /* what a request of ours is beside names and numbers */

/* ---- reading ---- */

/* Request ::= SEQUENCE { reqCert CertID, singleRequestExtensions [0] EXPLICIT OPTIONAL } */
static struct ocsp_cert_id read_request(struct reader *list, struct ocsp_extensions *e)
{
	struct reader r = der_open(list, DER_SEQUENCE);
	struct ocsp_cert_id id = ocsp_cert_id_read(&r);

	ocsp_extensions_read(&r, DER_CONTEXT_CONS(0), e);
	reader_close(&r);
	return id;
}

/* version [0] EXPLICIT DEFAULT v1, requestorName [1] EXPLICIT OPTIONAL: who asks is not heeded */
static void skip_head(struct reader *tbs)
{
	struct span requestor;

	if (der_peek(tbs) == DER_CONTEXT_CONS(0)) {
		struct reader version = der_open(tbs, DER_CONTEXT_CONS(0));

		der_small(&version, 0);
		reader_close(&version);
	}
	der_optional(tbs, DER_CONTEXT_CONS(1), &requestor);
}

static void parse_tbs(struct reader *tbs, struct ward_ocsp_request *q)
{
	struct ocsp_extensions single = { .nonce = SPAN_EMPTY };
	struct reader list;

	skip_head(tbs);
	list = der_open(tbs, DER_SEQUENCE);
	q->list = span_make(list.pos, reader_left(&list));
	if (reader_left(&list) == 0)
		FAILF(list.err, BAD_VALUE, "nothing is asked for");
	while (reader_more(&list)) {
		read_request(&list, &single);
		q->count++;
	}
	ocsp_extensions_read(tbs, DER_CONTEXT_CONS(2), &q->ext);
	reader_close(tbs);
	if (q->ext.unknown_critical.data == NULL)
		q->ext.unknown_critical = single.unknown_critical;
}

static bool parse(struct ward_ocsp_request *q, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(q->der, &own);
	struct reader request = der_open(&r, DER_SEQUENCE);
	struct reader tbs = der_open(&request, DER_SEQUENCE);
	struct span signature;
	char oid[64];

	parse_tbs(&tbs, q);
	der_optional(&request, DER_CONTEXT_CONS(0), &signature);
	reader_close(&request);
	if (!reader_close(&r))
		return FAILF(err, OCSP_MALFORMED, "request: %s%s%s", ward_reason_text(own.reason),
			     own.detail[0] == '\0' ? "" : ": ", own.detail);
	if (q->ext.unknown_critical.data != NULL)
		return FAILF(err, OCSP_MALFORMED, "request: a critical extension: %s",
			     oid_text(q->ext.unknown_critical, oid, sizeof(oid)));
	return true;
}

struct ward_ocsp_request *ward_ocsp_request_parse(const void *der, size_t len,
						  struct ward_error *err)
{
	struct ward_ocsp_request *q;

	if (len > OCSP_REQUEST_MAX_LEN) {
		FAILF(err, OCSP_MALFORMED, "request: %zu bytes, %d at most", len,
		      OCSP_REQUEST_MAX_LEN);
		return NULL;
	}
	q = calloc(1, sizeof(*q) + len);
	if (q == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&q->refs, 1);
	bytes_copy(q->bytes, der, len);
	q->der = span_make(q->bytes, len);
	if (parse(q, err))
		return q;
	free(q);
	return NULL;
}

struct ward_ocsp_request *ward_ocsp_request_ref(struct ward_ocsp_request *request)
{
	atomic_fetch_add_explicit(&request->refs, 1, memory_order_relaxed);
	return request;
}

void ward_ocsp_request_free(struct ward_ocsp_request *request)
{
	if (request == NULL ||
	    atomic_fetch_sub_explicit(&request->refs, 1, memory_order_acq_rel) != 1)
		return;
	free(request);
}

/* ---- what it asks for ---- */

const uint8_t *ward_ocsp_request_der(const struct ward_ocsp_request *request, size_t *len)
{
	*len = request->der.len;
	return request->der.data;
}

size_t ward_ocsp_request_count(const struct ward_ocsp_request *request)
{
	return request->count;
}

struct ocsp_cert_id ocsp_request_cert_id(const struct ward_ocsp_request *request, size_t i)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(request->list, &own);
	struct ocsp_extensions e = { .nonce = SPAN_EMPTY };

	for (size_t before = 0; before < i; before++)
		der_element(&list, DER_SEQUENCE);
	return read_request(&list, &e);
}

const uint8_t *ward_ocsp_request_serial(const struct ward_ocsp_request *request, size_t i,
					size_t *len)
{
	struct ocsp_cert_id id = { .serial = SPAN_EMPTY };

	if (i < request->count)
		id = ocsp_request_cert_id(request, i);
	*len = id.serial.len;
	return id.serial.data;
}

bool ward_ocsp_request_is_for(const struct ward_ocsp_request *request, size_t i,
			      const struct ward_cert *issuer)
{
	struct ocsp_cert_id id;

	if (i >= request->count || !crypto_init(NULL))
		return false;
	id = ocsp_request_cert_id(request, i);
	return ocsp_cert_id_is_for(&id, issuer);
}

const uint8_t *ward_ocsp_request_nonce(const struct ward_ocsp_request *request, size_t *len)
{
	*len = request->ext.nonce.len;
	return request->ext.nonce.data;
}

/* ---- making ---- */

static void write_request(struct writer *w, const struct ward_cert *cert,
			  const struct ward_cert *issuer, enum digest_alg hash, struct span nonce)
{
	DER_WRITE (w, DER_SEQUENCE)
		DER_WRITE (w, DER_SEQUENCE) {
			DER_WRITE (w, DER_SEQUENCE)
				DER_WRITE (w, DER_SEQUENCE)
					ocsp_cert_id_write(w, hash, issuer, cert->serial);
			if (nonce.len > 0)
				DER_WRITE (w, DER_CONTEXT_CONS(2))
					ocsp_nonce_write(w, nonce);
		}
}

static bool check_arguments(const struct ward_cert *cert, const struct ward_cert *issuer,
			    enum ward_ocsp_hash hash, size_t nonce_len, struct ward_error *err)
{
	if (cert == NULL || issuer == NULL || !cert_is_named_issuer(issuer, cert))
		return FAILF(err, BAD_ARGUMENT, "the certificate is not by this issuer");
	if (hash != WARD_OCSP_SHA1 && hash != WARD_OCSP_SHA256)
		return FAILF(err, BAD_ARGUMENT, "no such hash: %d", (int)hash);
	if (nonce_len > WARD_OCSP_NONCE_MAX)
		return FAILF(err, BAD_ARGUMENT, "a nonce of %zu bytes", nonce_len);
	return true;
}

struct ward_ocsp_request *ward_ocsp_request_make(const struct ward_cert *cert,
						 const struct ward_cert *issuer,
						 enum ward_ocsp_hash hash, size_t nonce_len,
						 struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct ward_ocsp_request *made = NULL;
	uint8_t nonce[WARD_OCSP_NONCE_MAX];
	struct writer w;
	uint8_t *buf;

	if (!check_arguments(cert, issuer, hash, nonce_len, err) || !crypto_init(err) ||
	    (nonce_len > 0 && !random_bytes(nonce, nonce_len, err)))
		return NULL;
	buf = malloc(NOT_CERT_ID_MAX + cert->serial.len);
	if (buf == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	w = writer_make(buf, NOT_CERT_ID_MAX + cert->serial.len, &own);
	write_request(&w, cert, issuer, hash == WARD_OCSP_SHA1 ? DIGEST_SHA1 : DIGEST_SHA256,
		      span_make(nonce, nonce_len));
	if (writer_ok(&w))
		made = ward_ocsp_request_parse(buf, w.len, err);
	error_pass(err, &own);
	free(buf);
	return made;
}
