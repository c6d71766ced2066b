/*
 * Which types of certificates a connection has, one in each direction (RFC 7250, 4): X.509, or raw
 * public keys. See <ward/raw_key.h>.
 *
 * A side that says nothing has X.509 alone. The client lists what it can show and what it takes; the
 * server chooses from both lists, and refuses where nothing is in common and a certificate is needed.
 * None is where a session is resumed, so that nothing is refused there.
 */
#include "tls/conn.h"

/* ---- in a config ---- */

static bool list_has(const struct type_list *list, uint8_t type)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] == type)
			return true;
	return false;
}

static void list_add(struct type_list *list, uint8_t type)
{
	if (!list_has(list, type))
		list->items[list->count++] = type;
}

static bool set_list(struct ward_config *config, struct type_list *list,
		     const enum ward_certificate_type *types, size_t count, struct ward_error *err)
{
	struct type_list made = { .count = 0 };

	if (!config_open(config, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (types[i] != WARD_CERTIFICATE_X509 && types[i] != WARD_CERTIFICATE_RAW_KEY)
			return FAILF(err, BAD_ARGUMENT, "no such type of certificate: %d",
				     (int)types[i]);
		list_add(&made, (uint8_t)types[i]);
	}
	*list = made;
	return true;
}

bool ward_config_set_certificate_types(struct ward_config *config,
				       const enum ward_certificate_type *types, size_t count,
				       struct ward_error *err)
{
	return set_list(config, &config->own_types, types, count, err);
}

bool ward_config_set_peer_certificate_types(struct ward_config *config,
					    const enum ward_certificate_type *types, size_t count,
					    struct ward_error *err)
{
	if (count == 0)
		return FAILF(err, BAD_ARGUMENT, "at least one type is taken from peers");
	return set_list(config, &config->peer_types, types, count, err);
}

bool config_takes(const struct ward_config *config, enum ward_certificate_type type)
{
	return list_has(&config->peer_types, (uint8_t)type);
}

static struct type_list own_types(const struct ward_config *config)
{
	struct type_list have = { .count = 0 }, chosen = { .count = 0 };

	for (size_t i = 0; i < config->identity_count; i++)
		list_add(&have, identity_type(&config->identities[i]));
	for (size_t i = 0; i < config->own_types.count; i++)
		if (list_has(&have, config->own_types.items[i]))
			list_add(&chosen, config->own_types.items[i]);
	return config->own_types.count > 0 ? chosen : have;
}

static bool has_key_rule(const struct ward_config *config)
{
	for (size_t i = 0; i < config->rule_count; i++)
		if (config->rules[i].rule.kind == CLIENT_RULE_PIN)
			return true;
	return false;
}

bool config_check_types(const struct ward_config *config, struct ward_error *err)
{
	if (!config_takes(config, WARD_CERTIFICATE_RAW_KEY))
		return true;
	if (config->is_server && config->verify == WARD_VERIFY_NONE)
		return FAILF(err, BAD_ARGUMENT,
			     "raw public keys of clients need ward_config_set_verify: nobody is "
			     "asked");
	if (config->verify == WARD_VERIFY_NONE || config->status.pin_count > 0 ||
	    has_key_rule(config))
		return true;
	return FAILF(err, BAD_ARGUMENT,
		     "raw public keys are known by their pins alone, and there is none");
}

/* ---- the client ---- */

/* False where X.509 is all there is to say. */
static bool is_told(const struct type_list *list)
{
	return list_has(list, WARD_CERTIFICATE_RAW_KEY);
}

static bool offer(struct ward_conn *c, const struct type_list *list, int type, struct span *place,
		  struct ward_error *err)
{
	struct handshake *hs = c->hs;

	if (!is_told(list))
		return true;
	hs->hello.ext.seen |= ext_bit(type);
	return arena_copy(hs->arena, span_make(list->items, list->count), place, err);
}

bool client_offer_types(struct ward_conn *c, struct ward_error *err)
{
	struct extensions *ext = &c->hs->hello.ext;
	struct type_list own = own_types(c->config);

	return offer(c, &own, EXT_CLIENT_CERTIFICATE_TYPE, &ext->client_certificate_types, err) &&
	       offer(c, &c->config->peer_types, EXT_SERVER_CERTIFICATE_TYPE,
		     &ext->server_certificate_types, err);
}

/* `type` stays as it is, X.509, where the server says nothing. */
static bool take(const struct extensions *answer, int extension, struct span chosen,
		 struct span offered, uint8_t *type, struct ward_error *err)
{
	if (!ext_has(answer, extension))
		return true;
	*type = chosen.data[0];
	if (memchr(offered.data, *type, offered.len) != NULL)
		return true;
	FAILF(err, CERTIFICATE_TYPE_NOT_OFFERED, "%u", *type);
	error_set_place(err, -1, extension, -1);
	return false;
}

bool client_take_types(struct ward_conn *c, const struct extensions *e, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	const struct extensions *offered = &hs->hello.ext;

	return take(e, EXT_CLIENT_CERTIFICATE_TYPE, e->client_certificate_types,
		    offered->client_certificate_types, &hs->client_type, err) &&
	       take(e, EXT_SERVER_CERTIFICATE_TYPE, e->server_certificate_types,
		    offered->server_certificate_types, &hs->server_type, err);
}

bool client_check_server_type(const struct ward_conn *c, struct ward_error *err)
{
	return list_has(&c->config->peer_types, c->hs->server_type) ||
	       FAILF(err, NO_COMMON_CERTIFICATE_TYPE, "the server has X.509 alone");
}

/* ---- the server ---- */

/* Whether the client has the type in this extension, which stands for X.509 where it is missing. */
static bool is_listed(const struct extensions *e, int extension, struct span types, uint8_t type)
{
	if (!ext_has(e, extension))
		return type == WARD_CERTIFICATE_X509;
	return memchr(types.data, type, types.len) != NULL;
}

bool server_choose_identity(struct ward_conn *c, const struct extensions *e,
			    struct peer_signatures *peer, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct type_list own = own_types(c->config);
	bool any_name = !(c->config->strict_names && c->host != NULL);

	hs->identity = NULL;
	hs->types_differ = own.count > 0;
	for (size_t i = 0; i < own.count && hs->identity == NULL; i++) {
		if (!is_listed(e, EXT_SERVER_CERTIFICATE_TYPE, e->server_certificate_types,
			       own.items[i]))
			continue;
		hs->types_differ = false;
		hs->server_type = peer->type = own.items[i];
		hs->identity =
			config_choose_identity(c->config, c->host, any_name, peer, &hs->scheme);
	}
	if (hs->identity == NULL && !any_name && !config_has_name(c->config, c->host))
		return FAILF(err, UNKNOWN_NAME, "\"%s\"", c->host);
	return true;
}

bool server_fail_identity(const struct ward_conn *c, struct ward_error *err)
{
	if (c->hs->types_differ)
		return FAILF(err, NO_COMMON_CERTIFICATE_TYPE, "of the server's");
	return FAIL(err, NO_COMMON_SIGNATURE);
}

/* Whether a certificate of the client's may come, now or when it is asked later. */
static bool may_ask(const struct ward_conn *c)
{
	return c->config->verify != WARD_VERIFY_NONE &&
	       (c->defers_auth || !handshake_has_psk(c->hs));
}

bool server_choose_client_type(struct ward_conn *c, const struct extensions *e,
			       struct ward_error *err)
{
	const struct type_list *list = &c->config->peer_types;

	if (!may_ask(c))
		return true;
	for (size_t i = 0; i < list->count; i++) {
		c->hs->client_type = list->items[i];
		if (is_listed(e, EXT_CLIENT_CERTIFICATE_TYPE, e->client_certificate_types,
			      list->items[i]))
			return true;
	}
	c->hs->client_type = CLIENT_TYPE_NONE;
	return c->defers_auth || FAILF(err, NO_COMMON_CERTIFICATE_TYPE, "of the client's");
}

void server_answer_types(const struct ward_conn *c, const struct extensions *offered,
			 struct extensions *answer)
{
	const struct handshake *hs = c->hs;

	if (ext_has(offered, EXT_SERVER_CERTIFICATE_TYPE) && hs->identity != NULL) {
		answer->server_certificate_types = span_make(&hs->server_type, 1);
		answer->seen |= ext_bit(EXT_SERVER_CERTIFICATE_TYPE);
	}
	if (ext_has(offered, EXT_CLIENT_CERTIFICATE_TYPE) && may_ask(c) &&
	    hs->client_type != CLIENT_TYPE_NONE) {
		answer->client_certificate_types = span_make(&hs->client_type, 1);
		answer->seen |= ext_bit(EXT_CLIENT_CERTIFICATE_TYPE);
	}
}

/* ---- both ---- */

bool auth_peer_is_raw(const struct ward_conn *c)
{
	return (c->is_server ? c->hs->client_type : c->hs->server_type) == WARD_CERTIFICATE_RAW_KEY;
}
