/*
 * `ward serve`: its command line. The server is src/serve.
 */
#include "cli/verb.h"

#include <ward/mutual.h>

#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/report.h"
#include "cli/values.h"
#include "serve/guard.h"
#include "serve/serve.h"

enum {
	OPT_CERT = OPTION_LONG,
	OPT_KEY,
	OPT_OCSP,
	OPT_RAW_KEY,
	OPT_CLIENT_RAW_KEY,
	OPT_SCT,
	OPT_TICKET_KEYS,
	OPT_CLIENT_CA,
	OPT_CLIENT_AUTH,
	OPT_ALLOW,
	OPT_PROTECT,
	OPT_HSTS,
	OPT_HIDDEN,
	OPT_ACCESS_LOG,
	OPT_EARLY_DATA,
	OPT_THREADS,
	OPT_CONNECTIONS,
	OPT_HANDSHAKE_TIME,
	OPT_REQUEST_TIME,
	OPT_IDLE_TIME,
	OPT_STOP_TIME,
	OPT_RATE,
};

enum { RULES_MAX = 256, GUARDED_MAX = 256, SCTS_MAX = 64 };

static const struct option_row rows[] = {
	{ 'l', "listen", "ADDR:PORT", "where to listen; default " SERVE_LISTEN_DEFAULT },
	{ OPT_CERT, "cert", "FILE", "certificate and chain, PEM; else a development CA makes one" },
	{ OPT_KEY, "key", "FILE", "its private key, PEM, if it is not in the same file" },
	{ OPT_RAW_KEY, "raw-key", "FILE",
	  "a private key to show without a certificate (RFC 7250)" },
	{ OPT_OCSP, "ocsp", "FILE", "an OCSP response to staple to the certificate, DER" },
	{ OPT_SCT, "sct", "FILE", "timestamps of CT logs to hand out with it; may be repeated" },
	{ OPT_TICKET_KEYS, "ticket-keys", "FILE",
	  "keys that servers share, by `ward key tickets`" },
	{ OPT_CLIENT_CA, "client-ca", "FILE", "ask clients for a certificate by one of these CAs" },
	{ OPT_CLIENT_RAW_KEY, "client-raw-key", NULL,
	  "ask clients for a key without a certificate; --allow says which" },
	{ OPT_CLIENT_AUTH, "client-auth", "HOW", "required or optional; default required" },
	{ OPT_ALLOW, "allow", "RULE", "let in whom it fits, as dns:a.example; may be repeated" },
	{ OPT_PROTECT, "protect", "PATH", "ask only for what is below it; may be repeated" },
	{ OPT_HSTS, "hsts", "[=SECONDS]", "tell browsers to use HTTPS alone; for two years" },
	{ OPT_HIDDEN, "hidden", NULL, "serve names that begin with a dot, too" },
	{ OPT_ACCESS_LOG, "access-log", NULL, "one line on stderr for each answer" },
	{ OPT_EARLY_DATA, "early-data", NULL,
	  "take requests with a client's first message (0-RTT)" },
	{ OPT_THREADS, "threads", "N", "event loops; default: one a core" },
	{ OPT_CONNECTIONS, "max-connections", "N", "connections at once; default 10000" },
	{ OPT_HANDSHAKE_TIME, "handshake-timeout", "TIME", "for a TLS handshake; default 10s" },
	{ OPT_REQUEST_TIME, "request-timeout", "TIME", "for a request to arrive; default 20s" },
	{ OPT_IDLE_TIME, "idle-timeout", "TIME", "between requests; default 60s" },
	{ OPT_STOP_TIME, "stop-timeout", "TIME", "to finish when it is stopped; default 10s" },
	{ OPT_RATE, "min-rate", "BYTES", "a second that a client must take; default 1024" },
	{ 'q', "quiet", NULL, "do not say where it listens and how to trust it" },
};

/* What the command line says. */
struct command {
	struct serve_options o;
	const char *rules[RULES_MAX];
	const char *guarded[GUARDED_MAX];
	const char *scts[SCTS_MAX];
	bool auth_given;
};

static bool take_time(const char *option, const char *value, int *ms)
{
	return value_duration(value, ms) ||
	       options_bad_value("serve", option, value, "give a time such as 5s, 500ms or 2m");
}

static bool take_count(const char *option, const char *value, int64_t most, unsigned int *count)
{
	int64_t n;

	if (!value_number(value, 1, most, &n))
		return options_bad_value("serve", option, value, "give a number above zero");
	*count = (unsigned int)n;
	return true;
}

static bool take_rate(const char *value, int *rate)
{
	enum { MOST = 1000000000 };
	int64_t n;

	if (!value_number(value, 1, MOST, &n))
		return options_bad_value("serve", "min-rate", value,
					 "give bytes a second, above zero");
	*rate = (int)n;
	return true;
}

static bool take_hsts(const char *value, int64_t *seconds)
{
	*seconds = SERVE_HSTS_DEFAULT;
	return value == NULL || value_number(value, 0, SERVE_HSTS_MAX, seconds) ||
	       options_bad_value("serve", "hsts", value, "give seconds, at most ten years of them");
}

static bool take_client_auth(struct command *c, const char *value)
{
	c->auth_given = true;
	c->o.client_optional = strcmp(value, "optional") == 0;
	return c->o.client_optional || strcmp(value, "required") == 0 ||
	       options_bad_value("serve", "client-auth", value, "give required or optional");
}

/* What is wrong with a rule is known here already: it is of the command line. */
static bool take_rule(struct command *c, const char *value)
{
	struct ward_config *probe = ward_config_new_server(NULL);
	struct ward_error err = { 0 };
	bool good = probe != NULL && ward_config_allow_client(probe, value, &err);

	ward_config_free(probe);
	if (!good)
		return options_bad_value("serve", "allow", value, err.detail);
	if (c->o.rule_count == RULES_MAX)
		return options_bad_value("serve", "allow", value, "there are too many rules");
	c->rules[c->o.rule_count++] = value;
	return true;
}

static bool take_guarded(struct command *c, const char *value)
{
	struct ward_error err = { 0 };
	struct guard probe = { .count = 0 };
	bool good = guard_add(&probe, value, &err);

	guard_clear(&probe);
	if (!good)
		return options_bad_value("serve", "protect", value,
					 "give a path of a URL, as /private/");
	if (c->o.guarded_count == GUARDED_MAX)
		return options_bad_value("serve", "protect", value, "there are too many paths");
	c->guarded[c->o.guarded_count++] = value;
	return true;
}

static bool take_sct(struct command *c, const char *value)
{
	if (c->o.sct_count == SCTS_MAX)
		return options_bad_value("serve", "sct", value, "there are too many files");
	c->scts[c->o.sct_count++] = value;
	return true;
}

static bool take_limit(struct serve_limits *limits, int id, const char *value)
{
	switch (id) {
	case OPT_THREADS:
		return take_count("threads", value, SERVE_THREADS_MAX, &limits->threads);
	case OPT_CONNECTIONS:
		return take_count("max-connections", value, SERVE_CONNECTIONS_MAX,
				  &limits->connections);
	case OPT_HANDSHAKE_TIME:
		return take_time("handshake-timeout", value, &limits->handshake_ms);
	case OPT_REQUEST_TIME:
		return take_time("request-timeout", value, &limits->request_ms);
	case OPT_IDLE_TIME:
		return take_time("idle-timeout", value, &limits->idle_ms);
	case OPT_STOP_TIME:
		return take_time("stop-timeout", value, &limits->stop_ms);
	default:
		return take_rate(value, &limits->rate);
	}
}

static bool take(void *arg, int id, const char *value)
{
	struct command *c = arg;
	struct serve_options *o = &c->o;

	switch (id) {
	case 'l':
		o->listen = value;
		return true;
	case OPT_CERT:
		o->cert = value;
		return true;
	case OPT_KEY:
		o->key = value;
		return true;
	case OPT_RAW_KEY:
		o->raw_key = value;
		return true;
	case OPT_CLIENT_RAW_KEY:
		return o->client_raw_key = true;
	case OPT_OCSP:
		o->ocsp = value;
		return true;
	case OPT_SCT:
		return take_sct(c, value);
	case OPT_TICKET_KEYS:
		o->ticket_keys = value;
		return true;
	case OPT_CLIENT_CA:
		o->client_ca = value;
		return true;
	case OPT_CLIENT_AUTH:
		return take_client_auth(c, value);
	case OPT_ALLOW:
		return take_rule(c, value);
	case OPT_PROTECT:
		return take_guarded(c, value);
	case OPT_HSTS:
		return take_hsts(value, &o->hsts);
	case OPT_HIDDEN:
		o->hidden = true;
		return true;
	case OPT_ACCESS_LOG:
		o->access_log = true;
		return true;
	case OPT_EARLY_DATA:
		o->early_data = true;
		return true;
	case 'q':
		o->out = NULL;
		return true;
	default:
		return take_limit(&o->limits, id, value);
	}
}

/* A reason that is not of the network is one of the options and the files they name. */
static int report_start(const struct serve_options *o, const struct ward_error *err)
{
	int code = report_exit_code(err);

	if (code != EXIT_NETWORK)
		return report_setup("ward serve", err);
	report_error("ward serve", o->listen == NULL ? SERVE_LISTEN_DEFAULT : o->listen, err);
	return code;
}

static bool has_key_rule(const struct command *c)
{
	for (size_t i = 0; i < c->o.rule_count; i++)
		if (strncmp(c->rules[i], "pin:", 4) == 0)
			return true;
	return false;
}

static bool check_clients(const struct command *c, int *status)
{
	const char *what = c->auth_given            ? "client-auth"
			   : c->o.rule_count > 0    ? "allow"
			   : c->o.guarded_count > 0 ? "protect"
						    : NULL;

	if (c->o.client_raw_key && !has_key_rule(c)) {
		*status = report_lines("ward serve", EXIT_USAGE,
				       "say which keys with --allow pin:sha256//BASE64",
				       "there is a --client-raw-key, and no rule lets a key in");
		return false;
	}
	if (what != NULL && c->o.client_ca == NULL && !c->o.client_raw_key) {
		*status = report_lines("ward serve", EXIT_USAGE,
				       "give the CAs of clients with --client-ca",
				       "there is --%s without --client-ca", what);
		return false;
	}
	if (c->auth_given && c->o.guarded_count > 0) {
		*status =
			report_lines("ward serve", EXIT_USAGE,
				     "leave out --client-auth: only who asks for a protected path "
				     "has to show a certificate",
				     "--client-auth and --protect exclude each other");
		return false;
	}
	return true;
}

static bool check(const struct command *c, int *status)
{
	if (c->o.key != NULL && c->o.cert == NULL) {
		*status = report_lines("ward serve", EXIT_USAGE, "give its certificate with --cert",
				       "there is a --key without a --cert");
		return false;
	}
	if ((c->o.ocsp != NULL || c->o.sct_count > 0) && c->o.cert == NULL) {
		*status = report_lines("ward serve", EXIT_USAGE, "give its certificate with --cert",
				       "there is an --%s without a --cert",
				       c->o.ocsp != NULL ? "ocsp" : "sct");
		return false;
	}
	if (c->o.ticket_keys != NULL && c->o.early_data) {
		*status = report_lines("ward serve", EXIT_USAGE,
				       "leave one of them out: each server would take the same "
				       "first message once",
				       "--ticket-keys and --early-data exclude each other");
		return false;
	}
	return check_clients(c, status);
}

static int run(int argc, char **argv)
{
	struct command c = { .o = { .hsts = -1, .out = stdout, .log = stderr } };
	struct ward_error err = { 0 };
	int status;
	char **operands = options_parse(&verb_serve, argc, argv, take, &c, &status);

	if (operands == NULL)
		return status;
	if (operands[0] == NULL)
		return options_bad_operands(&verb_serve, "a folder is missing", NULL);
	if (operands[1] != NULL)
		return options_bad_operands(&verb_serve, "there is more than one folder",
					    operands[1]);
	if (!check(&c, &status))
		return status;
	c.o.dir = operands[0];
	c.o.rules = c.rules;
	c.o.guarded = c.guarded;
	c.o.scts = c.scts;
	return serve_run(&c.o, &err) ? EXIT_FINE : report_start(&c.o, &err);
}

const struct verb verb_serve = {
	.name = "serve",
	.operands = "DIR",
	.summary = "serve the files of a folder over HTTPS",
	.text = "Serves the files of a folder over HTTPS, with TLS 1.3 and 1.2. Without a certificate of your\n"
		"own, a development CA makes one that is good on this machine and on private networks;\n"
		"how to trust it is printed. Stops at SIGINT and SIGTERM.\n",
	.examples =
		"  ward serve ./site\n"
		"  ward serve ./site --listen 0.0.0.0:443 --cert fullchain.pem --key privkey.pem\n"
		"  ward serve ./site --listen localhost:0 --access-log\n"
		"  ward serve ./site --client-ca ca.pem --allow dns:laptop.example\n"
		"  ward serve ./site --client-ca ca.pem --protect /private/\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
