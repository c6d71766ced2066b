/*
 * Verdicts in openssl's words, for s_client and verify.
 */
#include "cli/openssl/verdict.h"

#include <strings.h>

#include "x509/cert.h"

static const struct verdict_text rules[] = {
	{ WARD_E_CERT_NOT_YET_VALID, VERDICT_NOT_YET, "certificate is not yet valid" },
	{ WARD_E_CERT_EXPIRED, VERDICT_EXPIRED, "certificate has expired" },
	{ WARD_E_CERT_BAD_SIGNATURE, VERDICT_BAD_SIGNATURE, "certificate signature failure" },
	{ WARD_E_CERT_TOO_LONG, 22, "certificate chain too long" },
	{ WARD_E_CERT_LIMIT, 22, "certificate chain too long" },
	{ WARD_E_CERT_PATH_LENGTH, VERDICT_PATH_LENGTH, "path length constraint exceeded" },
	{ WARD_E_CERT_EXT_KEY_USAGE, VERDICT_PURPOSE, "unsuitable certificate purpose" },
	{ WARD_E_CERT_KEY_USAGE, VERDICT_NO_CERTSIGN,
	  "key usage does not include certificate signing" },
	{ WARD_E_CERT_UNKNOWN_CRITICAL, VERDICT_CRITICAL, "unhandled critical extension" },
	{ WARD_E_CERT_MALFORMED, 41, "invalid or inconsistent certificate extension" },
	{ WARD_E_CERT_VERSION, 41, "invalid or inconsistent certificate extension" },
	{ WARD_E_CERT_PROFILE, 41, "invalid or inconsistent certificate extension" },
	{ WARD_E_CERT_POLICY, VERDICT_NO_POLICY, "no explicit policy" },
	{ WARD_E_CERT_NAME_CONSTRAINTS, VERDICT_NAMES, "permitted subtree violation" },
	{ WARD_E_CERT_WEAK_KEY, 66, "EE certificate key too weak" },
	{ WARD_E_CERT_WEAK_HASH, 68, "CA signature digest algorithm too weak" },
	{ WARD_E_CERT_NOT_CA, VERDICT_NOT_CA, "invalid CA certificate" },
	{ WARD_E_REVOCATION_UNKNOWN, VERDICT_NO_CRL, "unable to get certificate CRL" },
	{ WARD_E_CERT_REVOKED, 23, "certificate revoked" },
	{ WARD_E_OCSP_REVOKED, 23, "certificate revoked" },
	{ WARD_E_CRL_BAD_SIGNATURE, 8, "CRL signature failure" },
	{ WARD_E_CRL_NOT_YET_VALID, VERDICT_CRL_NOT_YET, "CRL is not yet valid" },
	{ WARD_E_CRL_EXPIRED, VERDICT_CRL_EXPIRED, "CRL has expired" },
	{ WARD_E_CRL_ISSUER, 35, "key usage does not include CRL signing" },
	{ WARD_E_CRL_UNSUPPORTED, 36, "unhandled critical CRL extension" },
	{ WARD_E_CRL_PROFILE, 36, "unhandled critical CRL extension" },
	{ WARD_E_NO_MEMORY, 17, "out of memory" },
};

struct verdict_text verdict_text_of(enum ward_reason reason)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].reason == reason)
			return rules[i];
	return (struct verdict_text){ reason, VERDICT_UNKNOWN,
				      "unspecified certificate verification error" };
}

/* ---- the certificates of the path, as far as it is known ---- */

static bool is_in(const struct verdict_path *p, const struct ward_cert *cert)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->certs[i] == cert)
			return true;
	return false;
}

/* Whoever of the chain carries the name of the last one's issuer, and so on. */
static void follow_names(struct verdict_path *p, const struct ward_chain *chain)
{
	bool found = true;

	while (found && p->count < VERDICT_PATH_MAX) {
		const struct ward_cert *last = p->certs[p->count - 1];

		found = false;
		for (size_t i = 0; !found && i < chain->count; i++) {
			found = !ward_cert_is_self_issued(last) && !is_in(p, chain->certs[i]) &&
				cert_is_named_issuer(chain->certs[i], last);
			if (found)
				p->certs[p->count++] = chain->certs[i];
		}
	}
}

/* The longest way to a trusted certificate that verification tried, whatever it said of it. */
static void take_attempt(struct verdict_path *p, const struct ward_verdict *v)
{
	for (size_t i = 0; i < v->attempt_count; i++) {
		const struct ward_attempt *a = &v->attempts[i];

		if (a->ended.reason == WARD_E_CERT_UNKNOWN_ISSUER ||
		    a->ended.reason == WARD_E_CERT_SELF_SIGNED || a->count <= p->count)
			continue;
		p->count = 0;
		while (p->count < a->count && p->count < VERDICT_PATH_MAX) {
			p->certs[p->count] = a->links[p->count].cert;
			p->count++;
		}
	}
}

static bool has_finding(const struct ward_verdict *v, enum ward_reason reason)
{
	for (size_t i = 0; i < v->finding_count; i++)
		if (v->findings[i].reason == reason)
			return true;
	return false;
}

void verdict_find_path(struct verdict_path *p, const struct ward_chain *chain,
		       const struct ward_verdict *v, bool good)
{
	*p = (struct verdict_path){ .count = 0 };
	p->trusted = good || (!has_finding(v, WARD_E_CERT_UNKNOWN_ISSUER) &&
			      !has_finding(v, WARD_E_CERT_SELF_SIGNED) && v->finding_count > 0);
	if (good)
		while (p->count < v->path.count && p->count < VERDICT_PATH_MAX) {
			p->certs[p->count] = v->path.certs[p->count];
			p->count++;
		}
	else if (p->trusted)
		take_attempt(p, v);
	if (p->count == 0) {
		p->certs[p->count++] = chain->certs[0];
		follow_names(p, chain);
	}
}

size_t verdict_depth(const struct verdict_path *p, const struct ward_cert *cert)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->certs[i] == cert)
			return i;
	return 0;
}

bool verdict_has_email(const struct ward_cert *cert, const char *email)
{
	char text[400];

	for (size_t i = 0; i < ward_cert_san_count(cert); i++)
		if (ward_cert_san(cert, i, text, sizeof(text)) == WARD_SAN_EMAIL &&
		    strcasecmp(text, email) == 0)
			return true;
	return false;
}
