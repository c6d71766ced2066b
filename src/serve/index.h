/*
 * The listing of a directory as a page of HTML.
 */
#ifndef SERVE_INDEX_H
#define SERVE_INDEX_H

#include "serve/files.h"
#include "serve/strbuf.h"

enum {
	LISTING_ENTRIES_MAX = 10000,         /* what is beyond is counted, not listed */
	LISTING_BYTES_MAX = 8 * 1024 * 1024, /* of HTML */
};

/*
 * Writes the page of the open directory `fd` (which stays open) for the path `name`, relative to
 * the served directory. Directories come first, names are in order. Names that begin with a dot
 * are left out unless `hidden`; so is what is neither a file nor a directory, and a link that leads
 * out. Names are escaped; bytes that are not UTF-8 are shown as U+FFFD, yet their links work. False when there is no
 * memory or the directory cannot be read.
 */
bool index_write(const struct files_root *root, int fd, const char *name, bool hidden,
		 struct strbuf *page);

#endif
