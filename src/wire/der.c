/*
 * Reading DER (X.690, sections 8 and 10; times as in RFC 5280, 4.1.2.5).
 *
 * Invariants: a header is accepted in one form only, so what was read can be written again byte by
 * byte; no length is trusted before it is compared with what is there; nothing recurses but
 * der_check, which is bounded. Where an element is at fault, the offset in the error is that of its
 * tag.
 */
#include "wire/der.h"

#include <stdio.h>

enum {
	TAG_CONSTRUCTED = 0x20,
	TAG_CLASS = 0xc0,
	TAG_NUMBER = 0x1f,
	TAG_NUMBER_HIGH = 0x1f,

	/* Lengths of up to 2^32 - 1 bytes: nothing longer can be in memory in earnest. */
	LENGTH_BYTES_MAX = 4,
};

/* One element: its tag, its content, and the whole with the header. */
struct element {
	int tag;
	struct span content;
	struct span whole;
};

static const struct element no_element = { -1, { NULL, 0 }, { NULL, 0 } };

/* Raises the error at the place of the cursor, unless there is one already. */
static void fail_at(struct reader *r, enum ward_reason reason, const char *detail)
{
	if (reader_failed(r))
		return;
	error_set(r->err, reason, detail == NULL ? NULL : "%s", detail);
	reader_note_place(r);
}

/* The same for the element that has just been read and begins at `at`. */
static void fail_element(const struct reader *at, const char *detail)
{
	struct reader place = *at;

	fail_at(&place, WARD_E_BAD_DER, detail);
}

/* Sequences, sets and three rare types are constructed; every other universal type is not. */
static bool tag_has_right_form(int tag)
{
	const uint32_t constructed = 1U << 8 | 1U << 11 | 1U << 16 | 1U << 17 | 1U << 29;
	bool is_constructed = (tag & TAG_CONSTRUCTED) != 0;

	if ((tag & TAG_CLASS) != 0)
		return true;
	return is_constructed == ((constructed >> (tag & TAG_NUMBER) & 1) != 0);
}

static bool check_tag(struct reader *at, int tag)
{
	if ((tag & TAG_NUMBER) == TAG_NUMBER_HIGH)
		fail_element(at, "a tag number above 30");
	else if (tag == 0)
		fail_element(at, "an end-of-contents element");
	else if (!tag_has_right_form(tag))
		fail_element(at, "a type in the wrong form, primitive or constructed");
	return !reader_failed(at);
}

static size_t read_length(struct reader *r, struct reader *at)
{
	uint8_t first = reader_u8(r);
	size_t n = 0;
	int bytes = first & 0x7f;

	if (first < 0x80)
		return first;
	if (bytes == 0 || bytes > LENGTH_BYTES_MAX) {
		fail_at(at, WARD_E_DER_LENGTH,
			bytes == 0 ? "the indefinite form" : "more than 4 bytes of length");
		return 0;
	}
	for (int i = 0; i < bytes; i++)
		n = n << 8 | reader_u8(r);
	if (n < 0x80 || n >> 8 * (bytes - 1) == 0)
		fail_at(at, WARD_E_DER_LENGTH, "not the shortest form");
	return n;
}

static struct element read_element(struct reader *r)
{
	struct reader at = *r;
	struct element e;
	size_t n;

	e.tag = reader_u8(r);
	if (reader_failed(r) || !check_tag(&at, e.tag))
		return no_element;
	n = read_length(r, &at);
	e.content = reader_bytes(r, n);
	if (reader_failed(r))
		return no_element;
	e.whole = span_make(at.pos, (size_t)(r->pos - at.pos));
	return e;
}

static struct element read_tagged(struct reader *r, int tag)
{
	int next = der_peek(r);

	if (next >= 0 && next != tag) {
		FAILF(r->err, DER_TAG, "0x%02x instead of 0x%02x", (unsigned int)next,
		      (unsigned int)tag);
		reader_note_place(r);
		return no_element;
	}
	return read_element(r);
}

/* A reader for bytes inside r; after a failure it is empty and stands where r does. */
static struct reader inside(const struct reader *r, struct span bytes)
{
	if (bytes.data == NULL)
		return (struct reader){ r->start, r->pos, r->pos, r->err };
	return (struct reader){ r->start, bytes.data, bytes.data + bytes.len, r->err };
}

int der_peek(const struct reader *r)
{
	return reader_more(r) ? *r->pos : -1;
}

/* X.690, 8.19: at least one arc, each in its shortest form, and the last one whole. */
bool der_oid_is_sound(struct span oid)
{
	bool begins = true;

	for (size_t i = 0; i < oid.len; i++) {
		if (begins && oid.data[i] == 0x80)
			return false;
		begins = oid.data[i] < 0x80;
	}
	return oid.len > 0 && begins;
}

struct span der_element(struct reader *r, int tag)
{
	struct reader at = *r;
	struct span content = read_tagged(r, tag).content;

	if (tag != DER_OID || reader_failed(r) || der_oid_is_sound(content))
		return content;
	fail_element(&at, "an OBJECT IDENTIFIER out of form");
	return SPAN_EMPTY;
}

struct reader der_open(struct reader *r, int tag)
{
	return inside(r, der_element(r, tag));
}

bool der_optional(struct reader *r, int tag, struct span *content)
{
	*content = SPAN_EMPTY;
	if (der_peek(r) != tag)
		return false;
	*content = der_element(r, tag);
	return !reader_failed(r);
}

struct span der_any(struct reader *r, int *tag)
{
	struct element e = read_element(r);

	*tag = e.tag;
	return e.content;
}

struct span der_whole(struct reader *r, int *tag)
{
	struct element e = read_element(r);

	*tag = e.tag;
	return e.whole;
}

struct span der_whole_tag(struct reader *r, int tag)
{
	return read_tagged(r, tag).whole;
}

bool der_boolean(struct reader *r)
{
	struct reader at = *r;
	struct span content = der_element(r, DER_BOOLEAN);

	if (reader_failed(r))
		return false;
	if (content.len == 1 && (content.data[0] == 0x00 || content.data[0] == 0xff))
		return content.data[0] != 0;
	fail_element(&at, "a BOOLEAN that is not 00 or FF");
	return false;
}

struct span der_integer(struct reader *r)
{
	struct reader at = *r;
	struct span content = der_element(r, DER_INTEGER);
	const uint8_t *b = content.data;

	if (reader_failed(r))
		return SPAN_EMPTY;
	if (content.len == 0) {
		fail_element(&at, "an INTEGER without content");
		return SPAN_EMPTY;
	}
	/* Nine equal bits in front say nothing that eight would not. */
	if (content.len > 1 && ((b[0] == 0x00 && b[1] < 0x80) || (b[0] == 0xff && b[1] >= 0x80))) {
		fail_element(&at, "an INTEGER that is not in its shortest form");
		return SPAN_EMPTY;
	}
	return content;
}

struct span der_unsigned(struct reader *r)
{
	struct reader at = *r;
	struct span content = der_integer(r);

	if (reader_failed(r) || content.len == 0)
		return SPAN_EMPTY;
	if (content.data[0] >= 0x80) {
		fail_element(&at, "a negative INTEGER");
		return SPAN_EMPTY;
	}
	if (content.len > 1 && content.data[0] == 0)
		return span_make(content.data + 1, content.len - 1);
	return content;
}

uint32_t der_small(struct reader *r, uint32_t most)
{
	struct reader at = *r;
	struct span content = der_unsigned(r);
	uint32_t v = 0;

	for (size_t i = 0; i < content.len && i < sizeof(v); i++)
		v = v << 8 | content.data[i];
	if (content.len > sizeof(v) || v > most) {
		fail_element(&at, "an INTEGER that is too large");
		return 0;
	}
	return v;
}

/* What is wrong with the content of a BIT STRING, or NULL (X.690, 8.6 and 11.2). */
static const char *bits_fault(struct span content)
{
	int unused = content.len > 0 ? content.data[0] : 8;

	if (unused > 7 || (content.len == 1 && unused > 0))
		return "a BIT STRING with a wrong count of unused bits";
	if (content.len > 1 && (content.data[content.len - 1] & ((1 << unused) - 1)) != 0)
		return "a BIT STRING with unused bits that are not zero";
	return NULL;
}

bool der_bits_are_sound(struct span content)
{
	return bits_fault(content) == NULL;
}

struct span der_bit_string(struct reader *r, int *unused_bits)
{
	struct reader at = *r;
	struct span content = der_element(r, DER_BIT_STRING);
	const char *fault;

	if (unused_bits != NULL)
		*unused_bits = 0;
	if (reader_failed(r))
		return SPAN_EMPTY;
	fault = bits_fault(content);
	if (fault != NULL)
		fail_element(&at, fault);
	else if (unused_bits == NULL && content.data[0] != 0)
		fail_element(&at, "a BIT STRING that is not whole bytes");
	if (reader_failed(r))
		return SPAN_EMPTY;
	if (unused_bits != NULL)
		*unused_bits = content.data[0];
	return span_make(content.data + 1, content.len - 1);
}

/* Checks the elements in r, which are `depth` levels down. */
static void check_inside(struct reader *r, int depth)
{
	while (reader_more(r)) {
		struct element e;
		struct reader child;

		if (depth > DER_DEPTH_MAX)
			fail_at(r, WARD_E_DER_DEPTH, NULL);
		e = read_element(r);
		if (reader_failed(r) || (e.tag & TAG_CONSTRUCTED) == 0)
			continue;
		child = inside(r, e.content);
		check_inside(&child, depth + 1);
	}
}

bool der_check(struct span der, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(der, err == NULL ? &own : err);
	struct reader one;
	int tag;

	one = inside(&r, der_whole(&r, &tag));
	check_inside(&one, 1);
	return reader_close(&r);
}

/* The arcs behind the first byte: base 128, the top bit says that more follows. */
static const uint8_t *read_arc(const uint8_t *p, const uint8_t *end, unsigned __int128 *arc,
			       bool *fits)
{
	*arc = 0;
	*fits = true;
	for (; p < end; p++) {
		*fits = *fits && *arc >> 121 == 0;
		*arc = *arc << 7 | (*p & 0x7f);
		if (*p < 0x80)
			return p + 1;
	}
	*fits = false;
	return end;
}

/* Decimal digits, written from the end of buf. */
static const char *arc_text(unsigned __int128 v, char *buf, size_t size)
{
	char *p = buf + size - 1;

	*p = '\0';
	do {
		*--p = (char)('0' + (int)(v % 10));
		v /= 10;
	} while (v > 0);
	return p;
}

char *der_oid_text(struct span oid, char *buf, size_t size)
{
	const uint8_t *p = oid.data;
	const uint8_t *end = oid.len > 0 ? p + oid.len : p;
	size_t len = 0;

	if (size > 0)
		buf[0] = '\0';
	while (p < end && len < size) {
		char digits[48];
		unsigned __int128 arc;
		bool is_first = p == oid.data;
		bool fits;
		int root;

		p = read_arc(p, end, &arc, &fits);
		root = arc < 80 ? (int)arc / 40 : 2;
		if (is_first && fits)
			len += (size_t)snprintf(buf + len, size - len, "%d", root);
		if (is_first)
			arc -= (unsigned int)root * 40;
		if (len >= size)
			break;
		len += (size_t)snprintf(buf + len, size - len, "%s%s", len > 0 ? "." : "",
					fits ? arc_text(arc, digits, sizeof(digits)) : "?");
	}
	return buf;
}
