/*
 * Reading DER strictly (X.690, section 10), and writing it.
 *
 * Reading is zero-copy: elements are spans and child readers over the input. Refused are indefinite
 * and non-minimal lengths, lengths beyond the input, high tag numbers, BOOLEANs that are not 00 or
 * FF, INTEGERs that are not minimal, OBJECT IDENTIFIERs with padded or cut arcs, BIT STRINGs with bad padding, and nesting deeper than
 * DER_DEPTH_MAX where a whole tree is walked.
 */
#ifndef WIRE_DER_H
#define WIRE_DER_H

#include "wire/reader.h"
#include "wire/writer.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_NUMERIC_STRING = 0x12,
	DER_PRINTABLE_STRING = 0x13,
	DER_TELETEX_STRING = 0x14,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_VISIBLE_STRING = 0x1a,
	DER_UNIVERSAL_STRING = 0x1c,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,

	DER_DEPTH_MAX = 32,
};

/* Context-specific tags: [n] primitive and [n] constructed. */
#define DER_CONTEXT(n) (0x80 | (n))
#define DER_CONTEXT_CONS(n) (0xa0 | (n))

/* The tag that comes next, or -1 at the end or after a failure. Nothing is consumed. */
int der_peek(const struct reader *r);
/* The next element must have this tag: its content. */
struct span der_element(struct reader *r, int tag);
/* The same as a reader for what is inside; close it with reader_close. */
struct reader der_open(struct reader *r, int tag);
/* True and *content set if the next element has this tag; false, nothing consumed, otherwise. */
bool der_optional(struct reader *r, int tag, struct span *content);
/* The next element whatever it is: its tag and content, or with the header. */
struct span der_any(struct reader *r, int *tag);
struct span der_whole(struct reader *r, int *tag);
/* The next element with this tag, header included. */
struct span der_whole_tag(struct reader *r, int tag);

bool der_boolean(struct reader *r);
/* Whether the content of an OBJECT IDENTIFIER is in form; der_element checks that. */
bool der_oid_is_sound(struct span oid);
/* INTEGER content checked for minimal form, sign byte kept. */
struct span der_integer(struct reader *r);
/* A non-negative INTEGER without its sign byte (zero is one zero byte); fails on negative ones. */
struct span der_unsigned(struct reader *r);
/* A small non-negative INTEGER; fails above `most`. */
uint32_t der_small(struct reader *r, uint32_t most);
/*
 * BIT STRING: content bytes after the count of unused bits, which must be zero bits. With
 * unused_bits NULL the string must be whole bytes.
 */
struct span der_bit_string(struct reader *r, int *unused_bits);
/* Whether the content of a BIT STRING, as under an implicit tag, is in form. */
bool der_bits_are_sound(struct span content);
/* UTCTime or GeneralizedTime in the forms of RFC 5280 (4.1.2.5): seconds since 1970, UTC. */
int64_t der_time(struct reader *r);
/* Whether the bytes are one element, well formed down to the leaves and within DER_DEPTH_MAX. */
bool der_check(struct span der, struct ward_error *err);

/* Writing. DER_WRITE(w, tag) { ... } puts the minimal length in front when its block ends. */
void der_write_element(struct writer *w, int tag, struct span content);
/* INTEGER from an unsigned big-endian number: leading zeros dropped, sign byte added. */
void der_write_unsigned(struct writer *w, struct span number);
void der_write_small(struct writer *w, uint32_t number);
void der_write_boolean(struct writer *w, bool value);
void der_write_bit_string(struct writer *w, struct span bytes, int unused_bits);
/* UTCTime from 1950 to 2049, GeneralizedTime otherwise; BAD_TIME outside the years 0 to 9999. */
void der_write_time(struct writer *w, int64_t seconds);
/* GeneralizedTime whatever the year: what OCSP and invalidityDate ask for. */
void der_write_generalized_time(struct writer *w, int64_t seconds);
/* An OID in its encoded form (content bytes). */
static inline void der_write_oid(struct writer *w, struct span oid)
{
	der_write_element(w, DER_OID, oid);
}

struct der_mark {
	size_t at;
	bool open;
};
struct der_mark der_write_open(struct writer *w, int tag);
void der_write_close(struct writer *w, struct der_mark *mark);

#define DER_WRITE_(w, tag, mark)                                                                   \
	for (struct der_mark mark = der_write_open((w), (tag)); mark.open;                         \
	     der_write_close((w), &mark))
#define DER_WRITE(w, tag) DER_WRITE_(w, tag, WRITER_JOIN(der_mark_, __LINE__))

/* The dotted form of an encoded OID ("1.2.840.113549.1.1.11"), cut to fit. Returns buf. */
char *der_oid_text(struct span oid, char *buf, size_t size);
/* The encoded form of a dotted one; false if it is none, or longer than size. */
bool der_oid_parse(struct span text, uint8_t *buf, size_t size, size_t *len);

#endif
