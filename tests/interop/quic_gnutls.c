/*
 * The engine without records against GnuTLS's: ward as the client and as the server, with a retry and
 * without, and with early data in a second connection. Both must come to the same secrets and see each
 * other's transport parameters. Everything goes by way of memory, as a QUIC stack would carry it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/gnutls.h>

#include <ward/ward.h>

enum { LEVELS = 4, SECRET_MAX = 48, QUIC_TRANSPORT_PARAMETERS = 57 };

static const char ward_parameters[] = "what ward says", gnutls_parameters[] = "what GnuTLS says";

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	printf("FAILED: %s\n", what);
	exit(1);
}

/* ---- certificates ---- */

static struct {
	struct ward_cert *ca, *leaf;
	struct ward_key *ca_key, *leaf_key;
} made;

static void make_certificates(void)
{
	static const char *const names[] = { "server.example", NULL };
	int64_t now = time(NULL);
	const struct ward_cert_spec ca = { .common_name = "CA",
					   .profile = WARD_PROFILE_CA,
					   .not_before = now - 60,
					   .not_after = now + 3600,
					   .path_length = -1 };
	const struct ward_cert_spec leaf = { .common_name = "server.example",
					     .names = names,
					     .profile = WARD_PROFILE_SERVER,
					     .not_before = now - 60,
					     .not_after = now + 3600 };

	made.ca_key = ward_key_generate(WARD_KEY_P256, NULL);
	made.leaf_key = ward_key_generate(WARD_KEY_P256, NULL);
	need(made.ca_key != NULL && made.leaf_key != NULL, "keys");
	made.ca = ward_cert_make(&ca, made.ca_key, NULL, NULL, NULL);
	need(made.ca != NULL, "a CA");
	made.leaf = ward_cert_make(&leaf, made.leaf_key, made.ca, made.ca_key, NULL);
	need(made.leaf != NULL, "a leaf");
}

/* ---- ward's end ---- */

struct ward_end {
	struct ward_config *config;
	struct ward_ticket *ticket; /* clients */
	struct ward_conn *conn;
	int64_t now;
	struct ward_quic_secret read[LEVELS], write[LEVELS];
};

static void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_end *w = arg;

	(void)conn;
	ward_ticket_free(w->ticket);
	w->ticket = ward_ticket_ref(ticket);
}

/* One more connection, by the ticket of the last if there was one. */
static void ward_connect(struct ward_end *w, bool server)
{
	const struct ward_conn_options options = { .ticket = w->ticket, .quic_early_data = true };
	struct ward_error err = { 0 };

	ward_conn_free(w->conn);
	memset(w->read, 0, sizeof(w->read));
	memset(w->write, 0, sizeof(w->write));
	/* No more time passes for ward than for GnuTLS. */
	w->conn = ward_quic_new(w->config, server ? NULL : "server.example", w->now,
				ward_parameters, sizeof(ward_parameters), &options, &err);
	need(w->conn != NULL, "a connection");
}

static void ward_start(struct ward_end *w, bool server, bool retry)
{
	static const char *const protocols[] = { "h3", NULL };
	static const uint16_t p384[] = { 0x0018 };
	struct ward_trust *trust = ward_trust_new();
	struct ward_chain chain = { 0 };
	struct ward_error err = { 0 };
	char *pem = ward_cert_pem(made.leaf);

	w->config = server ? ward_config_new_server(NULL) : ward_config_new(NULL);
	need(w->config != NULL && trust != NULL && pem != NULL, "a config");
	need(ward_chain_parse(pem, strlen(pem), &chain, &err), "a chain");
	need(ward_trust_add(trust, made.ca, &err) &&
		     ward_config_set_trust(w->config, trust, &err) &&
		     ward_config_set_versions(w->config, WARD_TLS_1_3, WARD_TLS_1_3, &err) &&
		     ward_config_set_alpn(w->config, protocols, &err) &&
		     (!server ||
		      ward_config_add_identity(w->config, &chain, made.leaf_key, &err)) &&
		     (!retry || !server || ward_config_set_groups(w->config, p384, 1, &err)) &&
		     (!retry || server || ward_config_set_key_shares(w->config, 0, &err)),
	     "settings");
	need(server ? ward_config_set_early_data(w->config, 1, NULL, &err)
		    : ward_config_set_ticket_callback(w->config, keep_ticket, w, &err),
	     "early data");
	w->now = time(NULL);
	ward_connect(w, server);
	ward_chain_clear(&chain);
	ward_trust_free(trust);
	free(pem);
}

static void ward_take_secrets(struct ward_end *w)
{
	struct ward_quic_secret s;

	while (ward_quic_next_secret(w->conn, &s))
		*(s.outgoing ? &w->write[s.level] : &w->read[s.level]) = s;
}

/* ---- GnuTLS's end ---- */

struct gnutls_end {
	gnutls_session_t session;
	gnutls_certificate_credentials_t credentials;
	uint8_t out[LEVELS][1 << 14];
	size_t out_len[LEVELS];
	uint8_t read[LEVELS][SECRET_MAX], write[LEVELS][SECRET_MAX];
	size_t secret_len;
	char parameters[64]; /* of the peer */
	bool done;
	/* What a second connection needs. */
	gnutls_datum_t ticket;     /* clients */
	gnutls_datum_t ticket_key; /* servers */
	gnutls_anti_replay_t anti_replay;
	uint8_t exported[32]; /* of early data, while the handshake lasts */
	bool has_exported;
};

static int level_of(gnutls_record_encryption_level_t level)
{
	switch (level) {
	case GNUTLS_ENCRYPTION_LEVEL_INITIAL:
		return WARD_QUIC_INITIAL;
	case GNUTLS_ENCRYPTION_LEVEL_HANDSHAKE:
		return WARD_QUIC_HANDSHAKE;
	case GNUTLS_ENCRYPTION_LEVEL_APPLICATION:
		return WARD_QUIC_APPLICATION;
	case GNUTLS_ENCRYPTION_LEVEL_EARLY:
		return WARD_QUIC_EARLY;
	default:
		need(false, "a level that there is");
		return 0;
	}
}

static gnutls_record_encryption_level_t gnutls_level_of(enum ward_quic_level level)
{
	static const gnutls_record_encryption_level_t levels[LEVELS] = {
		GNUTLS_ENCRYPTION_LEVEL_INITIAL, GNUTLS_ENCRYPTION_LEVEL_EARLY,
		GNUTLS_ENCRYPTION_LEVEL_HANDSHAKE, GNUTLS_ENCRYPTION_LEVEL_APPLICATION
	};

	return levels[level];
}

static int on_message(gnutls_session_t session, gnutls_record_encryption_level_t level,
		      gnutls_handshake_description_t type, const void *data, size_t len)
{
	struct gnutls_end *g = gnutls_session_get_ptr(session);
	int at = level_of(level);

	if (type == GNUTLS_HANDSHAKE_CHANGE_CIPHER_SPEC)
		return 0;
	need(len <= sizeof(g->out[at]) - g->out_len[at], "room");
	memcpy(g->out[at] + g->out_len[at], data, len);
	g->out_len[at] += len;
	return 0;
}

static int on_secret(gnutls_session_t session, gnutls_record_encryption_level_t level,
		     const void *read, const void *write, size_t len)
{
	struct gnutls_end *g = gnutls_session_get_ptr(session);
	int at = level_of(level);

	g->secret_len = len;
	if (read != NULL)
		memcpy(g->read[at], read, len);
	if (write != NULL)
		memcpy(g->write[at], write, len);
	return 0;
}

static int on_alert(gnutls_session_t session, gnutls_record_encryption_level_t level,
		    gnutls_alert_level_t alert_level, gnutls_alert_description_t description)
{
	(void)session;
	(void)level;
	(void)alert_level;
	printf("GnuTLS says alert %d\n", (int)description);
	return 0;
}

static int take_parameters(gnutls_session_t session, const unsigned char *data, size_t len)
{
	struct gnutls_end *g = gnutls_session_get_ptr(session);

	need(len < sizeof(g->parameters), "parameters of a length that was sent");
	memcpy(g->parameters, data, len);
	return 0;
}

static int give_parameters(gnutls_session_t session, gnutls_buffer_t to)
{
	(void)session;
	return gnutls_buffer_append_data(to, gnutls_parameters, sizeof(gnutls_parameters));
}

static int on_ticket(gnutls_session_t session, unsigned int type, unsigned int when,
		     unsigned int incoming, const gnutls_datum_t *message)
{
	struct gnutls_end *g = gnutls_session_get_ptr(session);

	(void)when;
	(void)message;
	if (type != GNUTLS_HANDSHAKE_NEW_SESSION_TICKET || incoming == 0)
		return 0;
	gnutls_free(g->ticket.data);
	need(gnutls_session_get_data2(session, &g->ticket) == 0, "a ticket of GnuTLS's");
	return 0;
}

static int add_to_register(void *arg, time_t until, const gnutls_datum_t *key,
			   const gnutls_datum_t *data)
{
	(void)arg;
	(void)until;
	(void)key;
	(void)data;
	return 0; /* no ClientHello is sent twice here */
}

/* The session's part in early data, as a server and as a client. */
static void gnutls_allow_early(struct gnutls_end *g, bool server)
{
	if (!server) {
		gnutls_handshake_set_hook_function(g->session, GNUTLS_HANDSHAKE_ANY,
						   GNUTLS_HOOK_POST, on_ticket);
		need(g->ticket.size == 0 || gnutls_session_set_data(g->session, g->ticket.data,
								    g->ticket.size) == 0,
		     "its ticket");
		return;
	}
	if (g->ticket_key.size == 0)
		need(gnutls_session_ticket_key_generate(&g->ticket_key) == 0 &&
			     gnutls_anti_replay_init(&g->anti_replay) == 0,
		     "its keys");
	gnutls_anti_replay_set_add_function(g->anti_replay, add_to_register);
	gnutls_anti_replay_enable(g->session, g->anti_replay);
	need(gnutls_session_ticket_enable_server(g->session, &g->ticket_key) == 0 &&
		     gnutls_record_set_max_early_data_size(g->session, UINT32_MAX) == 0,
	     "its tickets");
}

static void gnutls_start(struct gnutls_end *g, bool server)
{
	const unsigned int early = GNUTLS_ENABLE_EARLY_DATA | GNUTLS_NO_END_OF_EARLY_DATA;
	char *cert = ward_cert_pem(made.leaf), *ca = ward_cert_pem(made.ca);
	char *key = ward_key_pem(made.leaf_key, NULL);
	gnutls_datum_t h3 = { (unsigned char *)"h3", 2 };
	gnutls_datum_t cert_pem = { (unsigned char *)cert, (unsigned int)strlen(cert) };
	gnutls_datum_t ca_pem = { (unsigned char *)ca, (unsigned int)strlen(ca) };
	gnutls_datum_t key_pem = { (unsigned char *)key, (unsigned int)strlen(key) };

	need(gnutls_certificate_allocate_credentials(&g->credentials) == 0, "credentials");
	need(gnutls_certificate_set_x509_trust_mem(g->credentials, &ca_pem, GNUTLS_X509_FMT_PEM) ==
		     1,
	     "its CA");
	if (server)
		need(gnutls_certificate_set_x509_key_mem(g->credentials, &cert_pem, &key_pem,
							 GNUTLS_X509_FMT_PEM) == 0,
		     "its certificate");
	need(gnutls_init(&g->session, early | (server ? GNUTLS_SERVER : GNUTLS_CLIENT)) == 0,
	     "a session");
	gnutls_session_set_ptr(g->session, g);
	gnutls_allow_early(g, server);
	need(gnutls_priority_set_direct(g->session,
					"NORMAL:-VERS-ALL:+VERS-TLS1.3:"
					"%DISABLE_TLS13_COMPAT_MODE",
					NULL) == 0,
	     "priorities");
	gnutls_credentials_set(g->session, GNUTLS_CRD_CERTIFICATE, g->credentials);
	gnutls_alpn_set_protocols(g->session, &h3, 1, 0);
	if (!server) {
		gnutls_server_name_set(g->session, GNUTLS_NAME_DNS, "server.example", 14);
		gnutls_session_set_verify_cert(g->session, "server.example", 0);
	}
	gnutls_handshake_set_read_function(g->session, on_message);
	gnutls_handshake_set_secret_function(g->session, on_secret);
	gnutls_alert_set_read_function(g->session, on_alert);
	need(gnutls_session_ext_register(
		     g->session, "quic_transport_parameters", QUIC_TRANSPORT_PARAMETERS,
		     GNUTLS_EXT_TLS, take_parameters, give_parameters, NULL, NULL, NULL,
		     GNUTLS_EXT_FLAG_TLS | GNUTLS_EXT_FLAG_CLIENT_HELLO | GNUTLS_EXT_FLAG_EE) == 0,
	     "the extension");
	ward_wipe(key, strlen(key));
	free(key);
	free(cert);
	free(ca);
}

static const char label[] = "EXPERIMENTAL ward", early_context[] = "early";

static void gnutls_drive(struct gnutls_end *g)
{
	int status = g->done ? 0 : gnutls_handshake(g->session);

	if (!g->has_exported && status == GNUTLS_E_AGAIN)
		g->has_exported = gnutls_prf_early(g->session, sizeof(label) - 1, label,
						   sizeof(early_context) - 1, early_context,
						   sizeof(g->exported), (char *)g->exported) == 0;

	if (status < 0 && status != GNUTLS_E_AGAIN)
		printf("GnuTLS: %s\n", gnutls_strerror(status));
	need(status == 0 || status == GNUTLS_E_AGAIN, "GnuTLS goes on");
	g->done = status == 0;
}

/* ---- between them ---- */

static bool to_ward(struct gnutls_end *g, struct ward_end *w)
{
	struct ward_error err = { 0 };
	char text[512];
	bool moved = false;

	for (int level = 0; level < LEVELS; level++) {
		if (g->out_len[level] == 0)
			continue;
		moved = true;
		if (!ward_quic_receive(w->conn, (enum ward_quic_level)level, g->out[level],
				       g->out_len[level], &err)) {
			printf("ward: %s\n", ward_error_text(&err, text, sizeof(text)));
			need(false, "ward goes on");
		}
		g->out_len[level] = 0;
		ward_take_secrets(w);
	}
	return moved;
}

static bool to_gnutls(struct ward_end *w, struct gnutls_end *g)
{
	uint8_t bytes[1 << 14];
	enum ward_quic_level level;
	bool moved = false;
	size_t n;

	while ((n = ward_quic_output(w->conn, &level, bytes, sizeof(bytes))) > 0) {
		/* What comes behind the handshake, a ticket, is taken when data is read. */
		int status = gnutls_handshake_write(g->session, gnutls_level_of(level), bytes, n);

		need(status == 0 || status == GNUTLS_E_AGAIN, "GnuTLS takes bytes");
		gnutls_drive(g);
		moved = true;
	}
	ward_take_secrets(w);
	return moved;
}

static void check_early(struct ward_end *w, struct gnutls_end *g, bool ward_is_server)
{
	const uint8_t *ours =
		ward_is_server ? w->read[WARD_QUIC_EARLY].bytes : w->write[WARD_QUIC_EARLY].bytes;
	const uint8_t *theirs =
		ward_is_server ? g->write[WARD_QUIC_EARLY] : g->read[WARD_QUIC_EARLY];
	static const uint8_t none[SECRET_MAX];
	uint8_t exported[32];

	need(ward_conn_resumed(w->conn) && gnutls_session_is_resumed(g->session) != 0,
	     "both know that one was before");
	need(ward_conn_early_data_status(w->conn) == WARD_EARLY_DATA_ACCEPTED,
	     "ward says that early data is taken");
	need((gnutls_session_get_flags(g->session) & GNUTLS_SFLAGS_EARLY_DATA) != 0,
	     "GnuTLS says that early data is taken");
	/* A server of GnuTLS's has other keys in its place, once it can be asked. */
	need(!ward_is_server || g->has_exported, "GnuTLS exports of early data");
	need(ward_conn_export_early(w->conn, label, early_context, sizeof(early_context) - 1,
				    exported, sizeof(exported), NULL),
	     "ward exports of early data");
	need(!ward_is_server || memcmp(exported, g->exported, sizeof(exported)) == 0,
	     "the same key of early data");
	need(memcmp(ours, none, g->secret_len) != 0 && memcmp(ours, theirs, g->secret_len) == 0,
	     "the same secret of early data");
}

static void check(struct ward_end *w, struct gnutls_end *g, bool retry)
{
	size_t len;
	const uint8_t *parameters = ward_quic_peer_parameters(w->conn, &len);

	need(ward_conn_is_connected(w->conn) && g->done, "both are connected");
	need(ward_conn_used_retry(w->conn) == retry, "a retry where there should be one");
	for (int level = WARD_QUIC_HANDSHAKE; level < LEVELS; level++) {
		need(w->read[level].len == g->secret_len, "secrets of one length");
		need(memcmp(w->read[level].bytes, g->write[level], g->secret_len) == 0 &&
			     memcmp(w->write[level].bytes, g->read[level], g->secret_len) == 0,
		     "the same secrets");
	}
	need(len == sizeof(gnutls_parameters) && memcmp(parameters, gnutls_parameters, len) == 0,
	     "GnuTLS's parameters reach ward");
	need(strcmp(g->parameters, ward_parameters) == 0, "ward's parameters reach GnuTLS");
}

/* GnuTLS's end of one connection, from its start. */
static void meet(struct ward_end *w, struct gnutls_end *g, bool ward_is_server)
{
	gnutls_start(g, !ward_is_server);
	gnutls_drive(g);
	while (to_ward(g, w) || to_gnutls(w, g))
		;
}

static void part(struct gnutls_end *g)
{
	gnutls_deinit(g->session);
	gnutls_certificate_free_credentials(g->credentials);
	g->done = g->has_exported = false;
	memset(g->read, 0, sizeof(g->read));
	memset(g->write, 0, sizeof(g->write));
}

static void run(bool ward_is_server, bool retry)
{
	static struct gnutls_end g;
	struct ward_end w = { 0 };

	g = (struct gnutls_end){ 0 };
	printf("ward as the %s%s\n", ward_is_server ? "server" : "client",
	       retry ? ", with a retry" : "");
	ward_start(&w, ward_is_server, retry);
	meet(&w, &g, ward_is_server);
	check(&w, &g, retry);
	part(&g);
	if (!retry) {
		printf("\tand with early data\n");
		ward_connect(&w, ward_is_server);
		meet(&w, &g, ward_is_server);
		check(&w, &g, false);
		check_early(&w, &g, ward_is_server);
		part(&g);
	}
	gnutls_free(g.ticket.data);
	gnutls_free(g.ticket_key.data);
	if (g.anti_replay != NULL)
		gnutls_anti_replay_deinit(g.anti_replay);
	ward_ticket_free(w.ticket);
	ward_conn_free(w.conn);
	ward_config_free(w.config);
}

int main(void)
{
	make_certificates();
	for (int server = 0; server < 2; server++)
		for (int retry = 0; retry < 2; retry++)
			run(server, retry);
	ward_cert_free(made.leaf);
	ward_cert_free(made.ca);
	ward_key_free(made.leaf_key);
	ward_key_free(made.ca_key);
	printf("GnuTLS and ward agree\n");
	return 0;
}
