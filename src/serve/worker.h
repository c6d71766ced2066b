/*
 * One loop in one thread: it accepts clients and keeps them until they are gone.
 *
 * When a loop has all the connections it may have, the one that has been idle longest makes room;
 * if none is idle, accepting pauses and new clients wait in the system's queue. The same goes for
 * a lack of descriptors or memory. So neither can make a loop spin.
 */
#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include <ward/tls.h>

#include "serve/listen.h"
#include "serve/log.h"
#include "serve/serve.h"
#include "serve/site.h"

#include <stdatomic.h>
#include <sys/queue.h>
#include <uv.h>

/* What all loops share; not changed while they run. */
struct server {
	struct site site;
	struct ward_config *config;
	struct serve_limits limits;
	struct log log;
};

TAILQ_HEAD(client_list, client);

enum {
	/* Bytes that a loop reads at once: a record that was begun, and a whole one behind it. */
	WORKER_IN_SIZE = 2 * WARD_RECORD_MAX,
	/* Plaintext that is sealed at once. */
	WORKER_PLAIN_SIZE = 64 * 1024,
	/* Room for it in records of the smallest size that a peer may ask for (RFC 8449). */
	WORKER_OUT_SIZE = 128 * 1024,
	WORKER_TICK_MS = 500,
};

enum worker_stop { WORKER_RUN, WORKER_FINISH, WORKER_END };

struct listener {
	uv_poll_t poll;
	struct worker *worker;
	int fd;
};

struct worker {
	const struct server *server;
	uv_loop_t loop;
	uv_thread_t thread;
	uv_async_t wake;
	uv_timer_t tick;
	atomic_int asked; /* enum worker_stop */
	enum worker_stop stop;
	uint64_t stop_by;
	void (*ended)(void *arg); /* called in the loop's thread when it has nothing left */
	void *ended_arg;
	uv_mutex_t lock; /* over `over` alone: whether the loop can still be woken */
	bool over;

	struct listener listeners[LISTEN_ADDRESSES_MAX];
	size_t listener_count;
	bool accepting;
	bool said_full;

	struct client_list idle;   /* those first that can best be done without */
	struct client_list active; /* all others */
	unsigned int count, most;

	/* Shared by all connections of the loop, and theirs only while one of them is at work. */
	uint8_t *in, *plain, *out;
};

/*
 * Makes a loop that may have `most` connections, without a thread of its own yet. It takes the
 * descriptors out of `listen`. False when there is no memory.
 */
bool worker_init(struct worker *w, const struct server *server, struct listen_set *listen,
		 unsigned int most, struct ward_error *err);
/* Runs until it was stopped and its last connection is gone. */
void worker_run(struct worker *w);
void worker_free(struct worker *w);

/* From any thread: finish what runs, or end it at once. */
void worker_ask_stop(struct worker *w, enum worker_stop how);

/* A client of this loop has closed its socket: there is room for another. */
void worker_client_closed(struct worker *w);

#endif
