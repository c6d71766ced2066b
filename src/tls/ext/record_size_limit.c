/*
 * record_size_limit (RFC 8449): the longest plaintext of a record, content type and padding
 * included, that the sender wants to get. Values above the protocol's own limit are allowed and
 * mean that limit; below 64 nobody may ask.
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

enum { RECORD_SIZE_LIMIT_LEAST = 64 };

void record_size_limit_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	struct reader at = *body;

	(void)where;
	e->record_size_limit = reader_u16(body);
	if (e->record_size_limit < RECORD_SIZE_LIMIT_LEAST)
		FAIL_HERE(&at, RECORD_SIZE_LIMIT_LOW);
}

void record_size_limit_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	writer_u16(w, e->record_size_limit);
}
