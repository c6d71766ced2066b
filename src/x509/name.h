/*
 * Distinguished names (RFC 5280, 4.1.2.4 and 7.1; RFC 4514).
 *
 * A name is a span with its header, whose form name_check has seen.
 */
#ifndef X509_NAME_H
#define X509_NAME_H

#include "wire/der.h"

/* Checks the form of a whole Name; errors go to err. */
void name_check(struct span name, struct ward_error *err);

/*
 * Names are equal if their parts are, where strings of any type are compared by their characters,
 * without regard to case in ASCII, to white space around them, or to how much is between words.
 * Equal names have equal hashes.
 */
bool name_equal(struct span a, struct span b);
uint64_t name_hash(struct span name);
/* Whether `name` begins with all the parts of `base` (RFC 5280, 4.2.1.10: directoryName). */
bool name_is_within(struct span name, struct span base);

/* A walk over the attributes of a name, in the order of the encoding. */
struct name_attribute {
	struct span type;
	int tag;
	struct span value, whole; /* without and with the header */
	bool joined;              /* in one RelativeDistinguishedName with the one before */
};
struct name_walk {
	struct reader name, rdn;
	struct ward_error err;
	bool begun;
};
void name_walk_start(struct name_walk *w, struct span name);
bool name_walk_next(struct name_walk *w, struct name_attribute *a);

/* The value of the last attribute of this type, which is the most specific. False if none. */
bool name_find(struct span name, struct span type, struct name_attribute *found);

/* "CN=example.org,O=Example": RFC 4514, last part first, hostile bytes escaped; cut to fit. */
char *name_text(struct span name, char *buf, size_t size);
/* One value as UTF-8 in the same way; cut to fit at whole characters. */
char *name_value_text(const struct name_attribute *a, char *buf, size_t size);
/* The same for a string that stands in no name: commas and such are left as they are. */
char *name_string_text(const struct name_attribute *a, char *buf, size_t size);

#endif
