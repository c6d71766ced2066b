/*
 * Secrets: bytes that are wiped as soon as they are spent.
 *
 * struct secret holds any of the key schedule's secrets (at most the 80 bytes that P-384 and ML-KEM
 * agree on together). A local one is
 * declared SECRET_AUTO so that leaving its block wipes it, on every path.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/span.h"

#define SECRET_MAX 80

struct secret {
	uint8_t data[SECRET_MAX];
	size_t len;
};

/* Overwrites memory in a way that no compiler may leave out. */
void secret_wipe_bytes(void *data, size_t len);

static inline void secret_wipe(struct secret *s)
{
	secret_wipe_bytes(s, sizeof(*s));
}

#define SECRET_AUTO __attribute__((cleanup(secret_wipe)))

static inline struct span secret_span(const struct secret *s)
{
	return span_make(s->data, s->len);
}

/* True if the bytes are equal; takes the same time wherever they differ. */
bool ct_equal(const void *a, const void *b, size_t len);

/* All ones if a == b, else zero; likewise for a < b. Without branches. */
uint32_t ct_mask_eq(uint32_t a, uint32_t b);
uint32_t ct_mask_lt(uint32_t a, uint32_t b);

/* Tells valgrind that the bytes are secret (undefined), or that they may be looked at now. */
void ct_poison(const void *data, size_t len);
void ct_unpoison(const void *data, size_t len);

#endif
