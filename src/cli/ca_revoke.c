/*
 * `ward ca revoke`: a certificate of this CA is not to be trusted any more; or its intermediate, and all
 * that this has issued.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <ward/revocation.h>

#include "ca/retirement.h"
#include "cli/ca.h"
#include "cli/facts.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/source.h"

static const char command[] = "ward ca revoke";

enum { OPT_REASON = OPT_CA_OTHERS, OPT_INTERMEDIATE, OPT_ROOT_KEY, OPT_OUT };

enum { ROOT_CRL_LIFE = 365 * 24 * 3600 };

static const struct option_row rows[] = {
	CA_DIR_OPTION,
	{ OPT_REASON, "reason", "WHY", "keyCompromise, superseded, cessationOfOperation..." },
	{ OPT_INTERMEDIATE, "intermediate", NULL,
	  "the intermediate, and with it all that it has issued" },
	{ OPT_ROOT_KEY, "root-key", "FILE",
	  "with --intermediate: the root's key, where it is kept apart" },
	{ OPT_OUT, "out", "FILE", "with --intermediate: where the root's CRL goes; root-crl.pem" },
	CA_PASSPHRASE_OPTIONS,
};

struct options {
	struct ca_options ca;
	int reason; /* -1: not given */
	bool intermediate;
	const char *root_key, *out;
};

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_INTERMEDIATE:
		return o->intermediate = true;
	case OPT_ROOT_KEY:
		o->root_key = value;
		return true;
	case OPT_OUT:
		o->out = value;
		return true;
	case OPT_REASON:
		break;
	default:
		return ca_take(&o->ca, command, id, value);
	}
	return ca_reason_parse(value, &o->reason) ||
	       options_bad_value("ca revoke", "reason", value,
				 "unspecified, keyCompromise, CACompromise, affiliationChanged, "
				 "superseded, cessationOfOperation, privilegeWithdrawn or "
				 "AACompromise");
}

/* Of the first certificate of a file. */
static int serial_of_file(const char *path, struct ca_serial *serial)
{
	const struct source_options options = { .command = command };
	struct source source;
	char text[64];
	int code = source_load(&source, path, &options);

	if (code == EXIT_FINE &&
	    !ca_serial_parse(ward_cert_serial(source.chain.certs[0], text, sizeof(text)), serial))
		code = report_lines(command, EXIT_ANSWER_NO, "choose one that this CA has issued",
				    "%s: its serial number is none of this CA's", path);
	source_clear(&source);
	return code;
}

static int revoke_in(struct ca *ca, const struct ca_serial *serial, const struct options *o)
{
	const struct ca_entry *entry = ca_index_find(&ca->index, serial);
	struct ward_error err = { 0 };
	char text[CA_SERIAL_TEXT], when[FACTS_TIME];
	char *path;
	bool ok;

	ca_serial_text(serial, text);
	if (entry == NULL)
		return report_lines(
			command, EXIT_ANSWER_NO, "see ward ca list for what it has issued",
			"this CA has issued no certificate with the serial number %s", text);
	if (entry->revoked) {
		printf("%s was revoked at %s already\n", text, facts_time(entry->revoked_at, when));
		return EXIT_FINE;
	}
	path = ca_path(ca, CA_INDEX_FILE, &err);
	ok = path != NULL &&
	     ca_index_revoke(&ca->index, path, serial, (int64_t)time(NULL),
			     o->reason < 0 ? WARD_REVOKED_UNSPECIFIED : o->reason, &err);
	free(path);
	if (!ok)
		return report_setup(command, &err);
	entry = ca_index_find(&ca->index, serial);
	printf("Revoked %s (%s)\nPublish it with ward ca crl; ward ca ocsp tells it at once\n",
	       text, entry->names);
	return EXIT_FINE;
}

static int revoke_one(const char *which, const struct options *o)
{
	struct ca_serial serial;
	struct ca ca;
	int code = EXIT_FINE;

	if (access(which, F_OK) == 0)
		code = serial_of_file(which, &serial);
	else if (!ca_serial_parse(which, &serial))
		code = report_lines(command, EXIT_USAGE, "give a serial number, or a certificate",
				    "%s: there is no such file, and it is no serial number", which);
	if (code != EXIT_FINE)
		return code;
	code = ca_open_for(&ca, command, o->ca.dir, CA_CHANGE);
	if (code == EXIT_FINE)
		code = revoke_in(&ca, &serial, o);
	ca_close(&ca);
	return code;
}

/* ---- the intermediate ---- */

struct retiring {
	const struct options *options;
	bool before; /* it was revoked already */
	struct ward_crl *crl;
};

static bool retire_with(struct ca *ca, const struct ca_secret *secret, void *arg,
			struct ward_error *err)
{
	struct retiring *r = arg;
	int reason = r->options->reason < 0 ? WARD_REVOKED_CA_COMPROMISE : r->options->reason;

	r->before = ca_revoked_intermediate(ca) != NULL;
	r->crl = ca_retire(ca, r->options->root_key, secret, reason, (int64_t)time(NULL),
			   ROOT_CRL_LIFE, err);
	return r->crl != NULL;
}

static int write_crl(const char *path, const struct ward_crl *crl)
{
	char *pem = ward_crl_pem(crl);
	int code;

	if (pem == NULL)
		return report_lines(command, EXIT_NETWORK, "free some memory and try again",
				    "out of memory");
	code = output_write(command, path, pem, OUTPUT_PUBLIC);
	free(pem);
	return code;
}

/* The lock is kept till the list is there, as in ward ca crl. */
static int revoke_intermediate(struct options *o)
{
	const char *path = o->out == NULL ? "root-crl.pem" : o->out;
	struct retiring r = { .options = o };
	char subject[300];
	struct ca ca;
	int code = ca_do(&ca, command, &o->ca, CA_CHANGE, retire_with, &r);

	if (code == EXIT_FINE)
		code = write_crl(path, r.crl);
	if (code == EXIT_FINE && strcmp(path, "-") != 0)
		printf("%s %s, and all that it has issued\n"
		       "Wrote %s, the CRL of the root: give it to whoever checks\n"
		       "Make a new intermediate with ward ca renew, then issue anew\n",
		       r.before ? "Revoked already was" : "Revoked",
		       ward_cert_subject(ca.intermediate, subject, sizeof(subject)), path);
	ward_crl_free(r.crl);
	ca_close(&ca);
	return code;
}

static int run_intermediate(struct options *o, char **operands)
{
	int code;

	if (operands[0] != NULL)
		return options_bad_operands(&verb_ca_revoke, "--intermediate is by itself",
					    operands[0]);
	code = revoke_intermediate(o);
	passphrase_wipe(&o->ca.passphrase);
	return code;
}

static int run(int argc, char **argv)
{
	struct options o = { .reason = -1 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_ca_revoke, argc, argv, take, &o, &status);

	if (operands == NULL)
		return status;
	if (o.intermediate)
		return run_intermediate(&o, operands);
	if (o.root_key != NULL || o.out != NULL)
		return report_lines(command, EXIT_USAGE, "leave it out, or add --intermediate",
				    "--%s is for the intermediate",
				    o.root_key != NULL ? "root-key" : "out");
	if (operands[0] == NULL)
		return options_bad_operands(&verb_ca_revoke, "there is nothing to revoke", NULL);
	if (operands[1] != NULL)
		return options_bad_operands(&verb_ca_revoke, "there is more than one", operands[1]);
	return revoke_one(operands[0], &o);
}

const struct verb verb_ca_revoke = {
	.name = "ca revoke",
	.page = "ca",
	.operands = "[SERIAL | FILE]",
	.summary = "revoke a certificate",
	.text = "Revokes a certificate that this CA has issued, for good; or, if its key is stolen, the\n"
		"intermediate with all that it has issued: the root's key must be at hand, and its CRL is\n"
		"written. Exit status: 1 it has not issued it.\n",
	.examples = "  ward ca revoke localhost.pem --reason keyCompromise\n"
		    "  ward ca revoke 4f0c21d9e6a3b2ff0a5b7e91c3d24486\n"
		    "  ward ca revoke --intermediate --root-key /media/stick/root-key.pem\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
