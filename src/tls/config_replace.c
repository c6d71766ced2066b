/*
 * A config that another takes the place of, while connections live.
 *
 * A config in use does not change. What changes is which one new connections get: the config that
 * programs hold names its successor, and a connection is made with that. It holds a reference, as
 * every connection does to its config, so the old one lives as long as its last connection.
 */
#include "base/error.h"
#include "tls/config.h"

struct ward_config *config_in_force(struct ward_config *config)
{
	struct ward_config *successor;

	if (atomic_load_explicit(&config->successor, memory_order_acquire) == NULL)
		return ward_config_ref(config);
	pthread_mutex_lock(&config->successor_lock);
	successor = ward_config_ref(atomic_load_explicit(&config->successor, memory_order_relaxed));
	pthread_mutex_unlock(&config->successor_lock);
	return successor;
}

static bool check(const struct ward_config *config, const struct ward_config *fresh,
		  struct ward_error *err)
{
	if (fresh == config)
		return FAILF(err, BAD_ARGUMENT, "a config does not take its own place");
	if (fresh->is_server != config->is_server)
		return FAILF(err, BAD_ARGUMENT, "one is a client's, the other a server's");
	if (atomic_load_explicit(&fresh->successor, memory_order_acquire) != NULL)
		return FAILF(err, BAD_ARGUMENT, "another has taken its place already");
	return fresh->is_server ? config_check_server(fresh, err) : config_check_types(fresh, err);
}

/* Tickets and sessions of before are good afterwards, unless the program has other keys for them. */
static void keep_stores(struct ward_config *config, struct ward_config *fresh)
{
	struct ward_config *before;

	if (fresh->ticket_keys_given || !fresh->is_server || !config_open(fresh, NULL))
		return;
	before = config_in_force(config);
	ward_ticket_keys_free(fresh->ticket_keys);
	fresh->ticket_keys = ward_ticket_keys_ref(before->ticket_keys);
	if (!fresh->sessions_given) {
		ward_sessions_free(fresh->sessions);
		fresh->sessions = ward_sessions_ref(before->sessions);
	}
	ward_config_free(before);
}

bool ward_config_replace(struct ward_config *config, struct ward_config *fresh,
			 struct ward_error *err)
{
	struct ward_config *before;

	if (!check(config, fresh, err))
		return false;
	keep_stores(config, fresh);
	config_freeze(fresh);
	ward_config_ref(fresh);
	pthread_mutex_lock(&config->successor_lock);
	before = atomic_exchange_explicit(&config->successor, fresh, memory_order_acq_rel);
	pthread_mutex_unlock(&config->successor_lock);
	ward_config_free(before);
	return true;
}
