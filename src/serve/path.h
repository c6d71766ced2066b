/*
 * From a request's target (RFC 9112, 3.2) to the name of a file below the served directory.
 *
 * Decoding happens once. What is left after it is split at its slashes; a ".." is refused rather
 * than resolved, and so is an encoded slash or zero byte, which no link to a file here contains.
 */
#ifndef SERVE_PATH_H
#define SERVE_PATH_H

#include "base/span.h"

enum { URL_PATH_MAX = 4096 };

struct url_path {
	char name[URL_PATH_MAX]; /* relative: "a/b.html"; "" is the directory itself */
	bool folder;             /* the path ends in a slash: a directory is meant */
	bool hidden;             /* a part begins with a dot, other than .well-known (RFC 8615) */
	struct span query;       /* with its question mark; empty if there is none */
};

/* 0, or the status that refuses the target. Takes the origin and the absolute form. */
int path_read(struct span target, struct url_path *path);

#endif
