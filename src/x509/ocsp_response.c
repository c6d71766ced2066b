/*
 * OCSP responses: reading one (RFC 6960, 4.2). What it is worth is judged in ocsp_check.c.
 */
#include <stdlib.h>

#include "x509/name.h"
#include "x509/ocsp.h"
#include "x509/oid.h"
#include "x509/text.h"

#define OID_BASIC_RESPONSE OID("\x2b\x06\x01\x05\x05\x07\x30\x01\x01")

static const char *const result_names[] = {
	"successful", "malformedRequest", "internalError", "tryLater",
	NULL,         "sigRequired",      "unauthorized",
};

const char *ward_ocsp_result_name(int result)
{
	const int count = sizeof(result_names) / sizeof(result_names[0]);

	return result >= 0 && result < count ? result_names[result] : NULL;
}

/* ---- one answer ---- */

static int64_t read_time(struct reader *r)
{
	if (der_peek(r) != DER_GENERALIZED_TIME)
		FAILF(r->err, BAD_TIME, "no GeneralizedTime");
	return der_time(r);
}

/* RevokedInfo ::= SEQUENCE { revocationTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL } */
static void read_revoked(struct reader *r, struct ward_revoked *revoked)
{
	struct reader info = der_open(r, DER_CONTEXT_CONS(1));

	revoked->time = read_time(&info);
	if (der_peek(&info) == DER_CONTEXT_CONS(0)) {
		struct reader reason = der_open(&info, DER_CONTEXT_CONS(0));
		struct span value = der_element(&reason, DER_ENUMERATED);

		if (!reader_failed(&reason))
			revoked->reason = value.len == 1 ? value.data[0] : -1;
		if (ward_revocation_reason_name(revoked->reason) == NULL)
			FAILF(reason.err, BAD_VALUE, "an unknown reason");
		reader_close(&reason);
	}
	reader_close(&info);
}

/* CertStatus ::= CHOICE { good [0] NULL, revoked [1] RevokedInfo, unknown [2] UnknownInfo } */
static void read_status(struct reader *r, struct ward_ocsp_single *told)
{
	int tag = der_peek(r);

	if (tag == DER_CONTEXT_CONS(1)) {
		told->status = WARD_OCSP_REVOKED;
		read_revoked(r, &told->revoked);
		return;
	}
	told->status = tag == DER_CONTEXT(0) ? WARD_OCSP_GOOD : WARD_OCSP_UNKNOWN;
	if (der_element(r, tag == DER_CONTEXT(0) ? tag : DER_CONTEXT(2)).len > 0)
		FAILF(r->err, BAD_DER, "a NULL with content");
}

struct ocsp_single ocsp_single_read(struct reader *r)
{
	struct ocsp_single s = { .told = { .revoked = { .invalid = WARD_NO_TIME },
					   .next_update = WARD_NO_TIME } };
	struct ocsp_extensions e = { .nonce = SPAN_EMPTY };
	struct reader seq = der_open(r, DER_SEQUENCE);

	s.id = ocsp_cert_id_read(&seq);
	s.told.revoked.serial = s.id.serial.data;
	s.told.revoked.serial_len = s.id.serial.len;
	read_status(&seq, &s.told);
	s.told.this_update = read_time(&seq);
	if (der_peek(&seq) == DER_CONTEXT_CONS(0)) {
		struct reader next = der_open(&seq, DER_CONTEXT_CONS(0));

		s.told.next_update = read_time(&next);
		reader_close(&next);
	}
	ocsp_extensions_read(&seq, DER_CONTEXT_CONS(1), &e);
	s.unknown_critical = e.unknown_critical;
	reader_close(&seq);
	return s;
}

/* ---- ResponseData ---- */

/* ResponderID ::= CHOICE { byName [1] Name, byKey [2] KeyHash } */
static void parse_responder(struct reader *tbs, struct ward_ocsp_response *p)
{
	bool by_name = der_peek(tbs) == DER_CONTEXT_CONS(1);
	struct reader id = der_open(tbs, by_name ? DER_CONTEXT_CONS(1) : DER_CONTEXT_CONS(2));

	if (by_name) {
		p->by_name = der_whole_tag(&id, DER_SEQUENCE);
		if (!reader_failed(&id))
			name_check(p->by_name, id.err);
	} else {
		p->by_key = der_element(&id, DER_OCTET_STRING);
	}
	reader_close(&id);
}

static void parse_data(struct reader *tbs, struct ward_ocsp_response *p)
{
	struct reader list;

	if (der_peek(tbs) == DER_CONTEXT_CONS(0)) {
		struct reader version = der_open(tbs, DER_CONTEXT_CONS(0));

		der_small(&version, 0);
		reader_close(&version);
	}
	parse_responder(tbs, p);
	p->produced_at = read_time(tbs);
	list = der_open(tbs, DER_SEQUENCE);
	p->list = span_make(list.pos, reader_left(&list));
	while (reader_more(&list)) {
		ocsp_single_read(&list);
		p->count++;
	}
	ocsp_extensions_read(tbs, DER_CONTEXT_CONS(1), &p->ext);
	reader_close(tbs);
}

/* ---- around it ---- */

static void parse_certs(struct reader *basic, struct ward_ocsp_response *p)
{
	struct reader outer, list;

	if (der_peek(basic) != DER_CONTEXT_CONS(0))
		return;
	outer = der_open(basic, DER_CONTEXT_CONS(0));
	list = der_open(&outer, DER_SEQUENCE);
	p->certs = span_make(list.pos, reader_left(&list));
	while (reader_more(&list))
		der_element(&list, DER_SEQUENCE);
	reader_close(&outer);
}

/* BasicOCSPResponse ::= SEQUENCE { tbsResponseData, signatureAlgorithm, signature, certs [0] } */
static void parse_basic(struct reader *bytes, struct ward_ocsp_response *p)
{
	struct reader basic = der_open(bytes, DER_SEQUENCE);
	struct reader at = basic;
	struct reader tbs;
	struct span alg;

	p->tbs = der_whole_tag(&at, DER_SEQUENCE);
	tbs = der_open(&basic, DER_SEQUENCE);
	parse_data(&tbs, p);
	alg = der_whole_tag(&basic, DER_SEQUENCE);
	if (!reader_failed(&basic))
		signature_id_parse(alg, &p->signed_with, basic.err);
	if (p->signed_with.name == NULL)
		p->signed_with.name =
			der_oid_text(p->signed_with.oid, p->dotted, sizeof(p->dotted));
	p->signature = der_bit_string(&basic, NULL);
	parse_certs(&basic, p);
	reader_close(&basic);
}

static void parse_result(struct reader *response, struct ward_ocsp_response *p)
{
	struct span status = der_element(response, DER_ENUMERATED);

	if (reader_failed(response))
		return;
	if (status.len != 1 || ward_ocsp_result_name(status.data[0]) == NULL)
		FAILF(response->err, BAD_VALUE, "an unknown responseStatus");
	else
		p->result = (enum ward_ocsp_result)status.data[0];
}

/* responseBytes [0] EXPLICIT SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING } */
static void parse_bytes(struct reader *response, struct ward_ocsp_response *p)
{
	struct reader outer = der_open(response, DER_CONTEXT_CONS(0));
	struct reader seq = der_open(&outer, DER_SEQUENCE);
	struct span type = der_element(&seq, DER_OID);
	struct reader bytes = der_open(&seq, DER_OCTET_STRING);

	if (!reader_failed(&seq) && !span_equal(type, OID_BASIC_RESPONSE))
		FAILF(seq.err, BAD_VALUE, "not a basic response");
	parse_basic(&bytes, p);
	reader_close(&bytes);
	reader_close(&seq);
	reader_close(&outer);
}

static bool parse(struct ward_ocsp_response *p, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(p->der, &own);
	struct reader response = der_open(&r, DER_SEQUENCE);

	parse_result(&response, p);
	if (p->result == WARD_OCSP_SUCCESSFUL)
		parse_bytes(&response, p);
	reader_close(&response);
	return reader_close(&r) ||
	       FAILF(err, OCSP_MALFORMED, "response: %s%s%s", ward_reason_text(own.reason),
		     own.detail[0] == '\0' ? "" : ": ", own.detail);
}

struct ward_ocsp_response *ward_ocsp_response_parse(const void *der, size_t len,
						    struct ward_error *err)
{
	struct ward_ocsp_response *p;

	if (len > OCSP_RESPONSE_MAX_LEN) {
		FAILF(err, OCSP_MALFORMED, "response: %zu bytes, %d at most", len,
		      OCSP_RESPONSE_MAX_LEN);
		return NULL;
	}
	p = calloc(1, sizeof(*p) + len);
	if (p == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&p->refs, 1);
	bytes_copy(p->bytes, der, len);
	p->der = span_make(p->bytes, len);
	if (parse(p, err))
		return p;
	free(p);
	return NULL;
}

struct ward_ocsp_response *ward_ocsp_response_ref(struct ward_ocsp_response *response)
{
	atomic_fetch_add_explicit(&response->refs, 1, memory_order_relaxed);
	return response;
}

void ward_ocsp_response_free(struct ward_ocsp_response *response)
{
	if (response == NULL ||
	    atomic_fetch_sub_explicit(&response->refs, 1, memory_order_acq_rel) != 1)
		return;
	free(response);
}

/* ---- what it says ---- */

const uint8_t *ward_ocsp_response_der(const struct ward_ocsp_response *response, size_t *len)
{
	*len = response->der.len;
	return response->der.data;
}

enum ward_ocsp_result ward_ocsp_response_result(const struct ward_ocsp_response *response)
{
	return response->result;
}

int64_t ward_ocsp_response_produced_at(const struct ward_ocsp_response *response)
{
	return response->result == WARD_OCSP_SUCCESSFUL ? response->produced_at : WARD_NO_TIME;
}

char *ward_ocsp_response_responder(const struct ward_ocsp_response *response, char *buf,
				   size_t size)
{
	struct text t = text_make(buf, size);

	if (response->by_name.len > 0)
		return name_text(response->by_name, buf, size);
	text_put_hex(&t, response->by_key);
	return buf;
}

const char *ward_ocsp_response_signature_name(const struct ward_ocsp_response *response)
{
	return response->signed_with.name == NULL ? "" : response->signed_with.name;
}

size_t ward_ocsp_response_count(const struct ward_ocsp_response *response)
{
	return response->count;
}

bool ward_ocsp_response_single(const struct ward_ocsp_response *response, size_t i,
			       struct ward_ocsp_single *single)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(response->list, &own);

	if (i >= response->count)
		return false;
	for (size_t before = 0; before < i; before++)
		der_element(&list, DER_SEQUENCE);
	*single = ocsp_single_read(&list).told;
	return true;
}

const uint8_t *ward_ocsp_response_nonce(const struct ward_ocsp_response *response, size_t *len)
{
	*len = response->ext.nonce.len;
	return response->ext.nonce.data;
}
