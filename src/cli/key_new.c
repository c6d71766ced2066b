/*
 * `ward key new`: a private key, PKCS#8 PEM.
 */
#include "cli/key.h"

#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"

static const char command[] = "ward key new";

enum { OPT_TYPE = OPTION_LONG, OPT_OUT, OPT_FORCE };

static const struct option_row rows[] = {
	{ OPT_TYPE, "type", "TYPE",
	  "p256 (default), p384, p521, ed25519, rsa2048, rsa3072, rsa4096" },
	{ OPT_OUT, "out", "FILE", "where to write it, mode 0600; default: standard output" },
	{ OPT_FORCE, "force", NULL, "replace a file that is there" },
};

struct options {
	enum ward_key_kind kind;
	const char *out;
	bool force;
};

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_OUT:
		o->out = value;
		return true;
	case OPT_FORCE:
		return o->force = true;
	default:
		return output_key_kind(value, &o->kind) ||
		       options_bad_value("key new", "type", value, output_key_kinds);
	}
}

static int print(const char *pem)
{
	if (fputs(pem, stdout) >= 0 && fflush(stdout) == 0)
		return EXIT_FINE;
	return report_lines(command, EXIT_NETWORK, "check where it goes to, and the space there",
			    "the key cannot be written");
}

static int make(const struct options *o)
{
	struct ward_error err = { 0 };
	struct ward_key *key;
	char *pem;
	int code;

	if (o->out != NULL && !output_is_free(command, o->out, o->force))
		return EXIT_USAGE;
	key = ward_key_generate(o->kind, &err);
	pem = key == NULL ? NULL : ward_key_pem(key, &err);
	ward_key_free(key);
	if (pem == NULL)
		return report_setup(command, &err);
	code = o->out == NULL ? print(pem) : output_write(command, o->out, pem, OUTPUT_SECRET);
	key_text_free(pem);
	return code;
}

static int run(int argc, char **argv)
{
	struct options o = { .kind = WARD_KEY_P256 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_key_new, argc, argv, take, &o, &status);

	if (operands == NULL)
		return status;
	if (operands[0] != NULL)
		return options_bad_operands(&verb_key_new, "there is no operand", operands[0]);
	return make(&o);
}

const struct verb verb_key_new = {
	.name = "key new",
	.page = "key",
	.operands = "",
	.summary = "make a private key",
	.text = "Makes a private key and writes it as PEM (PKCS#8), not encrypted.\n",
	.examples = "  ward key new --out key.pem\n"
		    "  ward key new --type rsa2048 --out key.pem\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
