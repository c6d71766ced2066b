/*
 * Whether a response may be stapled to a chain: what a server asks before it hands one out, so that
 * no client is sent away because of a response that is old or is another's (RFC 6066, section 8).
 */
#include "x509/ocsp.h"
#include "x509/x509.h"

/* The certificate of the chain that has issued its leaf; NULL: it is not sent along. */
static struct ward_cert *issuer_in(const struct ward_chain *chain)
{
	for (size_t i = chain->count; i-- > 0;)
		if (cert_is_named_issuer(chain->certs[i], chain->certs[0]))
			return chain->certs[i];
	return NULL;
}

/* By the issuer's name and the serial number: all that a leaf says by itself. */
static bool names_leaf(const struct ocsp_cert_id *id, const struct ward_cert *leaf)
{
	uint8_t hash[DIGEST_MAX_LEN];

	if (id->hash == DIGEST_NONE || !span_equal(id->serial, leaf->serial))
		return false;
	digest_once(id->hash, leaf->issuer, hash);
	return span_equal(id->name_hash, span_make(hash, digest_len(id->hash)));
}

/* The answer for the leaf, be it right or wrong. */
static bool find_answer(const struct ward_ocsp_response *response, const struct ward_cert *leaf,
			struct ward_ocsp_single *single)
{
	struct ward_error own = ERROR_NONE;
	struct reader list = reader_make(response->list, &own);
	bool found = false;

	while (reader_more(&list)) {
		struct ocsp_single s = ocsp_single_read(&list);

		if (!names_leaf(&s.id, leaf))
			continue;
		if (!found || s.told.status == WARD_OCSP_REVOKED)
			*single = s.told;
		found = true;
	}
	return found;
}

bool ocsp_may_staple(const struct ward_ocsp_response *response, const struct ward_chain *chain,
		     int64_t time, int64_t *from, int64_t *until, struct ward_error *err)
{
	struct ward_cert *leaf = chain->certs[0], *issuer = issuer_in(chain);
	struct ward_ocsp_single single;

	if (response->result != WARD_OCSP_SUCCESSFUL)
		return FAILF(err, OCSP_FAILED, "%s", ward_ocsp_result_name((int)response->result));
	if (!find_answer(response, leaf, &single))
		return FAIL(err, OCSP_OTHER_CERT);
	*from = single.this_update - OCSP_SKEW;
	*until = single.next_update == WARD_NO_TIME ? single.this_update + OCSP_AGE_MAX
						    : single.next_update;
	if (issuer != NULL)
		return ward_ocsp_response_check(response, NULL, leaf, issuer, time, NULL, err);
	return ocsp_is_fresh(&single, time, err) && ocsp_is_good(leaf, &single, err);
}
