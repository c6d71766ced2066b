/*
 * The server's messages (RFC 9846, 4.2.3 to 4.5): HelloRetryRequest, and the flight from
 * ServerHello to Finished once everything is chosen.
 */
#include "tls/quic.h"

static bool send_hello_message(struct ward_conn *c, const struct server_hello *sh,
			       struct ward_error *err)
{
	size_t room = 256 + sh->ext.key_share.key_exchange.len + sh->ext.cookie.len;
	uint8_t *to = handshake_scratch(c, room, err);
	struct writer w;

	if (to == NULL)
		return false;
	w = writer_make(to, room, err);
	server_hello_write(&w, sh);
	if (!writer_ok(&w) || !flight_add(c, writer_span(&w), err) || !flight_seal(c, err))
		return false;
	return sh->legacy_session_id_echo.len == 0 || output_ccs(c, err);
}

static struct server_hello hello_for(const struct ward_conn *c, const struct client_hello *ch)
{
	struct server_hello sh = { .legacy_version = 0x0303,
				   .legacy_session_id_echo = ch->legacy_session_id,
				   .cipher_suite = c->suite->id };

	sh.ext.selected_version = WARD_TLS_1_3;
	sh.ext.seen = ext_bit(EXT_SUPPORTED_VERSIONS);
	return sh;
}

bool server_send_retry(struct ward_conn *c, const struct message *m, const struct client_hello *ch,
		       uint16_t group, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct server_hello sh = hello_for(c, ch);

	sh.is_retry = true;
	sh.random = span_make(server_hello_retry_random, 32);
	if (group != 0) {
		sh.ext.key_share.group = group;
		sh.ext.seen |= ext_bit(EXT_KEY_SHARE);
	}
	if (c->config->always_cookie) {
		if (!config_random(c->config, hs->cookie, sizeof(hs->cookie), err))
			return false;
		sh.ext.cookie = SPAN_ARRAY(hs->cookie);
		sh.ext.seen |= ext_bit(EXT_COOKIE);
		hs->cookie_sent = true;
	}
	c->retried = true;
	hs->retry_group = group;
	client_hello_fingerprint(ch, hs->hello_fingerprint);
	transcript_start(&hs->transcript, c->suite->digest);
	transcript_add(&hs->transcript, m->raw);
	transcript_restart(&hs->transcript);
	return send_hello_message(c, &sh, err);
}

static bool send_server_hello(struct ward_conn *c, const struct client_hello *ch,
			      struct span peer_share, struct ward_error *err)
{
	struct handshake *hs = c->hs;
	struct server_hello sh = hello_for(c, ch);
	SECRET_AUTO struct secret shared = { .len = 0 };
	uint8_t random[32], share[KEX_SHARE_MAX];

	if (!config_random(c->config, random, sizeof(random), err) ||
	    !kex_accept(c->group, peer_share, share, &shared, err))
		return false;
	sh.random = SPAN_ARRAY(random);
	sh.ext.key_share.group = c->group;
	sh.ext.key_share.key_exchange = span_make(share, kex_answer_len(c->group));
	sh.ext.seen |= ext_bit(EXT_KEY_SHARE);
	if (handshake_has_psk(hs)) {
		sh.ext.psk_selected = hs->psk_index;
		sh.ext.seen |= ext_bit(EXT_PRE_SHARED_KEY);
	}
	schedule_start(&hs->schedule, c->suite->digest, secret_span(&hs->psk.key));
	if (!server_begin_early_data(c, err))
		return false;
	schedule_to_handshake(&hs->schedule, secret_span(&shared));
	return send_hello_message(c, &sh, err);
}

static bool begin_protection(struct ward_conn *c, struct ward_error *err)
{
	struct handshake *hs = c->hs;

	handshake_derive_traffic(c, C_HS_TRAFFIC, S_HS_TRAFFIC);
	hs->client_handshake = hs->client_traffic;
	hs->server_handshake = hs->server_traffic;
	if (!conn_set_keys(c, true, &hs->server_traffic, "handshake", err))
		return false;
	if (server_awaits_end_of_early_data(c))
		return true;
	return conn_set_keys(c, false, &hs->client_traffic, "handshake", err);
}

void server_answer_extensions(const struct ward_conn *c, const struct extensions *offered,
			      struct extensions *answer, uint8_t name[256])
{
	/* RFC 6066, 3: who resumes has agreed on the name before. */
	if (c->host != NULL && !c->resumed && config_has_name(c->config, c->host))
		answer->seen |= ext_bit(EXT_SERVER_NAME);
	if (c->alpn != 0) {
		const char *alpn = conn_alpn(c);
		size_t len = strlen(alpn);

		name[0] = (uint8_t)len;
		bytes_copy(name + 1, alpn, len);
		answer->alpn = span_make(name, 1 + len);
		answer->seen |= ext_bit(EXT_ALPN);
	}
	if (conn_quic(c) != NULL) {
		answer->quic_parameters = conn_quic(c)->parameters;
		answer->seen |= ext_bit(EXT_QUIC_TRANSPORT_PARAMETERS);
	} else if (ext_has(offered, EXT_RECORD_SIZE_LIMIT)) {
		answer->record_size_limit = config_record_limit(c->config);
		answer->seen |= ext_bit(EXT_RECORD_SIZE_LIMIT);
	}
	server_answer_types(c, offered, answer);
	if (conn_fragment_limit(c) > 0) {
		answer->max_fragment_length = offered->max_fragment_length;
		answer->seen |= ext_bit(EXT_MAX_FRAGMENT_LENGTH);
	}
}

static bool send_encrypted_extensions(struct ward_conn *c, const struct client_hello *ch,
				      struct ward_error *err)
{
	struct encrypted_extensions ee = { .ext = { .seen = 0 } };
	size_t room = 512 + (conn_quic(c) == NULL ? 0 : conn_quic(c)->parameters.len);
	uint8_t *to = handshake_scratch(c, room, err);
	uint8_t name[256];
	struct writer w;

	if (to == NULL)
		return false;
	server_answer_extensions(c, &ch->ext, &ee.ext, name);
	if (c->early == WARD_EARLY_DATA_ACCEPTED)
		ee.ext.seen |= ext_bit(EXT_EARLY_DATA);
	w = writer_make(to, room, err);
	encrypted_extensions_write(&w, &ee);
	return writer_ok(&w) && flight_add(c, writer_span(&w), err);
}

bool server_write_certificate_request(struct ward_conn *c, struct span context,
				      struct span *message, struct ward_error *err)
{
	struct certificate_request cr = { .context = context };
	uint8_t schemes[2 * CONFIG_LIST_MAX], names[CA_NAMES_MAX_LEN];
	struct writer w = writer_make(schemes, sizeof(schemes), err);
	size_t room;
	uint8_t *to;

	for (size_t i = 0; i < c->config->schemes.count; i++)
		writer_u16(&w, c->config->schemes.items[i]);
	cr.ext.signature_algorithms = writer_span(&w);
	cr.ext.seen = ext_bit(EXT_SIGNATURE_ALGORITHMS);
	extensions_offer_beside(c->config, &cr.ext);
	if (context.len > 0) /* after the handshake nothing is compressed */
		cr.ext.seen &= ~ext_bit(EXT_COMPRESS_CERTIFICATE);
	cr.ext.certificate_authorities = config_ca_names(c->config, names);
	if (cr.ext.certificate_authorities.len > 0)
		cr.ext.seen |= ext_bit(EXT_CERTIFICATE_AUTHORITIES);
	room = sizeof(schemes) + cr.ext.certificate_authorities.len + context.len + 64;
	to = handshake_scratch(c, room, err);
	if (to == NULL)
		return false;
	w = writer_make(to, room, err);
	certificate_request_write(&w, &cr);
	*message = writer_span(&w);
	return writer_ok(&w);
}

static bool send_certificate_request(struct ward_conn *c, struct ward_error *err)
{
	struct span message;

	return server_write_certificate_request(c, SPAN_EMPTY, &message, err) &&
	       flight_add(c, message, err);
}

/* Finished, and the keys behind it; `asked`: the client owes a Certificate. */
static bool server_finish(struct ward_conn *c, bool asked, struct ward_error *err)
{
	struct handshake *hs = c->hs;

	if (!auth_send_finished(c, &hs->server_handshake, err) || !flight_seal(c, err))
		return false;
	schedule_to_master(&hs->schedule);
	handshake_derive_traffic(c, C_AP_TRAFFIC, S_AP_TRAFFIC);
	handshake_derive_exporter(c);
	if (!conn_set_keys(c, true, &hs->server_traffic, "application", err))
		return false;
	if (server_awaits_end_of_early_data(c))
		conn_enter(c, SERVER_WAIT_EOED);
	else
		conn_enter(c, asked ? SERVER_WAIT_CERT : SERVER_WAIT_FINISHED);
	return true;
}

/* The last of the flight; also reached when a signature has come late. */
static bool server_finish_flight(struct ward_conn *c, struct ward_error *err)
{
	bool asked = conn_asks(c);

	c->peer_scheme = c->hs->scheme->id;
	if (!asked)
		c->hs->proofs |= PROVED_NO_CERT;
	return auth_send_certificate_verify(c, err) && server_finish(c, asked, err);
}

static bool send_certificates(struct ward_conn *c, struct ward_error *err)
{
	if (conn_asks(c) && !send_certificate_request(c, err))
		return false;
	return auth_send_certificate(c, err) && auth_sign(c, server_finish_flight, err);
}

bool server_send_flight(struct ward_conn *c, const struct message *m, const struct client_hello *ch,
			struct span peer_share, struct ward_error *err)
{
	struct handshake *hs = c->hs;

	hs->peer_asks = extensions_ask_beside(&ch->ext);
	hs->peer_compressions = ch->ext.compressions;
	if (!c->retried)
		transcript_start(&hs->transcript, c->suite->digest);
	transcript_add(&hs->transcript, m->raw);
	if (!send_server_hello(c, ch, peer_share, err) || !begin_protection(c, err) ||
	    !send_encrypted_extensions(c, ch, err))
		return false;
	return handshake_has_psk(hs) ? server_finish(c, false, err) : send_certificates(c, err);
}
