/*
 * `ward cert check`: does a certificate end soon? For cron.
 */
#include <inttypes.h>
#include <time.h>

#include "cli/cert.h"
#include "cli/facts.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/source.h"
#include "cli/values.h"

static const char command[] = "ward cert check";

enum { OPT_WITHIN = OPTION_LONG, OPT_QUIET = 'q' };

static const struct option_row rows[] = {
	{ OPT_WITHIN, "within", "TIME", "how soon, as 14d or 36h; default 14d" },
	{ OPT_QUIET, "quiet", NULL, "say nothing of those that are good" },
};

struct options {
	int64_t within;
	bool quiet;
};

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	if (id == OPT_QUIET)
		return o->quiet = true;
	return value_life(value, &o->within) ||
	       options_bad_value("cert check", "within", value, "give a time such as 14d or 36h");
}

static int check_one(const struct source *s, const struct ward_cert *cert, const struct options *o)
{
	int64_t now = (int64_t)time(NULL);
	int64_t from = ward_cert_not_before(cert), to = ward_cert_not_after(cert);
	char subject[400], expiry[64];

	(void)ward_cert_subject(cert, subject, sizeof(subject));
	facts_expiry(now, from, to, expiry, sizeof(expiry));
	if (now < from)
		return report_lines(command, EXIT_ANSWER_NO, "check the clock of this machine",
				    "%s: %s: %s", s->name, subject, expiry);
	if (to - now < o->within)
		return report_lines(command, EXIT_ANSWER_NO, "renew it", "%s: %s: %s", s->name,
				    subject, expiry);
	if (!o->quiet)
		printf("good: %s: %s\n", subject, expiry);
	return EXIT_FINE;
}

static int check(const char *name, const struct options *o)
{
	const struct source_options options = { .command = command };
	struct source source;
	int code = source_load(&source, name, &options);

	for (size_t i = 0; code != EXIT_USAGE && i < source.chain.count; i++)
		if (check_one(&source, source.chain.certs[i], o) != EXIT_FINE)
			code = EXIT_ANSWER_NO;
	if (source.refused > 0)
		code = EXIT_USAGE;
	source_clear(&source);
	return code;
}

static int run(int argc, char **argv)
{
	struct options o = { .within = INT64_C(14) * 24 * 3600 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_cert_check, argc, argv, take, &o, &status);

	if (operands == NULL)
		return status;
	if (operands[0] == NULL)
		return options_bad_operands(&verb_cert_check, "there is nothing to check", NULL);
	if (operands[1] != NULL)
		return options_bad_operands(&verb_cert_check, "there is more than one",
					    operands[1]);
	return check(operands[0], &o);
}

const struct verb verb_cert_check = {
	.name = "cert check",
	.page = "cert",
	.operands = "FILE | - | HOST:PORT",
	.summary = "does one end soon?",
	.text = "Says whether each certificate of a file, or that a server sends, is valid and stays so\n"
		"for a while. Exit status: 0 all do; 1 one does not.\n",
	.examples = "  ward cert check fullchain.pem --within 30d\n"
		    "  ward cert check -q example.org:443\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
