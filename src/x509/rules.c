/*
 * What a certificate must say to stand where it stands in a path (RFC 5280, 6.1.3 to 6.1.5).
 *
 * The table below is the whole of it: a rule, the places it is for, and the function. The first
 * rule that is broken is the reason. A trusted certificate is held to the same rules as one that
 * was presented, but that its own signature proves nothing and is not looked at: an expired root,
 * or one for another purpose, is not used.
 */
#include "x509/rules.h"

#include "x509/oid.h"
#include "x509/text.h"

enum {
	LABEL_MAX = 72,
	ISSUERS = ROLE_INTERMEDIATE | ROLE_ANCHOR,
	SIGNED = ROLE_LEAF | ROLE_INTERMEDIATE,
	EVERY = ROLE_LEAF | ROLE_INTERMEDIATE | ROLE_ANCHOR,
};

static bool check_version(const struct judged *j, struct ward_error *err)
{
	char label[LABEL_MAX];

	if (j->cert->version == 3)
		return true;
	return FAILF(err, CERT_VERSION, "\"%s\" is of version %d",
		     cert_label(j->cert, label, sizeof(label)), j->cert->version);
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
	char label[LABEL_MAX], date[24];

	if (j->params->time < c->not_before)
		return FAILF(err, CERT_NOT_YET_VALID, "\"%s\" is valid from %s",
			     cert_label(c, label, sizeof(label)),
			     date_text(c->not_before, date, sizeof(date)));
	if (j->params->time > c->not_after)
		return FAILF(err, CERT_EXPIRED, "\"%s\" was valid until %s",
			     cert_label(c, label, sizeof(label)),
			     date_text(c->not_after, date, sizeof(date)));
	return true;
}

static bool check_critical(const struct judged *j, struct ward_error *err)
{
	char label[LABEL_MAX], oid[64];

	if (j->cert->ext.unknown_critical.data == NULL)
		return true;
	return FAILF(err, CERT_UNKNOWN_CRITICAL, "\"%s\" has %s",
		     cert_label(j->cert, label, sizeof(label)),
		     oid_text(j->cert->ext.unknown_critical, oid, sizeof(oid)));
}

static bool check_key(const struct judged *j, struct ward_error *err)
{
	const struct ward_cert *c = j->cert;
	char label[LABEL_MAX];

	if (c->key.weak)
		return FAILF(err, CERT_WEAK_KEY, "\"%s\" has a key of type %s with %u bits",
			     cert_label(c, label, sizeof(label)), c->key.name, c->key.bits);
	if (c->key.type == KEY_NONE)
		return FAILF(err, KEY_UNSUPPORTED, "\"%s\" has a key of type %s",
			     cert_label(c, label, sizeof(label)), c->key.name);
	return true;
}

static bool check_signature_algorithm(const struct judged *j, struct ward_error *err)
{
	const struct ward_cert *c = j->cert;
	char label[LABEL_MAX];

	if (c->signed_with.weak)
		return FAILF(err, CERT_WEAK_HASH, "\"%s\" is signed with %s",
			     cert_label(c, label, sizeof(label)), ward_cert_signature_name(c));
	if (c->signed_with.alg == SIG_NONE)
		return FAILF(err, SIGNATURE_UNSUPPORTED, "\"%s\" is signed with %s",
			     cert_label(c, label, sizeof(label)), ward_cert_signature_name(c));
	return true;
}

static bool check_is_ca(const struct judged *j, struct ward_error *err)
{
	char label[LABEL_MAX];

	if (j->cert->ext.ca)
		return true;
	return FAILF(err, CERT_NOT_CA, "\"%s\"", cert_label(j->cert, label, sizeof(label)));
}

static bool check_path_length(const struct judged *j, struct ward_error *err)
{
	char label[LABEL_MAX];
	int most = j->cert->ext.path_length;

	if (most == PATH_LENGTH_NONE || j->below <= (unsigned int)most)
		return true;
	return FAILF(err, CERT_PATH_LENGTH, "\"%s\" allows %d CAs below it",
		     cert_label(j->cert, label, sizeof(label)), most);
}

static bool check_may_certify(const struct judged *j, struct ward_error *err)
{
	char label[LABEL_MAX];

	if (!extensions_has(&j->cert->ext, EXT_KEY_USAGE) ||
	    (j->cert->ext.key_usage & KU_KEY_CERT_SIGN) != 0)
		return true;
	return FAILF(err, CERT_KEY_USAGE, "\"%s\" may not sign certificates",
		     cert_label(j->cert, label, sizeof(label)));
}

/* RFC 5280 has extKeyUsage speak for the certificate alone; the web has it bound what lies below a
 * CA too, and so do we. */
static bool check_purpose(const struct judged *j, struct ward_error *err)
{
	bool server = j->params->purpose == WARD_PURPOSE_SERVER;
	int wanted = PURPOSE_ANY | (server ? PURPOSE_SERVER_AUTH : PURPOSE_CLIENT_AUTH);
	char label[LABEL_MAX];

	if (!extensions_has(&j->cert->ext, EXT_EXT_KEY_USAGE) ||
	    (j->cert->ext.purposes & wanted) != 0)
		return true;
	return FAILF(err, CERT_EXT_KEY_USAGE, "\"%s\" is not for TLS %s",
		     cert_label(j->cert, label, sizeof(label)), server ? "servers" : "clients");
}

static const struct rule {
	unsigned int roles;
	bool (*check)(const struct judged *j, struct ward_error *err);
} rules[] = {
	{ EVERY, check_version },
	{ ISSUERS, check_is_ca },
	{ EVERY, check_time },
	{ ISSUERS, check_path_length },
	{ ISSUERS, check_may_certify },
	{ EVERY, check_purpose },
	{ EVERY, check_critical },
	{ EVERY, check_key },
	{ SIGNED, check_signature_algorithm },
};

bool rules_keep(const struct judged *j, struct ward_error *err)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if ((rules[i].roles & j->role) != 0 && !rules[i].check(j, err))
			return false;
	return true;
}
