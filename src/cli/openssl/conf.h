/*
 * Configuration files in openssl's form (config(5)): sections of names and values, with quotes,
 * escapes, lines that are continued, comments, and $variables.
 */
#ifndef CLI_OPENSSL_CONF_H
#define CLI_OPENSSL_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum {
	CONF_ENTRIES_MAX = 4096,
	CONF_VALUE_MAX = 65536,  /* bytes of one value, its variables written out */
	CONF_TEXT_MAX = 4 << 20, /* bytes of all that is kept */
	CONF_FILE_MAX = 1 << 20,
};

struct conf_entry {
	char *section, *name, *value;
};

struct conf {
	struct conf_entry *entries; /* in the order of the file */
	size_t count;
	size_t kept; /* bytes */
};

/* Why a file was refused; line 0: it is none of a line. */
struct conf_fault {
	unsigned int line;
	char text[120];
};

/* False with *fault set if it is not in form. Clear it in any case. */
bool conf_parse(struct conf *conf, struct span text, struct conf_fault *fault);
void conf_clear(struct conf *conf);

/*
 * The last value of a name in a section, or in "default" where that section has none; NULL: neither
 * has. A `conf` of NULL has nothing.
 */
const char *conf_get(const struct conf *conf, const char *section, const char *name);
bool conf_has_section(const struct conf *conf, const char *section);
/* The entries of one section in their order: begin with *at = 0. NULL at the end. */
const struct conf_entry *conf_next(const struct conf *conf, const char *section, size_t *at);

#endif
