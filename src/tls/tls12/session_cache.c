/*
 * Sessions by id. See session_cache.h.
 *
 * The ids are random and the server's own, so that their first bytes say which place is theirs: two
 * that meet are two that chance has brought together, and the older one goes.
 */
#include "tls/tls12/session_cache.h"

#include <stdlib.h>

#include "base/secret.h"

void session_cache_init(struct session_cache *cache, size_t size)
{
	pthread_mutex_init(&cache->lock, NULL);
	cache->size = size;
	cache->places = NULL;
}

static void drop(struct kept_session *k)
{
	if (k->content != NULL)
		secret_wipe_bytes(k->content, k->len);
	free(k->content);
	k->content = NULL;
}

void session_cache_clear(struct session_cache *cache)
{
	for (size_t i = 0; cache->places != NULL && i < cache->size; i++)
		drop(&cache->places[i]);
	free(cache->places);
	pthread_mutex_destroy(&cache->lock);
}

static struct kept_session *place_of(const struct session_cache *cache, const uint8_t *id)
{
	uint32_t number;

	memcpy(&number, id, sizeof(number));
	return &cache->places[number % cache->size];
}

void session_cache_put(struct session_cache *cache, const uint8_t id[SESSION_ID_LEN],
		       struct span content)
{
	struct kept_session k = { .len = content.len, .content = malloc(content.len) };

	if (k.content == NULL)
		return;
	memcpy(k.id, id, sizeof(k.id));
	memcpy(k.content, content.data, content.len);
	pthread_mutex_lock(&cache->lock);
	if (cache->places == NULL)
		cache->places = calloc(cache->size, sizeof(cache->places[0]));
	if (cache->places != NULL) {
		struct kept_session *place = place_of(cache, id), old = *place;

		*place = k;
		k = old;
	}
	pthread_mutex_unlock(&cache->lock);
	drop(&k);
}

size_t session_cache_get(struct session_cache *cache, struct span id, uint8_t *out, size_t room)
{
	size_t len = 0;

	if (id.len != SESSION_ID_LEN || cache->size == 0)
		return 0;
	pthread_mutex_lock(&cache->lock);
	if (cache->places != NULL) {
		const struct kept_session *k = place_of(cache, id.data);

		if (k->content != NULL && k->len <= room && span_equal(SPAN_ARRAY(k->id), id)) {
			memcpy(out, k->content, k->len);
			len = k->len;
		}
	}
	pthread_mutex_unlock(&cache->lock);
	return len;
}
