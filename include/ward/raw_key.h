/*
 * Raw public keys in the place of certificates (RFC 7250; RFC 9846, 4.5.1).
 *
 * A raw public key is a SubjectPublicKeyInfo and nothing else: it has no name, no chain and no end, so
 * that whose it is must be known beforehand. It is known by its pin: a key is taken from a peer only
 * if one of the config's pins is its (ward_config_add_pin), and by a server with rules on clients only
 * if one of them lets it in, of which "pin:" alone can (ward_config_allow_client). A config that takes
 * raw keys and has neither makes no connection (BAD_ARGUMENT). Roots, host names, times and what is
 * asked of revocation say nothing about a raw key. A session is resumed only if the key would be taken
 * now.
 *
 * Certificates are the default on both sides and in both directions; the peers agree on one type in
 * each direction, and end with NO_COMMON_CERTIFICATE_TYPE (alert unsupported_certificate) if they
 * have none in common.
 */
#ifndef WARD_RAW_KEY_H
#define WARD_RAW_KEY_H

#include <ward/tls.h>

#ifdef __cplusplus
extern "C" {
#endif

/* By their numbers in TLS. */
enum ward_certificate_type {
	WARD_CERTIFICATE_X509 = 0,
	WARD_CERTIFICATE_RAW_KEY = 2,
};

/*
 * Adds a key that is shown without a certificate, beside the identities of ward_config_add_identity.
 * It is for any server_name, with ward_config_set_strict_names too. The key is referenced.
 * KEY_TOO_SMALL and KEY_UNSUPPORTED as for certificates.
 */
WARD_API WARD_MUST_USE bool ward_config_add_raw_key(struct ward_config *config,
						    struct ward_key *key, struct ward_error *err);
/*
 * The same for a key that is kept elsewhere, by its SubjectPublicKeyInfo in DER, which is copied: the
 * engine stops with WARD_WANT_KEY where a signature is needed.
 */
WARD_API WARD_MUST_USE bool ward_config_add_raw_key_external(struct ward_config *config,
							     const void *spki, size_t len,
							     struct ward_error *err);

/*
 * The types that this side shows, best first; without it, or with count 0, those of its identities in
 * the order in which they were added. One that it has no identity of is not offered. A client whose
 * server chooses a type says so in its first message; a server takes the first that the client takes
 * and for which there is a key that the client can verify.
 */
WARD_API WARD_MUST_USE bool ward_config_set_certificate_types(
	struct ward_config *config, const enum ward_certificate_type *types, size_t count,
	struct ward_error *err);
/*
 * The types that are taken from peers, best first; X.509 alone by default. Without X.509 a client
 * needs no roots, and no name of its server.
 */
WARD_API WARD_MUST_USE bool ward_config_set_peer_certificate_types(
	struct ward_config *config, const enum ward_certificate_type *types, size_t count,
	struct ward_error *err);

/* What a peer's pin for this key is. */
WARD_API WARD_MUST_USE bool ward_key_pin(const struct ward_key *key, struct ward_pin *pin,
					 struct ward_error *err);

/*
 * The peer's raw public key, a SubjectPublicKeyInfo in DER that lives as long as the connection; NULL
 * if it has shown none. ward_conn_peer_cert is NULL where there is one.
 */
WARD_API const uint8_t *ward_conn_peer_raw_key(const struct ward_conn *conn, size_t *len);
/*
 * Of the key that the peer has shown, in a certificate or raw: its pin, false if it has shown none; its
 * type ("P-256", "RSA"), or NULL; its size, or 0.
 */
WARD_API bool ward_conn_peer_pin(const struct ward_conn *conn, struct ward_pin *pin);
WARD_API const char *ward_conn_peer_key_type(const struct ward_conn *conn);
WARD_API unsigned int ward_conn_peer_key_bits(const struct ward_conn *conn);

#ifdef __cplusplus
}
#endif

#endif
