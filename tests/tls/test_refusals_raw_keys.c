/*
 * What is refused of raw public keys and of what is said about types of certificates (RFC 7250): one
 * thing wrong in an otherwise perfect handshake of TLS 1.3, each with the reason that is told to the
 * caller and the alert that is told to the peer.
 */
#include <ward/raw_key.h>
#include <ward/status.h>

#include "support/configs.h"
#include "support/refusal.h"
#include "support/table.h"

#include <stdlib.h>

static const enum ward_certificate_type raw_first[] = { WARD_CERTIFICATE_RAW_KEY,
							WARD_CERTIFICATE_X509 };

/* ---- the engine ---- */

static void pin(struct ward_config *config, struct ward_key *key)
{
	struct ward_pin pin;

	allow(ward_key_pin(key, &pin, &ignored));
	allow(ward_config_add_pin(config, &pin, &ignored));
}

static void take(struct ward_config *config, struct ward_key *key, size_t types)
{
	allow(ward_config_set_peer_certificate_types(config, raw_first, types, &ignored));
	pin(config, key);
}

static void take_raw(struct ward_config *config)
{
	take(config, credential_server(WARD_KEY_P256)->key, 1);
}

static void take_both(struct ward_config *config)
{
	take(config, credential_server(WARD_KEY_P256)->key, 2);
}

static void take_another(struct ward_config *config)
{
	take(config, credential_server(WARD_KEY_P384)->key, 1);
}

static void take_clients(struct ward_config *config)
{
	take(config, credential_client(WARD_KEY_P256)->key, 1);
}

static void take_other_clients(struct ward_config *config)
{
	take(config, credential_client(WARD_KEY_P384)->key, 1);
}

/* ---- the puppet: what it says of types ---- */

static void answer(struct encrypted_extensions *ee, int type, struct span value)
{
	ee->ext.seen |= ext_bit(type);
	if (type == EXT_SERVER_CERTIFICATE_TYPE)
		ee->ext.server_certificate_types = value;
	else
		ee->ext.client_certificate_types = value;
}

static void say_raw(struct encrypted_extensions *ee)
{
	answer(ee, EXT_SERVER_CERTIFICATE_TYPE, SPAN_LITERAL("\2"));
}

static void say_x509(struct encrypted_extensions *ee)
{
	answer(ee, EXT_SERVER_CERTIFICATE_TYPE, SPAN_LITERAL("\0"));
}

static void say_openpgp(struct encrypted_extensions *ee)
{
	answer(ee, EXT_SERVER_CERTIFICATE_TYPE, SPAN_LITERAL("\1"));
}

static void say_raw_of_client(struct encrypted_extensions *ee)
{
	say_raw(ee);
	answer(ee, EXT_CLIENT_CERTIFICATE_TYPE, SPAN_LITERAL("\2"));
}

static void offer(struct client_hello *ch, struct span types)
{
	ch->ext.client_certificate_types = types;
	ch->ext.seen |= ext_bit(EXT_CLIENT_CERTIFICATE_TYPE);
}

static void offer_raw(struct client_hello *ch)
{
	offer(ch, SPAN_LITERAL("\2"));
}

static void offer_nothing(struct client_hello *ch)
{
	offer(ch, SPAN_EMPTY);
}

static void offer_x509(struct client_hello *ch)
{
	offer(ch, SPAN_LITERAL("\0"));
}

static void offer_unknown(struct client_hello *ch)
{
	offer(ch, SPAN_LITERAL("\5\6"));
}

static void accept_unknown(struct client_hello *ch)
{
	ch->ext.server_certificate_types = SPAN_LITERAL("\5");
	ch->ext.seen |= ext_bit(EXT_SERVER_CERTIFICATE_TYPE);
}

/* ---- the puppet: what it shows ---- */

static uint8_t *shown;

static void show(struct certificate *c, const struct credential *of)
{
	size_t len;

	free(shown);
	allow(ward_key_der(of->key, WARD_KEY_FORM_PUBLIC, NULL, 0, &shown, &len, &ignored));
	c->certs[0] = span_make(shown, len);
	c->count = 1;
}

static void show_key(struct certificate *c)
{
	show(c, credential_server(WARD_KEY_P256));
}

static void show_key_of_client(struct certificate *c)
{
	show(c, credential_client(WARD_KEY_P256));
}

static void show_nothing(struct certificate *c)
{
	c->count = 0;
}

static void show_empty_key(struct certificate *c)
{
	c->certs[0] = SPAN_LITERAL("");
	c->count = 1;
}

static void show_two_keys(struct certificate *c)
{
	show_key(c);
	c->certs[1] = c->certs[0];
	c->count = 2;
}

static void show_cut_key(struct certificate *c)
{
	show_key(c);
	c->certs[0].len--;
}

static uint8_t changed[512];

static void change(struct certificate *c)
{
	show_key(c);
	memcpy(changed, c->certs[0].data, c->certs[0].len);
	c->certs[0].data = changed;
}

static void show_key_and_a_byte(struct certificate *c)
{
	change(c);
	changed[c->certs[0].len++] = 0;
}

static void show_point_off_the_curve(struct certificate *c)
{
	change(c);
	changed[c->certs[0].len - 1] ^= 1;
}

static void show_hex(struct certificate *c, const char *hex)
{
	static struct bytes bytes;

	bytes_from_hex(&bytes, hex);
	c->certs[0] = span_make(bytes.data, bytes.len);
	c->count = 1;
}

static void show_x25519(struct certificate *c)
{
	show_hex(c, "302a300506032b656e032100"
		    "8a12254b1214b2ca8753b23a07f3a7f46328111f023bfcfdb285512d2d023926");
}

static void show_rsa_1024(struct certificate *c)
{
	show_hex(c, "30819f300d06092a864886f70d010101050003818d0030818902818100"
		    "dce1b5d07918af4a4215b35b29452b7d426649e45613a2c5b0c474c4e5fba5d3"
		    "e27fb59d346a55d6851de54f65db192f8ad0d42bf2a903f72b413750ed55981e"
		    "8e5e1bbebc204345ae9f3393b6b854ca7912e942176721f6edb93c28e5d613b3"
		    "adb7edd6bacbc07675b152b88eabb517907a6b7b7a2478cc468926a3fdec6eb1"
		    "0203010001");
}

static void scheme_of_rsa(struct certificate_verify *cv)
{
	cv->algorithm = 0x0804;
}

/* ---- a client ---- */

#define RAW .edit_encrypted_extensions = say_raw

static const struct refusal client_rows[] = {
	{ "the server says nothing of types where raw keys alone are taken",
	  { .edit_certificate = NULL },
	  WARD_E_NO_COMMON_CERTIFICATE_TYPE,
	  43,
	  .configure = take_raw },
	{ "the server chooses X.509 where raw keys alone are taken",
	  { .edit_encrypted_extensions = say_x509 },
	  WARD_E_CERTIFICATE_TYPE_NOT_OFFERED,
	  47,
	  .configure = take_raw },
	{ "the server chooses a type that was not offered",
	  { .edit_encrypted_extensions = say_openpgp },
	  WARD_E_CERTIFICATE_TYPE_NOT_OFFERED,
	  47,
	  .configure = take_both },
	{ "the server chooses a type for a client that has said nothing of types",
	  { RAW },
	  WARD_E_EXT_NOT_OFFERED,
	  110 },
	{ "the server chooses a type for what the client shows, which has nothing",
	  { .edit_encrypted_extensions = say_raw_of_client },
	  WARD_E_EXT_NOT_OFFERED,
	  110,
	  .configure = take_raw },
	{ "a certificate in the place of a raw key",
	  { RAW },
	  WARD_E_RAW_KEY_MALFORMED,
	  50,
	  .configure = take_raw },
	{ "a raw key in the place of a certificate",
	  { .edit_encrypted_extensions = say_x509, .edit_certificate = show_key },
	  WARD_E_CERT_MALFORMED,
	  42,
	  .configure = take_both },
	{ "a raw key where nothing was said",
	  { .edit_certificate = show_key },
	  WARD_E_CERT_MALFORMED,
	  42,
	  .configure = take_both },
	{ "no raw key",
	  { RAW, .edit_certificate = show_nothing },
	  WARD_E_CERTIFICATE_EMPTY,
	  50,
	  .configure = take_raw },
	{ "an empty raw key",
	  { RAW, .edit_certificate = show_empty_key },
	  WARD_E_BAD_LENGTH,
	  50,
	  .configure = take_raw },
	{ "two raw keys",
	  { RAW, .edit_certificate = show_two_keys },
	  WARD_E_RAW_KEY_NOT_ALONE,
	  47,
	  .configure = take_raw },
	{ "a raw key that is cut short",
	  { RAW, .edit_certificate = show_cut_key },
	  WARD_E_RAW_KEY_MALFORMED,
	  50,
	  .configure = take_raw },
	{ "a byte behind a raw key",
	  { RAW, .edit_certificate = show_key_and_a_byte },
	  WARD_E_RAW_KEY_MALFORMED,
	  50,
	  .configure = take_raw },
	{ "a raw key that is no point of its curve",
	  { RAW, .edit_certificate = show_point_off_the_curve },
	  WARD_E_RAW_KEY_MALFORMED,
	  50,
	  .configure = take_raw },
	{ "a raw key that does not sign",
	  { RAW, .edit_certificate = show_x25519 },
	  WARD_E_KEY_UNSUPPORTED,
	  43,
	  .configure = take_raw },
	{ "a raw key of RSA with 1024 bits",
	  { RAW, .edit_certificate = show_rsa_1024 },
	  WARD_E_KEY_TOO_SMALL,
	  42,
	  .configure = take_raw },
	{ "another raw key than the one that is pinned",
	  { RAW, .edit_certificate = show_key },
	  WARD_E_PIN_MISMATCH,
	  46,
	  .configure = take_another },
	{ "the raw key of another, without its signature",
	  { RAW, .at = HT_CERTIFICATE_VERIFY, .edit_certificate = show_key,
	    .edit_bytes = edit_flip_last },
	  WARD_E_CERTIFICATE_VERIFY_WRONG,
	  51,
	  .configure = take_raw },
	{ "a signature by a scheme for other keys",
	  { RAW, .edit_certificate = show_key, .edit_certificate_verify = scheme_of_rsa },
	  WARD_E_SIGNATURE_NOT_OFFERED,
	  47,
	  .configure = take_raw },
	{ "a raw key and no CertificateVerify",
	  { RAW, .at = HT_CERTIFICATE_VERIFY, .edit_certificate = show_key,
	    .instead = send_nothing },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10,
	  .configure = take_raw },
};

/* ---- a server ---- */

static const struct refusal server_rows[] = {
	{ "the client says nothing of types where raw keys alone are taken",
	  { .edit_certificate = NULL },
	  WARD_E_NO_COMMON_CERTIFICATE_TYPE,
	  43,
	  .mutual = WARD_VERIFY_REQUIRED,
	  .configure = take_clients },
	{ "the client has no type that anybody knows",
	  { .edit_client_hello = offer_unknown },
	  WARD_E_NO_COMMON_CERTIFICATE_TYPE,
	  43,
	  .mutual = WARD_VERIFY_REQUIRED,
	  .configure = take_clients },
	{ "the client takes no type that anybody knows",
	  { .edit_client_hello = accept_unknown },
	  WARD_E_NO_COMMON_CERTIFICATE_TYPE,
	  43 },
	{ "the client offers no type",
	  { .edit_client_hello = offer_nothing },
	  WARD_E_BAD_LENGTH,
	  50 },
	{ "the client offers X.509, which is said by saying nothing",
	  { .edit_client_hello = offer_x509 },
	  WARD_E_BAD_VALUE,
	  47 },
	{ "a certificate in the place of a raw key",
	  { .edit_client_hello = offer_raw },
	  WARD_E_RAW_KEY_MALFORMED,
	  50,
	  .mutual = WARD_VERIFY_REQUIRED,
	  .configure = take_clients },
	{ "no raw key where one is required",
	  { .edit_client_hello = offer_raw },
	  WARD_E_CERTIFICATE_REQUIRED,
	  116,
	  .mutual = WARD_VERIFY_REQUIRED,
	  .no_certificate = true,
	  .configure = take_clients },
	{ "two raw keys",
	  { .edit_client_hello = offer_raw, .edit_certificate = show_two_keys },
	  WARD_E_RAW_KEY_NOT_ALONE,
	  47,
	  .mutual = WARD_VERIFY_REQUIRED,
	  .configure = take_clients },
	{ "another raw key than the one that is pinned",
	  { .edit_client_hello = offer_raw, .edit_certificate = show_key_of_client },
	  WARD_E_PIN_MISMATCH,
	  46,
	  .mutual = WARD_VERIFY_REQUIRED,
	  .configure = take_other_clients },
	{ "another raw key where one is optional",
	  { .edit_client_hello = offer_raw, .edit_certificate = show_key_of_client },
	  WARD_E_PIN_MISMATCH,
	  46,
	  .mutual = WARD_VERIFY_OPTIONAL,
	  .configure = take_other_clients },
	{ "the raw key of another, without its signature",
	  { .at = HT_CERTIFICATE_VERIFY,
	    .edit_client_hello = offer_raw,
	    .edit_certificate = show_key_of_client,
	    .edit_bytes = edit_flip_last },
	  WARD_E_CERTIFICATE_VERIFY_WRONG,
	  51,
	  .mutual = WARD_VERIFY_REQUIRED,
	  .configure = take_clients },
};

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, client_rows, refusal_by_client);
	TABLE_ADD(&t, server_rows, refusal_by_server);
	failed = table_run(&t, "refusals of raw public keys");
	free(shown);
	credentials_cleanup();
	return failed;
}
