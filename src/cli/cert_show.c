/*
 * `ward cert show`: what certificates say, all of it.
 */
#include <stdlib.h>
#include <time.h>

#include "cli/cert.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/source.h"
#include "cli/values.h"

static const char command[] = "ward cert show";

enum { OPT_JSON = OPTION_LONG, OPT_PEM, OPT_SERVERNAME, OPT_TIMEOUT, OPT_COLOR };

static const struct option_row rows[] = {
	{ OPT_JSON, "json", NULL, "as one JSON document" },
	{ OPT_PEM, "pem", NULL, "the certificates themselves, PEM; with --json: them, too" },
	{ OPT_SERVERNAME, "servername", "NAME", "ask the server for this name, not HOST" },
	{ OPT_TIMEOUT, "timeout", "TIME", "for connection and handshake; default 30s" },
	{ OPT_COLOR, "color", "WHEN", "auto, always or never" },
};

struct show {
	struct source_options source;
	bool json, pem;
	enum term_when colour;
};

static bool take(void *arg, int id, const char *value)
{
	struct show *o = arg;

	switch (id) {
	case OPT_JSON:
		return o->json = true;
	case OPT_PEM:
		return o->pem = true;
	case OPT_SERVERNAME:
		o->source.server_name = value;
		return target_name_is_plain(value) ||
		       options_bad_value("cert show", "servername", value,
					 "give a name in ASCII (xn--...)");
	case OPT_TIMEOUT:
		return value_duration(value, &o->source.timeout_ms) ||
		       options_bad_value("cert show", "timeout", value,
					 "give a time such as 5s, 500ms or 2m");
	default:
		return term_when_parse(value, &o->colour) ||
		       options_bad_value("cert show", "color", value, "give auto, always or never");
	}
}

/* ---- telling ---- */

static bool show_pem(const struct ward_chain *chain)
{
	bool ok = true;

	for (size_t i = 0; ok && i < chain->count; i++) {
		char *pem = ward_cert_pem(chain->certs[i]);

		ok = pem != NULL && fputs(pem, stdout) >= 0;
		free(pem);
	}
	return ok;
}

static bool show_text(const struct ward_chain *chain, const struct show *o)
{
	struct term term = term_make(stdout, o->colour);
	int64_t now = (int64_t)time(NULL);
	bool ok = true;

	for (size_t i = 0; ok && i < chain->count; i++)
		ok = cert_print(chain->certs[i], i + 1, chain->count, now, &term);
	return ok;
}

static bool show_json(const struct source *s, const struct show *o)
{
	json_t *list = json_array();
	json_t *document;
	bool ok = true;

	for (size_t i = 0; i < s->chain.count; i++)
		if (json_array_append_new(
			    list, cert_json(s->chain.certs[i], (int64_t)time(NULL), o->pem)) != 0)
			ok = false;
	document = json_pack("{s:i, s:b, s:I, s:o}", "schema", 1, "server", (int)s->is_server,
			     "malformed", (json_int_t)s->refused, "certificates", list);
	ok = ok && document != NULL && json_dumpf(document, stdout, JSON_INDENT(2)) == 0 &&
	     putchar('\n') != EOF;
	json_decref(document);
	return ok;
}

static bool tell(const struct source *s, const struct show *o)
{
	if (o->json)
		return show_json(s, o);
	return o->pem ? show_pem(&s->chain) : show_text(&s->chain, o);
}

static int show(const char *name, const struct show *o)
{
	struct term term = term_make(stdout, o->colour);
	const struct csr_show how = { o->json, o->pem, &term };
	struct source s;
	int code;

	if (revocation_show(name, o->json, &term, &code) || csr_show(name, &how, &code))
		return code;
	code = source_load(&s, name, &o->source);

	/* What could be read is shown, whatever came behind it. */
	if ((code == EXIT_FINE || s.chain.count > 0) && !tell(&s, o))
		code = report_lines(command, EXIT_NETWORK,
				    "check where it goes to, and the space there",
				    "the certificates cannot be written");
	if (code == EXIT_FINE && s.refused > 0)
		code = EXIT_USAGE;
	source_clear(&s);
	return code;
}

static int run(int argc, char **argv)
{
	struct show o = { .source.command = command };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_cert_show, argc, argv, take, &o, &status);

	if (operands == NULL)
		return status;
	if (operands[0] == NULL)
		return options_bad_operands(&verb_cert_show, "there is nothing to show", NULL);
	if (operands[1] != NULL)
		return options_bad_operands(&verb_cert_show, "there is more than one", operands[1]);
	return show(operands[0], &o);
}

const struct verb verb_cert_show = {
	.name = "cert show",
	.page = "cert",
	.operands = "FILE | - | HOST:PORT",
	.summary = "show all that certificates say",
	.text = "Shows every certificate of a file (PEM with any text around, or DER), of standard\n"
		"input (-), or that a server sends: names, validity, key, signature, fingerprints and\n"
		"all extensions; or a certificate request, a CRL, or an OCSP response (DER). No\n"
		"certificate is verified.\n",
	.examples = "  ward cert show fullchain.pem\n"
		    "  ward cert show example.org:443\n"
		    "  ward cert show example.org:443 --pem > chain.pem\n"
		    "  ward cert show cert.der --json | jq '.certificates[0].days_left'\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
