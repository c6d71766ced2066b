/*
 * A connection of the server, from being accepted to being closed.
 *
 *	client.c	its life: states, deadlines, ending
 *	transport.c	bytes: reading and opening, sealing and writing
 *	exchange.c	a request and its answer
 *
 * While it waits for a request it holds this structure and the engine's connection, nothing else.
 */
#ifndef SERVE_CLIENT_H
#define SERVE_CLIENT_H

#include "serve/http_request.h"
#include "serve/worker.h"

#include <netinet/in.h>

enum client_state {
	CLIENT_HANDSHAKE,
	CLIENT_IDLE,    /* nothing of a request has come */
	CLIENT_REQUEST, /* a part of one has */
	CLIENT_ASK,     /* it is whole, and the client is asked who it is */
	CLIENT_ANSWER,  /* it is being answered; nothing is read meanwhile */
	CLIENT_ENDING,  /* the last bytes are on their way */
	CLIENT_LINGER,  /* they are sent: what still comes is dropped until the peer closes too */
	CLIENT_CLOSED,  /* the socket is closed; only the memory is left */
};

/* Bytes that came and cannot be used yet: plaintext first, then records or a part of one. */
struct ahead {
	size_t plain_len, raw_len;
	uint8_t bytes[];
};

/* Sealed bytes that the socket did not take at once. */
struct outgoing {
	uv_write_t write;
	struct client *client;
	uint8_t bytes[];
};

struct client {
	uv_tcp_t tcp;
	struct worker *worker;
	TAILQ_ENTRY(client) link;
	enum client_state state;
	bool reading;      /* libuv has been asked to */
	bool peer_closed;  /* end of file, or close_notify */
	uint64_t deadline; /* of uv_now; UINT64_MAX: none */
	long budget;       /* bytes that may still be written in this turn of the loop */

	struct ward_conn *conn;
	struct ahead *ahead;
	struct strbuf *aside; /* plaintext that came while it was asked; before `ahead` */
	struct outgoing *outgoing;
	struct http_request *request; /* that is coming in */
	struct exchange *exchange;    /* the request that is being answered */

	/* How fast the peer takes what it is sent. */
	uint64_t written;       /* bytes given to the socket */
	uint64_t mark, mark_at; /* bytes it had taken, and when that was looked at */

	union {
		struct sockaddr any;
		struct sockaddr_in6 in6; /* the larger one */
	} peer;
};

enum {
	CLIENT_BUDGET = 256 * 1024,
	CLIENT_ASIDE_MAX = 64 * 1024,
	CLIENT_ENDING_MS = 5000,
	CLIENT_LINGER_MS = 2000,
	CLIENT_RATE_WINDOW_MS = 10000,
};

/* ---- client.c ---- */

/* Takes the descriptor over, also when it fails. */
void client_accept(struct worker *w, int fd, const struct sockaddr *peer, socklen_t peer_len);
void client_enter(struct client *c, enum client_state state);
/* Says close_notify, sends what is left, waits for the peer to close. */
void client_end(struct client *c);
/* The engine refused what came: the alert goes out, and a line into the log if it was a
 * handshake. */
void client_fail(struct client *c, const struct ward_error *err);
/* Closes the socket at once; with reset what the peer has not taken is thrown away. */
void client_close(struct client *c, bool reset);
/* Looks at its deadline and its speed. */
void client_tick(struct client *c, uint64_t now);
/* The server stops: ends it unless a request runs. */
void client_stop(struct client *c);
/* Ends an idle one without waiting for the peer. */
void client_drop(struct client *c);
/* All that was to be sent is sent, or libuv gave the loop's turn back: what is next? */
void client_go_on(struct client *c);

/* ---- transport.c ---- */

/* Asks libuv to read, or not to, as the state has it. */
void transport_settle(struct client *c);
/* Takes what came before and could not be used then. */
void transport_resume(struct client *c);
/* Wipes nothing: it is plaintext of requests, as all else that is kept. */
void transport_drop_aside(struct client *c);
/* Sends what the engine has for the peer. */
void transport_flush(struct client *c);
/* Seals and sends; nothing else may be on its way. At most WORKER_PLAIN_SIZE bytes. */
void transport_send(struct client *c, struct span plain);
/* Sends bytes as they are. */
void transport_write(struct client *c, struct span bytes);
/* Bytes that the peer has acknowledged, of those that were written. */
uint64_t transport_taken(struct client *c);

/* ---- exchange.c ---- */

/* Gives plaintext to the request; how many bytes were taken. */
size_t exchange_take(struct client *c, struct span plain);
/* The request's time is up. */
void exchange_time_out(struct client *c);
/* The client has answered who it is: the request can be. */
void exchange_identified(struct client *c);
/* It is not waited for any longer. */
void exchange_unidentified(struct client *c, const char *why);
/* Sends more of the answer, if there is one and nothing is on its way. */
void exchange_go_on(struct client *c);
/* The connection is gone. */
void exchange_abandon(struct client *c);

#endif
