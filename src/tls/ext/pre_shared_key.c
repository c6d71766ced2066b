/*
 * pre_shared_key (RFC 9846, 4.3.11): the identities that a client offers, with a binder for each;
 * the server answers with the index of one.
 *
 *	struct {
 *		opaque identity<1..2^16-1>;
 *		uint32 obfuscated_ticket_age;
 *	} PskIdentity;
 *	opaque PskBinderEntry<32..255>;
 *
 *	PskIdentity identities<7..2^16-1>;
 *	PskBinderEntry binders<33..2^16-1>;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

static size_t identities_parse(struct reader list)
{
	size_t count = 0;

	for (; reader_more(&list); count++) {
		(void)reader_vec_bounded(&list, 2, 1, 65535);
		(void)reader_u32(&list);
	}
	return count;
}

static size_t binders_parse(struct reader list)
{
	size_t count = 0;

	for (; reader_more(&list); count++)
		(void)reader_vec_bounded(&list, 1, 32, 255);
	return count;
}

static void offered_psks_parse(struct reader *body, struct extensions *e)
{
	struct reader identities = list_open(body, 2);
	struct reader at = *body;
	struct reader binders = list_open(body, 2);

	e->psk_identities = span_make(identities.pos, reader_left(&identities));
	e->psk_binders = span_make(binders.pos, reader_left(&binders));
	if (identities_parse(identities) != binders_parse(binders))
		FAIL_HERE(&at, PSK_BINDER_COUNT);
}

void pre_shared_key_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	if (where == IN_CH)
		offered_psks_parse(body, e);
	else
		e->psk_selected = reader_u16(body);
}

void pre_shared_key_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	if (where == IN_CH) {
		writer_vec(w, 2, e->psk_identities);
		writer_vec(w, 2, e->psk_binders);
	} else {
		writer_u16(w, e->psk_selected);
	}
}
