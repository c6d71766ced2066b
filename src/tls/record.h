/*
 * The record layer (RFC 9846, section 5): headers, protection, sequence numbers.
 */
#ifndef TLS_RECORD_H
#define TLS_RECORD_H

#include "base/limits.h"
#include "tls/key_schedule.h"

enum content_type {
	CT_INVALID = 0,
	CT_CHANGE_CIPHER_SPEC = 20,
	CT_ALERT = 21,
	CT_HANDSHAKE = 22,
	CT_APPLICATION_DATA = 23,
};

/* What a sealed record of TLS 1.3 adds to its content: header, content type, tag. */
#define RECORD_OVERHEAD (RECORD_HEADER_LEN + 1 + AEAD_TAG_LEN)

struct record_header {
	uint8_t type;
	uint16_t version;
	size_t len; /* of what follows the header */
};

void record_header_read(const uint8_t bytes[RECORD_HEADER_LEN], struct record_header *h);

/* The keys of one direction. Without an aead, records are in the clear. */
struct record_keys {
	struct aead *aead;
	uint64_t seq; /* of the next record */
	uint8_t iv[AEAD_NONCE_LEN];
	bool is_12; /* records of TLS 1.2: the type is outside, the header has another form */
	uint8_t explicit_len; /* TLS 1.2: bytes of the nonce that stand in the record */
};

/* Puts keys from a traffic secret in place; the old ones are wiped. */
bool record_keys_set(struct record_keys *k, const struct suite *suite, const struct secret *secret,
		     struct ward_error *err);
/*
 * The same for TLS 1.2 (RFC 5288, 3; RFC 7905, 2): the key, and suite_fixed_iv_len bytes of IV. The
 * rest of a nonce is the sequence number, which no key meets twice.
 */
bool record_keys_set12(struct record_keys *k, const struct suite *suite, const uint8_t *key,
		       const uint8_t *iv, struct ward_error *err);
/* The next generation, after a KeyUpdate; the secret, as long as the suite's hash, is replaced. */
bool record_keys_update(struct record_keys *k, const struct suite *suite, uint8_t *secret,
			struct ward_error *err);
void record_keys_clear(struct record_keys *k);

/* What sealing adds to content without padding: header, nonce, content type, tag. */
static inline size_t record_overhead(const struct record_keys *k)
{
	return RECORD_HEADER_LEN + AEAD_TAG_LEN + (k->is_12 ? k->explicit_len : 1u);
}

/* Opens a whole record (header included) in place: its content type and content. */
bool record_open(struct record_keys *k, uint8_t *record, size_t len, uint8_t *type,
		 struct span *content, struct ward_error *err);

/*
 * Seals content into out: content.len + padding + record_overhead bytes. Content does not overlap
 * out. TLS 1.2 has no padding.
 */
bool record_seal(struct record_keys *k, enum content_type type, struct span content, size_t padding,
		 uint8_t *out, struct ward_error *err);

/* A record in the clear: RECORD_HEADER_LEN + content.len bytes. */
void record_write_plain(enum content_type type, uint16_t version, struct span content,
			uint8_t *out);

#endif
