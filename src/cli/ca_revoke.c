/*
 * `ward ca revoke`: a certificate of this CA is not to be trusted any more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <ward/revocation.h>

#include "cli/ca.h"
#include "cli/facts.h"
#include "cli/report.h"
#include "cli/source.h"

static const char command[] = "ward ca revoke";

enum { OPT_REASON = OPT_CA_OTHERS };

static const struct option_row rows[] = {
	CA_DIR_OPTION,
	{ OPT_REASON, "reason", "WHY", "keyCompromise, superseded, cessationOfOperation..." },
};

struct options {
	struct ca_options ca;
	int reason;
};

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	if (id != OPT_REASON)
		return ca_take(&o->ca, command, id, value);
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
	     ca_index_revoke(&ca->index, path, serial, (int64_t)time(NULL), o->reason, &err);
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

static int run(int argc, char **argv)
{
	struct options o = { 0 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_ca_revoke, argc, argv, take, &o, &status);

	if (operands == NULL)
		return status;
	if (operands[0] == NULL)
		return options_bad_operands(&verb_ca_revoke, "there is nothing to revoke", NULL);
	if (operands[1] != NULL)
		return options_bad_operands(&verb_ca_revoke, "there is more than one", operands[1]);
	return revoke_one(operands[0], &o);
}

const struct verb verb_ca_revoke = {
	.name = "ca revoke",
	.page = "ca",
	.operands = "SERIAL | FILE",
	.summary = "revoke a certificate",
	.text = "Revokes a certificate that this CA has issued, for good. Exit status: 1 it has not issued\n"
		"it.\n",
	.examples = "  ward ca revoke localhost.pem --reason keyCompromise\n"
		    "  ward ca revoke 4f0c21d9e6a3b2ff0a5b7e91c3d24486\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
