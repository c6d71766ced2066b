/*
 * Peers' certificate chains, and those that have been verified before. See peer_chain.h.
 *
 * A chain has one place in the cache, by its hash; a new one takes the place of the old. The lock
 * is held for a few instructions: two references are counted in it, nothing is parsed or freed.
 */
#include "tls/peer_chain.h"

#include <stdlib.h>

static void hash_vector(struct digest *d, struct span bytes)
{
	size_t n = bytes.len;
	uint8_t len[3] = { (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	digest_update(d, SPAN_ARRAY(len));
	digest_update(d, bytes);
}

void peer_chain_hash(const struct certificate *msg, bool asked, uint8_t hash[32])
{
	uint8_t head[3] = { asked, (uint8_t)msg->count, msg->raw_key };
	struct digest d;

	digest_start(&d, DIGEST_SHA256);
	digest_update(&d, SPAN_ARRAY(head));
	for (size_t i = 0; i < msg->count; i++)
		hash_vector(&d, msg->certs[i]);
	hash_vector(&d, msg->leaf_ext.status_request);
	hash_vector(&d, msg->leaf_ext.sct_list);
	digest_finish(&d, hash);
}

static bool keep_beside(struct peer_chain *p, const struct extensions *e, struct ward_error *err)
{
	size_t len = e->status_request.len + e->sct_list.len;

	if (len == 0)
		return true;
	p->beside = malloc(len);
	if (p->beside == NULL)
		return FAIL(err, NO_MEMORY);
	bytes_copy(p->beside, e->status_request.data, e->status_request.len);
	bytes_copy(p->beside + e->status_request.len, e->sct_list.data, e->sct_list.len);
	p->status = span_make(p->beside, e->status_request.len);
	p->scts = span_make(p->beside + e->status_request.len, e->sct_list.len);
	return true;
}

static bool parse_all(struct ward_chain *chain, const struct certificate *msg,
		      struct ward_error *err)
{
	chain->certs = calloc(msg->count, sizeof(chain->certs[0]));
	if (chain->certs == NULL)
		return FAIL(err, NO_MEMORY);
	for (size_t i = 0; i < msg->count; i++) {
		struct ward_cert *cert =
			ward_cert_parse(msg->certs[i].data, msg->certs[i].len, err);

		if (cert == NULL)
			return false;
		chain->certs[chain->count++] = cert;
	}
	return true;
}

static bool parse_raw_key(struct peer_chain *p, const struct certificate *msg,
			  struct ward_error *err)
{
	p->raw_key = raw_key_parse(msg->certs[0], err);
	return p->raw_key != NULL;
}

/* What stands beside a certificate says nothing of a raw public key. */
static bool parse_what_came(struct peer_chain *p, const struct certificate *msg,
			    struct ward_error *err)
{
	return msg->raw_key ? parse_raw_key(p, msg, err)
			    : parse_all(&p->chain, msg, err) && keep_beside(p, &msg->leaf_ext, err);
}

struct peer_chain *peer_chain_parse(const struct certificate *msg, const uint8_t hash[32],
				    struct ward_error *err)
{
	struct peer_chain *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&p->refs, 1);
	memcpy(p->hash, hash, sizeof(p->hash));
	if (parse_what_came(p, msg, err))
		return p;
	peer_chain_free(p);
	return NULL;
}

struct peer_chain *peer_chain_ref(struct peer_chain *p)
{
	atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	return p;
}

void peer_chain_free(struct peer_chain *p)
{
	if (p == NULL || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
		return;
	ward_chain_clear(&p->chain);
	raw_key_free(p->raw_key);
	free(p->beside);
	free(p);
}

enum key_type peer_chain_key_type(const struct peer_chain *p)
{
	return p->raw_key != NULL ? pubkey_type(p->raw_key->pubkey)
				  : cert_key_type(p->chain.certs[0]);
}

struct pubkey *peer_chain_pubkey(const struct peer_chain *p, struct ward_error *err)
{
	return p->raw_key != NULL ? p->raw_key->pubkey : cert_pubkey(p->chain.certs[0], err);
}

void peer_chain_pin(const struct peer_chain *p, uint8_t out[32])
{
	if (p->raw_key != NULL)
		memcpy(out, p->raw_key->pin, sizeof(p->raw_key->pin));
	else
		ward_cert_spki_hash(p->chain.certs[0], out);
}

bool peer_chain_may_sign(const struct peer_chain *p)
{
	return p->raw_key != NULL || cert_may_sign(p->chain.certs[0]);
}

/* ---- the cache ---- */

void chain_cache_init(struct chain_cache *cache)
{
	pthread_mutex_init(&cache->lock, NULL);
}

void chain_cache_clear(struct chain_cache *cache)
{
	for (size_t i = 0; i < CHAIN_CACHE_SIZE; i++)
		peer_chain_free(cache->slots[i]);
	pthread_mutex_destroy(&cache->lock);
}

static struct peer_chain **slot_of(struct chain_cache *cache, const uint8_t hash[32])
{
	return &cache->slots[hash[0] % CHAIN_CACHE_SIZE];
}

struct peer_chain *chain_cache_find(struct chain_cache *cache, const uint8_t hash[32], int64_t now)
{
	struct peer_chain *p;

	pthread_mutex_lock(&cache->lock);
	p = *slot_of(cache, hash);
	if (p != NULL && span_equal(SPAN_ARRAY(p->hash), span_make(hash, sizeof(p->hash))) &&
	    now >= p->not_before && now <= p->not_after)
		peer_chain_ref(p);
	else
		p = NULL;
	pthread_mutex_unlock(&cache->lock);
	return p;
}

void chain_cache_put(struct chain_cache *cache, struct peer_chain *p, const struct ward_chain *path,
		     const struct ward_verify_params *params)
{
	struct peer_chain **slot = slot_of(cache, p->hash), *old;

	revocation_span(params, &p->not_before, &p->not_after);
	for (size_t i = 0; i < path->count; i++) {
		int64_t before = ward_cert_not_before(path->certs[i]);
		int64_t after = ward_cert_not_after(path->certs[i]);

		p->not_before = before > p->not_before ? before : p->not_before;
		p->not_after = after < p->not_after ? after : p->not_after;
	}
	pthread_mutex_lock(&cache->lock);
	old = *slot;
	*slot = peer_chain_ref(p);
	pthread_mutex_unlock(&cache->lock);
	peer_chain_free(old);
}
