/*
 * The ring of ticket keys. See ticket_keys.h.
 *
 * keys[0] is the one that seals; a new one is put in front and the last falls out. One lock guards
 * all of it: it is held for one sealing or opening, less than a microsecond.
 *
 * Clocks: a key that seems to be from the future is one that was made before the clock was set
 * back. Its age then counts anew from the time that the clock now shows: it opens tickets as before
 * and is replaced when its time has passed once more. No key is lost, none seals for ever.
 */
#include "tls/ticket_keys.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/secret.h"
#include "tls/strikes.h"
#include "wire/reader.h"
#include "wire/writer.h"

enum {
	KEYS_MAX = 16,
	KEY_LEN = 32,
	LIFETIME_DEFAULT = 86400,
	/* Nonces are random: far below the number where two may meet (RFC 9846, 5.5). */
	SEALED_MAX = 1 << 28,
	ENTRY_LEN = TICKET_KEY_NAME_LEN + KEY_LEN + 8,
};

static const char export_magic[] = "ward ticket keys 1\n";
#define MAGIC_LEN (sizeof(export_magic) - 1)

struct ticket_key {
	uint8_t name[TICKET_KEY_NAME_LEN];
	uint8_t key[KEY_LEN];
	int64_t made;
	bool imported;
	uint32_t sealed; /* tickets, by this ring */
	struct aead *aead;
};

struct ward_ticket_keys {
	atomic_uint refs;
	pthread_mutex_t lock;
	_Atomic uint32_t lifetime; /* read without the lock by those who issue */
	bool shared;               /* others have, or had, these keys */
	struct ward_strikes *strikes;
	size_t count;
	struct ticket_key keys[KEYS_MAX];
};

struct ward_ticket_keys *ward_ticket_keys_new(uint32_t lifetime, struct ward_error *err)
{
	struct ward_ticket_keys *ring;

	if (lifetime > WARD_TICKET_LIFETIME_MAX) {
		FAILF(err, BAD_ARGUMENT, "tickets live at most seven days");
		return NULL;
	}
	if (!crypto_init(err))
		return NULL;
	ring = calloc(1, sizeof(*ring));
	if (ring == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&ring->refs, 1);
	pthread_mutex_init(&ring->lock, NULL);
	ring->lifetime = lifetime == 0 ? LIFETIME_DEFAULT : lifetime;
	return ring;
}

struct ward_ticket_keys *ward_ticket_keys_ref(struct ward_ticket_keys *keys)
{
	if (keys != NULL)
		atomic_fetch_add_explicit(&keys->refs, 1, memory_order_relaxed);
	return keys;
}

static void key_clear(struct ticket_key *k)
{
	aead_free(k->aead);
	secret_wipe_bytes(k, sizeof(*k));
}

void ward_ticket_keys_free(struct ward_ticket_keys *keys)
{
	if (keys == NULL || atomic_fetch_sub_explicit(&keys->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < keys->count; i++)
		key_clear(&keys->keys[i]);
	ward_strikes_free(keys->strikes);
	pthread_mutex_destroy(&keys->lock);
	secret_wipe_bytes(keys->keys, sizeof(keys->keys));
	free(keys);
}

uint32_t ward_ticket_keys_lifetime(const struct ward_ticket_keys *keys)
{
	return keys->lifetime;
}

/* ---- which keys there are; the lock is held ---- */

/* How long a key seals. Half a lifetime, but never nothing. */
static int64_t seals_for(const struct ward_ticket_keys *ring, const struct ticket_key *k)
{
	int64_t own = (int64_t)ring->lifetime / 2 + 1;

	return k->imported ? 2 * own : own;
}

static bool has_expired(const struct ward_ticket_keys *ring, const struct ticket_key *k,
			int64_t now)
{
	return now > k->made && now - k->made > seals_for(ring, k) + (int64_t)ring->lifetime;
}

static struct ticket_key *key_by_name(struct ward_ticket_keys *ring, const uint8_t *name)
{
	for (size_t i = 0; i < ring->count; i++)
		if (span_equal(SPAN_ARRAY(ring->keys[i].name),
			       span_make(name, TICKET_KEY_NAME_LEN)))
			return &ring->keys[i];
	return NULL;
}

static void forget_expired(struct ward_ticket_keys *ring, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < ring->count; i++) {
		if (has_expired(ring, &ring->keys[i], now)) {
			key_clear(&ring->keys[i]);
			continue;
		}
		if (kept != i) {
			ring->keys[kept] = ring->keys[i];
			secret_wipe_bytes(&ring->keys[i], sizeof(ring->keys[i]));
		}
		kept++;
	}
	ring->count = kept;
}

/* Puts a key in front, which becomes the ring's; what falls out at the end was the oldest. */
static void put_first(struct ward_ticket_keys *ring, const struct ticket_key *k)
{
	if (ring->count == KEYS_MAX)
		key_clear(&ring->keys[--ring->count]);
	memmove(&ring->keys[1], &ring->keys[0], ring->count * sizeof(ring->keys[0]));
	ring->keys[0] = *k;
	ring->count++;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= bytes[i];
	return any == 0;
}

static bool key_make(struct ticket_key *k, int64_t now, struct ward_error *err)
{
	*k = (struct ticket_key){ .made = now };
	if (!random_bytes(k->name, sizeof(k->name), err) ||
	    !random_bytes(k->key, sizeof(k->key), err))
		return false;
	if (is_zero(k->key, sizeof(k->key)))
		return FAIL(err, RANDOM_FAILED);
	k->aead = aead_new(AEAD_AES_256_GCM, k->key, err);
	return k->aead != NULL;
}

/* Whether the first key is to seal no longer. Notices a clock that was set back. */
static bool is_due(struct ward_ticket_keys *ring, int64_t now)
{
	struct ticket_key *k = &ring->keys[0];

	if (ring->count == 0)
		return true;
	if (k->made > now)
		k->made = now;
	return now - k->made >= seals_for(ring, k) || k->sealed >= SEALED_MAX;
}

static bool make_due(struct ward_ticket_keys *ring, int64_t now, struct ward_error *err)
{
	struct ticket_key fresh;
	bool ok;

	if (!is_due(ring, now))
		return true;
	ok = key_make(&fresh, now, err);
	if (ok) {
		forget_expired(ring, now);
		put_first(ring, &fresh);
	}
	secret_wipe_bytes(&fresh, sizeof(fresh));
	return ok;
}

/* ---- sealing and opening ---- */

static bool seal_with(struct ticket_key *k, struct span content, uint8_t *out,
		      struct ward_error *err)
{
	uint8_t *nonce = out + TICKET_KEY_NAME_LEN;

	memcpy(out, k->name, TICKET_KEY_NAME_LEN);
	k->sealed++;
	return random_bytes(nonce, AEAD_NONCE_LEN, err) &&
	       aead_seal(k->aead, nonce, SPAN_ARRAY(k->name), content, SPAN_EMPTY,
			 out + TICKET_PREFIX_LEN, err);
}

bool ticket_seal(struct ward_ticket_keys *keys, int64_t now, struct span content, uint8_t *out,
		 struct ward_error *err)
{
	bool ok;

	pthread_mutex_lock(&keys->lock);
	ok = make_due(keys, now, err) && seal_with(&keys->keys[0], content, out, err);
	pthread_mutex_unlock(&keys->lock);
	return ok;
}

bool ticket_is_ours(struct ward_ticket_keys *keys, struct span ticket)
{
	bool found;

	if (ticket.len < TICKET_OVERHEAD)
		return false;
	pthread_mutex_lock(&keys->lock);
	found = key_by_name(keys, ticket.data) != NULL;
	pthread_mutex_unlock(&keys->lock);
	return found;
}

static bool open_with(struct ward_ticket_keys *ring, int64_t now, uint8_t *ticket, size_t len)
{
	struct ward_error ignored = ERROR_NONE;
	struct ticket_key *k = key_by_name(ring, ticket);

	return k != NULL && !has_expired(ring, k, now) &&
	       aead_open(k->aead, ticket + TICKET_KEY_NAME_LEN, SPAN_ARRAY(k->name),
			 ticket + TICKET_PREFIX_LEN, len - TICKET_PREFIX_LEN, &ignored);
}

bool ticket_open(struct ward_ticket_keys *keys, int64_t now, uint8_t *ticket, size_t len,
		 struct span *content)
{
	bool ok;

	*content = SPAN_EMPTY;
	if (len < TICKET_OVERHEAD)
		return false;
	pthread_mutex_lock(&keys->lock);
	ok = open_with(keys, now, ticket, len);
	pthread_mutex_unlock(&keys->lock);
	if (ok)
		*content = span_make(ticket + TICKET_PREFIX_LEN, len - TICKET_OVERHEAD);
	return ok;
}

/* ---- early data ---- */

struct ward_strikes *ticket_keys_strikes(struct ward_ticket_keys *keys)
{
	struct ward_error ignored = ERROR_NONE;
	struct ward_strikes *strikes = NULL;

	pthread_mutex_lock(&keys->lock);
	if (!keys->shared && keys->strikes == NULL)
		keys->strikes = strikes_new_empty(STRIKES_DEFAULT, &ignored);
	if (!keys->shared)
		strikes = keys->strikes;
	pthread_mutex_unlock(&keys->lock);
	return strikes;
}

/* ---- a fleet ---- */

/*
 * keys[1] is the one that comes next, if it is no older than keys[0]: a key that has sealed before
 * another is.
 */
static bool has_next(const struct ward_ticket_keys *ring)
{
	return ring->count > 1 && ring->keys[1].made >= ring->keys[0].made;
}

/* The next one seals from now on; the one that did stands behind it. */
static void promote(struct ward_ticket_keys *ring, int64_t now)
{
	struct ticket_key before = ring->keys[0];

	ring->keys[0] = ring->keys[1];
	ring->keys[0].made = now;
	ring->keys[1] = before;
	secret_wipe_bytes(&before, sizeof(before));
}

/* Puts a key where the next one stands. */
static void put_next(struct ward_ticket_keys *ring, struct ticket_key *next)
{
	struct ticket_key first = ring->keys[0];

	put_first(ring, next);
	ring->keys[1] = ring->keys[0];
	ring->keys[0] = first;
	secret_wipe_bytes(&first, sizeof(first));
}

static bool rotate(struct ward_ticket_keys *ring, int64_t now, struct ticket_key *seals,
		   struct ticket_key *next, struct ward_error *err)
{
	if (!key_make(next, now, err))
		return false;
	forget_expired(ring, now);
	if (has_next(ring)) {
		promote(ring, now);
	} else if (key_make(seals, now, err)) {
		put_first(ring, seals);
	} else {
		key_clear(next);
		return false;
	}
	put_next(ring, next);
	return true;
}

bool ward_ticket_keys_rotate(struct ward_ticket_keys *keys, int64_t now, struct ward_error *err)
{
	struct ticket_key seals, next;
	bool ok;

	pthread_mutex_lock(&keys->lock);
	ok = rotate(keys, now, &seals, &next, err);
	keys->shared = keys->shared || ok;
	pthread_mutex_unlock(&keys->lock);
	secret_wipe_bytes(&seals, sizeof(seals));
	secret_wipe_bytes(&next, sizeof(next));
	return ok;
}

static void export_all(const struct ward_ticket_keys *ring, struct writer *w)
{
	writer_bytes(w, span_make((const uint8_t *)export_magic, MAGIC_LEN));
	writer_u32(w, ring->lifetime);
	for (size_t i = 0; i < ring->count; i++) {
		const struct ticket_key *k = &ring->keys[i];

		writer_bytes(w, SPAN_ARRAY(k->name));
		writer_bytes(w, SPAN_ARRAY(k->key));
		writer_u64(w, (uint64_t)k->made);
	}
}

bool ward_ticket_keys_export(struct ward_ticket_keys *keys, int64_t now, uint8_t **bytes,
			     size_t *len, struct ward_error *err)
{
	size_t room = MAGIC_LEN + 4 + KEYS_MAX * ENTRY_LEN;
	uint8_t *out = malloc(room);
	struct ward_error fault = ERROR_NONE;
	struct writer w = writer_make(out, room, &fault);
	bool ok;

	if (out == NULL)
		return FAIL(err, NO_MEMORY);
	pthread_mutex_lock(&keys->lock);
	ok = make_due(keys, now, err);
	keys->shared = keys->shared || ok;
	if (ok)
		export_all(keys, &w);
	pthread_mutex_unlock(&keys->lock);
	if (!ok) {
		free(out);
		return false;
	}
	*bytes = out;
	*len = w.len;
	return true;
}

static bool key_read(struct reader *r, struct ticket_key *k, struct ward_error *err)
{
	struct span name = reader_bytes(r, TICKET_KEY_NAME_LEN);
	struct span key = reader_bytes(r, KEY_LEN);
	uint64_t made = reader_u64(r);

	if (reader_failed(r) || is_zero(key.data, key.len) || made > INT64_MAX / 4)
		return FAIL(err, BAD_TICKET_KEYS);
	*k = (struct ticket_key){ .made = (int64_t)made, .imported = true };
	memcpy(k->name, name.data, name.len);
	memcpy(k->key, key.data, key.len);
	k->aead = aead_new(AEAD_AES_256_GCM, k->key, err);
	return k->aead != NULL;
}

/* Those at hand go behind those that came, and the ones that are in both count once. */
static void join(struct ward_ticket_keys *ring, struct ward_ticket_keys *came)
{
	for (size_t i = 0; i < ring->count; i++) {
		struct ticket_key *k = &ring->keys[i];

		if (came->count == KEYS_MAX || key_by_name(came, k->name) != NULL)
			key_clear(k);
		else
			came->keys[came->count++] = *k;
	}
	secret_wipe_bytes(ring->keys, sizeof(ring->keys));
	memcpy(ring->keys, came->keys, sizeof(ring->keys));
	ring->count = came->count;
	ring->lifetime = came->lifetime;
	secret_wipe_bytes(came->keys, sizeof(came->keys));
	came->count = 0;
}

static bool import_all(struct ward_ticket_keys *came, struct span bytes, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(bytes, &failure);
	struct span magic = reader_bytes(&r, MAGIC_LEN);

	uint32_t lifetime = reader_u32(&r);

	if (reader_failed(&r) || !span_equal(magic, span_make(export_magic, MAGIC_LEN)) ||
	    lifetime == 0 || lifetime > WARD_TICKET_LIFETIME_MAX || reader_left(&r) == 0)
		return FAIL(err, BAD_TICKET_KEYS);
	came->lifetime = lifetime;
	while (reader_more(&r)) {
		if (came->count == KEYS_MAX)
			return FAIL(err, BAD_TICKET_KEYS);
		if (!key_read(&r, &came->keys[came->count], err))
			return false;
		came->count++;
	}
	return true;
}

bool ward_ticket_keys_import(struct ward_ticket_keys *keys, const void *bytes, size_t len,
			     struct ward_error *err)
{
	struct ward_ticket_keys *came = ward_ticket_keys_new(0, err);
	bool ok;

	if (came == NULL)
		return false;
	ok = import_all(came, span_make(bytes, len), err);
	if (ok) {
		pthread_mutex_lock(&keys->lock);
		keys->shared = true;
		join(keys, came);
		pthread_mutex_unlock(&keys->lock);
	}
	ward_ticket_keys_free(came);
	return ok;
}
