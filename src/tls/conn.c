/*
 * A connection: made, failed, asked, freed. See <ward/tls.h>.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tls/quic.h"

/* Room for the structure, one ClientHello and a CertificateVerify; Certificate is encoded once per
 * config and needs none. */
#define HANDSHAKE_FIRST_BLOCK 5120

struct handshake *handshake_new(struct ward_error *err)
{
	struct arena *arena = arena_new(HANDSHAKE_FIRST_BLOCK, HANDSHAKE_MEMORY_MAX);
	struct handshake *hs;

	if (arena == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	hs = arena_alloc(arena, sizeof(*hs), err);
	if (hs == NULL) {
		arena_free(arena);
		return NULL;
	}
	hs->arena = arena;
	return hs;
}

static bool conn_set_host(struct ward_conn *c, const char *host, const char *service,
			  struct ward_error *err)
{
	if (host == NULL && service == NULL)
		return true;
	if (host == NULL)
		return conn_set_service(c, service, err);
	if (host[0] == '\0' || strlen(host) > 255)
		return FAILF(err, BAD_ARGUMENT, "a host name has 1 to 255 bytes");
	return conn_set_names(c, host, service, err);
}

static bool conn_check(const struct ward_config *config, const char *host, struct ward_error *err)
{
	bool verifies =
		config->verify != WARD_VERIFY_NONE && config_takes(config, WARD_CERTIFICATE_X509);

	if (config->is_server)
		return config_check_server(config, err);
	if (!config_check_types(config, err))
		return false;
	/* With a key alone nobody has to be known by name; a certificate is then refused. */
	if (config->psk_count > 0 && config->trust == NULL && verifies)
		return true;
	if (verifies && host == NULL && !config->insecure_no_hostname)
		return FAILF(err, BAD_ARGUMENT, "a client needs the name of its server");
	if (verifies && config->trust == NULL)
		return FAIL(err, NO_TRUST_STORE);
	return true;
}

static bool conn_start(struct ward_conn *c, const char *host,
		       const struct ward_conn_options *options, struct ward_error *err)
{
	c->hs = handshake_new(err);
	if (c->hs == NULL)
		return false;
	if (c->is_server) {
		conn_enter(c, SERVER_START);
		return true;
	}
	if (!conn_set_host(c, host, options->service, err))
		return false;
	conn_enter(c, CLIENT_WAIT_SH);
	c->hs->received_hello = true;
	c->hs->early_data = span_make(options->early_data, options->early_data_len);
	return client_start(c, options->ticket, err);
}

struct ward_conn *ward_conn_new(struct ward_config *config, const char *host, int64_t now,
				struct ward_error *err)
{
	return ward_conn_new_with(config, host, now, NULL, err);
}

struct ward_conn *ward_conn_new_with(struct ward_config *config, const char *host, int64_t now,
				     const struct ward_conn_options *options,
				     struct ward_error *err)
{
	if (options != NULL && (options->quic_early_data || options->quic_early_context_len > 0)) {
		FAILF(err, BAD_ARGUMENT, "the connection is not one of QUIC");
		return NULL;
	}
	return conn_new(config, host, now, options, NULL, err);
}

static bool conn_set_quic(struct ward_conn *c, struct quic *quic, struct ward_error *err)
{
	struct rare *rare = conn_rare(c, err);

	if (rare == NULL)
		quic_free(quic);
	else
		rare->quic = quic;
	return rare != NULL;
}

struct ward_conn *conn_new(struct ward_config *config, const char *host, int64_t now,
			   const struct ward_conn_options *options, struct quic *quic,
			   struct ward_error *err)
{
	static const struct ward_conn_options defaults;
	struct ward_error unheard = ERROR_NONE;
	struct ward_conn *c = calloc(1, sizeof(*c));

	if (err == NULL) /* readers and writers stop at an error, so they need one */
		err = &unheard;
	if (c == NULL) {
		FAIL(err, NO_MEMORY);
		quic_free(quic);
		return NULL;
	}
	if (quic != NULL && !conn_set_quic(c, quic, err)) {
		ward_conn_free(c);
		return NULL;
	}
	c->config = config_in_force(config);
	if (!conn_check(c->config, host, err) || (quic != NULL && !quic_check(c->config, err))) {
		ward_conn_free(c);
		return NULL;
	}
	config_freeze(c->config);
	c->is_server = c->config->is_server;
	c->now = now;
	c->send_limit = RECORD_PLAINTEXT_MAX + 1;
	if (!conn_start(c, host, options == NULL ? &defaults : options, err)) {
		ward_conn_free(c);
		return NULL;
	}
	return c;
}

void ward_conn_free(struct ward_conn *conn)
{
	if (conn == NULL)
		return;
	handshake_free(conn->hs);
	record_keys_clear(&conn->read);
	record_keys_clear(&conn->write);
	buffer_close(&conn->out);
	buffer_close(&conn->partial);
	peer_chain_free(conn->peer);
	free(conn->host);
	conn_keep_clear(conn);
	ward_config_free(conn->config);
	secret_wipe_bytes(conn, sizeof(*conn));
	free(conn);
}

/* ---- failure ---- */

/* What is told when there is no memory to keep what happened. */
static const struct ward_error out_of_memory = { .reason = WARD_E_NO_MEMORY,
						 .message = -1,
						 .extension = -1,
						 .offset = -1,
						 .received_alert = -1 };

static void conn_keep_error(struct ward_conn *c, const struct ward_error *err)
{
	struct ward_error ignored = ERROR_NONE;
	struct rare *rare = err->reason == WARD_E_NO_MEMORY ? NULL : conn_rare(c, &ignored);

	if (rare == NULL)
		return;
	rare->error = malloc(sizeof(*rare->error));
	if (rare->error != NULL)
		*rare->error = *err;
}

/* Alerts that TLS 1.2 does not have are handshake_failure there. */
static int alert_for(const struct ward_conn *c, enum ward_reason reason)
{
	enum { HANDSHAKE_FAILURE = 40, MISSING_EXTENSION = 109, CERTIFICATE_REQUIRED = 116 };
	int alert = ward_reason_alert(reason);

	if (c->version == WARD_TLS_1_2 &&
	    (alert == MISSING_EXTENSION || alert == CERTIFICATE_REQUIRED))
		return HANDSHAKE_FAILURE;
	return alert;
}

bool conn_fail(struct ward_conn *c, const struct ward_error *err)
{
	int alert = alert_for(c, err->reason);

	if (c->failed)
		return false;
	conn_keep_error(c, err);
	c->failed = true;
	conn_event(c,
		   &(struct ward_event){ .kind = WARD_EVENT_FAILED, .error = ward_conn_error(c) });
	if (alert != WARD_NO_ALERT && !c->close_sent)
		output_alert(c, 2, alert);
	handshake_free(c->hs);
	c->hs = NULL;
	post_auth_drop(c);
	buffer_close(&c->partial);
	record_keys_clear(&c->read);
	record_keys_clear(&c->write);
	return false;
}

/* ---- keys kept elsewhere ---- */

struct handshake *conn_signing(const struct ward_conn *c)
{
	struct handshake *hs = c->hs != NULL ? c->hs : post_auth_handshake(conn_post(c));

	return hs != NULL && hs->key_wanted ? hs : NULL;
}

bool ward_conn_key_request(const struct ward_conn *conn, struct ward_key_request *request)
{
	const struct handshake *hs = conn_signing(conn);

	if (hs == NULL)
		return false;
	request->cert = identity_leaf(hs->identity);
	request->raw_key = hs->identity->spki.data;
	request->raw_key_len = hs->identity->spki.len;
	request->scheme = hs->scheme->id;
	request->message = hs->to_sign.data;
	request->message_len = hs->to_sign.len;
	return true;
}

bool handshake_signed(struct ward_conn *c, struct span sig, struct ward_error *err)
{
	struct handshake *hs = c->hs;

	if (sig.data == NULL || sig.len == 0 || sig.len > SIGNATURE_MAX)
		return FAILF(err, CRYPTO_FAILED, "the key gave no signature");
	if (!arena_copy(hs->arena, sig, &hs->signature, err))
		return false;
	hs->key_wanted = false;
	return hs->resume(c, err);
}

static bool key_answer(struct ward_conn *c, struct span sig, struct ward_error *err)
{
	if (c->hs == NULL)
		return post_auth_signed(c, sig, err);
	if (!handshake_signed(c, sig, err))
		return false;
	return !conn_is_connected(c) || handshake_done(c, err);
}

bool ward_conn_key_done(struct ward_conn *conn, const void *sig, size_t len, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;

	if (conn->failed)
		return error_pass(err, ward_conn_error(conn));
	if (conn_signing(conn) == NULL)
		return FAILF(err, BAD_STATE, "no signature is wanted");
	if (key_answer(conn, span_make(sig, len), &fault))
		return true;
	conn_fail(conn, &fault);
	return error_pass(err, ward_conn_error(conn));
}

unsigned int ward_conn_wants(const struct ward_conn *conn)
{
	unsigned int wants = ward_conn_has_output(conn) ? WARD_WANT_WRITE : 0;

	if (conn->failed)
		return wants;
	if (conn_signing(conn) != NULL)
		return wants | WARD_WANT_KEY;
	if (!conn->close_received && !conn->eof_received)
		wants |= WARD_WANT_READ;
	return wants;
}

/* ---- what is known ---- */

void ward_conn_set_data(struct ward_conn *conn, void *data)
{
	conn->data = data;
}

void *ward_conn_data(const struct ward_conn *conn)
{
	return conn->data;
}

bool ward_conn_is_server(const struct ward_conn *conn)
{
	return conn->is_server;
}

bool ward_conn_is_connected(const struct ward_conn *conn)
{
	return conn_is_connected(conn) && !conn->failed && conn->hs == NULL;
}

bool ward_conn_received_close(const struct ward_conn *conn)
{
	return conn->close_received;
}

const struct ward_error *ward_conn_error(const struct ward_conn *conn)
{
	if (!conn->failed)
		return NULL;
	return conn->rare != NULL && conn->rare->error != NULL ? conn->rare->error : &out_of_memory;
}

const char *ward_conn_version(const struct ward_conn *conn)
{
	if (conn->suite == NULL)
		return NULL;
	return conn->version == WARD_TLS_1_2 ? "TLSv1.2" : "TLSv1.3";
}

const char *ward_conn_cipher(const struct ward_conn *conn)
{
	return conn->suite == NULL ? NULL : conn->suite->name;
}

const char *ward_conn_group(const struct ward_conn *conn)
{
	return conn->group == 0 ? NULL : kex_group_name(conn->group);
}

const char *ward_conn_signature(const struct ward_conn *conn)
{
	return conn->peer_scheme == 0 ? NULL : scheme_find(conn->peer_scheme)->name;
}

const char *ward_conn_alpn(const struct ward_conn *conn)
{
	return conn_alpn(conn);
}

const char *ward_conn_server_name(const struct ward_conn *conn)
{
	return conn->host;
}

const uint8_t *ward_conn_psk_identity(const struct ward_conn *conn, size_t *len)
{
	const struct external_psk *p = conn_psk(conn);

	*len = p == NULL ? 0 : p->external_len;
	return p == NULL ? NULL : p->identity + p->external_at;
}

enum ward_early_data_status ward_conn_early_data_status(const struct ward_conn *conn)
{
	return (enum ward_early_data_status)conn->early;
}

size_t ward_conn_early_data_accepted(const struct ward_conn *conn)
{
	return conn->early == WARD_EARLY_DATA_ACCEPTED && !conn->is_server ? conn->rare->early_sent
									   : 0;
}

bool ward_conn_resumed(const struct ward_conn *conn)
{
	return conn->resumed;
}

void ward_conn_set_time(struct ward_conn *conn, int64_t now)
{
	conn->now = now;
}

bool ward_conn_used_retry(const struct ward_conn *conn)
{
	return conn->retried;
}

/* After the handshake a certificate counts once its answer is whole: a program may look at any time. */
const struct ward_chain *ward_conn_peer_chain(const struct ward_conn *conn)
{
	static const struct ward_chain none;

	return conn->peer == NULL || conn_in_post_auth(conn) ? &none : &conn->peer->chain;
}

/* The peer once it may be looked at, or NULL. */
static const struct peer_chain *shown(const struct ward_conn *c)
{
	return conn_in_post_auth(c) ? NULL : c->peer;
}

const uint8_t *ward_conn_peer_raw_key(const struct ward_conn *conn, size_t *len)
{
	const struct raw_key *key = shown(conn) == NULL ? NULL : shown(conn)->raw_key;

	*len = key == NULL ? 0 : key->spki.len;
	return key == NULL ? NULL : key->spki.data;
}

bool ward_conn_peer_pin(const struct ward_conn *conn, struct ward_pin *pin)
{
	if (shown(conn) == NULL)
		return false;
	peer_chain_pin(shown(conn), pin->sha256);
	return true;
}

const char *ward_conn_peer_key_type(const struct ward_conn *conn)
{
	const struct peer_chain *peer = shown(conn);

	if (peer == NULL)
		return NULL;
	return peer->raw_key == NULL ? ward_cert_key_type(peer->chain.certs[0])
				     : key_type_name(pubkey_type(peer->raw_key->pubkey));
}

unsigned int ward_conn_peer_key_bits(const struct ward_conn *conn)
{
	const struct peer_chain *peer = shown(conn);

	if (peer == NULL)
		return 0;
	return peer->raw_key == NULL ? ward_cert_key_bits(peer->chain.certs[0])
				     : pubkey_bits(peer->raw_key->pubkey);
}

struct ward_cert *ward_conn_peer_cert(const struct ward_conn *conn)
{
	const struct ward_chain *chain = ward_conn_peer_chain(conn);

	return chain->count == 0 ? NULL : chain->certs[0];
}

static const uint8_t *beside(struct span bytes, size_t *len)
{
	*len = bytes.len;
	return bytes.len == 0 ? NULL : bytes.data;
}

const uint8_t *ward_conn_ocsp_response(const struct ward_conn *conn, size_t *len)
{
	return beside(conn->peer == NULL ? SPAN_EMPTY : conn->peer->status, len);
}

const uint8_t *ward_conn_scts(const struct ward_conn *conn, size_t *len)
{
	return beside(conn->peer == NULL ? SPAN_EMPTY : conn->peer->scts, len);
}

const struct ward_error *ward_conn_verify_error(const struct ward_conn *conn)
{
	return conn->rare == NULL ? NULL : conn->rare->verify_error;
}

char *ward_conn_offered_versions(const struct ward_conn *conn, char *buf, size_t size)
{
	static const char *const names[] = { "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2",
					     "TLS 1.3" };
	size_t n = 0;

	if (size == 0)
		return buf;
	buf[0] = '\0';
	for (int i = 4; i >= 0; i--) {
		int len;

		if ((conn->offered >> i & 1) == 0)
			continue;
		len = snprintf(buf + n, size - n, "%s%s", n == 0 ? "" : ", ", names[i]);
		if (len < 0 || (size_t)len >= size - n)
			break;
		n += (size_t)len;
	}
	return buf;
}
