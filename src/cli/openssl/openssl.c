/*
 * Which commands `ward openssl` has, what it says of those that it does not, and its own help.
 */
#include "cli/openssl/openssl.h"

#include <string.h>

#include "cli/exit_code.h"
#include "cli/report.h"
#include "cli/suggest.h"

const struct openssl_command *const openssl_commands[] = {
	&openssl_crl,     &openssl_crl2pkcs7, &openssl_dgst,   &openssl_ec,
	&openssl_ecparam, &openssl_genpkey,   &openssl_genrsa, &openssl_md5,
	&openssl_pkcs12,  &openssl_pkcs7,     &openssl_pkcs8,  &openssl_pkey,
	&openssl_rand,    &openssl_req,       &openssl_rsa,    &openssl_s_client,
	&openssl_sha1,    &openssl_sha256,    &openssl_sha384, &openssl_sha512,
	&openssl_verify,  &openssl_version,   &openssl_x509,   NULL,
};

/* Commands of openssl's that people may try, and where to go. */
static const struct openssl_refusal refused[] = {
	{ "asn1parse", "use ward cert show, or openssl itself" },
	{ "ca", "use ward openssl x509 -req -CA, or ward ca" },
	{ "ciphers", "use ward connect --suites help: it answers with their names" },
	{ "cmp", "use openssl itself: ward does not speak CMP" },
	{ "cms", "use openssl itself: ward has no messages" },
	{ "dhparam", "leave it out: TLS 1.3 has its groups by name" },
	{ "dsa", "make another kind of key: ward openssl genpkey -algorithm ED25519" },
	{ "dsaparam", "make another kind of key: ward openssl genpkey -algorithm ED25519" },
	{ "enc", "use openssl itself, or age: ward encrypts no files" },
	{ "engine", "leave it out: keys are files" },
	{ "errstr", "leave it out: errors are told in words" },
	{ "fipsinstall", "use openssl itself: it is about libcrypto" },
	{ "gendsa", "make another kind of key: ward openssl genpkey -algorithm ED25519" },
	{ "info", "use ward openssl version -a" },
	{ "kdf", "use openssl itself: ward derives no keys for others" },
	{ "list", "use ward openssl -help" },
	{ "mac", "use ward openssl dgst -hmac" },
	{ "nseq", "use ward cert convert" },
	{ "ocsp", "use ward cert verify --ocsp" },
	{ "passwd", "use mkpasswd: ward keeps no passwords" },
	{ "pkeyparam", "use ward openssl ecparam: curves are named" },
	{ "pkeyutl", "use ward openssl dgst -sign and -verify" },
	{ "prime", "use openssl itself" },
	{ "rehash", "use openssl itself: ward reads folders of any names" },
	{ "rsautl", "use ward openssl dgst -sign and -verify" },
	{ "s_server", "use ward serve" },
	{ "s_time", "use a load tester such as oha" },
	{ "sess_id", "use ward connect --session-file" },
	{ "skeyutl", "use openssl itself: ward keeps no symmetric keys" },
	{ "smime", "use openssl itself: ward has no messages" },
	{ "speed", "run the benchmark of the source: make bench" },
	{ "spkac", "use ward openssl req" },
	{ "srp", "use openssl itself: TLS 1.3 has no SRP" },
	{ "storeutl", "use ward cert show" },
	{ "ts", "use openssl itself: ward has no time stamps" },
};

/* "openssl x509" without its first word. */
static const char *word_of(const struct openssl_command *command)
{
	return strchr(command->verb.name, ' ') + 1;
}

const struct openssl_command *openssl_find(const char *word)
{
	for (size_t i = 0; openssl_commands[i] != NULL; i++)
		if (strcmp(word_of(openssl_commands[i]), word) == 0)
			return openssl_commands[i];
	return NULL;
}

static void help(FILE *out)
{
	fprintf(out, "Usage: ward openssl %s\n\n%s\nCommands:\n", verb_openssl.operands,
		verb_openssl.text);
	for (size_t i = 0; openssl_commands[i] != NULL; i++)
		fprintf(out, "  %-9s %s\n", word_of(openssl_commands[i]),
			openssl_commands[i]->verb.summary);
	fprintf(out, "\nOptions:\n  -h, -help, --help              this text\n");
	fprintf(out, "\nExamples:\n%s\n", verb_openssl.examples);
	fprintf(out,
		"See `ward openssl COMMAND -help` and ward-openssl(1), which has a table of old "
		"commands\nand ward's own.\n");
}

static void help_word(const char *word)
{
	const struct openssl_command *command = word == NULL ? NULL : openssl_find(word);

	if (command == NULL)
		help(stdout);
	else
		openssl_help(command);
}

static int refuse(const char *word)
{
	struct suggestion near = suggest_begin(word);
	char remedy[80] = "see ward openssl -help for the commands there are";

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strcmp(refused[i].name, word) == 0)
			return report_lines("ward openssl", OPENSSL_FAILED, refused[i].instead,
					    "%s is not supported", word);
	for (size_t i = 0; openssl_commands[i] != NULL; i++)
		suggest_offer(&near, word_of(openssl_commands[i]));
	if (near.best != NULL)
		snprintf(remedy, sizeof(remedy), "did you mean \"ward openssl %s\"?", near.best);
	return report_lines("ward openssl", OPENSSL_FAILED, remedy, "there is no command \"%s\"",
			    word);
}

static bool asks_for_help(const char *word)
{
	return strcmp(word, "-h") == 0 || strcmp(word, "-help") == 0 ||
	       strcmp(word, "--help") == 0 || strcmp(word, "help") == 0;
}

static int run(int argc, char **argv)
{
	const struct openssl_command *command;

	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (asks_for_help(argv[1])) {
		help_word(argc > 2 ? argv[2] : NULL);
		return OPENSSL_FINE;
	}
	command = openssl_find(argv[1]);
	return command == NULL ? refuse(argv[1]) : command->verb.run(argc - 1, argv + 1);
}

const struct verb verb_openssl = {
	.name = "openssl",
	.operands = "COMMAND ...",
	.summary = "the command lines of openssl(1)",
	.text = "Understands the command lines of openssl(1) that people know, and does what they do:\n"
		"the same options, the same effect, the same output, the same exit status. What is not\n"
		"supported is refused by name, with what to use instead.\n",
	.examples = "  ward openssl x509 -in cert.pem -text -noout\n"
		    "  ward openssl req -new -key key.pem -subj /CN=example.org -out req.pem\n"
		    "  ward openssl verify -CAfile ca.pem cert.pem\n"
		    "  echo | ward openssl s_client -connect example.org:443 -brief\n"
		    "  ward openssl pkey -in key.pem -text -noout\n"
		    "  ward openssl dgst -sha256 FILE\n",
	.help = help_word,
	.run = run,
};
