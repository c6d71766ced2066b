/*
 * A CA whose process is killed, or whose disk fails, at each step at which it changes the disk
 * (journal.c, state.c, authority.c, issue.c, and file_write below them). Before each step, and in
 * the middle of each write. Whatever the step: the CA opens, what was issued and revoked before is
 * still so, and the next call does its work.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ca/authority.h"
#include "ca/index.h"
#include "ca/tests_ca.h"

/* ---- steps ---- */

enum how { NOT_AT_ALL, BY_DEATH, BY_FULL_DISK };

static enum how how;
static int steps_left;

/* Exit statuses of a process that has done its work. NOT_REACHED: fine, in fewer steps. */
enum { FINE, NOT_REACHED, FAILED, WRONG, DIED };

/* Whether this step is the one. */
static bool is_step(void)
{
	if (how == NOT_AT_ALL || --steps_left != 0)
		return false;
	if (how == BY_DEATH)
		_exit(DIED);
	errno = ENOSPC;
	return true;
}

/* The same where something has been done already. */
static bool is_middle(void)
{
	return how != NOT_AT_ALL && steps_left == 1;
}

int __real_mkostemp(char *template, int flags);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t at);
int __real_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __real_ftruncate(int fd, off_t len);
int __wrap_mkostemp(char *template, int flags);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_ftruncate(int fd, off_t len);

int __wrap_mkostemp(char *template, int flags)
{
	return is_step() ? -1 : __real_mkostemp(template, flags);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	if (is_step())
		return -1;
	if (is_middle())
		(void)!__real_write(fd, bytes, len / 2);
	return is_step() ? -1 : __real_write(fd, bytes, len);
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	if (is_step())
		return -1;
	if (is_middle())
		(void)!__real_pwrite(fd, bytes, len / 2, at);
	return is_step() ? -1 : __real_pwrite(fd, bytes, len, at);
}

int __wrap_fsync(int fd)
{
	return is_step() ? -1 : __real_fsync(fd);
}

int __wrap_rename(const char *from, const char *to)
{
	return is_step() ? -1 : __real_rename(from, to);
}

int __wrap_ftruncate(int fd, off_t len)
{
	return is_step() ? -1 : __real_ftruncate(fd, len);
}

/* ---- what is done ---- */

typedef bool work(const char *dir, struct ward_error *err);

static bool do_init(const char *dir, struct ward_error *err)
{
	return try_init(dir, err);
}

static bool do_issue(const char *dir, struct ward_error *err)
{
	struct ward_cert *cert = NULL;
	struct ca ca;
	bool ok;

	if (ca_open(&ca, dir, CA_CHANGE, err))
		cert = issue_for(&ca, "a.test", DAY, NOW, err);
	ok = cert != NULL;
	ward_cert_free(cert);
	ca_close(&ca);
	return ok;
}

static bool do_revoke(const char *dir, struct ward_error *err)
{
	struct ca ca;
	bool ok = ca_open(&ca, dir, CA_CHANGE, err) && revoke_entry(&ca, 0, NOW, err);

	ca_close(&ca);
	return ok;
}

static bool do_crl(const char *dir, struct ward_error *err)
{
	struct ward_crl *crl = NULL;
	struct ca ca;
	bool ok;

	if (ca_open(&ca, dir, CA_CHANGE, err))
		crl = ca_make_crl(&ca, NULL, NOW, DAY, err);
	ok = crl != NULL;
	ward_crl_free(crl);
	ca_close(&ca);
	return ok;
}

static bool do_renew(const char *dir, struct ward_error *err)
{
	struct ca ca;
	bool ok =
		ca_open(&ca, dir, CA_CHANGE, err) && ca_renew(&ca, NULL, NULL, 100 * DAY, NOW, err);

	ca_close(&ca);
	return ok;
}

/* Does it in a process of its own, which dies or fails at this step. Gives its exit status. */
static int do_until(work *w, const char *dir, enum how h, int step)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct ward_error err = ERROR_NONE;
		bool ok;

		how = h;
		steps_left = step;
		ok = w(dir, &err);
		if (ok)
			_exit(steps_left > 0 ? NOT_REACHED : FINE);
		_exit(err.reason == WARD_E_FILE_WRITE ? FAILED : WRONG);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void do_now(work *w, const char *dir)
{
	struct ward_error err = ERROR_NONE;

	if (!w(dir, &err))
		fail_error(&err);
}

/* ---- what must hold ---- */

struct facts {
	size_t issued, revoked;
	int64_t crl_number, intermediate_until;
};

static struct facts facts_of(const char *dir)
{
	struct facts f = { 0 };
	struct ca ca;

	open_ca(&ca, dir, CA_LOOK);
	f.issued = ca.index.count;
	for (size_t i = 0; i < ca.index.count; i++)
		f.revoked += ca.index.entries[i].revoked;
	f.crl_number = ca.index.crl_number;
	f.intermediate_until = ward_cert_not_after(ca.intermediate);
	ca_close(&ca);
	return f;
}

static bool same(const struct facts *a, const struct facts *b)
{
	return a->issued == b->issued && a->revoked == b->revoked &&
	       a->crl_number == b->crl_number && a->intermediate_until == b->intermediate_until;
}

/* A file half written, under a name of its own, is what a death may leave, never a failure. */
static size_t count_files(const char *dir)
{
	DIR *opened = opendir(dir);
	size_t count = 0;

	assert_non_null(opened);
	while (readdir(opened) != NULL)
		count++;
	closedir(opened);
	return count;
}

static const struct row {
	const char *name;
	work *work;
	enum how how;
	int least; /* steps there must be */
	/* A whole one, after all that came before. */
	struct facts change;
} rows[] = {
	{ "killed while it issues", do_issue, BY_DEATH, 4, { .issued = 1 } },
	{ "killed while it revokes", do_revoke, BY_DEATH, 4, { .revoked = 1 } },
	{ "killed while it makes a CRL", do_crl, BY_DEATH, 4, { .crl_number = 1 } },
	{ "killed while it is renewed",
	  do_renew,
	  BY_DEATH,
	  6,
	  { .intermediate_until = 100 * DAY - 1825 * DAY } },
	{ "the disk fails while it issues", do_issue, BY_FULL_DISK, 4, { .issued = 1 } },
	{ "the disk fails while it revokes", do_revoke, BY_FULL_DISK, 4, { .revoked = 1 } },
	{ "the disk fails while it makes a CRL", do_crl, BY_FULL_DISK, 4, { .crl_number = 1 } },
	{ "the disk fails while it is renewed",
	  do_renew,
	  BY_FULL_DISK,
	  6,
	  { .intermediate_until = 100 * DAY - 1825 * DAY } },
};

/* True when the work came to its end in fewer steps. */
static bool try_step(const struct row *row, int step)
{
	const char *dir = make_ca();
	struct facts before, wanted, after;
	size_t files;
	int status;

	do_now(do_issue, dir);
	before = facts_of(dir);
	wanted = before;
	wanted.issued += row->change.issued;
	wanted.revoked += row->change.revoked;
	wanted.crl_number += row->change.crl_number;
	wanted.intermediate_until += row->change.intermediate_until;
	files = count_files(dir);
	status = do_until(row->work, dir, row->how, step);
	after = facts_of(dir);
	if (status == FINE || status == NOT_REACHED)
		assert_true(same(&after, &wanted));
	else if (row->how == BY_DEATH)
		assert_true(status == DIED && (same(&after, &before) || same(&after, &wanted)));
	else /* the last step may be that the directory misses the disk: then it is there, and told */
		assert_true(status == FAILED && (same(&after, &before) || same(&after, &wanted)));
	if (row->how == BY_FULL_DISK)
		assert_int_equal(count_files(dir), files);
	do_now(row->work, dir);
	if (same(&after, &before)) {
		after = facts_of(dir);
		assert_true(same(&after, &wanted));
	}
	return status == NOT_REACHED;
}

static void test_steps(void **state)
{
	const struct row *row = *state;
	int step = 1;

	while (!try_step(row, step))
		step++;
	assert_true(step > row->least);
}

/* A CA is there as a whole or not at all, and then it can be made. */
static void test_init(void **state)
{
	enum how h = *(const enum how *)*state;
	int status = FINE, step = 0;

	while (status != NOT_REACHED) {
		const char *dir = new_dir();
		struct ward_error err = ERROR_NONE;
		struct ca ca;

		status = do_until(do_init, dir, h, ++step);
		assert_true(status <= NOT_REACHED || status == (h == BY_DEATH ? DIED : FAILED));
		if (!ca_open(&ca, dir, CA_LOOK, &err)) {
			assert_true(status > NOT_REACHED);
			assert_int_equal(err.reason, WARD_E_CA_MISSING);
			do_now(do_init, dir);
		}
		ca_close(&ca);
		do_now(do_issue, dir);
		assert_int_equal(facts_of(dir).issued, 1);
	}
	assert_true(step > 30);
}

/* ---- many at once ---- */

enum { CROWD = 8, EACH = 5 };

static void test_crowd(void **state)
{
	const char *dir = make_ca();
	struct facts f;

	(void)state;
	do_now(do_issue, dir);
	for (int i = 0; i < CROWD; i++) {
		if (fork() == 0) {
			struct ward_error err = ERROR_NONE;
			bool ok = true;

			for (int n = 0; n < EACH; n++)
				ok = ok && do_issue(dir, &err) && do_crl(dir, &err) &&
				     do_revoke(dir, &err);
			_exit(ok ? 0 : 1);
		}
	}
	for (int i = 0, status; i < CROWD; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	f = facts_of(dir);
	assert_int_equal(f.issued, CROWD * EACH + 1);
	assert_int_equal(f.crl_number, CROWD * EACH);
	assert_int_equal(f.revoked, 1);
}

/* ---- what a crash of the machine may leave ---- */

static const struct tail_row {
	const char *name;
	const char *tail;
	size_t len;
} tails[] = {
	{ "a letter", "0", 1 },
	{ "a check", "0123456789abcdef0123456789abcdef", 32 },
	{ "a part of a line", "0123456789abcdef0123456789abcdef issue 12", 41 },
	{ "zeros", "\0\0\0\0\0\0\0\0\0\0\0\0", 12 },
};

/* Another reader that has read before, as an OCSP responder has, goes on reading. */
static void test_tail(void **state)
{
	const struct tail_row *row = *state;
	const char *dir = make_ca();
	struct ca reader;
	FILE *file;

	do_now(do_issue, dir);
	file = fopen(path_in(dir, CA_INDEX_FILE), "a");
	assert_int_equal(fwrite(row->tail, 1, row->len, file), row->len);
	fclose(file);
	open_ca(&reader, dir, CA_LOOK);
	assert_int_equal(reader.index.count, 1);
	do_now(do_issue, dir);
	assert_true(ca_refresh(&reader, NULL));
	assert_int_equal(reader.index.count, 2);
	do_now(do_revoke, dir);
	assert_true(ca_refresh(&reader, NULL));
	assert_true(reader.index.entries[0].revoked);
	ca_close(&reader);
}

int main(void)
{
	static const enum how hows[] = { BY_DEATH, BY_FULL_DISK };
	struct table t = { 0 };
	int status;

	if (mkdtemp(base) == NULL)
		return 1;
	TABLE_ADD(&t, rows, test_steps);
	table_add(&t, "killed while it is made", test_init, &hows[0]);
	table_add(&t, "the disk fails while it is made", test_init, &hows[1]);
	table_add(&t, "eight processes at once", test_crowd, NULL);
	TABLE_ADD(&t, tails, test_tail);
	status = table_run(&t, "crash");
	return scratch_remove(base) == 0 ? status : 1;
}
