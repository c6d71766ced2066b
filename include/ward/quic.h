/*
 * The engine without records, for QUIC (RFC 9001): handshake bytes by encryption level in and out,
 * traffic secrets out, transport parameters both ways. Packets, streams and their protection are the
 * QUIC stack's.
 *
 *	c = ward_quic_new(config, host, now, parameters, len, NULL, &err);
 *	for each CRYPTO frame, in order:	ward_quic_receive(c, level, bytes, len, &err)
 *	then, until both have no more:	ward_quic_next_secret(c, &secret)
 *					ward_quic_output(c, &level, out, sizeof(out))
 *
 * A connection of this kind is a struct ward_conn: what is known of it, keys kept elsewhere, tickets
 * and exporters are as ever; ward_conn_receive, ward_conn_send and ward_conn_update_keys fail with
 * BAD_STATE, because what they do is the stack's. It is TLS 1.3 alone, a protocol must be agreed on by
 * ALPN (8.1), and there is no change_cipher_spec and no KeyUpdate (6). A connection belongs to one
 * thread at a time.
 *
 * Early data (4.6) is the stack's too, in 0-RTT packets; the engine says whether there is any, and
 * under which secret. Both sides ask for it by quic_early_data of struct ward_conn_options.
 *
 *	A client that has a ticket for it gets the secret of level WARD_QUIC_EARLY before a byte of its
 *	hello, and reads with ward_quic_remembered_parameters within which limits it may send.
 *	ward_conn_early_data_status says what has become of it: ACCEPTED or REFUSED as soon as that
 *	is known. What was refused is as if never sent, its streams included (4.6.2).
 *
 *	A server whose config takes early data (ward_config_set_early_data; the figure does not
 *	count) gets the secret for reading if it takes it, by the same rules as elsewhere: freshness,
 *	the register, the same protocol. What only the stack knows (4.6.1: the transport parameters
 *	that were told must not be less now, RFC 9000, 7.4.1; settings of the protocol) goes into a
 *	context of bytes: early data is taken if it is what it was when the ticket was given. Let it
 *	change with every setting that shrinks.
 *
 * No EndOfEarlyData is sent or taken (8.3).
 */
#ifndef WARD_QUIC_H
#define WARD_QUIC_H

#include <ward/resume.h>
#include <ward/tls.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Encryption levels (RFC 9001, 4.1.4). */
enum ward_quic_level {
	WARD_QUIC_INITIAL = 0,
	WARD_QUIC_EARLY, /* 0-RTT: a secret, and no crypto stream */
	WARD_QUIC_HANDSHAKE,
	WARD_QUIC_APPLICATION, /* 1-RTT */
};

/*
 * As ward_conn_new_with. The config must be for TLS 1.3 alone (ward_config_set_versions) and have
 * protocols (ward_config_set_alpn): BAD_ARGUMENT. parameters are the quic_transport_parameters as they
 * go over the wire (RFC 9000, 18), 65535 bytes at most, which are copied.
 */
WARD_API struct ward_conn *ward_quic_new(struct ward_config *config, const char *host, int64_t now,
					 const void *parameters, size_t len,
					 const struct ward_conn_options *options,
					 struct ward_error *err);

/*
 * Bytes of the crypto stream of a level, in order and without gaps. False when the connection has
 * failed: close it with ward_quic_alert. Bytes of another level than the one whose turn it is fail
 * with MESSAGE_UNEXPECTED.
 */
WARD_API WARD_MUST_USE bool ward_quic_receive(struct ward_conn *conn, enum ward_quic_level level,
					      const void *bytes, size_t len,
					      struct ward_error *err);

/*
 * Up to cap bytes for the crypto stream of a level, the lowest that has any; 0 when there are none.
 */
WARD_API size_t ward_quic_output(struct ward_conn *conn, enum ward_quic_level *level, uint8_t *out,
				 size_t cap);

/* A traffic secret, from which the stack makes its packet keys (RFC 9001, 5.1). */
struct ward_quic_secret {
	enum ward_quic_level level;
	bool outgoing;
	uint16_t cipher_suite; /* TLS_AES_128_GCM_SHA256 (1301) and so on */
	size_t len;
	uint8_t bytes[48];
};
/* The next secret that there is, each once, in the order they come about. Wipe it after use. */
WARD_API bool ward_quic_next_secret(struct ward_conn *conn, struct ward_quic_secret *secret);

/*
 * The peer's transport parameters; NULL before they are known. Only when the handshake is done are
 * they known to be the peer's own (8.2). They live as long as the connection.
 */
WARD_API const uint8_t *ward_quic_peer_parameters(const struct ward_conn *conn, size_t *len);

/*
 * Clients that offer early data: what the server's transport parameters were in the connection that
 * the ticket is from (RFC 9000, 7.4.1); else NULL. They live as long as the connection.
 */
WARD_API const uint8_t *ward_quic_remembered_parameters(const struct ward_conn *conn, size_t *len);

/* The TLS alert to close with, as CRYPTO_ERROR 0x100 + alert (4.8); -1 when nothing has failed. */
WARD_API int ward_quic_alert(const struct ward_conn *conn);
/*
 * The error of the transport to close with (RFC 9000, 20.1), which is CRYPTO_ERROR but for what RFC
 * 9001 calls a PROTOCOL_VIOLATION (0x0a); 0 when nothing has failed.
 */
WARD_API uint64_t ward_quic_error(const struct ward_conn *conn);

#ifdef __cplusplus
}
#endif

#endif
