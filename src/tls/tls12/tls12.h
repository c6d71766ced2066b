/*
 * TLS 1.2 (RFC 5246), as far as it is safe: ECDHE and AEAD suites alone, the extended master secret
 * (RFC 7627), no renegotiation, no compression.
 *
 *	client12.c	the client's handlers, from ServerHello to Finished
 *	server12.c	the server's
 *	auth12.c	what both sides have: CertificateVerify, keys, change_cipher_spec, Finished
 *	resume12.c	tickets and session ids, for both sides
 *	session_cache.c	a server's sessions by id
 *	msg12.c		the messages that TLS 1.3 does not have
 *	prf.c		the secrets
 *
 * The version is chosen by the hellos, which client.c and server.c handle for both versions. With
 * TLS 1.3 this shares hellos, certificates, signature schemes, and nothing else. change_cipher_spec is
 * a record and no message: it is taken in WAIT_CCS alone, with no part of a message pending, and so can
 * neither come early (CVE-2014-0224) nor be left out, since Finished is accepted only behind it.
 */
#ifndef TLS_TLS12_TLS12_H
#define TLS_TLS12_TLS12_H

#include "tls/conn.h"
#include "tls/tls12/msg12.h"
#include "tls/tls12/prf.h"

/* What only a handshake of TLS 1.2 needs; lies in the handshake's arena, its buffer does not. */
struct tls12 {
	uint8_t server_random[32];
	struct secret premaster, master;
	struct key_block keys;
	/* All messages so far, as CertificateVerify signs them: by the hash of its own scheme. */
	struct buffer messages;
	bool keeps_messages;
	unsigned int client_auths; /* client: the kinds of key that the server asked for */
	struct span session_id;    /* that the server gives, or by which it says that it resumes */
	struct span ticket;        /* client: the new one */
	uint32_t ticket_lifetime;  /* client: of that one, in seconds */
	bool ticket_due;           /* client: NewSessionTicket must come (RFC 5077, 3.2) */
	bool status_comes;         /* client: ServerHello has an empty status_request */
	struct span scts;          /* client: those in ServerHello */
	struct span
		held; /* client: Certificate, until it is seen whether CertificateStatus comes */
	struct span
		params; /* server: ServerECDHParams, between the signature's being asked and given */
};

/* ---- auth12.c ---- */

/* Begins TLS 1.2 in this handshake; the messages so far are lost to CertificateVerify. */
bool tls12_start(struct ward_conn *c, struct ward_error *err);
void tls12_free(struct tls12 *t);
bool tls12_note(struct tls12 *t, struct span message, struct ward_error *err);
/* No message will be signed any more. */
void tls12_forget_messages(struct tls12 *t);
/* The one place where change_cipher_spec counts. */
bool tls12_recv_ccs(struct ward_conn *c, struct span content, struct ward_error *err);
/* Fails: no handshake follows the first (RFC 9325, 3.5). */
bool tls12_refuse_renegotiation(struct ward_conn *c, const struct message *m, enum state *next,
				struct ward_error *err);

/* What is signed in ServerKeyExchange: both randoms and the parameters. From the arena. */
bool tls12_signed_params(struct ward_conn *c, struct span params, struct span *content,
			 struct ward_error *err);
/* Whether a group can be used here: those that are no curve came with TLS 1.3. */
bool tls12_group_ok(uint16_t group);
/* Once ClientKeyExchange is in the transcript: the master secret and all keys. */
void tls12_derive(struct ward_conn *c);
/* change_cipher_spec, and the new keys for what this side sends. */
bool tls12_change_write(struct ward_conn *c, struct ward_error *err);
/* exporter.c: what is needed later to make keys for others (RFC 5705). */
bool tls12_keep_exporter(struct ward_conn *c, struct ward_error *err);
bool tls12_send_finished(struct ward_conn *c, struct ward_error *err);
bool tls12_recv_finished(struct ward_conn *c, const struct message *m, struct ward_error *err);
/* Writes a message with `write` and adds it to the flight. */
bool tls12_send_certificate(struct ward_conn *c, struct ward_error *err);
/* In the form of the type that the peer shows. */
bool tls12_parse_certificate(const struct ward_conn *c, struct span body, struct certificate *msg,
			     struct ward_error *err);
bool tls12_recv_certificate_verify(struct ward_conn *c, const struct message *m,
				   struct ward_error *err);

/* With the master secret there: the keys of both directions. */
void tls12_make_keys(struct ward_conn *c);

/* ---- resume12.c ---- */

/* Server: the session that the client offers, by ticket or by id, if it is good now. */
bool server12_choose_session(struct ward_conn *c, const struct client_hello *ch,
			     struct ward_error *err);
/* Takes it up: no other keys or certificates are exchanged. */
bool server12_take_session(struct ward_conn *c, const struct client_hello *ch,
			   struct ward_error *err);
/* An id for a whole handshake's session, if it is to be known by one. */
bool server12_make_id(struct ward_conn *c, struct ward_error *err);
/* The NewSessionTicket that was promised, or the session's place in the cache. */
bool server12_give_session(struct ward_conn *c, struct ward_error *err);
/* Client: puts the session in the hello. */
bool client12_offer_session(struct ward_conn *c, struct ward_ticket *ticket,
			    struct ward_error *err);
/* What the ServerHello of a whole handshake gives it; and one that takes the session up. */
bool client12_note_session(struct ward_conn *c, const struct server_hello *sh,
			   struct ward_error *err);
bool client12_take_session(struct ward_conn *c, const struct server_hello *sh,
			   struct ward_error *err);
bool client12_recv_new_session_ticket(struct ward_conn *c, const struct message *m,
				      enum state *next, struct ward_error *err);
/* What is left for the next connection goes to handshake.given. */
bool client12_keep_session(struct ward_conn *c, struct ward_error *err);

/* ---- client12.c ---- */

bool client12_recv_server_hello(struct ward_conn *c, const struct message *m,
				const struct server_hello *sh, enum state *next,
				struct ward_error *err);
bool client12_recv_certificate(struct ward_conn *c, const struct message *m, enum state *next,
			       struct ward_error *err);
bool client12_recv_certificate_status(struct ward_conn *c, const struct message *m,
				      enum state *next, struct ward_error *err);
bool client12_recv_server_key_exchange(struct ward_conn *c, const struct message *m,
				       enum state *next, struct ward_error *err);
bool client12_recv_certificate_request(struct ward_conn *c, const struct message *m,
				       enum state *next, struct ward_error *err);
bool client12_recv_server_hello_done(struct ward_conn *c, const struct message *m, enum state *next,
				     struct ward_error *err);
bool client12_recv_finished(struct ward_conn *c, const struct message *m, enum state *next,
			    struct ward_error *err);

/* ---- server12.c ---- */

bool server12_recv_client_hello(struct ward_conn *c, const struct message *m,
				const struct client_hello *ch, enum state *next,
				struct ward_error *err);
bool server12_recv_certificate(struct ward_conn *c, const struct message *m, enum state *next,
			       struct ward_error *err);
bool server12_recv_client_key_exchange(struct ward_conn *c, const struct message *m,
				       enum state *next, struct ward_error *err);
bool server12_recv_certificate_verify(struct ward_conn *c, const struct message *m,
				      enum state *next, struct ward_error *err);
bool server12_recv_finished(struct ward_conn *c, const struct message *m, enum state *next,
			    struct ward_error *err);

#endif
