/*
 * Writing DER (X.690, section 10): every header in its shortest form.
 *
 * A block that is opened reserves one byte for its length; when it is closed and needs more, its
 * content moves up. That happens once a level and only for blocks of 128 bytes and more.
 */
#include <assert.h>

#include "wire/der.h"

/* How many bytes a number takes, the leading zeros left out; at least 1. */
static size_t number_len(size_t v)
{
	size_t n = 1;

	while (v >>= 8)
		n++;
	return n;
}

static void store_number(uint8_t *to, size_t v, size_t n)
{
	for (size_t i = n; i > 0; i--, v >>= 8)
		to[i - 1] = (uint8_t)v;
}

static void write_header(struct writer *w, int tag, size_t len)
{
	size_t n = number_len(len);
	uint8_t *room;

	assert(tag > 0 && tag <= 0xff);
	writer_u8(w, (uint8_t)tag);
	if (len < 0x80) {
		writer_u8(w, (uint8_t)len);
		return;
	}
	writer_u8(w, (uint8_t)(0x80 | n));
	room = writer_reserve(w, n);
	if (room != NULL)
		store_number(room, len, n);
}

void der_write_element(struct writer *w, int tag, struct span content)
{
	write_header(w, tag, content.len);
	writer_bytes(w, content);
}

void der_write_unsigned(struct writer *w, struct span number)
{
	size_t sign;

	while (number.len > 0 && number.data[0] == 0)
		number = span_make(number.data + 1, number.len - 1);
	/* Zero is one zero byte; a top bit that is set would make the number negative. */
	sign = number.len == 0 || number.data[0] >= 0x80 ? 1 : 0;
	write_header(w, DER_INTEGER, number.len + sign);
	writer_zeros(w, sign);
	writer_bytes(w, number);
}

void der_write_small(struct writer *w, uint32_t number)
{
	uint8_t bytes[4];

	store_number(bytes, number, sizeof(bytes));
	der_write_unsigned(w, SPAN_ARRAY(bytes));
}

void der_write_boolean(struct writer *w, bool value)
{
	uint8_t byte = value ? 0xff : 0x00;

	der_write_element(w, DER_BOOLEAN, span_make(&byte, 1));
}

void der_write_bit_string(struct writer *w, struct span bytes, int unused_bits)
{
	assert(unused_bits >= 0 && unused_bits <= 7 && (unused_bits == 0 || bytes.len > 0));
	write_header(w, DER_BIT_STRING, bytes.len + 1);
	writer_u8(w, (uint8_t)unused_bits);
	writer_bytes(w, bytes);
	/* DER wants zeros in the bits that do not count. */
	if (writer_ok(w) && unused_bits > 0)
		w->buf[w->len - 1] &= (uint8_t)(0xff << unused_bits);
}

struct der_mark der_write_open(struct writer *w, int tag)
{
	write_header(w, tag, 0);
	return (struct der_mark){ w->len, true };
}

void der_write_close(struct writer *w, struct der_mark *mark)
{
	size_t len = w->len - mark->at;
	size_t n = number_len(len);

	mark->open = false;
	if (!writer_ok(w))
		return;
	if (len < 0x80) {
		w->buf[mark->at - 1] = (uint8_t)len;
		return;
	}
	if (writer_reserve(w, n) == NULL)
		return;
	bytes_move(w->buf + mark->at + n, w->buf + mark->at, len);
	w->buf[mark->at - 1] = (uint8_t)(0x80 | n);
	store_number(w->buf + mark->at, len, n);
}

/* ---- object identifiers ---- */

/* Takes the digits of one arc off the front of *text; false if there are none or too many. */
static bool take_arc(struct span *text, uint64_t *arc)
{
	size_t i = 0;

	*arc = 0;
	for (; i < text->len && text->data[i] >= '0' && text->data[i] <= '9'; i++) {
		if (*arc > (UINT64_MAX - 9) / 10)
			return false;
		*arc = *arc * 10 + (uint64_t)(text->data[i] - '0');
	}
	if (i == 0 || (i > 1 && text->data[0] == '0'))
		return false;
	*text = span_make(text->data + i, text->len - i);
	return true;
}

static bool take_dot(struct span *text)
{
	if (text->len == 0 || text->data[0] != '.')
		return false;
	*text = span_make(text->data + 1, text->len - 1);
	return true;
}

/* Seven bits a byte, the highest first (X.690, 8.19.2). */
static bool put_arc(uint64_t arc, uint8_t *buf, size_t size, size_t *len)
{
	size_t n = 1;

	for (uint64_t v = arc; v >>= 7;)
		n++;
	if (n > size - *len)
		return false;
	for (size_t i = n; i > 0; i--, arc >>= 7)
		buf[*len + i - 1] = (uint8_t)((arc & 0x7f) | (i == n ? 0 : 0x80));
	*len += n;
	return true;
}

bool der_oid_parse(struct span text, uint8_t *buf, size_t size, size_t *len)
{
	uint64_t first, arc;

	*len = 0;
	if (!take_arc(&text, &first) || first > 2 || !take_dot(&text) || !take_arc(&text, &arc))
		return false;
	if ((first < 2 && arc > 39) || arc > UINT64_MAX - 80)
		return false;
	if (!put_arc(40 * first + arc, buf, size, len))
		return false;
	while (take_dot(&text))
		if (!take_arc(&text, &arc) || !put_arc(arc, buf, size, len))
			return false;
	return text.len == 0;
}
