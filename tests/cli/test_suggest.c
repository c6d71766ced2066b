/*
 * The nearest word.
 */
#include "cli/suggest.h"

#include "support/table.h"

struct suggest_row {
	const char *name;
	const char *typed;
	const char *best; /* of serve, connect, cacert; NULL: none is near */
};

static const struct suggest_row suggestions[] = {
	{ "a letter is missing", "conect", "connect" },
	{ "a letter too many", "connnect", "connect" },
	{ "another letter", "connekt", "connect" },
	{ "two letters swapped", "sevre", "serve" },
	{ "the word itself", "serve", "serve" },
	{ "two letters missing", "cacrt", "cacert" },
	{ "nothing typed", "", NULL },
	{ "another word", "frobnicate", NULL },
	{ "one letter of it", "s", NULL },
	{ "a word that is far too long", "connectconnectconnectconnectconnect", NULL },
};

static void test_suggest(void **state)
{
	const struct suggest_row *row = *state;
	struct suggestion s = suggest_begin(row->typed);

	suggest_offer(&s, "serve");
	suggest_offer(&s, "connect");
	suggest_offer(&s, "cacert");
	if (row->best == NULL)
		assert_null(s.best);
	else
		assert_string_equal(s.best, row->best);
}

static void test_distance(void **state)
{
	(void)state;
	assert_int_equal(suggest_distance("", ""), 0);
	assert_int_equal(suggest_distance("", "abc"), 3);
	assert_int_equal(suggest_distance("abc", ""), 3);
	assert_int_equal(suggest_distance("ab", "ba"), 1);
	assert_int_equal(suggest_distance("kitten", "sitting"), 3);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, suggestions, test_suggest);
	table_add(&t, "distances that are known", test_distance, NULL);
	return table_run(&t, "suggest");
}
