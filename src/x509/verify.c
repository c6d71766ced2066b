/*
 * Verification of a chain: the public face of path building.
 */
#include <stdlib.h>

#include "x509/chain.h"
#include "x509/path.h"
#include "x509/trust.h"
#include "x509/verdict.h"

static bool keep_path(const struct path *p, struct ward_chain *chain, struct ward_error *err)
{
	for (size_t i = 0; i < p->len; i++) {
		struct ward_cert *cert = ward_cert_ref(p->links[i].cert);

		if (!chain_append(chain, cert, err)) {
			ward_cert_free(cert);
			ward_chain_clear(chain);
			return false;
		}
	}
	return true;
}

bool ward_verify(struct ward_trust *trust, struct ward_cert *const *presented, size_t count,
		 const struct ward_verify_params *params, struct ward_verdict *verdict,
		 struct ward_error *err)
{
	struct path p;
	bool found;

	if (verdict != NULL)
		*verdict = (struct ward_verdict){ .failed_cert = -1 };
	if (trust == NULL)
		return FAIL(err, NO_TRUST_STORE);
	if (count == 0)
		return FAILF(err, BAD_ARGUMENT, "there is no certificate to verify");
	if ((unsigned int)params->policy > WARD_POLICY_WEB)
		return FAILF(err, BAD_ARGUMENT, "no such policy: %d", (int)params->policy);
	if ((unsigned int)params->revocation > WARD_REVOCATION_REQUIRE_CHAIN)
		return FAILF(err, BAD_ARGUMENT, "no such mode of revocation: %d",
			     (int)params->revocation);
	if (!crypto_init(err))
		return false;
	trust_freeze(trust);
	path_start(&p, trust, presented, count, params, verdict);
	found = path_find(&p);
	if (verdict != NULL) {
		verdict->signatures_checked = EFFORT_CHECKS_MAX - p.effort.checks;
		verdict->paths_tried = p.tried;
		verdict->failed_cert = found ? -1 : p.fault.place;
		if (!found)
			verdict_add_findings(&p);
	}
	if (p.forgot)
		return FAIL(err, NO_MEMORY);
	if (!found)
		return error_pass(err, &p.fault.err);
	return verdict == NULL || keep_path(&p, &verdict->path, err);
}
