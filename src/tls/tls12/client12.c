/*
 * The client's handlers of TLS 1.2, in the order in which the server's messages come (RFC 5246, 7.3).
 */
#include "tls/tls12/tls12.h"

/* ---- ServerHello (7.4.1.3) ---- */

/* RFC 9846, 4.2.3: a server that could do TLS 1.3 marks its random when it does not. */
static bool has_downgrade_mark(struct span random)
{
	static const uint8_t mark[7] = { 0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44 };
	const uint8_t *tail = random.data + random.len - 8;

	return span_equal(span_make(tail, sizeof(mark)), SPAN_ARRAY(mark)) && tail[7] <= 1;
}

static bool judge_version(const struct ward_conn *c, const struct server_hello *sh,
			  struct ward_error *err)
{
	if (c->config->version_max >= WARD_TLS_1_3 && has_downgrade_mark(sh->random))
		return FAIL(err, DOWNGRADE_DETECTED);
	if (sh->legacy_version != WARD_TLS_1_2 || c->config->version_min > WARD_TLS_1_2)
		return FAILF(err, NO_COMMON_VERSION, "the server chose version %04x",
			     sh->legacy_version);
	if (c->early != WARD_EARLY_DATA_NONE)
		return FAIL(err, EARLY_DATA_VERSION);
	if (c->retried)
		return FAILF(err, VERSION_NOT_OFFERED, "TLS 1.2 behind a HelloRetryRequest");
	if (c->hs->ccs_received)
		return FAILF(err, BAD_CCS, "before ServerHello");
	return true;
}

static bool judge_extensions(const struct ward_conn *c, const struct extensions *e,
			     struct ward_error *err)
{
	/* Some servers say which groups they have, though nobody may; it means nothing. */
	uint64_t offered = c->hs->hello.ext.seen | ext_bit(EXT_SUPPORTED_GROUPS);

	if (!extensions_check_offered(e, offered, err))
		return false;
	if (ext_has(e, EXT_COOKIE))
		return FAIL(err, EXT_NOT_OFFERED);
	if (!ext_has(e, EXT_EXTENDED_MASTER_SECRET))
		return FAIL(err, NO_EXTENDED_MASTER_SECRET);
	if (!ext_has(e, EXT_RENEGOTIATION_INFO))
		return FAIL(err, RENEGOTIATION_INFO);
	return true;
}

/* By the echo of the client's id the server says that it goes on with the session offered. */
static bool resumes(const struct ward_conn *c, const struct server_hello *sh)
{
	struct span id = sh->legacy_session_id_echo;

	return id.len > 0 && span_equal(id, c->hs->legacy_session_id);
}

static bool judge_hello(const struct ward_conn *c, const struct server_hello *sh,
			struct ward_error *err)
{
	const struct suite *suite = suite_find(sh->cipher_suite);

	if (!judge_version(c, sh, err))
		return false;
	/* Where no session is offered the id was made up for middleboxes: there is nothing to resume. */
	if (resumes(c, sh) && c->hs->session == NULL)
		return FAILF(err, SESSION_ID_ECHO, "it resumes a session that there is not");
	if (sh->legacy_compression_method != 0)
		return FAIL(err, COMPRESSION_NOT_NULL);
	if (suite == NULL || suite->version != WARD_TLS_1_2 ||
	    !config_list_has(&c->config->suites, suite->id))
		return FAILF(err, SUITE_NOT_OFFERED, "%04x", sh->cipher_suite);
	return judge_extensions(c, &sh->ext, err);
}

bool client12_recv_server_hello(struct ward_conn *c, const struct message *m,
				const struct server_hello *sh, enum state *next,
				struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct span hello = hs->transcript.held;

	if (!judge_hello(c, sh, err) || !client_take_answers(c, &sh->ext, err) ||
	    !tls12_start(c, err))
		return false;
	c->suite = suite_find(sh->cipher_suite);
	memcpy(hs->tls12->server_random, sh->random.data, 32);
	hs->tls12->status_comes = ext_has(&sh->ext, EXT_STATUS_REQUEST);
	transcript_start(&hs->transcript, c->suite->digest);
	if (!client12_note_session(c, sh, err))
		return false;
	if (resumes(c, sh)) {
		*next = hs->tls12->ticket_due ? CLIENT12_WAIT_NST : CLIENT12_WAIT_CCS;
		if (!client12_take_session(c, sh, err))
			return false;
		tls12_make_keys(c);
		return handshake_transcribe(c, m->raw, err);
	}
	if (!client_check_server_type(c, err))
		return false;
	hs->tls12->keeps_messages = true; /* until it is known whether this side signs them */
	*next = CLIENT12_WAIT_CERT;
	return arena_copy(hs->arena, sh->ext.sct_list, &hs->tls12->scts, err) &&
	       tls12_note(hs->tls12, hello, err) && handshake_transcribe(c, m->raw, err);
}

/* ---- Certificate (7.4.2), ServerKeyExchange (RFC 8422, 5.4), CertificateRequest (7.4.4) ---- */

/* RFC 8422, 5.3: it is of the kind that the suite says, on a curve that this side has listed. */
static bool judge_key(const struct ward_conn *c, enum key_type type, struct ward_error *err)
{
	if (suite_auth_of(type) != c->suite->auth)
		return FAILF(err, SUITE_KEY_MISMATCH, "%s", c->suite->name);
	return curve_is_listed(type, c->hs->hello.ext.supported_groups) ||
	       FAILF(err, GROUP_NOT_OFFERED, "for its certificate: %s", key_type_name(type));
}

/* The chain with what came beside it: `status` is empty where nothing is stapled. */
static bool take_chain(struct ward_conn *c, struct span body, struct span status,
		       struct ward_error *err)
{
	struct certificate msg = { .count = 0 };

	if (!tls12_parse_certificate(c, body, &msg, err))
		return false;
	if (msg.count == 0)
		return FAIL(err, CERTIFICATE_EMPTY);
	msg.leaf_ext.status_request = status;
	msg.leaf_ext.sct_list = c->hs->tls12->scts;
	if (!auth_recv_certificate(c, &msg, err))
		return false;
	return judge_key(c, peer_chain_key_type(c->peer), err);
}

/* Where a response may come behind it, the chain is judged with that. */
bool client12_recv_certificate(struct ward_conn *c, const struct message *m, enum state *next,
			       struct ward_error *err)
{
	struct tls12 *t = c->hs->tls12;

	*next = t->status_comes ? CLIENT12_WAIT_STATUS : CLIENT12_WAIT_SKE;
	if (!handshake_transcribe(c, m->raw, err))
		return false;
	return t->status_comes ? arena_copy(c->hs->arena, m->body, &t->held, err)
			       : take_chain(c, m->body, SPAN_EMPTY, err);
}

bool client12_recv_certificate_status(struct ward_conn *c, const struct message *m,
				      enum state *next, struct ward_error *err)
{
	struct span response;

	*next = CLIENT12_WAIT_SKE;
	return certificate_status_parse(m->body, &response, err) &&
	       take_chain(c, c->hs->tls12->held, response, err) &&
	       handshake_transcribe(c, m->raw, err);
}

bool client12_recv_server_key_exchange(struct ward_conn *c, const struct message *m,
				       enum state *next, struct ward_error *err)
{
	struct server_key_exchange ske = { 0 };
	struct tls12 *t = c->hs->tls12;
	const struct scheme *scheme;
	struct span content;

	if (c->state == CLIENT12_WAIT_STATUS && !take_chain(c, t->held, SPAN_EMPTY, err))
		return false;
	if (!server_key_exchange_parse(m->body, &ske, err))
		return false;
	if (!tls12_group_ok(ske.named_curve) ||
	    !config_list_has(&c->config->groups, ske.named_curve))
		return FAILF(err, GROUP_NOT_OFFERED, "%04x", ske.named_curve);
	scheme = auth_judge_scheme(c, ske.algorithm, err);
	if (scheme == NULL || !tls12_signed_params(c, ske.params, &content, err) ||
	    !auth_verify(c, scheme, content, ske.signature, err))
		return false;
	c->group = ske.named_curve;
	t->params.len = kex_share_len(c->group);
	t->params.data = handshake_scratch(c, t->params.len, err);
	*next = CLIENT12_WAIT_CR_SHD;
	return t->params.data != NULL &&
	       kex_accept(c->group, ske.point, (uint8_t *)(uintptr_t)t->params.data, &t->premaster,
			  err) &&
	       handshake_transcribe(c, m->raw, err);
}

/* Which keys the server takes; Ed25519's are under ecdsa_sign too (RFC 8422, 5.5). */
static unsigned int auths_of(struct span certificate_types)
{
	unsigned int auths = 0;

	for (size_t i = 0; i < certificate_types.len; i++) {
		if (certificate_types.data[i] == CERT_TYPE_ECDSA_SIGN)
			auths |= SUITE_AUTH_ECDSA;
		if (certificate_types.data[i] == CERT_TYPE_RSA_SIGN)
			auths |= SUITE_AUTH_RSA;
	}
	return auths;
}

bool client12_recv_certificate_request(struct ward_conn *c, const struct message *m,
				       enum state *next, struct ward_error *err)
{
	struct certificate_request12 cr = { .certificate_types = SPAN_EMPTY };
	struct handshake *hs = c->hs;

	if (!certificate_request12_parse(m->body, &cr, err))
		return false;
	hs->cert_requested = true;
	hs->tls12->client_auths = auths_of(cr.certificate_types);
	*next = CLIENT12_WAIT_SHD;
	return arena_copy(hs->arena, cr.signature_algorithms, &hs->peer_schemes, err) &&
	       arena_copy(hs->arena, cr.certificate_authorities, &hs->peer_ca_names, err) &&
	       handshake_transcribe(c, m->raw, err);
}

/* ---- the client's flight ---- */

/* The last of it; also reached when a signature has come late. */
static bool client12_finish_flight(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;

	if (hs->identity != NULL && !auth_send_certificate_verify(c, err))
		return false;
	tls12_forget_messages(hs->tls12);
	if (!tls12_change_write(c, err) || !tls12_send_finished(c, err))
		return false;
	conn_enter(c, hs->tls12->ticket_due ? CLIENT12_WAIT_NST : CLIENT12_WAIT_CCS);
	return true;
}

static bool send_key_exchange(struct ward_conn *c, struct ward_error *err)
{
	uint8_t message[HANDSHAKE_HEADER_LEN + 1 + KEX_SHARE_MAX];
	struct writer w = writer_make(message, sizeof(message), err);

	client_key_exchange_write(&w, c->hs->tls12->params);
	if (!writer_ok(&w) || !flight_add(c, writer_span(&w), err))
		return false;
	tls12_derive(c);
	return true;
}

static void choose_identity(struct ward_conn *c)
{
	struct handshake *hs = c->hs;
	struct peer_signatures peer = { .schemes = hs->peer_schemes,
					.version = WARD_TLS_1_2,
					.type = hs->client_type,
					.auths = hs->tls12->client_auths,
					.ca_names = hs->peer_ca_names,
					.now = c->now };

	hs->identity = config_choose_identity(c->config, NULL, true, &peer, &hs->scheme);
}

bool client12_recv_server_hello_done(struct ward_conn *c, const struct message *m, enum state *next,
				     struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct tls12 *t = hs->tls12;
	bool ok;

	if (!empty_message_parse(HT_SERVER_HELLO_DONE, m->body, err) ||
	    !handshake_transcribe(c, m->raw, err))
		return false;
	if (hs->cert_requested) {
		choose_identity(c);
		if (!tls12_send_certificate(c, err))
			return false;
	}
	if (hs->identity == NULL)
		tls12_forget_messages(t);
	if (!send_key_exchange(c, err))
		return false;
	if (hs->identity == NULL)
		ok = client12_finish_flight(c, err);
	else
		ok = auth_sign_content(c, span_make(t->messages.data, t->messages.len),
				       client12_finish_flight, err);
	*next = c->state;
	return ok;
}

bool client12_recv_finished(struct ward_conn *c, const struct message *m, enum state *next,
			    struct ward_error *err)
{
	*next = CLIENT12_CONNECTED;
	if (!tls12_recv_finished(c, m, err))
		return false;
	if (handshake_has_psk(c->hs) &&
	    (!tls12_change_write(c, err) || !tls12_send_finished(c, err)))
		return false;
	return client12_keep_session(c, err);
}
