/*
 * What a client refuses of Certificate, CertificateVerify and Finished: one thing wrong in an
 * otherwise perfect handshake with a server, each with the reason that is told to the caller and the
 * alert that is told to the peer.
 */
#include "support/puppet.h"
#include "support/refusal.h"
#include "support/table.h"

static void add_server_name(struct puppet *p, struct bytes *m)
{
	(void)p;
	message_add_extension(m, "0000 0000");
}

/* ---- Certificate, CertificateVerify, Finished ---- */

static void no_certificate(struct certificate *c)
{
	c->count = 0;
}

static void context_in_certificate(struct certificate *c)
{
	c->context = SPAN_LITERAL("x");
}

static void garbage_certificate(struct certificate *c)
{
	c->certs[0] = SPAN_LITERAL("\x30\x03\x02\x01\x01");
}

static void empty_certificate(struct certificate *c)
{
	c->certs[0] = SPAN_LITERAL("");
}

static void seventeen_certificates(struct certificate *c)
{
	(void)c; /* more than the structure holds: written by add_entries */
}

static void empty_status(struct certificate *c)
{
	c->leaf_ext.seen |= ext_bit(EXT_STATUS_REQUEST);
}

static void garbage_status(struct certificate *c)
{
	empty_status(c);
	c->leaf_ext.status_request = SPAN_LITERAL("\x30\x03\x0a\x01\x00");
}

static void scts(struct certificate *c)
{
	c->leaf_ext.seen |= ext_bit(EXT_SIGNED_CERTIFICATE_TIMESTAMP);
	c->leaf_ext.sct_list = SPAN_LITERAL("\0\3\0\1\1");
}

static size_t number_at(const struct bytes *m, size_t at, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++)
		n = n << 8 | m->data[at + i];
	return n;
}

static void set_number_at(struct bytes *m, size_t at, size_t size, size_t n)
{
	for (size_t i = size; i-- > 0; n >>= 8)
		m->data[at + i] = (uint8_t)n;
}

/* Puts an extension (in hex) behind all others of the last entry. */
static void add_to_entry(struct bytes *m, const char *hex)
{
	enum { FIRST_ENTRY = 8 };
	static struct bytes extension;
	size_t at = FIRST_ENTRY, block = 0;

	while (at < m->len) {
		block = at + 3 + number_at(m, at, 3);
		at = block + 2 + number_at(m, block, 2);
	}
	bytes_from_hex(&extension, hex);
	memcpy(m->data + m->len, extension.data, extension.len);
	m->len += extension.len;
	set_number_at(m, block, 2, m->len - block - 2);
	set_number_at(m, FIRST_ENTRY - 3, 3, m->len - FIRST_ENTRY);
	message_fix_length(m);
}

static void status_twice(struct puppet *p, struct bytes *m)
{
	(void)p;
	add_to_entry(m, "0005 0005 01 000001 30");
	add_to_entry(m, "0005 0005 01 000001 30");
}

static void other_status(struct puppet *p, struct bytes *m)
{
	(void)p;
	add_to_entry(m, "0005 0005 02 000001 30");
}

/* A second entry, the same certificate, with timestamps that nobody has asked for. */
static void scts_in_second(struct puppet *p, struct bytes *m)
{
	size_t entry = m->len - 8;

	(void)p;
	memcpy(m->data + m->len, m->data + 8, entry);
	m->len += entry;
	add_to_entry(m, "0012 0005 0003 0001 01");
}

/* Certificate, then the same entry again and again. */
static void add_entries(struct puppet *p, struct bytes *m)
{
	size_t entry = m->len - 8;
	size_t total;

	(void)p;
	for (int i = 1; i < 17; i++)
		memcpy(m->data + 8 + (size_t)i * entry, m->data + 8, entry);
	total = 17 * entry;
	m->len = 8 + total;
	m->data[5] = (uint8_t)(total >> 16);
	m->data[6] = (uint8_t)(total >> 8);
	m->data[7] = (uint8_t)total;
	message_fix_length(m);
}

static void send_in_pieces(struct puppet *p, struct bytes *m)
{
	for (size_t at = 0; at < m->len; at += 8000)
		puppet_send_record(p, CT_HANDSHAKE, m->data + at,
				   m->len - at < 8000 ? m->len - at : 8000, 0);
}

static void scheme_of_rsa(struct certificate_verify *cv)
{
	cv->algorithm = 0x0804;
}

static void scheme_pkcs1(struct certificate_verify *cv)
{
	cv->algorithm = 0x0401;
}

static void scheme_sha1(struct certificate_verify *cv)
{
	cv->algorithm = 0x0203;
}

static void scheme_unknown(struct certificate_verify *cv)
{
	cv->algorithm = 0x4242;
}

static void signature_of_nothing(struct certificate_verify *cv)
{
	cv->signature = SPAN_EMPTY;
}

static void short_finished(struct puppet *p, struct bytes *m)
{
	(void)p;
	m->len -= 12;
	message_fix_length(m);
}

static void say_twice(struct puppet *p, struct bytes *m)
{
	if (puppet_send_message(p, m))
		puppet_send_message(p, m);
}

static void key_update_first(struct puppet *p, struct bytes *m)
{
	static const uint8_t update[] = { HT_KEY_UPDATE, 0, 0, 1, 0 };

	(void)m;
	puppet_send_record(p, CT_HANDSHAKE, update, sizeof(update), 0);
}

static const struct refusal auth_rows[] = {
	{ "Certificate: empty",
	  { .edit_certificate = no_certificate },
	  WARD_E_CERTIFICATE_EMPTY,
	  50 },
	{ "Certificate: a context",
	  { .edit_certificate = context_in_certificate },
	  WARD_E_CERTIFICATE_CONTEXT,
	  47 },
	{ "Certificate: DER that is no certificate",
	  { .edit_certificate = garbage_certificate },
	  WARD_E_CERT_MALFORMED,
	  42 },
	{ "Certificate: an entry without a certificate",
	  { .edit_certificate = empty_certificate },
	  WARD_E_BAD_LENGTH,
	  50 },
	{ "Certificate: seventeen of them",
	  { .at = HT_CERTIFICATE,
	    .edit_certificate = seventeen_certificates,
	    .edit_bytes = add_entries,
	    .instead = send_in_pieces },
	  WARD_E_CERTIFICATE_TOO_MANY,
	  42 },
	{ "Certificate: a byte too few",
	  { .at = HT_CERTIFICATE, .edit_bytes = edit_cut },
	  WARD_E_TRUNCATED,
	  50 },
	{ "Certificate: an empty OCSP response",
	  { .edit_certificate = empty_status },
	  WARD_E_BAD_LENGTH,
	  50 },
	{ "Certificate: an OCSP response that is none",
	  { .edit_certificate = garbage_status },
	  WARD_E_OCSP_MALFORMED,
	  113 },
	{ "Certificate: two OCSP responses",
	  { .at = HT_CERTIFICATE, .edit_bytes = status_twice },
	  WARD_E_EXT_DUPLICATE,
	  47 },
	{ "Certificate: a status of another type",
	  { .at = HT_CERTIFICATE, .edit_bytes = other_status },
	  WARD_E_BAD_VALUE,
	  47 },
	{ "Certificate: timestamps that were not asked for",
	  { .edit_certificate = scts },
	  WARD_E_EXT_NOT_OFFERED,
	  110 },
	{ "Certificate: the same in the second entry",
	  { .at = HT_CERTIFICATE, .edit_bytes = scts_in_second },
	  WARD_E_EXT_NOT_OFFERED,
	  110 },
	{ "Certificate: left out",
	  { .at = HT_CERTIFICATE, .instead = send_nothing },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "Certificate: twice",
	  { .at = HT_CERTIFICATE, .instead = say_twice },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "EncryptedExtensions: left out",
	  { .at = HT_ENCRYPTED_EXTENSIONS, .instead = send_nothing },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "CertificateVerify: left out",
	  { .at = HT_CERTIFICATE_VERIFY, .instead = send_nothing },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "CertificateVerify: a wrong signature",
	  { .at = HT_CERTIFICATE_VERIFY, .edit_bytes = edit_flip_last },
	  WARD_E_CERTIFICATE_VERIFY_WRONG,
	  51 },
	{ "CertificateVerify: no signature",
	  { .edit_certificate_verify = signature_of_nothing },
	  WARD_E_CERTIFICATE_VERIFY_WRONG,
	  51 },
	{ "CertificateVerify: a scheme for another key",
	  { .edit_certificate_verify = scheme_of_rsa },
	  WARD_E_SIGNATURE_NOT_OFFERED,
	  47 },
	{ "CertificateVerify: RSA PKCS #1, which is for certificates alone",
	  { .edit_certificate_verify = scheme_pkcs1 },
	  WARD_E_SIGNATURE_NOT_OFFERED,
	  47 },
	{ "CertificateVerify: ECDSA with SHA-1",
	  { .edit_certificate_verify = scheme_sha1 },
	  WARD_E_SIGNATURE_NOT_OFFERED,
	  47 },
	{ "CertificateVerify: a scheme that nobody knows",
	  { .edit_certificate_verify = scheme_unknown },
	  WARD_E_SIGNATURE_NOT_OFFERED,
	  47 },
	{ "Finished: wrong",
	  { .at = HT_FINISHED, .edit_bytes = edit_flip_last },
	  WARD_E_FINISHED_MISMATCH,
	  51 },
	{ "Finished: too short",
	  { .at = HT_FINISHED, .edit_bytes = short_finished },
	  WARD_E_TRUNCATED,
	  50 },
	{ "Finished: a byte too many",
	  { .at = HT_FINISHED, .edit_bytes = edit_lengthen },
	  WARD_E_TRAILING_DATA,
	  50 },
	{ "KeyUpdate in place of Finished",
	  { .at = HT_FINISHED, .instead = key_update_first },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10 },
	{ "server_name answered to a client that gave an address",
	  { .at = HT_ENCRYPTED_EXTENSIONS, .edit_bytes = add_server_name },
	  WARD_E_EXT_NOT_OFFERED,
	  110,
	  .host = "127.0.0.1" },
};

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, auth_rows, refusal_by_client);
	failed = table_run(&t, "refusals of a client: who the server is");
	credentials_cleanup();
	return failed;
}
