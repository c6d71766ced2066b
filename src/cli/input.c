/*
 * Input for verbs that read one file and end. Unlike the library, which must never wait for a
 * writer, they take pipes too: the user has put them there.
 */
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

const char *input_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* The buffer is made in its full size at once: one that grows would leave copies of keys behind. */
static bool read_all(int fd, const char *path, struct file_bytes *bytes, struct ward_error *err)
{
	ssize_t n = 1;

	bytes->data = malloc(FILE_MAX_PEM + 2);
	if (bytes->data == NULL)
		return FAIL(err, NO_MEMORY);
	while (n != 0 && bytes->len <= FILE_MAX_PEM) {
		n = read(fd, bytes->data + bytes->len, FILE_MAX_PEM + 1 - bytes->len);
		if (n < 0 && errno != EINTR)
			return FAIL_SYSTEM(err, FILE_READ, input_name(path));
		bytes->len += n > 0 ? (size_t)n : 0;
	}
	bytes->data[bytes->len] = 0;
	if (bytes->len > FILE_MAX_PEM)
		return FAILF(err, FILE_READ, "%s: it has more than %d bytes", input_name(path),
			     FILE_MAX_PEM);
	return true;
}

/* Doubles the room until everything is there. */
static bool read_growing(int fd, const char *path, size_t most, struct file_bytes *bytes,
			 struct ward_error *err)
{
	size_t room = 0;
	ssize_t n = 1;

	while (n != 0 && bytes->len <= most) {
		if (bytes->len == room) {
			uint8_t *grown = realloc(bytes->data, room = room == 0 ? 65536 : 2 * room);

			if (grown == NULL)
				return FAIL(err, NO_MEMORY);
			bytes->data = grown;
		}
		n = read(fd, bytes->data + bytes->len, room - bytes->len);
		if (n < 0 && errno != EINTR)
			return FAIL_SYSTEM(err, FILE_READ, input_name(path));
		bytes->len += n > 0 ? (size_t)n : 0;
	}
	return bytes->len <= most ||
	       FAILF(err, FILE_READ, "%s: it has more than %zu bytes", input_name(path), most);
}

static int open_input(const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;

	return is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static bool end_input(int fd, bool ok, struct file_bytes *bytes)
{
	if (fd != STDIN_FILENO)
		close(fd);
	if (!ok)
		file_bytes_clear(bytes);
	return ok;
}

bool input_read_public(const char *path, size_t most, struct file_bytes *bytes,
		       struct ward_error *err)
{
	int fd = open_input(path);

	*bytes = (struct file_bytes){ 0 };
	if (fd < 0)
		return FAIL_SYSTEM(err, FILE_READ, path);
	return end_input(fd, read_growing(fd, path, most, bytes, err), bytes);
}

bool input_read(const char *path, struct file_bytes *bytes, struct ward_error *err)
{
	int fd = open_input(path);

	*bytes = (struct file_bytes){ 0 };
	if (fd < 0)
		return FAIL_SYSTEM(err, FILE_READ, path);
	return end_input(fd, read_all(fd, path, bytes, err), bytes);
}
