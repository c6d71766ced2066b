/*
 * The HTTPS file server: `ward serve` without its command line.
 *
 * One thread and one event loop a core, each with listening sockets of its own (SO_REUSEPORT); a
 * connection stays with the loop that accepted it. SIGTERM and SIGINT stop it: nothing new is
 * accepted, running requests are finished as long as stop_ms allows, a second signal ends them too.
 * SIGHUP has the files of certificates, keys and CAs read again, for new connections; unless the
 * terminal that it was started from is gone: then it stops as well.
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "base/error.h"

#include <stdio.h>

#define SERVE_LISTEN_DEFAULT "localhost:8443"

enum {
	SERVE_HSTS_DEFAULT = 63072000, /* two years */
	SERVE_HSTS_MAX = 315360000,
	SERVE_THREADS_MAX = 256,
	SERVE_CONNECTIONS_MAX = 1000000,
	SERVE_EARLY_MAX = 16384, /* bytes of early data that a client may send: a request's head */
	SERVE_TIME_MAX_MS = 24 * 60 * 60 * 1000,
};

/*
 * What a peer may cost. Zero stands for what serve_limits_default gives; times are in milliseconds.
 */
struct serve_limits {
	unsigned int threads;     /* loops; one a core */
	unsigned int connections; /* at once; 10000, or what the limit of descriptors allows */
	int handshake_ms;         /* from accepting to the end of the handshake; 10 s */
	int request_ms;           /* from the first byte of a request to its last; 20 s */
	int idle_ms;              /* between requests; 60 s */
	int stop_ms;              /* for running requests when the server stops; 10 s */
	int rate; /* bytes a second that a client must take of an answer on average; 1024 */
};

struct serve_options {
	const char *dir;
	/* "HOST:PORT", "[::1]:PORT", ":PORT" or "PORT" (all addresses); port 0 takes a free one. All
	 * addresses of a name are listened on. NULL: SERVE_LISTEN_DEFAULT. */
	const char *listen;
	/* PEM files; key NULL: it is in `cert`. Both NULL: a development CA makes them. */
	const char *cert, *key;
	/* A private key, shown without a certificate to clients that take raw public keys; NULL: none.
	 * Without `cert` there is nothing else to show. */
	const char *raw_key;
	const char *ocsp;        /* a response to staple to it, DER; NULL: none */
	const char *const *scts; /* timestamps of logs for it: files, or folders of them */
	size_t sct_count;
	const char *ticket_keys; /* of ward_ticket_keys_save; NULL: they stay in this process */
	/*
	 * PEM, a file or a folder: the CAs of clients, which then have to show a certificate, or may if
	 * client_optional. NULL: nobody is asked. One of the rules of ward_config_allow_client must fit,
	 * if there are any.
	 */
	const char *client_ca;
	bool client_optional;
	bool client_raw_key; /* they show a raw public key, or, with client_ca, either; as above */
	/* Paths of URLs for which clients are asked, after the handshake; all others are for everyone. */
	const char *const *guarded;
	size_t guarded_count;
	const char *const *rules;
	size_t rule_count;
	int64_t hsts;    /* max-age of Strict-Transport-Security; below 0: no such header */
	bool hidden;     /* names that begin with a dot are served too */
	bool access_log; /* a line for each answer */
	bool early_data; /* requests may come as early data; GET and HEAD are answered at once */
	struct serve_limits limits;
	FILE *out; /* where it listens, how to trust the development CA; NULL: nowhere */
	FILE *log; /* failed handshakes and the access log; NULL: nowhere */
};

/*
 * Serves until a signal stops it. False when it cannot start: LISTEN_FAILED, ADDRESS_IN_USE,
 * NAME_NOT_FOUND, LOOKUP_FAILED are of the network; all others of the options and their files.
 * The line "Serving DIR at https://HOST:PORT/" is written to `out` once clients are taken. Ignores
 * SIGPIPE in the whole process while it runs.
 */
bool serve_run(const struct serve_options *options, struct ward_error *err);

/* Fills in what is zero. */
struct serve_limits serve_limits_default(const struct serve_limits *limits);

#endif
