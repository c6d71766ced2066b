/*
 * Certificate policies (RFC 5280, 6.1.2 to 6.1.5; RFC 9618).
 *
 * The caller of a TLS library wants no particular policy. What is left of the algorithm is the
 * question whether there is any, and that only if a CA demands one (requireExplicitPolicy): for
 * other paths nothing is done. RFC 9618 made the tree of policies a graph, because the tree could
 * grow without bound. Whether a level has a node at all can be told from the level above alone, so
 * one level is kept: the set of policies that the next certificate may name.
 *
 * The work is counted: a path has 32 certificates with thousands of policies in each, and there may
 * be many paths.
 */
#include "x509/policy.h"

#include "x509/oid.h"

enum { POLICIES_MAX = 64, LABEL_MAX = 64 };

struct policy_set {
	bool any; /* the node of anyPolicy is there */
	size_t count;
	struct span oids[POLICIES_MAX];
};

struct policy_state {
	struct policy_set valid;
	/* Certificates that may yet come before each of these holds (6.1.2 (d) to (f)). */
	size_t explicit_policy, policy_mapping, inhibit_any;
	unsigned int *budget;
};

/* Takes the comparisons from what is left; false when that is not enough. */
static bool spend(const struct policy_state *s, size_t comparisons, struct ward_error *err)
{
	if (comparisons > *s->budget) {
		*s->budget = 0;
		return FAILF(err, CERT_LIMIT, "more than %d comparisons of policies",
			     POLICY_COMPARISONS_MAX);
	}
	*s->budget -= (unsigned int)comparisons;
	return true;
}

static bool set_has(const struct policy_set *set, struct span oid)
{
	for (size_t i = 0; i < set->count; i++)
		if (span_equal(set->oids[i], oid))
			return true;
	return false;
}

static bool set_add(struct policy_set *set, struct span oid, struct ward_error *err)
{
	if (set_has(set, oid))
		return true;
	if (set->count == POLICIES_MAX)
		return FAILF(err, CERT_LIMIT, "more than %d certificate policies", POLICIES_MAX);
	set->oids[set->count++] = oid;
	return true;
}

static bool set_is_empty(const struct policy_set *set)
{
	return !set->any && set->count == 0;
}

/* The list inside an extension; its form was checked when the certificate was parsed. */
static struct reader open_list(const struct ward_cert *c, enum ext_id id, struct ward_error *own)
{
	struct reader r = reader_make(c->ext.value[id], own);

	return der_open(&r, DER_SEQUENCE);
}

/* 6.1.3 (d) and (e): what this certificate leaves of the policies that it may name. */
static bool apply_policies(struct policy_state *s, const struct ward_cert *c, bool any_counts,
			   struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = open_list(c, EXT_CERTIFICATE_POLICIES, &own);
	struct policy_set left = { .count = 0 };
	bool names_any = false;

	while (reader_more(&list)) {
		struct reader info = der_open(&list, DER_SEQUENCE);
		struct span oid = der_element(&info, DER_OID);

		if (!spend(s, 1 + s->valid.count + left.count, err))
			return false;
		if (span_equal(oid, OID_ANY_POLICY))
			names_any = any_counts;
		else if ((s->valid.any || set_has(&s->valid, oid)) && !set_add(&left, oid, err))
			return false;
	}
	if (names_any) {
		left.any = s->valid.any;
		if (!spend(s, s->valid.count * POLICIES_MAX, err))
			return false;
		for (size_t i = 0; i < s->valid.count; i++)
			if (!set_add(&left, s->valid.oids[i], err))
				return false;
	}
	s->valid = left;
	return true;
}

/* The policies of the issuer that the certificate maps to others leave the set. */
static bool drop_mapped(struct policy_state *s, const struct ward_cert *c,
			const struct policy_set *valid, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = open_list(c, EXT_POLICY_MAPPINGS, &own);
	struct policy_set *left = &s->valid;

	while (reader_more(&list)) {
		struct reader pair = der_open(&list, DER_SEQUENCE);
		struct span from = der_element(&pair, DER_OID);

		if (!spend(s, 1 + valid->count, err))
			return false;
		for (size_t i = 0; i < left->count; i++)
			if (span_equal(left->oids[i], from))
				left->oids[i] = left->oids[--left->count];
	}
	return true;
}

/* 6.1.4 (b), where rules.c has judged their form: policies of the issuer become those of the subject, or end here. */
static bool apply_mappings(struct policy_state *s, const struct ward_cert *c,
			   struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = open_list(c, EXT_POLICY_MAPPINGS, &own);
	const struct policy_set before = s->valid;

	if (!drop_mapped(s, c, &before, err))
		return false;
	while (reader_more(&list)) {
		struct reader pair = der_open(&list, DER_SEQUENCE);
		struct span from = der_element(&pair, DER_OID);
		struct span to = der_element(&pair, DER_OID);

		if (!spend(s, 1 + before.count + s->valid.count, err))
			return false;
		if (s->policy_mapping > 0 && (before.any || set_has(&before, from)) &&
		    !set_add(&s->valid, to, err))
			return false;
	}
	return true;
}

static void lower(size_t *counter, size_t to)
{
	if (to < *counter)
		*counter = to;
}

/* inhibitAnyPolicy ::= SkipCerts; what is beyond 255 bounds no chain. */
static size_t skip_certs(struct span value)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(value, &own);
	struct span number = der_unsigned(&r);

	return number.len == 1 ? number.data[0] : 255;
}

/* 6.1.4 (h) to (j) */
static void count_down(struct policy_state *s, const struct ward_cert *c)
{
	const struct extensions *e = &c->ext;

	if (!ward_cert_is_self_issued(c)) {
		s->explicit_policy -= s->explicit_policy > 0 ? 1 : 0;
		s->policy_mapping -= s->policy_mapping > 0 ? 1 : 0;
		s->inhibit_any -= s->inhibit_any > 0 ? 1 : 0;
	}
	if (e->require_explicit_policy >= 0)
		lower(&s->explicit_policy, (size_t)e->require_explicit_policy);
	if (e->inhibit_policy_mapping >= 0)
		lower(&s->policy_mapping, (size_t)e->inhibit_policy_mapping);
	if (extensions_has(e, EXT_INHIBIT_ANY_POLICY))
		lower(&s->inhibit_any, skip_certs(e->value[EXT_INHIBIT_ANY_POLICY]));
}

/* 6.1.5 (a) and (b) */
static void wrap_up(struct policy_state *s, const struct ward_cert *leaf)
{
	s->explicit_policy -= s->explicit_policy > 0 ? 1 : 0;
	if (leaf->ext.require_explicit_policy == 0)
		s->explicit_policy = 0;
}

static bool step(struct policy_state *s, const struct ward_cert *c, bool is_leaf,
		 struct ward_error *err)
{
	bool any_counts = s->inhibit_any > 0 || (!is_leaf && ward_cert_is_self_issued(c));
	char label[LABEL_MAX];

	if (!apply_policies(s, c, any_counts, err))
		return false;
	if (is_leaf)
		wrap_up(s, c);
	if (s->explicit_policy == 0 && set_is_empty(&s->valid))
		return FAILF(err, CERT_POLICY, "\"%s\" has none that its CAs accept",
			     cert_label(c, label, sizeof(label)));
	if (is_leaf)
		return true;
	if (extensions_has(&c->ext, EXT_POLICY_MAPPINGS) && !apply_mappings(s, c, err))
		return false;
	count_down(s, c);
	return true;
}

static bool asks_for_policy(const struct ward_link *links, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++)
		if (extensions_has(&links[i].cert->ext, EXT_POLICY_CONSTRAINTS))
			return true;
	return false;
}

/* The trusted certificate itself takes no part: it is where the path begins (6.1.1 (d)). */
bool policy_allows(const struct ward_link *links, size_t len, unsigned int *budget, size_t *at,
		   struct ward_error *err)
{
	struct policy_state s = { .valid = { .any = true },
				  .explicit_policy = len,
				  .policy_mapping = len,
				  .inhibit_any = len,
				  .budget = budget };

	if (!asks_for_policy(links, len))
		return true;
	for (*at = len - 1; (*at)-- > 0;)
		if (!step(&s, links[*at].cert, *at == 0, err))
			return false;
	*at = 0;
	return true;
}
