/*
 * The certificates that this side can show, and which of them it shows (RFC 9846, 4.5.1.2).
 */
#include <stdlib.h>

#include "base/error.h"
#include "tls/config.h"

static bool identity_copy_chain(struct identity *id, const struct ward_chain *chain,
				struct ward_error *err)
{
	id->chain.certs = calloc(chain->count, sizeof(id->chain.certs[0]));
	if (id->chain.certs == NULL)
		return FAIL(err, NO_MEMORY);
	for (size_t i = 0; i < chain->count; i++)
		id->chain.certs[i] = ward_cert_ref(chain->certs[i]);
	id->chain.count = chain->count;
	return true;
}

static bool identity_append(struct ward_config *config, const struct identity *id,
			    struct ward_error *err)
{
	size_t count = config->identity_count;
	struct identity *grown;

	if (count == CONFIG_IDENTITIES_MAX)
		return FAILF(err, BAD_ARGUMENT, "at most %d identities", CONFIG_IDENTITIES_MAX);
	grown = realloc(config->identities, (count + 1) * sizeof(*grown));
	if (grown == NULL)
		return FAIL(err, NO_MEMORY);
	grown[count] = *id;
	config->identities = grown;
	config->identity_count = count + 1;
	return true;
}

static bool identity_add(struct ward_config *config, const struct ward_chain *chain,
			 struct ward_key *key, struct ward_error *err)
{
	struct identity id = { .key = key == NULL ? NULL : ward_key_ref(key) };
	bool ok;

	if (chain->count > 0) {
		id.key_type = cert_key_type(chain->certs[0]);
		id.key_bits = ward_cert_key_bits(chain->certs[0]);
		digest_once(DIGEST_SHA256, cert_der(chain->certs[0]), id.fingerprint);
	}
	ok = identity_copy_chain(&id, chain, err) && identity_encode(&id, err) &&
	     identity_append(config, &id, err);
	if (!ok)
		identity_clear(&id);
	return ok;
}

/* Takes the SubjectPublicKeyInfo over. */
static bool raw_key_add(struct ward_config *config, struct span spki, struct ward_key *key,
			struct ward_error *err)
{
	struct identity id = { .spki = spki };
	struct raw_key *read = config_open(config, err) ? raw_key_parse(spki, err) : NULL;
	bool ok = read != NULL;

	if (ok) {
		id.key = key == NULL ? NULL : ward_key_ref(key);
		id.key_type = pubkey_type(read->pubkey);
		id.key_bits = pubkey_bits(read->pubkey);
		memcpy(id.fingerprint, read->pin, sizeof(id.fingerprint));
		ok = identity_encode(&id, err) && identity_append(config, &id, err);
	}
	raw_key_free(read);
	if (!ok)
		identity_clear(&id);
	return ok;
}

bool ward_config_add_raw_key(struct ward_config *config, struct ward_key *key,
			     struct ward_error *err)
{
	uint8_t *spki;
	size_t len;

	if (key == NULL)
		return FAILF(err, BAD_ARGUMENT, "there is no key");
	return privkey_spki(key_private(key), &spki, &len, err) &&
	       raw_key_add(config, span_make(spki, len), key, err);
}

bool ward_config_add_raw_key_external(struct ward_config *config, const void *spki, size_t len,
				      struct ward_error *err)
{
	uint8_t *copy = malloc(len + 1);

	if (copy == NULL)
		return FAIL(err, NO_MEMORY);
	bytes_copy(copy, spki, len);
	return raw_key_add(config, span_make(copy, len), NULL, err);
}

bool ward_key_pin(const struct ward_key *key, struct ward_pin *pin, struct ward_error *err)
{
	uint8_t *spki;
	size_t len;

	if (!privkey_spki(key_private(key), &spki, &len, err))
		return false;
	digest_once(DIGEST_SHA256, span_make(spki, len), pin->sha256);
	free(spki);
	return true;
}

static bool identity_check(const struct ward_config *config, const struct ward_chain *chain,
			   struct ward_error *err)
{
	if (atomic_load_explicit(&config->frozen, memory_order_acquire))
		return FAIL(err, CONFIG_FROZEN);
	if (chain->count == 0)
		return FAIL(err, NO_CERTIFICATE_IN_FILE);
	if (chain->count > CHAIN_MAX_CERTS)
		return FAILF(err, CERTIFICATE_TOO_MANY, "%zu; at most %d are sent", chain->count,
			     CHAIN_MAX_CERTS);
	if (cert_key_type(chain->certs[0]) == KEY_NONE)
		return FAIL(err, KEY_UNSUPPORTED);
	return true;
}

bool ward_config_add_identity(struct ward_config *config, const struct ward_chain *chain,
			      struct ward_key *key, struct ward_error *err)
{
	if (!identity_check(config, chain, err))
		return false;
	if (key == NULL)
		return FAIL(err, KEY_MISMATCH);
	return key_check_cert(key, chain->certs[0], err) && identity_add(config, chain, key, err);
}

bool ward_config_add_identity_external(struct ward_config *config, const struct ward_chain *chain,
				       struct ward_error *err)
{
	return identity_check(config, chain, err) && identity_add(config, chain, NULL, err);
}

bool ward_config_add_identity_pem(struct ward_config *config, const void *chain, size_t chain_len,
				  const void *key, size_t key_len, struct ward_error *err)
{
	struct ward_chain certs = { 0 };
	struct ward_key *parsed = NULL;
	bool ok = ward_chain_parse(chain, chain_len, &certs, err);

	if (ok) {
		parsed = ward_key_parse(key, key_len, err);
		ok = parsed != NULL && ward_config_add_identity(config, &certs, parsed, err);
	}
	ward_key_free(parsed);
	ward_chain_clear(&certs);
	return ok;
}

/* The first scheme of ours that the peer has too and that the identity's key signs with. */
static const struct scheme *identity_scheme(const struct ward_config *config,
					    const struct identity *id,
					    const struct peer_signatures *peer)
{
	if (identity_type(id) != peer->type)
		return NULL;
	if (peer->version == WARD_TLS_1_2 && (!(peer->auths & suite_auth_of(id->key_type)) ||
					      !curve_is_listed(id->key_type, peer->groups)))
		return NULL;

	for (size_t i = 0; i < config->schemes.count; i++) {
		const struct scheme *s = scheme_find(config->schemes.items[i]);

		if (scheme_fits(s, id->key_type, peer->version) &&
		    sig_has_room(s->alg, id->key_bits) && u16_list_has(peer->schemes, s->id))
			return s;
	}
	return NULL;
}

/* Whether the peer says that it can verify every signature in the chain but a root's own. */
static bool identity_chain_fits(const struct identity *id, const struct peer_signatures *peer)
{
	struct span schemes = peer->cert_schemes.len > 0 ? peer->cert_schemes : peer->schemes;

	for (size_t i = 0; i < id->chain.count; i++) {
		const struct ward_cert *c = id->chain.certs[i];
		enum key_type issuer =
			i + 1 < id->chain.count ? cert_key_type(id->chain.certs[i + 1]) : KEY_NONE;

		if (ward_cert_is_self_issued(c))
			continue;
		if (!u16_list_has(schemes, scheme_of_cert(cert_sig_alg(c), issuer)))
			return false;
	}
	return true;
}

static bool identity_is_for(const struct identity *id, const char *host)
{
	return host != NULL && identity_leaf(id) != NULL &&
	       ward_cert_matches_host(identity_leaf(id), host);
}

bool config_has_name(const struct ward_config *config, const char *host)
{
	for (size_t i = 0; i < config->identity_count; i++)
		if (identity_is_for(&config->identities[i], host))
			return true;
	return false;
}

static bool identity_is_valid(const struct identity *id, int64_t now)
{
	return now >= ward_cert_not_before(id->chain.certs[0]) &&
	       now <= ward_cert_not_after(id->chain.certs[0]);
}

/* Whether one of the chain is issued by a CA that the peer has named. */
static bool identity_is_known_to(const struct identity *id, struct span ca_names)
{
	for (size_t i = 0; i < id->chain.count; i++)
		if (ca_names_have(ca_names, cert_issuer_der(id->chain.certs[i])))
			return true;
	return false;
}

/* RFC 9846, 4.3.5: a certificate must pass all filters that are known. */
static bool identity_passes(const struct identity *id, struct span filters)
{
	struct ward_error fault = ERROR_NONE;
	struct reader list = reader_make(filters, &fault);

	while (reader_more(&list)) {
		struct span oid = reader_vec(&list, 1);
		struct span values = reader_vec(&list, 2);

		if (!cert_passes_filter(identity_leaf(id), oid, values))
			return false;
	}
	return true;
}

/* How well an identity suits; 0 not at all. Raw public keys are all alike, and for any name. */
static int identity_rank(const struct identity *id, const char *host, bool any_name,
			 const struct peer_signatures *peer)
{
	bool named = identity_is_for(id, host);

	if (identity_leaf(id) == NULL)
		return 1;
	if ((!named && !any_name) || !identity_passes(id, peer->oid_filters))
		return 0;
	return 1 + (named ? 8 : 0) + (identity_is_valid(id, peer->now) ? 4 : 0) +
	       (identity_is_known_to(id, peer->ca_names) ? 2 : 0) +
	       (identity_chain_fits(id, peer) ? 1 : 0);
}

const struct identity *config_choose_identity(const struct ward_config *config, const char *host,
					      bool any_name, const struct peer_signatures *peer,
					      const struct scheme **scheme)
{
	const struct identity *best = NULL;
	int best_rank = 0;

	for (size_t i = 0; i < config->identity_count; i++) {
		const struct identity *id = &config->identities[i];
		const struct scheme *s = identity_scheme(config, id, peer);
		int rank = s == NULL ? 0 : identity_rank(id, host, any_name, peer);

		if (rank > best_rank) {
			best = id;
			best_rank = rank;
			*scheme = s;
		}
	}
	return best;
}
