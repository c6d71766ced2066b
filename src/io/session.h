/*
 * Inside a session, and the calls between the files of this floor.
 *
 *	session.c	making, ending, errors, what is known, waiting for the descriptor
 *	read.c		bytes in: recv, the engine, plaintext to the caller; the handshake's turn
 *	write.c		bytes out: sealing, send, what could not be sent yet
 *	early.c		early data, kept until it is asked for
 *	ask.c		a client's certificate after the handshake, asked for and waited for
 *	dial.c		a connected socket from a name (RFC 8305)
 *	starttls.c	asking for TLS in the clear, with starttls_talk.c
 *	listen.c	sockets that wait for clients
 *	address.c	names to addresses, addresses to text
 */
#ifndef IO_SESSION_H
#define IO_SESSION_H

#include <ward/early_data.h>
#include <ward/session.h>

#include "base/error.h"
#include "base/span.h"
#include "io/clock.h"

/*
 * Bytes that were read and are not the caller's yet: first what is decrypted already, then whole or
 * partial records. Both lie in `bytes`; the first part ends before the second begins.
 */
struct held {
	size_t plain, plain_len;
	size_t raw, raw_len;
	uint8_t bytes[];
};

/* Sealed bytes that the descriptor did not take yet. */
struct unsent {
	size_t start, len;
	uint8_t bytes[];
};

/* Data that a server's caller has not taken, kept beside what `held` has. */
struct aside {
	size_t start, end, room;
	uint8_t bytes[];
};

/* Why the session failed, and the line that says so. */
struct failure {
	struct ward_error err;
	char text[512];
};

/*
 * In the time between calls `held` and `unsent` are NULL unless part of a record is there, or the
 * caller took less than there was, or the peer does not take what it is sent: an idle session holds
 * this structure and the engine's connection, nothing else.
 */
struct ward_session {
	struct ward_conn *conn; /* NULL until there is a connected socket */
	struct held *held;
	struct unsent *unsent;
	struct aside *early;           /* early data */
	struct aside *before;          /* what came before a certificate that was asked for */
	const struct failure *failure; /* set once; then nothing goes on */
	char *peer;                    /* address as text, made when first asked for */
	int64_t deadline;              /* of the call that is under way */
	int fd;
	int io_timeout_ms;
	uint8_t blocked_on; /* WARD_WANT_ bits: why the last call gave up; 0: it did not */
	bool own_fd : 1;
	bool shaken : 1;      /* the handshake is done and the peer has been told */
	bool reads_early : 1; /* the caller knows what early data is */
	bool asks : 1;        /* the client is asked for its certificate, and waited for */
	bool must_wait : 1;   /* this call waits even on a non-blocking descriptor */
};

/* What a call does when the descriptor cannot go on. */
enum patience {
	TRY_ONCE, /* leaves it: the rest is done later */
	WAIT,     /* waits until the deadline, or gives up with blocked_on if it must not wait */
};

/* ---- session.c ---- */

struct ward_session *session_new(void);
/* Takes the socket: makes the connection of the engine. A failure is the session's. */
bool session_attach(struct ward_session *s, struct ward_config *config, int fd, const char *host,
		    const struct ward_conn_options *options);
/* The first thing of each public call: false if the session has failed before. */
bool session_enter(struct ward_session *s, bool must_wait);
/* Starts the clock of a read or write. */
void session_start_clock(struct ward_session *s);
/* The same for what goes by several messages: there is a limit though none was given. */
void session_start_handshake_clock(struct ward_session *s);
/* Makes err the session's failure unless there is one. Always false. */
bool session_fail(struct ward_session *s, const struct ward_error *err);
bool session_fail_system(struct ward_session *s, const char *what);
/* Gives up for now because of these WARD_WANT_ bits. Always false. */
bool session_block(struct ward_session *s, unsigned int wants);
/*
 * After EAGAIN: waits until the descriptor can be read or written, as `want` says, sending what is
 * unsent meanwhile. False when the time is up, or when the descriptor must not be waited for.
 */
bool session_wait(struct ward_session *s, unsigned int want);
/* The flags for send and recv: 0 only if the call itself may wait as long as it likes. */
int session_io_flags(const struct ward_session *s);

/* ---- read.c ---- */

/* Ends the handshake, the sending of this side's last message included. */
bool session_handshake(struct ward_session *s);
/*
 * One turn of it: says what there is to say, then listens. The first begins the time that all of
 * them together may take.
 */
bool session_handshake_turn(struct ward_session *s);
/* After sending has failed: looks for the alert that says why the peer left. */
void session_read_alert(struct ward_session *s);
/* Puts all plaintext that was received into s->before. False when the session fails. */
bool session_set_aside(struct ward_session *s);
/* One recv, and what comes of it; nothing may be held but the start of a record. */
bool session_listen(struct ward_session *s);

/* ---- early.c ---- */

/* Bytes that the caller gets later, in their order: those of `early` or of `before`. */
bool session_keep(struct ward_session *s, struct aside **where, struct span bytes);
size_t session_take(struct aside **where, uint8_t *buf, size_t len);
void session_drop(struct aside **where);
size_t session_kept(const struct aside *a);
/* Whether the caller may write before the client's Finished is there. */
bool session_answers_early(const struct ward_session *s);

/* ---- write.c ---- */

/*
 * Sends what is unsent, then what the engine has for the peer. True when nothing is left. Works in
 * a failed session too: the alert has to get out. TRY_ONCE never makes a session fail because of
 * the descriptor: what the peer sent before it left can still be read.
 */
bool session_flush(struct ward_session *s, enum patience patience);

/* ---- dial.c ---- */

/* A connected socket that blocks; -1 with err set. */
int dial_connect(const char *host, const char *service, int family, int64_t deadline,
		 struct ward_error *err);

/* ---- address.c ---- */

struct addrinfo;
struct sockaddr;

enum { ADDRESS_TEXT = 80 };

/* "192.0.2.1:443", "[2001:db8::1]:443"; "" if it is no address of the internet. Returns buf. */
char *address_text(const struct sockaddr *address, unsigned int len, char buf[ADDRESS_TEXT]);
/* The addresses of a name for a stream; freeaddrinfo() them. NULL with err set. */
struct addrinfo *address_lookup(const char *host, const char *service, int family, bool to_listen,
				struct ward_error *err);
/* What a failure of getaddrinfo means. Always false. */
bool address_fail(int code, const char *host, const char *service, struct ward_error *err);

#endif
