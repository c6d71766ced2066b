/*
 * The key schedule (RFC 9846, section 7).
 *
 * There is one running secret, which goes through the stages of the diagram in 7.1: early,
 * handshake, master. Each label belongs to a stage; deriving one in another stage is a programmer's
 * error and stops the program, because what came out would protect nothing.
 */
#ifndef TLS_KEY_SCHEDULE_H
#define TLS_KEY_SCHEDULE_H

#include "crypto/crypto.h"
#include "tls/suites.h"

enum schedule_stage {
	STAGE_NONE = 0,
	STAGE_EARLY,
	STAGE_HANDSHAKE,
	STAGE_MASTER,
};

enum schedule_label {
	EXT_BINDER,
	RES_BINDER,
	IMP_BINDER, /* RFC 9258 */
	C_E_TRAFFIC,
	E_EXP_MASTER,
	C_HS_TRAFFIC,
	S_HS_TRAFFIC,
	C_AP_TRAFFIC,
	S_AP_TRAFFIC,
	EXP_MASTER,
	RES_MASTER,
	SCHEDULE_LABELS,
};

struct key_schedule {
	enum digest_alg alg;
	enum schedule_stage stage;
	struct secret running;
};

/* The Early Secret: psk is empty when there is none, which stands for zeros. */
void schedule_start(struct key_schedule *ks, enum digest_alg alg, struct span psk);
/* To the Handshake Secret, with the (EC)DHE secret. */
void schedule_to_handshake(struct key_schedule *ks, struct span shared);
/* To the Master Secret. */
void schedule_to_master(struct key_schedule *ks);
/* Derive-Secret(., label, messages), the messages given by their hash. */
void schedule_derive(const struct key_schedule *ks, enum schedule_label label,
		     struct span transcript_hash, struct secret *out);
/* The name of the secret in the key log (RFC 9850); NULL for those that are not logged. */
const char *schedule_log_label(enum schedule_label label);

/* 7.1: label is without "tls13 ", at most 249 bytes; out_len at most 255 digests. */
void hkdf_expand_label(enum digest_alg alg, struct span secret, const char *label,
		       struct span context, uint8_t *out, size_t out_len);

/* 4.5.3: the verify_data of Finished, digest_len(alg) bytes. */
void finished_mac(enum digest_alg alg, struct span base_key, struct span transcript_hash,
		  uint8_t *out);

/* 7.2: the next generation of a traffic secret, in its place. */
void traffic_secret_update(enum digest_alg alg, struct secret *secret);

/* 7.3: key (aead_key_len bytes) and IV of a traffic secret. */
void traffic_keys(const struct suite *suite, struct span secret, uint8_t *key,
		  uint8_t iv[AEAD_NONCE_LEN]);

#endif
