/*
 * Reading keys for `ward openssl`. The form is seen from the bytes, so -inform is not asked.
 */
#include "cli/openssl/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "wire/der.h"
#include "wire/pem.h"
#include "x509/x509.h"

static const char label_spki[] = "PUBLIC KEY";
static const char label_pkcs1[] = "RSA PUBLIC KEY";

void openssl_key_clear(struct openssl_key *key)
{
	ward_key_free(key->private);
	pubkey_free(key->public);
	free(key->spki);
	*key = (struct openssl_key){ 0 };
}

/* ---- private ---- */

static bool take_private(struct openssl_key *key, struct ward_key *private, struct ward_error *err)
{
	key->private = private;
	if (private == NULL || !privkey_spki(key_private(private), &key->spki, &key->spki_len, err))
		return false;
	key->public = pubkey_from_spki(span_make(key->spki, key->spki_len), err);
	return key->public != NULL;
}

bool openssl_key_take(const struct openssl_command *command, struct ward_key *private,
		      const struct ward_error *err, struct openssl_key *key)
{
	struct ward_error own = *err;

	*key = (struct openssl_key){ 0 };
	if (take_private(key, private, &own))
		return true;
	(void)openssl_fail_error(command, NULL, &own);
	return false;
}

/* An encrypted key is told by the first try, so that nobody is asked without need. */
static struct ward_key *unlock(const struct openssl_command *command, struct span bytes,
			       const char *pass_source, struct ward_error *err)
{
	struct openssl_passphrase p;
	struct ward_key *private = NULL;

	if (openssl_passphrase_get(command, pass_source, &p) &&
	    (p.given ||
	     openssl_passphrase_ask(command, "Enter pass phrase for the key: ", false, &p)))
	private = ward_key_parse_with(bytes.data, bytes.len, p.text, p.len, err);
	openssl_passphrase_wipe(&p);
	return private;
}

bool openssl_key_bytes(const struct openssl_command *command, const char *name, struct span bytes,
		       const char *pass_source, struct openssl_key *key)
{
	struct ward_error err = ERROR_NONE;
	struct ward_key *private = ward_key_parse(bytes.data, bytes.len, &err);

	*key = (struct openssl_key){ 0 };
	if (private == NULL && err.reason == WARD_E_KEY_ENCRYPTED) {
		err = ERROR_NONE;
		private = unlock(command, bytes, pass_source, &err);
	}
	if (take_private(key, private, &err))
		return true;
	if (error_is_set(&err)) /* or it was a passphrase, and has been reported */
		(void)openssl_fail_error(command, name, &err);
	return false;
}

bool openssl_key_private(const struct openssl_command *command, const char *path,
			 const char *pass_source, struct openssl_key *key)
{
	struct file_bytes bytes;
	bool ok;

	*key = (struct openssl_key){ 0 };
	if (!openssl_read(command, path, &bytes))
		return false;
	ok = openssl_key_bytes(command, openssl_input_name(path), span_make(bytes.data, bytes.len),
			       pass_source, key);
	file_bytes_clear(&bytes);
	return ok;
}

/* ---- public ---- */

/* An RSAPublicKey (RFC 8017, A.1.1) begins with a number, a SubjectPublicKeyInfo with a SEQUENCE. */
static bool is_pkcs1(struct span der)
{
	struct ward_error ignored = ERROR_NONE;
	struct reader r = reader_make(der, &ignored);
	struct reader seq = der_open(&r, DER_SEQUENCE);

	return der_peek(&seq) == DER_INTEGER;
}

/* The key with what a SubjectPublicKeyInfo has around it. */
static void wrap_pkcs1(struct writer *w, struct span der)
{
	static const uint8_t oid_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };

	DER_WRITE (w, DER_SEQUENCE) {
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_oid(w, SPAN_ARRAY(oid_rsa));
			der_write_element(w, DER_NULL, SPAN_EMPTY);
		}
		der_write_bit_string(w, der, 0);
	}
}

static bool take_public(struct openssl_key *key, struct span der, struct ward_error *err)
{
	enum { WRAPPING = 64 };
	struct writer w;

	key->spki = malloc(der.len + WRAPPING);
	if (key->spki == NULL)
		return FAIL(err, NO_MEMORY);
	w = writer_make(key->spki, der.len + WRAPPING, err);
	if (is_pkcs1(der))
		wrap_pkcs1(&w, der);
	else
		writer_bytes(&w, der);
	key->spki_len = w.len;
	if (!writer_ok(&w))
		return false;
	key->public = pubkey_from_spki(writer_span(&w), err);
	return key->public != NULL;
}

static bool take_public_pem(struct openssl_key *key, struct span text, struct ward_error *err)
{
	struct pem_block block;
	bool found = false;

	while (!found && pem_next(&text, &block, err)) {
		found = strcmp(block.label, label_spki) == 0 ||
			strcmp(block.label, label_pkcs1) == 0;
		if (found)
			(void)take_public(key, span_make(block.der, block.der_len), err);
		pem_block_clear(&block);
	}
	if (!found && !error_is_set(err))
		FAILF(err, NO_KEY_IN_FILE, "there is no PUBLIC KEY");
	return !error_is_set(err);
}

bool openssl_key_public(const struct openssl_command *command, const char *path,
			struct openssl_key *key)
{
	struct ward_error err = ERROR_NONE;
	struct file_bytes bytes;
	struct span span;
	bool ok;

	*key = (struct openssl_key){ 0 };
	if (!openssl_read(command, path, &bytes))
		return false;
	span = span_make(bytes.data, bytes.len);
	ok = pem_detect(span) ? take_public_pem(key, span, &err) : take_public(key, span, &err);
	file_bytes_clear(&bytes);
	if (!ok)
		(void)openssl_fail_error(command, openssl_input_name(path), &err);
	return ok;
}
