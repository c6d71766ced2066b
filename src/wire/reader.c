/*
 * The reading cursor (RFC 9846, section 3).
 *
 * Invariants: start <= pos <= end, and no pointer is null even for an empty span, so that pointer
 * arithmetic is always defined. After a failure nothing moves and every read gives zero.
 */
#include "wire/reader.h"

#include <assert.h>
#include <limits.h>

static const uint8_t nothing[1];

struct reader reader_make(struct span bytes, struct ward_error *err)
{
	const uint8_t *start = bytes.data == NULL ? nothing : bytes.data;

	assert(err != NULL);
	assert(bytes.data != NULL || bytes.len == 0);
	return (struct reader){ start, start, start + bytes.len, err };
}

bool reader_note_place(struct reader *r)
{
	size_t offset = (size_t)(r->pos - r->start);

	error_set_place(r->err, -1, -1, offset > INT_MAX ? INT_MAX : (int)offset);
	return false;
}

/* Raises the error at the place of the cursor, unless there is one already. */
static void fail(struct reader *r, enum ward_reason reason)
{
	if (reader_failed(r))
		return;
	error_set(r->err, reason, NULL);
	reader_note_place(r);
}

void reader_fail_truncated(struct reader *r)
{
	fail(r, WARD_E_TRUNCATED);
}

/* The next n bytes, or NULL. */
static const uint8_t *take(struct reader *r, size_t n)
{
	const uint8_t *bytes = r->pos;

	if (reader_failed(r))
		return NULL;
	if (n > reader_left(r)) {
		reader_fail_truncated(r);
		return NULL;
	}
	r->pos += n;
	return bytes;
}

/* A number of n bytes, the most significant first. */
static uint64_t take_number(struct reader *r, int n)
{
	const uint8_t *bytes = take(r, (size_t)n);
	uint64_t v = 0;

	if (bytes == NULL)
		return 0;
	for (int i = 0; i < n; i++)
		v = v << 8 | bytes[i];
	return v;
}

uint8_t reader_u8(struct reader *r)
{
	return (uint8_t)take_number(r, 1);
}

uint16_t reader_u16(struct reader *r)
{
	return (uint16_t)take_number(r, 2);
}

uint32_t reader_u24(struct reader *r)
{
	return (uint32_t)take_number(r, 3);
}

uint32_t reader_u32(struct reader *r)
{
	return (uint32_t)take_number(r, 4);
}

uint64_t reader_u64(struct reader *r)
{
	return take_number(r, 8);
}

struct span reader_bytes(struct reader *r, size_t n)
{
	const uint8_t *bytes = take(r, n);

	return bytes == NULL ? SPAN_EMPTY : span_make(bytes, n);
}

struct span reader_rest(struct reader *r)
{
	return reader_bytes(r, reader_left(r));
}

struct span reader_vec(struct reader *r, int length_bytes)
{
	size_t n;

	assert(length_bytes >= 1 && length_bytes <= 3);
	n = (size_t)take_number(r, length_bytes);
	return reader_bytes(r, n);
}

struct reader reader_child(struct reader *r, int length_bytes)
{
	struct span bytes = reader_vec(r, length_bytes);

	/* After a failure the child is empty and stands where the parent does. */
	if (bytes.data == NULL)
		return (struct reader){ r->start, r->pos, r->pos, r->err };
	return (struct reader){ r->start, bytes.data, bytes.data + bytes.len, r->err };
}

struct span reader_vec_bounded(struct reader *r, int length_bytes, size_t least, size_t most)
{
	struct reader before = *r;
	struct span bytes;
	size_t n;

	assert(length_bytes >= 1 && length_bytes <= 3);
	n = (size_t)take_number(r, length_bytes);
	if (reader_failed(r))
		return SPAN_EMPTY;
	if (n < least || n > most) {
		fail(&before, WARD_E_BAD_LENGTH);
		return SPAN_EMPTY;
	}
	bytes = reader_bytes(r, n);
	return bytes;
}

bool reader_close(struct reader *r)
{
	if (reader_left(r) > 0)
		fail(r, WARD_E_TRAILING_DATA);
	return !reader_failed(r);
}
