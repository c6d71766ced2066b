/*
 * ClientHello (RFC 9846, 4.2.2).
 *
 *	struct {
 *		ProtocolVersion legacy_version = 0x0303;
 *		Random random;
 *		opaque legacy_session_id<0..32>;
 *		CipherSuite cipher_suites<2..2^16-2>;
 *		opaque legacy_compression_methods<1..2^8-1>;
 *		Extension extensions<7..2^16-1>;
 *	} ClientHello;
 *
 * Clients of before extensions send none at all; a block is written when there is something in it.
 */
#include "crypto/crypto.h"
#include "tls/msg/message.h"

bool client_hello_parse(struct span body, struct client_hello *ch, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	*ch = (struct client_hello){ 0 };
	ch->legacy_version = reader_u16(&r);
	ch->random = reader_bytes(&r, 32);
	ch->legacy_session_id = reader_vec_bounded(&r, 1, 0, 32);
	ch->cipher_suites = u16_list_read(&r, 2, 65534);
	ch->legacy_compression_methods = reader_vec_bounded(&r, 1, 1, 255);
	if (reader_more(&r))
		extensions_parse(&r, IN_CH, &ch->ext);
	return message_close(&r, HT_CLIENT_HELLO, err);
}

static bool has_extensions(const struct extensions *e)
{
	return e->seen != 0 || e->grease_first != 0 || e->grease_last != 0;
}

void client_hello_write(struct writer *w, const struct client_hello *ch)
{
	WRITE_MESSAGE(w, HT_CLIENT_HELLO)
	{
		writer_u16(w, ch->legacy_version);
		writer_bytes(w, ch->random);
		writer_vec(w, 1, ch->legacy_session_id);
		writer_vec(w, 2, ch->cipher_suites);
		writer_vec(w, 1, ch->legacy_compression_methods);
		if (has_extensions(&ch->ext))
			extensions_write(w, IN_CH, &ch->ext);
	}
}

/* Hashes a vector with its length, so that bytes cannot move from one to the next unnoticed. */
static void hash_vec(struct digest *d, struct span bytes)
{
	const uint8_t len[4] = { (uint8_t)(bytes.len >> 24), (uint8_t)(bytes.len >> 16),
				 (uint8_t)(bytes.len >> 8), (uint8_t)bytes.len };

	digest_update(d, SPAN_ARRAY(len));
	digest_update(d, bytes);
}

static void hash_u16(struct digest *d, int value)
{
	const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	digest_update(d, SPAN_ARRAY(bytes));
}

/* encrypted_client_hello seals a part of the rest, so it changes with it (RFC 9849, 6.1.5). */
static bool may_change(int type)
{
	return type == EXT_KEY_SHARE || type == EXT_EARLY_DATA || type == EXT_COOKIE ||
	       type == EXT_PRE_SHARED_KEY || type == EXT_PADDING ||
	       type == EXT_ENCRYPTED_CLIENT_HELLO;
}

static bool hash_extension(void *arg, int type, struct span body)
{
	if (!may_change(type)) {
		hash_u16(arg, type);
		hash_vec(arg, body);
	}
	return true;
}

void client_hello_fingerprint(const struct client_hello *ch, uint8_t out[32])
{
	struct digest d;

	digest_start(&d, DIGEST_SHA256);
	hash_u16(&d, ch->legacy_version);
	hash_vec(&d, ch->random);
	hash_vec(&d, ch->legacy_session_id);
	hash_vec(&d, ch->cipher_suites);
	hash_vec(&d, ch->legacy_compression_methods);
	(void)extensions_each(ch->ext.raw, hash_extension, &d);
	digest_finish(&d, out);
}
