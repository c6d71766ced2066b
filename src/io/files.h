/*
 * Whole files, in and out.
 */
#ifndef IO_FILES_H
#define IO_FILES_H

#include <sys/types.h>

#include "base/error.h"
#include "base/span.h"

enum {
	FILE_MAX_PEM = 8 * 1024 * 1024, /* the largest bundle of roots in use has 1 MiB */
	FILE_MAX_IN_DIRECTORY = 16384,  /* entries of a directory of roots that are looked at */
};

/* The bytes of a file, with a zero behind them that `len` does not count. */
struct file_bytes {
	uint8_t *data;
	size_t len;
};

/*
 * Reads a regular file of at most `most` bytes. Anything else (a directory, a pipe that may never
 * end, a device) is refused with FILE_READ.
 */
bool file_read(const char *path, size_t most, struct file_bytes *bytes, struct ward_error *err);
/* The same of a file that nobody but its owner may read or write. */
bool file_read_private(const char *path, size_t most, struct file_bytes *bytes,
		       struct ward_error *err);
/* Wipes (it may be a key) and frees. */
void file_bytes_clear(struct file_bytes *bytes);

/*
 * Writes a file so that at any moment, a power failure included, the path holds the old file or the
 * whole new one. The new one has exactly this mode from the first byte. After a failure it is the
 * old one, unless it was the directory that could not be brought to the disk: then the new one is
 * there, but might not be after a power failure.
 */
bool file_write(const char *path, struct span bytes, mode_t mode, struct ward_error *err);

/* Says which file an error is about, in front of its detail. Always false. */
bool file_name_error(struct ward_error *err, const char *path);

/*
 * The URI of a key that is in a token or a TPM: `pkcs11:…` as it is, behind `store:` any other. NULL
 * for the name of a file.
 */
const char *file_key_uri(const char *name);

#endif
