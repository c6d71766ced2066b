/*
 * Options: parsing from a verb's table. What is refused is told in words that
 * tests/interop/connect_errors.py looks at.
 */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

#include "cli/exit_code.h"
#include "support/table.h"

static const struct option_row rows[] = {
	{ 'k', "insecure", NULL, "a flag" },
	{ OPTION_LONG, "cacert", "FILE", "with a value" },
	{ OPTION_LONG + 1, "hsts", "[=SECONDS]", "with a value or without" },
	{ 't', "timeout", "TIME", "with a value, and a letter" },
};

static const struct verb verb = {
	.name = "try",
	.operands = "HOST",
	.summary = "for tests",
	.text = "For tests.\n",
	.examples = "  ward try\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
};

/* Writes down what was taken: "k cacert=a ". */
static bool take(void *arg, int id, const char *value)
{
	char *log = arg;
	size_t len = strlen(log);

	snprintf(log + len, 200 - len, "%c=%s ", id < OPTION_LONG ? id : 'A' + id - OPTION_LONG,
		 value == NULL ? "-" : value);
	return value == NULL || strcmp(value, "wrong") != 0;
}

struct options_row {
	const char *name;
	const char *line; /* words with blanks between */
	const char *taken;
	const char *operands; /* NULL: it ends with the status */
	int status;
};

static const struct options_row lines[] = {
	{ "no options", "host", "", "host ", 0 },
	{ "a flag by letter", "-k host", "k=- ", "host ", 0 },
	{ "a flag by name", "--insecure host", "k=- ", "host ", 0 },
	{ "a value behind a blank", "--cacert a host", "A=a ", "host ", 0 },
	{ "a value behind an equals sign", "--cacert=a host", "A=a ", "host ", 0 },
	{ "an empty value", "--cacert= host", "A= ", "host ", 0 },
	{ "a letter with its value joined", "-t5s host", "t=5s ", "host ", 0 },
	{ "an optional value left out", "--hsts host", "B=- ", "host ", 0 },
	{ "an optional value", "--hsts=5 host", "B=5 ", "host ", 0 },
	{ "options behind operands", "host -k --cacert a", "k=- A=a ", "host ", 0 },
	{ "two operands", "a b", "", "a b ", 0 },
	{ "two dashes end the options", "-k -- -t", "k=- ", "-t ", 0 },
	{ "a name cut short that is clear", "--cac a host", "A=a ", "host ", 0 },
	{ "letters in one word", "-kt 5s host", "k=- t=5s ", "host ", 0 },
	{ "an unknown option", "--frob host", "", NULL, EXIT_USAGE },
	{ "an unknown letter", "-kZ host", "k=- ", NULL, EXIT_USAGE },
	{ "a value is missing", "--cacert", "", NULL, EXIT_USAGE },
	{ "a value that is not wanted", "--insecure=yes", "", NULL, EXIT_USAGE },
	{ "a value that the verb refuses", "-k --cacert wrong -t 1", "k=- A=wrong ", NULL,
	  EXIT_USAGE },
};

/* Splits the line into argv, with the verb's name in front. */
static int split(char *line, char *argv[16])
{
	int argc = 0;

	argv[argc++] = NULL; /* the verb, which the caller puts there */
	for (char *word = strsep(&line, " "); word != NULL; word = strsep(&line, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	return argc;
}

static void test_line(void **state)
{
	const struct options_row *row = *state;
	char line[100], taken[200] = "", operands[100] = "";
	char verb_name[] = "try";
	char *argv[16];
	int argc, status = -1;
	char **rest;

	snprintf(line, sizeof(line), "%s", row->line);
	argc = split(line, argv);
	argv[0] = verb_name;
	rest = options_parse(&verb, argc, argv, take, taken, &status);
	assert_string_equal(taken, row->taken);
	if (row->operands == NULL) {
		assert_null(rest);
		assert_int_equal(status, row->status);
		return;
	}
	assert_non_null(rest);
	for (; *rest != NULL; rest++)
		snprintf(operands + strlen(operands), sizeof(operands) - strlen(operands), "%s ",
			 *rest);
	assert_string_equal(operands, row->operands);
}

static void test_verbs(void **state)
{
	(void)state;
	assert_ptr_equal(verb_find("connect"), &verb_connect);
	assert_ptr_equal(verb_find("serve"), &verb_serve);
	assert_null(verb_find("conn"));
	assert_null(verb_find(""));
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, lines, test_line);
	table_add(&t, "verbs by name", test_verbs, NULL);
	return table_run(&t, "options");
}
