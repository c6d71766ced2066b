/*
 * compress_certificate (RFC 8879, section 3): the algorithms that the sender can decompress.
 *
 *	CertificateCompressionAlgorithm algorithms<2..2^8-2>;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"
#include "tls/ext/u16_set.h"

void compress_certificate_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	struct reader at = *body;
	struct u16_set seen;

	(void)where;
	e->compressions = u16_list_read(body, 1, 254);
	u16_set_init(&seen);
	for (size_t i = 0; i < u16_list_count(e->compressions); i++)
		if (!u16_set_add(&seen, u16_list_at(e->compressions, i)))
			FAIL_HERE(&at, BAD_VALUE);
}

void compress_certificate_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	writer_vec(w, 1, e->compressions);
}
