/*
 * Nothing outside of the served directory is opened, whatever a name says and wherever links lead:
 * by openat2 and on foot (files_walk.c), with the same results.
 */
#include "serve/files.h"

#include "serve/files_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/scratch.h"
#include "support/table.h"

static char base[] = "/tmp/ward-files-XXXXXX";
static struct files_root root;

static char *in_base(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(in_base(name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void link_to(const char *target, const char *name)
{
	assert_int_equal(symlink(target, in_base(name)), 0);
}

static int set_up(void)
{
	char target[512];

	assert_non_null(mkdtemp(base));
	assert_int_equal(mkdir(in_base("site"), 0755), 0);
	assert_int_equal(mkdir(in_base("site/sub"), 0755), 0);
	assert_int_equal(mkdir(in_base("site/sub/deep"), 0755), 0);
	assert_int_equal(mkdir(in_base("site2"), 0755), 0);
	put("secret", "secret");
	put("site2/secret", "secret");
	put("site/file", "file");
	put("site/sub/file", "sub file");
	put("site/sub/deep/file", "deep file");
	put("site/denied", "denied");
	assert_int_equal(chmod(in_base("site/denied"), 0), 0);
	assert_int_equal(mkfifo(in_base("site/fifo"), 0644), 0);
	link_to("file", "site/link");
	link_to("sub", "site/folder-link");
	link_to("../file", "site/sub/up");
	link_to("sub/../sub/./deep/../file", "site/winding");
	link_to("/etc/passwd", "site/etc");
	link_to("../secret", "site/out");
	link_to("..", "site/parent");
	link_to("../site2", "site/sibling");
	link_to("sub/../../secret", "site/hidden-out");
	link_to("out", "site/link-to-out");
	link_to("/proc/self/root/etc/passwd", "site/proc");
	link_to("/proc/self/cwd", "site/magic");
	link_to("loop", "site/loop");
	link_to("loop2", "site/loop1");
	link_to("loop1", "site/loop2");
	link_to("missing", "site/dangling");
	link_to("../site/file", "site/out-and-in");
	link_to("../../site/file", "site/sub/out-and-in");
	snprintf(target, sizeof(target), "%s/site/file", base);
	link_to(target, "site/absolute-inside");
	snprintf(target, sizeof(target), "%s/site2/secret", base);
	link_to(target, "site/absolute-sibling");
	snprintf(target, sizeof(target), "%s/site/../secret", base);
	link_to(target, "site/absolute-out");
	snprintf(target, sizeof(target), "%s/site", base);
	link_to(target, "site/self");
	return files_root_open(&root, in_base("site"), NULL) ? 0 : -1;
}

static int tear_down(void)
{
	files_root_close(&root);
	return scratch_remove(base);
}

static const struct open_row {
	const char *name;
	const char *file;
	enum files_result result;
	const char *text; /* NULL: a directory */
} rows[] = {
	{ "a file", "file", FILES_OK, "file" },
	{ "a file further down", "sub/deep/file", FILES_OK, "deep file" },
	{ "the directory itself", "", FILES_OK, NULL },
	{ "a directory", "sub", FILES_OK, NULL },
	{ "a link to a file", "link", FILES_OK, "file" },
	{ "a link to a directory", "folder-link/file", FILES_OK, "sub file" },
	{ "a link that goes up and stays inside", "sub/up", FILES_OK, "file" },
	{ "a link with many turns", "winding", FILES_OK, "sub file" },
	{ "an absolute link that stays inside", "absolute-inside", FILES_OK, "file" },
	{ "an absolute link to the directory itself", "self/sub/file", FILES_OK, "sub file" },

	{ "a name that is missing", "nothing", FILES_MISSING, NULL },
	{ "a name below a file", "file/x", FILES_MISSING, NULL },
	{ "a name that is too long", NULL, FILES_MISSING, NULL },
	{ "two dots", "..", FILES_MISSING, NULL },
	{ "two dots and a name", "../secret", FILES_MISSING, NULL },
	{ "two dots behind a directory", "sub/../../secret", FILES_MISSING, NULL },
	{ "an absolute link to outside", "etc", FILES_MISSING, NULL },
	{ "a link to outside", "out", FILES_MISSING, NULL },
	{ "a link to the parent", "parent", FILES_MISSING, NULL },
	{ "a name below a link to the parent", "parent/secret", FILES_MISSING, NULL },
	{ "a link to a neighbour whose name begins alike", "sibling/secret", FILES_MISSING, NULL },
	{ "a link that is out only at its end", "hidden-out", FILES_MISSING, NULL },
	{ "a link to a link to outside", "link-to-out", FILES_MISSING, NULL },
	{ "a link through /proc", "proc", FILES_MISSING, NULL },
	{ "a magic link of /proc", "magic", FILES_MISSING, NULL },
	{ "a link to itself", "loop", FILES_MISSING, NULL },
	{ "links in a circle", "loop1", FILES_MISSING, NULL },
	{ "a link to nothing", "dangling", FILES_MISSING, NULL },
	{ "a link that leaves and comes back", "out-and-in", FILES_MISSING, NULL },
	{ "the same further down", "sub/out-and-in", FILES_MISSING, NULL },
	{ "an absolute link to a neighbour", "absolute-sibling", FILES_MISSING, NULL },
	{ "an absolute link that turns back", "absolute-out", FILES_MISSING, NULL },

	{ "a FIFO, without waiting for its other end", "fifo", FILES_DENIED, NULL },
};

static void check(const struct open_row *row, enum files_result result, int fd,
		  const struct stat *st)
{
	char buf[32] = "";

	assert_int_equal(result, row->result);
	if (result != FILES_OK)
		return;
	if (row->text == NULL) {
		assert_true(S_ISDIR(st->st_mode));
	} else {
		assert_true(S_ISREG(st->st_mode));
		assert_int_equal(read(fd, buf, sizeof(buf) - 1), strlen(row->text));
		assert_string_equal(buf, row->text);
	}
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
}

static const char *name_of(const struct open_row *row)
{
	static char longest[5000];

	memset(longest, 'a', sizeof(longest) - 1);
	return row->file != NULL ? row->file : longest;
}

static void test_open(void **state)
{
	const struct open_row *row = *state;
	enum files_result result;
	struct stat st;
	int fd = -1;

	result = files_open(&root, name_of(row), true, &fd, &st);
	check(row, result, fd, &st);
}

static void test_walk(void **state)
{
	const struct open_row *row = *state;
	enum files_result result;
	struct stat st;
	int fd = -1;

	result = files_open_walking(&root, name_of(row), &fd, &st);
	check(row, result, fd, &st);
}

/* Without waiting the answer is the same, or to ask again. */
static void test_cached(void **state)
{
	const struct open_row *row = *state;
	enum files_result result;
	struct stat st;
	int fd = -1;

	result = files_open(&root, name_of(row), false, &fd, &st);
	if (result != FILES_AGAIN)
		check(row, result, fd, &st);
}

/* In a process that is not root's, to whom nothing is denied. */
static void test_denied(void **state)
{
	enum { NOBODY = 65534 };
	pid_t child = fork();
	struct stat st;
	int fd = -1, status;

	(void)state;
	if (child == 0) {
		bool ok = (geteuid() != 0 || setuid(NOBODY) == 0) &&
			  files_open(&root, "denied", true, &fd, &st) == FILES_DENIED &&
			  files_open_walking(&root, "denied", &fd, &st) == FILES_DENIED &&
			  files_open(&root, "file", true, &fd, &st) == FILES_OK;

		_exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Descriptors run out: the walk gives back what it holds. */
static void test_no_descriptor_stays_open(void **state)
{
	int before = dup(0), after;
	struct stat st;
	int fd;

	(void)state;
	close(before);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (files_open_walking(&root, name_of(&rows[i]), &fd, &st) == FILES_OK)
			close(fd);
		if (files_open(&root, name_of(&rows[i]), true, &fd, &st) == FILES_OK)
			close(fd);
	}
	after = dup(0);
	close(after);
	assert_int_equal(after, before);
}

static void test_root(void **state)
{
	struct files_root r;
	struct ward_error err = { 0 };

	(void)state;
	assert_false(files_root_open(&r, in_base("nothing"), &err));
	assert_int_equal(err.reason, WARD_E_FILE_READ);
	assert_int_equal(err.system, ENOENT);
	err = (struct ward_error){ 0 };
	assert_false(files_root_open(&r, in_base("secret"), &err));
	assert_int_equal(err.system, ENOTDIR);
	/* The directory may itself be reached by a link. */
	assert_true(files_root_open(&r, in_base("site/folder-link"), &err));
	assert_string_equal(r.real, in_base("site/sub"));
	assert_int_equal(files_walk(r.fd, r.real, "../file"), -1);
	assert_int_equal(errno, EXDEV);
	files_root_close(&r);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_open);
	TABLE_ADD(&t, rows, test_walk);
	TABLE_ADD(&t, rows, test_cached);
	table_add(&t, "what permissions deny", test_denied, NULL);
	table_add(&t, "no descriptor stays open", test_no_descriptor_stays_open, NULL);
	table_add(&t, "the directory itself may be wrong", test_root, NULL);
	if (set_up() != 0)
		return 1;
	failed = table_run(&t, "files");
	return tear_down() != 0 ? 1 : failed;
}
