/*
 * Making and setting up a config. See <ward/tls.h> and config.h.
 */
#include "tls/config.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/limits.h"
#include "tls/ext/ext.h"
#include "tls/strikes.h"

static void list_set(struct u16_list *list, const uint16_t *items, size_t count)
{
	memcpy(list->items, items, count * sizeof(items[0]));
	list->count = count;
}

static void list_default_groups(struct u16_list *list)
{
	list->count = 0;
	for (size_t i = 0; i < default_groups_count; i++)
		if (kex_supported(default_groups[i]))
			list->items[list->count++] = default_groups[i];
}

/* What a server needs for clients that come again. */
static bool config_make_stores(struct ward_config *c, struct ward_error *err)
{
	c->ticket_keys = ward_ticket_keys_new(0, err);
	c->sessions = c->ticket_keys == NULL ? NULL : ward_sessions_new(SESSION_CACHE_DEFAULT, err);
	return c->sessions != NULL;
}

static struct ward_config *config_make(bool is_server, struct ward_error *err)
{
	struct ward_config *c;

	if (!crypto_init(err))
		return NULL;
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&c->refs, 1);
	pthread_mutex_init(&c->trust_lock, NULL);
	pthread_mutex_init(&c->successor_lock, NULL);
	atomic_init(&c->successor, NULL);
	chain_cache_init(&c->chains);
	ticket_cache_init(&c->ticket_cache);
	c->resumption = !is_server;
	c->ech_grease = !is_server;
	c->tickets = is_server ? 2 : 0;
	c->is_server = is_server;
	c->status.asks = is_server ? 0 : BESIDE_STATUS;
	c->verify = is_server ? WARD_VERIFY_NONE : WARD_VERIFY_REQUIRED;
	c->peer_types = (struct type_list){ { WARD_CERTIFICATE_X509 }, 1 };
	c->key_shares = CONFIG_KEY_SHARES_CHOOSE;
	c->version_min = WARD_TLS_1_2;
	c->version_max = WARD_TLS_1_3;
	c->record_size_limit = RECORD_PLAINTEXT_MAX + 1;
	list_set(&c->suites, default_suites, default_suites_count);
	list_default_groups(&c->groups);
	list_set(&c->schemes, default_schemes, default_schemes_count);
	if (!is_server || config_make_stores(c, err))
		return c;
	ward_config_free(c);
	return NULL;
}

struct ward_config *ward_config_new(struct ward_error *err)
{
	return config_make(false, err);
}

struct ward_config *ward_config_new_server(struct ward_error *err)
{
	return config_make(true, err);
}

struct ward_config *ward_config_ref(struct ward_config *config)
{
	if (config != NULL)
		atomic_fetch_add_explicit(&config->refs, 1, memory_order_relaxed);
	return config;
}

static void config_clear_alpn(struct ward_config *c)
{
	for (size_t i = 0; i < c->alpn_count; i++)
		free(c->alpn[i]);
	free(c->alpn);
	c->alpn = NULL;
	c->alpn_count = 0;
	c->alpn_wire_len = 0;
}

static void config_close_keylog(struct ward_config *c)
{
	if (c->keylog_close != NULL)
		c->keylog_close(c->keylog_arg);
	c->keylog_close = NULL;
}

void ward_config_free(struct ward_config *config)
{
	if (config == NULL ||
	    atomic_fetch_sub_explicit(&config->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < config->identity_count; i++)
		identity_clear(&config->identities[i]);
	free(config->identities);
	ward_trust_free(config->trust);
	config_clear_admission(config);
	config_clear_alpn(config);
	config_close_keylog(config);
	pthread_mutex_destroy(&config->trust_lock);
	pthread_mutex_destroy(&config->successor_lock);
	ward_config_free(atomic_load_explicit(&config->successor, memory_order_relaxed));
	chain_cache_clear(&config->chains);
	config_status_clear(config);
	ticket_cache_clear(&config->ticket_cache);
	ward_sessions_free(config->sessions);
	for (size_t i = 0; i < config->psk_count; i++)
		external_psk_clear(&config->psks[i]);
	free(config->psks);
	ward_ticket_keys_free(config->ticket_keys);
	ward_strikes_free(config->strikes);
	free(config);
}

bool config_check_server(const struct ward_config *config, struct ward_error *err)
{
	if (config->identity_count == 0 && config->psk_count == 0)
		return FAILF(err, BAD_ARGUMENT, "the server has no certificate");
	if (config->rule_count > 0 && config->verify == WARD_VERIFY_NONE)
		return FAILF(err, BAD_ARGUMENT,
			     "rules on clients need ward_config_set_verify: nobody is asked");
	return config_check_types(config, err);
}

void config_freeze(struct ward_config *config)
{
	if (!atomic_load_explicit(&config->frozen, memory_order_relaxed))
		atomic_store_explicit(&config->frozen, true, memory_order_release);
}

bool config_open(const struct ward_config *c, struct ward_error *err)
{
	if (atomic_load_explicit(&c->frozen, memory_order_acquire))
		return FAIL(err, CONFIG_FROZEN);
	return true;
}

bool config_random(const struct ward_config *config, uint8_t *out, size_t len,
		   struct ward_error *err)
{
	if (config->random == NULL)
		return random_bytes(out, len, err);
	return config->random(config->random_arg, out, len) || FAIL(err, RANDOM_FAILED);
}

/* ---- trust and verification ---- */

bool ward_config_set_trust(struct ward_config *config, struct ward_trust *trust,
			   struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	ward_trust_free(config->trust);
	config->trust = ward_trust_ref(trust);
	return true;
}

bool ward_config_has_trust(const struct ward_config *config)
{
	return config->trust != NULL;
}

bool config_ensure_trust(struct ward_config *config,
			 struct ward_trust *(*load)(struct ward_error *err), struct ward_error *err)
{
	bool ok = true;

	if (config->verify == WARD_VERIFY_NONE || !config_takes(config, WARD_CERTIFICATE_X509))
		return true;
	pthread_mutex_lock(&config->trust_lock);
	if (config->trust == NULL) {
		config->trust = load(err);
		ok = config->trust != NULL;
	}
	pthread_mutex_unlock(&config->trust_lock);
	return ok;
}

bool ward_config_set_verify(struct ward_config *config, enum ward_verify_mode mode,
			    struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (!config->is_server && mode != WARD_VERIFY_REQUIRED)
		return FAILF(err, BAD_ARGUMENT,
			     "a client that does not verify is made with "
			     "ward_config_insecure_no_verify");
	config->verify = mode;
	return true;
}

bool ward_config_insecure_no_verify(struct ward_config *config, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->verify = WARD_VERIFY_NONE;
	return true;
}

bool ward_config_insecure_no_hostname(struct ward_config *config, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->insecure_no_hostname = true;
	return true;
}

/* ---- the protocol ---- */

bool ward_config_set_strict_names(struct ward_config *config, bool strict, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->strict_names = strict;
	return true;
}

static bool alpn_add(struct ward_config *c, const char *name, struct ward_error *err)
{
	size_t len = strlen(name);

	if (len == 0 || len > 255 || c->alpn_wire_len + 1 + len > sizeof(c->alpn_wire))
		return FAILF(err, BAD_ARGUMENT, "ALPN names have 1 to 255 bytes");
	c->alpn[c->alpn_count] = strdup(name);
	if (c->alpn[c->alpn_count] == NULL)
		return FAIL(err, NO_MEMORY);
	c->alpn_count++;
	c->alpn_wire[c->alpn_wire_len] = (uint8_t)len;
	memcpy(c->alpn_wire + c->alpn_wire_len + 1, name, len);
	c->alpn_wire_len += 1 + len;
	return true;
}

bool ward_config_set_alpn(struct ward_config *config, const char *const *protocols,
			  struct ward_error *err)
{
	size_t count = 0;

	if (!config_open(config, err))
		return false;
	config_clear_alpn(config);
	while (protocols != NULL && protocols[count] != NULL)
		count++;
	if (count == 0)
		return true;
	config->alpn = calloc(count, sizeof(config->alpn[0]));
	if (config->alpn == NULL)
		return FAIL(err, NO_MEMORY);
	for (size_t i = 0; i < count; i++)
		if (!alpn_add(config, protocols[i], err))
			return false;
	return true;
}

bool ward_config_set_versions(struct ward_config *config, int minimum, int maximum,
			      struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (minimum > maximum || minimum < WARD_TLS_1_2 || maximum > WARD_TLS_1_3)
		return FAILF(err, BAD_ARGUMENT, "versions are from TLS 1.2 to TLS 1.3");
	if (config->psk_required && minimum < WARD_TLS_1_3)
		return FAILF(err, BAD_ARGUMENT, "the key that is required is of TLS 1.3");
	config->version_min = (uint16_t)minimum;
	config->version_max = (uint16_t)maximum;
	return true;
}

static bool known_suite(uint16_t id)
{
	return suite_find(id) != NULL;
}

static bool known_scheme(uint16_t id)
{
	return scheme_find(id) != NULL;
}

static bool config_set_list(struct ward_config *config, struct u16_list *list,
			    const uint16_t *items, size_t count, bool (*known)(uint16_t),
			    const char *what, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (count == 0 || count > CONFIG_LIST_MAX)
		return FAILF(err, BAD_ARGUMENT, "give 1 to %d %s", CONFIG_LIST_MAX, what);
	for (size_t i = 0; i < count; i++)
		if (!known(items[i]))
			return FAILF(err, BAD_ARGUMENT, "0x%04x is not among the %s of this build",
				     items[i], what);
	list_set(list, items, count);
	return true;
}

bool ward_config_set_suites(struct ward_config *config, const uint16_t *suites, size_t count,
			    struct ward_error *err)
{
	return config_set_list(config, &config->suites, suites, count, known_suite, "cipher suites",
			       err);
}

bool ward_config_set_groups(struct ward_config *config, const uint16_t *groups, size_t count,
			    struct ward_error *err)
{
	return config_set_list(config, &config->groups, groups, count, kex_supported, "groups",
			       err);
}

bool ward_config_set_signatures(struct ward_config *config, const uint16_t *schemes, size_t count,
				struct ward_error *err)
{
	return config_set_list(config, &config->schemes, schemes, count, known_scheme,
			       "signature schemes", err);
}

bool ward_config_set_key_shares(struct ward_config *config, size_t count, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (count > CONFIG_KEY_SHARES_MAX)
		return FAILF(err, BAD_ARGUMENT, "at most %d key shares", CONFIG_KEY_SHARES_MAX);
	config->key_shares = count;
	return true;
}

bool ward_config_set_ech_grease(struct ward_config *config, bool grease, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (config->is_server && grease)
		return FAILF(err, BAD_ARGUMENT, "a server sends no ClientHello");
	config->ech_grease = grease;
	return true;
}

bool ward_config_set_cookie(struct ward_config *config, bool always, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->always_cookie = always;
	return true;
}

bool ward_config_set_padding(struct ward_config *config, size_t multiple, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (multiple > RECORD_PLAINTEXT_MAX)
		return FAILF(err, BAD_ARGUMENT, "padding is to a multiple of at most %d",
			     RECORD_PLAINTEXT_MAX);
	config->padding_multiple = multiple;
	return true;
}

bool ward_config_set_record_size_limit(struct ward_config *config, size_t limit,
				       struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (limit < 64 || limit > RECORD_PLAINTEXT_MAX + 1)
		return FAILF(err, BAD_ARGUMENT, "record_size_limit is from 64 to %d",
			     RECORD_PLAINTEXT_MAX + 1);
	config->record_size_limit = (uint16_t)limit;
	return true;
}

bool ward_config_set_max_fragment(struct ward_config *config, size_t size, struct ward_error *err)
{
	bool known = size == 0 || size == 512 || size == 1024 || size == 2048 || size == 4096;

	if (!config_open(config, err))
		return false;
	if (config->is_server || !known)
		return FAILF(err, BAD_ARGUMENT, "a client asks for 512, 1024, 2048 or 4096 bytes");
	config->max_fragment = (uint16_t)size;
	return true;
}

bool ward_config_set_key_update_after(struct ward_config *config, uint64_t records,
				      struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->key_update_after = records;
	return true;
}

/* ---- those who listen ---- */

bool ward_config_set_keylog(struct ward_config *config, void (*log)(void *arg, const char *line),
			    void *arg, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config_close_keylog(config);
	config->keylog = log;
	config->keylog_arg = arg;
	return true;
}

bool ward_config_set_events(struct ward_config *config, ward_event_fn *fn, void *arg, bool secrets,
			    struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->events = fn;
	config->events_arg = arg;
	config->event_secrets = secrets;
	return true;
}

bool ward_config_insecure_set_random(struct ward_config *config,
				     bool (*fill)(void *arg, uint8_t *out, size_t len), void *arg,
				     struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->random = fill;
	config->random_arg = arg;
	return true;
}
