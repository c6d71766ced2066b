/*
 * The parts of the shim:
 *
 *	flags.c		the command line
 *	setup.c		from flags to a config; policy.c for the lists of suites and schemes
 *	raw_keys.c	raw public keys, from flags to checks
 *	link.c		bytes between the socket and the engine
 *	quic.c		the same in the form that stands in for QUIC
 *	observe.c	what the stream of events tells
 *	check.c		what must be so after the handshake
 *	exchange.c	the course of a connection
 *	shim.c		one connection after another
 */
#ifndef BOGO_SHIM_H
#define BOGO_SHIM_H

#include <ward/ward.h>

#include "base/span.h"
#include "flags.h"

/* Ends the program: the reason goes to standard error as ":NAME:", which the error map knows. */
_Noreturn void die(const char *what, const struct ward_error *err);
/* The same if `ok` is false. */
void must(bool ok, const char *what, const struct ward_error *err);
struct bytes read_file(const char *path);

/* What the connections of one run have in common. */
struct run {
	struct ward_ticket_keys *ticket_keys; /* servers */
	struct ward_sessions *sessions;       /* servers: a store of the last one by id */
	uint8_t session_id[32], session[16 * 1024];
	size_t session_len;         /* 0: none has got an id */
	struct ward_ticket *ticket; /* clients: the last that came; NULL: none */
	int64_t now;
};

/* The keys of the identities: with --async they are the engine's to ask for. */
struct keys {
	struct ward_key *items[BOGO_CREDENTIALS_MAX + 1]; /* as the config has its identities */
	int credentials[BOGO_CREDENTIALS_MAX + 1];        /* the number of each; -1: the own one */
	size_t count;
};

/* ---- setup.c, policy.c ---- */

/* A config as the flags have it; owned by the caller. */
struct ward_config *setup_config(const struct flags *f, const struct run *run, struct keys *keys);
typedef bool set_list_fn(struct ward_config *config, const uint16_t *items, size_t count,
			 struct ward_error *err);
/* Ends with BOGO_UNIMPLEMENTED if ward does not have all of them. */
void set_numbers(struct ward_config *config, const struct int_list *list, set_list_fn *set,
		 const char *what);
void set_groups(struct ward_config *config, const struct flags *f);
void set_suites(struct ward_config *config, const struct flags *f);
void set_signatures(struct ward_config *config, const struct flags *f);

/* ---- raw_keys.c ---- */

struct link;
bool takes_raw_keys(const struct flags *f);
struct ward_key *read_key(const char *path);
void add_raw_key(struct ward_config *config, const struct flags *f, const struct credential *c,
		 struct keys *keys);
void set_raw_keys(struct ward_config *config, const struct flags *f);
bool check_certificate_type(const struct link *l);

/* ---- link.c ---- */

struct link {
	const struct flags *flags; /* from a refusal of early data on those for that */
	const struct command *command;
	struct run *run;
	struct ward_conn *conn;
	const struct keys *keys;
	int fd;
	bool eof, resumes, got_ticket;
	bool holds; /* output waits until something has been read */
	uint8_t in[2 * WARD_RECORD_MAX];
	size_t in_len;
	struct bytes plain; /* what has come and is not answered yet */
	struct bytes held;
	/* QUIC: the secrets of its levels. */
	struct ward_quic_secret read_secrets[WARD_QUIC_APPLICATION + 1];
	struct ward_quic_secret write_secrets[WARD_QUIC_APPLICATION + 1];
	bool alert_sent;
	size_t early_sent; /* QUIC: of this side's first words */
	int credential;    /* the one shown to the peer; -1: none of those with a number */
	struct ward_error err;
};

void link_open(struct link *l);
void link_close(struct link *l);
/* These are false when the connection has failed. */
bool link_flush(struct link *l);
bool link_step(struct link *l);
bool link_write(struct link *l, const uint8_t *data, size_t len);
/* Seals data, lets its first byte out and keeps the rest until link_release. */
bool link_hold(struct link *l, const uint8_t *data, size_t len);
bool link_release(struct link *l);

/* For quic.c. */
bool link_send(struct link *l, const uint8_t *data, size_t len);
bool link_keep(struct link *l, const struct ward_received *got);
bool link_answer_key_request(struct link *l);

/* ---- quic.c: what link.c does of the same name ---- */

struct ward_conn *quic_open(struct link *l, struct ward_config *config, struct ward_ticket *ticket);
bool quic_write_early(struct link *l, const uint8_t *data, size_t len);
bool quic_flush(struct link *l);
bool quic_step(struct link *l);
bool quic_write(struct link *l, const uint8_t *data, size_t len);

/* ---- observe.c ---- */

struct observed {
	char trace[2048]; /* a line for all that passes, in the form of --expect-msg-callback */
	size_t trace_len;
	struct int_list verifies; /* the signature schemes of the peer's list */
	uint8_t types[64];        /* certificate_types of TLS 1.2 */
	size_t types_len;
	uint8_t secrets[2][64]; /* of the client's and the server's application data */
	size_t secret_len;
};

/* Listens to the one connection that there is at a time. */
void observe(void *arg, struct ward_conn *conn, const struct ward_event *event);
void observe_anew(void);
const struct observed *observed(void);

/* ---- check.c, exchange.c ---- */

/* False, with what was said to standard error. */
bool wrong(const char *what);
bool check_handshake(const struct link *l);
bool check_end(const struct link *l);
/* Whether what passed in all is what was to pass. */
bool check_trace(const struct link *l);

/* One connection from connect to close. False, with what was said to standard error, if it failed. */
bool exchange(const struct command *command, struct ward_config *config, const struct keys *keys,
	      struct run *run, bool resumes);

#endif
