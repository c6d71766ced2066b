/*
 * What a server refuses of a ClientHello, the first or the second: one thing wrong in an otherwise
 * perfect handshake with a client, each with the reason that is told to the caller and the alert
 * that is told to the peer.
 */
#include "support/puppet.h"
#include "support/refusal.h"
#include "support/table.h"

/* ---- ClientHello: as a structure ---- */

static void without(struct client_hello *ch, int extension)
{
	ch->ext.seen &= ~ext_bit(extension);
}

static void no_versions(struct client_hello *ch)
{
	without(ch, EXT_SUPPORTED_VERSIONS);
}

static void only_tls12(struct client_hello *ch)
{
	ch->ext.supported_versions = SPAN_LITERAL("\x03\x03\x03\x02");
}

static void only_grease(struct client_hello *ch)
{
	ch->ext.supported_versions = SPAN_LITERAL("\x4a\x4a");
}

static void ssl3(struct client_hello *ch)
{
	ch->legacy_version = 0x0300;
	without(ch, EXT_SUPPORTED_VERSIONS);
}

static void legacy_tls11(struct client_hello *ch)
{
	ch->legacy_version = 0x0302;
}

static void legacy_tls13(struct client_hello *ch)
{
	ch->legacy_version = 0x0304;
}

static void long_session_id(struct client_hello *ch)
{
	static const uint8_t id[33] = { 1 };

	ch->legacy_session_id = SPAN_ARRAY(id);
}

static void no_suites(struct client_hello *ch)
{
	ch->cipher_suites = SPAN_EMPTY;
}

static void half_a_suite(struct client_hello *ch)
{
	ch->cipher_suites = SPAN_LITERAL("\x13\x01\x13");
}

static void other_suites(struct client_hello *ch)
{
	ch->cipher_suites = SPAN_LITERAL("\xc0\x2f\x13\x04");
}

static void deflate(struct client_hello *ch)
{
	ch->legacy_compression_methods = SPAN_LITERAL("\x01");
}

static void deflate_and_null(struct client_hello *ch)
{
	ch->legacy_compression_methods = SPAN_LITERAL("\x01\x00");
}

static void no_compression_list(struct client_hello *ch)
{
	ch->legacy_compression_methods = SPAN_EMPTY;
}

static void no_groups(struct client_hello *ch)
{
	without(ch, EXT_SUPPORTED_GROUPS);
}

static void other_groups(struct client_hello *ch)
{
	ch->ext.supported_groups = SPAN_LITERAL("\x00\x19\x01\x00");
	ch->ext.key_shares = SPAN_EMPTY;
}

static void no_shares(struct client_hello *ch)
{
	without(ch, EXT_KEY_SHARE);
}

static void no_schemes(struct client_hello *ch)
{
	without(ch, EXT_SIGNATURE_ALGORITHMS);
}

static void other_schemes(struct client_hello *ch)
{
	ch->ext.signature_algorithms = SPAN_LITERAL("\x02\x01\x04\x01");
}

static void zero_share(struct client_hello *ch)
{
	static uint8_t share[4 + 32] = { 0x00, 0x1d, 0x00, 0x20 };

	ch->ext.key_shares = SPAN_ARRAY(share);
}

static void point_off_the_curve(struct client_hello *ch)
{
	static uint8_t share[4 + 65] = { 0x00, 0x17, 0x00, 0x41, 0x04, 1 };

	ch->ext.key_shares = SPAN_ARRAY(share);
}

#ifndef WARD_NO_NATIVE

/* A share of X25519MLKEM768: ML-KEM's key, whose coefficients are all `fill`, and nine. */
static void hybrid_share(struct client_hello *ch, uint8_t fill, size_t len)
{
	static uint8_t share[4 + 1216] = { 0x11, 0xec };

	share[2] = (uint8_t)(len >> 8);
	share[3] = (uint8_t)len;
	memset(share + 4, fill, 1216);
	share[4 + 1184] = 9;
	ch->ext.supported_groups = SPAN_LITERAL("\x11\xec\x00\x1d");
	ch->ext.key_shares = span_make(share, 4 + len);
}

static void unreduced_mlkem_key(struct client_hello *ch)
{
	hybrid_share(ch, 0xff, 1216);
}

static void short_hybrid(struct client_hello *ch)
{
	hybrid_share(ch, 0, 1215);
}

static void hybrid_with_zero_point(struct client_hello *ch)
{
	hybrid_share(ch, 0, 1216);
	((uint8_t *)(uintptr_t)ch->ext.key_shares.data)[4 + 1184] = 0;
}

#endif

static void compressed_point(struct client_hello *ch)
{
	static uint8_t share[4 + 33] = { 0x00, 0x17, 0x00, 0x21, 0x02, 1 };

	ch->ext.key_shares = SPAN_ARRAY(share);
}

static void same_share_twice(struct client_hello *ch)
{
	static uint8_t shares[512];
	size_t len = ch->ext.key_shares.len;

	memcpy(shares, ch->ext.key_shares.data, len);
	memcpy(shares + len, ch->ext.key_shares.data, len);
	ch->ext.key_shares = span_make(shares, 2 * len);
}

static void share_unlisted(struct client_hello *ch)
{
	ch->ext.supported_groups = SPAN_LITERAL("\x00\x17");
}

static void empty_share(struct client_hello *ch)
{
	ch->ext.key_shares = SPAN_LITERAL("\x00\x1d\x00\x00");
}

static void name_with_zero(struct client_hello *ch)
{
	ch->ext.server_name = SPAN_LITERAL("server.example\0evil");
}

static void alpn_unknown(struct client_hello *ch)
{
	ch->ext.alpn = SPAN_LITERAL("\x04mqtt");
	ch->ext.seen |= ext_bit(EXT_ALPN);
}

static void alpn_empty_name(struct client_hello *ch)
{
	ch->ext.alpn = SPAN_LITERAL("\x02h2\x00");
	ch->ext.seen |= ext_bit(EXT_ALPN);
}

static void limit_of_63(struct client_hello *ch)
{
	ch->ext.record_size_limit = 63;
	ch->ext.seen |= ext_bit(EXT_RECORD_SIZE_LIMIT);
}

static void cookie_unasked(struct client_hello *ch)
{
	ch->ext.cookie = SPAN_LITERAL("biscuit");
	ch->ext.seen |= ext_bit(EXT_COOKIE);
}

/* ---- ClientHello: as bytes ---- */

static void add_second_groups(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "000a 0004 0002 0017");
}

static void add_two_grease(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "3a3a 0000 3a3a 0000");
}

static void add_psk_without_modes(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m,
			      "0029 002c 0007 0001 aa 00000000 0021 20"
			      "0000000000000000000000000000000000000000000000000000000000000000");
}

static void add_good_psk_in_front(struct puppet *p, struct bytes *m)
{
	add_psk_without_modes(p, m);
	message_add_extension(m, "002d 0002 01 01");
}

static void add_psk_two_binders(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "002d 0002 01 01");
	message_add_extension(m,
			      "0029 004e 0008 0002 aaaa 00000000 0042 20"
			      "0000000000000000000000000000000000000000000000000000000000000000 20"
			      "0000000000000000000000000000000000000000000000000000000000000000");
}

static void add_oid_filters(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "0030 0002 0000");
}

static void extension_past_the_end(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "002b 00ff 02");
}

static void odd_groups(struct puppet *p, struct bytes *m)
{
	(void)p;
	/* signature_algorithms_cert with three bytes */
	message_add_extension(m, "0032 0005 0003 040308");
}

static void say_too_long(struct puppet *p, struct bytes *m)
{
	(void)p;
	m->data[1] = 0x7f;
}

static void say_other_type(struct puppet *p, struct bytes *m)
{
	(void)p;
	m->data[0] = HT_FINISHED;
}

static void say_unknown_type(struct puppet *p, struct bytes *m)
{
	(void)p;
	m->data[0] = 99;
}

static void two_in_one_record(struct puppet *p, struct bytes *m)
{
	struct bytes *both = m;

	memcpy(both->data + m->len, m->data, m->len);
	puppet_send_plain(p, CT_HANDSHAKE, 0x0301, both->data, 2 * m->len);
}

static const struct refusal hello_rows[] = {
	{ "ClientHello: TLS 1.2 at most",
	  { .edit_client_hello = no_versions },
	  WARD_E_NO_EXTENDED_MASTER_SECRET,
	  40 },
	{ "ClientHello: TLS 1.2 and 1.1 by extension",
	  { .edit_client_hello = only_tls12 },
	  WARD_E_NO_EXTENDED_MASTER_SECRET,
	  40 },
	{ "ClientHello: no version but GREASE",
	  { .edit_client_hello = only_grease },
	  WARD_E_NO_COMMON_VERSION,
	  70 },
	{ "ClientHello: SSL 3.0", { .edit_client_hello = ssl3 }, WARD_E_NO_COMMON_VERSION, 70 },
	{ "ClientHello: legacy_version is TLS 1.1",
	  { .edit_client_hello = legacy_tls11 },
	  WARD_E_LEGACY_VERSION,
	  70 },
	{ "ClientHello: legacy_version is TLS 1.3",
	  { .edit_client_hello = legacy_tls13 },
	  WARD_E_LEGACY_VERSION,
	  70 },
	{ "ClientHello: a session id of 33 bytes",
	  { .edit_client_hello = long_session_id },
	  WARD_E_BAD_LENGTH,
	  50 },
	{ "ClientHello: no suites", { .edit_client_hello = no_suites }, WARD_E_BAD_LENGTH, 50 },
	{ "ClientHello: half a suite",
	  { .edit_client_hello = half_a_suite },
	  WARD_E_BAD_LENGTH,
	  50 },
	{ "ClientHello: suites of others",
	  { .edit_client_hello = other_suites },
	  WARD_E_NO_COMMON_SUITE,
	  40 },
	{ "ClientHello: compression",
	  { .edit_client_hello = deflate },
	  WARD_E_COMPRESSION_NOT_NULL,
	  47 },
	{ "ClientHello: compression or none",
	  { .edit_client_hello = deflate_and_null },
	  WARD_E_COMPRESSION_NOT_NULL,
	  47 },
	{ "ClientHello: no compression methods",
	  { .edit_client_hello = no_compression_list },
	  WARD_E_BAD_LENGTH,
	  50 },
	{ "ClientHello: no supported_groups",
	  { .edit_client_hello = no_groups },
	  WARD_E_EXT_MISSING,
	  109 },
	{ "ClientHello: groups of others",
	  { .edit_client_hello = other_groups },
	  WARD_E_NO_COMMON_GROUP,
	  40 },
	{ "ClientHello: no key_share",
	  { .edit_client_hello = no_shares },
	  WARD_E_EXT_MISSING,
	  109 },
	{ "ClientHello: no signature_algorithms",
	  { .edit_client_hello = no_schemes },
	  WARD_E_EXT_MISSING,
	  109 },
	{ "ClientHello: signature algorithms that fit no key",
	  { .edit_client_hello = other_schemes },
	  WARD_E_NO_COMMON_SIGNATURE,
	  40 },
	{ "ClientHello: a share of zeros",
	  { .edit_client_hello = zero_share },
	  WARD_E_BAD_KEY_SHARE,
	  47 },
	{ "ClientHello: a point off the curve",
	  { .edit_client_hello = point_off_the_curve },
	  WARD_E_BAD_KEY_SHARE,
	  47 },
#ifndef WARD_NO_NATIVE
	{ "ClientHello: an ML-KEM key that is not reduced",
	  { .edit_client_hello = unreduced_mlkem_key },
	  WARD_E_BAD_KEY_SHARE,
	  47 },
	{ "ClientHello: a hybrid that is one byte short",
	  { .edit_client_hello = short_hybrid },
	  WARD_E_BAD_KEY_SHARE,
	  47 },
	{ "ClientHello: a hybrid whose point is zero",
	  { .edit_client_hello = hybrid_with_zero_point },
	  WARD_E_BAD_KEY_SHARE,
	  47 },
#endif
	{ "ClientHello: a compressed point",
	  { .edit_client_hello = compressed_point },
	  WARD_E_BAD_KEY_SHARE,
	  47 },
	{ "ClientHello: a share without bytes",
	  { .edit_client_hello = empty_share },
	  WARD_E_BAD_LENGTH,
	  50 },
	{ "ClientHello: two shares for one group",
	  { .edit_client_hello = same_share_twice },
	  WARD_E_KEY_SHARE_DUPLICATE,
	  47 },
	{ "ClientHello: a share for a group that is not listed",
	  { .edit_client_hello = share_unlisted },
	  WARD_E_KEY_SHARE_UNLISTED,
	  47 },
	{ "ClientHello: a zero in the server name",
	  { .edit_client_hello = name_with_zero },
	  WARD_E_BAD_SERVER_NAME,
	  47 },
	{ "ClientHello: no protocol in common",
	  { .edit_client_hello = alpn_unknown },
	  WARD_E_NO_COMMON_ALPN,
	  120,
	  .offers_alpn = true },
	{ "ClientHello: a protocol without a name",
	  { .edit_client_hello = alpn_empty_name },
	  WARD_E_BAD_LENGTH,
	  50 },
	{ "ClientHello: record_size_limit of 63",
	  { .edit_client_hello = limit_of_63 },
	  WARD_E_RECORD_SIZE_LIMIT_LOW,
	  47 },
	{ "ClientHello: a cookie that nobody gave",
	  { .edit_client_hello = cookie_unasked },
	  WARD_E_COOKIE_MISMATCH,
	  47 },
	{ "ClientHello: an extension twice",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = add_second_groups },
	  WARD_E_EXT_DUPLICATE,
	  47 },
	{ "ClientHello: an unknown extension twice",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = add_two_grease },
	  WARD_E_EXT_DUPLICATE,
	  47 },
	{ "ClientHello: an extension of CertificateRequest",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = add_oid_filters },
	  WARD_E_EXT_MISPLACED,
	  47 },
	{ "ClientHello: a PSK without its modes",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = add_psk_without_modes },
	  WARD_E_EXT_MISSING,
	  109 },
	{ "ClientHello: a PSK that is not last",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = add_good_psk_in_front },
	  WARD_E_EXT_PSK_NOT_LAST,
	  47 },
	{ "ClientHello: one PSK, two binders",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = add_psk_two_binders },
	  WARD_E_PSK_BINDER_COUNT,
	  47 },
	{ "ClientHello: an extension longer than its block",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = extension_past_the_end },
	  WARD_E_TRUNCATED,
	  50 },
	{ "ClientHello: a list with an odd number of bytes",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = odd_groups },
	  WARD_E_BAD_LENGTH,
	  50 },
	{ "ClientHello: a byte too few",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = edit_cut },
	  WARD_E_TRUNCATED,
	  50 },
	{ "ClientHello: a byte too many",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = edit_lengthen },
	  WARD_E_TRAILING_DATA,
	  50 },
	{ "ClientHello: nothing at all",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = edit_empty },
	  WARD_E_TRUNCATED,
	  50 },
	{ "ClientHello: eight megabytes",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = say_too_long },
	  WARD_E_MESSAGE_TOO_LONG,
	  47 },
	{ "Finished in place of ClientHello",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = say_other_type },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "a message that nobody knows",
	  { .at = HT_CLIENT_HELLO, .edit_bytes = say_unknown_type },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "ClientHello: another behind it in its record",
	  { .at = HT_CLIENT_HELLO, .instead = two_in_one_record },
	  WARD_E_MESSAGE_NOT_ALIGNED,
	  10 },
};

/* ---- the second ClientHello ---- */

static void other_random(struct client_hello *ch)
{
	static const uint8_t random[32] = { 7 };

	ch->random = SPAN_ARRAY(random);
}

static void fewer_suites(struct client_hello *ch)
{
	ch->cipher_suites.len = 2;
}

static void other_name(struct client_hello *ch)
{
	ch->ext.server_name = SPAN_LITERAL("127.example");
}

static void same_share_again(struct client_hello *ch)
{
	static uint8_t share[4 + 32] = { 0x00, 0x1d, 0x00, 0x20, 9 };

	ch->ext.key_shares = SPAN_ARRAY(share);
}

static void other_cookie(struct client_hello *ch)
{
	static uint8_t cookie[32];

	ch->ext.cookie = SPAN_ARRAY(cookie);
}

static void no_cookie(struct client_hello *ch)
{
	without(ch, EXT_COOKIE);
}

static void early_data_again(struct client_hello *ch)
{
	ch->ext.seen |= ext_bit(EXT_EARLY_DATA);
}

static const struct refusal second_rows[] = {
	{ "after a retry: another random",
	  { .nth = 1, .edit_client_hello = other_random },
	  WARD_E_HRR_HELLO_CHANGED,
	  47,
	  .other_group = true },
	{ "after a retry: fewer suites",
	  { .nth = 1, .edit_client_hello = fewer_suites },
	  WARD_E_HRR_HELLO_CHANGED,
	  47,
	  .other_group = true },
	{ "after a retry: another name",
	  { .nth = 1, .edit_client_hello = other_name },
	  WARD_E_HRR_HELLO_CHANGED,
	  47,
	  .other_group = true },
	{ "after a retry: early data",
	  { .nth = 1, .edit_client_hello = early_data_again },
	  WARD_E_HRR_HELLO_CHANGED,
	  47,
	  .other_group = true },
	{ "after a retry: the old share",
	  { .nth = 1, .edit_client_hello = same_share_again },
	  WARD_E_HRR_WRONG_SHARE,
	  47,
	  .other_group = true },
	{ "after a retry: another cookie",
	  { .nth = 1, .edit_client_hello = other_cookie },
	  WARD_E_COOKIE_MISMATCH,
	  47,
	  .cookie = true },
	{ "after a retry: no cookie",
	  { .nth = 1, .edit_client_hello = no_cookie },
	  WARD_E_COOKIE_MISMATCH,
	  47,
	  .cookie = true },
};

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, hello_rows, refusal_by_server);
	TABLE_ADD(&t, second_rows, refusal_by_server);
	failed = table_run(&t, "refusals of a server");
	credentials_cleanup();
	return failed;
}
