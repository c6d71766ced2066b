/*
 * Keys that stay where they are: in a PKCS #11 token, a TPM, a key service. A provider of OpenSSL
 * (provider(7)) has them and a URI names them (for PKCS #11 that of RFC 7512); what is got is a handle
 * that signs, and goes the way of every private key from there.
 *
 * A PIN comes from the caller or from the URI; nothing is asked of the terminal here, though a provider
 * may, where neither has it.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>

#include "base/secret.h"
#include "crypto/key.h"

/* The provider that is usual for a scheme, where the system's configuration loads none. */
static const char *usual_provider(const char *uri)
{
	static const struct {
		const char *prefix, *provider;
	} usual[] = {
		{ "pkcs11:", "pkcs11" },
		{ "handle:", "tpm2" },
		{ "object:", "tpm2" },
	};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (strncmp(uri, usual[i].prefix, strlen(usual[i].prefix)) == 0)
			return usual[i].provider;
	return NULL;
}

/* It stays loaded, and so do those that are there without being asked for. */
static bool load_provider(const char *name)
{
	return OSSL_PROVIDER_available(NULL, name) == 1 ||
	       OSSL_PROVIDER_try_load(NULL, name, 1) != NULL;
}

static bool load_providers(const char *uri, const char *provider, struct ward_error *err)
{
	const char *usual = usual_provider(uri);

	if (provider != NULL)
		return load_provider(provider) ||
		       FAILF(err, KEY_UNREACHABLE, "libcrypto cannot load its provider %s",
			     provider);
	if (usual != NULL)
		(void)load_provider(usual); /* or the system's configuration has another one */
	return true;
}

/* What libcrypto asks when it wants a PIN. */
static int give_pin(char *buf, int size, int writing, void *pin)
{
	size_t len = pin == NULL ? 0 : strlen(pin);

	(void)writing;
	if (pin == NULL || len > (size_t)size)
		return -1;
	bytes_copy((uint8_t *)buf, pin, len);
	return (int)len;
}

/* The first private key that the URI leads to. */
static EVP_PKEY *first_key(OSSL_STORE_CTX *store)
{
	EVP_PKEY *pkey = NULL;

	while (pkey == NULL && OSSL_STORE_eof(store) != 1) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);

		if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			pkey = OSSL_STORE_INFO_get1_PKEY(info);
		OSSL_STORE_INFO_free(info);
		if (info == NULL && OSSL_STORE_error(store) == 1)
			break;
	}
	return pkey;
}

/*
 * A provider for PKCS #11 logs in when it is private keys that are wanted, so the URI says so: in its
 * path, which ends where a '?' begins the rest. NULL if there is no memory.
 */
static char *ask_for_private(const char *uri)
{
	bool said = strncmp(uri, "pkcs11:", 7) != 0 || strstr(uri, "type=") != NULL;
	int path = (int)strcspn(uri, "?");
	char *asked = NULL;

	if (said)
		return strdup(uri);
	if (asprintf(&asked, "%.*s%stype=private%s", path, uri, uri[7] == '\0' ? "" : ";",
		     uri + path) < 0)
		return NULL;
	return asked;
}

static EVP_PKEY *open_asked(const char *uri, const char *pin, struct ward_error *err)
{
	UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_pin, 0);
	OSSL_STORE_CTX *store = NULL;
	EVP_PKEY *pkey = NULL;

	if (ui != NULL)
		store = OSSL_STORE_open(uri, ui, (void *)(uintptr_t)pin, NULL, NULL);
	if (store != NULL && OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY) == 1)
		pkey = first_key(store);
	if (pkey == NULL) {
		const char *why = ERR_reason_error_string(ERR_peek_last_error());

		FAILF(err, KEY_UNREACHABLE, "%s", why != NULL ? why : "no private key is there");
	}
	if (store != NULL)
		OSSL_STORE_close(store);
	UI_destroy_method(ui);
	return pkey;
}

static EVP_PKEY *open_uri(const char *uri, const char *pin, struct ward_error *err)
{
	char *asked = ask_for_private(uri);
	EVP_PKEY *pkey = NULL;

	if (asked == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	pkey = open_asked(asked, pin, err);
	secret_wipe_bytes(asked, strlen(asked)); /* there may be a PIN in it */
	free(asked);
	return pkey;
}

struct privkey *privkey_open(const char *uri, const char *provider, const char *pin,
			     struct ward_error *err)
{
	struct privkey *k = NULL;
	EVP_PKEY *pkey;

	if (!crypto_init(err))
		return NULL;
	libcrypto_errors_mark();
	if (load_providers(uri, provider, err)) {
		pkey = open_uri(uri, pin, err);
		if (pkey != NULL)
			k = privkey_take(pkey, err);
	}
	libcrypto_errors_drop();
	return k;
}
