/*
 * Opening files below one directory and nowhere else.
 */
#include "serve/files.h"

#include "serve/files_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

bool files_root_open(struct files_root *root, const char *dir, struct ward_error *err)
{
	root->fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0)
		return FAIL_SYSTEM(err, FILE_READ, dir);
	root->real = realpath(dir, NULL);
	if (root->real != NULL)
		return true;
	close(root->fd);
	return FAIL_SYSTEM(err, FILE_READ, dir);
}

void files_root_close(struct files_root *root)
{
	close(root->fd);
	free(root->real);
	*root = (struct files_root){ .fd = -1 };
}

static enum files_result result_of(int error)
{
	switch (error) {
	case 0:
		return FILES_OK;
	case EAGAIN:
		return FILES_AGAIN;
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case EXDEV: /* the way leads out of the directory */
	case ELOOP:
		return FILES_MISSING;
	case EACCES:
	case EPERM:
	case ENXIO: /* a socket, or a device without a driver */
		return FILES_DENIED;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return FILES_BUSY;
	default:
		return FILES_FAILED;
	}
}

/* Hands fd out if it is a regular file or a directory. */
static enum files_result judge(int opened, int *fd, struct stat *st)
{
	enum files_result result = FILES_OK;

	if (fstat(opened, st) != 0)
		result = FILES_FAILED;
	else if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		result = FILES_DENIED;
	if (result == FILES_OK)
		*fd = opened;
	else
		close(opened);
	return result;
}

static int open_beneath(int root, const char *name, bool may_wait)
{
	struct open_how how = {
		.flags = FILES_OPEN_FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	if (!may_wait)
		how.resolve |= RESOLVE_CACHED;
	return (int)syscall(SYS_openat2, root, name[0] == '\0' ? "." : name, &how, sizeof(how));
}

enum files_result files_open_walking(const struct files_root *root, const char *name, int *fd,
				     struct stat *st)
{
	int opened = files_walk(root->fd, root->real, name);

	return opened < 0 ? result_of(errno) : judge(opened, fd, st);
}

/* Set once the kernel, or a sandbox around this process, turned out not to have openat2. */
static atomic_bool without_openat2;
/* The same for RESOLVE_CACHED, which is newer. */
static atomic_bool without_cached;

static enum files_result open_waiting(const struct files_root *root, const char *name, int *fd,
				      struct stat *st)
{
	int opened = -1;

	if (!atomic_load_explicit(&without_openat2, memory_order_relaxed)) {
		/* EAGAIN: a directory was renamed meanwhile, so the kernel could not be sure. */
		for (int tries = 0; tries < 8; tries++) {
			opened = open_beneath(root->fd, name, true);
			if (opened >= 0 || errno != EAGAIN)
				break;
		}
		if (opened >= 0)
			return judge(opened, fd, st);
		if (errno == ENOSYS || errno == EPERM)
			atomic_store(&without_openat2, true);
		else if (errno != EXDEV && errno != EAGAIN)
			return result_of(errno);
	}
	return files_open_walking(root, name, fd, st);
}

enum files_result files_open(const struct files_root *root, const char *name, bool may_wait,
			     int *fd, struct stat *st)
{
	int opened;

	if (may_wait)
		return open_waiting(root, name, fd, st);
	if (atomic_load_explicit(&without_openat2, memory_order_relaxed) ||
	    atomic_load_explicit(&without_cached, memory_order_relaxed))
		return FILES_AGAIN;
	opened = open_beneath(root->fd, name, false);
	if (opened >= 0)
		return judge(opened, fd, st);
	if (errno == EINVAL || errno == ENOSYS || errno == EPERM)
		atomic_store(&without_cached, true);
	else if (errno != EXDEV)
		return result_of(errno);
	return FILES_AGAIN;
}
