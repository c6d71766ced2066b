/*
 * Values as ASN1_generate_nconf(3) takes them: "UTF8String:text", "FORMAT:HEX,OCTETSTRING:0102",
 * "EXPLICIT:0,INTEGER:5", "SEQUENCE:section".
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/openssl/ext_text.h"
#include "x509/text.h"

enum { DER_GENERAL_STRING = 0x1b, DEPTH_MAX = 16, INTEGER_MAX = 64, OCTETS_MAX = 4096 };

struct asn1 {
	struct writer *w;
	const struct ext_source *source;
	unsigned int depth; /* sections that lead to each other, and wraps */
	bool hex;
};

static void put_text(struct asn1 *a, const char *text);

static void refuse(struct asn1 *a, const char *wanted, const char *value)
{
	FAILF(a->w->err, BAD_ARGUMENT, "ASN1: \"%.40s\" is no %s", value, wanted);
}

/* ---- types ---- */

typedef void asn1_writer(struct asn1 *a, int tag, const char *value);

static void put_boolean(struct asn1 *a, int tag, const char *value)
{
	static const char *const words[] = { "FALSE", "false", "N", "n", "NO",  "no",
					     "TRUE",  "true",  "Y", "y", "YES", "yes" };

	(void)tag;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], value) == 0) {
			der_write_boolean(a->w, i >= 6);
			return;
		}
	refuse(a, "BOOLEAN: TRUE or FALSE", value);
}

static void put_null(struct asn1 *a, int tag, const char *value)
{
	if (value[0] != '\0')
		refuse(a, "NULL: nothing stands behind it", value);
	der_write_element(a->w, tag, SPAN_EMPTY);
}

/* Two's complement in the fewest bytes. */
static void put_small(struct asn1 *a, int tag, int64_t number)
{
	uint8_t bytes[8];
	size_t from = 0;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
	while (from < 7 && ((bytes[from] == 0 && bytes[from + 1] < 0x80) ||
			    (bytes[from] == 0xff && bytes[from + 1] >= 0x80)))
		from++;
	der_write_element(a->w, tag, span_make(bytes + from, sizeof(bytes) - from));
}

/* An even number of digits, with or without colons between the pairs. SIZE_MAX: it is none. */
static size_t read_hex(const char *text, uint8_t *bytes, size_t most)
{
	size_t len = 0;

	while (*text != '\0') {
		int byte = ext_hex_pair(text);

		if (byte < 0 || len == most)
			return SIZE_MAX;
		bytes[len++] = (uint8_t)byte;
		text += 2;
		text += *text == ':' && text[1] != '\0' ? 1 : 0;
	}
	return len;
}

static void put_hex_integer(struct asn1 *a, int tag, const char *value)
{
	char digits[2 * INTEGER_MAX + 2] = "0";
	uint8_t bytes[1 + INTEGER_MAX] = { 0 };
	const char *text = value + 2;
	size_t len, from = 0;

	if (strlen(text) > 2 * INTEGER_MAX || text[0] == '\0') {
		refuse(a, "INTEGER that is written here", value);
		return;
	}
	memcpy(digits + strlen(text) % 2, text, strlen(text) + 1);
	len = read_hex(digits, bytes + 1, INTEGER_MAX);
	if (len == SIZE_MAX) {
		refuse(a, "INTEGER", value);
		return;
	}
	while (from < len && bytes[from] == 0 && bytes[from + 1] < 0x80)
		from++;
	der_write_element(a->w, tag, span_make(bytes + from, 1 + len - from));
}

static void put_integer(struct asn1 *a, int tag, const char *value)
{
	char *end = NULL;
	long long number;

	if (strncmp(value, "0x", 2) == 0) {
		put_hex_integer(a, tag, value);
		return;
	}
	errno = 0;
	number = strtoll(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || strchr(" \t+", value[0]) != NULL)
		refuse(a, "INTEGER; a long one is given as 0x and hex", value);
	else
		put_small(a, tag, number);
}

static void put_object(struct asn1 *a, int tag, const char *value)
{
	(void)tag;
	ext_put_oid(a->w, value);
}

static void put_time(struct asn1 *a, int tag, const char *value)
{
	size_t digits = tag == DER_UTC_TIME ? 12 : 14;

	if (strspn(value, "0123456789") != digits || strcmp(value + digits, "Z") != 0)
		refuse(a,
		       tag == DER_UTC_TIME ? "UTCTime: YYMMDDHHMMSSZ"
					   : "GeneralizedTime: YYYYMMDDHHMMSSZ",
		       value);
	der_write_element(a->w, tag, span_string(value));
}

static void put_octets(struct asn1 *a, int tag, const char *value)
{
	uint8_t bytes[OCTETS_MAX];
	struct span octets = span_string(value);

	if (a->hex) {
		size_t len = read_hex(value, bytes, sizeof(bytes));

		if (len == SIZE_MAX) {
			refuse(a, "hex of 4096 bytes at most", value);
			return;
		}
		octets = span_make(bytes, len);
	}
	if (tag == DER_BIT_STRING)
		der_write_bit_string(a->w, octets, 0);
	else
		der_write_element(a->w, tag, octets);
}

static bool is_in(int tag, char c)
{
	if (tag == DER_NUMERIC_STRING)
		return (c >= '0' && c <= '9') || c == ' ';
	if (tag == DER_PRINTABLE_STRING)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		       (c != '\0' && strchr(" '()+,-./:=?", c) != NULL);
	return tag == DER_VISIBLE_STRING ? c >= ' ' && c < 0x7f : (c & 0x80) == 0;
}

static void put_string(struct asn1 *a, int tag, const char *value)
{
	for (const char *c = value; *c != '\0'; c++)
		if (!is_in(tag, *c)) {
			refuse(a, "string of this type", value);
			return;
		}
	der_write_element(a->w, tag, span_string(value));
}

/* UTF-8 in, whatever is asked for: as subjects are read. */
static void put_unicode(struct asn1 *a, int tag, const char *value)
{
	struct span left = span_string(value);
	struct der_mark mark = der_write_open(a->w, tag);

	while (left.len > 0) {
		struct span at = left;
		int32_t c = utf8_next(&left);

		if (c < 0 || (tag == DER_BMP_STRING && c > 0xffff)) {
			refuse(a, "string of this type in UTF-8", value);
			return;
		}
		if (tag == DER_UTF8_STRING)
			writer_bytes(a->w, span_make(at.data, at.len - left.len));
		if (tag == DER_UNIVERSAL_STRING)
			writer_u16(a->w, (uint16_t)(c >> 16));
		if (tag != DER_UTF8_STRING)
			writer_u16(a->w, (uint16_t)(c & 0xffff));
	}
	der_write_close(a->w, &mark);
}

static void put_section(struct asn1 *a, int tag, const char *section)
{
	const struct conf_entry *e;
	struct der_mark mark;
	size_t at = 0;

	if (a->source->conf == NULL || !conf_has_section(a->source->conf, section)) {
		FAILF(a->w->err, BAD_ARGUMENT, "ASN1: there is no section [%.60s]", section);
		return;
	}
	mark = der_write_open(a->w, tag);
	while ((e = conf_next(a->source->conf, section, &at)) != NULL && writer_ok(a->w))
		put_text(a, e->value);
	der_write_close(a->w, &mark);
}

static const struct type_row {
	const char *name, *other;
	int tag;
	asn1_writer *put;
} types[] = {
	{ "BOOL", "BOOLEAN", DER_BOOLEAN, put_boolean },
	{ "NULL", NULL, DER_NULL, put_null },
	{ "INT", "INTEGER", DER_INTEGER, put_integer },
	{ "ENUM", "ENUMERATED", DER_ENUMERATED, put_integer },
	{ "OID", "OBJECT", DER_OID, put_object },
	{ "UTC", "UTCTIME", DER_UTC_TIME, put_time },
	{ "GENTIME", "GENERALIZEDTIME", DER_GENERALIZED_TIME, put_time },
	{ "OCT", "OCTETSTRING", DER_OCTET_STRING, put_octets },
	{ "BITSTR", "BITSTRING", DER_BIT_STRING, put_octets },
	{ "IA5", "IA5STRING", DER_IA5_STRING, put_string },
	{ "VISIBLE", "VISIBLESTRING", DER_VISIBLE_STRING, put_string },
	{ "PRINTABLE", "PRINTABLESTRING", DER_PRINTABLE_STRING, put_string },
	{ "NUMERIC", "NUMERICSTRING", DER_NUMERIC_STRING, put_string },
	{ "T61", "T61STRING", DER_TELETEX_STRING, put_string },
	{ "GENSTR", "GeneralString", DER_GENERAL_STRING, put_string },
	{ "UTF8", "UTF8String", DER_UTF8_STRING, put_unicode },
	{ "BMP", "BMPSTRING", DER_BMP_STRING, put_unicode },
	{ "UNIV", "UNIVERSALSTRING", DER_UNIVERSAL_STRING, put_unicode },
	{ "SEQ", "SEQUENCE", DER_SEQUENCE, put_section },
};

/* ---- what stands in front ---- */

static bool is_word(const char *text, size_t len, const char *word)
{
	return word != NULL && strlen(word) == len && strncmp(text, word, len) == 0;
}

/* Takes "HEX," or "ASCII,". */
static void put_formatted(struct asn1 *a, const char *value)
{
	size_t len = strcspn(value, ",");
	bool before = a->hex;

	a->hex = is_word(value, len, "HEX");
	if (value[len] == '\0' ||
	    (!a->hex && !is_word(value, len, "ASCII") && !is_word(value, len, "UTF8")))
		refuse(a, "format: HEX, ASCII or UTF8, and a comma", value);
	else
		put_text(a, value + len + 1);
	a->hex = before;
}

/* Takes "0," or "0C,": a tag of context, around what follows or in the place of its own. */
static void put_tagged(struct asn1 *a, const char *value, bool explicit)
{
	size_t at = a->w->len;
	char *end = NULL;
	unsigned long number = strtoul(value, &end, 10);
	struct der_mark mark;

	end += *end == 'C' ? 1 : 0;
	if (value[0] < '0' || value[0] > '9' || number > 30 || *end != ',') {
		refuse(a, "tag of context from 0 to 30, and a comma", value);
		return;
	}
	if (!explicit) {
		put_text(a, end + 1);
		if (writer_ok(a->w))
			a->w->buf[at] = (uint8_t)((a->w->buf[at] & 0x20) |
						  DER_CONTEXT((unsigned int)number));
		return;
	}
	mark = der_write_open(a->w, DER_CONTEXT_CONS((int)number));
	put_text(a, end + 1);
	der_write_close(a->w, &mark);
}

static void put_wrapped(struct asn1 *a, int tag, const char *value)
{
	struct der_mark mark = der_write_open(a->w, tag);

	if (tag == DER_BIT_STRING)
		writer_u8(a->w, 0); /* unused bits */
	put_text(a, value);
	der_write_close(a->w, &mark);
}

/* False if it is none of these. */
static bool put_modified(struct asn1 *a, const char *text, size_t len, const char *value)
{
	if (is_word(text, len, "FORMAT") || is_word(text, len, "FORM"))
		put_formatted(a, value);
	else if (is_word(text, len, "EXPLICIT") || is_word(text, len, "EXP"))
		put_tagged(a, value, true);
	else if (is_word(text, len, "IMPLICIT") || is_word(text, len, "IMP"))
		put_tagged(a, value, false);
	else if (is_word(text, len, "BITWRAP"))
		put_wrapped(a, DER_BIT_STRING, value);
	else if (is_word(text, len, "SETWRAP"))
		put_wrapped(a, DER_SET, value);
	else if (is_word(text, len, "OCTWRAP"))
		put_wrapped(a, DER_OCTET_STRING, value);
	else if (is_word(text, len, "SEQWRAP"))
		put_wrapped(a, DER_SEQUENCE, value);
	else
		return false;
	return true;
}

static void put_typed(struct asn1 *a, const char *text, size_t len, const char *value)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (is_word(text, len, types[i].name) || is_word(text, len, types[i].other)) {
			types[i].put(a, types[i].tag, value);
			return;
		}
	FAILF(a->w->err, BAD_ARGUMENT,
	      "ASN1: %.*s is not supported; give the bytes of the whole value as DER:hex",
	      (int)(len > 40 ? 40 : len), text);
}

static void put_text(struct asn1 *a, const char *text)
{
	size_t len = strcspn(text, ":,");
	const char *value = text[len] == '\0' ? text + len : text + len + 1;

	if (a->depth == DEPTH_MAX) {
		FAILF(a->w->err, BAD_ARGUMENT, "ASN1: more than %d sections and tags in each other",
		      DEPTH_MAX);
		return;
	}
	a->depth++;
	if (!put_modified(a, text, len, value))
		put_typed(a, text, len, value);
	a->depth--;
}

void ext_asn1(struct writer *w, const struct ext_source *source, const char *text)
{
	struct asn1 a = { .w = w, .source = source };

	put_text(&a, text);
}
