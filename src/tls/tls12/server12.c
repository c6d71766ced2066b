/*
 * The server's handlers of TLS 1.2, in the order in which the client's messages come (RFC 5246, 7.3).
 */
#include "tls/tls12/tls12.h"

enum {
	FALLBACK_SCSV = 0x5600,      /* RFC 7507 */
	RENEGOTIATION_SCSV = 0x00ff, /* RFC 5746, 3.3: an empty renegotiation_info */
};

/* ---- ClientHello (7.4.1.2) ---- */

static bool judge_client_hello(const struct ward_conn *c, const struct client_hello *ch,
			       struct ward_error *err)
{
	struct span methods = ch->legacy_compression_methods;

	if (c->config->version_max > WARD_TLS_1_2 && u16_list_has(ch->cipher_suites, FALLBACK_SCSV))
		return FAIL(err, INAPPROPRIATE_FALLBACK);
	if (memchr(methods.data, 0, methods.len) == NULL)
		return FAIL(err, COMPRESSION_NOT_NULL);
	if (!ext_has(&ch->ext, EXT_EXTENDED_MASTER_SECRET))
		return FAIL(err, NO_EXTENDED_MASTER_SECRET);
	if (!ext_has(&ch->ext, EXT_SIGNATURE_ALGORITHMS)) /* which would mean SHA-1 */
		return FAIL(err, NO_COMMON_SIGNATURE);
	return true;
}

/* Without supported_groups a client takes any (RFC 8422, 4); all have this one. */
static bool choose_group(struct ward_conn *c, const struct extensions *e, struct ward_error *err)
{
	const struct u16_list *ours = &c->config->groups;

	for (size_t i = 0; i < ours->count; i++) {
		uint16_t group = ours->items[i];
		bool theirs = ext_has(e, EXT_SUPPORTED_GROUPS)
				      ? u16_list_has(e->supported_groups, group)
				      : group == GROUP_SECP256R1;

		if (!tls12_group_ok(group) || !theirs)
			continue;
		c->group = group;
		return true;
	}
	return FAIL(err, NO_COMMON_GROUP);
}

static const struct suite *best_suite(const struct ward_conn *c, const struct client_hello *ch,
				      unsigned int auths, bool chacha)
{
	const struct u16_list *ours = &c->config->suites;

	for (size_t i = 0; i < ours->count; i++) {
		const struct suite *s = suite_find(ours->items[i]);

		if (s->version == WARD_TLS_1_2 && (s->auth & auths) &&
		    (!chacha || s->aead == AEAD_CHACHA20_POLY1305) &&
		    u16_list_has(ch->cipher_suites, s->id))
			return s;
	}
	return NULL;
}

static const struct suite *common_suite(const struct ward_conn *c, const struct client_hello *ch,
					unsigned int auths)
{
	const struct suite *s = NULL;

	if (suites_prefer_chacha(ch->cipher_suites))
		s = best_suite(c, ch, auths, true);
	return s != NULL ? s : best_suite(c, ch, auths, false);
}

/* The certificate's key decides which suites there are, and these which certificates. */
static bool choose_identity_and_suite(struct ward_conn *c, const struct client_hello *ch,
				      struct ward_error *err)
{
	struct peer_signatures peer = { .schemes = ch->ext.signature_algorithms,
					.cert_schemes = ch->ext.signature_algorithms_cert,
					.version = WARD_TLS_1_2,
					.groups = ch->ext.supported_groups,
					.ca_names = ch->ext.certificate_authorities,
					.now = c->now };

	if (common_suite(c, ch, SUITE_AUTH_ECDSA) != NULL)
		peer.auths |= SUITE_AUTH_ECDSA;
	if (common_suite(c, ch, SUITE_AUTH_RSA) != NULL)
		peer.auths |= SUITE_AUTH_RSA;
	if (peer.auths == 0)
		return FAIL(err, NO_COMMON_SUITE);
	if (!server_choose_identity(c, &ch->ext, &peer, err))
		return false;
	if (c->hs->identity == NULL)
		return server_fail_identity(c, err);
	c->suite = common_suite(c, ch, suite_auth_of(c->hs->identity->key_type));
	return true;
}

/* ---- the server's first flight ---- */

/* RFC 9846, 4.2.3: what says that this server could have done better. */
static void mark_downgrade(uint8_t random[32])
{
	static const uint8_t mark[8] = { 0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x01 };

	memcpy(random + 24, mark, sizeof(mark));
}

/* What stands beside the leaf in TLS 1.3 is spread over the flight here. */
static void answer_beside(const struct ward_conn *c, struct extensions *answer)
{
	const struct identity *id = c->hs->identity;
	unsigned int beside = identity_beside(id, c->hs->peer_asks, c->now);

	if (beside & BESIDE_STATUS)
		answer->seen |= ext_bit(EXT_STATUS_REQUEST);
	if (beside & BESIDE_SCTS)
		answer->seen |= ext_bit(EXT_SIGNED_CERTIFICATE_TIMESTAMP);
	answer->sct_list = id->scts;
}

/* RFC 6066, 8: behind Certificate, where ServerHello has said that it comes. */
static bool send_certificate_status(struct ward_conn *c, struct ward_error *err)
{
	const struct identity *id = c->hs->identity;
	size_t room = HANDSHAKE_HEADER_LEN + 4 + id->status.len;
	struct writer w;
	uint8_t *to;

	if (!(identity_beside(id, c->hs->peer_asks, c->now) & BESIDE_STATUS))
		return true;
	to = handshake_scratch(c, room, err);
	if (to == NULL)
		return false;
	w = writer_make(to, room, err);
	certificate_status_write(&w, id->status);
	return writer_ok(&w) && flight_add(c, writer_span(&w), err);
}

static bool send_server_hello(struct ward_conn *c, const struct client_hello *ch,
			      struct ward_error *err)
{
	struct server_hello sh = { .legacy_version = WARD_TLS_1_2,
				   .is_12 = true,
				   .legacy_session_id_echo = c->hs->tls12->session_id,
				   .cipher_suite = c->suite->id };
	uint8_t *random = c->hs->tls12->server_random;
	size_t room = 512 + c->hs->identity->scts.len;
	uint8_t *message = handshake_scratch(c, room, err);
	uint8_t name[256];
	struct writer w;

	if (message == NULL || !config_random(c->config, random, 32, err))
		return false;
	if (c->config->version_max > WARD_TLS_1_2)
		mark_downgrade(random);
	sh.random = span_make(random, 32);
	sh.ext.seen = ext_bit(EXT_EXTENDED_MASTER_SECRET);
	if (ext_has(&ch->ext, EXT_RENEGOTIATION_INFO) ||
	    u16_list_has(ch->cipher_suites, RENEGOTIATION_SCSV))
		sh.ext.seen |= ext_bit(EXT_RENEGOTIATION_INFO);
	if (ext_has(&ch->ext, EXT_EC_POINT_FORMATS))
		sh.ext.seen |= ext_bit(EXT_EC_POINT_FORMATS);
	if (c->hs->gives_tickets)
		sh.ext.seen |= ext_bit(EXT_SESSION_TICKET);
	server_answer_extensions(c, &ch->ext, &sh.ext, name);
	answer_beside(c, &sh.ext);
	w = writer_make(message, room, err);
	server_hello_write(&w, &sh);
	return writer_ok(&w) && flight_add(c, writer_span(&w), err);
}

static bool send_certificate_request(struct ward_conn *c, struct ward_error *err)
{
	static const uint8_t types[] = { CERT_TYPE_ECDSA_SIGN, CERT_TYPE_RSA_SIGN };
	struct certificate_request12 cr = { .certificate_types = SPAN_ARRAY(types) };
	uint8_t schemes[2 * CONFIG_LIST_MAX], names[CA_NAMES_MAX_LEN];
	uint8_t message[sizeof(schemes) + sizeof(names) + 32];
	struct writer w = writer_make(schemes, sizeof(schemes), err);

	for (size_t i = 0; i < c->config->schemes.count; i++)
		writer_u16(&w, c->config->schemes.items[i]);
	cr.signature_algorithms = writer_span(&w);
	cr.certificate_authorities = config_ca_names(c->config, names);
	w = writer_make(message, sizeof(message), err);
	certificate_request12_write(&w, &cr);
	return writer_ok(&w) && flight_add(c, writer_span(&w), err);
}

/* The rest of the flight; also reached when a signature has come late. */
static bool server12_finish_flight(struct ward_conn *c, struct ward_error *err)
{
	static const uint8_t done[] = { HT_SERVER_HELLO_DONE, 0, 0, 0 };
	struct handshake *hs = c->hs;
	struct server_key_exchange ske = { .params = hs->tls12->params,
					   .algorithm = hs->scheme->id,
					   .signature = hs->signature };
	uint8_t message[HANDSHAKE_HEADER_LEN + 8 + KEX_SHARE_MAX + SIGNATURE_MAX];
	struct writer w = writer_make(message, sizeof(message), err);
	bool asks = c->config->verify != WARD_VERIFY_NONE;

	c->peer_scheme = hs->scheme->id;
	server_key_exchange_write(&w, &ske);
	if (!writer_ok(&w) || !flight_add(c, writer_span(&w), err) ||
	    (asks && !send_certificate_request(c, err)) || !flight_add(c, SPAN_ARRAY(done), err) ||
	    !flight_seal(c, err))
		return false;
	if (!asks)
		hs->proofs |= PROVED_NO_CERT;
	conn_enter(c, asks ? SERVER12_WAIT_CERT : SERVER12_WAIT_CKE);
	return true;
}

/* Makes this side's key and has its signature made. */
static bool sign_params(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	uint8_t share[KEX_SHARE_MAX];
	uint8_t *to = handshake_scratch(c, 8 + KEX_SHARE_MAX, err);
	struct span content;
	struct writer w;

	if (to == NULL)
		return false;
	hs->kex[0] = kex_offer(c->group, share, err);
	if (hs->kex[0] == NULL)
		return false;
	hs->kex_count = 1;
	w = writer_make(to, 8 + KEX_SHARE_MAX, err);
	server_ecdh_params_write(&w, c->group, span_make(share, kex_share_len(c->group)));
	hs->tls12->params = writer_span(&w);
	return writer_ok(&w) && tls12_signed_params(c, hs->tls12->params, &content, err) &&
	       auth_sign_content(c, content, server12_finish_flight, err);
}

/* The whole flight of a session that goes on; the client's Finished is all that is missing. */
static bool resume_session(struct ward_conn *c, const struct client_hello *ch,
			   struct ward_error *err)
{
	if (!server12_take_session(c, ch, err) || !send_server_hello(c, ch, err))
		return false;
	tls12_make_keys(c);
	if (!server12_give_session(c, err) || !tls12_change_write(c, err) ||
	    !tls12_send_finished(c, err))
		return false;
	conn_enter(c, SERVER12_WAIT_CCS);
	return true;
}

/* The flight up to the signature that may have to be waited for. */
static bool begin_session(struct ward_conn *c, const struct client_hello *ch,
			  struct ward_error *err)
{
	return server12_make_id(c, err) && send_server_hello(c, ch, err) &&
	       tls12_send_certificate(c, err) && send_certificate_status(c, err) &&
	       sign_params(c, err);
}

bool server12_recv_client_hello(struct ward_conn *c, const struct message *m,
				const struct client_hello *ch, enum state *next,
				struct ward_error *err)
{
	struct handshake *hs = c->hs;
	bool ok, resumes;

	if (!tls12_start(c, err) || !judge_client_hello(c, ch, err) ||
	    !choose_group(c, &ch->ext, err) || !server_choose_alpn(c, &ch->ext, err) ||
	    !choose_identity_and_suite(c, ch, err) || !server12_choose_session(c, ch, err))
		return false;
	resumes = handshake_has_psk(hs);
	if (!server_choose_client_type(c, &ch->ext, err) || !server_choose_limits(c, &ch->ext, err))
		return false;
	hs->peer_asks = resumes ? 0 : extensions_ask_beside(&ch->ext);
	hs->tls12->keeps_messages = c->config->verify != WARD_VERIFY_NONE && !resumes;
	transcript_start(&hs->transcript, resumes ? hs->psk.hash : c->suite->digest);
	ok = handshake_transcribe(c, m->raw, err) &&
	     (resumes ? resume_session(c, ch, err) : begin_session(c, ch, err));
	*next = c->state;
	return ok;
}

/* ---- the client's flight ---- */

bool server12_recv_certificate(struct ward_conn *c, const struct message *m, enum state *next,
			       struct ward_error *err)
{
	struct certificate msg = { .count = 0 };

	*next = SERVER12_WAIT_CKE;
	if (!tls12_parse_certificate(c, m->body, &msg, err))
		return false;
	if (msg.count > 0)
		return auth_recv_certificate(c, &msg, err) && handshake_transcribe(c, m->raw, err);
	if (c->config->verify == WARD_VERIFY_REQUIRED)
		return FAIL(err, CERTIFICATE_REQUIRED);
	c->hs->proofs |= PROVED_NO_CERT;
	tls12_forget_messages(c->hs->tls12);
	return handshake_transcribe(c, m->raw, err);
}

bool server12_recv_client_key_exchange(struct ward_conn *c, const struct message *m,
				       enum state *next, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct span point;

	if (!client_key_exchange_parse(m->body, &point, err) ||
	    !kex_finish(hs->kex[0], point, &hs->tls12->premaster, err) ||
	    !handshake_transcribe(c, m->raw, err))
		return false;
	tls12_derive(c);
	*next = hs->proofs & PROVED_CERT ? SERVER12_WAIT_CV : SERVER12_WAIT_CCS;
	return true;
}

bool server12_recv_certificate_verify(struct ward_conn *c, const struct message *m,
				      enum state *next, struct ward_error *err)
{
	*next = SERVER12_WAIT_CCS;
	return tls12_recv_certificate_verify(c, m, err);
}

bool server12_recv_finished(struct ward_conn *c, const struct message *m, enum state *next,
			    struct ward_error *err)
{
	*next = SERVER12_CONNECTED;
	if (!tls12_recv_finished(c, m, err))
		return false;
	if (handshake_has_psk(c->hs)) /* this side's came first */
		return true;
	return server12_give_session(c, err) && tls12_change_write(c, err) &&
	       tls12_send_finished(c, err);
}
