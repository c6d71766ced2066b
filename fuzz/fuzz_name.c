/*
 * Two names from outside, the first with its length of two bytes in front: comparison is an
 * equivalence that the hash agrees with, and text holds nothing that moves a cursor.
 */
#include <stdio.h>
#include <stdlib.h>

#include "wire/reader.h"
#include "x509/hostname.h"
#include "x509/ip.h"
#include "x509/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

static bool well_formed(struct span name)
{
	struct ward_error err = ERROR_NONE;

	name_check(name, &err);
	return !error_is_set(&err);
}

static void check_text(struct span name)
{
	char whole[400], part[400];
	const unsigned char *p = (const unsigned char *)name_text(name, whole, sizeof(whole));

	for (; *p != '\0'; p++)
		must(*p >= ' ' && *p != 0x7f, "a control character in a text");
	/* Shorter room gives the beginning of the same text. */
	name_text(name, part, sizeof(part) / 2);
	must(memcmp(whole, part, strlen(part)) == 0, "a text that is cut is another text");
}

static void check_pair(struct span a, struct span b)
{
	bool equal = name_equal(a, b);

	must(equal == name_equal(b, a), "equality in one direction");
	must(name_equal(a, a) && name_is_within(a, a), "a name that is not itself");
	if (equal)
		must(name_hash(a) == name_hash(b), "equal names of unequal hash");
	must(equal == (name_is_within(a, b) && name_is_within(b, a)), "within each other");
}

/* The same bytes as host names and addresses. */
static void check_host(struct span a, struct span b)
{
	uint8_t address[16], again[16];
	char text[IP_TEXT_MAX];
	size_t len = ip_parse(a, address);

	if (hostname_match(a, b))
		must(a.data[0] == '*' || hostname_equal(a, hostname_relative(b)), "a match");
	if (hostname_is_strict(a))
		must(hostname_is_dns(a) && hostname_match(a, a), "a strict name");
	if (len == 0)
		return;
	ip_text(span_make(address, len), text, sizeof(text));
	must(!hostname_is_dns(a), "an address that is a name");
	must(ip_parse(span_string(text), again) == len && memcmp(address, again, len) == 0,
	     "an address that does not come back");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(span_make(data, size), &err);
	struct span a = reader_vec(&r, 2);
	struct span b = reader_rest(&r);

	if (error_is_set(&err))
		return 0;
	check_host(a, b);
	if (!well_formed(a))
		return 0;
	check_text(a);
	if (well_formed(b))
		check_pair(a, b);
	return 0;
}
