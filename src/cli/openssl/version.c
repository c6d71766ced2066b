/*
 * `ward openssl version`: which ward this is, and which libcrypto it stands on.
 */
#include <ward/version.h>

#include "cli/openssl/openssl.h"
#include "crypto/crypto.h"

enum { OPT_ALL = OPTION_LONG, OPT_VERSION, OPT_FOLDER };

static const struct option_row rows[] = {
	{ OPT_ALL, "a", NULL, "all of it" },
	{ OPT_VERSION, "v", NULL, "the versions alone, which is the default" },
	{ OPT_FOLDER, "d", NULL, "where configuration is looked for" },
};

static bool take(void *arg, const struct option_row *row, const char *value)
{
	int *which = arg;

	(void)value;
	*which = *which == 0 || *which == row->id ? row->id : OPT_ALL;
	return true;
}

static int run(int argc, char **argv)
{
	int which = 0;
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_version, argc, argv, take, &which, &status))
		return status;
	if (which != OPT_FOLDER)
		printf("ward %s (Library: %s)\n", ward_library_version(), crypto_library_version());
	if (which == OPT_FOLDER || which == OPT_ALL)
		printf("OPENSSLDIR: none (configuration is in the program, or named by "
		       "OPENSSL_CONF)\n");
	return OPENSSL_FINE;
}

#define REFUSAL "ask the system's openssl: ward has nothing of that kind"

static const struct openssl_refusal refused[] = {
	{ "b", REFUSAL }, { "c", REFUSAL }, { "e", REFUSAL }, { "f", REFUSAL },
	{ "m", REFUSAL }, { "o", REFUSAL }, { "p", REFUSAL }, { "r", REFUSAL },
};

const struct openssl_command openssl_version = {
	.verb = {
		.name = "openssl version",
		.page = "openssl",
		.operands = "",
		.summary = "which ward this is, and which libcrypto it stands on",
		.text = "Says which ward this is, and which libcrypto it stands on.\n",
		.examples = "  ward openssl version\n"
			    "  ward openssl version -a\n",
		.options = rows,
		.option_count = sizeof(rows) / sizeof(rows[0]),
		.run = run,
	},
	.refused = refused,
	.refused_count = sizeof(refused) / sizeof(refused[0]),
};
