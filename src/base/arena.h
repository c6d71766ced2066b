/*
 * An arena: memory of one handshake, given out piece by piece, wiped and freed at once.
 *
 * It is created with the most it may ever hold; asking for more fails with LIMIT_MEMORY. The first
 * block is one allocation that also holds the arena itself; further blocks are added only when the
 * first is full.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/error.h"
#include "base/span.h"

struct arena;

/* NULL when there is no memory. `first` bytes are at hand at once; `most` bounds the whole. */
struct arena *arena_new(size_t first, size_t most);
/* Wipes and frees all that was given out. NULL is allowed. */
void arena_free(struct arena *a);

/* Zeroed memory, aligned for any type; NULL with err set when the arena is full. */
void *arena_alloc(struct arena *a, size_t len, struct ward_error *err);
/* A copy of the bytes; an empty span copies to an empty span. */
bool arena_copy(struct arena *a, struct span from, struct span *to, struct ward_error *err);
/* How many bytes the arena holds from the system. */
size_t arena_size(const struct arena *a);

#endif
