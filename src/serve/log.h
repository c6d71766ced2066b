/*
 * Log lines: one for each failed handshake, and in the Common Log Format one for each answer.
 *
 * What peers send is escaped: a line stays one line, whatever is in a name or a request. Threads
 * write whole lines.
 */
#ifndef SERVE_LOG_H
#define SERVE_LOG_H

#include <ward/tls.h>

#include "serve/http_request.h"
#include "serve/strbuf.h"

#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

struct log {
	FILE *file; /* NULL: nothing is logged */
	bool access;
};

/* Whom a client has shown itself to be; both NULL: nobody. */
struct log_user {
	const struct ward_cert *cert;
	const struct ward_pin *raw_key; /* of one without a certificate */
};

/* `conn` may be NULL. The hint says what the operator or the peer can do. */
void log_handshake(const struct log *log, const struct sockaddr *peer, const struct ward_conn *conn,
		   const struct ward_error *err);
/* A client's certificate was not good, and the client was told so in an answer. */
void log_refused(const struct log *log, const struct sockaddr *peer, const struct ward_error *err);
/*
 * request may be one of which only a part came. The user is who the client's certificate says, as
 * the first rule would have it ("uri:spiffe://prod/web"), or its raw public key ("pin:sha256//…").
 */
void log_access(const struct log *log, const struct sockaddr *peer, const struct log_user *user,
		const struct http_request *request, int status, uint64_t bytes);
void log_note(const struct log *log, const char *format, ...) WARD_PRINTF(2, 3);

/* In quotes; what is not printable ASCII, a quote or a backslash becomes \xHH. */
void log_quote(struct strbuf *t, struct span s);

#endif
