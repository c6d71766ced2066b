/*
 * Sessions over real sockets: configs whose certificates are valid today, pairs of connected
 * sockets, and peers that live in threads of their own.
 *
 * Assertions of cmocka hold in the test's own thread alone, so a peer only records what happened.
 */
#ifndef SUPPORT_LOOPBACK_H
#define SUPPORT_LOOPBACK_H

#include <pthread.h>

#include <ward/session.h>

#include "support/credentials.h"

/* A server with a P-256 leaf for server.example, localhost, 127.0.0.1 and ::1. */
struct ward_config *loop_server_config(void);
/* A server with this leaf, from a CA that test_trust() holds. */
struct ward_config *loop_server_config_for(const char *const *names, int64_t not_before,
					   int64_t not_after);
/* A client that trusts the CA of the tests. */
struct ward_config *loop_client_config(void);

/* Two ends of a connection; both block. Of TCP, or of the local kind. */
void loop_pair(int fds[2]);
void loop_tcp_pair(int fds[2]);
void loop_nonblocking(int fd);
/* A listening socket on this loopback address and a free port, which is written to *port. */
int loop_listen(const char *address, char port[8]);

/* A session in a thread: wraps fd, calls run, keeps why it failed, and frees the session. */
struct loop_peer {
	struct ward_config *config;
	int fd;
	const char *host; /* NULL: a server */
	void (*run)(struct ward_session *s, void *arg);
	void *arg;
	struct ward_error failure; /* reason WARD_E_NONE if it did not fail */
	pthread_t thread;
};
void loop_peer_start(struct loop_peer *p);
void loop_peer_join(struct loop_peer *p);

/* A peer that is no session: runs with the bare socket and closes it at the end. */
struct loop_raw {
	int fd;
	void (*run)(int fd, void *arg);
	void *arg;
	pthread_t thread;
};
void loop_raw_start(struct loop_raw *r);
void loop_raw_join(struct loop_raw *r);

/* Drives the handshake of two non-blocking sessions in this thread; true if both have done it. */
bool loop_handshake(struct ward_session *a, struct ward_session *b);

/* Bytes that show where they come from: the same seed gives the same bytes. */
void loop_fill(uint8_t *bytes, size_t len, uint64_t seed);

/* Runs what a peer usually does: sends back what it reads, until the end. */
void loop_echo(struct ward_session *s, void *arg);
/* Shakes hands and nothing else. */
void loop_greet(struct ward_session *s, void *arg);

#endif
