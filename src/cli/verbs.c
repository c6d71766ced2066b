/*
 * The list of verbs, and the command line as far as it comes before a verb.
 */
#include "cli/verb.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <ward/version.h>

#include "cli/exit_code.h"
#include "cli/group.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/suggest.h"

const struct verb *const verbs[] = { &verb_serve, &verb_connect, &verb_cert, &verb_key,
				     &verb_ca,    &verb_openssl, NULL };

const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; verbs[i] != NULL; i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

void verbs_help(FILE *out)
{
	fprintf(out, "Usage: ward VERB [OPTION]... [OPERAND]...\n\n"
		     "TLS in one command.\n\n"
		     "Verbs:\n");
	for (size_t i = 0; verbs[i] != NULL; i++)
		fprintf(out, "  %-9s %-14s %s\n", verbs[i]->name, verbs[i]->operands,
			verbs[i]->summary);
	fprintf(out,
		"\nOptions:\n"
		"  -h, --help                this text\n"
		"  -V, --version             the version\n"
		"\n"
		"Examples:\n"
		"  ward serve ./site         serve a folder over HTTPS\n"
		"  ward connect example.org  show what a server agrees to, and whether to trust it\n"
		"  ward cert show cert.pem   show all that a certificate says\n"
		"\n"
		"Exit status: 0 fine; 1 the answer is no; 2 usage; 3 network; 4 handshake;\n"
		"5 the CA refused.\n"
		"See `ward VERB --help` and ward(1).\n");
}

static int refuse_verb(const char *name)
{
	struct suggestion near = suggest_begin(name);
	char remedy[80] = "see ward --help for the verbs there are";

	for (size_t i = 0; verbs[i] != NULL; i++)
		suggest_offer(&near, verbs[i]->name);
	if (near.best != NULL)
		snprintf(remedy, sizeof(remedy), "did you mean \"ward %s\"?", near.best);
	return report_lines("ward", EXIT_USAGE, remedy, "there is no verb \"%s\"", name);
}

static bool is_either(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* `ward help [VERB [WORD]]` */
static int run_help(const char *name, const char *word)
{
	const struct verb *verb;

	if (name == NULL) {
		verbs_help(stdout);
		return EXIT_FINE;
	}
	verb = verb_find(name);
	if (verb == NULL)
		return refuse_verb(name);
	if (verb->help != NULL) {
		verb->help(word);
		return EXIT_FINE;
	}
	if (verb->members != NULL && word != NULL && group_find(verb, word) != NULL)
		verb = group_find(verb, word);
	if (verb->members != NULL)
		group_help(verb, stdout);
	else
		options_help(verb);
	return EXIT_FINE;
}

static int run_verb(int argc, char **argv)
{
	const struct verb *verb;

	if (argc < 2) {
		verbs_help(stderr);
		return EXIT_USAGE;
	}
	if (is_either(argv[1], "-h", "--help") || strcmp(argv[1], "help") == 0)
		return run_help(argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL);
	if (is_either(argv[1], "-V", "--version")) {
		printf("ward %s\n", ward_library_version());
		return EXIT_FINE;
	}
	if (argv[1][0] == '-')
		return report_lines("ward", EXIT_USAGE,
				    "a verb's options stand behind it: see ward --help",
				    "there is no option \"%s\" before the verb", argv[1]);
	verb = verb_find(argv[1]);
	return verb == NULL ? refuse_verb(argv[1]) : verb->run(argc - 1, argv + 1);
}

/*
 * A standard descriptor that is closed would be the number of the next socket or file, and what is
 * printed would go there.
 */
static bool open_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	return fd >= 0 && close(fd) == 0;
}

int verbs_run(int argc, char **argv)
{
	int status = EXIT_NETWORK;

	if (open_standard_descriptors())
		status = run_verb(argc, argv);
	if (fflush(stdout) != 0 && status == EXIT_FINE)
		return report_lines("ward", EXIT_NETWORK,
				    "check where it goes to, and the space there",
				    "standard output cannot be written");
	return status;
}
