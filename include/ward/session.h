/*
 * TLS over a socket, as simple as Python's ssl module.
 *
 *	struct ward_config *config = ward_config_new(NULL);
 *	struct ward_session *s = ward_dial(config, "example.org", "443", NULL);
 *
 *	if (ward_write(s, request, strlen(request)))
 *		while ((n = ward_read(s, buf, sizeof(buf))) > 0)
 *			fwrite(buf, 1, (size_t)n, stdout);
 *	fprintf(stderr, "%s\n", ward_session_error(s));
 *
 * Errors stick: after a failure every call on the session fails at once and ward_session_error
 * says why; ward_dial itself only gives NULL when there is no memory, so one check at the end is
 * enough. A session belongs to one thread at a time. SIGPIPE is never raised; EINTR is handled.
 */
#ifndef WARD_SESSION_H
#define WARD_SESSION_H

#include <sys/types.h>

#include <ward/resume.h>
#include <ward/tls.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ward_session;

/* ---- files and the system, for a config and a trust store ---- */

/*
 * Like load_cert_chain: PEM files, the chain with its leaf first; key_file NULL: the same file. It may
 * also be the URI of a key that stays in its token or TPM: `pkcs11:…`, or `store:` and any URI that a
 * provider of OpenSSL knows; see ward_key_open.
 */
WARD_API WARD_MUST_USE bool ward_config_load_cert_chain(struct ward_config *config,
							const char *cert_file, const char *key_file,
							struct ward_error *err);
/*
 * A key to show without a certificate (RFC 7250), from a file or by a URI as above; see
 * ward_config_add_raw_key.
 */
WARD_API WARD_MUST_USE bool ward_config_load_raw_key(struct ward_config *config,
						     const char *key_file, struct ward_error *err);
/*
 * The OCSP response in a file (DER), to be stapled to the certificate that it is about, which was
 * loaded before. See ward_config_set_ocsp_response.
 */
WARD_API WARD_MUST_USE bool ward_config_load_ocsp_response(struct ward_config *config,
							   const char *path,
							   struct ward_error *err);
/* Like load_verify_locations: roots from a file or a directory of files, added to those loaded. */
WARD_API WARD_MUST_USE bool ward_config_load_verify_locations(struct ward_config *config,
							      const char *path,
							      struct ward_error *err);
/* The system's roots: SSL_CERT_FILE and SSL_CERT_DIR, else where the distribution keeps them. */
WARD_API WARD_MUST_USE bool ward_config_load_default_certs(struct ward_config *config,
							   struct ward_error *err);
WARD_API struct ward_trust *ward_trust_system(struct ward_error *err);
/* Appends the key log to this file (made 0600); NULL: the file that SSLKEYLOGFILE names, if any. */
WARD_API WARD_MUST_USE bool ward_config_set_keylog_file(struct ward_config *config,
							const char *path, struct ward_error *err);

/*
 * A client's ticket in a file of mode 0600, which takes the place of the old one in one step:
 * whoever has it can pass for this client. Loading fails with FILE_READ or BAD_TICKET.
 */
WARD_API WARD_MUST_USE bool ward_ticket_save(const struct ward_ticket *ticket, const char *path,
					     struct ward_error *err);
WARD_API struct ward_ticket *ward_ticket_load(const char *path, struct ward_error *err);

/*
 * Servers: the keys of a ring in a file, in the form of ward_ticket_keys_export. Saving makes it with
 * mode 0600, in one step. Loading is ward_ticket_keys_import of what is there; a file that others than
 * its owner may read, or write, is refused with FILE_READ.
 */
WARD_API WARD_MUST_USE bool ward_ticket_keys_save(struct ward_ticket_keys *keys, const char *path,
						  struct ward_error *err);
WARD_API WARD_MUST_USE bool ward_ticket_keys_load(struct ward_ticket_keys *keys, const char *path,
						  struct ward_error *err);

/* ---- sessions ---- */

/* Times are in milliseconds. */
struct ward_dial_options {
	int connect_timeout_ms;     /* connecting and the handshake together; 0: 30000; -1: none */
	int io_timeout_ms;          /* each read and write, as a whole; 0: none */
	int family;                 /* AF_UNSPEC, AF_INET or AF_INET6 */
	const char *server_name;    /* sent and verified instead of the host */
	void *data;                 /* ward_conn_data of the connection */
	struct ward_ticket *ticket; /* to resume with, instead of one that the config has kept */
	const char *starttls;       /* ask for TLS first, as ward_starttls; NULL: TLS comes first */
	const void *early_data; /* sent with the first message where the ticket allows it: see */
	size_t early_data_len;  /* <ward/early_data.h>, and ask how much of it was taken */
};

/*
 * Connects to a host's service ("443", "https") and shakes hands. All the host's addresses are
 * tried the way RFC 8305 says. options may be NULL. NULL only when there is no memory.
 * Tickets are kept by host and service (see <ward/resume.h>).
 * The name is looked up with getaddrinfo, in the calling thread: the resolver's own time limits
 * hold while it works, and the time it took counts.
 */
WARD_API struct ward_session *ward_dial(struct ward_config *config, const char *host,
					const char *service,
					const struct ward_dial_options *options);

/*
 * Asks for TLS in the clear, on a connected socket that blocks, so that ward_wrap can follow:
 * protocol is smtp, lmtp, imap, pop3, ftp, nntp, sieve, ldap, xmpp, xmpp-server, postgres or mysql.
 * host is the server's name, for XMPP; it may be NULL. timeout_ms is for all of it; 0: 30000, -1:
 * none. Nothing that the server said in the clear is left over: bytes behind its consent fail with
 * STARTTLS_INJECTED. After a failure the socket is of no use, and still the caller's.
 */
WARD_API WARD_MUST_USE bool ward_starttls(int fd, const char *protocol, const char *host,
					  int timeout_ms, struct ward_error *err);

/*
 * Like wrap_socket: puts TLS on a connected stream socket, as a client of `host`, or as a server
 * with host NULL. The descriptor is the session's from now on if own_fd, and closed with it.
 * A blocking descriptor shakes hands at once; a non-blocking one when it is driven. NULL only when
 * there is no memory (the descriptor is then still the caller's).
 */
WARD_API struct ward_session *ward_wrap(struct ward_config *config, int fd, const char *host,
					bool own_fd);

/*
 * A listening socket on host:service, the first of the host's addresses that can be had (host NULL:
 * all addresses, IPv6 and IPv4); -1 with err set.
 */
WARD_API int ward_listen(const char *host, const char *service, struct ward_error *err);
/*
 * Accepts one connection and wraps it, without the handshake, which the first read, write or
 * ward_handshake does: so the accepting thread is not held up. The connection blocks or not as
 * listen_fd does. NULL with err set; err->system is EAGAIN when listen_fd does not block and nobody
 * is there.
 */
WARD_API struct ward_session *ward_accept(struct ward_config *config, int listen_fd,
					  struct ward_error *err);

/* Ends the handshake if it is not done. False when it failed, or would block (ward_would_block). */
WARD_API WARD_MUST_USE bool ward_handshake(struct ward_session *s);
/*
 * Up to len bytes of application data; 0 only after the peer's close_notify; -1 on error, which
 * includes an end of file without close_notify. With a non-blocking descriptor -1 may mean that
 * nothing is there yet: ward_would_block tells.
 */
WARD_API WARD_MUST_USE ssize_t ward_read(struct ward_session *s, void *buf, size_t len);
/*
 * Servers: early data, if the client sent any and it was taken, as ward_read does it, and before the
 * handshake is done: it may be a replay (see <ward/early_data.h>). 0 when there is no more; then
 * ward_read goes on. From the first call on writing need not wait for the handshake either. A
 * program that never calls this gets early data from ward_read, once it is certain that it is no replay.
 */
WARD_API WARD_MUST_USE ssize_t ward_read_early(struct ward_session *s, void *buf, size_t len);
/* Writes all of it; waits for that even if the descriptor does not block. False on error. */
WARD_API WARD_MUST_USE bool ward_write(struct ward_session *s, const void *buf, size_t len);
/*
 * As much as can be written at once; bytes taken, or -1 as for ward_read. What was taken but could
 * not be sent yet is sent by the calls that follow; ward_session_wants tells of it. With len 0 it
 * does only that, and gives 0 when all is sent.
 */
WARD_API WARD_MUST_USE ssize_t ward_write_some(struct ward_session *s, const void *buf, size_t len);
/* Sends close_notify; reading goes on (RFC 9846, 6.1). False as for ward_handshake. */
WARD_API WARD_MUST_USE bool ward_shutdown(struct ward_session *s);
/*
 * Servers: asks the client for its certificate, before a request that needs one is answered, and
 * waits for the answer (RFC 9846, 4.7.2; see ward_config_set_post_handshake_auth, which both sides
 * must have on). True when it has come and was found good by the rules of the config, or was empty
 * where that is allowed: ward_peer_cert tells who the client is, or is NULL. True at once if the
 * client has shown its certificate before. Clients answer by themselves, while they read.
 *
 * Data that comes before the answer is kept for the reads that follow. The time limit is that of
 * ward_session_set_timeout, or 30 seconds if none is set. On a non-blocking descriptor the call is
 * made again, as ward_handshake is, until it does not block.
 *
 * False, with err set: a bad answer, or none in time, is the failure of the session and sticks. Three
 * reasons are not, and the session goes on without a certificate: BAD_STATE, where this client cannot
 * be asked (it did not offer it, or speaks TLS 1.2); CLOSED_IN_HANDSHAKE, where it has sent
 * close_notify instead; and ANSWER_BEHIND_DATA, where more than 64 KiB of data came first: read it
 * and call again.
 */
WARD_API WARD_MUST_USE bool ward_request_certificate(struct ward_session *s,
						     struct ward_error *err);
/*
 * Sends close_notify if it was not sent, closes the descriptor if it is owned, frees. A blocking
 * descriptor may wait up to a second, so that the peer gets the alert that says what went wrong.
 */
WARD_API void ward_session_free(struct ward_session *s);

/*
 * For event loops. A descriptor that is non-blocking never makes a call wait, ward_write excepted,
 * and time limits are then the loop's own business. Whenever the descriptor is ready, read until a
 * call returns because the descriptor would block…
 */
WARD_API bool ward_would_block(const struct ward_session *s);
/*
 * …and this is what to poll for: WARD_WANT_READ, WARD_WANT_WRITE. WARD_WANT_KEY (on a blocking
 * descriptor too): a signature is wanted, see ward_conn_key_request; then call again.
 */
WARD_API unsigned int ward_session_wants(const struct ward_session *s);
/* Decrypted bytes that can be read without touching the descriptor. */
WARD_API size_t ward_pending(const struct ward_session *s);
WARD_API int ward_session_fd(const struct ward_session *s);
/*
 * Milliseconds that each read and write may take, as a whole, on a blocking descriptor; 0: no limit.
 * The handshake of a wrapped or accepted session has 30 seconds as long as no limit is set here;
 * -1 takes that limit away too.
 */
WARD_API void ward_session_set_timeout(struct ward_session *s, int io_timeout_ms);

/* One line that says what failed and what to do; "" if nothing has. Lives as long as s. */
WARD_API const char *ward_session_error(const struct ward_session *s);
/* The same as a structure; NULL if nothing has failed. */
WARD_API const struct ward_error *ward_session_failure(const struct ward_session *s);
/* The engine's connection, for version(), cipher(), peer certificate and the rest; NULL while a
 * dial has not got so far. */
WARD_API struct ward_conn *ward_session_conn(const struct ward_session *s);

/* ward_conn_version and so on of the session's connection. */
WARD_API const char *ward_version(const struct ward_session *s);
WARD_API const char *ward_cipher(const struct ward_session *s);
WARD_API const char *ward_selected_alpn(const struct ward_session *s);
WARD_API struct ward_cert *ward_peer_cert(const struct ward_session *s);
/* "192.0.2.1:443" of the address in use; "" if not known. Lives as long as s. */
WARD_API const char *ward_peer_address(const struct ward_session *s);

#ifdef __cplusplus
}
#endif

#endif
