/*
 * Running programs: posix_spawn(3) with a vector of arguments, input from memory, output into it.
 */
#include "ca/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- where it is ---- */

static char *find_in(const char *folders, const char *name)
{
	char *copy = strdup(folders), *rest = copy, *dir, *found = NULL;

	while (found == NULL && (dir = strsep(&rest, ":")) != NULL) {
		char *path;

		if (dir[0] != '/' || asprintf(&path, "%s/%s", dir, name) < 0)
			continue;
		if (access(path, X_OK) == 0)
			found = path;
		else
			free(path);
	}
	free(copy);
	return found;
}

char *program_find(const char *name)
{
	const char *path = getenv("PATH");
	char *found = path == NULL ? NULL : find_in(path, name);

	return found != NULL ? found : find_in("/usr/local/sbin:/usr/sbin:/sbin", name);
}

/* ---- running it ---- */

/* A file in memory for its standard input; an empty one is at its end at once. */
static int make_input(struct span input)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd >= 0 && write(fd, input.data, input.len) == (ssize_t)input.len &&
	    lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Reads to the end, so that the program never waits for us; what does not fit is dropped. */
static void read_output(int fd, struct strbuf *output)
{
	uint8_t buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			strbuf_add(output, span_make(buf, (size_t)n));
}

static int status_of(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return PROGRAM_NOT_RUN;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A session of its own has no terminal: who wants a password gets none, instead of waiting for it. */
static bool set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	return posix_spawnattr_setsigdefault(attributes, &pipe) == 0 &&
	       posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF) ==
		       0;
}

static bool set_streams(posix_spawn_file_actions_t *actions, int in, int out)
{
	return posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO) == 0 &&
	       posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO) == 0 &&
	       posix_spawn_file_actions_adddup2(actions, out, STDERR_FILENO) == 0;
}

static bool spawn(pid_t *child, const char *const *argv, int in, int out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	bool ok;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	if (posix_spawnattr_init(&attributes) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return false;
	}
	ok = set_attributes(&attributes) && set_streams(&actions, in, out) &&
	     posix_spawn(child, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv,
			 environ) == 0;
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return ok;
}

int program_run(const char *const *argv, struct span input, struct strbuf *output)
{
	int in = make_input(input), ends[2];
	pid_t child;
	bool ok;

	if (in < 0)
		return PROGRAM_NOT_RUN;
	if (pipe2(ends, O_CLOEXEC) != 0) {
		close(in);
		return PROGRAM_NOT_RUN;
	}
	ok = spawn(&child, argv, in, ends[1]);
	close(in);
	close(ends[1]);
	if (ok)
		read_output(ends[0], output);
	close(ends[0]);
	return ok ? status_of(child) : PROGRAM_NOT_RUN;
}
