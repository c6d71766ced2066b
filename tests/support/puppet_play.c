/*
 * How the puppet goes through a handshake, as a client (RFC 9846, A.1) and as a server (A.2). See
 * puppet.h.
 */
#include <stdlib.h>

#include "support/puppet.h"
#include "support/puppet_internal.h"

/* ---- sending a message of the script ---- */

static struct writer begin(struct bytes *m, struct ward_error *err)
{
	return writer_make(m->data, sizeof(m->data), err);
}

/* Edits, remembers and sends what has been written. */
static bool perform(struct puppet *p, struct bytes *m, const struct writer *w)
{
	const struct play *play = p->play;
	bool here;

	puppet_must(writer_ok(w), w->err, "writing");
	m->len = w->len;
	here = play->at == m->data[0] && play->nth == p->sent[m->data[0]];
	p->sent[m->data[0]]++;
	if (here && play->edit_bytes != NULL)
		play->edit_bytes(p, m);
	if (p->transcript_begun || m->data[0] == HT_CLIENT_HELLO)
		transcript_add(&p->transcript, span_make(m->data, m->len));
	if (here && play->instead != NULL) {
		play->instead(p, m);
		return !p->engine_failed;
	}
	return puppet_send_message(p, m);
}

static void begin_transcript(struct puppet *p)
{
	transcript_start(&p->transcript, p->suite->digest);
	p->transcript_begun = true;
}

static struct transcript_hash hash_now(const struct puppet *p)
{
	struct transcript_hash hash;

	transcript_peek(&p->transcript, &hash);
	return hash;
}

static void derive_pair(struct puppet *p, enum schedule_label client, enum schedule_label server,
			struct secret *c, struct secret *s)
{
	struct transcript_hash hash = hash_now(p);

	schedule_derive(&p->schedule, client, transcript_hash_span(&hash), c);
	schedule_derive(&p->schedule, server, transcript_hash_span(&hash), s);
}

static void set_keys(struct puppet *p, struct record_keys *keys, const struct secret *secret)
{
	struct ward_error err = ERROR_NONE;

	puppet_must(record_keys_set(keys, p->suite, secret, &err), &err, "keys");
}

static void begin_protection(struct puppet *p)
{
	derive_pair(p, C_HS_TRAFFIC, S_HS_TRAFFIC, &p->client_hs, &p->server_hs);
	set_keys(p, &p->write, p->is_server ? &p->server_hs : &p->client_hs);
	set_keys(p, &p->read, p->is_server ? &p->client_hs : &p->server_hs);
}

/* ---- Certificate, CertificateVerify, Finished ---- */

static bool send_certificate(struct puppet *p)
{
	static struct bytes m;
	struct ward_error err = ERROR_NONE;
	struct certificate msg = { .context =
					   span_make(p->request_context, p->request_context_len) };
	struct writer w = begin(&m, &err);

	if (p->credential != NULL) {
		size_t len;
		const uint8_t *der = ward_cert_der(p->credential->chain.certs[0], &len);

		msg.certs[0] = span_make(der, len);
		msg.count = 1;
	}
	if (p->play->edit_certificate != NULL)
		p->play->edit_certificate(&msg);
	certificate_write(&w, &msg);
	return perform(p, &m, &w);
}

static bool send_certificate_verify(struct puppet *p)
{
	static struct bytes m;
	const char *who = p->is_server ? "TLS 1.3, server CertificateVerify"
				       : "TLS 1.3, client CertificateVerify";
	struct ward_error err = ERROR_NONE;
	struct transcript_hash hash = hash_now(p);
	uint8_t content[64 + 34 + DIGEST_MAX_LEN], sig[SIGNATURE_MAX];
	struct certificate_verify cv = { .algorithm = p->scheme };
	struct writer w = begin(&m, &err);
	size_t sig_len;

	memset(content, ' ', 64);
	memcpy(content + 64, who, 34);
	memcpy(content + 64 + 34, hash.data, hash.len);
	puppet_must(privkey_sign(key_private(p->credential->key), scheme_find(p->scheme)->alg,
				 span_make(content, 64 + 34 + hash.len), sig, &sig_len, &err),
		    &err, "signing");
	cv.signature = span_make(sig, sig_len);
	if (p->play->edit_certificate_verify != NULL)
		p->play->edit_certificate_verify(&cv);
	certificate_verify_write(&w, &cv);
	return perform(p, &m, &w);
}

static bool send_finished(struct puppet *p)
{
	static struct bytes m;
	struct ward_error err = ERROR_NONE;
	struct transcript_hash hash = hash_now(p);
	const struct secret *base = p->after_handshake ? &p->client_ap
				    : p->is_server     ? &p->server_hs
						       : &p->client_hs;
	uint8_t mac[DIGEST_MAX_LEN];
	struct writer w = begin(&m, &err);

	finished_mac(p->suite->digest, secret_span(base), transcript_hash_span(&hash), mac);
	finished_write(&w, span_make(mac, digest_len(p->suite->digest)));
	return perform(p, &m, &w);
}

/* ---- as a server ---- */

static bool read_client_hello(struct puppet *p, struct client_hello *ch)
{
	struct ward_error err = ERROR_NONE;

	if (!puppet_next_message(p, &p->hello))
		return false;
	puppet_must(client_hello_parse(span_make(p->hello.data + 4, p->hello.len - 4), ch, &err),
		    &err, "ClientHello");
	p->session_id_len = ch->legacy_session_id.len;
	bytes_copy(p->session_id, ch->legacy_session_id.data, ch->legacy_session_id.len);
	transcript_add(&p->transcript, span_make(p->hello.data, p->hello.len));
	return true;
}

static bool send_hello(struct puppet *p, struct server_hello *sh)
{
	static struct bytes m;
	struct ward_error err = ERROR_NONE;
	struct writer w = begin(&m, &err);

	sh->legacy_version = 0x0303;
	sh->legacy_session_id_echo = span_make(p->session_id, p->session_id_len);
	sh->cipher_suite = p->suite_id;
	sh->ext.selected_version = WARD_TLS_1_3;
	sh->ext.seen |= ext_bit(EXT_SUPPORTED_VERSIONS) | ext_bit(EXT_KEY_SHARE);
	if (p->play->edit_server_hello != NULL)
		p->play->edit_server_hello(sh);
	server_hello_write(&w, sh);
	return perform(p, &m, &w);
}

static bool send_retry(struct puppet *p, struct client_hello *ch)
{
	struct server_hello sh = { .is_retry = true,
				   .random = span_make(server_hello_retry_random, 32) };

	p->group = GROUP_SECP256R1;
	sh.ext.key_share.group = p->group;
	begin_transcript(p);
	transcript_restart(&p->transcript);
	return send_hello(p, &sh) && read_client_hello(p, ch);
}

static bool send_server_hello(struct puppet *p, const struct client_hello *ch)
{
	struct server_hello sh = { .random = SPAN_ARRAY(p->random) };
	struct ward_error err = ERROR_NONE;
	struct secret shared = { .len = 0 };
	struct span theirs;

	if (!key_share_find(ch->ext.key_shares, p->group, &theirs))
		abort();
	puppet_must(kex_accept(p->group, theirs, p->share, &shared, &err), &err, "key exchange");
	schedule_start(&p->schedule, p->suite->digest, secret_span(&p->psk));
	schedule_to_handshake(&p->schedule, secret_span(&shared));
	sh.ext.key_share.group = p->group;
	sh.ext.key_share.key_exchange = span_make(p->share, kex_share_len(p->group));
	if (!p->transcript_begun)
		begin_transcript(p);
	if (!send_hello(p, &sh))
		return false;
	begin_protection(p);
	return true;
}

static bool send_encrypted_extensions(struct puppet *p)
{
	static struct bytes m;
	struct ward_error err = ERROR_NONE;
	struct encrypted_extensions ee = { .ext = { .seen = 0 } };
	struct writer w = begin(&m, &err);

	if (p->play->edit_encrypted_extensions != NULL)
		p->play->edit_encrypted_extensions(&ee);
	encrypted_extensions_write(&w, &ee);
	return perform(p, &m, &w);
}

static bool send_certificate_request(struct puppet *p)
{
	static const uint8_t schemes[] = { 0x04, 0x03, 0x08, 0x04 };
	static struct bytes m;
	struct ward_error err = ERROR_NONE;
	struct certificate_request cr = { .context = SPAN_EMPTY };
	struct writer w = begin(&m, &err);

	cr.ext.signature_algorithms = SPAN_ARRAY(schemes);
	cr.ext.seen = ext_bit(EXT_SIGNATURE_ALGORITHMS);
	if (p->play->edit_certificate_request != NULL)
		p->play->edit_certificate_request(&cr);
	certificate_request_write(&w, &cr);
	return perform(p, &m, &w);
}

/* The client's flight: taken as it is, for the keys that follow. */
static bool hear_client_flight(struct puppet *p)
{
	static struct bytes m;

	do {
		if (!puppet_next_message(p, &m))
			return false;
	} while (m.data[0] != HT_FINISHED);
	set_keys(p, &p->read, &p->client_ap);
	return true;
}

static bool serve(struct puppet *p)
{
	struct client_hello ch = { 0 };

	if (!read_client_hello(p, &ch) || (p->retries && !send_retry(p, &ch)) ||
	    !send_server_hello(p, &ch) || !send_encrypted_extensions(p))
		return false;
	if (p->asks_certificate && !send_certificate_request(p))
		return false;
	if (!p->resumes && (!send_certificate(p) || !send_certificate_verify(p)))
		return false;
	if (!send_finished(p))
		return false;
	schedule_to_master(&p->schedule);
	derive_pair(p, C_AP_TRAFFIC, S_AP_TRAFFIC, &p->client_ap, &p->server_ap);
	set_keys(p, &p->write, &p->server_ap);
	return hear_client_flight(p);
}

/* ---- as a client ---- */

static bool send_client_hello(struct puppet *p, struct span cookie)
{
	static const uint8_t suites[] = { 0x13, 0x01, 0x13, 0x02, 0x13, 0x03 };
	static const uint8_t groups[] = { 0x00, 0x1d, 0x00, 0x17, 0x00, 0x18 };
	static const uint8_t schemes[] = { 0x04, 0x03, 0x08, 0x04, 0x08, 0x07, 0x05, 0x03 };
	static const uint8_t versions[] = { 0x03, 0x04 };
	static const uint8_t no_compression[] = { 0 };
	static struct bytes m;
	struct ward_error err = ERROR_NONE;
	uint8_t shares[4 + KEX_SHARE_MAX];
	struct writer w = writer_make(shares, sizeof(shares), &err);
	struct client_hello ch = { .legacy_version = 0x0303,
				   .random = SPAN_ARRAY(p->random),
				   .legacy_session_id = SPAN_ARRAY(p->session_id),
				   .cipher_suites = SPAN_ARRAY(suites),
				   .legacy_compression_methods = SPAN_ARRAY(no_compression) };

	kex_free(p->kex);
	p->kex = kex_offer(p->group, p->share, &err);
	puppet_must(p->kex != NULL, &err, "key pair");
	writer_u16(&w, p->group);
	writer_vec(&w, 2, span_make(p->share, kex_share_len(p->group)));
	ch.ext.key_shares = writer_span(&w);
	ch.ext.supported_groups = SPAN_ARRAY(groups);
	ch.ext.signature_algorithms = SPAN_ARRAY(schemes);
	ch.ext.supported_versions = SPAN_ARRAY(versions);
	ch.ext.server_name = SPAN_LITERAL("server.example");
	ch.ext.cookie = cookie;
	ch.ext.seen = ext_bit(EXT_KEY_SHARE) | ext_bit(EXT_SUPPORTED_GROUPS) |
		      ext_bit(EXT_SIGNATURE_ALGORITHMS) | ext_bit(EXT_SUPPORTED_VERSIONS) |
		      ext_bit(EXT_SERVER_NAME) | (cookie.len > 0 ? ext_bit(EXT_COOKIE) : 0);
	if (p->offers_post_auth)
		ch.ext.seen |= ext_bit(EXT_POST_HANDSHAKE_AUTH);
	if (p->play->edit_client_hello != NULL && p->play->nth == p->sent[HT_CLIENT_HELLO])
		p->play->edit_client_hello(&ch);
	w = begin(&m, &err);
	client_hello_write(&w, &ch);
	return perform(p, &m, &w);
}

/* Takes ServerHello; after a HelloRetryRequest it sends the second ClientHello first. */
static bool hear_server_hello(struct puppet *p)
{
	struct server_hello sh = { 0 };
	struct ward_error err = ERROR_NONE;
	struct secret shared = { .len = 0 };

	if (!puppet_next_message(p, &p->hello))
		return false;
	puppet_must(server_hello_parse(span_make(p->hello.data + 4, p->hello.len - 4), &sh, &err),
		    &err, "ServerHello");
	p->suite = suite_find(sh.cipher_suite);
	if (!p->transcript_begun)
		begin_transcript(p);
	if (sh.is_retry)
		transcript_restart(&p->transcript);
	transcript_add(&p->transcript, span_make(p->hello.data, p->hello.len));
	if (sh.is_retry) {
		p->saw_retry = true;
		if (ext_has(&sh.ext, EXT_KEY_SHARE))
			p->group = sh.ext.key_share.group;
		return send_client_hello(p, ext_has(&sh.ext, EXT_COOKIE) ? sh.ext.cookie
									 : SPAN_EMPTY) &&
		       hear_server_hello(p);
	}
	puppet_must(kex_finish(p->kex, sh.ext.key_share.key_exchange, &shared, &err), &err,
		    "key exchange");
	schedule_start(&p->schedule, p->suite->digest, secret_span(&p->psk));
	schedule_to_handshake(&p->schedule, secret_span(&shared));
	begin_protection(p);
	return true;
}

static bool hear_server_flight(struct puppet *p)
{
	static struct bytes m;

	do {
		if (!puppet_next_message(p, &m))
			return false;
		p->got_certificate_request |= m.data[0] == HT_CERTIFICATE_REQUEST;
		transcript_add(&p->transcript, span_make(m.data, m.len));
	} while (m.data[0] != HT_FINISHED);
	return true;
}

static bool connect_as_client(struct puppet *p)
{
	if (!send_client_hello(p, SPAN_EMPTY) || !hear_server_hello(p) || !hear_server_flight(p))
		return false;
	schedule_to_master(&p->schedule);
	derive_pair(p, C_AP_TRAFFIC, S_AP_TRAFFIC, &p->client_ap, &p->server_ap);
	set_keys(p, &p->read, &p->server_ap);
	if (p->got_certificate_request && !send_certificate(p))
		return false;
	if (p->got_certificate_request && p->credential != NULL && !send_certificate_verify(p))
		return false;
	if (!send_finished(p))
		return false;
	set_keys(p, &p->write, &p->client_ap);
	return true;
}

bool puppet_answer_request(struct puppet *p)
{
	static struct bytes m;
	struct ward_error err = ERROR_NONE;
	struct certificate_request cr = { 0 };

	do {
		if (!puppet_next_message(p, &m))
			return false;
	} while (m.data[0] != HT_CERTIFICATE_REQUEST);
	puppet_must(certificate_request_parse(span_make(m.data + 4, m.len - 4), &cr, &err), &err,
		    "CertificateRequest");
	transcript_add(&p->transcript, span_make(m.data, m.len));
	p->after_handshake = true;
	p->request_context_len = cr.context.len;
	bytes_copy(p->request_context, cr.context.data, cr.context.len);
	return send_certificate(p) && (p->credential == NULL || send_certificate_verify(p)) &&
	       send_finished(p);
}

bool puppet_handshake(struct puppet *p)
{
	bool done;

	p->session_id_len = sizeof(p->session_id);
	memset(p->session_id, 0x1d, sizeof(p->session_id));
	p->suite = suite_find(p->suite_id);
	done = p->is_server ? serve(p) : connect_as_client(p);
	if (done && p->play->afterwards != NULL)
		p->play->afterwards(p);
	puppet_listen(p);
	return done && ward_conn_is_connected(p->conn);
}
