/*
 * Pre-shared keys that were agreed on by other means (RFC 9846, 4.3.11), and the importer of
 * RFC 9258, which makes of one such key one for each hash.
 */
#include "tls/external_psk.h"

#include <stdlib.h>

#include "base/error.h"
#include "tls/config.h"
#include "wire/writer.h"

enum {
	PSKS_MAX = 64,
	PSK_KEY_LEAST = 16,
	PSK_KEY_MOST = 64,
	IDENTITY_MAX = 1024, /* of an imported one, all of it */
};

void external_psk_clear(struct external_psk *p)
{
	secret_wipe(&p->psk.key);
	free(p->identity);
}

static bool check(const struct ward_config *config, struct span identity, struct span key,
		  struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (identity.len == 0 || identity.len > IDENTITY_MAX / 2)
		return FAILF(err, BAD_ARGUMENT, "an identity has 1 to %d bytes", IDENTITY_MAX / 2);
	if (key.len < PSK_KEY_LEAST || key.len > PSK_KEY_MOST)
		return FAILF(err, BAD_ARGUMENT, "a pre-shared key has %d to %d bytes",
			     PSK_KEY_LEAST, PSK_KEY_MOST);
	return true;
}

static struct external_psk *append(struct ward_config *config, struct span wire,
				   struct ward_error *err)
{
	struct external_psk *grown, *p;

	if (config->psk_count == PSKS_MAX) {
		FAILF(err, BAD_ARGUMENT, "at most %d pre-shared keys", PSKS_MAX);
		return NULL;
	}
	grown = realloc(config->psks, (config->psk_count + 1) * sizeof(*grown));
	if (grown == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	config->psks = grown;
	p = &grown[config->psk_count];
	*p = (struct external_psk){ .identity = malloc(wire.len), .identity_len = wire.len };
	if (p->identity == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	memcpy(p->identity, wire.data, wire.len);
	config->psk_count++;
	return p;
}

static enum digest_alg digest_of(enum ward_psk_hash hash)
{
	return hash == WARD_PSK_SHA384 ? DIGEST_SHA384 : DIGEST_SHA256;
}

/* Under the key, so that it tells nothing of it. */
static void take_fingerprint(struct external_psk *p)
{
	struct hmac_key key;
	struct digest d;

	hmac_key_init(&key, DIGEST_SHA256, secret_span(&p->psk.key));
	hmac_start_with_key(&key, &d);
	digest_update(&d, SPAN_LITERAL("ward external psk"));
	digest_update(&d, span_make(p->identity, p->identity_len));
	hmac_finish_with_key(&key, &d, p->fingerprint);
	hmac_key_wipe(&key);
}

bool ward_config_add_psk(struct ward_config *config, const void *identity, size_t identity_len,
			 const void *key, size_t key_len, enum ward_psk_hash hash,
			 struct ward_error *err)
{
	struct span name = span_make(identity, identity_len);
	struct external_psk *p;

	if (!check(config, name, span_make(key, key_len), err))
		return false;
	p = append(config, name, err);
	if (p == NULL)
		return false;
	p->psk.hash = digest_of(hash);
	p->psk.binder = EXT_BINDER;
	p->psk.key.len = key_len;
	memcpy(p->psk.key.data, key, key_len);
	p->external_at = 0;
	p->external_len = identity_len;
	take_fingerprint(p);
	return true;
}

/* ---- the importer (RFC 9258) ---- */

/* ImportedIdentity (section 5.1). The target is TLS 1.3 with HKDF of this hash. */
static void write_identity(struct writer *w, struct span external, struct span context,
			   enum digest_alg target)
{
	enum { HKDF_SHA256 = 1, HKDF_SHA384 = 2 };

	writer_vec(w, 2, external);
	writer_vec(w, 2, context);
	writer_u16(w, WARD_TLS_1_3);
	writer_u16(w, target == DIGEST_SHA384 ? HKDF_SHA384 : HKDF_SHA256);
}

/* A key to be imported, in the words of section 5. */
struct epsk {
	struct span identity, context, key;
	enum digest_alg hash; /* its own */
};

/* ipskx of section 5.2. */
static void derive(struct psk *psk, const struct epsk *epsk, struct span identity,
		   enum digest_alg target)
{
	SECRET_AUTO struct secret extracted = { .len = 0 };
	uint8_t hash[DIGEST_MAX_LEN];

	psk->hash = target;
	psk->binder = IMP_BINDER;
	psk->key.len = digest_len(target);
	hkdf_extract(epsk->hash, SPAN_EMPTY, epsk->key, &extracted);
	digest_once(epsk->hash, identity, hash);
	hkdf_expand_label(epsk->hash, secret_span(&extracted), "derived psk",
			  span_make(hash, digest_len(epsk->hash)), psk->key.data, psk->key.len);
}

static bool import_for(struct ward_config *config, const struct epsk *epsk, enum digest_alg target,
		       struct ward_error *err)
{
	uint8_t identity[IDENTITY_MAX];
	struct ward_error fault = ERROR_NONE;
	struct writer w = writer_make(identity, sizeof(identity), &fault);
	struct external_psk *p;

	write_identity(&w, epsk->identity, epsk->context, target);
	if (!writer_ok(&w))
		return error_pass(err, &fault);
	p = append(config, writer_span(&w), err);
	if (p == NULL)
		return false;
	derive(&p->psk, epsk, writer_span(&w), target);
	p->external_at = 2;
	p->external_len = epsk->identity.len;
	take_fingerprint(p);
	return true;
}

bool ward_config_import_psk(struct ward_config *config, const void *identity, size_t identity_len,
			    const void *context, size_t context_len, const void *key,
			    size_t key_len, enum ward_psk_hash hash, struct ward_error *err)
{
	const struct epsk epsk = { span_make(identity, identity_len),
				   span_make(context, context_len), span_make(key, key_len),
				   digest_of(hash) };

	if (!check(config, epsk.identity, epsk.key, err))
		return false;
	if (context_len > IDENTITY_MAX / 4)
		return FAILF(err, BAD_ARGUMENT, "a context has at most %d bytes", IDENTITY_MAX / 4);
	return import_for(config, &epsk, DIGEST_SHA256, err) &&
	       import_for(config, &epsk, DIGEST_SHA384, err);
}

bool ward_config_require_psk(struct ward_config *config, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	if (config->is_server)
		return FAILF(err, BAD_ARGUMENT,
			     "a server without certificates takes keys alone, as it is");
	if (config->version_max < WARD_TLS_1_3)
		return FAILF(err, BAD_ARGUMENT, "the key that is required is of TLS 1.3");
	config->version_min = WARD_TLS_1_3;
	config->psk_required = true;
	return true;
}

/* ---- in use ---- */

const struct external_psk *external_psk_find(const struct ward_config *config, struct span identity)
{
	for (size_t i = 0; i < config->psk_count; i++) {
		const struct external_psk *p = &config->psks[i];

		if (span_equal(span_make(p->identity, p->identity_len), identity))
			return p;
	}
	return NULL;
}

const struct external_psk *external_psk_recall(const struct ward_config *config,
					       struct span fingerprint)
{
	for (size_t i = 0; i < config->psk_count; i++)
		if (span_equal(SPAN_ARRAY(config->psks[i].fingerprint), fingerprint))
			return &config->psks[i];
	return NULL;
}
