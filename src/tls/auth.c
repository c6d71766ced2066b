/*
 * Who the peer is, and who this side is: Certificate, CertificateVerify and Finished for client
 * and server alike (RFC 9846, 4.5).
 */
#include <assert.h>
#include <stdlib.h>

#include "tls/conn.h"

/* ---- Certificate (4.5.1) ---- */

unsigned int extensions_ask_beside(const struct extensions *e)
{
	return (ext_has(e, EXT_STATUS_REQUEST) ? BESIDE_STATUS : 0) |
	       (ext_has(e, EXT_SIGNED_CERTIFICATE_TIMESTAMP) ? BESIDE_SCTS : 0);
}

void extensions_offer_beside(const struct ward_config *config, struct extensions *e)
{
	if (config->status.asks & BESIDE_STATUS)
		e->seen |= ext_bit(EXT_STATUS_REQUEST);
	if (config->status.asks & BESIDE_SCTS)
		e->seen |= ext_bit(EXT_SIGNED_CERTIFICATE_TIMESTAMP);
	compression_offer(config, e);
}

bool auth_send_certificate(struct ward_conn *c, struct ward_error *err)
{
	const struct identity *id = c->hs->identity;

	return flight_add(
		c, compression_choose(c, id, identity_beside(id, c->hs->peer_asks, c->now)), err);
}

/* Whether the chain of a message was found good before and is for this connection's host. */
static bool recall_chain(struct ward_conn *c, const uint8_t hash[32])
{
	struct ward_config *config = c->config;
	bool named = !c->is_server && !config->insecure_no_hostname;

	if (config->verify == WARD_VERIFY_NONE)
		return false;
	c->peer = chain_cache_find(&config->chains, hash, c->now);
	if (c->peer == NULL)
		return false;
	if (!named || ward_cert_matches_host(c->peer->chain.certs[0], c->host))
		return true;
	peer_chain_free(c->peer); /* verification says what is wrong */
	c->peer = NULL;
	return false;
}

/* In TLS 1.2 a server cannot ask a client. */
static bool asked_status(const struct ward_conn *c)
{
	return (c->config->status.asks & BESIDE_STATUS) &&
	       (!c->is_server || c->version != WARD_TLS_1_2);
}

/*
 * A raw public key: known by its pin alone. Where there are rules on clients and no pins, it is they
 * that say whose it is, once the peer has shown that it holds the key.
 */
static bool judge_raw_key(const struct ward_conn *c, const struct raw_key *key,
			  struct ward_error *err)
{
	const struct status_rules *rules = &c->config->status;
	char text[PIN_TEXT_LEN];

	if (pin_among(rules->pins, rules->pin_count, key->pin))
		return true;
	if (rules->pin_count == 0 && c->is_server && c->config->rule_count > 0)
		return true;
	return FAILF(err, PIN_MISMATCH, "the raw public key is %s", pin_text(key->pin, text));
}

static bool judge_chain(const struct ward_conn *c, struct ward_error *err)
{
	struct ward_config *config = c->config;
	struct ward_verify_params params = {
		.time = c->now,
		.purpose = c->is_server ? WARD_PURPOSE_CLIENT : WARD_PURPOSE_SERVER,
		.host = c->is_server || config->insecure_no_hostname ? NULL : c->host,
	};
	struct ward_verdict verdict;
	bool good;

	if (c->peer->raw_key != NULL)
		return judge_raw_key(c, c->peer->raw_key, err);
	if (config->trust == NULL)
		return FAIL(err, NO_TRUST_STORE);
	config_status_params(config, c->peer->status, asked_status(c), &params);
	good = ward_verify(config->trust, c->peer->chain.certs, c->peer->chain.count, &params,
			   &verdict, err);
	if (good && config->verify != WARD_VERIFY_NONE)
		chain_cache_put(&config->chains, c->peer, &verdict.path, &params);
	ward_verdict_clear(&verdict);
	return good;
}

/* Whether a certificate that is not good leaves its client without a name, rather than out. */
static bool keeps_refused(const struct ward_conn *c)
{
	return c->is_server && c->config->keep_refused && conn_is_connected(c);
}

/* Keeps what is wrong with a chain that does not end the connection. */
static bool keep_verdict(struct ward_conn *c, const struct ward_error *fault,
			 struct ward_error *err)
{
	struct rare *rare = conn_rare(c, err);

	if (rare == NULL)
		return false;
	if (rare->verify_error == NULL)
		rare->verify_error = malloc(sizeof(*rare->verify_error));
	if (rare->verify_error == NULL)
		return FAIL(err, NO_MEMORY);
	*rare->verify_error = *fault;
	return true;
}

/* Sets c->peer. False only when the chain cannot be parsed; *good says what it is worth. */
static bool weigh_chain(struct ward_conn *c, const struct certificate *msg, bool *good,
			struct ward_error *fault, struct ward_error *err)
{
	uint8_t hash[32];

	peer_chain_hash(msg, asked_status(c), hash);
	*good = recall_chain(c, hash);
	if (*good)
		return true;
	c->peer = peer_chain_parse(msg, hash, err);
	if (c->peer == NULL)
		return false;
	*good = judge_chain(c, fault);
	return true;
}

bool auth_recv_certificate(struct ward_conn *c, struct certificate *msg, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	bool good;

	msg->raw_key = auth_peer_is_raw(c);
	if (msg->raw_key && msg->count != 1)
		return FAILF(err, RAW_KEY_NOT_ALONE, "%zu entries", msg->count);
	if (!weigh_chain(c, msg, &good, &fault, err))
		return false;
	conn_event(c, &(struct ward_event){ .kind = WARD_EVENT_VERIFIED,
					    .error = good ? NULL : &fault });
	if (!good && c->config->verify != WARD_VERIFY_NONE && !keeps_refused(c))
		return error_pass(err, &fault);
	if (!good && !keep_verdict(c, &fault, err))
		return false;
	c->hs->authenticated = c->now;
	c->hs->proofs |= good || !keeps_refused(c) ? PROVED_CERT : PROVED_NO_CERT;
	return true;
}

/* ---- the same, of an earlier connection ---- */

/* What verification says now; where it is not asked, that the chain can be read. */
static struct peer_chain *judge_again(struct ward_conn *c, const struct certificate *msg,
				      struct ward_error *fault)
{
	struct peer_chain *peer;
	uint8_t hash[32];
	bool good = false;

	if (c->config->verify == WARD_VERIFY_NONE) {
		peer_chain_hash(msg, false, hash);
		return peer_chain_parse(msg, hash, fault);
	}
	if (!weigh_chain(c, msg, &good, fault, fault))
		return NULL;
	peer = c->peer;
	c->peer = NULL;
	if (good && (!c->is_server || config_admits(c->config, peer, fault)))
		return peer;
	peer_chain_free(peer);
	return NULL;
}

static enum ward_certificate_type certificate_type_of(const struct certificate *msg)
{
	return msg->raw_key ? WARD_CERTIFICATE_RAW_KEY : WARD_CERTIFICATE_X509;
}

struct peer_chain *auth_recall_peer(struct ward_conn *c, const struct resumption *r,
				    struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	struct peer_chain *peer;
	struct certificate msg;

	if (!resumption_chain(r, &msg) || !config_takes(c->config, certificate_type_of(&msg)))
		return NULL;
	peer = judge_again(c, &msg, &fault);
	if (fault.reason == WARD_E_NO_MEMORY)
		error_pass(err, &fault);
	return peer;
}

static bool tell_verdict(struct ward_conn *c, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	bool good = c->config->verify != WARD_VERIFY_NONE || judge_chain(c, &fault);

	conn_event(c, &(struct ward_event){ .kind = WARD_EVENT_VERIFIED,
					    .error = good ? NULL : &fault });
	return good || keep_verdict(c, &fault, err);
}

bool auth_resume(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;

	hs->proofs |= PROVED_PSK;
	c->resumed = hs->psk.binder == RES_BINDER;
	hs->authenticated = c->resumed ? hs->resumed_since : c->now;
	conn_event_label(c, WARD_EVENT_RESUMED, false, c->resumed ? "ticket" : "external");
	if (hs->psk_external != NULL) {
		if (conn_rare(c, err) == NULL)
			return false;
		c->rare->psk = hs->psk_external;
		return true;
	}
	c->peer = hs->resumed_peer;
	hs->resumed_peer = NULL;
	return c->peer == NULL || tell_verdict(c, err);
}

/* ---- CertificateVerify (4.5.2) ---- */

#define SIGNED_CONTENT_MAX (64 + 33 + 1 + DIGEST_MAX_LEN)

/* What is signed: 64 spaces, the context string, a zero, and the transcript hash. */
static struct span signed_content(const struct ward_conn *c, bool by_server,
				  uint8_t content[SIGNED_CONTENT_MAX])
{
	struct span context = by_server ? SPAN_LITERAL("TLS 1.3, server CertificateVerify")
					: SPAN_LITERAL("TLS 1.3, client CertificateVerify");
	struct transcript_hash hash;

	transcript_peek(&c->hs->transcript, &hash);
	memset(content, ' ', 64);
	memcpy(content + 64, context.data, context.len);
	content[64 + context.len] = 0;
	memcpy(content + 64 + context.len + 1, hash.data, hash.len);
	return span_make(content, 64 + context.len + 1 + hash.len);
}

const struct scheme *auth_judge_scheme(const struct ward_conn *c, uint16_t id,
				       struct ward_error *err)
{
	enum key_type key = peer_chain_key_type(c->peer);
	const struct scheme *s = scheme_find(id);

	if (s == NULL || !config_list_has(&c->config->schemes, id) ||
	    !scheme_fits(s, s->key, c->version)) {
		FAILF(err, SIGNATURE_NOT_OFFERED, "scheme %04x", id);
		return NULL;
	}
	if (!scheme_fits(s, key, c->version)) {
		FAILF(err, SIGNATURE_NOT_OFFERED, "%s with a key of type %s", s->name,
		      key_type_name(key));
		return NULL;
	}
	if (!peer_chain_may_sign(c->peer)) {
		FAILF(err, CERT_KEY_USAGE, "digitalSignature is not allowed");
		return NULL;
	}
	return s;
}

/* Who may enter is told only to one who is who the certificate says. */
static bool admit(struct ward_conn *c, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;

	if ((c->hs->proofs & PROVED_NO_CERT) != 0 || /* refused already */
	    config_admits(c->config, c->peer, &fault))
		return true;
	if (!keeps_refused(c))
		return error_pass(err, &fault);
	c->hs->proofs = (c->hs->proofs & ~(unsigned int)PROVED_CERT) | PROVED_NO_CERT;
	return keep_verdict(c, &fault, err);
}

bool auth_verify(struct ward_conn *c, const struct scheme *scheme, struct span content,
		 struct span signature, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	struct pubkey *key = peer_chain_pubkey(c->peer, err);

	if (key == NULL)
		return false;
	if (!pubkey_verify(key, scheme->alg, content, signature, &fault))
		return FAILF(err, CERTIFICATE_VERIFY_WRONG, "%s", scheme->name);
	if (!c->is_server)
		c->peer_scheme = scheme->id;
	c->hs->proofs |= PROVED_SIGNATURE;
	return !c->is_server || admit(c, err);
}

bool auth_recv_certificate_verify(struct ward_conn *c, const struct message *m,
				  struct ward_error *err)
{
	struct certificate_verify cv = { 0 };
	uint8_t content[SIGNED_CONTENT_MAX];
	const struct scheme *scheme;

	if (!certificate_verify_parse(m->body, &cv, err))
		return false;
	scheme = auth_judge_scheme(c, cv.algorithm, err);
	if (scheme == NULL ||
	    !auth_verify(c, scheme, signed_content(c, !c->is_server, content), cv.signature, err))
		return false;
	transcript_add(&c->hs->transcript, m->raw);
	return true;
}

static bool sign_here(struct ward_conn *c, struct span content, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	uint8_t *sig = handshake_scratch(c, SIGNATURE_MAX, err);
	size_t len = 0;

	if (sig == NULL ||
	    !privkey_sign(key_private(hs->identity->key), hs->scheme->alg, content, sig, &len, err))
		return false;
	hs->signature = span_make(sig, len);
	return true;
}

bool auth_sign_content(struct ward_conn *c, struct span content, resume_fn *then,
		       struct ward_error *err)
{
	struct handshake *hs = c->hs;

	if (hs->identity->key != NULL)
		return sign_here(c, content, err) && then(c, err);
	hs->key_wanted = true;
	hs->resume = then;
	return arena_copy(hs->arena, content, &hs->to_sign, err);
}

bool auth_sign(struct ward_conn *c, resume_fn *then, struct ward_error *err)
{
	uint8_t content[SIGNED_CONTENT_MAX];

	return auth_sign_content(c, signed_content(c, c->is_server, content), then, err);
}

bool auth_send_certificate_verify(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct certificate_verify cv = { hs->scheme->id, hs->signature };
	size_t room = HANDSHAKE_HEADER_LEN + 4 + hs->signature.len;
	uint8_t *to = handshake_scratch(c, room, err);
	struct writer w;

	if (to == NULL)
		return false;
	w = writer_make(to, room, err);
	certificate_verify_write(&w, &cv);
	return writer_ok(&w) && flight_add(c, writer_span(&w), err);
}

/* ---- Finished (4.5.3) ---- */

static void finished_for(const struct ward_conn *c, const struct secret *base_key, uint8_t *mac)
{
	struct transcript_hash hash;

	transcript_peek(&c->hs->transcript, &hash);
	finished_mac(c->suite->digest, secret_span(base_key), transcript_hash_span(&hash), mac);
}

bool auth_recv_finished(struct ward_conn *c, const struct message *m, const struct secret *base_key,
			struct ward_error *err)
{
	uint8_t expected[DIGEST_MAX_LEN];
	struct span verify_data;
	bool equal;

	if (!finished_parse(m->body, digest_len(c->suite->digest), &verify_data, err))
		return false;
	finished_for(c, base_key, expected);
	equal = ct_equal(verify_data.data, expected, verify_data.len);
	secret_wipe_bytes(expected, sizeof(expected));
	if (!equal)
		return FAIL(err, FINISHED_MISMATCH);
	c->hs->proofs |= PROVED_FINISHED;
	transcript_add(&c->hs->transcript, m->raw);
	return true;
}

bool auth_send_finished(struct ward_conn *c, const struct secret *base_key, struct ward_error *err)
{
	uint8_t mac[DIGEST_MAX_LEN];
	uint8_t message[HANDSHAKE_HEADER_LEN + DIGEST_MAX_LEN];
	struct writer w = writer_make(message, sizeof(message), err);

	finished_for(c, base_key, mac);
	finished_write(&w, span_make(mac, digest_len(c->suite->digest)));
	return writer_ok(&w) && flight_add(c, writer_span(&w), err);
}
