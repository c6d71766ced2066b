/*
 * Whole files, in and out. See files.h.
 *
 * Reading opens without waiting (a FIFO would hold it until a writer comes), asks what was opened,
 * and takes regular files alone; the size that fstat tells is a hint, the limit is what holds.
 * Writing goes to a file of another name beside the old one, to the disk, and then takes its place
 * by rename, which POSIX makes indivisible.
 */
#include "io/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"

/* ---- reading ---- */

static bool refuse_read(struct ward_error *err, const char *path)
{
	return FAIL_SYSTEM(err, FILE_READ, path);
}

/* Reads up to cap bytes, and to the end of the file if that comes first. */
static bool read_up_to(int fd, uint8_t *to, size_t cap, size_t *len)
{
	*len = 0;
	while (*len < cap) {
		ssize_t n = read(fd, to + *len, cap - *len);

		if (n == 0)
			return true;
		if (n > 0)
			*len += (size_t)n;
		else if (errno != EINTR)
			return false;
	}
	return true;
}

static bool read_opened(int fd, const char *path, size_t most, struct file_bytes *bytes,
			struct ward_error *err)
{
	struct stat st;
	size_t cap;

	if (fstat(fd, &st) != 0)
		return refuse_read(err, path);
	if (!S_ISREG(st.st_mode))
		return FAILF(err, FILE_READ, "%s: it is %s", path,
			     S_ISDIR(st.st_mode) ? "a directory" : "not a regular file");
	if ((uintmax_t)st.st_size > most)
		return FAILF(err, FILE_READ, "%s: it has more than %zu bytes", path, most);
	/* Files of /proc have the size 0; one byte more than the limit shows that it is exceeded. */
	cap = (st.st_size == 0 ? most : (size_t)st.st_size) + 1;
	bytes->data = malloc(cap + 1);
	if (bytes->data == NULL)
		return FAIL(err, NO_MEMORY);
	if (!read_up_to(fd, bytes->data, cap, &bytes->len))
		return refuse_read(err, path);
	if (bytes->len == cap)
		return FAILF(err, FILE_READ, "%s: it grows while it is read", path);
	bytes->data[bytes->len] = 0;
	return true;
}

static bool is_private(int fd, const char *path, struct ward_error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return refuse_read(err, path);
	return (st.st_mode & 077) == 0 ||
	       FAILF(err, FILE_READ, "%s: its mode is %04o; let its owner alone read it: chmod 600",
		     path, (unsigned int)(st.st_mode & 07777));
}

static bool read_path(const char *path, bool private, size_t most, struct file_bytes *bytes,
		      struct ward_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool ok;

	*bytes = (struct file_bytes){ 0 };
	if (fd < 0)
		return refuse_read(err, path);
	ok = (!private || is_private(fd, path, err)) && read_opened(fd, path, most, bytes, err);
	close(fd);
	if (!ok)
		file_bytes_clear(bytes);
	return ok;
}

bool file_read(const char *path, size_t most, struct file_bytes *bytes, struct ward_error *err)
{
	return read_path(path, false, most, bytes, err);
}

bool file_read_private(const char *path, size_t most, struct file_bytes *bytes,
		       struct ward_error *err)
{
	return read_path(path, true, most, bytes, err);
}

void file_bytes_clear(struct file_bytes *bytes)
{
	if (bytes->data != NULL)
		secret_wipe_bytes(bytes->data, bytes->len);
	free(bytes->data);
	*bytes = (struct file_bytes){ 0 };
}

/* ---- writing ---- */

static bool refuse_write(struct ward_error *err, const char *path)
{
	return FAIL_SYSTEM(err, FILE_WRITE, path);
}

static bool write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.data, bytes.len);

		if (n > 0)
			bytes = span_make(bytes.data + n, bytes.len - (size_t)n);
		else if (n < 0 && errno != EINTR)
			return false;
	}
	return true;
}

/* "dir/file" becomes "dir/" (or "" for a file of the working directory). */
static size_t directory_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* A file system that has no such thing is not at fault; nor is a directory that may not be read. */
static bool cannot_sync(int error)
{
	return error == EINVAL || error == ENOTSUP || error == EROFS || error == EACCES;
}

/* Puts the directory's new entry on the disk. False with errno set when that went wrong. */
static bool sync_directory(const char *path)
{
	size_t len = directory_len(path);
	char *dir = len == 0 ? strdup(".") : strndup(path, len);
	int fd = dir == NULL ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	int error = errno;

	free(dir);
	if (fd >= 0)
		close(fd);
	errno = error;
	return ok || cannot_sync(error);
}

/* Fills the new file. mkostemp made it with mode 0600: its bytes are nobody else's till the end. */
static bool fill_new(int fd, struct span bytes, mode_t mode)
{
	return write_all(fd, bytes) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
}

static bool replace(const char *path, char *temporary, struct span bytes, mode_t mode,
		    struct ward_error *err)
{
	int fd = mkostemp(temporary, O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return refuse_write(err, path);
	ok = fill_new(fd, bytes, mode) || refuse_write(err, path);
	if (close(fd) != 0 && ok)
		ok = refuse_write(err, path);
	if (ok && rename(temporary, path) != 0)
		ok = refuse_write(err, path);
	if (!ok)
		unlink(temporary);
	return ok;
}

bool file_write(const char *path, struct span bytes, mode_t mode, struct ward_error *err)
{
	size_t dir = directory_len(path);
	char *temporary;
	bool ok;

	if (asprintf(&temporary, "%.*s.%s.XXXXXX", (int)dir, path, path + dir) < 0)
		return FAIL(err, NO_MEMORY);
	ok = replace(path, temporary, bytes, mode, err);
	free(temporary);
	return ok && (sync_directory(path) || refuse_write(err, path));
}

/* ---- errors ---- */

bool file_name_error(struct ward_error *err, const char *path)
{
	struct ward_error named = ERROR_NONE;

	if (!error_is_set(err))
		return false;
	error_set(&named, err->reason, "%.*s%s%s", (int)(sizeof(err->detail) / 2), path,
		  err->detail[0] == '\0' ? "" : ": ", err->detail);
	memcpy(err->detail, named.detail, sizeof(err->detail));
	return false;
}
