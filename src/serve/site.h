/*
 * What is served: set up once, then only read, by all threads.
 */
#ifndef SERVE_SITE_H
#define SERVE_SITE_H

#include "serve/files.h"
#include "serve/guard.h"
#include "serve/mime.h"

struct site {
	struct files_root root;
	struct mime_table *mime;
	bool hidden;        /* names that begin with a dot are served too */
	struct guard guard; /* paths for which clients are asked who they are */
	int64_t hsts;       /* seconds of Strict-Transport-Security; below 0: no such header */
};

#endif
