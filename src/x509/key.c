/*
 * Private keys of the public interface: a counted reference to a prepared key.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/secret.h"
#include "wire/pem.h"
#include "x509/cert.h"

struct ward_key {
	atomic_uint refs;
	struct privkey *private;
};

struct ward_key *key_from_private(struct privkey *private, struct ward_error *err)
{
	struct ward_key *k;

	if (private == NULL)
		return NULL;
	k = malloc(sizeof(*k));
	if (k == NULL) {
		FAIL(err, NO_MEMORY);
		privkey_free(private);
		return NULL;
	}
	atomic_init(&k->refs, 1);
	k->private = private;
	return k;
}

struct ward_key *ward_key_generate(enum ward_key_kind kind, struct ward_error *err)
{
	static const struct {
		enum key_type type;
		unsigned int bits;
	} kinds[] = {
		[WARD_KEY_P256] = { KEY_P256, 0 },       [WARD_KEY_P384] = { KEY_P384, 0 },
		[WARD_KEY_ED25519] = { KEY_ED25519, 0 }, [WARD_KEY_RSA_2048] = { KEY_RSA, 2048 },
		[WARD_KEY_RSA_3072] = { KEY_RSA, 3072 }, [WARD_KEY_RSA_4096] = { KEY_RSA, 4096 },
		[WARD_KEY_P521] = { KEY_P521, 0 },
	};

	if ((size_t)kind >= sizeof(kinds) / sizeof(kinds[0]) || kinds[kind].type == KEY_NONE) {
		FAILF(err, BAD_ARGUMENT, "no such kind of key: %d", (int)kind);
		return NULL;
	}
	if (!crypto_init(err))
		return NULL;
	return key_from_private(privkey_generate(kinds[kind].type, kinds[kind].bits, err), err);
}

struct ward_key *ward_key_parse(const void *bytes, size_t len, struct ward_error *err)
{
	if (!crypto_init(err))
		return NULL;
	return key_from_private(privkey_from_bytes(span_make(bytes, len), err), err);
}

struct ward_key *ward_key_parse_with(const void *bytes, size_t len, const char *passphrase,
				     size_t passphrase_len, struct ward_error *err)
{
	if (!crypto_init(err))
		return NULL;
	return key_from_private(privkey_from_bytes_with(span_make(bytes, len),
							span_make(passphrase, passphrase_len), err),
				err);
}

struct ward_key *ward_key_open(const char *uri, const char *provider, const char *pin,
			       struct ward_error *err)
{
	return key_from_private(privkey_open(uri, provider, pin, err), err);
}

struct ward_key *ward_key_ref(struct ward_key *key)
{
	atomic_fetch_add_explicit(&key->refs, 1, memory_order_relaxed);
	return key;
}

void ward_key_free(struct ward_key *key)
{
	if (key == NULL || atomic_fetch_sub_explicit(&key->refs, 1, memory_order_acq_rel) != 1)
		return;
	privkey_free(key->private);
	free(key);
}

bool ward_key_der(const struct ward_key *key, enum ward_key_form form, const char *passphrase,
		  size_t passphrase_len, uint8_t **der, size_t *len, struct ward_error *err)
{
	if (passphrase != NULL && form != WARD_KEY_FORM_PKCS8)
		return FAILF(err, BAD_ARGUMENT, "only PKCS#8 is encrypted");
	switch (form) {
	case WARD_KEY_FORM_PKCS8:
		if (passphrase == NULL)
			return privkey_pkcs8(key->private, der, len, err);
		return privkey_encrypt(key->private, span_make(passphrase, passphrase_len), der,
				       len, err);
	case WARD_KEY_FORM_TRADITIONAL:
		return privkey_traditional(key->private, der, len, err);
	case WARD_KEY_FORM_PUBLIC:
		return privkey_spki(key->private, der, len, err);
	default:
		return FAILF(err, BAD_ARGUMENT, "no such form of a key: %d", (int)form);
	}
}

static char *make_pem(const char *label, uint8_t *der, size_t len, struct ward_error *err)
{
	char *pem = pem_encode(label, span_make(der, len));

	secret_wipe_bytes(der, len);
	free(der);
	if (pem == NULL)
		FAIL(err, NO_MEMORY);
	return pem;
}

static const char *form_label(const struct ward_key *key, enum ward_key_form form)
{
	if (form == WARD_KEY_FORM_PUBLIC)
		return "PUBLIC KEY";
	if (form != WARD_KEY_FORM_TRADITIONAL)
		return "PRIVATE KEY";
	return privkey_type(key->private) == KEY_RSA ? "RSA PRIVATE KEY" : "EC PRIVATE KEY";
}

char *ward_key_pem_form(const struct ward_key *key, enum ward_key_form form, struct ward_error *err)
{
	uint8_t *der;
	size_t len;

	if (!ward_key_der(key, form, NULL, 0, &der, &len, err))
		return NULL;
	return make_pem(form_label(key, form), der, len, err);
}

char *ward_key_pem(const struct ward_key *key, struct ward_error *err)
{
	return ward_key_pem_form(key, WARD_KEY_FORM_PKCS8, err);
}

char *ward_key_pem_encrypted(const struct ward_key *key, const char *passphrase,
			     size_t passphrase_len, struct ward_error *err)
{
	uint8_t *der;
	size_t len;

	if (!privkey_encrypt(key->private, span_make(passphrase, passphrase_len), &der, &len, err))
		return NULL;
	return make_pem("ENCRYPTED PRIVATE KEY", der, len, err);
}

/* The bits alone are compared: the parameters around them have more than one valid encoding. */
bool key_check_bits(const struct ward_key *key, struct span bits, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct key_id id;
	uint8_t *spki;
	size_t len;
	bool same;

	if (!privkey_spki(key->private, &spki, &len, err))
		return false;
	key_id_parse(span_make(spki, len), &id, &own);
	same = !error_is_set(&own) && id.bytes.len > 0 && span_equal(id.bytes, bits);
	free(spki);
	return same || FAIL(err, KEY_MISMATCH);
}

bool key_check_cert(const struct ward_key *key, const struct ward_cert *cert,
		    struct ward_error *err)
{
	return key_check_bits(key, cert->key.bytes, err);
}

bool ward_key_matches(const struct ward_key *key, const struct ward_cert *cert)
{
	return key_check_cert(key, cert, NULL);
}

void ward_wipe(void *bytes, size_t len)
{
	secret_wipe_bytes(bytes, len);
}

struct privkey *key_private(const struct ward_key *k)
{
	return k->private;
}
