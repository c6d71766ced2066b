/*
 * Setting up resumption in a config. See <ward/resume.h>.
 */
#include "base/error.h"
#include "tls/config.h"
#include "tls/strikes.h"

bool ward_config_set_ticket_keys(struct ward_config *config, struct ward_ticket_keys *keys,
				 struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (!config->is_server || keys == NULL)
		return FAILF(err, BAD_ARGUMENT, "ticket keys are a server's");
	ward_ticket_keys_free(config->ticket_keys);
	config->ticket_keys = ward_ticket_keys_ref(keys);
	config->ticket_keys_given = true;
	return true;
}

bool ward_config_set_tickets(struct ward_config *config, size_t count, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (!config->is_server || count > CONFIG_TICKETS_MAX)
		return FAILF(err, BAD_ARGUMENT, "a server gives 0 to %d tickets",
			     CONFIG_TICKETS_MAX);
	config->tickets = count;
	return true;
}

bool ward_config_set_sessions(struct ward_config *config, struct ward_sessions *sessions,
			      struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (!config->is_server)
		return FAILF(err, BAD_ARGUMENT, "a store of sessions is a server's");
	ward_sessions_free(config->sessions);
	config->sessions = ward_sessions_ref(sessions);
	config->sessions_given = true;
	return true;
}

bool ward_config_set_early_data(struct ward_config *config, uint32_t max,
				struct ward_strikes *strikes, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (!config->is_server)
		return FAILF(err, BAD_ARGUMENT,
			     "a client hands its early data to ward_conn_new_with");
	ward_strikes_free(config->strikes);
	config->strikes = ward_strikes_ref(strikes);
	config->early_data_max = max;
	return true;
}

bool ward_config_set_ticket_context(struct ward_config *config, const void *bytes, size_t len,
				    struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (len >= sizeof(config->ticket_context))
		return FAILF(err, BAD_ARGUMENT, "a ticket context has at most 255 bytes");
	bytes_copy(config->ticket_context, bytes, len);
	config->ticket_context_len = len;
	return true;
}

bool ward_config_set_resumption(struct ward_config *config, bool resume, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (config->is_server && resume)
		return FAILF(err, BAD_ARGUMENT, "a server's side is ward_config_set_tickets");
	config->resumption = resume;
	return true;
}

bool ward_config_set_ticket_callback(struct ward_config *config, ward_ticket_fn *fn, void *arg,
				     struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->on_ticket = fn;
	config->on_ticket_arg = arg;
	return true;
}

void config_ticket_context(const struct ward_config *config, const struct identity *own,
			   uint8_t context[32])
{
	uint8_t rules[4] = { config->is_server, (uint8_t)config->verify,
			     config->insecure_no_hostname, (uint8_t)config->ticket_context_len };
	struct digest d;

	digest_start(&d, DIGEST_SHA256);
	digest_update(&d, SPAN_LITERAL("ward ticket context"));
	digest_update(&d, SPAN_ARRAY(rules));
	digest_update(&d, span_make(config->ticket_context, config->ticket_context_len));
	if (own != NULL)
		digest_update(&d, SPAN_ARRAY(own->fingerprint));
	if (config->max_fragment > 0) { /* RFC 6066, 4: it is the session's, for good */
		uint8_t limit[2] = { (uint8_t)(config->max_fragment >> 8), 0 };

		digest_update(&d, SPAN_ARRAY(limit));
	}
	for (size_t i = 0; !config->is_server && i < config->identity_count; i++)
		digest_update(&d, SPAN_ARRAY(config->identities[i].fingerprint));
	digest_finish(&d, context);
}
