/*
 * The way to a file step by step, for kernels without openat2. For files.c alone.
 */
#ifndef SERVE_FILES_WALK_H
#define SERVE_FILES_WALK_H

#include <fcntl.h>

/* Never waits for the other end of a FIFO and never becomes a terminal's session. */
#define FILES_OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/*
 * Opens `name`, which is relative to the directory `root` with the path `real`. -1 with errno;
 * EXDEV when the way leads out.
 */
int files_walk(int root, const char *real, const char *name);

#endif
