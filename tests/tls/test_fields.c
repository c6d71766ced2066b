/*
 * The walk through a message field by field: every byte told exactly once whatever the message is,
 * and what is told of each kind of message (fields.c, shapes.c).
 */
#include <ward/tls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/hellos.h"
#include "support/messages.h"
#include "support/traces.h"

enum { FIELDS_MAX = 4096, DEPTH_MAX = 16 };

/* What a walk has told, and what must be true of it at every step. */
struct told {
	const char *names[FIELDS_MAX];
	size_t offset[FIELDS_MAX], len[FIELDS_MAX];
	int depth[FIELDS_MAX];
	char *values[FIELDS_MAX];
	size_t count;
};

static void note(void *arg, const struct ward_field *f)
{
	struct told *t = arg;

	assert_true(t->count < FIELDS_MAX);
	assert_non_null(f->name);
	assert_non_null(f->value);
	for (const char *c = f->value; *c != '\0'; c++)
		assert_in_range(*c, 0x20, 0x7e);
	t->names[t->count] = f->name;
	t->offset[t->count] = f->offset;
	t->len[t->count] = f->len;
	t->depth[t->count] = f->depth;
	t->values[t->count] = strdup(f->value);
	t->count++;
}

static struct told *walk(struct span message, bool *ok)
{
	struct told *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	*ok = ward_message_fields(message.data, message.len, note, t);
	return t;
}

static void forget(struct told *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->values[i]);
	free(t);
}

/* A field groups those that follow it as long as they are deeper. */
static bool is_group(const struct told *t, size_t i)
{
	return i + 1 < t->count && t->depth[i + 1] > t->depth[i];
}

/*
 * Every byte is in exactly one field that is no group, in order; every field is in its group. What
 * is malformed goes on to the end of the message.
 */
static void check_cover(const struct told *t, size_t message_len, bool ok)
{
	size_t group_end[DEPTH_MAX] = { message_len };
	size_t at = 0;

	for (size_t i = 0; i < t->count; i++) {
		bool malformed = strcmp(t->names[i], "malformed") == 0;
		int depth = t->depth[i];

		assert_in_range(depth, 0, DEPTH_MAX - 2);
		assert_true(i == 0 ? depth == 0 : depth <= t->depth[i - 1] + 1);
		assert_int_equal(t->offset[i], at);
		assert_true(at + t->len[i] <= (malformed ? message_len : group_end[depth]));
		group_end[depth + 1] = at + t->len[i];
		assert_int_equal(malformed, !ok && i == t->count - 1);
		if (!is_group(t, i))
			at += t->len[i];
	}
	assert_int_equal(at, message_len);
}

static size_t check_walk(struct span message, bool *ok)
{
	struct told *t = walk(message, ok);
	size_t count = t->count;

	check_cover(t, message.len, *ok);
	forget(t);
	return count;
}

static struct span message_of(int type, struct span body)
{
	const uint8_t head[4] = { (uint8_t)type, (uint8_t)(body.len >> 16),
				  (uint8_t)(body.len >> 8), (uint8_t)body.len };
	struct span parts[] = { SPAN_ARRAY(head), body };

	return table_join(parts, 2);
}

/* ---- what is told, line by line ---- */

static const struct shown_row {
	const char *name;
	int type;
	const char *body;
	const char *text; /* depth in tabs, offset, length, name, value */
} shown[] = {
	{ "a ClientHello", HT_CLIENT_HELLO,
	  "0303" RANDOM "02 aabb 0004 1301 0a0a 01 00 0015"
	  "0000 0006 0004 00 0001 61 002b 0003 02 0304 1234 0000",
	  "0 1 msg_type: ClientHello (1)\n"
	  "1 3 length: 68\n"
	  "4 2 legacy_version: TLS 1.2 (0x0303)\n"
	  "6 32 random\n"
	  "38 1 length: 2\n"
	  "39 2 legacy_session_id\n"
	  "41 2 length: 4\n"
	  "43 4 cipher_suites\n"
	  "\t43 2 CipherSuite: TLS_AES_128_GCM_SHA256 (0x1301)\n"
	  "\t45 2 CipherSuite: GREASE (0x0a0a)\n"
	  "47 1 length: 1\n"
	  "48 1 legacy_compression_methods\n"
	  "49 2 length: 21\n"
	  "51 21 extensions\n"
	  "\t51 10 Extension: server_name (0)\n"
	  "\t\t51 2 extension_type: server_name (0)\n"
	  "\t\t53 2 length: 6\n"
	  "\t\t55 2 length: 4\n"
	  "\t\t57 4 server_name_list\n"
	  "\t\t\t57 4 ServerName\n"
	  "\t\t\t\t57 1 name_type: host_name (0)\n"
	  "\t\t\t\t58 2 length: 1\n"
	  "\t\t\t\t60 1 host_name: \"a\"\n"
	  "\t61 7 Extension: supported_versions (43)\n"
	  "\t\t61 2 extension_type: supported_versions (43)\n"
	  "\t\t63 2 length: 3\n"
	  "\t\t65 1 length: 2\n"
	  "\t\t66 2 versions\n"
	  "\t\t\t66 2 ProtocolVersion: TLS 1.3 (0x0304)\n"
	  "\t68 4 Extension: 4660\n"
	  "\t\t68 2 extension_type: 4660\n"
	  "\t\t70 2 length: 0\n"
	  "\t\t72 0 extension_data\n" },
	{ "a ServerHello", HT_SERVER_HELLO,
	  "0303" RANDOM "01 aa 1303 00 0018 0029 0002 0001 0033 0008" SHARE_X25519 "002b 0002 0304",
	  "0 1 msg_type: ServerHello (2)\n"
	  "1 3 length: 65\n"
	  "4 2 legacy_version: TLS 1.2 (0x0303)\n"
	  "6 32 random\n"
	  "38 1 length: 1\n"
	  "39 1 legacy_session_id_echo\n"
	  "40 2 cipher_suite: TLS_CHACHA20_POLY1305_SHA256 (0x1303)\n"
	  "42 1 legacy_compression_method: 0\n"
	  "43 2 length: 24\n"
	  "45 24 extensions\n"
	  "\t45 6 Extension: pre_shared_key (41)\n"
	  "\t\t45 2 extension_type: pre_shared_key (41)\n"
	  "\t\t47 2 length: 2\n"
	  "\t\t49 2 selected_identity: 1\n"
	  "\t51 12 Extension: key_share (51)\n"
	  "\t\t51 2 extension_type: key_share (51)\n"
	  "\t\t53 2 length: 8\n"
	  "\t\t55 8 server_share\n"
	  "\t\t\t55 2 group: x25519 (0x001d)\n"
	  "\t\t\t57 2 length: 4\n"
	  "\t\t\t59 4 key_exchange\n"
	  "\t63 6 Extension: supported_versions (43)\n"
	  "\t\t63 2 extension_type: supported_versions (43)\n"
	  "\t\t65 2 length: 2\n"
	  "\t\t67 2 selected_version: TLS 1.3 (0x0304)\n" },
	{ "a HelloRetryRequest", HT_SERVER_HELLO, HRR "000c 0033 0002 0017 002b 0002 0304",
	  "0 1 msg_type: ServerHello (2)\n"
	  "1 3 length: 52\n"
	  "4 2 legacy_version: TLS 1.2 (0x0303)\n"
	  "6 32 random: HelloRetryRequest\n"
	  "38 1 length: 0\n"
	  "39 0 legacy_session_id_echo\n"
	  "39 2 cipher_suite: TLS_AES_128_GCM_SHA256 (0x1301)\n"
	  "41 1 legacy_compression_method: 0\n"
	  "42 2 length: 12\n"
	  "44 12 extensions\n"
	  "\t44 6 Extension: key_share (51)\n"
	  "\t\t44 2 extension_type: key_share (51)\n"
	  "\t\t46 2 length: 2\n"
	  "\t\t48 2 selected_group: secp256r1 (0x0017)\n"
	  "\t50 6 Extension: supported_versions (43)\n"
	  "\t\t50 2 extension_type: supported_versions (43)\n"
	  "\t\t52 2 length: 2\n"
	  "\t\t54 2 selected_version: TLS 1.3 (0x0304)\n" },
	{ "a ServerHello of TLS 1.2 that marks a downgrade", HT_SERVER_HELLO,
	  "0303 000102030405060708090a0b0c0d0e0f 1011121314151617 444f574e47524401"
	  "00 c02f 00 0005 ff01 0001 00",
	  "0 1 msg_type: ServerHello (2)\n"
	  "1 3 length: 45\n"
	  "4 2 legacy_version: TLS 1.2 (0x0303)\n"
	  "6 32 random: ends with the downgrade mark\n"
	  "38 1 length: 0\n"
	  "39 0 legacy_session_id_echo\n"
	  "39 2 cipher_suite: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (0xc02f)\n"
	  "41 1 legacy_compression_method: 0\n"
	  "42 2 length: 5\n"
	  "44 5 extensions\n"
	  "\t44 5 Extension: renegotiation_info (65281)\n"
	  "\t\t44 2 extension_type: renegotiation_info (65281)\n"
	  "\t\t46 2 length: 1\n"
	  "\t\t48 1 length: 0\n"
	  "\t\t49 0 renegotiated_connection\n" },
	{ "EncryptedExtensions", HT_ENCRYPTED_EXTENSIONS,
	  "000f 0010 0005 0003 02 6832 001c 0002 4001",
	  "0 1 msg_type: EncryptedExtensions (8)\n"
	  "1 3 length: 17\n"
	  "4 2 length: 15\n"
	  "6 15 extensions\n"
	  "\t6 9 Extension: application_layer_protocol_negotiation (16)\n"
	  "\t\t6 2 extension_type: application_layer_protocol_negotiation (16)\n"
	  "\t\t8 2 length: 5\n"
	  "\t\t10 2 length: 3\n"
	  "\t\t12 3 protocol_name_list\n"
	  "\t\t\t12 1 length: 2\n"
	  "\t\t\t13 2 ProtocolName: \"h2\"\n"
	  "\t15 6 Extension: record_size_limit (28)\n"
	  "\t\t15 2 extension_type: record_size_limit (28)\n"
	  "\t\t17 2 length: 2\n"
	  "\t\t19 2 RecordSizeLimit: 16385\n" },
	{ "a CertificateRequest", HT_CERTIFICATE_REQUEST, "00 0008 000d 0004 0002 0403",
	  "0 1 msg_type: CertificateRequest (13)\n"
	  "1 3 length: 11\n"
	  "4 1 length: 0\n"
	  "5 0 certificate_request_context\n"
	  "5 2 length: 8\n"
	  "7 8 extensions\n"
	  "\t7 8 Extension: signature_algorithms (13)\n"
	  "\t\t7 2 extension_type: signature_algorithms (13)\n"
	  "\t\t9 2 length: 4\n"
	  "\t\t11 2 length: 2\n"
	  "\t\t13 2 supported_signature_algorithms\n"
	  "\t\t\t13 2 SignatureScheme: ecdsa_secp256r1_sha256 (0x0403)\n" },
	{ "a Certificate", HT_CERTIFICATE, "00 000011 000001 aa 000b 0005 0007 01 000003 0a0b0c",
	  "0 1 msg_type: Certificate (11)\n"
	  "1 3 length: 21\n"
	  "4 1 length: 0\n"
	  "5 0 certificate_request_context\n"
	  "5 3 length: 17\n"
	  "8 17 certificate_list\n"
	  "\t8 17 CertificateEntry\n"
	  "\t\t8 3 length: 1\n"
	  "\t\t11 1 cert_data\n"
	  "\t\t12 2 length: 11\n"
	  "\t\t14 11 extensions\n"
	  "\t\t\t14 11 Extension: status_request (5)\n"
	  "\t\t\t\t14 2 extension_type: status_request (5)\n"
	  "\t\t\t\t16 2 length: 7\n"
	  "\t\t\t\t18 1 status_type: ocsp (1)\n"
	  "\t\t\t\t19 3 length: 3\n"
	  "\t\t\t\t22 3 OCSPResponse\n" },
	{ "a CertificateVerify", HT_CERTIFICATE_VERIFY, "0804 0002 0102",
	  "0 1 msg_type: CertificateVerify (15)\n"
	  "1 3 length: 6\n"
	  "4 2 algorithm: rsa_pss_rsae_sha256 (0x0804)\n"
	  "6 2 length: 2\n"
	  "8 2 signature\n" },
	{ "a Finished", HT_FINISHED, "aabbcc",
	  "0 1 msg_type: Finished (20)\n"
	  "1 3 length: 3\n"
	  "4 3 verify_data\n" },
	{ "a NewSessionTicket", HT_NEW_SESSION_TICKET,
	  "00000e10 ffffffff 01 07 0002 aabb 0008 002a 0004 00004000",
	  "0 1 msg_type: NewSessionTicket (4)\n"
	  "1 3 length: 24\n"
	  "4 4 ticket_lifetime: 3600\n"
	  "8 4 ticket_age_add: 4294967295\n"
	  "12 1 length: 1\n"
	  "13 1 ticket_nonce\n"
	  "14 2 length: 2\n"
	  "16 2 ticket\n"
	  "18 2 length: 8\n"
	  "20 8 extensions\n"
	  "\t20 8 Extension: early_data (42)\n"
	  "\t\t20 2 extension_type: early_data (42)\n"
	  "\t\t22 2 length: 4\n"
	  "\t\t24 4 max_early_data_size: 16384\n" },
	{ "a KeyUpdate", HT_KEY_UPDATE, "01",
	  "0 1 msg_type: KeyUpdate (24)\n"
	  "1 3 length: 1\n"
	  "4 1 request_update: update_requested (1)\n" },
	{ "an EndOfEarlyData", HT_END_OF_EARLY_DATA, "",
	  "0 1 msg_type: EndOfEarlyData (5)\n"
	  "1 3 length: 0\n" },
	{ "a message_hash", HT_MESSAGE_HASH, "aabb",
	  "0 1 msg_type: message_hash (254)\n"
	  "1 3 length: 2\n"
	  "4 2 hash\n" },
	{ "a message of TLS 1.2", 12, "aabb",
	  "0 1 msg_type: ServerKeyExchange (12)\n"
	  "1 3 length: 2\n"
	  "4 2 body\n" },
	{ "a message that nobody knows", 99, "",
	  "0 1 msg_type: 99\n"
	  "1 3 length: 0\n"
	  "4 0 body\n" },
	{ "bytes behind the last field", HT_KEY_UPDATE, "0001ff",
	  "0 1 msg_type: KeyUpdate (24)\n"
	  "1 3 length: 3\n"
	  "4 1 request_update: update_not_requested (0)\n"
	  "5 2 malformed\n" },
	{ "an extension that reaches beyond its block", HT_ENCRYPTED_EXTENSIONS,
	  "0005 0010 0009 aa",
	  "0 1 msg_type: EncryptedExtensions (8)\n"
	  "1 3 length: 7\n"
	  "4 2 length: 5\n"
	  "6 5 extensions\n"
	  "\t6 5 malformed\n" },
	{ "a list that ends inside a number", HT_ENCRYPTED_EXTENSIONS,
	  "0009 000a 0005 0003 001d 00",
	  "0 1 msg_type: EncryptedExtensions (8)\n"
	  "1 3 length: 11\n"
	  "4 2 length: 9\n"
	  "6 9 extensions\n"
	  "\t6 9 Extension: supported_groups (10)\n"
	  "\t\t6 2 extension_type: supported_groups (10)\n"
	  "\t\t8 2 length: 5\n"
	  "\t\t10 2 length: 3\n"
	  "\t\t12 3 named_group_list\n"
	  "\t\t\t12 2 NamedGroup: x25519 (0x001d)\n"
	  "\t\t\t14 1 malformed\n" },
};

static void append(void *arg, const struct ward_field *f)
{
	char **text = arg;
	char *longer = NULL;

	assert_true(asprintf(&longer, "%s%.*s%zu %zu %s%s%s\n", *text, f->depth, "\t\t\t\t\t\t\t\t",
			     f->offset, f->len, f->name, f->value[0] == '\0' ? "" : ": ",
			     f->value) > 0);
	free(*text);
	*text = longer;
}

static void test_shown(void **state)
{
	const struct shown_row *row = *state;
	struct span message = message_of(row->type, table_hex(row->body));
	char *text = strdup("");
	bool well_formed = strstr(row->text, "malformed") == NULL;

	assert_int_equal(ward_message_fields(message.data, message.len, append, &text),
			 well_formed);
	assert_string_equal(text, row->text);
	free(text);
}

/* ---- the content of each extension ---- */

static const struct content_row {
	const char *name;
	int message; /* HandshakeType whose extension it is */
	int type;
	const char *body;
	const char *text; /* the fields behind type and length */
} contents[] = {
	{ "server_name's answer", HT_ENCRYPTED_EXTENSIONS, EXT_SERVER_NAME, "", "extension_data" },
	{ "a name of unknown type", HT_CLIENT_HELLO, EXT_SERVER_NAME, "0004 07 0001 61",
	  "length: 4, server_name_list, ServerName, name_type: 7, length: 1, host_name: \"a\"" },
	{ "a status that is asked for", HT_CLIENT_HELLO, EXT_STATUS_REQUEST,
	  "01 0003 0001 aa 0001 bb",
	  "status_type: ocsp (1), length: 3, responder_id_list, length: 1, ResponderID, length: 1, "
	  "request_extensions" },
	{ "groups", HT_CLIENT_HELLO, EXT_SUPPORTED_GROUPS, "0006 11ec 0017 fafa",
	  "length: 6, named_group_list, NamedGroup: X25519MLKEM768 (0x11ec), NamedGroup: secp256r1 "
	  "(0x0017), NamedGroup: GREASE (0xfafa)" },
	{ "point formats", HT_CLIENT_HELLO, 11, "02 0007",
	  "length: 2, ec_point_format_list, ECPointFormat: uncompressed (0), ECPointFormat: 7" },
	{ "schemes for certificates", HT_CERTIFICATE_REQUEST, EXT_SIGNATURE_ALGORITHMS_CERT,
	  "0004 0401 fefe",
	  "length: 4, supported_signature_algorithms, SignatureScheme: rsa_pkcs1_sha256 (0x0401), "
	  "SignatureScheme: 0xfefe" },
	{ "delegated credentials", HT_CLIENT_HELLO, EXT_DELEGATED_CREDENTIAL, "0002 0807",
	  "length: 2, supported_signature_algorithms, SignatureScheme: ed25519 (0x0807)" },
	{ "protocols", HT_CLIENT_HELLO, EXT_ALPN, "0005 02 6832 01 ff",
	  "length: 5, protocol_name_list, length: 2, ProtocolName: \"h2\", length: 1, ProtocolName: "
	  "\"\\xff\"" },
	{ "timestamps that are asked for", HT_CLIENT_HELLO, EXT_SIGNED_CERTIFICATE_TIMESTAMP, "",
	  "extension_data" },
	{ "timestamps", HT_CERTIFICATE, EXT_SIGNED_CERTIFICATE_TIMESTAMP, "0003 0001 aa",
	  "length: 3, sct_list, length: 1, SerializedSCT" },
	{ "certificate types that a client takes", HT_CLIENT_HELLO, EXT_SERVER_CERTIFICATE_TYPE,
	  "02 0200",
	  "length: 2, server_certificate_types, CertificateType: RawPublicKey (2), "
	  "CertificateType: X509 (0)" },
	{ "certificate types that a client has", HT_CLIENT_HELLO, EXT_CLIENT_CERTIFICATE_TYPE,
	  "01 02", "length: 1, client_certificate_types, CertificateType: RawPublicKey (2)" },
	{ "the certificate type of the server", HT_ENCRYPTED_EXTENSIONS,
	  EXT_SERVER_CERTIFICATE_TYPE, "02", "server_certificate_type: RawPublicKey (2)" },
	{ "the certificate type of the client", HT_ENCRYPTED_EXTENSIONS,
	  EXT_CLIENT_CERTIFICATE_TYPE, "00", "client_certificate_type: X509 (0)" },
	{ "padding", HT_CLIENT_HELLO, EXT_PADDING, "0000", "padding" },
	{ "compression of certificates", HT_CLIENT_HELLO, EXT_COMPRESS_CERTIFICATE, "04 0002 0003",
	  "length: 4, algorithms, CertificateCompressionAlgorithm: brotli (2), "
	  "CertificateCompressionAlgorithm: zstd (3)" },
	{ "a ticket of TLS 1.2", HT_CLIENT_HELLO, 35, "aabb", "ticket" },
	{ "pre-shared keys", HT_CLIENT_HELLO, EXT_PRE_SHARED_KEY,
	  "0007 0001 aa 00000101 0002 01 bb",
	  "length: 7, identities, PskIdentity, length: 1, identity, obfuscated_ticket_age: 257, "
	  "length: 2, binders, length: 1, PskBinderEntry" },
	{ "early data", HT_CLIENT_HELLO, EXT_EARLY_DATA, "", "" },
	{ "early data that is accepted", HT_ENCRYPTED_EXTENSIONS, EXT_EARLY_DATA, "", "" },
	{ "a cookie", HT_CLIENT_HELLO, EXT_COOKIE, "0002 aabb", "length: 2, cookie" },
	{ "modes of pre-shared keys", HT_CLIENT_HELLO, EXT_PSK_KEY_EXCHANGE_MODES, "03 000102",
	  "length: 3, ke_modes, PskKeyExchangeMode: psk_ke (0), PskKeyExchangeMode: psk_dhe_ke (1), "
	  "PskKeyExchangeMode: 2" },
	{ "names of CAs", HT_CERTIFICATE_REQUEST, EXT_CERTIFICATE_AUTHORITIES, "0004 0002 3000",
	  "length: 4, authorities, length: 2, DistinguishedName" },
	{ "filters", HT_CERTIFICATE_REQUEST, EXT_OID_FILTERS, "0005 01 55 0001 aa",
	  "length: 5, filters, OIDFilter, length: 1, certificate_extension_oid, length: 1, "
	  "certificate_extension_values" },
	{ "authentication after the handshake", HT_CLIENT_HELLO, EXT_POST_HANDSHAKE_AUTH, "", "" },
	{ "key shares", HT_CLIENT_HELLO, EXT_KEY_SHARE, "000a 001d 0001 aa 2a2a 0001 00",
	  "length: 10, client_shares, KeyShareEntry, group: x25519 (0x001d), length: 1, "
	  "key_exchange, KeyShareEntry, group: GREASE (0x2a2a), length: 1, key_exchange" },
	{ "no key share", HT_CLIENT_HELLO, EXT_KEY_SHARE, "0000", "length: 0, client_shares" },
	{ "one that is misplaced", HT_ENCRYPTED_EXTENSIONS, EXT_COOKIE, "0000", "extension_data" },
	{ "GREASE", HT_CLIENT_HELLO, 0x1a1a, "00", "extension_data" },
};

/* A message with this one extension. */
static struct span message_with(int type, int extension, const char *hex)
{
	struct span body = table_hex(hex);
	size_t len = body.len + 4;
	const uint8_t head[6] = { (uint8_t)(len >> 8),       (uint8_t)len,
				  (uint8_t)(extension >> 8), (uint8_t)extension,
				  (uint8_t)(body.len >> 8),  (uint8_t)body.len };
	const uint8_t list[3] = { 0, (uint8_t)((len + 6) >> 8), (uint8_t)(len + 6) };
	struct span front = SPAN_EMPTY;
	struct span parts[3];

	if (type == HT_CLIENT_HELLO)
		front = table_hex(CH);
	else if (type == HT_CERTIFICATE_REQUEST)
		front = table_hex("00");
	else if (type == HT_CERTIFICATE)
		front = table_join((struct span[]){ table_hex("00"), SPAN_ARRAY(list),
						    table_hex("000001 aa") },
				   3);
	parts[0] = front;
	parts[1] = SPAN_ARRAY(head);
	parts[2] = body;
	return message_of(type, table_join(parts, 3));
}

static size_t find_field(const struct told *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->names[i], name) == 0)
			return i;
	}
	fail_msg("no field %s", name);
	return 0;
}

static void test_content(void **state)
{
	const struct content_row *row = *state;
	bool ok;
	struct told *t = walk(message_with(row->message, row->type, row->body), &ok);
	char text[512] = "";
	size_t len = 0;

	assert_true(ok);
	for (size_t i = find_field(t, "extension_type") + 2; i < t->count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s%s%s",
					len == 0 ? "" : ", ", t->names[i],
					t->values[i][0] == '\0' ? "" : ": ", t->values[i]);
	assert_string_equal(text, row->text);
	forget(t);
}

/* ---- every byte is told, whatever the message is ---- */

static void check_cuts_and_flips(struct span message)
{
	bool ok;

	for (size_t len = 0; len < message.len; len++) {
		(void)check_walk(table_bytes(message.data, len), &ok);
		assert_false(ok); /* the header's length says more */
		/* With a header that is right, what is inside ends too early, or is optional. */
		if (len >= HANDSHAKE_HEADER_LEN)
			(void)check_walk(message_of(message.data[0],
						    span_make(message.data + HANDSHAKE_HEADER_LEN,
							      len - HANDSHAKE_HEADER_LEN)),
					 &ok);
	}
	for (size_t i = 0; i < 8 * message.len; i++) {
		struct span flipped = table_bytes(message.data, message.len);

		((uint8_t *)(uintptr_t)flipped.data)[i / 8] ^= (uint8_t)(1U << i % 8);
		(void)check_walk(flipped, &ok);
	}
}

static void test_shown_cover(void **state)
{
	const struct shown_row *row = *state;
	struct span message = message_of(row->type, table_hex(row->body));
	bool ok;

	(void)check_walk(message, &ok);
	assert_int_equal(ok, strstr(row->text, "malformed") == NULL);
	check_cuts_and_flips(message);
}

static void test_content_cover(void **state)
{
	const struct content_row *row = *state;
	struct span message = message_with(row->message, row->type, row->body);
	bool ok;

	(void)check_walk(message, &ok);
	assert_true(ok);
	check_cuts_and_flips(message);
}

static void check_trace(void *arg, const struct trace_message *m)
{
	bool ok;

	(void)arg;
	assert_true(check_walk(m->bytes, &ok) >= 2);
	if (!ok)
		fail_msg("%s: malformed", m->name);
}

static void test_traces(void **state)
{
	(void)state;
	assert_int_equal(traces_each_message(check_trace, NULL), 40);
}

static void test_nothing(void **state)
{
	bool ok;

	(void)state;
	assert_int_equal(check_walk(SPAN_EMPTY, &ok), 1);
	assert_false(ok);
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, shown, test_shown);
	TABLE_ADD(&t, contents, test_content);
	TABLE_ADD(&t, shown, test_shown_cover);
	TABLE_ADD(&t, contents, test_content_cover);
	table_add(&t, "the messages of the published traces", test_traces, NULL);
	table_add(&t, "no message at all", test_nothing, NULL);
	return table_run(&t, "fields");
}
