/*
 * Resumption (RFC 9846, 2.2 and 4.7.1; RFC 5077 and 5246 in TLS 1.2): a second connection stands on the first, without
 * certificates and signatures. The key exchange is made anew each time (psk_dhe_ke): who gets a
 * ticket's key cannot read what was sent.
 *
 * Who the peer is was shown in the first connection. It is judged again in every one that resumes:
 * the chain is kept with the ticket, and must be valid at that time, for that host, by the trust
 * that the config then has. A ticket is bound besides to the server's name, the application
 * protocol and the config's identity and rules; where one of them differs the handshake is a whole
 * one, and nobody is refused for it.
 */
#ifndef WARD_RESUME_H
#define WARD_RESUME_H

#include <ward/tls.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A ticket lives at most seven days (4.7.1), and so does what is resumed from it again and again. */
enum { WARD_TICKET_LIFETIME_MAX = 604800 };

/* ---------------------------------------------------------------- servers ----
 *
 * A server keeps nothing: what it must know of a connection is in the ticket, sealed with
 * AES-256-GCM under a key of this ring. Keys are made when they are due and forgotten when no
 * ticket under them can be good any more; the time is that of the connections. A clock that is set
 * back loses no key. A ring may be shared by configs and threads.
 */
struct ward_ticket_keys;

/*
 * `lifetime` is that of the tickets, in seconds (at most WARD_TICKET_LIFETIME_MAX; 0: a day). A
 * key seals for half of it, and opens until the last ticket under it has ended. NULL with err set.
 */
WARD_API struct ward_ticket_keys *ward_ticket_keys_new(uint32_t lifetime, struct ward_error *err);
WARD_API struct ward_ticket_keys *ward_ticket_keys_ref(struct ward_ticket_keys *keys);
/* Wipes and frees the keys with the last reference. NULL is allowed. */
WARD_API void ward_ticket_keys_free(struct ward_ticket_keys *keys);
WARD_API uint32_t ward_ticket_keys_lifetime(const struct ward_ticket_keys *keys);
/*
 * The keys as bytes, for other servers of the same names: wipe and free() *bytes. A key that is due
 * at `now` is made first. The format: the text "ward ticket keys 1\n", the lifetime (4 bytes), and
 * for each key its name (16), the key (32) and when it was made (8); numbers in network order.
 */
WARD_API WARD_MUST_USE bool ward_ticket_keys_export(struct ward_ticket_keys *keys, int64_t now,
						    uint8_t **bytes, size_t *len,
						    struct ward_error *err);
/*
 * Puts the keys of such bytes in place of those at hand, in one step for all threads; those at hand
 * open tickets as long as before. A key from elsewhere is sealed with for twice as long as one's own
 * before another is made: time for the next to come. Fails with BAD_TICKET_KEYS, and changes
 * nothing, when the bytes are malformed or a key is all zeros.
 */
WARD_API WARD_MUST_USE bool ward_ticket_keys_import(struct ward_ticket_keys *keys,
						    const void *bytes, size_t len,
						    struct ward_error *err);

/*
 * For whoever holds the keys of a fleet: a new one is made, to seal after the next call. The one that
 * was made by the last call begins to seal; export them then, and have the servers import them. As
 * each server has a key before another seals with it, they need not do so at the same time. Call it
 * each half of a lifetime, or more often: then servers never make keys of their own. The first call
 * makes both keys.
 */
WARD_API WARD_MUST_USE bool ward_ticket_keys_rotate(struct ward_ticket_keys *keys, int64_t now,
						    struct ward_error *err);

/* Servers: the ring to use instead of one of the config's own; referenced. */
WARD_API WARD_MUST_USE bool ward_config_set_ticket_keys(struct ward_config *config,
							struct ward_ticket_keys *keys,
							struct ward_error *err);
/*
 * Servers: how many tickets a client gets after its handshake, 0 to 16. Default: 2, in TLS
 * 1.2 one. With 0 none is taken either.
 */
WARD_API WARD_MUST_USE bool ward_config_set_tickets(struct ward_config *config, size_t count,
						    struct ward_error *err);
/*
 * Servers: configs that share a ring and are not the same service get different names here; a
 * ticket made under one is then not taken under another. At most 255 bytes; the default is empty.
 */
WARD_API WARD_MUST_USE bool ward_config_set_ticket_context(struct ward_config *config,
							   const void *bytes, size_t len,
							   struct ward_error *err);

/* ------------------------------------------------------- sessions by id ----
 *
 * Clients of TLS 1.2 that know no tickets, and all of them where a server gives none, get an id for
 * their session (RFC 5246, 7.3), under which the server keeps what would be in a ticket: sealed under
 * its ring of keys, so that a store neither learns a secret nor can make a session up, and judged by
 * the same rules when the client comes back. A server keeps 1024 in memory unless told otherwise.
 */

/* A store of sessions; any thread may use it, and any number of configs. */
struct ward_sessions;

/* What a store keeps. */
struct ward_kept_session {
	const uint8_t *id; /* 32 bytes, random */
	const uint8_t *bytes;
	size_t len;    /* a few hundred, and up to 8 KiB with a client's certificates */
	int64_t now;   /* in seconds since 1970, by the server's clock */
	int64_t until; /* from this time on it is of no use */
};
/* Called by any thread, several at a time. */
struct ward_session_store {
	/* Keeps a copy. It may forget any session at any time. */
	void (*put)(void *arg, const struct ward_kept_session *session);
	/* Copies the bytes out that are kept under an id of 32 bytes; how many, 0 if there are none. */
	size_t (*get)(void *arg, const uint8_t *id, int64_t now, uint8_t *bytes, size_t room);
	void (*release)(void *arg); /* called last; NULL: none */
};

/*
 * A store in memory of so many sessions, 1 to 1048576. A new one takes the place of another, and of
 * those that have ended. It takes 64 bytes for each from the first session on, and what they need.
 * NULL with err set.
 */
WARD_API struct ward_sessions *ward_sessions_new(size_t count, struct ward_error *err);
/* A store of the program's own, for a fleet that shares a ring of keys. */
WARD_API struct ward_sessions *ward_sessions_new_with(const struct ward_session_store *store,
						      void *arg, struct ward_error *err);
WARD_API struct ward_sessions *ward_sessions_ref(struct ward_sessions *sessions);
WARD_API void ward_sessions_free(struct ward_sessions *sessions); /* NULL is allowed */
/* Servers: the store to use; referenced. NULL: sessions get no ids. */
WARD_API WARD_MUST_USE bool ward_config_set_sessions(struct ward_config *config,
						     struct ward_sessions *sessions,
						     struct ward_error *err);

/* ---------------------------------------------------------------- clients ----
 *
 * A client's config keeps the tickets it is given, at most 256 of them and four for one server, and
 * a new connection takes the newest that is for its server. Each is used once, so that nobody who
 * watches can tell two connections from one client by it (RFC 9846, C.4). Not so in TLS 1.2, where most
 * servers give no new one when they resume (RFC 5077, 3.3): then the same is kept, as that version has
 * more by which clients can be told. Who minds turns resumption off, or TLS 1.2.
 */
struct ward_ticket;

/* Clients: whether connections take and keep tickets by themselves. Default: yes. */
WARD_API WARD_MUST_USE bool ward_config_set_resumption(struct ward_config *config, bool resume,
						       struct ward_error *err);
/*
 * Clients: called with each ticket that comes, before it is kept; take a reference to have it
 * longer. It is kept in the config too, unless resumption is off.
 */
typedef void ward_ticket_fn(void *arg, struct ward_conn *conn, struct ward_ticket *ticket);
WARD_API WARD_MUST_USE bool ward_config_set_ticket_callback(struct ward_config *config,
							    ward_ticket_fn *fn, void *arg,
							    struct ward_error *err);

/* A ticket belongs to nobody, is immutable, and may be used by any thread. */
WARD_API struct ward_ticket *ward_ticket_ref(struct ward_ticket *ticket);
WARD_API void ward_ticket_free(struct ward_ticket *ticket); /* wipes it; NULL is allowed */
/*
 * A ticket as bytes, to keep it in a file: it holds a secret, so 0600. They live as long as the
 * ticket. Read again by ward_ticket_parse, of this and of later releases; BAD_TICKET when they are
 * malformed.
 */
WARD_API const uint8_t *ward_ticket_bytes(const struct ward_ticket *ticket, size_t *len);
WARD_API struct ward_ticket *ward_ticket_parse(const void *bytes, size_t len,
					       struct ward_error *err);
/* When it stops being of use, in seconds since 1970. */
WARD_API int64_t ward_ticket_expires(const struct ward_ticket *ticket);

/* ----------------------------------------------- keys from elsewhere ----
 *
 * A pre-shared key that both peers were given stands for certificates on both sides: whoever has it
 * is let in, and no chain is judged. It must be random, not a password: from what goes over the
 * wire guesses can be tried. Add keys to the configs of both roles; a client offers the first eight
 * behind its ticket, and a server takes, of those that it is offered, its own first. A server that requires certificates
 * takes none. Where no key is taken the handshake is one with certificates.
 *
 * Such a handshake leads to tickets like any other. Who resumes with one is who had the key: there is
 * no certificate, ward_conn_psk_identity says the name as before, and it is resumed only while both
 * configs have the very same key, and the server takes keys at all.
 *
 * A program that is a client and a server with the same key may be made to talk to itself ("Selfie",
 * RFC 9257, 4.1). Import the key, with a context that names who is the client and who the server: its
 * own server then has neither that key, nor takes a ticket that descends from it.
 */
enum ward_psk_hash {
	WARD_PSK_SHA256 = 0,
	WARD_PSK_SHA384,
};
/* 1 to 512 bytes of identity, which anyone can read; 16 to 64 of key, for suites of this hash. */
WARD_API WARD_MUST_USE bool ward_config_add_psk(struct ward_config *config, const void *identity,
						size_t identity_len, const void *key,
						size_t key_len, enum ward_psk_hash hash,
						struct ward_error *err);
/*
 * The importer of RFC 9258: makes of one key one for each hash, bound to TLS 1.3 and to the context
 * (at most 256 bytes), which must be the same on both sides. `hash` is the key's own, which both sides
 * must agree on too: SHA-256 unless something else was said of it.
 */
WARD_API WARD_MUST_USE bool ward_config_import_psk(struct ward_config *config, const void *identity,
						   size_t identity_len, const void *context,
						   size_t context_len, const void *key,
						   size_t key_len, enum ward_psk_hash hash,
						   struct ward_error *err);
/*
 * Clients: takes no certificate in place of a key: a connection whose server has none of the keys
 * fails with EXT_MISSING. TLS 1.2 is not offered then, nor is a ticket that certificates stand behind.
 */
WARD_API WARD_MUST_USE bool ward_config_require_psk(struct ward_config *config,
						    struct ward_error *err);
/* The identity that was added or imported, of the key in use; NULL if there is none. */
WARD_API const uint8_t *ward_conn_psk_identity(const struct ward_conn *conn, size_t *len);

/* How a client's connection is made beyond its host and the time. All zeros: as ward_conn_new. */
struct ward_conn_options {
	/* The service that tickets are kept for, as "example.org:443"; NULL: the host. */
	const char *service;
	/* To resume with, instead of one that the config has. Used as often as it is given. */
	struct ward_ticket *ticket;
	/* Sent with the first message where the ticket allows it: see <ward/early_data.h>. */
	const void *early_data;
	size_t early_data_len;
	/*
	 * QUIC alone (see <ward/quic.h>). Clients: offer early data where the ticket allows it. Servers:
	 * take it if the context, of any length, is that which the ticket was given under.
	 */
	bool quic_early_data;
	const void *quic_early_context;
	size_t quic_early_context_len;
};

/* ward_conn_new with options; options may be NULL. */
WARD_API struct ward_conn *ward_conn_new_with(struct ward_config *config, const char *host,
					      int64_t now, const struct ward_conn_options *options,
					      struct ward_error *err);
/*
 * Tells a connection what time it is, in seconds since 1970. Worth doing where one lives for hours:
 * tickets that come later are then not taken for older than they are.
 */
WARD_API void ward_conn_set_time(struct ward_conn *conn, int64_t now);
/* Whether the handshake stood on an earlier connection; false before it is known. */
WARD_API bool ward_conn_resumed(const struct ward_conn *conn);

#ifdef __cplusplus
}
#endif

#endif
