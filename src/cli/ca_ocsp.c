/*
 * `ward ca ocsp`: the responder that tells clients what is revoked.
 */
#include <stdio.h>
#include <time.h>

#include "ca/ocsp_http.h"
#include "ca/ocsp_server.h"
#include "cli/ca.h"
#include "cli/report.h"
#include "cli/values.h"

static const char command[] = "ward ca ocsp";

#define LISTEN_DEFAULT "localhost:2560"

enum { OPT_VALIDITY = OPT_CA_OTHERS };

static const struct option_row rows[] = {
	CA_DIR_OPTION,
	{ 'l', "listen", "ADDR:PORT", "where to listen; default " LISTEN_DEFAULT },
	{ OPT_VALIDITY, "validity", "TIME", "how long an answer counts; default 1h, at most 12h" },
	CA_PASSPHRASE_OPTIONS,
	{ 'q', "quiet", NULL, "do not say where it listens" },
};

struct options {
	struct ca_options ca;
	struct ocsp_server_options server;
	int64_t validity;
};

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case 'l':
		o->server.listen = value;
		return true;
	case OPT_VALIDITY:
		return value_life(value, &o->validity) ||
		       options_bad_value("ca ocsp", "validity", value, "give a time such as 1h");
	case 'q':
		o->server.out = NULL;
		return true;
	default:
		return ca_take(&o->ca, command, id, value);
	}
}

struct starting {
	struct responder responder;
	int64_t validity;
};

static bool start_with(struct ca *ca, const struct ca_secret *secret, void *arg,
		       struct ward_error *err)
{
	struct starting *s = arg;

	responder_clear(&s->responder);
	return responder_init(&s->responder, ca, secret, s->validity, (int64_t)time(NULL), err);
}

static void on_trouble(const struct ward_error *trouble)
{
	report_error(command, "no answers for now", trouble);
}

static int serve(struct responder *responder, struct options *o)
{
	struct ward_error err = { 0 };

	if (responder->ca->settings.ocsp_url != NULL)
		o->server.prefix = ocsp_http_path(responder->ca->settings.ocsp_url);
	if (ocsp_server_run(responder, &o->server, &err))
		return EXIT_FINE;
	if (report_exit_code(&err) != EXIT_NETWORK)
		return report_setup(command, &err);
	report_error(command, o->server.listen, &err);
	return EXIT_NETWORK;
}

static int run_with(struct options *o)
{
	struct starting s = { .validity = o->validity };
	struct ca ca;
	int code = ca_do(&ca, command, &o->ca, CA_LOOK, start_with, &s);

	passphrase_wipe(&o->ca.passphrase);
	if (code == EXIT_FINE)
		code = serve(&s.responder, o);
	responder_clear(&s.responder);
	ca_close(&ca);
	return code;
}

static int run(int argc, char **argv)
{
	struct options o = {
		.validity = 3600,
		.server = { .listen = LISTEN_DEFAULT,
			    .prefix = "/",
			    .out = stdout,
			    .on_trouble = on_trouble },
	};
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_ca_ocsp, argc, argv, take, &o, &status);

	if (operands != NULL && operands[0] != NULL)
		status = options_bad_operands(&verb_ca_ocsp, "no operand is expected", operands[0]);
	else if (operands != NULL)
		status = run_with(&o);
	passphrase_wipe(&o.ca.passphrase);
	return status;
}

const struct verb verb_ca_ocsp = {
	.name = "ca ocsp",
	.page = "ca",
	.operands = "",
	.summary = "answer whether one is revoked",
	.text = "Answers OCSP requests over HTTP (RFC 6960), by GET and POST. What is revoked meanwhile is\n"
		"told at once, and so is a new intermediate. Reads that again at SIGHUP, too; stops at\n"
		"SIGINT and SIGTERM.\n",
	.examples = "  ward ca ocsp --listen localhost:2560\n"
		    "  ward ca ocsp --listen :80 --validity 10m\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
