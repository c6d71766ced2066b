/*
 * The trust store: certificates that are trusted as they stand, found by the hash of their subject.
 *
 * The index is a hash table with open addressing that grows with what is added, so that nothing is
 * left to do when the store is frozen: lookups only read, and need no lock. Public keys are prepared
 * when first used and then stay with the certificate, so a root's key costs once.
 */
#include "x509/trust.h"

#include <stdlib.h>

#include "wire/pem.h"
#include "x509/chain.h"

struct trust_entry {
	struct ward_cert *cert; /* NULL: free */
};

struct ward_trust {
	atomic_uint refs;
	atomic_bool frozen;
	struct trust_entry *entries;
	size_t count;
	size_t room; /* a power of two, or 0 */
};

struct ward_trust *ward_trust_new(void)
{
	struct ward_trust *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	atomic_init(&t->refs, 1);
	atomic_init(&t->frozen, false);
	return t;
}

struct ward_trust *ward_trust_ref(struct ward_trust *trust)
{
	atomic_fetch_add_explicit(&trust->refs, 1, memory_order_relaxed);
	return trust;
}

void ward_trust_free(struct ward_trust *trust)
{
	if (trust == NULL || atomic_fetch_sub_explicit(&trust->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < trust->room; i++)
		ward_cert_free(trust->entries[i].cert);
	free(trust->entries);
	free(trust);
}

static size_t first_slot(const struct ward_trust *t, uint64_t hash)
{
	return (size_t)(hash ^ hash >> 32) & (t->room - 1);
}

static void insert(struct ward_trust *t, struct ward_cert *cert)
{
	size_t i = first_slot(t, cert->subject_hash);

	while (t->entries[i].cert != NULL)
		i = (i + 1) & (t->room - 1);
	t->entries[i].cert = cert;
}

/* Keeps the table half empty at least: a search always meets a free slot. */
static bool make_room(struct ward_trust *t, struct ward_error *err)
{
	struct ward_trust grown = { .room = t->room == 0 ? 8 : 2 * t->room };

	if (2 * (t->count + 1) <= t->room)
		return true;
	grown.entries = calloc(grown.room, sizeof(*grown.entries));
	if (grown.entries == NULL)
		return FAIL(err, NO_MEMORY);
	for (size_t i = 0; i < t->room; i++)
		if (t->entries[i].cert != NULL)
			insert(&grown, t->entries[i].cert);
	free(t->entries);
	t->entries = grown.entries;
	t->room = grown.room;
	return true;
}

const struct trust_entry *trust_find(const struct ward_trust *trust, uint64_t subject_hash,
				     const struct trust_entry *after)
{
	size_t i;

	if (trust->room == 0)
		return NULL;
	i = after == NULL ? first_slot(trust, subject_hash)
			  : ((size_t)(after - trust->entries) + 1) & (trust->room - 1);
	while (trust->entries[i].cert != NULL) {
		if (trust->entries[i].cert->subject_hash == subject_hash)
			return &trust->entries[i];
		i = (i + 1) & (trust->room - 1);
	}
	return NULL;
}

struct ward_cert *trust_entry_cert(const struct trust_entry *entry)
{
	return entry->cert;
}

bool trust_each(const struct ward_trust *trust, bool (*fn)(void *arg, const struct ward_cert *cert),
		void *arg)
{
	for (size_t i = 0; i < trust->room; i++)
		if (trust->entries[i].cert != NULL && !fn(arg, trust->entries[i].cert))
			return false;
	return true;
}

bool trust_holds(const struct ward_trust *trust, const struct ward_cert *cert)
{
	const struct trust_entry *e = NULL;

	while ((e = trust_find(trust, cert->subject_hash, e)) != NULL)
		if (cert_same(e->cert, cert))
			return true;
	return false;
}

void trust_freeze(struct ward_trust *trust)
{
	/* Looked at first: a store to a shared cache line is dear when many threads verify. */
	if (!atomic_load_explicit(&trust->frozen, memory_order_acquire))
		atomic_store_explicit(&trust->frozen, true, memory_order_release);
}

bool ward_trust_add(struct ward_trust *trust, struct ward_cert *cert, struct ward_error *err)
{
	if (atomic_load_explicit(&trust->frozen, memory_order_acquire))
		return FAILF(err, CONFIG_FROZEN, "the trust store has been used to verify");
	if (trust_holds(trust, cert))
		return true;
	if (!make_room(trust, err))
		return false;
	insert(trust, ward_cert_ref(cert));
	trust->count++;
	return true;
}

/* One block of a bundle. False, with err set, only if the store itself could not take it. */
static bool add_block(struct ward_trust *trust, const struct pem_block *block, size_t *found,
		      size_t *skipped, struct ward_error *err)
{
	struct ward_cert *cert;
	bool ok;

	if (!chain_label_is_cert(block->label))
		return true;
	cert = ward_cert_parse(block->der, block->der_len, NULL);
	if (cert == NULL) {
		++*skipped;
		return true;
	}
	++*found;
	ok = ward_trust_add(trust, cert, err);
	ward_cert_free(cert);
	return ok;
}

bool ward_trust_add_bundle(struct ward_trust *trust, const void *bytes, size_t len, size_t *skipped,
			   struct ward_error *err)
{
	struct span text = span_make(bytes, len);
	struct ward_error own;
	size_t found = 0;
	size_t bad = 0;

	do {
		struct pem_block block;

		own = ERROR_NONE;
		while (pem_next(&text, &block, &own)) {
			bool ok = add_block(trust, &block, &found, &bad, err);

			pem_block_clear(&block);
			if (!ok)
				return false;
		}
		/* A block that is malformed has been passed; go on behind it. */
		bad += error_is_set(&own) ? 1 : 0;
	} while (error_is_set(&own) && text.len > 0);
	if (skipped != NULL)
		*skipped = bad;
	if (found == 0)
		return FAILF(err, NO_CERTIFICATE_IN_FILE, "%zu blocks that could not be read", bad);
	return true;
}

size_t ward_trust_count(const struct ward_trust *trust)
{
	return trust->count;
}
