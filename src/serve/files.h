/*
 * Opening files below one directory and nowhere else.
 *
 * Whatever a name says, and whatever symbolic links lie on its way, what is opened is inside of the
 * directory: openat2 with RESOLVE_BENEATH has the kernel promise it, and where there is no openat2
 * (or a link gives an absolute path, which may still point inside) the way is walked step by step,
 * each link read and judged here. Only regular files and directories are handed out.
 */
#ifndef SERVE_FILES_H
#define SERVE_FILES_H

#include "base/error.h"

#include <sys/stat.h>

struct files_root {
	int fd;
	char *real; /* the absolute path, without links */
};

bool files_root_open(struct files_root *root, const char *dir, struct ward_error *err);
void files_root_close(struct files_root *root);

enum files_result {
	FILES_OK,
	FILES_AGAIN,   /* would have to wait for a disk; ask again where waiting is allowed */
	FILES_MISSING, /* there is none, or none that may be seen */
	FILES_DENIED,  /* its permissions do not allow it, or it is no regular file */
	FILES_BUSY,    /* no descriptor or memory is left at the moment */
	FILES_FAILED,
};

/* Opens for reading; *fd is the caller's. With may_wait false nothing is read from a disk. */
enum files_result files_open(const struct files_root *root, const char *name, bool may_wait,
			     int *fd, struct stat *st);
/* The same on foot, without openat2. */
enum files_result files_open_walking(const struct files_root *root, const char *name, int *fd,
				     struct stat *st);

#endif
