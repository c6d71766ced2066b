/*
 * ServerHello (RFC 9846, 4.2.3) and HelloRetryRequest (4.2.4), which differ in `random`.
 *
 *	struct {
 *		ProtocolVersion legacy_version = 0x0303;
 *		Random random;
 *		opaque legacy_session_id_echo<0..32>;
 *		CipherSuite cipher_suite;
 *		uint8 legacy_compression_method = 0;
 *		Extension extensions<6..2^16-1>;
 *	} ServerHello;
 *
 * supported_versions is looked for before all else: a ServerHello without it is of TLS 1.2 or older,
 * where the extensions are others or there are none.
 */
#include "tls/msg/message.h"

const uint8_t server_hello_retry_random[32] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
	0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
	0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

static bool is_retry_random(struct span random)
{
	return span_equal(random, SPAN_ARRAY(server_hello_retry_random));
}

static bool is_other_type(void *arg, int type, struct span body)
{
	const int *wanted = arg;

	(void)body;
	return type != *wanted;
}

enum ext_where server_hello_where(struct span random, const struct reader *r)
{
	struct ward_error ignored = ERROR_NONE;
	struct reader probe = { r->start, r->pos, r->end, &ignored };
	int wanted = EXT_SUPPORTED_VERSIONS;

	if (is_retry_random(random))
		return IN_HRR;
	if (extensions_each(reader_vec(&probe, 2), is_other_type, &wanted))
		return IN_SH12;
	return IN_SH;
}

bool server_hello_parse(struct span body, struct server_hello *sh, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	*sh = (struct server_hello){ 0 };
	sh->legacy_version = reader_u16(&r);
	sh->random = reader_bytes(&r, 32);
	sh->is_retry = is_retry_random(sh->random);
	sh->legacy_session_id_echo = reader_vec_bounded(&r, 1, 0, 32);
	sh->cipher_suite = reader_u16(&r);
	sh->legacy_compression_method = reader_u8(&r);
	sh->is_12 = !sh->is_retry;
	if (reader_more(&r)) {
		enum ext_where where = server_hello_where(sh->random, &r);

		sh->is_12 = where == IN_SH12;
		extensions_parse(&r, where, &sh->ext);
	}
	return message_close(&r, HT_SERVER_HELLO, err);
}

void server_hello_write(struct writer *w, const struct server_hello *sh)
{
	WRITE_MESSAGE(w, HT_SERVER_HELLO)
	{
		writer_u16(w, sh->legacy_version);
		writer_bytes(w, sh->random);
		writer_vec(w, 1, sh->legacy_session_id_echo);
		writer_u16(w, sh->cipher_suite);
		writer_u8(w, sh->legacy_compression_method);
		if (sh->ext.seen != 0)
			extensions_write(w,
					 sh->is_12      ? IN_SH12
					 : sh->is_retry ? IN_HRR
							: IN_SH,
					 &sh->ext);
	}
}
