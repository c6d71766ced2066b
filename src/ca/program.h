/*
 * Running the programs that look after trust stores: without a shell, and without a terminal to ask
 * at.
 */
#ifndef CA_PROGRAM_H
#define CA_PROGRAM_H

#include "serve/strbuf.h"

enum { PROGRAM_NOT_RUN = -1, PROGRAM_ARGS_MAX = 24, PROGRAM_OUTPUT_MAX = 1 << 20 };

/*
 * The path of a program: in PATH, else in /usr/local/sbin, /usr/sbin or /sbin, which are not in
 * everybody's; free() it. NULL: there is none.
 */
char *program_find(const char *name);
/*
 * Runs argv, of which the first is a path and NULL the end, with this input, and waits for its end.
 * What it prints, both streams, is added to the output. Gives its exit status, 128 and more for a
 * signal, or PROGRAM_NOT_RUN.
 */
int program_run(const char *const *argv, struct span input, struct strbuf *output);

#endif
