/*
 * What a path of a request stands for: a file, a listing, a redirect to the same with a slash, or
 * nothing.
 */
#ifndef SERVE_LOOKUP_H
#define SERVE_LOOKUP_H

#include "serve/path.h"
#include "serve/site.h"
#include "serve/strbuf.h"

enum lookup_kind {
	LOOKUP_ERROR,    /* status says which */
	LOOKUP_FILE,     /* fd is open, st is its state */
	LOOKUP_LISTING,  /* text is a page of HTML */
	LOOKUP_REDIRECT, /* text is the Location */
};

struct lookup {
	struct url_path
		path; /* the name of a file that was found in a directory's place is added */
	enum lookup_kind kind;
	int status;
	int fd;
	struct stat st;
	struct strbuf text;
};

/* Reads the target. False when it is refused: kind and status say how. */
bool lookup_start(struct lookup *l, struct span target);
/*
 * Finds out. With may_wait false it returns false where a disk would have to be waited for: call it
 * again with true, in a thread that may wait.
 */
bool lookup_run(struct lookup *l, const struct site *site, bool may_wait);
/* Closes and frees what is still held. */
void lookup_clear(struct lookup *l);

#endif
