/*
 * Options of a verb: parsed with getopt_long from the verb's table, and told by --help.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/verb.h"

/* Takes one option, `id` as in its row; false after it has reported what is wrong with the value. */
typedef bool option_taker(void *arg, int id, const char *value);

/*
 * Parses argv and hands each option to `take`; options may stand before and behind operands, and
 * "--" ends them. --help is dealt with here. Gives the operands, ending with NULL; or NULL with the
 * exit status in *status, when the verb is done already.
 */
char **options_parse(const struct verb *verb, int argc, char **argv, option_taker *take, void *arg,
		     int *status);
/* `ward VERB --help`. */
void options_help(const struct verb *verb);
/*
 * Reports a wrong option value of a verb: `wanted` says what was expected. Always false, to be
 * returned by a taker.
 */
bool options_bad_value(const char *verb, const char *option, const char *value, const char *wanted);
/* Reports a mistake in the operands. Always EXIT_USAGE. */
int options_bad_operands(const struct verb *verb, const char *cause, const char *operand);

#endif
