/*
 * compress_certificate (RFC 8879, section 3): the algorithms that the sender can decompress.
 *
 *	CertificateCompressionAlgorithm algorithms<2..2^8-2>;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

void compress_certificate_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	(void)where;
	e->compressions = u16_list_read(body, 1, 254);
}

void compress_certificate_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	writer_vec(w, 1, e->compressions);
}
