/*
 * Distinguished names in the forms that -nameopt chooses. Values are decoded to characters first, then
 * each is written as it is or escaped; a string of a type that has no characters is written as "#" and
 * its DER in hex.
 */
#include "cli/openssl/text.h"

#include <string.h>

#include "crypto/crypto.h"
#include "x509/name.h"
#include "x509/text.h"

const struct name_style name_style_default = { .separator = NAME_COMMA_SPACE, .escape_ctrl = true };
const struct name_style name_style_oneline = { .separator = NAME_COMMA_SPACE,
					       .spaces = true,
					       .escape_2253 = true,
					       .quote = true,
					       .escape_ctrl = true,
					       .escape_msb = true };

/* ---- -nameopt ---- */

static void style_rfc2253(struct name_style *s)
{
	*s = (struct name_style){ .separator = NAME_COMMA,
				  .reverse = true,
				  .escape_2253 = true,
				  .escape_ctrl = true,
				  .escape_msb = true };
}

static void style_oneline(struct name_style *s)
{
	*s = name_style_oneline;
}

static void style_multiline(struct name_style *s)
{
	*s = (struct name_style){ .separator = NAME_LINES,
				  .labels = NAME_LONG,
				  .spaces = true,
				  .align = true,
				  .escape_ctrl = true,
				  .escape_msb = true,
				  .code_points = true };
}

static void style_compat(struct name_style *s)
{
	*s = (struct name_style){ .separator = NAME_SLASH };
}

static const struct {
	const char *name;
	void (*set)(struct name_style *s);
} whole_styles[] = {
	{ "RFC2253", style_rfc2253 },
	{ "oneline", style_oneline },
	{ "multiline", style_multiline },
	{ "compat", style_compat },
};

static const struct {
	const char *name;
	size_t offset;
} switches[] = {
	{ "esc_2253", offsetof(struct name_style, escape_2253) },
	{ "esc_ctrl", offsetof(struct name_style, escape_ctrl) },
	{ "esc_msb", offsetof(struct name_style, escape_msb) },
	{ "use_quote", offsetof(struct name_style, quote) },
	{ "dn_rev", offsetof(struct name_style, reverse) },
	{ "space_eq", offsetof(struct name_style, spaces) },
	{ "align", offsetof(struct name_style, align) },
};

static const struct {
	const char *name;
	enum name_separator separator;
} separators[] = {
	{ "sep_comma_plus", NAME_COMMA },
	{ "sep_comma_plus_space", NAME_COMMA_SPACE },
	{ "sep_semi_plus_space", NAME_SEMICOLON },
	{ "sep_multiline", NAME_LINES },
};

static const struct {
	const char *name;
	enum name_labels labels;
} labels[] = {
	{ "sname", NAME_SHORT },
	{ "lname", NAME_LONG },
	{ "oid", NAME_OID },
	{ "nofname", NAME_NO_LABELS },
};

static bool word_is(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && strncmp(word, name, len) == 0;
}

static bool apply_choice(struct name_style *s, const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++) {
		if (word_is(word, len, separators[i].name)) {
			s->separator = separators[i].separator;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (word_is(word, len, labels[i].name)) {
			s->labels = labels[i].labels;
			return true;
		}
	}
	return false;
}

/* A word as openssl knows it; one with "-" in front takes a switch back. */
static bool apply(struct name_style *s, const char *word, size_t len)
{
	bool off = len > 0 && word[0] == '-';

	for (size_t i = 0; i < sizeof(whole_styles) / sizeof(whole_styles[0]); i++) {
		if (word_is(word, len, whole_styles[i].name)) {
			whole_styles[i].set(s);
			return true;
		}
	}
	if (word_is(word, len, "utf8") || word_is(word, len, "ca_default")) {
		s->escape_msb = s->code_points = false;
		return true;
	}
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (word_is(word + off, len - off, switches[i].name)) {
			*(bool *)((char *)s + switches[i].offset) = !off;
			return true;
		}
	}
	return apply_choice(s, word, len);
}

bool name_style_parse(struct name_style *style, const char *value)
{
	while (*value != '\0') {
		size_t len = strcspn(value, ",");

		if (!apply(style, value, len))
			return false;
		value += len + (value[len] == ',');
	}
	return true;
}

/* ---- characters ---- */

/* Takes one off a string of this type; -1 where there is none of that form. */
static int32_t next_char(int tag, struct span *s)
{
	size_t width = tag == DER_BMP_STRING ? 2 : tag == DER_UNIVERSAL_STRING ? 4 : 1;
	uint32_t c = 0;

	if (tag == DER_UTF8_STRING)
		return utf8_next(s);
	if (s->len < width)
		width = s->len;
	for (size_t i = 0; i < width; i++)
		c = c << 8 | s->data[i];
	*s = span_make(s->data + width, s->len - width);
	return c <= 0x10ffff ? (int32_t)c : -1;
}

static bool has_characters(int tag)
{
	switch (tag) {
	case DER_UTF8_STRING:
	case DER_NUMERIC_STRING:
	case DER_PRINTABLE_STRING:
	case DER_TELETEX_STRING:
	case DER_IA5_STRING:
	case DER_VISIBLE_STRING:
	case DER_BMP_STRING:
	case DER_UNIVERSAL_STRING:
		return true;
	default:
		return false;
	}
}

static size_t utf8_put(int32_t c, char out[4])
{
	uint32_t u = (uint32_t)c;

	if (u < 0x80) {
		out[0] = (char)u;
		return 1;
	}
	if (u < 0x800) {
		out[0] = (char)(0xc0 | u >> 6);
		out[1] = (char)(0x80 | (u & 0x3f));
		return 2;
	}
	if (u < 0x10000) {
		out[0] = (char)(0xe0 | u >> 12);
		out[1] = (char)(0x80 | (u >> 6 & 0x3f));
		out[2] = (char)(0x80 | (u & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | u >> 18);
	out[1] = (char)(0x80 | (u >> 12 & 0x3f));
	out[2] = (char)(0x80 | (u >> 6 & 0x3f));
	out[3] = (char)(0x80 | (u & 0x3f));
	return 4;
}

/* Characters that change what stands around them in a terminal; openssl writes them as they are. */
static bool is_hostile(int32_t c)
{
	return (c >= 0x80 && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_special(int32_t c, bool first, bool last)
{
	return (c > 0 && c < 0x80 && strchr(",+<>;", c) != NULL) || (first && c == '#') ||
	       ((first || last) && c == ' ');
}

static bool needs_quotes(const struct name_attribute *a, const struct name_style *style)
{
	struct span rest = a->value;
	bool first = true;

	while (style->quote && style->escape_2253 && rest.len > 0) {
		int32_t c = next_char(a->tag, &rest);

		if (is_special(c, first, rest.len == 0))
			return true;
		first = false;
	}
	return false;
}

static void put_beyond_ascii(FILE *out, int32_t c, const struct name_style *style)
{
	char bytes[4];
	size_t n = utf8_put(c, bytes);

	if (style->code_points && c > 0xffff)
		fprintf(out, "\\W%08X", (unsigned int)c);
	else if (style->code_points && c > 0xff)
		fprintf(out, "\\U%04X", (unsigned int)c);
	else if (style->code_points)
		fprintf(out, "\\%02X", (unsigned int)c);
	else if (style->escape_msb || is_hostile(c))
		for (size_t i = 0; i < n; i++)
			fprintf(out, "\\%02X", (unsigned char)bytes[i]);
	else
		fwrite(bytes, 1, n, out);
}

static void put_char(FILE *out, int32_t c, bool first, bool last, const struct name_style *style)
{
	bool escapes = style->escape_2253 || style->escape_ctrl || style->escape_msb;

	if (c >= 0x80)
		put_beyond_ascii(out, c, style);
	else if (style->escape_2253 && !style->quote && is_special(c, first, last))
		fprintf(out, "\\%c", c);
	else if ((style->escape_2253 && c == '"') || (escapes && c == '\\'))
		fprintf(out, "\\%c", c);
	else if (style->escape_ctrl && (c < 0x20 || c == 0x7f))
		fprintf(out, "\\%02X", (unsigned int)c);
	else
		fputc(c, out);
}

static void put_value(FILE *out, const struct name_attribute *a, const struct name_style *style)
{
	struct span rest = a->value;
	bool first = true, quotes = needs_quotes(a, style);

	if (!has_characters(a->tag)) {
		fputc('#', out);
		for (size_t i = 0; i < a->whole.len; i++)
			fprintf(out, "%02X", a->whole.data[i]);
		return;
	}
	if (quotes)
		fputc('"', out);
	while (rest.len > 0) {
		int32_t c = next_char(a->tag, &rest);

		put_char(out, c < 0 ? '?' : c, first, rest.len == 0, style);
		first = false;
	}
	if (quotes)
		fputc('"', out);
}

/* ---- names ---- */

void text_oid(FILE *out, struct span oid)
{
	char name[160];

	fputs(oid_long_name(oid, name, sizeof(name)), out);
}

static void put_label(FILE *out, struct span type, const struct name_style *style)
{
	enum { WIDTH_SHORT = 10, WIDTH_LONG = 25 };
	char name[160];
	int width = style->align ? (style->labels == NAME_LONG ? WIDTH_LONG : WIDTH_SHORT) : 0;

	if (style->labels == NAME_NO_LABELS)
		return;
	if (style->labels == NAME_OID)
		der_oid_text(type, name, sizeof(name));
	else if (style->labels == NAME_LONG)
		oid_long_name(type, name, sizeof(name));
	else
		oid_short_name(type, name, sizeof(name));
	fprintf(out, "%-*s%s", width, name, style->spaces ? " = " : "=");
}

static void put_separator(FILE *out, bool joined, const struct name_style *style)
{
	static const char *const between[] = { ", ", ",", "; ", "\n    ", "" };
	static const char *const within[] = { " + ", "+", " + ", " + ", "" };

	fputs(joined ? within[style->separator] : between[style->separator], out);
}

/* The form of old: bytes, whatever their type, with \x for all but ASCII. */
static void put_slash_form(FILE *out, struct span name)
{
	struct name_walk w;
	struct name_attribute a;
	char label[160];

	for (name_walk_start(&w, name); name_walk_next(&w, &a);) {
		/* A BMPString of ASCII alone loses its zeros. */
		size_t step = a.tag == DER_BMP_STRING ? 2 : a.tag == DER_UNIVERSAL_STRING ? 4 : 1;

		fprintf(out, "%c%s=", a.joined ? '+' : '/',
			oid_short_name(a.type, label, sizeof(label)));
		for (size_t i = 0; i < a.value.len; i++) {
			uint8_t c = a.value.data[i];

			if (step > 1 && i % step != step - 1 && c == 0)
				continue;
			if (c < ' ' || c > '~')
				fprintf(out, "\\x%02X", c);
			else
				fprintf(out, "%s%c", c == '/' || c == '+' ? "\\" : "", c);
		}
	}
}

/* How many attributes there are; walks go forward alone. */
static size_t count_attributes(struct span name)
{
	struct name_walk w;
	struct name_attribute a;
	size_t n = 0;

	for (name_walk_start(&w, name); name_walk_next(&w, &a);)
		n++;
	return n;
}

static bool attribute_at(struct span name, size_t at, struct name_attribute *a)
{
	struct name_walk w;

	name_walk_start(&w, name);
	for (size_t i = 0; i <= at; i++)
		if (!name_walk_next(&w, a))
			return false;
	return true;
}

void text_name(FILE *out, struct span name, const struct name_style *style)
{
	size_t count = count_attributes(name);
	struct name_attribute a, before = { .joined = false };

	if (style->separator == NAME_SLASH) {
		put_slash_form(out, name);
		return;
	}
	if (style->separator == NAME_LINES)
		fputs("\n    ", out);
	for (size_t i = 0; i < count; i++) {
		if (!attribute_at(name, style->reverse ? count - 1 - i : i, &a))
			return;
		if (i > 0)
			put_separator(out, style->reverse ? before.joined : a.joined, style);
		put_label(out, a.type, style);
		put_value(out, &a, style);
		before = a;
	}
}
