/* Configuration files in openssl's form: what a file says, and what is wrong with one. */
#include "cli/openssl/conf.h"

#include <stdio.h>

#include "support/table.h"

struct row {
	const char *name;
	const char *text;
	const char *section, *key;
	const char *value; /* NULL: there is none */
};

static const struct row values[] = {
	{ "a value in a section", "[a]\nx = y\n", "a", "x", "y" },
	{ "a value before all sections", "x=y\n", "default", "x", "y" },
	{ "what a section lacks stands in front", "x=y\n[a]\n", "a", "x", "y" },
	{ "another section's value is not seen", "[a]\nx=y\n[b]\n", "b", "x", NULL },
	{ "the last one counts", "x=1\nx=2\n", "default", "x", "2" },
	{ "blanks around all", "\t[ a b ]  \n  x \t=\t y z \t\n", "a b", "x", "y z" },
	{ "a comment behind a value", "x = y # z\n", "default", "x", "y" },
	{ "a comment alone, and no end of line", "# x\nx=y", "default", "x", "y" },
	{ "an empty value", "x =\n", "default", "x", "" },
	{ "lines end with CR and LF", "x = y\r\n", "default", "x", "y" },
	{ "a line that is continued", "x = a\\\nb\\\r\nc\n", "default", "x", "abc" },
	{ "two backslashes at the end continue nothing", "x = a\\\\\ny=b\n", "default", "x",
	  "a\\" },
	{ "quotes keep blanks and comments", "x = \"a # b \" \n", "default", "x", "a # b " },
	{ "single quotes, with the others inside", "x = 'a\"b'\n", "default", "x", "a\"b" },
	{ "quotes within a value", "x = a\" b \"c\n", "default", "x", "a b c" },
	{ "a quote that does not end", "x = \"a\n", "default", "x", "a" },
	{ "escapes", "x = a\\#\\n\\t\\\\\\q\n", "default", "x", "a#\n\t\\q" },
	{ "a backslash in front of the end of file", "x = a\\", "default", "x", "a" },
	{ "an escaped blank at the end stays", "x = a\\ \n", "default", "x", "a " },
	{ "a variable", "b=1\nx = a${b}c$b\n", "default", "x", "a1c1" },
	{ "a variable in round brackets", "b=1\nx = $(b)\n", "default", "x", "1" },
	{ "a variable of this section", "[a]\nb=1\nx=$b.$b\n", "a", "x", "1.1" },
	{ "a variable of another section", "[a]\nb=1\n[c]\nx=$a::b ${a::b}\n", "c", "x", "1 1" },
	{ "a variable in quotes is none", "b=1\nx='$b'\n", "default", "x", "$b" },
	{ "a value for another section", "[a]\nc::x = y\n", "c", "x", "y" },
	{ "names with dots, plus and semicolon", "[a]\npermitted;DNS.1 = y\n", "a",
	  "permitted;DNS.1", "y" },
};

static void test_value(void **state)
{
	const struct row *row = *state;
	struct conf_fault fault;
	struct conf conf;
	const char *value;

	assert_true(conf_parse(&conf, span_string(row->text), &fault));
	value = conf_get(&conf, row->section, row->key);
	if (row->value == NULL)
		assert_null(value);
	else
		assert_string_equal(value == NULL ? "(none)" : value, row->value);
	conf_clear(&conf);
}

static const struct fault_row {
	const char *name, *text;
	unsigned int line;
	const char *told;
} faults[] = {
	{ "no equals sign", "\nx\n", 2, "no section" },
	{ "no name", "= y\n", 1, "no section" },
	{ "a section without an end", "[a\n", 1, "no \"]\"" },
	{ "a variable that is not there", "x = a\\\nb$c\n", 2, "no value for $c" },
	{ "a variable that stands behind its use", "x = $y\ny = 1\n", 1, "no value for $y" },
	{ "a dollar alone", "x = $\n", 1, "without a name" },
	{ "a bracket that does not end", "b=1\nx = ${b\n", 2, "no \"}\"" },
	{ ".include", ".include other.cnf\n", 1, "not supported" },
	{ ".pragma", ".pragma = dollarid:true\n", 1, "not supported" },
};

static void test_fault(void **state)
{
	const struct fault_row *row = *state;
	struct conf_fault fault;
	struct conf conf;

	assert_false(conf_parse(&conf, span_string(row->text), &fault));
	assert_int_equal(fault.line, row->line);
	assert_non_null(strstr(fault.text, row->told));
	conf_clear(&conf);
}

/* Each line doubles the one before: 2^40 bytes if nothing bounded it. */
static void test_growth(void **state)
{
	struct conf_fault fault;
	struct conf conf;
	char text[2048];
	size_t len = (size_t)snprintf(text, sizeof(text), "x0 = abcdefgh\n");

	(void)state;
	for (int i = 1; i <= 40; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "x%d = $x%d$x%d\n", i,
					i - 1, i - 1);
	assert_false(conf_parse(&conf, span_make(text, len), &fault));
	assert_non_null(strstr(fault.text, "more than"));
	assert_true(conf.kept <= CONF_TEXT_MAX);
	conf_clear(&conf);
}

static void test_zero_byte(void **state)
{
	struct conf_fault fault;
	struct conf conf;

	(void)state;
	assert_false(conf_parse(&conf, SPAN_LITERAL("x = a\0b\n"), &fault));
	conf_clear(&conf);
}

static void test_sections(void **state)
{
	struct conf_fault fault;
	struct conf conf;
	size_t at = 0;

	(void)state;
	assert_true(conf_parse(&conf, span_string("[a]\nx=1\n[b]\n[a]\ny=2\n"), &fault));
	assert_string_equal(conf_next(&conf, "a", &at)->name, "x");
	assert_string_equal(conf_next(&conf, "a", &at)->name, "y");
	assert_null(conf_next(&conf, "a", &at));
	assert_true(conf_has_section(&conf, "b"));
	assert_false(conf_has_section(&conf, "c"));
	assert_null(conf_get(NULL, "a", "x"));
	conf_clear(&conf);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, values, test_value);
	TABLE_ADD(&t, faults, test_fault);
	table_add(&t, "variables cannot write a small file out to a large one", test_growth, NULL);
	table_add(&t, "a zero byte", test_zero_byte, NULL);
	table_add(&t, "sections in the order of the file", test_sections, NULL);
	return table_run(&t, "conf");
}
