/*
 * `ward cert match`: does this key belong to this certificate?
 */
#include "cli/cert.h"
#include "cli/key.h"
#include "cli/options.h"
#include "cli/passphrase.h"
#include "cli/report.h"
#include "cli/source.h"

static const char command[] = "ward cert match";

enum { OPT_PASSPHRASE_FILE = OPTION_LONG, OPT_PASSPHRASE_FD };

static const struct option_row rows[] = { PASSPHRASE_OPTIONS(OPT_PASSPHRASE_FILE,
							     OPT_PASSPHRASE_FD) };

static bool take(void *arg, int id, const char *value)
{
	struct passphrase *passphrase = arg;

	return id == OPT_PASSPHRASE_FILE ? passphrase_read_file(passphrase, command, value)
					 : passphrase_read_fd(passphrase, command, value);
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

static int match(const char *cert, const char *path, struct passphrase *passphrase)
{
	const struct source_options options = { .command = command };
	struct source source;
	struct ward_key *key;
	int code = source_load(&source, cert, &options);

	if (code == EXIT_FINE && source.refused > 0) /* which has been told */
		code = EXIT_USAGE;
	if (code == EXIT_FINE) {
		key = key_load_with(command, path, passphrase);
		code = key == NULL ? EXIT_USAGE : judge(&source, path, key);
		ward_key_free(key);
	}
	source_clear(&source);
	return code;
}

static int run(int argc, char **argv)
{
	struct passphrase passphrase = { .given = false };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_cert_match, argc, argv, take, &passphrase, &status);

	if (operands == NULL)
		return status;
	if (operands[0] == NULL || operands[1] == NULL)
		return options_bad_operands(&verb_cert_match, "a certificate or a key is missing",
					    NULL);
	if (operands[2] != NULL)
		return options_bad_operands(&verb_cert_match, "there is more than a pair",
					    operands[2]);
	status = match(operands[0], operands[1], &passphrase);
	passphrase_wipe(&passphrase);
	return status;
}

const struct verb verb_cert_match = {
	.name = "cert match",
	.page = "cert",
	.operands = "CERT KEY",
	.summary = "does the key belong to it?",
	.text = "Says whether a private key belongs to a certificate, the first of its file.\n"
		"Exit status: 0 it does; 1 it does not.\n",
	.examples = "  ward cert match fullchain.pem privkey.pem\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
