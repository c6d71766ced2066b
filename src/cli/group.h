/*
 * A verb that is a family of others: `ward cert show`, `ward cert verify`.
 */
#ifndef CLI_GROUP_H
#define CLI_GROUP_H

#include "cli/verb.h"

/* Runs the member that argv[1] names. Gives the exit status. */
int group_run(const struct verb *group, int argc, char **argv);
/* `ward cert --help`. */
void group_help(const struct verb *group, FILE *out);
/* The member with this last word; NULL if there is none. */
const struct verb *group_find(const struct verb *group, const char *word);

#endif
