/*
 * Judging a chain, with what else is at hand: certificates in other files, and those that the
 * certificates themselves point to (RFC 5280, 4.2.2.1), if the user wants them fetched.
 *
 * What is found that way helps to build a path and is trusted no more than the chain itself. A chain
 * that is good only with such help is not what a server should send: so the chain as it should be is
 * worked out as well.
 */
#include "cli/judgement.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/http_get.h"
#include "cli/report.h"
#include "x509/cert.h"
#include "x509/chain.h"
#include "x509/oid.h"

enum { FETCH_MS = 10000, URL_SIZE = 1025 };

bool judgement_is_good(const struct judgement *j)
{
	return j->fault.reason == WARD_E_NONE;
}

/* ---- the pool ---- */

static bool holds(const struct ward_chain *chain, const struct ward_cert *cert, size_t *place)
{
	for (size_t i = 0; i < chain->count; i++)
		if (cert_same(chain->certs[i], cert)) {
			*place = i;
			return true;
		}
	return false;
}

static bool append(struct ward_chain *to, struct ward_cert *cert, struct ward_error *err)
{
	if (chain_append(to, ward_cert_ref(cert), err))
		return true;
	ward_cert_free(cert);
	return false;
}

/* Those that are new; how many in *added, which may be NULL. */
static bool pool_add(struct judgement *j, const struct ward_chain *certs, size_t *added,
		     struct ward_error *err)
{
	size_t place;

	for (size_t i = 0; i < certs->count; i++) {
		if (holds(&j->pool, certs->certs[i], &place))
			continue;
		if (!append(&j->pool, certs->certs[i], err))
			return false;
		*added += 1;
	}
	return true;
}

static bool add_untrusted(struct judgement *j, const char *path, struct ward_error *err)
{
	struct file_bytes bytes;
	struct ward_chain certs = { NULL, 0 };
	size_t added = 0;
	bool ok;

	if (!file_read(path, FILE_MAX_PEM, &bytes, err))
		return false;
	ok = ward_chain_parse(bytes.data, bytes.len, &certs, err) || file_name_error(err, path);
	file_bytes_clear(&bytes);
	ok = ok && pool_add(j, &certs, &added, err);
	ward_chain_clear(&certs);
	return ok;
}

/* What was given stays as it is, twins included: places are told by it. */
static bool fill_pool(struct judgement *j, struct ward_error *err)
{
	for (size_t i = 0; i < j->source->chain.count; i++)
		if (!append(&j->pool, j->source->chain.certs[i], err))
			return false;
	for (size_t i = 0; i < j->o->untrusted_count; i++)
		if (!add_untrusted(j, j->o->untrusted[i], err))
			return false;
	j->fetched_from = j->pool.count;
	return true;
}

/* ---- fetching ---- */

static bool was_fetched(const struct judgement *j, struct span url)
{
	for (size_t i = 0; i < j->fetch_count; i++)
		if (span_equal(span_string(j->fetches[i].url), url))
			return true;
	return false;
}

/* Asks one address. What fails there is noted and no failure here. */
static bool fetch(struct judgement *j, struct span url, size_t *added, struct ward_error *err)
{
	struct fetch *f = &j->fetches[j->fetch_count];
	struct ward_chain certs = { NULL, 0 };
	struct file_bytes body;
	bool ok = true;

	f->url = strndup((const char *)url.data, url.len);
	if (f->url == NULL)
		return FAIL(err, NO_MEMORY);
	j->fetch_count++;
	f->err = ERROR_NONE;
	if (!http_get(f->url, CERT_MAX_LEN, FETCH_MS, &body, &f->err))
		return true;
	if (ward_chain_parse(body.data, body.len, &certs, &f->err))
		ok = pool_add(j, &certs, added, err);
	ward_chain_clear(&certs);
	file_bytes_clear(&body);
	return ok;
}

/* All that one certificate says of where its issuer's is. */
static bool fetch_issuer(struct judgement *j, const struct ward_cert *cert, size_t *added,
			 struct ward_error *err)
{
	struct span url = SPAN_EMPTY;

	while (j->fetch_count < FETCHES_MAX) {
		url = extensions_access_uri(&cert->ext, OID_CA_ISSUERS, url);
		if (url.len == 0)
			break;
		if (url.len < URL_SIZE && !was_fetched(j, url) && !fetch(j, url, added, err))
			return false;
	}
	return true;
}

/* The issuers at which paths ended; whether anything came that is new in *added. */
static bool fetch_missing(struct judgement *j, size_t *added, struct ward_error *err)
{
	for (size_t i = 0; i < j->verdict.attempt_count; i++) {
		const struct ward_finding *ended = &j->verdict.attempts[i].ended;

		if (ended->reason == WARD_E_CERT_UNKNOWN_ISSUER && ended->at.cert != NULL &&
		    !fetch_issuer(j, ended->at.cert, added, err))
			return false;
	}
	return true;
}

/* ---- judging ---- */

static void judge(struct judgement *j, struct ward_trust *trust)
{
	ward_verdict_clear(&j->verdict);
	j->fault = ERROR_NONE;
	if (!ward_verify(trust, j->pool.certs, j->pool.count, &j->params, &j->verdict, &j->fault) &&
	    j->verdict.failed_cert >= (int)j->source->chain.count)
		j->verdict.failed_cert = -1; /* one of ours, not of theirs */
}

static bool judge_and_fetch(struct judgement *j, struct ward_trust *trust, struct ward_error *err)
{
	size_t added = 1;

	while (added > 0) {
		judge(j, trust);
		added = 0;
		if (!judgement_is_good(j) && j->o->aia && !fetch_missing(j, &added, err))
			return false;
	}
	return true;
}

/* ---- the chain as it should be ---- */

static bool repair_from(struct judgement *j, const struct ward_chain *path, struct ward_error *err)
{
	const struct ward_chain *given = &j->source->chain;
	struct repair *r = &j->repair;
	size_t count = path->count, place = 0, last = 0;

	if (count > 1 && ward_cert_is_self_issued(path->certs[count - 1]))
		count--;
	r->in_order = true;
	for (size_t i = 0; i < count; i++) {
		if (!append(&r->chain, path->certs[i], err))
			return false;
		if (!holds(given, path->certs[i], &place)) {
			r->missing++;
			continue;
		}
		if (i == 0)
			r->leaf = (int)place;
		if (i > 0 && place < last)
			r->in_order = false;
		last = place;
	}
	r->surplus = given->count - (r->chain.count - r->missing);
	return true;
}

/* The one certificate that is no CA, if the first is one; 0 if it is not as simple as that. */
static size_t misplaced_leaf(const struct ward_chain *given)
{
	size_t found = 0;

	for (size_t i = 1; i < given->count; i++) {
		if (ward_cert_is_ca(given->certs[i]))
			continue;
		if (found != 0)
			return 0;
		found = i;
	}
	return given->count > 0 && ward_cert_is_ca(given->certs[0]) ? found : 0;
}

static void swap(struct ward_chain *chain, size_t a, size_t b)
{
	struct ward_cert *cert = chain->certs[a];

	chain->certs[a] = chain->certs[b];
	chain->certs[b] = cert;
}

/* Judges the chain as if its leaf stood in front. */
static bool repair_order(struct judgement *j, struct ward_trust *trust, struct ward_error *err)
{
	size_t leaf = misplaced_leaf(&j->source->chain);
	struct ward_verdict verdict = { .failed_cert = -1 };
	bool ok = true;

	if (leaf == 0)
		return true;
	swap(&j->pool, 0, leaf);
	if (ward_verify(trust, j->pool.certs, j->pool.count, &j->params, &verdict, NULL))
		ok = repair_from(j, &verdict.path, err);
	swap(&j->pool, 0, leaf);
	ward_verdict_clear(&verdict);
	return ok;
}

bool judgement_wants_repair(const struct judgement *j)
{
	const struct repair *r = &j->repair;

	return r->chain.count > 0 &&
	       (r->missing > 0 || r->surplus > 0 || !r->in_order || r->leaf != 0);
}

const char *judgement_origin(const struct judgement *j, const struct ward_cert *cert)
{
	size_t place;

	if (!holds(&j->pool, cert, &place))
		return "trusted";
	if (place < j->source->chain.count)
		return "chain";
	return place < j->fetched_from ? "untrusted" : "aia";
}

/* ---- the whole ---- */

static bool has_address(const struct judgement *j)
{
	for (size_t i = 0; i < j->verdict.attempt_count; i++) {
		const struct ward_finding *ended = &j->verdict.attempts[i].ended;

		if (ended->reason == WARD_E_CERT_UNKNOWN_ISSUER && ended->at.cert != NULL &&
		    extensions_access_uri(&ended->at.cert->ext, OID_CA_ISSUERS, SPAN_EMPTY).len > 0)
			return true;
	}
	return false;
}

static const char *choose_remedy(const struct judgement *j)
{
	if (j->repair.chain.count > 0)
		return "put the leaf in front; --write-chain FILE writes the chain in order";
	if (j->fault.reason == WARD_E_CERT_NAME_MISMATCH)
		return "ask for a name that it is for with --hostname, or make it anew";
	if (j->fault.reason == WARD_E_CERT_UNKNOWN_ISSUER && !j->o->aia && has_address(j))
		return "--aia fetches the missing intermediate, and --write-chain FILE writes the "
		       "whole chain";
	if (j->fault.reason == WARD_E_CERT_UNKNOWN_ISSUER && !j->source->is_server)
		return "add the missing intermediate to the file, or trust a private CA "
		       "with --cacert";
	if (j->verdict.finding_count > 0)
		return j->verdict.findings[0].remedy;
	return report_remedy(&j->fault);
}

bool judgement_make(struct judgement *j, struct ward_trust *trust, struct ward_error *err)
{
	bool ok;

	if (!fill_pool(j, err) || !judge_and_fetch(j, trust, err))
		return false;
	ok = judgement_is_good(j) ? repair_from(j, &j->verdict.path, err)
				  : repair_order(j, trust, err);
	snprintf(j->remedy, sizeof(j->remedy), "%s", choose_remedy(j));
	return ok;
}

void judgement_clear(struct judgement *j)
{
	for (size_t i = 0; i < j->fetch_count; i++)
		free(j->fetches[i].url);
	ward_verdict_clear(&j->verdict);
	ward_chain_clear(&j->pool);
	ward_chain_clear(&j->repair.chain);
}
