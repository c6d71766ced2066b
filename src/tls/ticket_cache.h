/*
 * The tickets that a client's config has been given (RFC 9846, 4.7.1; C.4), by service. Bounded:
 * where one too many comes the one that has lain there longest goes. Any thread may use it.
 */
#ifndef TLS_TICKET_CACHE_H
#define TLS_TICKET_CACHE_H

#include <pthread.h>

#include "tls/resumption.h"

enum { TICKET_CACHE_SIZE = 256, TICKET_CACHE_PER_SERVICE = 4 };

struct kept_ticket {
	struct ward_ticket *ticket; /* holds a reference */
	char *service;
};

struct ticket_cache {
	pthread_mutex_t lock;
	size_t count;
	struct kept_ticket *kept; /* the newest last; made when the first ticket comes */
};

void ticket_cache_init(struct ticket_cache *cache);
void ticket_cache_clear(struct ticket_cache *cache);
/* Keeps a reference. */
bool ticket_cache_put(struct ticket_cache *cache, const char *service, struct ward_ticket *ticket,
		      struct ward_error *err);
/* The newest for the service that has not expired, which then is the caller's; NULL if none. */
struct ward_ticket *ticket_cache_take(struct ticket_cache *cache, const char *service, int64_t now);

#endif
