/*
 * Errors on stderr: one line that says what happened, one that says what to do about it.
 *
 *	ward connect: localhost:8080: the peer speaks plain HTTP
 *	hint: use the TLS port, usually 443
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <ward/error.h>

#include "cli/exit_code.h"

/* The cause without its remedy: the text of the reason, the detail and the place. Returns buf. */
char *report_cause(const struct ward_error *err, char *buf, size_t size);
/* What to do about it; never "". Static text. */
const char *report_remedy(const struct ward_error *err);
/* The exit status for what failed in a connection. */
int report_exit_code(const struct ward_error *err);

/* Prints both lines, `what` (a host, a file) in front of the cause unless NULL. */
void report_error(const char *command, const char *what, const struct ward_error *err);

/*
 * The same for what no ward_error tells of: the cause is formatted, and escaped where it could harm
 * a terminal. Gives `code`, to be returned.
 */
int report_lines(const char *command, int code, const char *remedy, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A file or an option that cannot be used. Always EXIT_USAGE, to be returned. */
int report_setup(const char *command, const struct ward_error *err);

#endif
