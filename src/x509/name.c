/*
 * Distinguished names: their form, comparison, hash and text.
 *
 * Comparison is looser than byte equality, as RFC 5280, 7.1 asks, and stricter than LDAP's: case is
 * folded in ASCII alone, and nothing is normalised that two encodings of one string would not need.
 * A loose match never grants anything: it only names a candidate, whose signature is then checked.
 *
 * Invariant: all walks are over names whose form name_check has accepted, and end at the first byte
 * that is out of order in any other.
 */
#include "x509/name.h"

#include "x509/oid.h"
#include "x509/text.h"

enum {
	JOINED_MAX = 16,     /* attributes in one RelativeDistinguishedName */
	TEXT_PARTS_MAX = 64, /* parts of a name that are written as text */
};

/* ---- form ---- */

/* Strings of wide characters are whole ones (X.690, 8.23): half of one would be lost in silence. */
static void check_value(struct reader *r, int tag, struct span value)
{
	size_t unit = tag == DER_BMP_STRING ? 2 : tag == DER_UNIVERSAL_STRING ? 4 : 1;

	if (value.len % unit != 0)
		FAILF(r->err, BAD_VALUE, "a string that ends within a character");
}

static void check_rdn(struct reader *rdn)
{
	size_t count = 0;

	while (reader_more(rdn)) {
		struct reader attribute = der_open(rdn, DER_SEQUENCE);
		struct span value;
		int tag;

		der_element(&attribute, DER_OID);
		value = der_any(&attribute, &tag);
		check_value(&attribute, tag, value);
		reader_close(&attribute);
		count++;
	}
	if (count == 0 || count > JOINED_MAX)
		FAILF(rdn->err, BAD_VALUE, "%zu attributes in one part of a name", count);
}

void name_check(struct span name, struct ward_error *err)
{
	struct reader r = reader_make(name, err);
	struct reader rdns = der_open(&r, DER_SEQUENCE);

	while (reader_more(&rdns)) {
		struct reader rdn = der_open(&rdns, DER_SET);

		check_rdn(&rdn);
	}
	reader_close(&r);
}

/* ---- walking ---- */

void name_walk_start(struct name_walk *w, struct span name)
{
	struct reader r;

	w->err = ERROR_NONE;
	w->begun = false;
	r = reader_make(name, &w->err);
	w->name = der_open(&r, DER_SEQUENCE);
	w->rdn = w->name;
	w->rdn.end = w->rdn.pos;
}

bool name_walk_next(struct name_walk *w, struct name_attribute *a)
{
	struct reader attribute;
	const uint8_t *at;

	a->joined = reader_left(&w->rdn) > 0;
	if (!a->joined) {
		if (!reader_more(&w->name))
			return false;
		w->rdn = der_open(&w->name, DER_SET);
	}
	attribute = der_open(&w->rdn, DER_SEQUENCE);
	a->type = der_element(&attribute, DER_OID);
	at = attribute.pos;
	a->value = der_any(&attribute, &a->tag);
	a->whole = span_make(at, (size_t)(attribute.pos - at));
	return !error_is_set(&w->err);
}

bool name_find(struct span name, struct span type, struct name_attribute *found)
{
	struct name_walk w;
	struct name_attribute a;
	bool any = false;

	name_walk_start(&w, name);
	while (name_walk_next(&w, &a))
		if (span_equal(a.type, type)) {
			*found = a;
			any = true;
		}
	return any;
}

/* ---- characters ---- */

static bool is_string(int tag)
{
	switch (tag) {
	case DER_UTF8_STRING:
	case DER_NUMERIC_STRING:
	case DER_PRINTABLE_STRING:
	case DER_TELETEX_STRING:
	case DER_IA5_STRING:
	case DER_VISIBLE_STRING:
	case DER_UNIVERSAL_STRING:
	case DER_BMP_STRING:
		return true;
	default:
		return false;
	}
}

/* A string of any type as characters of Unicode; bytes that are none are numbers above all. */
struct characters {
	int tag;
	struct span left;
};

static bool next_wide(struct span *left, size_t width, uint32_t *c)
{
	*c = 0;
	if (left->len < width) {
		*c = 0x110000 + left->data[0];
		*left = span_make(left->data + 1, left->len - 1);
		return true;
	}
	for (size_t i = 0; i < width; i++)
		*c = *c << 8 | left->data[i];
	*left = span_make(left->data + width, left->len - width);
	return true;
}

static bool next_character(struct characters *s, uint32_t *c)
{
	uint8_t first;
	int32_t decoded;

	if (s->left.len == 0)
		return false;
	first = s->left.data[0];
	if (s->tag == DER_BMP_STRING)
		return next_wide(&s->left, 2, c);
	if (s->tag == DER_UNIVERSAL_STRING)
		return next_wide(&s->left, 4, c);
	if (s->tag != DER_UTF8_STRING)
		return next_wide(&s->left, 1, c);
	decoded = utf8_next(&s->left);
	*c = decoded < 0 ? 0x110000U + first : (uint32_t)decoded;
	return true;
}

/* The same with case folded and white space trimmed and pressed together. */
struct folded {
	struct characters s;
	bool begun, blank, held;
	uint32_t ahead;
};

static struct folded fold(const struct name_attribute *a)
{
	return (struct folded){ .s = { a->tag, a->value } };
}

static bool next_folded(struct folded *f, uint32_t *c)
{
	if (f->held) {
		f->held = false;
		*c = f->ahead;
		return true;
	}
	while (next_character(&f->s, c)) {
		if (*c == ' ' || (*c >= '\t' && *c <= '\r')) {
			f->blank = f->begun;
			continue;
		}
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
		f->begun = true;
		if (!f->blank)
			return true;
		f->blank = false;
		f->held = true;
		f->ahead = *c;
		*c = ' ';
		return true;
	}
	return false;
}

/* ---- comparison ---- */

/* Whether a byte of the string is a character by itself. */
static bool has_ascii(int tag)
{
	return tag != DER_BMP_STRING && tag != DER_UNIVERSAL_STRING;
}

/* Passes what is alike in both and needs no more than its case folded: most of most names. */
static void skip_alike(struct folded *a, struct folded *b)
{
	struct span *sa = &a->s.left, *sb = &b->s.left;
	size_t len = sa->len < sb->len ? sa->len : sb->len;
	size_t n = 0;

	if (!has_ascii(a->s.tag) || !has_ascii(b->s.tag))
		return;
	while (n < len) {
		uint8_t ca = sa->data[n], cb = sb->data[n];
		bool letter = (ca | 0x20) >= 'a' && (ca | 0x20) <= 'z';

		if (ca <= ' ' || ca >= 0x7f || (ca != cb && (!letter || (ca ^ cb) != 0x20)))
			break;
		n++;
	}
	*sa = span_make(sa->data + n, sa->len - n);
	*sb = span_make(sb->data + n, sb->len - n);
	a->begun = b->begun = n > 0;
}

static bool value_equal(const struct name_attribute *a, const struct name_attribute *b)
{
	struct folded fa, fb;
	uint32_t ca, cb;
	bool more_a, more_b;

	if (!is_string(a->tag) || !is_string(b->tag))
		return a->tag == b->tag && span_equal(a->value, b->value);
	if (a->tag == b->tag && span_equal(a->value, b->value))
		return true;
	fa = fold(a);
	fb = fold(b);
	skip_alike(&fa, &fb);
	do {
		more_a = next_folded(&fa, &ca);
		more_b = next_folded(&fb, &cb);
		if (more_a != more_b || (more_a && ca != cb))
			return false;
	} while (more_a);
	return true;
}

static bool attribute_equal(const struct name_attribute *a, const struct name_attribute *b)
{
	return span_equal(a->type, b->type) && value_equal(a, b);
}

/* One RelativeDistinguishedName as a list; `ahead` is the attribute behind it. */
struct rdn {
	struct name_attribute attributes[JOINED_MAX];
	size_t count;
};

struct rdn_walk {
	struct name_walk walk;
	struct name_attribute ahead;
	bool has_ahead;
};

static void rdn_walk_start(struct rdn_walk *w, struct span name)
{
	name_walk_start(&w->walk, name);
	w->has_ahead = name_walk_next(&w->walk, &w->ahead);
}

static bool rdn_walk_next(struct rdn_walk *w, struct rdn *rdn)
{
	rdn->count = 0;
	if (!w->has_ahead)
		return false;
	do {
		if (rdn->count < JOINED_MAX)
			rdn->attributes[rdn->count++] = w->ahead;
		w->has_ahead = name_walk_next(&w->walk, &w->ahead);
	} while (w->has_ahead && w->ahead.joined);
	return true;
}

/* A RelativeDistinguishedName is a set: the order does not count. */
static bool rdn_equal(const struct rdn *a, const struct rdn *b)
{
	uint32_t used = 0;

	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		size_t j = 0;

		while (j < b->count && ((used >> j & 1) != 0 ||
					!attribute_equal(&a->attributes[i], &b->attributes[j])))
			j++;
		if (j == b->count)
			return false;
		used |= 1U << j;
	}
	return true;
}

/* Compares part by part; `prefix`: a may go on where b ends. */
static bool compare(struct span a, struct span b, bool prefix)
{
	struct rdn_walk wa, wb;
	struct rdn ra, rb;

	rdn_walk_start(&wa, a);
	rdn_walk_start(&wb, b);
	for (;;) {
		bool more_b = rdn_walk_next(&wb, &rb);

		if (!more_b && prefix)
			return !error_is_set(&wb.walk.err);
		if (rdn_walk_next(&wa, &ra) != more_b)
			return false;
		if (!more_b)
			return true;
		if (!rdn_equal(&ra, &rb))
			return false;
	}
}

bool name_equal(struct span a, struct span b)
{
	return span_equal(a, b) || compare(a, b, false);
}

bool name_is_within(struct span name, struct span base)
{
	return compare(name, base, true);
}

/* FNV-1a over characters; parts are chained, attributes of one part summed. */
static const uint64_t hash_start = 0xcbf29ce484222325;
static const uint64_t hash_prime = 0x100000001b3;

static uint64_t hash_attribute(const struct name_attribute *a)
{
	uint64_t h = hash_start;
	struct folded f = fold(a);
	uint32_t c;

	for (size_t i = 0; i < a->type.len; i++)
		h = (h ^ a->type.data[i]) * hash_prime;
	if (!is_string(a->tag))
		for (size_t i = 0; i < a->value.len; i++)
			h = (h ^ a->value.data[i]) * hash_prime;
	else
		while (next_folded(&f, &c))
			h = (h ^ c) * hash_prime;
	return h;
}

uint64_t name_hash(struct span name)
{
	struct name_walk w;
	struct name_attribute a;
	uint64_t whole = hash_start;
	uint64_t part = 0;

	name_walk_start(&w, name);
	while (name_walk_next(&w, &a)) {
		if (!a.joined) {
			whole = (whole ^ part) * hash_prime;
			part = 0;
		}
		part += hash_attribute(&a);
	}
	return (whole ^ part) * hash_prime;
}

/* ---- text ---- */

/* Characters that RFC 4514, 2.4 puts a backslash before. */
static bool is_special(uint32_t c)
{
	return c == '"' || c == '+' || c == ',' || c == ';' || c == '<' || c == '>' || c == '\\';
}

/* In a name some characters have a meaning of their own; alone they have none. */
static void put_value(struct text *t, const struct name_attribute *a, bool in_name)
{
	struct characters s = { a->tag, a->value };
	bool first = true;
	uint32_t c;

	while (!t->full && next_character(&s, &c)) {
		bool last = s.left.len == 0;

		if (in_name &&
		    (is_special(c) || (first && (c == '#' || c == ' ')) || (last && c == ' '))) {
			char pair[2] = { '\\', (char)c };

			text_put_bytes(t, pair, 2);
		} else if (c > 0x10ffff) {
			uint8_t byte = (uint8_t)c;

			text_put_utf8(t, span_make(&byte, 1));
		} else {
			text_put_code_point(t, c);
		}
		first = false;
	}
}

char *name_value_text(const struct name_attribute *a, char *buf, size_t size)
{
	struct text t = text_make(buf, size);

	if (is_string(a->tag))
		put_value(&t, a, true);
	else
		text_put_hex(&t, a->value);
	return buf;
}

char *name_string_text(const struct name_attribute *a, char *buf, size_t size)
{
	struct text t = text_make(buf, size);

	if (is_string(a->tag))
		put_value(&t, a, false);
	else
		text_put_hex(&t, a->value);
	return buf;
}

static void put_attribute(struct text *t, const struct name_attribute *a)
{
	const char *name = oid_name(a->type);
	char dotted[96];

	text_put(t, name == NULL ? oid_text(a->type, dotted, sizeof(dotted)) : name);
	text_put_char(t, '=');
	if (name != NULL && is_string(a->tag)) {
		put_value(t, a, true);
	} else {
		text_put_char(t, '#'); /* RFC 4514, 2.4: the DER in hex */
		text_put_hex(t, a->whole);
	}
}

char *name_text(struct span name, char *buf, size_t size)
{
	struct text t = text_make(buf, size);
	struct name_attribute a;
	struct name_walk w;
	size_t count = 0;

	name_walk_start(&w, name);
	while (name_walk_next(&w, &a))
		count += a.joined ? 0 : 1;
	for (size_t i = count; i > 0 && !t.full && count - i < TEXT_PARTS_MAX; i--) {
		size_t at_part = 0;

		if (i < count)
			text_put_char(&t, ',');
		name_walk_start(&w, name);
		while (name_walk_next(&w, &a) && at_part <= i) {
			at_part += a.joined ? 0 : 1;
			if (at_part != i)
				continue;
			if (a.joined)
				text_put_char(&t, '+');
			put_attribute(&t, &a);
		}
	}
	return buf;
}
