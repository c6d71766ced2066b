/*
 * Targets of requests as names of files: what is meant, and every way out that is refused.
 */
#include "serve/path.h"

#include "support/table.h"

static const struct good_row {
	const char *name;
	const char *target;
	const char *file;
	bool folder;
	bool hidden;
	const char *query;
} good[] = {
	{ "the root", "/", "", true, false, "" },
	{ "a file", "/a.html", "a.html", false, false, "" },
	{ "a file in a folder", "/a/b/c.txt", "a/b/c.txt", false, false, "" },
	{ "a folder", "/a/b/", "a/b", true, false, "" },
	{ "slashes in a row are one", "//a///b", "a/b", false, false, "" },
	{ "nothing but slashes", "///", "", true, false, "" },
	{ "a single dot is left out", "/./a/./b", "a/b", false, false, "" },
	{ "a single dot at the end is the folder", "/a/.", "a", true, false, "" },
	{ "an encoded single dot", "/a/%2e/b", "a/b", false, false, "" },
	{ "an encoded letter", "/%61.html", "a.html", false, false, "" },
	{ "an encoded blank", "/a%20b", "a b", false, false, "" },
	{ "bytes of UTF-8", "/%C3%A4", "\xc3\xa4", false, false, "" },
	{ "hex digits in both cases", "/%c3%A4", "\xc3\xa4", false, false, "" },
	{ "an encoded percent is decoded once", "/%252e%252e/", "%2e%2e", true, false, "" },
	{ "an encoded question mark is no query", "/a%3Fb", "a?b", false, false, "" },
	{ "an encoded number sign", "/a%23b", "a#b", false, false, "" },
	{ "a query", "/a?b=c", "a", false, false, "?b=c" },
	{ "an empty query", "/a?", "a", false, false, "?" },
	{ "a query with another question mark", "/a?b?c", "a", false, false, "?b?c" },
	{ "two dots in a query", "/a?../..", "a", false, false, "?../.." },
	{ "the absolute form", "https://localhost/a", "a", false, false, "" },
	{ "the absolute form of plain HTTP", "http://localhost:80/a", "a", false, false, "" },
	{ "the scheme in upper case", "HTTPS://LOCALHOST/a", "a", false, false, "" },
	{ "the absolute form without a path", "https://localhost", "", true, false, "" },
	{ "a hidden file", "/.git/config", ".git/config", false, true, "" },
	{ "a hidden file, encoded", "/%2egit/config", ".git/config", false, true, "" },
	{ "a hidden file further down", "/a/.b", "a/.b", false, true, "" },
	{ "well-known is not hidden", "/.well-known/x", ".well-known/x", false, false, "" },
	{ "below well-known names are hidden again", "/.well-known/.x", ".well-known/.x", false,
	  true, "" },
	{ "three dots are a name", "/...", "...", false, true, "" },
	{ "two dots and more are a name", "/..a", "..a", false, true, "" },
	{ "dots at the end of a name", "/a..", "a..", false, false, "" },
	{ "a backslash is a letter", "/a\\..\\b", "a\\..\\b", false, false, "" },
	{ "a colon", "/a:b", "a:b", false, false, "" },
};

static void test_good(void **state)
{
	const struct good_row *row = *state;
	struct url_path path;

	assert_int_equal(path_read(span_string(row->target), &path), 0);
	assert_string_equal(path.name, row->file);
	assert_int_equal(path.folder, row->folder);
	assert_int_equal(path.hidden, row->hidden);
	assert_span_equal(path.query, span_string(row->query));
}

static const struct bad_row {
	const char *name;
	const char *target;
	int status;
} bad[] = {
	{ "no target", "", 400 },
	{ "an asterisk", "*", 400 },
	{ "a name without a slash", "a", 400 },
	{ "another scheme", "ftp://localhost/", 400 },
	{ "a scheme alone", "https://", 400 },
	{ "two dots", "/..", 400 },
	{ "two dots and a slash", "/../", 400 },
	{ "two dots and a file", "/../etc/passwd", 400 },
	{ "two dots in the middle, even if they stay inside", "/a/../b", 400 },
	{ "two dots at the end", "/a/..", 400 },
	{ "two dots in front of a query", "/a/..?b", 400 },
	{ "two encoded dots", "/%2e%2e/etc/passwd", 400 },
	{ "two encoded dots in upper case", "/%2E%2E/etc/passwd", 400 },
	{ "one of two dots encoded", "/.%2e/etc/passwd", 400 },
	{ "the other of two dots encoded", "/%2e./etc/passwd", 400 },
	{ "two dots behind the host", "https://localhost/../etc/passwd", 400 },
	{ "an encoded slash", "/..%2fetc%2fpasswd", 400 },
	{ "an encoded slash in upper case", "/a%2Fb", 400 },
	{ "an encoded zero byte", "/a%00.html", 400 },
	{ "a percent at the end", "/a%", 400 },
	{ "a percent and one digit", "/a%2", 400 },
	{ "a percent and no digits", "/a%zz", 400 },
	{ "a percent and one good digit", "/a%2z", 400 },
	{ "a percent with a sign", "/a%+1", 400 },
	{ "an escape that a slash cuts off", "/a%2/b", 400 },
	{ "an escape that the query cuts off", "/a%2?0", 400 },
	{ "a fragment", "/a#b", 400 },
	{ "a fragment in the query", "/a?b#c", 400 },
};

static void test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct url_path path;

	assert_int_equal(path_read(table_bytes(row->target, strlen(row->target)), &path),
			 row->status);
}

static void test_length(void **state)
{
	char target[URL_PATH_MAX + 1];
	struct url_path path;

	(void)state;
	memset(target, 'a', sizeof(target));
	target[0] = '/';
	assert_int_equal(path_read(span_make(target, URL_PATH_MAX - 2), &path), 0);
	assert_int_equal(strlen(path.name), URL_PATH_MAX - 3);
	assert_int_equal(path_read(span_make(target, URL_PATH_MAX - 1), &path), 414);
	target[10] = '?';
	assert_int_equal(path_read(span_make(target, URL_PATH_MAX), &path), 0);
	assert_int_equal(path.query.len, URL_PATH_MAX - 10);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, good, test_good);
	TABLE_ADD(&t, bad, test_bad);
	table_add(&t, "the longest path, and one more byte", test_length, NULL);
	return table_run(&t, "path");
}
