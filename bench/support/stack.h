/*
 * A TLS stack as the benchmarks drive it: the same few calls for ward and for OpenSSL's libssl, so
 * that one program measures both in turn. Bytes travel through memory; neither stack is charged for
 * a buffer of its own there: ward writes into the wire as it does anyway, libssl through a BIO that
 * does nothing but copy.
 *
 * Both speak TLS_AES_128_GCM_SHA256 with X25519 or X25519MLKEM768 and keep no sessions; the client verifies chain and
 * name. Whatever fails ends the program.
 */
#ifndef BENCH_STACK_H
#define BENCH_STACK_H

#include "support/pki.h"

enum side { SIDE_SERVER, SIDE_CLIENT, SIDES };

/* Bytes on their way to one end. */
struct wire {
	uint8_t bytes[1 << 20];
	size_t start, end;
};

struct end;

struct stack {
	const char *name; /* its column in the results */
	bool remembers;   /* a context spares later connections the checks of a chain seen before */
	/* What is made once and shared by all connections of a side. */
	void *(*context_new)(const struct pki *pki, enum side side);
	void (*context_free)(void *context);
	void (*conn_new)(struct end *e, void *context);
	void (*conn_free)(struct end *e);
	/* Goes on with the handshake as far as what has come allows; true when it is done. */
	bool (*shake)(struct end *e);
	/* One record. */
	void (*seal)(struct end *e, const uint8_t *data, size_t len);
	/* Takes records from the wire until this many bytes of data have come. */
	void (*open)(struct end *e, size_t expected);
	/* Whether it knows X25519MLKEM768. */
	bool (*has_hybrid)(void);
};

extern const struct stack stack_ward, stack_openssl;
/* libssl with SSL_MODE_RELEASE_BUFFERS. */
extern const struct stack stack_openssl_released;

/* One end of a connection; the two ends share two wires. */
struct end {
	const struct stack *stack;
	enum side side;
	int64_t now;
	void *conn;
	struct wire *in, *out;
};

/* A stack with a context for each side, and the two ends that are in use. */
struct bench {
	const struct stack *stack;
	void *contexts[SIDES];
	struct wire *wires[SIDES]; /* to this side */
	struct end ends[SIDES];
};

void bench_open(struct bench *b, const struct stack *stack, const struct pki *pki);
void bench_close(struct bench *b);
/* If the stack remembers chains: goes on with a client's context that has seen none. */
void bench_forget(struct bench *b, const struct pki *pki);
/* Makes both ends and shakes hands; what each side took, in ns, is added to ns[SIDES]. */
void bench_handshake(struct bench *b, double ns[SIDES]);
void bench_hang_up(struct bench *b, double ns[SIDES]);

/* Contexts made from then on agree on X25519MLKEM768 instead of X25519. */
extern bool bench_hybrid;

/* Called before and after each call into a stack; for programs that count something else. */
extern void (*bench_enter)(enum side side);
extern void (*bench_leave)(enum side side);

/* One result: a line that report.py makes a table of. */
void result(const char *row, const char *what, const char *stack, double value);

#endif
