/*
 * The algorithm that each type of key signs with, and writing the signature (RFC 5280, 4.1.1.2).
 *
 * One algorithm a key: what conforming readers all take, and the strongest hash that is no loss.
 */
#include "x509/signing.h"

/* The whole AlgorithmIdentifiers: of ECDSA and Ed25519 without parameters (RFC 5758, 3.2; RFC 8410,
 * 3), of RSA with NULL (RFC 4055, 5), of RSASSA-PSS with SHA-256 throughout (RFC 4055, 3.1). */
static const struct signing signings[] = {
	{ KEY_P256, SIG_ECDSA_SHA256,
	  SPAN_LITERAL("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02") },
	{ KEY_P384, SIG_ECDSA_SHA384,
	  SPAN_LITERAL("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03") },
	{ KEY_P521, SIG_ECDSA_SHA512,
	  SPAN_LITERAL("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04") },
	{ KEY_ED25519, SIG_ED25519, SPAN_LITERAL("\x30\x05\x06\x03\x2b\x65\x70") },
	{ KEY_RSA, SIG_RSA_PKCS1_SHA256,
	  SPAN_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00") },
	{ KEY_RSA_PSS, SIG_RSA_PSS_SHA256,
	  SPAN_LITERAL("\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34"
		       "\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"
		       "\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"
		       "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"
		       "\xa2\x03\x02\x01\x20") },
};

const struct signing *signing_find(const struct ward_key *key, struct ward_error *err)
{
	enum key_type type = privkey_type(key_private(key));

	for (size_t i = 0; i < sizeof(signings) / sizeof(signings[0]); i++)
		if (signings[i].key == type)
			return &signings[i];
	FAILF(err, KEY_UNSUPPORTED, "nothing is signed here with %s", key_type_name(type));
	return NULL;
}

void signing_write(struct writer *w, size_t start, const struct signing *signing,
		   const struct ward_key *key)
{
	uint8_t sig[SIGNATURE_MAX];
	size_t sig_len = 0;

	if (!writer_ok(w) ||
	    !privkey_sign(key_private(key), signing->alg, span_make(w->buf + start, w->len - start),
			  sig, &sig_len, w->err))
		return;
	writer_bytes(w, signing->id);
	der_write_bit_string(w, span_make(sig, sig_len), 0);
}
