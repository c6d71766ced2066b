/*
 * Path building (RFC 4158, RFC 5280, section 6): depth first, from the leaf upwards.
 *
 * At each certificate the issuers are tried that carry the right name: those first whose key
 * identifier, or else serial number, is the one that the certificate names, then those of which it
 * says nothing, then the others, since that is a hint, and last those whose key is not of the kind
 * that has signed it; and each time trusted ones before presented ones. An issuer that breaks a rule
 * ends its branch. A name and key that stand in the path already are not taken again,
 * which excludes loops.
 *
 * A certificate all of whose issuers have failed for reasons that hold wherever it stands (nobody
 * has signed it, the issuers are expired, or exclude the leaf) is hopeless, and no path goes over it
 * again: so layers of CAs that have all signed each other cost as much as there are signatures in
 * them, not as there are paths. Reasons that depend on the path, its length or a circle in it, are
 * none of these.
 *
 * Signatures come last, when the path has reached a trusted certificate, and from the top down:
 * the key of a certificate is not used before the certificate above has vouched for it. What a
 * check found is remembered, so that none is made twice. The work is bounded by the limits in
 * path.h and effort.h, whatever is presented.
 *
 * The reason that is reported is the one of the path that came furthest, because that is most
 * likely the path that was meant. A leaf that is expired or for another host is reported as such
 * only when it has a path to a trusted root: what an unknown issuer says of it means nothing.
 */
#include "x509/path.h"

#include "x509/name.h"
#include "x509/name_constraints.h"
#include "x509/policy.h"
#include "x509/revocation.h"
#include "x509/rules.h"
#include "x509/text.h"
#include "x509/trust.h"
#include "x509/verdict.h"

enum {
	LABEL_MAX = 64,
	NAMES_SHOWN = 2,
	KEY_ID_MAX = 64, /* no hash is longer; what is, is no hint */

	/* Ranks of faults: the length of the path, then what it reached. */
	RANK_REACHED_TRUST = 100,
	RANK_LEAF_JUDGED,
	RANK_NAMES_JUDGED,
	RANK_SIGNED,
	RANK_NOT_REVOKED,
	RANK_FINAL, /* not to be outdone: a limit, no memory */
};

enum outcome { GO_ON, FOUND, STOP };

void path_start(struct path *p, struct ward_trust *trust, struct ward_cert *const *presented,
		size_t count, const struct ward_verify_params *params, struct ward_verdict *verdict)
{
	p->trust = trust;
	p->presented = presented;
	p->count = count;
	p->params = params;
	p->verdict = verdict;
	p->len = 0;
	p->signatures = 0;
	p->effort = effort_whole();
	p->steps = 0;
	p->tried = 0;
	p->hopeless_count = 0;
	p->by_place = false;
	p->comparisons_left = NAME_COMPARISONS_MAX;
	p->policies_left = POLICY_COMPARISONS_MAX;
	p->glances_left = PATH_GLANCES_MAX;
	p->fault = (struct path_fault){ 0, -1, ERROR_NONE };
	p->furthest = 0;
	p->forgot = false;
}

/*
 * The path ends here, because of one link or (NULL) of none. Keeps the fault that came furthest; of
 * equals the first, whose path was preferred.
 */
static void note(struct path *p, unsigned int rank, const struct ward_link *at,
		 const struct ward_error *err)
{
	bool furthest = rank > p->fault.rank;

	if (p->verdict != NULL)
		verdict_add_attempt(p, at, err, furthest);
	if (!furthest)
		return;
	p->fault.rank = rank;
	p->fault.place = at == NULL ? -1 : at->place;
	p->fault.err = *err;
}

static enum outcome stop_with(struct path *p, const struct ward_error *err)
{
	note(p, RANK_FINAL, NULL, err);
	return STOP;
}

static enum outcome stop_at_limit(struct path *p, const char *what, unsigned int most)
{
	struct ward_error own = ERROR_NONE;

	FAILF(&own, CERT_LIMIT, "more than %u %s", most, what);
	return stop_with(p, &own);
}

static void give_up(struct path *p, const struct ward_cert *c)
{
	if (p->hopeless_count < PATH_HOPELESS_MAX)
		p->hopeless[p->hopeless_count++] = c;
}

static bool is_hopeless(const struct path *p, const struct ward_cert *c)
{
	for (size_t i = 0; i < p->hopeless_count; i++)
		if (p->hopeless[i] == c)
			return true;
	return false;
}

/* ---- a path that has reached a trusted certificate ---- */

static bool check_leaf(struct path *p)
{
	struct ward_error own = ERROR_NONE;
	struct judged leaf = { p->links[0].cert, p->len == 1 ? ROLE_TRUSTED_LEAF : ROLE_LEAF, 0,
			       p->params };

	if (rules_keep(&leaf, &own))
		return true;
	note(p, RANK_REACHED_TRUST, &p->links[0], &own);
	return false;
}

/* A CA that does not allow the leaf is of no use on any path. */
static enum outcome refuse_names(struct path *p, size_t ca, size_t i, const struct ward_error *err)
{
	if (err->reason == WARD_E_CERT_LIMIT) {
		note(p, RANK_FINAL, &p->links[i], err);
		return STOP;
	}
	note(p, RANK_LEAF_JUDGED, &p->links[i], err);
	if (i == 0)
		give_up(p, p->links[ca].cert);
	p->by_place = p->by_place || i > 0 || ca + 1 < p->len;
	return GO_ON;
}

/* Self-issued certificates are exempt unless they are the leaf (RFC 5280, 6.1.3 (b) and (c)). */
static enum outcome check_names(struct path *p)
{
	struct ward_error own = ERROR_NONE;

	for (size_t ca = p->len - 1; ca > 0; ca--)
		for (size_t i = ca; i-- > 0;) {
			const struct ward_cert *c = p->links[i].cert;

			if ((i == 0 || !ward_cert_is_self_issued(c)) &&
			    !name_constraints_allow(p->links[ca].cert, c, &p->comparisons_left,
						    &own))
				return refuse_names(p, ca, i, &own);
		}
	return FOUND;
}

static enum outcome check_policies(struct path *p)
{
	struct ward_error own = ERROR_NONE;
	size_t at = 0;

	if (policy_allows(p->links, p->len, &p->policies_left, &at, &own))
		return FOUND;
	if (own.reason == WARD_E_CERT_LIMIT) {
		note(p, RANK_FINAL, &p->links[at], &own);
		return STOP;
	}
	note(p, RANK_LEAF_JUDGED, &p->links[at], &own);
	p->by_place = true;
	return GO_ON;
}

/* It is the key that signs: another certificate for it gives the same answer. */
static const struct path_edge *find_edge(const struct path *p, const struct ward_cert *issuer,
					 const struct ward_cert *subject)
{
	for (unsigned int i = 0; i < p->signatures; i++) {
		const struct path_edge *e = &p->edges[i];

		if (e->subject == subject &&
		    (e->issuer == issuer || span_equal(e->issuer->spki, issuer->spki)))
			return e;
	}
	return NULL;
}

enum key_ids { SAME_KEY_ID, NO_KEY_ID, OTHER_KEY_ID };

static enum key_ids compare_key_ids(const struct ward_cert *issuer, const struct ward_cert *c)
{
	struct span named = c->ext.authority_key_id;
	struct span own = issuer->ext.subject_key_id;

	if (named.len == 0 || own.len == 0 || named.len > KEY_ID_MAX || own.len > KEY_ID_MAX)
		return NO_KEY_ID;
	return span_equal(named, own) ? SAME_KEY_ID : OTHER_KEY_ID;
}

/* A CA that was made anew under its old name is no forgery, but another CA. */
static void note_bad_signature(struct path *p, size_t i, const struct ward_error *err)
{
	const struct ward_cert *c = p->links[i].cert;
	const struct ward_cert *issuer = p->links[i + 1].cert;
	char label[LABEL_MAX], issuer_label[LABEL_MAX];
	struct ward_error own = ERROR_NONE;

	cert_label(c, label, sizeof(label));
	cert_label(issuer, issuer_label, sizeof(issuer_label));
	if (err->reason != WARD_E_BAD_SIGNATURE) {
		error_set(&own, err->reason, "\"%s\" by \"%s\": %s", label, issuer_label,
			  err->detail);
		note(p, RANK_NAMES_JUDGED, &p->links[i], &own);
	} else if (compare_key_ids(issuer, c) == OTHER_KEY_ID) {
		FAILF(&own, CERT_UNKNOWN_ISSUER, "\"%s\": the known \"%s\" has another key", label,
		      issuer_label);
		note(p, RANK_REACHED_TRUST, &p->links[i], &own);
	} else {
		FAILF(&own, CERT_BAD_SIGNATURE, "\"%s\" is not signed by \"%s\"", label,
		      issuer_label);
		note(p, RANK_NAMES_JUDGED, &p->links[i], &own);
	}
}

/* What says nothing of the certificates must not look like a verdict on them. */
static bool is_our_own(enum ward_reason reason)
{
	return reason == WARD_E_NO_MEMORY || reason == WARD_E_CRYPTO_FAILED;
}

static enum outcome check_signature(struct path *p, size_t i)
{
	struct ward_cert *c = p->links[i].cert;
	struct ward_cert *issuer = p->links[i + 1].cert;
	const struct path_edge *known = find_edge(p, issuer, c);
	struct ward_error own = ERROR_NONE;
	const struct pubkey *key;
	bool good;

	if (known != NULL && !known->good && p->verdict != NULL) {
		FAIL(&own, BAD_SIGNATURE);
		note_bad_signature(p, i, &own);
	}
	if (known != NULL)
		return known->good ? FOUND : GO_ON;
	if (!effort_allows(&p->effort, issuer, &own))
		return stop_with(p, &own);
	key = cert_pubkey(issuer, &own);
	good = key != NULL && pubkey_verify(key, c->signed_with.alg, c->tbs, c->signature, &own);
	if (!good && is_our_own(own.reason))
		return stop_with(p, &own);
	effort_count(&p->effort, issuer, good);
	p->edges[p->signatures++] = (struct path_edge){ issuer, c, good };
	if (!good)
		note_bad_signature(p, i, &own);
	return good ? FOUND : GO_ON;
}

static enum outcome check_signatures(struct path *p)
{
	for (size_t i = p->len - 1; i-- > 0;) {
		enum outcome outcome = check_signature(p, i);

		if (outcome == FOUND)
			continue;
		p->by_place = p->by_place || i + 2 < p->len;
		return outcome;
	}
	return FOUND;
}

/* "server.example, *.server.example and others"; names of other kinds are left out. */
static void describe_names(const struct ward_cert *c, char *buf, size_t size)
{
	struct text t = text_make(buf, size);
	char name[LABEL_MAX];
	size_t shown = 0;
	size_t at = 0;
	int kind;

	while ((kind = ward_cert_san_next(c, &at, name, sizeof(name))) >= 0) {
		if (kind != WARD_SAN_DNS && kind != WARD_SAN_IP)
			continue;
		if (shown == NAMES_SHOWN) {
			text_put(&t, " and others");
			return;
		}
		text_put(&t, shown++ == 0 ? "" : ", ");
		text_put(&t, name);
	}
	if (shown == 0)
		text_put(&t, "no host");
}

bool path_check_host(const struct path *p, const struct ward_cert *leaf, struct ward_error *err)
{
	char names[NAMES_SHOWN * LABEL_MAX];

	if (p->params->host == NULL || ward_cert_matches_host(leaf, p->params->host))
		return true;
	describe_names(leaf, names, sizeof(names));
	return FAILF(err, CERT_NAME_MISMATCH, "not for %.60s, but for %s", p->params->host, names);
}

static bool check_host(struct path *p)
{
	struct ward_error own = ERROR_NONE;

	if (path_check_host(p, p->links[0].cert, &own))
		return true;
	note(p, RANK_NOT_REVOKED, &p->links[0], &own);
	return false;
}

/* Lists and responses are trusted as far as the path: so this comes when its signatures are right. */
static enum outcome check_revocation(struct path *p)
{
	struct ward_error own = ERROR_NONE;
	size_t at = 0;

	p->by_place = true;
	if (revocation_allows(p, &at, &own)) {
		if (pins_allow(p, &own))
			return FOUND;
		note(p, RANK_SIGNED, &p->links[0], &own);
		return GO_ON;
	}
	if (is_our_own(own.reason) || own.reason == WARD_E_CERT_LIMIT)
		return stop_with(p, &own);
	note(p, RANK_SIGNED, &p->links[at], &own);
	return GO_ON;
}

/* What a leaf says of itself, and its names, are the same on every path: the search is over. */
static enum outcome judge(struct path *p)
{
	enum outcome outcome;

	if (p->tried == PATH_PATHS_MAX)
		return stop_at_limit(p, "paths to try", PATH_PATHS_MAX);
	p->tried++;
	if (!check_leaf(p))
		return STOP;
	outcome = check_names(p);
	if (outcome == FOUND)
		outcome = check_policies(p);
	if (outcome == FOUND)
		outcome = check_signatures(p);
	if (outcome == FOUND)
		outcome = check_revocation(p);
	if (outcome == FOUND && !check_host(p))
		return STOP;
	return outcome;
}

/* ---- the search ---- */

unsigned int path_intermediates(const struct ward_link *links, size_t len)
{
	unsigned int n = 0;

	for (size_t i = 1; i < len; i++)
		if (!ward_cert_is_self_issued(links[i].cert))
			n++;
	return n;
}

/* What a step costs grows with the certificate that it leads to: so does what it counts for. */
static void count_step(struct path *p, const struct ward_cert *c)
{
	p->steps += 1 + (unsigned int)(c->der.len / PATH_STEP_BYTES);
}

/* Long names that differ, though they are of one hash, are no accident: they count. */
static bool is_in_path(struct path *p, const struct ward_cert *c)
{
	for (size_t i = 0; i < p->len; i++) {
		if (p->links[i].cert->subject_hash != c->subject_hash)
			continue;
		if (cert_same_entity(p->links[i].cert, c))
			return true;
		count_step(p, c);
	}
	return false;
}

static bool has_room(struct path *p, const struct ward_cert *c, bool trusted, unsigned int below)
{
	unsigned int most = p->params->max_intermediates;
	struct ward_error own = ERROR_NONE;

	if (most == 0)
		most = PATH_INTERMEDIATES;
	else if (most == WARD_NO_INTERMEDIATES)
		most = 0;
	if (p->len < PATH_LINKS_MAX && (trusted || ward_cert_is_self_issued(c) || below < most))
		return true;
	p->by_place = true;
	FAILF(&own, CERT_LIMIT, "%u intermediates at most", most);
	note(p, (unsigned int)p->len, &p->links[p->len - 1], &own);
	return false;
}

static enum outcome extend(struct path *p);

/* Puts the certificate on top of the path, and goes on from there. */
static enum outcome climb(struct path *p, struct ward_link link)
{
	bool trusted = link.place < 0;
	struct judged j = { link.cert, trusted ? ROLE_ANCHOR : ROLE_INTERMEDIATE,
			    path_intermediates(p->links, p->len), p->params };
	struct ward_error own = ERROR_NONE;
	enum outcome outcome = GO_ON;

	if (!has_room(p, link.cert, trusted, j.below))
		return GO_ON;
	p->links[p->len++] = link;
	if (!rules_keep(&j, &own)) {
		note(p, trusted ? RANK_REACHED_TRUST : (unsigned int)p->len, &p->links[p->len - 1],
		     &own);
		p->by_place = p->by_place || own.reason == WARD_E_CERT_PATH_LENGTH;
	} else {
		outcome = trusted ? judge(p) : extend(p);
	}
	if (outcome != FOUND)
		p->len--;
	return outcome;
}

/* One step: an issuer by name, unless it is in the path or is known not to have signed. */
static enum outcome try_issuer(struct path *p, struct ward_link link, bool *any)
{
	const struct ward_cert *c = p->links[p->len - 1].cert;
	const struct path_edge *edge;

	if (p->steps >= PATH_STEPS_MAX)
		return stop_at_limit(p, "issuers to try", PATH_STEPS_MAX);
	count_step(p, link.cert);
	if (!cert_is_named_issuer(link.cert, c))
		return GO_ON;
	if (is_in_path(p, link.cert)) {
		p->by_place = true;
		return GO_ON;
	}
	*any = true;
	edge = find_edge(p, link.cert, c);
	if ((edge != NULL && !edge->good) || is_hopeless(p, link.cert))
		return GO_ON;
	return climb(p, link);
}

/* In which order issuers are tried. */
enum hint { IS_NAMED, MAY_BE, IS_NOT_NAMED, CANNOT_BE, HINTS };

/* Whether the certificate says that its issuer is the one with this name above and serial number. */
static bool names_serial(const struct ward_cert *c, const struct ward_cert *issuer)
{
	return c->ext.authority_serial.len > 0 &&
	       span_equal(c->ext.authority_serial, issuer->serial) &&
	       name_equal(c->ext.authority_issuer, issuer->issuer);
}

/* A key of another kind, or of another size where that shows, has not signed it. */
static bool may_have_signed(const struct key_id *key, const struct ward_cert *c)
{
	if (c->signed_with.alg == SIG_NONE || key->type == KEY_NONE)
		return true;
	if (!pubkey_type_signs(key->type, c->signed_with.alg))
		return false;
	return (key->type != KEY_RSA && key->type != KEY_RSA_PSS) ||
	       c->signature.len == (key->bits + 7) / 8;
}

static enum hint hint_of(const struct ward_cert *issuer, const struct ward_cert *c)
{
	if (!may_have_signed(&issuer->key, c))
		return CANNOT_BE;
	switch (compare_key_ids(issuer, c)) {
	case SAME_KEY_ID:
		return IS_NAMED;
	case OTHER_KEY_ID:
		return IS_NOT_NAMED;
	case NO_KEY_ID:
	default:
		return names_serial(c, issuer) ? IS_NAMED : MAY_BE;
	}
}

static enum outcome try_trusted(struct path *p, enum hint wanted, bool *any)
{
	const struct ward_cert *c = p->links[p->len - 1].cert;
	const struct trust_entry *e = NULL;
	enum outcome outcome = GO_ON;

	while (outcome == GO_ON && (e = trust_find(p->trust, c->issuer_hash, e)) != NULL) {
		struct ward_cert *issuer = trust_entry_cert(e);

		if (hint_of(issuer, c) == wanted)
			outcome = try_issuer(p, (struct ward_link){ issuer, -1 }, any);
	}
	return outcome;
}

static enum outcome try_presented(struct path *p, enum hint wanted, bool *any)
{
	const struct ward_cert *c = p->links[p->len - 1].cert;
	enum outcome outcome = GO_ON;

	if (p->count > p->glances_left)
		return stop_at_limit(p, "certificates to look at", PATH_GLANCES_MAX);
	p->glances_left -= p->count;
	for (size_t i = 1; i < p->count && outcome == GO_ON; i++) {
		struct ward_cert *issuer = p->presented[i];

		if (issuer->subject_hash == c->issuer_hash && hint_of(issuer, c) == wanted)
			outcome = try_issuer(p, (struct ward_link){ issuer, (int)i }, any);
	}
	return outcome;
}

/* Whether anybody will read how a path ended: a search in vain may have thousands. */
static bool is_worth_telling(const struct path *p, unsigned int rank)
{
	return rank > p->fault.rank ||
	       (p->verdict != NULL && p->verdict->attempt_count < WARD_ATTEMPTS_MAX);
}

static void note_dead_end(struct path *p)
{
	const struct ward_link *top = &p->links[p->len - 1];
	bool self_issued = ward_cert_is_self_issued(top->cert);
	char label[LABEL_MAX], issuer[LABEL_MAX];
	struct ward_error own = ERROR_NONE;

	if (!is_worth_telling(p, (unsigned int)p->len)) {
		note(p, (unsigned int)p->len, top, &own);
		return;
	}
	cert_label(top->cert, label, sizeof(label));
	if (self_issued && p->len == 1 && compare_key_ids(top->cert, top->cert) != OTHER_KEY_ID)
		FAILF(&own, CERT_SELF_SIGNED, "\"%s\"", label);
	else if (self_issued)
		FAILF(&own, CERT_UNKNOWN_ISSUER, "\"%s\" is self-signed and not trusted", label);
	else
		FAILF(&own, CERT_UNKNOWN_ISSUER, "\"%s\" is issued by %s", label,
		      name_text(top->cert->issuer, issuer, sizeof(issuer)));
	note(p, (unsigned int)p->len, top, &own);
}

static enum outcome extend(struct path *p)
{
	bool any = false;
	bool by_place = p->by_place;
	enum outcome outcome = GO_ON;

	p->by_place = false;
	for (int wanted = IS_NAMED; wanted < HINTS && outcome == GO_ON; wanted++) {
		outcome = try_trusted(p, (enum hint)wanted, &any);
		if (outcome == GO_ON)
			outcome = try_presented(p, (enum hint)wanted, &any);
	}
	if (outcome == GO_ON && !any)
		note_dead_end(p);
	if (outcome == GO_ON && !p->by_place)
		give_up(p, p->links[p->len - 1].cert);
	p->by_place = p->by_place || by_place;
	return outcome;
}

bool path_find(struct path *p)
{
	p->links[p->len++] = (struct ward_link){ p->presented[0], 0 };
	if (trust_holds(p->trust, p->presented[0]))
		return judge(p) == FOUND;
	return extend(p) == FOUND;
}
