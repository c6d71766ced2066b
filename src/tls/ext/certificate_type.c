/*
 * client_certificate_type and server_certificate_type (RFC 7250, section 3): what a client can show
 * and what it takes; and of each the one that the server has chosen.
 *
 *	select (ClientOrServerExtension) {
 *		case client: CertificateType certificate_types<1..2^8-1>;
 *		case server: CertificateType certificate_type;
 *	}
 *
 * A client that has nothing but X.509 to say leaves the extension out (4.1).
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

enum { TYPE_X509 = 0 };

static struct span types_read(struct reader *body, enum ext_where where)
{
	struct reader at = *body;
	struct span types;

	if (where != IN_CH)
		return reader_bytes(body, 1);
	types = reader_vec_bounded(body, 1, 1, 255);
	if (types.len == 1 && types.data[0] == TYPE_X509)
		FAIL_HERE(&at, BAD_VALUE);
	return types;
}

static void types_put(struct writer *w, enum ext_where where, struct span types)
{
	if (where == IN_CH)
		writer_vec(w, 1, types);
	else
		writer_bytes(w, types);
}

void client_certificate_type_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	e->client_certificate_types = types_read(body, where);
}

void client_certificate_type_write(struct writer *w, enum ext_where where,
				   const struct extensions *e)
{
	types_put(w, where, e->client_certificate_types);
}

void server_certificate_type_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	e->server_certificate_types = types_read(body, where);
}

void server_certificate_type_write(struct writer *w, enum ext_where where,
				   const struct extensions *e)
{
	types_put(w, where, e->server_certificate_types);
}
