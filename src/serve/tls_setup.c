/*
 * The config of `ward serve`. See tls_setup.h.
 */
#include "serve/tls_setup.h"

#include <ward/early_data.h>
#include <ward/mutual.h>
#include <ward/raw_key.h>
#include <ward/session.h>
#include <ward/status.h>

#include "io/clock.h"
#include "serve/cert_codecs.h"
#include "serve/sct_files.h"
#include "tls/config.h"

#include <stdio.h>
#include <time.h>

static bool add_devca(struct ward_config *config, const char *host, struct devca *devca,
		      struct ward_error *err)
{
	return devca_open(devca, NULL, host, clock_now(), err) &&
	       ward_config_add_identity(config, &devca->chain, devca->key, err);
}

/* Beside certificates, which come first, or alone. */
static bool take_raw_keys(struct ward_config *config, bool beside, struct ward_error *err)
{
	static const enum ward_certificate_type types[] = { WARD_CERTIFICATE_X509,
							    WARD_CERTIFICATE_RAW_KEY };

	return ward_config_set_peer_certificate_types(config, beside ? types : types + 1,
						      beside ? 2 : 1, err);
}

static bool add_clients(struct ward_config *config, const struct serve_options *o,
			struct ward_error *err)
{
	if (o->client_ca == NULL && !o->client_raw_key)
		return (o->rule_count == 0 && o->guarded_count == 0) ||
		       FAILF(err, BAD_ARGUMENT, "rules on clients without the CAs of clients");
	if (o->client_raw_key && !take_raw_keys(config, o->client_ca != NULL, err))
		return false;
	if (o->guarded_count > 0 && (!ward_config_set_post_handshake_auth(config, true, err) ||
				     !ward_config_set_keep_refused(config, true, err)))
		return false;
	for (size_t i = 0; i < o->rule_count; i++)
		if (!ward_config_allow_client(config, o->rules[i], err))
			return false;
	return (o->client_ca == NULL ||
		ward_config_load_verify_locations(config, o->client_ca, err)) &&
	       ward_config_set_verify(config,
				      o->client_optional || o->guarded_count > 0
					      ? WARD_VERIFY_OPTIONAL
					      : WARD_VERIFY_REQUIRED,
				      err);
}

/* What is handed out beside the certificate. */
static bool add_scts(struct ward_config *config, const struct serve_options *o,
		     struct ward_error *err)
{
	struct strbuf list = strbuf_make(SCT_LIST_MAX);
	bool ok = true;

	for (size_t i = 0; ok && i < o->sct_count; i++)
		ok = sct_files_add(&list, o->scts[i], err);
	if (ok && o->sct_count > 0)
		ok = ward_config_set_scts(config, identity_leaf(&config->identities[0]), list.data,
					  list.len, err);
	strbuf_free(&list);
	return ok;
}

static bool add_resumption(struct ward_config *config, const struct serve_options *o,
			   struct ward_ticket_keys *ring, struct ward_error *err)
{
	/* Each of the servers that share the keys would take a first message once. */
	if (o->early_data && ring != NULL)
		return FAILF(err, BAD_ARGUMENT, "early data with shared ticket keys");
	if (o->early_data && !ward_config_set_early_data(config, SERVE_EARLY_MAX, NULL, err))
		return false;
	return ring == NULL || ward_config_set_ticket_keys(config, ring, err);
}

static bool set_up(struct ward_config *config, const struct serve_options *o, const char *host,
		   struct ward_ticket_keys *ring, struct devca *devca, struct ward_error *err)
{
	static const char *const alpn[] = { "http/1.1", NULL };

	if (!ward_config_set_alpn(config, alpn, err) ||
	    !ward_config_set_keylog_file(config, NULL, err) || !cert_codecs_add(config, err) ||
	    !add_clients(config, o, err) || !add_resumption(config, o, ring, err))
		return false;
	if (o->cert == NULL && o->key == NULL && o->raw_key == NULL)
		return add_devca(config, host, devca, err);
	if (o->cert == NULL && o->key == NULL)
		return ward_config_load_raw_key(config, o->raw_key, err);
	if (o->cert == NULL)
		return FAILF(err, BAD_ARGUMENT, "a key without a certificate");
	return ward_config_load_cert_chain(config, o->cert, o->key, err) &&
	       (o->raw_key == NULL || ward_config_load_raw_key(config, o->raw_key, err)) &&
	       (o->ocsp == NULL || ward_config_load_ocsp_response(config, o->ocsp, err)) &&
	       add_scts(config, o, err);
}

struct ward_config *tls_setup(const struct serve_options *options, const char *host,
			      struct ward_ticket_keys *ring, struct devca *devca,
			      struct ward_error *err)
{
	struct ward_config *config = ward_config_new_server(err);

	if (config != NULL && set_up(config, options, host, ring, devca, err))
		return config;
	ward_config_free(config);
	return NULL;
}

bool tls_setup_pin(const struct ward_config *config, char out[PIN_TEXT_LEN])
{
	for (size_t i = 0; i < config->identity_count; i++) {
		const struct identity *id = &config->identities[i];

		if (identity_type(id) != WARD_CERTIFICATE_RAW_KEY)
			continue;
		pin_text(id->fingerprint, out);
		return true;
	}
	return false;
}

char *tls_setup_describe(const struct ward_config *config, char *buf, size_t size)
{
	const struct ward_cert *leaf = identity_leaf(&config->identities[0]);
	char name[128], date[32] = "?";
	struct tm tm;
	time_t end;

	if (leaf == NULL) {
		snprintf(buf, size, "the raw public key");
		return buf;
	}
	end = (time_t)ward_cert_not_after(leaf);
	if (ward_cert_san(leaf, 0, name, sizeof(name)) < 0)
		ward_cert_subject(leaf, name, sizeof(name));
	if (gmtime_r(&end, &tm) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	snprintf(buf, size, "the certificate for %s, good until %s", name, date);
	return buf;
}
