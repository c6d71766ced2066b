/*
 * Options in openssl's style, from a command's table: parsed, refused by name, told by -help.
 */
#include <stdarg.h>
#include <string.h>

#include "cli/openssl/openssl.h"
#include "cli/report.h"
#include "cli/suggest.h"

enum { OPTION_NAME = 64 };

char *openssl_name(const struct openssl_command *command, char buf[OPENSSL_NAME])
{
	snprintf(buf, OPENSSL_NAME, "ward %s", command->verb.name);
	return buf;
}

/* ---- what goes wrong ---- */

int openssl_fail(const struct openssl_command *command, const char *remedy, const char *format, ...)
{
	char name[OPENSSL_NAME];
	char cause[512];
	va_list args;

	va_start(args, format);
	vsnprintf(cause, sizeof(cause), format, args);
	va_end(args);
	return report_lines(openssl_name(command, name), OPENSSL_FAILED, remedy, "%s", cause);
}

int openssl_fail_error(const struct openssl_command *command, const char *what,
		       const struct ward_error *err)
{
	char name[OPENSSL_NAME];

	report_error(openssl_name(command, name), what, err);
	return OPENSSL_FAILED;
}

void openssl_note(const struct openssl_command *command, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fflush(stdout);
	fprintf(stderr, "ward %s: %s\n", command->verb.name, text);
}

bool openssl_bad_value(const struct openssl_command *command, const struct option_row *row,
		       const char *value, const char *wanted)
{
	(void)openssl_fail(command, wanted, "-%s cannot be \"%s\"", row->name, value);
	return false;
}

static const struct option_row *find_row(const struct openssl_command *command, const char *name)
{
	for (size_t i = 0; i < command->verb.option_count; i++)
		if (strcmp(command->verb.options[i].name, name) == 0)
			return &command->verb.options[i];
	return NULL;
}

static int refuse(const struct openssl_command *command, const char *name)
{
	struct suggestion near = suggest_begin(name);
	char remedy[OPTION_NAME + 40];

	for (size_t i = 0; i < command->refused_count; i++)
		if (strcmp(command->refused[i].name, name) == 0)
			return openssl_fail(command, command->refused[i].instead,
					    "-%s is not supported", name);
	for (size_t i = 0; i < command->verb.option_count; i++)
		suggest_offer(&near, command->verb.options[i].name);
	if (near.best != NULL)
		snprintf(remedy, sizeof(remedy), "did you mean -%s?", near.best);
	else
		snprintf(remedy, sizeof(remedy), "see ward %s -help", command->verb.name);
	return openssl_fail(command, remedy, "there is no option -%s", name);
}

/* ---- the words ---- */

struct words {
	const struct openssl_command *command;
	char **next;
	int status;
};

static bool asks_for_help(const char *name)
{
	return strcmp(name, "help") == 0 || strcmp(name, "h") == 0;
}

/* Takes "-name" or "-name=value" off, and the value where the row wants one. */
static bool take_option(struct words *w, openssl_taker *take, void *arg)
{
	char name[OPTION_NAME];
	const char *word = *w->next++;
	const char *bare = word + strspn(word, "-");
	const char *value = strchr(bare, '=');
	const struct option_row *row;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(bare, "="), bare);
	row = find_row(w->command, name);
	if (row == NULL && asks_for_help(name)) {
		openssl_help(w->command);
		w->status = OPENSSL_FINE;
		return false;
	}
	w->status = OPENSSL_FAILED;
	if (row == NULL)
		return refuse(w->command, name) == OPENSSL_FINE;
	value = value == NULL ? NULL : value + 1;
	if (row->value == NULL && value != NULL)
		return openssl_fail(w->command, "leave out what stands behind \"=\"",
				    "-%s takes no value", name) == OPENSSL_FINE;
	if (row->value != NULL && value == NULL)
		value = *w->next == NULL ? NULL : *w->next++;
	if (row->value != NULL && value == NULL)
		return openssl_fail(w->command, "give it behind the option", "-%s needs a value",
				    name) == OPENSSL_FINE;
	return take(arg, row, value);
}

char **openssl_parse(const struct openssl_command *command, int argc, char **argv,
		     openssl_taker *take, void *arg, int *status)
{
	struct words w = { .command = command, .next = argv + (argc > 0 ? 1 : 0) };

	while (*w.next != NULL && (*w.next)[0] == '-' && (*w.next)[1] != '\0') {
		if (strcmp(*w.next, "--") == 0)
			return w.next + 1;
		if (!take_option(&w, take, arg)) {
			*status = w.status;
			return NULL;
		}
	}
	return w.next;
}

bool openssl_parse_alone(const struct openssl_command *command, int argc, char **argv,
			 openssl_taker *take, void *arg, int *status)
{
	char **operands = openssl_parse(command, argc, argv, take, arg, status);

	if (operands == NULL)
		return false;
	if (operands[0] == NULL)
		return true;
	*status = openssl_fail(command, "files are named with -in", "there is no operand: %s",
			       operands[0]);
	return false;
}

/* ---- -help ---- */

static void help_option(const struct option_row *row)
{
	char left[48];

	snprintf(left, sizeof(left), "-%s%s%s", row->name, row->value == NULL ? "" : " ",
		 row->value == NULL ? "" : row->value);
	printf("  %-30s %s\n", left, row->help);
}

void openssl_help(const struct openssl_command *command)
{
	static const struct option_row help_row = { 0, "help", NULL, "this text" };
	const struct verb *verb = &command->verb;

	printf("Usage: ward %s [-OPTION [VALUE]]...%s%s\n\n%s\nOptions:\n", verb->name,
	       verb->operands[0] == '\0' ? "" : " ", verb->operands, verb->text);
	for (size_t i = 0; i < verb->option_count; i++)
		help_option(&verb->options[i]);
	help_option(&help_row);
	if (command->refused_count > 0)
		printf("\nNot supported:\n");
	for (size_t i = 0; i < command->refused_count; i++)
		printf("  -%-29s %s\n", command->refused[i].name, command->refused[i].instead);
	printf("\nExamples:\n%s\nSee ward-%s(1).\n", verb->examples, verb->page);
}
