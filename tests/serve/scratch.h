/*
 * A folder of a test's own: made with mkdtemp, removed with all that is in it.
 */
#ifndef SERVE_SCRATCH_H
#define SERVE_SCRATCH_H

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* 0 when it is gone. */
static inline int scratch_remove(const char *dir)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		execlp("rm", "rm", "-rf", dir, (char *)NULL);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

#endif
