/*
 * `ward connect`: what its command line asks for, and how that becomes a config.
 */
#ifndef CLI_CONNECT_H
#define CLI_CONNECT_H

#include <ward/session.h>

#include "cli/revocation.h"
#include "cli/target.h"
#include "cli/term.h"
#include "cli/trace.h"
#include "cli/values.h"
#include "cli/verb.h"

/* Whether bytes are passed between the peer and standard input and output. */
enum connect_io {
	CONNECT_IO_AUTO, /* if standard input is a pipe, a file or a socket */
	CONNECT_IO_YES,
	CONNECT_IO_NO,
};

enum { CONNECT_CACERTS_MAX = 16, CONNECT_CERTS_MAX = 16 };

struct connect_options {
	struct target target;
	const char *server_name; /* of --servername, or NULL */
	const char *starttls;    /* of --starttls, or NULL */
	const char *cacerts[CONNECT_CACERTS_MAX];
	size_t cacert_count;
	const char *certs[CONNECT_CERTS_MAX], *keys[CONNECT_CERTS_MAX];
	size_t cert_count, key_count; /* as many keys as certificates, or none */
	const char *raw_key;          /* a file, or NULL */
	bool server_raw_key;
	const char *keylog;
	const char *session_file;
	const char *early_data; /* a file, or NULL */
	struct value_list alpn;
	struct value_codes suites, groups;
	struct revocation_options revocation;
	bool insecure;
	bool json;
	bool quiet;
	int family;
	int timeout_ms;      /* 0: not given */
	int eof_ms;          /* likewise */
	size_t max_fragment; /* likewise */
	int verbosity;
	enum connect_io io;
	enum term_when colour;
};

enum { CONNECT_ROWS = 28 };
extern const struct option_row connect_rows[CONNECT_ROWS];

/* For options_parse, with a struct connect_options. */
bool connect_take(void *arg, int id, const char *value);

/* The config that the options ask for; its events go to trace. NULL with err set. */
struct ward_config *connect_config(const struct connect_options *o, struct trace *trace,
				   struct ward_error *err);

#endif
