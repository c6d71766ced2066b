/*
 * What an OCSP response is worth: who has signed it, whom it is about, when it counts (RFC 6960, 3.2
 * and 4.2.2.2).
 *
 * Whoever answers is the CA that has issued the certificate, or has a certificate that this CA has
 * signed itself and that is for OCSP (id-kp-OCSPSigning). There is no third way: a responder that
 * is trusted for other reasons would be one more thing to be trusted.
 */
#include "x509/crl.h"
#include "x509/name.h"
#include "x509/ocsp.h"
#include "x509/oid.h"
#include "x509/text.h"

#define OID_OCSP_SIGNING OID("\x2b\x06\x01\x05\x05\x07\x03\x09")
#define OID_OCSP_NOCHECK OID("\x2b\x06\x01\x05\x05\x07\x30\x01\x05")

enum { LABEL_MAX = 64, SHA1_LEN = 20 };

struct label {
	char text[LABEL_MAX];
};

static struct label label_of(const struct ward_cert *cert)
{
	struct label l = { "" };

	cert_label(cert, l.text, sizeof(l.text));
	return l;
}

/* ---- the responder ---- */

/* KeyHash ::= SHA-1 of the bits of the public key: a name, nothing that must be strong */
static bool is_responder(const struct ward_ocsp_response *response, const struct ward_cert *cert)
{
	uint8_t hash[DIGEST_MAX_LEN];

	if (response->by_name.len > 0)
		return name_equal(response->by_name, cert->subject);
	digest_once(DIGEST_SHA1, cert->key.bytes, hash);
	return span_equal(response->by_key, span_make(hash, SHA1_LEN));
}

static bool has_purpose(const struct ward_cert *cert, struct span wanted)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(cert->ext.value[EXT_EXT_KEY_USAGE], &own);
	struct reader seq;

	if (!extensions_has(&cert->ext, EXT_EXT_KEY_USAGE))
		return false;
	seq = der_open(&r, DER_SEQUENCE);
	while (reader_more(&seq))
		if (span_equal(der_element(&seq, DER_OID), wanted))
			return true;
	return false;
}

bool ocsp_need_not_check(const struct ward_cert *responder)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(responder->ext.list, &own);

	while (reader_more(&list)) {
		bool critical;
		struct reader value;

		if (span_equal(extension_next(&list, &critical, &value), OID_OCSP_NOCHECK))
			return true;
	}
	return false;
}

/* One signature, by the issuer's key or a delegate's. */
static bool check_signature(struct ward_cert *signer, enum sig_alg alg, struct span signed_part,
			    struct span signature, struct effort *effort, struct ward_error *err)
{
	const struct pubkey *key;
	bool good;

	if (!effort_allows(effort, signer, err))
		return false;
	key = cert_pubkey(signer, err);
	good = key != NULL && pubkey_verify(key, alg, signed_part, signature, err);
	effort_count(effort, signer, good);
	return good;
}

/* What a certificate for a responder must be, but for its signature. */
static const char *what_is_wrong_with(const struct ward_cert *cert, const struct ward_cert *issuer,
				      int64_t time)
{
	if (!cert_is_named_issuer(issuer, cert))
		return "is by another CA";
	if (!has_purpose(cert, OID_OCSP_SIGNING))
		return "is not for OCSP";
	if (time < cert->not_before || time > cert->not_after)
		return "is not valid at this time";
	if (!cert_may_sign(cert))
		return "may not sign";
	if (cert->key.weak || cert->key.type == KEY_NONE || cert->signed_with.alg == SIG_NONE)
		return "has a weak or unknown key or signature";
	if (cert->ext.unknown_critical.data != NULL)
		return "has a critical extension that is not known";
	return NULL;
}

static bool check_delegate(struct ward_cert *cert, struct ward_cert *issuer, int64_t time,
			   struct effort *effort, struct ward_error *err)
{
	const char *wrong = what_is_wrong_with(cert, issuer, time);
	struct ward_error own = ERROR_NONE;

	if (wrong == NULL && !check_signature(issuer, cert->signed_with.alg, cert->tbs,
					      cert->signature, effort, &own))
		wrong = "is not signed by this CA";
	if (own.reason == WARD_E_CERT_LIMIT || own.reason == WARD_E_NO_MEMORY ||
	    own.reason == WARD_E_CRYPTO_FAILED)
		return error_pass(err, &own);
	return wrong == NULL ||
	       FAILF(err, OCSP_RESPONDER, "that of \"%s\" %s", label_of(cert).text, wrong);
}

/* The first certificate that goes along and is the responder's; NULL with err set. */
static struct ward_cert *find_delegate(const struct ward_ocsp_response *response,
				       struct ward_cert *issuer, int64_t time,
				       struct effort *effort, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(response->certs, &own);
	char responder[LABEL_MAX];

	while (reader_more(&list)) {
		struct span der = der_whole_tag(&list, DER_SEQUENCE);
		struct ward_cert *cert = ward_cert_parse(der.data, der.len, NULL);

		if (cert != NULL && is_responder(response, cert)) {
			if (check_delegate(cert, issuer, time, effort, err))
				return cert;
			ward_cert_free(cert);
			return NULL;
		}
		ward_cert_free(cert);
	}
	FAILF(err, OCSP_RESPONDER, "%s is not the issuer, and brings no certificate by it",
	      ward_ocsp_response_responder(response, responder, sizeof(responder)));
	return NULL;
}

bool ocsp_is_signed(const struct ward_ocsp_response *response, struct ward_cert *issuer,
		    int64_t time, struct effort *effort, struct ward_cert **delegate,
		    struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;

	*delegate = NULL;
	if (response->signed_with.alg == SIG_NONE)
		return FAILF(err, OCSP_BAD_SIGNATURE, "%s proves nothing",
			     response->signed_with.name);
	if (!is_responder(response, issuer)) {
		*delegate = find_delegate(response, issuer, time, effort, err);
		if (*delegate == NULL)
			return false;
	}
	if (check_signature(*delegate == NULL ? issuer : *delegate, response->signed_with.alg,
			    response->tbs, response->signature, effort, &own))
		return true;
	ward_cert_free(*delegate);
	*delegate = NULL;
	if (own.reason != WARD_E_BAD_SIGNATURE && own.reason != WARD_E_SIGNATURE_UNSUPPORTED)
		return error_pass(err, &own);
	return FAIL(err, OCSP_BAD_SIGNATURE);
}

/* ---- the answer ---- */

static bool check_result(const struct ward_ocsp_response *response, struct ward_error *err)
{
	return response->result == WARD_OCSP_SUCCESSFUL ||
	       FAILF(err, OCSP_FAILED, "%s", ward_ocsp_result_name((int)response->result));
}

bool ocsp_is_fresh(const struct ward_ocsp_single *single, int64_t time, struct ward_error *err)
{
	int64_t until = single->next_update;
	char date[24];
	struct text t = text_make(date, sizeof(date));

	if (single->this_update > time + OCSP_SKEW) {
		text_put_time(&t, single->this_update);
		return FAILF(err, OCSP_NOT_YET_VALID, "it is of %sZ", date);
	}
	if (until == WARD_NO_TIME)
		until = single->this_update + OCSP_AGE_MAX;
	if (until < time - OCSP_SKEW) {
		text_put_time(&t, until);
		return FAILF(err, OCSP_EXPIRED, "it counted until %sZ", date);
	}
	return true;
}

bool ocsp_find_answer(const struct ward_ocsp_response *response, const struct ward_cert *cert,
		      const struct ward_cert *issuer, int64_t time, struct ward_ocsp_single *single,
		      struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(response->list, &own);
	bool found = false;
	char oid[64];

	if (!check_result(response, err))
		return false;
	if (response->ext.unknown_critical.data != NULL)
		return FAILF(err, OCSP_MALFORMED, "a critical extension that is not known: %s",
			     oid_text(response->ext.unknown_critical, oid, sizeof(oid)));
	while (reader_more(&list)) {
		struct ocsp_single s = ocsp_single_read(&list);

		if (!span_equal(s.id.serial, cert->serial) || !ocsp_cert_id_is_for(&s.id, issuer))
			continue;
		if (s.unknown_critical.data != NULL)
			return FAILF(err, OCSP_MALFORMED,
				     "a critical extension that is not known: %s",
				     oid_text(s.unknown_critical, oid, sizeof(oid)));
		/* Of several answers, one that says revoked counts. */
		if (!found || s.told.status == WARD_OCSP_REVOKED)
			*single = s.told;
		found = true;
	}
	if (!found)
		return FAILF(err, OCSP_OTHER_CERT, "it does not speak of \"%s\"",
			     label_of(cert).text);
	return ocsp_is_fresh(single, time, err);
}

bool ocsp_is_good(const struct ward_cert *cert, const struct ward_ocsp_single *single,
		  struct ward_error *err)
{
	char date[24];
	struct text t = text_make(date, sizeof(date));

	if (single->status == WARD_OCSP_GOOD)
		return true;
	if (single->status == WARD_OCSP_UNKNOWN)
		return FAILF(err, OCSP_UNKNOWN, "\"%s\"", label_of(cert).text);
	text_put_date(&t, single->revoked.time);
	return FAILF(err, OCSP_REVOKED, "\"%s\" since %s: %s", label_of(cert).text, date,
		     ward_revocation_reason_name(single->revoked.reason));
}

/* RFC 9654: a response without a nonce may be one that was made for many. */
static bool check_nonce(const struct ward_ocsp_response *response,
			const struct ward_ocsp_request *request, struct ward_error *err)
{
	if (request == NULL || request->ext.nonce.data == NULL || response->ext.nonce.data == NULL)
		return true;
	return span_equal(request->ext.nonce, response->ext.nonce) || FAIL(err, OCSP_NONCE);
}

bool ward_ocsp_response_check(const struct ward_ocsp_response *response,
			      const struct ward_ocsp_request *request, const struct ward_cert *cert,
			      struct ward_cert *issuer, int64_t time,
			      struct ward_ocsp_single *single, struct ward_error *err)
{
	struct effort effort = effort_whole();
	struct ward_ocsp_single answer;
	struct ward_cert *delegate = NULL;
	bool ok;

	if (!crypto_init(err))
		return false;
	if (!cert_is_named_issuer(issuer, cert))
		return FAILF(err, BAD_ARGUMENT, "the certificate is not by this issuer");
	ok = ocsp_find_answer(response, cert, issuer, time, &answer, err) &&
	     check_nonce(response, request, err) &&
	     ocsp_is_signed(response, issuer, time, &effort, &delegate, err);
	ward_cert_free(delegate);
	if (!ok)
		return false;
	if (single != NULL)
		*single = answer;
	return ocsp_is_good(cert, &answer, err);
}
