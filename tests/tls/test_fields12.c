/*
 * The messages that are others in TLS 1.2, field by field (src/tls/shapes.c), and that each is told
 * by the grammar of its version alone.
 */
#include <ward/tls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/table.h"
#include "tls/msg/msg.h"

static const struct row {
	const char *name;
	int type;
	const char *body;
	const char *text; /* depth in tabs, name, value */
	bool same;        /* TLS 1.3 has the same message */
} rows[] = {
	{ "a HelloRequest", HT_HELLO_REQUEST, "", "", false },
	{ "a NewSessionTicket", HT_NEW_SESSION_TICKET, "00001c20 0003 aabbcc",
	  "ticket_lifetime_hint: 7200\nlength: 3\nticket\n", false },
	{ "a NewSessionTicket without a ticket", HT_NEW_SESSION_TICKET, "00000000 0000",
	  "ticket_lifetime_hint: 0\nlength: 0\nticket\n", false },
	{ "a Certificate", HT_CERTIFICATE, "00000a 000003 aabbcc 000001 dd",
	  "length: 10\ncertificate_list\n\tlength: 3\n\tASN.1Cert\n\tlength: 1\n\tASN.1Cert\n",
	  false },
	{ "a Certificate that is a raw public key", HT_CERTIFICATE, "000005 3003020100",
	  "length: 5\nASN.1_subjectPublicKeyInfo\n", false },
	{ "a ServerKeyExchange", HT_SERVER_KEY_EXCHANGE, "03 001d 02 0102 0403 0003 010203",
	  "curve_type: named_curve (3)\nnamedcurve: x25519 (0x001d)\nlength: 2\npublic\n"
	  "algorithm: ecdsa_secp256r1_sha256 (0x0403)\nlength: 3\nsignature\n",
	  false },
	{ "a CertificateRequest", HT_CERTIFICATE_REQUEST, "02 4001 0002 0804 0004 0002 3000",
	  "length: 2\ncertificate_types\n\tClientCertificateType: ecdsa_sign (64)\n"
	  "\tClientCertificateType: rsa_sign (1)\nlength: 2\nsupported_signature_algorithms\n"
	  "\tSignatureAndHashAlgorithm: rsa_pss_rsae_sha256 (0x0804)\nlength: 4\n"
	  "certificate_authorities\n\tlength: 2\n\tDistinguishedName\n",
	  false },
	{ "a ServerHelloDone", HT_SERVER_HELLO_DONE, "", "", false },
	{ "a ClientKeyExchange", HT_CLIENT_KEY_EXCHANGE, "02 0102", "length: 2\necdh_Yc\n", false },
	{ "a CertificateVerify", HT_CERTIFICATE_VERIFY, "0403 0001 00",
	  "algorithm: ecdsa_secp256r1_sha256 (0x0403)\nlength: 1\nsignature\n", true },
	{ "a Finished", HT_FINISHED, "000102030405060708090a0b", "verify_data\n", true },
	{ "a message that it does not have", HT_KEY_UPDATE, "01", "body\n", false },
};

struct text {
	char bytes[1024];
	size_t len;
};

static void append(void *arg, const struct ward_field *f)
{
	struct text *t = arg;

	if (f->offset < HANDSHAKE_HEADER_LEN)
		return;
	t->len += (size_t)snprintf(t->bytes + t->len, sizeof(t->bytes) - t->len, "%.*s%s%s%s\n",
				   f->depth, "\t\t\t\t", f->name, f->value[0] == '\0' ? "" : ": ",
				   f->value);
	assert_true(t->len < sizeof(t->bytes));
}

static struct span message_of(int type, struct span body)
{
	const uint8_t head[4] = { (uint8_t)type, 0, 0, (uint8_t)body.len };
	struct span parts[] = { SPAN_ARRAY(head), body };

	return table_join(parts, 2);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct span m = message_of(row->type, table_hex(row->body));
	struct text text = { .len = 0 }, other = { .len = 0 };

	assert_true(ward_message_fields_of(WARD_TLS_1_2, m.data, m.len, append, &text));
	assert_string_equal(text.bytes, row->text);
	(void)ward_message_fields(m.data, m.len, append, &other);
	assert_int_equal(strcmp(text.bytes, other.bytes) == 0 && m.len > HANDSHAKE_HEADER_LEN,
			 row->same);
}

/* Cut off anywhere, it is malformed, but where nothing says how long it is. */
static void test_cut(void **state)
{
	const struct row *row = *state;
	struct span body = table_hex(row->body);

	for (size_t len = 0; len < body.len; len++) {
		struct span m = message_of(row->type, span_make(body.data, len));
		struct text text = { .len = 0 };
		bool open = row->type == HT_FINISHED || row->type == HT_KEY_UPDATE;

		assert_int_equal(ward_message_fields_of(WARD_TLS_1_2, m.data, m.len, append, &text),
				 open);
		assert_int_equal(strstr(text.bytes, "malformed") == NULL, open || len == body.len);
	}
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, rows, test_row);
	TABLE_ADD(&t, rows, test_cut);
	return table_run(&t, "fields of TLS 1.2");
}
