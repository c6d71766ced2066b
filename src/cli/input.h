/*
 * The whole of a file that the user names, or of standard input.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "io/files.h"

/*
 * Reads a file, a pipe or, for "-", standard input to its end. FILE_READ when there is more than
 * FILE_MAX_PEM. Clear it with file_bytes_clear.
 */
bool input_read(const char *path, struct file_bytes *bytes, struct ward_error *err);
/* The same of what holds no secrets, up to `most` bytes: lists of revoked certificates can be long. */
bool input_read_public(const char *path, size_t most, struct file_bytes *bytes,
		       struct ward_error *err);
/* What to call it in a message. */
const char *input_name(const char *path);

#endif
