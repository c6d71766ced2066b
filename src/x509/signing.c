/*
 * The AlgorithmIdentifiers of what ward signs: of ECDSA and Ed25519 without parameters (RFC 5758,
 * 3.2; RFC 8410, 3), of RSA with NULL (RFC 4055, 5), of RSASSA-PSS with one hash throughout and a
 * salt as long (RFC 4055, 3.1).
 */
#include "x509/signing.h"

#include <stdlib.h>

#define ECDSA(n) SPAN_LITERAL("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n)
#define RSA(n) SPAN_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n "\x05\x00")
#define HASH(n) "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" n "\x05\x00"
#define RSA_PSS(n, salt)                                                                           \
	SPAN_LITERAL("\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34"                \
		     "\xa0\x0f" HASH(n) "\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01"     \
					"\x01\x08" HASH(n) "\xa2\x03\x02\x01" salt)

/* The first row of a key and of a hash counts: it is the default where both are open. */
static const struct signing signings[] = {
	{ KEY_P256, WARD_HASH_SHA256, SIG_ECDSA_SHA256, ECDSA("\x02") },
	{ KEY_P256, WARD_HASH_SHA384, SIG_ECDSA_SHA384, ECDSA("\x03") },
	{ KEY_P256, WARD_HASH_SHA512, SIG_ECDSA_SHA512, ECDSA("\x04") },
	{ KEY_P384, WARD_HASH_SHA384, SIG_ECDSA_SHA384, ECDSA("\x03") },
	{ KEY_P384, WARD_HASH_SHA256, SIG_ECDSA_SHA256, ECDSA("\x02") },
	{ KEY_P384, WARD_HASH_SHA512, SIG_ECDSA_SHA512, ECDSA("\x04") },
	{ KEY_P521, WARD_HASH_SHA512, SIG_ECDSA_SHA512, ECDSA("\x04") },
	{ KEY_P521, WARD_HASH_SHA256, SIG_ECDSA_SHA256, ECDSA("\x02") },
	{ KEY_P521, WARD_HASH_SHA384, SIG_ECDSA_SHA384, ECDSA("\x03") },
	{ KEY_ED25519, WARD_HASH_DEFAULT, SIG_ED25519,
	  SPAN_LITERAL("\x30\x05\x06\x03\x2b\x65\x70") },
	{ KEY_RSA, WARD_HASH_SHA256, SIG_RSA_PKCS1_SHA256, RSA("\x0b") },
	{ KEY_RSA, WARD_HASH_SHA384, SIG_RSA_PKCS1_SHA384, RSA("\x0c") },
	{ KEY_RSA, WARD_HASH_SHA512, SIG_RSA_PKCS1_SHA512, RSA("\x0d") },
	{ KEY_RSA_PSS, WARD_HASH_SHA256, SIG_RSA_PSS_SHA256, RSA_PSS("\x01", "\x20") },
	{ KEY_RSA_PSS, WARD_HASH_SHA384, SIG_RSA_PSS_SHA384, RSA_PSS("\x02", "\x30") },
	{ KEY_RSA_PSS, WARD_HASH_SHA512, SIG_RSA_PSS_SHA512, RSA_PSS("\x03", "\x40") },
};

const struct signing *signing_find_hash(const struct ward_key *key, enum ward_hash hash,
					struct ward_error *err)
{
	enum key_type type = privkey_type(key_private(key));
	bool known = false;

	for (size_t i = 0; i < sizeof(signings) / sizeof(signings[0]); i++) {
		const struct signing *s = &signings[i];

		if (s->key != type)
			continue;
		known = true;
		if (hash == WARD_HASH_DEFAULT || hash == s->hash)
			return s;
	}
	if (known)
		FAILF(err, BAD_ARGUMENT, "a key of type %s does not sign this hash",
		      key_type_name(type));
	else
		FAILF(err, KEY_UNSUPPORTED, "nothing is signed here with %s", key_type_name(type));
	return NULL;
}

const struct signing *signing_find(const struct ward_key *key, struct ward_error *err)
{
	return signing_find_hash(key, WARD_HASH_DEFAULT, err);
}

void signing_write(struct writer *w, size_t start, const struct signing *signing,
		   const struct ward_key *key)
{
	uint8_t sig[SIGNATURE_MAX];
	size_t len = 0;

	if (!writer_ok(w))
		return;
	if (!privkey_sign(key_private(key), signing->alg, span_make(w->buf + start, w->len - start),
			  sig, &len, w->err))
		return;
	writer_bytes(w, signing->id);
	der_write_bit_string(w, span_make(sig, len), 0);
}

uint8_t *signing_make(size_t room, void (*write)(struct writer *w, const void *from),
		      const void *from, const struct signing *signing, const struct ward_key *key,
		      size_t *len, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	uint8_t *buf = malloc(room);
	struct writer w;

	if (buf == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	w = writer_make(buf, room, &own);
	DER_WRITE (&w, DER_SEQUENCE) {
		size_t start = w.len;

		write(&w, from);
		signing_write(&w, start, signing, key);
	}
	if (writer_ok(&w)) {
		*len = w.len;
		return buf;
	}
	error_pass(err, &own);
	free(buf);
	return NULL;
}
