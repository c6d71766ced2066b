/*
 * `ward ca renew`: a new certificate for the intermediate of a CA.
 */
#include <stdio.h>
#include <time.h>

#include "ca/authority.h"
#include "cli/ca.h"
#include "cli/facts.h"
#include "cli/report.h"
#include "cli/values.h"

static const char command[] = "ward ca renew";

enum { OPT_ROOT_KEY = OPT_CA_OTHERS, OPT_LIFETIME };

static const struct option_row rows[] = {
	CA_DIR_OPTION,
	{ OPT_ROOT_KEY, "root-key", "FILE", "the root's key, if it is kept apart" },
	{ OPT_LIFETIME, "lifetime", "TIME", "of the intermediate; default 1825d" },
	CA_PASSPHRASE_OPTIONS,
};

struct options {
	struct ca_options ca;
	const char *root_key;
	int64_t life;
};

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_ROOT_KEY:
		o->root_key = value;
		return true;
	case OPT_LIFETIME:
		return value_life(value, &o->life) ||
		       options_bad_value("ca renew", "lifetime", value,
					 "give a time such as 1825d");
	default:
		return ca_take(&o->ca, command, id, value);
	}
}

static bool renew_with(struct ca *ca, const struct ca_secret *secret, void *arg,
		       struct ward_error *err)
{
	const struct options *o = arg;

	return ca_renew(ca, o->root_key, secret, o->life, (int64_t)time(NULL), err);
}

static int renew(struct options *o)
{
	char last[FACTS_TIME];
	struct ca ca;
	int code = ca_do(&ca, command, &o->ca, CA_CHANGE, renew_with, o);

	if (code == EXIT_FINE)
		printf("The intermediate is good until %.10s\n",
		       facts_time(ward_cert_not_after(ca.intermediate), last));
	ca_close(&ca);
	return code;
}

static int run(int argc, char **argv)
{
	struct options o = { .life = INT64_C(1825) * 24 * 3600 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_ca_renew, argc, argv, take, &o, &status);

	if (operands != NULL && operands[0] != NULL)
		status =
			options_bad_operands(&verb_ca_renew, "no operand is expected", operands[0]);
	else if (operands != NULL)
		status = renew(&o);
	passphrase_wipe(&o.ca.passphrase);
	return status;
}

const struct verb verb_ca_renew = {
	.name = "ca renew",
	.page = "ca",
	.operands = "",
	.summary = "a new certificate for the intermediate",
	.text = "Has the root sign a new certificate for the intermediate, which keeps its name and key:\n"
		"what it has issued goes on being good, with the new one in the chain. If it is revoked,\n"
		"another one with a new name and key takes its place. The root's key must be at hand.\n",
	.examples = "  ward ca renew\n"
		    "  ward ca renew --root-key /media/stick/root-key.pem --lifetime 730d\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
