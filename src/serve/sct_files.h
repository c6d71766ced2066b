/*
 * Timestamps of Certificate Transparency logs (RFC 6962, 3.2 and 3.3) from files.
 */
#ifndef SERVE_SCT_FILES_H
#define SERVE_SCT_FILES_H

#include "base/error.h"
#include "serve/strbuf.h"

enum { SCT_LIST_MAX = 2 + 65535 };

/*
 * Adds what is at a path to a list of the form of 3.3: a file has one timestamp, as nginx and Apache
 * take them, or a whole list; of a folder it is the files whose names end in ".sct", by name. The list
 * is empty at first, made with strbuf_make(SCT_LIST_MAX). FILE_READ, or BAD_VALUE if it is neither.
 */
bool sct_files_add(struct strbuf *list, const char *path, struct ward_error *err);

#endif
