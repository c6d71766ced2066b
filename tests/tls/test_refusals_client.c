/*
 * What a client refuses of hellos and extensions: one thing wrong in an otherwise perfect handshake with a server, each with
 * the reason that is told to the caller and the alert that is told to the peer.
 */
#include "support/puppet.h"
#include "support/refusal.h"
#include "support/table.h"

/* ---- ServerHello ---- */

static void wrong_legacy_version(struct server_hello *sh)
{
	sh->legacy_version = 0x0302;
}

static void version_13_in_legacy(struct server_hello *sh)
{
	sh->legacy_version = 0x0304;
}

static void selects_tls12(struct server_hello *sh)
{
	sh->ext.selected_version = 0x0303;
}

static void selects_grease(struct server_hello *sh)
{
	sh->ext.selected_version = 0x0a0a;
}

static void is_tls12(struct server_hello *sh)
{
	sh->ext.seen = 0;
}

static void wrong_session_id(struct server_hello *sh)
{
	static const uint8_t other[32] = { 1 };

	sh->legacy_session_id_echo = SPAN_ARRAY(other);
}

static void no_session_id(struct server_hello *sh)
{
	sh->legacy_session_id_echo = SPAN_EMPTY;
}

static void compression(struct server_hello *sh)
{
	sh->legacy_compression_method = 1;
}

static void suite_of_tls12(struct server_hello *sh)
{
	sh->cipher_suite = 0xc02f;
}

static void suite_not_offered(struct server_hello *sh)
{
	sh->cipher_suite = 0x1302;
}

static void no_key_share(struct server_hello *sh)
{
	sh->ext.seen &= ~ext_bit(EXT_KEY_SHARE);
}

static void group_without_share(struct server_hello *sh)
{
	static const uint8_t point[65] = { 4 };

	sh->ext.key_share.group = GROUP_SECP256R1;
	sh->ext.key_share.key_exchange = SPAN_ARRAY(point);
}

static void zero_share(struct server_hello *sh)
{
	static const uint8_t zero[32];

	sh->ext.key_share.key_exchange = SPAN_ARRAY(zero);
}

#ifndef WARD_NO_NATIVE

static void hybrid_of_zeros(struct server_hello *sh, size_t len)
{
	static const uint8_t zero[1216];

	sh->ext.key_share.group = GROUP_X25519MLKEM768;
	sh->ext.key_share.key_exchange = span_make(zero, len);
}

static void zero_hybrid(struct server_hello *sh)
{
	hybrid_of_zeros(sh, 1120);
}

static void long_hybrid(struct server_hello *sh)
{
	hybrid_of_zeros(sh, 1216);
}

#endif

static void short_share(struct server_hello *sh)
{
	sh->ext.key_share.key_exchange.len = 31;
}

static void selects_psk(struct server_hello *sh)
{
	sh->ext.psk_selected = 0;
	sh->ext.seen |= ext_bit(EXT_PRE_SHARED_KEY);
}

/* 4.2.3: what a server that could do better puts at the end of its random. */
static const uint8_t mark_12[32] = { [24] = 'D', 'O', 'W', 'N', 'G', 'R', 'D', 1 };
static const uint8_t mark_11[32] = { [24] = 'D', 'O', 'W', 'N', 'G', 'R', 'D', 0 };

static void downgrade_to_12(struct server_hello *sh)
{
	sh->ext.seen = 0;
	sh->random = SPAN_ARRAY(mark_12);
}

static void downgrade_to_11(struct server_hello *sh)
{
	sh->ext.seen = 0;
	sh->legacy_version = 0x0302;
	sh->random = SPAN_ARRAY(mark_11);
}

static void add_unknown(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "abcd 0000");
}

static void add_second_version(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "002b 0002 0304");
}

static void add_alpn(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "0010 0005 0003 02 6832");
}

static void say_too_long(struct puppet *p, struct bytes *m)
{
	(void)p;
	m->data[1] = 0xff;
}

static const struct refusal hello_rows[] = {
	{ "ServerHello: legacy_version is TLS 1.1",
	  { .edit_server_hello = wrong_legacy_version },
	  WARD_E_LEGACY_VERSION,
	  70 },
	{ "ServerHello: legacy_version is TLS 1.3",
	  { .edit_server_hello = version_13_in_legacy },
	  WARD_E_LEGACY_VERSION,
	  70 },
	{ "ServerHello: selects TLS 1.2 by extension",
	  { .edit_server_hello = selects_tls12 },
	  WARD_E_VERSION_NOT_OFFERED,
	  47 },
	{ "ServerHello: selects a GREASE version",
	  { .edit_server_hello = selects_grease },
	  WARD_E_VERSION_NOT_OFFERED,
	  47 },
	{ "ServerHello: TLS 1.2 with the session id of the offer",
	  { .edit_server_hello = is_tls12 },
	  WARD_E_SESSION_ID_ECHO,
	  47 },
	{ "ServerHello: downgrade mark for TLS 1.2",
	  { .edit_server_hello = downgrade_to_12 },
	  WARD_E_DOWNGRADE_DETECTED,
	  47 },
	{ "ServerHello: downgrade mark for TLS 1.1",
	  { .edit_server_hello = downgrade_to_11 },
	  WARD_E_DOWNGRADE_DETECTED,
	  47 },
	{ "ServerHello: another session id",
	  { .edit_server_hello = wrong_session_id },
	  WARD_E_SESSION_ID_ECHO,
	  47 },
	{ "ServerHello: no session id",
	  { .edit_server_hello = no_session_id },
	  WARD_E_SESSION_ID_ECHO,
	  47 },
	{ "ServerHello: compression",
	  { .edit_server_hello = compression },
	  WARD_E_COMPRESSION_NOT_NULL,
	  47 },
	{ "ServerHello: a suite of TLS 1.2",
	  { .edit_server_hello = suite_of_tls12 },
	  WARD_E_SUITE_NOT_OFFERED,
	  47 },
	{ "ServerHello: a suite that was not offered",
	  { .edit_server_hello = suite_not_offered },
	  WARD_E_SUITE_NOT_OFFERED,
	  47,
	  .one_suite = true },
	{ "ServerHello: no key share",
	  { .edit_server_hello = no_key_share },
	  WARD_E_EXT_MISSING,
	  109 },
	{ "ServerHello: a group that had no share",
	  { .edit_server_hello = group_without_share },
	  WARD_E_GROUP_NOT_OFFERED,
	  47 },
	{ "ServerHello: a share of zeros",
	  { .edit_server_hello = zero_share },
	  WARD_E_BAD_KEY_SHARE,
	  47 },
#ifndef WARD_NO_NATIVE
	{ "ServerHello: a hybrid whose point is zero",
	  { .edit_server_hello = zero_hybrid },
	  WARD_E_BAD_KEY_SHARE,
	  47 },
	{ "ServerHello: a hybrid's share as long as the client's",
	  { .edit_server_hello = long_hybrid },
	  WARD_E_BAD_KEY_SHARE,
	  47 },
#endif
	{ "ServerHello: a share that is too short",
	  { .edit_server_hello = short_share },
	  WARD_E_BAD_KEY_SHARE,
	  47 },
	{ "ServerHello: selects a PSK that was not offered",
	  { .edit_server_hello = selects_psk },
	  WARD_E_EXT_NOT_OFFERED,
	  110 },
	{ "ServerHello: an extension that nobody knows",
	  { .at = HT_SERVER_HELLO, .edit_bytes = add_unknown },
	  WARD_E_EXT_NOT_OFFERED,
	  110 },
	{ "ServerHello: an extension twice",
	  { .at = HT_SERVER_HELLO, .edit_bytes = add_second_version },
	  WARD_E_EXT_DUPLICATE,
	  47 },
	{ "ServerHello: an extension for another message",
	  { .at = HT_SERVER_HELLO, .edit_bytes = add_alpn },
	  WARD_E_EXT_MISPLACED,
	  47 },
	{ "ServerHello: a byte too few",
	  { .at = HT_SERVER_HELLO, .edit_bytes = edit_cut },
	  WARD_E_TRUNCATED,
	  50 },
	{ "ServerHello: a byte too many",
	  { .at = HT_SERVER_HELLO, .edit_bytes = edit_lengthen },
	  WARD_E_TRAILING_DATA,
	  50 },
	{ "ServerHello: nothing at all",
	  { .at = HT_SERVER_HELLO, .edit_bytes = edit_empty },
	  WARD_E_TRUNCATED,
	  50 },
	{ "ServerHello: far too long",
	  { .at = HT_SERVER_HELLO, .edit_bytes = say_too_long },
	  WARD_E_MESSAGE_TOO_LONG,
	  47 },
};

/* ---- HelloRetryRequest ---- */

static void retry_for_same_group(struct server_hello *sh)
{
	if (sh->is_retry)
		sh->ext.key_share.group = GROUP_X25519;
}

static void retry_for_unknown_group(struct server_hello *sh)
{
	if (sh->is_retry)
		sh->ext.key_share.group = 0x0019;
}

static void retry_for_nothing(struct server_hello *sh)
{
	if (sh->is_retry)
		sh->ext.seen &= ~ext_bit(EXT_KEY_SHARE);
}

static void other_suite_after_retry(struct server_hello *sh)
{
	if (!sh->is_retry)
		sh->cipher_suite = 0x1302;
}

static void other_group_after_retry(struct server_hello *sh)
{
	static uint8_t share[32] = { 9 };

	if (sh->is_retry)
		return;
	sh->ext.key_share.group = GROUP_X25519;
	sh->ext.key_share.key_exchange = SPAN_ARRAY(share);
}

static void retry_again(struct server_hello *sh)
{
	sh->is_retry = true;
	sh->random = span_make(server_hello_retry_random, 32);
	if (sh->ext.key_share.key_exchange.len > 0) {
		sh->ext.key_share.group = 0x0018;
		sh->ext.key_share.key_exchange = SPAN_EMPTY;
	}
}

static void add_empty_cookie(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "002c 0002 0000");
}

static const struct refusal retry_rows[] = {
	{ "HelloRetryRequest: for a group that had a share",
	  { .edit_server_hello = retry_for_same_group },
	  WARD_E_HRR_NO_CHANGE,
	  47,
	  .retries = true },
	{ "HelloRetryRequest: for a group that was not offered",
	  { .edit_server_hello = retry_for_unknown_group },
	  WARD_E_GROUP_NOT_OFFERED,
	  47,
	  .retries = true },
	{ "HelloRetryRequest: that changes nothing",
	  { .edit_server_hello = retry_for_nothing },
	  WARD_E_HRR_NO_CHANGE,
	  47,
	  .retries = true },
	{ "HelloRetryRequest: an empty cookie",
	  { .at = HT_SERVER_HELLO, .edit_bytes = add_empty_cookie },
	  WARD_E_BAD_LENGTH,
	  50,
	  .retries = true },
	{ "HelloRetryRequest: twice",
	  { .edit_server_hello = retry_again },
	  WARD_E_HRR_TWICE,
	  10,
	  .retries = true },
	{ "after a retry: another suite",
	  { .edit_server_hello = other_suite_after_retry },
	  WARD_E_SUITE_CHANGED,
	  47,
	  .retries = true },
	{ "after a retry: another group",
	  { .edit_server_hello = other_group_after_retry },
	  WARD_E_GROUP_NOT_OFFERED,
	  47,
	  .retries = true },
};

/* ---- EncryptedExtensions, CertificateRequest ---- */

static void limit_of_63(struct encrypted_extensions *ee)
{
	ee->ext.record_size_limit = 63;
	ee->ext.seen |= ext_bit(EXT_RECORD_SIZE_LIMIT);
}

static void alpn_of_another(struct encrypted_extensions *ee)
{
	ee->ext.alpn = SPAN_LITERAL("\x04mqtt");
	ee->ext.seen |= ext_bit(EXT_ALPN);
}

static void alpn_of_two(struct encrypted_extensions *ee)
{
	ee->ext.alpn = SPAN_LITERAL("\x02h2\x08http/1.1");
	ee->ext.seen |= ext_bit(EXT_ALPN);
}

static void context_in_request(struct certificate_request *cr)
{
	cr->context = SPAN_LITERAL("x");
}

static void no_signature_algorithms(struct certificate_request *cr)
{
	cr->ext.seen = 0;
}

static void add_key_share(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "0033 0002 001d");
}

static const struct refusal extensions_rows[] = {
	{ "EncryptedExtensions: a protocol that was not offered",
	  { .edit_encrypted_extensions = alpn_of_another },
	  WARD_E_ALPN_NOT_OFFERED,
	  47,
	  .offers_alpn = true },
	{ "EncryptedExtensions: two protocols",
	  { .edit_encrypted_extensions = alpn_of_two },
	  WARD_E_BAD_VALUE,
	  47,
	  .offers_alpn = true },
	{ "EncryptedExtensions: a protocol when none was offered",
	  { .edit_encrypted_extensions = alpn_of_another },
	  WARD_E_EXT_NOT_OFFERED,
	  110 },
	{ "EncryptedExtensions: record_size_limit of 63",
	  { .edit_encrypted_extensions = limit_of_63 },
	  WARD_E_RECORD_SIZE_LIMIT_LOW,
	  47 },
	{ "EncryptedExtensions: key_share",
	  { .at = HT_ENCRYPTED_EXTENSIONS, .edit_bytes = add_key_share },
	  WARD_E_EXT_MISPLACED,
	  47 },
	{ "EncryptedExtensions: an extension that nobody knows",
	  { .at = HT_ENCRYPTED_EXTENSIONS, .edit_bytes = add_unknown },
	  WARD_E_EXT_NOT_OFFERED,
	  110 },
	{ "EncryptedExtensions: a byte too many",
	  { .at = HT_ENCRYPTED_EXTENSIONS, .edit_bytes = edit_lengthen },
	  WARD_E_TRAILING_DATA,
	  50 },
	{ "CertificateRequest: a context",
	  { .edit_certificate_request = context_in_request },
	  WARD_E_CERTIFICATE_CONTEXT,
	  47,
	  .asks_certificate = true },
	{ "CertificateRequest: no signature_algorithms",
	  { .edit_certificate_request = no_signature_algorithms },
	  WARD_E_EXT_MISSING,
	  109,
	  .asks_certificate = true },
};

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, hello_rows, refusal_by_client);
	TABLE_ADD(&t, retry_rows, refusal_by_client);
	TABLE_ADD(&t, extensions_rows, refusal_by_client);
	failed = table_run(&t, "refusals of a client");
	credentials_cleanup();
	return failed;
}
