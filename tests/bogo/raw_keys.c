/*
 * Raw public keys (RFC 7250): which types the flags ask for, and who is believed.
 */
#include <stdlib.h>
#include <string.h>

#include "shim.h"

static bool list_has(const struct int_list *list, int value)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] == value)
			return true;
	return false;
}

bool takes_raw_keys(const struct flags *f)
{
	return list_has(&f->accepted_peer_cert_types, WARD_CERTIFICATE_RAW_KEY);
}

/* With --async the key is kept here, and the engine asks for signatures. */
static bool add(struct ward_config *config, const struct flags *f, struct ward_key *key,
		struct ward_error *err)
{
	uint8_t *spki;
	size_t len;
	bool ok;

	if (!f->async)
		return ward_config_add_raw_key(config, key, err);
	if (!ward_key_der(key, WARD_KEY_FORM_PUBLIC, NULL, 0, &spki, &len, err))
		return false;
	ok = ward_config_add_raw_key_external(config, spki, len, err);
	free(spki);
	return ok;
}

void add_raw_key(struct ward_config *config, const struct flags *f, const struct credential *c,
		 struct keys *keys)
{
	struct ward_key *key = read_key(c->key_file);
	struct ward_error err = { 0 };

	must(add(config, f, key, &err), "new-rpk-credential", &err);
	keys->credentials[keys->count] = (int)(c - f->credentials);
	keys->items[keys->count++] = key;
}

/* ---- types ---- */

typedef bool set_types_fn(struct ward_config *config, const enum ward_certificate_type *types,
			  size_t count, struct ward_error *err);

static void set_types(struct ward_config *config, const struct int_list *list, set_types_fn *set,
		      const char *what)
{
	enum ward_certificate_type types[BOGO_LIST_MAX];
	struct ward_error err = { 0 };

	for (size_t i = 0; i < list->count; i++)
		types[i] = (enum ward_certificate_type)list->items[i];
	if (list->count > 0)
		must(set(config, types, list->count, &err), what, &err);
}

/* ---- pins ---- */

/*
 * Where no key is expected there is a pin all the same, because raw keys are taken by pins alone; pins
 * hold for certificates too, and the runner's are their own roots.
 */
static struct ward_pin pin_of(const struct flags *f)
{
	struct ward_pin pin = { .sha256 = { 0 } };
	struct ward_error err = { 0 };
	struct ward_chain chain;
	struct bytes pem;

	if (f->expect_peer_rpk_sha256.data != NULL) {
		memcpy(pin.sha256, f->expect_peer_rpk_sha256.data, sizeof(pin.sha256));
	} else if (f->trust_cert != NULL && f->trust_cert[0] != '\0') {
		pem = read_file(f->trust_cert);
		must(ward_chain_parse(pem.data, pem.len, &chain, &err), "trust-cert", &err);
		ward_cert_spki_hash(chain.certs[0], pin.sha256);
		ward_chain_clear(&chain);
		free(pem.data);
	}
	return pin;
}

void set_raw_keys(struct ward_config *config, const struct flags *f)
{
	struct ward_pin pin = pin_of(f);
	struct ward_error err = { 0 };

	set_types(config, &f->available_client_cert_types, ward_config_set_certificate_types,
		  "available-client-cert-types");
	set_types(config, &f->accepted_peer_cert_types, ward_config_set_peer_certificate_types,
		  "accepted-peer-cert-types");
	if (takes_raw_keys(f) && !f->verify_fail)
		must(ward_config_add_pin(config, &pin, &err), "expect-peer-rpk-sha256", &err);
}

/* ---- afterwards ---- */

static int type_seen(const struct link *l)
{
	size_t len;

	if (ward_conn_peer_raw_key(l->conn, &len) != NULL)
		return WARD_CERTIFICATE_RAW_KEY;
	return ward_conn_peer_cert(l->conn) == NULL ? -1 : WARD_CERTIFICATE_X509;
}

bool check_certificate_type(const struct link *l)
{
	const char *expected = l->flags->expect_peer_certificate_type;
	const struct bytes *key = &l->flags->expect_peer_rpk_sha256;
	struct ward_pin pin;

	if (expected != NULL && strtol(expected, NULL, 10) != type_seen(l))
		return wrong("type of certificate");
	return key->data == NULL ||
	       (ward_conn_peer_pin(l->conn, &pin) && key->len == sizeof(pin.sha256) &&
		memcmp(pin.sha256, key->data, key->len) == 0) ||
	       wrong("raw public key");
}
