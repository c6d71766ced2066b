/*
 * What one connection leaves to the next that resumes it: the key and what it is bound to.
 *
 * Both sides keep the same things. A server seals them into the ticket (ticket_keys.h); a client
 * keeps them with the ticket beside them (struct ward_ticket).
 */
#ifndef TLS_RESUMPTION_H
#define TLS_RESUMPTION_H

#include <stdatomic.h>

#include <ward/resume.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/span.h"
#include "crypto/crypto.h"
#include "tls/msg/msg.h"

enum {
	MASTER_LEN = 48, /* of TLS 1.2 (RFC 5246, 8.1) */
	PSK_FINGERPRINT_LEN = 32,
};

struct resumption {
	uint16_t version;
	uint16_t suite;
	struct span key; /* the PSK of this ticket alone (4.7.1); in TLS 1.2 the master secret */
	int64_t authenticated; /* when the whole handshake was that all this stands on */
	int64_t issued;        /* by this side's clock */
	uint32_t lifetime;     /* seconds from `issued` */
	uint32_t age_add;
	uint32_t max_early_data;
	struct span context; /* 32 bytes: the config's identity and rules */
	struct span name;    /* the server's, or empty */
	struct span alpn;    /* or empty */
	struct span chain;   /* the peer's certificates, each with a length of 3 bytes; or empty; an
			      * empty one is in front of a raw public key */
	struct span ticket;  /* clients: the ticket itself */
	/* Clients: by which a session of TLS 1.2 without a ticket is known. */
	struct span session_id;
	/* The connection was one of QUIC; what its early data rests on (quic.h), or empty. */
	bool has_quic;
	struct span quic;
	struct span status; /* the OCSP response that came with the chain; or empty */
	/* The fingerprint of the key from elsewhere that all this stands on in place of a chain. */
	struct span psk;
};

/* Room that resumption_write needs at most. */
size_t resumption_size(const struct resumption *r);
void resumption_write(struct writer *w, const struct resumption *r);
/* Views into the bytes. BAD_TICKET unless all of it is well formed. */
bool resumption_parse(struct span bytes, struct resumption *r, struct ward_error *err);
/* The certificates as a Certificate message has them; false if there are none. */
bool resumption_chain(const struct resumption *r, struct certificate *msg);

/* A client's ticket: the bytes of its resumption. */
struct ward_ticket {
	atomic_uint refs;
	struct resumption content; /* views into bytes */
	size_t len;
	uint8_t bytes[];
};

struct ward_ticket *ticket_new(const struct resumption *r, struct ward_error *err);

#endif
