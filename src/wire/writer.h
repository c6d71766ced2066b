/*
 * A cursor that writes into memory of a fixed size.
 *
 * Running out of room sticks (NO_SPACE) and drops all that follows; writer_ok is asked once at
 * the end. Vectors with a length in front have the shape of the presentation language:
 *
 *	WRITE_VEC(w, 2) {
 *		writer_u16(w, 0x0304);
 *	}
 *
 * Never leave such a block with return, break or goto: the length is written when the block ends.
 */
#ifndef WIRE_WRITER_H
#define WIRE_WRITER_H

#include "base/error.h"
#include "base/span.h"

struct writer {
	uint8_t *buf;
	size_t len; /* written so far */
	size_t cap;
	struct ward_error *err; /* never NULL */
};

struct writer writer_make(uint8_t *buf, size_t cap, struct ward_error *err);

void writer_u8(struct writer *w, uint8_t v);
void writer_u16(struct writer *w, uint16_t v);
void writer_u24(struct writer *w, uint32_t v);
void writer_u32(struct writer *w, uint32_t v);
void writer_u64(struct writer *w, uint64_t v);
void writer_bytes(struct writer *w, struct span bytes);
/* n zero bytes. */
void writer_zeros(struct writer *w, size_t n);
/* A whole vector: its length in length_bytes, then the bytes. */
void writer_vec(struct writer *w, int length_bytes, struct span bytes);
/* Room for n bytes that the caller fills in; NULL when there is none. */
uint8_t *writer_reserve(struct writer *w, size_t n);

static inline bool writer_ok(const struct writer *w)
{
	return w->err->reason == WARD_E_NONE;
}

static inline struct span writer_span(const struct writer *w)
{
	return span_make(w->buf, w->len);
}

/* The place of a length that is filled in when its block ends; used through WRITE_VEC. */
struct writer_mark {
	size_t at;
	int length_bytes;
	bool open;
};
struct writer_mark writer_open(struct writer *w, int length_bytes);
void writer_close(struct writer *w, struct writer_mark *mark);

#define WRITER_JOIN_(a, b) a##b
#define WRITER_JOIN(a, b) WRITER_JOIN_(a, b)
#define WRITE_VEC_(w, length_bytes, mark)                                                          \
	for (struct writer_mark mark = writer_open((w), (length_bytes)); mark.open;                \
	     writer_close((w), &mark))
/* The name of the mark differs from block to block, so that blocks nest without shadowing. */
#define WRITE_VEC(w, length_bytes) WRITE_VEC_(w, length_bytes, WRITER_JOIN(writer_mark_, __LINE__))

#endif
