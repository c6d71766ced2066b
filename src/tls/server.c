/*
 * The server's handlers, in the order in which the client's messages come (RFC 9846, Appendix A.2):
 * the ClientHello is judged and everything chosen from it before a byte of the answer is made.
 */
#include "tls/quic.h"
#include "tls/tls12/tls12.h"

#include <stdlib.h>

/* Records of refused early data may be at least this long together (4.3.10). */
#define SKIP_EARLY_LEAST (64 * 1024)

/* ---- for the log, whatever becomes of the connection ---- */

static void note_versions(struct ward_conn *c, const struct client_hello *ch)
{
	if (!ext_has(&ch->ext, EXT_SUPPORTED_VERSIONS)) {
		conn_note_version(c, ch->legacy_version);
		return;
	}
	for (size_t i = 0; i < u16_list_count(ch->ext.supported_versions); i++)
		conn_note_version(c, u16_list_at(ch->ext.supported_versions, i));
}

static bool note_hello(struct ward_conn *c, const struct client_hello *ch, struct ward_error *err)
{
	c->hs->received_hello = true;
	if (c->state == SERVER_WAIT_CH2)
		return true;
	note_versions(c, ch);
	memcpy(c->hs->client_random, ch->random.data, 32);
	if (!ext_has(&ch->ext, EXT_SERVER_NAME))
		return true;
	c->host = strndup((const char *)ch->ext.server_name.data, ch->ext.server_name.len);
	return c->host != NULL || FAIL(err, NO_MEMORY);
}

/* ---- judging ---- */

/* The best version of both (4.3.1); without supported_versions TLS 1.2 is the best there is. */
static bool choose_version(struct ward_conn *c, const struct client_hello *ch,
			   struct ward_error *err)
{
	bool listed = ext_has(&ch->ext, EXT_SUPPORTED_VERSIONS);
	struct span list = ch->ext.supported_versions;

	for (uint16_t v = c->config->version_max; v >= c->config->version_min; v--) {
		if (listed ? u16_list_has(list, v) : v <= ch->legacy_version && v < WARD_TLS_1_3) {
			c->version = v;
			return true;
		}
	}
	if (!listed)
		return FAILF(err, NO_COMMON_VERSION, "the client offers %04x at most",
			     ch->legacy_version);
	return FAILF(err, NO_COMMON_VERSION, "none of those that the client offers");
}

static bool judge_legacy_fields(const struct ward_conn *c, const struct client_hello *ch,
				struct ward_error *err)
{
	if (ch->legacy_version != 0x0303)
		return FAILF(err, LEGACY_VERSION, "%04x", ch->legacy_version);
	if (ch->legacy_compression_methods.len != 1 || ch->legacy_compression_methods.data[0] != 0)
		return FAIL(err, COMPRESSION_NOT_NULL);
	if (conn_quic(c) != NULL && ch->legacy_session_id.len > 0)
		return FAIL(err, QUIC_SESSION_ID);
	return true;
}

static bool missing(int type, const char *name, struct ward_error *err)
{
	FAILF(err, EXT_MISSING, "%s", name);
	error_set_place(err, HT_CLIENT_HELLO, type, -1);
	return false;
}

/* 9.2: what a ClientHello for TLS 1.3 must carry. */
static bool judge_extensions(const struct extensions *e, struct ward_error *err)
{
	if (ext_has(e, EXT_PRE_SHARED_KEY) && !ext_has(e, EXT_PSK_KEY_EXCHANGE_MODES))
		return missing(EXT_PSK_KEY_EXCHANGE_MODES, "psk_key_exchange_modes", err);
	if (!ext_has(e, EXT_SIGNATURE_ALGORITHMS) && !ext_has(e, EXT_PRE_SHARED_KEY))
		return missing(EXT_SIGNATURE_ALGORITHMS, "signature_algorithms", err);
	if (!ext_has(e, EXT_SUPPORTED_GROUPS))
		return missing(EXT_SUPPORTED_GROUPS, "supported_groups", err);
	if (!ext_has(e, EXT_KEY_SHARE))
		return missing(EXT_KEY_SHARE, "key_share", err);
	return true;
}

static bool judge_cookie(const struct ward_conn *c, const struct extensions *e,
			 struct ward_error *err)
{
	const struct handshake *hs = c->hs;

	if (ext_has(e, EXT_COOKIE) != hs->cookie_sent)
		return FAIL(err, COOKIE_MISMATCH);
	if (hs->cookie_sent && (e->cookie.len != sizeof(hs->cookie) ||
				!ct_equal(e->cookie.data, hs->cookie, sizeof(hs->cookie))))
		return FAIL(err, COOKIE_MISMATCH);
	return true;
}

/* 4.2.2: what may differ after a HelloRetryRequest, and what must. */
static bool judge_second_hello(const struct ward_conn *c, const struct client_hello *ch,
			       struct ward_error *err)
{
	const struct handshake *hs = c->hs;
	uint8_t fingerprint[32];
	struct span share;

	client_hello_fingerprint(ch, fingerprint);
	if (!span_equal(SPAN_ARRAY(fingerprint), SPAN_ARRAY(hs->hello_fingerprint)))
		return FAIL(err, HRR_HELLO_CHANGED);
	if (ext_has(&ch->ext, EXT_EARLY_DATA))
		return FAILF(err, HRR_HELLO_CHANGED, "early_data is offered again");
	/* A key that goes with the suite stays in the offer. */
	if (handshake_has_psk(hs) && !ext_has(&ch->ext, EXT_PRE_SHARED_KEY))
		return missing(EXT_PRE_SHARED_KEY, "pre_shared_key", err);
	if (hs->retry_group == 0)
		return true;
	if (!key_share_find(ch->ext.key_shares, hs->retry_group, &share) ||
	    ch->ext.key_shares.len != 4 + share.len)
		return FAIL(err, HRR_WRONG_SHARE);
	return true;
}

static bool judge_client_hello(const struct ward_conn *c, const struct client_hello *ch,
			       struct ward_error *err)
{
	if (!judge_legacy_fields(c, ch, err) || !judge_extensions(&ch->ext, err) ||
	    !judge_cookie(c, &ch->ext, err))
		return false;
	return c->state != SERVER_WAIT_CH2 || judge_second_hello(c, ch, err);
}

/* ---- choosing ---- */

/* The best of this side's order; `chacha`: of the ChaCha20 suites alone. */
static const struct suite *best_suite(const struct ward_conn *c, const struct client_hello *ch,
				      bool chacha)
{
	const struct u16_list *ours = &c->config->suites;
	const struct handshake *hs = c->hs;

	for (size_t i = 0; i < ours->count; i++) {
		const struct suite *s = suite_find(ours->items[i]);

		if (s->version == WARD_TLS_1_3 && u16_list_has(ch->cipher_suites, s->id) &&
		    (!chacha || s->aead == AEAD_CHACHA20_POLY1305) &&
		    (!handshake_has_psk(hs) || s->digest == hs->psk.hash))
			return s;
	}
	return NULL;
}

static bool choose_suite(struct ward_conn *c, const struct client_hello *ch, struct ward_error *err)
{
	const struct u16_list *ours = &c->config->suites;
	const struct handshake *hs = c->hs;

	if (c->suite != NULL)
		return true; /* HelloRetryRequest has said it, and the offer has not changed */
	if (config_list_has(ours, hs->psk_suite) && u16_list_has(ch->cipher_suites, hs->psk_suite))
		c->suite = suite_find(hs->psk_suite);
	if (c->suite == NULL && suites_prefer_chacha(ch->cipher_suites))
		c->suite = best_suite(c, ch, true);
	if (c->suite == NULL)
		c->suite = best_suite(c, ch, false);
	return c->suite != NULL || FAIL(err, NO_COMMON_SUITE);
}

/*
 * The best group that the client sent a share for; if there is none, the best it can do. Where the
 * best in common is a hybrid, a share of another hybrid will do, but none without ML-KEM: what is
 * recorded today may be read by a quantum computer later, and that outweighs a round trip.
 */
static bool choose_group(struct ward_conn *c, const struct extensions *e, struct span *share,
			 struct ward_error *err)
{
	const struct u16_list *ours = &c->config->groups;
	uint16_t best = 0;

	*share = SPAN_EMPTY;
	for (size_t i = 0; i < ours->count; i++) {
		uint16_t group = ours->items[i];

		if (!u16_list_has(e->supported_groups, group))
			continue;
		if (best != 0 && kex_is_hybrid(best) && !kex_is_hybrid(group))
			continue;
		if (key_share_find(e->key_shares, group, share)) {
			c->group = group;
			return true;
		}
		if (best == 0)
			best = group;
	}
	c->group = best;
	return best != 0 || FAIL(err, NO_COMMON_GROUP);
}

bool server_choose_alpn(struct ward_conn *c, const struct extensions *e, struct ward_error *err)
{
	if (!ext_has(e, EXT_ALPN) || c->config->alpn_count == 0)
		return true;
	for (size_t i = 0; i < c->config->alpn_count; i++) {
		struct span ours = span_string(c->config->alpn[i]);
		struct span list = e->alpn, name;

		while (alpn_next(&list, &name)) {
			if (!span_equal(name, ours))
				continue;
			c->alpn = (uint16_t)(i + 1);
			return true;
		}
	}
	return FAIL(err, NO_COMMON_ALPN);
}

/* Without a pre-shared key there must be a certificate that the client can judge. */
static bool judge_identity(const struct ward_conn *c, const struct extensions *e,
			   struct ward_error *err)
{
	if (handshake_has_psk(c->hs) || c->hs->identity != NULL)
		return true;
	if (c->config->identity_count == 0)
		return FAIL(err, PSK_UNKNOWN);
	if (!ext_has(e, EXT_SIGNATURE_ALGORITHMS))
		return missing(EXT_SIGNATURE_ALGORITHMS, "signature_algorithms", err);
	return server_fail_identity(c, err);
}

/* What tickets allow, and what records of no less than a hundred bytes add to it. */
static size_t skip_limit(const struct ward_config *config)
{
	size_t max = (size_t)config->early_data_max;

	return max + max / 4 > SKIP_EARLY_LEAST ? max + max / 4 : SKIP_EARLY_LEAST;
}

bool server_choose_limits(struct ward_conn *c, const struct extensions *e, struct ward_error *err)
{
	if (ext_has(e, EXT_RECORD_SIZE_LIMIT)) {
		c->limit_negotiated = true;
		if (e->record_size_limit < c->send_limit)
			c->send_limit = e->record_size_limit;
	} else if (ext_has(e, EXT_MAX_FRAGMENT_LENGTH)) {
		if (conn_rare(c, err) == NULL)
			return false;
		c->rare->fragment_limit = (uint16_t)(256u << e->max_fragment_length);
	}
	c->hs->skip_early = 0;
	if (c->version != WARD_TLS_1_3 || !ext_has(e, EXT_EARLY_DATA))
		return true;
	c->early = WARD_EARLY_DATA_REFUSED; /* unless server_choose_early_data has it otherwise */
	c->hs->skip_early = skip_limit(c->config);
	return true;
}

/* A key that was agreed on before comes first: what is chosen after it has to go with it. */
static bool choose_all(struct ward_conn *c, const struct message *m, const struct client_hello *ch,
		       struct span *share, struct ward_error *err)
{
	struct peer_signatures peer = { .schemes = ch->ext.signature_algorithms,
					.cert_schemes = ch->ext.signature_algorithms_cert,
					.version = WARD_TLS_1_3,
					.ca_names = ch->ext.certificate_authorities,
					.now = c->now };

	return server_choose_alpn(c, &ch->ext, err) &&
	       server_choose_identity(c, &ch->ext, &peer, err) && server_choose_psk(c, ch, err) &&
	       server_check_binder(c, m, ch, err) && judge_identity(c, &ch->ext, err) &&
	       server_choose_client_type(c, &ch->ext, err) && choose_suite(c, ch, err) &&
	       choose_group(c, &ch->ext, share, err);
}

/* ---- ClientHello (4.2.2) ---- */

bool server_recv_client_hello(struct ward_conn *c, const struct message *m, enum state *next,
			      struct ward_error *err)
{
	struct client_hello ch = { 0 };
	struct span share;
	bool ok;

	if (!client_hello_parse(m->body, &ch, err) || !note_hello(c, &ch, err) ||
	    !quic_judge_hello(c, &ch.ext, err) || !choose_version(c, &ch, err))
		return false;
	if (c->version == WARD_TLS_1_2 && c->state == SERVER_START)
		return server12_recv_client_hello(c, m, &ch, next, err);
	if (!judge_client_hello(c, &ch, err))
		return false;
	c->defers_auth = conn_quic(c) == NULL && c->config->post_auth &&
			 ext_has(&ch.ext, EXT_POST_HANDSHAKE_AUTH);
	if (!choose_all(c, m, &ch, &share, err) || !quic_take_peer(c, &ch.ext, err))
		return false;
	if (!server_choose_limits(c, &ch.ext, err))
		return false;
	if (c->state == SERVER_START && (share.len == 0 || c->config->always_cookie)) {
		*next = SERVER_WAIT_CH2;
		return server_send_retry(c, m, &ch, share.len == 0 ? c->group : 0, err);
	}
	if (share.len == 0)
		return FAIL(err, HRR_WRONG_SHARE);
	server_choose_early_data(c, &ch);
	ok = (!handshake_has_psk(c->hs) || auth_resume(c, err)) &&
	     server_send_flight(c, m, &ch, share, err);
	*next = c->state;
	return ok;
}

/* ---- the client's certificate and Finished ---- */

bool server_take_certificate(struct ward_conn *c, const struct message *m, struct certificate *msg,
			     struct ward_error *err)
{
	struct extensions asked = { .seen = 0 };

	extensions_offer_beside(c->config, &asked);
	if (!certificate_check_offered(msg, asked.seen, err))
		return false;
	transcript_add(&c->hs->transcript, m->raw);
	if (msg->count > 0)
		return auth_recv_certificate(c, msg, err);
	if (c->config->verify == WARD_VERIFY_REQUIRED)
		return FAIL(err, CERTIFICATE_REQUIRED);
	c->hs->proofs |= PROVED_NO_CERT;
	return true;
}

static bool take_certificate(struct ward_conn *c, const struct message *m, struct span body,
			     enum state *next, struct ward_error *err)
{
	struct certificate msg = { .count = 0 };

	if (!certificate_parse(body, &msg, err))
		return false;
	if (msg.context.len != 0)
		return FAIL(err, CERTIFICATE_CONTEXT);
	*next = msg.count == 0 ? SERVER_WAIT_FINISHED : SERVER_WAIT_CV;
	return server_take_certificate(c, m, &msg, err);
}

bool server_recv_certificate(struct ward_conn *c, const struct message *m, enum state *next,
			     struct ward_error *err)
{
	return take_certificate(c, m, m->body, next, err);
}

bool server_recv_compressed_certificate(struct ward_conn *c, const struct message *m,
					enum state *next, struct ward_error *err)
{
	struct buffer body = { 0 };
	bool ok;

	ok = compression_receive(c, m, &body, err) &&
	     take_certificate(c, m, span_make(body.data, body.len), next, err);
	buffer_clear(&body);
	return ok;
}

bool server_recv_certificate_verify(struct ward_conn *c, const struct message *m, enum state *next,
				    struct ward_error *err)
{
	*next = SERVER_WAIT_FINISHED;
	return auth_recv_certificate_verify(c, m, err);
}

bool server_recv_finished(struct ward_conn *c, const struct message *m, enum state *next,
			  struct ward_error *err)
{
	struct handshake *hs = c->hs;

	*next = SERVER_CONNECTED;
	if (!auth_recv_finished(c, m, &hs->client_handshake, err) ||
	    !conn_set_keys(c, false, &hs->client_traffic, "application", err))
		return false;
	if (c->defers_auth)
		handshake_keep_resumption(c);
	return (!c->defers_auth || post_auth_begin(c, err)) && server_send_tickets(c, err);
}
