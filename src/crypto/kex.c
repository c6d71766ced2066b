/*
 * Key exchange (RFC 9846, 4.3.8): the table of groups, and what is the same for all of them.
 */
#include "crypto/kex.h"

#include <assert.h>
#include <stdlib.h>

struct kex {
	const struct kex_ops *ops;
	void *key;
};

static const struct kex_ops *const groups[] = {
#ifdef WARD_NO_NATIVE
	&kex_x25519_libcrypto,
#else
	&kex_x25519_native,
#endif
	&kex_x25519_mlkem768,  &kex_p256_mlkem768, &kex_p384_mlkem1024, &kex_p256, &kex_p384,
};

static const struct kex_ops *kex_find(uint16_t group)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (groups[i]->group == group)
			return groups[i];
	}
	return NULL;
}

/* The ops of a group that callers have asked kex_supported about. */
static const struct kex_ops *kex_get(uint16_t group)
{
	const struct kex_ops *ops = kex_find(group);

	assert(ops != NULL && ops->share_len <= KEX_SHARE_MAX && ops->answer_len <= KEX_SHARE_MAX);
	return ops;
}

bool kex_supported(uint16_t group)
{
	const struct kex_ops *ops = kex_find(group);

	return ops != NULL && (ops->parts == NULL || kex_hybrid_available(ops));
}

bool kex_is_hybrid(uint16_t group)
{
	const struct kex_ops *ops = kex_find(group);

	return ops != NULL && ops->parts != NULL;
}

const char *kex_group_name(uint16_t group)
{
	const struct kex_ops *ops = kex_find(group);

	return ops == NULL ? NULL : ops->name;
}

size_t kex_share_len(uint16_t group)
{
	return kex_get(group)->share_len;
}

size_t kex_answer_len(uint16_t group)
{
	return kex_get(group)->answer_len;
}

uint16_t kex_group(const struct kex *k)
{
	return k->ops->group;
}

/* Takes the key over; frees it when there is no memory. A key of NULL has failed before. */
static struct kex *kex_wrap(const struct kex_ops *ops, void *key, struct ward_error *err)
{
	struct kex *k = key == NULL ? NULL : malloc(sizeof(*k));

	if (k != NULL) {
		k->ops = ops;
		k->key = key;
	} else if (key != NULL) {
		ops->free(key);
		FAIL(err, NO_MEMORY);
	}
	return k;
}

struct kex *kex_offer(uint16_t group, uint8_t *share, struct ward_error *err)
{
	const struct kex_ops *ops = kex_get(group);

	if (!crypto_init(err))
		return NULL;
	return kex_wrap(ops, ops->generate(ops, share, err), err);
}

struct kex *kex_from_private(uint16_t group, struct span private_key, uint8_t *share,
			     struct ward_error *err)
{
	const struct kex_ops *ops = kex_get(group);

	if (!crypto_init(err))
		return NULL;
	return kex_wrap(ops, ops->from_private(ops, private_key, share, err), err);
}

bool kex_has_part(const struct kex *k, uint16_t group)
{
	return k->ops->parts != NULL && kex_hybrid_classical(k->ops)->group == group;
}

struct kex *kex_offer_part(const struct kex *hybrid, uint16_t group, uint8_t *share,
			   struct ward_error *err)
{
	assert(kex_has_part(hybrid, group));
	return kex_wrap(kex_hybrid_classical(hybrid->ops), kex_hybrid_part(hybrid->key, share, err),
			err);
}

void kex_free(struct kex *k)
{
	if (k == NULL)
		return;
	k->ops->free(k->key);
	free(k);
}

static bool check_len(const struct kex_ops *ops, struct span share, size_t len,
		      struct ward_error *err)
{
	return share.len == len ||
	       FAILF(err, BAD_KEY_SHARE, "%zu bytes for %s", share.len, ops->name);
}

/* What a peer sent may be anything: libcrypto's complaints about it stay in here. */
bool kex_finish(struct kex *k, struct span peer_share, struct secret *shared,
		struct ward_error *err)
{
	const struct kex_ops *ops = k->ops;
	bool ok;

	if (!check_len(ops, peer_share, ops->answer_len, err))
		return false;
	libcrypto_errors_mark();
	ok = ops->derive(ops, k->key, peer_share, shared, err);
	libcrypto_errors_drop();
	if (!ok)
		secret_wipe(shared);
	return ok;
}

/* Diffie and Hellman's: a key pair of this side's own. */
static bool accept_by_key_pair(const struct kex_ops *ops, struct span peer_share, uint8_t *answer,
			       struct secret *shared, struct ward_error *err)
{
	void *key = ops->generate(ops, answer, err);
	bool ok = key != NULL && ops->derive(ops, key, peer_share, shared, err);

	if (key != NULL)
		ops->free(key);
	return ok;
}

bool kex_accept_with(const struct kex_ops *ops, struct span peer_share, uint8_t *answer,
		     struct secret *shared, struct ward_error *err)
{
	if (ops->accept != NULL)
		return ops->accept(ops, peer_share, answer, shared, err);
	return accept_by_key_pair(ops, peer_share, answer, shared, err);
}

bool kex_accept(uint16_t group, struct span peer_share, uint8_t *share, struct secret *shared,
		struct ward_error *err)
{
	const struct kex_ops *ops = kex_get(group);
	bool ok;

	if (!crypto_init(err) || !check_len(ops, peer_share, ops->share_len, err))
		return false;
	libcrypto_errors_mark();
	ok = kex_accept_with(ops, peer_share, share, shared, err);
	libcrypto_errors_drop();
	if (!ok)
		secret_wipe(shared);
	return ok;
}
