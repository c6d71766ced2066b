/*
 * The register of ClientHellos in memory (RFC 9846, 8.2). See strikes.h.
 *
 * A table of buckets. Which two buckets a ClientHello may be in, and by what it is known there, comes
 * of its id and a random key: so no client can choose ids that meet. It goes into the one with more
 * room, which fills them evenly; where both are full of what must be remembered it is refused.
 *
 * What is overwritten has been forgotten, and `forgotten` is the latest time until which such a one
 * would have been fresh. A ClientHello keeps its own `until` whenever it is sent again: one that is
 * not later than `forgotten` may have been here, and is refused. As long as the clock goes forward
 * no fresh one is; when it is set back this refuses until it has caught up.
 */
#include "tls/strikes.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/secret.h"
#include "crypto/crypto.h"

enum { KEY_LEN = 32, TAG_LEN = 16 };

struct strike {
	uint8_t tag[TAG_LEN];
	int64_t until;
};

struct memory {
	pthread_mutex_t lock;
	uint8_t key[KEY_LEN];
	int64_t forgotten;
	size_t mask; /* buckets - 1 */
	struct strike strikes[];
};

struct ward_strikes {
	atomic_uint refs;
	ward_strike_fn *claim;
	void *arg;
	void (*release)(void *arg);
};

struct ward_strikes *ward_strikes_new_with(ward_strike_fn *claim, void *arg,
					   void (*release)(void *arg), struct ward_error *err)
{
	struct ward_strikes *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&s->refs, 1);
	s->claim = claim;
	s->arg = arg;
	s->release = release;
	return s;
}

struct ward_strikes *ward_strikes_ref(struct ward_strikes *strikes)
{
	if (strikes != NULL)
		atomic_fetch_add_explicit(&strikes->refs, 1, memory_order_relaxed);
	return strikes;
}

void ward_strikes_free(struct ward_strikes *strikes)
{
	if (strikes == NULL ||
	    atomic_fetch_sub_explicit(&strikes->refs, 1, memory_order_acq_rel) != 1)
		return;
	if (strikes->release != NULL)
		strikes->release(strikes->arg);
	free(strikes);
}

bool strikes_claim(struct ward_strikes *strikes, const struct ward_claim *claim)
{
	return strikes->claim(strikes->arg, claim);
}

/* ---- in memory ---- */

/* By what a claim is known, and where it may be. */
struct place {
	uint8_t tag[TAG_LEN];
	struct strike *buckets[2];
};

static void place_of(struct memory *m, const struct ward_claim *claim, struct place *p)
{
	uint8_t hash[DIGEST_MAX_LEN];
	struct digest d;

	digest_start(&d, DIGEST_SHA256);
	digest_update(&d, SPAN_ARRAY(m->key));
	digest_update(&d, span_make(claim->id, claim->id_len));
	digest_finish(&d, hash);
	memcpy(p->tag, hash, TAG_LEN);
	for (size_t i = 0; i < 2; i++) {
		uint64_t at;

		memcpy(&at, hash + TAG_LEN + 8 * i, sizeof(at));
		p->buckets[i] = &m->strikes[(at & m->mask) * STRIKES_BUCKET];
	}
}

static bool is_same(const struct strike *s, const uint8_t tag[TAG_LEN])
{
	return s->until != 0 && span_equal(SPAN_ARRAY(s->tag), span_make(tag, TAG_LEN));
}

/* How much of a bucket is free, and one that is; *seen if the claim is there already. */
static size_t look(struct strike *bucket, const uint8_t tag[TAG_LEN], int64_t now,
		   struct strike **free_one, bool *seen)
{
	size_t room = 0;

	for (size_t i = 0; i < STRIKES_BUCKET; i++) {
		*seen = *seen || is_same(&bucket[i], tag);
		if (bucket[i].until >= now)
			continue;
		*free_one = &bucket[i];
		room++;
	}
	return room;
}

/* The lock is held. */
static bool claim_in(struct memory *m, const struct place *p, const struct ward_claim *claim)
{
	struct strike *free_ones[2] = { NULL, NULL }, *into;
	bool seen = false;
	size_t first = look(p->buckets[0], p->tag, claim->now, &free_ones[0], &seen);
	size_t second = look(p->buckets[1], p->tag, claim->now, &free_ones[1], &seen);

	into = free_ones[second > first];
	if (seen || into == NULL)
		return false;
	if (into->until > m->forgotten)
		m->forgotten = into->until;
	memcpy(into->tag, p->tag, TAG_LEN);
	into->until = claim->until;
	return true;
}

static bool claim_memory(void *arg, const struct ward_claim *claim)
{
	struct memory *m = arg;
	struct place place;
	bool first;

	place_of(m, claim, &place);
	pthread_mutex_lock(&m->lock);
	first = claim->until > m->forgotten && claim->until >= claim->now &&
		claim_in(m, &place, claim);
	pthread_mutex_unlock(&m->lock);
	return first;
}

static void release_memory(void *arg)
{
	struct memory *m = arg;

	pthread_mutex_destroy(&m->lock);
	secret_wipe_bytes(m->key, sizeof(m->key));
	free(m);
}

/* Half full at most when all entries are there: with two buckets to choose from none is then full. */
static struct memory *memory_new(size_t entries, struct ward_error *err)
{
	struct memory *m;
	size_t buckets = 1;

	if (entries == 0 || entries > STRIKES_MAX) {
		FAILF(err, BAD_ARGUMENT, "a register has 1 to %d entries", STRIKES_MAX);
		return NULL;
	}
	while (buckets * (STRIKES_BUCKET / 2) < entries)
		buckets *= 2;
	m = calloc(1, sizeof(*m) + buckets * STRIKES_BUCKET * sizeof(m->strikes[0]));
	if (m == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	m->mask = buckets - 1;
	pthread_mutex_init(&m->lock, NULL);
	if (random_bytes(m->key, sizeof(m->key), err))
		return m;
	release_memory(m);
	return NULL;
}

static struct ward_strikes *make(size_t entries, int64_t forgotten, struct ward_error *err)
{
	struct memory *m = crypto_init(err) ? memory_new(entries, err) : NULL;
	struct ward_strikes *s;

	if (m == NULL)
		return NULL;
	m->forgotten = forgotten;
	s = ward_strikes_new_with(claim_memory, m, release_memory, err);
	if (s == NULL)
		release_memory(m);
	return s;
}

struct ward_strikes *ward_strikes_new(size_t entries, int64_t now, struct ward_error *err)
{
	return make(entries, now + STRIKES_QUIET, err);
}

struct ward_strikes *strikes_new_empty(size_t entries, struct ward_error *err)
{
	return make(entries, 0, err);
}
