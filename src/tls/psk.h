/*
 * Pre-shared keys (RFC 9846, 2.2 and 4.3.11): from an earlier connection's ticket, or agreed on by
 * other means.
 */
#ifndef TLS_PSK_H
#define TLS_PSK_H

#include "tls/key_schedule.h"
#include "tls/transcript.h"

struct psk {
	enum digest_alg hash;       /* of the suites that it goes with; DIGEST_NONE: no PSK */
	enum schedule_label binder; /* RES_BINDER, EXT_BINDER or IMP_BINDER: where it is from */
	struct secret key;
};

/*
 * The binder (4.3.11.2), digest_len(psk->hash) bytes: a MAC over all messages before and the
 * ClientHello up to its list of binders. After a HelloRetryRequest the transcript is of this hash.
 */
void psk_binder(const struct psk *psk, const struct transcript *before, struct span truncated,
		uint8_t *binder);

/* The PSK of one ticket (4.7.1), from a connection's resumption secret. */
void psk_from_ticket(struct psk *psk, enum digest_alg hash, struct span resumption_secret,
		     struct span nonce);

/* A list of PskIdentity, or of binders, taken apart: false at its end. Lists are well formed. */
bool psk_identity_next(struct span *list, struct span *identity, uint32_t *obfuscated_age);
bool psk_binder_next(struct span *list, struct span *binder);

#endif
