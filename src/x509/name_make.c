/*
 * Making distinguished names from text: RFC 4514, and the form with slashes that certificate
 * requests have been typed in for decades.
 *
 * The text is taken apart into a list of attributes first, their values judged one by one, and then
 * written. A backslash takes what a character means; in RFC 4514 two hex digits behind it are a
 * byte. Strings are UTF8String but where RFC 5280, appendix A.1 asks for another type.
 */
#include "x509/name_make.h"

#include <stdlib.h>

#include "x509/name.h"
#include "x509/oid.h"
#include "x509/text.h"

enum {
	TEXT_MAX = 4096,
	ATTRIBUTES_MAX = 64,
	JOINED_MAX = 16, /* attributes of one part, as readers take */
	DEFAULT_MAX = 64,
};

/* ---- what attributes there are ---- */

static const struct type_row {
	const char *name, *long_name;
	struct span oid;
	int tag;
	size_t least, most; /* characters; RFC 5280, appendix A.1 */
} types[] = {
	{ "CN", "commonName", OID("\x55\x04\x03"), DER_UTF8_STRING, 1, 64 },
	{ "SN", "surname", OID("\x55\x04\x04"), DER_UTF8_STRING, 1, 64 },
	{ "serialNumber", NULL, OID("\x55\x04\x05"), DER_PRINTABLE_STRING, 1, 64 },
	{ "C", "countryName", OID("\x55\x04\x06"), DER_PRINTABLE_STRING, 2, 2 },
	{ "L", "localityName", OID("\x55\x04\x07"), DER_UTF8_STRING, 1, 128 },
	{ "ST", "stateOrProvinceName", OID("\x55\x04\x08"), DER_UTF8_STRING, 1, 128 },
	{ "STREET", "streetAddress", OID("\x55\x04\x09"), DER_UTF8_STRING, 1, 128 },
	{ "O", "organizationName", OID("\x55\x04\x0a"), DER_UTF8_STRING, 1, 64 },
	{ "OU", "organizationalUnitName", OID("\x55\x04\x0b"), DER_UTF8_STRING, 1, 64 },
	{ "title", NULL, OID("\x55\x04\x0c"), DER_UTF8_STRING, 1, 64 },
	{ "description", NULL, OID("\x55\x04\x0d"), DER_UTF8_STRING, 1, 1024 },
	{ "businessCategory", NULL, OID("\x55\x04\x0f"), DER_UTF8_STRING, 1, 128 },
	{ "postalCode", NULL, OID("\x55\x04\x11"), DER_UTF8_STRING, 1, 40 },
	{ "name", NULL, OID("\x55\x04\x29"), DER_UTF8_STRING, 1, 1024 },
	{ "GN", "givenName", OID("\x55\x04\x2a"), DER_UTF8_STRING, 1, 64 },
	{ "initials", NULL, OID("\x55\x04\x2b"), DER_UTF8_STRING, 1, 64 },
	{ "generationQualifier", NULL, OID("\x55\x04\x2c"), DER_UTF8_STRING, 1, 64 },
	{ "dnQualifier", NULL, OID("\x55\x04\x2e"), DER_PRINTABLE_STRING, 1, 64 },
	{ "pseudonym", NULL, OID("\x55\x04\x41"), DER_UTF8_STRING, 1, 128 },
	{ "organizationIdentifier", NULL, OID("\x55\x04\x61"), DER_UTF8_STRING, 1, 256 },
	{ "UID", "userId", OID("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01"), DER_UTF8_STRING, 1,
	  256 },
	{ "DC", "domainComponent", OID("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"), DER_IA5_STRING,
	  1, 63 },
	{ "emailAddress", "E", OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"), DER_IA5_STRING, 1,
	  255 },
	{ "jurisdictionL", "jurisdictionLocalityName",
	  OID("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01"), DER_UTF8_STRING, 1, 128 },
	{ "jurisdictionST", "jurisdictionStateOrProvinceName",
	  OID("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02"), DER_UTF8_STRING, 1, 128 },
	{ "jurisdictionC", "jurisdictionCountryName",
	  OID("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03"), DER_PRINTABLE_STRING, 2, 2 },
};

struct attribute {
	uint8_t oid[OID_TEXT_MAX];
	size_t oid_len;
	const struct type_row *row; /* NULL: a type that is given by its OID alone */
	struct span value;          /* into the bytes of the name */
	bool is_der;                /* the value is a whole element */
	bool joined;                /* in one part with the one before */
};

struct made_name {
	const char *at; /* of the text, what is not read yet */
	bool slashes;
	struct attribute attributes[ATTRIBUTES_MAX];
	size_t count;
	uint8_t bytes[TEXT_MAX];
	size_t used;
};

static bool word_is(struct span word, const char *name)
{
	if (name == NULL || strlen(name) != word.len)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		uint8_t a = word.data[i], b = (uint8_t)name[i];

		if (a != b && ((a ^ b) != 0x20 || (a | 0x20) < 'a' || (a | 0x20) > 'z'))
			return false;
	}
	return true;
}

static bool find_type(struct attribute *a, struct span word, struct ward_error *err)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!word_is(word, types[i].name) && !word_is(word, types[i].long_name))
			continue;
		a->row = &types[i];
		a->oid_len = types[i].oid.len;
		bytes_copy(a->oid, types[i].oid.data, a->oid_len);
		return true;
	}
	if (der_oid_parse(word, a->oid, sizeof(a->oid), &a->oid_len))
		return true;
	return FAILF(err, BAD_ARGUMENT,
		     "subject: \"%.*s\" is no attribute; give one such as CN, O or C, or its OID",
		     word.len > 40 ? 40 : (int)word.len, (const char *)word.data);
}

/* ---- values ---- */

static bool is_printable(int32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c > 0 && c < 0x80 && strchr(" '()+,-./:=?", (int)c) != NULL);
}

static bool check_value(const struct attribute *a, const char *type, struct ward_error *err)
{
	struct span left = a->value;
	int tag = a->row == NULL ? DER_UTF8_STRING : a->row->tag;
	size_t least = a->row == NULL ? 1 : a->row->least;
	size_t most = a->row == NULL ? DEFAULT_MAX : a->row->most;
	size_t count = 0;

	for (; left.len > 0; count++) {
		int32_t c = utf8_next(&left);

		if (c < 0)
			return FAILF(err, BAD_ARGUMENT, "subject: %s is not UTF-8", type);
		if (c < ' ' || (c >= 0x7f && c < 0xa0))
			return FAILF(err, BAD_ARGUMENT, "subject: %s holds a control character",
				     type);
		if ((tag == DER_PRINTABLE_STRING && !is_printable(c)) ||
		    (tag == DER_IA5_STRING && c >= 0x80))
			return FAILF(err, BAD_ARGUMENT,
				     "subject: %s holds a character that is not allowed there",
				     type);
	}
	if (count >= least && count <= most)
		return true;
	if (least == most)
		return FAILF(err, BAD_ARGUMENT, "subject: %s has %zu characters; it must have %zu",
			     type, count, most);
	return FAILF(err, BAD_ARGUMENT, "subject: %s has %zu characters; %zu to %zu are allowed",
		     type, count, least, most);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of two hex digits, or -1. */
static int hex_pair(const char *at)
{
	int high = hex_digit(at[0]);
	int low = high < 0 ? -1 : hex_digit(at[1]);

	return low < 0 ? -1 : high << 4 | low;
}

static bool ends_value(const struct made_name *n)
{
	char c = *n->at;

	return c == '\0' || c == '+' || c == (n->slashes ? '/' : ',');
}

/* "#" and hex: the whole element (RFC 4514, 2.4). */
static bool take_hex(struct made_name *n, struct attribute *a, struct ward_error *err)
{
	uint8_t *start = n->bytes + n->used;

	for (n->at++; hex_pair(n->at) >= 0; n->at += 2)
		n->bytes[n->used++] = (uint8_t)hex_pair(n->at);
	a->value = span_make(start, (size_t)(n->bytes + n->used - start));
	a->is_der = true;
	while (*n->at == ' ')
		n->at++;
	return (ends_value(n) && der_check(a->value, NULL)) ||
	       FAILF(err, BAD_ARGUMENT, "subject: what stands behind # is not DER in hex");
}

/* One character or byte behind a backslash. */
static bool take_escape(struct made_name *n, struct ward_error *err)
{
	int byte = n->slashes ? -1 : hex_pair(n->at + 1);

	if (n->at[1] == '\0')
		return FAILF(err, BAD_ARGUMENT, "subject: nothing stands behind the last \\");
	n->bytes[n->used++] = byte >= 0 ? (uint8_t)byte : (uint8_t)n->at[1];
	n->at += byte >= 0 ? 3 : 2;
	return true;
}

/* No value is longer than the text it comes from, so there is always room. */
static bool take_value(struct made_name *n, struct attribute *a, struct ward_error *err)
{
	uint8_t *start, *end;

	while (!n->slashes && *n->at == ' ')
		n->at++;
	if (!n->slashes && *n->at == '#')
		return take_hex(n, a, err);
	start = n->bytes + n->used;
	end = start; /* behind the last one that is no blank, or an escaped one */
	while (!ends_value(n)) {
		bool blank = *n->at == ' ' && !n->slashes;

		if (*n->at == '\\') {
			if (!take_escape(n, err))
				return false;
		} else {
			n->bytes[n->used++] = (uint8_t)*n->at++;
		}
		end = blank ? end : n->bytes + n->used;
	}
	a->value = span_make(start, (size_t)(end - start));
	return true;
}

/* ---- the whole text ---- */

static struct span take_type(struct made_name *n)
{
	const char *start;
	size_t len;

	while (*n->at == ' ')
		n->at++;
	start = n->at;
	len = strcspn(start, n->slashes ? "=/+" : "=,+");
	n->at += len;
	while (len > 0 && start[len - 1] == ' ')
		len--;
	return span_make(start, len);
}

static bool take_attribute(struct made_name *n, bool joined, struct ward_error *err)
{
	struct attribute *a = &n->attributes[n->count];
	struct span word = take_type(n);
	char type[48];
	struct text t = text_make(type, sizeof(type));

	if (*n->at != '=')
		return FAILF(err, BAD_ARGUMENT, "subject: \"%.*s\" has no value; the form is %s",
			     word.len > 40 ? 40 : (int)word.len, (const char *)word.data,
			     n->slashes ? "/C=DE/O=Example/CN=name" : "CN=name,O=Example,C=DE");
	n->at++;
	a->joined = joined;
	if (!find_type(a, word, err) || !take_value(n, a, err))
		return false;
	if (n->slashes && a->value.len == 0)
		return true; /* left out */
	text_put_utf8(&t, word);
	if (!a->is_der && !check_value(a, type, err))
		return false;
	n->count++;
	return true;
}

/* What follows an attribute: nothing, or a separator with another behind it. */
static bool take_separator(struct made_name *n, bool *plus, struct ward_error *err)
{
	*plus = *n->at == '+';
	if (*n->at == '\0')
		return true;
	n->at++;
	return *n->at != '\0' || (n->slashes && !*plus) ||
	       FAILF(err, BAD_ARGUMENT, "subject: it ends too early");
}

static bool take_text(struct made_name *n, const char *text, struct ward_error *err)
{
	bool joined = false;

	if (strlen(text) >= TEXT_MAX)
		return FAILF(err, BAD_ARGUMENT, "subject: more than %d bytes", TEXT_MAX - 1);
	n->slashes = text[0] == '/';
	n->at = text + (n->slashes ? 1 : 0);
	while (*n->at != '\0') {
		size_t before = n->count;
		bool plus;

		if (n->count == ATTRIBUTES_MAX)
			return FAILF(err, BAD_ARGUMENT, "subject: more than %d attributes",
				     ATTRIBUTES_MAX);
		if (!take_attribute(n, joined, err) || !take_separator(n, &plus, err))
			return false;
		/* What is left out is no first one of a part. */
		joined = plus && (joined || n->count > before);
	}
	return n->count > 0 || FAILF(err, BAD_ARGUMENT, "subject: it is empty");
}

/* ---- writing ---- */

static void write_attribute(struct writer *w, const struct attribute *a)
{
	DER_WRITE (w, DER_SEQUENCE) {
		der_write_oid(w, span_make(a->oid, a->oid_len));
		if (a->is_der)
			writer_bytes(w, a->value);
		else
			der_write_element(w, a->row == NULL ? DER_UTF8_STRING : a->row->tag,
					  a->value);
	}
}

static int compare_elements(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	size_t i = 0;

	while (i < x->len && i < y->len && x->data[i] == y->data[i])
		i++;
	if (i < x->len && i < y->len)
		return x->data[i] < y->data[i] ? -1 : 1;
	return x->len < y->len ? -1 : x->len > y->len;
}

/* A part of several attributes is a SET OF, whose elements DER has in order (X.690, 11.6). */
static bool write_part(struct writer *w, const struct attribute *a, size_t count,
		       struct ward_error *err)
{
	uint8_t buf[TEXT_MAX + JOINED_MAX * (OID_TEXT_MAX + 16)];
	struct ward_error own = ERROR_NONE;
	struct writer scratch = writer_make(buf, sizeof(buf), &own);
	struct span elements[JOINED_MAX];

	if (count > JOINED_MAX)
		return FAILF(err, BAD_ARGUMENT, "subject: more than %d attributes in one part",
			     JOINED_MAX);
	for (size_t i = 0; i < count; i++) {
		size_t start = scratch.len;

		write_attribute(&scratch, &a[i]);
		elements[i] = span_make(buf + start, scratch.len - start);
	}
	if (!writer_ok(&scratch))
		return error_pass(err, &own);
	qsort(elements, count, sizeof(elements[0]), compare_elements);
	DER_WRITE (w, DER_SET)
		for (size_t i = 0; i < count; i++)
			writer_bytes(w, elements[i]);
	return true;
}

/* How many attributes the part has that begins at `i`. */
static size_t part_len(const struct made_name *n, size_t i)
{
	size_t end = i + 1;

	while (end < n->count && n->attributes[end].joined)
		end++;
	return end - i;
}

static bool write_name(struct writer *w, const struct made_name *n, struct ward_error *err)
{
	bool ok = true;

	DER_WRITE (w, DER_SEQUENCE) {
		if (n->slashes) {
			for (size_t i = 0; ok && i < n->count; i += part_len(n, i))
				ok = write_part(w, &n->attributes[i], part_len(n, i), err);
		} else {
			for (size_t i = n->count; ok && i > 0; i--)
				if (!n->attributes[i - 1].joined)
					ok = write_part(w, &n->attributes[i - 1],
							part_len(n, i - 1), err);
		}
	}
	return ok;
}

bool name_write_text(struct writer *w, const char *text, struct ward_error *err)
{
	struct made_name *n = calloc(1, sizeof(*n));
	bool ok;

	if (n == NULL)
		return FAIL(err, NO_MEMORY);
	ok = take_text(n, text, err) && write_name(w, n, err);
	free(n);
	return ok;
}

void name_write_attribute(struct writer *w, struct span type, const char *value)
{
	if (value == NULL)
		return;
	DER_WRITE (w, DER_SET)
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_oid(w, type);
			der_write_element(w, DER_UTF8_STRING, span_string(value));
		}
}
