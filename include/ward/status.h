/*
 * What connections ask of a peer's certificate beyond its chain: that it is not revoked (CRLs, and
 * OCSP responses that are stapled to it: RFC 6066, section 8; RFC 9846, 4.5.1.1), and that its key
 * is one that is pinned; and what this side staples to its own.
 *
 * The rules are those of ward_verify (<ward/x509.h>), applied to every connection of the config,
 * those that resume an earlier one included. They count in both roles: a server that asks for
 * certificates judges its clients by them.
 *
 * A peer that resumes shows no certificate, and staples no response. The one of the earlier connection
 * is kept with the ticket, and judged again as it stands: once its own time is over, or a list names
 * the certificate, the ticket is passed over and the handshake is a whole one, in which a new response
 * can come. So a certificate that promises a response, or proof that is required, does not keep a peer
 * from resuming, and no proof outlives its time.
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

/*
 * Whether the peer is asked for an OCSP response. Clients do unless told otherwise; servers, which
 * can in TLS 1.3, do not. A response that comes must be good: signed by the certificate's issuer or
 * by whom the issuer has given that right, about this certificate, fresh, and saying "good"; else the
 * peer is refused with the reason (OCSP_REVOKED, OCSP_EXPIRED, OCSP_BAD_SIGNATURE and others; alert
 * bad_certificate_status_response). None need come, unless the certificate promises one (RFC 7633):
 * then OCSP_MISSING. Where it is not asked for, such a promise is not held against the peer.
 */
WARD_API WARD_MUST_USE bool ward_config_set_ask_ocsp(struct ward_config *config, bool ask,
						     struct ward_error *err);
/*
 * Whether the peer is asked for timestamps of Certificate Transparency logs (RFC 6962, 3.3), for
 * the program to look at: they are not checked here. Default: no.
 */
WARD_API WARD_MUST_USE bool ward_config_set_ask_scts(struct ward_config *config, bool ask,
						     struct ward_error *err);

/*
 * The OCSP response (DER) to staple to the certificate that it is about, which was added before; it
 * takes the place of an earlier one. Whoever asks gets it, as long as it is in force at the time of
 * the connection. At `now` it must be fresh, say "good", and be signed as a client asks (which can be
 * checked if the issuer is in the chain); else false with the reason, as OCSP_EXPIRED, or
 * OCSP_OTHER_CERT if it is about no certificate of this side.
 */
WARD_API WARD_MUST_USE bool ward_config_set_ocsp_response(struct ward_config *config,
							  const void *der, size_t len, int64_t now,
							  struct ward_error *err);
/*
 * The timestamps to hand out with an identity's leaf to whoever asks: a SignedCertificateTimestampList
 * as the RFC has it, its length included. BAD_ARGUMENT if it is none, or no identity has the leaf.
 */
WARD_API WARD_MUST_USE bool ward_config_set_scts(struct ward_config *config,
						 const struct ward_cert *leaf, const void *list,
						 size_t len, struct ward_error *err);

/*
 * What came beside the peer's certificate: its OCSP response (DER), which was found good unless peers
 * are not verified, and its list of timestamps, which nobody has checked. NULL with *len 0 where there
 * is none. In a connection that resumes an earlier one the response is that of the earlier one, and
 * there are no timestamps. They live as long as the connection.
 */
WARD_API const uint8_t *ward_conn_ocsp_response(const struct ward_conn *conn, size_t *len);
WARD_API const uint8_t *ward_conn_scts(const struct ward_conn *conn, size_t *len);

#ifdef __cplusplus
}
#endif

#endif
