/*
 * key_share (RFC 9846, 4.3.8): the public values of the key exchange.
 *
 *	struct {
 *		NamedGroup group;
 *		opaque key_exchange<1..2^16-1>;
 *	} KeyShareEntry;
 *
 *	ClientHello:        KeyShareEntry client_shares<0..2^16-1>;
 *	ServerHello:        KeyShareEntry server_share;
 *	HelloRetryRequest:  NamedGroup selected_group;
 *
 * A client may send 13,000 shares and list 32,000 groups: looking for duplicates and for shares of
 * groups that are not listed takes one pass over each.
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"
#include "tls/ext/u16_set.h"

static struct key_share_entry entry_parse(struct reader *r)
{
	struct key_share_entry entry;

	entry.group = reader_u16(r);
	entry.key_exchange = reader_vec_bounded(r, 2, 1, 65535);
	return entry;
}

static void client_shares_parse(struct reader list)
{
	struct u16_set groups;

	u16_set_init(&groups);
	while (reader_more(&list)) {
		struct reader at = list;

		if (!u16_set_add(&groups, entry_parse(&list).group))
			FAIL_HERE(&at, KEY_SHARE_DUPLICATE);
	}
}

void key_share_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	if (where == IN_CH) {
		struct reader list = reader_child(body, 2);

		e->key_shares = span_make(list.pos, reader_left(&list));
		client_shares_parse(list);
	} else if (where == IN_HRR) {
		e->key_share.group = reader_u16(body);
	} else {
		e->key_share = entry_parse(body);
	}
}

void key_share_check_listed(const struct reader *r, const struct extensions *e)
{
	struct reader shares = reader_make(e->key_shares, r->err);
	struct u16_set listed;

	if (!ext_has(e, EXT_SUPPORTED_GROUPS) || e->key_shares.len == 0)
		return; /* that one of the two is missing is judged with the whole message */
	shares.start = r->start;
	u16_set_init(&listed);
	for (size_t i = 0; i < u16_list_count(e->supported_groups); i++)
		(void)u16_set_add(&listed, u16_list_at(e->supported_groups, i));
	while (reader_more(&shares)) {
		struct reader at = shares;

		if (!u16_set_has(&listed, entry_parse(&shares).group)) {
			FAIL_HERE(&at, KEY_SHARE_UNLISTED);
			error_set_place(r->err, -1, EXT_KEY_SHARE, -1);
		}
	}
}

void key_share_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	if (where == IN_CH) {
		writer_vec(w, 2, e->key_shares);
		return;
	}
	writer_u16(w, e->key_share.group);
	if (where == IN_SH)
		writer_vec(w, 2, e->key_share.key_exchange);
}

bool key_share_find(struct span list, uint16_t group, struct span *key_exchange)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(list, &err);

	while (reader_more(&r)) {
		struct key_share_entry entry = entry_parse(&r);

		if (entry.group == group && !error_is_set(&err)) {
			*key_exchange = entry.key_exchange;
			return true;
		}
	}
	return false;
}
