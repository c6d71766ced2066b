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

static struct ward_key *key_wrap(struct privkey *private, struct ward_error *err)
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
	return key_wrap(privkey_generate(kinds[kind].type, kinds[kind].bits, err), err);
}

struct ward_key *ward_key_parse(const void *bytes, size_t len, struct ward_error *err)
{
	if (!crypto_init(err))
		return NULL;
	return key_wrap(privkey_from_bytes(span_make(bytes, len), err), err);
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

char *ward_key_pem(const struct ward_key *key, struct ward_error *err)
{
	uint8_t *der;
	size_t len;
	char *pem;

	if (!privkey_pkcs8(key->private, &der, &len, err))
		return NULL;
	pem = pem_encode("PRIVATE KEY", span_make(der, len));
	secret_wipe_bytes(der, len);
	free(der);
	if (pem == NULL)
		FAIL(err, NO_MEMORY);
	return pem;
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
