/*
 * One row of the tables of refusals: what the puppet does wrong, and what the engine must say.
 */
#ifndef SUPPORT_REFUSAL_H
#define SUPPORT_REFUSAL_H

#include "support/puppet.h"

struct refusal {
	const char *name;
	struct play play;
	enum ward_reason reason;
	int alert; /* that the peer gets; -1: none */

	/* How the handshake is set up. */
	const char *host;             /* of a client; NULL: server.example */
	bool one_suite;               /* a client that offers TLS_AES_128_GCM_SHA256 alone */
	bool offers_alpn;             /* h2 and http/1.1, on either side */
	bool retries;                 /* the puppet as a server begins with a HelloRetryRequest */
	bool asks_certificate;        /* the puppet as a server sends CertificateRequest */
	bool other_group;             /* an engine as a server takes secp256r1 alone: a retry */
	bool cookie;                  /* an engine as a server sends a cookie */
	enum ward_verify_mode mutual; /* what an engine as a server asks for */
	bool no_certificate;          /* the puppet as a client has none */
	void (*configure)(struct ward_config *config); /* what else the engine has; or NULL */
};

/* Edits that both tables use: of a message's bytes, and of what is sent. */
void edit_cut(struct puppet *p, struct bytes *m);      /* a byte too few */
void edit_lengthen(struct puppet *p, struct bytes *m); /* a byte too many */
void edit_empty(struct puppet *p, struct bytes *m);    /* a header and no body */
void edit_flip_last(struct puppet *p, struct bytes *m);
void send_nothing(struct puppet *p, struct bytes *m);

/* Test functions for table.h; *state is a struct refusal. */
void refusal_by_client(void **state);
void refusal_by_server(void **state);

#endif
