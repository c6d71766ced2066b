/*
 * What the command can do: one row for each verb, with its options as a table from which parsing,
 * --help and the tests of manual pages and completions all come.
 */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Options without a letter have numbers from here on. */
enum { OPTION_LONG = 256 };

struct option_row {
	int id;            /* the letter, or a number from OPTION_LONG on */
	const char *name;  /* without dashes */
	const char *value; /* what stands for its value in --help; NULL if it takes none */
	const char *help;
};

struct verb {
	const char *name;     /* "connect"; of a member of a family both words, "cert show" */
	const char *page;     /* its manual page is ward-PAGE(1); NULL: that of its name */
	const char *operands; /* "HOST[:PORT]" */
	const char *summary;  /* a phrase, for the list of verbs */
	const char *text;     /* a paragraph, for --help */
	const char *examples; /* lines */
	const struct option_row *options;
	size_t option_count;
	const struct verb *const *members; /* of a family, which has nothing else; ends with NULL */
	/* Where --help is of a form of its own: for the word behind the verb, or for NULL. */
	void (*help)(const char *word);
	/* argv[0] is the verb's name. Gives the exit status. */
	int (*run)(int argc, char **argv);
};

extern const struct verb verb_serve;
extern const struct verb verb_connect;
extern const struct verb verb_cert;
extern const struct verb verb_ca;
extern const struct verb verb_key;
extern const struct verb verb_openssl;

/* In the order of --help; ends with NULL. */
extern const struct verb *const verbs[];
/* NULL if there is none of that name. */
const struct verb *verb_find(const char *name);
/* `ward --help`. */
void verbs_help(FILE *out);
/* The whole command: what main() returns. */
int verbs_run(int argc, char **argv);

#endif
