/*
 * Distinguished names from text.
 */
#ifndef X509_NAME_MAKE_H
#define X509_NAME_MAKE_H

#include "wire/der.h"

/* Enough for any name that is made from text. */
enum { NAME_DER_MAX = 16384 };

/*
 * Writes the Name that a text stands for: "/C=DE/O=X/CN=y" (in the order of the encoding, parts
 * without a value left out) or RFC 4514 ("CN=y,O=X,C=DE", which is the other way round). BAD_ARGUMENT
 * with what is wrong: a type that is not known, a value that is too long or of characters that its
 * type does not allow.
 */
bool name_write_text(struct writer *w, const char *text, struct ward_error *err);

/*
 * AttributeTypeAndValue alone in a part; as UTF8String (RFC 5280, 4.1.2.4). Nothing if value is
 * NULL.
 */
void name_write_attribute(struct writer *w, struct span type, const char *value);

#endif
