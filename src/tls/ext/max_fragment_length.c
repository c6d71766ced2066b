/*
 * max_fragment_length (RFC 6066, 4): a client with little memory asks for records of 2^9 to 2^12
 * bytes in both directions, and the server repeats what it agrees to. record_size_limit has taken
 * its place, and a server that is sent both answers that alone (RFC 8449, 5).
 *
 *	enum { 2^9(1), 2^10(2), 2^11(3), 2^12(4), (255) } MaxFragmentLength;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

void max_fragment_length_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	struct reader at = *body;

	(void)where;
	e->max_fragment_length = reader_u8(body);
	if (e->max_fragment_length < 1 || e->max_fragment_length > 4)
		FAIL_HERE(&at, BAD_VALUE);
}

void max_fragment_length_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	writer_u8(w, e->max_fragment_length);
}
