/*
 * A peer made of strings: it goes through a TLS 1.3 handshake with an engine under test, and does
 * one thing wrong where a test says so.
 *
 * It stands on the floors below the engine (messages, key schedule, records) and has no state
 * machine and no judgement of its own. Each message it sends is made as a structure, which the
 * play's `edit_…` may change; then written, which `edit_bytes` may change; then put in a record,
 * unless `instead` does something else in its place.
 */
#ifndef SUPPORT_PUPPET_H
#define SUPPORT_PUPPET_H

#include "support/credentials.h"
#include "tls/msg/msg.h"
#include "tls/record.h"
#include "tls/transcript.h"
#include "x509/x509.h"

enum { PUPPET_ROOM = 1 << 18 };

struct puppet;

struct bytes {
	uint8_t data[PUPPET_ROOM];
	size_t len;
};

/* What goes wrong. All of it NULL: nothing, and the handshake ends well. */
struct play {
	int at;  /* the HandshakeType that edit_bytes and instead are for */
	int nth; /* which of them: 0 is the first */
	void (*edit_client_hello)(struct client_hello *ch);
	void (*edit_server_hello)(struct server_hello *sh);
	void (*edit_encrypted_extensions)(struct encrypted_extensions *ee);
	void (*edit_certificate_request)(struct certificate_request *cr);
	void (*edit_certificate)(struct certificate *c);
	void (*edit_certificate_verify)(struct certificate_verify *cv);
	void (*edit_bytes)(struct puppet *p, struct bytes *message);
	void (*instead)(struct puppet *p, struct bytes *message);
	void (*afterwards)(struct puppet *p); /* when the handshake is done */
};

struct puppet {
	bool is_server;
	struct ward_conn *conn; /* the engine under test; not the puppet's */
	const struct play *play;
	struct ward_error err; /* the engine's, from its last failing call */
	bool engine_failed;
	bool lenient; /* goes silent, instead of aborting, where it cannot follow the engine */

	const struct credential *credential; /* a server's, or a client's if it has one */
	uint16_t scheme;                     /* to sign with */
	bool asks_certificate;               /* a server's CertificateRequest */
	bool retries;                        /* a server's HelloRetryRequest, for secp256r1 */
	uint16_t group, suite_id;
	struct secret psk;     /* where the key schedule begins, if it has a length */
	bool hears_tickets;    /* NewSessionTicket is passed over */
	bool resumes;          /* a server's: no certificates */
	bool skips_early;      /* a server's: early data is refused, and passed over */
	bool offers_post_auth; /* a client's: post_handshake_auth */
	bool hears_answers;    /* a server's: Certificate after the handshake is passed over */
	bool after_handshake;  /* a client's: it answers a CertificateRequest */
	uint8_t request_context[255]; /* of that */
	size_t request_context_len;

	const struct suite *suite;
	struct key_schedule schedule;
	struct transcript transcript;
	struct secret client_hs, server_hs, client_ap, server_ap;
	struct record_keys write, read;
	struct kex *kex;
	uint8_t share[KEX_SHARE_MAX], random[32], session_id[32];
	size_t session_id_len;
	int sent[256]; /* messages by type */
	bool transcript_begun;

	uint8_t unread[PUPPET_ROOM]; /* for the engine, which waits for the rest of the record */
	size_t unread_len;
	struct bytes in;        /* from the engine, not read yet */
	struct bytes hello;     /* the engine's ClientHello or ServerHello */
	struct bytes hand;      /* handshake bytes that have been read and make no message yet */
	uint8_t plain[1 << 16]; /* application data from the engine */
	size_t plain_len;
	int alert; /* the last from the engine, or -1 */
	int alert_level;
	bool saw_retry, saw_close, got_certificate_request;
	int key_updates;
};

/* Heap-allocated. The engine is given in and stays the caller's. */
struct puppet *puppet_new(struct ward_conn *conn, const struct play *play);
void puppet_free(struct puppet *p);

/* The whole handshake, as far as the engine lets it come. True if the engine is connected. */
bool puppet_handshake(struct puppet *p);
/* Reads what the engine has to say: alerts, application data, messages after the handshake. */
void puppet_listen(struct puppet *p);

/* ---- for plays ---- */

/* A client that is connected: answers the CertificateRequest that the engine has sent. */
bool puppet_answer_request(struct puppet *p);

/* Bytes to the engine as they are. False when it refused them. */
bool puppet_send_raw(struct puppet *p, const void *data, size_t len);
/* One record, sealed if there are keys; padding zero bytes are put behind its type. */
bool puppet_send_record(struct puppet *p, uint8_t type, const void *data, size_t len,
			size_t padding);
/* In the clear, whatever keys there are. */
bool puppet_send_plain(struct puppet *p, uint8_t type, uint16_t version, const void *data,
		       size_t len);
/* A handshake message, in one record. */
bool puppet_send_message(struct puppet *p, const struct bytes *message);
/* Goes on with new keys of its own, as after a KeyUpdate. */
void puppet_update_write(struct puppet *p);

struct bytes *bytes_from_hex(struct bytes *b, const char *hex);
/* Puts an extension (type, length and body in hex) at the end of a message's last block. */
void message_add_extension(struct bytes *message, const char *hex);
/* Sets the length in the message's header to what it has. */
void message_fix_length(struct bytes *message);

#endif
