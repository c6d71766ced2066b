/*
 * Paths that are only for clients who show a certificate: what they cover, however it is written.
 */
#include "serve/guard.h"

#include <string.h>

#include "support/table.h"

static const struct row {
	const char *name;
	const char *guarded, *target;
	bool covered;
} rows[] = {
	{ "the folder", "/private/", "/private/", true },
	{ "the folder without its slash", "/private/", "/private", true },
	{ "a file in it", "/private/", "/private/a.txt", true },
	{ "a file further down", "/private/", "/private/a/b/c.txt", true },
	{ "the option without a slash", "/private", "/private/a.txt", true },
	{ "a file by itself", "/a.txt", "/a.txt", true },
	{ "a file by itself, with a query", "/a.txt", "/a.txt?x=/b", true },
	{ "the whole site", "/", "/", true },
	{ "a file of the whole site", "/", "/a.txt", true },
	{ "escaped letters", "/private/", "/%70riv%61te/a.txt", true },
	{ "more slashes", "/private/", "//private///a.txt", true },
	{ "dots between", "/private/", "/./private/./a.txt", true },
	{ "the absolute form", "/private/", "https://example.org/private/a.txt", true },
	{ "an option that is escaped", "/a%20b/", "/a b/c", true },
	{ "a folder two levels down", "/a/b/", "/a/b/c", true },
	{ "another folder", "/private/", "/public/a.txt", false },
	{ "a name that begins alike", "/private/", "/private.txt", false },
	{ "a folder that begins alike", "/private/", "/private2/a.txt", false },
	{ "the folder above", "/a/b/", "/a/", false },
	{ "the root", "/private/", "/", false },
	{ "the same name elsewhere", "/private/", "/a/private/", false },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct guard g = { .count = 0 };
	struct url_path path;

	assert_int_equal(path_read(span_string(row->target), &path), 0);
	assert_false(guard_covers(&g, &path)); /* nothing is guarded */
	assert_true(guard_add(&g, "/else/where/", NULL));
	assert_true(guard_add(&g, row->guarded, NULL));
	assert_int_equal(guard_covers(&g, &path), row->covered);
	guard_clear(&g);
}

static const struct bad_row {
	const char *name;
	const char *path;
} bad_rows[] = {
	{ "nothing", "" },
	{ "no slash in front", "private/" },
	{ "a whole URL", "https://example.org/private/" },
	{ "dots that lead up", "/a/../b" },
	{ "a query", "/a?b" },
	{ "a fragment", "/a#b" },
};

static void test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct guard g = { .count = 0 };

	assert_false(guard_add(&g, row->path, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_int_equal(g.count, 0);
	guard_clear(&g);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_row);
	TABLE_ADD(&t, bad_rows, test_bad);
	return table_run(&t, "guard");
}
