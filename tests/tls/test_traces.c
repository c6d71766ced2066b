/*
 * Five published handshakes (the traces of the TLS 1.3 test vectors), reproduced value by value.
 *
 * Each trace is walked step by step in the order of its document, as both sides: the key schedule,
 * the transcript and the record layer go along, and every value that a step shows must be the one
 * that ward has at that point: shared secrets, extracted and derived secrets, transcript hashes,
 * traffic keys, Finished, PSK binders, signatures, and whole records byte for byte in both
 * directions.
 */
#include "support/vectors.h"

#include <stdlib.h>
#include <string.h>

#include "tls/msg/msg.h"
#include "tls/record.h"
#include "tls/transcript.h"
#include "x509/x509.h"

enum side { CLIENT, SERVER };

/* Everything a trace has come to. */
struct walk {
	const json_t *step;
	const char *action;
	enum side side;

	struct kex *kex; /* the client's latest */
	struct span server_public;
	struct span client_hello; /* as sent */
	struct span psk_next;     /* of the trace before: what this one may resume with */

	struct key_schedule schedule;
	struct transcript transcript;
	bool transcript_begun;
	struct secret early, handshake, master;
	struct secret early_traffic, traffic[2], hs_traffic[2], resumption;
	struct secret *write_secret[2]; /* NULL: in the clear */
	struct record_keys write[2], read[2];
	struct span leaf[2];
	size_t values_seen, records_seen;
};

/* ---- values of a step ---- */

static bool has_value(const struct walk *w, const char *name)
{
	size_t i;
	const json_t *v;

	json_array_foreach(json_object_get(w->step, "values"), i,
			   v) if (strcmp(vectors_string(v, "name"), name) == 0) return true;
	return false;
}

static struct span value(struct walk *w, const char *name)
{
	size_t i;
	const json_t *v;

	json_array_foreach(json_object_get(w->step, "values"), i, v)
	{
		if (strcmp(vectors_string(v, "name"), name) != 0)
			continue;
		w->values_seen++;
		return vectors_bytes(v, "hex");
	}
	fail_msg("\"%s\" has no value \"%s\"", w->action, name);
	return SPAN_EMPTY;
}

static bool action_is(const struct walk *w, const char *start)
{
	return strncmp(w->action, start, strlen(start)) == 0;
}

static bool action_has(const struct walk *w, const char *part)
{
	return strstr(w->action, part) != NULL;
}

static void expect(struct walk *w, const char *name, struct span ours)
{
	struct span theirs = value(w, name);

	if (!span_equal(theirs, ours))
		print_error("%s: %s\n", w->action, name);
	assert_span_equal(ours, theirs);
}

static struct span digest_span(const uint8_t *digest)
{
	return span_make(digest, 32);
}

/* Every trace has TLS_AES_128_GCM_SHA256. */
static const struct suite *suite(void)
{
	return suite_find(TLS_AES_128_GCM_SHA256);
}

/* The HkdfLabel of 7.1, which the documents call info. */
static void expect_info(struct walk *w, const char *name, const char *label, struct span context,
			size_t len)
{
	uint8_t info[256];
	struct ward_error err = ERROR_NONE;
	struct writer out = writer_make(info, sizeof(info), &err);

	writer_u16(&out, (uint16_t)len);
	WRITE_VEC (&out, 1) {
		writer_bytes(&out, SPAN_LITERAL("tls13 "));
		writer_bytes(&out, span_string(label));
	}
	writer_vec(&out, 1, context);
	assert_true(writer_ok(&out));
	expect(w, name, writer_span(&out));
}

/* ---- keys ---- */

static void step_key_pair(struct walk *w)
{
	uint16_t group = action_has(w, "x25519") ? GROUP_X25519 : GROUP_SECP256R1;
	struct ward_error err = ERROR_NONE;
	uint8_t share[KEX_SHARE_MAX];
	struct kex *k = kex_from_private(group, value(w, "private key"), share, &err);

	assert_non_null(k);
	expect(w, "public key", span_make(share, kex_share_len(group)));
	if (w->side == SERVER) {
		w->server_public = value(w, "public key");
		kex_free(k);
		return;
	}
	kex_free(w->kex);
	w->kex = k;
}

static void step_extract_early(struct walk *w)
{
	struct span ikm = value(w, "IKM");
	static const uint8_t zeros[32];

	if (span_equal(ikm, SPAN_ARRAY(zeros)))
		ikm = SPAN_EMPTY;
	else
		assert_span_equal(ikm, w->psk_next);
	expect(w, "salt", SPAN_EMPTY);
	schedule_start(&w->schedule, DIGEST_SHA256, ikm);
	w->early = w->schedule.running;
	expect(w, "secret", secret_span(&w->early));
}

static void step_extract_handshake(struct walk *w)
{
	struct secret shared = { .len = 0 };
	struct ward_error err = ERROR_NONE;

	assert_true(kex_finish(w->kex, w->server_public, &shared, &err));
	expect(w, "IKM", secret_span(&shared));
	schedule_to_handshake(&w->schedule, secret_span(&shared));
	w->handshake = w->schedule.running;
	expect(w, "secret", secret_span(&w->handshake));
}

static void step_extract_master(struct walk *w)
{
	static const uint8_t zeros[32];

	expect(w, "IKM", SPAN_ARRAY(zeros));
	schedule_to_master(&w->schedule);
	w->master = w->schedule.running;
	expect(w, "secret", secret_span(&w->master));
}

/* "derive secret for handshake" and "for master": the salt of the next extraction. */
static void step_derive_salt(struct walk *w)
{
	const struct secret *from = action_has(w, "for master") ? &w->handshake : &w->early;
	uint8_t empty[32], salt[32];

	digest_once(DIGEST_SHA256, SPAN_EMPTY, empty);
	hkdf_expand_label(DIGEST_SHA256, secret_span(from), "derived", digest_span(empty), salt,
			  32);
	expect(w, "PRK", secret_span(from));
	expect(w, "hash", digest_span(empty));
	expect_info(w, "info", "derived", digest_span(empty), 32);
	expect(w, "expanded", digest_span(salt));
}

static const struct {
	const char *text;
	enum schedule_label label;
} label_texts[] = {
	{ "c e traffic", C_E_TRAFFIC },   { "e exp master", E_EXP_MASTER },
	{ "c hs traffic", C_HS_TRAFFIC }, { "s hs traffic", S_HS_TRAFFIC },
	{ "c ap traffic", C_AP_TRAFFIC }, { "s ap traffic", S_AP_TRAFFIC },
	{ "exp master", EXP_MASTER },     { "res master", RES_MASTER },
};

static void keep_secret(struct walk *w, enum schedule_label label, const struct secret *s)
{
	switch (label) {
	case C_E_TRAFFIC:
		w->early_traffic = *s;
		break;
	case C_HS_TRAFFIC:
		w->hs_traffic[CLIENT] = *s;
		break;
	case S_HS_TRAFFIC:
		w->hs_traffic[SERVER] = *s;
		break;
	case C_AP_TRAFFIC:
		w->traffic[CLIENT] = *s;
		break;
	case S_AP_TRAFFIC:
		w->traffic[SERVER] = *s;
		break;
	case RES_MASTER:
		w->resumption = *s;
		break;
	case EXT_BINDER:
	case RES_BINDER:
	case IMP_BINDER:
	case E_EXP_MASTER:
	case EXP_MASTER:
	case SCHEDULE_LABELS:
		break;
	}
}

/* c hs traffic and s hs traffic may come after the master secret's salt, never after the secret. */
static void step_derive(struct walk *w)
{
	char quoted[64];

	for (size_t i = 0; i < sizeof(label_texts) / sizeof(label_texts[0]); i++) {
		struct transcript_hash hash;
		struct secret out;

		snprintf(quoted, sizeof(quoted), "\"tls13 %s\"", label_texts[i].text);
		if (!action_has(w, quoted))
			continue;
		transcript_peek(&w->transcript, &hash);
		schedule_derive(&w->schedule, label_texts[i].label, transcript_hash_span(&hash),
				&out);
		expect(w, "PRK", secret_span(&w->schedule.running));
		expect(w, "hash", transcript_hash_span(&hash));
		expect_info(w, "info", label_texts[i].text, transcript_hash_span(&hash), 32);
		expect(w, "expanded", secret_span(&out));
		keep_secret(w, label_texts[i].label, &out);
		return;
	}
	fail_msg("no such label: %s", w->action);
}

/* 4.7.1: the PSK of the ticket. */
static void step_resumption(struct walk *w)
{
	uint8_t psk[32];
	struct span nonce = value(w, "hash");

	hkdf_expand_label(DIGEST_SHA256, secret_span(&w->resumption), "resumption", nonce, psk, 32);
	expect(w, "PRK", secret_span(&w->resumption));
	expect_info(w, "info", "resumption", nonce, 32);
	expect(w, "expanded", digest_span(psk));
	w->psk_next = value(w, "expanded");
}

static void step_traffic_keys(struct walk *w)
{
	bool writes = action_is(w, "derive write");
	enum side from = writes ? w->side : w->side == CLIENT ? SERVER : CLIENT;
	struct secret *s = action_has(w, "early")       ? &w->early_traffic
			   : action_has(w, "handshake") ? &w->hs_traffic[from]
							: &w->traffic[from];
	struct record_keys *keys = writes ? &w->write[from] : &w->read[from];
	struct ward_error err = ERROR_NONE;
	uint8_t key[16], iv[12];

	assert_true(record_keys_set(keys, suite(), s, &err));
	if (writes)
		w->write_secret[from] = s;
	if (!has_value(w, "PRK"))
		return;
	traffic_keys(suite(), secret_span(s), key, iv);
	expect(w, "PRK", secret_span(s));
	expect_info(w, "key info", "key", SPAN_EMPTY, 16);
	expect(w, "key expanded", SPAN_ARRAY(key));
	expect_info(w, "iv info", "iv", SPAN_EMPTY, 12);
	expect(w, "iv expanded", SPAN_ARRAY(iv));
}

/* ---- Finished and binders ---- */

static void expect_finished(struct walk *w, const struct secret *base, struct span hash)
{
	uint8_t key[32], mac[32];

	hkdf_expand_label(DIGEST_SHA256, secret_span(base), "finished", SPAN_EMPTY, key, 32);
	finished_mac(DIGEST_SHA256, secret_span(base), hash, mac);
	expect(w, "PRK", secret_span(base));
	expect_info(w, "info", "finished", SPAN_EMPTY, 32);
	expect(w, "expanded", digest_span(key));
	expect(w, "finished", digest_span(mac));
}

static void step_finished(struct walk *w)
{
	struct transcript_hash hash;

	transcript_peek(&w->transcript, &hash);
	expect_finished(w, &w->hs_traffic[w->side], transcript_hash_span(&hash));
}

/* 4.3.11.2: over the ClientHello up to the binders. */
static void step_binder(struct walk *w)
{
	struct secret base;
	uint8_t empty[32], hash[32];

	digest_once(DIGEST_SHA256, SPAN_EMPTY, empty);
	schedule_derive(&w->schedule, RES_BINDER, digest_span(empty), &base);
	digest_once(DIGEST_SHA256, value(w, "ClientHello prefix"), hash);
	expect(w, "binder hash", digest_span(hash));
	expect_finished(w, &base, digest_span(hash));
}

/* ---- messages ---- */

static void add_message(struct walk *w, struct span message)
{
	struct server_hello sh = { 0 };
	struct ward_error err = ERROR_NONE;

	if (message.data[0] == HT_SERVER_HELLO) {
		assert_true(server_hello_parse(span_make(message.data + 4, message.len - 4), &sh,
					       &err));
		if (sh.is_retry)
			transcript_restart(&w->transcript);
	}
	transcript_add(&w->transcript, message);
}

/* 4.5.2: the signature is right for the transcript up to here. */
static void check_certificate_verify(struct walk *w, struct span body)
{
	const char *who = w->side == SERVER ? "server" : "client";
	struct certificate_verify cv = { 0 };
	struct certificate cert = { .count = 0 };
	struct ward_error err = ERROR_NONE;
	struct transcript_hash hash;
	struct ward_cert *leaf;
	struct pubkey *key;
	uint8_t content[64 + 33 + 1 + 32];

	assert_true(certificate_verify_parse(body, &cv, &err));
	assert_true(certificate_parse(w->leaf[w->side], &cert, &err));
	leaf = ward_cert_parse(cert.certs[0].data, cert.certs[0].len, &err);
	assert_non_null(leaf);
	transcript_peek(&w->transcript, &hash);
	memset(content, ' ', 64);
	snprintf((char *)content + 64, 34, "TLS 1.3, %s CertificateVerify", who);
	memcpy(content + 64 + 34, hash.data, 32);
	key = cert_pubkey(leaf, &err);
	assert_non_null(key);
	assert_true(pubkey_verify(key, scheme_find(cv.algorithm)->alg, SPAN_ARRAY(content),
				  cv.signature, &err));
	ward_cert_free(leaf);
}

static void step_construct(struct walk *w)
{
	static const char *const names[] = { "ClientHello",         "ServerHello",
					     "EncryptedExtensions", "CertificateRequest",
					     "Certificate",         "CertificateVerify",
					     "EndOfEarlyData",      "Finished",
					     "NewSessionTicket" };
	char phrase[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span message, body;

		snprintf(phrase, sizeof(phrase), "construct a %s handshake message", names[i]);
		if (strcmp(w->action, phrase) != 0)
			continue;
		message = value(w, names[i]);
		body = span_make(message.data + 4, message.len - 4);
		if (message.data[0] == HT_CERTIFICATE)
			w->leaf[w->side] = body;
		if (message.data[0] == HT_CERTIFICATE_VERIFY)
			check_certificate_verify(w, body);
		/* ClientHello counts as it is sent: its binders come later. Tickets do not count. */
		if (message.data[0] != HT_CLIENT_HELLO && message.data[0] != HT_NEW_SESSION_TICKET)
			add_message(w, message);
		return;
	}
	fail_msg("no such message: %s", w->action);
}

/* ---- records ---- */

static enum content_type record_kind(const struct walk *w)
{
	return action_has(w, "handshake")            ? CT_HANDSHAKE
	       : action_has(w, "application_data")   ? CT_APPLICATION_DATA
	       : action_has(w, "change_cipher_spec") ? CT_CHANGE_CIPHER_SPEC
						     : CT_ALERT;
}

static void check_sealed(struct walk *w, struct span payload, struct span record)
{
	enum content_type kind = record_kind(w);
	struct ward_error err = ERROR_NONE;
	uint8_t *ours = malloc(payload.len + RECORD_OVERHEAD);
	struct span content;
	uint8_t type;

	assert_non_null(ours);
	assert_true(record_seal(&w->write[w->side], kind, payload, 0, ours, &err));
	assert_span_equal(span_make(ours, payload.len + RECORD_OVERHEAD), record);
	w->read[w->side].seq = w->write[w->side].seq - 1;
	assert_true(record_open(&w->read[w->side], ours, record.len, &type, &content, &err));
	assert_int_equal(type, kind);
	assert_span_equal(content, payload);
	free(ours);
}

static void check_plain(struct walk *w, struct span payload, struct span record)
{
	uint8_t *ours = malloc(payload.len + RECORD_HEADER_LEN);
	struct record_header h;

	assert_non_null(ours);
	record_header_read(record.data, &h);
	record_write_plain(record_kind(w), h.version, payload, ours);
	assert_span_equal(span_make(ours, payload.len + RECORD_HEADER_LEN), record);
	free(ours);
}

static void step_send(struct walk *w)
{
	struct span payload = value(w, "payload"), record = value(w, "complete record");
	struct ward_error err = ERROR_NONE;

	w->records_seen++;
	if (action_is(w, "send handshake") && payload.data[0] == HT_CLIENT_HELLO) {
		if (!w->transcript_begun)
			transcript_start(&w->transcript, DIGEST_SHA256);
		w->transcript_begun = true;
		add_message(w, payload);
	}
	if (w->write_secret[w->side] == NULL || record_kind(w) == CT_CHANGE_CIPHER_SPEC) {
		check_plain(w, payload, record);
		return;
	}
	/* The reader's keys are made anew, so that opening starts from the same secret. */
	assert_true(record_keys_set(&w->read[w->side], suite(), w->write_secret[w->side], &err));
	check_sealed(w, payload, record);
}

/* ---- the walk ---- */

static const struct {
	const char *start;
	void (*step)(struct walk *w);
} kinds[] = {
	{ "create an ephemeral", step_key_pair },
	{ "extract secret \"early\"", step_extract_early },
	{ "extract secret \"handshake\"", step_extract_handshake },
	{ "extract secret \"master\"", step_extract_master },
	{ "derive secret for", step_derive_salt },
	{ "derive secret \"", step_derive },
	{ "derive write traffic keys", step_traffic_keys },
	{ "derive read traffic keys", step_traffic_keys },
	{ "calculate finished", step_finished },
	{ "calculate PSK binder", step_binder },
	{ "construct a ", step_construct },
	{ "send ", step_send },
	{ "generate resumption secret", step_resumption },
};

static void take_step(struct walk *w)
{
	bool told = json_array_size(json_object_get(w->step, "values")) > 0;

	w->action = vectors_string(w->step, "action");
	w->side = strcmp(vectors_string(w->step, "actor"), "client") == 0 ? CLIENT : SERVER;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!action_is(w, kinds[i].start))
			continue;
		/* "(same as …)": what the other side did has been checked; keys are put in place. */
		if (told || kinds[i].step == step_traffic_keys)
			kinds[i].step(w);
		return;
	}
	fail_msg("no such step: %s", w->action);
}

static void walk_clear(struct walk *w)
{
	kex_free(w->kex);
	for (int side = 0; side < 2; side++) {
		record_keys_clear(&w->write[side]);
		record_keys_clear(&w->read[side]);
	}
}

static void test_traces(void **state)
{
	json_t *file = vectors_load("tls13-traces.json");
	struct span psk = SPAN_EMPTY;
	size_t i, j;
	const json_t *trace;
	struct ward_error err = ERROR_NONE;

	(void)state;
	if (file == NULL)
		skip();
	assert_true(crypto_init(&err));
	assert_int_equal(json_array_size(json_object_get(file, "traces")), 5);
	json_array_foreach(json_object_get(file, "traces"), i, trace)
	{
		struct walk w = { .psk_next = psk };

		print_message("%s\n", vectors_string(trace, "title"));
		json_array_foreach(json_object_get(trace, "steps"), j, w.step) take_step(&w);
		print_message("  %zu values, %zu records\n", w.values_seen, w.records_seen);
		assert_true(w.values_seen > 60 && w.records_seen >= 5);
		psk = w.psk_next;
		walk_clear(&w);
	}
	json_decref(file);
}

int main(void)
{
	static struct table t;

	table_add(&t, "the five published handshakes, value by value", test_traces, NULL);
	return table_run(&t, "traces");
}
