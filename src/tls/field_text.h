/*
 * Values of a message's fields in words, for fields.c.
 */
#ifndef TLS_FIELD_TEXT_H
#define TLS_FIELD_TEXT_H

#include "base/span.h"
#include "tls/shapes.h"

enum { FIELD_TEXT_MAX = 288 }; /* the longest host name, quoted, and more */

/* "" where the bytes alone say it. Printable ASCII, whatever the bytes are. */
void field_text(enum shape_text text, struct span bytes, char out[FIELD_TEXT_MAX]);

#endif
