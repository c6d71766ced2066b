/*
 * Running programs (program.c): arguments reach them as they are, input comes from memory, output goes
 * into it as far as there is room; and where they are found.
 */
#include "ca/program.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/files.h"
#include "support/table.h"

static const struct run_row {
	const char *name;
	const char *argv[6];
	const char *input;
	int status;
	const char *output;
} runs[] = {
	{ "an argument is no shell's",
	  { "/bin/echo", "$(id); *", "`x`" },
	  "",
	  0,
	  "$(id); * `x`\n" },
	{ "an empty argument is one", { "/bin/sh", "-c", "echo $#", "x", "" }, "", 0, "1\n" },
	{ "input", { "/bin/cat" }, "one\ntwo", 0, "one\ntwo" },
	{ "no input is its end", { "/bin/cat" }, "", 0, "" },
	{ "a status", { "/bin/sh", "-c", "exit 7" }, "", 7, "" },
	{ "a signal", { "/bin/sh", "-c", "kill -9 $$" }, "", 128 + SIGKILL, "" },
	{ "what goes to standard error",
	  { "/bin/sh", "-c", "echo a; echo b >&2" },
	  "",
	  0,
	  "a\nb\n" },
	{ "no such program", { "/nowhere/program" }, "", PROGRAM_NOT_RUN, "" },
	{ "a folder", { "/tmp" }, "", PROGRAM_NOT_RUN, "" },
	{ "no terminal", { "/bin/sh", "-c", "exec 2>/dev/null; : </dev/tty" }, "", 2, NULL },
	{ "its input is open once",
	  { "/bin/sh", "-c", "ls -l /proc/self/fd | grep -c memfd:" },
	  "x",
	  0,
	  "1\n" },
	{ "SIGPIPE ends it, though we ignore it",
	  { "/bin/sh", "-c", "kill -PIPE $$; echo alive" },
	  "",
	  128 + SIGPIPE,
	  "" },
};

static void test_run(void **state)
{
	const struct sigaction ignored = { .sa_handler = SIG_IGN };
	const struct run_row *row = *state;
	struct strbuf output = strbuf_make(PROGRAM_OUTPUT_MAX);

	assert_int_equal(sigaction(SIGPIPE, &ignored, NULL), 0);
	assert_int_equal(program_run(row->argv, span_string(row->input), &output), row->status);
	if (row->output != NULL)
		assert_span_equal(strbuf_span(&output), span_string(row->output));
	strbuf_free(&output);
}

/* More than fits in a pipe goes in, comes out, and does not fit where it goes. */
static void test_much(void **state)
{
	static const char *const argv[] = { "/bin/cat", NULL };
	struct strbuf all = strbuf_make(PROGRAM_OUTPUT_MAX), some = strbuf_make(1000);
	struct span input = table_fill('x', 300000);

	(void)state;
	assert_int_equal(program_run(argv, input, &all), 0);
	assert_span_equal(strbuf_span(&all), input);
	assert_int_equal(program_run(argv, input, &some), 0);
	assert_true(some.failed && some.len <= 1000);
	strbuf_free(&all);
	strbuf_free(&some);
}

/* ---- finding ---- */

static char folder[] = "/tmp/ward-program-XXXXXX";

static const struct find_row {
	const char *name, *path, *program, *found; /* FOLDER stands for that of the test */
} finds[] = {
	{ "in the second folder", "/nowhere:FOLDER", "runs", "FOLDER/runs" },
	{ "one that may not be run is passed over", "FOLDER", "does-not", NULL },
	{ "no folder of the working directory", ":.:relative", "runs", NULL },
	{ "the administrator's folders are looked at, too", "FOLDER", "ldconfig",
	  "/sbin/ldconfig" },
	{ "and without PATH", NULL, "ldconfig", "/sbin/ldconfig" },
	{ "nowhere", "/bin", "no-such-program-at-all", NULL },
};

static const char *with_folder(const char *text, char buf[200])
{
	const char *at = text == NULL ? NULL : strstr(text, "FOLDER");

	if (at == NULL)
		return text;
	snprintf(buf, 200, "%.*s%s%s", (int)(at - text), text, folder, at + strlen("FOLDER"));
	return buf;
}

static void test_find(void **state)
{
	const struct find_row *row = *state;
	const char *before = getenv("PATH");
	char *kept = strdup(before == NULL ? "" : before), *found;
	char path[200], wanted[200], real[2][4096];

	if (row->path == NULL)
		unsetenv("PATH");
	else
		setenv("PATH", with_folder(row->path, path), 1);
	found = program_find(row->program);
	setenv("PATH", kept, 1);
	free(kept);
	if (row->found == NULL) {
		assert_null(found);
		return;
	}
	assert_non_null(found);
	assert_non_null(realpath(found, real[0]));
	assert_non_null(realpath(with_folder(row->found, wanted), real[1]));
	assert_string_equal(real[0], real[1]);
	free(found);
}

static void make_program(const char *name, mode_t mode)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_true(file_write(path, span_string("#!/bin/sh\n"), mode, NULL));
}

static void remove_program(const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
}

int main(void)
{
	struct table t = { 0 };
	int failed;

	if (mkdtemp(folder) == NULL)
		return 1;
	make_program("runs", 0755);
	make_program("does-not", 0644);
	TABLE_ADD(&t, runs, test_run);
	table_add(&t, "more than a pipe holds", test_much, NULL);
	TABLE_ADD(&t, finds, test_find);
	failed = table_run(&t, "program");
	remove_program("runs");
	remove_program("does-not");
	rmdir(folder);
	return failed;
}
