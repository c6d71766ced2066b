/*
 * The writing cursor (RFC 9846, section 3).
 *
 * Invariants: len <= cap; after a failure len does not change. A vector that is too long for its
 * length field is an error of the code that wrote it, so it fails with INTERNAL.
 */
#include "wire/writer.h"

#include <assert.h>

static uint8_t nowhere[1];

struct writer writer_make(uint8_t *buf, size_t cap, struct ward_error *err)
{
	assert(err != NULL);
	assert(buf != NULL || cap == 0);
	/* Not null, so that buf + len is defined for an empty buffer too. */
	return (struct writer){ buf == NULL ? nowhere : buf, 0, cap, err };
}

uint8_t *writer_reserve(struct writer *w, size_t n)
{
	uint8_t *room = w->buf + w->len;

	if (!writer_ok(w))
		return NULL;
	if (n > w->cap - w->len) {
		FAIL(w->err, NO_SPACE);
		return NULL;
	}
	w->len += n;
	return room;
}

static void store(uint8_t *to, uint64_t v, int n)
{
	for (int i = n - 1; i >= 0; i--, v >>= 8)
		to[i] = (uint8_t)v;
}

static void write_number(struct writer *w, uint64_t v, int n)
{
	uint8_t *room = writer_reserve(w, (size_t)n);

	if (room != NULL)
		store(room, v, n);
}

void writer_u8(struct writer *w, uint8_t v)
{
	write_number(w, v, 1);
}

void writer_u16(struct writer *w, uint16_t v)
{
	write_number(w, v, 2);
}

void writer_u24(struct writer *w, uint32_t v)
{
	if (v >> 24 != 0)
		FAILF(w->err, INTERNAL, "%u does not fit into 3 bytes", v);
	write_number(w, v, 3);
}

void writer_u32(struct writer *w, uint32_t v)
{
	write_number(w, v, 4);
}

void writer_u64(struct writer *w, uint64_t v)
{
	write_number(w, v, 8);
}

void writer_bytes(struct writer *w, struct span bytes)
{
	uint8_t *room = writer_reserve(w, bytes.len);

	if (room != NULL)
		bytes_copy(room, bytes.data, bytes.len);
}

void writer_zeros(struct writer *w, size_t n)
{
	uint8_t *room = writer_reserve(w, n);

	if (room != NULL)
		bytes_zero(room, n);
}

void writer_vec(struct writer *w, int length_bytes, struct span bytes)
{
	struct writer_mark mark = writer_open(w, length_bytes);

	writer_bytes(w, bytes);
	writer_close(w, &mark);
}

struct writer_mark writer_open(struct writer *w, int length_bytes)
{
	assert(length_bytes >= 1 && length_bytes <= 3);
	write_number(w, 0, length_bytes);
	return (struct writer_mark){ w->len, length_bytes, true };
}

void writer_close(struct writer *w, struct writer_mark *mark)
{
	size_t n = w->len - mark->at;

	mark->open = false;
	if (!writer_ok(w))
		return;
	if (n >> 8 * mark->length_bytes != 0) {
		FAILF(w->err, INTERNAL, "%zu bytes in a vector with a length of %d bytes", n,
		      mark->length_bytes);
		return;
	}
	store(w->buf + mark->at - mark->length_bytes, n, mark->length_bytes);
}
