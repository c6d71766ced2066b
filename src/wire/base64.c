/*
 * base64 (RFC 4648, sections 4 and 5).
 *
 * What passes here may be a private key, so characters are turned into values and back by
 * arithmetic: no branch and no address depends on a value. Only the layout (white space, padding,
 * where the first wrong character is) decides what is done.
 *
 * Decoding is strict: one text for each sequence of bytes, white space aside.
 */
#include "wire/pem.h"

#include "base/secret.h"

/* All ones if lo <= c <= hi, else zero; all below 2^31. */
static inline uint32_t in_range(uint32_t c, uint32_t lo, uint32_t hi)
{
	uint32_t outside = (c - lo) | (hi - c);

	return (outside >> 31) - 1U;
}

/* The value of a character, or 0xff. c62 and c63 are the last two of the alphabet. */
static inline uint32_t char_value(uint32_t c, uint32_t c62, uint32_t c63)
{
	uint32_t upper = in_range(c, 'A', 'Z');
	uint32_t lower = in_range(c, 'a', 'z');
	uint32_t digit = in_range(c, '0', '9');
	uint32_t v62 = in_range(c, c62, c62);
	uint32_t v63 = in_range(c, c63, c63);
	uint32_t none = ~(upper | lower | digit | v62 | v63);

	return (upper & (c - 'A')) | (lower & (c - 'a' + 26)) | (digit & (c - '0' + 52)) |
	       (v62 & 62) | (v63 & 63) | (none & 0xff);
}

static inline uint32_t value_char(uint32_t v, uint32_t c62, uint32_t c63)
{
	return (in_range(v, 0, 25) & (v + 'A')) | (in_range(v, 26, 51) & (v - 26 + 'a')) |
	       (in_range(v, 52, 61) & (v - 52 + '0')) | (in_range(v, 62, 62) & c62) |
	       (in_range(v, 63, 63) & c63);
}

size_t base64_encoded_len(size_t len)
{
	return len / 3 * 4 + (len % 3 == 0 ? 0 : 4);
}

size_t base64_decoded_max(size_t len)
{
	return len / 4 * 3 + 3;
}

size_t base64_encode(char *to, struct span from, bool url)
{
	uint32_t c62 = url ? '-' : '+';
	uint32_t c63 = url ? '_' : '/';
	size_t n = 0;

	for (size_t i = 0; i < from.len; i += 3) {
		size_t left = from.len - i;
		uint32_t group = (uint32_t)from.data[i] << 16;

		group |= left > 1 ? (uint32_t)from.data[i + 1] << 8 : 0;
		group |= left > 2 ? (uint32_t)from.data[i + 2] : 0;
		for (size_t k = 0; k < 4; k++) {
			if (k <= left)
				to[n++] = (char)value_char(group >> (18 - 6 * k) & 63, c62, c63);
			else if (!url)
				to[n++] = '=';
		}
	}
	return n;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Sextets in a row; whole groups of four leave as three bytes. */
struct decoder {
	uint8_t *to;
	size_t len;
	uint32_t group;
	int sextets; /* in group: 0 to 3 */
	int padding; /* characters '=' seen */
};

static bool add_char(struct decoder *d, uint8_t c, bool url)
{
	uint32_t v;

	if (c == '=') {
		d->padding++;
		return !url && d->sextets + d->padding <= 4 && d->sextets >= 2;
	}
	v = char_value(c, url ? '-' : '+', url ? '_' : '/');
	if (v == 0xff || d->padding > 0)
		return false;
	d->group = d->group << 6 | v;
	if (++d->sextets < 4)
		return true;
	d->to[d->len++] = (uint8_t)(d->group >> 16);
	d->to[d->len++] = (uint8_t)(d->group >> 8);
	d->to[d->len++] = (uint8_t)d->group;
	d->group = 0;
	d->sextets = 0;
	return true;
}

/* The last group: two or three characters and the padding that makes it four; no bits left over. */
static bool finish(struct decoder *d, bool url)
{
	int odd_bits = d->sextets * 6 % 8;

	if (d->sextets == 0)
		return true;
	if (d->sextets == 1 || (!url && d->sextets + d->padding != 4))
		return false;
	if ((d->group & ((1U << odd_bits) - 1)) != 0)
		return false;
	d->group >>= odd_bits;
	if (d->sextets == 3)
		d->to[d->len++] = (uint8_t)(d->group >> 8);
	d->to[d->len++] = (uint8_t)d->group;
	return true;
}

bool base64_decode(uint8_t *to, size_t *to_len, struct span from, bool url, struct ward_error *err)
{
	struct decoder d = { .to = to };
	bool ok = true;

	for (size_t i = 0; i < from.len && ok; i++)
		if (!is_space(from.data[i]))
			ok = add_char(&d, from.data[i], url);
	ok = ok && finish(&d, url);
	*to_len = ok ? d.len : 0;
	if (!ok)
		secret_wipe_bytes(to, d.len);
	secret_wipe_bytes(&d.group, sizeof(d.group));
	return ok || FAIL(err, BAD_BASE64);
}
