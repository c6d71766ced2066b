/*
 * A cursor over bytes from outside (RFC 9846, section 3).
 *
 * The first failure sticks in the error that the reader and all its children share, and every
 * read after it gives zero or an empty span: a parser reads a whole grammar without one check
 * and looks at the error once at the end. What was read must not be acted on before that.
 */
#ifndef WIRE_READER_H
#define WIRE_READER_H

#include "base/error.h"
#include "base/span.h"

struct reader {
	const uint8_t *start; /* of the outermost message, so that errors can say where */
	const uint8_t *pos;
	const uint8_t *end;
	struct ward_error *err; /* never NULL */
};

struct reader reader_make(struct span bytes, struct ward_error *err);

uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u24(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);

/* The next n bytes. */
struct span reader_bytes(struct reader *r, size_t n);
/* All that is left. */
struct span reader_rest(struct reader *r);
/* A vector with a length of 1, 2 or 3 bytes in front: as bytes, or as a reader of its own. */
struct span reader_vec(struct reader *r, int length_bytes);
struct reader reader_child(struct reader *r, int length_bytes);
/* The same with the bounds that the presentation language gives, as in <2..2^16-2>. */
struct span reader_vec_bounded(struct reader *r, int length_bytes, size_t least, size_t most);

static inline size_t reader_left(const struct reader *r)
{
	return (size_t)(r->end - r->pos);
}

static inline bool reader_failed(const struct reader *r)
{
	return r->err->reason != WARD_E_NONE;
}

/* True while there is more to read and nothing has failed: the condition of a loop. */
static inline bool reader_more(const struct reader *r)
{
	return r->pos < r->end && !reader_failed(r);
}

/* Bytes left over are an error (TRAILING_DATA). True if nothing has failed. */
bool reader_close(struct reader *r);
/* Fails with TRUNCATED at the place of the cursor. */
void reader_fail_truncated(struct reader *r);
/* Notes the place of the cursor in an error raised by a parser; always false. */
bool reader_note_place(struct reader *r);

#endif
