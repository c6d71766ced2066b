/*
 * Hybrid key exchange (RFC 10024): a classical group and ML-KEM side by side, secure as long as one
 * of the two is. Shares and secrets are those of both, one behind the other.
 *
 * ML-KEM comes first with X25519, and second with the NIST curves: the half that a FIPS module
 * approves of leads. The server's share has a ciphertext where the client's has a key.
 *
 * A key whose coefficients are not reduced (FIPS 203, 7.2) and a point that its curve does not have
 * are refused alike. A ciphertext is never: what a forged one gives is unlike what the peer has
 * (FIPS 203, 6.3), and Finished shows it.
 */
#include <stdlib.h>

#include "crypto/kem.h"
#include "crypto/kex.h"

struct kex_parts {
	const struct kex_ops *classical;
	const struct kem *kem;
	bool kem_first;
};

enum { CLASSICAL_SHARE_MAX = 97, CLASSICAL_PRIVATE_MAX = 48 };

struct hybrid_key {
	const struct kex_parts *parts;
	void *classical;
	void *kem;
	uint8_t classical_share[CLASSICAL_SHARE_MAX];
};

/* Where the halves of a share, of a secret or of a private key are. */
struct halves {
	size_t classical, kem;
};

static struct halves halves_of(const struct kex_parts *p, size_t classical_len, size_t kem_len)
{
	return p->kem_first ? (struct halves){ .classical = kem_len, .kem = 0 }
			    : (struct halves){ .classical = 0, .kem = classical_len };
}

static struct halves secret_halves(const struct kex_parts *p, size_t classical_len)
{
	return halves_of(p, classical_len, KEM_SHARED_LEN);
}

bool kex_hybrid_available(const struct kex_ops *ops)
{
	const struct kem *kem = ops->parts->kem;

	return kem->available(kem);
}

static void hybrid_free(void *key)
{
	struct hybrid_key *k = key;

	if (k->classical != NULL)
		k->parts->classical->free(k->classical);
	if (k->kem != NULL)
		k->parts->kem->free(k->parts->kem, k->kem);
	free(k);
}

static struct hybrid_key *hybrid_new(const struct kex_parts *p, struct ward_error *err)
{
	struct hybrid_key *k = calloc(1, sizeof(*k));

	if (k == NULL)
		FAIL(err, NO_MEMORY);
	else
		k->parts = p;
	return k;
}

/* Once both halves should be there: writes the classical share, or frees what there is. */
static void *hybrid_ready(struct hybrid_key *k, uint8_t *share)
{
	const struct kex_parts *p = k->parts;
	struct halves at = halves_of(p, p->classical->share_len, p->kem->ek_len);

	if (k->classical == NULL || k->kem == NULL) {
		hybrid_free(k);
		return NULL;
	}
	bytes_copy(share + at.classical, k->classical_share, p->classical->share_len);
	return k;
}

static void *hybrid_generate(const struct kex_ops *ops, uint8_t *share, struct ward_error *err)
{
	const struct kex_parts *p = ops->parts;
	struct halves at = halves_of(p, p->classical->share_len, p->kem->ek_len);
	struct hybrid_key *k = hybrid_new(p, err);

	if (k == NULL)
		return NULL;
	k->classical = p->classical->generate(p->classical, k->classical_share, err);
	if (k->classical != NULL)
		k->kem = p->kem->generate(p->kem, share + at.kem, err);
	return hybrid_ready(k, share);
}

static void *hybrid_from_private(const struct kex_ops *ops, struct span private_key, uint8_t *share,
				 struct ward_error *err)
{
	const struct kex_parts *p = ops->parts;
	size_t len = private_key.len - KEM_SEED_LEN;
	struct halves at = halves_of(p, p->classical->share_len, p->kem->ek_len);
	struct halves from = halves_of(p, len, KEM_SEED_LEN);
	struct hybrid_key *k;

	if (private_key.len <= KEM_SEED_LEN || len > CLASSICAL_PRIVATE_MAX) {
		FAILF(err, BAD_ARGUMENT, "a key of %zu bytes for %s", private_key.len, ops->name);
		return NULL;
	}
	k = hybrid_new(p, err);
	if (k == NULL)
		return NULL;
	k->classical = p->classical->from_private(p->classical,
						  span_make(private_key.data + from.classical, len),
						  k->classical_share, err);
	if (k->classical != NULL)
		k->kem =
			p->kem->from_seed(p->kem, private_key.data + from.kem, share + at.kem, err);
	return hybrid_ready(k, share);
}

const struct kex_ops *kex_hybrid_classical(const struct kex_ops *ops)
{
	return ops->parts->classical;
}

void *kex_hybrid_part(const void *key, uint8_t *share, struct ward_error *err)
{
	const struct hybrid_key *k = key;
	const struct kex_ops *ops = k->parts->classical;

	bytes_copy(share, k->classical_share, ops->share_len);
	return ops->copy(k->classical, err);
}

static void join_secrets(const struct kex_parts *p, const struct secret *classical,
			 const uint8_t kem[KEM_SHARED_LEN], struct secret *shared)
{
	struct halves to = secret_halves(p, classical->len);

	bytes_copy(shared->data + to.classical, classical->data, classical->len);
	bytes_copy(shared->data + to.kem, kem, KEM_SHARED_LEN);
	shared->len = classical->len + KEM_SHARED_LEN;
}

static bool hybrid_derive(const struct kex_ops *ops, void *key, struct span peer_share,
			  struct secret *shared, struct ward_error *err)
{
	const struct kex_parts *p = ops->parts;
	struct halves at = halves_of(p, p->classical->answer_len, p->kem->ct_len);
	struct hybrid_key *k = key;
	SECRET_AUTO struct secret classical = { .len = 0 };
	SECRET_AUTO struct secret kem = { .len = KEM_SHARED_LEN };

	if (!p->classical->derive(
		    p->classical, k->classical,
		    span_make(peer_share.data + at.classical, p->classical->answer_len), &classical,
		    err) ||
	    !p->kem->decaps(p->kem, k->kem, peer_share.data + at.kem, kem.data, err))
		return false;
	join_secrets(p, &classical, kem.data, shared);
	return true;
}

static bool hybrid_accept(const struct kex_ops *ops, struct span peer_share, uint8_t *answer,
			  struct secret *shared, struct ward_error *err)
{
	const struct kex_parts *p = ops->parts;
	struct halves from = halves_of(p, p->classical->share_len, p->kem->ek_len);
	struct halves to = halves_of(p, p->classical->answer_len, p->kem->ct_len);
	SECRET_AUTO struct secret classical = { .len = 0 };
	SECRET_AUTO struct secret kem = { .len = KEM_SHARED_LEN };
	struct span theirs = span_make(peer_share.data + from.classical, p->classical->share_len);

	if (!p->kem->encaps(p->kem, peer_share.data + from.kem, answer + to.kem, kem.data, err) ||
	    !kex_accept_with(p->classical, theirs, answer + to.classical, &classical, err))
		return false;
	join_secrets(p, &classical, kem.data, shared);
	return true;
}

#ifdef WARD_NO_NATIVE
#define X25519 (&kex_x25519_libcrypto)
#define MLKEM768 (&kem_mlkem768_libcrypto)
#define MLKEM1024 (&kem_mlkem1024_libcrypto)
#else
#define X25519 (&kex_x25519_native)
#define MLKEM768 (&kem_mlkem768_native)
#define MLKEM1024 (&kem_mlkem1024_native)
#endif

static const struct kex_parts x25519_mlkem768 = { X25519, MLKEM768, true };
static const struct kex_parts p256_mlkem768 = { &kex_p256, MLKEM768, false };
static const struct kex_parts p384_mlkem1024 = { &kex_p384, MLKEM1024, false };

#define HYBRID(number, text, client, server, both)                                                 \
	{                                                                                          \
		.group = (number), .name = (text), .share_len = (client), .answer_len = (server),  \
		.parts = &(both), .generate = hybrid_generate,                                     \
		.from_private = hybrid_from_private, .derive = hybrid_derive,                      \
		.accept = hybrid_accept, .free = hybrid_free,                                      \
	}

const struct kex_ops kex_x25519_mlkem768 =
	HYBRID(GROUP_X25519MLKEM768, "X25519MLKEM768", 1184 + 32, 1088 + 32, x25519_mlkem768);
const struct kex_ops kex_p256_mlkem768 =
	HYBRID(GROUP_SECP256R1MLKEM768, "SecP256r1MLKEM768", 65 + 1184, 65 + 1088, p256_mlkem768);
const struct kex_ops kex_p384_mlkem1024 = HYBRID(GROUP_SECP384R1MLKEM1024, "SecP384r1MLKEM1024",
						 97 + 1568, 97 + 1568, p384_mlkem1024);
