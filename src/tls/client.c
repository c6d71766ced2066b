/*
 * The client's handlers, in the order in which the server's messages come (RFC 9846, Appendix A.1).
 * Each parses its message whole, judges it, and only then acts.
 */
#include "tls/quic.h"
#include "tls/tls12/tls12.h"

/* ---- ServerHello and HelloRetryRequest (4.2.3, 4.2.4) ---- */

static bool judge_version(const struct ward_conn *c, const struct server_hello *sh,
			  struct ward_error *err)
{
	if (!ext_has(&sh->ext, EXT_SUPPORTED_VERSIONS))
		return FAILF(err, EXT_MISSING, "supported_versions");
	if (sh->ext.selected_version != WARD_TLS_1_3 || c->config->version_max < WARD_TLS_1_3)
		return FAILF(err, VERSION_NOT_OFFERED, "%04x", sh->ext.selected_version);
	if (sh->legacy_version != 0x0303)
		return FAILF(err, LEGACY_VERSION, "%04x", sh->legacy_version);
	return true;
}

/* What holds for both forms of the message. */
static bool judge_hello(const struct ward_conn *c, const struct server_hello *sh,
			struct ward_error *err)
{
	const struct handshake *hs = c->hs;
	const struct suite *suite = suite_find(sh->cipher_suite);
	uint64_t offered = hs->hello.ext.seen | (sh->is_retry ? ext_bit(EXT_COOKIE) : 0);

	if (!judge_version(c, sh, err))
		return false;
	if (!span_equal(sh->legacy_session_id_echo, hs->legacy_session_id))
		return FAIL(err, SESSION_ID_ECHO);
	if (sh->legacy_compression_method != 0)
		return FAIL(err, COMPRESSION_NOT_NULL);
	if (suite == NULL || suite->version != WARD_TLS_1_3 ||
	    !config_list_has(&c->config->suites, suite->id))
		return FAILF(err, SUITE_NOT_OFFERED, "%04x", sh->cipher_suite);
	if (c->suite != NULL && c->suite->id != sh->cipher_suite)
		return FAIL(err, SUITE_CHANGED);
	return extensions_check_offered(&sh->ext, offered, err);
}

static bool had_share(const struct handshake *hs, uint16_t group)
{
	for (size_t i = 0; i < hs->kex_count; i++)
		if (kex_group(hs->kex[i]) == group)
			return true;
	return false;
}

static bool judge_retry(const struct ward_conn *c, const struct server_hello *sh,
			struct ward_error *err)
{
	bool asks_group = ext_has(&sh->ext, EXT_KEY_SHARE);
	uint16_t group = sh->ext.key_share.group;

	if (c->retried)
		return FAIL(err, HRR_TWICE);
	if (!asks_group && !ext_has(&sh->ext, EXT_COOKIE))
		return FAIL(err, HRR_NO_CHANGE);
	if (asks_group && !config_list_has(&c->config->groups, group))
		return FAILF(err, GROUP_NOT_OFFERED, "%04x", group);
	if (asks_group && had_share(c->hs, group))
		return FAILF(err, HRR_NO_CHANGE, "there was a share for %s already",
			     kex_group_name(group));
	return true;
}

static bool recv_retry(struct ward_conn *c, const struct message *m, const struct server_hello *sh,
		       struct ward_error *err)
{
	struct handshake *hs = c->hs;

	if (!judge_retry(c, sh, err))
		return false;
	client_drop_early_data(c);
	c->suite = suite_find(sh->cipher_suite);
	c->retried = true;
	transcript_start(&hs->transcript, c->suite->digest);
	transcript_restart(&hs->transcript);
	transcript_add(&hs->transcript, m->raw);
	if (ext_has(&sh->ext, EXT_COOKIE)) {
		if (!arena_copy(hs->arena, sh->ext.cookie, &hs->hello.ext.cookie, err))
			return false;
		hs->hello.ext.seen |= ext_bit(EXT_COOKIE);
	}
	if (ext_has(&sh->ext, EXT_KEY_SHARE)) {
		hs->retry_group = sh->ext.key_share.group;
		if (!client_hello_set_shares(c, &hs->retry_group, 1, err))
			return false;
	}
	return client_offer_psks_again(c, err) && output_ccs(c, err) && client_send_hello(c, err);
}

static bool finish_key_exchange(struct ward_conn *c, const struct key_share_entry *share,
				struct ward_error *err)
{
	struct handshake *hs = c->hs;
	SECRET_AUTO struct secret shared = { .len = 0 };

	for (size_t i = 0; i < hs->kex_count; i++) {
		if (kex_group(hs->kex[i]) != share->group)
			continue;
		if (!kex_finish(hs->kex[i], share->key_exchange, &shared, err))
			return false;
		c->group = share->group;
		client_hello_drop_shares(hs); /* a hybrid's key is long, and spent */
		schedule_start(&hs->schedule, c->suite->digest, secret_span(&hs->psk.key));
		schedule_to_handshake(&hs->schedule, secret_span(&shared));
		return true;
	}
	return FAILF(err, GROUP_NOT_OFFERED, "%04x", share->group);
}

static bool begin_protection(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;

	handshake_derive_traffic(c, C_HS_TRAFFIC, S_HS_TRAFFIC);
	hs->client_handshake = hs->client_traffic;
	hs->server_handshake = hs->server_traffic;
	if (!output_ccs(c, err) || !conn_set_keys(c, false, &hs->server_traffic, "handshake", err))
		return false;
	/* The keys of early data go on until the server has said what became of it; QUIC has both. */
	return (c->early == WARD_EARLY_DATA_OFFERED && conn_quic(c) == NULL) ||
	       conn_set_keys(c, true, &hs->client_traffic, "handshake", err);
}

bool client_recv_server_hello(struct ward_conn *c, const struct message *m, enum state *next,
			      struct ward_error *err)
{
	struct server_hello sh = { 0 };

	if (!server_hello_parse(m->body, &sh, err))
		return false;
	if (sh.is_12)
		return client12_recv_server_hello(c, m, &sh, next, err);
	if (!m->ends_record)
		return FAIL(err, MESSAGE_NOT_ALIGNED);
	if (!judge_hello(c, &sh, err))
		return false;
	c->version = WARD_TLS_1_3;
	if (sh.is_retry)
		return recv_retry(c, m, &sh, err);
	if (!ext_has(&sh.ext, EXT_KEY_SHARE))
		return FAILF(err, EXT_MISSING, "key_share");
	c->suite = suite_find(sh.cipher_suite);
	if (!client_take_psk(c, &sh, err) || !finish_key_exchange(c, &sh.ext.key_share, err))
		return false;
	if (!c->retried)
		transcript_start(&c->hs->transcript, c->suite->digest);
	transcript_add(&c->hs->transcript, m->raw);
	*next = CLIENT_WAIT_EE;
	return begin_protection(c, err);
}

/* ---- EncryptedExtensions (4.4.1) ---- */

static bool take_alpn(struct ward_conn *c, struct span list, struct ward_error *err)
{
	struct span name;

	if (!alpn_next(&list, &name))
		return FAIL(err, EXT_MALFORMED);
	for (size_t i = 0; i < c->config->alpn_count; i++)
		if (span_equal(name, span_string(c->config->alpn[i])))
			c->alpn = (uint16_t)(i + 1);
	return c->alpn != 0 || FAIL(err, ALPN_NOT_OFFERED);
}

/* RFC 6066, 4; RFC 8449, 5: one of the two is spoken of. */
static bool take_fragments(struct ward_conn *c, const struct extensions *e, struct ward_error *err)
{
	unsigned int size = 256u << e->max_fragment_length;

	if (!ext_has(e, EXT_MAX_FRAGMENT_LENGTH))
		return true;
	if (ext_has(e, EXT_RECORD_SIZE_LIMIT))
		return FAILF(err, MAX_FRAGMENT_LENGTH, "%u, beside a record_size_limit", size);
	if (size != c->config->max_fragment)
		return FAILF(err, MAX_FRAGMENT_LENGTH, "%u instead of %u", size,
			     c->config->max_fragment);
	if (conn_rare(c, err) == NULL)
		return false;
	c->rare->fragment_limit = (uint16_t)size;
	return true;
}

bool client_take_answers(struct ward_conn *c, const struct extensions *e, struct ward_error *err)
{
	if (ext_has(e, EXT_ALPN) && !take_alpn(c, e->alpn, err))
		return false;
	if (ext_has(e, EXT_RECORD_SIZE_LIMIT)) {
		c->limit_negotiated = true;
		if (e->record_size_limit < c->send_limit)
			c->send_limit = e->record_size_limit;
	}
	return take_fragments(c, e, err) && client_take_types(c, e, err);
}

bool client_recv_encrypted_extensions(struct ward_conn *c, const struct message *m,
				      enum state *next, struct ward_error *err)
{
	struct encrypted_extensions ee = { 0 };

	if (!encrypted_extensions_parse(m->body, &ee, err) ||
	    !extensions_check_offered(&ee.ext, c->hs->hello.ext.seen, err))
		return false;
	if (!client_take_answers(c, &ee.ext, err) || !client_take_early_data(c, &ee.ext, err) ||
	    !quic_take_peer(c, &ee.ext, err))
		return false;
	transcript_add(&c->hs->transcript, m->raw);
	if (handshake_has_psk(c->hs)) {
		*next = CLIENT_WAIT_FINISHED;
		return auth_resume(c, err);
	}
	*next = CLIENT_WAIT_CERT_CR;
	return client_check_server_type(c, err);
}

/* ---- CertificateRequest (4.4.2), Certificate (4.5.1), CertificateVerify (4.5.2) ---- */

bool client_recv_certificate_request(struct ward_conn *c, const struct message *m, enum state *next,
				     struct ward_error *err)
{
	struct certificate_request cr = { 0 };
	struct handshake *hs = c->hs;

	if (!certificate_request_parse(m->body, &cr, err))
		return false;
	if (cr.context.len != 0)
		return FAIL(err, CERTIFICATE_CONTEXT);
	if (!ext_has(&cr.ext, EXT_SIGNATURE_ALGORITHMS))
		return FAILF(err, EXT_MISSING, "signature_algorithms");
	hs->cert_requested = true;
	hs->peer_asks = extensions_ask_beside(&cr.ext);
	transcript_add(&hs->transcript, m->raw);
	*next = CLIENT_WAIT_CERT;
	return arena_copy(hs->arena, cr.ext.signature_algorithms, &hs->peer_schemes, err) &&
	       arena_copy(hs->arena, cr.ext.signature_algorithms_cert, &hs->peer_cert_schemes,
			  err) &&
	       arena_copy(hs->arena, cr.ext.certificate_authorities, &hs->peer_ca_names, err) &&
	       arena_copy(hs->arena, cr.ext.oid_filters, &hs->peer_oid_filters, err) &&

	       arena_copy(hs->arena, cr.ext.compressions, &hs->peer_compressions, err);
}

static bool take_certificate(struct ward_conn *c, struct span body, struct ward_error *err)
{
	struct certificate msg = { .count = 0 };

	if (!certificate_parse(body, &msg, err))
		return false;
	if (msg.context.len != 0)
		return FAIL(err, CERTIFICATE_CONTEXT);
	if (msg.count == 0)
		return FAIL(err, CERTIFICATE_EMPTY);
	return certificate_check_offered(&msg, c->hs->hello.ext.seen, err) &&
	       auth_recv_certificate(c, &msg, err);
}

bool client_recv_certificate(struct ward_conn *c, const struct message *m, enum state *next,
			     struct ward_error *err)
{
	*next = CLIENT_WAIT_CV;
	transcript_add(&c->hs->transcript, m->raw);
	return take_certificate(c, m->body, err);
}

bool client_recv_compressed_certificate(struct ward_conn *c, const struct message *m,
					enum state *next, struct ward_error *err)
{
	struct buffer body = { 0 };
	bool ok;

	*next = CLIENT_WAIT_CV;
	transcript_add(&c->hs->transcript, m->raw);
	ok = compression_receive(c, m, &body, err) &&
	     take_certificate(c, span_make(body.data, body.len), err);
	buffer_clear(&body);
	return ok;
}

bool client_recv_certificate_verify(struct ward_conn *c, const struct message *m, enum state *next,
				    struct ward_error *err)
{
	*next = CLIENT_WAIT_FINISHED;
	return auth_recv_certificate_verify(c, m, err);
}

/* ---- Finished (4.5.3), and the client's own flight ---- */

/* The last of the client's flight; also reached when a signature has come late. */
static bool client_finish_flight(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;

	if (hs->identity != NULL && !auth_send_certificate_verify(c, err))
		return false;
	if (!auth_send_finished(c, &hs->client_handshake, err) || !flight_seal(c, err) ||
	    !conn_set_keys(c, true, &hs->client_traffic, "application", err))
		return false;
	handshake_keep_resumption(c);
	if (c->config->post_auth && !post_auth_begin(c, err))
		return false;
	conn_enter(c, CLIENT_CONNECTED);
	return true;
}

void client_choose_identity(struct ward_conn *c, const struct extensions *asked)
{
	struct handshake *hs = c->hs;
	struct peer_signatures peer = { .schemes = asked->signature_algorithms,
					.cert_schemes = asked->signature_algorithms_cert,
					.version = WARD_TLS_1_3,
					.type = hs->client_type,
					.oid_filters = asked->oid_filters,
					.ca_names = asked->certificate_authorities,
					.now = c->now };

	hs->identity = config_choose_identity(c->config, NULL, true, &peer, &hs->scheme);
}

static bool client_send_certificate(struct ward_conn *c, struct ward_error *err)
{
	static const uint8_t none[] = { HT_CERTIFICATE, 0, 0, 4, 0, 0, 0, 0 };
	struct handshake *hs = c->hs;
	struct extensions asked = { .signature_algorithms = hs->peer_schemes,
				    .signature_algorithms_cert = hs->peer_cert_schemes,
				    .certificate_authorities = hs->peer_ca_names,
				    .oid_filters = hs->peer_oid_filters };

	client_choose_identity(c, &asked);
	if (hs->identity == NULL)
		return flight_add(c, SPAN_ARRAY(none), err) && client_finish_flight(c, err);
	return auth_send_certificate(c, err) && auth_sign(c, client_finish_flight, err);
}

bool client_recv_finished(struct ward_conn *c, const struct message *m, enum state *next,
			  struct ward_error *err)
{
	struct handshake *hs = c->hs;
	bool ok;

	if (!auth_recv_finished(c, m, &hs->server_handshake, err))
		return false;
	schedule_to_master(&hs->schedule);
	handshake_derive_traffic(c, C_AP_TRAFFIC, S_AP_TRAFFIC);
	handshake_derive_exporter(c);
	if (!conn_set_keys(c, false, &hs->server_traffic, "application", err))
		return false;
	if (!client_end_early_data(c, err))
		return false;
	ok = hs->cert_requested ? client_send_certificate(c, err) : client_finish_flight(c, err);
	*next = c->state;
	return ok;
}
