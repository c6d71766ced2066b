/*
 * A public key that stands alone (RFC 7250): a SubjectPublicKeyInfo, read and judged by itself.
 *
 * It says nothing of its holder and has no end: whose it is must be known from elsewhere, by its pin.
 */
#ifndef X509_RAW_KEY_H
#define X509_RAW_KEY_H

#include <ward/x509.h>

#include "base/error.h"
#include "base/span.h"
#include "crypto/crypto.h"

/* Immutable; one holds it. */
struct raw_key {
	struct pubkey *pubkey;
	uint8_t pin[32];  /* SHA-256 of the SubjectPublicKeyInfo */
	struct span spki; /* looks into bytes */
	uint8_t bytes[];
};

/*
 * RAW_KEY_MALFORMED where it is none; KEY_UNSUPPORTED and KEY_TOO_SMALL for those that are not taken
 * in certificates either. NULL with err set.
 */
struct raw_key *raw_key_parse(struct span spki, struct ward_error *err);
void raw_key_free(struct raw_key *k);

/* A pin as it is written: "sha256//" and base64. */
enum { PIN_TEXT_LEN = 8 + 44 + 1 };
char *pin_text(const uint8_t pin[32], char out[PIN_TEXT_LEN]);
bool pin_among(const struct ward_pin *pins, size_t count, const uint8_t pin[32]);

#endif
