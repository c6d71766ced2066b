/*
 * What connections ask of a peer's certificate beyond its chain: that it is not revoked (CRLs), and
 * that its key is one that is pinned.
 *
 * The rules are those of ward_verify (<ward/x509.h>), applied to every connection of the config,
 * those that resume an earlier one included. They count in both roles: a server that asks for
 * certificates judges its clients by them.
 */
#ifndef WARD_STATUS_H
#define WARD_STATUS_H

#include <ward/revocation.h>
#include <ward/tls.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a config takes at most. */
enum { WARD_CONFIG_CRLS_MAX = 1024, WARD_CONFIG_PINS_MAX = 64 };

/*
 * One more list that counts (RFC 5280, 6.3); it is referenced. A certificate that a list names is
 * refused with CERT_REVOKED; one whose CA has a list here that has expired or is not good in another
 * way is refused with the reason for that, as CRL_EXPIRED, unless something else proves it.
 */
WARD_API WARD_MUST_USE bool ward_config_add_crl(struct ward_config *config, struct ward_crl *crl,
						struct ward_error *err);
/*
 * Whether proof is asked for that the peer's certificate, or its whole chain, is not revoked; where
 * there is none the peer is refused with REVOCATION_UNKNOWN. Default: WARD_REVOCATION_GIVEN.
 */
WARD_API WARD_MUST_USE bool ward_config_set_revocation(struct ward_config *config,
						       enum ward_revocation mode,
						       struct ward_error *err);
/*
 * One more key of which one must be in the peer's path, from leaf to root; else PIN_MISMATCH. Pin the
 * key in use and its successor. A pin stands beside the other rules, not in their place.
 */
WARD_API WARD_MUST_USE bool ward_config_add_pin(struct ward_config *config,
						const struct ward_pin *pin, struct ward_error *err);

#ifdef __cplusplus
}
#endif

#endif
