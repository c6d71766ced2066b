/*
 * The index of issued certificates: its file. See index.h for what its lines say.
 *
 * A line is written with one call behind the last whole one and then forced onto the disk. Who was
 * killed in between has left a part of a line, which has no end; or the whole line, and then the
 * certificate counts as issued although nobody has got it.
 *
 * Beside the lock of the CA, which writers hold, the file itself is locked while it is read (by
 * many) and while it is written (by one): a reader never sees the rest that a crash has left and
 * the line that takes its place mixed.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ca/index.h"
#include "io/files.h"

/* `how`: as for flock. It is given back when the descriptor is closed. */
static bool lock(int fd, int how)
{
	while (flock(fd, how) != 0)
		if (errno != EINTR)
			return false;
	return true;
}

/* ---- reading ---- */

/* Gives how many bytes there were, or -1. */
static ssize_t read_from(int fd, uint8_t *to, size_t len, size_t at)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, to + done, len - done, (off_t)(at + done));

		if (n == 0)
			break;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -1;
	}
	return (ssize_t)done;
}

/* Reads this many bytes beyond what was read already. */
static bool load_more(struct ca_index *ix, int fd, const char *path, size_t len,
		      struct ward_error *err)
{
	uint8_t *bytes = malloc(len + 1);
	ssize_t n;
	bool ok;

	if (bytes == NULL)
		return FAIL(err, NO_MEMORY);
	n = read_from(fd, bytes, len, ix->len);
	if (n < 0)
		ok = FAIL_SYSTEM(err, FILE_READ, path);
	else
		ok = ca_index_parse(ix, span_make(bytes, (size_t)n), err) ||
		     file_name_error(err, path);
	free(bytes);
	return ok;
}

static bool load_opened(struct ca_index *ix, int fd, const char *path, struct ward_error *err)
{
	struct stat st;

	if (!lock(fd, LOCK_SH) || fstat(fd, &st) != 0)
		return FAIL_SYSTEM(err, FILE_READ, path);
	if (!S_ISREG(st.st_mode) || st.st_size > CA_INDEX_MAX)
		return FAILF(err, CA_DAMAGED, "%s: it is no file, or too long", path);
	if ((size_t)st.st_size < ix->len)
		return FAILF(err, CA_DAMAGED, "%s: it has become shorter", path);
	return load_more(ix, fd, path, (size_t)st.st_size - ix->len, err);
}

bool ca_index_load(struct ca_index *ix, const char *path, struct ward_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool ok;

	if (fd < 0 && errno == ENOENT)
		return FAILF(err, CA_DAMAGED, "%s: it is missing", path);
	if (fd < 0)
		return FAIL_SYSTEM(err, FILE_READ, path);
	ok = load_opened(ix, fd, path, err);
	close(fd);
	return ok;
}

/* ---- writing ---- */

static bool write_at(int fd, const char *text, size_t len, size_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, text, len, (off_t)at);

		if (n > 0) {
			text += n;
			at += (size_t)n;
			len -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			return false;
		}
	}
	return true;
}

static bool append_opened(const struct ca_index *ix, int fd, const char *path, const char *line,
			  size_t len, struct ward_error *err)
{
	int error;

	/* What a crash has left. */
	if (!lock(fd, LOCK_EX) || ftruncate(fd, (off_t)ix->len) != 0)
		return FAIL_SYSTEM(err, FILE_WRITE, path);
	if (write_at(fd, line, len, ix->len) && fsync(fd) == 0)
		return true;
	error = errno;
	(void)!ftruncate(fd, (off_t)ix->len);
	errno = error;
	return FAIL_SYSTEM(err, FILE_WRITE, path);
}

static bool append(const struct ca_index *ix, const char *path, const char *line, size_t len,
		   struct ward_error *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool ok;

	if (fd < 0)
		return FAIL_SYSTEM(err, FILE_WRITE, path);
	ok = append_opened(ix, fd, path, line, len, err);
	close(fd);
	return ok;
}

/* Writes the line that has this content, and reads it back into the index. */
static bool write_line(struct ca_index *ix, const char *path, const char *content,
		       struct ward_error *err)
{
	char check[CA_CHECK_LEN + 1];
	size_t before = ix->line;
	char *line;
	int len;
	bool ok;

	if (strlen(content) > CA_LINE_MAX)
		return FAILF(err, BAD_ARGUMENT, "the names have more than %d bytes", CA_LINE_MAX);
	ca_index_check(ix, span_string(content), check);
	len = asprintf(&line, "%s %s\n", check, content);
	if (len < 0)
		return FAIL(err, NO_MEMORY);
	ok = append(ix, path, line, (size_t)len, err) &&
	     ca_index_parse(ix, span_make(line, (size_t)len), err) &&
	     (ix->line > before || FAIL(err, INTERNAL));
	free(line);
	return ok;
}

/* Takes the content over, which asprintf has made. */
static bool write_content(struct ca_index *ix, const char *path, int printed, char *content,
			  struct ward_error *err)
{
	bool ok;

	if (printed < 0)
		return FAIL(err, NO_MEMORY);
	ok = write_line(ix, path, content, err);
	free(content);
	return ok;
}

bool ca_index_issue(struct ca_index *ix, const char *path, const struct ca_entry *entry,
		    struct ward_error *err)
{
	char serial[CA_SERIAL_TEXT], hash[2 * sizeof(entry->sha256) + 1];
	char *content;
	int n;

	if (!ca_names_fit(span_string(entry->names)) || ca_index_find(ix, &entry->serial) != NULL)
		return FAILF(err, BAD_ARGUMENT,
			     "the names are not printable, or the serial "
			     "number was given before");
	for (size_t i = 0; i < sizeof(entry->sha256); i++)
		snprintf(hash + 2 * i, 3, "%02x", entry->sha256[i]);
	n = asprintf(&content, "issue %s %" PRId64 " %" PRId64 " %" PRId64 " %s %s %s",
		     ca_serial_text(&entry->serial, serial), entry->issued, entry->not_before,
		     entry->not_after, ca_profile_name(entry->profile), hash, entry->names);
	return write_content(ix, path, n, content, err);
}

bool ca_index_revoke(struct ca_index *ix, const char *path, const struct ca_serial *serial,
		     int64_t now, int reason, struct ward_error *err)
{
	char text[CA_SERIAL_TEXT];
	char *content;
	int n;

	if (ca_index_find(ix, serial) == NULL || !ca_reason_is_given(reason))
		return FAILF(err, BAD_ARGUMENT, "it was not issued, or the reason is none");
	n = asprintf(&content, "revoke %s %" PRId64 " %d", ca_serial_text(serial, text), now,
		     reason);
	return write_content(ix, path, n, content, err);
}

bool ca_index_crl(struct ca_index *ix, const char *path, int64_t number, int64_t this_update,
		  int64_t next_update, struct ward_error *err)
{
	char *content;
	int n;

	if (number <= ix->crl_number)
		return FAILF(err, BAD_ARGUMENT, "the number of a CRL was given before");
	n = asprintf(&content, "crl %" PRId64 " %" PRId64 " %" PRId64, number, this_update,
		     next_update);
	return write_content(ix, path, n, content, err);
}

bool ca_index_authority(struct ca_index *ix, const char *path, const struct ca_serial *serial,
			int64_t not_after, struct ward_error *err)
{
	char text[CA_SERIAL_TEXT];
	char *content;
	int n;

	if (ca_index_find_authority(ix, serial) != NULL ||
	    ix->authority_count == CA_AUTHORITIES_MAX)
		return FAILF(err, BAD_ARGUMENT,
			     "the intermediate is written down, or too many are");
	n = asprintf(&content, "authority %s %" PRId64, ca_serial_text(serial, text), not_after);
	return write_content(ix, path, n, content, err);
}

bool ca_index_retire(struct ca_index *ix, const char *path, int64_t now, int reason,
		     struct ward_error *err)
{
	bool any = false;
	char *content;
	int n;

	for (size_t i = 0; i < ix->authority_count; i++)
		any = any || !ix->authorities[i].revoked;
	if (!any || !ca_reason_is_given(reason))
		return FAILF(err, BAD_ARGUMENT, "no intermediate is left, or the reason is none");
	n = asprintf(&content, "retire %" PRId64 " %d", now, reason);
	return write_content(ix, path, n, content, err);
}
