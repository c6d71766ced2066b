/*
 * A client's tickets. See ticket_cache.h.
 */
#include "tls/ticket_cache.h"

#include <stdlib.h>
#include <string.h>

void ticket_cache_init(struct ticket_cache *cache)
{
	pthread_mutex_init(&cache->lock, NULL);
}

static void drop(struct kept_ticket *k)
{
	ward_ticket_free(k->ticket);
	free(k->service);
}

void ticket_cache_clear(struct ticket_cache *cache)
{
	for (size_t i = 0; i < cache->count; i++)
		drop(&cache->kept[i]);
	free(cache->kept);
	pthread_mutex_destroy(&cache->lock);
}

/* ---- the lock is held ---- */

static struct kept_ticket remove_at(struct ticket_cache *cache, size_t at)
{
	struct kept_ticket k = cache->kept[at];

	cache->count--;
	memmove(&cache->kept[at], &cache->kept[at + 1],
		(cache->count - at) * sizeof(cache->kept[0]));
	return k;
}

/* The place of the one that must go so that another for this service fits; count if none must. */
static size_t find_surplus(const struct ticket_cache *cache, const char *service)
{
	size_t same = 0, oldest = cache->count;

	for (size_t i = cache->count; i-- > 0;) {
		if (strcmp(cache->kept[i].service, service) != 0)
			continue;
		same++;
		oldest = i;
	}
	if (same >= TICKET_CACHE_PER_SERVICE)
		return oldest;
	return cache->count == TICKET_CACHE_SIZE ? 0 : cache->count;
}

static struct kept_ticket put_last(struct ticket_cache *cache, const struct kept_ticket *k)
{
	size_t surplus = find_surplus(cache, k->service);
	struct kept_ticket gone = { NULL, NULL };

	if (surplus < cache->count)
		gone = remove_at(cache, surplus);
	cache->kept[cache->count++] = *k;
	return gone;
}

static bool make_room(struct ticket_cache *cache)
{
	if (cache->kept != NULL)
		return true;
	cache->count = 0;
	cache->kept = calloc(TICKET_CACHE_SIZE, sizeof(cache->kept[0]));
	return cache->kept != NULL;
}

bool ticket_cache_put(struct ticket_cache *cache, const char *service, struct ward_ticket *ticket,
		      struct ward_error *err)
{
	struct kept_ticket k = { ward_ticket_ref(ticket), strdup(service) }, gone = k;
	bool ok;

	pthread_mutex_lock(&cache->lock);
	ok = k.service != NULL && make_room(cache);
	if (ok)
		gone = put_last(cache, &k);
	pthread_mutex_unlock(&cache->lock);
	drop(&gone);
	return ok || FAIL(err, NO_MEMORY);
}

/* Takes the newest off; false when there is none for the service. */
static bool take_newest(struct ticket_cache *cache, const char *service, struct kept_ticket *k)
{
	bool found = false;

	pthread_mutex_lock(&cache->lock);
	for (size_t i = cache->count; i-- > 0 && !found;) {
		found = strcmp(cache->kept[i].service, service) == 0;
		if (found)
			*k = remove_at(cache, i);
	}
	pthread_mutex_unlock(&cache->lock);
	return found;
}

struct ward_ticket *ticket_cache_take(struct ticket_cache *cache, const char *service, int64_t now)
{
	struct kept_ticket k;

	while (take_newest(cache, service, &k)) {
		if (ward_ticket_expires(k.ticket) > now) {
			free(k.service);
			return k.ticket;
		}
		drop(&k);
	}
	return NULL;
}
