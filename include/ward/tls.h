/*
 * The TLS engine (RFC 9846): configuration, and connections without any input or output of their
 * own. Bytes from the peer are handed in, bytes for the peer are taken out, and the time is told:
 * so it runs under any event loop, and every handshake can be reproduced.
 *
 * Programs that have a socket want <ward/session.h>, which stands on this.
 */
#ifndef WARD_TLS_H
#define WARD_TLS_H

#include <ward/error.h>
#include <ward/x509.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- config ----
 *
 * Like Python's ssl.SSLContext: made once, set up by one thread, then shared by all. It is frozen
 * by the first connection that is made with it (setters then fail with CONFIG_FROZEN), needs no
 * lock after that, and is reference-counted: each connection holds a reference.
 */
struct ward_config;
struct ward_conn;

/*
 * For clients: TLS 1.3 and 1.2, the server's chain and name verified. The roots are those of the system,
 * which <ward/session.h> loads at the first connection if no others were given.
 */
WARD_API struct ward_config *ward_config_new(struct ward_error *err);
/* For servers: a chain and its key must be added; clients are not asked for a certificate. */
WARD_API struct ward_config *ward_config_new_server(struct ward_error *err);
WARD_API struct ward_config *ward_config_ref(struct ward_config *config);
WARD_API void ward_config_free(struct ward_config *config);

/*
 * Puts `fresh` in the place of a config that is in use, in one step for all threads: connections made
 * with `config` from now on are made with `fresh` (certificates, keys, roots, rules, everything);
 * those that live go on with what they had. So a program holds one config for ever, and makes a new
 * one when its files have changed. Both stay the caller's; `fresh` is in use from now on. It goes on
 * with the ticket keys of before unless it was given others. BAD_ARGUMENT when it is for the other
 * role, could make no connection, or has itself been replaced; then nothing changes.
 */
WARD_API WARD_MUST_USE bool ward_config_replace(struct ward_config *config,
						struct ward_config *fresh, struct ward_error *err);

/*
 * Adds a certificate chain (PEM, leaf first) and the key of its leaf. Called several times, a
 * server has several identities, and chooses by the client's server_name and signature algorithms
 * (in TLS 1.2 also by its groups, which name the curves of certificates there: RFC 8422, 4);
 * the first added serves a name that no leaf is for. A client that is asked sends
 * the first that is valid and issued by a CA that the server names, else the first that is valid.
 */
WARD_API WARD_MUST_USE bool ward_config_add_identity(struct ward_config *config,
						     const struct ward_chain *chain,
						     struct ward_key *key, struct ward_error *err);
/*
 * The same without the key: the engine then stops with WARD_WANT_KEY where a signature is needed.
 */
WARD_API WARD_MUST_USE bool ward_config_add_identity_external(struct ward_config *config,
							      const struct ward_chain *chain,
							      struct ward_error *err);
/* From PEM or DER in memory. */
WARD_API WARD_MUST_USE bool ward_config_add_identity_pem(struct ward_config *config,
							 const void *chain, size_t chain_len,
							 const void *key, size_t key_len,
							 struct ward_error *err);
/* Servers: refuse a server_name that no identity is for (alert unrecognized_name). Default: off. */
WARD_API WARD_MUST_USE bool ward_config_set_strict_names(struct ward_config *config, bool strict,
							 struct ward_error *err);

/* The roots that peers are verified against, instead of the system's; the store is referenced. */
WARD_API WARD_MUST_USE bool ward_config_set_trust(struct ward_config *config,
						  struct ward_trust *trust, struct ward_error *err);
WARD_API bool ward_config_has_trust(const struct ward_config *config);

enum ward_verify_mode {
	WARD_VERIFY_NONE = 0, /* servers: no certificate is asked for */
	WARD_VERIFY_OPTIONAL, /* servers: asked for; verified if the client sends one */
	WARD_VERIFY_REQUIRED, /* clients: always, unless said with "insecure"; servers: mutual TLS */
};
/* For servers. On a client's config anything but REQUIRED fails with BAD_ARGUMENT. */
WARD_API WARD_MUST_USE bool ward_config_set_verify(struct ward_config *config,
						   enum ward_verify_mode mode,
						   struct ward_error *err);
/* Clients: take any certificate. The connection is then open to anyone in between. */
WARD_API WARD_MUST_USE bool ward_config_insecure_no_verify(struct ward_config *config,
							   struct ward_error *err);
/* Clients: verify the chain, but not that it is for the server's name. */
WARD_API WARD_MUST_USE bool ward_config_insecure_no_hostname(struct ward_config *config,
							     struct ward_error *err);

/*
 * Protocols by name ("h2", "http/1.1"), in order of preference, ending with NULL. A server that
 * has a list and finds nothing in common refuses with no_application_protocol (RFC 7301).
 */
WARD_API WARD_MUST_USE bool ward_config_set_alpn(struct ward_config *config,
						 const char *const *protocols,
						 struct ward_error *err);

enum { WARD_TLS_1_2 = 0x0303, WARD_TLS_1_3 = 0x0304 };
/* The range of versions; what this build does not speak fails with BAD_ARGUMENT. */
WARD_API WARD_MUST_USE bool ward_config_set_versions(struct ward_config *config, int minimum,
						     int maximum, struct ward_error *err);
/* Cipher suites, groups and signature schemes by IANA number, in order of preference. A server's order
 * of suites counts, but that a client which puts ChaCha20-Poly1305 first gets it, if the server has
 * it at all: that client has no instructions for AES. The groups
 * are X25519MLKEM768 (RFC 10024), x25519, secp256r1 and secp384r1 by default; a server whose first
 * group in common with a client is a hybrid with ML-KEM asks for a share of one (HelloRetryRequest)
 * rather than take a share without. */
WARD_API WARD_MUST_USE bool ward_config_set_suites(struct ward_config *config,
						   const uint16_t *suites, size_t count,
						   struct ward_error *err);
WARD_API WARD_MUST_USE bool ward_config_set_groups(struct ward_config *config,
						   const uint16_t *groups, size_t count,
						   struct ward_error *err);
WARD_API WARD_MUST_USE bool ward_config_set_signatures(struct ward_config *config,
						       const uint16_t *schemes, size_t count,
						       struct ward_error *err);
/* Clients: how many of the groups, from the first on, get a key share in the first ClientHello;
 * 0 asks for a HelloRetryRequest. By default the first does, and where that is a hybrid with ML-KEM
 * the first that is none, for servers that know no hybrids. */
WARD_API WARD_MUST_USE bool ward_config_set_key_shares(struct ward_config *config, size_t count,
						       struct ward_error *err);
/*
 * Clients: whether the place where an encrypted ClientHello would stand is filled with random bytes
 * (RFC 9849, 6.2), so that those who have one do not stand out. Default: yes, where TLS 1.3 is
 * offered.
 */
WARD_API WARD_MUST_USE bool ward_config_set_ech_grease(struct ward_config *config, bool grease,
						       struct ward_error *err);
/* Servers: answer the first ClientHello with a cookie, always (RFC 9846, 4.3.2). Default: off. */
WARD_API WARD_MUST_USE bool ward_config_set_cookie(struct ward_config *config, bool always,
						   struct ward_error *err);
/* Pads each record's content to a multiple of this many bytes (at most 16384); 0: no padding. */
WARD_API WARD_MUST_USE bool ward_config_set_padding(struct ward_config *config, size_t multiple,
						    struct ward_error *err);
/* The largest record this side wants to get (RFC 8449): 64 to 16385, content type included. */
WARD_API WARD_MUST_USE bool ward_config_set_record_size_limit(struct ward_config *config,
							      size_t limit, struct ward_error *err);
/*
 * Clients with little memory: asks for records that hold at most `size` bytes, in both directions: 512,
 * 1024, 2048 or 4096 (RFC 6066, 4); 0, the default: does not ask. The same is said by
 * record_size_limit, which comes first with servers that know both. None of this side's records holds
 * more in any case; what the server has agreed to is in ward_conn_record_max. Tickets are for
 * connections that ask for the same.
 */
WARD_API WARD_MUST_USE bool ward_config_set_max_fragment(struct ward_config *config, size_t size,
							 struct ward_error *err);
/* Records after which keys are updated by themselves; 0: the limit of the AEAD (5.5). */
WARD_API WARD_MUST_USE bool ward_config_set_key_update_after(struct ward_config *config,
							     uint64_t records,
							     struct ward_error *err);

/*
 * The key log (RFC 9850): called with one line, without its newline, for each secret. Whoever gets
 * these lines can read the connection.
 */
WARD_API WARD_MUST_USE bool ward_config_set_keylog(struct ward_config *config,
						   void (*log)(void *arg, const char *line),
						   void *arg, struct ward_error *err);

/* Puts a source of randomness in place of the system's: for reproducing recorded handshakes. */
WARD_API WARD_MUST_USE bool ward_config_insecure_set_random(struct ward_config *config,
							    bool (*fill)(void *arg, uint8_t *out,
									 size_t len),
							    void *arg, struct ward_error *err);

/* ---------------------------------------------------------------- events ----
 *
 * What a connection does, as it does it: one stream from which traces, log lines, metrics and
 * pictures are made. The event and all it points to live until the callback returns, which must
 * not call into the connection except to read its properties.
 */
enum ward_event_kind {
	WARD_EVENT_RECORD,   /* a record: type is the ContentType on the wire, bytes its header */
	WARD_EVENT_MESSAGE,  /* a handshake message: type is the HandshakeType, bytes the message */
	WARD_EVENT_SECRET,   /* label names it as the key log does; bytes the secret */
	WARD_EVENT_KEYS,     /* new keys are in use in this direction; label: "handshake"… */
	WARD_EVENT_ALERT,    /* type is the AlertDescription, level 1 or 2 */
	WARD_EVENT_STATE,    /* label: the state entered, with the RFC's name */
	WARD_EVENT_VERIFIED, /* the peer's chain was judged: error is NULL or says why not */
	WARD_EVENT_CONNECTED,
	WARD_EVENT_FAILED,  /* error says why; the last event but for an alert */
	WARD_EVENT_CLOSED,  /* close_notify, in the direction that outgoing says */
	WARD_EVENT_RESUMED, /* a pre-shared key is in use; label: "ticket" or "external" */
};

struct ward_event {
	enum ward_event_kind kind;
	bool outgoing;
	bool encrypted; /* a message or alert came or goes under protection */
	int type;
	int level;
	const uint8_t *bytes;
	size_t len;
	const char *label;
	const struct ward_error *error;
};

typedef void ward_event_fn(void *arg, struct ward_conn *conn, const struct ward_event *event);

/* Set on the config before it is used. Secrets are told only when `secrets` is true. */
WARD_API WARD_MUST_USE bool ward_config_set_events(struct ward_config *config, ward_event_fn *fn,
						   void *arg, bool secrets, struct ward_error *err);

/*
 * One field of a handshake message: its name as the RFC has it, where it stands in the message, how
 * deep it is nested, and its value as text where a number has a name ("x25519", "TLS 1.3").
 */
struct ward_field {
	const char *name;
	size_t offset, len;
	int depth;
	const char *value; /* "" where only the bytes say it */
};

/*
 * Walks through a message of TLS 1.3 (as a WARD_EVENT_MESSAGE has it) field by field, in order. Bytes
 * that do not fit the grammar come as one last field named "malformed". False if there was one.
 */
WARD_API bool ward_message_fields(const uint8_t *message, size_t len,
				  void (*fn)(void *arg, const struct ward_field *field), void *arg);
/* The same by the grammar of WARD_TLS_1_2, in which some messages are others, or of WARD_TLS_1_3. */
WARD_API bool ward_message_fields_of(int version, const uint8_t *message, size_t len,
				     void (*fn)(void *arg, const struct ward_field *field),
				     void *arg);
/* The RFC's name of a HandshakeType, ExtensionType, ContentType; "unknown" otherwise. */
WARD_API const char *ward_message_name(int type);
WARD_API const char *ward_extension_name(int type);

/* ------------------------------------------------------------ connection ----
 *
 * Belongs to one thread at a time. All functions that fail say so for good: the first error sticks
 * and is given by every later call and by ward_conn_error. An alert for the peer is then waiting
 * in ward_conn_output.
 */

/*
 * A connection of the config's role. `host` is the DNS name or IP literal of the server, which is
 * sent (names only) and verified; NULL on a server's. `now` is the time that certificates are
 * judged at. A client's first bytes are waiting in ward_conn_output at once.
 */
WARD_API struct ward_conn *ward_conn_new(struct ward_config *config, const char *host, int64_t now,
					 struct ward_error *err);
/* Wipes its secrets and frees it. NULL is allowed. */
WARD_API void ward_conn_free(struct ward_conn *conn);
/* A pointer of the caller's own, for callbacks. */
WARD_API void ward_conn_set_data(struct ward_conn *conn, void *data);
WARD_API void *ward_conn_data(const struct ward_conn *conn);

/* The largest record on the wire: a buffer of this size always makes progress. */
enum { WARD_RECORD_MAX = 5 + 16384 + 256 };
/*
 * The largest record that the peer may send from now on: WARD_RECORD_MAX until something less is agreed
 * on, by ward_config_set_max_fragment or ward_config_set_record_size_limit, and the peer is refused
 * with RECORD_OVERFLOW at the header of a longer one. A buffer of this size makes progress. A server
 * keeps to what it agrees to from its first record on, so that a client may begin with a buffer of
 * this size for what it asks for, 30 bytes more; where a record does not fit, the server has not
 * agreed.
 */
WARD_API size_t ward_conn_record_max(const struct ward_conn *conn);

struct ward_received {
	size_t used;          /* bytes at the front of the input that are done with */
	const uint8_t *plain; /* application data, in the input's memory; NULL if none */
	size_t plain_len;
	bool early; /* it is early data, which may be a replay: see <ward/early_data.h> */
};

/*
 * Takes bytes from the peer. Records are decrypted in place in `data`, which the caller owns and
 * must not change where it lies beyond `used`. Stops after the first record with application data,
 * so the call is repeated while `used` > 0 and input is left; what is left is the start of a
 * record and is handed in again with what follows. False when the connection has failed.
 */
WARD_API WARD_MUST_USE bool ward_conn_receive(struct ward_conn *conn, uint8_t *data, size_t len,
					      struct ward_received *received,
					      struct ward_error *err);

/* The transport has ended: an error unless the peer's close_notify came before. */
WARD_API WARD_MUST_USE bool ward_conn_receive_eof(struct ward_conn *conn, struct ward_error *err);

/*
 * Copies bytes for the peer (handshake, alerts, KeyUpdate) to out; how many. Call it after every
 * other call, until it gives 0. Works after a failure too: the alert has to get out.
 */
WARD_API size_t ward_conn_output(struct ward_conn *conn, uint8_t *out, size_t cap);
WARD_API bool ward_conn_has_output(const struct ward_conn *conn);

/*
 * Seals application data straight into out, after any bytes that ward_conn_output would have given.
 * *taken bytes of data are in the *written bytes of out: as many whole records as fit. Room for
 * WARD_RECORD_MAX always takes something once the output is drained. Fails with BAD_STATE before
 * the handshake is done and after ward_conn_close.
 */
WARD_API WARD_MUST_USE bool ward_conn_send(struct ward_conn *conn, const void *data, size_t len,
					   size_t *taken, uint8_t *out, size_t cap, size_t *written,
					   struct ward_error *err);

/* Says close_notify: nothing more will be sent, but receiving goes on (RFC 9846, 6.1). */
WARD_API void ward_conn_close(struct ward_conn *conn);
/* New sending keys (4.7.3); with ask_peer the peer is asked to do the same. */
WARD_API WARD_MUST_USE bool ward_conn_update_keys(struct ward_conn *conn, bool ask_peer,
						  struct ward_error *err);

/* What the connection waits for, as a set of bits. */
enum {
	WARD_WANT_READ = 1,  /* bytes from the peer */
	WARD_WANT_WRITE = 2, /* that its output is taken */
	WARD_WANT_KEY = 4,   /* a signature: see ward_conn_key_request */
};
WARD_API unsigned int ward_conn_wants(const struct ward_conn *conn);

/* A signature that is wanted from a key kept elsewhere. */
struct ward_key_request {
	const struct ward_cert *cert; /* whose key must sign; NULL: it is a raw public key */
	uint16_t scheme;              /* the SignatureScheme */
	const uint8_t *message;       /* what is to be signed, not hashed yet */
	size_t message_len;
	const uint8_t *raw_key; /* then its SubjectPublicKeyInfo, in DER */
	size_t raw_key_len;
};
/* False when none is wanted. What it points to lives until ward_conn_key_done. */
WARD_API bool ward_conn_key_request(const struct ward_conn *conn, struct ward_key_request *request);
/* The answer; sig NULL when the key refused, which ends the handshake. */
WARD_API WARD_MUST_USE bool ward_conn_key_done(struct ward_conn *conn, const void *sig, size_t len,
					       struct ward_error *err);

/*
 * What makes such an answer, in the process that keeps the key: a signature of the whole message by a
 * SignatureScheme. SIGNATURE_UNSUPPORTED where the key does not sign so. A key may be used by several
 * threads at once.
 */
enum { WARD_SIGNATURE_MAX = 1024 };
WARD_API WARD_MUST_USE bool ward_key_sign(const struct ward_key *key, uint16_t scheme,
					  const void *message, size_t message_len,
					  uint8_t sig[WARD_SIGNATURE_MAX], size_t *sig_len,
					  struct ward_error *err);

/* ---- what is known of a connection; NULL, 0 or false before it is known ---- */

WARD_API bool ward_conn_is_server(const struct ward_conn *conn);
WARD_API bool ward_conn_is_connected(const struct ward_conn *conn); /* handshake done */
WARD_API bool ward_conn_received_close(const struct ward_conn *conn);
WARD_API const struct ward_error *ward_conn_error(const struct ward_conn *conn); /* or NULL */
WARD_API const char *ward_conn_version(const struct ward_conn *conn);            /* "TLSv1.3" */
WARD_API const char *ward_conn_cipher(const struct ward_conn *conn); /* "TLS_AES_128_GCM_SHA256" */
WARD_API const char *ward_conn_group(const struct ward_conn *conn);  /* "x25519" */
/* The scheme of the server's CertificateVerify: "ecdsa_secp256r1_sha256". */
WARD_API const char *ward_conn_signature(const struct ward_conn *conn);
WARD_API const char *ward_conn_alpn(const struct ward_conn *conn);
/* The host that a client was made for; on a server, the client's server_name. */
WARD_API const char *ward_conn_server_name(const struct ward_conn *conn);
WARD_API bool ward_conn_used_retry(const struct ward_conn *conn); /* HelloRetryRequest */
/* The chain the peer sent, leaf first; lives as long as the connection. */
WARD_API const struct ward_chain *ward_conn_peer_chain(const struct ward_conn *conn);
WARD_API struct ward_cert *ward_conn_peer_cert(const struct ward_conn *conn);
/*
 * With insecure_no_verify, what verification would have said; with ward_config_set_keep_refused, why the
 * client's last certificate was not taken. NULL if all is fine.
 */
WARD_API const struct ward_error *ward_conn_verify_error(const struct ward_conn *conn);
/* The versions that the client offered, as "TLS 1.3, TLS 1.2", for logs. Returns buf. */
WARD_API char *ward_conn_offered_versions(const struct ward_conn *conn, char *buf, size_t size);
/*
 * A key for another protocol that stands on this connection: the same for both ends, and for no one
 * else (RFC 9846, 7.5; RFC 5705). The label is registered with IANA, or begins with
 * "EXPERIMENTAL". With TLS 1.2 alone, no context (NULL) is something else than an empty one. Fails
 * with BAD_STATE before the handshake is done; but a server that has taken early data may export as
 * soon as it may send, to whom is not shown before the client's Finished is there.
 */
WARD_API WARD_MUST_USE bool ward_conn_export(const struct ward_conn *conn, const char *label,
					     const void *context, size_t context_len, void *out,
					     size_t len, struct ward_error *err);
/*
 * What an authentication above TLS binds itself to, so that it cannot be passed on to another
 * connection: "tls-exporter" (RFC 9266) or "tls-server-end-point" (RFC 5929), which is the hash of
 * the server's certificate; that one fails with BAD_ARGUMENT where the certificate is signed by a
 * scheme without a hash, as Ed25519.
 */
WARD_API WARD_MUST_USE bool ward_conn_channel_binding(const struct ward_conn *conn,
						      const char *type, uint8_t out[64],
						      size_t *len, struct ward_error *err);
/*
 * Bytes of heap this connection holds, its keyed ciphers included; without the peer's chain, which
 * connections of one config to the same peer share.
 */
WARD_API size_t ward_conn_memory(const struct ward_conn *conn);

#ifdef __cplusplus
}
#endif

#endif
