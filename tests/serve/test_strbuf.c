/*
 * Text that grows: its limit, and what is escaped.
 */
#include "serve/strbuf.h"

#include "support/table.h"

static void test_grows(void **state)
{
	struct strbuf t = strbuf_make(100000);

	(void)state;
	for (int i = 0; i < 10000; i++)
		strbuf_format(&t, "%d,", i % 10);
	assert_false(t.failed);
	assert_int_equal(t.len, 20000);
	assert_int_equal(strlen(t.data), 20000);
	assert_memory_equal(t.data + 19996, "8,9,", 4);
	strbuf_free(&t);
	assert_null(t.data);
}

static void test_limit(void **state)
{
	struct strbuf t = strbuf_make(5);

	(void)state;
	strbuf_string(&t, "abc");
	strbuf_string(&t, "de");
	assert_false(t.failed);
	strbuf_string(&t, "f");
	assert_true(t.failed);
	strbuf_string(&t, "");
	strbuf_format(&t, "%s", "");
	assert_true(t.failed);
	assert_string_equal(t.data, "abcde");
	strbuf_free(&t);
}

static const struct escape_row {
	const char *name;
	const char *text;
	const char *html;
	const char *url;
} rows[] = {
	{ "nothing", "", "", "" },
	{ "letters and digits", "aZ09-._~", "aZ09-._~", "aZ09-._~" },
	{ "a tag", "<b>", "&lt;b&gt;", "%3Cb%3E" },
	{ "quotes", "\"'", "&quot;&#39;", "%22%27" },
	{ "an ampersand", "a&amp;", "a&amp;amp;", "a%26amp%3B" },
	{ "what means something in a URL", "/?#%:@", "/?#%:@", "%2F%3F%23%25%3A%40" },
	{ "bytes above ASCII", "\xc3\xa4", "\xc3\xa4", "%C3%A4" },
	{ "a line end", "\r\n", "\r\n", "%0D%0A" },
};

static void test_escape(void **state)
{
	const struct escape_row *row = *state;
	struct strbuf html = strbuf_make(1000), url = strbuf_make(1000);

	strbuf_html(&html, row->text);
	strbuf_url_segment(&url, row->text);
	assert_span_equal(strbuf_span(&html), span_string(row->html));
	assert_span_equal(strbuf_span(&url), span_string(row->url));
	strbuf_free(&html);
	strbuf_free(&url);
}

int main(void)
{
	struct table t = { 0 };

	table_add(&t, "it grows", test_grows, NULL);
	table_add(&t, "past its most it fails for good", test_limit, NULL);
	TABLE_ADD(&t, rows, test_escape);
	return table_run(&t, "strbuf");
}
