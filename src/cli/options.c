/*
 * From a verb's table to getopt_long and to the text of --help.
 *
 * A value of the form "[=N]" in the table is optional, and must then be joined with "=".
 */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/report.h"
#include "cli/suggest.h"

enum { OPTIONS_MAX = 40 };

static const struct option_row help_row = { 'h', "help", NULL, "this text" };

/* The tables that getopt_long wants, made from those of the verb. */
struct tables {
	char letters[2 * OPTIONS_MAX + 2];
	struct option longs[OPTIONS_MAX + 1];
	size_t count;
};

static bool is_optional(const struct option_row *row)
{
	return row->value != NULL && row->value[0] == '[';
}

static void tables_add(struct tables *t, const struct option_row *row)
{
	int has_arg = row->value == NULL ? no_argument : required_argument;
	size_t at = strlen(t->letters);

	if (t->count == OPTIONS_MAX)
		return;
	if (is_optional(row))
		has_arg = optional_argument;
	t->longs[t->count++] = (struct option){ row->name, has_arg, NULL, row->id };
	if (row->id < OPTION_LONG) {
		t->letters[at++] = (char)row->id;
		if (has_arg == required_argument)
			t->letters[at++] = ':';
		t->letters[at] = '\0';
	}
}

/* The leading colon makes a missing value another case than an unknown option. */
static void tables_make(struct tables *t, const struct verb *verb)
{
	memset(t, 0, sizeof(*t));
	t->letters[0] = ':';
	for (size_t i = 0; i < verb->option_count; i++)
		tables_add(t, &verb->options[i]);
	tables_add(t, &help_row);
}

/* "ward connect" */
static const char *command_of(const char *verb, char buf[40])
{
	snprintf(buf, 40, "ward %s", verb);
	return buf;
}

static int refuse_option(const struct verb *verb, const char *typed, bool value_missing)
{
	char command[40];
	char remedy[120];
	char name[40];
	struct suggestion near;

	snprintf(name, sizeof(name), "%s", typed + strspn(typed, "-"));
	name[strcspn(name, "=")] = '\0';
	near = suggest_begin(name);
	for (size_t i = 0; i < verb->option_count && !value_missing; i++)
		suggest_offer(&near, verb->options[i].name);
	if (near.best != NULL)
		snprintf(remedy, sizeof(remedy), "did you mean --%s?", near.best);
	else
		snprintf(remedy, sizeof(remedy), "see ward %s --help", verb->name);
	return report_lines(command_of(verb->name, command), EXIT_USAGE, remedy,
			    value_missing ? "%s needs a value" : "there is no option %s", typed);
}

/* What getopt_long has stumbled over: a letter it knows the name of, or the whole word. */
static int refuse(const struct verb *verb, int found, char **argv)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	bool is_letter = optopt > 0 && optopt < OPTION_LONG;
	const char *word = argv[optind - 1];

	if (is_letter && strncmp(word, "--", 2) != 0)
		word = letter;
	return refuse_option(verb, word, found == ':');
}

char **options_parse(const struct verb *verb, int argc, char **argv, option_taker *take, void *arg,
		     int *status)
{
	struct tables t;
	int found;

	tables_make(&t, verb);
	optind = 0;
	opterr = 0;
	while ((found = getopt_long(argc, argv, t.letters, t.longs, NULL)) != -1) {
		if (found == 'h') {
			options_help(verb);
			*status = EXIT_FINE;
			return NULL;
		}
		if (found == '?' || found == ':') {
			*status = refuse(verb, found, argv);
			return NULL;
		}
		if (!take(arg, found, optarg)) {
			*status = EXIT_USAGE;
			return NULL;
		}
	}
	return argv + optind;
}

bool options_bad_value(const char *verb, const char *option, const char *value, const char *wanted)
{
	char command[40];

	(void)report_lines(command_of(verb, command), EXIT_USAGE, wanted, "--%s cannot be \"%s\"",
			   option, value);
	return false;
}

int options_bad_operands(const struct verb *verb, const char *cause, const char *operand)
{
	char command[40];
	char remedy[120];

	snprintf(remedy, sizeof(remedy), "ward %s %s; see ward %s --help", verb->name,
		 verb->operands, verb->name);
	return report_lines(command_of(verb->name, command), EXIT_USAGE, remedy, "%s%s%s", cause,
			    operand == NULL ? "" : ": ", operand == NULL ? "" : operand);
}

/* ---- --help ---- */

static void help_option(const struct option_row *row)
{
	char left[48];
	const char *gap = row->value == NULL || is_optional(row) ? "" : " ";
	const char *value = row->value == NULL ? "" : row->value;

	if (row->id < OPTION_LONG)
		snprintf(left, sizeof(left), "-%c, --%s%s%s", row->id, row->name, gap, value);
	else
		snprintf(left, sizeof(left), "    --%s%s%s", row->name, gap, value);
	printf("  %-30s %s\n", left, row->help);
}

void options_help(const struct verb *verb)
{
	printf("Usage: ward %s [OPTION]...%s%s\n\n%s\nOptions:\n", verb->name,
	       verb->operands[0] == '\0' ? "" : " ", verb->operands, verb->text);
	for (size_t i = 0; i < verb->option_count; i++)
		help_option(&verb->options[i]);
	help_option(&help_row);
	printf("\nExamples:\n%s\nSee ward-%s(1).\n", verb->examples,
	       verb->page == NULL ? verb->name : verb->page);
}
