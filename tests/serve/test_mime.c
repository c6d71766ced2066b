/*
 * Media types by the end of a name.
 */
#include "serve/mime.h"

#include "support/table.h"

static const char table_text[] = "# a comment\n"
				 "application/x-tcl\ttcl TK\n"
				 "text/x-rust rs\r\n"
				 "text/plain txt log # and more\n"
				 "application/x-none\n"
				 "\n"
				 "image/png png\n"
				 "broken\n"
				 "application/octet-stream bin";

static const struct mime_row {
	const char *name;
	const char *file;
	const char *type;
} rows[] = {
	{ "a page", "index.html", "text/html; charset=utf-8" },
	{ "upper case", "INDEX.HTML", "text/html; charset=utf-8" },
	{ "in a folder", "a.b/c.css", "text/css; charset=utf-8" },
	{ "the last ending counts", "a.tar.gz", "application/gzip" },
	{ "a module of JavaScript", "a.mjs", "text/javascript; charset=utf-8" },
	{ "WebAssembly", "a.wasm", "application/wasm" },
	{ "a picture", "a.svg", "image/svg+xml" },
	{ "no ending", "README", "application/octet-stream" },
	{ "an ending of the folder only", "a.html/README", "application/octet-stream" },
	{ "an empty ending", "a.", "application/octet-stream" },
	{ "a name that is an ending", ".html", "application/octet-stream" },
	{ "no name", "", "application/octet-stream" },
	{ "an unknown ending", "a.unknownending", "application/octet-stream" },
	{ "the first ending of a table's line", "a.tcl", "application/x-tcl" },
	{ "a later one, in upper case there", "a.tk", "application/x-tcl" },
	{ "a line with CRLF; text gets a charset", "a.rs", "text/x-rust; charset=utf-8" },
	{ "a built-in type wins over the table's", "a.png", "image/png" },
	{ "a line with a comment behind", "a.log", "text/plain; charset=utf-8" },
	{ "the last line without its end", "a.bin", "application/octet-stream" },
};

static void test_type(void **state)
{
	const struct mime_row *row = *state;
	struct mime_table *t = mime_table_parse(SPAN_LITERAL(table_text));

	assert_non_null(t);
	assert_string_equal(mime_type(t, row->file), row->type);
	mime_table_free(t);
}

static void test_tables(void **state)
{
	struct mime_table *empty = mime_table_parse(SPAN_EMPTY);
	struct mime_table *system = mime_table_system();

	(void)state;
	assert_non_null(empty);
	assert_int_equal(mime_table_count(empty), 0);
	assert_string_equal(mime_type(empty, "a.html"), "text/html; charset=utf-8");
	assert_string_equal(mime_type(NULL, "a.html"), "text/html; charset=utf-8");
	assert_string_equal(mime_type(NULL, "a.tcl"), "application/octet-stream");
	assert_non_null(system);
	assert_string_equal(mime_type(system, "a.html"), "text/html; charset=utf-8");
	mime_table_free(empty);
	mime_table_free(system);
	mime_table_free(NULL);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_type);
	table_add(&t, "an empty table, none, and the system's", test_tables, NULL);
	return table_run(&t, "mime");
}
