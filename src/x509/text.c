/*
 * Text that may hold what a peer sent: nothing that moves a cursor, hides text or turns the
 * direction of writing gets through unescaped.
 */
#include "x509/text.h"

#include "wire/der.h"

struct text text_make(char *buf, size_t size)
{
	if (size > 0)
		buf[0] = '\0';
	return (struct text){ .buf = buf, .size = size, .full = size == 0 };
}

void text_put_bytes(struct text *t, const char *s, size_t len)
{
	if (t->full || len >= t->size - t->len) {
		t->full = true;
		return;
	}
	bytes_copy(t->buf + t->len, s, len);
	t->len += len;
	t->buf[t->len] = '\0';
}

void text_put_char(struct text *t, char c)
{
	text_put_bytes(t, &c, 1);
}

void text_put(struct text *t, const char *s)
{
	while (*s != '\0' && !t->full)
		text_put_char(t, *s++);
}

void text_put_hex(struct text *t, struct span bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.len && !t->full; i++) {
		char pair[2] = { digits[bytes.data[i] >> 4], digits[bytes.data[i] & 15] };

		text_put_bytes(t, pair, 2);
	}
}

/* How many bytes a character begins with that starts with this one; 0 for none. */
static size_t utf8_len(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

int32_t utf8_next(struct span *bytes)
{
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = bytes->data;
	size_t n = utf8_len(p[0]);
	int32_t c = n <= 1 ? p[0] : p[0] & (0x7f >> n);

	if (n == 0 || n > bytes->len) {
		*bytes = span_make(p + 1, bytes->len - 1);
		return -1;
	}
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			n = 0;
		else
			c = c << 6 | (p[i] & 0x3f);
	}
	if (n == 0 || c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
		*bytes = span_make(p + 1, bytes->len - 1);
		return -1;
	}
	*bytes = span_make(p + n, bytes->len - n);
	return c;
}

static size_t utf8_encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (c >> 18 & 7));
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Controls, marks that set the direction of writing, characters without width, private ones. */
static bool is_hostile(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },       { 0x7f, 0x9f },          { 0xad, 0xad },
		{ 0x34f, 0x34f },     { 0x61c, 0x61c },        { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },      { 0x200b, 0x200f },
		{ 0x2028, 0x202e },   { 0x2060, 0x206f },      { 0x3164, 0x3164 },
		{ 0xd800, 0xf8ff },   { 0xfe00, 0xfe0f },      { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },      { 0xfffe, 0xffff },
		{ 0xe0000, 0xe0fff }, { 0xf0000, 0xffffffff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* A backslash and two digits for each byte, upper case as RFC 4514 shows it. */
static void put_escaped(struct text *t, const char *bytes, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	char out[12] = { 0 };

	for (size_t i = 0; i < len; i++) {
		uint8_t b = (uint8_t)bytes[i];

		out[3 * i] = '\\';
		out[3 * i + 1] = digits[b >> 4];
		out[3 * i + 2] = digits[b & 15];
	}
	text_put_bytes(t, out, 3 * len);
}

void text_put_code_point(struct text *t, uint32_t c)
{
	char bytes[4];
	size_t len;

	if (c > 0x10ffff)
		c = 0xfffd; /* no character: the sign for that */
	len = utf8_encode(c, bytes);
	if (is_hostile(c))
		put_escaped(t, bytes, len);
	else
		text_put_bytes(t, bytes, len);
}

void text_put_utf8(struct text *t, struct span bytes)
{
	while (bytes.len > 0 && !t->full) {
		char first = (char)bytes.data[0];
		int32_t c = utf8_next(&bytes);

		if (c < 0)
			put_escaped(t, &first, 1);
		else
			text_put_code_point(t, (uint32_t)c);
	}
}

/* The fourteen digits of a time, "20260102030405"; empty where a certificate could not say it. */
static struct span time_digits(int64_t seconds, uint8_t room[24])
{
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(room + 2, 22, &err);

	der_write_time(&w, seconds); /* two bytes of header in front */
	if (!writer_ok(&w))
		return SPAN_EMPTY;
	if (room[2] == DER_GENERALIZED_TIME)
		return span_make(room + 4, 14);
	bytes_copy(room + 2, room[4] >= '5' ? "19" : "20", 2);
	return span_make(room + 2, 14);
}

static void put_digits(struct text *t, char before, struct span digits, size_t at, size_t count)
{
	text_put_char(t, before);
	text_put_bytes(t, (const char *)digits.data + at, count);
}

void text_put_date(struct text *t, int64_t seconds)
{
	uint8_t room[24];
	struct span digits = time_digits(seconds, room);

	if (digits.len == 0) {
		text_put(t, "an unknown date");
		return;
	}
	text_put_bytes(t, (const char *)digits.data, 4);
	put_digits(t, '-', digits, 4, 2);
	put_digits(t, '-', digits, 6, 2);
}

void text_put_time(struct text *t, int64_t seconds)
{
	uint8_t room[24];
	struct span digits = time_digits(seconds, room);

	text_put_date(t, seconds);
	if (digits.len == 0)
		return;
	put_digits(t, 'T', digits, 8, 2);
	put_digits(t, ':', digits, 10, 2);
	put_digits(t, ':', digits, 12, 2);
}
