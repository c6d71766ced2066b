/*
 * What a server refuses of a client's Certificate, CertificateVerify and Finished: one thing wrong in
 * an otherwise perfect handshake, each with the reason that is told to the caller and the alert that
 * is told to the peer.
 */
#include "support/puppet.h"
#include "support/refusal.h"
#include "support/table.h"

/* ---- the client's certificate and Finished ---- */

static void context_in_certificate(struct certificate *c)
{
	c->context = SPAN_LITERAL("x");
}

static void certificate_of_server(struct certificate *c)
{
	size_t len;
	const uint8_t *der = ward_cert_der(credential_server(WARD_KEY_P256)->chain.certs[0], &len);

	c->certs[0] = span_make(der, len);
}

static void scheme_of_ed25519(struct certificate_verify *cv)
{
	cv->algorithm = 0x0807;
}

static void with_more_behind(struct puppet *p, struct bytes *m)
{
	static const uint8_t update[] = { HT_KEY_UPDATE, 0, 0, 1, 0 };

	memcpy(m->data + m->len, update, sizeof(update));
	m->len += sizeof(update);
	puppet_send_message(p, m);
}

static const struct refusal auth_rows[] = {
	{ "Certificate: none where one is required",
	  { .at = 0 },
	  WARD_E_CERTIFICATE_REQUIRED,
	  116,
	  .mutual = WARD_VERIFY_REQUIRED,
	  .no_certificate = true },
	{ "Certificate: a context",
	  { .edit_certificate = context_in_certificate },
	  WARD_E_CERTIFICATE_CONTEXT,
	  47,
	  .mutual = WARD_VERIFY_REQUIRED },
	{ "Certificate: one for servers",
	  { .edit_certificate = certificate_of_server },
	  WARD_E_CERT_EXT_KEY_USAGE,
	  42,
	  .mutual = WARD_VERIFY_REQUIRED },
	{ "Certificate: a bad one where it is optional",
	  { .edit_certificate = certificate_of_server },
	  WARD_E_CERT_EXT_KEY_USAGE,
	  42,
	  .mutual = WARD_VERIFY_OPTIONAL },
	{ "Certificate: left out",
	  { .at = HT_CERTIFICATE, .instead = send_nothing },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10,
	  .mutual = WARD_VERIFY_REQUIRED },
	{ "CertificateVerify: left out",
	  { .at = HT_CERTIFICATE_VERIFY, .instead = send_nothing },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10,
	  .mutual = WARD_VERIFY_REQUIRED },
	{ "CertificateVerify: a wrong signature",
	  { .at = HT_CERTIFICATE_VERIFY, .edit_bytes = edit_flip_last },
	  WARD_E_CERTIFICATE_VERIFY_WRONG,
	  51,
	  .mutual = WARD_VERIFY_REQUIRED },
	{ "CertificateVerify: a scheme for another key",
	  { .edit_certificate_verify = scheme_of_ed25519 },
	  WARD_E_SIGNATURE_NOT_OFFERED,
	  47,
	  .mutual = WARD_VERIFY_REQUIRED },
	{ "Finished: wrong",
	  { .at = HT_FINISHED, .edit_bytes = edit_flip_last },
	  WARD_E_FINISHED_MISMATCH,
	  51 },
	{ "Finished: a KeyUpdate behind it in its record",
	  { .at = HT_FINISHED, .instead = with_more_behind },
	  WARD_E_MESSAGE_NOT_ALIGNED,
	  10 },
	{ "Finished: a byte too few",
	  { .at = HT_FINISHED, .edit_bytes = edit_cut },
	  WARD_E_TRUNCATED,
	  50 },
};

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, auth_rows, refusal_by_server);
	failed = table_run(&t, "refusals of a server: who the client is");
	credentials_cleanup();
	return failed;
}
