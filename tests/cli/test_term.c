/*
 * What reaches a terminal.
 */
#include "cli/term.h"

#include <stdlib.h>
#include <string.h>

#include "support/table.h"

static void test_when(void **state)
{
	enum term_when when = TERM_AUTO;

	(void)state;
	assert_true(term_when_parse("never", &when));
	assert_int_equal(when, TERM_NEVER);
	assert_true(term_when_parse("always", &when));
	assert_int_equal(when, TERM_ALWAYS);
	assert_true(term_when_parse("auto", &when));
	assert_int_equal(when, TERM_AUTO);
	assert_false(term_when_parse("sometimes", &when));
	assert_false(term_when_parse("", &when));
}

/* What is printed with these settings, to a file. */
static void assert_printed(enum term_when when, const char *expected)
{
	char buf[64] = "";
	FILE *out = tmpfile();
	struct term t;

	assert_non_null(out);
	t = term_make(out, when);
	term_print(&t, "%d ", 1);
	term_paint(&t, TERM_BAD, "no");
	term_paint(&t, TERM_PLAIN, ".");
	rewind(out);
	assert_non_null(fgets(buf, sizeof(buf), out));
	assert_string_equal(buf, expected);
	fclose(out);
}

static void test_paint(void **state)
{
	struct term nowhere = term_make(NULL, TERM_AUTO);

	(void)state;
	assert_printed(TERM_AUTO, "1 no.");
	assert_printed(TERM_NEVER, "1 no.");
	assert_printed(TERM_ALWAYS, "1 \033[31mno\033[0m.");
	term_print(&nowhere, "nothing");
	term_paint(&nowhere, TERM_BOLD, "nothing");
}

static void test_safe(void **state)
{
	char buf[64];

	(void)state;
	assert_string_equal(term_safe("plain, ümläut", buf, sizeof(buf)), "plain, ümläut");
	assert_string_equal(term_safe("a\033[31mb\n", buf, sizeof(buf)), "a\\1B[31mb\\0A");
	assert_string_equal(term_safe("\302\233", buf, sizeof(buf)), "\\C2\\9B");
	assert_string_equal(term_safe("\377", buf, sizeof(buf)), "\\FF");
	assert_string_equal(term_safe("abcdef", buf, 4), "abc");
}

int main(void)
{
	struct table t = { 0 };

	table_add(&t, "the words of --color", test_when, NULL);
	table_add(&t, "no colour in a file unless it is asked for", test_paint, NULL);
	table_add(&t, "what could harm a terminal is shown in hex", test_safe, NULL);
	return table_run(&t, "term");
}
