/*
 * Mutual TLS: whom a server lets in, and how it asks.
 *
 * A server asks for a certificate when ward_config_set_verify says so. The client's chain is then
 * verified as any chain is, with the purpose clientAuth, and rules say who of all those that the CAs
 * vouch for may enter. The rules are judged in the engine, once the client has shown that it holds
 * its key, and again when a session is resumed: so nobody is let in by a rule that is gone.
 */
#ifndef WARD_MUTUAL_H
#define WARD_MUTUAL_H

#include <ward/tls.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Servers: lets clients in whose certificate this rule fits (see ward_cert_matches_rule). Called
 * several times, one of the rules must fit; without any, every client with a good chain may enter. A
 * client that none fits is refused with CLIENT_NOT_ALLOWED (alert access_denied). Clients that show
 * no certificate, where that is optional, and those with a pre-shared key are not touched by rules.
 * BAD_ARGUMENT says what is wrong with a rule.
 */
WARD_API WARD_MUST_USE bool ward_config_allow_client(struct ward_config *config, const char *rule,
						     struct ward_error *err);
/*
 * Servers: tells clients the names of these CAs (certificate_authorities, and the list in the
 * CertificateRequest of TLS 1.2), by which they choose among their certificates; NULL or empty: none.
 * By default the names of the trusted roots are told, if they are 32 or fewer and fit in 8192
 * bytes. More than that fails with BAD_ARGUMENT here.
 */
WARD_API WARD_MUST_USE bool ward_config_set_ca_names(struct ward_config *config,
						     const struct ward_chain *cas,
						     struct ward_error *err);

#ifdef __cplusplus
}
#endif

#endif
