/*
 * PEM (RFC 7468) and base64 (RFC 4648).
 *
 * A file may hold several blocks with any text between them; what is inside a block must be
 * well formed. Header lines of the old encrypted form (RFC 1421) are reported, not decoded.
 */
#ifndef WIRE_PEM_H
#define WIRE_PEM_H

#include "base/error.h"
#include "base/span.h"

enum {
	PEM_BODY_MAX = 1 << 24, /* characters between BEGIN and END; long revocation lists fit */
};

struct pem_block {
	char label[64]; /* "CERTIFICATE" */
	uint8_t *der;   /* owned; freed (after wiping: it may be a key) by pem_block_clear */
	size_t der_len;
	bool encrypted; /* a Proc-Type header stands in the block: der is ciphertext */
};

/*
 * Takes the next block from *text and moves it behind the block. Returns false with no error set
 * when there is none left, and false with an error when the block is malformed.
 */
bool pem_next(struct span *text, struct pem_block *block, struct ward_error *err);
void pem_block_clear(struct pem_block *block);

/* Whether the bytes hold the start of a PEM block. */
bool pem_detect(struct span bytes);

/* The PEM form as a string with a zero byte at its end, lines of 64; free() it. NULL: no memory. */
char *pem_encode(const char *label, struct span der);

/* How many bytes base64_encode writes, without a zero byte; how many base64_decode may write. */
size_t base64_encoded_len(size_t len);
size_t base64_decoded_max(size_t len);
/* url: the alphabet of section 5 without padding. */
size_t base64_encode(char *to, struct span from, bool url);
/* White space is skipped; wrong characters, padding or trailing bits fail with BAD_BASE64. */
bool base64_decode(uint8_t *to, size_t *to_len, struct span from, bool url, struct ward_error *err);

#endif
