/*
 * The key schedule (RFC 9846, section 7). See key_schedule.h.
 */
#include "tls/key_schedule.h"

#include <assert.h>

#include "wire/writer.h"

static const struct {
	enum schedule_stage stage;
	const char *text;
	const char *log_label;
} labels[SCHEDULE_LABELS] = {
	[EXT_BINDER] = { STAGE_EARLY, "ext binder", NULL },
	[RES_BINDER] = { STAGE_EARLY, "res binder", NULL },
	[IMP_BINDER] = { STAGE_EARLY, "imp binder", NULL },
	[C_E_TRAFFIC] = { STAGE_EARLY, "c e traffic", "CLIENT_EARLY_TRAFFIC_SECRET" },
	[E_EXP_MASTER] = { STAGE_EARLY, "e exp master", "EARLY_EXPORTER_SECRET" },
	[C_HS_TRAFFIC] = { STAGE_HANDSHAKE, "c hs traffic", "CLIENT_HANDSHAKE_TRAFFIC_SECRET" },
	[S_HS_TRAFFIC] = { STAGE_HANDSHAKE, "s hs traffic", "SERVER_HANDSHAKE_TRAFFIC_SECRET" },
	[C_AP_TRAFFIC] = { STAGE_MASTER, "c ap traffic", "CLIENT_TRAFFIC_SECRET_0" },
	[S_AP_TRAFFIC] = { STAGE_MASTER, "s ap traffic", "SERVER_TRAFFIC_SECRET_0" },
	[EXP_MASTER] = { STAGE_MASTER, "exp master", "EXPORTER_SECRET" },
	[RES_MASTER] = { STAGE_MASTER, "res master", NULL },
};

static const uint8_t zeros[DIGEST_MAX_LEN];

void hkdf_expand_label(enum digest_alg alg, struct span secret, const char *label,
		       struct span context, uint8_t *out, size_t out_len)
{
	uint8_t info[2 + 1 + 255 + 1 + 255];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(info, sizeof(info), &err);

	assert(out_len <= UINT16_MAX);
	writer_u16(&w, (uint16_t)out_len);
	WRITE_VEC (&w, 1) {
		writer_bytes(&w, SPAN_LITERAL("tls13 "));
		writer_bytes(&w, span_string(label));
	}
	writer_vec(&w, 1, context);
	assert(writer_ok(&w));
	hkdf_expand(alg, secret, writer_span(&w), out, out_len);
}

void schedule_start(struct key_schedule *ks, enum digest_alg alg, struct span psk)
{
	struct span ikm = psk.len > 0 ? psk : span_make(zeros, digest_len(alg));

	ks->alg = alg;
	ks->stage = STAGE_EARLY;
	hkdf_extract(alg, SPAN_EMPTY, ikm, &ks->running);
}

/* Derive-Secret(., "derived", "") is the salt of the next HKDF-Extract. */
static void schedule_extract_next(struct key_schedule *ks, struct span ikm)
{
	SECRET_AUTO struct secret salt = { .len = digest_len(ks->alg) };
	uint8_t empty_hash[DIGEST_MAX_LEN];

	digest_once(ks->alg, SPAN_EMPTY, empty_hash);
	hkdf_expand_label(ks->alg, secret_span(&ks->running), "derived",
			  span_make(empty_hash, digest_len(ks->alg)), salt.data, salt.len);
	hkdf_extract(ks->alg, secret_span(&salt), ikm, &ks->running);
}

void schedule_to_handshake(struct key_schedule *ks, struct span shared)
{
	assert(ks->stage == STAGE_EARLY);
	schedule_extract_next(ks, shared);
	ks->stage = STAGE_HANDSHAKE;
}

void schedule_to_master(struct key_schedule *ks)
{
	assert(ks->stage == STAGE_HANDSHAKE);
	schedule_extract_next(ks, span_make(zeros, digest_len(ks->alg)));
	ks->stage = STAGE_MASTER;
}

void schedule_derive(const struct key_schedule *ks, enum schedule_label label,
		     struct span transcript_hash, struct secret *out)
{
	assert(labels[label].stage == ks->stage);
	assert(transcript_hash.len == digest_len(ks->alg));
	out->len = digest_len(ks->alg);
	hkdf_expand_label(ks->alg, secret_span(&ks->running), labels[label].text, transcript_hash,
			  out->data, out->len);
}

const char *schedule_log_label(enum schedule_label label)
{
	return labels[label].log_label;
}

void finished_mac(enum digest_alg alg, struct span base_key, struct span transcript_hash,
		  uint8_t *out)
{
	SECRET_AUTO struct secret finished_key = { .len = digest_len(alg) };

	hkdf_expand_label(alg, base_key, "finished", SPAN_EMPTY, finished_key.data,
			  finished_key.len);
	hmac_once(alg, secret_span(&finished_key), transcript_hash, out);
}

void traffic_secret_update(enum digest_alg alg, struct secret *secret)
{
	SECRET_AUTO struct secret old = *secret;

	hkdf_expand_label(alg, secret_span(&old), "traffic upd", SPAN_EMPTY, secret->data,
			  secret->len);
}

void traffic_keys(const struct suite *suite, struct span secret, uint8_t *key,
		  uint8_t iv[AEAD_NONCE_LEN])
{
	hkdf_expand_label(suite->digest, secret, "key", SPAN_EMPTY, key, aead_key_len(suite->aead));
	hkdf_expand_label(suite->digest, secret, "iv", SPAN_EMPTY, iv, AEAD_NONCE_LEN);
}
