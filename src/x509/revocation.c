/*
 * Revocation in a path (RFC 5280, 6.3; RFC 6960; RFC 7633), and pins (as in RFC 7469, 2.6).
 *
 * Whatever is given counts: a certificate that a list in force names, or an OCSP response, is
 * refused, and so is one whose CA has a list here that is not good, unless something else proves
 * the certificate: a list that is passed over in silence would be no protection. Lists of other CAs
 * and of other scopes say nothing. Signatures that are checked here count toward the bound on those
 * of the whole search.
 */
#include "x509/revocation.h"

#include "x509/crl.h"
#include "x509/ocsp.h"
#include "x509/raw_key.h"
#include "x509/text.h"
#include "x509/x509.h"

enum { LABEL_MAX = 64, FEATURE_STATUS_REQUEST = 5 };

/* The work that is left, and what it is spent on. */
struct proving {
	struct path *p;
	const struct ward_verify_params *params;
	struct ward_cert *issuer; /* of the certificate in question */
};

/* What says nothing of the list or response must not be passed over. */
static bool is_final(const struct ward_error *err)
{
	return err->reason == WARD_E_NO_MEMORY || err->reason == WARD_E_CRYPTO_FAILED ||
	       err->reason == WARD_E_CERT_LIMIT;
}

/* ---- CRLs ---- */

static int64_t time_for(const struct proving *q, const struct ward_crl *crl)
{
	return q->params->insecure_any_time ? crl->this_update : q->params->time;
}

static bool crl_counts(const struct proving *q, struct ward_crl *crl, struct ward_error *err)
{
	bool checked = false;
	bool good;

	if (!crl_is_usable(crl, q->issuer, time_for(q, crl), err))
		return false;
	if (q->params->policy != WARD_POLICY_DEFAULT && !crl_keeps_profile(crl, err))
		return false;
	if (!effort_allows(&q->p->effort, q->issuer, err))
		return false;
	good = crl_is_signed_by(crl, q->issuer, &checked, err);
	if (checked)
		effort_count(&q->p->effort, q->issuer, good);
	return good;
}

/* Whether a newer delta CRL takes back what the list says. */
static bool is_taken_back(const struct proving *q, const struct ward_crl *crl,
			  const struct ward_cert *cert)
{
	struct ward_revoked entry;

	for (size_t i = 0; i < q->params->crl_count; i++) {
		struct ward_crl *delta = q->params->crls[i];

		if (crl_is_delta_of(delta, crl) && ward_crl_find(delta, cert, &entry) &&
		    entry.reason == WARD_REVOKED_REMOVE_FROM_CRL && crl_counts(q, delta, NULL))
			return true;
	}
	return false;
}

static bool fail_revoked(const struct ward_cert *cert, const struct ward_revoked *entry,
			 struct ward_error *err)
{
	char label[LABEL_MAX], date[24];
	struct text t = text_make(date, sizeof(date));

	text_put_date(&t, entry->time);
	return FAILF(err, CERT_REVOKED, "\"%s\" since %s: %s",
		     cert_label(cert, label, sizeof(label)), date,
		     ward_revocation_reason_name(entry->reason));
}

/* One list that may be about the certificate. False: it is revoked, or `err` is final. */
static bool ask_crl(const struct proving *q, struct ward_crl *crl, const struct ward_cert *cert,
		    unsigned int *proved, struct ward_error *fault, struct ward_error *err)
{
	unsigned int reasons = crl_reasons_for(crl, cert);
	struct ward_error own = ERROR_NONE;
	struct ward_revoked entry;

	if (reasons == 0 || !crl_is_named_issuer(crl, q->issuer))
		return true;
	if (!crl_counts(q, crl, &own)) {
		if (is_final(&own))
			return error_pass(err, &own);
		if (!crl->ext.delta) /* whoever has no good delta goes without */
			error_pass(fault, &own);
		return true;
	}
	if (!crl->ext.delta)
		*proved |= reasons;
	if (!ward_crl_find(crl, cert, &entry))
		return true;
	if (crl->ext.delta && entry.reason == WARD_REVOKED_REMOVE_FROM_CRL)
		return true;
	return is_taken_back(q, crl, cert) || fail_revoked(cert, &entry, err);
}

/* All lists for one certificate. *proved: they say of every reason that it is not revoked. */
static bool ask_crls(const struct proving *q, const struct ward_cert *cert, bool *proved,
		     struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	unsigned int reasons = 0;

	for (size_t i = 0; i < q->params->crl_count; i++)
		if (!ask_crl(q, q->params->crls[i], cert, &reasons, &fault, err))
			return false;
	*proved = *proved || reasons == CRL_ALL_REASONS;
	return *proved || !error_is_set(&fault) || error_pass(err, &fault);
}

/* ---- OCSP ---- */

/* Unless the CA says that it need not be: its lists are asked for the responder's certificate. */
static bool check_delegate(const struct proving *q, const struct ward_cert *delegate,
			   struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	bool proved = false;

	if (delegate == NULL || ocsp_need_not_check(delegate) ||
	    ask_crls(q, delegate, &proved, &own))
		return true;
	if (own.reason != WARD_E_CERT_REVOKED)
		return error_pass(err, &own);
	return FAILF(err, OCSP_RESPONDER, "its certificate is revoked: %s", own.detail);
}

static bool judge_response(const struct proving *q, const struct ward_ocsp_response *response,
			   const struct ward_cert *cert, struct ward_error *err)
{
	struct ward_cert *delegate = NULL;
	struct ward_ocsp_single single;
	bool ok;

	ok = ocsp_find_answer(response, cert, q->issuer, q->params->time, &single, err) &&
	     ocsp_is_signed(response, q->issuer, q->params->time, &q->p->effort, &delegate, err);
	ok = ok && check_delegate(q, delegate, err) && ocsp_is_good(cert, &single, err);
	ward_cert_free(delegate);
	return ok;
}

static bool ask_response(const struct proving *q, const struct ward_cert *cert, bool *proved,
			 struct ward_error *err)
{
	struct ward_ocsp_response *response;

	if (q->params->ocsp_len == 0)
		return true;
	response = ward_ocsp_response_parse(q->params->ocsp, q->params->ocsp_len, err);
	if (response == NULL)
		return false;
	*proved = judge_response(q, response, cert, err);
	ward_ocsp_response_free(response);
	return *proved;
}

/* Features ::= SEQUENCE OF INTEGER */
static bool promises_staple(const struct ward_cert *cert)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(cert->ext.value[EXT_TLS_FEATURE], &own);
	struct reader features;

	if (!extensions_has(&cert->ext, EXT_TLS_FEATURE))
		return false;
	features = der_open(&r, DER_SEQUENCE);
	while (reader_more(&features))
		if (der_small(&features, UINT16_MAX) == FEATURE_STATUS_REQUEST &&
		    !reader_failed(&features))
			return true;
	return false;
}

/* ---- the path ---- */

static bool is_required(const struct proving *q, size_t i)
{
	return q->params->revocation == WARD_REVOCATION_REQUIRE_CHAIN ||
	       (q->params->revocation == WARD_REVOCATION_REQUIRE_LEAF && i == 0);
}

static bool check_link(const struct proving *q, size_t i, struct ward_error *err)
{
	const struct ward_cert *cert = q->p->links[i].cert;
	char label[LABEL_MAX];
	bool proved = false;

	if (i == 0 && q->params->staple_expected && q->params->ocsp_len == 0 &&
	    promises_staple(cert))
		return FAILF(err, OCSP_MISSING, "\"%s\"", cert_label(cert, label, sizeof(label)));
	if ((i == 0 && !ask_response(q, cert, &proved, err)) || !ask_crls(q, cert, &proved, err))
		return false;
	return proved || !is_required(q, i) ||
	       FAILF(err, REVOCATION_UNKNOWN, "\"%s\"", cert_label(cert, label, sizeof(label)));
}

/* From the top down; a trusted certificate is trusted, whatever lists say. */
bool revocation_allows(struct path *p, size_t *at, struct ward_error *err)
{
	for (size_t i = p->len - 1; i-- > 0;) {
		struct proving q = { p, p->params, p->links[i + 1].cert };

		*at = i;
		if (!check_link(&q, i, err))
			return false;
	}
	return true;
}

/* ---- how long a verdict holds ---- */

/* The verdict may change at this moment, or as much before or behind it as clocks may differ. */
static void end_at(int64_t moment, int64_t now, int64_t *to)
{
	static const int64_t skews[] = { -OCSP_SKEW, 0, OCSP_SKEW };

	for (size_t i = 0; i < sizeof(skews) / sizeof(skews[0]); i++)
		if (moment + skews[i] >= now && moment + skews[i] < *to)
			*to = moment + skews[i];
}

static void end_with_response(struct span der, int64_t now, int64_t *to)
{
	struct ward_ocsp_response *response = ward_ocsp_response_parse(der.data, der.len, NULL);
	struct ward_error own = ERROR_NONE;
	struct ward_ocsp_single single;
	struct reader certs;

	for (size_t i = 0; response != NULL && ward_ocsp_response_single(response, i, &single);
	     i++) {
		end_at(single.this_update, now, to);
		end_at(single.next_update == WARD_NO_TIME ? single.this_update + OCSP_AGE_MAX
							  : single.next_update,
		       now, to);
	}
	certs = reader_make(response == NULL ? SPAN_EMPTY : response->certs, &own);
	while (reader_more(&certs)) {
		struct span one = der_whole_tag(&certs, DER_SEQUENCE);
		struct ward_cert *cert = ward_cert_parse(one.data, one.len, NULL);

		if (cert != NULL) {
			end_at(cert->not_before, now, to);
			end_at(cert->not_after, now, to);
		}
		ward_cert_free(cert);
	}
	ward_ocsp_response_free(response);
}

void revocation_span(const struct ward_verify_params *params, int64_t *from, int64_t *to)
{
	bool given = params->crl_count > 0 || params->ocsp_len > 0;

	*from = given ? params->time : INT64_MIN;
	*to = INT64_MAX;
	for (size_t i = 0; i < params->crl_count; i++) {
		int64_t next = ward_crl_next_update(params->crls[i]);

		end_at(ward_crl_this_update(params->crls[i]), params->time, to);
		if (next != WARD_NO_TIME)
			end_at(next, params->time, to);
	}
	if (params->ocsp_len > 0)
		end_with_response(span_make(params->ocsp, params->ocsp_len), params->time, to);
}

/* ---- pins ---- */

bool pins_allow(const struct path *p, struct ward_error *err)
{
	char text[PIN_TEXT_LEN];
	uint8_t hash[32];

	if (p->params->pin_count == 0)
		return true;
	for (size_t i = p->len; i-- > 0;) {
		ward_cert_spki_hash(p->links[i].cert, hash);
		if (pin_among(p->params->pins, p->params->pin_count, hash))
			return true;
	}
	return FAILF(err, PIN_MISMATCH, "that of the leaf is %s", pin_text(hash, text));
}
