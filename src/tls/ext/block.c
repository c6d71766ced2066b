/*
 * A block of extensions (RFC 9846, section 4.3): "Extension extensions<0..2^16-1>".
 *
 * Reading refuses the second of a type, one that may not stand in this message, an unknown one
 * where it would be an answer, and anything behind pre_shared_key in a ClientHello. Whatever fails
 * is placed: the type of the extension, and the byte of the message where reading stopped.
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"
#include "tls/ext/u16_set.h"

/* Where an extension nobody knows is of no consequence; elsewhere it answers what was not asked. */
#define UNKNOWN_ALLOWED (IN_CH | IN_CR | IN_NST)

struct block {
	enum ext_where where;
	struct extensions *e;
	struct u16_set unknown;
};

static void parse_known(struct block *b, const struct ext_row *row, struct reader *at,
			struct reader *body)
{
	uint64_t bit = UINT64_C(1) << (row - ext_rows);

	if (!(row->where & b->where))
		FAIL_HERE(at, EXT_MISPLACED);
	else if (b->e->seen & bit)
		FAIL_HERE(at, EXT_DUPLICATE);
	b->e->seen |= bit;
	if (row->parse != NULL) {
		row->parse(body, b->where, b->e);
		(void)reader_close(body);
	}
}

static void parse_unknown(struct block *b, uint16_t type, struct reader *at)
{
	if (!(b->where & UNKNOWN_ALLOWED))
		FAIL_HERE(at, EXT_NOT_OFFERED);
	else if (!u16_set_add(&b->unknown, type))
		FAIL_HERE(at, EXT_DUPLICATE);
}

static void parse_one(struct reader *r, struct block *b)
{
	struct reader at = *r;
	bool behind_psk = b->where == IN_CH && ext_has(b->e, EXT_PRE_SHARED_KEY);
	uint16_t type = reader_u16(r);
	struct reader body = reader_child(r, 2);
	const struct ext_row *row = ext_find(type);

	if (r->err->reason != WARD_E_NONE)
		return; /* the frame is cut short: the type may not be one */
	if (row != NULL)
		parse_known(b, row, &at, &body);
	else
		parse_unknown(b, type, &at);
	if (behind_psk && r->err->reason == WARD_E_NONE) {
		FAIL_HERE(&at, EXT_PSK_NOT_LAST);
		type = EXT_PRE_SHARED_KEY;
	}
	error_set_place(r->err, -1, type, -1);
}

void extensions_parse(struct reader *r, enum ext_where where, struct extensions *e)
{
	struct reader list = reader_child(r, 2);
	struct block b;

	*e = (struct extensions){ .raw = span_make(list.pos, reader_left(&list)) };
	b.where = where;
	b.e = e;
	u16_set_init(&b.unknown);
	while (reader_more(&list))
		parse_one(&list, &b);
	if (where == IN_CH) {
		key_share_check_listed(r, e);
		server_name_drop_address(e);
	}
}

/*
 * The order of writing. server_name comes early in a ClientHello, where those who look at the first
 * packet alone find it, and pre_shared_key last, as it must; the server's messages are in the order
 * of the published traces.
 */
static const struct {
	uint16_t type;
	unsigned int where;
} write_order[] = {
	/* clang-format off */
	{ EXT_SERVER_NAME,                  IN_CH | IN_CR },
	{ EXT_EXTENDED_MASTER_SECRET,       IN_CH | IN_SH12 },
	{ EXT_RENEGOTIATION_INFO,           IN_CH | IN_SH12 },
	{ EXT_PRE_SHARED_KEY,               IN_SH },
	{ EXT_SUPPORTED_GROUPS,             IN_CH | IN_EE | IN_SH12 },
	{ EXT_EC_POINT_FORMATS,             IN_CH | IN_SH12 },
	{ EXT_SESSION_TICKET,               IN_CH | IN_SH12 },
	{ EXT_KEY_SHARE,                    IN_CH | IN_SH | IN_HRR },
	{ EXT_COOKIE,                       IN_CH | IN_HRR },
	{ EXT_SUPPORTED_VERSIONS,           IN_CH | IN_SH | IN_HRR },
	{ EXT_SIGNATURE_ALGORITHMS,         IN_CH | IN_CR },
	{ EXT_SIGNATURE_ALGORITHMS_CERT,    IN_CH | IN_CR },
	{ EXT_CERTIFICATE_AUTHORITIES,      IN_CH | IN_CR },
	{ EXT_OID_FILTERS,                  IN_CR },
	{ EXT_MAX_FRAGMENT_LENGTH,          IN_CH | IN_EE | IN_SH12 },
	{ EXT_RECORD_SIZE_LIMIT,            IN_CH | IN_EE | IN_SH12 },
	{ EXT_QUIC_TRANSPORT_PARAMETERS,    IN_CH | IN_EE },
	{ EXT_SERVER_NAME,                  IN_EE | IN_SH12 },
	{ EXT_ALPN,                         IN_CH | IN_EE | IN_SH12 },
	{ EXT_STATUS_REQUEST,               IN_CH | IN_CR | IN_CT | IN_SH12 },
	{ EXT_SIGNED_CERTIFICATE_TIMESTAMP, IN_CH | IN_CR | IN_CT | IN_SH12 },
	{ EXT_CLIENT_CERTIFICATE_TYPE,      IN_CH | IN_EE | IN_SH12 },
	{ EXT_SERVER_CERTIFICATE_TYPE,      IN_CH | IN_EE | IN_SH12 },
	{ EXT_COMPRESS_CERTIFICATE,         IN_CH | IN_CR },
	{ EXT_ENCRYPTED_CLIENT_HELLO,       IN_CH | IN_HRR | IN_EE },
	{ EXT_POST_HANDSHAKE_AUTH,          IN_CH },
	{ EXT_PSK_KEY_EXCHANGE_MODES,       IN_CH },
	{ EXT_EARLY_DATA,                   IN_CH | IN_EE | IN_NST },
	/* clang-format on */
};

/* Writes one and takes its bit off those that are left to write. */
static void write_one(struct writer *w, enum ext_where where, const struct extensions *e, int type,
		      uint64_t *left)
{
	const struct ext_row *row = ext_find(type);
	uint64_t bit = ext_bit(type);

	if (!(*left & bit))
		return;
	*left &= ~bit;
	writer_u16(w, row->type);
	WRITE_VEC (w, 2)
		row->write(w, where, e);
}

/* The first has no content and the second one byte, as clients have sent them for years. */
static void write_grease(struct writer *w, uint16_t type, size_t len)
{
	if (type == 0)
		return;
	writer_u16(w, type);
	writer_u16(w, (uint16_t)len);
	writer_zeros(w, len);
}

void extensions_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	uint64_t left = e->seen;

	WRITE_VEC (w, 2) {
		write_grease(w, e->grease_first, 0);
		for (size_t i = 0; i < sizeof(write_order) / sizeof(write_order[0]); i++) {
			if (write_order[i].where & where)
				write_one(w, where, e, write_order[i].type, &left);
		}
		write_grease(w, e->grease_last, 1);
		if (where == IN_CH)
			write_one(w, where, e, EXT_PRE_SHARED_KEY, &left);
	}
	if (left != 0)
		FAIL(w->err, INTERNAL);
}

bool extensions_check_offered(const struct extensions *e, uint64_t offered, struct ward_error *err)
{
	uint64_t extra = e->seen & ~(offered | ext_bit(EXT_COOKIE));

	for (size_t i = 0; i < ext_row_count; i++) {
		if (extra >> i & 1) {
			FAIL(err, EXT_NOT_OFFERED);
			error_set_place(err, -1, ext_rows[i].type, -1);
			return false;
		}
	}
	return true;
}

bool extensions_each(struct span raw, bool (*fn)(void *arg, int type, struct span body), void *arg)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(raw, &err);

	while (reader_more(&r)) {
		int type = reader_u16(&r);
		struct span body = reader_vec(&r, 2);

		if (error_is_set(&err) || !fn(arg, type, body))
			return false;
	}
	return true;
}
