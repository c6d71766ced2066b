/*
 * Certificate (RFC 9846, 4.5.1).
 *
 *	struct {
 *		opaque cert_data<1..2^24-1>;
 *		Extension extensions<0..2^16-1>;
 *	} CertificateEntry;
 *
 *	struct {
 *		opaque certificate_request_context<0..2^8-1>;
 *		CertificateEntry certificate_list<0..2^24-1>;
 *	} Certificate;
 *
 * The extensions of every entry are checked; those of the first, the leaf, are kept.
 */
#include "tls/msg/message.h"

static void entry_parse(struct reader *list, struct certificate *c)
{
	struct certificate_entry entry;
	struct reader at = *list;

	entry.cert_data = reader_vec_bounded(list, 3, 1, 0xffffff);
	extensions_parse(list, IN_CT, &entry.ext);
	if (c->count == CHAIN_MAX_CERTS) {
		FAIL_HERE(&at, CERTIFICATE_TOO_MANY);
		return;
	}
	if (c->count == 0)
		c->leaf_ext = entry.ext;
	c->seen |= entry.ext.seen;
	c->certs[c->count++] = entry.cert_data;
}

bool certificate_parse(struct span body, struct certificate *c, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);
	struct reader list;

	*c = (struct certificate){ .context = reader_vec(&r, 1) };
	list = reader_child(&r, 3);
	while (reader_more(&list))
		entry_parse(&list, c);
	return message_close(&r, HT_CERTIFICATE, err);
}

bool certificate_check_offered(const struct certificate *c, uint64_t offered,
			       struct ward_error *err)
{
	struct extensions all = { .seen = c->seen };

	return extensions_check_offered(&all, offered, err);
}

void certificate_write(struct writer *w, const struct certificate *c)
{
	static const struct extensions none;

	WRITE_MESSAGE(w, HT_CERTIFICATE)
	{
		writer_vec(w, 1, c->context);
		WRITE_VEC (w, 3) {
			for (size_t i = 0; i < c->count; i++) {
				writer_vec(w, 3, c->certs[i]);
				extensions_write(w, IN_CT, i == 0 ? &c->leaf_ext : &none);
			}
		}
	}
}
