/*
 * A judgement as one JSON document. Members may be added in later versions, none changes its
 * meaning.
 */
#include <jansson.h>

#include "cli/crl_use.h"
#include "cli/facts.h"
#include "cli/facts_json.h"
#include "cli/judgement.h"
#include "cli/report.h"

enum { SUBJECT_SIZE = 600 };

static json_t *certs(const struct ward_chain *chain, int64_t at)
{
	json_t *list = json_array();

	for (size_t i = 0; i < chain->count; i++)
		json_array_append_new(list, facts_cert_json(chain->certs[i], at));
	return list;
}

static json_t *fault(const struct judgement *j)
{
	char cause[512];

	if (judgement_is_good(j))
		return json_null();
	return json_pack("{s:s, s:s, s:s}", "reason", ward_reason_name(j->fault.reason), "cause",
			 report_cause(&j->fault, cause, sizeof(cause)), "remedy", j->remedy);
}

/* Where it stands: its place in `chain`, or where else it comes from. */
static json_t *link_json(const struct judgement *j, const struct ward_link *at)
{
	char subject[SUBJECT_SIZE];
	bool given = at->place >= 0 && (size_t)at->place < j->source->chain.count;

	if (at->cert == NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:o}", "subject",
			 ward_cert_subject(at->cert, subject, sizeof(subject)), "from",
			 at->place < 0 ? "trusted" : judgement_origin(j, at->cert), "place",
			 given ? json_integer(at->place) : json_null());
}

static json_t *finding(const struct judgement *j, const struct ward_finding *f)
{
	return json_pack("{s:o, s:s, s:s, s:s, s:s}", "certificate", link_json(j, &f->at), "reason",
			 ward_reason_name(f->reason), "rule", ward_reason_text(f->reason), "found",
			 f->found, "remedy", f->remedy);
}

static json_t *findings(const struct judgement *j)
{
	json_t *list = json_array();

	for (size_t i = 0; i < j->verdict.finding_count; i++)
		json_array_append_new(list, finding(j, &j->verdict.findings[i]));
	return list;
}

static json_t *attempts(const struct judgement *j)
{
	json_t *list = json_array();

	for (size_t i = 0; i < j->verdict.attempt_count; i++) {
		const struct ward_attempt *a = &j->verdict.attempts[i];
		json_t *path = json_array();

		for (size_t k = 0; k < a->count; k++)
			json_array_append_new(path, link_json(j, &a->links[k]));
		json_array_append_new(list, json_pack("{s:o, s:o}", "path", path, "ended",
						      finding(j, &a->ended)));
	}
	return list;
}

static json_t *crl_use(const struct judgement *j, const struct crl_path *path, size_t i)
{
	struct crl_use use = crl_use_of(j, path, i);
	json_t *counts_for = json_array();
	char subject[SUBJECT_SIZE];

	for (size_t k = 0; k < path->count; k++)
		if ((use.counts_for >> k & 1) != 0)
			json_array_append_new(counts_for,
					      json_string(ward_cert_subject(path->certs[k], subject,
									    sizeof(subject))));
	return json_pack("{s:s, s:s, s:o, s:s?}", "file", j->o->revocation.crls[i], "issuer",
			 use.issuer, "counts_for", counts_for, "why",
			 use.why[0] == '\0' ? NULL : use.why);
}

static json_t *crls(const struct judgement *j)
{
	const struct crl_path path = crl_path_of(j);
	json_t *list = json_array();

	for (size_t i = 0; i < j->params.crl_count; i++)
		json_array_append_new(list, crl_use(j, &path, i));
	return list;
}

static json_t *fetches(const struct judgement *j)
{
	json_t *list = json_array();

	for (size_t i = 0; i < j->fetch_count; i++) {
		const struct fetch *f = &j->fetches[i];
		char cause[512];

		json_array_append_new(
			list, json_pack("{s:s, s:o}", "url", f->url, "error",
					f->err.reason == WARD_E_NONE
						? json_null()
						: json_string(report_cause(&f->err, cause,
									   sizeof(cause)))));
	}
	return list;
}

/* The chain as it should be sent; null where no path is good. */
static json_t *repair(const struct judgement *j)
{
	const struct repair *r = &j->repair;
	json_t *list = json_array();

	if (r->chain.count == 0) {
		json_decref(list);
		return json_null();
	}
	for (size_t i = 0; i < r->chain.count; i++) {
		json_t *cert = facts_cert_json(r->chain.certs[i], j->params.time);

		json_object_set_new(cert, "from",
				    json_string(judgement_origin(j, r->chain.certs[i])));
		json_array_append_new(list, cert);
	}
	return json_pack("{s:b, s:I, s:I, s:b, s:I, s:o, s:s?}", "needed",
			 (int)judgement_wants_repair(j), "missing", (json_int_t)r->missing,
			 "surplus", (json_int_t)r->surplus, "in_order", (int)r->in_order, "leaf",
			 (json_int_t)r->leaf, "chain", list, "written",
			 r->written ? j->o->write_chain : NULL);
}

static bool add_more(json_t *document, const struct judgement *j)
{
	return json_object_set_new(document, "findings", findings(j)) == 0 &&
	       json_object_set_new(document, "attempts", attempts(j)) == 0 &&
	       json_object_set_new(document, "attempts_left_out",
				   json_integer((json_int_t)j->verdict.attempts_left_out)) == 0 &&
	       json_object_set_new(document, "crls", crls(j)) == 0 &&
	       json_object_set_new(document, "fetched", fetches(j)) == 0 &&
	       json_object_set_new(document, "repair", repair(j)) == 0;
}

bool judgement_json(const struct judgement *j, int exit_status)
{
	int64_t at = j->params.time;
	char moment[FACTS_TIME];
	json_t *failed =
		j->verdict.failed_cert < 0 ? json_null() : json_integer(j->verdict.failed_cert);
	json_t *document = json_pack(
		"{s:i, s:b, s:s?, s:s, s:s, s:s, s:o, s:o, s:o, s:i, s:i, s:o, s:i}", "schema", 1,
		"verified", (int)judgement_is_good(j), "hostname", j->params.host, "time",
		facts_time(at, moment), "purpose", verify_purposes[j->o->purpose], "policy",
		verify_policies[j->o->policy], "chain", certs(&j->source->chain, at), "path",
		certs(&j->verdict.path, at), "failed_cert", failed, "paths_tried",
		(int)j->verdict.paths_tried, "signatures_checked",
		(int)j->verdict.signatures_checked, "error", fault(j), "exit_status", exit_status);
	bool ok = document != NULL && add_more(document, j) &&
		  json_dumpf(document, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF;

	json_decref(document);
	return ok;
}
