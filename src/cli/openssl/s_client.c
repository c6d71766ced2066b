/*
 * `ward openssl s_client`: a connection, shown as openssl shows it, and bytes both ways.
 *
 * As with openssl, a chain that is not trusted is shown and taken all the same, unless
 * -verify_return_error is given. So the engine is told not to verify, and the verdict is found
 * beside it (s_client_verify.c).
 */
#include "cli/openssl/s_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/relay.h"
#include "io/trust_system.h"
#include "tls/msg/msg.h"
#include "tls/suites.h"

static const char default_port[] = "4433";

static int fail(const struct ward_error *err)
{
	return openssl_fail_error(&openssl_s_client, NULL, err);
}

/* ---- what happens in the handshake ---- */

static void keep_request(struct s_client *c, const struct ward_event *e)
{
	if (c->request != NULL || e->len < HANDSHAKE_HEADER_LEN || e->len > S_CLIENT_LIST_MAX)
		return;
	c->request_len = e->len - HANDSHAKE_HEADER_LEN;
	c->request = malloc(e->len);
	if (c->request != NULL)
		memcpy(c->request, e->bytes + HANDSHAKE_HEADER_LEN, c->request_len);
}

static void on_event(void *arg, struct ward_conn *conn, const struct ward_event *e)
{
	enum { HEADER = 5 };
	struct s_client *c = arg;

	if (e->kind == WARD_EVENT_RECORD && e->len >= HEADER && !c->connected)
		*(e->outgoing ? &c->written : &c->read) +=
			HEADER + (uint64_t)(e->bytes[3] << 8 | e->bytes[4]);
	if (e->kind == WARD_EVENT_MESSAGE && !e->outgoing && e->type == HT_CERTIFICATE_REQUEST)
		keep_request(c, e);
	trace_event(&c->trace, conn, e);
}

/* ---- the config ---- */

/* Roots that were named are trusted besides the system's, as openssl has it. */
static bool load_trust(struct s_client *c, struct ward_error *err)
{
	struct ward_error none = ERROR_NONE;

	if (!c->no_ca_file && !c->no_ca_path && c->ca_file == NULL && c->ca_path == NULL)
		c->trust = ward_trust_system(&none);
	if (c->trust == NULL)
		c->trust = ward_trust_new();
	if (c->trust == NULL)
		return FAIL(err, NO_MEMORY);
	return (c->ca_file == NULL || trust_add_path(c->trust, c->ca_file, err)) &&
	       (c->ca_path == NULL || trust_add_path(c->trust, c->ca_path, err));
}

static bool set_trust(const struct s_client *c, struct ward_config *config, struct ward_error *err)
{
	if (!c->verify_return_error)
		return ward_config_insecure_no_verify(config, err);
	return ward_config_set_trust(config, c->trust, err) &&
	       ward_config_insecure_no_hostname(config, err);
}

/* Naming those of one version leaves those of the other as they are. */
static bool set_suites(const struct s_client *c, struct ward_config *config, struct ward_error *err)
{
	uint16_t all[2 * VALUE_LIST_MAX];
	size_t count = 0;

	for (size_t i = 0; i < default_suites_count; i++)
		if (c->suites.count == 0 && suite_find(default_suites[i])->version == 0x0304)
			all[count++] = default_suites[i];
	for (size_t i = 0; i < c->suites.count; i++)
		all[count++] = c->suites.items[i];
	for (size_t i = 0; i < default_suites_count; i++)
		if (c->old_suites.count == 0 && suite_find(default_suites[i])->version == 0x0303)
			all[count++] = default_suites[i];
	for (size_t i = 0; i < c->old_suites.count; i++)
		all[count++] = c->old_suites.items[i];
	return ward_config_set_suites(config, all, count, err);
}

static bool set_offers(const struct s_client *c, struct ward_config *config, struct ward_error *err)
{
	if (c->alpn.count > 0 && !ward_config_set_alpn(config, c->alpn.items, err))
		return false;
	if (c->least != 0 && !ward_config_set_versions(config, c->least, c->most, err))
		return false;
	if (c->suites.count + c->old_suites.count > 0 && !set_suites(c, config, err))
		return false;
	return c->groups.count == 0 ||
	       ward_config_set_groups(config, c->groups.items, c->groups.count, err);
}

static bool set_up(struct s_client *c, struct ward_config *config, struct ward_error *err)
{
	if (!load_trust(c, err) || !set_trust(c, config, err) || !set_offers(c, config, err))
		return false;
	if (c->cert != NULL && !ward_config_load_cert_chain(config, c->cert, c->key, err))
		return false;
	return ward_config_set_keylog_file(config, c->keylog, err) &&
	       ward_config_set_events(config, on_event, c, false, err);
}

/* ---- input ---- */

/* Each LF becomes CR LF: from the end, because it grows in its place. */
static size_t expand_lines(uint8_t *bytes, size_t len)
{
	size_t grown = len;

	for (size_t i = 0; i < len; i++)
		grown += bytes[i] == '\n' ? 1 : 0;
	for (size_t from = len, to = grown; from > 0;) {
		bytes[--to] = bytes[--from];
		if (bytes[from] == '\n')
			bytes[--to] = '\r';
	}
	return grown;
}

/* K asks the peer for new keys as well; R has no meaning in TLS 1.3, and is swallowed all the same. */
static bool run_command(struct ward_session *s, uint8_t letter)
{
	struct ward_error err = ERROR_NONE;

	if (letter == 'R') {
		fprintf(stderr, "RENEGOTIATING\n");
		return true;
	}
	fprintf(stderr, "KEYUPDATE\n");
	return ward_conn_update_keys(ward_session_conn(s), letter == 'K', &err) ||
	       fail(&err) == OPENSSL_FINE;
}

/* What is read at once is a command if it begins with its letter. */
static bool filter(void *arg, struct ward_session *s, uint8_t *bytes, size_t *len)
{
	const struct s_client *c = arg;
	bool goes_on = c->ign_eof && !c->no_ign_eof;
	bool commands = !goes_on && !c->no_commands;

	if (*len == 0)
		return goes_on;
	if (commands && bytes[0] == 'Q')
		return false;
	if (commands && (bytes[0] == 'R' || bytes[0] == 'K' || bytes[0] == 'k')) {
		uint8_t letter = bytes[0];

		*len = 0;
		return run_command(s, letter);
	}
	if (c->crlf)
		*len = expand_lines(bytes, *len);
	return true;
}

static int talk(struct s_client *c)
{
	const struct relay_filter input = { filter, c };
	const struct relay_limits limits = {
		.told_after_ms = -1,
		.given_up_after_ms = -1,
		.filter = &input,
	};
	enum relay_end end = relay_run(c->s, STDIN_FILENO, STDOUT_FILENO, &limits);

	switch (end) {
	case RELAY_STOPPED:
		fprintf(stderr, "DONE\n");
		return OPENSSL_FINE;
	case RELAY_CLOSED:
		if (c->out != NULL)
			fprintf(c->out, "closed\n");
		return OPENSSL_FINE;
	case RELAY_INPUT_FAILED:
	case RELAY_OUTPUT_FAILED:
		return openssl_fail(&openssl_s_client, "check where it goes to", "%s: %s",
				    end == RELAY_INPUT_FAILED ? "standard input"
							      : "standard output",
				    strerrordesc_np(errno));
	case RELAY_SILENT:
	case RELAY_SESSION:
	default:
		fprintf(stderr, "read:errno=%d\n", ward_session_failure(c->s)->system);
		return fail(ward_session_failure(c->s));
	}
}

/* ---- the session ---- */

/* The verdict of the host comes after the handshake: nothing has been sent by then. */
static bool must_end(const struct s_client *c)
{
	return c->verify_return_error && c->code != 0;
}

static int show(struct s_client *c)
{
	const struct ward_error *failure = ward_session_failure(c->s);
	int status = OPENSSL_FINE;

	c->connected = failure == NULL;
	if (c->out != NULL && !c->brief)
		fprintf(c->out, "CONNECTED(%08X)\n", (unsigned int)ward_session_fd(c->s));
	s_client_judge(c);
	if (must_end(c)) {
		c->connected = false;
		status =
			openssl_fail(&openssl_s_client,
				     "trust its CA with -CAfile, or leave out -verify_return_error",
				     "certificate verify failed: %s", c->code_text);
	} else if (failure != NULL) {
		status = fail(failure);
	}
	if (c->out != NULL)
		s_client_print(c);
	if (c->brief && status == OPENSSL_FINE)
		s_client_print_brief(c);
	return status;
}

static int run_session(struct s_client *c)
{
	const struct ward_error *failure = ward_session_failure(c->s);
	int status;

	if (ward_session_conn(c->s) == NULL) {
		status = fail(failure);
		fprintf(stderr, "connect:errno=%d\n", failure->system);
		return status;
	}
	status = show(c);
	if (status == OPENSSL_FINE)
		status = talk(c);
	if (c->prexit && c->out != NULL)
		s_client_print(c);
	return status;
}

static int dial(struct s_client *c)
{
	/* An address is never sent as a name (RFC 6066, 3), and names are not verified by the engine. */
	static const char no_name[] = "192.0.2.0";
	struct ward_error err = ERROR_NONE;
	struct ward_config *config = ward_config_new(&err);
	struct ward_dial_options options = {
		.family = c->family,
		.server_name = c->no_server_name ? no_name : c->server_name,
	};
	int status = OPENSSL_FAILED;

	if (config == NULL || !set_up(c, config, &err)) {
		status = fail(&err);
	} else if (s_client_load_lists(c)) {
		c->s = ward_dial(config, c->target.host, c->target.port, &options);
		if (c->s != NULL)
			status = run_session(c);
		else
			(void)openssl_fail(&openssl_s_client, "free some memory and try again",
					   "out of memory");
	}
	ward_session_free(c->s);
	ward_config_free(config);
	ward_trust_free(c->trust);
	s_client_clear_lists(c);
	free(c->request);
	return status;
}

/* ---- the command ---- */

/* "host", "host:port", "[address]:port", or the two apart. */
static bool find_target(struct s_client *c)
{
	const char *host = c->connect != NULL ? c->connect
			   : c->host != NULL  ? c->host
					      : "localhost";
	const char *port = c->connect == NULL && c->port != NULL ? c->port : default_port;
	const char *bracket = strrchr(host, ']');
	const char *cause, *remedy;
	char text[300];

	if (strchr(bracket == NULL ? host : bracket, ':') == NULL || c->connect == NULL)
		snprintf(text, sizeof(text), "%s:%s", host, port);
	else
		snprintf(text, sizeof(text), "%s", host);
	return target_parse(text, &c->target, &cause, &remedy) ||
	       openssl_fail(&openssl_s_client, remedy, "%s: %s", text, cause) == OPENSSL_FINE;
}

static bool judge(struct s_client *c, char **operands)
{
	const char *cause = NULL, *remedy = "leave one of them out";

	if (operands[0] != NULL && operands[1] != NULL)
		cause = "there is more than one host";
	else if (operands[0] != NULL && (c->connect != NULL || c->host != NULL))
		cause = "a host stands there and in -connect";
	else if (c->no_server_name && c->server_name != NULL)
		cause = "-servername and -noservername exclude each other";
	else if (c->key != NULL && c->cert == NULL) {
		cause = "there is a -key without a -cert";
		remedy = "give its certificate with -cert";
	}
	if (cause != NULL)
		return openssl_fail(&openssl_s_client, remedy, "%s", cause) == OPENSSL_FINE;
	if (operands[0] != NULL)
		c->connect = operands[0];
	return find_target(c);
}

static int run(int argc, char **argv)
{
	struct s_client c = { .depth = -1, .at = -1, .code_text = "ok" };
	int status = OPENSSL_FAILED;
	char **operands = openssl_parse(&openssl_s_client, argc, argv, s_client_take, &c, &status);

	if (operands != NULL && judge(&c, operands)) {
		c.out = c.quiet || c.brief ? NULL : stdout;
		c.trace.term = term_make(c.out == NULL ? stderr : c.out, TERM_NEVER);
		if (c.depth >= 0)
			fprintf(stderr, "verify depth is %d\n", (int)c.depth);
		status = dial(&c);
	}
	value_list_clear(&c.alpn);
	return status;
}

const struct openssl_command openssl_s_client = {
	.verb = {
		.name = "openssl s_client",
		.page = "openssl",
		.operands = "[HOST:PORT]",
		.summary = "a TLS connection, shown and used",
		.text = "Connects, shows the certificates and what was agreed, and passes bytes between\n"
			"the peer and standard input and output. It ends with status 0 even if the chain\n"
			"is not trusted, unless -verify_return_error is given.\n",
		.examples =
			"  ward openssl s_client -connect example.org:443 -servername example.org\n"
			"  echo | ward openssl s_client -connect example.org:443 -brief\n"
			"  ward openssl s_client -connect localhost:8443 -CAfile ca.pem -showcerts\n",
		.options = s_client_rows,
		.option_count = S_CLIENT_ROWS,
		.run = run,
	},
	.refused = s_client_refused,
	.refused_count = S_CLIENT_REFUSED,
};
