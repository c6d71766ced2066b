/*
 * Reading a private key from a file: PKCS#8 (RFC 5958), SEC1 (RFC 5915) or PKCS#1 (RFC 8017), in
 * PEM or DER. The first key of a PEM file counts; certificates and parameters in it are passed over.
 *
 * Encrypted ones go to privkey_encrypted.c, if there is a passphrase.
 *
 * Our own reader looks at the outer elements, so that errors can say what the file is; the key
 * itself is read by libcrypto's decoders, which are slow, but this happens once for each key.
 */
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/evp.h>

#include "crypto/key.h"
#include "wire/der.h"
#include "wire/pem.h"

enum form {
	FORM_UNKNOWN,
	FORM_PKCS8,
	FORM_PKCS1,
	FORM_SEC1,
	FORM_ENCRYPTED,
};

/* The forms are told apart by the tags of their first two elements. */
static enum form form_of(struct span der)
{
	struct ward_error local = ERROR_NONE;
	struct reader r = reader_make(der, &local);
	struct reader seq = der_open(&r, DER_SEQUENCE);
	int first = -1;
	int second = -1;

	der_any(&seq, &first);
	der_any(&seq, &second);
	if (!reader_close(&r))
		return FORM_UNKNOWN;
	if (first == DER_SEQUENCE && second == DER_OCTET_STRING)
		return FORM_ENCRYPTED;
	if (first != DER_INTEGER)
		return FORM_UNKNOWN;
	switch (second) {
	case DER_SEQUENCE:
		return FORM_PKCS8;
	case DER_INTEGER:
		return FORM_PKCS1;
	case DER_OCTET_STRING:
		return FORM_SEC1;
	default:
		return FORM_UNKNOWN;
	}
}

static EVP_PKEY *decode(struct span der, const char *type, const char *structure)
{
	EVP_PKEY *pkey = NULL;
	const unsigned char *data = der.data;
	size_t len = der.len;
	OSSL_DECODER_CTX *ctx = OSSL_DECODER_CTX_new_for_pkey(&pkey, "DER", structure, type,
							      EVP_PKEY_KEYPAIR, NULL, NULL);

	if (ctx != NULL && OSSL_DECODER_from_data(ctx, &data, &len) != 1) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	OSSL_DECODER_CTX_free(ctx);
	/* A file may ask for compressed points; ours are not, and only those are read again. */
	if (pkey != NULL && EVP_PKEY_is_a(pkey, "EC"))
		EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
					       OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
	return pkey;
}

/* What else people take for a private key is named, for them to know what to do. */
static bool fail_form(struct span bytes, struct ward_error *err)
{
	static const uint8_t jks[] = { 0xfe, 0xed, 0xfe, 0xed };
	static const uint8_t jceks[] = { 0xce, 0xce, 0xce, 0xce };
	struct span magic = span_make(bytes.data, bytes.len < 4 ? 0 : 4);

	if (span_equal(magic, SPAN_ARRAY(jks)) || span_equal(magic, SPAN_ARRAY(jceks)))
		return FAIL(err, KEY_IN_JKS);
	return FAIL(err, NO_KEY_IN_FILE);
}

static struct privkey *load_encrypted(struct span der, const struct span *passphrase,
				      struct ward_error *err)
{
	if (passphrase != NULL)
		return privkey_decrypt(der, *passphrase, err);
	FAIL(err, KEY_ENCRYPTED);
	return NULL;
}

static struct privkey *load_der(struct span der, const struct span *passphrase,
				struct ward_error *err)
{
	EVP_PKEY *pkey = NULL;

	switch (form_of(der)) {
	case FORM_PKCS8:
		pkey = decode(der, NULL, "PrivateKeyInfo");
		break;
	case FORM_PKCS1:
		pkey = decode(der, "RSA", "type-specific");
		break;
	case FORM_SEC1:
		pkey = decode(der, "EC", "type-specific");
		break;
	case FORM_ENCRYPTED:
		return load_encrypted(der, passphrase, err);
	case FORM_UNKNOWN:
	default:
		(void)fail_form(der, err);
		return NULL;
	}
	if (pkey == NULL) {
		FAILF(err, BAD_KEY, "a private key that libcrypto cannot read");
		return NULL;
	}
	return privkey_take(pkey, err);
}

static bool label_is_key(const char *label)
{
	return strcmp(label, "PRIVATE KEY") == 0 || strcmp(label, "EC PRIVATE KEY") == 0 ||
	       strcmp(label, "RSA PRIVATE KEY") == 0 || strcmp(label, "ENCRYPTED PRIVATE KEY") == 0;
}

/* `lines` is the block as it stands in the text. */
static struct privkey *load_block(const struct pem_block *block, struct span lines,
				  const struct span *passphrase, struct ward_error *err)
{
	if (!block->encrypted)
		return load_der(span_make(block->der, block->der_len), passphrase, err);
	if (passphrase != NULL)
		return privkey_decrypt_pem(lines, *passphrase, err);
	FAIL(err, KEY_ENCRYPTED);
	return NULL;
}

static struct privkey *load_pem(struct span text, const struct span *passphrase,
				struct ward_error *err)
{
	struct pem_block block;
	struct privkey *k = NULL;
	struct span before = text;
	bool openssh = false;

	for (; pem_next(&text, &block, err); before = text) {
		bool found = label_is_key(block.label);
		size_t len = (size_t)(text.data - before.data);

		openssh = openssh || strcmp(block.label, "OPENSSH PRIVATE KEY") == 0;
		if (found)
			k = load_block(&block, span_make(before.data, len), passphrase, err);
		pem_block_clear(&block);
		if (found)
			return k;
	}
	if (!error_is_set(err))
		(void)(openssh ? FAIL(err, KEY_IN_OPENSSH_FORM) : FAIL(err, NO_KEY_IN_FILE));
	return NULL;
}

static struct privkey *load(struct span bytes, const struct span *passphrase,
			    struct ward_error *err)
{
	struct ward_error local = ERROR_NONE;
	struct privkey *k = NULL;

	if (crypto_init(&local)) {
		libcrypto_errors_mark();
		k = pem_detect(bytes) ? load_pem(bytes, passphrase, &local)
				      : load_der(bytes, passphrase, &local);
		libcrypto_errors_drop();
	}
	if (k == NULL)
		error_pass(err, &local);
	return k;
}

struct privkey *privkey_from_bytes(struct span bytes, struct ward_error *err)
{
	return load(bytes, NULL, err);
}

struct privkey *privkey_from_bytes_with(struct span bytes, struct span passphrase,
					struct ward_error *err)
{
	return load(bytes, &passphrase, err);
}
