/*
 * `ward openssl s_client`: what its command line asks for, and what becomes known of a connection.
 */
#ifndef CLI_OPENSSL_S_CLIENT_H
#define CLI_OPENSSL_S_CLIENT_H

#include <ward/session.h>

#include "cli/openssl/openssl.h"
#include "cli/target.h"
#include "cli/trace.h"
#include "cli/values.h"

enum { S_CLIENT_LIST_MAX = 16 * 1024 }; /* bytes of CA names that are kept to be shown */

struct s_client {
	/* ---- asked for ---- */
	const char *connect; /* as the user wrote it; NULL: not given */
	const char *host, *port;
	const char *server_name;
	bool no_server_name;
	int family;
	const char *ca_file, *ca_path;
	bool no_ca_file, no_ca_path;
	bool verify_return_error;
	const char *verify_host; /* a name or an address */
	const char *verify_email;
	const char *crl; /* a file with lists */
	bool crl_check, crl_check_all;
	int64_t depth; /* -1: not given */
	int64_t at;    /* -1: now */
	bool strict;
	const char *cert, *key, *keylog;
	struct value_list alpn;
	struct value_codes suites, groups; /* suites of TLS 1.3 */
	struct value_codes old_suites;     /* of TLS 1.2 */
	int least, most;                   /* versions; 0: as the engine has them */
	bool show_certs, brief, quiet, verify_quiet, prexit;
	bool ign_eof, no_ign_eof, crlf, no_commands;

	/* ---- known ---- */
	struct target target;
	struct ward_session *s;
	struct trace trace;
	struct ward_trust *trust;
	struct verify_pool *lists; /* of -CRL, -CAfile and -CApath; NULL: none is asked */
	FILE *out;                 /* for all that is no application data; NULL: nothing is shown */
	uint64_t read, written;    /* bytes of records in the handshake */
	bool connected;            /* no more is counted */
	uint8_t *request;          /* the body of the CertificateRequest, or NULL */
	size_t request_len;
	int code; /* what openssl calls the verdict: 0 is good */
	const char *code_text;
};

/* For openssl_parse. */
bool s_client_take(void *arg, const struct option_row *row, const char *value);
enum { S_CLIENT_ROWS = 54, S_CLIENT_REFUSED = 32 };
extern const struct option_row s_client_rows[S_CLIENT_ROWS];
extern const struct openssl_refusal s_client_refused[S_CLIENT_REFUSED];

/* Reads the lists of revoked certificates, if any is asked. False after it has reported why not. */
bool s_client_load_lists(struct s_client *c);
void s_client_clear_lists(struct s_client *c);
/* Judges the chain that the peer sent, shows it step by step on standard error, sets the code. */
void s_client_judge(struct s_client *c);

/* All that openssl shows of a connection; of one that failed, what there is. */
void s_client_print(const struct s_client *c);
/* The same with -brief, on standard error. */
void s_client_print_brief(const struct s_client *c);

/* What openssl calls a suite: "ECDHE-RSA-AES128-GCM-SHA256"; those of TLS 1.3 by the registry. */
const char *s_client_suite_name(const char *registry);

/* "Jan  2 03:04:05 2026 GMT". Returns buf. */
enum { S_CLIENT_TIME = 32 };
char *s_client_time(int64_t seconds, char buf[S_CLIENT_TIME]);
/* Who a certificate is for, or who issued it, as openssl writes it in one line. */
void s_client_print_name(FILE *out, struct span name);

#endif
