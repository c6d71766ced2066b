/*
 * A folder of the user's own: where it is, who may enter it, and that one process has it at a time.
 */
#include "serve/userdir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

char *userdir_default(const char *name, struct ward_error *err)
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	char *dir = NULL;
	int n = -1;

	if (data != NULL && data[0] == '/') {
		n = asprintf(&dir, "%s/%s", data, name);
	} else if (home != NULL && home[0] == '/') {
		n = asprintf(&dir, "%s/.local/share/%s", home, name);
	} else {
		FAILF(err, BAD_ARGUMENT, "no place to keep a CA: set HOME or XDG_DATA_HOME");
		return NULL;
	}
	if (n >= 0)
		return dir;
	FAIL(err, NO_MEMORY);
	return NULL;
}

char *userdir_path(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static bool make_one(const char *path, struct ward_error *err)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return true;
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	return FAIL_SYSTEM(err, FILE_WRITE, path);
}

bool userdir_make(char *dir, struct ward_error *err)
{
	char *first = dir[0] == '/' ? dir + 1 : dir;

	for (char *slash = strchr(first, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		bool ok;

		*slash = '\0';
		ok = make_one(dir, err);
		*slash = '/';
		if (!ok)
			return false;
	}
	return make_one(dir, err) && (chmod(dir, 0700) == 0 || FAIL_SYSTEM(err, FILE_WRITE, dir));
}

bool userdir_lock(const char *dir, int *fd, struct ward_error *err)
{
	char *path = userdir_path(dir, "lock");

	if (path == NULL)
		return FAIL(err, NO_MEMORY);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		FAIL_SYSTEM(err, FILE_WRITE, path);
	free(path);
	if (*fd < 0)
		return false;
	while (flock(*fd, LOCK_EX) != 0)
		if (errno != EINTR)
			return FAIL_SYSTEM(err, FILE_WRITE, "locking the CA");
	return true;
}
