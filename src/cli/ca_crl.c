/*
 * `ward ca crl`: the list of what is revoked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ca/issue.h"
#include "cli/ca.h"
#include "cli/facts.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/values.h"

static const char command[] = "ward ca crl";

enum { OPT_OUT = OPT_CA_OTHERS, OPT_DER, OPT_NEXT_UPDATE, OPT_ROOT, OPT_ROOT_KEY };

static const struct option_row rows[] = {
	CA_DIR_OPTION,
	{ OPT_OUT, "out", "FILE", "where to write it, replacing what is there; default crl.pem" },
	{ OPT_DER, "der", NULL, "as DER, which is what is served at a URL; default crl.der" },
	{ OPT_NEXT_UPDATE, "next-update", "TIME",
	  "when the next one will be there; default 7d, of the root 365d" },
	{ OPT_ROOT, "root", NULL,
	  "of the root: intermediates that are revoked; default root-crl.pem" },
	{ OPT_ROOT_KEY, "root-key", "FILE", "with --root: its key, if it is kept apart" },
	CA_PASSPHRASE_OPTIONS,
};

struct options {
	struct ca_options ca;
	const char *out, *root_key;
	bool der, root;
	int64_t life;
};

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_OUT:
		o->out = value;
		return true;
	case OPT_DER:
		return o->der = true;
	case OPT_ROOT:
		return o->root = true;
	case OPT_ROOT_KEY:
		o->root_key = value;
		return true;
	case OPT_NEXT_UPDATE:
		return value_life(value, &o->life) ||
		       options_bad_value("ca crl", "next-update", value, "give a time such as 7d");
	default:
		return ca_take(&o->ca, command, id, value);
	}
}

struct making {
	const struct options *options;
	struct ward_crl *crl;
};

static bool make_with(struct ca *ca, const struct ca_secret *secret, void *arg,
		      struct ward_error *err)
{
	struct making *m = arg;

	const struct options *o = m->options;
	int64_t now = (int64_t)time(NULL);

	m->crl = o->root ? ca_make_root_crl(ca, o->root_key, secret, now, o->life, err)
			 : ca_make_crl(ca, secret, now, o->life, err);
	return m->crl != NULL;
}

static int write_crl(const struct options *o, const struct ward_crl *crl)
{
	size_t len;
	const uint8_t *der = ward_crl_der(crl, &len);
	char *pem;
	int code;

	if (o->der)
		return output_write_bytes(command, o->out, der, len, OUTPUT_PUBLIC);
	pem = ward_crl_pem(crl);
	if (pem == NULL)
		return report_lines(command, EXIT_NETWORK, "free some memory and try again",
				    "out of memory");
	code = output_write(command, o->out, pem, OUTPUT_PUBLIC);
	free(pem);
	return code;
}

/* The lock is kept till the file is there: a newer list is never replaced by an older one. */
static int make(struct options *o)
{
	struct making m = { .options = o };
	char number[24], next[FACTS_TIME];
	struct ca ca;
	int code = ca_do(&ca, command, &o->ca, CA_CHANGE, make_with, &m);

	if (code == EXIT_FINE)
		code = write_crl(o, m.crl);
	if (code == EXIT_FINE && strcmp(o->out, "-") != 0)
		printf("Wrote %s: number 0x%s, %zu revoked, next update %s\n", o->out,
		       ward_crl_number(m.crl, number, sizeof(number)),
		       ward_crl_revoked_count(m.crl),
		       facts_time(ward_crl_next_update(m.crl), next));
	ward_crl_free(m.crl);
	ca_close(&ca);
	return code;
}

static void set_defaults(struct options *o)
{
	const int64_t day = INT64_C(24) * 3600;

	if (o->life == 0)
		o->life = o->root ? 365 * day : 7 * day;
	if (o->out == NULL && o->root)
		o->out = o->der ? "root-crl.der" : "root-crl.pem";
	else if (o->out == NULL)
		o->out = o->der ? "crl.der" : "crl.pem";
}

static int run(int argc, char **argv)
{
	struct options o = { 0 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_ca_crl, argc, argv, take, &o, &status);

	set_defaults(&o);
	if (operands != NULL && operands[0] != NULL)
		status = options_bad_operands(&verb_ca_crl, "no operand is expected", operands[0]);
	else if (operands != NULL && o.root_key != NULL && !o.root)
		status = report_lines(command, EXIT_USAGE, "leave it out, or add --root",
				      "--root-key is for the CRL of the root");
	else if (operands != NULL)
		status = make(&o);
	passphrase_wipe(&o.ca.passphrase);
	return status;
}

const struct verb verb_ca_crl = {
	.name = "ca crl",
	.page = "ca",
	.operands = "",
	.summary = "publish what is revoked",
	.text = "Signs the list of revoked certificates (CRL), each time with a higher number. It is to be\n"
		"made again before its next update, and served at the URL that --crl-url of ward ca init\n"
		"named.\n",
	.examples = "  ward ca crl --out /srv/www/crl.pem\n"
		    "  ward ca crl --der --out /srv/www/ca.crl --next-update 36h\n"
		    "  ward ca crl --root --root-key /media/stick/root-key.pem\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
