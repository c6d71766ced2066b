/*
 * The extensions that belong to TLS 1.2 alone and are small: extended_master_secret (RFC 7627, 5.1),
 * renegotiation_info (RFC 5746, 3.2) and ec_point_formats (RFC 8422, 5.1.2).
 *
 *	struct {} ExtendedMasterSecret;
 *	struct {
 *		opaque renegotiated_connection<0..255>;
 *	} RenegotiationInfo;
 *	ECPointFormat ec_point_format_list<1..2^8-1>;
 *
 * renegotiation_info is empty in a first handshake, and there is no other here.
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

enum { POINT_UNCOMPRESSED = 0 };

void extended_master_secret_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	(void)body;
	(void)where;
	(void)e;
}

void extended_master_secret_write(struct writer *w, enum ext_where where,
				  const struct extensions *e)
{
	(void)w;
	(void)where;
	(void)e;
}

void renegotiation_info_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	struct reader at = *body;

	(void)where;
	(void)e;
	if (reader_vec(body, 1).len > 0)
		FAIL_HERE(&at, RENEGOTIATION_INFO);
}

void renegotiation_info_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	(void)e;
	writer_u8(w, 0);
}

void ec_point_formats_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	struct reader at = *body;
	struct span list = reader_vec_bounded(body, 1, 1, 255);

	(void)where;
	(void)e;
	if (!reader_failed(body) && memchr(list.data, POINT_UNCOMPRESSED, list.len) == NULL)
		FAIL_HERE(&at, BAD_VALUE);
}

void ec_point_formats_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	(void)where;
	(void)e;
	writer_u8(w, 1);
	writer_u8(w, POINT_UNCOMPRESSED);
}
