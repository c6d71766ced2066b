/*
 * The way to a file step by step: every directory is opened from the one before without following
 * links; a link is read, and what it says is walked in its place.
 *
 * The directories on the way stay open as a stack. ".." takes one off and so cannot go above the
 * bottom, which is the root; nothing that is renamed meanwhile can lead out. An absolute link counts
 * from the root if it begins with the root's own path, and leads out otherwise.
 */
#include "serve/files_walk.h"

#include "base/span.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum { DEPTH_MAX = 64, LINKS_MAX = 40 };

struct walk {
	const char *real;
	int dirs[DEPTH_MAX]; /* [0] is the root, which is not ours to close */
	size_t depth;        /* of the one on top */
	int links;
	char left[PATH_MAX]; /* of the way, still to go */
};

static void close_down_to(struct walk *w, size_t depth)
{
	while (w->depth > depth)
		close(w->dirs[w->depth--]);
}

static bool fail(int error)
{
	errno = error;
	return false;
}

/* Takes the next part off the way; "" when there is none left. */
static bool next_part(struct walk *w, char part[NAME_MAX + 1])
{
	const char *start = w->left + strspn(w->left, "/");
	size_t len = strcspn(start, "/");
	const char *rest = start + len;

	if (len > NAME_MAX)
		return fail(ENAMETOOLONG);
	memcpy(part, start, len);
	part[len] = '\0';
	memmove(w->left, rest, strlen(rest) + 1);
	return true;
}

/* What an absolute link says, seen from the root; NULL when it leads out. */
static const char *inside(const char *real, const char *target)
{
	size_t n = strlen(real);

	if (n == 1) /* the root of all */
		return target + 1;
	if (strncmp(target, real, n) != 0 || (target[n] != '/' && target[n] != '\0'))
		return NULL;
	return target + n;
}

/* Puts what the link says in front of what is left of the way. */
static bool follow(struct walk *w, const char *part)
{
	char target[PATH_MAX];
	const char *from = target;
	ssize_t n = readlinkat(w->dirs[w->depth], part, target, sizeof(target) - 1);
	size_t len, rest = strlen(w->left);

	if (n < 0) /* EINVAL: a file that is no link, and no directory either */
		return fail(errno == EINVAL ? ENOTDIR : errno);
	target[n] = '\0';
	if (++w->links > LINKS_MAX)
		return fail(ELOOP);
	if (target[0] == '/') {
		from = inside(w->real, target);
		if (from == NULL)
			return fail(EXDEV);
		close_down_to(w, 0);
	}
	len = strlen(from);
	if (len + rest + 2 > sizeof(w->left))
		return fail(ENAMETOOLONG);
	memmove(w->left + len + 1, w->left, rest + 1);
	memcpy(w->left, from, len);
	w->left[len] = '/';
	return true;
}

/* Into a directory or, at the end of the way, to what is to be opened: *opened is then set. */
static bool step(struct walk *w, const char *part, int *opened)
{
	bool last = w->left[strspn(w->left, "/")] == '\0';
	int flags = O_NOFOLLOW | (last ? FILES_OPEN_FLAGS : O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (strcmp(part, "..") == 0) {
		if (w->depth == 0)
			return fail(EXDEV);
		close_down_to(w, w->depth - 1);
		return true;
	}
	if (strcmp(part, ".") == 0)
		return true;
	fd = openat(w->dirs[w->depth], part, flags);
	/* A link: ELOOP with O_NOFOLLOW, or ENOTDIR since O_DIRECTORY was asked for. */
	if (fd < 0)
		return (errno == ELOOP || errno == ENOTDIR) && follow(w, part);
	if (last) {
		*opened = fd;
		return true;
	}
	if (w->depth + 1 == DEPTH_MAX) {
		close(fd);
		return fail(ENAMETOOLONG);
	}
	w->dirs[++w->depth] = fd;
	return true;
}

static int walk_on(struct walk *w)
{
	char part[NAME_MAX + 1];
	int opened = -1;

	while (opened < 0) {
		if (!next_part(w, part))
			return -1;
		if (part[0] == '\0')
			return openat(w->dirs[w->depth], ".", FILES_OPEN_FLAGS);
		if (!step(w, part, &opened))
			return -1;
	}
	return opened;
}

int files_walk(int root, const char *real, const char *name)
{
	struct walk w = { .real = real, .dirs = { root } };
	size_t len = strlen(name);
	int fd, error;

	if (len >= sizeof(w.left)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(w.left, name, len + 1);
	fd = walk_on(&w);
	error = errno;
	close_down_to(&w, 0);
	errno = error;
	return fd;
}
