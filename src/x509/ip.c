/*
 * Reading and writing IP addresses.
 *
 * Reading takes the one usual form of IPv4: "127.1", "0x7f.1" and "010.0.0.1", which old functions
 * take for addresses, are none here. Scope identifiers ("fe80::1%eth0") are not part of an address.
 */
#include "x509/ip.h"

#include <stdio.h>

#include "x509/text.h"

enum { IPV4_LEN = 4, IPV6_LEN = 16, GROUPS = 8 };

static bool take_decimal(struct span *text, uint8_t *out)
{
	unsigned int v = 0;
	size_t n = 0;

	while (n < text->len && text->data[n] >= '0' && text->data[n] <= '9' && n < 4)
		v = v * 10 + (unsigned int)(text->data[n++] - '0');
	if (n == 0 || n > 3 || v > 255 || (n > 1 && text->data[0] == '0'))
		return false;
	*out = (uint8_t)v;
	*text = span_make(text->data + n, text->len - n);
	return true;
}

static bool take_byte(struct span *text, char c)
{
	if (text->len == 0 || text->data[0] != (uint8_t)c)
		return false;
	*text = span_make(text->data + 1, text->len - 1);
	return true;
}

static bool parse_ipv4(struct span text, uint8_t out[4])
{
	for (int i = 0; i < IPV4_LEN; i++)
		if ((i > 0 && !take_byte(&text, '.')) || !take_decimal(&text, &out[i]))
			return false;
	return text.len == 0;
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One to four hex digits as two bytes. */
static bool take_group(struct span *text, uint8_t out[2])
{
	unsigned int v = 0;
	size_t n = 0;

	while (n < text->len && n < 5 && hex_value(text->data[n]) >= 0)
		v = v << 4 | (unsigned int)hex_value(text->data[n++]);
	if (n == 0 || n > 4)
		return false;
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
	*text = span_make(text->data + n, text->len - n);
	return true;
}

static bool at_gap(struct span text)
{
	return text.len >= 2 && text.data[0] == ':' && text.data[1] == ':';
}

/* Groups until the end or "::"; the last two may be an IPv4 address. Gives the bytes written. */
static bool take_groups(struct span *text, uint8_t *out, size_t room, size_t *len)
{
	*len = 0;
	for (;;) {
		if (room - *len >= IPV4_LEN && parse_ipv4(*text, out + *len)) {
			*len += IPV4_LEN;
			*text = span_make(text->data + text->len, 0);
			return true;
		}
		if (*len == room || !take_group(text, out + *len))
			return false;
		*len += 2;
		if (text->len == 0 || at_gap(*text))
			return true;
		if (!take_byte(text, ':'))
			return false;
	}
}

static bool parse_ipv6(struct span text, uint8_t out[16])
{
	uint8_t head[IPV6_LEN] = { 0 };
	uint8_t tail[IPV6_LEN] = { 0 };
	size_t head_len = 0;
	size_t tail_len = 0;
	bool gap;

	if (!at_gap(text) && !take_groups(&text, head, sizeof(head), &head_len))
		return false;
	gap = at_gap(text);
	if (gap)
		text = span_make(text.data + 2, text.len - 2);
	/* "::" stands for one group of zeros at least. */
	if (gap && text.len > 0 &&
	    !take_groups(&text, tail, sizeof(tail) - 2 - (head_len < 14 ? head_len : 14),
			 &tail_len))
		return false;
	if (text.len > 0 || (gap ? head_len + tail_len > IPV6_LEN - 2 : head_len != IPV6_LEN))
		return false;
	bytes_zero(out, IPV6_LEN);
	bytes_copy(out, head, head_len);
	bytes_copy(out + IPV6_LEN - tail_len, tail, tail_len);
	return true;
}

size_t ip_parse(struct span text, uint8_t out[16])
{
	if (parse_ipv4(text, out))
		return IPV4_LEN;
	if (text.len > 2 && text.data[0] == '[' && text.data[text.len - 1] == ']')
		text = span_make(text.data + 1, text.len - 2);
	return parse_ipv6(text, out) ? IPV6_LEN : 0;
}

static unsigned int group_of(struct span a, size_t i)
{
	return (unsigned int)(a.data[2 * i] << 8 | a.data[2 * i + 1]);
}

/* The first of the longest runs of two or more zero groups (RFC 5952, 4.2); its length, or 0. */
static size_t longest_zeros(struct span a, size_t *start)
{
	size_t best = 0;

	for (size_t i = 0; i < GROUPS; i++) {
		size_t n = 0;

		while (i + n < GROUPS && group_of(a, i + n) == 0)
			n++;
		if (n >= 2 && n > best) {
			best = n;
			*start = i;
		}
		i += n;
	}
	return best;
}

static void put_ipv6(struct text *t, struct span a)
{
	size_t start = GROUPS;
	size_t run = longest_zeros(a, &start);

	for (size_t i = 0; i < GROUPS; i++) {
		char group[8];

		if (run > 0 && i == start) {
			text_put(t, "::");
			i += run - 1;
			continue;
		}
		if (i > 0 && !(run > 0 && i == start + run))
			text_put_char(t, ':');
		snprintf(group, sizeof(group), "%x", group_of(a, i));
		text_put(t, group);
	}
}

char *ip_text(struct span address, char *buf, size_t size)
{
	struct text t = text_make(buf, size);

	if (address.len == IPV4_LEN) {
		char dotted[16];

		snprintf(dotted, sizeof(dotted), "%u.%u.%u.%u", address.data[0], address.data[1],
			 address.data[2], address.data[3]);
		text_put(&t, dotted);
	} else if (address.len == IPV6_LEN) {
		put_ipv6(&t, address);
	} else {
		text_put_hex(&t, address);
	}
	return buf;
}
