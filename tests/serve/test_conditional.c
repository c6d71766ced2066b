/*
 * Conditional requests (RFC 9110, 13) against one state of a file.
 */
#include "serve/conditional.h"

#include "support/table.h"

#define MODIFIED 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */
#define SAME "Sun, 06 Nov 1994 08:49:37 GMT"
#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define AFTER "Sun, 06 Nov 1994 08:49:38 GMT"

/* In the values, "@" stands for the file's tag. */
static const struct condition_row {
	const char *name;
	const char *if_match;
	const char *if_unmodified_since;
	const char *if_none_match;
	const char *if_modified_since;
	int status;
} rows[] = {
	{ "no condition", NULL, NULL, NULL, NULL, 0 },

	{ "if-none-match with the tag", NULL, NULL, "@", NULL, 304 },
	{ "if-none-match with another tag", NULL, NULL, "\"x\"", NULL, 0 },
	{ "if-none-match with the weak tag", NULL, NULL, "W/@", NULL, 304 },
	{ "if-none-match with a list", NULL, NULL, "\"x\", W/\"y\" ,@", NULL, 304 },
	{ "if-none-match with commas inside a tag", NULL, NULL, "\"a,b\",@", NULL, 304 },
	{ "if-none-match with an asterisk", NULL, NULL, "*", NULL, 304 },
	{ "if-none-match with an asterisk and blanks", NULL, NULL, " * ", NULL, 304 },
	{ "if-none-match without quotes", NULL, NULL, "abc", NULL, 0 },
	{ "if-none-match with an open quote", NULL, NULL, "\"abc", NULL, 0 },
	{ "if-none-match with nothing", NULL, NULL, "", NULL, 0 },

	{ "if-modified-since with the same time", NULL, NULL, NULL, SAME, 304 },
	{ "if-modified-since with a later time", NULL, NULL, NULL, AFTER, 304 },
	{ "if-modified-since with an earlier time", NULL, NULL, NULL, BEFORE, 0 },
	{ "if-modified-since that is no date", NULL, NULL, NULL, "yesterday", 0 },
	{ "if-none-match wins over if-modified-since", NULL, NULL, "\"x\"", SAME, 0 },

	{ "if-match with the tag", "@", NULL, NULL, NULL, 0 },
	{ "if-match with another tag", "\"x\"", NULL, NULL, NULL, 412 },
	{ "if-match with the weak tag", "W/@", NULL, NULL, NULL, 412 },
	{ "if-match with an asterisk", "*", NULL, NULL, NULL, 0 },
	{ "if-match with a list", "\"x\", @", NULL, NULL, NULL, 0 },
	{ "if-match, then if-none-match", "@", NULL, "@", NULL, 304 },

	{ "if-unmodified-since with the same time", NULL, SAME, NULL, NULL, 0 },
	{ "if-unmodified-since with an earlier time", NULL, BEFORE, NULL, NULL, 412 },
	{ "if-unmodified-since with a later time", NULL, AFTER, NULL, NULL, 0 },
	{ "if-unmodified-since that is no date", NULL, "soon", NULL, NULL, 0 },
	{ "if-match wins over if-unmodified-since", "@", BEFORE, NULL, NULL, 0 },
};

static struct stat file_state(void)
{
	return (struct stat){
		.st_mtim = { MODIFIED, 123456789 },
		.st_size = 4711,
		.st_ino = 42,
	};
}

static struct span put_tag(const char *value, const char *etag, char *buf, size_t size)
{
	size_t len = 0;

	for (; value != NULL && *value != '\0' && len + 80 < size; value++) {
		size_t n = *value == '@' ? strlen(etag) : 1;

		memcpy(buf + len, *value == '@' ? etag : value, n);
		len += n;
	}
	return value == NULL ? SPAN_EMPTY : span_make(buf, len);
}

static void test_condition(void **state)
{
	const struct condition_row *row = *state;
	struct stat st = file_state();
	struct validator v = validator_make(&st);
	struct http_request r = { 0 };
	char bufs[2][256];

	if (row->if_match != NULL)
		r.if_match.line[r.if_match.count++] =
			put_tag(row->if_match, v.etag, bufs[0], sizeof(bufs[0]));
	if (row->if_none_match != NULL)
		r.if_none_match.line[r.if_none_match.count++] =
			put_tag(row->if_none_match, v.etag, bufs[1], sizeof(bufs[1]));
	if (row->if_unmodified_since != NULL)
		r.if_unmodified_since = span_string(row->if_unmodified_since);
	if (row->if_modified_since != NULL)
		r.if_modified_since = span_string(row->if_modified_since);
	assert_int_equal(conditional_judge(&r, &v, MODIFIED + 100), row->status);
}

static const struct if_range_row {
	const char *name;
	const char *value;
	int age; /* of the file */
	bool counts;
} if_ranges[] = {
	{ "no if-range", NULL, 100, true },
	{ "the tag", "@", 0, true },
	{ "the tag with blanks", " @\t", 0, true },
	{ "another tag", "\"x\"", 100, false },
	{ "the weak tag", "W/@", 100, false },
	{ "the same time", SAME, 100, true },
	{ "the same time of a file that is just written", SAME, 10, false },
	{ "an earlier time", BEFORE, 100, false },
	{ "a later time", AFTER, 100, false },
	{ "no date", "abc", 100, false },
	{ "nothing", "", 100, false },
};

static void test_if_range(void **state)
{
	const struct if_range_row *row = *state;
	struct stat st = file_state();
	struct validator v = validator_make(&st);
	struct http_request r = { 0 };
	char buf[256];

	if (row->value != NULL) {
		r.if_range = put_tag(row->value, v.etag, buf, sizeof(buf));
		if (r.if_range.data == NULL)
			r.if_range = span_make(buf, 0);
	}
	assert_int_equal(conditional_range(&r, &v, MODIFIED + row->age), row->counts);
}

/* Whatever changes about a file changes its tag. */
static void test_tag(void **state)
{
	struct stat a = file_state(), b;
	struct validator tag = validator_make(&a);

	(void)state;
	assert_int_equal(tag.modified, MODIFIED);
	assert_true(tag.etag[0] == '"' && tag.etag[strlen(tag.etag) - 1] == '"');
	b = a;
	assert_string_equal(validator_make(&b).etag, tag.etag);
	b.st_mtim.tv_nsec++;
	assert_string_not_equal(validator_make(&b).etag, tag.etag);
	b = a;
	b.st_mtim.tv_sec++;
	assert_string_not_equal(validator_make(&b).etag, tag.etag);
	b = a;
	b.st_size++;
	assert_string_not_equal(validator_make(&b).etag, tag.etag);
	b = a;
	b.st_ino++;
	assert_string_not_equal(validator_make(&b).etag, tag.etag);
}

static void test_several_lines(void **state)
{
	struct stat st = file_state();
	struct validator v = validator_make(&st);
	struct http_request r = { .if_none_match.count = 2 };

	(void)state;
	r.if_none_match.line[0] = SPAN_LITERAL("\"a\"");
	r.if_none_match.line[1] = span_string(v.etag);
	assert_int_equal(conditional_judge(&r, &v, MODIFIED), 304);
	r.if_none_match.line[1] = SPAN_LITERAL("\"b\"");
	assert_int_equal(conditional_judge(&r, &v, MODIFIED), 0);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_condition);
	TABLE_ADD(&t, if_ranges, test_if_range);
	table_add(&t, "a tag changes with the file", test_tag, NULL);
	table_add(&t, "a list over several fields", test_several_lines, NULL);
	return table_run(&t, "conditional");
}
