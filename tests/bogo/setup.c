/*
 * From flags to a config.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"
#include "tls/conn.h"

enum { FILE_MAX_LEN = 1 << 20 };

struct bytes read_file(const char *path)
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

/* ---- who this side is ---- */

struct ward_key *read_key(const char *path)
{
	struct bytes pem = read_file(path);
	struct ward_error err = { 0 };
	struct ward_key *key = ward_key_parse(pem.data, pem.len, &err);

	must(key != NULL, "key-file", &err);
	free(pem.data);
	return key;
}

/* With --async the key is kept here, and the engine asks for signatures. */
static void add_x509(struct ward_config *config, const struct flags *f, const struct credential *c,
		     struct keys *keys)
{
	struct ward_key *key = read_key(c->key_file);
	struct bytes pem = read_file(c->cert_file);
	struct ward_error err = { 0 };
	struct ward_chain chain;

	must(ward_chain_parse(pem.data, pem.len, &chain, &err), "cert-file", &err);
	if (f->async)
		must(ward_config_add_identity_external(config, &chain, &err), "cert-file", &err);
	else
		must(ward_config_add_identity(config, &chain, key, &err), "cert-file", &err);
	if (c->scts.data != NULL)
		must(ward_config_set_scts(config, chain.certs[0], c->scts.data, c->scts.len, &err),
		     "signed-cert-timestamps", &err);
	if (c->ocsp_response.data != NULL)
		unimplemented("a staple that is no OCSP response");
	keys->credentials[keys->count] = c == &f->own ? -1 : (int)(c - f->credentials);
	keys->items[keys->count++] = key;
	ward_chain_clear(&chain);
	free(pem.data);
}

static void add_psk(struct ward_config *config, const struct credential *c)
{
	struct ward_error err = { 0 };

	must(ward_config_import_psk(config, c->psk_identity.data, c->psk_identity.len,
				    c->psk_context.data, c->psk_context.len, c->psk.data,
				    c->psk.len, c->psk_sha384 ? WARD_PSK_SHA384 : WARD_PSK_SHA256,
				    &err),
	     "psk-importer", &err);
}

/* In the order of preference: the one that the flags have outside of the list is the last. */
static void add_credentials(struct ward_config *config, const struct flags *f, struct keys *keys)
{
	for (size_t i = 0; i <= f->credential_count; i++) {
		const struct credential *c = i < f->credential_count ? &f->credentials[i] : &f->own;

		if (c->is_psk)
			add_psk(config, c);
		else if (c->is_raw_key)
			add_raw_key(config, f, c, keys);
		else if (c->cert_file != NULL)
			add_x509(config, f, c, keys);
	}
}

/* ---- whom it believes ---- */

static void set_trust(struct ward_config *config, const struct flags *f)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_error err = { 0 };

	if (trust == NULL)
		exit(1);
	if (f->trust_cert != NULL && f->trust_cert[0] != '\0') {
		struct bytes roots = read_file(f->trust_cert);

		must(ward_trust_add_bundle(trust, roots.data, roots.len, NULL, &err), "trust-cert",
		     &err);
		free(roots.data);
	}
	must(ward_config_set_trust(config, trust, &err), "trust-cert", &err);
	ward_trust_free(trust);
}

/* What is wrong with the peer where the runner wants something to be. */
static void pin_another_key(struct ward_config *config)
{
	const struct ward_pin none = { .sha256 = { 0 } };
	struct ward_error err = { 0 };

	must(ward_config_add_pin(config, &none, &err), "verify-fail", &err);
}

static bool has_psk(const struct flags *f)
{
	for (size_t i = 0; i < f->credential_count; i++)
		if (f->credentials[i].is_psk)
			return true;
	return false;
}

/* Whose raw public key is right is the application's to say, so that a client verifies then. */
static bool knows_raw_key(const struct flags *f)
{
	return takes_raw_keys(f) && (f->expect_peer_rpk_sha256.data != NULL || f->verify_fail);
}

/*
 * A server takes what the runner says its root is. A client that is not told to verify takes anything;
 * one that is has no name to compare. One that has keys and is not told to verify wants no certificate.
 */
static void set_verification(struct ward_config *config, const struct flags *f)
{
	struct ward_error err = { 0 };

	set_trust(config, f);
	if (f->server && f->require_any_client_certificate)
		must(ward_config_set_verify(config, WARD_VERIFY_REQUIRED, &err), "verify", &err);
	else if (f->server && f->verify_peer)
		must(ward_config_set_verify(config, WARD_VERIFY_OPTIONAL, &err), "verify", &err);
	else if (!f->server && (f->verify_peer || knows_raw_key(f)))
		must(ward_config_insecure_no_hostname(config, &err), "verify", &err);
	else if (!f->server)
		must(ward_config_insecure_no_verify(config, &err), "verify", &err);
	if (!f->server && !f->verify_peer && has_psk(f))
		must(ward_config_require_psk(config, &err), "psk", &err);
	must(ward_config_set_ask_ocsp(config, f->enable_ocsp_stapling && !f->server, &err), "ocsp",
	     &err);
	must(ward_config_set_ask_scts(config, f->enable_scts, &err), "timestamps", &err);
	if (f->verify_fail)
		pin_another_key(config);
	set_raw_keys(config, f);
	if (f->use_client_ca_list != NULL && f->use_client_ca_list[0] != '<')
		unimplemented("names of CAs without their certificates");
	if (f->use_client_ca_list != NULL)
		must(ward_config_set_ca_names(config, NULL, &err), "use-client-ca-list", &err);
}

/* ---- what is offered and chosen ---- */

static void set_versions(struct ward_config *config, const struct flags *f)
{
	int least = f->min_version > WARD_TLS_1_2 ? f->min_version : WARD_TLS_1_2;
	int most = f->max_version > 0 ? f->max_version : WARD_TLS_1_3;
	struct ward_error err = { 0 };

	if (f->no_tls13 && most > WARD_TLS_1_2)
		most = WARD_TLS_1_2;
	if ((f->no_tls12 || f->quic) && least < WARD_TLS_1_3)
		least = WARD_TLS_1_3;
	if (!ward_config_set_versions(config, least, most, &err))
		unimplemented("these versions");
}

/* ward takes a number of shares, for the groups from the first on. */
static void set_key_shares(struct ward_config *config, const struct flags *f)
{
	struct ward_error err = { 0 };

	for (size_t i = 0; i < f->key_shares.count; i++)
		if (i >= f->curves.count || f->curves.items[i] != f->key_shares.items[i])
			unimplemented("key shares that are not for the first groups");
	if (f->key_shares.count > 0 &&
	    !ward_config_set_key_shares(config, f->key_shares.count, &err))
		unimplemented("so many key shares");
	if (f->no_key_shares)
		must(ward_config_set_key_shares(config, 0, &err), "no-key-shares", &err);
}

static void set_alpn(struct ward_config *config, const char *const *protocols)
{
	struct ward_error err = { 0 };

	must(ward_config_set_alpn(config, protocols, &err), "alpn", &err);
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
	else if (f->select_alpn != NULL && f->select_alpn[0] != '\0')
		set_alpn(config, selected);
	else if (f->advertise_alpn != NULL)
		advertise_alpn(config, f->advertise_alpn);
}

/* ---- what is to be seen of a connection ---- */

static void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct link *l = ward_conn_data(conn);

	(void)arg;
	l->got_ticket = true;
	ward_ticket_free(l->run->ticket);
	l->run->ticket = ward_ticket_ref(ticket);
}

/* ---- resumption ---- */

enum { EARLY_DATA_MAX = 14336 }; /* what the runner takes for granted */

static void set_resumption(struct ward_config *config, const struct flags *f, const struct run *run)
{
	struct ward_error err = { 0 };

	if (f->server) {
		must(ward_config_set_ticket_keys(config, run->ticket_keys, &err), "tickets", &err);
		must(ward_config_set_sessions(config, run->sessions, &err), "sessions", &err);
		if (f->no_ticket)
			must(ward_config_set_tickets(config, 0, &err), "no-ticket", &err);
		if (f->enable_early_data)
			must(ward_config_set_early_data(config, EARLY_DATA_MAX, NULL, &err),
			     "enable-early-data", &err);
		return;
	}
	if (f->no_ticket)
		must(ward_config_set_resumption(config, false, &err), "no-ticket", &err);
}

static void set_observers(struct ward_config *config, const struct flags *f)
{
	struct ward_error err = { 0 };

	observe_anew();
	must(ward_config_set_events(config, observe, NULL, f->export_traffic_secrets, &err),
	     "events", &err);
	if (!config->is_server && !f->no_ticket)
		must(ward_config_set_ticket_callback(config, keep_ticket, NULL, &err), "tickets",
		     &err);
}

struct ward_config *setup_config(const struct flags *f, const struct run *run, struct keys *keys)
{
	struct ward_error err = { 0 };
	struct ward_config *config =
		f->server ? ward_config_new_server(&err) : ward_config_new(&err);

	must(config != NULL, "config", &err);
	set_versions(config, f);
	set_groups(config, f);
	set_suites(config, f);
	set_signatures(config, f);
	set_protocols(config, f);
	if (!f->server)
		must(ward_config_set_ech_grease(config, f->enable_ech_grease, &err), "ech", &err);
	set_key_shares(config, f);
	set_verification(config, f);
	set_resumption(config, f, run);
	set_observers(config, f);
	add_credentials(config, f, keys);
	return config;
}
