/*
 * Checking names against the permitted and excluded subtrees of a CA.
 *
 * A name that matches an excluded subtree is refused; so is one of a kind for which there are
 * permitted subtrees, none of which it lies in. Kinds that cannot be compared (otherName and the
 * rest) are refused when a subtree speaks of them, as the RFC asks; but an otherName that is a mail
 * address is held to the subtrees of mail addresses, too (RFC 9598). A wildcard lies in a permitted
 * subtree if all that it stands for does, and in an excluded one if anything may.
 *
 * The work is counted: it is the product of names and subtrees, and both come from outside, as does
 * the length of each.
 */
#include "x509/name_constraints.h"

#include "x509/hostname.h"
#include "x509/ip.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/text.h"

static bool starts_with_dot(struct span s)
{
	return s.len > 0 && s.data[0] == '.';
}

/* The name itself or any below it: only whole labels are added in front. */
static bool dns_within(struct span name, struct span base)
{
	if (base.len == 0)
		return true;
	if (!hostname_ends_with(name, base))
		return false;
	return name.len == base.len || starts_with_dot(base) ||
	       name.data[name.len - base.len - 1] == '.';
}

/* "*.example.com" may stand for "bar.example.com", though it does not lie below it. */
static bool wildcard_reaches(struct span name, struct span base)
{
	size_t dot = 0;

	if (name.len < 2 || name.data[0] != '*' || starts_with_dot(base))
		return false;
	while (dot < base.len && base.data[dot] != '.')
		dot++;
	return dot < base.len && hostname_equal(span_make(name.data + 1, name.len - 1),
						span_make(base.data + dot, base.len - dot));
}

static bool match_dns(struct span name, struct span base, bool excluded)
{
	return dns_within(name, base) || (excluded && wildcard_reaches(name, base));
}

/* A host as URIs and mail boxes are constrained: exactly, or with a dot in front, what is below. */
static bool host_within(struct span host, struct span base)
{
	if (base.len == 0)
		return true;
	if (starts_with_dot(base))
		return host.len > base.len && hostname_ends_with(host, base);
	return hostname_equal(host, base);
}

/* The place of the last '@', or the length if there is none. */
static size_t find_at(struct span s)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.data[i - 1] == '@')
			return i - 1;
	return s.len;
}

/* A mail box: the part before the '@' is compared byte by byte, the host without case. */
static bool match_email(struct span name, struct span base)
{
	size_t at = find_at(name);
	size_t base_at = find_at(base);
	struct span host;

	if (at == name.len)
		return false;
	host = span_make(name.data + at + 1, name.len - at - 1);
	if (base_at == base.len)
		return host_within(host, base);
	return span_equal(span_make(name.data, at), span_make(base.data, base_at)) &&
	       hostname_equal(host, span_make(base.data + base_at + 1, base.len - base_at - 1));
}

/* The host of "scheme://user@host:port/path"; empty where there is none, or an IP address. */
static struct span uri_host(struct span uri)
{
	size_t start = 0;
	size_t end;
	uint8_t address[16];
	struct span host;

	while (start + 2 < uri.len && !(uri.data[start] == ':' && uri.data[start + 1] == '/' &&
					uri.data[start + 2] == '/'))
		start++;
	if (start + 2 >= uri.len)
		return SPAN_EMPTY;
	start += 3;
	for (end = start;
	     end < uri.len && uri.data[end] != '/' && uri.data[end] != '?' && uri.data[end] != '#';
	     end++)
		if (uri.data[end] == '@')
			start = end + 1;
	host = span_make(uri.data + start, end - start);
	if (host.len > 0 && host.data[0] == '[')
		return SPAN_EMPTY;
	for (size_t i = 0; i < host.len; i++)
		if (host.data[i] == ':')
			host.len = i;
	return ip_parse(host, address) == 0 ? host : SPAN_EMPTY;
}

/* A URI without a host name cannot be compared: it lies in no permitted subtree and, to be safe, in
 * every excluded one. */
static bool match_uri(struct span name, struct span base, bool excluded)
{
	struct span host = uri_host(name);

	return host.len == 0 ? excluded : host_within(host, base);
}

/*
 * SmtpUTF8Mailbox ::= UTF8String, in an otherName (RFC 9598): a mail address whose local part is not
 * ASCII. False for other names; *mailbox is empty where it is none though its type says so.
 */
static bool is_utf8_mailbox(struct general_name name, struct span *mailbox)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(name.value, &own);
	struct reader value;

	*mailbox = SPAN_EMPTY;
	if (name.kind != WARD_SAN_OTHER || !span_equal(der_element(&r, DER_OID), OID_UTF8_MAILBOX))
		return false;
	value = der_open(&r, DER_CONTEXT_CONS(0));
	*mailbox = der_element(&value, DER_UTF8_STRING);
	if (!reader_close(&value))
		*mailbox = SPAN_EMPTY;
	return true;
}

/*
 * The host alone is compared (section 6). Where that is not enough, because the constraint is a
 * single mail box, or the host has bytes that are in no A-label, a permitted subtree does not have
 * it and an excluded one has.
 */
static bool match_utf8_mailbox(struct span name, struct span base, bool excluded)
{
	size_t at = find_at(name);
	size_t base_at = find_at(base);
	struct span host;

	if (at == name.len)
		return excluded;
	host = span_make(name.data + at + 1, name.len - at - 1);
	for (size_t i = 0; i < host.len; i++)
		if (host.data[i] >= 0x80)
			return excluded;
	if (base_at == base.len)
		return host_within(host, base);
	return excluded &&
	       hostname_equal(host, span_make(base.data + base_at + 1, base.len - base_at - 1));
}

static bool match_ip(struct span name, struct span range)
{
	const uint8_t *mask = range.data + name.len;

	if (range.len != 2 * name.len)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (((name.data[i] ^ range.data[i]) & mask[i]) != 0)
			return false;
	return true;
}

bool name_constraints_match(int kind, struct span name, struct span base, bool excluded)
{
	switch (kind) {
	case WARD_SAN_DNS:
		return match_dns(name, base, excluded);
	case WARD_SAN_EMAIL:
		return match_email(name, base);
	case WARD_SAN_URI:
		return match_uri(name, base, excluded);
	case WARD_SAN_IP:
		return match_ip(name, base);
	case WARD_SAN_DIRECTORY:
		return name_is_within(name, base);
	default:
		return excluded;
	}
}

/*
 * One check of all names of a certificate: so many of them at a time, so that each subtree is read
 * once for all of those.
 */
enum { NAMES_AT_ONCE = 64 };

struct checked_name {
	struct general_name general;
	bool is_utf8_mailbox;
	struct span utf8_mailbox;
};

struct check {
	const struct ward_cert *ca, *c;
	unsigned int *budget;
	struct ward_error *err;

	struct checked_name names[NAMES_AT_ONCE];
	size_t count;
	/* A bit for each name: a permitted subtree is of its kind; it lies in one; it is of two kinds,
	 * and there are subtrees of the one that cannot be compared. */
	uint64_t spoken_of, permitted, incomparable;
};

/* Names and subtrees that are not of one kind cost little, but there may be many. */
static bool spend(const struct check *check, int kind, size_t bytes)
{
	size_t unit =
		kind == WARD_SAN_DIRECTORY ? NAME_COMPARISON_BYTES / 4 : NAME_COMPARISON_BYTES;
	size_t cost = 1 + bytes / unit;

	if (cost > *check->budget) {
		*check->budget = 0;
		return FAILF(check->err, CERT_LIMIT, "more than %d comparisons of names",
			     NAME_COMPARISONS_MAX);
	}
	*check->budget -= (unsigned int)cost;
	return true;
}

static bool refuse(const struct check *check, struct general_name name, const char *how)
{
	char subject[64], issuer[64], shown[80];
	struct text t = text_make(shown, sizeof(shown));
	struct span mailbox;

	if (name.kind == WARD_SAN_DIRECTORY)
		name_text(name.value, shown, sizeof(shown));
	else if (name.kind == WARD_SAN_IP)
		ip_text(name.value, shown, sizeof(shown));
	else if (name.kind == WARD_SAN_DNS || name.kind == WARD_SAN_EMAIL ||
		 name.kind == WARD_SAN_URI)
		text_put_utf8(&t, name.value);
	else if (is_utf8_mailbox(name, &mailbox))
		text_put_utf8(&t, mailbox);
	else
		text_put(&t, "a name of a kind that cannot be compared");
	return FAILF(check->err, CERT_NAME_CONSTRAINTS, "\"%s\": %s is %s by \"%s\"",
		     cert_label(check->c, subject, sizeof(subject)), shown, how,
		     cert_label(check->ca, issuer, sizeof(issuer)));
}

static bool lies_in(const struct checked_name *name, int kind, struct span base, bool excluded)
{
	if (name->general.kind != kind)
		return match_utf8_mailbox(name->utf8_mailbox, base, excluded);
	return name_constraints_match(kind, name->general.value, base, excluded);
}

static bool compare(struct check *check, size_t i, int kind, struct span base, bool excluded)
{
	const struct checked_name *name = &check->names[i];
	uint64_t bit = (uint64_t)1 << i;
	bool alike =
		name->general.kind == kind || (kind == WARD_SAN_EMAIL && name->is_utf8_mailbox);

	if (!excluded && (check->permitted & bit) != 0 && !name->is_utf8_mailbox)
		return true;
	if (!spend(check, kind, alike ? name->general.value.len + base.len : 0))
		return false;
	if (!alike)
		return true;
	if (!excluded)
		check->spoken_of |= bit;
	if (!excluded && name->is_utf8_mailbox && kind == WARD_SAN_OTHER)
		check->incomparable |= bit;
	if (!lies_in(name, kind, base, excluded))
		return true;
	if (excluded)
		return refuse(check, name->general, "excluded");
	check->permitted |= bit;
	return true;
}

static bool compare_all(struct check *check, struct span subtrees, bool excluded)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(subtrees, &own);

	while (reader_more(&list)) {
		struct reader subtree = der_open(&list, DER_SEQUENCE);
		int tag;
		struct span base = der_any(&subtree, &tag);

		for (size_t i = 0; i < check->count; i++)
			if (!compare(check, i, tag & 0x1f, base, excluded))
				return false;
	}
	return true;
}

/* Judges the names that have been gathered, and begins anew. */
static bool check_names(struct check *check)
{
	uint64_t outside;

	check->spoken_of = check->permitted = check->incomparable = 0;
	if (!compare_all(check, check->ca->ext.excluded, true) ||
	    !compare_all(check, check->ca->ext.permitted, false))
		return false;
	outside = (check->spoken_of & ~check->permitted) | check->incomparable;
	for (size_t i = 0; i < check->count; i++)
		if ((outside >> i & 1) != 0)
			return refuse(check, check->names[i].general, "not permitted");
	check->count = 0;
	return true;
}

static bool add_name(struct check *check, struct general_name name)
{
	struct checked_name *n = &check->names[check->count++];

	n->general = name;
	n->is_utf8_mailbox = is_utf8_mailbox(name, &n->utf8_mailbox);
	return check->count < NAMES_AT_ONCE || check_names(check);
}

/* The subject, and the mail addresses in it, which RFC 5280 has compared as mail boxes. */
static bool add_subject(struct check *check)
{
	struct name_walk w;
	struct name_attribute a;

	if (cert_subject_is_empty(check->c))
		return true;
	if (!spend(check, WARD_SAN_DIRECTORY, check->c->subject.len) ||
	    !add_name(check, (struct general_name){ WARD_SAN_DIRECTORY, check->c->subject }))
		return false;
	name_walk_start(&w, check->c->subject);
	while (name_walk_next(&w, &a))
		if (span_equal(a.type, OID_EMAIL_ADDRESS) &&
		    !add_name(check, (struct general_name){ WARD_SAN_EMAIL, a.value }))
			return false;
	return true;
}

bool name_constraints_allow(const struct ward_cert *ca, const struct ward_cert *c,
			    unsigned int *budget, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader names = reader_make(c->ext.alt_names, &own);
	struct check check = { .ca = ca, .c = c, .budget = budget, .err = err };

	if (ca->ext.permitted.len == 0 && ca->ext.excluded.len == 0)
		return true;
	while (reader_more(&names))
		if (!add_name(&check, general_name_read(&names)))
			return false;
	return add_subject(&check) && check_names(&check);
}
