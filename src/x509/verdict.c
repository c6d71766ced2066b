/*
 * What a verdict tells: the paths that were tried, and all that is wrong with the best of them.
 *
 * The search stops at the first rule that a path breaks. Whoever has to put a chain right wants to
 * know of all of them at once: so the path that came furthest is judged again when the search is
 * over, by every rule that costs no signature. Both lists are bounded, whatever is presented.
 */
#include "x509/verdict.h"

#include <stdio.h>
#include <stdlib.h>

#include "x509/name_constraints.h"
#include "x509/oid.h"
#include "x509/policy.h"
#include "x509/rules.h"
#include "x509/text.h"
#include "x509/trust.h"

/* ---- what would put it right ---- */

/* Whose fault it is decides what can be done: who asked for the leaf cannot mend a CA. */
enum whose { ANYONE, LEAF, CA, ROOT };

static const struct remedy {
	enum ward_reason reason;
	enum whose whose;
	const char *text;
} remedies[] = {
	{ WARD_E_CERT_EXPIRED, LEAF, "renew it" },
	{ WARD_E_CERT_EXPIRED, CA,
	  "take the newer certificate of this CA, or have the one below issued by another" },
	{ WARD_E_CERT_EXPIRED, ROOT, "trust the newer root of this CA, or use another CA" },
	{ WARD_E_CERT_NOT_YET_VALID, ANYONE, "wait until then, or set the clock right" },
	{ WARD_E_CERT_SELF_SIGNED, ANYONE,
	  "trust this certificate itself, or use one from a CA that is trusted" },
	{ WARD_E_CERT_NAME_MISMATCH, ANYONE,
	  "ask for a name that it is for, or have it issued for this one" },
	{ WARD_E_CERT_BAD_SIGNATURE, ANYONE,
	  "get it anew: it was changed, or another CA of that name has signed it" },
	{ WARD_E_CERT_NOT_CA, ROOT, "trust a CA instead, or this one as a leaf alone" },
	{ WARD_E_CERT_NOT_CA, ANYONE, "have the certificate below issued by a CA" },
	{ WARD_E_CERT_PATH_LENGTH, ANYONE,
	  "have the leaf issued by a CA that is nearer to the root" },
	{ WARD_E_CERT_KEY_USAGE, ANYONE, "have it issued anew with the key usage that this takes" },
	{ WARD_E_CERT_EXT_KEY_USAGE, LEAF, "have it issued for this purpose" },
	{ WARD_E_CERT_EXT_KEY_USAGE, ANYONE, "have the leaf issued by a CA for this purpose" },
	{ WARD_E_CERT_NAME_CONSTRAINTS, ROOT, "trust a root whose name constraints allow it" },
	{ WARD_E_CERT_NAME_CONSTRAINTS, ANYONE,
	  "have it issued by a CA whose name constraints allow its names" },
	{ WARD_E_CERT_POLICY, ANYONE,
	  "have the leaf issued under a policy that all CAs above it share" },
	{ WARD_E_CERT_UNKNOWN_CRITICAL, ANYONE,
	  "have it issued without the extension, or with it not critical" },
	{ WARD_E_CERT_WEAK_KEY, ANYONE,
	  "have it issued for a larger key: RSA of 2048 bits, P-256, Ed25519" },
	{ WARD_E_KEY_UNSUPPORTED, ANYONE,
	  "have it issued for an RSA, P-256, P-384 or Ed25519 key" },
	{ WARD_E_CERT_WEAK_HASH, ANYONE, "have it signed with SHA-256" },
	{ WARD_E_SIGNATURE_UNSUPPORTED, ANYONE, "have it signed with RSA, ECDSA or Ed25519" },
	{ WARD_E_CERT_VERSION, ANYONE, "have it issued anew, as version 3" },
	{ WARD_E_CERT_PROFILE, ANYONE, "have it issued in that form, or ask for a wider policy" },
	{ WARD_E_CERT_LIMIT, ANYONE,
	  "send the leaf and its own CAs alone, or allow more intermediates" },
};

static enum whose whose_fault(const struct ward_finding *f)
{
	if (f->at.place < 0)
		return ROOT;
	return f->at.place == 0 ? LEAF : CA;
}

/* Where the certificate of its issuer is to be had; an address that can be fetched if there is one. */
static struct span issuer_uri(const struct ward_cert *c)
{
	struct span http = SPAN_LITERAL("http://");
	struct span first = extensions_access_uri(&c->ext, OID_CA_ISSUERS, SPAN_EMPTY);
	struct span uri = first;

	while (uri.len > 0 &&
	       (uri.len < http.len || !span_equal(span_make(uri.data, http.len), http)))
		uri = extensions_access_uri(&c->ext, OID_CA_ISSUERS, uri);
	return uri.len > 0 ? uri : first;
}

static void put_unknown_issuer(struct text *t, const struct ward_cert *c)
{
	struct span uri = issuer_uri(c);
	static const char add[] = "add the certificate of its issuer to the chain";

	if (ward_cert_is_self_issued(c)) {
		text_put(t, "trust it, if it is the root that it should be");
		return;
	}
	text_put(t, add);
	if (uri.len == 0 || uri.len > t->size - sizeof(add) - 12) {
		text_put(t, ", or trust that one");
		return;
	}
	text_put(t, ", it is at ");
	text_put_utf8(t, uri);
}

static void put_remedy(struct ward_finding *f)
{
	struct text t = text_make(f->remedy, sizeof(f->remedy));
	const char *hint = ward_reason_hint(f->reason);

	if (f->reason == WARD_E_CERT_UNKNOWN_ISSUER && f->at.cert != NULL) {
		put_unknown_issuer(&t, f->at.cert);
		return;
	}
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++) {
		const struct remedy *r = &remedies[i];

		if (r->reason == f->reason && (r->whose == ANYONE || r->whose == whose_fault(f))) {
			text_put(&t, r->text);
			return;
		}
	}
	text_put(&t, hint[0] == '\0' ? "have it issued anew" : hint);
}

static void fill(struct ward_finding *f, const struct ward_link *at, const struct ward_error *err)
{
	*f = (struct ward_finding){ .at = { NULL, -1 }, .reason = err->reason };
	if (at != NULL)
		f->at = *at;
	snprintf(f->found, sizeof(f->found), "%s", err->detail);
	put_remedy(f);
	if (at != NULL)
		ward_cert_ref(at->cert);
}

/* ---- paths ---- */

static void clear_attempt(struct ward_attempt *a)
{
	for (size_t i = 0; i < a->count; i++)
		ward_cert_free(a->links[i].cert);
	ward_cert_free(a->ended.at.cert);
	free(a->links);
	*a = (struct ward_attempt){ .links = NULL };
}

/* A free place; that of the last one if none is free and it must be; NULL if there is none. */
static struct ward_attempt *make_room(struct ward_verdict *v, bool furthest)
{
	if (v->attempt_count < WARD_ATTEMPTS_MAX)
		return &v->attempts[v->attempt_count++];
	v->attempts_left_out++;
	if (!furthest)
		return NULL;
	clear_attempt(&v->attempts[WARD_ATTEMPTS_MAX - 1]);
	return &v->attempts[WARD_ATTEMPTS_MAX - 1];
}

void verdict_add_attempt(struct path *p, const struct ward_link *at, const struct ward_error *err,
			 bool furthest)
{
	struct ward_verdict *v = p->verdict;
	struct ward_attempt *a;

	if (v->attempts == NULL)
		v->attempts = calloc(WARD_ATTEMPTS_MAX, sizeof(*v->attempts));
	a = v->attempts == NULL ? NULL : make_room(v, furthest);
	if (a == NULL) {
		p->forgot = p->forgot || v->attempts == NULL;
		return;
	}
	a->links = calloc(p->len, sizeof(*a->links));
	if (a->links == NULL) {
		p->forgot = true;
		return;
	}
	for (size_t i = 0; i < p->len; i++)
		a->links[i] =
			(struct ward_link){ ward_cert_ref(p->links[i].cert), p->links[i].place };
	a->count = p->len;
	fill(&a->ended, at, err);
	if (furthest)
		p->furthest = (size_t)(a - v->attempts);
}

/* ---- findings ---- */

static void add_finding(struct ward_verdict *v, const struct ward_link *at,
			const struct ward_error *err)
{
	for (size_t i = 0; i < v->finding_count; i++)
		if (v->findings[i].at.cert == at->cert && v->findings[i].reason == err->reason)
			return;
	if (v->finding_count < WARD_FINDINGS_MAX)
		fill(&v->findings[v->finding_count++], at, err);
}

static enum role role_of(const struct path *p, const struct ward_attempt *a, size_t i)
{
	if (i > 0)
		return a->links[i].place < 0 ? ROLE_ANCHOR : ROLE_INTERMEDIATE;
	return trust_holds(p->trust, a->links[0].cert) ? ROLE_TRUSTED_LEAF : ROLE_LEAF;
}

static void add_broken_rules(struct path *p, const struct ward_attempt *a, size_t i)
{
	struct judged j = { a->links[i].cert, role_of(p, a, i), path_intermediates(a->links, i),
			    p->params };
	struct ward_error own = ERROR_NONE;

	for (size_t next = 0; rules_next_broken(&j, &next, &own); own = ERROR_NONE)
		add_finding(p->verdict, &a->links[i], &own);
}

/* What is left of the comparisons bounds this, too; self-issued CAs are exempt as in path.c. */
static void add_names_outside(struct path *p, const struct ward_attempt *a, size_t i)
{
	const struct ward_cert *c = a->links[i].cert;

	for (size_t ca = i + 1; ca < a->count; ca++) {
		struct ward_error own = ERROR_NONE;

		if ((i == 0 || !ward_cert_is_self_issued(c)) &&
		    !name_constraints_allow(a->links[ca].cert, c, &p->comparisons_left, &own) &&
		    own.reason != WARD_E_CERT_LIMIT)
			add_finding(p->verdict, &a->links[i], &own);
	}
}

static void add_rest(struct path *p, const struct ward_attempt *a)
{
	struct ward_error own = ERROR_NONE;
	bool complete = a->links[a->count - 1].place < 0;
	size_t at = 0;

	for (size_t i = 0; i < a->count; i++) {
		add_broken_rules(p, a, i);
		add_names_outside(p, a, i);
	}
	if (complete && !policy_allows(a->links, a->count, &p->policies_left, &at, &own) &&
	    own.reason != WARD_E_CERT_LIMIT)
		add_finding(p->verdict, &a->links[at], &own);
	own = ERROR_NONE;
	if (!path_check_host(p, a->links[0].cert, &own))
		add_finding(p->verdict, &a->links[0], &own);
}

void verdict_add_findings(struct path *p)
{
	struct ward_verdict *v = p->verdict;
	const struct ward_attempt *a;

	if (p->forgot || v->attempt_count == 0)
		return;
	v->findings = calloc(WARD_FINDINGS_MAX, sizeof(*v->findings));
	if (v->findings == NULL) {
		p->forgot = true;
		return;
	}
	a = &v->attempts[p->furthest];
	fill(&v->findings[v->finding_count++], a->ended.at.cert == NULL ? NULL : &a->ended.at,
	     &p->fault.err);
	if (a->ended.at.cert != NULL)
		add_rest(p, a);
}

void ward_verdict_clear(struct ward_verdict *verdict)
{
	for (size_t i = 0; i < verdict->attempt_count; i++)
		clear_attempt(&verdict->attempts[i]);
	for (size_t i = 0; i < verdict->finding_count; i++)
		ward_cert_free(verdict->findings[i].at.cert);
	free(verdict->attempts);
	free(verdict->findings);
	ward_chain_clear(&verdict->path);
	*verdict = (struct ward_verdict){ .failed_cert = -1 };
}
