/*
 * Making and signing OCSP responses (RFC 6960, 4.2; the nonce as in RFC 9654, 2.1).
 *
 * The responder is named by its key. What is made is parsed as if it had come from outside.
 */
#include <stdlib.h>

#include "x509/make.h"
#include "x509/ocsp.h"
#include "x509/oid.h"
#include "x509/signing.h"

#define OID_BASIC_RESPONSE OID("\x2b\x06\x01\x05\x05\x07\x30\x01\x01")

enum {
	SINGLE_MAX = 128,    /* an answer beside its CertID */
	RESPONSE_MAX = 1024, /* what stands around the answers, certificate and signature apart */
	SHA1_LEN = 20,
};

struct making {
	const struct ward_ocsp_request *request;
	const struct ward_ocsp_single *answers;
	size_t count;
	int64_t produced_at;
	const struct ward_cert *signer;
	bool delegated;
	const struct signing *signing;
};

/* ---- writing ---- */

static void write_revoked(struct writer *w, const struct ward_revoked *revoked)
{
	uint8_t reason = (uint8_t)revoked->reason;

	DER_WRITE (w, DER_CONTEXT_CONS(1)) {
		der_write_generalized_time(w, revoked->time);
		if (reason != WARD_REVOKED_UNSPECIFIED)
			DER_WRITE (w, DER_CONTEXT_CONS(0))
				der_write_element(w, DER_ENUMERATED, span_make(&reason, 1));
	}
}

/* SingleResponse ::= SEQUENCE { certID, certStatus, thisUpdate, nextUpdate [0] EXPLICIT OPTIONAL } */
static void write_single(struct writer *w, struct span cert_id, const struct ward_ocsp_single *s)
{
	DER_WRITE (w, DER_SEQUENCE) {
		writer_bytes(w, cert_id);
		if (s->status == WARD_OCSP_REVOKED)
			write_revoked(w, &s->revoked);
		else
			der_write_element(w, DER_CONTEXT((int)s->status), SPAN_EMPTY);
		der_write_generalized_time(w, s->this_update);
		if (s->next_update != WARD_NO_TIME)
			DER_WRITE (w, DER_CONTEXT_CONS(0))
				der_write_generalized_time(w, s->next_update);
	}
}

static void write_data(struct writer *w, const struct making *m)
{
	uint8_t key_hash[DIGEST_MAX_LEN];

	digest_once(DIGEST_SHA1, m->signer->key.bytes, key_hash);
	DER_WRITE (w, DER_SEQUENCE) {
		DER_WRITE (w, DER_CONTEXT_CONS(2))
			der_write_element(w, DER_OCTET_STRING, span_make(key_hash, SHA1_LEN));
		der_write_generalized_time(w, m->produced_at);
		DER_WRITE (w, DER_SEQUENCE)
			for (size_t i = 0; i < m->count; i++)
				write_single(w, ocsp_request_cert_id(m->request, i).whole,
					     &m->answers[i]);
		if (m->request->ext.nonce.data != NULL)
			DER_WRITE (w, DER_CONTEXT_CONS(1))
				ocsp_nonce_write(w, m->request->ext.nonce);
	}
}

static void write_basic(struct writer *w, const struct making *m, const struct ward_key *key)
{
	DER_WRITE (w, DER_SEQUENCE) {
		size_t start = w->len;

		write_data(w, m);
		signing_write(w, start, m->signing, key);
		if (m->delegated)
			DER_WRITE (w, DER_CONTEXT_CONS(0))
				DER_WRITE (w, DER_SEQUENCE)
					writer_bytes(w, m->signer->der);
	}
}

static void write_result(struct writer *w, enum ward_ocsp_result result)
{
	uint8_t number = (uint8_t)result;

	der_write_element(w, DER_ENUMERATED, span_make(&number, 1));
}

static void write_response(struct writer *w, const struct making *m, const struct ward_key *key)
{
	DER_WRITE (w, DER_SEQUENCE) {
		write_result(w, WARD_OCSP_SUCCESSFUL);
		DER_WRITE (w, DER_CONTEXT_CONS(0))
			DER_WRITE (w, DER_SEQUENCE) {
				der_write_oid(w, OID_BASIC_RESPONSE);
				DER_WRITE (w, DER_OCTET_STRING)
					write_basic(w, m, key);
			}
	}
}

/* ---- what is asked for ---- */

static bool check_answer(const struct ward_ocsp_single *s, struct ward_error *err)
{
	if ((unsigned int)s->status > WARD_OCSP_UNKNOWN)
		return FAILF(err, BAD_ARGUMENT, "no such status: %d", (int)s->status);
	if (s->status == WARD_OCSP_REVOKED &&
	    ward_revocation_reason_name(s->revoked.reason) == NULL)
		return FAILF(err, BAD_ARGUMENT, "no reason to revoke: %d", s->revoked.reason);
	if (s->next_update != WARD_NO_TIME && s->next_update < s->this_update)
		return FAILF(err, BAD_ARGUMENT, "next_update is before this_update");
	return true;
}

static bool check_arguments(const struct making *m, const struct ward_key *key,
			    struct ward_error *err)
{
	char label[64];

	if (m->count != m->request->count)
		return FAILF(err, BAD_ARGUMENT, "%zu answers where %zu are asked for", m->count,
			     m->request->count);
	if (!ward_key_matches(key, m->signer))
		return FAILF(err, KEY_MISMATCH, "the responder \"%s\"",
			     cert_label(m->signer, label, sizeof(label)));
	for (size_t i = 0; i < m->count; i++)
		if (!check_answer(&m->answers[i], err))
			return false;
	return true;
}

static struct ward_ocsp_response *make(const struct making *m, const struct ward_key *key,
				       struct ward_error *err)
{
	size_t room = RESPONSE_MAX + SIGNATURE_MAX + m->request->der.len + m->count * SINGLE_MAX +
		      (m->delegated ? m->signer->der.len : 0);
	struct ward_ocsp_response *made = NULL;
	struct ward_error own = ERROR_NONE;
	uint8_t *buf = malloc(room);
	struct writer w;

	if (buf == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	w = writer_make(buf, room, &own);
	write_response(&w, m, key);
	if (writer_ok(&w))
		made = ward_ocsp_response_parse(buf, w.len, err);
	error_pass(err, &own);
	free(buf);
	return made;
}

struct ward_ocsp_response *ward_ocsp_response_make(
	const struct ward_ocsp_request *request, const struct ward_ocsp_single *answers,
	size_t count, int64_t produced_at, const struct ward_cert *issuer,
	const struct ward_cert *signer, const struct ward_key *signer_key, struct ward_error *err)
{
	struct making m = { request, answers, count, produced_at, signer, false, NULL };

	if (request == NULL || answers == NULL || issuer == NULL || signer == NULL ||
	    signer_key == NULL) {
		FAILF(err, BAD_ARGUMENT, "a response is made from all its parts");
		return NULL;
	}
	m.delegated = !cert_same_entity(issuer, signer);
	if (!crypto_init(err) || !check_arguments(&m, signer_key, err))
		return NULL;
	m.signing = signing_find(signer_key, err);
	return m.signing == NULL ? NULL : make(&m, signer_key, err);
}

struct ward_ocsp_response *ward_ocsp_response_make_error(enum ward_ocsp_result result,
							 struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	uint8_t buf[8];
	struct writer w = writer_make(buf, sizeof(buf), &own);

	if (result == WARD_OCSP_SUCCESSFUL || ward_ocsp_result_name((int)result) == NULL) {
		FAILF(err, BAD_ARGUMENT, "no error: %d", (int)result);
		return NULL;
	}
	DER_WRITE (&w, DER_SEQUENCE)
		write_result(&w, result);
	return ward_ocsp_response_parse(buf, w.len, err);
}
