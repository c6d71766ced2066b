/*
 * `ward cert match`: does this key belong to this certificate?
 */
#include "cli/cert.h"
#include "cli/key.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/source.h"

static const char command[] = "ward cert match";

static bool take(void *arg, int id, const char *value)
{
	(void)arg;
	(void)id;
	(void)value;
	return true;
}

static int judge(const struct source *source, const char *path, const struct ward_key *key)
{
	if (!ward_key_matches(key, source->chain.certs[0]))
		return report_lines(
			command, EXIT_ANSWER_NO, "give the key that the certificate was made for",
			"%s: the key %s does not belong to the certificate", source->name, path);
	printf("match: the key belongs to the certificate\n");
	return EXIT_FINE;
}

static int match(const char *cert, const char *path)
{
	const struct source_options options = { .command = command };
	struct source source;
	struct ward_key *key;
	int code = source_load(&source, cert, &options);

	if (code == EXIT_FINE && source.refused > 0) /* which has been told */
		code = EXIT_USAGE;
	if (code == EXIT_FINE) {
		key = key_load(command, path);
		code = key == NULL ? EXIT_USAGE : judge(&source, path, key);
		ward_key_free(key);
	}
	source_clear(&source);
	return code;
}

static int run(int argc, char **argv)
{
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_cert_match, argc, argv, take, NULL, &status);

	if (operands == NULL)
		return status;
	if (operands[0] == NULL || operands[1] == NULL)
		return options_bad_operands(&verb_cert_match, "a certificate or a key is missing",
					    NULL);
	if (operands[2] != NULL)
		return options_bad_operands(&verb_cert_match, "there is more than a pair",
					    operands[2]);
	return match(operands[0], operands[1]);
}

const struct verb verb_cert_match = {
	.name = "cert match",
	.page = "cert",
	.operands = "CERT KEY",
	.summary = "does the key belong to it?",
	.text = "Says whether a private key belongs to a certificate, the first of its file.\n"
		"Exit status: 0 it does; 1 it does not.\n",
	.examples = "  ward cert match fullchain.pem privkey.pem\n",
	.run = run,
};
