/*
 * The media type of a file, by the end of its name.
 *
 * What the web is made of is built in, so that pages work everywhere; for the rest the system's
 * table (/etc/mime.types) is asked. Unknown is application/octet-stream.
 */
#ifndef SERVE_MIME_H
#define SERVE_MIME_H

#include "base/span.h"

/* A table read from text in the form of /etc/mime.types; immutable, shared by threads. */
struct mime_table;

/* NULL when there is no memory. The text is copied. */
struct mime_table *mime_table_parse(struct span text);
/* That of the system; an empty table if it has none. NULL when there is no memory. */
struct mime_table *mime_table_system(void);
void mime_table_free(struct mime_table *t);
size_t mime_table_count(const struct mime_table *t);

/* The type, with a charset for text. Lives as long as the table, which may be NULL. */
const char *mime_type(const struct mime_table *t, const char *name);

#endif
