/*
 * A judgement for people. Whatever a certificate says comes escaped out of the library.
 */
#include <string.h>

#include "cli/crl_use.h"
#include "cli/judgement.h"
#include "cli/report.h"
#include "x509/cert.h"

enum { LABEL_SIZE = 80 };

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void print_cert(const struct ward_cert *cert, size_t at, const char *mark,
		       const struct term *t)
{
	char subject[600];

	(void)ward_cert_subject(cert, subject, sizeof(subject));
	term_print(t, " %zu  %s", at, subject[0] == '\0' ? "(no subject)" : subject);
	term_paint(t, TERM_BOLD, "%s", mark);
	term_print(t, "\n");
}

static void print_chain(const struct judgement *j, const struct term *t)
{
	bool good = judgement_is_good(j);
	const struct ward_chain *chain = good ? &j->verdict.path : &j->source->chain;

	for (size_t i = 0; i < chain->count; i++) {
		const char *mark = "";

		if (good && i == chain->count - 1)
			mark = "  (trusted)";
		else if (!good && j->verdict.failed_cert == (int)i)
			mark = "  (at fault)";
		print_cert(chain->certs[i], i, mark, t);
	}
}

static void print_verdict(const struct judgement *j, const struct term *t)
{
	char cause[512];

	if (judgement_is_good(j)) {
		term_paint(t, TERM_GOOD, "verified");
		term_print(t, ": the chain is good for a %s%s%s\n", verify_purposes[j->o->purpose],
			   j->params.host == NULL ? "" : ", and for ",
			   j->params.host == NULL ? "" : j->params.host);
		return;
	}
	term_paint(t, TERM_BAD, "REFUSED");
	term_print(t, ": %s\n", report_cause(&j->fault, cause, sizeof(cause)));
}

/* ---- findings and paths ---- */

/* "certificate 1" of what was given; others by where they come from. */
static void print_whose(const struct judgement *j, const struct ward_link *at, const struct term *t)
{
	char label[LABEL_SIZE];

	if (at->cert == NULL)
		term_print(t, "the chain");
	else if (at->place >= 0 && (size_t)at->place < j->source->chain.count)
		term_print(t, "certificate %d", at->place);
	else
		term_print(t, "%s \"%s\"", at->place < 0 ? "the trusted" : "the additional",
			   cert_label(at->cert, label, sizeof(label)));
}

static void print_reason(const struct ward_finding *f, const struct term *t)
{
	term_print(t, "%s%s%s", ward_reason_text(f->reason), f->found[0] == '\0' ? "" : ": ",
		   f->found);
}

static void print_findings(const struct judgement *j, const struct term *t)
{
	if (j->verdict.finding_count == 0)
		return;
	term_paint(t, TERM_BOLD, "what is wrong\n");
	for (size_t i = 0; i < j->verdict.finding_count; i++) {
		const struct ward_finding *f = &j->verdict.findings[i];

		term_print(t, "  ");
		print_whose(j, &f->at, t);
		term_print(t, ": ");
		print_reason(f, t);
		term_print(t, "\n    to put it right: %s\n", f->remedy);
	}
}

static void print_attempt(const struct judgement *j, const struct ward_attempt *a,
			  const struct term *t)
{
	char label[LABEL_SIZE];

	term_print(t, "  ");
	for (size_t i = 0; i < a->count; i++)
		term_print(t, "%s\"%s\"%s", i == 0 ? "" : " <- ",
			   cert_label(a->links[i].cert, label, sizeof(label)),
			   a->links[i].place < 0 ? " (trusted)" : "");
	term_print(t, "\n    ended at ");
	print_whose(j, &a->ended.at, t);
	term_print(t, ": ");
	print_reason(&a->ended, t);
	term_print(t, "\n");
}

static void print_attempts(const struct judgement *j, const struct term *t)
{
	const struct ward_verdict *v = &j->verdict;

	if (v->attempt_count > 0)
		term_paint(t, TERM_BOLD, "paths that lead nowhere\n");
	for (size_t i = 0; i < v->attempt_count; i++)
		print_attempt(j, &v->attempts[i], t);
	if (v->attempts_left_out > 0)
		term_print(t, "  and %zu more\n", v->attempts_left_out);
	term_print(t, "%u path%s tried, %u signature%s checked\n", v->paths_tried,
		   plural(v->paths_tried), v->signatures_checked, plural(v->signatures_checked));
}

/* "counts for "a" and "b"", or why it does not. */
static void print_crl_use(const struct crl_path *path, const struct crl_use *use,
			  const struct term *t)
{
	const char *before = "counts for ";
	char label[LABEL_SIZE];

	for (size_t i = 0; i < path->count; i++)
		if ((use->counts_for >> i & 1) != 0) {
			term_print(t, "%s\"%s\"", before,
				   cert_label(path->certs[i], label, sizeof(label)));
			before = ", ";
		}
	if (use->counts_for == 0)
		term_print(t, "does not count: %s", use->why);
	else if (use->why[0] != '\0')
		term_print(t, "; it is %s", use->why);
	term_print(t, "\n");
}

static void print_crls(const struct judgement *j, const struct term *t)
{
	const struct crl_path path = crl_path_of(j);

	if (j->params.crl_count > 0)
		term_paint(t, TERM_BOLD, "lists of revoked certificates\n");
	for (size_t i = 0; i < j->params.crl_count; i++) {
		struct crl_use use = crl_use_of(j, &path, i);

		term_print(t, "  %s, of %s\n    ", j->o->revocation.crls[i],
			   use.issuer[0] == '\0' ? "(no issuer)" : use.issuer);
		print_crl_use(&path, &use, t);
	}
}

static void print_fetches(const struct judgement *j, const struct term *t)
{
	char cause[512], url[LABEL_SIZE * 4];

	for (size_t i = 0; i < j->fetch_count; i++) {
		const struct fetch *f = &j->fetches[i];

		term_print(t, "fetched %s: %s\n", term_safe(f->url, url, sizeof(url)),
			   f->err.reason == WARD_E_NONE
				   ? "it is there"
				   : report_cause(&f->err, cause, sizeof(cause)));
	}
}

/* ---- the chain as it should be ---- */

static void print_missing(const struct judgement *j, const struct term *t)
{
	static const struct {
		const char *origin, *text;
	} places[] = { { "aia", "it was fetched" },
		       { "untrusted", "it is in a file of --untrusted" },
		       { "trusted", "it is among what is trusted here" } };
	const struct ward_chain *chain = &j->repair.chain;

	for (size_t i = 0; i < chain->count; i++) {
		const char *origin = judgement_origin(j, chain->certs[i]);
		char label[LABEL_SIZE];

		for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++)
			if (strcmp(places[p].origin, origin) == 0)
				term_print(t, "  \"%s\" is missing: %s\n",
					   cert_label(chain->certs[i], label, sizeof(label)),
					   places[p].text);
	}
}

static void print_repair(const struct judgement *j, const struct term *t)
{
	const struct repair *r = &j->repair;

	if (judgement_wants_repair(j)) {
		term_paint(t, r->missing > 0 || r->leaf != 0 ? TERM_BAD : TERM_BOLD,
			   "the chain is not as it should be sent\n");
		print_missing(j, t);
		if (r->leaf != 0)
			term_print(t, "  the leaf is certificate %d, and should be the first\n",
				   r->leaf);
		else if (!r->in_order)
			term_print(t, "  its certificates are not in order\n");
		if (r->surplus > 0)
			term_print(t, "  %zu certificate%s of it %s not needed\n", r->surplus,
				   plural(r->surplus), r->surplus == 1 ? "is" : "are");
	}
	if (r->written)
		term_print(t, "written: %s, %zu certificate%s\n", j->o->write_chain, r->chain.count,
			   plural(r->chain.count));
	else if (j->o->write_chain != NULL)
		term_print(t, "nothing is written: no path is good\n");
	else if (judgement_wants_repair(j))
		term_print(t, "  --write-chain FILE writes it as it should be\n");
}

void judgement_print(const struct judgement *j, const struct term *t)
{
	print_verdict(j, t);
	print_chain(j, t);
	print_findings(j, t);
	print_attempts(j, t);
	print_crls(j, t);
	print_fetches(j, t);
	print_repair(j, t);
}
