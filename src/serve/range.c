/*
 * Byte ranges (RFC 9110, 14.1.2 and 14.2).
 */
#include "serve/range.h"

#include <strings.h>

static struct span without(struct span s, size_t n)
{
	return span_make(s.data + n, s.len - n);
}

static struct span skip_blanks(struct span s)
{
	while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t'))
		s = without(s, 1);
	return s;
}

/* Digits at the front; false if there are none. A number too large for 64 bits is the largest. */
static bool take_number(struct span *s, uint64_t *value)
{
	size_t n = 0;

	*value = 0;
	for (; n < s->len && s->data[n] >= '0' && s->data[n] <= '9'; n++) {
		uint64_t digit = (uint64_t)(s->data[n] - '0');

		if (*value > (UINT64_MAX - digit) / 10)
			*value = UINT64_MAX;
		else
			*value = *value * 10 + digit;
	}
	*s = without(*s, n);
	return n > 0;
}

/* The last n bytes; nothing of an empty file. */
static struct range suffix(uint64_t n, uint64_t size)
{
	uint64_t len = n < size ? n : size;

	return (struct range){ size - len, len };
}

/* One range-spec, up to its comma. A len of 0 says that it lies outside of the file. */
static bool take_spec(struct span *s, uint64_t size, struct range *out)
{
	uint64_t first, last;
	bool has_first = take_number(s, &first);

	if (s->len == 0 || s->data[0] != '-')
		return false;
	*s = without(*s, 1);
	if (!take_number(s, &last)) {
		if (!has_first)
			return false;
		last = UINT64_MAX;
	}
	if (!has_first) {
		*out = suffix(last, size);
		return true;
	}
	if (last < first)
		return false;
	*out = (struct range){ first, 0 };
	if (first < size)
		out->len = (last < size ? last : size - 1) - first + 1;
	return true;
}

/* Between two specs: blanks, one comma or more (empty elements are allowed), blanks. */
static bool take_comma(struct span *s)
{
	bool found = false;

	for (*s = skip_blanks(*s); s->len > 0 && s->data[0] == ','; *s = skip_blanks(*s)) {
		*s = without(*s, 1);
		found = true;
	}
	return found || s->len == 0;
}

enum range_verdict range_read(struct span value, uint64_t size, struct range out[RANGES_MAX],
			      size_t *count)
{
	uint64_t total = 0;
	size_t specs = 0;

	*count = 0;
	if (value.len < 6 || strncasecmp((const char *)value.data, "bytes=", 6) != 0)
		return RANGE_WHOLE;
	value = without(value, 6);
	take_comma(&value);
	for (; value.len > 0; specs++) {
		struct range r;

		if (specs == RANGES_MAX || !take_spec(&value, size, &r) || !take_comma(&value))
			return RANGE_WHOLE;
		if (r.len == 0)
			continue;
		if (r.len > size - total)
			return RANGE_WHOLE;
		total += r.len;
		out[(*count)++] = r;
	}
	if (specs == 0)
		return RANGE_WHOLE;
	return *count > 0 ? RANGE_PARTS : RANGE_UNSATISFIABLE;
}
