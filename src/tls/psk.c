/*
 * Pre-shared keys. See psk.h.
 */
#include "tls/psk.h"

#include <assert.h>

#include "wire/reader.h"

static void hash_truncated(const struct psk *psk, const struct transcript *before,
			   struct span truncated, struct transcript_hash *hash)
{
	struct digest d;

	if (before->digest.alg == DIGEST_NONE) {
		digest_start(&d, psk->hash);
	} else {
		assert(before->digest.alg == psk->hash);
		d = before->digest;
	}
	digest_update(&d, truncated);
	hash->len = digest_len(psk->hash);
	digest_finish(&d, hash->data);
}

void psk_binder(const struct psk *psk, const struct transcript *before, struct span truncated,
		uint8_t *binder)
{
	SECRET_AUTO struct secret key = { .len = 0 };
	struct key_schedule early;
	uint8_t nothing[DIGEST_MAX_LEN];
	struct transcript_hash hash;

	digest_once(psk->hash, SPAN_EMPTY, nothing);
	schedule_start(&early, psk->hash, secret_span(&psk->key));
	schedule_derive(&early, psk->binder, span_make(nothing, digest_len(psk->hash)), &key);
	secret_wipe(&early.running);
	hash_truncated(psk, before, truncated, &hash);
	finished_mac(psk->hash, secret_span(&key), transcript_hash_span(&hash), binder);
}

void psk_from_ticket(struct psk *psk, enum digest_alg hash, struct span resumption_secret,
		     struct span nonce)
{
	psk->hash = hash;
	psk->binder = RES_BINDER;
	psk->key.len = digest_len(hash);
	hkdf_expand_label(hash, resumption_secret, "resumption", nonce, psk->key.data,
			  psk->key.len);
}

bool psk_identity_next(struct span *list, struct span *identity, uint32_t *obfuscated_age)
{
	struct ward_error ignored = ERROR_NONE;
	struct reader r = reader_make(*list, &ignored);

	if (!reader_more(&r))
		return false;
	*identity = reader_vec(&r, 2);
	*obfuscated_age = reader_u32(&r);
	*list = reader_rest(&r);
	return !reader_failed(&r);
}

bool psk_binder_next(struct span *list, struct span *binder)
{
	struct ward_error ignored = ERROR_NONE;
	struct reader r = reader_make(*list, &ignored);

	if (!reader_more(&r))
		return false;
	*binder = reader_vec(&r, 1);
	*list = reader_rest(&r);
	return !reader_failed(&r);
}
