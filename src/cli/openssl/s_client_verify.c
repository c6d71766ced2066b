/*
 * `ward openssl s_client`: the verdict on the peer's chain in openssl's words: a number and a text,
 * and the certificates one by one from the root down to the leaf.
 *
 * OpenSSL walks up first, and says where that ended; then it looks at the host; then it walks down,
 * and says who has expired. A certificate that breaks another rule is told before the walk down.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/openssl/s_client.h"
#include "cli/openssl/verdict.h"
#include "cli/openssl/verify.h"
#include "x509/cert.h"
#include "x509/x509.h"

/* ---- telling ---- */

struct telling {
	struct s_client *c;
	const struct verdict_path *path;
	bool ended; /* by an error, with -verify_return_error */
};

static void tell_cert(const struct telling *t, size_t depth)
{
	fprintf(stderr, "depth=%zu ", depth);
	s_client_print_name(stderr, cert_subject_der(t->path->certs[depth]));
	fprintf(stderr, "\n");
}

/* A certificate whose time is wrong is told with that time, and so is what comes after it. */
static void tell_time(const struct telling *t, size_t depth)
{
	const struct ward_cert *cert = t->path->certs[depth];
	char time[S_CLIENT_TIME];

	if (t->c->code == VERDICT_EXPIRED)
		fprintf(stderr, "notAfter=%s\n", s_client_time(ward_cert_not_after(cert), time));
	if (t->c->code == VERDICT_NOT_YET)
		fprintf(stderr, "notBefore=%s\n", s_client_time(ward_cert_not_before(cert), time));
}

static void tell_error(struct telling *t, size_t depth, int code, const char *text)
{
	if (t->ended)
		return;
	t->c->code = code;
	t->c->code_text = text;
	tell_cert(t, depth);
	fprintf(stderr, "verify error:num=%d:%s\n", code, text);
	tell_time(t, depth);
	t->ended = t->c->verify_return_error;
	if (!t->ended && !t->c->verify_quiet)
		fprintf(stderr, "verify return:1\n");
}

static void tell_good(const struct telling *t, size_t depth)
{
	if (t->ended)
		return;
	if (!t->c->verify_quiet)
		tell_cert(t, depth);
	tell_time(t, depth);
	if (!t->c->verify_quiet)
		fprintf(stderr, "verify return:1\n");
}

/* Where the walk up ended, if not at a trusted certificate. */
static void tell_top(struct telling *t)
{
	const struct verdict_path *p = t->path;
	size_t top = p->count - 1;

	if (p->trusted)
		return;
	if (ward_cert_is_self_issued(p->certs[top])) {
		if (top == 0)
			tell_error(t, top, VERDICT_SELF_SIGNED, "self-signed certificate");
		else
			tell_error(t, top, VERDICT_SELF_SIGNED_TOP,
				   "self-signed certificate in certificate chain");
		return;
	}
	tell_error(t, top, VERDICT_NO_ISSUER, "unable to get local issuer certificate");
}

static bool is_about_time(enum ward_reason reason)
{
	return reason == WARD_E_CERT_EXPIRED || reason == WARD_E_CERT_NOT_YET_VALID;
}

static bool is_about_top(enum ward_reason reason)
{
	return reason == WARD_E_CERT_UNKNOWN_ISSUER || reason == WARD_E_CERT_SELF_SIGNED;
}

/* Lists are asked when all else but signatures and times is right. */
static bool is_about_lists(enum ward_reason reason)
{
	return reason == WARD_E_CERT_REVOKED || reason == WARD_E_REVOCATION_UNKNOWN ||
	       (reason >= WARD_E_CRL_ISSUER && reason <= WARD_E_CRL_PROFILE);
}

static void tell_rules(struct telling *t, const struct ward_verdict *v, bool lists)
{
	for (size_t i = 0; i < v->finding_count; i++) {
		const struct ward_finding *f = &v->findings[i];
		struct verdict_text text = verdict_text_of(f->reason);

		if (!is_about_time(f->reason) && !is_about_top(f->reason) &&
		    is_about_lists(f->reason) == lists)
			tell_error(t, verdict_depth(t->path, f->at.cert), text.code, text.text);
	}
}

static void tell_names(struct telling *t)
{
	const struct ward_cert *leaf = t->path->certs[0];
	const char *host = t->c->verify_host;
	bool wrong = host != NULL && !ward_cert_matches_host(leaf, host);

	if (wrong && !host_is_ip(host))
		tell_error(t, 0, VERDICT_HOST, "hostname mismatch");
	if (t->c->verify_email != NULL && !verdict_has_email(leaf, t->c->verify_email))
		tell_error(t, 0, VERDICT_EMAIL, "email address mismatch");
	if (wrong && host_is_ip(host))
		tell_error(t, 0, VERDICT_ADDRESS, "IP address mismatch");
}

/* The walk down. A top that nobody vouches for is not told again, unless it is all there is. */
static void tell_down(struct telling *t, int64_t now)
{
	const struct verdict_path *p = t->path;
	size_t from = p->count;
	bool open = !p->trusted && !ward_cert_is_self_issued(p->certs[p->count - 1]);

	if (open && p->count > 1)
		from--;
	else if (open)
		tell_error(t, 0, VERDICT_LEAF_ALONE, "unable to verify the first certificate");
	for (size_t i = from; i-- > 0;) {
		struct verdict_text expired = verdict_text_of(WARD_E_CERT_EXPIRED);
		struct verdict_text early = verdict_text_of(WARD_E_CERT_NOT_YET_VALID);

		if (now > ward_cert_not_after(p->certs[i]))
			tell_error(t, i, expired.code, expired.text);
		else if (now < ward_cert_not_before(p->certs[i]))
			tell_error(t, i, early.code, early.text);
		tell_good(t, i);
	}
}

static unsigned int most_intermediates(int64_t depth)
{
	enum { MOST = 30 };

	if (depth < 0 || depth > MOST)
		return depth < 0 ? 0 : MOST;
	return depth == 0 ? WARD_NO_INTERMEDIATES : (unsigned int)depth;
}

/* Certificates in these files are no concern of it: who is trusted is known by then. */
bool s_client_load_lists(struct s_client *c)
{
	struct verify_job job = { .command = &openssl_s_client,
				  .all_are_others = true,
				  .no_ca_file = true,
				  .no_ca_path = true };

	if (!c->crl_check && !c->crl_check_all)
		return true;
	if (c->ca_file != NULL)
		job.ca_files.items[job.ca_files.count++] = c->ca_file;
	if (c->ca_path != NULL)
		job.ca_paths.items[job.ca_paths.count++] = c->ca_path;
	if (c->crl != NULL)
		job.crls.items[job.crls.count++] = c->crl;
	c->lists = malloc(sizeof(*c->lists));
	if (c->lists == NULL)
		return openssl_fail(&openssl_s_client, "free some memory and try again",
				    "out of memory") == OPENSSL_FINE;
	return verify_pool_load(c->lists, &job);
}

void s_client_clear_lists(struct s_client *c)
{
	if (c->lists != NULL)
		verify_pool_clear(c->lists);
	free(c->lists);
	c->lists = NULL;
}

void s_client_judge(struct s_client *c)
{
	const struct ward_chain *chain = ward_conn_peer_chain(ward_session_conn(c->s));
	struct ward_verify_params params = {
		.time = c->at < 0 ? (int64_t)time(NULL) : c->at,
		.max_intermediates = most_intermediates(c->depth),
		.policy = c->strict ? WARD_POLICY_RFC5280 : WARD_POLICY_DEFAULT,
	};
	struct ward_verdict verdict;
	struct verdict_path path;
	struct telling t = { .c = c, .path = &path };
	bool good;

	if (chain == NULL || chain->count == 0)
		return;
	if (c->lists != NULL) {
		params.crls = c->lists->crls;
		params.crl_count = c->lists->crl_count;
		params.revocation = c->crl_check_all ? WARD_REVOCATION_REQUIRE_CHAIN
						     : WARD_REVOCATION_REQUIRE_LEAF;
	}
	good = ward_verify(c->trust, chain->certs, chain->count, &params, &verdict, NULL);
	verdict_find_path(&path, chain, &verdict, good);
	tell_top(&t);
	tell_rules(&t, &verdict, false);
	tell_names(&t);
	tell_rules(&t, &verdict, true);
	tell_down(&t, params.time);
	ward_verdict_clear(&verdict);
}
