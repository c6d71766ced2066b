/*
 * Timestamps of logs from files: one, a list, a folder, and what is none of them.
 */
#include "serve/sct_files.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "serve/scratch.h"
#include "support/table.h"
#include "support/vectors.h"

static char base[] = "/tmp/ward-sct-XXXXXX";

/* Of a log whose id is all `n`: version, log, time, no extensions, an algorithm, a signature. */
#define LOG(n) n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n
#define SCT(n)                                                                                     \
	"00" LOG(n) "0000018bcfe56800"                                                             \
		    "0000"                                                                         \
		    "0403"                                                                         \
		    "0002"                                                                         \
		    "3000"
#define SCT_LEN "0031"

static const struct row {
	const char *name;
	const char *files[3];
	const char *list; /* NULL: refused */
	enum ward_reason reason;
} rows[] = {
	{ "one", { SCT("11") }, "0033" SCT_LEN SCT("11"), WARD_E_NONE },
	{ "two files",
	  { SCT("11"), SCT("22") },
	  "0066" SCT_LEN SCT("11") SCT_LEN SCT("22"),
	  WARD_E_NONE },
	{ "a list",
	  { "0066" SCT_LEN SCT("11") SCT_LEN SCT("22") },
	  "0066" SCT_LEN SCT("11") SCT_LEN SCT("22"),
	  WARD_E_NONE },
	{ "a list between two",
	  { SCT("33"), "0033" SCT_LEN SCT("11"), SCT("22") },
	  "0099" SCT_LEN SCT("33") SCT_LEN SCT("11") SCT_LEN SCT("22"),
	  WARD_E_NONE },
	/* Its first bytes could be the length of a list: 0x2f are left behind them. */
	{ "one whose log could be a length", { SCT("2f") }, "0033" SCT_LEN SCT("2f"), WARD_E_NONE },
	{ "an empty file", { "" }, NULL, WARD_E_BAD_VALUE },
	{ "an empty list", { "0000" }, NULL, WARD_E_BAD_VALUE },
	{ "a list with an empty entry", { "00020000" }, NULL, WARD_E_BAD_VALUE },
	{ "version 2",
	  { "01" LOG("11") "0000018bcfe56800"
			   "0000"
			   "0403"
			   "0002"
			   "3000" },
	  NULL,
	  WARD_E_BAD_VALUE },
	{ "a byte too few",
	  { "00" LOG("11") "0000018bcfe56800"
			   "0000"
			   "0403"
			   "0002"
			   "30" },
	  NULL,
	  WARD_E_BAD_VALUE },
	{ "a byte too many", { SCT("11") "00" }, NULL, WARD_E_BAD_VALUE },
	{ "no signature",
	  { "00" LOG("11") "0000018bcfe56800"
			   "0000"
			   "0403"
			   "0000" },
	  NULL,
	  WARD_E_BAD_VALUE },
	{ "text", { "2d2d2d2d2d" }, NULL, WARD_E_BAD_VALUE },
};

static void put(const char *path, const char *hex)
{
	struct span bytes = table_hex(hex);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.data, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct strbuf list = strbuf_make(SCT_LIST_MAX);
	struct ward_error err = ERROR_NONE;
	bool ok = true;

	for (size_t i = 0; i < 3 && row->files[i] != NULL; i++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/%zu.bin", base, i);
		put(path, row->files[i]);
		ok = ok && sct_files_add(&list, path, &err);
		assert_true(ok || strstr(err.detail, path) != NULL);
	}
	assert_int_equal(ok, row->reason == WARD_E_NONE);
	assert_int_equal(err.reason, row->reason);
	if (ok)
		assert_span_equal(strbuf_span(&list), table_hex(row->list));
	strbuf_free(&list);
}

static void test_folder(void **state)
{
	struct strbuf list = strbuf_make(SCT_LIST_MAX);
	struct ward_error err = ERROR_NONE;
	char folder[64], path[128];

	(void)state;
	snprintf(folder, sizeof(folder), "%s/folder", base);
	assert_int_equal(mkdir(folder, 0755), 0);
	assert_false(sct_files_add(&list, folder, &err));
	assert_int_equal(err.reason, WARD_E_FILE_READ);
	snprintf(path, sizeof(path), "%s/b.sct", folder);
	put(path, SCT("22"));
	snprintf(path, sizeof(path), "%s/a.sct", folder);
	put(path, SCT("11"));
	snprintf(path, sizeof(path), "%s/notes.txt", folder);
	put(path, "00");
	snprintf(path, sizeof(path), "%s/.c.sct", folder);
	put(path, "00");
	assert_true(sct_files_add(&list, folder, &err));
	assert_span_equal(strbuf_span(&list),
			  table_hex("0066" SCT_LEN SCT("11") SCT_LEN SCT("22")));
	snprintf(path, sizeof(path), "%s/d.sct", folder);
	put(path, "00");
	err = ERROR_NONE;
	assert_false(sct_files_add(&list, folder, &err));
	assert_int_equal(err.reason, WARD_E_BAD_VALUE);
	strbuf_free(&list);
}

/* The length of a list has two bytes. */
static void test_most(void **state)
{
	struct strbuf list = strbuf_make(SCT_LIST_MAX);
	struct ward_error err = ERROR_NONE;
	char path[64];
	int count = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/one.sct", base);
	put(path, SCT("11"));
	while (sct_files_add(&list, path, &err))
		count++;
	assert_int_equal(count, 65535 / 0x33);
	assert_int_equal(err.reason, WARD_E_BAD_VALUE);
	strbuf_free(&list);
}

int main(void)
{
	static struct table t;
	int failed;

	if (mkdtemp(base) == NULL)
		return 1;
	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "a folder: by name, and what ends in .sct alone", test_folder, NULL);
	table_add(&t, "as many as fit", test_most, NULL);
	failed = table_run(&t, "timestamps from files");
	scratch_remove(base);
	return failed;
}
