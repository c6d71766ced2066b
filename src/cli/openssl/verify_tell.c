/*
 * What `ward openssl verify` says of a chain.
 *
 * OpenSSL judges in stages, and its callback lets some errors pass so that those behind them are told,
 * too. The findings of ward's verdict are put into that order, and told as far as openssl would.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/openssl/verdict.h"
#include "cli/openssl/verify.h"
#include "cli/report.h"
#include "x509/x509.h"

/* X509_verify_cert of OpenSSL 3: who comes before whom. */
enum stage {
	STAGE_BUILD,
	STAGE_EXTENSIONS,
	STAGE_STRENGTH,
	STAGE_NAME,
	STAGE_REVOCATION,
	STAGE_WALK_DOWN, /* signatures and times, from the root down */
	STAGE_CONSTRAINTS,
	STAGE_POLICY,
};

struct event {
	enum stage stage;
	size_t depth;
	int code;
	const char *text;
	const char *remedy;
};

enum { EVENTS_MAX = WARD_FINDINGS_MAX + 4 };

struct telling {
	const struct verify_job *job;
	struct verdict_path path;
	struct event events[EVENTS_MAX];
	size_t count;
};

static void add(struct telling *t, struct event event)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->events[i].depth == event.depth && t->events[i].code == event.code)
			return;
	if (t->count < EVENTS_MAX)
		t->events[t->count++] = event;
}

/* ---- what is wrong ---- */

static void add_top(struct telling *t, const char *remedy)
{
	const struct verdict_path *p = &t->path;
	const struct verify_pool *pool = &t->job->pool;
	size_t top = p->count - 1;
	struct event e = { STAGE_BUILD, top, VERDICT_NO_ISSUER,
			   "unable to get local issuer certificate", remedy };

	for (size_t i = 0; i < pool->named_trusted; i++)
		if (pool->others.certs[i] == p->certs[top]) {
			e.code = VERDICT_NO_ISSUER_OF_TRUSTED;
			e.text = "unable to get issuer certificate";
		}
	if (ward_cert_is_self_issued(p->certs[top])) {
		e.code = top == 0 ? VERDICT_SELF_SIGNED : VERDICT_SELF_SIGNED_TOP;
		e.text = top == 0 ? "self-signed certificate"
				  : "self-signed certificate in certificate chain";
	}
	add(t, e);
}

static enum stage stage_of(enum ward_reason reason)
{
	switch ((int)reason) {
	case WARD_E_CERT_LIMIT:
	case WARD_E_CERT_TOO_LONG:
	case WARD_E_NO_MEMORY:
		return STAGE_BUILD;
	case WARD_E_CERT_WEAK_KEY:
	case WARD_E_CERT_WEAK_HASH:
		return STAGE_STRENGTH;
	case WARD_E_CERT_BAD_SIGNATURE:
	case WARD_E_CERT_EXPIRED:
	case WARD_E_CERT_NOT_YET_VALID:
		return STAGE_WALK_DOWN;
	case WARD_E_CERT_NAME_CONSTRAINTS:
		return STAGE_CONSTRAINTS;
	case WARD_E_CERT_POLICY:
		return STAGE_POLICY;
	case WARD_E_CERT_REVOKED:
	case WARD_E_REVOCATION_UNKNOWN:
	case WARD_E_CRL_BAD_SIGNATURE:
	case WARD_E_CRL_NOT_YET_VALID:
	case WARD_E_CRL_EXPIRED:
	case WARD_E_CRL_ISSUER:
	case WARD_E_CRL_UNSUPPORTED:
	case WARD_E_CRL_PROFILE:
		return STAGE_REVOCATION;
	default:
		return STAGE_EXTENSIONS;
	}
}

static void add_finding(struct telling *t, const struct ward_finding *f)
{
	struct verdict_text text = verdict_text_of(f->reason);
	struct event e = { stage_of(f->reason), verdict_depth(&t->path, f->at.cert), text.code,
			   text.text, f->remedy };

	if (f->reason == WARD_E_CERT_WEAK_KEY && e.depth > 0) {
		e.code = 67;
		e.text = "CA certificate key too weak";
	}
	/* Whoever may not sign is no CA to begin with. */
	if (f->reason == WARD_E_CERT_KEY_USAGE) {
		add(t, (struct event){ e.stage, e.depth, VERDICT_NOT_CA, "invalid CA certificate",
				       e.remedy });
		e.stage = STAGE_WALK_DOWN;
	}
	add(t, e);
}

static void add_names(struct telling *t)
{
	static const char remedy[] =
		"ask for a name that it is for, or have it issued for this one";
	const struct verify_job *job = t->job;
	const struct ward_cert *leaf = t->path.certs[0];

	if (job->host != NULL && !ward_cert_matches_host(leaf, job->host))
		add(t, (struct event){ STAGE_NAME, 0, VERDICT_HOST, "hostname mismatch", remedy });
	if (job->email != NULL && !verdict_has_email(leaf, job->email))
		add(t, (struct event){ STAGE_NAME, 0, VERDICT_EMAIL, "email address mismatch",
				       remedy });
	if (job->address != NULL && !ward_cert_matches_host(leaf, job->address))
		add(t, (struct event){ STAGE_NAME, 0, VERDICT_ADDRESS, "IP address mismatch",
				       remedy });
}

/* What openssl asks beside the purposes of TLS. */
static void add_purpose(struct telling *t)
{
	const struct purpose *p = t->job->purpose;
	struct verdict_text text = verdict_text_of(WARD_E_CERT_EXT_KEY_USAGE);

	for (size_t i = 0; i < t->path.count; i++) {
		bool (*keeps)(const struct ward_cert *cert) = i == 0 ? p->leaf : p->ca;

		if (keeps != NULL && !keeps(t->path.certs[i]))
			add(t, (struct event){ STAGE_EXTENSIONS, i, text.code, text.text,
					       "have it issued for this purpose" });
	}
}

/* Of all of the path: the verdict's ends where the first was met. */
static void add_times(struct telling *t, int64_t now)
{
	for (size_t i = 0; i < t->path.count; i++) {
		const struct ward_cert *cert = t->path.certs[i];

		if (now > ward_cert_not_after(cert))
			add(t, (struct event){ STAGE_WALK_DOWN, i, VERDICT_EXPIRED,
					       "certificate has expired", "renew it" });
		else if (now < ward_cert_not_before(cert))
			add(t, (struct event){ STAGE_WALK_DOWN, i, VERDICT_NOT_YET,
					       "certificate is not yet valid",
					       "wait until then, or set the clock right" });
	}
}

static bool is_told_otherwise(enum ward_reason reason)
{
	return reason == WARD_E_CERT_UNKNOWN_ISSUER || reason == WARD_E_CERT_SELF_SIGNED ||
	       reason == WARD_E_CERT_EXPIRED || reason == WARD_E_CERT_NOT_YET_VALID;
}

static void add_findings(struct telling *t, const struct ward_verdict *v)
{
	for (size_t i = 0; i < v->finding_count; i++)
		if (!is_told_otherwise(v->findings[i].reason))
			add_finding(t, &v->findings[i]);
}

static void collect(struct telling *t, const struct verify_result *r)
{
	const struct ward_verdict *v = &r->verdict;

	if (!t->path.trusted)
		add_top(t, v->finding_count > 0 ? v->findings[0].remedy : "trust its root");
	add_findings(t, v);
	add_findings(t, &r->timeless);
	add_purpose(t);
	add_names(t);
	if (r->has_time)
		add_times(t, r->time);
}

static int compare(const void *a, const void *b)
{
	const struct event *x = a, *y = b;
	int up = (x->depth > y->depth) - (x->depth < y->depth);

	if (x->stage != y->stage)
		return x->stage < y->stage ? -1 : 1;
	if (up != 0)
		return x->stage == STAGE_WALK_DOWN ? -up : up;
	return (x->code > y->code) - (x->code < y->code);
}

/* ---- telling it ---- */

static bool goes_on(int code)
{
	return code == VERDICT_NO_POLICY || code == VERDICT_EXPIRED ||
	       code == VERDICT_SELF_SIGNED || code == VERDICT_NOT_CA ||
	       code == VERDICT_PATH_LENGTH || code == VERDICT_CRL_EXPIRED ||
	       code == VERDICT_CRL_NOT_YET || code == VERDICT_CRITICAL || code == VERDICT_PURPOSE;
}

static void tell_events(const struct telling *t)
{
	bool on = true;

	for (size_t i = 0; on && i < t->count; i++) {
		const struct event *e = &t->events[i];

		text_name(stderr, cert_subject_der(t->path.certs[e->depth]), &t->job->style);
		fprintf(stderr, "\nerror %d at %zu depth lookup: %s\n", e->code, e->depth, e->text);
		on = goes_on(e->code);
	}
}

static bool is_untrusted(const struct telling *t, size_t i)
{
	const struct verify_pool *pool = &t->job->pool;

	if (i + 1 == t->path.count)
		return false;
	for (size_t k = 0; k < pool->named_trusted; k++)
		if (pool->others.certs[k] == t->path.certs[i])
			return false;
	return true;
}

static void show_chain(const struct telling *t)
{
	printf("Chain:\n");
	for (size_t i = 0; i < t->path.count; i++) {
		printf("depth=%zu: ", i);
		text_name(stdout, cert_subject_der(t->path.certs[i]), &t->job->style);
		printf("%s\n", is_untrusted(t, i) ? " (untrusted)" : "");
	}
}

bool verify_tell(const struct verify_job *job, const char *name, const struct ward_chain *chain,
		 const struct verify_result *result)
{
	struct telling t = { .job = job };

	if (result->is_about_time)
		verdict_find_path(&t.path, chain, &result->timeless, result->timeless_good);
	else
		verdict_find_path(&t.path, chain, &result->verdict, result->good);
	collect(&t, result);
	qsort(t.events, t.count, sizeof(t.events[0]), compare);
	if (t.count == 0) {
		printf("%s: OK\n", name);
		if (job->show_chain)
			show_chain(&t);
		return true;
	}
	fflush(stdout);
	tell_events(&t);
	fprintf(stderr, "error %s: verification failed\nhint: %s\n", name, t.events[0].remedy);
	return false;
}
