/*
 * A name and the base of a subtree of the same kind, from outside: what lies in a subtree that is
 * permitted lies in the same one when it is excluded, everything lies below the empty base of its
 * kind, and what is put in front of a host stays below it. The input is a byte for the kind, two for
 * the length of the name, the name, and the base.
 */
#include <stdio.h>
#include <stdlib.h>

#include "x509/extensions.h"
#include "x509/hostname.h"
#include "x509/name.h"
#include "x509/name_constraints.h"

#include <ward/x509.h>

enum { ROOM = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

/* What the parser lets pass: it is what matching may count on. */
static bool is_in_form(int kind, struct span value, bool base)
{
	struct ward_error err = ERROR_NONE;

	switch (kind) {
	case WARD_SAN_DIRECTORY:
		name_check(value, &err);
		return !error_is_set(&err);
	case WARD_SAN_IP:
		return base ? value.len == 8 || value.len == 32 : value.len == 4 || value.len == 16;
	default:
		for (size_t i = 0; i < value.len; i++)
			if (value.data[i] <= 0x1f || value.data[i] >= 0x7f)
				return false;
		return true;
	}
}

/* A label in front of a host does not lead out of what is below a base. */
static void check_label_in_front(struct span name, struct span base)
{
	uint8_t longer[ROOM] = "label.";

	if (name.len == 0 || name.len > sizeof(longer) - 6 || name.data[0] == '*')
		return;
	bytes_copy(longer + 6, name.data, name.len);
	must(name_constraints_match(WARD_SAN_DNS, span_make(longer, name.len + 6), base, false),
	     "a label in front of a name that is below a base");
}

static void check(int kind, struct span name, struct span base)
{
	bool permitted = name_constraints_match(kind, name, base, false);
	bool excluded = name_constraints_match(kind, name, base, true);

	must(!permitted || excluded, "permitted, but not excluded by the same subtree");
	if (kind == WARD_SAN_DNS) {
		must(name_constraints_match(kind, name, SPAN_EMPTY, false), "outside of all names");
		must(!permitted || base.len <= name.len, "a name above its base");
		if (permitted)
			check_label_in_front(name, base);
		if (hostname_is_dns(name) && name.len > 0 && name.data[0] != '.')
			must(name_constraints_match(kind, name, name, false), "outside of itself");
	}
	if (kind == WARD_SAN_DIRECTORY)
		must(name_constraints_match(kind, name, name, false), "outside of itself");
	if (kind == WARD_SAN_OTHER)
		must(!permitted && excluded, "a kind that cannot be compared");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int kinds[] = { WARD_SAN_OTHER, WARD_SAN_EMAIL,     WARD_SAN_DNS,
				     WARD_SAN_URI,   WARD_SAN_DIRECTORY, WARD_SAN_IP };
	size_t len;
	int kind;

	if (size < 3)
		return 0;
	kind = kinds[data[0] % (sizeof(kinds) / sizeof(kinds[0]))];
	len = (size_t)(data[1] << 8 | data[2]) % (size - 2);
	data += 3;
	size -= 3;
	struct span name = span_make(data, len);
	struct span base = span_make(data + len, size - len);

	if (is_in_form(kind, name, false) && is_in_form(kind, base, true))
		check(kind, name, base);
	return 0;
}
