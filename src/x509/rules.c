/*
 * What a certificate must say to stand where it stands in a path (RFC 5280, 6.1.3 to 6.1.5).
 *
 * The table at the end is the whole of it: a rule is the places that it is for, and a function. The
 * first rule that is broken is the reason. A trusted certificate is held to the same rules as one
 * that was presented, except that its own signature proves nothing and is not looked at: an expired
 * root, or one for another purpose, is not used. A trusted leaf (a development server's, say) need
 * not say more than until when it is valid, and for what.
 */
#include "x509/rules.h"

#include "x509/hostname.h"
#include "x509/oid.h"
#include "x509/text.h"

enum { LABEL_MAX = 72 };

/* The name of the certificate that a text is about. */
struct label {
	char text[LABEL_MAX];
};

static struct label label_of(const struct judged *j)
{
	struct label l = { "" };

	cert_label(j->cert, l.text, sizeof(l.text));
	return l;
}

static bool check_version(const struct judged *j, struct ward_error *err)
{
	if (j->cert->version == 3)
		return true;
	return FAILF(err, CERT_VERSION, "\"%s\" is of version %d", label_of(j).text,
		     j->cert->version);
}

static const char *date_text(int64_t seconds, char *buf, size_t size)
{
	struct text t = text_make(buf, size);

	text_put_date(&t, seconds);
	return buf;
}

/* Both ends belong to the time of validity (4.1.2.5). */
static bool check_time(const struct judged *j, struct ward_error *err)
{
	const struct ward_cert *c = j->cert;
	char date[24];

	if (j->params->insecure_any_time)
		return true;
	if (j->params->time < c->not_before)
		return FAILF(err, CERT_NOT_YET_VALID, "\"%s\" is valid from %s", label_of(j).text,
			     date_text(c->not_before, date, sizeof(date)));
	if (j->params->time > c->not_after)
		return FAILF(err, CERT_EXPIRED, "\"%s\" was valid until %s", label_of(j).text,
			     date_text(c->not_after, date, sizeof(date)));
	return true;
}

/* What is known but not acted upon must not be critical either (4.2). */
static bool check_critical(const struct judged *j, struct ward_error *err)
{
	const uint32_t heeded = 1U << EXT_KEY_USAGE | 1U << EXT_SUBJECT_ALT_NAME |
				1U << EXT_BASIC_CONSTRAINTS | 1U << EXT_NAME_CONSTRAINTS |
				1U << EXT_EXT_KEY_USAGE | 1U << EXT_SUBJECT_KEY_ID |
				1U << EXT_AUTHORITY_KEY_ID | 1U << EXT_CERTIFICATE_POLICIES |
				1U << EXT_POLICY_MAPPINGS | 1U << EXT_POLICY_CONSTRAINTS |
				1U << EXT_INHIBIT_ANY_POLICY | 1U << EXT_CRL_DISTRIBUTION_POINTS;
	const struct extensions *e = &j->cert->ext;
	char oid[64];

	if (e->unknown_critical.data != NULL)
		return FAILF(err, CERT_UNKNOWN_CRITICAL, "\"%s\" has %s", label_of(j).text,
			     oid_text(e->unknown_critical, oid, sizeof(oid)));
	if ((e->critical & ~heeded) != 0)
		return FAILF(err, CERT_UNKNOWN_CRITICAL, "\"%s\" has one that is not acted upon",
			     label_of(j).text);
	return true;
}

static bool check_key(const struct judged *j, struct ward_error *err)
{
	const struct key_id *key = &j->cert->key;

	if (key->weak)
		return FAILF(err, CERT_WEAK_KEY, "\"%s\" has one of type %s with %u bits",
			     label_of(j).text, key->name, key->bits);
	if (key->type == KEY_NONE)
		return FAILF(err, KEY_UNSUPPORTED, "\"%s\" has one of type %s", label_of(j).text,
			     key->name);
	return true;
}

/* Known before any signature has been checked, of which there may be none with such a key. */
static bool check_key_is_sound(const struct judged *j, struct ward_error *err)
{
	const struct key_id *key = &j->cert->key;

	return !key->unsound || FAILF(err, KEY_UNSUPPORTED,
				      "\"%s\" has one of type %s with %u bits that is malformed or "
				      "too large",
				      label_of(j).text, key->name, key->bits);
}

static bool check_signature_algorithm(const struct judged *j, struct ward_error *err)
{
	const struct ward_cert *c = j->cert;

	if (c->signed_with.weak)
		return FAILF(err, CERT_WEAK_HASH, "\"%s\" is signed with %s", label_of(j).text,
			     ward_cert_signature_name(c));
	if (c->signed_with.alg == SIG_NONE)
		return FAILF(err, SIGNATURE_UNSUPPORTED, "\"%s\" is signed with %s",
			     label_of(j).text, ward_cert_signature_name(c));
	return true;
}

static bool check_is_ca(const struct judged *j, struct ward_error *err)
{
	return j->cert->ext.ca || FAILF(err, CERT_NOT_CA, "\"%s\"", label_of(j).text);
}

static bool check_path_length(const struct judged *j, struct ward_error *err)
{
	int most = j->cert->ext.path_length;

	if (most == PATH_LENGTH_NONE || j->below <= (unsigned int)most)
		return true;
	return FAILF(err, CERT_PATH_LENGTH, "\"%s\" allows %d CAs below it, here are %u",
		     label_of(j).text, most, j->below);
}

static bool check_may_certify(const struct judged *j, struct ward_error *err)
{
	if (!extensions_has(&j->cert->ext, EXT_KEY_USAGE) ||
	    (j->cert->ext.key_usage & KU_KEY_CERT_SIGN) != 0)
		return true;
	return FAILF(err, CERT_KEY_USAGE, "\"%s\" may not sign certificates", label_of(j).text);
}

/* RFC 5280 has extKeyUsage speak for the certificate alone; the web has it bound what lies below a
 * CA too, and so do we. */
static bool check_purpose(const struct judged *j, struct ward_error *err)
{
	bool server = j->params->purpose == WARD_PURPOSE_SERVER;
	int wanted = PURPOSE_ANY | (server ? PURPOSE_SERVER_AUTH : PURPOSE_CLIENT_AUTH);

	if (j->params->purpose == WARD_PURPOSE_ANY)
		return true;
	if (!extensions_has(&j->cert->ext, EXT_EXT_KEY_USAGE) ||
	    (j->cert->ext.purposes & wanted) != 0)
		return true;
	return FAILF(err, CERT_EXT_KEY_USAGE, "\"%s\" is not for TLS %s", label_of(j).text,
		     server ? "servers" : "clients");
}

/* ---- the form of name constraints: an excluded subtree that is malformed would match nothing ---- */

static bool host_base_is_sound(struct span base)
{
	if (base.len > 1 && base.data[0] == '.')
		base = span_make(base.data + 1, base.len - 1);
	return base.len == 0 || (hostname_is_dns(base) && base.data[base.len - 1] != '.');
}

static bool email_base_is_sound(struct span base)
{
	for (size_t i = base.len; i > 0; i--)
		if (base.data[i - 1] == '@')
			return i > 1 && i < base.len && base.data[i] != '.' &&
			       host_base_is_sound(span_make(base.data + i, base.len - i));
	return host_base_is_sound(base);
}

static bool subtrees_are_sound(struct span subtrees)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(subtrees, &own);

	while (reader_more(&list)) {
		struct reader subtree = der_open(&list, DER_SEQUENCE);
		int tag;
		struct span base = der_any(&subtree, &tag);
		int kind = tag & 0x1f;

		if (kind == WARD_SAN_EMAIL && !email_base_is_sound(base))
			return false;
		if ((kind == WARD_SAN_DNS || kind == WARD_SAN_URI) && !host_base_is_sound(base))
			return false;
	}
	return true;
}

static bool check_constraints(const struct judged *j, struct ward_error *err)
{
	const struct extensions *e = &j->cert->ext;

	if (subtrees_are_sound(e->permitted) && subtrees_are_sound(e->excluded))
		return true;
	return FAILF(err, CERT_NAME_CONSTRAINTS, "those of \"%s\" are malformed", label_of(j).text);
}

/* ---- policies ---- */

/* 6.1.4 (a): whether any policy is asked for or not. */
static bool check_mappings(const struct judged *j, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(j->cert->ext.value[EXT_POLICY_MAPPINGS], &own);
	struct reader list;

	if (!extensions_has(&j->cert->ext, EXT_POLICY_MAPPINGS))
		return true;
	list = der_open(&r, DER_SEQUENCE);
	while (reader_more(&list)) {
		struct reader pair = der_open(&list, DER_SEQUENCE);
		struct span from = der_element(&pair, DER_OID);
		struct span to = der_element(&pair, DER_OID);

		if (!reader_close(&pair) || span_equal(from, OID_ANY_POLICY) ||
		    span_equal(to, OID_ANY_POLICY))
			return FAILF(err, CERT_POLICY,
				     "policyMappings of \"%s\" are malformed or name any policy",
				     label_of(j).text);
	}
	return true;
}

static const struct rule {
	unsigned int roles;
	bool (*check)(const struct judged *j, struct ward_error *err);
} rules[] = {
	{ ROLE_LEAF | ROLES_ISSUER, check_version },
	{ ROLES_ISSUER, check_is_ca },
	{ ROLES_ALL, check_time },
	{ ROLES_ISSUER, check_path_length },
	{ ROLES_ISSUER, check_may_certify },
	{ ROLES_ALL, check_purpose },
	{ ROLES_ALL, check_critical },
	{ ROLES_ISSUER, check_constraints },
	{ ROLE_INTERMEDIATE, check_mappings },
	{ ROLES_ALL, check_key },
	{ ROLES_ISSUER, check_key_is_sound },
	{ ROLES_SIGNED, check_signature_algorithm },
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

bool rules_keep(const struct judged *j, struct ward_error *err)
{
	for (size_t i = 0; i < RULES; i++)
		if ((rules[i].roles & j->role) != 0 && !rules[i].check(j, err))
			return false;
	return j->params->policy == WARD_POLICY_DEFAULT || profile_keep(j, err);
}

bool rules_next_broken(const struct judged *j, size_t *next, struct ward_error *err)
{
	while (*next < RULES) {
		const struct rule *rule = &rules[(*next)++];

		if ((rule->roles & j->role) != 0 && !rule->check(j, err))
			return true;
	}
	if (*next > RULES || j->params->policy == WARD_POLICY_DEFAULT)
		return false;
	++*next; /* the profile tells its first alone */
	return !profile_keep(j, err);
}
