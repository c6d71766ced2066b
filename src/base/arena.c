/*
 * The arena: blocks of memory, pieces given out from the front of the current one.
 *
 * Invariants: `held` is the sum of the blocks' capacities and never exceeds `most`; every piece
 * starts at a multiple of ALIGN; memory is zero until it is given out, and is wiped before it goes
 * back to the system. The first block lies in the same allocation as the arena itself.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "base/secret.h"

enum {
	ALIGN = alignof(max_align_t),
	/* A further block is at least this long, so that small pieces share one. */
	BLOCK_LEN = 4096,
	/* A piece above this gets a block of its own; the current block stays the current one. */
	PIECE_OWN_BLOCK = BLOCK_LEN / 4,
};

struct block {
	struct block *next;
	size_t cap;
	size_t used;
	alignas(max_align_t) uint8_t data[];
};

struct arena {
	struct block *current;
	struct block *further; /* all blocks but the first */
	size_t held;
	size_t most;
	size_t overhead;
	struct block first;
};

static size_t round_up(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

struct arena *arena_new(size_t first, size_t most)
{
	struct arena *a;

	if (first > most)
		first = most;
	if (first > SIZE_MAX / 2)
		return NULL;
	first = round_up(first);
	a = calloc(1, sizeof(*a) + first);
	if (a == NULL)
		return NULL;
	a->current = &a->first;
	a->first.cap = first;
	a->held = first;
	a->most = most > SIZE_MAX / 2 ? SIZE_MAX / 2 : round_up(most);
	a->overhead = sizeof(*a);
	return a;
}

void arena_free(struct arena *a)
{
	struct block *block, *next;

	if (a == NULL)
		return;
	for (block = a->further; block != NULL; block = next) {
		next = block->next;
		secret_wipe_bytes(block, sizeof(*block) + block->cap);
		free(block);
	}
	secret_wipe_bytes(a, sizeof(*a) + a->first.cap);
	free(a);
}

/* A new block with room for len more bytes; the current one from now on if it is to be shared. */
static struct block *add_block(struct arena *a, size_t len, struct ward_error *err)
{
	size_t left = a->most - a->held;
	bool shared = len <= PIECE_OWN_BLOCK;
	size_t cap = !shared ? len : left < BLOCK_LEN ? left : BLOCK_LEN;
	struct block *block;

	if (len > left) {
		FAILF(err, LIMIT_MEMORY, "%zu bytes above %zu", len - left, a->most);
		return NULL;
	}
	block = calloc(1, sizeof(*block) + cap);
	if (block == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	block->cap = cap;
	block->next = a->further;
	a->further = block;
	a->held += cap;
	a->overhead += sizeof(*block);
	if (shared)
		a->current = block;
	return block;
}

void *arena_alloc(struct arena *a, size_t len, struct ward_error *err)
{
	struct block *block = a->current;
	void *piece;

	if (len > a->most) {
		FAILF(err, LIMIT_MEMORY, "%zu bytes above %zu", len - a->most, a->most);
		return NULL;
	}
	len = round_up(len);
	if (len > block->cap - block->used)
		block = add_block(a, len, err);
	if (block == NULL)
		return NULL;
	piece = block->data + block->used;
	block->used += len;
	return piece;
}

bool arena_copy(struct arena *a, struct span from, struct span *to, struct ward_error *err)
{
	uint8_t *bytes;

	*to = SPAN_EMPTY;
	if (from.len == 0)
		return true;
	bytes = arena_alloc(a, from.len, err);
	if (bytes == NULL)
		return false;
	bytes_copy(bytes, from.data, from.len);
	*to = span_make(bytes, from.len);
	return true;
}

size_t arena_size(const struct arena *a)
{
	return a->held + a->overhead;
}
