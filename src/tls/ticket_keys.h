/*
 * The ring of keys that a server's tickets are sealed with; see <ward/resume.h>.
 *
 * A sealed ticket is the key's name (16 bytes), a random nonce (12), and what AES-256-GCM made of
 * the content, with the name as associated data.
 */
#ifndef TLS_TICKET_KEYS_H
#define TLS_TICKET_KEYS_H

#include <ward/resume.h>

#include "base/span.h"
#include "crypto/crypto.h"

enum {
	TICKET_KEY_NAME_LEN = 16,
	TICKET_PREFIX_LEN = TICKET_KEY_NAME_LEN + AEAD_NONCE_LEN,
	TICKET_OVERHEAD = TICKET_PREFIX_LEN + AEAD_TAG_LEN,
};

/* Seals content into out: content.len + TICKET_OVERHEAD bytes. Makes a key if one is due. */
bool ticket_seal(struct ward_ticket_keys *keys, int64_t now, struct span content, uint8_t *out,
		 struct ward_error *err);
/*
 * Opens a ticket where it lies. False, for whatever reason, when it is not one of this ring's: then
 * its client makes a whole handshake.
 */
bool ticket_open(struct ward_ticket_keys *keys, int64_t now, uint8_t *ticket, size_t len,
		 struct span *content);
/* Whether the ring has a key by this ticket's name: asked before a copy is made. */
bool ticket_is_ours(struct ward_ticket_keys *keys, struct span ticket);
/*
 * The register of ClientHellos that goes with these keys, as long as nobody else has them: it lives
 * as long as the ring. NULL when they are shared, or there is no memory.
 */
struct ward_strikes *ticket_keys_strikes(struct ward_ticket_keys *keys);

#endif
