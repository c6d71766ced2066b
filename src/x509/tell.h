/*
 * One fact at a time, told to a describe_sink. For describe.c.
 */
#ifndef X509_TELL_H
#define X509_TELL_H

#include "x509/describe.h"

/* `buf` has room for whatever the extension can become as text. */
struct tell {
	const struct describe_sink *sink;
	char *buf;
	size_t size;
};

/* A child for what stands behind an implicit tag. */
struct reader tell_reader(const struct reader *r, struct span content);

/* A text that is safe already. */
void tell(const struct tell *d, const char *name, const char *value);
/* One that a certificate brings. */
void tell_text(const struct tell *d, const char *name, struct span utf8);
void tell_hex(const struct tell *d, const char *name, struct span bytes);
void tell_oid(const struct tell *d, const char *name, struct span oid);
void tell_number(const struct tell *d, const char *name, uint32_t number);
/* The content of an INTEGER; in hex if it is large or negative. */
void tell_integer(const struct tell *d, const char *name, struct span number);
/* A GeneralizedTime under an implicit tag, if it comes next. */
void tell_time(const struct tell *d, const char *name, int tag, struct reader *r);
/* The names of those bits that are set. */
void tell_bits(const struct tell *d, const char *name, struct span bits, const char *const *names,
	       size_t count);

/* A name whose form has been checked, under a name of its own… */
void tell_name_value(const struct tell *d, const char *name, struct general_name n);
/* …all names of a list under their kinds; prefix "" or a word with a blank behind it… */
void tell_names(const struct tell *d, const char *prefix, struct reader *list);
/* …and a base of name constraints. */
void tell_subtree(const struct tell *d, const char *prefix, struct general_name base);

#endif
