/*
 * Sessions by id: a store of the program's own, or one in memory. See session_cache.h.
 *
 * In memory there is a number of places. The ids are random and the server's own, so that their first
 * bytes say which place is theirs: two that meet are two that chance has brought together, and the
 * older one goes. With each session that comes a hand moves on over some places and takes out what has
 * ended, so that nothing stays much longer than it is good for while there are new ones.
 */
#include "tls/tls12/session_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/secret.h"

enum { SWEPT = 2 }; /* places for each session that comes */

struct ward_sessions {
	atomic_uint refs;
	struct ward_session_store store;
	void *arg;
};

struct ward_sessions *ward_sessions_new_with(const struct ward_session_store *store, void *arg,
					     struct ward_error *err)
{
	struct ward_sessions *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&s->refs, 1);
	s->store = *store;
	s->arg = arg;
	return s;
}

struct ward_sessions *ward_sessions_ref(struct ward_sessions *sessions)
{
	if (sessions != NULL)
		atomic_fetch_add_explicit(&sessions->refs, 1, memory_order_relaxed);
	return sessions;
}

void ward_sessions_free(struct ward_sessions *sessions)
{
	if (sessions == NULL ||
	    atomic_fetch_sub_explicit(&sessions->refs, 1, memory_order_acq_rel) != 1)
		return;
	if (sessions->store.release != NULL)
		sessions->store.release(sessions->arg);
	free(sessions);
}

void sessions_put(struct ward_sessions *sessions, const struct ward_kept_session *session)
{
	sessions->store.put(sessions->arg, session);
}

size_t sessions_get(struct ward_sessions *sessions, struct span id, int64_t now, uint8_t *out,
		    size_t room)
{
	size_t len;

	if (sessions == NULL || id.len != SESSION_ID_LEN)
		return 0;
	len = sessions->store.get(sessions->arg, id.data, now, out, room);
	return len <= room ? len : 0;
}

/* ---- in memory ---- */

struct place {
	uint8_t id[SESSION_ID_LEN];
	int64_t until;
	size_t len;
	uint8_t *bytes; /* NULL: the place is free */
};

struct memory {
	pthread_mutex_t lock;
	size_t size, hand;
	struct place *places; /* made when the first session comes */
};

static void drop(struct place *p)
{
	if (p->bytes != NULL)
		secret_wipe_bytes(p->bytes, p->len);
	free(p->bytes);
	p->bytes = NULL;
}

static void release_memory(void *arg)
{
	struct memory *m = arg;

	for (size_t i = 0; m->places != NULL && i < m->size; i++)
		drop(&m->places[i]);
	free(m->places);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static struct place *place_of(const struct memory *m, const uint8_t *id)
{
	uint32_t number;

	memcpy(&number, id, sizeof(number));
	return &m->places[number % m->size];
}

/* The lock is held. */
static void sweep(struct memory *m, int64_t now)
{
	for (size_t i = 0; i < SWEPT; i++) {
		if (m->places[m->hand].until <= now)
			drop(&m->places[m->hand]);
		m->hand = (m->hand + 1) % m->size;
	}
}

static void put_memory(void *arg, const struct ward_kept_session *s)
{
	struct place p = { .until = s->until, .len = s->len, .bytes = malloc(s->len) };
	struct memory *m = arg;

	if (p.bytes == NULL)
		return;
	memcpy(p.id, s->id, sizeof(p.id));
	memcpy(p.bytes, s->bytes, s->len);
	pthread_mutex_lock(&m->lock);
	if (m->places == NULL)
		m->places = calloc(m->size, sizeof(m->places[0]));
	if (m->places != NULL) {
		struct place *at = place_of(m, s->id), old = *at;

		*at = p;
		p = old;
		sweep(m, s->now);
	}
	pthread_mutex_unlock(&m->lock);
	drop(&p);
}

static size_t get_memory(void *arg, const uint8_t *id, int64_t now, uint8_t *bytes, size_t room)
{
	struct memory *m = arg;
	size_t len = 0;

	pthread_mutex_lock(&m->lock);
	if (m->places != NULL) {
		const struct place *p = place_of(m, id);

		if (p->bytes != NULL && p->until > now && p->len <= room &&
		    span_equal(SPAN_ARRAY(p->id), span_make(id, sizeof(p->id)))) {
			memcpy(bytes, p->bytes, p->len);
			len = p->len;
		}
	}
	pthread_mutex_unlock(&m->lock);
	return len;
}

struct ward_sessions *ward_sessions_new(size_t count, struct ward_error *err)
{
	static const struct ward_session_store in_memory = { put_memory, get_memory,
							     release_memory };
	struct ward_sessions *s;
	struct memory *m;

	if (count == 0 || count > SESSION_CACHE_MAX) {
		FAILF(err, BAD_ARGUMENT, "1 to %d sessions are kept", SESSION_CACHE_MAX);
		return NULL;
	}
	m = calloc(1, sizeof(*m));
	if (m == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	m->size = count;
	pthread_mutex_init(&m->lock, NULL);
	s = ward_sessions_new_with(&in_memory, m, err);
	if (s == NULL)
		release_memory(m);
	return s;
}
