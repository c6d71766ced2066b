/*
 * What goes into a ticket of a connection, while it is put together: for both versions and sides.
 */
#ifndef TLS_TICKET_DRAFT_H
#define TLS_TICKET_DRAFT_H

#include "tls/conn.h"

struct ticket_draft {
	struct resumption
		r; /* key, lifetime and what only one side has are the caller's to fill in */
	struct psk psk;
	uint8_t context[32];
	uint8_t *chain;
};

/* All that comes from the connection; own is a server's identity. Cleared in any case. */
bool ticket_draft_begin(struct ticket_draft *d, const struct ward_conn *c,
			const struct identity *own, struct ward_error *err);
void ticket_draft_clear(struct ticket_draft *d);
/* Whether it is short enough to be sealed, with any key; the OCSP response may have to stay out. */
bool ticket_draft_fits(struct ticket_draft *d);
/* Neither the certificates nor what was shown long ago are outlived. 0: not worth a ticket. */
uint32_t ticket_draft_lifetime(const struct ward_conn *c, uint32_t wished);
/* Servers: seals it into TICKET_CONTENT_MAX + TICKET_OVERHEAD bytes. */
bool ticket_draft_seal(struct ward_conn *c, const struct ticket_draft *d, uint8_t *sealed,
		       size_t *len, struct ward_error *err);
/* Clients: gives a ticket to the application and to the config, as they want it. */
bool ticket_hand_on(struct ward_conn *c, struct ward_ticket *ticket, struct ward_error *err);

#endif
