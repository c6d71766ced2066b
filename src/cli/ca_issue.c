/*
 * `ward ca issue`: a certificate, and its key unless a request is given.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ca/issue.h"
#include "cli/ca.h"
#include "cli/cert.h"
#include "cli/facts.h"
#include "cli/key.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/values.h"

static const char command[] = "ward ca issue";

enum {
	OPT_CSR = OPT_CA_OTHERS,
	OPT_PROFILE,
	OPT_LIFETIME,
	OPT_KEY_TYPE,
	OPT_OUT,
	OPT_KEY_OUT,
	OPT_MUST_STAPLE,
	OPT_FORCE,
};

static const struct option_row rows[] = {
	CA_DIR_OPTION,
	{ OPT_CSR, "csr", "FILE",
	  "for the key of this request; its names, unless there are NAMEs" },
	{ OPT_PROFILE, "profile", "WHAT", "server (default), client or both" },
	{ OPT_LIFETIME, "lifetime", "TIME", "as 90d, 160h or 15m; default 90d" },
	{ OPT_KEY_TYPE, "key-type", "TYPE",
	  "p256 (default), p384, p521, ed25519, rsa2048, rsa3072, rsa4096" },
	{ OPT_OUT, "out", "FILE", "certificate and intermediate, PEM; default NAME.pem" },
	{ OPT_KEY_OUT, "key-out", "FILE", "its key, mode 0600; default NAME-key.pem" },
	{ OPT_MUST_STAPLE, "must-staple", NULL, "clients shall want a stapled OCSP response" },
	CA_PASSPHRASE_OPTIONS,
	{ OPT_FORCE, "force", NULL, "replace files that are there" },
};

struct options {
	struct ca_request request;
	enum ward_key_kind kind;
	struct ca_options ca;
	const char *csr, *out, *key_out;
	bool force;
	char out_default[OUTPUT_PATH_SIZE], key_default[OUTPUT_PATH_SIZE];
};

static bool take_more(struct options *o, int id, const char *value)
{
	switch (id) {
	case OPT_OUT:
		o->out = value;
		return true;
	case OPT_KEY_OUT:
		o->key_out = value;
		return true;
	case OPT_MUST_STAPLE:
		return o->request.must_staple = true;
	case OPT_FORCE:
		return o->force = true;
	default:
		return ca_take(&o->ca, command, id, value);
	}
}

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_CSR:
		o->csr = value;
		return true;
	case OPT_PROFILE:
		return ca_profile_parse(value, &o->request.profile) ||
		       options_bad_value("ca issue", "profile", value, "server, client or both");
	case OPT_LIFETIME:
		return value_life(value, &o->request.life) ||
		       options_bad_value("ca issue", "lifetime", value,
					 "give a time such as 90d, 160h or 15m");
	case OPT_KEY_TYPE:
		return output_key_kind(value, &o->kind) ||
		       options_bad_value("ca issue", "key-type", value, output_key_kinds);
	default:
		return take_more(o, id, value);
	}
}

/* ---- issuing ---- */

struct issuing {
	struct ca ca;
	const struct options *options;
	struct ward_csr *csr;
	struct ward_key *key;
	struct ward_cert *cert;
};

static bool issue_with(struct ca *ca, const struct ca_secret *secret, void *arg,
		       struct ward_error *err)
{
	struct issuing *i = arg;
	struct ca_request request = i->options->request;

	request.csr = i->csr;
	request.key = i->key;
	i->cert = ca_issue(ca, &request, secret, (int64_t)time(NULL), err);
	return i->cert != NULL;
}

static bool have_key(struct issuing *i)
{
	struct ward_error err = { 0 };

	if (i->options->csr != NULL) {
		i->csr = csr_load(command, i->options->csr);
		return i->csr != NULL;
	}
	i->key = ward_key_generate(i->options->kind, &err);
	if (i->key == NULL)
		(void)report_setup(command, &err);
	return i->key != NULL;
}

static void tell(const struct issuing *i)
{
	char serial[64], first[FACTS_TIME], last[FACTS_TIME];
	FILE *to = strcmp(i->options->out, "-") == 0 ? stderr : stdout;

	fprintf(to, "Issued %s", i->options->out);
	if (i->key != NULL)
		fprintf(to, " and its key %s", i->options->key_out);
	fprintf(to, "\nserial %s, valid %s to %s\n",
		ward_cert_serial(i->cert, serial, sizeof(serial)),
		facts_time(ward_cert_not_before(i->cert), first),
		facts_time(ward_cert_not_after(i->cert), last));
}

static int write_files(const struct issuing *i)
{
	struct ward_error err = { 0 };
	char *chain = ca_chain_pem(&i->ca, i->cert, &err);
	char *key = i->key == NULL ? NULL : ward_key_pem(i->key, &err);
	int code = EXIT_FINE;

	if (chain == NULL || (i->key != NULL && key == NULL))
		code = report_setup(command, &err);
	if (code == EXIT_FINE && key != NULL)
		code = output_write(command, i->options->key_out, key, OUTPUT_SECRET);
	if (code == EXIT_FINE)
		code = output_write(command, i->options->out, chain, OUTPUT_PUBLIC);
	if (code == EXIT_FINE)
		tell(i);
	key_text_free(key);
	free(chain);
	return code;
}

static int issue(struct options *o)
{
	struct issuing i = { .options = o };
	int code = EXIT_USAGE;

	i.ca.lock = -1;
	if (have_key(&i))
		code = ca_do(&i.ca, command, &o->ca, CA_CHANGE, issue_with, &i);
	if (code == EXIT_FINE)
		code = write_files(&i);
	ca_close(&i.ca);
	ward_cert_free(i.cert);
	ward_key_free(i.key);
	ward_csr_free(i.csr);
	return code;
}

static int prepare(struct options *o, char **names)
{
	const char *base = names[0] != NULL ? names[0] : "certificate";

	if (names[0] == NULL && o->csr == NULL)
		return options_bad_operands(&verb_ca_issue, "a name is missing", NULL);
	o->request.names = names[0] == NULL ? NULL : (const char *const *)names;
	if (o->csr != NULL && o->key_out != NULL)
		return report_lines(command, EXIT_USAGE, "leave out --key-out",
				    "whoever made the request has the key");
	if (o->out == NULL)
		o->out = output_default_path(o->out_default, base, ".pem");
	if (o->key_out == NULL && o->csr == NULL)
		o->key_out = output_default_path(o->key_default, base, "-key.pem");
	if (o->csr == NULL && strcmp(o->out, o->key_out) == 0)
		return report_lines(command, EXIT_USAGE, "give the key a file of its own",
				    "%s: it cannot be the certificate's file and the key's",
				    o->out);
	if ((o->csr == NULL && !output_is_free(command, o->key_out, o->force)) ||
	    !output_is_free(command, o->out, o->force))
		return EXIT_USAGE;
	return issue(o);
}

static int run(int argc, char **argv)
{
	struct options o = { .kind = WARD_KEY_P256, .request.life = INT64_C(90) * 24 * 3600 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_ca_issue, argc, argv, take, &o, &status);

	if (operands != NULL)
		status = prepare(&o, operands);
	passphrase_wipe(&o.ca.passphrase);
	return status;
}

const struct verb verb_ca_issue = {
	.name = "ca issue",
	.page = "ca",
	.operands = "[NAME...]",
	.summary = "issue a certificate",
	.text = "Issues a certificate, and makes its key unless a request is given. A NAME is a DNS name,\n"
		"an IP address, a mail address or a URI. Exit status: 5 the CA may not vouch for a name.\n",
	.examples = "  ward ca issue localhost 127.0.0.1 ::1\n"
		    "  ward ca issue db.internal --profile both --lifetime 160h\n"
		    "  ward ca issue --csr printer.csr --out printer.pem\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
