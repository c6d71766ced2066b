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

/* ---- after the handshake (RFC 9846, 4.7.2) ---- */

/*
 * Whether a certificate is asked for after the handshake, in TLS 1.3. Clients say that they answer,
 * and do so by themselves, with the identity that fits. A server does not ask those clients in the
 * handshake, whatever the mode, but when ward_conn_request_certificate is called: until then it does
 * not know who they are. Others are asked in the handshake as ever. Default: off.
 */
WARD_API WARD_MUST_USE bool ward_config_set_post_handshake_auth(struct ward_config *config, bool on,
								struct ward_error *err);
/*
 * Servers: asks this client for its certificate now, before a request that needs one is answered.
 * The mode of the config says what an empty answer means; the chain and the rules are judged as in a
 * handshake. BAD_STATE, which the connection survives, where the client does not answer later, has
 * been asked already or has shown its certificate.
 *
 * The question is in the connection's output. The answer comes among what is received, in its own
 * time: ward_conn_peer_cert is set when it has come whole and is good, or still NULL if the client has
 * none to show. For a session on a socket ward_request_certificate does all of it.
 */
WARD_API WARD_MUST_USE bool ward_conn_request_certificate(struct ward_conn *conn,
							  struct ward_error *err);
/*
 * Servers: whether a client stays that is asked after the handshake and shows a certificate that is
 * not good, or that no rule fits: to be told why it does not get what it asked for. It stays as one
 * that has shown none: ward_conn_peer_cert is NULL, and ward_conn_verify_error says what is wrong.
 * Default: no, it is refused as in a handshake.
 */
WARD_API WARD_MUST_USE bool ward_config_set_keep_refused(struct ward_config *config, bool keep,
							 struct ward_error *err);
/* Servers: whether it is asked and has not answered yet. */
WARD_API bool ward_conn_certificate_pending(const struct ward_conn *conn);

#ifdef __cplusplus
}
#endif

#endif
