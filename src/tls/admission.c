/*
 * Which clients may enter (<ward/mutual.h>): the rules of a config, and the names of CAs by which
 * clients choose their certificate (RFC 9846, 4.3.4; RFC 5246, 7.4.4).
 */
#include <stdlib.h>

#include <ward/mutual.h>

#include "tls/conn.h"
#include "x509/client_rule.h"

/* ---- rules ---- */

void config_clear_admission(struct ward_config *config)
{
	for (size_t i = 0; i < config->rule_count; i++)
		free(config->rules[i].text);
	free(config->rules);
	free(config->ca_names);
}

static bool check_server(const struct ward_config *config, const char *what, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	return config->is_server || FAILF(err, BAD_ARGUMENT, "%s are a server's", what);
}

static bool rule_append(struct ward_config *config, const char *text, struct ward_error *err)
{
	struct admission_rule *grown =
		realloc(config->rules, (config->rule_count + 1) * sizeof(*grown));
	char *copy;

	if (grown == NULL)
		return FAIL(err, NO_MEMORY);
	config->rules = grown;
	copy = strdup(text);
	if (copy == NULL)
		return FAIL(err, NO_MEMORY);
	grown[config->rule_count].text = copy;
	config->rule_count++;
	return client_rule_parse(&grown[config->rule_count - 1].rule, span_string(copy), err);
}

bool ward_config_allow_client(struct ward_config *config, const char *rule, struct ward_error *err)
{
	struct client_rule probe;

	if (!check_server(config, "rules on clients", err) ||
	    !client_rule_parse(&probe, span_string(rule), err))
		return false;
	if (config->rule_count == CONFIG_RULES_MAX)
		return FAILF(err, BAD_ARGUMENT, "at most %d rules", CONFIG_RULES_MAX);
	return rule_append(config, rule, err);
}

static bool matches(const struct client_rule *rule, const struct peer_chain *peer)
{
	return peer->raw_key != NULL ? client_rule_matches_pin(rule, peer->raw_key->pin)
				     : client_rule_matches(rule, peer->chain.certs[0]);
}

static bool refuse(const struct peer_chain *peer, struct ward_error *err)
{
	char names[128];

	if (peer->raw_key != NULL)
		return FAILF(err, CLIENT_NOT_ALLOWED, "it is pin:%s",
			     pin_text(peer->raw_key->pin, names));
	return FAILF(err, CLIENT_NOT_ALLOWED, "it is %s",
		     client_rule_names(peer->chain.certs[0], names, sizeof(names)));
}

bool config_admits(const struct ward_config *config, const struct peer_chain *peer,
		   struct ward_error *err)
{
	for (size_t i = 0; i < config->rule_count; i++)
		if (matches(&config->rules[i].rule, peer))
			return true;
	return config->rule_count == 0 || refuse(peer, err);
}

/* ---- names of CAs ---- */

/* A DistinguishedName of the list; false when there is no room. */
static bool put_name(void *arg, const struct ward_cert *ca)
{
	struct writer *w = arg;

	writer_vec(w, 2, cert_subject_der(ca));
	return writer_ok(w);
}

bool ward_config_set_ca_names(struct ward_config *config, const struct ward_chain *cas,
			      struct ward_error *err)
{
	struct ward_error full = ERROR_NONE;
	uint8_t names[CA_NAMES_MAX_LEN];
	struct writer w = writer_make(names, sizeof(names), &full);

	if (!check_server(config, "names of CAs for clients", err))
		return false;
	for (size_t i = 0; cas != NULL && i < cas->count; i++)
		if (!put_name(&w, cas->certs[i]))
			return FAILF(err, BAD_ARGUMENT,
				     "the names of the CAs take more than %d bytes",
				     CA_NAMES_MAX_LEN);
	free(config->ca_names);
	config->ca_names = malloc(w.len + 1);
	if (config->ca_names == NULL)
		return FAIL(err, NO_MEMORY);
	bytes_copy(config->ca_names, names, w.len);
	config->ca_names_len = w.len;
	return true;
}

struct span config_ca_names(const struct ward_config *config, uint8_t room[CA_NAMES_MAX_LEN])
{
	struct ward_error full = ERROR_NONE;
	struct writer w = writer_make(room, CA_NAMES_MAX_LEN, &full);

	if (config->ca_names != NULL)
		return span_make(config->ca_names, config->ca_names_len);
	if (config->trust == NULL || ward_trust_count(config->trust) > CA_NAMES_OF_TRUST ||
	    !trust_each(config->trust, put_name, &w))
		return SPAN_EMPTY;
	return writer_span(&w);
}

bool ca_names_have(struct span names, struct span name)
{
	struct ward_error ignored = ERROR_NONE;
	struct reader r = reader_make(names, &ignored);

	while (reader_more(&r))
		if (span_equal(reader_vec(&r, 2), name))
			return true;
	return false;
}
