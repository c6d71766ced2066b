/*
 * From flags to a config.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

enum { FILE_MAX_LEN = 1 << 20 };

static void check(bool ok, const char *what, const struct ward_error *err)
{
	if (!ok)
		die(what, err);
}

static struct bytes read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	struct bytes b = { .data = malloc(FILE_MAX_LEN) };

	if (file == NULL || b.data == NULL) {
		perror(path);
		exit(1);
	}
	b.len = fread(b.data, 1, FILE_MAX_LEN, file);
	fclose(file);
	return b;
}

/* ---- who this side is, and whom it believes ---- */

struct ward_key *setup_key(const struct flags *f)
{
	struct ward_error err = { 0 };
	struct ward_key *key;
	struct bytes pem;

	if (!f->async || f->key_file == NULL)
		return NULL;
	pem = read_file(f->key_file);
	key = ward_key_parse(pem.data, pem.len, &err);
	check(key != NULL, "key-file", &err);
	free(pem.data);
	return key;
}

static void add_identity(struct ward_config *config, const struct flags *f)
{
	struct ward_error err = { 0 };
	struct bytes chain = read_file(f->cert_file);

	if (f->async) {
		struct ward_chain certs;

		check(ward_chain_parse(chain.data, chain.len, &certs, &err), "cert-file", &err);
		check(ward_config_add_identity_external(config, &certs, &err), "cert-file", &err);
		ward_chain_clear(&certs);
	} else {
		struct bytes key = read_file(f->key_file);

		check(ward_config_add_identity_pem(config, chain.data, chain.len, key.data, key.len,
						   &err),
		      "cert-file", &err);
		free(key.data);
	}
	free(chain.data);
}

static void set_trust(struct ward_config *config, const struct flags *f)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_error err = { 0 };

	if (trust == NULL)
		exit(1);
	if (f->trust_cert != NULL && f->trust_cert[0] != '\0' && !f->verify_fail) {
		struct bytes roots = read_file(f->trust_cert);

		check(ward_trust_add_bundle(trust, roots.data, roots.len, NULL, &err), "trust-cert",
		      &err);
		free(roots.data);
	}
	check(ward_config_set_trust(config, trust, &err), "trust-cert", &err);
	ward_trust_free(trust);
}

/*
 * A server takes what the runner says its root is. A client that is not told to verify takes anything;
 * one that is has no name to compare.
 */
static void set_verification(struct ward_config *config, const struct flags *f)
{
	struct ward_error err = { 0 };

	set_trust(config, f);
	if (f->server && f->require_any_client_certificate)
		check(ward_config_set_verify(config, WARD_VERIFY_REQUIRED, &err), "verify", &err);
	else if (f->server && f->verify_peer)
		check(ward_config_set_verify(config, WARD_VERIFY_OPTIONAL, &err), "verify", &err);
	else if (!f->server && f->verify_peer)
		check(ward_config_insecure_no_hostname(config, &err), "verify", &err);
	else if (!f->server)
		check(ward_config_insecure_no_verify(config, &err), "verify", &err);
}

/* ---- what is offered and chosen ---- */

static void set_versions(struct ward_config *config, const struct flags *f)
{
	int least = f->min_version > WARD_TLS_1_2 ? f->min_version : WARD_TLS_1_2;
	int most = f->max_version > 0 ? f->max_version : WARD_TLS_1_3;
	struct ward_error err = { 0 };

	if (f->no_tls13 && most > WARD_TLS_1_2)
		most = WARD_TLS_1_2;
	if (f->no_tls12 && least < WARD_TLS_1_3)
		least = WARD_TLS_1_3;
	if (!ward_config_set_versions(config, least, most, &err))
		unimplemented("these versions");
}

typedef bool set_list_fn(struct ward_config *config, const uint16_t *items, size_t count,
			 struct ward_error *err);

static void set_numbers(struct ward_config *config, const struct int_list *list, set_list_fn *set,
			const char *what)
{
	struct ward_error err = { 0 };
	uint16_t items[BOGO_LIST_MAX];

	if (list->count == 0)
		return;
	for (size_t i = 0; i < list->count; i++)
		items[i] = (uint16_t)list->items[i];
	if (!set(config, items, list->count, &err))
		unimplemented(what);
}

static void set_alpn(struct ward_config *config, const char *const *protocols)
{
	struct ward_error err = { 0 };

	check(ward_config_set_alpn(config, protocols, &err), "alpn", &err);
}

/* A list of ProtocolNames as on the wire. */
static void advertise_alpn(struct ward_config *config, const char *wire)
{
	char names[16][256];
	const char *list[17] = { NULL };
	size_t count = 0;

	for (size_t at = 0, len; wire[at] != '\0' && count < 16; at += 1 + len) {
		len = (unsigned char)wire[at];
		snprintf(names[count], sizeof(names[0]), "%.*s", (int)len, wire + at + 1);
		list[count] = names[count];
		count++;
	}
	set_alpn(config, list);
}

static void set_protocols(struct ward_config *config, const struct flags *f)
{
	const char *const selected[] = { f->select_alpn, NULL };
	const char *const none_of_theirs[] = { "not to be found", NULL };

	if (f->reject_alpn)
		set_alpn(config, none_of_theirs);
	else if (f->select_alpn != NULL)
		set_alpn(config, selected);
	else if (f->advertise_alpn != NULL)
		advertise_alpn(config, f->advertise_alpn);
}

struct ward_config *setup_config(const struct flags *f)
{
	struct ward_error err = { 0 };
	struct ward_config *config =
		f->server ? ward_config_new_server(&err) : ward_config_new(&err);

	check(config != NULL, "config", &err);
	set_versions(config, f);
	set_numbers(config, &f->curves, ward_config_set_groups, "these groups");
	set_numbers(config, &f->verify_prefs, ward_config_set_signatures, "these signatures");
	set_protocols(config, f);
	set_verification(config, f);
	if (f->cert_file != NULL)
		add_identity(config, f);
	if (f->key_shares.count > 0)
		check(ward_config_set_key_shares(config, f->key_shares.count, &err), "key-shares",
		      &err);
	if (f->no_key_shares)
		check(ward_config_set_key_shares(config, 0, &err), "no-key-shares", &err);
	return config;
}
