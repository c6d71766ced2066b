/*
 * Sessions of TLS 1.2 that a server has given ids to (RFC 5246, 7.4.1.2): for clients that know no
 * tickets. Bounded: a new session takes the place of another. Any thread may use it.
 */
#ifndef TLS_TLS12_SESSION_CACHE_H
#define TLS_TLS12_SESSION_CACHE_H

#include <pthread.h>

#include "base/error.h"
#include "base/span.h"

enum { SESSION_ID_LEN = 32, SESSION_CACHE_DEFAULT = 1024, SESSION_CACHE_MAX = 1 << 20 };

struct kept_session {
	uint8_t id[SESSION_ID_LEN];
	size_t len;
	uint8_t *content; /* NULL: the place is free */
};

struct session_cache {
	pthread_mutex_t lock;
	size_t size;                 /* places; 0: sessions get no ids */
	struct kept_session *places; /* made when the first session comes */
};

void session_cache_init(struct session_cache *cache, size_t size);
/* Wipes what is in it. */
void session_cache_clear(struct session_cache *cache);
/* Keeps a copy of the content. Without memory nothing is kept. */
void session_cache_put(struct session_cache *cache, const uint8_t id[SESSION_ID_LEN],
		       struct span content);
/* Copies the content of a session out, if it is there and fits; how long it is, or 0. */
size_t session_cache_get(struct session_cache *cache, struct span id, uint8_t *out, size_t room);

#endif
