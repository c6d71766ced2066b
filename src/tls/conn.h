/*
 * Inside a connection: what lasts (struct ward_conn), what only the handshake needs (struct
 * handshake), and the calls between the files of the engine.
 *
 *	receive.c	records in: opened, judged, handed on by type
 *	output.c	bytes out: flights of messages, alerts, KeyUpdate, application data
 *	handshake.c	messages found in records; the table of arrows; state to state
 *	client.c, server.c	the handlers of each side, in the order of RFC 9846, 4
 *	auth.c		Certificate, CertificateVerify and Finished, for both sides
 *	client_psk.c, server_psk.c	pre-shared keys offered and chosen
 *	tickets.c	NewSessionTicket, for both sides
 *	early_data.c	early data, for both sides
 *	post_handshake.c	KeyUpdate
 *	post_auth.c	a certificate asked for after the handshake
 *	quic.c	what QUIC has instead of records
 *	keep.c		what is kept when the handshake is over
 *	exporter.c	keys for other protocols, channel bindings
 */
#ifndef TLS_CONN_H
#define TLS_CONN_H

#include <ward/early_data.h>

#include "base/arena.h"
#include "base/error.h"
#include "tls/config.h"
#include "tls/kept.h"
#include "tls/key_schedule.h"
#include "tls/msg/msg.h"
#include "tls/peer_chain.h"
#include "tls/psk.h"
#include "tls/record.h"
#include "tls/resumption.h"
#include "tls/transcript.h"

/* The states of RFC 9846, Appendix A. */
enum state {
	/* A.1 */
	CLIENT_WAIT_SH,
	CLIENT_WAIT_EE,
	CLIENT_WAIT_CERT_CR,
	CLIENT_WAIT_CERT,
	CLIENT_WAIT_CV,
	CLIENT_WAIT_FINISHED,
	CLIENT_CONNECTED,
	/* A.2 */
	SERVER_START,
	SERVER_WAIT_CH2, /* the START that follows a HelloRetryRequest */
	SERVER_WAIT_EOED,
	SERVER_WAIT_CERT,
	SERVER_WAIT_CV,
	SERVER_WAIT_FINISHED,
	SERVER_CONNECTED,
	/* 4.6.2: a certificate after the handshake */
	SERVER_POST_WAIT_CV,
	SERVER_POST_WAIT_FINISHED,
	/* RFC 5246, 7.3: TLS 1.2 */
	CLIENT12_WAIT_CERT,
	CLIENT12_WAIT_STATUS, /* or ServerKeyExchange: CertificateStatus may be left out */
	CLIENT12_WAIT_SKE,
	CLIENT12_WAIT_CR_SHD,
	CLIENT12_WAIT_SHD,
	CLIENT12_WAIT_NST, /* RFC 5077, 3.1 */
	CLIENT12_WAIT_CCS,
	CLIENT12_WAIT_FINISHED,
	CLIENT12_CONNECTED,
	SERVER12_WAIT_CERT,
	SERVER12_WAIT_CKE,
	SERVER12_WAIT_CV,
	SERVER12_WAIT_CCS,
	SERVER12_WAIT_FINISHED,
	SERVER12_CONNECTED,

	STATE_COUNT
};

/* What has been shown before Connected is reached. */
enum proof {
	PROVED_CERT = 1,      /* the peer's chain was judged as the config says */
	PROVED_SIGNATURE = 2, /* the peer holds the key of its leaf */
	PROVED_FINISHED = 4,  /* both saw the same transcript */
	PROVED_PSK = 16,      /* the peer was shown to hold a key that stands for all that */
	PROVED_NO_CERT = 8,   /* the config lets the peer do without a certificate */
};

/* Servers that ask later: the client has no type of certificate that is taken. */
enum { CLIENT_TYPE_NONE = 255 };

/* A handshake message as it came: the header is part of raw. */
struct message {
	uint8_t type;
	struct span raw;
	struct span body;
	bool ends_record; /* nothing follows in its record */
};

/* Bytes that grow up to a limit and are freed when they have been taken. */
struct buffer {
	uint8_t *data;
	size_t pos, len, cap;
};

/* A pre-shared key that a client offers. */
struct psk_offer {
	struct psk psk;
	const struct external_psk *external; /* it, or what it descends from; NULL: certificates */
	struct span identity;
	uint32_t obfuscated_age;
};

typedef bool resume_fn(struct ward_conn *c, struct ward_error *err);

/* Lives from the first to the last message of the handshake, in one arena. */
struct handshake {
	struct arena *arena;
	struct key_schedule schedule;
	struct transcript transcript;
	struct secret client_traffic; /* of the stage reached: handshake, then application */
	struct secret server_traffic;
	struct secret client_handshake; /* base keys of Finished */
	struct secret server_handshake;
	unsigned int proofs;

	uint8_t client_random[32];
	struct span legacy_session_id;
	struct client_hello hello; /* the client's own */
	struct kex *kex[CONFIG_KEY_SHARES_MAX];
	size_t kex_count;
	uint8_t hello_fingerprint[32]; /* server: of the first ClientHello, after HRR */
	uint8_t cookie[32];
	bool cookie_sent;
	uint16_t retry_group; /* the group that HelloRetryRequest asked for, or 0 */

	struct psk psk; /* the one chosen; its hash is DIGEST_NONE if there is none */
	const struct external_psk
		*psk_external; /* from elsewhere: it, or what its ticket descends from */
	uint16_t psk_index;
	uint16_t psk_suite;              /* of the connection that it is from; 0: of none */
	struct peer_chain *resumed_peer; /* whom that connection was with; NULL: no certificate */
	int64_t resumed_since;           /* when that was shown */
	struct psk_offer *offers;        /* a client's, the ticket first */
	size_t offer_count;
	bool gives_tickets;          /* server: the client can use them */
	struct ward_ticket *session; /* client: the session of TLS 1.2 that is offered */
	struct ward_ticket *given;   /* client: what TLS 1.2 leaves for the next connection */

	/* Early data. */
	struct span early_data;   /* client: what it wants to send; in QUIC the stack does */
	struct span early_alpn;   /* client: the protocol that it is for */
	uint32_t early_max;       /* what the ticket allows here; 0: none */
	uint32_t early_received;  /* server */
	int64_t expected_arrival; /* server: by the client's age of the ticket (8.3) */
	struct secret early_traffic;

	bool cert_requested;           /* the server sent CertificateRequest */
	struct span peer_compressions; /* of certificates that it takes */
	unsigned int peer_asks; /* what it wants to see beside the leaf: a set of enum beside */
	struct span peer_schemes, peer_cert_schemes, peer_ca_names, peer_oid_filters;
	uint8_t client_type; /* enum ward_certificate_type, or CLIENT_TYPE_NONE */
	uint8_t server_type;
	bool types_differ;               /* server: the client takes none of those that it has */
	const struct identity *identity; /* this side's, once chosen */
	const struct scheme *scheme;

	/* A signature that is being waited for, and what goes on when it is there. */
	bool key_wanted;
	struct span to_sign;
	struct span signature;
	resume_fn *resume;

	struct tls12 *tls12; /* what TLS 1.2 alone needs; NULL in TLS 1.3 */

	struct buffer flight; /* messages that go out under the current keys */
	size_t skip_early;    /* bytes of refused early data that may still be skipped (4.3.10) */
	bool ccs_sent;
	bool ccs_received;
	bool received_hello; /* change_cipher_spec is allowed from then on */
	bool first_record_seen;

	/* For what is kept afterwards. */
	struct secret exporter;   /* the master secret in TLS 1.2 */
	struct secret resumption; /* of TLS 1.3: clients, servers that may make tickets later */
	uint8_t tickets_sent;
	int64_t authenticated; /* when the certificates were shown that all this stands on */
};

/* An idle one holds a buffer for nothing: out and partial are NULL then. */
struct ward_conn {
	struct ward_config *config;
	struct handshake *hs; /* NULL when the handshake is over */
	const struct suite *suite;
	struct record_keys read;
	struct record_keys write;
	struct buffer *out;     /* records for the peer */
	struct buffer *partial; /* the start of a message that goes on in the next record */
	void *data;
	char *host; /* behind its end, if has_service: what a client's tickets are kept for */
	struct peer_chain *peer; /* NULL before the peer has shown one */
	struct kept *kept;       /* NULL before the handshake is over */
	struct rare *rare;
	int64_t now;
	uint16_t version; /* once it is chosen */
	uint16_t group;
	uint16_t peer_scheme; /* of the server's CertificateVerify, on both sides */
	uint16_t send_limit;  /* content and type in a record for the peer (RFC 8449) */
	uint16_t alpn;        /* one of the config's protocols, from 1 on; 0: none */
	bool is_server : 1;
	bool failed : 1; /* once; then nothing goes on */
	bool close_sent : 1;
	bool close_received : 1;
	bool eof_received : 1;
	bool update_due : 1;       /* a KeyUpdate of this side's is owed */
	bool update_asks : 1;      /* and it asks the peer for the same */
	bool update_asked : 1;     /* the peer was asked and has not answered yet */
	uint8_t early : 2;         /* enum ward_early_data_status */
	bool retried : 1;          /* HelloRetryRequest */
	bool limit_negotiated : 1; /* record_size_limit holds for what comes */
	bool resumed : 1;
	bool has_service : 1;
	bool defers_auth : 1; /* servers: a certificate is asked for when the program says */
	/* Counters, each one bit wider than its limit. */
	uint32_t state : 5; /* enum state */
	uint32_t
		offered : 5; /* the versions that the client offered: a bit each, from SSL 3.0 on */
	uint32_t empty_records : 6;
	uint32_t warning_alerts : 3;
	uint32_t key_updates : 6;
	uint32_t tickets : 7;
};
_Static_assert(STATE_COUNT <= 32, "a state has five bits, and sets of them 32");
_Static_assert(EMPTY_RECORDS_MAX < 63 && WARNING_ALERTS_MAX < 7 && KEY_UPDATES_MAX < 63 &&
		       TICKETS_MAX < 127,
	       "the counters are wide enough");

/* A part of the client's answer has come, and nothing but the rest may follow. */
static inline bool conn_in_post_auth(const struct ward_conn *c)
{
	return c->state == SERVER_POST_WAIT_CV || c->state == SERVER_POST_WAIT_FINISHED;
}

static inline bool conn_is_connected(const struct ward_conn *c)
{
	return c->state == CLIENT_CONNECTED || c->state == SERVER_CONNECTED ||
	       c->state == CLIENT12_CONNECTED || c->state == SERVER12_CONNECTED ||
	       conn_in_post_auth(c);
}

/* Servers: whether clients are asked for a certificate in this handshake. */
static inline bool conn_asks(const struct ward_conn *c)
{
	return c->config->verify != WARD_VERIFY_NONE && !c->defers_auth;
}

/* ---- conn.c ---- */

/* As ward_conn_new_with; quic is taken over, NULL where there are records. */
struct ward_conn *conn_new(struct ward_config *config, const char *host, int64_t now,
			   const struct ward_conn_options *options, struct quic *quic,
			   struct ward_error *err);

/* ---- event.c ---- */

static inline bool conn_listens(const struct ward_conn *c)
{
	return c->config->events != NULL;
}
void conn_event(struct ward_conn *c, const struct ward_event *event);
void conn_event_message(struct ward_conn *c, bool outgoing, struct span message);
void conn_event_record(struct ward_conn *c, bool outgoing, const uint8_t *header);
void conn_event_label(struct ward_conn *c, enum ward_event_kind kind, bool outgoing,
		      const char *label);
void conn_event_alert(struct ward_conn *c, bool outgoing, int level, int description);
void conn_log_secret(struct ward_conn *c, enum schedule_label label, const struct secret *secret);
/* The master secret of TLS 1.2, under the name that the key log has for it. */
void conn_log_master(struct ward_conn *c, const struct secret *master);

/* ---- output.c ---- */

bool buffer_append(struct buffer *b, struct span bytes, size_t most, struct ward_error *err);
/* Room for len bytes at the end; NULL with err set. */
uint8_t *buffer_reserve(struct buffer *b, size_t len, size_t most, struct ward_error *err);
/* Takes up to cap bytes off the front; how many. */
size_t buffer_take(struct buffer *b, uint8_t *out, size_t cap);
void buffer_clear(struct buffer *b);
/* One of a connection's buffers, made if there is none; NULL with err set. Frees and forgets it. */
struct buffer *buffer_open(struct buffer **b, struct ward_error *err);
void buffer_close(struct buffer **b);

/* Adds a message to the flight and, if it is part of it, to the transcript. */
bool flight_add(struct ward_conn *c, struct span message, struct ward_error *err);
/* A message behind the handshake, part of no transcript, that is sealed with others. */
bool flight_add_behind(struct ward_conn *c, struct span message, struct ward_error *err);
/* Seals the flight into records under the current keys. Always before these change. */
bool flight_seal(struct ward_conn *c, struct ward_error *err);
/* A message after the handshake: sealed at once, part of no transcript. */
bool output_message(struct ward_conn *c, struct span message, struct ward_error *err);
/* Application data, into the output: sealed at once. */
bool output_data(struct ward_conn *c, struct span data, struct ward_error *err);
/* change_cipher_spec for middleboxes (E.4), once. */
bool output_ccs(struct ward_conn *c, struct ward_error *err);
void output_alert(struct ward_conn *c, int level, int description);

/* ---- receive.c, handshake.c ---- */

/* Makes err the connection's error for good, and sends its alert. Always false. */
bool conn_fail(struct ward_conn *c, const struct ward_error *err);
/* The content of one handshake record. */
bool handshake_receive(struct ward_conn *c, struct span content, struct ward_error *err);
/* The handshake that waits for a signature, or NULL. */
struct handshake *conn_signing(const struct ward_conn *c);
/* Goes to a state that the arrow allows; tells of it. */
void conn_enter(struct ward_conn *c, enum state state);
const char *state_name(enum state state);
/* The end of the handshake: everything that only it needed is wiped. False only without memory. */
bool handshake_done(struct ward_conn *c, struct ward_error *err);
/* NULL with err set. */
struct handshake *handshake_new(struct ward_error *err);
/* The signature that the handshake waits for is there: it goes on. */
bool handshake_signed(struct ward_conn *c, struct span sig, struct ward_error *err);
void handshake_free(struct handshake *hs);
/* Adds a message to the transcript, and in TLS 1.2 to what CertificateVerify will sign. */
bool handshake_transcribe(struct ward_conn *c, struct span message, struct ward_error *err);
/* Scratch for writing a message, from the arena; NULL with err set. */
uint8_t *handshake_scratch(struct ward_conn *c, size_t len, struct ward_error *err);
/* Derives both traffic secrets of the stage that the schedule has just entered. */
void handshake_derive_traffic(struct ward_conn *c, enum schedule_label client,
			      enum schedule_label server);
static inline bool handshake_has_psk(const struct handshake *hs)
{
	return hs->psk.hash != DIGEST_NONE;
}
/* exporter.c: the secret that keys for others are made of (7.5). */
void handshake_derive_exporter(struct ward_conn *c);
/* The same of early data, by the schedule at its first stage and the hash of the ClientHello. */
bool early_exporter_derive(struct ward_conn *c, const struct key_schedule *early, struct span hash,
			   struct ward_error *err);
/* Forgets it, when early data is refused. */
void early_exporter_drop(struct ward_conn *c);
void early_exporter_free(struct early_exporter *e);
size_t early_exporter_size(const struct early_exporter *e);
bool conn_set_keys(struct ward_conn *c, bool outgoing, const struct secret *secret,
		   const char *label, struct ward_error *err);

/* The arrows of Appendix A, for the driver, its test and the drawing. */
struct arrow {
	enum state from;
	uint8_t message;
	bool ends_record; /* keys change after it: nothing may follow in its record (5.1) */
	uint32_t to;      /* set of states, by TO() */
	bool (*handler)(struct ward_conn *c, const struct message *m, enum state *next,
			struct ward_error *err);
};
#define TO(state) (1u << (state))
_Static_assert(STATE_COUNT <= 32, "a bit for each state");
extern const struct arrow arrows[];
extern const size_t arrows_count;

/* ---- client.c ---- */

bool client_start(struct ward_conn *c, struct ward_ticket *ticket, struct ward_error *err);
bool client_recv_server_hello(struct ward_conn *c, const struct message *m, enum state *next,
			      struct ward_error *err);
bool client_recv_encrypted_extensions(struct ward_conn *c, const struct message *m,
				      enum state *next, struct ward_error *err);
bool client_recv_certificate_request(struct ward_conn *c, const struct message *m, enum state *next,
				     struct ward_error *err);
bool client_recv_certificate(struct ward_conn *c, const struct message *m, enum state *next,
			     struct ward_error *err);
bool client_recv_compressed_certificate(struct ward_conn *c, const struct message *m,
					enum state *next, struct ward_error *err);
bool client_recv_certificate_verify(struct ward_conn *c, const struct message *m, enum state *next,
				    struct ward_error *err);
bool client_recv_finished(struct ward_conn *c, const struct message *m, enum state *next,
			  struct ward_error *err);
/* The identity to show for a CertificateRequest that says this, if one fits. */
void client_choose_identity(struct ward_conn *c, const struct extensions *asked);
/* What EncryptedExtensions says, or a ServerHello of TLS 1.2. */
bool client_take_answers(struct ward_conn *c, const struct extensions *e, struct ward_error *err);
/* client_psk.c: puts what there is to resume with in the hello. */
bool client_offer_psks(struct ward_conn *c, struct ward_ticket *ticket, struct ward_error *err);
/* After a HelloRetryRequest: only keys that go with the suite are offered again. */
bool client_offer_psks_again(struct ward_conn *c, struct ward_error *err);
/* Computes the binders, which stand at the end of the message, in place. */
void client_write_binders(struct ward_conn *c, uint8_t *message, size_t len);
/* What the server chose of them, if anything. */
bool client_take_psk(struct ward_conn *c, const struct server_hello *sh, struct ward_error *err);
/* client_hello.c: writes the ClientHello, the first or the second. */
bool client_send_hello(struct ward_conn *c, struct ward_error *err);
bool client_hello_prepare(struct ward_conn *c, struct ward_error *err);
/* Wipes the private keys of the shares. */
void client_hello_drop_shares(struct handshake *hs);
/* Puts the key shares for these groups in the hello. */
bool client_hello_set_shares(struct ward_conn *c, const uint16_t *groups, size_t count,
			     struct ward_error *err);

/* ---- server.c ---- */

bool server_recv_client_hello(struct ward_conn *c, const struct message *m, enum state *next,
			      struct ward_error *err);
bool server_recv_certificate(struct ward_conn *c, const struct message *m, enum state *next,
			     struct ward_error *err);
bool server_recv_compressed_certificate(struct ward_conn *c, const struct message *m,
					enum state *next, struct ward_error *err);
bool server_recv_certificate_verify(struct ward_conn *c, const struct message *m, enum state *next,
				    struct ward_error *err);
bool server_recv_finished(struct ward_conn *c, const struct message *m, enum state *next,
			  struct ward_error *err);
/* Judges the chain that a client shows, or that it shows none. */
bool server_take_certificate(struct ward_conn *c, const struct message *m, struct certificate *msg,
			     struct ward_error *err);
/* server_hello.c: a CertificateRequest in the arena. */
bool server_write_certificate_request(struct ward_conn *c, struct span context,
				      struct span *message, struct ward_error *err);
/* What is chosen alike in both versions. */
bool server_choose_alpn(struct ward_conn *c, const struct extensions *e, struct ward_error *err);
bool server_choose_limits(struct ward_conn *c, const struct extensions *e, struct ward_error *err);
/* What these extensions ask to see beside a leaf: a set of enum beside. */
unsigned int extensions_ask_beside(const struct extensions *e);
/* Puts what this side asks to see there among the extensions of ClientHello or CertificateRequest. */
void extensions_offer_beside(const struct ward_config *config, struct extensions *e);
/* server_hello.c: the answers to extensions that both versions have; alpn is put together in name. */
void server_answer_extensions(const struct ward_conn *c, const struct extensions *offered,
			      struct extensions *answer, uint8_t name[256]);
/* server_psk.c: the first key offered that is known, fits and is in force; none is no failure. */
bool server_choose_psk(struct ward_conn *c, const struct client_hello *ch, struct ward_error *err);
/* For both versions: whether all that a ticket is bound to is as it was, and it is in force... */
bool server_ticket_fits(const struct ward_conn *c, const struct resumption *r);
/* ... and whether its client, if it was anybody, would be let in now: then it is recalled. */
bool server_recall_client(struct ward_conn *c, const struct resumption *r, struct ward_error *err);
/* Whether the client has it too (4.3.11.2). */
bool server_check_binder(const struct ward_conn *c, const struct message *m,
			 const struct client_hello *ch, struct ward_error *err);
/* server_hello.c: HelloRetryRequest, and the whole first flight once all is chosen. */
bool server_send_retry(struct ward_conn *c, const struct message *m, const struct client_hello *ch,
		       uint16_t group, struct ward_error *err);
bool server_send_flight(struct ward_conn *c, const struct message *m, const struct client_hello *ch,
			struct span peer_share, struct ward_error *err);

/* ---- certificate_type.c ---- */

/* Client: says in the hello which types it has and takes, where there are raw public keys. */
bool client_offer_types(struct ward_conn *c, struct ward_error *err);
/* What the server has chosen of them. */
bool client_take_types(struct ward_conn *c, const struct extensions *e, struct ward_error *err);
/* Where a certificate of the server's is to come: whether its type is one that is taken. */
bool client_check_server_type(const struct ward_conn *c, struct ward_error *err);
/*
 * Server: the identity to show and the scheme to sign with; peer->type is set. That none fits is left
 * to the caller, and server_fail_identity says why.
 */
bool server_choose_identity(struct ward_conn *c, const struct extensions *e,
			    struct peer_signatures *peer, struct ward_error *err);
bool server_fail_identity(const struct ward_conn *c, struct ward_error *err);
/* Server: the type that the client is to show, once it is known whether it resumes. */
bool server_choose_client_type(struct ward_conn *c, const struct extensions *e,
			       struct ward_error *err);
void server_answer_types(const struct ward_conn *c, const struct extensions *offered,
			 struct extensions *answer);
/* Whether what the peer shows is a raw public key. */
bool auth_peer_is_raw(const struct ward_conn *c);

/* ---- early_data.c ---- */

/*
 * Client: offers early data in the hello, if there is some and the ticket allows it; then, behind
 * the hello, sends it. What is asked for and not allowed is left to the application.
 */
bool client_offer_early_data(struct ward_conn *c, const struct resumption *r,
			     struct ward_error *err);
bool client_send_early_data(struct ward_conn *c, struct ward_error *err);
/* It is refused: what comes next goes out in the clear (HelloRetryRequest). */
void client_drop_early_data(struct ward_conn *c);
/* What EncryptedExtensions says about it, and the keys that follow from that. */
bool client_take_early_data(struct ward_conn *c, const struct extensions *e,
			    struct ward_error *err);
/* EndOfEarlyData, if the server has taken it, and the keys behind it. */
bool client_end_early_data(struct ward_conn *c, struct ward_error *err);
/* Server: takes the client's early data or refuses it, once everything else is chosen. */
void server_choose_early_data(struct ward_conn *c, const struct client_hello *ch);
/* Server: its keys, with the ClientHello alone in the transcript. */
bool server_begin_early_data(struct ward_conn *c, struct ward_error *err);
/* Server: whether the client's flight begins with it; in QUIC it comes on the side. */
bool server_awaits_end_of_early_data(const struct ward_conn *c);
bool server_recv_early_data(struct ward_conn *c, struct span content,
			    struct ward_received *received, struct ward_error *err);
bool server_recv_end_of_early_data(struct ward_conn *c, const struct message *m, enum state *next,
				   struct ward_error *err);
/* Server: whether application data may be sent before the client's Finished. */
bool server_may_send_early(const struct ward_conn *c);

/* ---- cert_compression.c ---- */

/* Offers what can be decompressed, in ClientHello or CertificateRequest. */
void compression_offer(const struct ward_config *config, struct extensions *e);
struct compression_cache *compression_cache_new(struct ward_error *err);
/* Forgets what was made, when the messages are others. */
void compression_cache_clear(struct compression_cache *cache);
void compression_cache_free(struct compression_cache *cache);
/* The message to send: compressed, if the peer can take it and it is smaller so. */
struct span compression_choose(struct ward_conn *c, const struct identity *id, unsigned int form);
/* The body of the Certificate that was sent compressed; the buffer is to be cleared in any case. */
bool compression_receive(struct ward_conn *c, const struct message *m, struct buffer *body,
			 struct ward_error *err);

/* ---- auth.c ---- */

/* Sends the identity's Certificate, with what the peer has asked for beside the leaf. */
bool auth_send_certificate(struct ward_conn *c, struct ward_error *err);
/* Parses, keeps and judges the peer's chain, or its raw public key; sets msg->raw_key. */
bool auth_recv_certificate(struct ward_conn *c, struct certificate *msg, struct ward_error *err);
bool auth_recv_certificate_verify(struct ward_conn *c, const struct message *m,
				  struct ward_error *err);
bool auth_recv_finished(struct ward_conn *c, const struct message *m, const struct secret *base_key,
			struct ward_error *err);
/*
 * Signs the transcript with the identity's key and goes on with `then`; if the key is kept
 * elsewhere, stops with WARD_WANT_KEY and goes on when the signature is there.
 */
bool auth_sign(struct ward_conn *c, resume_fn *then, struct ward_error *err);
/* The same for any content. */
bool auth_sign_content(struct ward_conn *c, struct span content, resume_fn *then,
		       struct ward_error *err);
/* The scheme of a signature by the peer's leaf, if it may be; NULL with err set. */
const struct scheme *auth_judge_scheme(const struct ward_conn *c, uint16_t id,
				       struct ward_error *err);
/* Whether the peer's leaf has signed the content. */
bool auth_verify(struct ward_conn *c, const struct scheme *scheme, struct span content,
		 struct span signature, struct ward_error *err);
bool auth_send_certificate_verify(struct ward_conn *c, struct ward_error *err);
bool auth_send_finished(struct ward_conn *c, const struct secret *base_key, struct ward_error *err);

/*
 * The chain of an earlier connection: judged as if it had just come, unless peers are not
 * verified. NULL without an error when it is not good any more.
 */
struct peer_chain *auth_recall_peer(struct ward_conn *c, const struct resumption *r,
				    struct ward_error *err);
/* The peer is who it was: called when a pre-shared key is in use. */
bool auth_resume(struct ward_conn *c, struct ward_error *err);

/* ---- tickets.c ---- */

/* The secret of tickets, once the client's Finished is in the transcript (7.1). */
void handshake_derive_resumption(struct ward_conn *c, struct secret *secret);
/* Keeps it in the connection. */
void handshake_keep_resumption(struct ward_conn *c);
bool server_send_tickets(struct ward_conn *c, struct ward_error *err);
bool recv_new_session_ticket(struct ward_conn *c, const struct message *m, enum state *next,
			     struct ward_error *err);

/* ---- post_auth.c ---- */

/* At the end of a handshake: keeps what a request after it needs, in c->post. */
bool post_auth_begin(struct ward_conn *c, struct ward_error *err);
void post_auth_free(struct post_auth *post);
/* Forgets all of it, when the connection has failed. */
void post_auth_drop(struct ward_conn *c);
size_t post_auth_size(const struct post_auth *post);
/* That of the exchange which is under way and not at work, or NULL. post may be NULL. */
struct handshake *post_auth_handshake(const struct post_auth *post);
/* False for a message that an exchange would begin with, where none may. */
bool post_auth_expects(const struct ward_conn *c, uint8_t type);
/* Application data has come. */
void post_auth_heard(struct ward_conn *c);
/* The signature that a client's answer waits for is there. */
bool post_auth_signed(struct ward_conn *c, struct span sig, struct ward_error *err);
bool post_auth_recv_request(struct ward_conn *c, const struct message *m, enum state *next,
			    struct ward_error *err);
bool post_auth_recv_certificate(struct ward_conn *c, const struct message *m, enum state *next,
				struct ward_error *err);
bool post_auth_recv_certificate_verify(struct ward_conn *c, const struct message *m,
				       enum state *next, struct ward_error *err);
bool post_auth_recv_finished(struct ward_conn *c, const struct message *m, enum state *next,
			     struct ward_error *err);

/* ---- post_handshake.c ---- */

bool recv_key_update(struct ward_conn *c, const struct message *m, enum state *next,
		     struct ward_error *err);
bool key_update_owed(const struct ward_conn *c);
/* Sends the KeyUpdate that is owed, if one is. */
bool key_update_flush(struct ward_conn *c, struct ward_error *err);
/* Notes that keys are due to change when they have been used long enough (5.5). */
void key_update_check(struct ward_conn *c);

#include "tls/keep.h" /* what can be asked of the structures above */

#endif
