/*
 * signature_algorithms and signature_algorithms_cert (RFC 9846, 4.3.3): the schemes in which the
 * sender verifies CertificateVerify, and those in which it verifies certificates.
 *
 *	SignatureScheme supported_signature_algorithms<2..2^16-2>;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

void signature_algorithms_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	(void)where;
	e->signature_algorithms = u16_list_read(body, 2, 65534);
}

void signature_algorithms_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	writer_vec(w, 2, e->signature_algorithms);
}

void signature_algorithms_cert_parse(struct reader *body, enum ext_where where,
				     struct extensions *e)
{
	(void)where;
	e->signature_algorithms_cert = u16_list_read(body, 2, 65534);
}

void signature_algorithms_cert_write(struct writer *w, enum ext_where where,
				     const struct extensions *e)
{
	(void)where;
	writer_vec(w, 2, e->signature_algorithms_cert);
}
