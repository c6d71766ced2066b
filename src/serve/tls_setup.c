/*
 * The config of `ward serve`. See tls_setup.h.
 */
#include "serve/tls_setup.h"

#include <ward/early_data.h>
#include <ward/mutual.h>
#include <ward/session.h>

#include "io/clock.h"
#include "serve/cert_codecs.h"
#include "tls/config.h"

#include <stdio.h>
#include <time.h>

static bool add_devca(struct ward_config *config, const char *host, struct devca *devca,
		      struct ward_error *err)
{
	return devca_open(devca, NULL, host, clock_now(), err) &&
	       ward_config_add_identity(config, &devca->chain, devca->key, err);
}

static bool add_clients(struct ward_config *config, const struct serve_options *o,
			struct ward_error *err)
{
	if (o->client_ca == NULL)
		return o->rule_count == 0 ||
		       FAILF(err, BAD_ARGUMENT, "rules on clients without the CAs of clients");
	for (size_t i = 0; i < o->rule_count; i++)
		if (!ward_config_allow_client(config, o->rules[i], err))
			return false;
	return ward_config_load_verify_locations(config, o->client_ca, err) &&
	       ward_config_set_verify(
		       config, o->client_optional ? WARD_VERIFY_OPTIONAL : WARD_VERIFY_REQUIRED,
		       err);
}

static bool set_up(struct ward_config *config, const struct serve_options *o, const char *host,
		   struct devca *devca, struct ward_error *err)
{
	static const char *const alpn[] = { "http/1.1", NULL };

	if (!ward_config_set_alpn(config, alpn, err) ||
	    !ward_config_set_keylog_file(config, NULL, err) || !cert_codecs_add(config, err) ||
	    !add_clients(config, o, err))
		return false;
	if (o->early_data && !ward_config_set_early_data(config, SERVE_EARLY_MAX, NULL, err))
		return false;
	if (o->cert == NULL && o->key == NULL)
		return add_devca(config, host, devca, err);
	if (o->cert == NULL)
		return FAILF(err, BAD_ARGUMENT, "a key without a certificate");
	return ward_config_load_cert_chain(config, o->cert, o->key, err) &&
	       (o->ocsp == NULL || ward_config_load_ocsp_response(config, o->ocsp, err));
}

struct ward_config *tls_setup(const struct serve_options *options, const char *host,
			      struct devca *devca, struct ward_error *err)
{
	struct ward_config *config = ward_config_new_server(err);

	if (config != NULL && set_up(config, options, host, devca, err))
		return config;
	ward_config_free(config);
	return NULL;
}

char *tls_setup_describe(const struct ward_config *config, char *buf, size_t size)
{
	const struct ward_cert *leaf = config->identities[0].chain.certs[0];
	time_t end = (time_t)ward_cert_not_after(leaf);
	char name[128], date[32] = "?";
	struct tm tm;

	if (ward_cert_san(leaf, 0, name, sizeof(name)) < 0)
		ward_cert_subject(leaf, name, sizeof(name));
	if (gmtime_r(&end, &tm) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	snprintf(buf, size, "the certificate for %s, good until %s", name, date);
	return buf;
}
