/*
 * A client and a server engine back to back in memory.
 */
#ifndef SUPPORT_PAIR_H
#define SUPPORT_PAIR_H

#include <ward/resume.h>
#include <ward/tls.h>

#include "support/credentials.h"

/* One direction of the wire, and what came out of it. */
struct pipe_end {
	struct ward_conn *conn;
	uint8_t wire[1 << 18]; /* bytes for this end that it has not used yet */
	size_t wire_len;
	uint8_t plain[1 << 18]; /* application data that this end has received */
	size_t plain_len;
	size_t early_len;      /* how much has come as early data */
	struct ward_error err; /* what its last failing call said */
	size_t chunk;          /* hand bytes over in pieces of this size; 0: all at once */
};

struct pair {
	struct pipe_end client, server;
};

/* The same at another time, and with options for the client. */
struct pair *pair_new_at(struct ward_config *client, struct ward_config *server, const char *host,
			 int64_t now, const struct ward_conn_options *options);
/* Heap-allocated; the configs are referenced by the connections. NULL host: server.example. */
struct pair *pair_new(struct ward_config *client, struct ward_config *server, const char *host);
void pair_free(struct pair *p);

/* Moves bytes to and fro until nothing moves. True if neither end has failed. */
bool pair_pump(struct pair *p);
/* pair_pump, and both are connected. */
bool pair_handshake(struct pair *p);
/* Sends from one end to the other and pumps; true if all of it arrived as it was sent. */
bool pair_send(struct pair *p, bool from_client, const void *data, size_t len);
/* Hands this end the bytes at hand. False when it has failed. */
bool end_feed(struct pipe_end *to, const uint8_t *bytes, size_t len);
/* Moves the output of one end to the other's wire; how many bytes. */
size_t end_drain(struct pipe_end *from, struct pipe_end *to);

#endif
