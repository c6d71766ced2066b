/*
 * The register of ClientHellos whose early data was taken; see <ward/early_data.h>.
 */
#ifndef TLS_STRIKES_H
#define TLS_STRIKES_H

#include <ward/early_data.h>

#include "base/error.h"

enum {
	/* By how many seconds a ClientHello may come sooner or later than its client says (RFC 9846, 8.3). */
	EARLY_DATA_FRESH = 10,
	/* A ClientHello is fresh for twice as long, from the first to the last moment. */
	STRIKES_QUIET = 2 * EARLY_DATA_FRESH,
	/* Of a ring's own register. */
	STRIKES_DEFAULT = 16384,
	/* One bucket; more would make a claim dear. */
	STRIKES_BUCKET = 8,
	STRIKES_MAX = 1 << 26,
};

/* One in memory that nothing can have been taken before: of keys that are as young as itself. */
struct ward_strikes *strikes_new_empty(size_t entries, struct ward_error *err);
/* The answer of the register. */
bool strikes_claim(struct ward_strikes *strikes, const struct ward_claim *claim);

#endif
