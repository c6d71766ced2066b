/*
 * Why a list of --crl counted, or did not. See crl_use.h.
 *
 * The verdict does not depend on this: revocation.c of x509 has judged, and passes over in silence
 * what is of another CA or about other certificates, as anything else could be put beside a chain to
 * spoil it. Here the same questions are asked again, one list at a time, to tell their answers.
 */
#include "cli/crl_use.h"

#include <stdio.h>

#include "cli/report.h"
#include "x509/crl.h"
#include "x509/name.h"

/* How near a list came to count; of several certificates the nearest is told. */
enum nearness { NOWHERE, OTHER_KEY, OTHER_SCOPE, FAULTY };

struct asking {
	const struct judgement *j;
	const struct crl_path *path;
	struct ward_crl *crl;
	struct crl_use *use;
	enum nearness nearness;
};

/* ---- the path ---- */

static bool is_complete(const struct ward_attempt *a)
{
	return a->count > 0 && a->links[a->count - 1].place < 0;
}

static const struct ward_attempt *furthest(const struct judgement *j)
{
	const struct ward_attempt *found = NULL;

	for (size_t i = 0; i < j->verdict.attempt_count; i++) {
		const struct ward_attempt *a = &j->verdict.attempts[i];

		if (is_complete(a) && a->ended.reason == j->fault.reason)
			return a;
		if (is_complete(a) && found == NULL)
			found = a;
	}
	return found;
}

struct crl_path crl_path_of(const struct judgement *j)
{
	const struct ward_attempt *a = judgement_is_good(j) ? NULL : furthest(j);
	struct crl_path path = { .count = a == NULL ? j->verdict.path.count : a->count };

	if (path.count > sizeof(path.certs) / sizeof(path.certs[0]))
		path.count = 0;
	for (size_t i = 0; i < path.count; i++)
		path.certs[i] = a == NULL ? j->verdict.path.certs[i] : a->links[i].cert;
	return path;
}

/* ---- one list and one certificate ---- */

static void tell(struct asking *q, enum nearness nearness, const char *text)
{
	if (nearness < q->nearness || (nearness == q->nearness && q->use->why[0] != '\0'))
		return;
	q->nearness = nearness;
	snprintf(q->use->why, sizeof(q->use->why), "%s", text);
}

static const char *scope_of(const struct ward_crl *crl)
{
	if (crl->ext.only_attributes)
		return "it is about attribute certificates alone";
	if (crl->ext.only_cas)
		return "it is about certificates of CAs alone";
	if (crl->ext.only_users)
		return "it is about certificates that are of no CA alone";
	return "it is for another distribution point than the certificate names";
}

static bool is_good(const struct asking *q, struct ward_cert *issuer, struct ward_error *err)
{
	bool checked;

	return crl_is_usable(q->crl, issuer, q->j->params.time, err) &&
	       (q->j->params.policy == WARD_POLICY_DEFAULT || crl_keeps_profile(q->crl, err)) &&
	       crl_is_signed_by(q->crl, issuer, &checked, err);
}

static void ask(struct asking *q, size_t i)
{
	struct ward_cert *cert = q->path->certs[i], *issuer = q->path->certs[i + 1];
	struct ward_error own = ERROR_NONE;
	char cause[CRL_USE_TEXT];

	if (!name_equal(q->crl->issuer, issuer->subject))
		return;
	if (!crl_is_named_issuer(q->crl, issuer))
		tell(q, OTHER_KEY, "it is by another key of its issuer than that of the path");
	else if (crl_reasons_for(q->crl, cert) == 0)
		tell(q, OTHER_SCOPE, scope_of(q->crl));
	else if (!is_good(q, issuer, &own))
		tell(q, FAULTY, report_cause(&own, cause, sizeof(cause)));
	else
		q->use->counts_for |= (uint32_t)1 << i;
}

/* ---- what a list that counts leaves open ---- */

static bool has_base(const struct asking *q)
{
	for (size_t i = 0; i < q->j->params.crl_count; i++)
		if (crl_is_delta_of(q->crl, q->j->params.crls[i]))
			return true;
	return false;
}

static void tell_limits(struct asking *q)
{
	q->use->why[0] = '\0';
	if (q->crl->ext.delta)
		snprintf(q->use->why, sizeof(q->use->why), "%s",
			 has_base(q) ? "a delta, and adds to the list before it"
				     : "a delta, and proves nothing without the list before it");
	else if (q->crl->ext.reasons != CRL_ALL_REASONS)
		snprintf(q->use->why, sizeof(q->use->why), "%s",
			 "about some reasons of revocation alone, and proves nothing by itself");
}

struct crl_use crl_use_of(const struct judgement *j, const struct crl_path *path, size_t i)
{
	struct crl_use use = { .issuer = "" };
	struct asking q = { j, path, j->params.crls[i], &use, NOWHERE };

	(void)ward_crl_issuer(q.crl, use.issuer, sizeof(use.issuer));
	if (path->count < 2)
		tell(&q, NOWHERE, "no path has come to where lists are asked");
	for (size_t at = 0; at + 1 < path->count; at++)
		ask(&q, at);
	if (use.counts_for != 0)
		tell_limits(&q);
	else if (q.nearness == NOWHERE && path->count >= 2)
		tell(&q, NOWHERE, "it is of none of the CAs on the path");
	return use;
}
