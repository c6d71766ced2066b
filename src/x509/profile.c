/*
 * What conforming CAs must do beyond what makes a chain safe: the profile of RFC 5280, section 4,
 * and that of the CA/Browser Forum's Baseline Requirements (BR), section 7.1.
 *
 * Asked only where the caller names a policy. Each row is a sentence that must be true of the
 * certificates in its places; the sentence is what the error says.
 */
#include "x509/hostname.h"
#include "x509/ip.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/rules.h"

enum {
	RFC = 1 << WARD_POLICY_RFC5280,
	WEB = 1 << WARD_POLICY_WEB,
	BOTH = RFC | WEB,

	SERIAL_MAX = 20,
	COMMON_NAMES_MAX = 16,
	POLICIES_MAX = 256,
	LABEL_MAX = 64,
};

static bool has(const struct judged *j, enum ext_id id)
{
	return extensions_has(&j->cert->ext, id);
}

static bool is_critical(const struct judged *j, enum ext_id id)
{
	return extensions_is_critical(&j->cert->ext, id);
}

/* ---- the fields ---- */

static bool serial_is_sound(const struct judged *j)
{
	struct span s = j->cert->serial;

	if (s.len > 1 && s.data[0] == 0)
		s = span_make(s.data + 1, s.len - 1);
	return s.len <= SERIAL_MAX && !(s.len == 1 && s.data[0] == 0);
}

static bool issuer_is_named(const struct judged *j)
{
	return j->cert->issuer.len > 2;
}

static bool subject_is_named(const struct judged *j)
{
	return !cert_subject_is_empty(j->cert);
}

static bool has_no_unique_id(const struct judged *j)
{
	return !j->cert->has_unique_id;
}

static bool times_are_in_form(const struct judged *j)
{
	return !j->cert->wrong_time_form;
}

static bool rsa_is_whole_bytes(const struct judged *j)
{
	enum key_type type = j->cert->key.type;

	return (type != KEY_RSA && type != KEY_RSA_PSS) || j->cert->key.bits % 8 == 0;
}

static bool key_is_of_the_web(const struct judged *j)
{
	return j->cert->key.type != KEY_ED25519;
}

/* Roots that sign themselves with SHA-1 are old and many; with other things they are no roots. */
static bool root_signature_is_of_the_web(const struct judged *j)
{
	const struct signature_id *s = &j->cert->signed_with;

	return s->alg != SIG_NONE || span_equal(s->oid, OID_RSA_SHA1) ||
	       span_equal(s->oid, OID_ECDSA_SHA1);
}

/* ---- key identifiers ---- */

static bool key_ids_are_not_critical(const struct judged *j)
{
	return !is_critical(j, EXT_SUBJECT_KEY_ID) && !is_critical(j, EXT_AUTHORITY_KEY_ID);
}

static bool has_subject_key_id(const struct judged *j)
{
	return has(j, EXT_SUBJECT_KEY_ID);
}

static bool names_key_of_issuer(const struct judged *j)
{
	if (!has(j, EXT_AUTHORITY_KEY_ID))
		return ward_cert_is_self_issued(j->cert);
	return j->cert->ext.authority_key_id.len > 0;
}

static bool names_issuer_by_key_alone(const struct judged *j)
{
	return !j->cert->ext.has_aki_issuer && !j->cert->ext.has_aki_serial;
}

static bool root_names_own_key(const struct judged *j)
{
	const struct extensions *e = &j->cert->ext;

	return !ward_cert_is_self_issued(j->cert) || !has(j, EXT_AUTHORITY_KEY_ID) ||
	       span_equal(e->authority_key_id, e->subject_key_id);
}

/* ---- CA or not ---- */

static bool constraints_are_critical(const struct judged *j)
{
	return is_critical(j, EXT_BASIC_CONSTRAINTS);
}

static bool is_ca_or_signs_none(const struct judged *j)
{
	const struct extensions *e = &j->cert->ext;
	bool may_sign = !has(j, EXT_KEY_USAGE) || (e->key_usage & KU_KEY_CERT_SIGN) != 0;

	if (!e->ca)
		return (e->key_usage & KU_KEY_CERT_SIGN) == 0 && e->path_length == PATH_LENGTH_NONE;
	return may_sign || e->path_length == PATH_LENGTH_NONE;
}

static bool has_key_usage(const struct judged *j)
{
	return has(j, EXT_KEY_USAGE);
}

static bool allows_some_usage(const struct judged *j)
{
	return !has(j, EXT_KEY_USAGE) || j->cert->ext.key_usage != 0;
}

static bool is_no_ca(const struct judged *j)
{
	return !j->cert->ext.ca;
}

/* ---- names ---- */

static bool names_are_critical_without_subject(const struct judged *j)
{
	return !cert_subject_is_empty(j->cert) ||
	       (has(j, EXT_SUBJECT_ALT_NAME) && is_critical(j, EXT_SUBJECT_ALT_NAME));
}

static bool names_are_critical_only_without_subject(const struct judged *j)
{
	return cert_subject_is_empty(j->cert) || !is_critical(j, EXT_SUBJECT_ALT_NAME);
}

static bool has_names(const struct judged *j)
{
	return has(j, EXT_SUBJECT_ALT_NAME);
}

/* The domain of "*.example.org": certificates with wildcards are commonly called after it. */
static struct span without_wildcard(struct span name)
{
	if (name.len < 2 || name.data[0] != '*' || name.data[1] != '.')
		return name;
	return span_make(name.data + 2, name.len - 2);
}

static bool dns_names_are_strict(const struct judged *j)
{
	struct ward_error own = ERROR_NONE;
	struct reader names = reader_make(j->cert->ext.alt_names, &own);

	while (reader_more(&names)) {
		struct general_name name = general_name_read(&names);

		if (name.kind != WARD_SAN_DNS)
			continue;
		if (!hostname_is_strict(without_wildcard(name.value)))
			return false;
	}
	return true;
}

/* Mailbox of RFC 5321, as far as the host goes; what stands before it is for the host to read. */
static bool is_mailbox(struct span address)
{
	size_t at = address.len;

	while (at > 0 && address.data[at - 1] != '@')
		at--;
	return at > 1 && hostname_is_dns(span_make(address.data + at, address.len - at));
}

/* A scheme, and something behind it. */
static bool is_absolute(struct span uri)
{
	size_t at = 0;

	while (at < uri.len && uri.data[at] != ':' && uri.data[at] != '/')
		at++;
	return at > 0 && at + 1 < uri.len && uri.data[at] == ':';
}

static bool other_names_are_in_form(const struct judged *j)
{
	struct ward_error own = ERROR_NONE;
	struct reader names = reader_make(j->cert->ext.alt_names, &own);

	while (reader_more(&names)) {
		struct general_name name = general_name_read(&names);

		if ((name.kind == WARD_SAN_EMAIL && !is_mailbox(name.value)) ||
		    (name.kind == WARD_SAN_URI && !is_absolute(name.value)))
			return false;
	}
	return true;
}

static bool is_called(struct general_name name, struct span common_name)
{
	char address[IP_TEXT_MAX];

	if (name.kind == WARD_SAN_DNS)
		return span_equal(name.value, common_name) ||
		       span_equal(without_wildcard(name.value), common_name);
	return name.kind == WARD_SAN_IP &&
	       span_equal(span_string(ip_text(name.value, address, sizeof(address))), common_name);
}

/* A host name beside addresses alone has no counterpart to be compared with. */
static bool is_among_names(const struct ward_cert *c, struct span common_name)
{
	struct ward_error own = ERROR_NONE;
	struct reader names = reader_make(c->ext.alt_names, &own);

	if ((c->ext.alt_name_kinds & 1 << WARD_SAN_DNS) == 0 && hostname_is_dns(common_name))
		return true;
	while (reader_more(&names))
		if (is_called(general_name_read(&names), common_name))
			return true;
	return false;
}

/* Each is compared with each: nobody has so many. */
static bool common_name_is_among_names(const struct judged *j)
{
	struct name_walk w;
	struct name_attribute a;
	int left = COMMON_NAMES_MAX;

	if (j->params->purpose != WARD_PURPOSE_SERVER)
		return true;
	name_walk_start(&w, j->cert->subject);
	while (name_walk_next(&w, &a))
		if (span_equal(a.type, OID_COMMON_NAME) &&
		    (left-- == 0 || !is_among_names(j->cert, a.value)))
			return false;
	return true;
}

/* ---- name constraints ---- */

static bool constrains_names_only_as_ca(const struct judged *j)
{
	return j->cert->ext.ca || !has(j, EXT_NAME_CONSTRAINTS);
}

static bool name_constraints_are_critical(const struct judged *j)
{
	return !has(j, EXT_NAME_CONSTRAINTS) || is_critical(j, EXT_NAME_CONSTRAINTS);
}

static bool dns_bases_are_strict(struct span subtrees)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(subtrees, &own);

	while (reader_more(&list)) {
		struct reader subtree = der_open(&list, DER_SEQUENCE);
		int tag;
		struct span base = der_any(&subtree, &tag);

		if (tag == DER_CONTEXT(WARD_SAN_DNS) && base.len > 0 && base.data[0] == '.')
			return false;
	}
	return true;
}

static bool name_constraints_are_strict(const struct judged *j)
{
	const struct extensions *e = &j->cert->ext;

	if (!has(j, EXT_NAME_CONSTRAINTS))
		return true;
	return (e->permitted.data != NULL || e->excluded.data != NULL) &&
	       dns_bases_are_strict(e->permitted) && dns_bases_are_strict(e->excluded);
}

/* ---- policies and the rest ---- */

static bool policy_limits_are_critical(const struct judged *j)
{
	return (!has(j, EXT_POLICY_CONSTRAINTS) || is_critical(j, EXT_POLICY_CONSTRAINTS)) &&
	       (!has(j, EXT_INHIBIT_ANY_POLICY) || is_critical(j, EXT_INHIBIT_ANY_POLICY));
}

/* Nobody has so many, either. */
static bool names_no_policy_twice(const struct judged *j)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(j->cert->ext.value[EXT_CERTIFICATE_POLICIES], &own);
	struct span seen[POLICIES_MAX];
	struct reader list;
	size_t count = 0;

	if (!has(j, EXT_CERTIFICATE_POLICIES))
		return true;
	list = der_open(&r, DER_SEQUENCE);
	while (reader_more(&list)) {
		struct reader info = der_open(&list, DER_SEQUENCE);
		struct span oid = der_element(&info, DER_OID);

		for (size_t i = 0; i < count; i++)
			if (span_equal(seen[i], oid))
				return false;
		if (count == POLICIES_MAX)
			return false;
		seen[count++] = oid;
	}
	return true;
}

static bool has_no_purposes(const struct judged *j)
{
	return !has(j, EXT_EXT_KEY_USAGE);
}

static bool purposes_are_of_the_web(const struct judged *j)
{
	return has(j, EXT_EXT_KEY_USAGE) && !is_critical(j, EXT_EXT_KEY_USAGE) &&
	       (j->cert->ext.purposes & PURPOSE_ANY) == 0;
}

static const struct profile_rule {
	unsigned int policies, roles;
	bool (*kept)(const struct judged *j);
	const char *text;
} profile_rules[] = {
	{ BOTH, ROLES_SIGNED, serial_is_sound,
	  "serialNumber is positive and of 20 bytes at most (RFC 5280, 4.1.2.2)" },
	{ BOTH, ROLES_ALL, issuer_is_named, "issuer is not empty (RFC 5280, 4.1.2.4)" },
	{ BOTH, ROLES_ISSUER, subject_is_named,
	  "subject of a CA is not empty (RFC 5280, 4.1.2.6)" },
	{ BOTH, ROLES_ALL, times_are_in_form,
	  "validity is in UTCTime through 2049 (RFC 5280, 4.1.2.5)" },
	{ BOTH, ROLES_ALL, has_no_unique_id,
	  "there are no unique identifiers (RFC 5280, 4.1.2.8)" },
	{ BOTH, ROLES_ALL, names_no_policy_twice,
	  "certificatePolicies names no policy twice (RFC 5280, 4.2.1.4)" },
	{ BOTH, ROLES_ALL, key_ids_are_not_critical,
	  "key identifiers are not critical (RFC 5280, 4.2.1.1 and 4.2.1.2)" },
	{ BOTH, ROLES_ISSUER, has_subject_key_id,
	  "a CA has subjectKeyIdentifier (RFC 5280, 4.2.1.2)" },
	{ BOTH, ROLES_ALL, names_key_of_issuer,
	  "authorityKeyIdentifier has a keyIdentifier (RFC 5280, 4.2.1.1)" },
	{ BOTH, ROLES_ISSUER, constraints_are_critical,
	  "basicConstraints of a CA is critical (RFC 5280, 4.2.1.9)" },
	{ BOTH, ROLES_ALL, is_ca_or_signs_none,
	  "keyCertSign and pathLenConstraint are for CAs (RFC 5280, 4.2.1.9)" },
	{ BOTH, ROLES_ALL, allows_some_usage, "keyUsage is not empty (RFC 5280, 4.2.1.3)" },
	{ BOTH, ROLES_ALL, names_are_critical_without_subject,
	  "subjectAltName is critical where subject is empty (RFC 5280, 4.2.1.6)" },
	{ BOTH, ROLES_LEAF, dns_names_are_strict,
	  "dNSName has the preferred name syntax (RFC 5280, 4.2.1.6)" },
	{ BOTH, ROLE_LEAF, other_names_are_in_form,
	  "rfc822Name is a mailbox, and a URI is absolute (RFC 5280, 4.2.1.6)" },
	{ BOTH, ROLES_ALL, constrains_names_only_as_ca,
	  "nameConstraints is for CAs (RFC 5280, 4.2.1.10)" },
	{ RFC, ROLES_ALL, name_constraints_are_critical,
	  "nameConstraints is critical (RFC 5280, 4.2.1.10)" },
	{ BOTH, ROLES_ALL, name_constraints_are_strict,
	  "nameConstraints is in form and not empty (RFC 5280, 4.2.1.10)" },
	{ BOTH, ROLES_ALL, policy_limits_are_critical,
	  "policyConstraints and inhibitAnyPolicy are critical (RFC 5280, 4.2.1.11)" },
	{ WEB, ROLES_ALL, rsa_is_whole_bytes, "RSA keys are of whole bytes (BR 6.1.5)" },
	{ WEB, ROLES_ALL, key_is_of_the_web, "keys are RSA or on a NIST curve (BR 6.1.5)" },
	{ WEB, ROLE_INTERMEDIATE, has_key_usage, "a CA has keyUsage (BR 7.1.2.10.7)" },
	{ WEB, ROLE_ANCHOR, root_signature_is_of_the_web,
	  "the signature of a root is RSA or ECDSA (BR 7.1.3.2)" },
	{ WEB, ROLES_ALL, names_issuer_by_key_alone,
	  "authorityKeyIdentifier names the key alone (BR 7.1.2.11.1)" },
	{ WEB, ROLE_ANCHOR, root_names_own_key,
	  "authorityKeyIdentifier of a root is its own (BR 7.1.2.1.3)" },
	{ WEB, ROLE_ANCHOR, has_no_purposes, "a root has no extKeyUsage (BR 7.1.2.1.2)" },
	{ WEB, ROLE_LEAF, is_no_ca, "a subscriber is no CA (BR 7.1.2.7.8)" },
	{ WEB, ROLE_LEAF, purposes_are_of_the_web,
	  "extKeyUsage is there, not critical, and not for everything (BR 7.1.2.7.10)" },
	{ WEB, ROLE_LEAF, has_names, "subjectAltName is there (BR 7.1.2.7.12)" },
	{ WEB, ROLE_LEAF, names_are_critical_only_without_subject,
	  "subjectAltName is critical only where subject is empty (BR 7.1.2.7.12)" },
	{ WEB, ROLE_LEAF, common_name_is_among_names,
	  "commonName is one of subjectAltName (BR 7.1.4.3)" },
};

bool profile_keep(const struct judged *j, struct ward_error *err)
{
	unsigned int policy = 1U << j->params->policy;
	char label[LABEL_MAX];

	for (size_t i = 0; i < sizeof(profile_rules) / sizeof(profile_rules[0]); i++) {
		const struct profile_rule *rule = &profile_rules[i];

		if ((rule->policies & policy) != 0 && (rule->roles & j->role) != 0 &&
		    !rule->kept(j))
			return FAILF(err, CERT_PROFILE, "\"%s\": %s",
				     cert_label(j->cert, label, sizeof(label)), rule->text);
	}
	return true;
}
