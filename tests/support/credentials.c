/* Certificates for tests. See credentials.h. */
#include "support/credentials.h"

#include <ward/raw_key.h>
#include <ward/status.h>

#include "x509/cert.h"

#include <stdio.h>
#include <stdlib.h>

#define KINDS (WARD_KEY_RSA_4096 + 1)

static struct ward_key *ca_key;
static struct ward_cert *ca_cert;
static struct ward_trust *trust;
static struct credential servers[KINDS], clients[KINDS];

static void must(bool ok, const struct ward_error *err, const char *what)
{
	char text[512];

	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", what, ward_error_text(err, text, sizeof(text)));
	abort();
}

struct ward_key *test_ca_key(void)
{
	struct ward_error err = { 0 };

	if (ca_key == NULL)
		ca_key = ward_key_generate(WARD_KEY_P256, &err);
	must(ca_key != NULL, &err, "CA key");
	return ca_key;
}

struct ward_cert *test_ca_cert(void)
{
	struct ward_error err = { 0 };
	struct ward_cert_spec spec = { .common_name = "ward test CA",
				       .profile = WARD_PROFILE_CA,
				       .path_length = 1,
				       .not_before = TEST_NOW - 86400 * 400,
				       .not_after = TEST_NOW + 86400 * 3650 };

	if (ca_cert == NULL)
		ca_cert = ward_cert_make(&spec, test_ca_key(), NULL, NULL, &err);
	must(ca_cert != NULL, &err, "CA certificate");
	return ca_cert;
}

struct ward_trust *test_trust(void)
{
	struct ward_error err = { 0 };

	if (trust == NULL) {
		trust = ward_trust_new();
		must(trust != NULL && ward_trust_add(trust, test_ca_cert(), &err), &err, "trust");
	}
	return trust;
}

void credential_make_at(struct credential *c, enum ward_key_kind kind, enum ward_profile profile,
			const char *const *names, int64_t not_before, int64_t not_after)
{
	struct ward_error err = { 0 };
	struct ward_cert_spec spec = { .common_name = names[0],
				       .names = names,
				       .profile = profile,
				       .path_length = -1,
				       .not_before = not_before,
				       .not_after = not_after };

	c->key = ward_key_generate(kind, &err);
	must(c->key != NULL, &err, "key");
	c->chain.certs = calloc(1, sizeof(c->chain.certs[0]));
	if (c->chain.certs == NULL)
		abort();
	c->chain.certs[0] = ward_cert_make(&spec, c->key, test_ca_cert(), test_ca_key(), &err);
	must(c->chain.certs[0] != NULL, &err, "certificate");
	c->chain.count = 1;
}

void credential_make(struct credential *c, enum ward_key_kind kind, enum ward_profile profile,
		     const char *const *names)
{
	credential_make_at(c, kind, profile, names, TEST_NOW - 86400, TEST_NOW + 86400 * 90);
}

const struct credential *credential_server(enum ward_key_kind kind)
{
	static const char *const names[] = { "server.example", "127.0.0.1", NULL };

	if (servers[kind].key == NULL)
		credential_make(&servers[kind], kind, WARD_PROFILE_SERVER, names);
	return &servers[kind];
}

const struct credential *credential_client(enum ward_key_kind kind)
{
	static const char *const names[] = { "client.example", NULL };

	if (clients[kind].key == NULL)
		credential_make(&clients[kind], kind, WARD_PROFILE_CLIENT, names);
	return &clients[kind];
}

void credential_clear(struct credential *c)
{
	ward_key_free(c->key);
	ward_chain_clear(&c->chain);
	*c = (struct credential){ 0 };
}

void credentials_cleanup(void)
{
	for (size_t i = 0; i < KINDS; i++) {
		credential_clear(&servers[i]);
		credential_clear(&clients[i]);
	}
	ward_trust_free(trust);
	ward_cert_free(ca_cert);
	ward_key_free(ca_key);
	trust = NULL;
	ca_cert = NULL;
	ca_key = NULL;
}

struct ward_config *test_client_config(void)
{
	struct ward_error err = { 0 };
	struct ward_config *config = ward_config_new(&err);

	must(config != NULL && ward_config_set_trust(config, test_trust(), &err), &err,
	     "client config");
	return config;
}

struct ward_config *test_server_config(void)
{
	struct ward_error err = { 0 };
	const struct credential *c = credential_server(WARD_KEY_P256);
	struct ward_config *config = ward_config_new_server(&err);

	must(config != NULL && ward_config_add_identity(config, &c->chain, c->key, &err), &err,
	     "server config");
	return config;
}

struct span test_serial(const struct ward_cert *cert)
{
	return cert->serial;
}

static bool raw_key(struct ward_config *config, const struct credential *own,
		    const struct credential *peer, struct ward_error *err)
{
	static const enum ward_certificate_type raw[] = { WARD_CERTIFICATE_RAW_KEY };
	struct ward_pin pin;

	return ward_config_add_raw_key(config, own->key, err) &&
	       ward_config_set_certificate_types(config, raw, 1, err) &&
	       ward_config_set_peer_certificate_types(config, raw, 1, err) &&
	       ward_key_pin(peer->key, &pin, err) && ward_config_add_pin(config, &pin, err);
}

bool test_raw_keys(struct ward_config *client, struct ward_config *server, struct ward_error *err)
{
	const struct credential *of_server = credential_server(WARD_KEY_P256);
	const struct credential *of_client = credential_client(WARD_KEY_P256);

	return raw_key(client, of_client, of_server, err) &&
	       raw_key(server, of_server, of_client, err) &&
	       ward_config_set_verify(server, WARD_VERIFY_REQUIRED, err);
}
